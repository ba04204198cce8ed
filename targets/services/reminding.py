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
from targets.inputs import MAX_REASON
from targets.models import Period, Reminder
from targets.selectors.work import reporting_status
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
    note = note.strip()
    if len(note) > MAX_REASON:
        raise Refused(
            _("The reason has %(length)s characters, at most %(limit)s are kept. Please shorten it.")
            % {"length": len(note), "limit": MAX_REASON}
        )
    if not units:
        raise Refused(_("Please choose at least one unit."))
    locked = lock_open_period(period)
    at = at or locked.bureau.now
    works = {work.unit.pk: work for work in reporting_status(locked.bureau, locked).units}
    made = []
    for unit in units:
        work = works.get(unit.pk)
        if work is None or not work.owing:
            raise Refused(_("“%(unit)s” owes nothing in this period any more.") % {"unit": unit})
        items = [item.label for item in work.owing]
        made.append(Reminder(period=locked, unit=unit, note=note, items=items, by=by, at=at))
    Reminder.objects.bulk_create(made)
    for reminder in made:
        after = {"period": str(locked.key), "items": reminder.items, "note": note}
        record("reminder.sent", by=by, bureau=locked.bureau, about=reminder.unit, after=after, at=at)
    return made
