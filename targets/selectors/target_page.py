"""Everything about one target: its promise, its light step by step, its quarters, its parts, its trail."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q

from accounts.models import Unit, User
from accounts.permissions import Permission
from plans.selectors import Piece, marked_pieces
from targets.charts import LineChart, line_chart
from targets.counts import ranks
from targets.enums import Light, Measure, Pace
from targets.models import (
    Comment,
    Evidence,
    FigureVersion,
    GroupProgress,
    PastValue,
    Period,
    Progress,
    SourceKind,
    Target,
    TargetSource,
)
from targets.periods import LAST_MONTH, QUARTER_MONTHS, PeriodKey
from targets.selectors.acts import ActRow, history_of
from targets.selectors.comments import comments_on_target
from targets.selectors.evidence import evidence_on_target
from targets.selectors.ledger import cooperating_units, growth, single_quarter
from targets.selectors.narratives import NarrativeView, narratives
from targets.selectors.sight import sight
from targets.selectors.terms import in_unit_of, stand_in_force
from targets.selectors.trail import VersionView, trail, versions_of


@dataclass(frozen=True)
class Sentence:
    """A sentence of the plan that states or repeats the target, its number marked."""

    source: TargetSource
    pieces: tuple[Piece, ...]

    @property
    def is_repeat(self) -> bool:
        return self.source.kind == SourceKind.REPEAT


@dataclass(frozen=True)
class QuarterRow:
    """One period of the target's year; `progress` is None where the period has not been started."""

    key: PeriodKey
    progress: Progress | None
    single: Decimal | None
    last_year: Decimal | None
    growth: Decimal | None
    figure: FigureVersion | None  # the approved version


@dataclass(frozen=True)
class PartRow:
    """One unit's part of the target, with its rank by completion rate among the parts."""

    unit: Unit
    progress: Progress
    rank: int | None


@dataclass(frozen=True)
class Parts:
    """The parts beside the whole: their sums may differ from it, which is told and not hidden."""

    rows: tuple[PartRow, ...]
    whole: Progress | None

    @property
    def value(self) -> Decimal:
        return sum((row.progress.target_value or Decimal(0) for row in self.rows), Decimal(0))

    @property
    def actual(self) -> Decimal:
        return sum((row.progress.actual or Decimal(0) for row in self.rows), Decimal(0))

    @property
    def missing(self) -> int:
        """How many parts have a target value and no figure where one is due."""
        return sum(row.progress.light == Light.GREY for row in self.rows)

    @property
    def value_difference(self) -> Decimal | None:
        whole = self.whole.target_value if self.whole else None
        return None if whole is None else self.value - whole

    @property
    def actual_difference(self) -> Decimal | None:
        whole = self.whole.actual if self.whole else None
        return None if whole is None else self.actual - whole


@dataclass(frozen=True)
class GroupView:
    """The conditions that were promised together, and the group's own light."""

    name: str
    light: str | None
    legs: tuple[Progress, ...]


@dataclass(frozen=True)
class TargetPage:
    """The page of one target in one period."""

    target: Target
    period: Period
    progress: Progress | None
    sentences: tuple[Sentence, ...]
    quarters: tuple[QuarterRow, ...]
    chart: LineChart | None
    parts: Parts | None
    group: GroupView | None
    adjustments: tuple[ActRow, ...]
    may_propose: bool
    versions: tuple[VersionView, ...]
    narratives: tuple[NarrativeView, ...]
    comments: tuple[Comment, ...]
    evidence: tuple[Evidence, ...]

    @property
    def cooperating(self) -> str:
        return cooperating_units(self.target)

    @property
    def value(self) -> Decimal:
        """The target value in force; after an adjustment it differs from the plan's."""
        in_force = self.progress.target_value if self.progress else None
        return self.target.value if in_force is None else in_force

    @property
    def has_last_year(self) -> bool:
        return any(row.last_year is not None for row in self.quarters)

    @property
    def is_paced_in_points(self) -> bool:
        return any(row.progress and row.progress.gap_is_points for row in self.quarters)

    @property
    def quarter(self) -> QuarterRow | None:
        """The row of the period that is shown."""
        return next((row for row in self.quarters if row.key == self.period.key), None)


def target_page(target: Target, period: Period, user: User) -> TargetPage:
    """What the page of a target shows in one period to this person; the number of queries is constant.

    `target` comes with plan, bureau, document, group and lead, its sources and cooperating units prefetched.
    """
    stand_in_force([target], period)
    stored = _progress(target, period)
    whole = {row.period.month: row for row in stored if row.target_id == target.pk and not row.allocation_id}
    versions = versions_of(target)
    quarters = _quarters(target, period, whole, versions)
    bureau = target.plan.bureau
    return TargetPage(
        target=target,
        period=period,
        progress=whole.get(period.month),
        sentences=tuple(_sentences(target)),
        quarters=tuple(quarters),
        chart=_chart(target, quarters),
        parts=_parts(stored, whole.get(period.month)),
        group=_group(target, period, stored),
        adjustments=tuple(history_of(target, user)),
        may_propose=user.may(Permission.PROPOSE_ADJUSTMENT, bureau),
        versions=tuple(trail(target, versions, sight(user, bureau, target.lead))),
        narratives=tuple(narratives(target, bureau=bureau, user=user, until=period.key)),
        comments=tuple(comments_on_target(target, user)),
        evidence=tuple(evidence_on_target(target, user)),
    )


def _progress(target: Target, period: Period) -> list[Progress]:
    """The target's rows of the year, and of this period those of its parts and of its group's legs."""
    whole = Q(target=target, allocation=None, period__year=period.year)
    parts = Q(target=target, allocation__isnull=False, period_id=period.pk)
    legs = Q(target__group__isnull=False, target__group=target.group_id, allocation=None, period_id=period.pk)
    rows = Progress.objects.filter(whole | parts | legs, period__bureau=target.plan.bureau_id)
    rows = rows.select_related("period", "rule", "allocation__unit", "target")
    found = in_unit_of(period, rows.order_by("period__month", "target__order", "allocation__order"))
    stand_in_force([row.target for row in found if row.target_id != target.pk], period)
    return found


def _sentences(target: Target) -> Iterable[Sentence]:
    text = target.plan.document.text
    for source in target.sources.all():
        mark = (source.start, source.end, source)
        pieces = marked_pieces(text, source.sentence_start, source.sentence_end, [mark])
        yield Sentence(source, tuple(pieces))


def _quarters(
    target: Target, period: Period, stored: Mapping[int, Progress], versions: Iterable[FigureVersion]
) -> list[QuarterRow]:
    """The four quarters and what the bureau added to them, whether started or not."""
    past = PastValue.objects.filter(
        bureau=target.plan.bureau_id,
        indicator=target.indicator_id,
        year=period.year - 1,
        unit=target.plan_unit,
    )
    last_year = {value.month: value.value * target.unit_factor for value in past}
    counting = {
        version.figure.period.key: version
        for version in versions
        if version.number == version.figure.approved_version
    }
    keys = [PeriodKey(period.year, month) for month in sorted({*QUARTER_MONTHS, *stored})]
    return [
        QuarterRow(
            key=key,
            progress=stored.get(key.month),
            single=single_quarter(target, stored, key),
            last_year=last_year.get(key.month),
            growth=growth(target, stored.get(key.month), last_year.get(key.month)),
            figure=counting.get(key),
        )
        for key in keys
    ]


def _chart(target: Target, quarters: list[QuarterRow]) -> LineChart | None:
    """Actual against the expected pace, last year faint."""
    stored = {row.key.month: row.progress for row in quarters if row.progress}
    expected: list[tuple[int, Decimal | None]] = [(month, row.expected) for month, row in stored.items()]
    if stored and LAST_MONTH not in stored and _straight_to_the_end(target, max(stored)):
        expected.append((LAST_MONTH, stored[max(stored)].target_value))  # every pace ends at the full value
    lines: dict[str, list[tuple[int, Decimal | None]]] = {
        "last_year": [(row.key.month, row.last_year) for row in quarters],
        "expected": expected,
        "actual": [(month, row.actual) for month, row in stored.items()],
    }
    known = any(value is not None for _month, value in lines["actual"])
    return line_chart(lines, from_zero=target.measure == Measure.FLOW) if known else None


def _straight_to_the_end(target: Target, month: int) -> bool:
    """Whether nothing lies between the last stored point of the pace and the full value in December."""
    return target.pace in {Pace.LINEAR, Pace.CONSTANT} or month >= QUARTER_MONTHS[-2]


def _parts(stored: list[Progress], whole: Progress | None) -> Parts | None:
    rows = [row for row in stored if row.allocation]
    if not rows:
        return None
    places = ranks({row.pk: row.rate for row in rows})
    return Parts(
        tuple(PartRow(row.allocation.unit, row, places.get(row.pk)) for row in rows if row.allocation), whole
    )


def _group(target: Target, period: Period, stored: list[Progress]) -> GroupView | None:
    if target.group is None:
        return None
    row = GroupProgress.objects.filter(group=target.group, period_id=period.pk).first()
    legs = [leg for leg in stored if not leg.allocation_id and leg.period_id == period.pk]
    return GroupView(target.group.name, row.light if row else None, tuple(legs))
