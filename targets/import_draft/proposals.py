"""Who leads and at which pace: proposed from last year's plan, the document's own words, and names. Pure.

In this order: the same or a similar indicator (or task title) of last year; a unit that the document names
itself (牵头单位:…处); the unit whose name shares most with the words. A proposal is never taken unasked.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from targets.extraction.repeats import likeness
from targets.import_draft.contents import Draft, DraftTarget, DraftTask

SIMILAR = 0.6  # names from here on are taken for the same thing of last year
NEAR = 0.3  # a unit's name shares at least this much with the words
_NAMED = re.compile(r"(?:牵头|责任|主办|承办|负责)(?:单位|处室|部门)?[::]\s*([^。;;\n))]+)")
_HELPING = re.compile(r"(?:配合|协办|参与)(?:单位|处室|部门)?[::]\s*([^。;;\n))]+)")
_COMMON = re.compile(r"(?:处|科|室|局|委员会|委|办公室|中心|与|和|市|管理|发展)")

LAST_YEAR, NAMED, WORDS = "last-year", "named", "words"


@dataclass(frozen=True)
class UnitName:
    """A unit that may lead (departments and affiliates) or only take part."""

    name: str
    may_lead: bool


@dataclass(frozen=True)
class PastTarget:
    """A target of last year's plan: the names it goes by, and what the office decided about it."""

    names: tuple[str, ...]
    fields: Mapping[str, Any]


@dataclass(frozen=True)
class PastTask:
    """A task of last year's plan."""

    title: str
    fields: Mapping[str, Any]


@dataclass(frozen=True)
class Proposal:
    """Proposed values of an item's fields; `origin` says where from, `like` the name of last year."""

    item: str
    origin: str
    fields: Mapping[str, Any] = field(default_factory=dict)
    like: str = ""


def propose(
    draft: Draft,
    text: str,
    units: Sequence[UnitName],
    past_targets: Sequence[PastTarget] = (),
    past_tasks: Sequence[PastTask] = (),
) -> dict[str, Proposal]:
    """For each task and target the best proposal, by item; items without one are left out."""
    leads = [unit.name for unit in units if unit.may_lead]
    everyone = [unit.name for unit in units]
    found: dict[str, Proposal] = {}
    for task in draft.tasks:
        words = text[task.start : task.end]
        proposal = _from_tasks(task, past_tasks) or _from_words(task.item, task.title, words, leads, everyone)
        found |= {task.item: proposal} if proposal else {}
    titles = {task.path: task for task in draft.tasks}
    for target in draft.targets:
        words = text[target.source.sentence_start : target.source.sentence_end]
        proposal = _from_targets(target, past_targets) or _from_words(
            target.item, target.name, words, leads, everyone
        )
        if proposal is None and target.task in titles:
            proposal = _from_task(target, titles[target.task], found)
        found |= {target.item: proposal} if proposal else {}
    return found


def _from_targets(target: DraftTarget, past: Sequence[PastTarget]) -> Proposal | None:
    """The target of last year whose name is most like this one's; its fields come along."""
    own = {target.name, target.indicator, target.source.name_in_text} - {""}
    scored = [(_best(own, other.names), other) for other in past]
    score, best = max(scored, key=lambda pair: pair[0], default=(0.0, None))
    if best is None or score < SIMILAR:
        return None
    return Proposal(target.item, LAST_YEAR, dict(best.fields), best.names[0])


def _from_tasks(task: DraftTask, past: Sequence[PastTask]) -> Proposal | None:
    scored = [(likeness(task.title, other.title), other) for other in past]
    score, best = max(scored, key=lambda pair: pair[0], default=(0.0, None))
    if best is None or score < SIMILAR:
        return None
    return Proposal(task.item, LAST_YEAR, dict(best.fields), best.title)


def _from_words(
    item: str, name: str, words: str, leads: Sequence[str], everyone: Sequence[str]
) -> Proposal | None:
    """A unit that the words name, else the one whose name shares most with them."""
    if found := _NAMED.search(words):
        named = _units_in(found[1], everyone)
        if named:
            helping = _HELPING.search(words)
            others = named[1:] + (_units_in(helping[1], everyone) if helping else [])
            return Proposal(item, NAMED, {"lead": named[0], "cooperating": list(dict.fromkeys(others))})
    scored = [(_shared(unit, name), unit) for unit in leads]
    score, best = max(scored, key=lambda pair: pair[0], default=(0.0, ""))
    return Proposal(item, WORDS, {"lead": best}) if best and score >= NEAR else None


def _from_task(target: DraftTarget, task: DraftTask, found: Mapping[str, Proposal]) -> Proposal | None:
    """The unit that leads, or is proposed for, the task in which the target stands."""
    lead = task.lead or found.get(task.item, Proposal("", "")).fields.get("lead", "")
    return Proposal(target.item, WORDS, {"lead": lead}) if lead else None


def _units_in(text: str, names: Iterable[str]) -> list[str]:
    """The units named in the text, in the order in which they stand; a longer name wins over its part."""
    places: list[tuple[int, str]] = []
    rest = text
    for name in sorted(names, key=len, reverse=True):
        if (at := rest.find(name)) >= 0:
            places.append((at, name))
            rest = rest.replace(name, "\0" * len(name))
    return [name for _at, name in sorted(places)]


def _best(one: Iterable[str], others: Iterable[str]) -> float:
    return max((likeness(a, b) for a in one for b in others if a and b), default=0.0)


def _shared(unit: str, words: str) -> float:
    """How much of what is particular in a unit's name stands in the words, by pairs of characters."""
    own = _COMMON.sub("", unit)
    pairs = {own[at : at + 2] for at in range(len(own) - 1)}
    return sum(pair in words for pair in pairs) / len(pairs) if pairs else 0.0
