"""Signing in and out, preferences, health, and the pages of the three administrators."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView
from django.core.exceptions import ValidationError
from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import require, signed_in
from accounts.audit import record
from accounts.filters import AuditFilter, PeopleFilter
from accounts.forms import ContactForm, HandOverForm, LogInForm
from accounts.held import ENDED, HELD, mark_ended
from accounts.models import ROLE_LABELS, Unit, User
from accounts.paging import page_of_list
from accounts.permissions import Permission, Role
from accounts.selectors import (
    chain_reports,
    demo_accounts,
    events_visible_to,
    memberships_in_order,
    people_visible_to,
    permission_table,
    role_counts,
)
from accounts.services import (
    change_contact,
    hand_over_unit,
    role_names,
    set_account_active,
    sign_in,
    sign_out,
)
from accounts.text import printable, whole_number

YEAR_IN_SECONDS = 365 * 24 * 60 * 60


class LogInView(LoginView):
    """The log-in page. Says so when an earlier session has ended, and leads back to where one was."""

    template_name = "accounts/login.html"
    authentication_form = LogInForm
    redirect_authenticated_user = True

    def get_initial(self) -> dict[str, Any]:
        return {"username": self.request.GET.get("username", "")} if settings.DEMO else {}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        ended = self.request.session.get(ENDED) or {}
        context["typed_is_held"] = HELD in self.request.session
        context["session_ended"] = bool(ended) and (not ended.get("on_purpose") or context["typed_is_held"])
        if settings.DEMO:
            context |= {"demo_groups": demo_accounts(), "demo_password": settings.DEMO_PASSWORD}
        return context

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        sign_in(self.request, user=form.get_user())
        return HttpResponseRedirect(self.get_success_url())

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        username = printable(form.data.get("username", ""))
        if username:
            record("session.login_failed", by=None, username=username, outcome="failed")
        return super().form_invalid(form)


@require_POST
def log_out(request: HttpRequest) -> HttpResponse:
    """End the session; the browser forgets what it kept of the pages, so that Back shows nothing.

    What the person has typed in another window is still held for them when it is sent.
    """
    user = signed_in(request)
    sign_out(request, by=user)
    mark_ended(request, user.pk, on_purpose=True)
    response = redirect("login")
    response["Clear-Site-Data"] = '"cache", "storage"'
    return response


@require_POST
@login_not_required
def set_language(request: HttpRequest) -> HttpResponse:
    """Switch the language and stay on the page."""
    response = HttpResponseRedirect(next_page(request))
    wanted = request.POST.get("language", "")
    if wanted in dict(settings.LANGUAGES):
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            wanted,
            max_age=YEAR_IN_SECONDS,
            secure=settings.SECURE,
            httponly=True,
            samesite="Lax",
        )
    return response


@require_POST
def set_text_size(request: HttpRequest) -> HttpResponse:
    """Switch between normal and large text (大字版), remembered with the account; stay on the page."""
    assert isinstance(request.user, User)
    request.user.large_text = request.POST.get("size") == "large"
    request.user.save(update_fields=["large_text"])
    return HttpResponseRedirect(next_page(request))


@require_http_methods(["GET", "POST"])
def contact(request: HttpRequest) -> HttpResponse:
    """One's own telephone and mail address, and whether the daily mail is wanted."""
    user = signed_in(request)
    form = ContactForm(request.POST or None, instance=User.objects.get(pk=user.pk))
    if request.method == "POST" and form.is_valid():
        if change_contact(user=user, **form.cleaned_data):
            messages.success(request, _("Your contact details are kept."))
        return redirect("contact")
    return render(request, "accounts/contact.html", {"form": form})


@require_POST
def keep_alive(request: HttpRequest) -> HttpResponse:
    """The person asked to stay signed in: the middleware has noted the sign of life."""
    return HttpResponse(status=204)


def next_page(request: HttpRequest) -> str:
    """The page named in `next` when it is ours, else the start page."""
    wanted = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure()):
        return wanted
    return "/"


@require_GET
@login_not_required
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """Says that this process answers; asks nothing else."""
    return HttpResponse("ok", content_type="text/plain")


@require_GET
@login_not_required
@never_cache
def readyz(request: HttpRequest) -> HttpResponse:
    """Says that the database answers too; otherwise an error page, status 500."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok", content_type="text/plain")


@require_GET
def people(request: HttpRequest) -> HttpResponse:
    """The system administrator's list of accounts."""
    user = require(request, Permission.MANAGE_ACCOUNTS)
    chosen = PeopleFilter(request.GET, queryset=people_visible_to(user))
    page = page_of_list(request, chosen.qs)
    return render(request, "accounts/people.html", {"filter": chosen, "page_obj": page})


@require_POST
def set_active(request: HttpRequest, pk: int) -> HttpResponse:
    """Disable or enable one account."""
    by = require(request, Permission.MANAGE_ACCOUNTS)
    person = get_object_or_404(people_visible_to(by), pk=pk)
    active = request.POST.get("active") == "1"
    try:
        set_account_active(user=person, active=active, by=by)
    except ValidationError as error:
        messages.error(request, error.messages[0])
    else:
        done = _("%(name)s may sign in again.") if active else _("%(name)s can no longer sign in.")
        messages.success(request, done % {"name": person})
    return HttpResponseRedirect(next_page(request) if "next" in request.POST else reverse("people"))


@require_GET
def roles(request: HttpRequest) -> HttpResponse:
    """The security administrator's view of who may do what."""
    require(request, Permission.MANAGE_ROLES)
    context = {"roles": list(ROLE_LABELS.values()), "table": permission_table(), "counts": role_counts()}
    if request.GET.get("role") in set(Role):
        role = Role(request.GET["role"])
        holders = memberships_in_order().filter(role=role)
        context |= {"role": role, "role_label": ROLE_LABELS[role], "page_obj": page_of_list(request, holders)}
    return render(request, "accounts/roles.html", context)


@require_http_methods(["GET", "POST"])
def hand_over(request: HttpRequest) -> HttpResponse:
    """A unit's work passes to another person: choose the unit, then who leaves and who takes over."""
    by = require(request, Permission.MANAGE_ROLES)
    units = Unit.objects.select_related("bureau").filter(is_active=True)
    unit = units.filter(pk=whole_number(request.GET.get("unit", ""))).first()
    form = HandOverForm(request.POST or None, unit=unit) if unit else None
    if unit and form and form.is_valid():
        people = form.cleaned_data
        try:
            roles = hand_over_unit(unit=unit, by=by, **people)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            done = _("%(to)s now holds the roles of %(from)s in %(unit)s: %(roles)s.")
            names = {"to": people["taking_over"], "from": people["leaving"], "roles": role_names(roles)}
            messages.success(request, done % {**names, "unit": unit})
            return redirect("roles")
    context = {"units": units.order_by("bureau__order", "bureau__code", "order"), "unit": unit, "form": form}
    return render(request, "accounts/hand_over.html", context, status=422 if form and form.errors else 200)


@require_GET
def audit_log(request: HttpRequest) -> HttpResponse:
    """The audit administrator's list of events; `?check=1` recomputes the chains of hashes."""
    user = require(request, Permission.READ_AUDIT)
    chosen = AuditFilter(request.GET, queryset=events_visible_to(user))
    context = {"filter": chosen, "page_obj": page_of_list(request, chosen.qs)}
    if request.GET.get("check") == "1":
        bureau = chosen.form.cleaned_data.get("bureau")
        context["chains"] = chain_reports(bureau.pk if bureau else None)
    return render(request, "accounts/audit_log.html", context)
