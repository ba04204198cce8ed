"""Reads an uploaded form: marks, headers, rows. Pure: a path in, plain values out.

calamine gives the values; what it does not tell (formulas, errors, percentages, merged ranges) was noted when
the file was inspected. What stands in the cells is not judged here but in `comparing.py`; only the shape is:
sheets, headers, merged cells.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from openpyxl.utils import column_index_from_string, get_column_letter, range_boundaries
from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum

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
from targets.workbook.limits import Place, SheetFacts, WorkbookRefused, cell_texts, inspect_workbook
from targets.workbook.parts import BROKEN

HEADER_SEARCH = 15  # rows in which a header is looked for
LEAST_HEADERS = 3  # that many known headers make a row the header
MAX_COLUMNS = 60
ROWS_PER_SIGN = 500
MOST_EXACT = 10**15  # a float holds every whole number below it

Watch = Callable[[int, int], None]
Values = Sequence[object]  # of one row; "" is blank
Special = Mapping[int, Cell]  # place in the row → a cell that is more than its value
FileRow = tuple[int, Values, Special]  # with its number


@dataclass(slots=True)
class FormRow:
    """One filled row: its number in the file, its code, and its cells by column key."""

    number: int
    code: str
    values: Values
    special: Special
    places: Mapping[str, int]

    def cell(self, key: str) -> Cell:
        """The cell of a column, blank where the row ends before it."""
        return cell_at(self.values, self.special, self.places[key])

    def says(self, key: str, text: str) -> bool:
        """Whether exactly this text stands in the column: the quick answer for most of many rows."""
        place = self.places[key]
        return place < len(self.values) and self.values[place] == text and place not in self.special


@dataclass
class SheetRows:
    """What was read of one sheet."""

    sheet: Sheet
    letters: dict[str, str] = field(default_factory=dict)  # column key → letter in the file
    rows: list[FormRow] = field(default_factory=list)

    def problem(self, code: str, row: FormRow, key: str, values: dict[str, str]) -> Problem:
        """A problem of one cell."""
        column = self.sheet.column(key)
        value = cell_text(row.cell(key))
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
    try:
        return _read(_Book(path), expected, watch)
    except (*BROKEN, CalamineError) as error:
        raise WorkbookRefused(Problem(UploadCode.UNREADABLE)) from error


def cell_at(values: Values, special: Special, place: int) -> Cell:
    """One cell of a row."""
    if place in special:
        return special[place]
    value = values[place] if place < len(values) else ""
    return BLANK_CELL if value == "" else Cell(value, "s" if isinstance(value, str) else "n")


class _Book:
    """The workbook: what was found when it was inspected, and the rows of its sheets."""

    def __init__(self, path: Path) -> None:
        self.path, self.facts = path, inspect_workbook(path)
        self.book = CalamineWorkbook.from_path(path)
        grids = {sheet.name for sheet in self.book.sheets_metadata if sheet.typ == SheetTypeEnum.WorkSheet}
        self.names = grids & set(self.facts)

    def rows(self, name: str) -> Iterator[FileRow]:
        """Each row up to the last filled one: its number, its values and its special cells."""
        facts = self.facts[name]
        values = self.book.get_sheet_by_name(name).to_python(skip_empty_area=False)
        special = self._special(facts, values)
        for number in range(1, facts.last_row + 1):
            yield number, _row_values(values, number), special.get(number, {})

    def exact(self, name: str, places: set[Place]) -> dict[Place, Cell]:
        """Numbers as the file writes them, digit by digit."""
        texts = cell_texts(self.path, self.facts[name], places)
        return {place: Cell(Decimal(text)) for place, text in texts.items()}

    def _special(self, facts: SheetFacts, values: Sequence[Values]) -> dict[int, dict[int, Cell]]:
        """Row → place in it → what is no plain value: a formula, an error, a percentage."""
        found: dict[int, dict[int, Cell]] = defaultdict(dict)
        for (row, letters), number_format in facts.percents.items():
            place, cells = column_index_from_string(letters) - 1, _row_values(values, row)
            if place < len(cells) and cells[place] != "":
                found[row][place] = Cell(cells[place], "n", number_format)
        if odd := facts.formulas | facts.errors:
            for (row, letters), text in cell_texts(self.path, facts, odd).items():
                kind = "f" if (row, letters) in facts.formulas else "e"
                found[row][column_index_from_string(letters) - 1] = Cell(text, kind)
        return found


def _row_values(values: Sequence[Values], number: int) -> Values:
    return values[number - 1][:MAX_COLUMNS] if number <= len(values) else []


def _read(book: _Book, expected: UnitForm, watch: Watch) -> ReadForm:
    marks = _read_marks(book)
    _check_marks(marks, expected)
    form = ReadForm(marks, {}, [])
    known = [sheet for sheet in SHEETS if sheet.name in book.names]
    total, done = sum(book.facts[sheet.name].last_row for sheet in known), 0
    for sheet in SHEETS:
        if sheet not in known:
            form.problems.append(Problem(UploadCode.SHEET_MISSING, sheet=sheet.name))
            continue
        rows = _watched(book.rows(sheet.name), watch, done, total)
        form.sheets[sheet.name] = _read_sheet(sheet, rows, book, form.problems)
        done += book.facts[sheet.name].last_row
        watch(done, total)
    return form


def _watched(rows: Iterable[FileRow], watch: Watch, done: int, total: int) -> Iterator[FileRow]:
    for row in rows:
        if row[0] % ROWS_PER_SIGN == 0:
            watch(done + row[0], total)
        yield row


def _read_marks(book: _Book) -> Marks:
    if MARKS_SHEET not in book.names:
        raise WorkbookRefused(Problem(UploadCode.NOT_OURS))
    head: dict[str, str] = {}
    versions: dict[tuple[str, str], int] = {}
    for _number, values, _special in book.rows(MARKS_SHEET):
        texts = [value.strip() if isinstance(value, str) else cell_text(Cell(value)) for value in values[:5]]
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


def _read_sheet(sheet: Sheet, rows: Iterable[FileRow], book: _Book, problems: list[Problem]) -> SheetRows:
    """One sheet's rows; what is wrong with its shape joins the problems."""
    found = SheetRows(sheet)
    header_row, places = 0, dict[str, int]()
    for number, values, special in rows:
        if not header_row:
            if number > HEADER_SEARCH:
                break
            cells = [cell_at(values, special, place) for place in range(len(values))]
            if _known_headers(sheet, cells) >= LEAST_HEADERS:
                header_row = number
                merged = _merged(sheet, book.facts[sheet.name], header_row)
                problems += merged
                places = _places(sheet, number, cells, problems, report_missing=not merged)
                found.letters = {key: get_column_letter(place + 1) for key, place in places.items()}
        elif len(places) == len(sheet.columns):
            row = FormRow(number, "", values, special, places)
            row.code = cell_text(row.cell("code"))
            if row.code or not all(row.cell(column.key).is_blank for column in sheet.inputs):
                found.rows.append(row)
    if not header_row:
        headers = "、".join(column.header for column in sheet.columns[:LEAST_HEADERS])
        problems.append(Problem(UploadCode.HEADER_LOST, sheet=sheet.name, values={"headers": headers}))
    _put_exact_numbers(found, book)
    return found


def _put_exact_numbers(found: SheetRows, book: _Book) -> None:
    """Numbers of more digits than a float holds, as the file writes them."""
    large: dict[Place, FormRow] = {}
    for column in found.sheet.inputs:
        if column.is_number and column.key in found.letters:
            for row in found.rows:
                at = row.places[column.key]
                value = row.values[at] if at < len(row.values) else ""
                if isinstance(value, float) and abs(value) >= MOST_EXACT and at not in row.special:
                    large[row.number, found.letters[column.key]] = row
    for place, cell in (book.exact(found.sheet.name, set(large)) if large else {}).items():
        row = large[place]
        row.special = {**row.special, column_index_from_string(place[1]) - 1: cell}


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
