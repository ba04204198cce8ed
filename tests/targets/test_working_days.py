"""Working days: holidays and 调休 of known years, Monday to Friday for all others."""

from __future__ import annotations

from datetime import date

import pytest

from targets.working_days import add_working_days, is_known, is_working_day, unknown_years, working_day_from


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2014, 9, 28), True),  # a Sunday on which offices work (调休)
        (date(2014, 10, 11), True),  # a Saturday on which offices work
        (date(2014, 10, 1), False),
        (date(2014, 10, 7), False),  # a Tuesday of the National Day holiday
        (date(2014, 10, 8), True),
        (date(2014, 10, 12), False),
    ],
)
def test_holidays_and_exchanged_days_of_a_known_year(day: date, works: bool) -> None:
    assert is_working_day(day) is works


def test_an_unknown_year_counts_monday_to_friday_and_is_named() -> None:
    assert not is_known(2099) and is_known(2014)
    assert is_working_day(date(2099, 10, 1)) and not is_working_day(date(2099, 10, 3))  # Thursday, Saturday
    assert unknown_years([date(2099, 1, 5), date(2014, 1, 5), date(2098, 1, 5)]) == [2098, 2099]


def test_a_day_on_a_holiday_moves_to_the_next_working_day() -> None:
    assert working_day_from(date(2014, 10, 3)) == date(2014, 10, 8)
    assert working_day_from(date(2014, 10, 11)) == date(2014, 10, 11)  # a working Saturday stays
    assert working_day_from(date(2014, 10, 12)) == date(2014, 10, 13)


def test_counting_working_days_skips_the_holiday_and_counts_the_exchanged_saturday() -> None:
    assert add_working_days(date(2014, 9, 30), 1) == date(2014, 10, 8)
    assert add_working_days(date(2014, 10, 10), 1) == date(2014, 10, 11)
    assert add_working_days(date(2014, 10, 10), 2) == date(2014, 10, 13)
    assert add_working_days(date(2014, 10, 12), 0) == date(2014, 10, 13)
