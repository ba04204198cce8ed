"""Sections and tasks of a draft, and which of them a place of the text belongs to. Pure: no Django."""

from __future__ import annotations

from collections.abc import Collection, Mapping
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
        self.paths = self.section_paths | self.kept.keys()

    def known(self, path: str) -> str:
        """The path if a section or task has it, else empty."""
        return path if path in self.paths else ""

    def place(self, path: str | None, start: int) -> str:
        """The task, else the section, that a path of the reading lies in; without one the offset decides."""
        if path and (nearest := _nearest(path, self.paths)):
            return nearest
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
        if nearest := _nearest(part["path"], self.section_paths):
            return nearest
        around = [section for section in self.sections if section.start <= part["start"] < section.end]
        return (around[-1] if around else self.sections[0]).path


def _section(part: Json, paths: set[str], decisions: Decisions) -> DraftSection:
    item = f"section:{part['path']}"
    own = decisions.get(item, {})
    return DraftSection(
        item=item,
        rules={"title": part["title"]},
        decided=frozenset(own),
        path=part["path"],
        label=part["label"],
        title=own.get("title", part["title"]),
        start=part["start"],
        end=part["end"],
        parent=_nearest(part["path"].rpartition("/")[0], paths),
    )


def _nearest(path: str, known: Collection[str]) -> str:
    """The path itself, else the nearest one around it that is known; empty where none is."""
    while path and path not in known:
        path = path.rpartition("/")[0]
    return path


def _limited(part: Json) -> dict[str, Any]:
    """As long as the plan's columns are; a heading longer than that is a paragraph."""
    return {**part, "label": part["label"][:20], "title": (part["title"] or part["label"])[:200]}


def _whole(length: int) -> dict[str, Any]:
    return {"path": WHOLE, "label": "", "title": WHOLE, "start": 0, "end": max(1, length)}
