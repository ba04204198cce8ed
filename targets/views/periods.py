"""The periods of a year: the office starts and locks them, each on a page that asks first."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.access import require
from accounts.models import Bureau, User
from accounts.permissions import Permission
from targets import tasks
from targets.deadlines import usual_deadlines
from targets.errors import Refused
from targets.forms import DatesForm
from targets.models import Period
from targets.periods import PERIOD_MONTHS, PeriodKey
from targets.selectors.deadlines import STEP_NAMES
from targets.selectors.exceptions import unanswered_exceptions
from targets.selectors.period_list import period_lines, plan_years, year_of
from targets.selectors.work import reporting_status
from targets.services.periods import Dates, change_deadlines, lock_period, start_period
from targets.words import day_text, period_name
from targets.working_days import unknown_years


@require_GET
def periods(request: HttpRequest, code: str) -> HttpResponse:
    """The year's periods with their dates and states."""
    bureau, _user = _office(request, code)
    year = year_of(bureau, request.GET.get("year", ""))
    context = {
        "bureau": bureau,
        "year": year,
        "lines": period_lines(bureau, year),
        "years": plan_years(bureau),
        "requests": unanswered_exceptions(bureau),
    }
    return render(request, "targets/periods.html", context)


@require_http_methods(["GET", "POST"])
def start(request: HttpRequest, code: str, year: int, month: int) -> HttpResponse:
    """Ask for the deadlines, then open the period."""
    bureau, user = _office(request, code)
    key = _key(year, month)
    form = DatesForm(request.POST or None, initial=_suggested_dates(bureau, key))
    if request.method == "POST" and form.is_valid():
        try:
            plan = start_period(bureau=bureau, key=key, dates=form.to_dates(), by=user)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            tasks.compute_progress.delay_on_commit(plan.pk)
            messages.success(request, _("%(period)s has been started.") % {"period": period_name(key)})
            _say_moved(request, form.to_dates())
            return redirect("periods", code)
    return render(request, "targets/periods_start.html", _form_context(bureau, key, form))


@require_http_methods(["GET", "POST"])
def deadlines(request: HttpRequest, code: str, year: int, month: int) -> HttpResponse:
    """Other deadlines for a period that is open."""
    bureau, user = _office(request, code)
    key = _key(year, month)
    period = _started(bureau, key)
    form = DatesForm(request.POST or None, initial={name: getattr(period, name) for name in STEP_NAMES})
    if request.method == "POST" and form.is_valid():
        try:
            change_deadlines(period=period, dates=form.to_dates(), by=user)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The deadlines are kept."))
            _say_moved(request, form.to_dates())
            return redirect("periods", code)
    context = _form_context(bureau, key, form) | {"period": period}
    return render(request, "targets/periods_start.html", context)


@require_http_methods(["GET", "POST"])
def lock(request: HttpRequest, code: str, year: int, month: int) -> HttpResponse:
    """Show what would stay behind, then close the period."""
    bureau, user = _office(request, code)
    key = _key(year, month)
    period = _started(bureau, key)
    if request.method == "POST":
        try:
            lock_period(period=period, by=user)
            messages.success(request, _("%(period)s has been locked.") % {"period": period_name(key)})
        except Refused as refusal:
            messages.error(request, str(refusal))
        return redirect("periods", code)
    context = {"bureau": bureau, "period": period, "status": reporting_status(bureau, period)}
    return render(request, "targets/periods_lock.html", context)


def _office(request: HttpRequest, code: str) -> tuple[Bureau, User]:
    """The bureau and the person, who manages its periods; Http404 in another bureau."""
    bureau = get_object_or_404(Bureau, code=code)
    return bureau, require(request, Permission.MANAGE_PERIODS, bureau)


def _started(bureau: Bureau, key: PeriodKey) -> Period:
    found = Period.objects.select_related("bureau").filter(bureau=bureau, started_on__isnull=False)
    return get_object_or_404(found, year=key.year, month=key.month)


def _key(year: int, month: int) -> PeriodKey:
    if month not in PERIOD_MONTHS:
        raise Http404
    return PeriodKey(year, month)


def _suggested_dates(bureau: Bureau, key: PeriodKey) -> dict[str, date]:
    """The usual deadlines, and the bureau's own where it has planned them."""
    planned = Period.objects.filter(bureau=bureau, year=key.year, month=key.month)
    dates = planned.values(*DatesForm.base_fields).first() or {}
    return usual_deadlines(key, bureau.today) | {name: day for name, day in dates.items() if day}


def _say_moved(request: HttpRequest, typed: Dates) -> None:
    """Tell which deadlines fell on a holiday or weekend, and to which day they moved."""
    moved = typed.on_working_days().given()
    for name, day in typed.given().items():
        if moved[name] != day:
            words = {"step": STEP_NAMES[name], "day": day_text(day), "moved": day_text(moved[name])}
            text = _("%(step)s: %(day)s is no working day; the deadline moved to %(moved)s.")
            messages.info(request, text % words)


def _form_context(bureau: Bureau, key: PeriodKey, form: DatesForm) -> dict[str, object]:
    """What the pages with deadlines show; `unknown`: years whose holidays nobody has published yet."""
    days = [day for name in form.fields if isinstance(day := form[name].value(), date)]
    return {"bureau": bureau, "key": key, "form": form, "unknown": unknown_years([*days, key.cutoff])}
