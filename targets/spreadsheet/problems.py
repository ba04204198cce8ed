"""What can be wrong with a bureau's spreadsheet, odd about it or left out of it. Pure: no Django."""

from __future__ import annotations

from enum import StrEnum

from accounts.text import gettext_noop


class SheetCode(StrEnum):
    """Problems that stop the whole file; each names what to do."""

    TOO_MANY_SHEETS = "TOO_MANY_SHEETS"
    TOO_MANY_COLUMNS = "TOO_MANY_COLUMNS"
    NO_TABLE = "NO_TABLE"
    NO_INDICATOR = "NO_INDICATOR"
    NO_FIGURES = "NO_FIGURES"
    NO_SUCH_PERIOD = "NO_SUCH_PERIOD"
    PERIOD_OF_SHEET = "PERIOD_OF_SHEET"
    NO_TARGET = "NO_TARGET"
    SEVERAL_TARGETS = "SEVERAL_TARGETS"
    NO_PART = "NO_PART"
    ROW_UNIT_UNKNOWN = "ROW_UNIT_UNKNOWN"
    NO_VALUE_STORED = "NO_VALUE_STORED"
    ROWS_DIFFER = "ROWS_DIFFER"
    EARLIER_MISSING = "EARLIER_MISSING"
    SINGLE_OF_STATE = "SINGLE_OF_STATE"
    NATURE_UNKNOWN = "NATURE_UNKNOWN"


class Hint(StrEnum):
    """What looks odd and does not stop anything."""

    ANNUAL_DIFFERS = "ANNUAL_DIFFERS"
    SINGLE_DIFFERS = "SINGLE_DIFFERS"
    TOTAL_DIFFERS = "TOTAL_DIFFERS"
    TAKEN_AS = "TAKEN_AS"
    TAKEN_AS_CUMULATIVE = "TAKEN_AS_CUMULATIVE"
    TAKEN_AS_STATE = "TAKEN_AS_STATE"
    HIDDEN_ROW = "HIDDEN_ROW"
    HIDDEN_SHEET = "HIDDEN_SHEET"
    UNIT_NOT_OF_ROW = "UNIT_NOT_OF_ROW"
    NOT_DUE = "NOT_DUE"
    OTHER_SHEETS = "OTHER_SHEETS"
    CHOSEN_PERIOD = "CHOSEN_PERIOD"
    NOT_TAKEN = "NOT_TAKEN"
    UNIT_BY_ANNUAL = "UNIT_BY_ANNUAL"


class Skip(StrEnum):
    """Why a row is left out."""

    BLANK_ROW = "BLANK_ROW"
    HEADER_AGAIN = "HEADER_AGAIN"
    COLUMN_NUMBERS = "COLUMN_NUMBERS"
    TOTAL = "TOTAL"
    SECTION = "SECTION"
    FOOTNOTE = "FOOTNOTE"
    NOT_FILLED = "NOT_FILLED"
    NO_FIGURE = "NO_FIGURE"
    NOT_OF_PLAN = "NOT_OF_PLAN"
    NO_TARGET_SET = "NO_TARGET_SET"
    NOT_DUE_DASH = "NOT_DUE_DASH"
    OTHER_UNIT = "OF_OTHER_UNIT"
    SAME_AGAIN = "SAME_AGAIN"


MESSAGES: dict[str, str] = {
    SheetCode.TOO_MANY_SHEETS: gettext_noop(
        "The workbook has more than %(limit)s sheets: "
        "copy the table alone into a new workbook and upload that."
    ),
    SheetCode.TOO_MANY_COLUMNS: gettext_noop(
        "The sheet is wider than %(limit)s columns: delete what stands far to the right."
    ),
    SheetCode.NO_TABLE: gettext_noop(
        "No table of indicators was found: it needs a header row with a column of indicators and one of "
        "figures, and at least one indicator of the plan."
    ),
    SheetCode.NO_INDICATOR: gettext_noop(
        "No column holds the names of indicators: choose it below, or name the indicator in the title."
    ),
    SheetCode.NO_FIGURES: gettext_noop(
        "No column holds the figures of %(period)s: choose it below, or write it into the header "
        "(for example %(example)s)."
    ),
    SheetCode.NO_SUCH_PERIOD: gettext_noop(
        "The figures of %(period)s are wanted, but the columns are of other periods (%(found)s): add the "
        "column, or choose the period of the file."
    ),
    SheetCode.PERIOD_OF_SHEET: gettext_noop(
        "The figures of %(period)s are wanted, but the sheet is of %(found)s: "
        "choose the right file or period."
    ),
    SheetCode.NO_TARGET: gettext_noop(
        "“%(name)s” is no indicator of this plan: write the plan's name or number, or delete the row.%(near)s"
    ),
    SheetCode.SEVERAL_TARGETS: gettext_noop(
        "“%(name)s” may be any of these: %(candidates)s. Write the plan's name or number."
    ),
    SheetCode.NO_PART: gettext_noop(
        "“%(target)s” has no part for “%(name)s”: correct the name, or have the office allocate it."
    ),
    SheetCode.ROW_UNIT_UNKNOWN: gettext_noop(
        "“%(found)s” is not a unit of measure: write it as the plan does (%(unit)s)."
    ),
    SheetCode.NO_VALUE_STORED: gettext_noop(
        "The formula has no stored result: open the file in Excel or WPS, save it, and upload it again."
    ),
    SheetCode.ROWS_DIFFER: gettext_noop(
        "“%(target)s” stands in rows %(rows)s with different values: keep the right one."
    ),
    SheetCode.EARLIER_MISSING: gettext_noop(
        "The cumulative figure of “%(target)s” cannot be derived from the single quarter: %(missing)s is "
        "missing. Enter it first, or give the cumulative figure."
    ),
    SheetCode.SINGLE_OF_STATE: gettext_noop(
        "“%(target)s” is reported as it stands at the period's end; this column holds what was added. Give "
        "the figure at the end."
    ),
    SheetCode.NATURE_UNKNOWN: gettext_noop("“%(text)s” is not 预计, 快报 or 核定: write one of them."),
    Hint.ANNUAL_DIFFERS: gettext_noop(
        "“%(target)s”: the sheet gives %(found)s as annual target, the plan %(planned)s."
    ),
    Hint.SINGLE_DIFFERS: gettext_noop(
        "“%(target)s”: the single quarter %(single)s and what was reported before (%(before)s) make "
        "%(sum)s, but the cumulative column says %(cumulative)s, which was taken."
    ),
    Hint.TOTAL_DIFFERS: gettext_noop("The total row says %(total)s, the rows above it add up to %(sum)s."),
    Hint.TAKEN_AS: gettext_noop("“%(name)s” was taken as “%(target)s”."),
    Hint.TAKEN_AS_CUMULATIVE: gettext_noop(
        "The column “%(header)s” names no period: it was taken as cumulative to %(period)s."
    ),
    Hint.TAKEN_AS_STATE: gettext_noop(
        "“%(target)s” is no flow: the figure of the column “%(header)s” was "
        "taken as the one at the period's end."
    ),
    Hint.HIDDEN_ROW: gettext_noop("The row of “%(target)s” is hidden in the file; its figure was read."),
    Hint.HIDDEN_SHEET: gettext_noop("Hidden sheets were not read: %(sheets)s."),
    Hint.OTHER_SHEETS: gettext_noop("Other sheets hold indicators too and were not read: %(sheets)s."),
    Hint.UNIT_NOT_OF_ROW: gettext_noop(
        "“%(target)s”: the sheet's unit %(found)s does not fit, the figure was taken in %(unit)s."
    ),
    Hint.NOT_DUE: gettext_noop("“%(target)s” is not due in %(period)s; its figure was taken all the same."),
    Hint.CHOSEN_PERIOD: gettext_noop(
        "The column “%(header)s” names another period than %(period)s; it was taken "
        "because it was chosen by hand."
    ),
    Hint.NOT_TAKEN: gettext_noop(
        "“%(item)s” is under review or approved: what stands in the column “%(header)s” was left out."
    ),
    Hint.UNIT_BY_ANNUAL: gettext_noop(
        "“%(target)s”: no unit is named; the annual target is the plan's in %(unit)s, so the "
        "figure was taken so."
    ),
    Skip.BLANK_ROW: gettext_noop("Blank row"),
    Skip.HEADER_AGAIN: gettext_noop("Header repeated"),
    Skip.COLUMN_NUMBERS: gettext_noop("Column numbers"),
    Skip.TOTAL: gettext_noop("Total row"),
    Skip.SECTION: gettext_noop("Section title"),
    Skip.FOOTNOTE: gettext_noop("Note or signature"),
    Skip.NOT_FILLED: gettext_noop("No figure of this period (not reported)"),
    Skip.NO_FIGURE: gettext_noop("No indicator of the plan, and no number"),
    Skip.NOT_OF_PLAN: gettext_noop("No indicator of this plan, left out as chosen"),
    Skip.NO_TARGET_SET: gettext_noop("No target was set there (–)"),
    Skip.NOT_DUE_DASH: gettext_noop("Not due in this period"),
    Skip.OTHER_UNIT: gettext_noop("Reported by %(unit)s"),
    Skip.SAME_AGAIN: gettext_noop("Repeats row %(row)s"),
}
