"""The periods of one year as the office sees them, those not started yet included."""

from __future__ import annotations

from dataclasses import dataclass

from accounts.models import Bureau
from plans.models import Plan
from targets.models import Period
from targets.periods import PERIOD_MONTHS, QUARTER_MONTHS, PeriodKey


@dataclass(frozen=True)
class PeriodLine:
    """One period; `period` is None while nobody has touched it."""

    key: PeriodKey
    period: Period | None

    @property
    def is_started(self) -> bool:
        return self.period is not None and self.period.started_on is not None

    @property
    def is_open(self) -> bool:
        return self.period is not None and self.period.is_open

    @property
    def is_extra(self) -> bool:
        """A monthly push, which not every bureau has."""
        return self.key.month not in QUARTER_MONTHS


def period_lines(bureau: Bureau, year: int) -> list[PeriodLine]:
    """Every period that the year may have, in order."""
    found = Period.objects.filter(bureau=bureau, year=year).select_related("bureau")
    stored = {period.month: period for period in found}
    return [PeriodLine(PeriodKey(year, month), stored.get(month)) for month in PERIOD_MONTHS]


def plan_years(bureau: Bureau) -> list[int]:
    """The years for which the bureau has a plan, latest first."""
    years = Plan.objects.filter(bureau=bureau).order_by("-year")
    return list(years.values_list("year", flat=True))


def year_of(bureau: Bureau, asked: str) -> int:
    """The year asked for where there is a plan for it, else the latest plan's that has begun, else this one.

    A plan made ahead of its year is seen when it is asked for.
    """
    years = plan_years(bureau)
    if asked.isascii() and asked.isdigit() and int(asked) in years:
        return int(asked)
    return next(
        (year for year in years if year <= bureau.today.year), years[-1] if years else bureau.today.year
    )
