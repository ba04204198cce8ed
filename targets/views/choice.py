"""Which plan and period a page is about: the person's rights first, then what the address asks for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest

from plans.models import Plan
from targets.models import Period, Recompute
from targets.selectors.periods import period_to_look_at, started_periods
from targets.words import period_short_name


@dataclass(frozen=True)
class PeriodTab:
    """A started period of the plan's year."""

    key: str
    name: str
    is_current: bool


@dataclass(frozen=True)
class PeriodChoice:
    """The started periods of a plan's year, and the one that is shown."""

    plan: Plan
    periods: list[Period]
    period: Period

    @property
    def context(self) -> dict[str, Any]:
        """What every page about a plan and period hands to its template; one query."""
        row = Recompute.objects.filter(plan=self.plan, period_id=self.period.pk).first()
        return {
            "plan": self.plan,
            "period": self.period,
            "period_text": str(self.period.key),
            "query": f"?period={self.period.key}",
            "tabs": [
                PeriodTab(str(other.key), period_short_name(other.key), other.pk == self.period.pk)
                for other in self.periods
            ],
            "behind": row.behind if row else 0,
            "computed_at": row.computed_at if row else None,
            "nav_bureau": self.plan.bureau,
            "nav_year": self.plan.year,
            "data_as_of": self.period.cutoff,
        }


def choose_period(request: HttpRequest, plan: Plan, wanted: str | None = None) -> PeriodChoice:
    """The period asked for (`wanted`, else `?period=2014-09`), else the one to look at in the plan's year.

    Raises Http404 for one that has not been started. A year without a started period shows its first quarter.
    """
    periods = [period for period in started_periods(plan.bureau) if period.year == plan.year]
    wanted = wanted or request.GET.get("period")
    if wanted:
        found = next((period for period in periods if str(period.key) == wanted), None)
        if found is None:
            raise Http404
        return PeriodChoice(plan, periods, found)
    first = Period(bureau=plan.bureau, year=plan.year, month=3)
    return PeriodChoice(plan, periods, period_to_look_at(periods) or first)
