"""Starting a period (启动填报) and locking it (截止锁定)."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime
from itertools import pairwise

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.audit import record
from accounts.models import Bureau, Unit, User
from accounts.permissions import Permission
from plans.models import Plan
from targets.errors import Refused
from targets.models import Period
from targets.periods import PeriodKey
from targets.selectors.openings import opening
from targets.services.recompute import request_recompute
from targets.working_days import working_day_from


@dataclass(frozen=True)
class Dates:
    """The deadlines of a period, in the order of the steps; None for a step without one."""

    report_due: date
    review_due: date | None = None
    signoff_due: date | None = None
    approve_due: date | None = None
    statistics_due: date | None = None
    bulletin_on: date | None = None

    def on_working_days(self) -> Dates:
        """The same dates, each that falls on a holiday or weekend moved to the next working day."""
        return Dates(**{name: day and working_day_from(day) for name, day in asdict(self).items()})

    def given(self) -> dict[str, date]:
        """Step → day, for the steps that have one."""
        return {name: day for name, day in asdict(self).items() if day}


@transaction.atomic
def start_period(
    *, bureau: Bureau, key: PeriodKey, dates: Dates, by: User, at: datetime | None = None
) -> Plan:
    """Open a period for reporting; returns the plan to compute the lights of (the caller sends the job).

    A deadline on a holiday moves to the next working day. Raises Refused when there is no plan for the year,
    the period was started before, or the dates run backwards.
    """
    _guard(by, bureau)
    plan = Plan.objects.filter(bureau=bureau, year=key.year).first()
    if plan is None:
        raise Refused(_("There is no plan for %(year)s yet.") % {"year": key.year})
    dates = dates.on_working_days()
    _refuse_disorder(dates, bureau.today)
    Period.objects.get_or_create(bureau=bureau, year=key.year, month=key.month)
    period = _locked(bureau.pk, key)
    if period.started_on is not None:
        raise Refused(_("This period has been started already."))
    period.started_on = bureau.today
    _put(dates, period)
    request_recompute(plan=plan, since=period)
    after = _as_text(dates)
    record("period.started", by=by, bureau=bureau, about=period, label=str(key), after=after, at=at)
    return plan


@transaction.atomic
def change_deadlines(*, period: Period, dates: Dates, by: User, at: datetime | None = None) -> None:
    """Give an open period other deadlines, moved to working days as at its start. Raises Refused."""
    _guard(by, period.bureau)
    locked = lock_open_period(period)
    dates = dates.on_working_days()
    _refuse_disorder(dates, locked.started_on or locked.bureau.today)
    before = _as_text(Dates(**{name: getattr(locked, name) for name in asdict(dates)}))
    after = _as_text(dates)
    if before == after:
        return
    _put(dates, locked)
    about = {"by": by, "bureau": locked.bureau, "about": locked, "label": str(locked), "at": at}
    record("period.deadlines_changed", before=before, after=after, **about)  # type: ignore[arg-type]


def _put(dates: Dates, period: Period) -> None:
    for name, value in asdict(dates).items():
        setattr(period, name, value)
    period.save()


def _as_text(dates: Dates) -> dict[str, str]:
    return {name: str(day) for name, day in dates.given().items()}


@transaction.atomic
def lock_period(*, period: Period, by: User, at: datetime | None = None) -> None:
    """Close a period: nothing in it is entered, reviewed or approved any more. Raises Refused."""
    _guard(by, period.bureau)
    locked = lock_open_period(period)
    locked.locked_on = locked.bureau.today
    locked.save(update_fields=["locked_on"])
    after = {"locked_on": str(locked.locked_on)}
    record("period.locked", by=by, bureau=locked.bureau, about=locked, label=str(locked), after=after, at=at)


def lock_open_period(period: Period, unit: Unit | None = None) -> Period:
    """The period's row, locked until the transaction ends; raises Refused unless it is open.

    With a unit, also where an exception (申请补报) opens the closed period for that unit. Every act that
    changes what is reported takes this lock first: so none slips in while the office closes the period, and
    two people never create the same figure at once.
    """
    locked = lock_started_period(period)
    if not (opening(locked, unit) if unit else locked.is_open):
        raise Refused(_("This period is closed. Please ask the office for an exception."))
    return locked


def lock_started_period(period: Period) -> Period:
    """The period's row, locked until the transaction ends; raises Refused unless it was started."""
    locked = _locked(period.bureau_id, period.key)
    if locked.started_on is None:
        raise Refused(_("This period has not been started by the office yet."))
    return locked


def _locked(bureau_id: int, key: PeriodKey) -> Period:
    rows = Period.objects.select_for_update(of=("self",), no_key=True).select_related("bureau")
    return rows.get(bureau=bureau_id, year=key.year, month=key.month)


def _refuse_disorder(dates: Dates, started: date) -> None:
    """Raise Refused when a later step is due before an earlier one."""
    steps = [started, dates.report_due, dates.review_due, dates.signoff_due, dates.approve_due]
    steps.append(dates.bulletin_on)  # the statistics arrive from outside, at any time
    given = [step for step in steps if step is not None]
    if any(later < earlier for earlier, later in pairwise(given)):
        raise Refused(_("A later step cannot be due before an earlier one, nor before today."))


def _guard(by: User, bureau: Bureau) -> None:
    if not by.may(Permission.MANAGE_PERIODS, bureau):
        raise Refused(_("Only the office starts and locks periods."))
