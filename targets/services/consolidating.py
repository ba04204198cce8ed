"""The office edits the units' approved texts into one text in plan order; the originals stay as they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.audit import record
from accounts.models import User
from accounts.permissions import Permission
from plans.models import Plan, Task
from targets.errors import Conflict, Refused, StaleForm
from targets.models import ConsolidatedText, ConsolidatedVersion, Period
from targets.selectors.consolidated import ConsolidatedRow, consolidated_rows

Typed = tuple[int, str]  # the revision that the form was opened with, and the text


@transaction.atomic
def start_texts(*, plan: Plan, period: Period, by: User, at: datetime | None = None) -> int:
    """Take the units' words over wherever there is no consolidated text yet; returns how many were begun.

    Doing it twice begins only what has been approved since. Raises Refused without the right.
    """
    rows = _locked_rows(plan, period, by)
    new = [(row, row.first_draft()) for row in rows if row.stored is None and row.originals]
    _write(plan, period, new, "texts.started", by, at)
    return len(new)


@transaction.atomic
def save_texts(
    *, plan: Plan, period: Period, typed: Mapping[str, Typed], by: User, at: datetime | None = None
) -> int:
    """Save what was typed (row key → revision, text), all or nothing; returns how many texts changed.

    A changed text is from then on edited from the originals as they are now. Raises StaleForm, with what is
    stored, where somebody else saved meanwhile, and Refused without the right or for what is not in the plan.
    """
    rows = {row.key: row for row in _locked_rows(plan, period, by)}
    if not typed.keys() <= rows.keys():
        raise Refused(_("An item is no longer there. Please reload the page."))
    changed = [(rows[key], text) for key, (_revision, text) in typed.items() if text != rows[key].text]
    conflicts = [Conflict(row, text) for row, text in changed if typed[row.key][0] != row.revision]
    if conflicts:
        raise StaleForm(_("Somebody else saved meanwhile. Both values are shown: please choose."), conflicts)
    _write(plan, period, changed, "texts.saved", by, at)
    return len(changed)


@transaction.atomic
def print_texts(*, plan: Plan, period: Period, by: User) -> list[ConsolidatedRow]:
    """The consolidated texts that have words, for a paper or a file; audited with their revisions."""
    if not by.may(Permission.VIEW_SUBMITTED, plan.bureau):
        raise Refused(_("Only office and leaders read the consolidated texts."))
    rows = [row for row in consolidated_rows(plan, period) if row.text]
    after = {"period": str(period.key), "texts": {row.key: row.revision for row in rows}}
    record("texts.printed", by=by, bureau=plan.bureau, about=plan, after=after)
    return rows


def _locked_rows(plan: Plan, period: Period, by: User) -> list[ConsolidatedRow]:
    """The rows, with the period locked, so that two people never begin or save the same text at once."""
    if not by.may(Permission.APPROVE, plan.bureau):
        raise Refused(_("Only the office edits the consolidated texts."))
    Period.objects.select_for_update(of=("self",), no_key=True).get(pk=period.pk, bureau=plan.bureau_id)
    return consolidated_rows(plan, period)


def _write(
    plan: Plan,
    period: Period,
    texts: Sequence[tuple[ConsolidatedRow, str]],
    kind: str,
    by: User,
    at: datetime | None,
) -> None:
    """Store each text with a version of its own, and one audit event."""
    at, revisions = at or plan.bureau.now, {}
    for row, text in texts:
        about = {"task" if isinstance(row.subject, Task) else "target": row.subject}
        stored = row.stored or ConsolidatedText(plan=plan, period=period, revision=0, **about)
        stored.text, stored.sources, stored.by, stored.at = text, row.sources, by, at
        stored.revision += 1
        stored.save()
        ConsolidatedVersion.objects.create(
            consolidated=stored, number=stored.revision, text=text, sources=row.sources, by=by, at=at
        )
        revisions[row.key] = stored.revision
    if texts:
        after = {"period": str(period.key), "texts": revisions}
        record(kind, by=by, bureau=plan.bureau, about=plan, after=after, at=at)
