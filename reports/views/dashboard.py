"""The leader's dashboard of one bureau, and the observer's view of all."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from accounts.access import home_bureau, require
from accounts.permissions import Permission
from plans.selectors import plan_of
from reports.selectors import dashboard as dashboards
from reports.selectors.overview import overview as bureaus_side_by_side
from targets.enums import Step
from targets.periods import PeriodKey
from targets.selectors.board import board
from targets.selectors.periods import shown_period
from targets.selectors.review import waiting_for
from targets.selectors.tags import tag_choice
from targets.views.choice import choose_period


@require_GET
def dashboard(request: HttpRequest, code: str, period: PeriodKey) -> HttpResponse:
    user = require(request, Permission.VIEW_PLAN)
    plan = plan_of(user, code, period.year)
    if plan is None:
        raise Http404
    choice = choose_period(request, plan, str(period))
    tags = tag_choice(request.GET, plan.bureau)
    page = dashboards.dashboard(board(choice.plan, choice.period, tags.tagged))
    context = {"page": page, "tag_choice": tags, "to_sign": waiting_for(user, Step.SIGN)}
    return render(request, "reports/dashboard.html", context | choice.context)


@require_GET
def current_dashboard(request: HttpRequest) -> HttpResponse:
    """The own bureau's dashboard of the period to look at; who has no bureau goes to the overview."""
    user = require(request, Permission.VIEW_PLAN)
    bureau = home_bureau(user)
    if bureau is None:
        return redirect("overview")
    period = shown_period(bureau)
    return redirect("dashboard", bureau.code, period.key) if period else redirect("home")


@require_GET
def overview(request: HttpRequest) -> HttpResponse:
    user = require(request, Permission.OVERSEE_BUREAUS)
    return render(request, "reports/overview.html", {"page": bureaus_side_by_side(user)})
