"""The draft of a plan: the reading, which is never edited, with people's decisions over it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from targets.import_draft.candidates import candidate, number_as_found
from targets.import_draft.contents import REPEAT, TARGET, Draft, DraftNumber, DraftTarget
from targets.import_draft.fields import PLAN
from targets.import_draft.outline import Decisions, Outline

Json = Mapping[str, Any]
NO_YEAR = 2000  # what a reading says of a text that names no year


def draft(reading: Json, decisions: Decisions, text: str = "", title: str = "") -> Draft:
    """What confirming would write. `decisions` maps item → field → value, as `fields.clean` stores them.

    `text` is the document (for numbers that a person makes a target), `title` the plan's proposed title.
    """
    own = decisions.get(PLAN, {})
    found_year = None if reading.get("year") in {None, NO_YEAR} else reading["year"]
    year = own.get("year", found_year)
    outline = Outline(reading, decisions, len(text) or _last_end(reading))
    candidates = [
        candidate(f"target:{found['id']}", found, decisions.get(f"target:{found['id']}", {}), outline, year)
        for found in reading["targets"]
    ]
    places = {found.source.start for found in candidates}
    candidates += _made_from_numbers(reading, decisions, outline, text, year, places)
    candidates.sort(key=lambda found: found.source.start)
    candidates = _numbered(_grouped(_merged(candidates), reading))
    return Draft(
        title=own.get("title", title),
        year=year,
        rules={"title": title, "year": found_year},
        decided=frozenset(own),
        sections=outline.sections,
        tasks=tuple(outline.kept.values()),
        left_out=tuple(task for task in outline.tasks if task.is_left_out),
        candidates=tuple(candidates),
        ledger=tuple(_ledger(reading, decisions, candidates)),
    )


def _last_end(reading: Json) -> int:
    ends = [entry["end"] for part in ("targets", "tasks", "ledger") for entry in reading[part]]
    return max(ends, default=1)


def _made_from_numbers(
    reading: Json, decisions: Decisions, outline: Outline, text: str, year: int | None, taken: set[int]
) -> Iterable[DraftTarget]:
    for entry in reading["ledger"]:
        own = decisions.get(item := f"number:{entry['start']}", {})
        if own.get("verdict") == TARGET and entry["start"] not in taken:
            yield candidate(item, number_as_found(entry, text, year), own, outline, year)


def _merged(candidates: list[DraftTarget]) -> list[DraftTarget]:
    """Repeats become sentences of the target they repeat; a chain ends at its first, a circle nowhere."""
    by_id = {found.id: found for found in candidates}
    roots = {found.id: _root(found, by_id) for found in candidates}
    repeats: dict[str, list[DraftTarget]] = {}
    for found in candidates:
        if root := roots[found.id]:
            repeats.setdefault(root, []).append(found)
    merged = []
    for found in candidates:
        if root := roots[found.id]:
            merged.append(replace(found, verdict=REPEAT, root=root))
            continue
        own = repeats.get(found.id, [])
        # A goal that a task takes up again belongs to that task, unless a person placed it.
        task = found.task or next((other.task for other in own if other.task), "")
        task = found.task if "path" in found.decided else task
        sources = (found.source, *(other.source for other in own)) if found.is_target else ()
        merged.append(replace(found, asks_repeat=False, repeat_of="", task=task, sources=sources))
    return merged


def _root(found: DraftTarget, by_id: Mapping[str, DraftTarget]) -> str:
    """The id of the target that this one repeats; empty where it stands by itself."""
    if not found.is_target:
        return ""
    seen, at = {found.id}, found
    while at.repeat_of and (other := by_id.get(at.repeat_of)) is not None and other.is_target:
        if other.id in seen:
            return ""
        seen.add(other.id)
        at = other
    return "" if at is found else at.id


def _grouped(candidates: list[DraftTarget], reading: Json) -> list[DraftTarget]:
    """Two conditions of one clause share a group, called by the shortest of their names."""
    group_of = {found["id"]: found.get("group") for found in reading["targets"]}
    members: dict[str, list[DraftTarget]] = {}
    for found in candidates:
        if (group := group_of.get(found.id)) and found.is_target and "group" not in found.decided:
            members.setdefault(group, []).append(found)
    names = {
        found.id: min((other.name for other in group), key=len)[:100]
        for group in members.values()
        if len(group) > 1
        for found in group
    }
    return [
        replace(found, group=names[found.id], rules={**found.rules, "group": names[found.id]})
        if found.id in names
        else found
        for found in candidates
    ]


def _numbered(candidates: list[DraftTarget]) -> list[DraftTarget]:
    """Targets without a number of their own get their place among the targets."""
    numbered, place = [], 0
    for found in candidates:
        place += found.is_target
        numbered.append(replace(found, key=found.key or str(place)) if found.is_target else found)
    return numbered


def _ledger(reading: Json, decisions: Decisions, candidates: Iterable[DraftTarget]) -> Iterable[DraftNumber]:
    """Every number with the verdict that holds: the candidate's where it is one."""
    at = {found.source.start: found for found in candidates}
    for entry in reading["ledger"]:
        found = at.get(entry["start"])
        item = found.item if found else f"number:{entry['start']}"
        own = decisions.get(item, {})
        yield DraftNumber(
            item=item,
            rules={"verdict": entry["verdict"]},
            decided=frozenset(own),
            start=entry["start"],
            end=entry["end"],
            text=entry["text"],
            verdict=found.verdict if found else own.get("verdict", entry["verdict"]),
            rule_verdict=entry["verdict"],
            rule=entry["rule"],
            target=found.id if found else "",
        )
