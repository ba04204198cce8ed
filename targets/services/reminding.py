"""Reminding (催报): the office records whom it urged. No mail goes out at once: see `services/digests.py`."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.audit import record
from accounts.models import Unit, User
from accounts.permissions import Permission
from targets.errors import Refused
from targets.models import Period, Reminder
from targets.selectors.work import reporting_status
from targets.services.guards import told
from targets.services.periods import lock_open_period


@transaction.atomic
def remind_units(
    *, period: Period, units: Collection[Unit], note: str = "", by: User, at: datetime | None = None
) -> list[Reminder]:
    """Record that these units were urged to report what they still owe; all of them, or none.

    Raises Refused for anybody but the bureau's office, a closed period, and a unit that owes nothing.
    """
    if not by.may(Permission.MANAGE_PERIODS, period.bureau):
        raise Refused(_("Only the office reminds units."))
    note = told(note)
    if not units:
        raise Refused(_("Please choose at least one unit."))
    locked = lock_open_period(period)
    at = at or locked.bureau.now
    owed = _owed(locked, units)
    made = [
        Reminder(period=locked, unit=unit, note=note, items=items, by=by, at=at)
        for unit, items in zip(units, owed, strict=True)
    ]
    Reminder.objects.bulk_create(made)
    for reminder in made:
        after = {"period": str(locked.key), "items": reminder.items, "note": note}
        record("reminder.sent", by=by, bureau=locked.bureau, about=reminder.unit, after=after, at=at)
    return made


def _owed(period: Period, units: Collection[Unit]) -> list[list[str]]:
    """What each of these units still owes, by name; raises Refused for one that owes nothing."""
    works = {work.unit.pk: work for work in reporting_status(period.bureau, period).units}
    found = []
    for unit in units:
        work = works.get(unit.pk)
        if work is None or not work.owing:
            raise Refused(_("“%(unit)s” owes nothing in this period any more.") % {"unit": unit})
        found.append([item.label for item in work.owing])
    return found
