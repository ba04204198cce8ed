"""Figures that look wrong: warnings that are shown, answered and kept, and never block. Pure: no Django.

Source of the rules: the domain description, section 4 ("Warn, never block, when a figure looks wrong"). Each
rule answers None where what it compares is not known: a missing number is never taken for zero.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from functools import cached_property

from targets.enums import Comparison, Measure
from targets.units import (
    COUNTED,
    Dimension,
    InexactConversion,
    Unit,
    convert,
    figure_text,
    gettext_noop,
    smaller_units,
)

TIMES_TARGET = 100  # a figure this many times the year's target was typed in another unit
TIMES_PREVIOUS = 1000  # the same against the figure before it
PERCENT = 100
GROWTH_TOLERANCE = Decimal("0.5")  # 个百分点
PARTS_TOLERANCE = Decimal("0.005")  # share of the whole by which the districts' sum may differ
ON_PACE_TIMES = 4

# Between these multiples of the target, or else of the figure before it, a converted figure is plausible.
_TARGET_SPAN = (Decimal("0.01"), Decimal(3))
_PREVIOUS_SPAN = (Decimal("0.5"), Decimal(100))


class WarningCode(StrEnum):
    """What looks wrong about a figure."""

    NEGATIVE = "NEGATIVE"
    CUMULATIVE_FELL = "CUMULATIVE_FELL"
    LATER_IS_LESS = "LATER_IS_LESS"
    STOCK_FELL = "STOCK_FELL"
    TIMES_TARGET = "TIMES_TARGET"
    TIMES_TARGET_UNIT = "TIMES_TARGET_UNIT"
    TIMES_PREVIOUS = "TIMES_PREVIOUS"
    TIMES_PREVIOUS_UNIT = "TIMES_PREVIOUS_UNIT"
    FRACTION_OF_PERCENT = "FRACTION_OF_PERCENT"
    GROWTH_DIFFERS = "GROWTH_DIFFERS"
    RISE_EXCEEDS_FLOW = "RISE_EXCEEDS_FLOW"
    ALWAYS_ON_PACE = "ALWAYS_ON_PACE"
    PARTS_DIFFER = "PARTS_DIFFER"
    LIST_DIFFERS = "LIST_DIFFERS"


# Worth knowing and often right as it is: shown, without asking the reporter for an answer.
NOTICES = frozenset({WarningCode.STOCK_FELL, WarningCode.PARTS_DIFFER})

MESSAGES: dict[WarningCode, str] = {
    WarningCode.NEGATIVE: gettext_noop(
        "%(value)s %(unit)s is below zero: check the sign, or say why (for example a correction)."
    ),
    WarningCode.CUMULATIVE_FELL: gettext_noop(
        "The cumulative figure falls from %(previous)s to %(value)s %(unit)s: check both, "
        "or say why (for example a correction by the statistics office)."
    ),
    WarningCode.LATER_IS_LESS: gettext_noop(
        "The cumulative figure of a later period, %(later)s %(unit)s, is below this one, %(value)s %(unit)s: "
        "check both, or correct the later one too."
    ),
    WarningCode.STOCK_FELL: gettext_noop(
        "Down from %(previous)s to %(value)s %(unit)s since the last report: say why, if it is right."
    ),
    WarningCode.TIMES_TARGET: gettext_noop(
        "%(value)s %(unit)s is %(times)s times the annual target: check the number and its unit."
    ),
    WarningCode.TIMES_TARGET_UNIT: gettext_noop(
        "%(value)s %(unit)s is %(times)s times the annual target; if it was meant in %(other_unit)s, "
        "it is %(converted)s %(unit)s: check the unit."
    ),
    WarningCode.TIMES_PREVIOUS: gettext_noop(
        "%(value)s %(unit)s is %(times)s times the last report: check the number and its unit."
    ),
    WarningCode.TIMES_PREVIOUS_UNIT: gettext_noop(
        "%(value)s %(unit)s is %(times)s times the last report; if it was meant in %(other_unit)s, "
        "it is %(converted)s %(unit)s: check the unit."
    ),
    WarningCode.FRACTION_OF_PERCENT: gettext_noop(
        "%(value)s%(unit)s may have been meant as %(converted)s%(unit)s: "
        "type the number that stands before the %(unit)s sign."
    ),
    WarningCode.GROWTH_DIFFERS: gettext_noop(
        "The published growth is %(published)s%%, while %(value)s against last year's %(last_year)s is "
        "%(computed)s%%: check the figures, or say why (for example a comparable caliber)."
    ),
    WarningCode.RISE_EXCEEDS_FLOW: gettext_noop(
        "The total rose by %(rise)s, more than the %(flow)s newly added this year: "
        "check both figures, or say how their calibers differ."
    ),
    WarningCode.ALWAYS_ON_PACE: gettext_noop(
        "The figure has been exactly on the expected pace for %(times)s periods in a row: "
        "check that it was counted and not computed from the target."
    ),
    WarningCode.LIST_DIFFERS: gettext_noop(
        "The list “%(file)s” holds %(names)s names, while the figure is %(value)s %(unit)s: "
        "check both, or say why they differ."
    ),
    WarningCode.PARTS_DIFFER: gettext_noop(
        "The units add up to %(total)s %(unit)s, the whole city reports %(value)s %(unit)s, "
        "a difference of %(difference)s: say which caliber differs."
    ),
}


@dataclass(frozen=True)
class FigureWarning:
    """One thing that looks wrong: a code and the named values of its message, as printed."""

    code: WarningCode
    values: dict[str, str]

    @property
    def is_notice(self) -> bool:
        """Whether it is only worth knowing, so that no answer is asked for."""
        return self.code in NOTICES


@dataclass(frozen=True)
class GrowthCheck:
    """A published growth rate in %, and the indicator's values now and in the same period last year."""

    published: Decimal
    value: Decimal
    last_year: Decimal


@dataclass(frozen=True)
class RiseCheck:
    """A stock, its baseline at the start of the year, and the cumulative flow that feeds it, in one unit."""

    stock: Decimal
    baseline: Decimal
    flow: Decimal


@dataclass(frozen=True)
class Known:
    """What is known about one figure when it is typed; all numbers in `unit`, the checks in their own.

    `previous` holds this year's earlier figures in order, None where one is missing, and `expected` what the
    pace asked for in those periods and in this one (one more than `previous`). `later` is this year's next
    figure where an earlier one is corrected. `parts` are the units' figures of an allocated target, None for
    one that did not report. `listed` is the list of names attached to the figure: its file's name and how
    many names it holds. A related figure that is being typed itself stands in its check as typed.
    """

    measure: Measure
    unit: Unit
    value: Decimal
    comparison: Comparison = Comparison.AT_LEAST
    target: Decimal | None = None
    previous: tuple[Decimal | None, ...] = ()
    later: Decimal | None = None
    expected: tuple[Decimal | None, ...] = ()
    last_year: Decimal | None = None
    growth: GrowthCheck | None = None
    rise: RiseCheck | None = None
    parts: tuple[Decimal | None, ...] = ()
    parts_tolerance: Decimal = PARTS_TOLERANCE
    listed: tuple[str, int] | None = None

    @cached_property
    def last(self) -> Decimal | None:
        """The latest figure of this year before this one."""
        return next((value for value in reversed(self.previous) if value is not None), None)


def check_figure(known: Known) -> list[FigureWarning]:
    """Everything that looks wrong about a figure, gravest first; empty where nothing does.

    Source: the domain description, section 4, and the demonstration's stories 1, 3, 4, 13 and 17.
    """
    return [found for rule in _RULES if (found := rule(known)) is not None]


def _wrong_unit(known: Known) -> FigureWarning | None:
    """At least 100 times the annual target, or 1,000 times the figure before."""
    if known.target and abs(known.value) >= TIMES_TARGET * abs(known.target):
        return _times(known, known.target, WarningCode.TIMES_TARGET, WarningCode.TIMES_TARGET_UNIT)
    changes_freely = known.measure is Measure.GROWTH  # from 0.01% to 12% is no wrong unit
    if known.last and not changes_freely and abs(known.value) >= TIMES_PREVIOUS * abs(known.last):
        return _times(known, known.last, WarningCode.TIMES_PREVIOUS, WarningCode.TIMES_PREVIOUS_UNIT)
    return None


def _times(known: Known, base: Decimal, plain: WarningCode, with_unit: WarningCode) -> FigureWarning:
    values = {
        "value": figure_text(known.value),
        "unit": known.unit.name,
        "times": f"{_rounded(abs(known.value / base)):f}",
    }
    for other in smaller_units(known.unit):
        converted = _read_in(other, known)
        if _is_plausible(converted, known):
            more = {"other_unit": other.name, "converted": figure_text(converted)}
            return FigureWarning(with_unit, values | more)
    return FigureWarning(plain, values)


def _read_in(other: Unit, known: Known) -> Decimal:
    """What the typed number is if it was meant in another unit."""
    try:
        return convert(known.value, other, known.unit)
    except InexactConversion as problem:
        return problem.rounded


def _is_plausible(converted: Decimal, known: Known) -> bool:
    """Whether a figure read in a smaller unit fits the target and, for a flow, what was reported before."""
    checks = []
    if known.target:
        checks.append((known.target, _TARGET_SPAN))
    if known.last and (known.measure is Measure.FLOW or not known.target):
        checks.append((known.last, _PREVIOUS_SPAN))
    return all(low <= converted / base <= high for base, (low, high) in checks)


def _fraction(known: Known) -> FigureWarning | None:
    """0.289 in a column of %, where everything else says about 30."""
    references = [number for number in (known.last, known.last_year, known.target) if number]
    if known.unit.dimension != Dimension.SHARE or not references or not 0 < abs(known.value) <= 1:
        return None
    converted = known.value * PERCENT
    if not all(Decimal("0.5") <= converted / number <= Decimal(2) for number in references):
        return None
    values = {"value": figure_text(known.value), "unit": known.unit.name, "converted": figure_text(converted)}
    return FigureWarning(WarningCode.FRACTION_OF_PERCENT, values)


def _negative(known: Known) -> FigureWarning | None:
    """Below zero is usual for a growth rate alone."""
    if known.measure is Measure.GROWTH or known.value >= 0:
        return None
    return FigureWarning(WarningCode.NEGATIVE, _values(known))


def _fell(known: Known) -> FigureWarning | None:
    """A cumulative figure must not fall; a stock may, and it is worth knowing."""
    codes = {Measure.FLOW: WarningCode.CUMULATIVE_FELL, Measure.STOCK: WarningCode.STOCK_FELL}
    code = codes.get(known.measure)
    if code is None or known.last is None or known.value >= known.last:
        return None
    return FigureWarning(code, _values(known, previous=known.last))


def _later_is_less(known: Known) -> FigureWarning | None:
    """A corrected cumulative figure that overtakes the one after it."""
    if known.measure is not Measure.FLOW or known.later is None or known.value <= known.later:
        return None
    return FigureWarning(WarningCode.LATER_IS_LESS, _values(known, later=known.later))


def _growth_differs(known: Known) -> FigureWarning | None:
    """Published 19.2% while 398.0 ÷ 337.2 − 1 is 18.0%: more than half a percentage point apart."""
    growth = known.growth
    if growth is None or growth.last_year <= 0:
        return None
    computed = (growth.value / growth.last_year - 1) * PERCENT
    if abs(growth.published - computed) <= GROWTH_TOLERANCE:
        return None
    values = {
        "published": figure_text(growth.published),
        "value": figure_text(growth.value),
        "last_year": figure_text(growth.last_year),
        "computed": f"{_rounded(computed):,f}".replace("-", "−"),
    }
    return FigureWarning(WarningCode.GROWTH_DIFFERS, values)


def _rise_exceeds_flow(known: Known) -> FigureWarning | None:
    """1321 − 1113 = 208 more enterprises in all, while 163 were newly recognised."""
    if known.rise is None:
        return None
    rise = known.rise.stock - known.rise.baseline
    if rise <= known.rise.flow:
        return None
    values = {"rise": figure_text(rise), "flow": figure_text(known.rise.flow)}
    return FigureWarning(WarningCode.RISE_EXCEEDS_FLOW, values)


def _always_on_pace(known: Known) -> FigureWarning | None:
    """Four periods running exactly on pace; what stays put once the target was reached is done once."""
    figures = (*known.previous, known.value)
    if known.target is None or len(known.expected) != len(figures):
        return None
    times = 0
    reached = False
    for figure, expected in zip(figures, known.expected, strict=True):
        times = times + 1 if _is_exactly(figure, expected) and not reached else 0
        reached = reached or (figure is not None and _is_reached(figure, known))
    if times < ON_PACE_TIMES:
        return None
    return FigureWarning(WarningCode.ALWAYS_ON_PACE, {"times": str(times)})


def _is_exactly(figure: Decimal | None, expected: Decimal | None) -> bool:
    """Equal as it stands, or to the expected value rounded to the decimals that the figure has."""
    if not figure or not expected:
        return False
    exponent = figure.normalize().as_tuple().exponent
    decimals = -exponent if isinstance(exponent, int) and exponent < 0 else 0
    return figure == expected or (decimals > 0 and figure == _rounded(expected, decimals))


def _is_reached(figure: Decimal, known: Known) -> bool:
    at_least = known.comparison in (Comparison.AT_LEAST, Comparison.MORE_THAN)
    return at_least and known.target is not None and figure >= known.target


def _parts_differ(known: Known) -> FigureWarning | None:
    """The districts' sum against the whole; one that did not report may explain a sum that is too small."""
    reported = [part for part in known.parts if part is not None]
    if not reported or known.measure not in (Measure.FLOW, Measure.STOCK):
        return None
    total = sum(reported, Decimal(0))
    incomplete = len(reported) < len(known.parts)
    difference = total - known.value
    if abs(difference) <= known.parts_tolerance * abs(known.value) or (incomplete and difference < 0):
        return None
    return FigureWarning(WarningCode.PARTS_DIFFER, _values(known, total=total, difference=abs(difference)))


def _list_differs(known: Known) -> FigureWarning | None:
    """160 names attached to a figure of 163; a list behind an amount of money counts nothing."""
    if known.listed is None or known.unit.dimension not in COUNTED | {Dimension.COUNT}:
        return None
    file, names = known.listed
    if known.value * known.unit.factor == names:
        return None
    return FigureWarning(WarningCode.LIST_DIFFERS, _values(known) | {"file": file, "names": f"{names:,}"})


def _values(known: Known, **numbers: Decimal) -> dict[str, str]:
    printed = {name: figure_text(number) for name, number in numbers.items()}
    return {"value": figure_text(known.value), "unit": known.unit.name} | printed


def _rounded(number: Decimal, decimals: int = 1) -> Decimal:
    return number.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)


_RULES: tuple[Callable[[Known], FigureWarning | None], ...] = (
    _wrong_unit,
    _fraction,
    _negative,
    _fell,
    _later_is_less,
    _growth_differs,
    _rise_exceeds_flow,
    _always_on_pace,
    _parts_differ,
    _list_differs,
)
