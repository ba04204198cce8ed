"""The pages of the system and the security administrator, and the check for demonstration accounts."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core.checks import run_checks
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from pytest_django import Settings

from accounts.checks import no_demo_users
from accounts.models import AuditEvent, Membership, User
from accounts.permissions import Role
from accounts.selectors import demo_accounts
from accounts.services import set_account_active

from .conftest import Town


@pytest.fixture
def staff(town: Town, hire: Callable[..., User]) -> dict[str, User]:
    """People named against the alphabet, so that official order is not an accident."""
    people = {
        "a_second": hire(Role.REPORTER, "a_second", unit=town.second),
        "b_first": hire(Role.REPORTER, "b_first", unit=town.first),
        "z_office": hire(Role.OFFICE, "z_office"),
        "a_foreign": hire(Role.REPORTER, "a_foreign", unit=town.foreign),
        "a_city": hire(Role.OBSERVER, "a_city"),
    }
    Membership.objects.create(
        user=people["b_first"], role=Role.REVIEWER, bureau=town.bureau, unit=town.second
    )
    return people


def names(client: Client, **query: object) -> list[str]:
    page = client.get("/people/", {"name": "Person ", **query})
    assert page.status_code == 200
    return [person.username for person in page.context["page_obj"]]


def test_people_stand_in_official_order(
    staff: dict[str, User], hire: Callable[..., User], visit: Callable[..., Client], town: Town
) -> None:
    client = visit(hire(Role.SYSTEM_ADMIN, "keeper"))
    assert [name for name in names(client) if name in staff] == [
        "z_office", "b_first", "a_second", "a_foreign", "a_city",
    ]  # fmt: skip


def test_the_list_is_narrowed(
    staff: dict[str, User], hire: Callable[..., User], visit: Callable[..., Client], town: Town
) -> None:
    client = visit(hire(Role.SYSTEM_ADMIN, "keeper"))
    User.objects.filter(username="a_second").update(is_active=False, display_name="Person 张三")
    assert names(client, bureau=town.bureau.pk) == ["z_office", "b_first", "a_second"]
    assert names(client, unit=town.second.pk) == ["b_first", "a_second"]
    assert names(client, bureau=town.bureau.pk, active="False") == ["a_second"]
    assert names(client, bureau=town.bureau.pk, active="True") == ["z_office", "b_first"]
    assert names(client, name="张三") == ["a_second"]
    assert names(client, name="Z_OFF") == ["z_office"]
    assert names(client, name="nobody at all") == []


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.SYSTEM_ADMIN}))
def test_nobody_else_sees_or_changes_accounts(
    role: Role, hire: Callable[..., User], visit: Callable[..., Client]
) -> None:
    person = hire(Role.REPORTER, "victim")
    client = visit(hire(role))
    assert client.get("/people/").status_code == 403
    assert client.post(f"/people/{person.pk}/active/", {"active": "0"}).status_code == 403
    person.refresh_from_db()
    assert person.is_active


def test_disabling_and_enabling_an_account(hire: Callable[..., User], visit: Callable[..., Client]) -> None:
    admin, person = hire(Role.SYSTEM_ADMIN), hire(Role.REPORTER)
    client, working = visit(admin), visit(person)
    assert working.post("/keep-alive/").status_code == 204
    answer = client.post(f"/people/{person.pk}/active/", {"active": "0", "next": "/people/?page=1"})
    assert answer["Location"] == "/people/?page=1"
    assert working.post("/keep-alive/").status_code == 302
    client.post(f"/people/{person.pk}/active/", {"active": "1"})
    person.refresh_from_db()
    assert person.is_active
    events = AuditEvent.objects.filter(object_type="user", object_id=person.pk).order_by("number")
    assert [(event.kind, event.user, event.before, event.after) for event in events] == [
        ("account.disabled", admin, {"is_active": True}, {"is_active": False}),
        ("account.enabled", admin, {"is_active": False}, {"is_active": True}),
    ]


def test_nobody_disables_themselves(hire: Callable[..., User], visit: Callable[..., Client]) -> None:
    admin = hire(Role.SYSTEM_ADMIN)
    with pytest.raises(ValidationError):
        set_account_active(user=admin, active=False, by=admin)
    answer = visit(admin).post(f"/people/{admin.pk}/active/", {"active": "0"}, follow=True)
    assert [message.level_tag for message in answer.context["messages"]] == ["error"]
    admin.refresh_from_db()
    assert admin.is_active


def test_the_service_asks_for_the_right_itself(hire: Callable[..., User]) -> None:
    with pytest.raises(PermissionDenied):
        set_account_active(user=hire(Role.REPORTER), active=False, by=hire(Role.OFFICE))


def test_a_change_that_changes_nothing_is_not_recorded(hire: Callable[..., User]) -> None:
    admin, person = hire(Role.SYSTEM_ADMIN), hire(Role.REPORTER)
    assert set_account_active(user=person, active=True, by=admin) is False
    assert not AuditEvent.objects.filter(object_id=person.pk, object_type="user").exists()


def test_the_list_asks_the_same_number_of_questions_for_one_person_and_for_many(
    hire: Callable[..., User],
    visit: Callable[..., Client],
    django_assert_max_num_queries: Callable[..., object],
) -> None:
    client = visit(hire(Role.SYSTEM_ADMIN, "keeper"))
    for n in range(8):
        hire(Role.REPORTER, f"r{n}")
    client.get("/people/")
    with django_assert_max_num_queries(8):
        client.get("/people/")


def test_the_security_administrator_sees_who_may_what_and_who_holds_it(
    staff: dict[str, User], hire: Callable[..., User], visit: Callable[..., Client]
) -> None:
    client = visit(hire(Role.SECURITY_ADMIN))
    before = {count.role: count.people for count in client.get("/roles/").context["counts"]}
    assert set(before) == set(Role)
    User.objects.filter(username="z_office").update(is_active=False)
    page = client.get("/roles/", {"role": "office"})
    after = {count.role: count.people for count in page.context["counts"]}
    assert after[Role.OFFICE] == before[Role.OFFICE] - 1, "disabled people are not counted"
    assert "z_office" in [right.user.username for right in page.context["page_obj"]], "but still listed"
    assert client.get("/roles/", {"role": "nonsense"}).status_code == 200


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.SECURITY_ADMIN}))
def test_nobody_else_sees_the_roles(
    role: Role, hire: Callable[..., User], visit: Callable[..., Client]
) -> None:
    assert visit(hire(role)).get("/roles/").status_code == 403


def test_demo_users_in_production_fail_the_check(hire: Callable[..., User], settings: Settings) -> None:
    User.objects.update(is_demo=False)
    settings.DEMO = False
    assert no_demo_users() == []
    User.objects.filter(pk=hire(Role.REPORTER, "left_over").pk).update(is_demo=True)
    found = [
        message for message in run_checks(include_deployment_checks=True) if message.id == "accounts.E001"
    ]
    assert len(found) == 1
    assert "left_over" in found[0].msg
    settings.DEMO = True
    assert no_demo_users() == []


def test_the_log_in_page_offers_one_demonstration_account_per_role(
    town: Town, hire: Callable[..., User]
) -> None:
    hire(Role.REPORTER, "second", unit=town.second)
    hire(Role.REPORTER, "first", unit=town.first)
    hire(Role.LEADER, "real")
    User.objects.filter(username__in=["first", "second"]).update(is_demo=True)
    group = next(group for group in demo_accounts() if group.bureau == town.bureau)
    assert [(right.role, right.user.username) for right in group.accounts] == [(Role.REPORTER, "first")]
