"""The rows of a unit's form as they are written: column key → value. Pure: no Django."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from targets.enums import Comparison
from targets.figure_columns import NATURE_NAMES, NOT_APPLICABLE, STATE_NAMES, YES
from targets.workbook.content import FigureItem, Stored, TextContent, UnitForm

SIGNS = {
    Comparison.AT_LEAST: "≥",
    Comparison.MORE_THAN: ">",
    Comparison.AT_MOST: "≤",
    Comparison.LESS_THAN: "<",
}

TEXT_KEYS = ("progress", "problem", "next_step")
FIGURE_KEYS = ("value", "forecast", "nature", "note")
NODE_KEYS = ("done", "what")


@dataclass(frozen=True)
class Row:
    """One row: column key → value, the inputs that are locked, and why, and what the format needs."""

    cells: dict[str, object]
    locked: frozenset[str] = frozenset()
    why: str = ""
    unit: str = ""
    decimals: int = 0
    sign: str = ""  # stands before the annual target


def figure_rows(form: UnitForm) -> Iterator[Row]:
    """The rows of the sheet 指标."""
    for item in form.figures:
        content = item.figure.content
        cells = {
            "code": item.code,
            "name": item.name,
            "unit": item.unit,
            "annual": item.annual,
            "last_year": item.last_year,
            "previous": item.previous,
            "value": NOT_APPLICABLE if content.not_applicable else content.value,
            "forecast": content.forecast,
            "nature": NATURE_NAMES.get(content.nature, ""),  # type: ignore[call-overload]
            "note": content.note,
            **_texts(item.text.content if item.text else TextContent()),
        }
        sign = SIGNS[Comparison(item.comparison)]
        yield Row(cells, *_locked(item), unit=item.unit, decimals=item.decimals, sign=sign)


def node_rows(form: UnitForm) -> Iterator[Row]:
    """The rows of the sheet 节点任务."""
    for task in form.tasks:
        for node in task.nodes:
            ticked = task.text.content.nodes
            cells: dict[str, object] = {
                "code": node.code,
                "task": task.title,
                "node": node.text,
                "planned": node.planned,
                "done": YES if node.done_before or node.milestone_id in ticked else "",
                "what": node.what_before if node.done_before else ticked.get(node.milestone_id, ""),
            }
            why = f"已于{node.done_before}完成。" if node.done_before else _state_note(task.text)
            yield Row(cells, frozenset(NODE_KEYS if why else ()), why)


def task_rows(form: UnitForm) -> Iterator[Row]:
    """The rows of the sheet 任务进展."""
    for task in form.tasks:
        cells: dict[str, object] = {
            "code": task.code,
            "task": task.title,
            "role": task.role,
            "previous": task.previous,
            **_texts(task.text.content),
        }
        why = _state_note(task.text)
        yield Row(cells, frozenset(TEXT_KEYS if why else ()), why)


def _texts(content: TextContent) -> dict[str, object]:
    return {key: getattr(content, key) for key in TEXT_KEYS}


def _locked(item: FigureItem) -> tuple[frozenset[str], str]:
    """Which inputs of a row of 指标 are locked, and why; that parts have no texts says the header."""
    figure_note = _state_note(item.figure)
    text_note = _state_note(item.text) if item.text else ""
    has_texts = item.text is not None and not text_note
    keys = (FIGURE_KEYS if figure_note else ()) + (() if has_texts else TEXT_KEYS)
    notes = [f"数字{figure_note}" if figure_note else "", f"文字{text_note}" if text_note else ""]
    return frozenset(keys), "\n".join(note for note in notes if note)


def _state_note(stored: Stored[Any]) -> str:
    if not stored.is_open:
        return "本期已截止,办公室未对本项开放补报。"
    name = STATE_NAMES.get(stored.state, "")  # type: ignore[call-overload]
    return f"{name},不能在本表修改。如需订正,请在填报页面办理。" if name else ""
