"""What one button or key means for an item's fields, and which fields of a posted form were touched. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from targets.import_draft import Draft, DraftTarget
from targets.import_draft.contents import OTHER_YEAR, TARGET
from targets.import_draft.fields import PLAN_FIELDS, SECTION_FIELDS, TARGET_FIELDS, TASK_FIELDS

NO_TARGET = ("SCOPE", "NAME", "THRESHOLD", "PAST", OTHER_YEAR, "BASELINE", "DATE", "ORDINAL")
MANY = {"cooperating"}


Posted = Mapping[str, str]  # the fields of a form


def posted_fields(data: Mapping[str, list[str]]) -> dict[str, Any]:
    """The fields whose value differs from what the form was made with (`was-<field>`).

    So of two people at one item each keeps what the other one touched.
    """
    names = {**PLAN_FIELDS, **SECTION_FIELDS, **TASK_FIELDS, **TARGET_FIELDS}
    found: dict[str, Any] = {}
    for name in names:
        if f"was-{name}" not in data:
            continue
        values, was = data.get(name, []), data[f"was-{name}"][-1].replace("\r\n", "\n")
        value = values if name in MANY else (values or [""])[-1]
        if ("\n".join(values) if name in MANY else value) != was:
            found[name] = value
    return found


def accept(draft: Draft, item: str, data: Posted) -> dict[str, Any]:
    """A target is right as it stands, a repeat is one; with the lead unit that was proposed beside it."""
    fields: dict[str, Any] = {"accepted": True}
    part = draft.items.get(item)
    if isinstance(part, DraftTarget):
        if part.root and part.asks_repeat:
            fields["repeat_of"] = part.repeat_of
        if part.is_target and not part.lead and data.get("proposed-lead", ""):
            fields["lead"] = data.get("proposed-lead", "")
        if not part.is_target and not part.root:
            fields["verdict"] = TARGET
    return fields


def other_verdict(draft: Draft, item: str, data: Posted) -> dict[str, Any]:
    """The verdict that was chosen, else the next one of the list: pressing a key again goes on."""
    chosen = data.get("verdict", "")
    if not chosen:
        now = getattr(draft.items.get(item), "verdict", "")
        place = NO_TARGET.index(now) + 1 if now in NO_TARGET else 0
        chosen = NO_TARGET[place % len(NO_TARGET)]
    return {"verdict": chosen} if chosen == TARGET else {"verdict": chosen, "accepted": False}


def make_target(draft: Draft, item: str, data: Posted) -> dict[str, Any]:
    """The number is a target after all."""
    return {"verdict": TARGET}


def merge(draft: Draft, item: str, data: Posted) -> dict[str, Any]:
    """Merge into the proposed or chosen target; what is merged already is separated again."""
    part = draft.items.get(item)
    if not isinstance(part, DraftTarget):
        return {"repeat_of": data.get("repeat_of", "")}
    chosen = data.get("repeat_of", "") or str(part.rules.get("repeat_of", ""))
    is_merged = bool(part.root) and not part.asks_repeat
    return {"repeat_of": "" if is_merged else chosen}


def separate(draft: Draft, item: str, data: Posted) -> dict[str, Any]:
    """Two targets, whatever their sentences have in common."""
    return {"repeat_of": ""}


def leave_out(draft: Draft, item: str, data: Posted) -> dict[str, Any]:
    """A task that is none, or is one after all."""
    return {"left_out": not getattr(draft.items.get(item), "is_left_out", False)}


ACTS: Mapping[str, Callable[[Draft, str, Posted], dict[str, Any]]] = {
    "accept": accept,
    "verdict": other_verdict,
    "target": make_target,
    "merge": merge,
    "separate": separate,
    "leave-out": leave_out,
}
