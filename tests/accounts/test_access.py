"""Roles, the one question of every view, and the record of refusals."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.http import Http404, HttpRequest
from django.test import Client, RequestFactory

from accounts.access import home_bureau, require
from accounts.models import AuditEvent, Membership, User
from accounts.permissions import ADMIN_ROLES, ROLE_PERMISSIONS, Permission, Role, roles_exclude_each_other
from accounts.selectors import permission_table
from accounts.text import printable

from .conftest import Town

P = Permission


def asking(user: User) -> HttpRequest:
    request = RequestFactory().get("/")
    request.user = User.objects.get(pk=user.pk)
    return request


def test_the_table_of_permissions() -> None:
    assert {role: set(granted) for role, granted in ROLE_PERMISSIONS.items()} == {
        Role.REPORTER: {P.VIEW_PLAN, P.ENTER_FIGURES},
        Role.REVIEWER: {P.VIEW_PLAN, P.REVIEW_UNIT},
        Role.OFFICE: {
            P.VIEW_PLAN,
            P.VIEW_SUBMITTED,
            P.ENTER_FOR_UNITS,
            P.APPROVE,
            P.IMPORT_PLANS,
            P.MANAGE_PERIODS,
            P.PROPOSE_ADJUSTMENT,
            P.ORGANISE_PLAN,
            P.MANAGE_STEPS,
            P.EXPORT_REPORTS,
        },
        Role.LEADER: {P.VIEW_PLAN, P.VIEW_SUBMITTED, P.SIGN_OFF, P.EXPORT_REPORTS, P.APPROVE_ADJUSTMENT},
        Role.OBSERVER: {P.VIEW_PLAN, P.OVERSEE_BUREAUS},
        Role.SYSTEM_ADMIN: {P.MANAGE_ACCOUNTS},
        Role.SECURITY_ADMIN: {P.MANAGE_ROLES},
        Role.AUDIT_ADMIN: {P.READ_AUDIT},
    }


def test_the_page_shows_that_very_table() -> None:
    shown = {
        (permission, role)
        for permission, row in zip(Permission, permission_table(), strict=True)
        for role, granted in zip(Role, row.granted, strict=True)
        if granted
    }
    assert shown == {(permission, role) for role, given in ROLE_PERMISSIONS.items() for permission in given}


@pytest.mark.parametrize("role", sorted(ADMIN_ROLES))
def test_an_administrator_holds_no_other_role(role: Role) -> None:
    assert roles_exclude_each_other({role, Role.REPORTER})
    assert roles_exclude_each_other(set(ADMIN_ROLES))
    assert not roles_exclude_each_other({role})
    assert not roles_exclude_each_other({Role.REPORTER, Role.REVIEWER, Role.OFFICE})


def test_the_database_refuses_a_second_administrator_role(hire: Callable[..., User]) -> None:
    user = hire(Role.SYSTEM_ADMIN)
    with pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.create(user=user, role=Role.AUDIT_ADMIN)


def test_several_roles_in_a_bureau_are_allowed(town: Town, hire: Callable[..., User]) -> None:
    user = hire(Role.OFFICE)
    Membership.objects.create(user=user, role=Role.REPORTER, bureau=town.bureau, unit=town.first)
    assert require(asking(user), P.ENTER_FIGURES, unit=town.first) == user
    assert require(asking(user), P.APPROVE, town.bureau) == user


def test_a_right_holds_in_the_own_unit_only(town: Town, hire: Callable[..., User]) -> None:
    user = hire(Role.REPORTER)
    assert require(asking(user), P.ENTER_FIGURES) == user
    assert require(asking(user), P.ENTER_FIGURES, town.bureau, town.first) == user
    with pytest.raises(PermissionDenied):
        require(asking(user), P.ENTER_FIGURES, unit=town.second)
    with pytest.raises(PermissionDenied):
        require(asking(user), P.APPROVE, town.bureau)


def test_another_bureau_does_not_exist(town: Town, hire: Callable[..., User]) -> None:
    user = hire(Role.OFFICE)
    for permission in (P.VIEW_PLAN, P.ENTER_FIGURES):
        with pytest.raises(Http404):
            require(asking(user), permission, town.elsewhere)
    with pytest.raises(Http404):
        require(asking(user), P.APPROVE, unit=town.foreign)
    with pytest.raises(Http404):
        require(asking(user), P.APPROVE, town.bureau, town.foreign)


def test_people_of_the_city_know_every_bureau_but_may_not_everything(
    town: Town, hire: Callable[..., User]
) -> None:
    observer, admin = hire(Role.OBSERVER), hire(Role.SYSTEM_ADMIN)
    assert require(asking(observer), P.VIEW_PLAN, town.elsewhere) == observer
    with pytest.raises(PermissionDenied):
        require(asking(observer), P.APPROVE, town.elsewhere)
    with pytest.raises(PermissionDenied):
        require(asking(admin), P.VIEW_PLAN, town.bureau)
    assert home_bureau(observer) is None


def test_a_refusal_is_recorded_with_who_what_and_where(
    town: Town, hire: Callable[..., User], visit: Callable[..., Client]
) -> None:
    user = hire(Role.REPORTER)
    answer = visit(user).get("/audit-log/")
    assert answer.status_code == 403
    event = AuditEvent.objects.get(kind="access.denied", user=user)
    assert (event.bureau, event.object_label, event.outcome) == (town.bureau, "/audit-log/", "403")
    assert event.request_id == answer["X-Request-ID"]
    assert event.address == "127.0.0.1"


def test_somebody_s_missing_object_is_recorded_and_a_mistyped_address_is_not(
    hire: Callable[..., User], visit: Callable[..., Client], client: Client
) -> None:
    user = hire(Role.SYSTEM_ADMIN)
    assert visit(user).post("/people/0/active/").status_code == 404
    refused = AuditEvent.objects.filter(kind="access.denied", user=user)
    assert [event.outcome for event in refused] == ["404"]
    total = AuditEvent.objects.count()
    assert visit(user).get("/static/css/missing.css").status_code == 404
    assert visit(user).get("/no-such-page/").status_code == 404
    assert client.get("/no-such-page/").status_code == 404
    assert AuditEvent.objects.count() == total


def test_what_is_allowed_is_not_recorded_as_refused(
    hire: Callable[..., User], visit: Callable[..., Client]
) -> None:
    user = hire(Role.SYSTEM_ADMIN)
    assert visit(user).get("/people/").status_code == 200
    assert not AuditEvent.objects.filter(kind="access.denied", user=user).exists()


def test_text_from_outside_keeps_its_characters_and_loses_control_codes() -> None:
    assert printable("市科技局 A-1") == "市科技局 A-1"
    assert printable("a\x00b\r\nc") == "a�b��c"
