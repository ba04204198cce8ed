"""The review queue: what waits for this person, with what stood there before beside it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from django.db.models import Q, QuerySet

from accounts.models import Bureau, Unit, User
from accounts.permissions import Permission
from targets.enums import Measure, Step
from targets.models import (
    Comment,
    Decision,
    Evidence,
    Figure,
    FigureVersion,
    FigureWarning,
    Narrative,
    NarrativeVersion,
    NodeReport,
    Period,
    PeriodException,
    Progress,
)
from targets.plausibility import NOTICES
from targets.policies import DECIDES, WAITING
from targets.selectors.comments import comments_about
from targets.selectors.evidence import evidence_about
from targets.selectors.neighbours import (
    correction_reason,
    counted_value,
    figures_of_year,
    rounds_of,
    values_of_last_year,
    warnings_about,
)
from targets.selectors.openings import decidable, may_be_decided
from targets.selectors.owners import figures_of, unit_of
from targets.selectors.periods import period_before
from targets.selectors.preview import TypedFigure, previewed
from targets.selectors.tags import Tagged
from targets.selectors.terms import rows_in_force
from targets.selectors.versions import approved_versions

Item = Figure | Narrative


@dataclass(frozen=True)
class QueueFigure:
    """A figure that waits, beside what was known before."""

    item: Figure
    annual: Decimal | None
    last_year: Decimal | None
    previous: Decimal | None  # of the reporting period before
    single: Decimal | None  # what a flow gained in the quarter
    approved: FigureVersion | None  # what counts now, where this is a correction
    light: Progress | None  # what progress would hold if this number counted
    warnings: tuple[FigureWarning, ...]
    rounds: tuple[Decision, ...]
    comments: tuple[Comment, ...]
    evidence: tuple[Evidence, ...]
    mine: bool  # submitted by the person who looks at it

    kind = "figure"

    @property
    def correction(self) -> Decision | None:
        return correction_reason(self.rounds)

    @property
    def is_unanswered(self) -> bool:
        """Whether a warning that expects an answer has none."""
        return any(not warning.answer and warning.code not in NOTICES for warning in self.warnings)

    @property
    def calm(self) -> tuple[bool, bool]:
        """For the order: unanswered warnings first, then the other warnings, then the rest."""
        return not self.is_unanswered, not self.warnings

    @property
    def label(self) -> str:
        part = self.item.allocation
        return f"{self.item.target.name} · {part.unit}" if part else self.item.target.name


@dataclass(frozen=True)
class QueueText:
    """A text that waits, with last period's and the ticked nodes."""

    item: Narrative
    previous: Narrative | None
    approved: NarrativeVersion | None
    nodes: tuple[NodeReport, ...]
    rounds: tuple[Decision, ...]
    comments: tuple[Comment, ...]
    evidence: tuple[Evidence, ...]
    mine: bool
    is_lead: bool

    kind = "narrative"

    @property
    def correction(self) -> Decision | None:
        return correction_reason(self.rounds)

    @property
    def label(self) -> str:
        return str(self.item.task or self.item.target)


@dataclass(frozen=True)
class UnitQueue:
    """What waits from one unit, figures with warnings first."""

    unit: Unit
    figures: tuple[QueueFigure, ...]
    texts: tuple[QueueText, ...]

    @property
    def count(self) -> int:
        return len(self.figures) + len(self.texts)


@dataclass(frozen=True)
class Desk:
    """One step at which this person decides, in one open period; units in official order."""

    step: Step
    bureau: Bureau
    period: Period
    before: Period | None
    unit: Unit | None  # the reviewer's own; None for the leader in charge and the office
    units: tuple[UnitQueue, ...]

    @property
    def count(self) -> int:
        return sum(queue.count for queue in self.units)

    @property
    def unanswered(self) -> list[QueueFigure]:
        """The figures with a warning that the reporter did not answer."""
        return [row for queue in self.units for row in queue.figures if row.is_unanswered]

    @property
    def due(self) -> object:
        return getattr(self.period, _DUE[self.step])

    @property
    def key(self) -> str:
        return f"{self.step}-{self.period.pk}-{self.unit.pk if self.unit else 0}"


_DUE = {Step.PASS: "review_due", Step.SIGN: "signoff_due", Step.APPROVE: "approve_due"}


def desks_of(user: User, steps: Collection[Step] = tuple(Step)) -> list[Desk]:
    """Every desk of this person in the open periods in the order of the steps, empty ones too.

    Of a closed period only a desk on which lies what a unit handed in by an exception. The number of queries
    grows with the desks (one as a rule), never with what lies on them.
    """
    desks = []
    for unit in user.units_where(Permission.REVIEW_UNIT) if Step.PASS in steps else ():
        desks += [_desk(Step.PASS, period, user, unit) for period in _periods_to_decide(unit.bureau)]
    for step in (step for step in (Step.SIGN, Step.APPROVE) if step in steps):
        for bureau in user.bureaus_where(DECIDES[step]):
            if user.may(DECIDES[step], bureau):
                desks += [_desk(step, period, user, None) for period in _periods_to_decide(bureau)]
    return [desk for desk in desks if desk.count or desk.period.is_open]


def narrowed_desks(desks: list[Desk], only: Tagged | None) -> list[Desk]:
    """The desks with what carries a tag alone; all of it without one."""
    return desks if only is None else [_narrowed(desk, only) for desk in desks]


def _narrowed(desk: Desk, only: Tagged) -> Desk:
    queues = [
        replace(
            queue,
            figures=tuple(row for row in queue.figures if only.holds(row.item.target)),
            texts=tuple(row for row in queue.texts if only.holds(row.item.task or row.item.target)),
        )
        for queue in desk.units
    ]
    return replace(desk, units=tuple(queue for queue in queues if queue.count))


def waiting_for(user: User, *steps: Step) -> int:
    """How many items wait for this person's decision, at all steps or at these."""
    return sum(desk.count for desk in desks_of(user, steps or tuple(Step)))


def _periods_to_decide(bureau: Bureau) -> QuerySet[Period]:
    """The open periods, and the closed ones that an exception opened for some unit."""
    excepted = PeriodException.objects.filter(period__bureau=bureau, granted_on__isnull=False)
    found = Period.objects.filter(bureau=bureau, started_on__isnull=False)
    found = found.filter(Q(locked_on=None) | Q(pk__in=excepted.values("period")))
    return found.select_related("bureau").order_by("year", "month")


def _desk(step: Step, period: Period, user: User, unit: Unit | None) -> Desk:
    figures = figures_of(period, unit) if unit else Figure.objects.filter(period=period)
    texts = Narrative.objects.filter(period=period, **({"unit": unit} if unit else {}))
    figures = figures.filter(state=WAITING[step])
    figures = figures.select_related("target__lead", "allocation__unit", "submitted_by")
    texts = texts.filter(state=WAITING[step])
    texts = texts.select_related("task__lead", "target__lead", "unit", "submitted_by")
    texts = texts.prefetch_related("task__lead_changes__unit")
    opened = decidable([period])
    waiting: list[Item] = [
        *figures.order_by("target__order", "allocation__order"),
        *texts.order_by("task__order", "target__order"),
    ]
    rows_in_force(item for item in waiting if isinstance(item, Figure))
    if step == Step.SIGN:
        in_charge = set(user.units_in_charge.values_list("pk", flat=True))
        waiting = [item for item in waiting if unit_of(item) in in_charge]
    found = [item for item in waiting if may_be_decided(period, unit_of(item), item.duty_key, opened)]
    before = period_before(period)
    rows = _Rows(period, before, user, found)
    return Desk(step, period.bureau, period, before, unit, rows.by_unit())


class _Rows:
    """What stands around the items of one desk, each kind fetched once."""

    def __init__(self, period: Period, before: Period | None, user: User, found: list[Item]) -> None:
        self.period, self.before, self.user, self.found = period, before, user, found
        figures = [item for item in found if isinstance(item, Figure)]
        targets = {figure.target_id: figure.target for figure in figures}
        self.years = figures_of_year(period, targets)
        self.last_year = values_of_last_year(period, targets.values())
        self.warnings = warnings_about(figures)
        typed = (TypedFigure(one.target, one.allocation_id, one.value, one.not_applicable) for one in figures)
        self.lights = previewed(period, typed)
        self.rounds = rounds_of(found)
        self.comments = comments_about(found)
        self.evidence = evidence_about(found)
        self.approved = approved_versions(found)
        self.nodes = self._nodes()
        self.texts_before = self._texts_before()

    def by_unit(self) -> tuple[UnitQueue, ...]:
        units = Unit.objects.in_bulk({unit_of(item) for item in self.found})
        ordered = sorted(units.values(), key=lambda unit: unit.order)
        return tuple(self._queue(unit) for unit in ordered)

    def _queue(self, unit: Unit) -> UnitQueue:
        own = [item for item in self.found if unit_of(item) == unit.pk]
        figures = [self._figure(item) for item in own if isinstance(item, Figure)]
        texts = [self._text(item) for item in own if isinstance(item, Narrative)]
        return UnitQueue(unit, tuple(sorted(figures, key=lambda row: row.calm)), tuple(texts))

    def _figure(self, item: Figure) -> QueueFigure:
        year: Mapping[int, Figure] = self.years.get((item.target_id, item.allocation_id), {})
        quarters = self.period.key.earlier_quarters
        start = counted_value(year.get(quarters[-1].month)) if quarters else Decimal(0)
        is_flow = item.target.measure == Measure.FLOW
        known = is_flow and item.value is not None and start is not None
        part, target = item.allocation, item.target
        return QueueFigure(
            item=item,
            annual=part.value if part else target.value,
            last_year=None if part else self.last_year.get(target.pk),
            previous=counted_value(year.get(self.before.month)) if self.before else None,
            single=item.value - start if known else None,
            approved=self.approved.get((Figure, item.pk)),  # type: ignore[arg-type]
            light=self.lights.get((item.target_id, item.allocation_id)),
            warnings=self.warnings.get(item.pk, ()),
            rounds=self.rounds.get((Figure, item.pk), ()),
            comments=self.comments.get((Figure, item.pk), ()),
            evidence=self.evidence.get((Figure, item.pk), ()),
            mine=self._is_mine(item),
        )

    def _text(self, item: Narrative) -> QueueText:
        lead = item.task.led_in(self.period.month) if item.task else item.target.lead if item.target else None
        return QueueText(
            item=item,
            previous=self.texts_before.get((item.unit_id, item.task_id, item.target_id)),
            approved=self.approved.get((Narrative, item.pk)),  # type: ignore[arg-type]
            nodes=tuple(self.nodes.get(item.pk, ())),
            rounds=self.rounds.get((Narrative, item.pk), ()),
            comments=self.comments.get((Narrative, item.pk), ()),
            evidence=self.evidence.get((Narrative, item.pk), ()),
            mine=self._is_mine(item),
            is_lead=lead is not None and lead.pk == item.unit_id,
        )

    def _is_mine(self, item: Item) -> bool:
        """Whether four eyes are wanted and these are the same two."""
        return item.submitted_by_id == self.user.pk and not self.period.bureau.allow_self_approval

    def _nodes(self) -> dict[int, list[NodeReport]]:
        found: dict[int, list[NodeReport]] = {}
        texts = [item.pk for item in self.found if isinstance(item, Narrative)]
        rows = NodeReport.objects.filter(narrative__in=texts).select_related("milestone")
        for report in rows.order_by("milestone__order"):
            found.setdefault(report.narrative_id, []).append(report)
        return found

    def _texts_before(self) -> dict[tuple[int, int | None, int | None], Narrative]:
        """(unit, task, target) → the text of the period before."""
        if self.before is None:
            return {}
        units: Iterable[int] = {item.unit_id for item in self.found if isinstance(item, Narrative)}
        rows = Narrative.objects.filter(period=self.before, unit__in=units)
        return {(text.unit_id, text.task_id, text.target_id): text for text in rows}
