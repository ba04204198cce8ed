"""Numbers and dates as government tables print them. Pure: no Django, no language, no clock.

Thousands separators from four digits (years and document numbers never come here), fixed decimals, half up,
a real minus sign (U+2212), dates without leading zeros. A missing number has no print: the caller decides
between 未报送, 不适用 and "–".
Source: the domain description, sections 5 and 6.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Context, Decimal

MINUS = "\u2212"
# Zero, and the yellow floor in percentage points: what a distance must not seem to stand on when it does not.
THRESHOLDS = (Decimal(0), Decimal(-10))
# More digits than any stored number has, so that only the printed decimals round.
EXACT = Context(prec=100, rounding=ROUND_HALF_UP)


def round_half_up(value: Decimal | int, decimals: int) -> Decimal:
    """`value` to a fixed number of decimals, halves away from zero: −5.65 → −5.7, −0.04 → 0.0 (no −0)."""
    rounded = EXACT.quantize(Decimal(value), Decimal(1).scaleb(-decimals))
    return rounded if rounded else abs(rounded)


def format_number(value: Decimal | int, decimals: int = 0, *, signed: bool = False) -> str:
    """“6,725.0”: grouped, with fixed decimals; `signed` puts + before what prints above zero."""
    rounded = round_half_up(value, decimals)
    sign = MINUS if rounded < 0 else "+" if signed and rounded > 0 else ""
    return f"{sign}{abs(rounded):,f}"


def format_percent(fraction: Decimal, decimals: int = 1) -> str:
    """“44.3%” from the fraction 0.443; uncapped."""
    return f"{format_number(EXACT.multiply(fraction, 100), decimals)}%"


def format_plain(value: Decimal | int) -> str:
    """“6,725” from 6725.0000, “2.9” from 2.90: all digits that count, grouped."""
    return format_number(value, natural_decimals(value))


def natural_decimals(value: Decimal | int) -> int:
    """How many decimals `value` needs to be printed in full: 2 for 342.8900."""
    exponent = EXACT.normalize(Decimal(value)).as_tuple().exponent
    if not isinstance(exponent, int):
        raise ValueError(f"{value} is not a number that can be printed")
    return max(0, -exponent)


def format_gap(
    value: Decimal | int, thresholds: Sequence[Decimal | int] = THRESHOLDS, decimals: int = 1
) -> str:
    """“+7.0”, “−0.02”: a signed difference with at least `decimals` decimals.

    It gets as many more as it needs where it would print as one of the thresholds without being it: −0.02
    never prints as −0.0, nor −10.004 as −10.0.
    """
    return format_number(value, gap_decimals(value, thresholds, decimals), signed=True)


def gap_decimals(value: Decimal | int, thresholds: Sequence[Decimal | int], decimals: int) -> int:
    """The fewest decimals, from `decimals` on, at which `value` does not print as a threshold it is not."""
    most = max(decimals, natural_decimals(value))
    return next((count for count in range(decimals, most) if is_told_apart(value, thresholds, count)), most)


def is_told_apart(value: Decimal | int, thresholds: Sequence[Decimal | int], decimals: int) -> bool:
    """Whether `value`, printed with `decimals`, differs from every threshold that it differs from."""
    return all(
        value == threshold or round_half_up(value, decimals) != round_half_up(threshold, decimals)
        for threshold in thresholds
    )


def format_date_cn(day: date) -> str:
    """“2026年9月30日”."""
    return f"{day.year}年{day.month}月{day.day}日"
