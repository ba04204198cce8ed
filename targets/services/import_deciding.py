"""What people decide about an import: one or several fields at once, taken back again, or taken along."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.audit import record
from accounts.models import User
from accounts.permissions import Permission
from targets.errors import Refused
from targets.import_draft import PLAN, Draft, FieldProblem, clean
from targets.import_draft.fields import FIELD_MESSAGES
from targets.models import ImportDecision, ImportStage, PlanImport
from targets.selectors.import_drafts import draft_of, plan_before, proposals_for, unit_names
from targets.services.imports import locked

# Saying again what the rules say is a decision in these; in all other fields it takes a decision back.
ALWAYS_KEPT = {"accepted", "repeat_of", "lead"}
LAST_YEAR = "last-year"


@transaction.atomic
def decide(
    *, import_id: int, item: str, fields: Mapping[str, Any], by: User, at: datetime | None = None
) -> int:
    """Keep what a person decided about one item; returns how many fields changed.

    Of two people the later one holds, field by field. Raises Refused, with nothing written, for an item or
    a field that is not there, a value that cannot be, and an import that is not under review.
    """
    found = _under_review(import_id, by)
    draft = draft_of(found)
    if item != PLAN and item not in draft.items:
        raise Refused(_("This item is not part of the import."))
    values = {name: _cleaned(item, name, raw) for name, raw in fields.items()}
    _refuse_unknown(found, draft, item, values)
    rules = draft.rules if item == PLAN else draft.items[item].rules
    before = _store(found, item, values, rules, by, at or timezone.now())
    if before:
        after = {"item": item} | {name: values[name] for name in before}
        record("import.decided", by=by, bureau=found.bureau, about=found, before=before, after=after, at=at)
    return len(before)


@transaction.atomic
def undo(*, import_id: int, by: User, item: str = "", field: str = "", at: datetime | None = None) -> str:
    """Take back one field of an item, else this person's latest act; returns the item, empty for nothing."""
    found = _under_review(import_id, by)
    rows = ImportDecision.objects.filter(plan_import=found)
    if field:
        rows = rows.filter(item=item, field=field)
    else:
        last = rows.filter(by=by, **({"item": item} if item else {})).order_by("-at").first()
        rows = rows.filter(by=by, at=last.at) if last else rows.none()
    taken = list(rows)
    if not taken:
        return ""
    before = {f"{row.item} {row.field}": row.value for row in taken}
    rows.delete()
    record("import.undone", by=by, bureau=found.bureau, about=found, before=before, at=at)
    return taken[0].item


@transaction.atomic
def take_last_year(*, import_id: int, by: User, at: datetime | None = None) -> int:
    """Units, pace and indicators of last year's plan, by similarity of names; returns how many items."""
    return take_proposals(import_id=import_id, by=by, origins={LAST_YEAR}, at=at)


@transaction.atomic
def take_proposals(
    *, import_id: int, by: User, origins: Collection[str] = (), at: datetime | None = None
) -> int:
    """Every proposal (of these origins) for fields that nobody decided; returns how many items got one."""
    found = _under_review(import_id, by)
    draft = draft_of(found)
    before = plan_before(found.bureau, draft.year)
    proposals = proposals_for(found, draft, unit_names(found.bureau), before)
    at = at or timezone.now()
    items, new = draft.items, []
    for item, proposal in proposals.items():
        if origins and proposal.origin not in origins:
            continue
        part = items[item]
        new += [
            ImportDecision(plan_import=found, item=item, field=name, value=value, by=by, at=at)
            for name, value in proposal.fields.items()
            if name not in part.decided and value != part.rules.get(name)
        ]
    ImportDecision.objects.bulk_create(new)
    taken = len({row.item for row in new})
    if taken:
        after = {"items": taken, "fields": len(new), "from": before.year if before else None}
        record("import.taken_along", by=by, bureau=found.bureau, about=found, after=after)
    return taken


def _under_review(import_id: int, by: User) -> PlanImport:
    found = locked(import_id)
    if not by.may(Permission.IMPORT_PLANS, found.bureau):
        raise Refused(_("You may import plans only for your own bureau."))
    if found.stage != ImportStage.REVIEW:
        raise Refused(_("This import is not under review: nothing can be changed in it."))
    return found


def _cleaned(item: str, name: str, raw: Any) -> Any:
    try:
        return clean(item, name, raw)
    except FieldProblem as problem:
        raise Refused(_(FIELD_MESSAGES[problem.code]) % problem.values) from problem


def _refuse_unknown(found: PlanImport, draft: Draft, item: str, values: Mapping[str, Any]) -> None:
    """Raise Refused for a unit, section, task or target that does not exist."""
    named = [name for name in [values.get("lead", ""), *values.get("cooperating", [])] if name]
    known = set(found.bureau.units.values_list("name", flat=True)) if named else set()
    sections, tasks = {part.path for part in draft.sections}, {part.path for part in draft.tasks}
    other = draft.candidate(values["repeat_of"]) if values.get("repeat_of") else None
    wrong = (
        any(name not in known for name in named)
        or ("section" in values and values["section"] not in sections)
        or ("path" in values and values["path"] not in sections | tasks)
        or (bool(values.get("repeat_of")) and (other is None or other.item == item))
    )
    if wrong:
        raise Refused(_("This unit, section, task or target does not exist."))


def _store(
    found: PlanImport, item: str, values: Mapping[str, Any], rules: Mapping[str, Any], by: User, at: datetime
) -> dict[str, Any]:
    """Write what differs; returns what held before, by field."""
    stored = {row.field: row for row in ImportDecision.objects.filter(plan_import=found, item=item)}
    before = {}
    for name, value in values.items():
        row = stored.get(name)
        held = row.value if row else rules.get(name)
        is_rule = value == rules.get(name) and (name not in ALWAYS_KEPT or not value)
        if row and is_rule:
            row.delete()
        elif (row and row.value == value) or (row is None and is_rule):
            continue
        else:
            ImportDecision.objects.update_or_create(
                plan_import=found, item=item, field=name, defaults={"value": value, "by": by, "at": at}
            )
        before[name] = held
    return before
