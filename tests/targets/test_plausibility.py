"""Figures that look wrong: the demonstration's stories, and the demonstration's figures that are right."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from targets.enums import Comparison, Measure
from targets.plausibility import (
    MESSAGES,
    FigureWarning,
    GrowthCheck,
    Known,
    RiseCheck,
    WarningCode,
    check_figure,
)
from targets.units import parse_unit

steady = settings(deadline=None)  # a busy machine is no failure

FLOW, STOCK, RATIO, GROWTH = Measure
YI, JIA = parse_unit("亿元"), parse_unit("家")


def numbers(*texts: str | None) -> tuple[Decimal | None, ...]:
    return tuple(None if text is None else Decimal(text) for text in texts)


def known(value: str, *, measure=FLOW, unit=YI, target=None, previous=(), expected=(), **more) -> Known:
    return Known(
        measure=measure,
        unit=unit,
        value=Decimal(value),
        target=None if target is None else Decimal(target),
        previous=numbers(*previous),
        expected=numbers(*expected),
        **more,
    )


def codes(figure: Known) -> list[WarningCode]:
    return [warning.code for warning in check_figure(figure)]


def says(warning: FigureWarning) -> str:
    """The message as a reader sees it; fails if a named value is missing."""
    return MESSAGES[warning.code] % warning.values


# Story 1: the unit


def test_story_1_ten_thousand_yuan_in_a_column_of_a_hundred_million():
    [warning] = check_figure(known("1396000", target="320", previous=["58.3"]))
    assert warning.code is WarningCode.TIMES_TARGET_UNIT
    assert warning.values == {
        "value": "1,396,000",
        "unit": "亿元",
        "times": "4362.5",
        "other_unit": "万元",
        "converted": "139.6",
    }
    assert "4362.5 times the annual target; if it was meant in 万元, it is 139.6 亿元" in says(warning)


@pytest.mark.parametrize(
    ("value", "target", "previous", "unit", "other", "converted"),
    [
        ("13960000000", "320", ["58.3"], YI, "元", "139.6"),
        ("125000", "320", [], YI, "万元", "12.5"),
        ("13960000", "320", ["58.3"], YI, "千元", "139.6"),
        ("10000000", "320", [], YI, "千元", "100"),  # 元 would make next to nothing of it
        ("33000", "320", ["262.4"], YI, "百万元", "330"),  # 万元 would make it fall
        ("20612", "2", ["1.524"], parse_unit("万件"), "件", "2.0612"),
        ("963000", "120", ["41.8"], parse_unit("万平方米"), "平方米", "96.3"),
        ("1000000", "320", ["58.3", None], YI, "万元", "100"),
    ],
)
def test_the_unit_that_makes_the_figure_plausible_is_named(value, target, previous, unit, other, converted):
    [warning] = check_figure(known(value, target=target, previous=previous, unit=unit))
    assert (warning.code, warning.values["other_unit"]) == (WarningCode.TIMES_TARGET_UNIT, other)
    assert warning.values["converted"] == converted


def test_a_figure_that_no_unit_explains_is_still_a_warning():
    [warning] = check_figure(known("46000", target="100", unit=JIA))
    assert warning.code is WarningCode.TIMES_TARGET
    assert "460.0 times the annual target" in says(warning)


@pytest.mark.parametrize(
    ("value", "found"), [("31999.9", []), ("32000", [WarningCode.TIMES_TARGET_UNIT]), ("-32000", "negative")]
)
def test_a_hundred_times_the_target_is_the_boundary(value, found):
    figure = known(value, target="320")
    negative = [WarningCode.TIMES_TARGET, WarningCode.NEGATIVE]
    assert codes(figure) == (negative if found == "negative" else found)


@pytest.mark.parametrize("measure", [FLOW, STOCK, RATIO])
def test_only_a_growth_rate_is_below_zero_without_a_word(measure):
    [warning] = check_figure(known("-3", measure=measure, unit=JIA))
    assert warning.code is WarningCode.NEGATIVE and "−3 家 is below zero" in says(warning)
    assert not warning.is_notice  # it asks for an answer
    assert codes(known("-3", measure=GROWTH)) == codes(known("0", measure=measure)) == []


@pytest.mark.parametrize(("value", "found"), [("58299", []), ("58300", [WarningCode.TIMES_PREVIOUS_UNIT])])
def test_without_a_target_a_thousand_times_the_previous_figure_is_the_boundary(value, found):
    assert codes(known(value, previous=["58.3"])) == found


def test_the_previous_figure_is_the_last_one_reported():
    assert codes(known("58300", previous=["58.3", None])) == [WarningCode.TIMES_PREVIOUS_UNIT]
    assert codes(known("58300", previous=["0.1", "60"])) == []
    assert codes(known("46", unit=JIA, target="100", previous=["0", "0"])) == []


def test_a_growth_rate_near_zero_may_multiply():
    assert codes(known("12", measure=GROWTH, unit=parse_unit("%"), target="20", previous=["0.01"])) == []


def test_an_inexact_conversion_is_no_obstacle_to_a_hint():
    [warning] = check_figure(known("12345678", target="12", unit=parse_unit("平方公里")))
    assert (warning.values["other_unit"], warning.values["converted"]) == ("平方米", "12.345678")
    [warning] = check_figure(known("10000", target="5", unit=parse_unit("平方公里")))
    assert (warning.values["other_unit"], warning.values["converted"]) == ("亩", "6.666667")


@pytest.mark.parametrize(
    ("value", "measure", "found"),
    [
        ("0.289", RATIO, [WarningCode.FRACTION_OF_PERCENT]),  # 28.9% taken from a cell shown as a percentage
        ("28.9", RATIO, []),
        ("0.1", RATIO, []),
    ],
)
def test_a_fraction_in_a_column_of_percentages_is_noticed(value, measure, found):
    figure = known(value, measure=measure, unit=parse_unit("%"), target="30", previous=["27.5", "26.4"])
    assert codes(figure) == found


def test_a_fraction_in_a_column_of_money_is_nothing_odd():
    assert codes(known("0.6", target="60", measure=STOCK)) == []


# Story 3: growth, and a corrected quarter


def growth(published: str, value: str, last_year: str) -> GrowthCheck:
    return GrowthCheck(Decimal(published), Decimal(value), Decimal(last_year))


def test_story_3_the_published_growth_contradicts_the_values():
    [warning] = check_figure(known("398.0", target="2040", growth=growth("19.2", "398.0", "337.2")))
    assert warning.code is WarningCode.GROWTH_DIFFERS
    assert warning.values == {"published": "19.2", "value": "398", "last_year": "337.2", "computed": "18.0"}
    assert "published growth is 19.2%" in says(warning)
    assert "is 18.0%" in says(warning)


def test_story_3_the_corrected_value_agrees():
    assert codes(known("402.0", target="2040", growth=growth("19.2", "402.0", "337.2"))) == []


@pytest.mark.parametrize(
    ("published", "differs"), [("19.5", False), ("20.5", False), ("20.51", True), ("19.49", True)]
)
def test_half_a_percentage_point_is_tolerated(published, differs):
    found = codes(
        known(published, measure=GROWTH, unit=parse_unit("%"), growth=growth(published, "120", "100"))
    )
    assert found == ([WarningCode.GROWTH_DIFFERS] if differs else [])


def test_growth_from_nothing_is_not_compared():
    assert codes(known("5", growth=growth("20", "5", "0"))) == []


def test_a_correction_that_overtakes_the_next_figure_is_noticed():
    """Story 3 again: the half-year's 863.0 stays when the first quarter is corrected."""
    assert codes(known("402.0", later=Decimal("863.0"))) == []
    assert codes(known("863.0", later=Decimal("863.0"))) == []
    [warning] = check_figure(known("864.0", later=Decimal("863.0")))
    assert warning.code is WarningCode.LATER_IS_LESS
    assert says(warning)


# Story 4: the districts


def test_story_4_the_districts_add_up_to_more_than_the_city():
    parts = numbers(
        *("5.2", "4.1", "6.0", "3.2", "7.5", "4.0", "10.6", "7.8", "2.1", "7.4", "5.1"), None, "26.8", "8.0"
    )
    square_metres = parse_unit("万平方米")
    figure = known("96.3", target="120", unit=square_metres, previous=["12.5", "41.8"], parts=parts)
    [warning] = check_figure(figure)
    assert warning.code is WarningCode.PARTS_DIFFER
    assert warning.is_notice
    assert warning.values == {"value": "96.3", "unit": "万平方米", "total": "97.8", "difference": "1.5"}
    assert "a difference of 1.5" in says(warning)


@pytest.mark.parametrize(
    ("value", "parts", "measure", "found"),
    [
        ("97.8", ["50", "47.8"], FLOW, []),
        ("1000", ["500", "505"], FLOW, []),  # half a per cent
        ("1000", ["500", "505.1"], FLOW, [WarningCode.PARTS_DIFFER]),
        ("1000", ["500", "494.9"], FLOW, [WarningCode.PARTS_DIFFER]),
        ("1000", ["500", None], FLOW, []),  # the missing one may have the rest
        ("1000", ["1200", None], FLOW, [WarningCode.PARTS_DIFFER]),
        ("1000", [None, None], FLOW, []),
        ("1000", [], FLOW, []),
        ("30", ["30", "31"], RATIO, []),  # ratios do not add up
        ("0", ["0", "1"], FLOW, [WarningCode.PARTS_DIFFER]),
    ],
)
def test_the_parts_are_compared_with_the_whole(value, parts, measure, found):
    assert codes(known(value, measure=measure, parts=numbers(*parts))) == found


# Story 13: falling figures


def test_a_cumulative_figure_that_falls_is_a_warning():
    [warning] = check_figure(known("130", previous=["58.3", "139.6"], target="320"))
    assert (warning.code, warning.is_notice) == (WarningCode.CUMULATIVE_FELL, False)
    assert "falls from 139.6 to 130 亿元" in says(warning)


def test_story_13_a_balance_that_falls_is_only_a_notice():
    [warning] = check_figure(known("11.8", measure=STOCK, previous=["10.1", "12.4"], target="15"))
    assert (warning.code, warning.is_notice) == (WarningCode.STOCK_FELL, True)
    assert "Down from 12.4 to 11.8 亿元" in says(warning)


@pytest.mark.parametrize("measure", [RATIO, GROWTH])
def test_rates_may_fall(measure):
    assert codes(known("26.4", measure=measure, previous=["27.5"], target="30", unit=parse_unit("%"))) == []


def test_the_fall_is_seen_across_a_missing_period():
    assert codes(known("50", previous=["58.3", None], target="320")) == [WarningCode.CUMULATIVE_FELL]


def test_unchanged_figures_are_no_fall():
    assert codes(known("104", unit=JIA, target="100", previous=["0", "46", "104"])) == []


# The stock and the flow that feeds it


def test_the_net_rise_exceeds_what_was_newly_added():
    rise = RiseCheck(stock=Decimal(1321), baseline=Decimal(1113), flow=Decimal(163))
    [warning] = check_figure(known("1321", measure=STOCK, unit=JIA, target="1200", rise=rise))
    assert warning.code is WarningCode.RISE_EXCEEDS_FLOW
    assert warning.values == {"rise": "208", "flow": "163"}
    assert "rose by 208, more than the 163 newly added" in says(warning)


@pytest.mark.parametrize("stock", ["1276", "1105"])
def test_a_rise_that_the_flow_explains_is_right(stock):
    rise = RiseCheck(stock=Decimal(stock), baseline=Decimal(1113), flow=Decimal(163))
    assert codes(known(stock, measure=STOCK, unit=JIA, target="1200", rise=rise)) == []


# Exactly on pace


@pytest.mark.parametrize(
    ("target", "figures", "expected", "times"),
    [
        ("320", ["80", "160", "240", "320"], ["80", "160", "240", "320"], "4"),
        ("320", ["80", "160", "240"], ["80", "160", "240"], None),
        ("320", ["80", "160", "240", "320.1"], ["80", "160", "240", "320"], None),
        ("500", ["50", "151", "300", "366.5", "433"], ["50", "150", "300", "366.5", "433"], None),
        ("320", ["80", None, "240", "320"], ["80", "160", "240", "320"], None),
        ("6725", ["1681.3", "3362.5", "5043.8", "6725"], ["1681.25", "3362.5", "5043.75", "6725"], "4"),
        ("5", ["1", "3", "4", "5"], ["1.25", "2.5", "3.75", "5"], None),  # whole numbers are not rounded
        ("500", ["50", "150", "300", "366.5", "433"], ["50", "150", "300", "366.5", "433"], "5"),
        ("100", ["0", "100", "100", "100"], ["0", "100", "100", "100"], None),  # story 17: done once
        ("100", ["100", "100", "100", "100"], ["100", "100", "100", "100"], None),
        ("100", ["0", "0", "0", "0"], ["0", "0", "0", "0"], None),  # nothing expected, nothing reported
    ],
)
def test_exactly_on_pace_four_times_but_not_done_once(target, figures, expected, times):
    figure = known(figures[-1], target=target, previous=figures[:-1], expected=expected)
    warnings = check_figure(figure)
    assert [warning.values for warning in warnings] == ([] if times is None else [{"times": times}])
    assert all(says(warning) for warning in warnings)


def test_a_ceiling_is_never_done():
    expected = ["95", "70", "45", "20"]
    figure = known(
        "20",
        measure=STOCK,
        unit=JIA,
        target="20",
        comparison=Comparison.AT_MOST,
        previous=expected[:3],
        expected=expected,
    )
    assert WarningCode.ALWAYS_ON_PACE in codes(figure)


def test_an_expected_value_that_is_not_known_is_no_pace():
    figure = known("320", target="320", previous=["80", "160", "240"], expected=["80", "160", None, "320"])
    assert codes(figure) == []
    assert codes(known("320", target="320", previous=["80", "160", "240"], expected=["320"])) == []


# The demonstration as a whole

LINEAR = ("0.25", "0.5", "0.75", "1")
DEMONSTRATION = {
    "W1": (GROWTH, "%", "20", ["20.9", "20.3", "20.1", "20.0"], None),
    "W2": (FLOW, "亿元", "6725", ["1402.0", "2980.0", "4760.0", "6725"], LINEAR),
    "W3": (GROWTH, "%", "20", ["19.2", "18.4", "17.7", "17.3"], None),
    "W4": (FLOW, "亿元", "2040", ["402.0", "863.0", "1378.0", "1994.92"], LINEAR),
    "W6": (FLOW, "亿元", "320", ["58.3", "139.6", "262.4", "342.89"], LINEAR),
    "W7": (FLOW, "万平方米", "120", ["12.5", "41.8", "96.3", "126.5"], ("0.1", "0.35", "0.7", "1")),
    "W8": (FLOW, "个", "20", ["3", "9", "20", "23"], LINEAR),
    "W9": (FLOW, "个", "5", ["0", "1", None, "7"], ("0", "0.2", "0.6", "1")),
    "W10": (FLOW, "家", "200", ["0", "0", "0", "163"], None),
    "W11": (STOCK, "家", "1200", ["1113", "1108", "1105", "1321"], None),
    "X2": (FLOW, "家", "100", ["0", "0", "46", "128"], ("0", "0", "0.4", "1")),
    "X3": (FLOW, "亿元", "500", ["52.0", "168.0", "305.0", "526.0"], ("0.1", "0.3", "0.6", "1")),
    "X4": (RATIO, "%", "30", ["27.5", "26.4", "28.9", "30.6"], None),
    "X5": (FLOW, "件", "20000", ["4380", "9996", "15240", "20612"], LINEAR),
    "X7": (FLOW, "亿元", "2", ["0", "1.2", "2.0", "2.0"], ("0", "0.5", "1", "1")),
    "X8": (FLOW, "家", "100", ["0", "46", "104", "104"], ("0", "0.4", "1", "1")),
    "X9": (STOCK, "家", "300", ["212", "236", "288", "316"], None),
    "X13": (STOCK, "亿元", "15", ["10.1", "12.4", "11.8", "15.3"], None),
    "X14": (FLOW, "亿元", "1", ["0", "0", "0.6", "1.0"], ("0", "0", "0.5", "1")),
    "X18": (FLOW, "家", "100", ["0", "100", "100", "100"], ("0", "1", "1", "1")),
    "X19": (FLOW, "项", "30", ["4", "14", "26", "33"], ("0.1", "0.5", "0.8", "1")),
    "X20": (FLOW, "个", "20", ["2", "7", "16", "21"], LINEAR),
}
LAST_YEAR = {
    "W2": (["1159.6", "2477.1", "3963.4", "5604.2"], "W1"),
    "W4": (["337.2", "728.9", "1170.8", "1700.19"], "W3"),
}


def demonstrated(number: str, quarter: int) -> Known:
    measure, unit, target, figures, shares = DEMONSTRATION[number]
    expected = [str(Decimal(target) * Decimal(share)) for share in (shares or ())][: quarter + 1]
    check = None
    if number in LAST_YEAR:
        last_year, growing = LAST_YEAR[number]
        check = growth(DEMONSTRATION[growing][3][quarter], figures[quarter], last_year[quarter])
    return known(
        figures[quarter],
        measure=measure,
        unit=parse_unit(unit),
        target=target,
        previous=figures[:quarter],
        expected=expected,
        growth=check,
    )


def test_the_demonstrations_right_figures_raise_no_other_doubts():
    found = {
        (number, quarter + 1): codes(demonstrated(number, quarter))
        for number, row in DEMONSTRATION.items()
        for quarter, figure in enumerate(row[3])
        if figure is not None
    }
    assert {place: warnings for place, warnings in found.items() if warnings} == {
        ("W11", 2): [WarningCode.STOCK_FELL],
        ("W11", 3): [WarningCode.STOCK_FELL],
        ("X13", 3): [WarningCode.STOCK_FELL],
    }


# Properties

amounts = st.decimals(-(10**18), 10**18, places=6, allow_nan=False, allow_infinity=False) | st.integers(
    -10, 10
).map(Decimal)
maybe = st.none() | amounts
names = st.sampled_from(["亿元", "家", "%", "个百分点", "万平方米", "平方公里", "件/万人", "年"])


@steady
@given(
    st.builds(
        Known,
        measure=st.sampled_from(Measure),
        unit=names.map(parse_unit),
        value=amounts,
        comparison=st.sampled_from(Comparison),
        target=maybe,
        previous=st.lists(maybe, max_size=5).map(tuple),
        later=maybe,
        expected=st.lists(maybe, max_size=6).map(tuple),
        last_year=maybe,
        growth=st.none() | st.builds(GrowthCheck, amounts, amounts, amounts),
        rise=st.none() | st.builds(RiseCheck, amounts, amounts, amounts),
        parts=st.lists(maybe, max_size=4).map(tuple),
    )
)
def test_whatever_is_known_the_answer_is_a_list_of_messages(figure):
    warnings = check_figure(figure)
    assert all(says(warning) for warning in warnings)
    assert len({warning.code for warning in warnings}) == len(warnings)


@steady
@given(amounts, st.sampled_from(Measure))
def test_a_figure_about_which_nothing_is_known_raises_no_doubt(value, measure):
    assert check_figure(Known(measure=measure, unit=YI, value=abs(value))) == []


def test_every_code_has_a_message():
    assert set(MESSAGES) == set(WarningCode)
