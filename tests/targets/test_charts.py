"""Geometry of the charts: where things lie, what is capped, and that no coordinate can be localised."""

from __future__ import annotations

import re
from decimal import Decimal
from itertools import pairwise

import pytest

from targets.charts import BULLET_TARGET, BULLET_WIDTH, bullet, line_chart, scale_ticks, segments
from targets.counts import Counts

D = Decimal


def test_the_target_stands_at_the_same_place_in_every_bullet() -> None:
    first, second = bullet(D(2980), D("3362.5"), D(6725)), bullet(D(3), D(5), D(20))
    assert first and second
    assert (first.target, second.target) == (BULLET_TARGET, BULLET_TARGET)
    assert (first.actual, first.expected) == (71, 80)  # 2980 ÷ 6725 × 160, half up
    assert second.actual == 24


def test_only_the_drawn_bar_is_capped() -> None:
    bar = bullet(D(900), D(50), D(100))
    assert bar and bar.actual == BULLET_WIDTH


def test_a_missing_figure_draws_no_bar_and_zero_draws_one_of_no_length() -> None:
    missing, zero = bullet(None, D(3), D(5)), bullet(D(0), D(3), D(5))
    assert missing and missing.actual is None
    assert zero and zero.actual == 0


@pytest.mark.parametrize(
    ("actual", "expected", "target"),
    [(D(1), D(1), None), (D(1), D(1), D(0)), (D(-1), D(-1), D(-3)), (D(-2), D(1), D(5))],
)
def test_no_bullet_where_no_length_can_show_it(actual: D, expected: D, target: D | None) -> None:
    assert bullet(actual, expected, target) is None


def test_the_segments_fill_the_bar_exactly() -> None:
    found = segments(Counts(red=2, yellow=3, grey=2, green=19, blue=2, none=3))
    assert [segment.light.value for segment in found] == ["BLUE", "GREEN", "YELLOW", "RED", "GREY", "NONE"]
    assert found[0].x == 0
    assert all(left.x + left.width == right.x for left, right in pairwise(found))
    assert found[-1].x + found[-1].width == 1000


def test_no_segment_for_a_light_that_does_not_occur() -> None:
    assert [segment.count for segment in segments(Counts(green=1))] == [1]
    assert segments(Counts()) == []


def test_a_line_breaks_where_a_value_is_missing() -> None:
    chart = line_chart({"actual": [(3, D(1)), (6, None), (9, D(3)), (12, D(5))]}, from_zero=True)
    assert chart
    line = chart.lines["actual"]
    assert len(line.dots) == 3
    assert len(line.segments) == 1  # only the last two stand side by side
    assert line.segments[0].count(",") == 2


def test_higher_values_lie_higher_and_later_months_further_right() -> None:
    chart = line_chart({"actual": [(3, D(10)), (9, D(40))]}, from_zero=True)
    assert chart
    first, last = chart.lines["actual"].dots
    assert float(first.x) < float(last.x)
    assert float(first.y) > float(last.y)
    assert all(chart.top <= float(dot.y) <= chart.bottom for dot in (first, last))


def test_flows_are_scaled_from_zero_and_other_values_are_framed() -> None:
    assert scale_ticks(D(1105), D(1200), from_zero=True)[0] == 0
    assert scale_ticks(D(1105), D(1200), from_zero=False)[0] >= 1000


@pytest.mark.parametrize(
    ("low", "high"), [(D(5), D(5)), (D("-3"), D("-2.5")), (D("0.1"), D("0.11")), (D(0), D(0))]
)
def test_ticks_enclose_the_values(low: D, high: D) -> None:
    ticks = scale_ticks(low, high, from_zero=False)
    assert ticks[0] <= low <= high <= ticks[-1]
    assert 2 <= len(ticks) <= 8
    assert len({after - before for before, after in pairwise(ticks)}) == 1


def test_coordinates_are_plain_text_without_any_separator() -> None:
    chart = line_chart({"actual": [(3, D("1234567.891")), (12, D(7654321))]}, from_zero=True)
    assert chart
    places = [dot.x for dot in chart.lines["actual"].dots] + [tick.at for tick in chart.ticks]
    assert all(re.fullmatch(r"-?\d+\.\d", place) for place in places)


def test_a_month_without_room_beside_a_quarter_is_not_written() -> None:
    points = [(month, D(month)) for month in (3, 6, 9, 10, 12)]
    chart = line_chart({"actual": points}, from_zero=True)
    wide = line_chart({"actual": points}, from_zero=True, width=800)
    assert chart and wide
    assert [tick.value for tick in chart.months] == [3, 6, 9, 12]
    assert [tick.value for tick in wide.months] == [3, 6, 9, 10, 12]
    assert len(chart.lines["actual"].dots) == 5  # its value is drawn all the same


@pytest.mark.parametrize(
    ("actual", "expected", "is_below"),
    [(D(50), D(75), True), (D(80), D(75), False), (D(0), D(75), False), (D(50), None, False)],
)
def test_the_number_keeps_out_of_the_way_of_the_pace(actual: D, expected: D | None, is_below: bool) -> None:
    lines = {"actual": [(9, actual)], "expected": [(9, expected), (12, D(100))]}
    chart = line_chart(lines, from_zero=True)
    assert chart and (chart.value_dy > 0) is is_below


def test_nothing_known_draws_nothing() -> None:
    assert line_chart({"actual": [(3, None)]}, from_zero=True) is None
