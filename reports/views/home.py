"""The home page: for each role the answer to its question."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from accounts.models import User
from accounts.permissions import Role
from reports.selectors.home import home as home_of
from targets.selectors.acts import waiting_acts

# Whose question a page of its own answers: who holds only this role goes there at once, unless an act waits
# for the person's decision.
OWN_PAGES = {
    Role.LEADER: "dashboard",
    Role.OBSERVER: "overview",
    Role.SYSTEM_ADMIN: "people",
    Role.SECURITY_ADMIN: "roles",
    Role.AUDIT_ADMIN: "audit-log",
}


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    user = request.user
    if not isinstance(user, User):
        raise PermissionDenied
    roles = user.roles
    page = OWN_PAGES.get(next(iter(roles))) if len(roles) == 1 else None
    if page and not waiting_acts(user):
        return redirect(page)
    return render(request, "reports/home.html", {"page": home_of(user)})
