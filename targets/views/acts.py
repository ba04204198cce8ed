"""Adjustments of targets and postponements of nodes: asking, the queue, and the decision."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import require
from accounts.models import User
from accounts.permissions import Permission
from targets import tasks
from targets.act_forms import AdjustmentForm, PostponementForm
from targets.errors import Refused
from targets.figure_columns import tidy_text
from targets.models import Adjustment, Milestone, Period, Postponement, Target
from targets.selectors.acts import acts_page, effect_of, effective_periods, newest_progress, rows
from targets.selectors.nodes import node_of, with_moves
from targets.selectors.periods import period_to_work_on
from targets.selectors.sight import Sight, may_enter, sight
from targets.selectors.tags import tag_choice
from targets.selectors.terms import stand_in_force
from targets.services.adjusting import (
    approve_adjustment,
    decline_adjustment,
    propose_adjustment,
    withdraw_adjustment,
)
from targets.services.postponing import (
    approve_postponement,
    ask_postponement,
    decline_postponement,
    withdraw_postponement,
)
from targets.views.choice import PeriodTab
from targets.words import period_short_name


@require_GET
def acts(request: HttpRequest) -> HttpResponse:
    """What waits for a decision, and what was decided."""
    user = require(request, Permission.VIEW_SUBMITTED)
    tags = tag_choice(request.GET, *user.bureaus_where(Permission.VIEW_SUBMITTED))
    context = {"page": acts_page(user, tags.tagged), "tag_choice": tags}
    return render(request, "targets/acts.html", context)


@require_http_methods(["GET", "POST"])
def propose(request: HttpRequest, pk: int) -> HttpResponse:
    """The office asks for other terms of a target."""
    target = get_object_or_404(Target.objects.select_related("plan__bureau", "lead"), pk=pk)
    user = require(request, Permission.PROPOSE_ADJUSTMENT, target.plan.bureau)
    periods = effective_periods(target)
    since = _since(request, periods)
    if since.pk:
        stand_in_force([target], since)
    form = AdjustmentForm(target, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = propose_adjustment(
                target=target,
                since=since.key,
                terms=form.to_terms(),
                reason=form.cleaned_data["reason"],
                document_number=form.cleaned_data["document_number"],
                by=user,
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The adjustment is proposed and waits for a leader's decision."))
            return redirect("adjustment", made.pk)
    tabs = [PeriodTab(str(one.key), period_short_name(one.key), one == since) for one in periods]
    context = {"target": target, "form": form, "since": since, "tabs": tabs}
    return render(request, "targets/adjustment_propose.html", context)


@require_GET
def adjustment(request: HttpRequest, pk: int) -> HttpResponse:
    """One adjustment, with what it changes and the decision for whoever takes it."""
    found = _adjustment(pk)
    user = require(request, Permission.VIEW_SUBMITTED, found.target.plan.bureau)
    context = {
        "row": rows([found], user)[0],
        "act": found,
        "effect": effect_of(found),
        "progress": newest_progress(found.target),
        "decide_url": "adjustment-decide",
    }
    return render(request, "targets/act.html", context)


@require_POST
def decide_adjustment(request: HttpRequest, pk: int) -> HttpResponse:
    """Agree, decline or take back."""
    found = _adjustment(pk)
    bureau = found.target.plan.bureau
    decision = request.POST.get("decision")
    withdrawing = decision == "withdraw"
    needed = Permission.PROPOSE_ADJUSTMENT if withdrawing else Permission.APPROVE_ADJUSTMENT
    user = require(request, needed, bureau)
    answer = tidy_text(request.POST.get("answer", ""))
    deeds: dict[str, Callable[[], int | None]] = {
        "approve": lambda: approve_adjustment(adjustment=found, by=user),
        "decline": lambda: decline_adjustment(adjustment=found, answer=answer, by=user),
        "withdraw": lambda: withdraw_adjustment(adjustment=found, by=user),
    }
    return _decided(request, deeds.get(decision or ""), "adjustment", pk)


@require_http_methods(["GET", "POST"])
def postpone(request: HttpRequest, pk: int) -> HttpResponse:
    """The lead unit asks that a node be moved."""
    milestones = Milestone.objects.select_related("task__plan__bureau", "task__lead__bureau")
    milestone = get_object_or_404(milestones, pk=pk)
    user = _lead_hand(request, milestone)
    task = milestone.task
    own = Period.objects.filter(bureau=task.plan.bureau, year=task.plan.year).select_related("bureau")
    periods = [period for period in own.order_by("month") if period.is_open]
    wanted = request.GET.get("period", "")
    period = next((one for one in periods if str(one.key) == wanted), None) or period_to_work_on(periods)
    node = node_of(milestone, period.key) if period else None
    planned = node.planned if node else milestone.planned
    form = PostponementForm(planned, task.plan.year, task.plan.bureau.today, request.POST or None)
    if request.method == "POST" and form.is_valid() and period:
        try:
            ask_postponement(
                milestone=milestone,
                period=period,
                to=form.to_key(),
                reason=form.cleaned_data["reason"],
                by=user,
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The postponement is asked for and waits for the office."))
            return redirect(task)
    context = {"milestone": milestone, "task": task, "node": node, "period": period, "form": form}
    return render(request, "targets/postponement_ask.html", context)


@require_GET
def postponement(request: HttpRequest, pk: int) -> HttpResponse:
    """One request for a postponement, with the decision for the office."""
    found = _postponement(pk)
    task = found.milestone.task
    user = require(request, Permission.VIEW_PLAN, task.plan.bureau)
    if sight(user, task.plan.bureau, task.lead) == Sight.APPROVED:
        raise PermissionDenied
    context = {"row": rows([found], user)[0], "act": found, "decide_url": "postponement-decide"}
    return render(request, "targets/act.html", context)


@require_POST
def decide_postponement(request: HttpRequest, pk: int) -> HttpResponse:
    """The office (about its own request a leader) agrees or declines; the unit takes its request back."""
    found = _postponement(pk)
    decision = request.POST.get("decision")
    if decision == "withdraw":
        user = _lead_hand(request, found.milestone)
    else:
        bureau = found.milestone.task.plan.bureau
        user = require(request, Permission.VIEW_SUBMITTED, bureau)
        if not (user.may(Permission.APPROVE, bureau) or rows([found], user)[0].may_decide):
            raise PermissionDenied
    answer = tidy_text(request.POST.get("answer", ""))
    deeds: dict[str, Callable[[], int | None]] = {
        "approve": lambda: approve_postponement(postponement=found, by=user),
        "decline": lambda: decline_postponement(postponement=found, answer=answer, by=user),
        "withdraw": lambda: withdraw_postponement(postponement=found, by=user),
    }
    return _decided(request, deeds.get(decision or ""), "postponement", pk)


def _decided(request: HttpRequest, deed: Callable[[], int | None] | None, page: str, pk: int) -> HttpResponse:
    """Do what the button says and go back to the act; agreeing has to be confirmed."""
    confirmed = request.POST.get("decision") != "approve" or "confirmed" in request.POST
    try:
        if deed is None or not confirmed:
            raise Refused(_("Please choose a decision, and confirm an agreement by its tick."))
        plan_id = deed()
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        if plan_id is not None:
            tasks.compute_progress.delay_on_commit(plan_id)
        messages.success(request, _("Your decision is stored."))
    return redirect(page, pk)


def _since(request: HttpRequest, periods: list[Period]) -> Period:
    """The period asked for, else the first one that has not ended; Http404 where all are locked."""
    wanted = request.GET.get("since")
    if wanted:
        found = next((period for period in periods if str(period.key) == wanted), None)
    else:
        found = next((period for period in periods if not period.has_ended), periods[-1] if periods else None)
    if found is None:
        raise Http404
    return found


def _adjustment(pk: int) -> Adjustment:
    related = (
        "target__plan__bureau",
        "target__lead",
        "effective",
        "by",
        "decided_by",
        "old_lead",
        "new_lead",
    )
    return get_object_or_404(Adjustment.objects.select_related(*related), pk=pk)


def _postponement(pk: int) -> Postponement:
    related = ("milestone__task__plan__bureau", "milestone__task__lead__bureau", "effective__bureau", "by")
    found = with_moves(Postponement.objects.select_related(*related, "decided_by"))
    return get_object_or_404(found, pk=pk)


def _lead_hand(request: HttpRequest, milestone: Milestone) -> User:
    """The signed-in user, who enters for the task's lead; Http404 in another bureau."""
    user = require(request, Permission.VIEW_PLAN, milestone.task.plan.bureau)
    if not may_enter(user, milestone.task.lead):
        raise PermissionDenied
    return user
