"""The steps of a period and the days on which they are usually due. Pure: no Django, no clock.

The units report on the tenth day after the data end, the statistics arrive on the 24th and the bulletin
is printed on the 28th; the unit's review, the leader's sign-off and the office's approval follow the report
after two, three and five working days. A day on a holiday moves to the next working day.
Source: the domain description, section 4, and the three periods of the demonstration, which follow this.
"""

from __future__ import annotations

from datetime import date, timedelta

from targets.periods import PeriodKey
from targets.working_days import add_working_days, working_day_from

REPORT = "report_due"
STEPS = (REPORT, "review_due", "signoff_due", "approve_due", "statistics_due", "bulletin_on")
DAYS_AFTER_THE_DATA = {REPORT: 10, "statistics_due": 24, "bulletin_on": 28}
WORKING_DAYS_AFTER_THE_REPORT = {"review_due": 2, "signoff_due": 3, "approve_due": 5}


def usual_deadlines(key: PeriodKey, today: date) -> dict[str, date]:
    """Step → day, in the order of the steps; counted from today where the data ended earlier."""
    start = max(key.cutoff, today)
    days = {
        step: working_day_from(start + timedelta(days=count)) for step, count in DAYS_AFTER_THE_DATA.items()
    }
    for step, count in WORKING_DAYS_AFTER_THE_REPORT.items():
        days[step] = add_working_days(days[REPORT], count)
    return {step: days[step] for step in STEPS}
