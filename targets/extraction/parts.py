"""Sections and tasks of a plan, from its outline. Pure: no Django.

Source of the rules: the domain description, section 2.
"""

from __future__ import annotations

import re

from plans.numerals import fold
from plans.outline import Kind, Outline, Passage
from targets.extraction.cues import REVIEW_HEADING
from targets.extraction.findings import Part

_GOAL_HEADING = re.compile(r"目标|指标|预期|思路|总体要求|指导思想|基本思路")
_DETAIL = re.compile(r"\(\d|\d+\)|[①-⑳]|-|[•●◆■▪·]|首先|其次|再次|最后|\d+\.\d+\.\d")
_MOST_GOAL_HEADING = 16  # characters; a longer one names a task


def parts_of(outline: Outline, text: str) -> tuple[tuple[Part, ...], tuple[Part, ...]]:
    """Sections and tasks of the plan. A task is the lowest numbered passage that stands on lines of its own.

    Under a heading of goals or of a review, and for points inside a paragraph, there are no tasks.
    """
    sections: list[Part] = []
    tasks: list[Part] = []
    for passage in outline.passages:
        if passage.kind == Kind.PREAMBLE:
            sections.append(Part(passage.path, "", passage.title, passage.start, passage.end))
        if passage.kind != Kind.PASSAGE:
            continue
        role = _role(passage)
        if role in {"section", "both"}:
            sections.append(Part(passage.path, passage.label, passage.title, passage.start, passage.end))
        if role in {"task", "both"}:
            end = passage.start + len(text[passage.start : passage.end].rstrip())
            tasks.append(Part(passage.path, passage.label, passage.title, passage.start, end))
    return tuple(sections), tuple(tasks)


def _role(passage: Passage) -> str:
    below = [child for child in passage.children if child.kind == Kind.PASSAGE]
    without_tasks = _without_tasks(passage)
    if passage.level == 0:
        return "section" if below or without_tasks else "both"
    if without_tasks:
        return "section" if below else "goal"
    if _is_detail(passage):
        return "detail"
    if below and not all(_is_detail(child) for child in below):
        return "section"
    return "task"


def _is_detail(passage: Passage) -> bool:
    """(1), ① and dashes below a numbered task are its details."""
    parent = passage.parent
    deep = _DETAIL.match(fold(passage.label))
    return bool(deep and parent is not None and parent.level >= 1)


def _without_tasks(passage: Passage) -> bool:
    here: Passage | None = passage
    while here is not None:
        if REVIEW_HEADING.search(here.title) and here.level <= 1:
            return True
        if _GOAL_HEADING.search(here.title) and here.level <= 1 and len(here.title) <= _MOST_GOAL_HEADING:
            return True
        here = here.parent
    return False


def in_goals(passage: Passage) -> bool:
    """Whether the passage stands where the plan states its goals: in the preamble or under such a heading."""
    here: Passage | None = passage
    while here is not None:
        if here.kind == Kind.PREAMBLE or (_GOAL_HEADING.search(here.title) and here.children):
            return True
        here = here.parent
    return False
