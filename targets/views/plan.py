"""The plan as published, the document with its lights, one target, one task."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from accounts.access import require, signed_in
from accounts.permissions import Permission
from plans.models import Plan, Task
from plans.selectors import plan_of
from targets.filters import PlanFilter, light_chips
from targets.models import Target
from targets.selectors.board import board, counts_of
from targets.selectors.document_page import document_paragraphs
from targets.selectors.plan_page import plan_page
from targets.selectors.target_page import target_page
from targets.selectors.task_page import task_page
from targets.views.choice import choose_period


def readable_plan(request: HttpRequest, code: str, year: int) -> Plan:
    """The plan of that bureau and year, with bureau and document; Http404 or PermissionDenied otherwise."""
    user = require(request, Permission.VIEW_PLAN)
    found = plan_of(user, code, year)
    if found is None:
        raise Http404
    return found


@require_GET
def plan(request: HttpRequest, code: str, year: int) -> HttpResponse:
    choice = choose_period(request, readable_plan(request, code, year))
    state = board(choice.plan, choice.period)
    narrowed = PlanFilter(request.GET, state)
    fits = narrowed.fits_besides_light
    counts = counts_of(row for row in state.rows if fits is None or fits(row))
    context: dict[str, Any] = {
        "page": plan_page(state, narrowed.fits()),
        "filter": narrowed,
        "chips": light_chips(request.GET, counts),
        "may_organise": signed_in(request).may(Permission.ORGANISE_PLAN, choice.plan.bureau),
        "sees_submitted": signed_in(request).may(Permission.VIEW_SUBMITTED, choice.plan.bureau),
    }
    return render(request, "targets/plan.html", context | choice.context)


@require_GET
def document(request: HttpRequest, code: str, year: int) -> HttpResponse:
    choice = choose_period(request, readable_plan(request, code, year))
    state = board(choice.plan, choice.period)
    context = {"paragraphs": document_paragraphs(state), "board": state}
    return render(request, "targets/document.html", context | choice.context)


@require_GET
def target(request: HttpRequest, pk: int) -> HttpResponse:
    user = require(request, Permission.VIEW_PLAN)
    targets = Target.objects.visible_to(user).select_related(
        "plan__bureau", "plan__document", "section", "task__origin", "group", "lead"
    )
    found = get_object_or_404(targets.prefetch_related("sources", "cooperating", "tags"), pk=pk)
    choice = choose_period(request, found.plan)
    context = {
        "page": target_page(found, choice.period, user),
        "may_organise": user.may(Permission.ORGANISE_PLAN, found.plan.bureau),
    }
    return render(request, "targets/target.html", context | choice.context)


@require_GET
def task(request: HttpRequest, pk: int) -> HttpResponse:
    user = require(request, Permission.VIEW_PLAN)
    tasks = Task.objects.filter(plan__in=Plan.objects.visible_to(user)).prefetch_related(
        "cooperating", "tags", "lead_changes__unit"
    )
    related = tasks.select_related("plan__bureau", "plan__document", "section", "lead", "origin__by")
    found = get_object_or_404(related, pk=pk)
    choice = choose_period(request, found.plan)
    context = {
        "page": task_page(found, choice.period, choice.periods, user),
        "may_organise": user.may(Permission.ORGANISE_PLAN, found.plan.bureau),
    }
    return render(request, "targets/task.html", context | choice.context)
