"""Reads an uploaded form with openpyxl: marks, headers, rows. Pure: a path in, plain values out.

What stands in the cells is not judged here but in `comparing.py`; only the shape is: sheets, headers, merged
cells, formulas of the identifying column.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.utils import get_column_letter, range_boundaries
from openpyxl.workbook import Workbook

from targets.figure_columns import (
    BLANK_CELL,
    FORMAT_NAME,
    FORMAT_VERSION,
    MARKS_SHEET,
    SHEETS,
    Cell,
    Column,
    Sheet,
    cell_text,
    label_key,
    period_name,
)
from targets.periods import PeriodKey
from targets.upload_problems import Problem, UploadCode
from targets.workbook.content import Marks, UnitForm
from targets.workbook.limits import BROKEN, MAX_ROWS, SheetFacts, WorkbookRefused, inspect_workbook

HEADER_SEARCH = 15  # rows in which a header is looked for
LEAST_HEADERS = 3  # that many known headers make a row the header
MAX_COLUMNS = 60
ROWS_PER_SIGN = 100

Watch = Callable[[int, int], None]


@dataclass(frozen=True)
class FormRow:
    """One filled row: its number in the file, its code, and its cells by column key."""

    number: int
    code: str
    cells: dict[str, Cell]


@dataclass
class SheetRows:
    """What was read of one sheet."""

    sheet: Sheet
    letters: dict[str, str] = field(default_factory=dict)  # column key → letter in the file
    rows: list[FormRow] = field(default_factory=list)

    def problem(self, code: str, row: FormRow, key: str, values: dict[str, str]) -> Problem:
        """A problem of one cell."""
        column = self.sheet.column(key)
        value = cell_text(row.cells.get(key, BLANK_CELL))
        return Problem(code, self.sheet.name, row.number, self.letters[key], column.header, value, values)


@dataclass
class ReadForm:
    """A form as it was read; with problems the rows may be incomplete."""

    marks: Marks
    sheets: dict[str, SheetRows]
    problems: list[Problem]


def read_form(path: Path, expected: UnitForm, watch: Watch = lambda done, total: None) -> ReadForm:
    """Read the form and every problem of its shape.

    `watch` is told how many rows of how many were read. Raises WorkbookRefused for a workbook that is not
    this unit's form of this period, or cannot be read at all. The file has passed `file_checks`.
    """
    facts = inspect_workbook(path)
    try:
        book = openpyxl.load_workbook(path, read_only=True, keep_links=False)
        try:
            return _read(book, facts, expected, watch)
        finally:
            book.close()
    except BROKEN as error:
        raise WorkbookRefused(Problem(UploadCode.UNREADABLE)) from error


def _read(book: Workbook, facts: dict[str, SheetFacts], expected: UnitForm, watch: Watch) -> ReadForm:
    marks = _read_marks(book)
    _check_marks(marks, expected)
    form = ReadForm(marks, {}, [])
    total = sum(facts[sheet.name].rows for sheet in SHEETS if sheet.name in facts)
    done = 0
    for sheet in SHEETS:
        if sheet.name not in book.sheetnames or sheet.name not in facts:
            form.problems.append(Problem(UploadCode.SHEET_MISSING, sheet=sheet.name))
            continue
        rows = _watched(book, sheet.name, watch, done, total)
        form.sheets[sheet.name] = _read_sheet(sheet, rows, facts[sheet.name], form.problems)
        done += facts[sheet.name].rows
        watch(done, total)
    return form


def _rows_of(book: Workbook, name: str) -> Iterator[Sequence[Any]]:
    worksheet: Any = book[name]
    if not hasattr(worksheet, "reset_dimensions"):
        raise WorkbookRefused(Problem(UploadCode.SHEET_MISSING, sheet=name))  # a sheet that is one big chart
    worksheet.reset_dimensions()  # what the file says of its size may be wrong
    yield from worksheet.iter_rows(max_col=MAX_COLUMNS)


def _watched(
    book: Workbook, name: str, watch: Watch, done: int, total: int
) -> Iterator[tuple[int, list[Cell]]]:
    for number, row in enumerate(_rows_of(book, name), 1):
        if number > 2 * MAX_ROWS:  # few rows with gaps between them
            values = {"limit": f"{MAX_ROWS:,}"}
            raise WorkbookRefused(Problem(UploadCode.TOO_MANY_ROWS, sheet=name, values=values))
        if number % ROWS_PER_SIGN == 0:
            watch(min(done + number, total), total)
        yield number, [_cell(cell) for cell in row]


def _cell(cell: Any) -> Cell:
    if cell.value is None:
        return BLANK_CELL
    return Cell(cell.value, cell.data_type, cell.number_format)


def _read_marks(book: Workbook) -> Marks:
    if MARKS_SHEET not in book.sheetnames:
        raise WorkbookRefused(Problem(UploadCode.NOT_OURS))
    head: dict[str, str] = {}
    versions: dict[tuple[str, str], int] = {}
    for row in _rows_of(book, MARKS_SHEET):
        texts = [cell_text(_cell(cell)) for cell in row[:5]]
        if len(texts) == 5 and texts[4].isdecimal():
            versions[texts[0], texts[1]] = int(texts[4][:6])
        elif len(texts) > 1 and texts[0]:
            head[texts[0]] = texts[1]
    if head.get("format") != FORMAT_NAME:
        raise WorkbookRefused(Problem(UploadCode.NOT_OURS))
    return Marks(
        version=head.get("version", ""),
        bureau_code=head.get("bureau", ""),
        bureau_name=head.get("bureau_name", ""),
        unit_id=head.get("unit", ""),
        unit_name=head.get("unit_name", ""),
        period=head.get("period", ""),
        versions=versions,
    )


def _check_marks(marks: Marks, form: UnitForm) -> None:
    """Raise WorkbookRefused unless the workbook is this unit's form of this period."""
    found_period = _period_name(marks.period)
    checks = (
        (UploadCode.OTHER_VERSION, marks.version, str(FORMAT_VERSION), marks.version, str(FORMAT_VERSION)),
        (
            UploadCode.OTHER_BUREAU,
            marks.bureau_code,
            form.bureau_code,
            marks.bureau_name,
            form.bureau_name,
        ),
        (UploadCode.OTHER_UNIT, marks.unit_id, str(form.unit_id), marks.unit_name, form.unit_name),
        (
            UploadCode.OTHER_PERIOD,
            marks.period,
            str(form.period),
            found_period,
            period_name(form.period),
        ),
    )
    for code, found, expected, found_name, expected_name in checks:
        if found != expected:
            values = {"found": (found_name or "?")[:60], "expected": expected_name}
            raise WorkbookRefused(Problem(code, values=values))


def _period_name(text: str) -> str:
    try:
        return period_name(PeriodKey.parse(text))
    except ValueError:
        return text


def _read_sheet(
    sheet: Sheet,
    rows: Iterator[tuple[int, list[Cell]]],
    facts: SheetFacts,
    problems: list[Problem],
) -> SheetRows:
    """One sheet's rows; what is wrong with its shape joins the problems."""
    found = SheetRows(sheet)
    header_row, places = 0, dict[str, int]()
    for number, cells in rows:
        if not header_row:
            if number > HEADER_SEARCH:
                break
            if _known_headers(sheet, cells) >= LEAST_HEADERS:
                header_row = number
                merged = _merged(sheet, facts, header_row)
                problems += merged
                places = _places(sheet, number, cells, problems, report_missing=not merged)
                found.letters = {key: get_column_letter(place + 1) for key, place in places.items()}
        elif len(places) == len(sheet.columns) and (row := _row(sheet, number, cells, places)):
            found.rows.append(row)
    if not header_row:
        headers = "、".join(column.header for column in sheet.columns[:LEAST_HEADERS])
        problems.append(Problem(UploadCode.HEADER_LOST, sheet=sheet.name, values={"headers": headers}))
    return found


def _known_headers(sheet: Sheet, cells: list[Cell]) -> int:
    known = {label_key(column.header) for column in sheet.columns}
    return len(known & {label_key(cell.value) for cell in cells})


def _places(
    sheet: Sheet, number: int, cells: list[Cell], problems: list[Problem], *, report_missing: bool
) -> dict[str, int]:
    """Column key → place in the row; unknown, repeated and missing headers join the problems."""
    by_header = {label_key(column.header): column for column in sheet.columns}
    places: dict[str, int] = {}
    for place, cell in enumerate(cells):
        if cell.is_blank:
            continue
        letter, text = get_column_letter(place + 1), cell_text(cell)
        column = by_header.get(label_key(text))
        if column is None:
            problems.append(Problem(UploadCode.HEADER_UNKNOWN, sheet.name, number, letter, text, text))
        elif column.key in places:
            values = {"first": get_column_letter(places[column.key] + 1)}
            problems.append(
                Problem(UploadCode.HEADER_TWICE, sheet.name, number, letter, column.header, text, values)
            )
        else:
            places[column.key] = place
    missing: list[Column] = [column for column in sheet.columns if column.key not in places]
    if report_missing:
        problems += [
            Problem(UploadCode.HEADER_MISSING, sheet.name, number, header=column.header) for column in missing
        ]
    return places


def _merged(sheet: Sheet, facts: SheetFacts, header_row: int) -> list[Problem]:
    """Merged ranges that touch the header or what stands below it."""
    problems = []
    for reference in facts.merges:
        left, _top, _right, bottom = range_boundaries(reference)
        if bottom is not None and bottom >= header_row:
            first, _, _ = reference.partition(":")
            row = int("".join(c for c in first if c.isdigit()) or header_row)
            letter = get_column_letter(left or 1)
            problems.append(
                Problem(UploadCode.MERGED, sheet.name, row, letter, values={"range": reference[:20]})
            )
    return problems


def _row(sheet: Sheet, number: int, cells: list[Cell], places: dict[str, int]) -> FormRow | None:
    """The row, or None where neither number nor input stands in it."""
    found = {key: cells[place] for key, place in places.items() if place < len(cells)}
    code = cell_text(found.get("code", BLANK_CELL))
    if not code and all(found.get(column.key, BLANK_CELL).is_blank for column in sheet.inputs):
        return None
    return FormRow(number, code, found)
