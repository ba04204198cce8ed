"""What is typed or stands in a cell where a part of a target gets its value. Pure: no Django.

Three answers are different: blank says nothing, “–” says that no target is set there, and a number is the
value, 0 included. Source: the domain description, section 3 ("split").
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from accounts.text import gettext_noop
from targets.entry_text import MESSAGES as ENTRY_MESSAGES
from targets.entry_text import EntryCode, EntryProblem, from_cell
from targets.units import DimensionMismatch, InexactConversion, Unit, convert, plain

NO_TARGET = "–"
DASHES = frozenset("–—-－―‐‑‒─") | {"——", "--"}
MAX_DECIMALS = 6


class PartCode(StrEnum):
    """What is wrong with a part's cell beyond what is wrong with any number."""

    NOT_APPLICABLE = "PART_NOT_APPLICABLE"
    NOT_A_NUMBER = "PART_NOT_A_NUMBER"
    AMBIGUOUS = "PART_AMBIGUOUS"
    TOO_FINE = "PART_TOO_FINE"


_OWN_WORDS = {EntryCode.NOT_A_NUMBER: PartCode.NOT_A_NUMBER, EntryCode.AMBIGUOUS_EMPTY: PartCode.AMBIGUOUS}


MESSAGES: dict[str, str] = {
    PartCode.NOT_APPLICABLE: gettext_noop("不适用 is no target: type “–” where no target is set."),
    PartCode.NOT_A_NUMBER: gettext_noop(
        "“%(text)s” is not a number: type a number in %(unit)s, or “–” where no target is set."
    ),
    PartCode.AMBIGUOUS: gettext_noop(
        "“%(text)s” may mean zero or no target: type 0, “–” where no target is set, or leave the cell blank."
    ),
    PartCode.TOO_FINE: gettext_noop(
        "The value has more than %(decimals)s decimals in %(unit)s: give the rounded value."
    ),
    **{code.value: message for code, message in ENTRY_MESSAGES.items()},
}


class PartProblem(ValueError):
    """A cell that cannot be taken: `code` and the named values of its message."""

    def __init__(self, code: str, **values: str) -> None:
        super().__init__(f"{code} {values}")
        self.code = code
        self.values = values


@dataclass(frozen=True)
class PartValue:
    """What a cell says: nothing (`is_blank`), that no target is set (value None), or a value."""

    value: Decimal | None = None
    is_blank: bool = False


BLANK = PartValue(is_blank=True)


def part_value(
    cell: object, unit: Unit, number_format: str = "General", *, given_in: Unit | None = None
) -> PartValue:
    """What the cell says, in the target's unit; `given_in` is the unit that the column's header names.

    Raises PartProblem.
    """
    if cell is None or (isinstance(cell, str) and not cell.strip()):
        return BLANK
    if isinstance(cell, str) and cell.strip() in DASHES:
        return PartValue()
    try:
        entry = from_cell(cell, given_in or unit, number_format)
    except EntryProblem as problem:
        code = _OWN_WORDS.get(problem.code, problem.code)
        raise PartProblem(code, **problem.values) from problem
    if entry.not_applicable:
        raise PartProblem(PartCode.NOT_APPLICABLE)
    if entry.value is None:
        return BLANK
    return PartValue(_in_unit(entry.value, given_in or unit, unit))


def _in_unit(value: Decimal, source: Unit, unit: Unit) -> Decimal:
    """The value in the target's unit; the two measure the same thing (see `matrix.py`)."""
    try:
        found = plain(convert(value, source, unit))
    except (InexactConversion, DimensionMismatch):
        raise PartProblem(PartCode.TOO_FINE, decimals=str(MAX_DECIMALS), unit=unit.name) from None
    exponent = found.as_tuple().exponent
    if isinstance(exponent, int) and -exponent > MAX_DECIMALS:
        raise PartProblem(PartCode.TOO_FINE, decimals=str(MAX_DECIMALS), unit=unit.name)
    return found
