"""What stands around the figures and texts of one period: each question one query, for many items at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from decimal import Decimal

from django.db.models import Q

from targets.models import (
    Act,
    Decision,
    Figure,
    FigureWarning,
    Narrative,
    PastValue,
    Period,
    Target,
)
from targets.selectors.terms import in_unit_of

FigureKey = tuple[int, int | None]  # target, allocation
ItemKey = tuple[type, int]  # Figure or Narrative, id


def values_of_last_year(period: Period, targets: Iterable[Target]) -> dict[int, Decimal]:
    """Target → its indicator's value in the same period of the year before, in the target's unit in force."""
    targets, key = list(targets), period.key.same_period_last_year
    rows = PastValue.objects.filter(
        bureau=period.bureau_id,
        indicator__in={target.indicator_id for target in targets},
        year=key.year,
        month=key.month,
    )
    known = {(row.indicator_id, row.unit): row.value for row in rows}
    pairs = ((target, known.get((target.indicator_id, target.plan_unit))) for target in targets)
    return {target.pk: value * target.unit_factor for target, value in pairs if value is not None}


def figures_of_year(period: Period, targets: Collection[int]) -> dict[FigureKey, dict[int, Figure]]:
    """(target, allocation) → end month → figure, up to this period, each with period and people.

    Their amounts are in the unit of this period.
    """
    found: dict[FigureKey, dict[int, Figure]] = defaultdict(dict)
    rows = Figure.objects.filter(
        target__in=targets, period__year=period.year, period__month__lte=period.month
    )
    for figure in in_unit_of(period, rows.select_related("period", "updated_by", "submitted_by")):
        found[figure.target_id, figure.allocation_id][figure.period.month] = figure
    return found


def counted_value(figure: Figure | None) -> Decimal | None:
    """The approved number; where nothing was approved yet, the one under way."""
    if figure is None:
        return None
    return figure.value if figure.approved_version is None else figure.approved_value


def warnings_about(figures: Iterable[Figure]) -> dict[int, tuple[FigureWarning, ...]]:
    """Figure → the warnings about the version it shows, gravest first."""
    versions = {figure.pk: figure.last_version for figure in figures}
    found: dict[int, tuple[FigureWarning, ...]] = defaultdict(tuple)
    for warning in FigureWarning.objects.filter(figure__in=versions).order_by("pk"):
        if warning.version == versions[warning.figure_id]:
            found[warning.figure_id] += (warning,)
    return found


def rounds_of(items: Iterable[Figure | Narrative]) -> dict[ItemKey, tuple[Decision, ...]]:
    """(Figure or Narrative, id) → every decision about it, oldest first, with who took it."""
    items = list(items)
    figures = [item.pk for item in items if isinstance(item, Figure)]
    narratives = [item.pk for item in items if isinstance(item, Narrative)]
    found: dict[ItemKey, list[Decision]] = defaultdict(list)
    rows = Decision.objects.filter(Q(figure__in=figures) | Q(narrative__in=narratives))
    for decision in rows.select_related("by").order_by("at", "pk"):
        about = (
            (Figure, decision.figure_id) if decision.figure_id else (Narrative, decision.narrative_id or 0)
        )
        found[about].append(decision)
    return {about: tuple(decisions) for about, decisions in found.items()}


def last_act(rounds: Iterable[Decision], *acts: str) -> Decision | None:
    """The latest decision, where it is one of these acts; None where something else came after it."""
    last = max(rounds, key=lambda decision: (decision.at, decision.pk), default=None)
    return last if last and last.act in acts else None


def return_reason(rounds: Iterable[Decision]) -> Decision | None:
    """Why the item was returned, until it is submitted again (a change alone does not settle it)."""
    return last_act(rounds, Act.RETURN)


def correction_reason(rounds: Iterable[Decision]) -> Decision | None:
    """Why an approved item was reopened, until the correction is approved; a return in between keeps it."""
    for decision in reversed(tuple(rounds)):
        if decision.act in {Act.CORRECT, Act.UPDATE}:
            return decision
        if decision.act == Act.APPROVE:
            return None
    return None
