"""Reporting periods: a year and an end month. Pure: no Django, no clock.

Periods are keyed by year and end month: 3, 6, 9 and 12 by default, and a bureau may add 10 or 11.
Source: the domain description, section 4.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date
from functools import total_ordering

QUARTER_MONTHS = (3, 6, 9, 12)
PERIOD_MONTHS = (3, 6, 9, 10, 11, 12)  # 10 and 11: a monthly push at the year's end (月调度)
LAST_MONTH = 12


@total_ordering
@dataclass(frozen=True)
class PeriodKey:
    """One reporting period, from January to the end of `month` of `year`."""

    year: int
    month: int

    def __post_init__(self) -> None:
        if not 1 <= self.month <= LAST_MONTH:
            raise ValueError(f"month {self.month} is not 1 to 12")

    def __lt__(self, other: object) -> bool:
        if not isinstance(other, PeriodKey):
            return NotImplemented
        return (self.year, self.month) < (other.year, other.month)

    def __str__(self) -> str:
        return f"{self.year}-{self.month:02d}"

    @classmethod
    def parse(cls, text: str) -> PeriodKey:
        """Read `2014-09`. Raises ValueError for anything else."""
        found = re.fullmatch(r"([1-9][0-9]{3})-([0-9]{2})", text)
        if found is None:
            raise ValueError(f"{text!r} is not a period such as 2014-09")
        return cls(int(found[1]), int(found[2]))

    @property
    def is_last(self) -> bool:
        """Whether the year is judged as a whole in this period."""
        return self.month == LAST_MONTH

    @property
    def quarter(self) -> int:
        """1 to 4; October and November belong to the fourth."""
        return (self.month - 1) // 3 + 1

    @property
    def cutoff(self) -> date:
        """The data cut-off date: the last day of the end month."""
        return date(self.year, self.month, calendar.monthrange(self.year, self.month)[1])

    @property
    def same_period_last_year(self) -> PeriodKey:
        return PeriodKey(self.year - 1, self.month)

    @property
    def earlier_quarters(self) -> list[PeriodKey]:
        """The quarter-end periods of this year that end before this one, in order."""
        return [PeriodKey(self.year, month) for month in QUARTER_MONTHS if month < self.month]
