"""Reads every sheet of a workbook: calamine for the values, one pass over the XML for what it does not tell.

Pure: a path in, grids out. The file has passed `file_checks`. calamine leaves out number formats (0.201
shown as 20.1%), errors and formulas whose result was never stored; and it fills a whole rectangle, so
the corners are measured before it is asked.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from xml.parsers import expat

from openpyxl.styles.numbers import BUILTIN_FORMATS
from openpyxl.utils import coordinate_to_tuple, range_boundaries
from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from targets.figure_columns import BLANK_CELL, MARKS_SHEET, Cell
from targets.spreadsheet.grid import Grid, Range
from targets.spreadsheet.problems import SheetCode
from targets.upload_problems import Problem, UploadCode
from targets.workbook.limits import BROKEN, WorkbookRefused

MAX_SHEETS = 60
MAX_ROWS = 20_000
MAX_COLUMNS = 200
MAX_CELLS = 400_000  # of the rectangle of a sheet
MAX_ELEMENTS = 3_000_000
MAX_MERGES = 5_000
CHUNK = 64 * 1024
Handler = Callable[[str, dict[str, str]], None]
_ELSE = (*BROKEN, CalamineError)


@dataclass
class _Details:
    """What the XML of one sheet tells beside the values."""

    styles: dict[tuple[int, int], int] = field(default_factory=dict)
    errors: dict[tuple[int, int], str] = field(default_factory=dict)
    unvalued: set[tuple[int, int]] = field(default_factory=set)  # formulas without a stored result
    merges: list[Range] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)
    last_row: int = -1
    last_column: int = -1


def is_own_form(path: Path) -> bool:
    """Whether the workbook carries the marks of the product's own form. False for one that is unreadable."""
    try:
        with zipfile.ZipFile(path) as archive:
            return MARKS_SHEET in _sheet_parts(archive).values()
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
    try:
        with zipfile.ZipFile(path) as archive:
            parts = _sheet_parts(archive)
            formats = _number_formats(archive)
            details = {name: _details(archive, part, name) for part, name in parts.items()}
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
    found = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
    values = [list(row[:MAX_COLUMNS]) for row in found[:MAX_ROWS]]
    height = max([len(values), *(row + 1 for row, _ in (*details.errors, *details.unvalued))])
    width = max([*(len(row) for row in values), *(c + 1 for _, c in (*details.errors, *details.unvalued)), 0])
    rows = [
        [
            _cell(values[row][column] if row < len(values) and column < len(values[row]) else "", row, column)
            for column in range(width)
        ]
        for row in range(height)
    ]
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


def _cell(value: object, _row: int, _column: int) -> Cell:
    if value == "" or value is None:
        return BLANK_CELL
    return Cell(value, "s" if isinstance(value, str) else "n")


def _sheet_parts(archive: zipfile.ZipFile) -> dict[str, str]:
    """Part name → sheet name, as the workbook lists them."""
    main = _main_part(archive)
    folder, name = posixpath.split(main)
    targets: dict[str, str] = {}
    sheets: dict[str, str] = {}

    def relation(tag: str, attributes: dict[str, str]) -> None:
        if tag == "Relationship":
            target = attributes.get("Target", "")
            path = target.lstrip("/") if target.startswith("/") else posixpath.join(folder, target)
            targets[attributes.get("Id", "")] = posixpath.normpath(path)

    def sheet(tag: str, attributes: dict[str, str]) -> None:
        if tag == "sheet":
            key = next((value for name, value in attributes.items() if name.endswith(":id")), "")
            sheets[key] = attributes.get("name", "")

    _parse(archive, posixpath.join(folder, "_rels", f"{name}.rels"), relation)
    _parse(archive, main, sheet)
    return {targets[key]: name for key, name in sheets.items() if key in targets}


def _main_part(archive: zipfile.ZipFile) -> str:
    found: list[str] = []

    def relation(tag: str, attributes: dict[str, str]) -> None:
        if tag == "Relationship" and attributes.get("Type", "").endswith("/officeDocument"):
            found.append(attributes.get("Target", "").lstrip("/"))

    _parse(archive, "_rels/.rels", relation)
    return found[0] if found else "xl/workbook.xml"


def _number_formats(archive: zipfile.ZipFile) -> dict[int, str]:
    """Style number → number format, where it is not the general one."""
    own: dict[int, str] = {}
    styles: list[int] = []
    inside = False

    def element(tag: str, attributes: dict[str, str]) -> None:
        nonlocal inside
        if tag == "numFmt":
            own[int(attributes.get("numFmtId", "0"))] = attributes.get("formatCode", "")
        elif tag in {"cellXfs", "cellStyleXfs", "cellStyles", "dxfs"}:
            inside = tag == "cellXfs"
        elif tag == "xf" and inside:
            styles.append(int(attributes.get("numFmtId", "0")))

    part = next((name for name in archive.namelist() if name.endswith("/styles.xml")), None)
    if part:
        _parse(archive, part, element)
    found = {place: own.get(number, BUILTIN_FORMATS.get(number, "")) for place, number in enumerate(styles)}
    return {place: text for place, text in found.items() if text and text != "General"}


def _details(archive: zipfile.ZipFile, part: str, sheet: str) -> _Details:
    """One pass over a sheet: styles, errors, formulas without a result, merged ranges, hidden rows."""
    reader = _SheetReader(_Details(), sheet)
    _parse(archive, part, reader.start, reader.end, reader.characters)
    return reader.found


class _SheetReader:
    """The handlers of that pass."""

    def __init__(self, found: _Details, sheet: str) -> None:
        self.found, self.sheet = found, sheet
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

    def end(self, tag: str) -> None:
        if tag in {"v", "is"} and self.value is not None:
            self.has_value = bool("".join(self.value).strip()) or tag == "is"
            if self.kind == "e":
                self.found.errors[self.row, self.column] = "".join(self.value)[:40]
            self.value = None
        elif tag == "c":
            if self.has_formula and not self.has_value:
                self.found.unvalued.add((self.row, self.column))
            if self.has_value or self.has_formula:
                self._measure()

    def characters(self, text: str) -> None:
        if self.value is not None:
            self.value.append(text)

    def _place(self, attributes: dict[str, str]) -> None:
        if "r" in attributes:
            row, column = coordinate_to_tuple(attributes["r"])
            self.row, self.column = row - 1, column - 1
        else:
            self.column += 1

    def _measure(self) -> None:
        """Note the cell's style, and refuse a sheet whose filled corner lies too far out."""
        found = self.found
        if self.style:
            found.styles[self.row, self.column] = self.style
        found.last_row = max(found.last_row, self.row)
        found.last_column = max(found.last_column, self.column)
        if found.last_row >= MAX_ROWS:
            raise _too_large(UploadCode.TOO_MANY_ROWS, self.sheet, MAX_ROWS)
        if found.last_column >= MAX_COLUMNS:
            raise _too_large(SheetCode.TOO_MANY_COLUMNS, self.sheet, MAX_COLUMNS)
        if (found.last_row + 1) * (found.last_column + 1) > MAX_CELLS:
            raise _too_large(UploadCode.TOO_MANY_CELLS, self.sheet, MAX_CELLS)

    def _merge(self, reference: str) -> None:
        if len(self.found.merges) >= MAX_MERGES or not re.fullmatch(r"[A-Z]+\d+(:[A-Z]+\d+)?", reference):
            return
        left, top, right, bottom = range_boundaries(reference)
        if left and top and right and bottom:
            self.found.merges.append((top - 1, left - 1, bottom - 1, right - 1))


def _parse(
    archive: zipfile.ZipFile,
    part: str,
    start: Handler,
    end: Callable[[str], None] | None = None,
    characters: Callable[[str], None] | None = None,
) -> None:
    """Tell each element's local name and attributes; raises WorkbookRefused for too many of them."""
    count = 0

    def counted(tag: str, attributes: dict[str, str]) -> None:
        nonlocal count
        count += 1
        if count > MAX_ELEMENTS:
            values = {"part": part[-80:], "limit": f"{MAX_ELEMENTS:,}"}
            raise WorkbookRefused(Problem(UploadCode.PART_TOO_BIG, values=values))
        start(tag.rpartition(":")[2], attributes)

    parser = expat.ParserCreate()
    parser.StartElementHandler = counted
    if end:
        parser.EndElementHandler = lambda tag: end(tag.rpartition(":")[2])
    if characters:
        parser.CharacterDataHandler = characters
    with archive.open(part) as source:
        while chunk := source.read(CHUNK):
            parser.Parse(chunk, False)
    parser.Parse(b"", True)
