"""Sections and tasks of a draft, and which of them a place of the text belongs to. Pure: no Django."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from targets.import_draft.contents import DraftSection, DraftTask

Json = Mapping[str, Any]
Decisions = Mapping[str, Json]

WHOLE = "全文"  # the one section of a text that has none


class Outline:
    """The reading's sections and tasks with people's decisions; finds the section and task of a path."""

    def __init__(self, reading: Json, decisions: Decisions, length: int) -> None:
        found = [_limited(part) for part in reading["sections"]] or [_whole(length)]
        paths = {part["path"] for part in found}
        self.sections = tuple(_section(part, paths, decisions) for part in found)
        self.section_paths = paths
        parts = [_limited(part) for part in reading["tasks"]]
        self.tasks = tuple(self._task(part, decisions) for part in parts)
        self.kept = {task.path: task for task in self.tasks if not task.is_left_out}

    def known(self, path: str) -> str:
        """The path if a section or task has it, else empty."""
        return path if path in self.kept or path in self.section_paths else ""

    def place(self, path: str | None, start: int) -> str:
        """The task, else the section, that a path of the reading lies in; without one the offset decides."""
        if path is not None:
            longest = max(
                (other for other in (*self.kept, *self.section_paths) if _is_in(path, other)),
                key=len,
                default="",
            )
            if longest:
                return longest
        parts: list[DraftSection | DraftTask] = [*self.sections, *self.kept.values()]
        around = [part for part in parts if part.start <= start < part.end]
        inner = min(around, key=lambda part: part.end - part.start, default=None)
        return inner.path if inner else self.sections[0].path

    def task_of(self, place: str) -> str:
        return place if place in self.kept else ""

    def section_of(self, place: str) -> str:
        return self.kept[place].section if place in self.kept else place

    def _task(self, part: Json, decisions: Decisions) -> DraftTask:
        item = f"task:{part['path']}"
        own = decisions.get(item, {})
        rules = {
            "title": part["title"],
            "section": self._section_around(part),
            "lead": "",
            "cooperating": [],
            "cooperating_text": "",
            "left_out": False,
        }
        held = {**rules, **own}
        section = held["section"] if held["section"] in self.section_paths else rules["section"]
        return DraftTask(
            item=item,
            rules=rules,
            decided=frozenset(own),
            path=part["path"],
            label=part["label"],
            title=held["title"],
            start=part["start"],
            end=part["end"],
            section=section,
            lead=held["lead"],
            cooperating=tuple(held["cooperating"]),
            cooperating_text=held["cooperating_text"],
            is_left_out=bool(held["left_out"]),
        )

    def _section_around(self, part: Json) -> str:
        inside = [path for path in self.section_paths if _is_in(part["path"], path)]
        if inside:
            return max(inside, key=len)
        around = [section for section in self.sections if section.start <= part["start"] < section.end]
        return (around[-1] if around else self.sections[0]).path


def _section(part: Json, paths: set[str], decisions: Decisions) -> DraftSection:
    item = f"section:{part['path']}"
    own = decisions.get(item, {})
    outer = [path for path in paths if path != part["path"] and _is_in(part["path"], path)]
    return DraftSection(
        item=item,
        rules={"title": part["title"]},
        decided=frozenset(own),
        path=part["path"],
        label=part["label"],
        title=own.get("title", part["title"]),
        start=part["start"],
        end=part["end"],
        parent=max(outer, key=len, default=""),
    )


def _is_in(path: str, other: str) -> bool:
    return path == other or path.startswith(f"{other}/")


def _limited(part: Json) -> dict[str, Any]:
    """As long as the plan's columns are; a heading longer than that is a paragraph."""
    return {**part, "label": part["label"][:20], "title": (part["title"] or part["label"])[:200]}


def _whole(length: int) -> dict[str, Any]:
    return {"path": WHOLE, "label": "", "title": WHOLE, "start": 0, "end": max(1, length)}


def parts_in(parts: Sequence[DraftTask], section: str) -> list[DraftTask]:
    """The tasks of one section, in the order of the text."""
    return sorted((part for part in parts if part.section == section), key=lambda part: part.start)
