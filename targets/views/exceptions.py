"""Exceptions for closed periods: the unit asks, the office answers, both see the history."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import require
from accounts.models import Bureau, Unit, User
from accounts.permissions import Permission
from targets.errors import Refused
from targets.exception_forms import AnswerForm, AskForm
from targets.models import ExceptionState, Period, PeriodException
from targets.selectors.entry import entry_sheet
from targets.selectors.exceptions import PEOPLE, exceptions_of, exceptions_of_bureau
from targets.selectors.sight import may_enter
from targets.services.exceptions import (
    ask_exception,
    decline_exception,
    grant_exception,
    withdraw_exception,
)
from targets.working_days import add_working_days

USUAL_DAYS = 3  # working days that are proposed for an exception


@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest, period_id: int, unit_id: int) -> HttpResponse:
    """Ask to report in a closed period, with a reason, for the sheet or for single items."""
    unit = get_object_or_404(Unit.objects.select_related("bureau"), pk=unit_id)
    user = require(request, Permission.VIEW_PLAN, unit.bureau)
    if not may_enter(user, unit):
        raise PermissionDenied
    periods = Period.objects.select_related("bureau").filter(started_on__isnull=False)
    period = get_object_or_404(periods, pk=period_id, bureau=unit.bureau)
    form = AskForm(request.POST or None, sheet=entry_sheet(period, unit))
    if request.method == "POST" and form.is_valid():
        try:
            reason = form.cleaned_data["reason"]
            ask_exception(period=period, unit=unit, reason=reason, items=form.chosen, by=user)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The office has your request. You will find its answer here."))
            return redirect("entry-sheet", period.pk, unit.pk)
    context = {"period": period, "unit": unit, "form": form, "exceptions": exceptions_of(period, unit)}
    return render(request, "targets/exception_ask.html", context)


@require_GET
def exceptions(request: HttpRequest, code: str) -> HttpResponse:
    """Every request in the bureau, the unanswered first."""
    bureau = get_object_or_404(Bureau, code=code)
    require(request, Permission.MANAGE_PERIODS, bureau)
    context = {"bureau": bureau, "exceptions": exceptions_of_bureau(bureau)}
    return render(request, "targets/exceptions.html", context)


@require_GET
def exception(request: HttpRequest, pk: int) -> HttpResponse:
    """One request with its answer; the office finds the forms to answer it."""
    found, user = _exception(request, pk)
    return _page(request, found, user, AnswerForm(initial={"until": _usual_day(found)}))


@require_POST
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Grant, decline or withdraw."""
    found, user = _exception(request, pk)
    require(request, Permission.MANAGE_PERIODS, found.period.bureau)
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return _page(request, found, user, form, status=422)
    try:
        _act(request.POST.get("act", ""), found, form, by=user)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return _page(request, found, user, form, status=422)
    messages.success(request, _("The unit finds your answer on its sheet."))
    return redirect("exceptions", found.period.bureau.code)


def _act(act: str, found: PeriodException, form: AnswerForm, *, by: User) -> None:
    """Do what the button says; raises Refused."""
    answer, until = form.cleaned_data["answer"], form.cleaned_data["until"]
    if act == "grant" and until is None:
        raise Refused(_("Please choose the last day on which the unit may report."))
    if act == "grant":
        grant_exception(exception=found, until=until, answer=answer, by=by)
    elif act == "decline":
        decline_exception(exception=found, answer=answer, by=by)
    elif act == "withdraw":
        withdraw_exception(exception=found, reason=answer, by=by)
    else:
        raise Refused(_("Please choose what to answer."))


def _exception(request: HttpRequest, pk: int) -> tuple[PeriodException, User]:
    """The request and the person: of its unit, or who manages the periods; Http404 in another bureau."""
    found = get_object_or_404(PeriodException.objects.select_related(*PEOPLE), pk=pk)
    bureau, unit = found.period.bureau, found.unit
    user = require(request, Permission.VIEW_PLAN, bureau)
    own = may_enter(user, unit) or user.may(Permission.REVIEW_UNIT, bureau, unit)
    if not own and not user.may(Permission.MANAGE_PERIODS, bureau):
        raise PermissionDenied
    return found, user


def _page(
    request: HttpRequest, found: PeriodException, user: User, form: AnswerForm, status: int = 200
) -> HttpResponse:
    manages = user.may(Permission.MANAGE_PERIODS, found.period.bureau)
    context = {
        "exception": found,
        "form": form,
        "manages": manages,
        "may_answer": manages and found.state == ExceptionState.ASKED,
        "may_withdraw": manages and found.is_in_force,
        "others": [row for row in exceptions_of(found.period, found.unit) if row.pk != found.pk],
    }
    return render(request, "targets/exception.html", context, status=status)


def _usual_day(found: PeriodException) -> object:
    return add_working_days(found.period.bureau.today, USUAL_DAYS)
