"""THE writer of workbooks: rows in, one .xlsx out. Knows nothing of targets or lights but their colours.

Exporters yield `Row`s; how a cell looks is decided here, by the name of its style. Whatever people typed is
written as text, never as a formula or a link (A-11).
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

Value = str | Decimal | int | date | None

HEADER_FONT, BODY_FONT = "黑体", "仿宋"
LONGEST_TEXT = 32_767  # UTF-16 units that a cell of Excel can hold
HIGHEST_ROW = 409  # points
LINE_HEIGHT = 15.5  # points of a line in the body's size
FORMULA_STARTS = ("=", "+", "-", "@", "\t")
FORBIDDEN_IN_NAMES = set("\\/?*[]:")
LONGEST_NAME = 31

# Pale grounds under dark letters: a grey photocopy keeps symbol and word legible.
LIGHT_COLOURS = {
    "RED": ("#F8CBCB", "#7A0C12"),
    "YELLOW": ("#FFE9B0", "#5F3B00"),
    "GREY": ("#E1E5EA", "#37424E"),
    "GREEN": ("#D5EFD9", "#0F4A1E"),
    "BLUE": ("#D3E4F7", "#003466"),
}

_BODY = {"font_name": BODY_FONT, "font_size": 10.5, "valign": "vcenter", "border": 1}
_WRAPPED = {**_BODY, "text_wrap": True}
STYLES: dict[str, dict[str, Any]] = {
    "title": {"font_name": HEADER_FONT, "font_size": 18, "valign": "vcenter"},
    "subtitle": {"font_name": HEADER_FONT, "font_size": 14, "valign": "vcenter"},
    "note": {"font_name": BODY_FONT, "font_size": 10.5, "valign": "vcenter"},
    "paragraph": {"font_name": BODY_FONT, "font_size": 12, "valign": "vcenter", "text_wrap": True},
    "header": {**_WRAPPED, "font_name": HEADER_FONT, "align": "center", "bg_color": "#DCE6F2"},
    "heading": {
        "font_name": HEADER_FONT,
        "font_size": 10.5,
        "valign": "vcenter",
        "top": 1,
        "bottom": 1,
        "bg_color": "#F2F2F2",
    },
    "text": {**_WRAPPED, "align": "left"},
    "center": {**_WRAPPED, "align": "center"},
    "repeated": {**_WRAPPED, "align": "left", "font_color": "#6B6B6B"},
    # A number too wide for its column shrinks: a row of ### would hide it.
    "number": {**_BODY, "align": "right", "shrink": True},
    "count": {**_BODY, "align": "center", "shrink": True},
    "total": {**_BODY, "align": "center", "shrink": True, "bold": True},
    "date": {**_BODY, "align": "center", "shrink": True},
}


class Kind(Enum):
    """What a row is; only DATA rows are filtered."""

    TITLE = "title"
    SUBTITLE = "subtitle"
    NOTE = "note"
    PARAGRAPH = "paragraph"
    HEADER = "header"
    HEADING = "heading"
    DATA = "data"
    BLANK = "blank"
    NEW_PAGE = "new page"  # as BLANK, and the printed page ends here


class Paper(Enum):
    """Paper sizes by their number in the format; always landscape."""

    A3 = 8
    A4 = 9


@dataclass(frozen=True)
class Cell:
    """One value and how it looks: a style's name, a number format, the light whose colours it has."""

    value: Value
    style: str = "text"
    number_format: str = ""
    light: str = ""


@dataclass(frozen=True)
class Row:
    """A row of cells; of the kinds that run over the whole width only the first cell counts."""

    cells: tuple[Cell, ...]
    kind: Kind = Kind.DATA


@dataclass(frozen=True)
class Column:
    """A column's header and width; two units of width hold one Chinese character."""

    header: str
    width: float


@dataclass(frozen=True)
class Sheet:
    """One sheet. `is_table`: everything down to the header row stays in sight, repeats on each page, and
    the rows below can be filtered."""

    name: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    paper: Paper = Paper.A4
    is_table: bool = True
    frozen_columns: int = 0
    centred_titles: bool = True


@dataclass(frozen=True)
class Book:
    """A whole workbook; `foot_left` and `foot_right` stand on each page beside its number."""

    title: str
    author: str
    made_at: datetime
    sheets: tuple[Sheet, ...]
    foot_left: str = ""
    foot_right: str = ""

    @property
    def row_count(self) -> int:
        return sum(len(sheet.rows) for sheet in self.sheets)


def full_width(kind: Kind, text: str) -> Row:
    """A row with one text over the sheet's whole width."""
    return Row((Cell(text),), kind)


def header_row(columns: Iterable[Column]) -> Row:
    """The row of the columns' headers."""
    return Row(tuple(Cell(column.header) for column in columns), Kind.HEADER)


def write_workbook(path: Path, book: Book, *, on_row: Callable[[int], None] | None = None) -> None:
    """Write the workbook to `path`; `on_row` is told how many rows are written so far.

    Raises OSError when the file cannot be written, ValueError for a sheet name that Excel refuses.
    """
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    workbook = xlsxwriter.Workbook(str(path), options)
    made_at = book.made_at.replace(tzinfo=None)
    workbook.set_properties({"title": book.title, "author": book.author, "created": made_at})
    writer = _Writer(workbook, book, on_row or (lambda count: None))
    for sheet in book.sheets:
        writer.add(sheet)
    try:
        workbook.close()
    except xlsxwriter.exceptions.FileCreateError as error:
        raise OSError(str(error)) from error


def clean_text(text: str) -> str:
    """Text as a cell may hold it: no control characters but line breaks and tabs, cut at Excel's limit."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    kept = "".join(c for c in text if c in "\n\t" or unicodedata.category(c) not in {"Cc", "Cs"})
    kept = kept.replace("\ufffe", "").replace("\uffff", "")
    return kept.encode("utf-16-le")[: 2 * LONGEST_TEXT].decode("utf-16-le", "ignore")


def display_width(text: str) -> int:
    """How many units of width the text takes on one line: two per Chinese character, one per letter."""
    return sum(2 if unicodedata.east_asian_width(character) in "WFA" else 1 for character in text)


def line_count(text: str, width: float) -> int:
    """How many lines the text needs in a cell of that width; a little more than too little."""
    room = max(width - 1, 2)  # a character that does not fit whole moves on
    return sum(max(1, math.ceil(display_width(line) / room)) for line in text.split("\n"))


class _Writer:
    """Adds sheets to one workbook; every format is made once."""

    def __init__(self, workbook: Any, book: Book, on_row: Callable[[int], None]) -> None:
        self.workbook, self.book, self.on_row = workbook, book, on_row
        self.formats: dict[tuple[object, ...], Format] = {}
        self.written = 0

    def add(self, sheet: Sheet) -> None:
        """Write one sheet with its page set-up."""
        if len(sheet.name) > LONGEST_NAME or FORBIDDEN_IN_NAMES & set(sheet.name):
            raise ValueError(f"{sheet.name!r} cannot be the name of a sheet")
        worksheet = self.workbook.add_worksheet(sheet.name)
        for index, column in enumerate(sheet.columns):
            worksheet.set_column(index, index, column.width)
        for number, row in enumerate(sheet.rows):
            self._write_row(worksheet, sheet, number, row)
            self.written += 1
            self.on_row(self.written)
        self._set_up(worksheet, sheet)

    def _write_row(self, worksheet: Worksheet, sheet: Sheet, number: int, row: Row) -> None:
        worksheet.set_row(number, _height(sheet, row))
        match row.kind:
            case Kind.BLANK | Kind.NEW_PAGE:
                return
            case Kind.TITLE | Kind.SUBTITLE | Kind.NOTE | Kind.PARAGRAPH:
                self._write_wide(worksheet, sheet, number, row)
            case Kind.HEADER:
                for index, cell in enumerate(row.cells):
                    worksheet.write_string(number, index, clean_text(str(cell.value)), self._format("header"))
            case Kind.HEADING:
                for index in range(len(sheet.columns)):
                    worksheet.write_blank(number, index, None, self._format("heading"))
                text = clean_text(str(row.cells[0].value))
                worksheet.write_string(number, 0, text, self._format("heading"))
            case Kind.DATA:
                for index, cell in enumerate(row.cells):
                    self._write_cell(worksheet, number, index, cell)

    def _write_wide(self, worksheet: Worksheet, sheet: Sheet, number: int, row: Row) -> None:
        centred = sheet.centred_titles and row.kind in {Kind.TITLE, Kind.SUBTITLE}
        style = self._format(row.kind.value, align="center" if centred else "left")
        text = clean_text(str(row.cells[0].value))
        if centred or row.kind == Kind.PARAGRAPH:
            worksheet.merge_range(number, 0, number, len(sheet.columns) - 1, "", style)
        worksheet.write_string(number, 0, text, style)

    def _write_cell(self, worksheet: Worksheet, number: int, index: int, cell: Cell) -> None:
        value = clean_text(cell.value) if isinstance(cell.value, str) else cell.value
        quoted = isinstance(value, str) and value.startswith(FORMULA_STARTS)
        style = self._format(cell.style, cell.number_format, cell.light, quote_prefix=quoted)
        if value is None or value == "":
            worksheet.write_blank(number, index, None, style)
        elif isinstance(value, str):
            worksheet.write_string(number, index, value, style)
        elif isinstance(value, date):
            worksheet.write_datetime(number, index, value, style)
        else:
            worksheet.write_number(number, index, float(value), style)

    def _format(self, style: str, number_format: str = "", light: str = "", **more: object) -> Format:
        key = (style, number_format, light, *sorted(more.items()))
        if key not in self.formats:
            properties = {**STYLES[style], **more}
            if number_format:
                properties["num_format"] = number_format
            if light in LIGHT_COLOURS:
                properties["bg_color"], properties["font_color"] = LIGHT_COLOURS[light]
            self.formats[key] = self.workbook.add_format(properties)
        return self.formats[key]

    def _set_up(self, worksheet: Worksheet, sheet: Sheet) -> None:
        worksheet.set_landscape()
        worksheet.set_paper(sheet.paper.value)
        worksheet.fit_to_pages(1, 0)
        worksheet.set_margins(left=0.35, right=0.35, top=0.5, bottom=0.55)
        breaks = [number + 1 for number, row in enumerate(sheet.rows) if row.kind == Kind.NEW_PAGE]
        worksheet.set_h_pagebreaks(breaks)
        worksheet.center_horizontally()
        left, right = _footer_text(self.book.foot_left), _footer_text(self.book.foot_right)
        worksheet.set_footer(f"&L{left}&C第 &P 页 共 &N 页&R{right}")
        if not sheet.is_table:
            worksheet.hide_gridlines(2)
            return
        header = next(number for number, row in enumerate(sheet.rows) if row.kind == Kind.HEADER)
        worksheet.freeze_panes(header + 1, sheet.frozen_columns)
        worksheet.repeat_rows(0, header)
        worksheet.autofilter(header, 0, max(header + 1, len(sheet.rows) - 1), len(sheet.columns) - 1)


def _footer_text(text: str) -> str:
    """Text in a page's foot, where an ampersand begins a code."""
    return clean_text(text).replace("&", "&&")


def _height(sheet: Sheet, row: Row) -> float:
    """The row's height in points, so that wrapped text shows whole in every program."""
    widths = [column.width for column in sheet.columns]
    match row.kind:
        case Kind.TITLE:
            return 32
        case Kind.SUBTITLE:
            return 26
        case Kind.PARAGRAPH:
            lines = line_count(str(row.cells[0].value), sum(widths) / 1.15)
            return min(HIGHEST_ROW, 4 + 18 * lines)
        case Kind.HEADER | Kind.DATA:
            texts = (cell.value if isinstance(cell.value, str) else "" for cell in row.cells)
            lines = max(line_count(text, width) for text, width in zip(texts, widths, strict=True))
            return min(HIGHEST_ROW, max(24, 8 + LINE_HEIGHT * lines))
        case _:
            return 21
