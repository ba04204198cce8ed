"""The terms in force: what a target's value, unit of measure, pace and lead are in one period.

A target is never edited in place. Whoever reads one for a period lets it stand as it is in force there;
amounts of other periods are brought to the same unit of measure before they are put beside it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import TypeVar

from django.db.models import Q, QuerySet

from accounts.models import Unit
from targets.enums import Approval
from targets.models import Adjustment, Allocation, AllocationChange, Figure, Period, Progress, Target, Terms
from targets.models.promises import Written
from targets.periods import PeriodKey

ONE = Decimal(1)
MOST_DECIMALS = 6  # that a value has
T = TypeVar("T", Figure, Progress)
Former = tuple[Decimal | None, Decimal | None]  # value and baseline of a part
Ratios = Mapping[tuple[int, int], Decimal]  # (target, end month) → units in force per unit of that month


def led_in(period: Period, unit: Unit | int) -> QuerySet[Terms]:
    """The targets (as a subquery of their ids) that this unit leads in that period."""
    return Terms.objects.filter(period=period.pk, lead=unit).values("target")  # type: ignore[return-value]


def leads_by_period(target: Target) -> dict[int, int]:
    """Period → the unit (both ids) that leads the target in it."""
    return dict(Terms.objects.filter(target=target).values_list("period_id", "lead_id"))


def stand_in_force(targets: Iterable[Target], period: Period) -> None:
    """Let these targets stand as they are in force in that period; few queries, again and again alike.

    Value, unit, pace and lead are those in force, the baseline and prefetched allocations (as they were in a
    period that was locked before they changed) are expressed in that unit; `plan_value` and `plan_unit` keep
    what the plan wrote. Nothing of it is ever saved.
    """
    found = list(targets)
    _stand_each([(target, period.pk) for target in found])
    parts = [(target, part) for target in found for part in _parts_at_hand(target)]
    former = former_parts({target.pk for target, _part in parts}, period.month) if parts else {}
    for target, part in parts:
        _express(part, target.unit_factor, former.get((target.pk, part.unit_id)))


def rows_in_force(rows: Iterable[Figure | Progress]) -> None:
    """`stand_in_force` for the target of each figure or stored row, in its own period."""
    found = list(rows)
    _stand_each([(row.target, row.period_id) for row in found])
    for figure in found:
        if isinstance(figure, Figure) and figure.allocation is not None:
            _express(figure.allocation, figure.target.unit_factor)


def _stand_each(places: list[tuple[Target, int]]) -> None:
    changed = Terms.objects.filter(
        Q(is_adjusted=True) | Q(is_moved=True),
        target__in={target.pk for target, _period in places},
        period__in={period for _target, period in places},
    )
    terms = {(row.target_id, row.period_id): row for row in changed}
    leads = Unit.objects.select_related("bureau").in_bulk({row.lead_id for row in terms.values()})
    for target, period in places:
        _stand(target, terms.get((target.pk, period)), leads)


def _stand(target: Target, terms: Terms | None, leads: Mapping[int, Unit]) -> None:
    if target.written is None and terms is None:
        return
    written = target.written or Written(
        value=target.value,
        unit=target.unit,
        decimals=target.decimals,
        pace=target.pace,
        pace_shares=target.pace_shares,
        lead_id=target.lead_id,
        baseline=target.baseline,
    )
    target.written, target.in_force = written, terms
    target.value = terms.value if terms else written.value
    target.unit = terms.unit if terms else written.unit
    target.pace = terms.pace if terms else written.pace
    target.pace_shares = terms.pace_shares if terms else written.pace_shares
    lead_id = terms.lead_id if terms else written.lead_id
    if target.lead_id != lead_id:
        target.lead_id = lead_id
        if lead_id in leads:
            target.lead = leads[lead_id]
    # A smaller unit needs fewer decimals for the same figure: 6.7亿元 is 67000万元.
    target.decimals = min(MOST_DECIMALS, max(0, written.decimals - target.unit_factor.adjusted()))
    target.baseline = None if written.baseline is None else written.baseline * target.unit_factor


def former_parts(targets: Collection[int], month: int) -> dict[tuple[int, int], Former]:
    """(target, unit) → value and baseline, in the plan's unit, that a part had through the periods which
    were locked when it was changed or added; only where it differs in that month. One query.

    The same rule as PARTS in `targets/progress_rows.py`.
    """
    changes = AllocationChange.objects.filter(target__in=targets, through_month__gte=month)
    rows = changes.order_by("-through_month", "-pk")  # the earliest comes last and holds
    return {
        (target, unit): (value, baseline)
        for target, unit, value, baseline in rows.values_list("target", "unit", "old_value", "old_baseline")
    }


def _parts_at_hand(target: Target) -> Iterable[Allocation]:
    """The parts that were fetched with the target."""
    return getattr(target, "_prefetched_objects_cache", {}).get("allocations", ())


def _express(part: Allocation, factor: Decimal, former: Former | None = None) -> None:
    """Value and baseline of a part in the unit in force; `written` keeps what is stored."""
    part.written = part.written or (part.value, part.baseline)
    value, baseline = former or part.written
    part.value = None if value is None else value * factor
    part.baseline = None if baseline is None else baseline * factor


def unit_ratios(targets: Collection[int], period: Period) -> Ratios:
    """How amounts of the year's other periods become amounts of this one; only where the two differ."""
    rows = Terms.objects.filter(target__in=targets, period__year=period.year, is_adjusted=True)
    factors: dict[int, dict[int, Decimal]] = defaultdict(dict)
    for target, month, factor in rows.values_list("target_id", "period__month", "unit_factor"):
        factors[target][month] = factor
    ratios: dict[tuple[int, int], Decimal] = {}
    for target, known in factors.items():
        if set(known.values()) == {ONE}:
            continue
        now = known.get(period.month, ONE)
        for month in range(1, 13):
            ratio = now / known.get(month, ONE)
            if ratio != ONE:
                ratios[target, month] = ratio
    return ratios


def units_over_time(target: Target) -> Callable[[PeriodKey, datetime], str]:
    """The unit of measure of a period's figures as it was known at a moment; one query.

    An agreed act converts the figures of its periods: earlier versions stay in the unit of their time.
    """
    acts = Adjustment.objects.filter(target=target, state=Approval.AGREED).exclude(new_unit="")
    known = [
        (act.effective.key, act.decided_at, act.new_unit)
        for act in acts.select_related("effective").order_by("effective__month", "decided_at", "pk")
    ]

    def unit(period: PeriodKey, at: datetime) -> str:
        found = [name for since, agreed, name in known if since <= period and agreed and agreed <= at]
        return found[-1] if found else target.plan_unit

    return unit


def in_unit_of(period: Period, items: Iterable[T]) -> list[T]:
    """Figures or stored rows (with their periods) of a year, their amounts in the unit of that period."""
    found = list(items)
    ratios = unit_ratios({item.target_id for item in found}, period) if found else {}
    for item in found:
        ratio = ratios.get((item.target_id, item.period.month))
        if ratio is not None:
            for name in _amounts(item):
                amount = getattr(item, name)
                setattr(item, name, None if amount is None else amount * ratio)
    return found


def _amounts(item: Figure | Progress) -> tuple[str, ...]:
    """The fields that are expressed in the target's unit of measure; rates, shares and points are not."""
    if isinstance(item, Figure):
        return ("value", "approved_value", "forecast")
    amounts = ("target_value", "actual", "baseline", "expected")
    return amounts if item.gap_is_points else (*amounts, "gap_shown")
