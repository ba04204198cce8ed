"""Whom to remind (催报): what each unit owes, whom to call, how often it was reminded, and what to write."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Membership, Unit, User
from accounts.permissions import Role
from targets.models import Period, Reminder
from targets.selectors.tags import Tagged
from targets.selectors.work import UnitWork, WorkItem, reporting_status
from targets.words import day_text, period_name


@dataclass(frozen=True)
class OwingUnit:
    """One unit that still owes something."""

    work: UnitWork
    contacts: tuple[User, ...]  # who enter for it
    reminders: tuple[Reminder, ...]  # oldest first

    @property
    def unit(self) -> Unit:
        return self.work.unit

    @property
    def text(self) -> str:
        """One paragraph for a chat or the telephone."""
        work, due = self.work, self.work.period.report_due
        count = len(work.owing)
        said = ngettext(
            "%(unit)s: for %(period)s %(count)s item is still to be reported: %(items)s.",
            "%(unit)s: for %(period)s %(count)s items are still to be reported: %(items)s.",
            count,
        ) % {
            "unit": work.unit,
            "period": period_name(work.period.key),
            "count": count,
            "items": "；".join(_told(item) for item in work.owing),
        }
        return said + (_told_deadline(work) if due else "") + _("Please report in the system.")


def owing_units(period: Period, only: Tagged | None = None) -> list[OwingUnit]:
    """Every unit that still owes something in this period, in official order; `only` what carries a tag.

    A fixed number of queries.
    """
    works = [work.narrowed(only) for work in reporting_status(period.bureau, period).owing]
    works = [work for work in works if work.owing]
    people = contacts_of([work.unit for work in works])
    reminded = reminders_of([period])
    return [
        OwingUnit(work, tuple(people[work.unit.pk]), tuple(reminded[period.pk, work.unit.pk]))
        for work in works
    ]


def contacts_of(units: Collection[Unit]) -> dict[int, list[User]]:
    """Unit → the active people who enter for it; one query."""
    found: dict[int, list[User]] = defaultdict(list)
    rights = Membership.objects.filter(unit__in=units, role=Role.REPORTER, user__is_active=True)
    for right in rights.select_related("user").order_by("user"):
        if right.unit_id is not None:
            found[right.unit_id].append(right.user)
    return found


def reminders_of(periods: Collection[Period]) -> dict[tuple[int, int], list[Reminder]]:
    """(period, unit) → its reminders with who sent them, oldest first; one query."""
    found: dict[tuple[int, int], list[Reminder]] = defaultdict(list)
    for reminder in Reminder.objects.filter(period__in=[one.pk for one in periods]).select_related("by"):
        found[reminder.period_id, reminder.unit_id].append(reminder)
    return found


def _told(item: WorkItem) -> str:
    if item.returned:
        reason = item.returned.reason.rstrip("。.;；")
        return _("%(item)s (returned: %(reason)s)") % {"item": item.label, "reason": reason}
    if item.state:
        return _("%(item)s (draft, not submitted)") % {"item": item.label}
    return item.label


def _told_deadline(work: UnitWork) -> str:
    day = day_text(work.period.report_due) if work.period.report_due else ""
    if not work.is_overdue:
        return _(" The deadline is %(day)s. ") % {"day": day}
    return ngettext(
        " The deadline was %(day)s, %(days)s day ago. ",
        " The deadline was %(day)s, %(days)s days ago. ",
        work.days_late,
    ) % {"day": day, "days": work.days_late}
