"""The allocation matrix: rows are units or districts, columns are targets. Pure: plain values in and out.

Written prefilled with what is allocated; read from whatever workbook a bureau has, as long as one of its
first rows names targets and the column before them names units. Every problem is found at once.
"""

from __future__ import annotations

import io
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import xlsxwriter
from openpyxl.utils import get_column_letter

from targets.part_text import NO_TARGET, PartProblem, part_value
from targets.units import Unit, UnknownUnit, compatible, parse_unit
from targets.upload_problems import Problem, UploadCode
from targets.workbook.limits import BROKEN, WorkbookRefused, inspect_workbook

HEADER_SEARCH = 15  # rows in which the header is looked for
MAX_COLUMNS = 200
SHEET = "指标分解"
UNIT_HEADER, TOTAL = "单位", "合计"
TOTALS = frozenset({"合计", "总计", "小计", "全市", "全市合计", "各区合计", "总数"})
NOTE_STARTS = ("注", "备注", "说明", "填表")
_UNIT_HEADERS = frozenset(
    {"单位", "区", "区县", "县区", "地区", "行政区", "区域", "处室", "责任单位", "单位名称", "区名", "辖区"}
)
_ORDINALS = frozenset({"序号", "序", "编号"})
_BRACKETS = re.compile(r"^(.*?)\(([^()]*)\)$", re.DOTALL)


@dataclass(frozen=True)
class MatrixTarget:
    """A column: how the target may be called, and its unit of measure."""

    pk: int
    key: str
    name: str
    unit: str
    names: tuple[str, ...] = ()  # further names


@dataclass(frozen=True)
class MatrixUnit:
    """A row."""

    pk: int
    name: str


@dataclass(frozen=True)
class MatrixCell:
    """What one filled cell says; no value: no target is set there."""

    target: int
    unit: int
    value: Decimal | None
    row: int
    column: str


@dataclass
class ReadMatrix:
    """What was read; with problems the cells are incomplete."""

    sheet: str = ""
    cells: list[MatrixCell] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    totals: dict[int, Decimal] = field(default_factory=dict)  # target → what the row 合计 says


@dataclass(frozen=True)
class _Column:
    """A column that names a target, and the unit that its header gives the values in."""

    place: int
    letter: str
    header: str
    target: MatrixTarget
    unit: Unit
    given_in: Unit


def write_matrix(
    targets: Sequence[MatrixTarget],
    units: Sequence[MatrixUnit],
    values: Mapping[tuple[int, int], Decimal | None],
    title: str,
) -> bytes:
    """The matrix as .xlsx, prefilled: (target, unit) → value, None where no target is set (–)."""
    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(buffer, options)
    sheet = book.add_worksheet(SHEET)
    plain = {"font_name": "仿宋", "font_size": 11, "border": 1}
    head = book.add_format(
        {
            **plain,
            "font_name": "黑体",
            "align": "center",
            "valign": "vcenter",
            "text_wrap": True,
        }
    )
    name, cell = book.add_format(plain), book.add_format({**plain, "align": "right"})
    sheet.write_string(0, 0, title, book.add_format({"font_name": "黑体", "font_size": 14}))
    help_text = "填数字即分解值;“–”表示该单位不设目标;空白表示不改动。合计行不导入,仅供核对。"
    sheet.write_string(1, 0, help_text, book.add_format({"font_name": "仿宋", "font_size": 10}))
    for place, text in enumerate([UNIT_HEADER, *(f"{one.key} {one.name}({one.unit})" for one in targets)]):
        sheet.write_string(2, place, text, head)
    for row, unit in enumerate(units, 3):
        sheet.write_string(row, 0, unit.name, name)
        for place, target in enumerate(targets, 1):
            value = values.get((target.pk, unit.pk), "")
            if value is None or value == "":
                sheet.write(row, place, NO_TARGET if value is None else "", cell)
            else:
                sheet.write_number(row, place, float(value), cell)
    last = 3 + len(units)
    sheet.write_string(last, 0, TOTAL, head)
    for place in range(1, len(targets) + 1):
        letter = get_column_letter(place + 1)
        sheet.write_formula(last, place, f"=SUM({letter}4:{letter}{last})", cell)
    sheet.freeze_panes(3, 1)
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, max(len(targets), 1), 16)
    sheet.set_row(2, 48)
    sheet.set_landscape()
    sheet.set_paper(8)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(2)
    book.close()
    return buffer.getvalue()


def read_matrix(path: Path, targets: Sequence[MatrixTarget], units: Sequence[MatrixUnit]) -> ReadMatrix:
    """Every filled cell of the first sheet that has a header of targets, and every problem.

    Raises WorkbookRefused for a file that cannot be read at all, or in which no header is found. The file has
    passed `file_checks`.
    """
    inspect_workbook(path)
    try:
        book = openpyxl.load_workbook(path, read_only=True, keep_links=False)
        try:
            return _read(book, _Names(targets, units))
        finally:
            book.close()
    except BROKEN as error:
        raise WorkbookRefused(Problem(UploadCode.UNREADABLE)) from error


class _Names:
    """By what targets and units are known."""

    def __init__(self, targets: Sequence[MatrixTarget], units: Sequence[MatrixUnit]) -> None:
        self.targets: dict[str, MatrixTarget] = {}
        for target in targets:
            for name in (target.key, target.name, f"{target.key}{target.name}", *target.names):
                self.targets.setdefault(tidy(name), target)
        self.units: dict[str, MatrixUnit] = {}
        for unit in units:
            self.units.setdefault(tidy(unit.name), unit)
        for unit in units:  # shorter forms, where they are nobody's full name
            for name in _short_names(tidy(unit.name)):
                self.units.setdefault(name, unit)


def tidy(text: object) -> str:
    """A name as it is compared: half width, without blanks."""
    return "".join(unicodedata.normalize("NFKC", str(text)).split())


def _short_names(name: str) -> Iterator[str]:
    whole = _BRACKETS.match(name)
    for one in (name, whole[1] if whole else name):
        yield one
        if len(one) > 2 and one[-1] in "区县市":
            yield one[:-1]


def _read(book: Any, names: _Names) -> ReadMatrix:
    for worksheet in book.worksheets:
        if not hasattr(worksheet, "reset_dimensions"):
            continue  # a sheet that is one big chart
        worksheet.reset_dimensions()
        rows = enumerate(worksheet.iter_rows(max_col=MAX_COLUMNS), 1)
        found = ReadMatrix(worksheet.title)
        if header := _header(rows, names, found):
            _read_rows(rows, header, names, found)
            return found
    raise WorkbookRefused(Problem(UploadCode.MATRIX_HEADER_LOST))


def _header(
    rows: Iterator[tuple[int, Sequence[Any]]], names: _Names, found: ReadMatrix
) -> tuple[int, list[_Column]] | None:
    """Where the units stand, and the columns of targets; the first row that names both is the header."""
    for number, cells in rows:
        texts = ["" if cell.value is None else str(cell.value) for cell in cells]
        place = next((at for at, text in enumerate(texts) if tidy(text) in _UNIT_HEADERS), None)
        if place is not None and any(_target_of(text, names)[0] for text in texts[place + 1 :]):
            return place, list(_columns(number, texts, place, names, found))
        if number >= HEADER_SEARCH:
            return None
    return None


def _columns(
    number: int, texts: Sequence[str], place: int, names: _Names, found: ReadMatrix
) -> Iterator[_Column]:
    seen: dict[int, str] = {}
    for at, text in enumerate(texts):
        if at <= place or not text.strip() or tidy(text) in _ORDINALS | TOTALS:
            continue
        letter, where = (
            get_column_letter(at + 1),
            (found.sheet, number, get_column_letter(at + 1), text, text),
        )
        target, unit_text = _target_of(text, names)
        if target is None:
            found.problems.append(Problem(UploadCode.TARGET_UNKNOWN, *where))
        elif target.pk in seen:
            found.problems.append(Problem(UploadCode.HEADER_TWICE, *where, {"first": seen[target.pk]}))
        else:
            seen[target.pk] = letter
            unit = parse_unit(target.unit)
            try:
                given = parse_unit(unit_text) if unit_text else unit
            except UnknownUnit:
                given = None
            if given is None or not compatible(given, unit):
                values = {"unit": unit_text, "expected": target.unit}
                found.problems.append(Problem(UploadCode.HEADER_UNIT, *where, values))
            else:
                yield _Column(at, letter, text, target, unit, given)


def _target_of(header: str, names: _Names) -> tuple[MatrixTarget | None, str]:
    """The target that a header names, and the unit in its brackets ("" without one)."""
    name = tidy(header)
    if found := names.targets.get(name):
        return found, ""
    bracketed = _BRACKETS.match(name)
    if bracketed and (found := names.targets.get(bracketed[1])):
        return found, bracketed[2].removeprefix("单位:").removeprefix("单位")
    return None, ""


def _read_rows(
    rows: Iterator[tuple[int, Sequence[Any]]],
    header: tuple[int, list[_Column]],
    names: _Names,
    found: ReadMatrix,
) -> None:
    place, columns = header
    seen: dict[int, int] = {}
    for number, cells in rows:
        name = "" if place >= len(cells) or cells[place].value is None else str(cells[place].value)
        if not name.strip() or tidy(name).startswith(NOTE_STARTS):
            continue
        if tidy(name) in TOTALS:
            _read_totals(cells, columns, found)
            continue
        where = (found.sheet, number, get_column_letter(place + 1), UNIT_HEADER, name)
        unit = names.units.get(tidy(name))
        if unit is None:
            found.problems.append(Problem(UploadCode.UNIT_UNKNOWN, *where))
        elif unit.pk in seen:
            found.problems.append(Problem(UploadCode.ROW_TWICE, *where, {"first": str(seen[unit.pk])}))
        else:
            seen[unit.pk] = number
            _read_row(number, unit, cells, columns, found)


def _read_row(
    number: int, unit: MatrixUnit, cells: Sequence[Any], columns: Sequence[_Column], found: ReadMatrix
) -> None:
    for column in columns:
        if column.place >= len(cells):
            continue
        cell = cells[column.place]
        try:
            said = part_value(
                cell.value, column.unit, getattr(cell, "number_format", "General"), given_in=column.given_in
            )
        except PartProblem as problem:
            found.problems.append(
                Problem(
                    problem.code,
                    found.sheet,
                    number,
                    column.letter,
                    column.header,
                    str(cell.value),
                    problem.values,
                )
            )
            continue
        if not said.is_blank:
            found.cells.append(MatrixCell(column.target.pk, unit.pk, said.value, number, column.letter))


def _read_totals(cells: Sequence[Any], columns: Sequence[_Column], found: ReadMatrix) -> None:
    """What the row 合计 says, where it is a number; a formula says nothing new."""
    for column in columns:
        if column.place >= len(cells):
            continue
        try:
            said = part_value(cells[column.place].value, column.unit, given_in=column.given_in)
        except PartProblem:
            continue
        if said.value is not None:
            found.totals[column.target.pk] = said.value
