"""The light explains itself: every kind of row has its sentence, and the printed numbers add up."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from targets.enums import Commitment, Comparison, Light, Measure, Word
from targets.explanation import SENTENCES, Arithmetic, Step, StepKey, adding_up, explain
from tests.targets.reference import Case, case, expect, random_case

KEPT = ["rule_case", "rate", "share", "gap", "gap_shown", "gap_is_points", "expected", "is_last"]


def arithmetic(judged_case: Case, unit: str = "家", decimals: int = 0) -> Arithmetic:
    """The row of one case, judged by the plain reference."""
    row = expect(judged_case)
    kept = {name: row[name] for name in KEPT}
    return Arithmetic(
        measure=Measure(judged_case.measure),
        comparison=Comparison(judged_case.comparison),
        commitment=Commitment(judged_case.commitment),
        target_value=judged_case.target_value,
        unit=unit,
        decimals=decimals,
        actual=judged_case.actual,
        baseline=judged_case.baseline,
        light=Light(row["light"]),
        word=Word(row["word"]),
        missing_baseline=row["missing_baseline"],
        incomplete=judged_case.incomplete,
        not_applicable=judged_case.not_applicable,
        rule_number=1,
        yellow_floor=judged_case.yellow_floor,
        **kept,
    )


def told(text: str, unit: str = "家", decimals: int = 0) -> str:
    """The explanation in English, the steps parted by semicolons."""
    *steps, verdict = explain(arithmetic(case(text), unit, decimals))
    return "; ".join(map(sentence, steps)) + " " + sentence(verdict)


def sentence(step: Step) -> str:
    return SENTENCES[step.key] % step.values


def table(text: str) -> list[object]:
    lines = [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()]
    return [pytest.param(*cells, id=name) for name, *cells in lines]


def test_the_sentence_of_the_rule() -> None:
    """累计 2,980.0 ÷ 6,725 = 44.3%;序时 50.0%;差 −5.7 个百分点 → 未达到序时进度 (规则第1版)."""
    steps = explain(arithmetic(case("FLOW > 6725.000000 STRIVE m6 A2980.000000"), "亿元", 1))
    assert steps == [
        (StepKey.RATE, {"actual": "2,980.0", "target": "6,725", "rate": "44.3%"}),
        (StepKey.PACE, {"share": "50.0%"}),
        (StepKey.GAP, {"gap": "−5.7"}),
        (StepKey.VERDICT, {"word": Word.BEHIND, "rule_number": "1"}),
    ]


PACED = table("""
case 1, ahead of the pace | FLOW >= 320 m9 A262.4 | 262.4 ÷ 320 = 82.0% − 75.0% = +7.0
case 1, −0.02 is never −0.0 | FLOW > 20000 m6 A9996 | 9,996 ÷ 20,000 = 49.98% − 50.00% = −0.02
case 1, exactly −10 | FLOW >= 20 m3 A3 | 3 ÷ 20 = 15.0% − 25.0% = −10.0
case 1, exactly on pace | FLOW >= 20 m6 A10 | 10 ÷ 20 = 50.0% − 50.0% = 0.0
case 1, a hair past −10 | FLOW >= 10000 m6 A3999 | 3,999 ÷ 10,000 = 39.99% − 50.00% = −10.01
case 1, rounding breaks one decimal | FLOW >= 10000 m9 A4425 | 4,425 ÷ 10,000 = 44.25% − 75.00% = −30.75
case 1, thirds never add up | FLOW >= 3 m10 A2 | 2 ÷ 3 = 66.67% − 83.33% = −16.66
case 1, October's share | FLOW > 500 CUSTOM:10/30/60/100 m10 A360 | 360 ÷ 500 = 72.0% − 73.3% = −1.3
高企总数 | STOCK > 1200 b1113 m6 A1150 | (1,150 − 1,113) ÷ (1,200 − 1,113) = 42.5% − 50.0% = −7.5
case 3, a balance | STOCK >= 15 b9.6 m9 A11.8 | (11.8 − 9.6) ÷ (15 − 9.6) = 40.7% − 75.0% = −34.3
case 3, down to nothing | STOCK <= 0 b120 m9 A30 | (30 − 120) ÷ (0 − 120) = 75.0% − 75.0% = 0.0
below 0 | STOCK >= -10 b-20 m6 A-15 | (−15 − (−20)) ÷ (−10 − (−20)) = 50.0% − 50.0% = 0.0
""")


@pytest.mark.parametrize(("text", "sum_"), PACED)
def test_the_paced_cases_print_a_sum_that_holds(text: str, sum_: str) -> None:
    steps = {step.key: step.values for step in explain(arithmetic(case(text)))}
    if StepKey.WAY in steps:
        way = steps[StepKey.WAY]
        first = f"({way['actual']} − {way['baseline']}) ÷ ({way['target']} − {way['baseline']})"
        first += f" = {way['progress']}"
    else:
        rate = steps[StepKey.RATE]
        first = f"{rate['actual']} ÷ {rate['target']} = {rate['rate']}"
    assert f"{first} − {steps[StepKey.PACE]['share']} = {steps[StepKey.GAP]['gap']}" == sum_


OTHERS = table("""
growth in points | % | GROWTH >= 20 CONSTANT m9 A17.7 | DIFFERENCE_POINTS 17.7% 20% −2.3; RELATIVE −11.5%
decimals in V | % | RATIO >= 2.90 CONSTANT m9 A2.85 | DIFFERENCE_POINTS 2.85% 2.90% −0.05; RELATIVE −1.7%
a ceiling | % | RATIO <= 4 CONSTANT m9 A4.05 | DIFFERENCE_POINTS 4.05% 4% +0.05; RELATIVE −1.3%
a negative target | % | GROWTH <= -3 CONSTANT m12 A-2.8 | DIFFERENCE_POINTS −2.8% (−3%) +0.2; RELATIVE −6.7%
negative, met | % | GROWTH <= -3 CONSTANT m12 A-3.1 | DIFFERENCE_POINTS −3.1% (−3%) −0.1; MET <= −3%
reached in the year | % | GROWTH >= 20 CONSTANT m9 A20.1 | DIFFERENCE_POINTS 20.1% 20% +0.1
exactly the floor | 件 | RATIO >= 30 CONSTANT m9 A27 | DIFFERENCE 27 30 −3 件; RELATIVE −10.0%
a hair past the floor | 件 | RATIO >= 300 CONSTANT m9 A269.9 | DIFFERENCE 269.9 300 −30.1 件; RELATIVE −10.03%
year end | 家 | STOCK > 1200 b1113 YEAR_END m12 A1321 | DIFFERENCE 1,321 1,200 +121 家; MET > 1,200家
no baseline, mildly behind | 家 | STOCK >= 100 m6 A95 | DIFFERENCE 95 100 −5 家; RELATIVE −5.0%; NO_BASELINE
缺基数 | 家 | STOCK >= 100 m6 A1 | DIFFERENCE 1 100 −99 家; RELATIVE −99.0%; NO_BASELINE; AT_WORST_YELLOW
缺基数, last | 家 | STOCK >= 100 m12 A1 | DIFFERENCE 1 100 −99 家; RELATIVE −99.0%; NO_BASELINE
no baseline and V 0 | 件 | STOCK <= 0 m6 A30 | ZERO_MISSED <= 30件; NO_BASELINE; AT_WORST_YELLOW
zero met | 起 | FLOW <= 0 m6 A0 | ZERO_MET <= 0起
zero met at the end | 起 | FLOW <= 0 m12 A0 | ZERO_MET <= 0起
zero missed | 起 | FLOW <= 0 m6 A1 | ZERO_MISSED <= 1起
zero strictly missed | 起 | FLOW < 0 strict m6 A0 | ZERO_MISSED < 0起; EXACTLY <
done early | 个 | FLOW >= 20 m9 A20 | RATE 20 20 100.0%; MET >= 20个
done early, hardly more | 个 | FLOW >= 20000 m9 A20001 | RATE 20,001 20,000 100.01%; MET >= 20,000个
done early, annual | 家 | FLOW >= 200 YEAR_END m9 A201 | RATE 201 200 100.5%; MET >= 200家
a stock done early | 家 | STOCK >= 30 b24 m9 A31 | RATE_AT_END 31 30 103.3%; WAY 31 24 30 116.7%; MET >= 30家
a budget kept | 万元 | FLOW <= 400 m12 A398.5 | USED 398.5 400 99.6%; MET <= 400万元
a limit exceeded | 万元 | FLOW <= 400 m9 A400.01 | USED 400.01 400 100.003%; EXCEEDED 0.01 万元
strict | 亿元 | FLOW > 6725 strict m12 A6725 | RATE 6,725 6,725 100.0%; PACE 100.0%; GAP 0.0; EXACTLY >
too soon, not strictness | 万元 | FLOW < 400 m9 A400 | USED 400 400 100.0%; PACE 75.0%; GAP −25.0
not due | 亿元 | FLOW > 1000 HALF m3 | NOT_DUE
not due, though reported | 亿元 | FLOW > 1000 HALF m9 A12.5 | REPORTED 12.5亿元; NOT_DUE
annual | 家 | FLOW >= 200 YEAR_END m9 A0 | REPORTED 0家; ANNUAL
nothing begun | 个 | FLOW >= 5 CUSTOM:0/20/60/100 m3 A0 | REPORTED 0个; NOT_YET
no target set | 家 | FLOW >= – m6 A7 | REPORTED 7家; NO_TARGET
not applicable | 家 | FLOW >= 5 n/a m6 | NOT_APPLICABLE
not reported | 家 | FLOW >= 5 m6 | NOT_REPORTED
a partial sum | 家 | FLOW >= 5 m6 A3 incomplete | PARTIAL_SUM 3家
no unit reported | 家 | FLOW >= 5 m6 incomplete | UNITS_MISSING
""")


@pytest.mark.parametrize(("unit", "text", "reasons"), OTHERS)
def test_every_other_row_has_its_steps(unit: str, text: str, reasons: str) -> None:
    *steps, verdict = explain(arithmetic(case(text), unit))
    assert "; ".join(" ".join([step.key, *step.values.values()]) for step in steps) == reasons
    assert verdict.values["word"] == expect(case(text))["word"]


SENTENCES_TOLD = {
    ("%", "GROWTH >= 20 CONSTANT m9 A17.7"): "17.7% − 20% = −2.3 percentage points; "
    "Relative to the target value −11.5% → FAR_BEHIND (rule version 1)",
    ("家", "STOCK > 1200 b1113 YEAR_END m12 A1321"): "1,321 − 1,200 = +121 家; "
    "The target > 1,200家 is met → DONE (rule version 1)",
    ("万元", "FLOW <= 400 m9 A312"): "Used 312 ÷ 400 = 78.0%; Expected pace 75.0%; "
    "Difference −3.0 percentage points → BEHIND (rule version 1)",
    ("家", "STOCK > 1200 b1113 m6 A1150"): "At the period's end 1,150 ÷ 1,200 = 95.8%; "
    "From the baseline (1,150 − 1,113) ÷ (1,200 − 1,113) = 42.5%; Expected pace 50.0%; "
    "Difference −7.5 percentage points → BEHIND (rule version 1)",
}


@pytest.mark.parametrize(("unit", "text"), SENTENCES_TOLD)
def test_steps_read_as_sentences(unit: str, text: str) -> None:
    assert told(text, unit) == SENTENCES_TOLD[unit, text]


def test_figures_print_with_their_decimals_and_never_lose_one() -> None:
    assert told("FLOW >= 320 m9 A262.4", "亿元", 2).startswith("Cumulative 262.40 ÷ 320")
    assert told("FLOW >= 320 m9 A262.4567", "亿元", 1).startswith("Cumulative 262.4567 ÷ 320")


def test_every_sentence_is_used_and_fits_its_numbers() -> None:
    texts = [str(parameters.values[1]) for parameters in OTHERS] + [str(p.values[0]) for p in PACED]
    rows = [arithmetic(case(text), unit) for text in [*texts, "FLOW <= 400 m9 A312"] for unit in ("%", "家")]
    assert {step.key for row in rows for step in explain(row)} == set(SENTENCES) == set(StepKey)


def number(text: str) -> Decimal:
    return Decimal(re.sub(r"[,%+]", "", text).replace("−", "-"))


@settings(max_examples=30, deadline=None)
@given(st.randoms(use_true_random=True))
def test_random_rows_explain_themselves_and_add_up(random: Random) -> None:
    for _ in range(100):
        row = arithmetic(random_case(random), random.choice(["%", "家"]), random.choice([0, 1]))
        steps = explain(row)
        assert len(steps) >= 2
        assert steps[-1].key == StepKey.VERDICT
        assert all(sentence(step) for step in steps)
        said = {step.key: step.values for step in steps}
        if StepKey.GAP in said:
            gone = said.get(StepKey.WAY, said.get(StepKey.RATE, said.get(StepKey.USED)))
            gone = number(gone.get("progress") or gone["rate"])
            pace, gap = number(said[StepKey.PACE]["share"]), number(said[StepKey.GAP]["gap"])
            assert gap == (pace - gone if row.rule_case == 2 else gone - pace), row
            assert same_side(gap, row.gap_shown, row.yellow_floor * 100), row
        for key in (StepKey.DIFFERENCE, StepKey.DIFFERENCE_POINTS):
            if key in said:
                parts = [number(said[key][name].strip("()")) for name in ("actual", "target", "gap")]
                assert parts[0] - parts[1] == parts[2] == row.gap_shown


def same_side(printed: Decimal, stored: Decimal, floor: Decimal) -> bool:
    return all((printed > edge, printed < edge) == (stored > edge, stored < edge) for edge in (0, floor))


@given(st.fractions(-2, 2), st.fractions(0, 1))
def test_any_two_rates_add_up_as_printed(rate: Decimal, share: Decimal) -> None:
    """Also where both repeat for ever."""
    first, second, difference = (
        (Decimal(value.numerator) / value.denominator * 100).quantize(Decimal("1E-8"), "ROUND_HALF_UP")
        for value in (rate, share, rate - share)
    )
    decimals, printed = adding_up(first, second, difference, (Decimal(0), Decimal(-10)))
    rounded = [value.quantize(Decimal(1).scaleb(-decimals), "ROUND_HALF_UP") for value in (first, second)]
    assert rounded[0] - rounded[1] == printed
    assert abs(printed - difference) <= Decimal(1).scaleb(-decimals)
    assert same_side(printed, difference, Decimal(-10))


def test_a_row_that_lacks_its_numbers_is_an_error() -> None:
    row = arithmetic(case("FLOW >= 20 m6 A10"))
    with pytest.raises(ValueError, match="lacks a number"):
        explain(replace(row, rate=None))
