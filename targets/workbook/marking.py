"""Marks every error in the person's own workbook: red cell, note, and a list. Pure: no Django."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import openpyxl
from openpyxl.cell import Cell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import range_boundaries
from openpyxl.workbook import Workbook
from openpyxl.worksheet.properties import PageSetupProperties

from targets.upload_problems import Problem, UploadCode
from targets.workbook.limits import MARKING, WorkbookRefused, inspect_workbook
from targets.workbook.parts import BROKEN

LIST_SHEET = "错误清单"
HEADERS = ("工作表", "行", "列", "栏目", "填写内容", "错误说明")
WIDTHS = (14, 8, 8, 16, 32, 90)
BLUE = PatternFill("solid", fgColor="D6E4F5")
THIN = Side("thin")
BORDER = Border(left=THIN, right=THIN, top=THIN, bottom=THIN)
RED = PatternFill("solid", fgColor="FFC7CE")
MAX_MERGED_CELLS = 10_000  # openpyxl fills a merged range cell by cell


@dataclass(frozen=True)
class ErrorLine:
    """One error in words, and where it stands (row 0 or no column: the sheet as a whole)."""

    sheet: str
    row: int
    column: str
    header: str
    value: str
    message: str


def mark_errors(path: Path, marks: Sequence[ErrorLine]) -> bytes:
    """The workbook with its errors marked and listed; what people filled in stays as it is.

    Raises WorkbookRefused for a workbook that cannot be opened whole.
    """
    try:
        _refuse_large_merges(path)
        book = openpyxl.load_workbook(path, keep_links=False)
        for mark in marks:
            _mark(book, mark)
        _list(book, marks)
        buffer = io.BytesIO()
        book.save(buffer)
    except BROKEN as error:
        raise WorkbookRefused(Problem(UploadCode.UNREADABLE)) from error
    return buffer.getvalue()


def _refuse_large_merges(path: Path) -> None:
    cells = 0
    for facts in inspect_workbook(path, MARKING).values():
        for reference in facts.merges:
            left, top, right, bottom = range_boundaries(reference)
            if None in (left, top, right, bottom):
                raise WorkbookRefused(Problem(UploadCode.UNREADABLE))
            cells += (right - left + 1) * (bottom - top + 1)  # type: ignore[operator]
    if cells > MAX_MERGED_CELLS:
        raise WorkbookRefused(Problem(UploadCode.UNREADABLE))


def _mark(book: Workbook, mark: ErrorLine) -> None:
    if mark.sheet not in book.sheetnames or not (mark.row and mark.column):
        return
    cell = book[mark.sheet][f"{mark.column}{mark.row}"]
    if not isinstance(cell, Cell):  # inside a merged range only its first cell can be marked
        return
    cell.fill = RED
    earlier = f"{cell.comment.text}\n" if cell.comment else ""
    cell.comment = Comment(earlier + mark.message, LIST_SHEET, height=120, width=320)


def _list(book: Workbook, marks: Sequence[ErrorLine]) -> None:
    """A first sheet with every error in words; the reader of uploads does not look at it."""
    if LIST_SHEET in book.sheetnames:
        del book[LIST_SHEET]
    sheet = book.create_sheet(LIST_SHEET, 0)
    sheet.append(HEADERS)
    for mark in marks:
        sheet.append((mark.sheet, mark.row or None, mark.column, mark.header, mark.value, mark.message))
        longest = max(len(mark.message) * 2 / WIDTHS[5], len(mark.value) * 2 / WIDTHS[4])
        sheet.row_dimensions[sheet.max_row].height = 18 * (1 + int(longest))
    for row in sheet.iter_rows():
        for cell in row:
            if isinstance(cell.value, str):
                cell.data_type, cell.quotePrefix = "s", True  # what people typed never becomes a formula
            is_header = cell.row == 1
            cell.alignment = Alignment("left", "center", wrap_text=True, indent=1)
            cell.font = Font(name="黑体" if is_header else "仿宋", size=10.5)
            cell.border = BORDER
            if is_header:
                cell.fill = BLUE
    for column, width in zip("ABCDEF", WIDTHS, strict=True):
        sheet.column_dimensions[column].width = width
    sheet.freeze_panes = "A2"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = 9
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    book.active = 0
