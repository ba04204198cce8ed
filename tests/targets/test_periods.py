"""Reporting periods: a year and an end month."""

from __future__ import annotations

import contextlib
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from targets.periods import QUARTER_MONTHS, PeriodKey

steady = settings(deadline=None)  # a busy machine is no failure

keys = st.builds(PeriodKey, st.integers(2013, 2015), st.integers(1, 12))


@pytest.mark.parametrize("month", [0, 13, -3])
def test_a_month_that_does_not_exist_is_refused(month):
    with pytest.raises(ValueError, match="is not 1 to 12"):
        PeriodKey(2014, month)


@pytest.mark.parametrize(
    ("text", "key"), [("2014-03", (2014, 3)), ("2014-12", (2014, 12)), ("2014-10", (2014, 10))]
)
def test_a_period_is_read_from_its_text(text, key):
    assert PeriodKey.parse(text) == PeriodKey(*key)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "2014",
            "2014-",
            "-09",
            "2014-9",
            "14-09",
            "02014-09",
            "2014-00",
            "2014-13",
            "2014/09",
            "2014-Q3",
            "2014-09-30",
        ),
        *("2014-０９", "２０１４-09", "²-3"),
    ],
)
def test_anything_else_is_no_period(text):
    with pytest.raises(ValueError):
        PeriodKey.parse(text)


@steady
@given(st.text(max_size=12))
def test_any_text_is_a_period_or_a_value_error(text):
    with contextlib.suppress(ValueError):
        assert PeriodKey.parse(text).month in range(1, 13)


@steady
@given(keys)
def test_the_text_of_a_period_leads_back_to_it(key):
    assert PeriodKey.parse(str(key)) == key


@steady
@given(keys, keys)
def test_periods_stand_in_the_order_of_their_cut_off_dates(one, other):
    assert (one < other) == (one.cutoff < other.cutoff)
    assert (one >= other) == (one.cutoff >= other.cutoff)


@steady
@given(keys, keys)
def test_the_text_of_periods_sorts_as_they_do(one, other):
    assert (one < other) == (str(one) < str(other))


@pytest.mark.parametrize(
    ("month", "quarter"), [(1, 1), (3, 1), (4, 2), (6, 2), (9, 3), (10, 4), (11, 4), (12, 4)]
)
def test_october_and_november_belong_to_the_fourth_quarter(month, quarter):
    assert PeriodKey(2014, month).quarter == quarter


@pytest.mark.parametrize("month", range(1, 13))
def test_only_december_closes_the_year(month):
    assert PeriodKey(2014, month).is_last == (month == 12)


@pytest.mark.parametrize(
    ("year", "month", "cutoff"),
    [
        (2014, 3, date(2014, 3, 31)),
        (2014, 6, date(2014, 6, 30)),
        (2014, 9, date(2014, 9, 30)),
        (2014, 12, date(2014, 12, 31)),
        (2014, 2, date(2014, 2, 28)),
        (2016, 2, date(2016, 2, 29)),
    ],
)
def test_the_data_are_cut_off_on_the_last_day_of_the_month(year, month, cutoff):
    assert PeriodKey(year, month).cutoff == cutoff


def test_the_text_of_a_period_has_two_digits_for_the_month():
    assert str(PeriodKey(2014, 9)) == "2014-09"


def test_the_same_period_last_year():
    assert PeriodKey(2014, 9).same_period_last_year == PeriodKey(2013, 9)


@pytest.mark.parametrize(
    ("month", "earlier"), [(3, []), (6, [3]), (9, [3, 6]), (10, [3, 6, 9]), (11, [3, 6, 9]), (12, [3, 6, 9])]
)
def test_the_quarters_that_a_single_quarter_figure_needs(month, earlier):
    """A monthly push in October or November does not count as a quarter that December needs."""
    assert PeriodKey(2014, month).earlier_quarters == [PeriodKey(2014, each) for each in earlier]


@steady
@given(keys)
def test_earlier_quarters_are_of_this_year_in_order_and_before(key):
    earlier = key.earlier_quarters
    assert earlier == sorted(earlier)
    assert all(each.year == key.year and each < key and each.month in QUARTER_MONTHS for each in earlier)


def test_a_period_can_key_a_dictionary():
    assert {PeriodKey(2014, 9): "前三季度"}[PeriodKey.parse("2014-09")] == "前三季度"
