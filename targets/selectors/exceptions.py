"""Requests for exceptions (申请补报) as pages show them: the unit's own, and the office's list."""

from __future__ import annotations

from typing import Any

from accounts.models import Bureau, Unit
from targets.models import ExceptionState, Period, PeriodException
from targets.selectors.entry_rows import Sheet

PEOPLE = ("period__bureau", "unit__bureau", "asked_by", "decided_by", "withdrawn_by")


def exceptions_of(period: Period, unit: Unit) -> list[PeriodException]:
    """Every request of this unit for this period, newest first, with the people."""
    return list(PeriodException.objects.filter(period=period, unit=unit).select_related(*PEOPLE))


def exceptions_of_bureau(bureau: Bureau) -> list[PeriodException]:
    """Every request in the bureau with the people: the unanswered first, then the newest."""
    rows = PeriodException.objects.filter(period__bureau=bureau).select_related(*PEOPLE)
    return sorted(rows, key=lambda row: row.state != ExceptionState.ASKED)


def unanswered_exceptions(bureau: Bureau) -> int:
    """How many requests wait for the office's answer."""
    return PeriodException.objects.filter(period__bureau=bureau, state=ExceptionState.ASKED).count()


def exception_context(sheet: Sheet, *, may_ask: bool) -> dict[str, Any]:
    """What the entry page says of exceptions; one query where the period is closed.

    `exception`: the one in force, else the unanswered one; `may_ask`: whether the button is shown.
    """
    if sheet.period.locked_on is None:
        return {"exceptions": [], "exception": None, "may_ask": False}
    found = exceptions_of(sheet.period, sheet.unit)
    in_force = next((row for row in found if row.is_in_force), None)
    asked = next((row for row in found if row.state == ExceptionState.ASKED), None)
    return {
        "exceptions": found,
        "exception": in_force or asked,
        "may_ask": may_ask and not asked and not sheet.opening.everything,
    }
