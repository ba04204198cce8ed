"""What still stands between a draft and the plan. Pure: no Django."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from accounts.text import gettext_noop
from targets.enums import Pace
from targets.import_draft.contents import Draft, DraftTarget
from targets.import_draft.fields import PLAN
from targets.units import UnknownUnit, parse_unit


class GapCode(StrEnum):
    """What is missing."""

    YEAR = "YEAR"
    TITLE = "TITLE"
    NOTHING = "NOTHING"
    TASK_LEAD = "TASK_LEAD"
    TARGET_LEAD = "TARGET_LEAD"
    REPEAT = "REPEAT"
    NAME = "NAME"
    VALUE = "VALUE"
    UNIT = "UNIT"
    SHARES = "SHARES"
    KEY_TWICE = "KEY_TWICE"


GAP_MESSAGES: dict[GapCode, str] = {
    GapCode.YEAR: gettext_noop("The plan's year is not known."),
    GapCode.TITLE: gettext_noop("The plan has no title."),
    GapCode.NOTHING: gettext_noop("There is neither a task nor a target in it."),
    GapCode.TASK_LEAD: gettext_noop("Task without lead unit: %(name)s"),
    GapCode.TARGET_LEAD: gettext_noop("Target without lead unit: %(name)s"),
    GapCode.REPEAT: gettext_noop("Same target or another one? %(name)s"),
    GapCode.NAME: gettext_noop("Target without a name: %(name)s"),
    GapCode.VALUE: gettext_noop("Target without a value: %(name)s"),
    GapCode.UNIT: gettext_noop("Unknown unit of measure: %(name)s"),
    GapCode.SHARES: gettext_noop("Custom pace without shares: %(name)s"),
    GapCode.KEY_TWICE: gettext_noop("Number used twice: %(name)s"),
}


@dataclass(frozen=True)
class Gap:
    """One thing that is missing, with the item to go to and the values of its message."""

    code: GapCode
    item: str
    values: dict[str, str] = field(default_factory=dict)


def missing(draft: Draft) -> list[Gap]:
    """Everything that keeps the draft from becoming a plan, in the order of the text; empty when nothing."""
    gaps = [Gap(GapCode.YEAR, PLAN)] if draft.year is None else []
    gaps += [Gap(GapCode.TITLE, PLAN)] if not draft.title else []
    gaps += [Gap(GapCode.NOTHING, PLAN)] if not draft.tasks and not draft.targets else []
    placed = [
        (task.start, Gap(GapCode.TASK_LEAD, task.item, {"name": task.title}))
        for task in draft.tasks
        if not task.lead
    ]
    keys = Counter(found.key for found in draft.targets)
    for found in draft.candidates:
        placed += [(found.source.start, gap) for gap in _of_candidate(found, keys)]
    return gaps + [gap for _start, gap in sorted(placed, key=lambda pair: pair[0])]


def _of_candidate(found: DraftTarget, keys: Counter[str]) -> Iterable[Gap]:
    named = {"name": found.name or found.source.quote}
    if found.asks_repeat and found.root:
        yield Gap(GapCode.REPEAT, found.item, named)
    if not found.is_target:
        return
    lacking = {
        GapCode.NAME: not found.name,
        GapCode.VALUE: found.value is None,
        GapCode.UNIT: not _is_unit(found.unit),
        GapCode.SHARES: found.pace == Pace.CUSTOM and not found.pace_shares,
        GapCode.TARGET_LEAD: not found.lead,
        GapCode.KEY_TWICE: keys[found.key] > 1,
    }
    for code, is_lacking in lacking.items():
        if is_lacking:
            yield Gap(code, found.item, named)


def _is_unit(unit: str) -> bool:
    try:
        parse_unit(unit)
    except UnknownUnit:
        return False
    return True
