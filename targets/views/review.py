"""The review queue of the unit's reviewer, the leader in charge and the office: send on, or return."""

from __future__ import annotations

from collections.abc import Collection

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from accounts.access import require
from accounts.models import Unit, User
from accounts.permissions import Permission
from accounts.text import whole_number
from targets import tasks
from targets.enums import Step
from targets.errors import Refused
from targets.figure_columns import tidy_text
from targets.models import Period
from targets.policies import DECIDES
from targets.selectors.review import desks_of, narrowed_desks
from targets.selectors.tags import tag_choice
from targets.selectors.work import reporting_status
from targets.services.reviewing import (
    ItemRef,
    approve_items,
    pass_items,
    return_items,
    sign_items,
)


@require_GET
def review(request: HttpRequest) -> HttpResponse:
    """What waits for this person, and for the office who has not reported."""
    return _page(request, _reviewer(request))


@require_POST
def decide(request: HttpRequest) -> HttpResponse:
    """One decision about the chosen items of one desk: all of them, or none."""
    user = _reviewer(request)
    periods = Period.objects.select_related("bureau")
    period = get_object_or_404(periods, pk=whole_number(request.POST.get("period")))
    chosen = request.POST.getlist("item")
    reason = tidy_text(request.POST.get("reason", ""))
    try:
        _act(request, period, [_reference(text) for text in chosen], reason, by=user)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return _page(request, user, chosen=chosen, reason=reason)
    return redirect("review")


def _act(request: HttpRequest, period: Period, items: list[ItemRef], reason: str, *, by: User) -> None:
    """Do what the button says; raises Refused, Http404 or PermissionDenied."""
    decision = request.POST.get("decision")
    if decision == "return":
        require(request, Permission.VIEW_PLAN, period.bureau)
        done = return_items(items=items, bureau=period.bureau, reason=reason, by=by)
        text = ngettext("%(count)s item returned.", "%(count)s items returned.", done)
    elif decision == Step.PASS:
        units = Unit.objects.select_related("bureau").filter(bureau=period.bureau_id)
        unit = get_object_or_404(units, pk=whole_number(request.POST.get("unit")))
        require(request, Permission.REVIEW_UNIT, period.bureau, unit)
        done = pass_items(items=items, unit=unit, by=by)
        text = ngettext("%(count)s item passed on.", "%(count)s items passed on.", done)
    elif decision == Step.SIGN:
        require(request, Permission.SIGN_OFF, period.bureau)
        done = sign_items(items=items, bureau=period.bureau, by=by)
        text = ngettext("%(count)s item signed off.", "%(count)s items signed off.", done)
    elif decision == Step.APPROVE:
        require(request, Permission.APPROVE, period.bureau)
        for plan_id in approve_items(items=items, bureau=period.bureau, by=by):
            tasks.compute_progress.delay_on_commit(plan_id)
        done = len(items)
        text = ngettext(
            "%(count)s item approved. Progress is being computed.",
            "%(count)s items approved. Progress is being computed.",
            done,
        )
    else:
        raise Refused(_("Please choose whether to pass or to return."))
    messages.success(request, text % {"count": done})


def _page(
    request: HttpRequest, user: User, *, chosen: Collection[str] = (), reason: str = ""
) -> HttpResponse:
    desks = desks_of(user)
    tags = tag_choice(request.GET, *{desk.bureau for desk in desks})
    desks = narrowed_desks(desks, tags.tagged)
    office = [desk for desk in desks if desk.step == Step.APPROVE]
    context = {
        "desks": desks,
        "waiting": sum(desk.count for desk in desks),
        "offices": user.bureaus_where(Permission.APPROVE),
        "statuses": [reporting_status(desk.bureau, desk.period) for desk in office],
        "chosen": chosen,
        "all": "all" in request.GET,
        "reason": reason,
        "tag_choice": tags,
    }
    return render(request, "targets/review.html", context)


def _reviewer(request: HttpRequest) -> User:
    """The signed-in user, when they review somewhere; PermissionDenied otherwise."""
    user = request.user
    if isinstance(user, User) and any(user.may(permission) for permission in DECIDES.values()):
        return user
    raise PermissionDenied


def _reference(text: str) -> ItemRef:
    """`figure.12.5`: kind, id and the revision that was seen. Raises Refused for anything else."""
    kind, *numbers = text.split(".")
    if kind not in {"figure", "narrative"} or len(numbers) != 2:
        raise Refused(_("An item is no longer there. Please reload the page."))
    return ItemRef(kind, whole_number(numbers[0]), whole_number(numbers[1]))
