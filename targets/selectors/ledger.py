"""The ledger (台账) of a plan and period: the board's rows with all that the workbook prints beside them.

What is derived here (single quarter, growth) is a subtraction or division of approved figures, nothing more.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import F, QuerySet
from django.utils import timezone

from accounts.models import Membership
from accounts.permissions import Role
from plans.models import Plan, Task
from targets.enums import Measure
from targets.models import Act, Decision, FigureVersion, Period, Progress, Target
from targets.periods import PeriodKey
from targets.selectors.board import BoardLoader, StatusRow
from targets.selectors.neighbours import values_of_last_year
from targets.selectors.tags import Tagged


@dataclass(frozen=True)
class LedgerRow(StatusRow):
    """A row of the board with figures, people and dates."""

    last_year: Decimal | None
    single: Decimal | None  # 本季完成, of flows
    growth: Decimal | None  # 同比 as a fraction; None for GROWTH and RATIO
    figure: FigureVersion | None  # the approved version
    contacts: str
    submitted_by: str  # who submitted the approved version
    approved_by: str
    reported_on: date | None  # when the approved version was submitted
    is_sample: bool

    @property
    def cooperating(self) -> str:
        """The cooperating units in official order, and what is no unit of the bureau, as one text."""
        return cooperating_units(self.item)


def cooperating_units(item: Target | Task) -> str:
    """The cooperating units (prefetched) in official order, then the free text, as one text."""
    names = [unit.name for unit in item.cooperating.all() if unit.pk != item.lead_id]
    return "、".join([*names, item.cooperating_text] if item.cooperating_text else names)


def ledger(plan: Plan, period: Period, only: Tagged | None = None) -> list[LedgerRow]:
    """The rows of a plan in one period, in document order; the number of queries does not grow with it.

    `plan` and `period` belong to one bureau and year; `only` what carries a tag.
    """
    rows = _Ledger(plan, period).ledger_rows()
    return rows if only is None else [row for row in rows if only.holds(row.item)]


class _Ledger(BoardLoader):
    """Fetches what stands beside the board's rows, each kind once."""

    def __init__(self, plan: Plan, period: Period) -> None:
        super().__init__(plan, period)
        self.figures = self._figures()
        self.decided = self._decisions()
        self.contacts = self._contacts()
        self.last_year = values_of_last_year(period, self.targets)

    def target_query(self) -> QuerySet[Target]:
        return super().target_query().prefetch_related("cooperating")

    def task_query(self) -> QuerySet[Task]:
        return super().task_query().prefetch_related("cooperating")

    def ledger_rows(self) -> list[LedgerRow]:
        return [self._ledger_row(row) for row in self.rows()]

    def _ledger_row(self, row: StatusRow) -> LedgerRow:
        figure = self.figures.get(row.target.pk) if row.target else None
        narrative, _texts = self.texts.get((type(row.item), row.item.pk), (None, None))
        about = ("figure", figure.figure_id) if figure else ("narrative", narrative.pk if narrative else 0)
        submitted, approved = self.decided.get((Act.SUBMIT, *about)), self.decided.get((Act.APPROVE, *about))
        stored = self.computed.get(row.target.pk, {}) if row.target else {}
        last_year = self.last_year.get(row.target.pk) if row.target else None
        return LedgerRow(
            **vars(row),
            last_year=last_year,
            single=single_quarter(row.target, stored, self.period.key) if row.target else None,
            growth=growth(row.target, row.progress, last_year) if row.target else None,
            figure=figure,
            contacts=self.contacts.get(row.lead.pk, ""),
            submitted_by=str(submitted.by) if submitted else "",
            approved_by=str(approved.by) if approved else "",
            reported_on=timezone.localdate(submitted.at) if submitted else None,
            is_sample=row.texts_are_sample or bool(figure and figure.figure.is_sample),
        )

    def _figures(self) -> dict[int, FigureVersion]:
        """The approved version of each target's figure of this period."""
        versions = FigureVersion.objects.filter(
            figure__target__plan=self.plan,
            figure__period_id=self.period.pk,
            figure__allocation=None,
            number=F("figure__approved_version"),
        )
        return {version.figure.target_id: version for version in versions.select_related("figure")}

    def _decisions(self) -> dict[tuple[str, str, int], Decision]:
        """The last submission and approval of each approved version: (act, kind, item) → decision.

        A correction under way has later decisions; they do not count until it is approved.
        """
        counted = Decision.objects.filter(act__in=[Act.SUBMIT, Act.APPROVE]).select_related("by")
        figures = counted.filter(
            figure__period_id=self.period.pk,
            figure__allocation=None,
            version=F("figure__approved_version"),
        )
        texts = counted.filter(narrative__period_id=self.period.pk, version=F("narrative__approved_version"))
        found = {}
        for decision in figures.order_by("at", "pk"):
            found[decision.act, "figure", decision.figure_id or 0] = decision
        for decision in texts.order_by("at", "pk"):
            found[decision.act, "narrative", decision.narrative_id or 0] = decision
        return found

    def _contacts(self) -> dict[int, str]:
        """Each unit's reporters."""
        names: dict[int, list[str]] = defaultdict(list)
        reporters = Membership.objects.filter(
            bureau=self.plan.bureau_id, role=Role.REPORTER, user__is_active=True
        )
        for membership in reporters.select_related("user").order_by("user"):
            names[membership.unit_id or 0].append(str(membership.user))
        return {unit: "、".join(people) for unit, people in names.items()}


def single_quarter(target: Target, stored: Mapping[int, Progress], period: PeriodKey) -> Decimal | None:
    """What a flow gained since the end of the quarter before; None where a figure is missing or partial.

    `stored`: the year's rows by end month.
    """
    if target.measure != Measure.FLOW:
        return None
    now, earlier = _known(stored.get(period.month)), period.earlier_quarters
    before = _known(stored.get(earlier[-1].month)) if earlier else Decimal(0)
    return None if now is None or before is None else now - before


def growth(target: Target, now: Progress | None, last_year: Decimal | None) -> Decimal | None:
    """Change against the same period last year as a fraction, for FLOW and STOCK; None without a base."""
    actual = _known(now)
    if target.measure not in {Measure.FLOW, Measure.STOCK} or actual is None or not last_year:
        return None
    return actual / last_year - 1 if last_year > 0 else None


def _known(row: Progress | None) -> Decimal | None:
    """The row's figure; a sum in which a unit is missing is none."""
    return row.actual if row and not row.incomplete else None
