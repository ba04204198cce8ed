"""A bureau's settings: the office sets the steps of the review, the security administrator the policy."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.access import require, signed_in
from accounts.models import Bureau, User
from accounts.permissions import Permission
from accounts.services import set_self_approval
from targets.errors import Refused
from targets.services.settings import set_review_steps
from targets.settings_forms import StepsForm


@require_GET
def settings(request: HttpRequest) -> HttpResponse:
    """The settings of every bureau in which this person may change some."""
    user = signed_in(request)
    if not (user.may(Permission.MANAGE_STEPS) or user.may(Permission.MANAGE_ROLES)):
        raise PermissionDenied
    return _page(request, user)


@require_POST
def set_steps(request: HttpRequest, code: str) -> HttpResponse:
    """The office sets which steps the review has, and who signs off."""
    bureau = get_object_or_404(Bureau, code=code)
    user = require(request, Permission.MANAGE_STEPS, bureau)
    form = StepsForm(request.POST, bureau=bureau)
    if not form.is_valid():
        return _page(request, user, form)
    switches = {name: form.cleaned_data[name] for name in ("skip_unit_review", "leader_sign_off")}
    try:
        changed = set_review_steps(bureau=bureau, leaders=form.leaders(), by=user, **switches)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return _page(request, user, form)
    messages.success(request, _("The settings were saved.") if changed else _("Nothing was changed."))
    return redirect("settings")


@require_POST
def set_policy(request: HttpRequest, code: str) -> HttpResponse:
    """The security administrator sets whether people may approve what they submitted."""
    bureau = get_object_or_404(Bureau, code=code)
    user = require(request, Permission.MANAGE_ROLES, bureau)
    changed = set_self_approval(bureau=bureau, allowed="allow_self_approval" in request.POST, by=user)
    messages.success(request, _("The settings were saved.") if changed else _("Nothing was changed."))
    return redirect("settings")


def _page(request: HttpRequest, user: User, typed: StepsForm | None = None) -> HttpResponse:
    bureaus = user.bureaus_where(Permission.MANAGE_STEPS)
    forms = [typed if typed and typed.bureau == bureau else StepsForm(bureau=bureau) for bureau in bureaus]
    context = {"forms": forms, "governed": user.bureaus_where(Permission.MANAGE_ROLES)}
    return render(request, "targets/settings.html", context)
