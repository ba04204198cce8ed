"""Writes a unit's form with XlsxWriter. Pure: takes dataclasses, gives bytes.

Input cells of numbers keep the format “General” on purpose: a person who types 30% or a date there leaves its
format behind, which the reader sees; in a cell with a number format of ours Excel would keep a bare 0.3.
"""

from __future__ import annotations

import io
from datetime import date
from decimal import Decimal
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from targets.entry_text import EntryProblem, from_cell
from targets.figure_columns import (
    FIGURES,
    FORMAT_NAME,
    FORMAT_VERSION,
    HOW_TO_FILL,
    MARKS_SHEET,
    MAX_NARRATIVE,
    NODES,
    SHEETS,
    TASKS,
    Column,
    Sheet,
    period_name,
    tidy_text,
    unit_of_measure,
)
from targets.units import figure_text
from targets.workbook.content import (
    FIGURE,
    TASK,
    TEXT,
    UnitForm,
)
from targets.workbook.rows import Row, figure_rows, node_rows, task_rows

TITLE_ROW, INFO_ROW, HELP_ROW, HEADER_ROW = range(4)
FIRST_ROW = HEADER_ROW + 1
CHOICES_COLUMN = 8  # of the hidden sheet
MOST_NOTES = 300
LINE_HEIGHT, LEAST_HEIGHT, MOST_HEIGHT = 15, 36, 400  # points; Excel allows 409
EMPTY_SHEETS = {
    FIGURES.name: "本期没有需要填报的指标。",
    NODES.name: "没有牵头的节点任务。",
    TASKS.name: "没有牵头或配合的任务。",
}
FORMULA_STARTS = ("=", "+", "-", "@", "\t")


def write_form(form: UnitForm) -> bytes:
    """The unit's form as .xlsx: what is stored stands in it, and an unchanged upload changes nothing."""
    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(buffer, options)
    book.set_properties({"title": _title(form), "company": form.bureau_name})
    styles = _Styles(book)
    for sheet, rows in zip(SHEETS, (figure_rows(form), node_rows(form), task_rows(form)), strict=True):
        _write_sheet(book.add_worksheet(sheet.name), sheet, list(rows), form, styles)
    _write_marks(book.add_worksheet(MARKS_SHEET), form)
    book.close()
    return buffer.getvalue()


class _Styles:
    """The workbook's formats, each made once."""

    def __init__(self, book: Any) -> None:
        self.book = book
        self.made: dict[tuple[tuple[str, object], ...], Format] = {}
        self.bodies: dict[tuple[bool, str, bool], Format] = {}  # asked for each cell of a table

    def get(self, **properties: object) -> Format:
        key = tuple(sorted(properties.items()))
        if key not in self.made:
            self.made[key] = self.book.add_format(properties)
        return self.made[key]

    def title(self) -> Format:
        return self.get(font_name="黑体", font_size=16, align="center", valign="vcenter")

    def info(self) -> Format:
        return self.get(font_name="仿宋", font_size=10.5, valign="vcenter", text_wrap=True)

    def header(self, column: Column) -> Format:
        return self.get(
            font_name="黑体",
            font_size=10.5,
            align="center",
            valign="vcenter",
            text_wrap=True,
            border=1,
            bg_color="#D6E4F5" if column.locked else "#FFE699",
        )

    def body(self, *, unlocked: bool, number: str = "", quoted: bool = False) -> Format:
        """A cell of the table; `number` "" is a text."""
        key = (unlocked, number, quoted)
        if key not in self.bodies:
            self.bodies[key] = self._body(unlocked, number, quoted)
        return self.bodies[key]

    def _body(self, unlocked: bool, number: str, quoted: bool) -> Format:
        return self.get(
            font_name="仿宋",
            font_size=10.5,
            valign="vcenter",
            align="right" if number else "left",
            indent=0 if number else 1,
            text_wrap=not number,
            border=1,
            bg_color="#FFFBE6" if unlocked else "#F5F5F5",
            locked=not unlocked,
            num_format=number or "@",
            quote_prefix=quoted,
        )


def _title(form: UnitForm) -> str:
    mark = "(演示数据)" if form.is_demo else ""
    return f"{form.bureau_name} {period_name(form.period)}目标任务填报表{mark}"


def _info(form: UnitForm, is_empty: str) -> str:
    parts = [f"填报单位:{form.unit_name}", f"数据截至:{_day(form.period.cutoff)}", "单位:见“单位”列"]
    if form.due:
        parts.append(f"报送截止:{_day(form.due)}")
    return "    ".join([*parts, is_empty] if is_empty else parts)


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _write_sheet(
    worksheet: Worksheet, sheet: Sheet, rows: list[Row], form: UnitForm, styles: _Styles
) -> None:
    last = len(sheet.columns) - 1
    lines = (
        (TITLE_ROW, 30, _title(form), styles.title()),
        (INFO_ROW, 18, _info(form, "" if rows else EMPTY_SHEETS[sheet.name]), styles.info()),
        (HELP_ROW, 32, HOW_TO_FILL, styles.info()),
    )
    for place, height, text, style in lines:
        worksheet.merge_range(place, 0, place, last, "", style)
        worksheet.write_string(place, 0, text, style)
        worksheet.set_row(place, height)
    worksheet.set_row(HEADER_ROW, 24)
    for index, column in enumerate(sheet.columns):
        worksheet.set_column(index, index, 2 * column.width + 1)
        worksheet.write_string(HEADER_ROW, index, column.header, styles.header(column))
        if column.note:
            worksheet.write_comment(HEADER_ROW, index, column.note, {"x_scale": 1.6, "font_size": 10})
        if column.choices:
            _add_choices(worksheet, column, index, len(rows))
    for offset, row in enumerate(rows):
        _write_row(worksheet, sheet, FIRST_ROW + offset, row, styles)
    _write_notes(worksheet, sheet, rows)
    _set_up_page(worksheet, sheet, form)


def _write_row(worksheet: Worksheet, sheet: Sheet, number: int, row: Row, styles: _Styles) -> None:
    worksheet.set_row(number, _height(sheet, row))
    for index, column in enumerate(sheet.columns):
        value = row.cells.get(column.key)
        unlocked = not column.locked and column.key not in row.locked
        if isinstance(value, Decimal) and _fits_a_float(value, row.unit):
            style = styles.body(unlocked=unlocked, number=_number_format(value, column, row))
            worksheet.write_number(number, index, float(value), style)
            continue
        text = figure_text(value) if isinstance(value, Decimal) else tidy_text(str(value or ""))
        style = styles.body(
            unlocked=unlocked,
            number="General" if column.is_number else "",
            quoted=text.startswith(FORMULA_STARTS),
        )
        if text and len(text) <= MAX_NARRATIVE:
            worksheet.write_string(number, index, text, style)
        else:
            worksheet.write_blank(number, index, None, style)


def _write_notes(worksheet: Worksheet, sheet: Sheet, rows: list[Row]) -> None:
    """Why rows are locked, at their numbers; thousands of notes would make the file slow to open."""
    noted = [(FIRST_ROW + offset, row.why) for offset, row in enumerate(rows) if row.why]
    if len(noted) > MOST_NOTES:
        why = f"灰色单元格已锁定。{len(noted)} 行不能修改,例如:{noted[0][1]}"
        noted = [(HEADER_ROW, f"{sheet.columns[0].note}{why}")]
    for place, why in noted:
        worksheet.write_comment(place, 0, why, {"font_size": 10})


def _height(sheet: Sheet, row: Row) -> float:
    """High enough for the longest wrapped text: LibreOffice does not fit rows to their text by itself."""
    lines = 1
    for column in sheet.columns:
        text = str(row.cells.get(column.key) or "")
        if len(text) < column.width and "\n" not in text:
            continue  # one line, however wide its characters are
        widths = [sum(2 if ord(character) > 0x2E7F else 1 for character in part) for part in text.split("\n")]
        lines = max(lines, sum(-(-width // (2 * column.width - 2)) or 1 for width in widths))
    return min(max(LEAST_HEIGHT, LINE_HEIGHT * lines + 6), MOST_HEIGHT)


def _number_format(value: Decimal, column: Column, row: Row) -> str:
    """Locked numbers: separators, and as many decimals as the value has, at least the indicator's own."""
    if not column.locked:
        return "General"
    exponent = value.normalize().as_tuple().exponent
    decimals = max(row.decimals, -int(exponent), 0)
    sign = f'"{row.sign}"' if column.key == "annual" else ""
    return sign + "#,##0" + ("." + "0" * decimals if decimals else "")


def _fits_a_float(value: Decimal, unit: str) -> bool:
    """Whether Excel's number gives the same value back; others are written as text."""
    try:
        return from_cell(float(value), unit_of_measure(unit)).value == value
    except EntryProblem:
        return False


def _add_choices(worksheet: Worksheet, column: Column, index: int, rows: int) -> None:
    """A drop-down whose list stands in the hidden sheet."""
    letter = chr(ord("A") + CHOICES_COLUMN + _choice_columns().index(column))
    worksheet.data_validation(
        FIRST_ROW,
        index,
        FIRST_ROW + max(rows, 1) - 1,
        index,
        {
            "validate": "list",
            "source": f"={MARKS_SHEET}!${letter}$1:${letter}${len(column.choices)}",
            "error_title": column.header,
            "error_message": f"请选择:{'、'.join(column.choices)},或留空。",
        },
    )


def _choice_columns() -> list[Column]:
    return [column for sheet in SHEETS for column in sheet.columns if column.choices]


def _set_up_page(worksheet: Worksheet, sheet: Sheet, form: UnitForm) -> None:
    worksheet.freeze_panes(FIRST_ROW, sheet.frozen)
    worksheet.set_landscape()
    worksheet.set_paper(9)
    worksheet.fit_to_pages(1, 0)
    worksheet.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.6)
    worksheet.repeat_rows(HEADER_ROW)
    worksheet.set_footer('&C&"仿宋,Regular"&9第 &P 页 共 &N 页')
    if form.is_demo:
        worksheet.set_header('&R&"黑体,Regular"&9演示数据')
    worksheet.protect("", {"format_columns": True, "format_rows": True, "format_cells": True})


def _write_marks(worksheet: Worksheet, form: UnitForm) -> None:
    """Whose form this is, and each row's version at the time of writing."""
    head = (
        ("format", FORMAT_NAME),
        ("version", FORMAT_VERSION),
        ("bureau", form.bureau_code),
        ("bureau_name", form.bureau_name),
        ("unit", form.unit_id),
        ("unit_name", form.unit_name),
        ("period", form.period),
    )
    lines: list[tuple[object, ...]] = [*head, ("kind", "code", "id", "revision", "version")]
    for item in form.figures:
        number = item.allocation_id or item.target_id
        lines.append((FIGURE, item.code, number, item.figure.revision, item.figure.version))
        if item.text:
            lines.append((TEXT, item.code, item.target_id, item.text.revision, item.text.version))
    lines += [(TASK, task.code, task.task_id, task.text.revision, task.text.version) for task in form.tasks]
    for row, line in enumerate(lines):
        for index, value in enumerate(line):
            worksheet.write_string(row, index, str(value))
    for index, column in enumerate(_choice_columns()):
        for row, choice in enumerate(column.choices):
            worksheet.write_string(row, CHOICES_COLUMN + index, choice)
    worksheet.protect("")
    worksheet.hide()
