"""Exceptions for closed periods (申请补报): asked by a unit, granted until a day, declined or withdrawn."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.audit import record
from accounts.models import Unit, User
from accounts.permissions import Permission
from targets.errors import Refused
from targets.models import ExceptionState, Period, PeriodException
from targets.selectors.openings import opening
from targets.selectors.sight import may_enter
from targets.services.guards import told
from targets.services.periods import lock_started_period


@transaction.atomic
def ask_exception(
    *,
    period: Period,
    unit: Unit,
    reason: str,
    items: Mapping[str, str],
    by: User,
    at: datetime | None = None,
) -> PeriodException:
    """Ask the office to let the unit report in a closed period; `items`: key → label, empty for the sheet.

    Raises Refused for another unit, a period that is not closed, without a reason, and while a request of
    the unit for this period is unanswered or its whole sheet is open already.
    """
    if unit.bureau_id != period.bureau_id or not may_enter(by, unit):
        raise Refused(_("You may ask for an exception only for your own unit."))
    reason = told(reason, _("Please write why the unit has to report after the period was closed."))
    locked = lock_started_period(period)
    if locked.is_open:
        raise Refused(_("This period is still open: no exception is needed."))
    asked = PeriodException.objects.filter(period=locked, unit=unit, state=ExceptionState.ASKED)
    if asked.exists():
        raise Refused(_("A request of your unit for this period is waiting for the office's answer already."))
    if opening(locked, unit).everything:
        raise Refused(_("The office has reopened this period for your unit already."))
    found = PeriodException.objects.create(
        period=locked,
        unit=unit,
        items=dict(items),
        reason=reason,
        asked_by=by,
        asked_at=at or locked.bureau.now,
    )
    _record("exception.asked", found, by, {"reason": reason, "items": found.items})
    return found


@transaction.atomic
def grant_exception(
    *, exception: PeriodException, until: date, answer: str = "", by: User, at: datetime | None = None
) -> PeriodException:
    """Open the closed period for what was asked, up to and including `until`. Raises Refused.

    Nobody grants their own request unless the bureau lets people approve what they submitted.
    """
    found = _locked(exception, by)
    _refuse_answered(found)
    bureau = found.period.bureau
    if found.asked_by_id == by.pk and not bureau.allow_self_approval:
        raise Refused(_("Nobody grants an exception that they asked for themselves."))
    if until < bureau.today:
        raise Refused(_("The last day cannot lie before today."))
    found.state, found.until, found.granted_on = ExceptionState.GRANTED, until, bureau.today
    _decide(found, told(answer), by, at)
    _record("exception.granted", found, by, {"until": str(until), "answer": found.answer})
    return found


@transaction.atomic
def decline_exception(
    *, exception: PeriodException, answer: str, by: User, at: datetime | None = None
) -> PeriodException:
    """Answer that the period stays closed, with the reason. Raises Refused."""
    found = _locked(exception, by)
    _refuse_answered(found)
    found.state = ExceptionState.DECLINED
    _decide(found, told(answer, _("Please write why the request is declined.")), by, at)
    _record("exception.declined", found, by, {"answer": found.answer})
    return found


@transaction.atomic
def withdraw_exception(
    *, exception: PeriodException, reason: str, by: User, at: datetime | None = None
) -> PeriodException:
    """Close the period again before the last day; what was submitted meanwhile goes on. Raises Refused."""
    found = _locked(exception, by)
    if not found.is_in_force:
        raise Refused(_("Only an exception that is in force can be withdrawn."))
    found.state, found.withdrawn_by = ExceptionState.WITHDRAWN, by
    found.withdrawn_at = at or found.period.bureau.now
    found.withdrawal = told(reason, _("Please write why the exception is withdrawn."))
    found.save()
    _record("exception.withdrawn", found, by, {"reason": found.withdrawal, "until": str(found.until)})
    return found


def _locked(exception: PeriodException, by: User) -> PeriodException:
    """The request's row, locked until the transaction ends, for those who manage the bureau's periods."""
    rows = PeriodException.objects.select_for_update(of=("self",))
    found = rows.select_related("period__bureau", "unit").get(pk=exception.pk)
    if not by.may(Permission.MANAGE_PERIODS, found.period.bureau):
        raise Refused(_("Only the office answers requests for exceptions."))
    return found


def _refuse_answered(found: PeriodException) -> None:
    if found.state != ExceptionState.ASKED:
        raise Refused(_("This request has been answered already. Please reload the page."))


def _decide(found: PeriodException, answer: str, by: User, at: datetime | None) -> None:
    found.answer, found.decided_by, found.decided_at = answer, by, at or found.period.bureau.now
    found.save()


def _record(kind: str, found: PeriodException, by: User, after: dict[str, object]) -> None:
    period = found.period
    record(kind, by=by, bureau=period.bureau, about=found, label=str(found), after=after)
