"""What can be wrong in an uploaded workbook: codes with their messages. Pure: no Django.

A stored problem is `{sheet, row, column, header, value, code, values}`; the page translates the message of
its code and fills in the values, so that the same row of the database speaks Chinese and English.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from accounts.text import gettext_noop
from targets import entry_text, file_checks, part_text
from targets.spreadsheet import problems as spreadsheet

MAX_SHOWN = 40
SHEET_ORDER = ("指标", "节点任务", "任务进展")


class UploadCode(StrEnum):
    """Problems of the workbook as a form; those of single numbers are `entry_text.EntryCode`."""

    NOT_OURS = "NOT_OURS"
    OTHER_VERSION = "OTHER_VERSION"
    OTHER_BUREAU = "OTHER_BUREAU"
    OTHER_UNIT = "OTHER_UNIT"
    OTHER_PERIOD = "OTHER_PERIOD"
    UNREADABLE = "UNREADABLE"
    PART_TOO_BIG = "PART_TOO_BIG"
    SHEET_MISSING = "SHEET_MISSING"
    TOO_MANY_ROWS = "TOO_MANY_ROWS"
    TOO_MANY_CELLS = "TOO_MANY_CELLS"
    HEADER_LOST = "HEADER_LOST"
    HEADER_MISSING = "HEADER_MISSING"
    HEADER_UNKNOWN = "HEADER_UNKNOWN"
    HEADER_TWICE = "HEADER_TWICE"
    MERGED = "MERGED"
    ROW_WITHOUT_CODE = "ROW_WITHOUT_CODE"
    ROW_UNKNOWN = "ROW_UNKNOWN"
    ROW_TWICE = "ROW_TWICE"
    LOCKED_CHANGED = "LOCKED_CHANGED"
    UNIT_CHANGED = "UNIT_CHANGED"
    NOT_A_CHOICE = "NOT_A_CHOICE"
    TEXT_TOO_LONG = "TEXT_TOO_LONG"
    TEXT_FORMULA = "TEXT_FORMULA"
    TEXT_ERROR = "TEXT_ERROR"
    FORECAST_NOT_APPLICABLE = "FORECAST_NOT_APPLICABLE"
    NODE_TEXT_ONLY = "NODE_TEXT_ONLY"
    NODE_DONE_BEFORE = "NODE_DONE_BEFORE"
    TEXT_OF_PART = "TEXT_OF_PART"
    UNDER_REVIEW = "UNDER_REVIEW"
    ALREADY_APPROVED = "ALREADY_APPROVED"
    MATRIX_HEADER_LOST = "MATRIX_HEADER_LOST"
    TARGET_UNKNOWN = "TARGET_UNKNOWN"
    UNIT_UNKNOWN = "UNIT_UNKNOWN"
    HEADER_UNIT = "HEADER_UNIT"
    NOT_REOPENED = "NOT_REOPENED"


MESSAGES: dict[UploadCode, str] = {
    UploadCode.NOT_OURS: gettext_noop(
        "This is not the reporting form of this system: download the form of this period, fill it in and "
        "upload that (do not copy its sheets into another workbook)."
    ),
    UploadCode.OTHER_VERSION: gettext_noop(
        "The form is of version %(found)s, but version %(expected)s is in use: download the form again."
    ),
    UploadCode.OTHER_BUREAU: gettext_noop(
        "This is the form of another bureau (%(found)s), not of %(expected)s: choose the right file."
    ),
    UploadCode.OTHER_UNIT: gettext_noop(
        "This is the form of another unit (%(found)s), not of %(expected)s: choose the right file."
    ),
    UploadCode.OTHER_PERIOD: gettext_noop(
        "This is the form of another period (%(found)s), not of %(expected)s: download this period's form."
    ),
    UploadCode.UNREADABLE: gettext_noop(
        "The workbook cannot be read: open it in Excel or WPS, save it as a new .xlsx file and upload that."
    ),
    UploadCode.PART_TOO_BIG: gettext_noop(
        "The part “%(part)s” of the file has more than %(limit)s elements: remove the sheets and formats "
        "that were pasted in, or download the form again and fill that in."
    ),
    UploadCode.SHEET_MISSING: gettext_noop(
        "The sheet is missing or was renamed: give it its old name again, or download the form again."
    ),
    UploadCode.TOO_MANY_ROWS: gettext_noop(
        "The sheet has more than %(limit)s rows: delete the rows that do not belong to the form, the empty "
        "ones below it included."
    ),
    UploadCode.TOO_MANY_CELLS: gettext_noop(
        "The sheet has more than %(limit)s cells: delete the columns that do not belong to the form."
    ),
    UploadCode.HEADER_LOST: gettext_noop(
        "The header row (%(headers)s …) was not found: put it back, or download the form again."
    ),
    UploadCode.HEADER_MISSING: gettext_noop(
        "The column is missing or its header was changed: write its header again (the order does not matter)."
    ),
    UploadCode.HEADER_UNKNOWN: gettext_noop(
        "The column does not belong to the form: correct its header or delete the column."
    ),
    UploadCode.HEADER_TWICE: gettext_noop(
        "The column occurs twice, first as column %(first)s: delete one of them."
    ),
    UploadCode.MERGED: gettext_noop(
        "The cells %(range)s are merged: undo it, so that each row stands alone."
    ),
    UploadCode.ROW_WITHOUT_CODE: gettext_noop(
        "The row is filled in but has no number (编号): write the number of its indicator or task, "
        "or delete the row."
    ),
    UploadCode.ROW_UNKNOWN: gettext_noop(
        "This number does not occur in your unit's form: correct it, or download the form again."
    ),
    UploadCode.ROW_TWICE: gettext_noop(
        "This number occurs twice, first in row %(first)s: keep one of the two rows."
    ),
    UploadCode.LOCKED_CHANGED: gettext_noop(
        "The number %(item)s belongs to “%(expected)s”: the row was moved or its text changed. Put it back, "
        "or download the form again."
    ),
    UploadCode.UNIT_CHANGED: gettext_noop(
        "The unit of %(item)s is %(expected)s: put it back, and write a figure in another unit with that "
        "unit (for example 12000万元)."
    ),
    UploadCode.NOT_A_CHOICE: gettext_noop("Choose one of %(choices)s, or leave the cell blank."),
    UploadCode.TEXT_TOO_LONG: gettext_noop(
        "The text has %(length)s characters, more than the %(limit)s allowed: shorten it."
    ),
    UploadCode.TEXT_FORMULA: gettext_noop("The cell holds a formula: type the text itself."),
    UploadCode.TEXT_ERROR: gettext_noop("The cell holds an error: type the text again."),
    UploadCode.FORECAST_NOT_APPLICABLE: gettext_noop(
        "The figure expected for the year is a number or blank: 不适用 is not possible here."
    ),
    UploadCode.NODE_TEXT_ONLY: gettext_noop(
        "There is a text on what was done, but the node is not marked as done: choose 是, or write the text "
        "into the task's progress (sheet 任务进展)."
    ),
    UploadCode.NODE_DONE_BEFORE: gettext_noop(
        "This node was approved as done in %(period)s: it cannot be taken back here. Open a correction on "
        "that period's entry page."
    ),
    UploadCode.TEXT_OF_PART: gettext_noop(
        "A district's or unit's part has no text of its own: write it into the row of the whole indicator, "
        "or into the note."
    ),
    UploadCode.UNDER_REVIEW: gettext_noop(
        "“%(item)s” has been submitted and differs from this cell (stored: %(stored)s): ask for it to be "
        "returned, or put the stored value back."
    ),
    UploadCode.ALREADY_APPROVED: gettext_noop(
        "“%(item)s” has been approved and differs from this cell (stored: %(stored)s): open a correction on "
        "the entry page first, or put the stored value back."
    ),
    UploadCode.NOT_REOPENED: gettext_noop(
        "The period is closed and the office has not reopened “%(item)s” (stored: %(stored)s): put the "
        "stored value back, or ask for an exception."
    ),
}
MATRIX_MESSAGES: dict[str, str] = {
    UploadCode.MATRIX_HEADER_LOST: gettext_noop(
        "No header was found: one row has to hold 单位 or 区 and, to its right, the names of targets."
    ),
    UploadCode.TARGET_UNKNOWN: gettext_noop(
        "There is no such target in the plan: write its name or number, or delete the column."
    ),
    UploadCode.UNIT_UNKNOWN: gettext_noop(
        "There is no such unit or district: write its name as in the list of units, or delete the row."
    ),
    UploadCode.HEADER_UNIT: gettext_noop(
        "The header gives the values in “%(unit)s”, which cannot be converted to %(expected)s."
    ),
}


class CellProblem(ValueError):
    """A cell that cannot be taken: `code` and the named values of its message."""

    def __init__(self, code: UploadCode, **values: str) -> None:
        super().__init__(f"{code} {values}")
        self.code = code
        self.values = values


@dataclass(frozen=True)
class Problem:
    """One problem and where it stands; row 0 and an empty column mean the sheet or file as a whole."""

    code: str
    sheet: str = ""
    row: int = 0
    column: str = ""
    header: str = ""
    value: str = ""
    values: Mapping[str, str] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        return {**asdict(self), "value": shown(self.value), "values": dict(self.values)}


def in_file_order(problem: Problem) -> tuple[int, int, int, str]:
    """A sort key: as one finds the problems going through the file."""
    sheet = SHEET_ORDER.index(problem.sheet) if problem.sheet in SHEET_ORDER else -1
    return sheet, problem.row, len(problem.column), problem.column


def message_of(code: str) -> str:
    """The English source message of a stored code, with %-placeholders; the code itself when unknown."""
    return _ALL.get(code, code.replace("%", "%%"))


def shown(value: object) -> str:
    """The beginning of a cell's content on one line, fit for a message and for the database."""
    text = " ".join("".join(c if c.isprintable() else " " for c in str(value)[: 4 * MAX_SHOWN]).split())
    return text if len(text) <= MAX_SHOWN else text[:MAX_SHOWN] + "…"


_ALL: dict[str, str] = {
    **{code.value: message for code, message in file_checks.MESSAGES.items()},
    **{code.value: message for code, message in entry_text.MESSAGES.items()},
    **{code.value: message for code, message in MESSAGES.items()},
    **{str(code): message for code, message in spreadsheet.MESSAGES.items()},
    **MATRIX_MESSAGES,
    **part_text.MESSAGES,
}
