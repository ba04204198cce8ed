"""Organising a plan: who leads and helps, and the bureau's tags."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from accounts.access import require
from accounts.models import Bureau, User
from accounts.permissions import Permission
from accounts.text import whole_number
from plans.models import Plan
from targets import tasks
from targets.assignment_forms import assignment_inputs
from targets.errors import Refused
from targets.models import Target
from targets.selectors.assignment import assignment_page
from targets.selectors.tags import tag_choice, tags_of
from targets.services.assigning import AssignmentChange, assign
from targets.services.tagging import add_tag, delete_tag, rename_tag

MOST_TOLD = 10


def organised_plan(request: HttpRequest, code: str, year: int) -> tuple[Plan, User]:
    """The plan and the person, who organises it; Http404 in another bureau, PermissionDenied without."""
    bureau = get_object_or_404(Bureau, code=code)
    user = require(request, Permission.ORGANISE_PLAN, bureau)
    plan = Plan.objects.select_related("bureau", "document").filter(bureau=bureau, year=year).first()
    if plan is None:
        raise Http404
    plan.bureau = bureau
    return plan, user


@require_http_methods(["GET", "POST"])
def assignment(request: HttpRequest, code: str, year: int) -> HttpResponse:
    """The whole plan as a table: lead, cooperating units and tags; saved together."""
    plan, user = organised_plan(request, code, year)
    tags = tag_choice(request.GET, plan.bureau)
    chosen, status = {}, 200
    if request.method == "POST":
        rows = assignment_inputs(request.POST)
        try:
            changes = assign(plan=plan, rows=rows, by=user)
        except Refused as refusal:
            messages.error(request, str(refusal))
            chosen, status = {row.key: (row.wanted, row.was) for row in rows}, 422
        else:
            tasks.compute_progress.delay_on_commit(plan.pk)
            messages.success(request, told_changes(changes))
            return redirect(request.path + tags.query)
    context = {
        "plan": plan,
        "page": assignment_page(plan, tags, chosen),
        "tag_choice": tags,
        "nav_bureau": plan.bureau,
        "nav_year": plan.year,
    }
    return render(request, "targets/assignment.html", context, status=status)


def told_changes(changes: Iterable[AssignmentChange]) -> str:
    """What was changed, item by item; a former lead that still reports is named."""
    found = list(changes)
    if not found:
        return _("Nothing was changed.")
    lines = [_told(change) for change in found[:MOST_TOLD]]
    head = ngettext("%(count)s item changed: ", "%(count)s items changed: ", len(found))
    return head % {"count": len(found)} + ";".join(lines) + ("…" if len(found) > MOST_TOLD else "")


def _told(change: AssignmentChange) -> str:
    name = f"{change.item.key} {change.item}" if isinstance(change.item, Target) else str(change.item)
    if not change.still_led:
        return name
    return _("%(item)s (the former lead reports through %(period)s)") % {
        "item": name,
        "period": change.still_led,
    }


@require_http_methods(["GET", "POST"])
def tags(request: HttpRequest, code: str) -> HttpResponse:
    """The bureau's tags; one act at a time: add, rename or delete."""
    bureau = get_object_or_404(Bureau, code=code)
    user = require(request, Permission.ORGANISE_PLAN, bureau)
    if request.method == "POST":
        try:
            _change_tags(request, bureau, user)
        except Refused as refusal:
            messages.error(request, str(refusal))
        return redirect("tags", code)
    context = {
        "bureau": bureau,
        "tags": tags_of(bureau),
        "plan": Plan.objects.filter(bureau=bureau).order_by("-year").first(),
    }
    return render(request, "targets/tags.html", context)


def _change_tags(request: HttpRequest, bureau: Bureau, by: User) -> None:
    name, action = request.POST.get("name", ""), request.POST.get("action")
    if action == "add":
        tag = add_tag(bureau=bureau, name=name, by=by)
        messages.success(request, _("The tag “%(name)s” was added.") % {"name": tag})
        return
    tag = get_object_or_404(bureau.tags, pk=whole_number(request.POST.get("tag")))
    if action == "delete":
        delete_tag(tag=tag, by=by)
        messages.success(request, _("The tag “%(name)s” was deleted.") % {"name": tag})
    elif rename_tag(tag=tag, name=name, by=by):
        messages.success(request, _("The tag is now called “%(name)s”.") % {"name": tag})
