"""What of a period a unit may change now, and which of a closed period may still be decided."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import groupby

from accounts.models import Bureau, Unit
from targets.models import ExceptionState, Period, PeriodException
from targets.openings import EVERYTHING, NOTHING, Opening, together
from targets.selectors.periods import current_first, periods_to_work_on, started_periods

GRANTED_ONCE = [ExceptionState.GRANTED, ExceptionState.WITHDRAWN]


def opening(period: Period, unit: Unit) -> Opening:
    """What this unit may enter and submit in this period today; one query where the period is locked.

    An exception that is granted opens a locked period until its last day, counted by the bureau's today.
    """
    if period.locked_on is None:
        return EVERYTHING if period.is_open else NOTHING
    found = PeriodException.objects.filter(
        period=period, unit=unit, state=ExceptionState.GRANTED, until__gte=period.bureau.today
    )
    return together(one.opening for one in found)


def reopened(bureau: Bureau, units: Iterable[Unit]) -> dict[int, list[Period]]:
    """Unit → the locked periods in which it may report by an exception today, oldest first; one query."""
    found: dict[int, list[Period]] = defaultdict(list)
    rows = PeriodException.objects.filter(
        unit__in=list(units),
        period__bureau=bureau,
        period__locked_on__isnull=False,
        state=ExceptionState.GRANTED,
        until__gte=bureau.today,
    )
    for row in rows.select_related("period__bureau").order_by("period__year", "period__month", "pk"):
        if row.period not in found[row.unit_id]:
            found[row.unit_id].append(row.period)
    return found


def periods_to_enter(bureau: Bureau, units: Sequence[Unit]) -> dict[int, list[Period]]:
    """Unit → the periods that are open for it, by themselves or by an exception; two queries.

    The period to work on stands first, then the latest.
    """
    started, exceptions = started_periods(bureau), reopened(bureau, units)
    return {
        unit.pk: current_first([one for one in started if one.is_open or one in exceptions[unit.pk]])
        for unit in units
    }


def places_to_enter(units: Sequence[Unit]) -> list[tuple[Unit, list[Period]]]:
    """Each unit (with its bureau) and its `periods_to_enter`; where none is open the bureau's current one."""
    found: list[tuple[Unit, list[Period]]] = []
    for bureau, group in groupby(units, key=lambda unit: unit.bureau):
        own = list(group)
        periods, otherwise = periods_to_enter(bureau, own), periods_to_work_on(started_periods(bureau))[:1]
        found += [(unit, periods[unit.pk] or otherwise) for unit in own]
    return found


def last_days(unit: Unit) -> dict[Period, date]:
    """Locked period → the last day on which the unit may report in it, oldest period first; one query."""
    rows = PeriodException.objects.filter(
        unit=unit,
        period__locked_on__isnull=False,
        state=ExceptionState.GRANTED,
        until__gte=unit.bureau.today,
    )
    found = rows.select_related("period__bureau").order_by("period__year", "period__month", "until")
    return {row.period: row.until for row in found if row.until}


def excepted_periods(bureau: Bureau) -> list[Period]:
    """The locked periods that an exception ever opened for some unit, oldest first; one query."""
    granted = PeriodException.objects.filter(period__bureau=bureau, state__in=GRANTED_ONCE)
    found = Period.objects.filter(locked_on__isnull=False, pk__in=granted.values("period"))
    return list(found.select_related("bureau").order_by("year", "month"))


def decidable(periods: Iterable[Period]) -> Mapping[int, Mapping[int, Opening]]:
    """Locked period → unit → what was ever opened by an exception; one query where a period is locked.

    What a unit handed in by an exception is reviewed and approved even after its days are over.
    """
    locked = [period.pk for period in periods if period.locked_on is not None]
    granted: dict[int, dict[int, list[Opening]]] = {pk: defaultdict(list) for pk in locked}
    if locked:
        for row in PeriodException.objects.filter(period__in=locked, state__in=GRANTED_ONCE):
            granted[row.period_id][row.unit_id].append(row.opening)
    return {
        pk: {unit: together(openings) for unit, openings in units.items()} for pk, units in granted.items()
    }


def may_be_decided(
    period: Period, unit_id: int, key: str, opened: Mapping[int, Mapping[int, Opening]]
) -> bool:
    """Whether an item of this period is reviewed and approved now; `opened` is `decidable`'s answer."""
    if period.locked_on is None:
        return period.is_open
    return opened.get(period.pk, {}).get(unit_id, NOTHING).covers(key)
