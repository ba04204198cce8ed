"""Which unit reports what: the lead its targets and tasks, a unit its own part of a target.

The lead of a target is the one in force in the period: targets stand as `selectors.terms` lets them.

Districts and bodies outside the bureau do not sign in: their parts are reported by the target's lead.
"""

from __future__ import annotations

from django.db.models import Q, QuerySet

from accounts.models import Unit, UnitKind, User
from accounts.permissions import Permission
from targets.models import Allocation, Figure, Narrative, Period, Target
from targets.selectors.terms import led_in

REPORTING = frozenset({UnitKind.DEPARTMENT, UnitKind.AFFILIATE})


def owner_of(target: Target, allocation: Allocation | None) -> int:
    """The id of the unit that reports this figure; the part comes with its unit, the target as in force."""
    if allocation is None:
        return target.lead_id
    return owner_of_part(target.lead_id, allocation.unit_id, allocation.unit.kind)


def owner_of_part(lead_id: int, unit_id: int, kind: str) -> int:
    """The id of the unit that reports a part: its own one, else the lead of its target."""
    return unit_id if kind in REPORTING else lead_id


def entered_units(user: User) -> list[Unit]:
    """The units for which this person enters, in official order: the own ones, and for the office every
    unit of its bureau that reports."""
    office = user.bureaus_where(Permission.ENTER_FOR_UNITS)
    own = {unit.pk for unit in user.units_where(Permission.ENTER_FIGURES)}
    every = Q(bureau__in=office, kind__in=REPORTING, is_active=True)
    found = Unit.objects.filter(every | Q(pk__in=own)).select_related("bureau")
    return list(found.order_by("bureau", "order"))


def unit_of(item: Figure | Narrative) -> int:
    """The id of the unit that reported the item."""
    return item.unit_id if isinstance(item, Narrative) else owner_of(item.target, item.allocation)


def figures_of(period: Period, unit: Unit) -> QuerySet[Figure]:
    """The figures that this unit reports in this period, with target and allocation."""
    led = Q(target__in=led_in(period, unit))
    whole = Q(allocation=None) & led
    own_part = Q(allocation__unit=unit, allocation__unit__kind__in=REPORTING)
    for_others = Q(allocation__isnull=False) & led & ~Q(allocation__unit__kind__in=REPORTING)
    found = Figure.objects.filter(whole | own_part | for_others, period=period)
    return found.select_related("target", "allocation__unit")
