"""Reads every sheet of a workbook: calamine for the values, one pass over the XML for what it does not tell.

Pure: a path in, grids out. The file has passed `file_checks`. calamine leaves out number formats (0.201
shown as 20.1%), errors and formulas whose result was never stored; and it fills a whole rectangle, so
the corners are measured before it is asked.
"""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass, field
from pathlib import Path

from openpyxl.utils import coordinate_to_tuple, range_boundaries
from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from targets.figure_columns import BLANK_CELL, MARKS_SHEET, Cell
from targets.spreadsheet.grid import Grid, Range
from targets.spreadsheet.problems import SheetCode
from targets.upload_problems import Problem, UploadCode
from targets.workbook.limits import WorkbookRefused, inspect_workbook
from targets.workbook.parts import BROKEN, feed, number_formats, parser_for, sheet_names

MAX_SHEETS = 60
MAX_COLUMNS = 200
MAX_MERGED = 400_000  # cells in merged ranges
_ELSE = (*BROKEN, CalamineError)
_Place = tuple[int, int]


@dataclass
class _Details:
    """What the XML of one sheet tells beside the values."""

    styles: dict[_Place, int] = field(default_factory=dict)
    errors: dict[_Place, str] = field(default_factory=dict)
    unvalued: set[_Place] = field(default_factory=set)  # formulas without a stored result
    merges: list[Range] = field(default_factory=list)
    merged: int = 0  # cells in them
    hidden_rows: set[int] = field(default_factory=set)


def is_own_form(path: Path) -> bool:
    """Whether the workbook carries the marks of the product's own form. False for one that is unreadable."""
    try:
        with zipfile.ZipFile(path) as archive:
            return MARKS_SHEET in sheet_names(archive).values()
    except (WorkbookRefused, *BROKEN):
        return False


def form_unit(path: Path) -> int | None:
    """The id of the unit that the marks of the product's own form name; None where they name none."""
    try:
        rows = CalamineWorkbook.from_path(path).get_sheet_by_name(MARKS_SHEET).to_python(nrows=20)
    except _ELSE:
        return None
    named = next((str(row[1]) for row in rows if len(row) > 1 and row[0] == "unit"), "")
    digits = named.removesuffix(".0")
    return int(digits) if digits.isdecimal() and len(digits) < 10 else None


def read_book(path: Path) -> list[Grid]:
    """Every worksheet in the file's order. Raises WorkbookRefused for what is too large or cannot be read."""
    facts = inspect_workbook(path)
    for fact in facts.values():
        if fact.last_column > MAX_COLUMNS:
            raise _too_large(SheetCode.TOO_MANY_COLUMNS, fact.name, MAX_COLUMNS)
    try:
        with zipfile.ZipFile(path) as archive:
            formats = {place: text for place, text in enumerate(number_formats(archive)) if text}
            details = {name: _details(archive, part) for part, name in sheet_names(archive).items()}
        book = CalamineWorkbook.from_path(path)
        sheets = [sheet for sheet in book.sheets_metadata if sheet.typ == SheetTypeEnum.WorkSheet]
        if len(sheets) > MAX_SHEETS:
            raise _too_large(SheetCode.TOO_MANY_SHEETS, "", MAX_SHEETS)
        return [
            _grid(book, sheet.name, details[sheet.name], formats, sheet.visible != SheetVisibleEnum.Visible)
            for sheet in sheets
            if sheet.name in details
        ]
    except _ELSE as error:
        raise WorkbookRefused(Problem(UploadCode.UNREADABLE)) from error


def _too_large(code: str, sheet: str, limit: int) -> WorkbookRefused:
    return WorkbookRefused(Problem(code, sheet=sheet, values={"limit": f"{limit:,}"}))


def _grid(
    book: CalamineWorkbook, name: str, details: _Details, formats: dict[int, str], is_hidden: bool
) -> Grid:
    values = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
    odd = [*details.errors, *details.unvalued]
    height = max([len(values), *(row + 1 for row, _ in odd)])
    width = max([*(len(row) for row in values), *(column + 1 for _, column in odd), 0])
    rows = [[_cell(value) for value in row] + [BLANK_CELL] * (width - len(row)) for row in values]
    rows += [[BLANK_CELL] * width for _ in range(height - len(values))]
    for (row, column), text in details.errors.items():
        rows[row][column] = Cell(text, "e")
    for row, column in details.unvalued:
        if rows[row][column].is_blank:
            rows[row][column] = Cell("=", "f")
    for (row, column), style in details.styles.items():
        if row < height and column < width and style in formats and not rows[row][column].is_blank:
            cell = rows[row][column]
            rows[row][column] = Cell(cell.value, cell.kind, formats[style])
    return Grid(name, rows, tuple(details.merges), frozenset(details.hidden_rows), is_hidden)


def _cell(value: object) -> Cell:
    return BLANK_CELL if value == "" or value is None else Cell(value, "s" if isinstance(value, str) else "n")


def _details(archive: zipfile.ZipFile, part: str) -> _Details:
    """One pass over a sheet: styles, errors, formulas without a result, merged ranges, hidden rows."""
    reader = _SheetReader(_Details())
    parser = parser_for(reader.start)
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.characters
    feed(archive, part, parser)
    return reader.found


class _SheetReader:
    """The handlers of that pass."""

    def __init__(self, found: _Details) -> None:
        self.found = found
        self.row, self.column = -1, -1
        self.kind, self.style = "", 0
        self.has_formula, self.has_value = False, False
        self.value: list[str] | None = None

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "c":
            self._place(attributes)
            self.kind, self.style = attributes.get("t", "n"), int(attributes.get("s", "0"))
            self.has_formula = self.has_value = False
        elif tag == "row":
            self.row = int(attributes["r"]) - 1 if "r" in attributes else self.row + 1
            self.column = -1
            if attributes.get("hidden") in {"1", "true"}:
                self.found.hidden_rows.add(self.row)
        elif tag == "f":
            self.has_formula = True
        elif tag in {"v", "is"}:
            self.value = []
        elif tag == "mergeCell":
            self._merge(attributes.get("ref", ""))

    def end(self, name: str) -> None:
        tag = name.rpartition(":")[2]
        if tag in {"v", "is"} and self.value is not None:
            self.has_value = bool("".join(self.value).strip()) or tag == "is"
            if self.kind == "e":
                self.found.errors[self.row, self.column] = "".join(self.value)[:40]
            self.value = None
        elif tag == "c":
            if self.has_formula and not self.has_value:
                self.found.unvalued.add((self.row, self.column))
            if self.style and (self.has_value or self.has_formula):
                self.found.styles[self.row, self.column] = self.style

    def characters(self, text: str) -> None:
        if self.value is not None:
            self.value.append(text)

    def _place(self, attributes: dict[str, str]) -> None:
        if "r" in attributes:
            row, column = coordinate_to_tuple(attributes["r"])
            self.row, self.column = row - 1, column - 1
        else:
            self.column += 1

    def _merge(self, reference: str) -> None:
        if not re.fullmatch(r"[A-Z]+\d+(:[A-Z]+\d+)?", reference):
            return
        left, top, right, bottom = range_boundaries(reference)
        if left and top and right and bottom:
            self.found.merged += (bottom - top + 1) * (right - left + 1)
            if self.found.merged <= MAX_MERGED:
                self.found.merges.append((top - 1, left - 1, bottom - 1, right - 1))
