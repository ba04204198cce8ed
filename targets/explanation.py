"""The light explains itself: the arithmetic behind one stored progress row, as steps to be put into words.

Pure: no Django. A step is a key and numbers that are already printed; the sentences of SENTENCES are gettext
source strings, which the pages translate and fill in. Nothing here decides a light: the row did.
Source: the domain description, section 5, "The light explains itself" and the paragraph on rounding.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from accounts.text import gettext_noop
from targets.enums import Commitment, Comparison, Light, Measure, Word
from targets.formatting import (
    EXACT,
    format_gap,
    format_number,
    format_plain,
    gap_decimals,
    is_told_apart,
    natural_decimals,
    round_half_up,
)

PERCENT = "%"
STORED_DECIMALS = 8  # of a percentage: rates are stored as fractions with ten
UPWARD = (Comparison.AT_LEAST, Comparison.MORE_THAN)


class StepKey(StrEnum):
    """Which sentence a step is told with."""

    RATE = "RATE"
    USED = "USED"
    RATE_AT_END = "RATE_AT_END"
    WAY = "WAY"
    PACE = "PACE"
    GAP = "GAP"
    DIFFERENCE = "DIFFERENCE"
    DIFFERENCE_POINTS = "DIFFERENCE_POINTS"
    RELATIVE = "RELATIVE"
    ZERO_MET = "ZERO_MET"
    ZERO_MISSED = "ZERO_MISSED"
    MET = "MET"
    EXACTLY = "EXACTLY"
    EXCEEDED = "EXCEEDED"
    NO_BASELINE = "NO_BASELINE"
    AT_WORST_YELLOW = "AT_WORST_YELLOW"
    REPORTED = "REPORTED"
    NO_TARGET = "NO_TARGET"
    NOT_APPLICABLE = "NOT_APPLICABLE"
    ANNUAL = "ANNUAL"
    NOT_YET = "NOT_YET"
    NOT_DUE = "NOT_DUE"
    NOT_REPORTED = "NOT_REPORTED"
    PARTIAL_SUM = "PARTIAL_SUM"
    UNITS_MISSING = "UNITS_MISSING"
    VERDICT = "VERDICT"


SENTENCES: dict[StepKey, str] = {
    # Translators: 累计 %(actual)s ÷ %(target)s = %(rate)s
    StepKey.RATE: gettext_noop("Cumulative %(actual)s ÷ %(target)s = %(rate)s"),
    # Translators: 已使用 %(actual)s ÷ %(target)s = %(rate)s
    StepKey.USED: gettext_noop("Used %(actual)s ÷ %(target)s = %(rate)s"),
    # Translators: 期末 %(actual)s ÷ %(target)s = %(rate)s
    StepKey.RATE_AT_END: gettext_noop("At the period's end %(actual)s ÷ %(target)s = %(rate)s"),
    # Translators: 较基数 (%(actual)s − %(baseline)s) ÷ (%(target)s − %(baseline)s) = %(progress)s
    StepKey.WAY: gettext_noop(
        "From the baseline (%(actual)s − %(baseline)s) ÷ (%(target)s − %(baseline)s) = %(progress)s"
    ),
    # Translators: 序时 %(share)s
    StepKey.PACE: gettext_noop("Expected pace %(share)s"),
    # Translators: 差 %(gap)s 个百分点
    StepKey.GAP: gettext_noop("Difference %(gap)s percentage points"),
    # Translators: %(actual)s − %(target)s = %(gap)s %(unit)s
    StepKey.DIFFERENCE: gettext_noop("%(actual)s − %(target)s = %(gap)s %(unit)s"),
    # Translators: %(actual)s − %(target)s = %(gap)s 个百分点
    StepKey.DIFFERENCE_POINTS: gettext_noop("%(actual)s − %(target)s = %(gap)s percentage points"),
    # Translators: 相当于目标值的 %(distance)s
    StepKey.RELATIVE: gettext_noop("Relative to the target value %(distance)s"),
    # Translators: 目标 %(comparison)s 0,完成 %(actual)s,达到
    StepKey.ZERO_MET: gettext_noop("The target is %(comparison)s 0, and %(actual)s meets it"),
    # Translators: 目标 %(comparison)s 0,完成 %(actual)s,未达到
    StepKey.ZERO_MISSED: gettext_noop("The target is %(comparison)s 0, and %(actual)s misses it"),
    # Translators: 达到目标 %(comparison)s %(target)s
    StepKey.MET: gettext_noop("The target %(comparison)s %(target)s is met"),
    # Translators: 恰为目标值,按严格比较 (%(comparison)s) 不算达到
    StepKey.EXACTLY: gettext_noop("Exactly the target value, which a strict %(comparison)s does not accept"),
    # Translators: 超出限额 %(excess)s %(unit)s
    StepKey.EXCEEDED: gettext_noop("The limit is exceeded by %(excess)s %(unit)s"),
    # Translators: 缺基数,按全年目标值比较
    StepKey.NO_BASELINE: gettext_noop("The baseline is missing, so the full value is compared"),
    # Translators: 缺基数的时点量,末期之前最低为 ▲
    StepKey.AT_WORST_YELLOW: gettext_noop(
        "Without a baseline the light is at worst ▲ before the last period"
    ),
    # Translators: 已报 %(actual)s
    StepKey.REPORTED: gettext_noop("Reported %(actual)s"),
    # Translators: 本期未设目标值
    StepKey.NO_TARGET: gettext_noop("No target value was set"),
    # Translators: 填报为不适用
    StepKey.NOT_APPLICABLE: gettext_noop("Reported as not applicable"),
    # Translators: 年度指标,末期考核
    StepKey.ANNUAL: gettext_noop("An annual indicator is judged in the last period only"),
    # Translators: 本期序时为 0,未到时间
    StepKey.NOT_YET: gettext_noop("The expected pace of this period is 0, and nothing has begun"),
    # Translators: 本期不要求报送
    StepKey.NOT_DUE: gettext_noop("No figure is due in this period"),
    # Translators: 应报,尚无核定数
    StepKey.NOT_REPORTED: gettext_noop("A figure is due, and none is approved yet"),
    # Translators: 已报单位合计 %(actual)s,尚有单位未报,不考核
    StepKey.PARTIAL_SUM: gettext_noop("The units that reported add up to %(actual)s; others are missing"),
    # Translators: 各单位均未报送
    StepKey.UNITS_MISSING: gettext_noop("The units it is the sum of have not reported"),
    # Translators: → %(word)s (规则第%(rule_number)s版)
    StepKey.VERDICT: gettext_noop("→ %(word)s (rule version %(rule_number)s)"),
}


@dataclass(frozen=True)
class Arithmetic:
    """What one stored row says, with what its target is called and printed in."""

    rule_case: int | None
    measure: Measure
    comparison: Comparison
    commitment: Commitment
    target_value: Decimal | None  # in force when the row was computed
    unit: str
    decimals: int  # with which figures of this target are printed
    actual: Decimal | None
    baseline: Decimal | None
    rate: Decimal | None  # fractions: 0.443
    share: Decimal | None
    gap: Decimal | None
    gap_shown: Decimal | None
    gap_is_points: bool
    expected: Decimal | None
    light: Light
    word: Word
    is_last: bool
    missing_baseline: bool
    incomplete: bool
    not_applicable: bool
    rule_number: int
    yellow_floor: Decimal = Decimal("-0.1")


class Step(NamedTuple):
    """A sentence's key and what to fill it with: printed numbers, or members of Word and Comparison, which
    are told by their label."""

    key: StepKey
    values: dict[str, str]


def explain(row: Arithmetic) -> list[Step]:
    """The steps from the figure to the word, in reading order; the last one is always VERDICT.

    The numbers add up as they are printed: rate − pace = difference. Where rounding breaks that, or would
    print the difference as 0 or as the yellow floor without its being so, all three get more decimals.
    """
    return [*_reasons(row), _step(StepKey.VERDICT, word=row.word, rule_number=str(row.rule_number))]


def _step(key: StepKey, **values: str) -> Step:
    return Step(key, values)


def _reasons(row: Arithmetic) -> Iterator[Step]:
    if row.light == Light.NONE:
        yield from _why_not_judged(row)
    elif row.light == Light.GREY:
        yield _why_grey(row)
    elif row.rule_case == 4:
        yield from _against_zero(row)
    elif row.rule_case == 5:
        yield from _against_the_full_value(row)
    elif row.light == Light.BLUE or row.word == Word.EXCEEDED:
        yield from _reached(row)
    else:
        yield from _against_the_pace(row)


def _why_not_judged(row: Arithmetic) -> Iterator[Step]:
    """– : what was reported all the same, and the reason."""
    if row.target_value is None:
        reason = StepKey.NO_TARGET
    elif row.not_applicable:
        reason = StepKey.NOT_APPLICABLE
    elif row.share is None:
        reason = StepKey.ANNUAL
    elif row.share == 0 and (row.actual is None or row.actual <= 0):
        reason = StepKey.NOT_YET
    else:
        reason = StepKey.NOT_DUE
    if row.actual is not None and not row.not_applicable:
        yield _step(StepKey.REPORTED, actual=_figure(row, row.actual) + row.unit)
    yield _step(reason)


def _why_grey(row: Arithmetic) -> Step:
    """○ : nothing approved, or a sum with a unit missing."""
    if not row.incomplete:
        return _step(StepKey.NOT_REPORTED)
    if row.actual is None:
        return _step(StepKey.UNITS_MISSING)
    return _step(StepKey.PARTIAL_SUM, actual=_figure(row, row.actual) + row.unit)


def _against_zero(row: Arithmetic) -> Iterator[Step]:
    """Case 4: the comparison alone."""
    key = StepKey.ZERO_MET if row.light in (Light.BLUE, Light.GREEN) else StepKey.ZERO_MISSED
    yield _step(key, comparison=row.comparison, actual=_figure(row, _known(row.actual)) + row.unit)
    yield from _remarks(row)


def _against_the_full_value(row: Arithmetic) -> Iterator[Step]:
    """Case 5: A − V in the target's own unit, and what it is of V where V was not reached."""
    actual, target = _known(row.actual), _known(row.target_value)
    decimals = max(row.decimals, natural_decimals(actual), natural_decimals(target))
    sign = PERCENT if row.unit == PERCENT else ""
    values = {
        "actual": format_number(actual, decimals) + sign,
        "target": _operand(target, decimals if natural_decimals(target) else 0, sign),
        "gap": format_number(_known(row.gap_shown), decimals, signed=True),
    }
    if row.unit == PERCENT:
        yield Step(StepKey.DIFFERENCE_POINTS, values)
    else:
        yield Step(StepKey.DIFFERENCE, values | {"unit": row.unit})
    if row.light == Light.BLUE:
        yield _met(row)
    elif row.gap is not None and row.gap < 0:
        yield _step(StepKey.RELATIVE, distance=format_gap(row.gap * 100, _floors(row)) + PERCENT)
    yield from _remarks(row)


def _reached(row: Arithmetic) -> Iterator[Step]:
    """Cases 1 to 3 where the comparison with V decided, not the pace: ◆, and a limit that was exceeded."""
    if row.rule_case == 3:
        yield from _rate_at_end(row)
        yield _way(row, gap_decimals(_progress(row), (100,), 1))
    else:
        yield _rate(row, StepKey.RATE if row.rule_case == 1 else StepKey.USED)
    if row.light == Light.BLUE:
        yield _met(row)
    else:
        excess = _known(row.actual) - _known(row.target_value)
        decimals = max(row.decimals, natural_decimals(excess))
        yield _step(StepKey.EXCEEDED, excess=format_number(excess, decimals), unit=row.unit)


def _against_the_pace(row: Arithmetic) -> Iterator[Step]:
    """Cases 1 to 3: how far it is, how far it should be, and the difference in percentage points."""
    gone = _progress(row) if row.rule_case == 3 else _known(row.rate) * 100
    pace = _known(row.share) * 100
    bigger, smaller = (pace, gone) if row.rule_case == 2 else (gone, pace)
    decimals, gap = adding_up(bigger, smaller, _known(row.gap_shown), _floors(row))
    if row.rule_case == 3:
        yield from _rate_at_end(row)
        yield _way(row, decimals)
    else:
        yield _rate(row, StepKey.RATE if row.rule_case == 1 else StepKey.USED, decimals)
    yield _step(StepKey.PACE, share=format_number(pace, decimals) + PERCENT)
    yield _step(StepKey.GAP, gap=format_number(gap, decimals, signed=True))
    yield from _remarks(row)


def adding_up(
    first: Decimal, second: Decimal, difference: Decimal, thresholds: Sequence[Decimal]
) -> tuple[int, Decimal]:
    """(decimals, difference to print) such that first − second = difference holds as printed.

    The fewest decimals, from one on, at which it holds and the difference does not print as a threshold that
    it is not. Repeating decimals may never come to hold (66.67 − 83.33 against −16.67): then the difference
    is taken from the two printed numbers, with one decimal more than usual.
    """
    for decimals in range(1, STORED_DECIMALS + 1):
        printed = round_half_up(first, decimals) - round_half_up(second, decimals)
        if printed == round_half_up(difference, decimals) and is_told_apart(difference, thresholds, decimals):
            return decimals, printed
    for decimals in range(2, STORED_DECIMALS):
        printed = round_half_up(first, decimals) - round_half_up(second, decimals)
        if all(
            (printed > edge) - (printed < edge) == (difference > edge) - (difference < edge)
            for edge in thresholds
        ):
            return decimals, printed
    return STORED_DECIMALS, difference


def _remarks(row: Arithmetic) -> Iterator[Step]:
    """What else bore on the light: strictness, and a baseline that is missing."""
    short = row.light in (Light.YELLOW, Light.RED)
    if short and row.actual == row.target_value and (row.gap is None or row.gap >= 0):
        yield _step(StepKey.EXACTLY, comparison=row.comparison)
    if row.missing_baseline and row.light != Light.BLUE:
        yield _step(StepKey.NO_BASELINE)
        if row.light == Light.YELLOW and not row.is_last and (row.gap is None or row.gap < row.yellow_floor):
            yield _step(StepKey.AT_WORST_YELLOW)


def _rate(row: Arithmetic, key: StepKey, decimals: int | None = None) -> Step:
    """A ÷ V = rate; by itself it never prints as 100% without being it."""
    rate = _known(row.rate) * 100
    count = gap_decimals(rate, (100,), 1) if decimals is None else decimals
    return _step(
        key,
        actual=_figure(row, _known(row.actual)),
        target=format_plain(_known(row.target_value)),
        rate=format_number(rate, count) + PERCENT,
    )


def _rate_at_end(row: Arithmetic) -> Iterator[Step]:
    """Case 3 shows A ÷ V too, where V > 0; the light does not judge it."""
    if row.rate is not None and _known(row.target_value) > 0:
        yield _rate(row, StepKey.RATE_AT_END)


def _way(row: Arithmetic, decimals: int) -> Step:
    return _step(
        StepKey.WAY,
        actual=_figure(row, _known(row.actual)),
        baseline=_operand(_known(row.baseline)),
        target=format_plain(_known(row.target_value)),
        progress=format_number(_progress(row), decimals) + PERCENT,
    )


def _progress(row: Arithmetic) -> Decimal:
    """(A − b) ÷ (V − b) in per cent."""
    base = _known(row.baseline)
    return EXACT.divide((_known(row.actual) - base) * 100, _known(row.target_value) - base)


def _met(row: Arithmetic) -> Step:
    target = format_plain(_known(row.target_value)) + row.unit
    return _step(StepKey.MET, comparison=row.comparison, target=target)


def _floors(row: Arithmetic) -> tuple[Decimal, Decimal]:
    """What a distance in per cent must not seem to stand on: zero and the yellow floor."""
    return Decimal(0), row.yellow_floor * 100


def _figure(row: Arithmetic, value: Decimal) -> str:
    """A reported number with the figure's decimals, and in full where it has more."""
    return format_number(value, max(row.decimals, natural_decimals(value)))


def _operand(value: Decimal, decimals: int | None = None, sign: str = "") -> str:
    """A number after a minus sign: in brackets when it is negative."""
    text = (format_plain(value) if decimals is None else format_number(value, decimals)) + sign
    return f"({text})" if value < 0 else text


def _known(value: Decimal | None) -> Decimal:
    """A number that a row with this light always has."""
    if value is None:
        raise ValueError("the row lacks a number that its light was judged on")
    return value
