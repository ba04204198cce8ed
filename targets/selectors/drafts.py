"""What people have typed on a sheet and not saved yet."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

from accounts.models import Unit, User
from targets.models import EntryDraft, Period

TYPING = timedelta(hours=12)  # as long as a session may last: an older draft of somebody else is abandoned


def own_drafts(period: Period, units: Collection[int], user: User) -> list[EntryDraft]:
    """What this person typed on the sheets of these units, one row each."""
    return list(EntryDraft.objects.filter(period=period, unit__in=units, by=user))


def others_drafts(period: Period, unit: Unit, row: str, user: User) -> list[EntryDraft]:
    """What other people are typing in this very row, the latest first."""
    since = period.bureau.now - TYPING
    found = EntryDraft.objects.filter(period=period, unit=unit, row=row, at__gte=since).exclude(by=user)
    return list(found.select_related("by").order_by("-at"))
