"""The proposed days of a period's steps, and what a holiday does to a day that was typed."""

from __future__ import annotations

from datetime import date

import pytest

from targets.deadlines import STEPS, usual_deadlines
from targets.periods import PeriodKey
from targets.working_days import is_working_day


@pytest.mark.parametrize(
    ("key", "days"),
    [  # the demonstration's own dates
        (PeriodKey(2014, 3), "2014-04-10 2014-04-14 2014-04-15 2014-04-17 2014-04-24 2014-04-28"),
        (PeriodKey(2014, 6), "2014-07-10 2014-07-14 2014-07-15 2014-07-17 2014-07-24 2014-07-28"),
        (PeriodKey(2014, 9), "2014-10-10 2014-10-13 2014-10-14 2014-10-16 2014-10-24 2014-10-28"),
    ],
)
def test_the_usual_days_are_those_of_the_demonstration(key: PeriodKey, days: str) -> None:
    found = usual_deadlines(key, key.cutoff)
    assert [str(found[step]) for step in STEPS] == days.split()


def test_a_period_started_after_its_data_end_counts_from_today() -> None:
    assert usual_deadlines(PeriodKey(2014, 9), date(2014, 11, 3))["report_due"] == date(2014, 11, 13)


def test_over_the_spring_festival_every_day_is_a_working_day() -> None:
    found = usual_deadlines(PeriodKey(2024, 12), date(2025, 1, 20))
    assert all(is_working_day(day) for day in found.values())
    assert found["report_due"] == date(2025, 2, 5)  # the 30th lies in the holiday
    assert list(found.values())[:4] == sorted(found.values())[:4]
