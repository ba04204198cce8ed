"""Keeping what is typed on a sheet until it is saved: no version, no audit event, one row per person."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Unit, User
from targets.errors import Refused
from targets.models import EntryDraft, Period
from targets.selectors.drafts import drafts_of
from targets.services.guards import guard_entering

MOST_CHARACTERS = 40_000  # of one row: three texts, and what was done for each node


@transaction.atomic
def keep_draft(
    *,
    period: Period,
    unit: Unit,
    row: str,
    fields: Mapping[str, str],
    known: int,
    by: User,
    at: datetime | None = None,
) -> tuple[EntryDraft, EntryDraft | None]:
    """Keep what this person has typed in a row; returns the draft, and the own one of another window.

    `known` is the draft's revision as the page knows it (0: none). The other window's draft is replaced, and
    given back so that both can be shown. Raises Refused when the person may not enter here now.
    """
    guard_entering(period=period, unit=unit, by=by)
    if sum(len(name) + len(text) for name, text in fields.items()) > MOST_CHARACTERS:
        raise Refused(_("A text is too long. Please shorten it; nothing was cut."))
    found, at = dict(fields), at or period.bureau.now
    draft, is_new = EntryDraft.objects.select_for_update().get_or_create(
        period=period, unit=unit, row=row, by=by, defaults={"fields": found, "at": at}
    )
    if is_new:
        return draft, None
    other = None
    if draft.revision != known and draft.fields != found:
        other = EntryDraft(period=period, unit=unit, row=row, by=by, fields=draft.fields, at=draft.at)
    draft.fields, draft.at, draft.revision = found, at, draft.revision + 1
    draft.save(update_fields=["fields", "at", "revision"])
    return draft, other


def drop_drafts(*, period: Period, units: Collection[int], rows: Collection[str] | None, by: User) -> int:
    """Forget what this person typed, or took over, in these rows (None: all); returns how many rows."""
    found = drafts_of(period, units, by)
    return (found if rows is None else found.filter(row__in=rows)).delete()[0]
