"""The progress formula against the domain description: its worked numbers, its tables and their edges.

Every hand-written case also goes through the plain reference; the property test lets the two meet on
thousands of random cases that crowd around the boundaries. `case` explains the one-line notation.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from random import Random
from typing import Any

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from targets.enums import Light, Word
from targets.progress import JUDGED_OUTPUT, MILESTONE_OUTPUT, judged, milestone_lights
from tests.targets.reference import (
    Case,
    Node,
    case,
    expect,
    expect_task,
    judge,
    light_tasks,
    random_case,
    with_exact_share,
)

pytestmark = pytest.mark.django_db


def table(text: str) -> list[Any]:
    """Parameters from lines of cells between bars; the first cell is the test's name."""
    lines = [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()]
    return [pytest.param(*cells, id=name) for name, *cells in lines]


def judge_one(given_case: Case) -> dict[str, Any]:
    """The judged row, after checking that the plain reference says the same."""
    (row,) = judge([given_case])
    assert with_exact_share(row) == expect(given_case)
    return row


def printed(value: Decimal | None, factor: int, sign: str = "") -> str:
    """One decimal, half up, or an empty cell."""
    return "" if value is None else f"{(value * factor).quantize(Decimal('0.1'), 'ROUND_HALF_UP'):{sign}}"


# --- the worked numbers of section 5, each with its sentence: rate, 较序时, light, word -------------------

WORKED = table("""
产值 V 6725, H1 A 2980: 44.3% against 50% → −5.7 ▲ | FLOW > 6725 STRIVE m6 A2980 | 44.3 | -5.7 | ▲ | BEHIND
产值 the year's A 6725, >: ◆                       | FLOW > 6725 STRIVE m12 A6725 | 100.0 | +0.0 | ◆ | DONE
产值 strict switch on: ▲ 基本完成  | FLOW > 6725 STRIVE strict m12 A6725 | 100.0 | +0.0 | ▲ | MOSTLY_DONE
成交额 V 320, nine months A 262.4: 82.0%, +7.0 ● | FLOW >= 320 m9 A262.4 | 82.0 | +7.0 | ● | ON_PACE
成交额 year 342.89 ◆                               | FLOW >= 320 m12 A342.89 | 107.2 | +7.2 | ◆ | DONE
增加值 V 2040, year A 1994.92: −2.2 ▲ 基本完成 | FLOW > 2040 m12 A1994.92 | 97.8 | -2.2 | ▲ | MOSTLY_DONE
Growth V 20%, nine months A 17.7%: ■, 差 2.3 | GROWTH >= 20 CONSTANT m9 A17.7 | 88.5 | -2.3 | ■ | FAR_BEHIND
高企总数 V 1200, b 1113, H1 A 1150: −7.5 ▲ | STOCK > 1200 b1113 m6 A1150 | 95.8 | -7.5 | ▲ | BEHIND
信贷余额 V 15, b 9.6, nine months A 11.8: −34.3 ■ | STOCK >= 15 b9.6 m9 A11.8 | 78.7 | -34.3 | ■ | FAR_BEHIND
CUSTOM, nine months A 305 of 500: +1.0 ● | FLOW > 500 CUSTOM:10/30/60/100 m9 A305 | 61.0 | +1.0 | ● | ON_PACE
A custom share of 0 with A 0 → 本期不考核 | FLOW >= 5 CUSTOM:0/20/60/100 m3 A0 | 0.0 | | – | NOT_JUDGED
Rectification b 120 → V 0, nine months A 30: ● | STOCK <= 0 b120 m9 A30 | 75.0 | +0.0 | ● | ON_PACE
X 9,996 of 20,000 at H1 → −0.02 ▲                  | FLOW > 20000 m6 A9996 | 50.0 | -0.0 | ▲ | BEHIND
特区 3 of 20 in Q1: d = −10.0% exactly → ▲         | FLOW >= 20 m3 A3 | 15.0 | -10.0 | ▲ | BEHIND
Energy ≤ 400, nine months A 312: 78.0% used → −3.0 ▲ | FLOW <= 400 m9 A312 | 78.0 | -3.0 | ▲ | BEHIND
单位能耗 V −3, ≤, year A −2.8: ▲ 基本完成 | GROWTH <= -3 CONSTANT m12 A-2.8 | | +0.2 | ▲ | MOSTLY_DONE
单位能耗 A −3.1 ◆                                  | GROWTH <= -3 CONSTANT m12 A-3.1 | | -0.1 | ◆ | DONE
登记失业率 ≤ 4.0 (RATIO), A 4.05: ▲ | RATIO <= 4.0 CONSTANT m9 A4.05 | 101.3 | +0.1 | ▲ | BEHIND
登记失业率 A 3.9: ●                                | RATIO <= 4.0 CONSTANT m9 A3.9 | 97.5 | -0.1 | ● | ON_PACE
登记失业率 A 3.9 in the last period ◆              | RATIO <= 4.0 CONSTANT m12 A3.9 | 97.5 | -0.1 | ◆ | DONE
事故 ≤ 0: A 0 ●                                    | FLOW <= 0 m6 A0 | | +0.0 | ● | ON_PACE
事故 ≤ 0: A 0 last period ◆                        | FLOW <= 0 m12 A0 | | +0.0 | ◆ | DONE
事故 ≤ 0: A 1 ■                                    | FLOW <= 0 m6 A1 | | +1.0 | ■ | FAR_BEHIND
""")


@pytest.mark.parametrize(("text", "rate", "gap", "symbol", "word"), WORKED)
def test_worked_number(text: str, rate: str, gap: str, symbol: str, word: str) -> None:
    row = judge_one(case(text))
    assert (printed(row["rate"], 100), printed(row["gap_shown"], 1, "+")) == (rate, gap)
    assert (Light(row["light"]).symbol, row["word"]) == (symbol, word)


STORED = table("""
Growth 17.7 of 20: d = −11.5%              | GROWTH >= 20 CONSTANT m9 A17.7 | gap | -0.115
单位能耗 −2.8 of −3: d = −6.7%             | GROWTH <= -3 CONSTANT m12 A-2.8 | gap | -0.0666666667
登记失业率 4.05 of 4: d = −1.25%           | RATIO <= 4.0 CONSTANT m9 A4.05 | gap | -0.0125
特区 3 of 20: d = −10.0% exactly           | FLOW >= 20 m3 A3 | gap | -0.1
X 9,996 of 20,000 → −0.02                  | FLOW > 20000 m6 A9996 | gap_shown | -0.02
高企总数 (37 ÷ 87) 42.5% against 50%       | STOCK > 1200 b1113 m6 A1150 | gap | -0.0747126437
信贷余额 40.7% against 75%                 | STOCK >= 15 b9.6 m9 A11.8 | gap | -0.3425925926
October's share of 10/30/60/100 is 73.3%   | FLOW > 500 CUSTOM:10/30/60/100 m10 | share | 0.7333333333
产值 3362.5 expected by June               | FLOW > 6725 m6 A2980 | expected | 3362.5
高企总数 1156.5 expected by June           | STOCK > 1200 b1113 m6 A1150 | expected | 1156.5
A full value is expected every time        | GROWTH >= 20 LINEAR m3 A17.7 | expected | 20
""")


@pytest.mark.parametrize(("text", "column", "answer"), STORED)
def test_stored_number(text: str, column: str, answer: str) -> None:
    assert judge_one(case(text))[column] == Decimal(answer)


# --- both tables, row by row, and their boundaries: case, light, word ---------------------------------------

ROWS = table("""
case 1: FLOW ≥ from zero                          | FLOW >= 100 m6 A50 | 1 | ● | ON_PACE
case 1 also under CONSTANT, against the full value | FLOW >= 100 CONSTANT m6 A50 | 1 | ■ | FAR_BEHIND
case 1: a correction below zero                   | FLOW >= 100 m6 A-1 | 1 | ■ | FAR_BEHIND
case 2: a budget on pace                          | FLOW <= 100 m6 A50 | 2 | ● | ON_PACE
case 2: used too fast by exactly ten points       | FLOW <= 100 m6 A60 | 2 | ▲ | BEHIND
case 2: and by a hair more                        | FLOW <= 100 m6 A60.0001 | 2 | ■ | FAR_BEHIND
case 2: exactly used up is done in the last period | FLOW <= 100 m12 A100 | 2 | ◆ | DONE
case 2: exactly used up in September is not over  | FLOW <= 100 m9 A100 | 2 | ■ | FAR_BEHIND
case 2: more than the limit, in the year          | FLOW <= 100 m9 A100.01 | 2 | ■ | EXCEEDED
case 2: more than the limit, at the end, STRIVE   | FLOW < 100 STRIVE m12 A101 | 2 | ■ | EXCEEDED
case 2: a hair over is over, within ten per cent  | FLOW <= 100 m12 A100.0001 | 2 | ■ | EXCEEDED
case 3: RATIO growing from its baseline           | RATIO >= 3 b2 LINEAR m6 A2.5 | 3 | ● | ON_PACE
case 3: a stock that fell below its baseline      | STOCK >= 120 b100 m3 A90 | 3 | ■ | FAR_BEHIND
case 3: promised value reached early              | STOCK >= 120 b100 m3 A120 | 3 | ◆ | DONE
case 3: a reduction reached early stays green     | STOCK <= 80 b100 m3 A80 | 3 | ● | ON_PACE
case 3: a reduction reached in the last period    | STOCK <= 80 b100 m12 A80 | 3 | ◆ | DONE
case 3: a ratio reached early stays green         | RATIO >= 3 b2 LINEAR m6 A3 | 3 | ● | ON_PACE
case 3: a negative value, rate along the way      | STOCK >= -10 b-20 m6 A-15 | 3 | ● | ON_PACE
case 3: exactly ten points short                  | STOCK >= 200 b100 m6 A140 | 3 | ▲ | BEHIND
case 3: and a hair more                           | STOCK >= 200 b100 m6 A139.9999 | 3 | ■ | FAR_BEHIND
case 5: wrong-sided baseline                      | STOCK >= 100 b105 m6 A95 | 5 | ▲ | BEHIND
case 5: baseline equal to V                       | STOCK >= 100 b100 m6 A89 | 5 | ■ | FAR_BEHIND
case 5: CONSTANT with a baseline                  | STOCK >= 100 b50 CONSTANT m6 A89 | 5 | ■ | FAR_BEHIND
case 5: a paced GROWTH                            | GROWTH >= 20 b10 LINEAR m3 A20 | 5 | ● | ON_PACE
case 5: a RATIO without baseline                  | RATIO >= 30 LINEAR m9 A28.9 | 5 | ▲ | BEHIND
case 5: negative V, upward, exactly −10%          | GROWTH >= -3 CONSTANT m6 A-3.3 | 5 | ▲ | BEHIND
case 5: negative V, a hair past −10%              | GROWTH >= -3 CONSTANT m6 A-3.3001 | 5 | ■ | FAR_BEHIND
case 5: a negative flow                           | FLOW >= -5 m6 A-5 | 5 | ● | ON_PACE
case 5: a ceiling on a stock                      | STOCK <= 100 b90 m6 A99 | 5 | ● | ON_PACE
case 5: exactly −10% in the last period           | RATIO >= 30 CONSTANT m12 A27 | 5 | ▲ | MOSTLY_DONE
case 5: a hair past −10% in the last period       | RATIO >= 30 CONSTANT m12 A26.9999 | 5 | ■ | NOT_DONE
case 4: ≥ 0 met                                   | GROWTH >= 0 CONSTANT m6 A0.1 | 4 | ● | ON_PACE
case 4: ≥ 0 met by a flow is not 提前完成         | FLOW >= 0 m6 A1 | 4 | ● | ON_PACE
case 4: ≥ 0 missed                                | GROWTH >= 0 CONSTANT m6 A-0.1 | 4 | ■ | FAR_BEHIND
case 4: missed in the last period                 | FLOW <= 0 m12 A1 | 4 | ■ | NOT_DONE
case 4: < 0 exactly reached, not strict           | FLOW < 0 m6 A0 | 4 | ● | ON_PACE
case 4: < 0 exactly reached, strict               | FLOW < 0 strict m6 A0 | 4 | ■ | FAR_BEHIND
case 4: a wrong-sided baseline                    | STOCK <= 0 b-5 m6 A-1 | 4 | ● | ON_PACE
缺基数: far off is at worst ▲                     | STOCK >= 100 CONSTANT m6 A1 | 5 | ▲ | BEHIND
缺基数: also when it is paced                     | STOCK >= 100 LINEAR m6 A1 | 5 | ▲ | BEHIND
缺基数: also when V is 0                          | STOCK <= 0 m6 A30 | 4 | ▲ | BEHIND
缺基数: but not in the last period                | STOCK >= 100 CONSTANT m12 A1 | 5 | ■ | NOT_DONE
缺基数: reached early                             | STOCK >= 100 CONSTANT m6 A100 | 5 | ◆ | DONE
缺基数: not reported                              | STOCK >= 100 CONSTANT m6 | 5 | ○ | NOT_REPORTED
d exactly 0                                       | FLOW >= 1200 m7 A700 | 1 | ● | ON_PACE
d a hair below 0                                  | FLOW >= 1200 m7 A699.9999999999 | 1 | ▲ | BEHIND
d exactly −10%                                    | FLOW >= 1200 m7 A580 | 1 | ▲ | BEHIND
d a hair below −10%                               | FLOW >= 1200 m7 A579.9999999999 | 1 | ■ | FAR_BEHIND
October, exactly on 73.33…%                       | FLOW >= 300 CUSTOM:10/30/60/100 m10 A220 | 1 | ● | ON_PACE
October, a hair less | FLOW >= 300 CUSTOM:10/30/60/100 m10 A219.9999999999 | 1 | ▲ | BEHIND
January of a custom pace starts from nothing      | FLOW >= 300 CUSTOM:10/30/60/100 m1 A10 | 1 | ● | ON_PACE
SEASONAL on last year's share                     | FLOW >= 1000 SEASONAL:20.7/100 m3 A207 | 1 | ● | ON_PACE
SEASONAL a hair below last year's share           | FLOW >= 1000 SEASONAL:20.7/100 m3 A206.9 | 1 | ▲ | BEHIND
SEASONAL without last year runs linearly          | FLOW >= 1000 SEASONAL m3 A207 | 1 | ▲ | BEHIND
SEASONAL with a whole of 0 runs linearly          | FLOW >= 1000 SEASONAL:0/0 m3 A207 | 1 | ▲ | BEHIND
SEASONAL never expects more than V                | FLOW >= 1000 SEASONAL:120/100 m9 A999 | 1 | ▲ | BEHIND
SEASONAL never expects less than nothing          | FLOW >= 1000 SEASONAL:-9/100 m3 A0 | 1 | – | NOT_JUDGED
SEASONAL ends at V whatever last year says        | FLOW >= 1000 SEASONAL:60/100 m12 A600 | 1 | ■ | NOT_DONE
YEAR_END before the last period                   | FLOW >= 200 YEAR_END m9 A0 | 1 | – | NOT_JUDGED
YEAR_END, nothing reported before the last        | RATIO >= 2.9 YEAR_END m9 | 5 | – | NOT_JUDGED
YEAR_END reached early                            | FLOW >= 200 YEAR_END m9 A200 | 1 | ◆ | DONE
YEAR_END, a ratio is not done early               | RATIO >= 2.9 YEAR_END m9 A3 | 5 | – | NOT_JUDGED
YEAR_END in the last period                       | FLOW >= 200 YEAR_END m12 A163 | 1 | ■ | NOT_DONE
YEAR_END in the last period, not reported         | FLOW >= 200 YEAR_END m12 | 1 | ○ | NOT_REPORTED
STRIVE missed by more than 10%                    | FLOW >= 200 STRIVE m12 A163 | 1 | ■ | STRIVE_MISSED
STRIVE missed by exactly 10% is 基本完成          | FLOW >= 200 STRIVE m12 A180 | 1 | ▲ | MOSTLY_DONE
STRIVE far behind in the year is 严重滞后         | FLOW >= 200 STRIVE m9 A10 | 1 | ■ | FAR_BEHIND
FIRM missed is 未完成                             | FLOW >= 200 FIRM m12 A10 | 1 | ■ | NOT_DONE
HALF in March                                     | FLOW > 1000 HALF m3 | 1 | – | NOT_JUDGED
HALF in June                                      | FLOW > 1000 HALF m6 | 1 | ○ | NOT_REPORTED
HALF in September, though reported                | FLOW > 1000 HALF m9 A1 | 1 | – | NOT_JUDGED
HALF in September, done early                     | FLOW > 1000 HALF m9 A1000 | 1 | ◆ | DONE
HALF in October                                   | FLOW > 1000 HALF m10 | 1 | – | NOT_JUDGED
HALF in December                                  | FLOW > 1000 HALF m12 | 1 | ○ | NOT_REPORTED
LAST in June                                      | FLOW >= 1000 LAST m6 | 1 | – | NOT_JUDGED
LAST in October                                   | FLOW >= 1000 LAST m10 | 1 | – | NOT_JUDGED
LAST in December                                  | FLOW >= 1000 LAST m12 | 1 | ○ | NOT_REPORTED
a limit that is not due, though passed            | FLOW <= 1000 LAST m9 A2000 | 2 | – | NOT_JUDGED
a monthly push in November is due                 | FLOW >= 1200 m11 A1100 | 1 | ● | ON_PACE
不适用                                            | FLOW >= 1000 n/a m6 | 1 | – | NOT_JUDGED
不适用 in the last period                         | FLOW >= 1000 n/a m12 | 1 | – | NOT_JUDGED
不适用 outweighs a number left standing           | FLOW >= 1000 n/a m12 A2000 | 1 | – | NOT_JUDGED
no target set                                     | FLOW >= – m6 A10 | | – | NOT_JUDGED
no target set, nothing reported, last period      | FLOW >= – m12 | | – | NOT_JUDGED
share 0 and nothing reported                      | FLOW >= 5 CUSTOM:0/20/60/100 m3 | 1 | – | NOT_JUDGED
share 0 and something reported                    | FLOW >= 5 CUSTOM:0/20/60/100 m3 A1 | 1 | ● | ON_PACE
share 0, a unit missing, some in sum | FLOW >= 5 CUSTOM:0/20/60/100 m3 A1 incomplete | 1 | ○ | NOT_REPORTED
share 0, a unit missing, none in sum | FLOW >= 5 CUSTOM:0/20/60/100 m3 A0 incomplete | 1 | – | NOT_JUDGED
share 0 of a budget, something used               | FLOW <= 5 CUSTOM:0/20/60/100 m3 A0.5 | 2 | ▲ | BEHIND
share 0, a stock at its baseline | STOCK > 300 b212 CUSTOM:0/30/80/100 m3 A212 | 3 | ● | ON_PACE
due and not reported                              | FLOW >= 100 m6 | 1 | ○ | NOT_REPORTED
reported 0 is not missing                         | FLOW >= 100 m6 A0 | 1 | ■ | FAR_BEHIND
a sum while a unit is missing                     | FLOW >= 100 m6 A50 incomplete | 1 | ○ | NOT_REPORTED
a partial sum past V is still not judged          | FLOW >= 100 m12 A150 incomplete | 1 | ○ | NOT_REPORTED
a partial sum past a limit is still not judged    | FLOW <= 100 m9 A150 incomplete | 2 | ○ | NOT_REPORTED
a partial sum that is not due                     | FLOW >= 100 HALF m3 A5 incomplete | 1 | – | NOT_JUDGED
> exactly reached, not strict                     | RATIO > 30 CONSTANT m6 A30 | 5 | ● | ON_PACE
> exactly reached, strict                         | RATIO > 30 CONSTANT strict m6 A30 | 5 | ▲ | BEHIND
> passed, strict                                  | RATIO > 30 CONSTANT strict m6 A30.0001 | 5 | ● | ON_PACE
≥ exactly reached, strict                         | RATIO >= 30 CONSTANT strict m6 A30 | 5 | ● | ON_PACE
> exactly reached early, strict                   | FLOW > 100 strict m9 A100 | 1 | ▲ | BEHIND
> exactly reached early, not strict               | FLOW > 100 m9 A100 | 1 | ◆ | DONE
< exactly reached, strict, last period            | RATIO < 4 CONSTANT strict m12 A4 | 5 | ▲ | MOSTLY_DONE
< exactly used up, strict, last period            | FLOW < 400 strict m12 A400 | 2 | ▲ | MOSTLY_DONE
< exactly used up, not strict, last period        | FLOW < 400 m12 A400 | 2 | ◆ | DONE
another city's floor: −30% exactly                | FLOW >= 100 floor-0.30 m6 A20 | 1 | ▲ | BEHIND
another city's floor: past −30%                   | FLOW >= 100 floor-0.30 m6 A19.9999 | 1 | ■ | FAR_BEHIND
""")


@pytest.mark.parametrize(("text", "rule_case", "symbol", "word"), ROWS)
def test_row_of_the_tables(text: str, rule_case: str, symbol: str, word: str) -> None:
    row = judge_one(case(text))
    assert (row["rule_case"], Light(row["light"]).symbol, row["word"]) == (
        int(rule_case) if rule_case else None,
        symbol,
        word,
    )


def test_every_case_light_and_word_is_among_the_rows() -> None:
    rows = judge([case(parameters.values[0]) for parameters in ROWS])
    assert {row["rule_case"] for row in rows} == {None, 1, 2, 3, 4, 5}
    assert {row["light"] for row in rows} == set(Light)
    assert {row["word"] for row in rows} == set(Word) - {Word.NOT_BEGUN, Word.ADVANCING, Word.NODE_LATE}


MARKS = table("""
paced, no baseline                      | STOCK >= 10 LINEAR m6 A9 | yes
paced, no baseline, last period         | STOCK >= 10 LINEAR m12 A9 | yes
constant, may be yellow at worst        | STOCK >= 10 CONSTANT m6 A9 | yes
constant, last period                   | STOCK >= 10 CONSTANT m12 A9 | no
annual                                  | STOCK >= 10 YEAR_END m6 A9 | no
a wrong-sided baseline is not missing   | STOCK >= 10 LINEAR b12 m6 A9 | no
no target set                           | STOCK >= – LINEAR m6 A9 | no
a ratio needs none                      | RATIO >= 10 LINEAR m6 A9 | no
""")


@pytest.mark.parametrize(("text", "answer"), MARKS)
def test_missing_baseline_is_marked(text: str, answer: str) -> None:
    assert judge_one(case(text))["missing_baseline"] is (answer == "yes")


def test_what_is_not_judged_has_no_distance_but_keeps_its_rate() -> None:
    row = judge_one(case("STOCK > 1200 YEAR_END b1113 m9 A1105"))
    assert (row["gap"], row["gap_shown"], row["rate"]) == (None, None, Decimal("0.9208333333"))


def test_a_quotient_is_rounded_once() -> None:
    """A hair below 0.12345678905: rounded at once …90; by way of a rounded quotient it would be …91."""
    zeros, nines = "0" * 19, "9" * 19
    assert judge_one(case(f"FLOW >= 1{'0' * 30} m6 A12345678904{nines}"))["rate"] == Decimal("0.1234567890")
    assert judge_one(case(f"FLOW >= 1{'0' * 30} m6 A12345678905{zeros}"))["rate"] == Decimal("0.1234567891")


# --- the demonstration's two plans: target, figures of Q1 H1 Q3 and the year, lights ------------------------

WUHAN = table("""
W1  | GROWTH >= 20 CONSTANT                    | 20.9 20.3 20.1 20.0         | ●●●◆
W2  | FLOW > 6725 STRIVE b5604.2               | 1402.0 2980.0 4760.0 6725   | ▲▲▲◆
W3  | GROWTH >= 20 CONSTANT                    | 19.2 18.4 17.7 17.3         | ▲▲■■
W4  | FLOW > 2040 b1700.19                     | 402.0 863.0 1378.0 1994.92  | ▲▲▲▲
W5  | RATIO >= 2.90 YEAR_END LAST b2.74        | - - - 2.91                  | –––◆
W6  | FLOW >= 320 b273.07                      | 58.3 139.6 262.4 342.89     | ▲▲●◆
W7  | FLOW >= 120 CUSTOM:10/35/70/100          | 12.5 41.8 96.3 126.5        | ●▲●◆
W8  | FLOW >= 20                               | 3 9 20 23                   | ▲▲◆◆
W9  | FLOW >= 5 CUSTOM:0/20/60/100             | 0 1 - 7                     | –●○◆
W10 | FLOW >= 200 STRIVE YEAR_END              | 0 0 0 163                   | –––■
W11 | STOCK > 1200 STRIVE YEAR_END b1113       | 1113 1108 1105 1321         | –––◆
""")
XIAN = table("""
X1  | FLOW >= 700 STRIVE                       | 126.0 301.0 489.0 708.0     | ▲▲▲◆
X2  | FLOW >= 100 CUSTOM:0/0/40/100            | 0 0 46 128                  | ––●◆
X3  | FLOW > 500 STRIVE CUSTOM:10/30/60/100    | 52.0 168.0 305.0 526.0      | ●●●◆
X4  | RATIO >= 30 STRIVE CONSTANT              | 27.5 26.4 28.9 30.6         | ▲■▲◆
X5  | FLOW > 20000                             | 4380 9996 15240 20612       | ▲▲●◆
X6  | FLOW >= 4000                             | 960 2110 3270 4379          | ▲●●◆
X7  | FLOW >= 2 CUSTOM:0/50/100/100            | 0 1.2 2.0 2.0               | –●◆◆
X8  | FLOW >= 100 CUSTOM:0/40/100/100          | 0 46 104 104                | –●◆◆
X9  | STOCK > 300 STRIVE CUSTOM:0/30/80/100 b212 | 212 236 288 316           | ●▲●◆
X10 | STOCK >= 30 STRIVE b24                   | 25 27 28 31                 | ▲●▲◆
X11 | FLOW > 1000 STRIVE HALF                  | - 455.0 - 1040.0            | –▲–◆
X12 | FLOW >= 300 STRIVE                       | 52 117 176 281              | ▲■■▲
X13 | STOCK >= 15 STRIVE b9.6                  | 10.1 12.4 11.8 15.3         | ■●■◆
X14 | FLOW >= 1 CUSTOM:0/0/50/100              | 0 0 0.6 1.0                 | ––●◆
X15 | FLOW >= 1000                             | 180 520 830 1060            | ▲●●◆
X16 | FLOW >= 100                              | 12 47 - 103                 | ■▲○◆
X17 | FLOW >= 50 STRIVE CUSTOM:0/10/50/100     | 0 3 22 52                   | –▲▲◆
X18 | FLOW >= 100 CUSTOM:0/100/100/100         | 0 100 100 100               | –◆◆◆
X19 | FLOW >= 30 CUSTOM:10/50/80/100           | 4 14 26 33                  | ●▲●◆
X20 | FLOW >= 20                               | 2 7 16 21                   | ■■●◆
""")


def quarters(text: str, figures: str) -> list[Case]:
    """One target's four cases; "-" is not reported."""
    return [
        case(f"{text} m{month}" + ("" if figure == "-" else f" A{figure}"))
        for month, figure in zip((3, 6, 9, 12), figures.split(), strict=True)
    ]


@pytest.mark.parametrize(("text", "figures", "symbols"), WUHAN + XIAN)
def test_demonstration_lights(text: str, figures: str, symbols: str) -> None:
    rows = [judge_one(quarter) for quarter in quarters(text, figures)]
    assert "".join(Light(row["light"]).symbol for row in rows) == symbols


@pytest.mark.parametrize(
    ("plan", "counts"),
    [
        pytest.param(WUHAN, {"–": 3, "●": 3, "◆": 1, "▲": 2, "■": 1, "○": 1}, id="武汉: 3; 4 (1); 3 (1); 1"),
        pytest.param(XIAN, {"–": 1, "●": 9, "◆": 3, "▲": 4, "■": 2, "○": 1}, id="西安: 1; 12 (3); 6 (2); 1"),
    ],
)
def test_nine_months_roll_up(plan: list[Any], counts: dict[str, int]) -> None:
    rows = judge([quarters(*target.values[:2])[2] for target in plan])
    symbols = [Light(row["light"]).symbol for row in rows]
    assert {symbol: symbols.count(symbol) for symbol in set(symbols)} == counts


# --- the property: SQL and plain reference agree to the last digit ------------------------------------------


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.randoms(use_true_random=True))
def test_sql_and_plain_reference_agree(random: Random) -> None:
    batch = [random_case(random) for _ in range(400)]
    for given_case, row in zip(batch, judge(batch), strict=True):
        assert with_exact_share(row) == expect(given_case), given_case


# --- milestone tasks ----------------------------------------------------------------------------------------

YEAR = 2014 * 12


def task(planned: str, done: str, now: int, narrative: bool) -> list[Node]:
    """Nodes from two lists of months of the year; "-" is not done."""
    finished = [None if month == "-" else YEAR + int(month) for month in done.split()]
    return [
        Node(1, now, order, YEAR + int(month), finish, narrative, YEAR + now, now == 12)
        for order, (month, finish) in enumerate(zip(planned.split(), finished, strict=True), start=1)
    ]


MILESTONES = table("""
last node done                          | 6 9    | 5 9    | 9  | told   | ◆ | DONE
last node done before the first         | 6 12   | - 9    | 9  | told   | ◆ | DONE
the last in order, not in time          | 9 6    | - 6    | 6  | told   | ◆ | DONE
done, without a narrative               | 3      | 3      | 3  | silent | ◆ | DONE
done in the last period                 | 6 12   | 6 12   | 12 | told   | ◆ | DONE
done later counts later                 | 6      | 9      | 6  | told   | ▲ | NODE_LATE
overdue by a full quarter               | 6 12   | - -    | 9  | told   | ■ | FAR_BEHIND
overdue by less, in October             | 9 12   | - -    | 10 | told   | ▲ | NODE_LATE
overdue from the year before            | -1 12  | - -    | 3  | told   | ■ | FAR_BEHIND
due this period, undone                 | 6 12   | - -    | 6  | told   | ▲ | NODE_LATE
due this period, undone, no narrative   | 6 12   | - -    | 6  | silent | ▲ | NODE_LATE
undone in the last period               | 6 12   | 6 -    | 12 | told   | ■ | FAR_BEHIND
postponed past the year, last period    | 15     | -      | 12 | told   | ■ | FAR_BEHIND
due and done, no narrative              | 6 12   | 6 -    | 9  | silent | ○ | NOT_REPORTED
not yet to begin                        | 9 12   | - -    | 6  | silent | – | NOT_BEGUN
begun early and told                    | 9 12   | - -    | 6  | told   | ● | ADVANCING
due, done and told                      | 6 12   | 6 -    | 6  | told   | ● | ADVANCING
late, then made good                    | 6 9 12 | 9 9 -  | 9  | told   | ● | ADVANCING
postponed to December                   | 12 12  | - -    | 6  | told   | ● | ADVANCING
""")


@pytest.mark.parametrize(("planned", "done", "now", "narrative", "symbol", "word"), MILESTONES)
def test_milestone_light(planned: str, done: str, now: str, narrative: str, symbol: str, word: str) -> None:
    nodes = task(planned, done, int(now), narrative == "told")
    (row,) = light_tasks(nodes).values()
    assert row == expect_task(nodes)
    assert (Light(row["light"]).symbol, row["word"]) == (symbol, word)


def test_milestone_counts() -> None:
    (row,) = light_tasks(task("3 6 9 12", "3 - - -", 9, True)).values()
    counts = {name: row[name] for name in MILESTONE_OUTPUT if name.endswith("_nodes")}
    assert counts == {"overdue_nodes": 2, "due_nodes": 3, "done_nodes": 1, "total_nodes": 4}


def test_a_task_without_nodes_advances_once_it_is_told() -> None:
    for narrative, light in ((True, Light.GREEN), (False, Light.NONE)):
        (row,) = light_tasks([Node(1, 12, None, None, None, narrative, YEAR + 12, True)]).values()
        assert (row["light"], row["total_nodes"], row["done_nodes"]) == (light, 0, 0)


def random_task(random: Random, number: int) -> list[Node]:
    """One to four nodes, in any order."""
    now, narrative = random.choice([3, 6, 9, 10, 12]), random.choice([False, True])
    months = [YEAR + month for month in (-1, 3, 6, 9, 10, 12, 15)]
    orders = random.sample(range(1, 9), k=random.randint(1, 4))
    return [
        Node(
            number,
            now,
            order,
            random.choice(months),
            random.choice([None, *months]),
            narrative,
            YEAR + now,
            now == 12,
        )
        for order in orders
    ]


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.randoms(use_true_random=True))
def test_milestone_sql_and_plain_reference_agree(random: Random) -> None:
    batch = [random_task(random, number) for number in range(200)]
    answers = light_tasks([node for nodes in batch for node in nodes])
    for nodes in batch:
        assert answers[nodes[0].task_id, nodes[0].month] == expect_task(nodes), nodes


# --- the text itself ----------------------------------------------------------------------------------------


def test_texts_hold_no_percent_sign() -> None:
    """So that they run with parameters and without."""
    assert "%" not in judged("") + milestone_lights("")


def test_answers_have_the_promised_types_and_keep_extra_columns() -> None:
    inputs = """
        SELECT 7 AS plan_id, 1::bigint AS target_id, NULL::bigint AS allocation_id, 6 AS month,
               'FLOW' AS measure, '>=' AS comparison, 'PLAIN' AS commitment, 3::numeric AS target_value,
               NULL::numeric AS baseline, 'LINEAR' AS pace, NULL::numeric[] AS pace_shares,
               NULL::numeric AS season_part, NULL::numeric AS season_whole, 'EVERY' AS due, false AS strict,
               -0.1 AS yellow_floor, 1.0 AS actual, false AS not_applicable, false AS incomplete
    """
    types = ", ".join(f"pg_typeof({name})::text" for name in JUDGED_OUTPUT)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT plan_id, {types} FROM ({judged(inputs)}) answer")
        assert cursor.fetchone() == (7, *JUDGED_OUTPUT.values())


def test_shares_are_kept_as_exact_fractions() -> None:
    (row,) = judge([case("FLOW >= 500 CUSTOM:10/30/60/100 m10")])
    assert Fraction(row["share_numerator"]) / Fraction(row["share_denominator"]) == Fraction(11, 15)
