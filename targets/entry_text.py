"""What people type or paste into a number cell, and what a workbook's cell holds, read as a figure.

Pure: no Django.

Source of the rules: the domain description, section 4 ("Accept what people paste", "Missing is not zero",
"Decimal only").

Three answers are different: a number (0 included), nothing reported (blank, 未报送), and not applicable
(不适用, N/A). A dash, a slash or 无 may mean any of the three, so a person is asked. Nothing is rounded:
what needs more than six decimals in the column's unit is refused with the rounded value to type.

A bare multiplier belongs to the column's base unit: `1.2万` is 12,000 in a column of 家, and 1.2万元, that is
0.00012, in a column of 亿元. Whatever was converted is echoed.
"""

from __future__ import annotations

import datetime
import re
import unicodedata
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal, localcontext
from enum import StrEnum

from targets.units import (
    EXACT_DIGITS,
    MULTIPLIERS,
    DimensionMismatch,
    InexactConversion,
    Unit,
    UnknownUnit,
    convert,
    figure_text,
    gettext_noop,
    parse_unit,
    plain,
    with_multiplier,
)

MAX_INTEGER_DIGITS = 18
MAX_DECIMALS = 6
MAX_TEXT = 100
_SHOWN_TEXT = 40
_EXCEL_DIGITS = 15  # what Excel itself keeps of a number


class EntryCode(StrEnum):
    """What can be wrong with the text of a number cell."""

    NOT_A_NUMBER = "NOT_A_NUMBER"
    AMBIGUOUS_EMPTY = "AMBIGUOUS_EMPTY"
    TWO_NUMBERS = "TWO_NUMBERS"
    BAD_GROUPING = "BAD_GROUPING"
    SIGN_TWICE = "SIGN_TWICE"
    APPROXIMATE = "APPROXIMATE"
    UNKNOWN_UNIT = "UNKNOWN_UNIT"
    OTHER_DIMENSION = "OTHER_DIMENSION"
    PERCENT_SIGN = "PERCENT_SIGN"
    TOO_LARGE = "TOO_LARGE"
    TOO_MANY_DECIMALS = "TOO_MANY_DECIMALS"
    FORMULA = "FORMULA"
    CELL_ERROR = "CELL_ERROR"
    DATE = "DATE"
    BOOLEAN = "BOOLEAN"


MESSAGES: dict[EntryCode, str] = {
    EntryCode.NOT_A_NUMBER: gettext_noop(
        "“%(text)s” is not a number: type a number in %(unit)s, leave the cell blank, or type 不适用."
    ),
    EntryCode.AMBIGUOUS_EMPTY: gettext_noop(
        "“%(text)s” may mean zero, not reported or not applicable: "
        "type 0, leave the cell blank, or type 不适用."
    ),
    EntryCode.TWO_NUMBERS: gettext_noop(
        "“%(text)s” holds more than one number: type the one figure in %(unit)s."
    ),
    EntryCode.BAD_GROUPING: gettext_noop(
        "The separators in “%(text)s” do not stand at every third digit: type the number without separators."
    ),
    EntryCode.SIGN_TWICE: gettext_noop(
        "“%(text)s” has more than one sign (brackets mean minus): type one minus sign, or none."
    ),
    EntryCode.APPROXIMATE: gettext_noop(
        "“%(text)s” is only approximate: type the exact figure in %(unit)s and put the rest into the note."
    ),
    EntryCode.UNKNOWN_UNIT: gettext_noop(
        "“%(tail)s” in “%(text)s” is not a unit: "
        "type the number in %(unit)s and put other words into the note."
    ),
    EntryCode.OTHER_DIMENSION: gettext_noop(
        "“%(text)s” is in %(source)s, but the figure is due in %(unit)s, which measures something else: "
        "type the number in %(unit)s."
    ),
    EntryCode.PERCENT_SIGN: gettext_noop(
        "“%(text)s” is a percentage, but the figure is due in %(unit)s: type the number in %(unit)s."
    ),
    EntryCode.TOO_LARGE: gettext_noop(
        "“%(text)s” has more than %(digits)s digits before the decimal point: "
        "check the number and its unit, %(unit)s."
    ),
    EntryCode.TOO_MANY_DECIMALS: gettext_noop(
        "“%(text)s” has more than %(decimals)s decimals in %(unit)s: "
        "type the rounded number, for example %(rounded)s."
    ),
    EntryCode.FORMULA: gettext_noop(
        "The cell holds a formula (%(text)s): paste its result as a value, so that the figure cannot change."
    ),
    EntryCode.CELL_ERROR: gettext_noop(
        "The cell holds an error (%(text)s): correct the formula in your workbook and enter its value."
    ),
    EntryCode.DATE: gettext_noop(
        "“%(text)s” is a date: format the cell as a number and type the figure in %(unit)s again."
    ),
    EntryCode.BOOLEAN: gettext_noop("The cell holds true or false (%(text)s): type a number in %(unit)s."),
}


class EntryProblem(ValueError):
    """A cell that cannot be read: `code` and the named values of its message."""

    def __init__(self, code: EntryCode, **values: str) -> None:
        super().__init__(f"{code} {values}")
        self.code = code
        self.values = values


@dataclass(frozen=True)
class Entry:
    """What a cell says. `value` is in the column's unit; None with `not_applicable` False means not reported.

    `echo` is what was understood ("1.2亿元"), where something was converted.
    """

    value: Decimal | None
    not_applicable: bool = False
    echo: str | None = None


BLANK = Entry(None)
NOT_APPLICABLE = Entry(None, not_applicable=True)

_NOT_REPORTED = frozenset({"", "未报送", "未报"})
_NOT_APPLICABLE = frozenset({"不适用", "n/a", "na", "n.a.", "not applicable"})
_NONE_WORDS = frozenset({"/", "//", "\\", "无", "暂无", "没有", "none", "nil"})

_HALF_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_HALF_WIDTH |= {0x3000: 0x20, ord("。"): ord("."), ord("﹪"): ord("%"), ord("﹣"): ord("-")}
_DASHES = str.maketrans(dict.fromkeys("−–—―‐‑‒─", "-"))
_PERCENT = parse_unit("%")

_NUMBER = re.compile(
    r"""(?: (?P<comma>  [0-9]{1,3} (?:,[0-9]{3})+ (?![0-9]) )
          | (?P<spaced> [0-9]{1,3} (?:[ \u00a0\u2007\u2009\u202f][0-9]{3})+ )
          | (?P<digits> [0-9]* ) )
        (?: \. (?P<fraction>[0-9]*) )?
        (?: [eE] (?P<exponent>[+-]?[0-9]{1,4}) (?![0-9]) )?""",
    re.VERBOSE,
)
_DATE = re.compile(r"[0-9]{4}([-/.])[0-9]{1,2}\1[0-9]{1,2}(?![0-9])|([0-9]{2,4}年)?[0-9]{1,2}月[0-9]{1,2}日?")
_APPROXIMATE_BEFORE = re.compile(r"(约|大约|近|超|超过|逾|不少于|≥|≤|>|<|~|≈)\s*[0-9]")
_APPROXIMATE_AFTER = re.compile(r"[余多+]|.*(左右|上下|以上|以下|以内|多)$")


@dataclass(frozen=True)
class _Cell:
    """The text, the unit of the figure, and the one in which a bare number stands."""

    text: str
    unit: Unit
    given: Unit

    @property
    def shown(self) -> str:
        """The text as problems show it."""
        return _shown(self.text)

    def problem(self, code: EntryCode, **more: str) -> EntryProblem:
        return EntryProblem(code, text=self.shown, unit=self.unit.name, **more)


def parse_entry(text: str, unit: Unit, *, given: Unit | None = None) -> Entry:
    """The figure that `text` gives in `unit`, blank (not reported) or not applicable.

    `given` is the unit in which a bare number stands, where that is another one (a column of 万元).
    Raises EntryProblem. Source: the domain description, section 4.
    """
    cell = _Cell(text, unit, given or unit)
    if len(text) > MAX_TEXT:
        raise cell.problem(EntryCode.NOT_A_NUMBER)
    tidy = _tidy(text)
    if tidy.lower() in _NOT_REPORTED:
        return BLANK
    if tidy.lower() in _NOT_APPLICABLE:
        return NOT_APPLICABLE
    code = _refused(tidy)
    if code is not None:
        raise cell.problem(code)
    return _read(tidy, cell, dashed=any(dash in text for dash in "–—―‐‑‒─"))


def from_cell(
    value: object, unit: Unit, number_format: str = "General", *, given: Unit | None = None
) -> Entry:
    """The figure that a workbook's cell gives in `unit`; blank (None) means not reported.

    `given` is the unit in which a bare number stands, where that is another one. `number_format` is the
    cell's own: 0.3 shown as `0%` is 30%. A float becomes Decimal(repr(float)); digits beyond the fifteenth,
    which Excel does not keep, are noise of a computed cell and are dropped.
    Raises EntryProblem. Source: the domain description, section 4.
    """
    if value is None:
        return BLANK
    if isinstance(value, str):
        return parse_entry(value, unit, given=given)
    cell = _Cell(_cell_text(value), unit, given or unit)
    number = _cell_number(value, cell)
    if not is_percent_format(number_format) or abs(number) >= 10**MAX_INTEGER_DIGITS:
        return _settle(number, cell.given, cell, converted=False)
    with localcontext(Context(prec=EXACT_DIGITS)):
        number *= 100
    percentage = _Cell(f"{figure_text(number)}%", unit, cell.given)
    return _settle(number, _PERCENT, percentage, converted=True)


def is_percent_format(number_format: str) -> bool:
    """Whether Excel shows the number as a percentage, a hundred times larger; a quoted % is only text."""
    return "%" in number_format and "%" in re.sub(r'"[^"]*"|\\.|\[[^\]]*\]|_.', "", number_format)


def _shown(text: str) -> str:
    """The beginning of what was typed, fit for a message."""
    line = "".join(
        character if character.isprintable() else " " for character in text[: 4 * MAX_TEXT]
    ).strip()
    return line if len(line) <= _SHOWN_TEXT else line[:_SHOWN_TEXT] + "…"


def _tidy(text: str) -> str:
    """Half width, hyphens for all dashes, no invisible characters, nothing blank at the ends.

    Superscripts and circled digits stay what they are: 1200¹ is not 12001.
    """
    visible = "".join(character for character in text if unicodedata.category(character) != "Cf")
    return visible.translate(_HALF_WIDTH).translate(_DASHES).strip().strip("\0")


def _refused(tidy: str) -> EntryCode | None:
    """Why the text cannot be a figure, where its kind alone says so."""
    lower = tidy.lower()
    kinds = (
        (EntryCode.AMBIGUOUS_EMPTY, not tidy.strip("-") or lower in _NONE_WORDS),
        (EntryCode.FORMULA, tidy.startswith("=")),
        (EntryCode.CELL_ERROR, tidy.startswith("#")),
        (EntryCode.DATE, _DATE.match(tidy)),
        (EntryCode.BOOLEAN, lower in {"true", "false"}),
        (EntryCode.APPROXIMATE, _APPROXIMATE_BEFORE.match(tidy)),
    )
    return next((code for code, found in kinds if found), None)


def _read(tidy: str, cell: _Cell, *, dashed: bool) -> Entry:
    """Sign, number, then a multiplier or a unit."""
    body, negative, bracketed = _sign(tidy, cell)
    match = _NUMBER.match(body)
    if match is None or not (match["comma"] or match["spaced"] or match["digits"] or match["fraction"]):
        raise cell.problem(EntryCode.NOT_A_NUMBER)
    whole = re.sub(r"[^0-9]", "", match["comma"] or match["spaced"] or match["digits"] or "0")
    number = Decimal(f"{whole}.{match['fraction'] or '0'}E{match['exponent'] or '0'}")
    source = _tail_unit(body[match.end() :].strip(), cell)
    odd = bracketed or (negative and dashed) or bool(match["spaced"]) or match["exponent"] is not None
    return _settle(number.copy_negate() if negative else number, source, cell, converted=odd)


def _sign(tidy: str, cell: _Cell) -> tuple[str, bool, bool]:
    """What follows the sign, whether it is negative, and whether brackets said so."""
    negative = tidy.startswith("-")
    body = tidy[1:].lstrip() if tidy[:1] in ("-", "+") else tidy
    signed = body is not tidy
    bracketed = re.match(r"\(([^()]*)\)(.*)$", body, re.DOTALL)
    inner = bracketed[1].strip() if bracketed else body
    if inner[:1] in ("-", "+") or (signed and bracketed):
        raise cell.problem(EntryCode.SIGN_TWICE)
    if not bracketed:
        return body, negative, False
    return f"{inner}\n{bracketed[2]}", True, True  # the line break keeps two numbers apart


def _tail_unit(tail: str, cell: _Cell) -> Unit:
    """The unit that stands after the number, the column's own where nothing does."""
    if not tail:
        return cell.given
    try:
        return with_multiplier(cell.given, tail) if tail in MULTIPLIERS else parse_unit(tail)
    except UnknownUnit:
        raise cell.problem(_tail_code(tail), tail=_shown(tail)) from None


def _tail_code(tail: str) -> EntryCode:
    if re.match(r",\s*[0-9]", tail):
        return EntryCode.BAD_GROUPING
    if re.search(r"[0-9]", tail):
        return EntryCode.TWO_NUMBERS
    if _APPROXIMATE_AFTER.match(tail):
        return EntryCode.APPROXIMATE
    return EntryCode.UNKNOWN_UNIT


def _settle(number: Decimal, source: Unit, cell: _Cell, *, converted: bool) -> Entry:
    """The figure in the column's unit, within the limits."""
    if number and not -40 < number.adjusted() < 40:  # beyond every unit's factor: no need to convert
        raise _beyond(number, cell)
    try:
        value = convert(number, source, cell.unit)
    except DimensionMismatch:
        code = EntryCode.PERCENT_SIGN if source == _PERCENT else EntryCode.OTHER_DIMENSION
        raise cell.problem(code, source=source.name) from None
    except InexactConversion as problem:
        raise _beyond(problem.rounded, cell) from None
    value = plain(value)
    if value and (value.adjusted() >= MAX_INTEGER_DIGITS or int(value.as_tuple().exponent) < -MAX_DECIMALS):
        raise _beyond(value, cell)
    echoed = converted or source.name != cell.unit.name
    return Entry(value, echo=f"{figure_text(value)}{cell.unit.name}" if echoed else None)


def _beyond(value: Decimal, cell: _Cell) -> EntryProblem:
    """The problem of a value with too many digits before or after the decimal point."""
    if value and value.adjusted() >= MAX_INTEGER_DIGITS:
        return cell.problem(EntryCode.TOO_LARGE, digits=str(MAX_INTEGER_DIGITS))
    with localcontext(Context(prec=EXACT_DIGITS)):
        rounded = value.quantize(Decimal(1).scaleb(-MAX_DECIMALS), ROUND_HALF_UP)
    return cell.problem(EntryCode.TOO_MANY_DECIMALS, decimals=str(MAX_DECIMALS), rounded=figure_text(rounded))


def _cell_text(value: object) -> str:
    """What a problem shows of a cell that is not text; never a number of a million digits."""
    if isinstance(value, int) and abs(value) >= 10**MAX_INTEGER_DIGITS:
        return f"{Decimal(value):.6E}"
    if isinstance(value, (int, float, Decimal, datetime.date, datetime.time, datetime.timedelta)):
        return str(value)
    return type(value).__name__


def _cell_number(value: object, cell: _Cell) -> Decimal:
    if isinstance(value, bool):
        raise cell.problem(EntryCode.BOOLEAN)
    if isinstance(value, (datetime.date, datetime.time, datetime.timedelta)):
        raise cell.problem(EntryCode.DATE)
    if type(value).__name__ in {"ArrayFormula", "DataTableFormula"}:  # openpyxl's classes
        raise cell.problem(EntryCode.FORMULA)
    if not isinstance(value, (int, float, Decimal)):
        raise cell.problem(EntryCode.NOT_A_NUMBER)
    number = _from_float(value) if isinstance(value, float) else Decimal(value)
    if not number.is_finite():
        raise cell.problem(EntryCode.CELL_ERROR)
    return number


def _from_float(value: float) -> Decimal:
    number = Decimal(repr(value))
    if len(number.as_tuple().digits) > _EXCEL_DIGITS and not value.is_integer():
        return Decimal(f"{value:.{_EXCEL_DIGITS}g}")
    return number
