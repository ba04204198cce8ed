"""The periods of a year: the office starts and locks them, each on a page that asks first."""

from __future__ import annotations

from datetime import date, timedelta

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.access import require
from accounts.models import Bureau, User
from accounts.permissions import Permission
from targets import tasks
from targets.errors import Refused
from targets.forms import DatesForm
from targets.models import Period
from targets.periods import PERIOD_MONTHS, PeriodKey
from targets.selectors.period_list import period_lines, plan_years, year_of
from targets.selectors.work import reporting_status
from targets.services.periods import lock_period, start_period
from targets.words import period_name

SATURDAY = 5
# Days after the end of the data at which each step is due, where nothing else is known.
USUAL_DAYS = {"report_due": 10, "review_due": 13, "approve_due": 16, "statistics_due": 24, "bulletin_on": 28}


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
            return redirect("periods", code)
    return render(request, "targets/periods_start.html", {"bureau": bureau, "key": key, "form": form})


@require_http_methods(["GET", "POST"])
def lock(request: HttpRequest, code: str, year: int, month: int) -> HttpResponse:
    """Show what would stay behind, then close the period."""
    bureau, user = _office(request, code)
    key = _key(year, month)
    found = Period.objects.select_related("bureau").filter(bureau=bureau, started_on__isnull=False)
    period = get_object_or_404(found, year=key.year, month=key.month)
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


def _key(year: int, month: int) -> PeriodKey:
    if month not in PERIOD_MONTHS:
        raise Http404
    return PeriodKey(year, month)


def _suggested_dates(bureau: Bureau, key: PeriodKey) -> dict[str, date]:
    """The usual deadlines, and the bureau's own where it has planned them."""
    planned = Period.objects.filter(bureau=bureau, year=key.year, month=key.month)
    dates = planned.values(*DatesForm.base_fields).first() or {}
    return _usual_dates(key, bureau.today) | {name: day for name, day in dates.items() if day}


def _usual_dates(key: PeriodKey, today: date) -> dict[str, date]:
    """Deadlines to start from: counted from the end of the data, moved to Monday from a weekend."""
    start = max(key.cutoff, today)
    days = {name: start + timedelta(days=count) for name, count in USUAL_DAYS.items()}
    return {name: _working_day(day) for name, day in days.items()}


def _working_day(day: date) -> date:
    return day + timedelta(days=7 - day.weekday()) if day.weekday() >= SATURDAY else day
