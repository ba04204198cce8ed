"""What a row would change: figure, forecast, nature, note, and the target's texts. Pure: no Django."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from targets.entry_text import EntryProblem
from targets.enums import State
from targets.figure_columns import MAX_NARRATIVE, MAX_NOTE, NATURES, Cell, cell_text, clean_text
from targets.spreadsheet.figures import Said
from targets.spreadsheet.headers import Role
from targets.spreadsheet.known import Known
from targets.spreadsheet.problems import Hint, SheetCode
from targets.spreadsheet.values import Units, read_figure
from targets.upload_problems import CellProblem, Problem, UploadCode, shown
from targets.workbook.changes import (
    CHANGED,
    NEW,
    SAME,
    Change,
    FieldChange,
    content_with,
    field_of,
    field_text,
)
from targets.workbook.content import FIGURE, TEXT, FigureContent, Stored, TextContent
from targets.workbook.rows import TEXT_KEYS

MAX_ENTERED = 60
Cells = Mapping[Role, Cell]
Places = Mapping[Role, tuple[str, str]]  # letter and header of each column
_NATURE_WORDS = {
    **NATURES,
    "初步": NATURES["预计"],
    "快报数": NATURES["快报"],
    "预计数": NATURES["预计"],
    "核定数": NATURES["核定"],
    "年报": NATURES["核定"],
    "初步数": NATURES["快报"],
}


class Weighing:
    """Collects the fields of one item that differ from what is stored."""

    def __init__(self, label: str, stored: Stored[Any], sheet: str, row: int, places: Places) -> None:
        self.label, self.stored, self.sheet, self.row, self.places = label, stored, sheet, row, places
        self.content = stored.content
        self.fields: list[FieldChange] = []
        self.problems: list[Problem] = []
        self.hints: list[Problem] = []

    def put(self, key: str, said: Any, role: Role, cell: Cell, echo: str = "") -> None:
        """Weigh one field; None says nothing.

        Of an item that may not be changed now another value is a problem; remarks beside it are left out.
        """
        old = field_of(self.stored.content, key)
        if said is None or said == old:
            return
        column, header = self.places[role]
        if not self.stored.is_editable and key != "value":
            self.hint(Hint.NOT_TAKEN, role, cell, {"item": self.label[:60], "header": header})
            return
        if not self.stored.is_editable:
            approved = self.stored.state == State.APPROVED
            code = UploadCode.ALREADY_APPROVED if approved else UploadCode.UNDER_REVIEW
            code = code if self.stored.is_open else UploadCode.NOT_REOPENED
            values = {"item": self.label[:60], "stored": shown(field_text(old) or "—")}
            self.problem(code, role, cell, values)
        self.content = content_with(self.content, {key: said})
        self.fields.append(
            FieldChange(header, field_text(old), field_text(said), self.sheet, self.row, column, echo)
        )

    def problem(self, code: str, role: Role, cell: Cell, values: Mapping[str, str]) -> None:
        self.problems.append(self._note(code, role, cell, values))

    def hint(self, code: str, role: Role, cell: Cell, values: Mapping[str, str]) -> None:
        self.hints.append(self._note(code, role, cell, values))

    def _note(self, code: str, role: Role, cell: Cell, values: Mapping[str, str]) -> Problem:
        column, header = self.places[role]
        return Problem(str(code), self.sheet, self.row, column, header, cell_text(cell), dict(values))

    @property
    def kind(self) -> str:
        return (CHANGED if self.stored.version else NEW) if self.fields else SAME


def change_of(
    known: Known, said: Said, sheet: str, row: int, cells: Cells, places: Places, units: Units
) -> tuple[Weighing, Change]:
    """What would become of the figure, with the problems and hints of the row's cells.

    `units` are those around the figure expected for the year.
    """
    work = Weighing(known.label, known.stored, sheet, row, places)
    work.put("value", (said.value, said.not_applicable), said.role, cells[said.role], said.echo)
    if work.fields:
        work.content = replace(work.content, basis=said.basis)
    _forecast(work, known, cells[Role.FORECAST], units)
    nature = cell_text(cells[Role.NATURE]).strip()
    if nature and nature in _NATURE_WORDS:
        work.put("nature", _NATURE_WORDS[nature], Role.NATURE, cells[Role.NATURE])
    elif nature:
        work.problem(SheetCode.NATURE_UNKNOWN, Role.NATURE, cells[Role.NATURE], {"text": shown(nature)})
    _text(work, "note", MAX_NOTE, Role.NOTE, cells[Role.NOTE])
    _drop_parts(work, known.stored.content)
    change = Change(
        FIGURE,
        known.code,
        known.label,
        known.stored.revision,
        work.content,
        work.kind,
        unit=known.unit,
        target=known.target_id,
        allocation=known.allocation_id,
        entered=said.entered[:MAX_ENTERED],
        fields=work.fields,
    )
    return work, change


def text_change(
    known: Known, sheet: str, row: int, cells: Cells, places: Places
) -> tuple[Weighing, Change | None]:
    """What the row's texts would change in the target's narrative; None where they change nothing."""
    assert known.text is not None
    work = Weighing(known.label, known.text, sheet, row, places)
    for key, role in zip(TEXT_KEYS, (Role.PROGRESS, Role.PROBLEM, Role.NEXT_STEP), strict=True):
        _text(work, key, MAX_NARRATIVE, role, cells[role])
    if not work.fields:
        return work, None
    content: TextContent = work.content
    change = Change(
        TEXT,
        known.code,
        known.label,
        known.text.revision,
        content,
        work.kind,
        target=known.target_id,
        fields=work.fields,
    )
    return work, change


def _forecast(work: Weighing, known: Known, cell: Cell, units: Units) -> None:
    """The figure expected for the year; a dash or a word there says nothing."""
    if cell.is_blank or cell.kind in {"f", "e"}:
        return
    try:
        entry = read_figure(cell, known, units)
    except EntryProblem:
        return
    work.put("forecast", entry.value, Role.FORECAST, cell, entry.echo or "")


def _text(work: Weighing, key: str, limit: int, role: Role, cell: Cell) -> None:
    if cell.is_blank:
        return
    try:
        work.put(key, clean_text(limit)(cell, None) or None, role, cell)
    except CellProblem as problem:
        work.problem(problem.code, role, cell, problem.values)


def _drop_parts(work: Weighing, old: FigureContent) -> None:
    """Numerator and denominator fitted the old value; the preview says that they go with it."""
    if work.fields and work.content.numerator is None:
        for header, value in (("分子", old.numerator), ("分母", old.denominator)):
            if value is not None:
                work.fields.append(
                    replace(work.fields[0], header=header, old=field_text(value), new="", echo="")
                )
