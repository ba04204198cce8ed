"""Working days of the People's Republic, 调休 included. Pure: no Django, no clock.

The published holiday arrangements are known for some years only; in all others Monday to Friday count as
working days, and `is_known` says so. Source: the domain description, section 4.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

import chinese_calendar

SATURDAY = 5
ONE_DAY = timedelta(days=1)


def is_known(year: int) -> bool:
    """Whether the year's public holidays and 调休 days are known."""
    try:
        chinese_calendar.is_workday(date(year, 1, 1))
    except NotImplementedError:
        return False
    return True


def unknown_years(days: Iterable[date]) -> list[int]:
    """The years of these days whose holidays are not known, in order."""
    return sorted(year for year in {day.year for day in days} if not is_known(year))


def is_working_day(day: date) -> bool:
    """Whether offices work on this day: a 调休 Saturday counts, a public holiday does not."""
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return day.weekday() < SATURDAY


def working_day_from(day: date) -> date:
    """The day itself, or the next working day after a holiday or weekend."""
    while not is_working_day(day):
        day += ONE_DAY
    return day


def add_working_days(day: date, count: int) -> date:
    """The working day that is `count` (0 or more) working days after `day`."""
    day = working_day_from(day) if count == 0 else day
    for _number in range(count):
        day = working_day_from(day + ONE_DAY)
    return day
