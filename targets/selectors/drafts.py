"""What people have typed on a sheet and not saved yet."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import Membership, Unit, User
from accounts.permissions import Role
from targets.models import EntryDraft, Period

TYPING = timedelta(hours=12)  # as long as a session may last: an older draft of somebody else is abandoned


def drafts_of(period: Period, units: Collection[int], user: User) -> QuerySet[EntryDraft]:
    """What this person typed on the sheets of these units, and what people typed who have left the unit.

    Drafts belong to the unit: after a hand-over the successor goes on with them.
    """
    rights = Membership.objects.filter(user=OuterRef("by"))
    stayed = rights.filter(Q(unit=OuterRef("unit")) | Q(role=Role.OFFICE, bureau=OuterRef("unit__bureau")))
    found = EntryDraft.objects.filter(period=period, unit__in=units)
    return found.filter(Q(by=user) | ~Exists(stayed))


def own_drafts(period: Period, units: Collection[int], user: User) -> list[EntryDraft]:
    """What `drafts_of` finds, one draft a row: the own one, else the latest."""
    found = sorted(drafts_of(period, units, user), key=lambda draft: (draft.by_id == user.pk, draft.at))
    return list({(draft.unit_id, draft.row): draft for draft in found}.values())


def others_drafts(period: Period, unit: Unit, row: str, user: User) -> list[EntryDraft]:
    """What other people are typing in this very row, the latest first."""
    since = period.bureau.now - TYPING
    found = EntryDraft.objects.filter(period=period, unit=unit, row=row, at__gte=since).exclude(by=user)
    return list(found.select_related("by").order_by("-at"))
