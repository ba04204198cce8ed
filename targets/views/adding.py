"""Tasks that are not in the document: the office adds them, gives them targets, or takes them back."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import require
from accounts.models import User
from accounts.permissions import Permission
from plans.models import Plan, Task
from targets import tasks
from targets.added_forms import AddedTargetForm, AddedTaskForm
from targets.errors import Refused
from targets.models import Period
from targets.periods import QUARTER_MONTHS
from targets.services.adding import add_target, add_task, remove_task
from targets.views.organise import organised_plan


@require_http_methods(["GET", "POST"])
def create(request: HttpRequest, code: str, year: int) -> HttpResponse:
    """Ask for the task, then add it."""
    plan, user = organised_plan(request, code, year)
    form = AddedTaskForm(request.POST or None, plan=plan, months=_months(plan))
    if request.method == "POST" and form.is_valid():
        try:
            made = add_task(plan=plan, task=form.to_task(), by=user)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            tasks.compute_progress.delay_on_commit(plan.pk)
            messages.success(request, _("“%(item)s” was added to the plan.") % {"item": made})
            return redirect(made)
    context = {"plan": plan, "form": form, "nav_bureau": plan.bureau, "nav_year": plan.year}
    return render(request, "targets/added_task.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def target(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for a target of an added task, then add it."""
    task, user = _added_task(request, pk)
    form = AddedTargetForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = add_target(task=task, target=form.to_target(), by=user)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            tasks.compute_progress.delay_on_commit(task.plan_id)
            messages.success(request, _("“%(item)s” was added to the plan.") % {"item": made})
            return redirect(task)
    context = {"task": task, "plan": task.plan, "form": form, "nav_bureau": task.plan.bureau}
    context["nav_year"] = task.plan.year
    return render(request, "targets/added_target.html", context, status=422 if form.errors else 200)


@require_POST
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an added task back."""
    task, user = _added_task(request, pk)
    try:
        remove_task(task=task, by=user)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("task", pk)
    tasks.compute_progress.delay_on_commit(task.plan_id)
    messages.success(request, _("“%(item)s” was removed from the plan.") % {"item": task})
    return redirect(task.plan)


def _added_task(request: HttpRequest, pk: int) -> tuple[Task, User]:
    """The task and the person, who organises its plan; 404 for another bureau's and the document's own."""
    found = Task.objects.select_related("plan__bureau", "plan__document", "lead", "section")
    task = get_object_or_404(found, pk=pk, in_document=False)
    return task, require(request, Permission.ORGANISE_PLAN, task.plan.bureau)


def _months(plan: Plan) -> list[int]:
    """The quarters that are not locked."""
    locked = Period.objects.filter(bureau=plan.bureau, year=plan.year, locked_on__isnull=False)
    last = max(locked.values_list("month", flat=True), default=0)
    return [month for month in QUARTER_MONTHS if month > last]
