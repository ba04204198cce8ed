"""Handing a unit over: the roles of one person in a unit pass to another in one act."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client

from accounts.models import AuditEvent, Membership, User
from accounts.permissions import ADMIN_ROLES, Role
from accounts.services import hand_over_unit

from .conftest import Town


@pytest.fixture
def keeper(hire: Callable[..., User]) -> User:
    return hire(Role.SECURITY_ADMIN, "keeper")


@pytest.fixture
def leaving(town: Town, hire: Callable[..., User]) -> User:
    """Reports and reviews in the first unit, reports in the second too."""
    person = hire(Role.REPORTER, "leaving", unit=town.first)
    for role, unit in ((Role.REVIEWER, town.first), (Role.REPORTER, town.second)):
        Membership.objects.create(user=person, role=role, bureau=town.bureau, unit=unit)
    return person


def rights(person: User) -> set[tuple[str, str]]:
    return {(right.role, str(right.unit or "")) for right in Membership.objects.filter(user=person)}


def test_every_role_in_the_unit_passes_and_no_other(
    town: Town, keeper: User, leaving: User, hire: Callable[..., User]
) -> None:
    newcomer = hire(None, "newcomer")
    roles = hand_over_unit(unit=town.first, leaving=leaving, taking_over=newcomer, by=keeper)
    assert roles == [Role.REPORTER, Role.REVIEWER]
    assert rights(newcomer) == {("reporter", "Planning"), ("reviewer", "Planning")}
    assert rights(leaving) == {("reporter", "Projects")}
    event = AuditEvent.objects.get(kind="unit.handed_over", bureau=town.bureau)
    assert (event.user, event.before["person"], event.after["person"]) == (keeper, "leaving", "newcomer")


def test_a_role_the_successor_holds_already_is_held_once(
    town: Town, keeper: User, leaving: User, hire: Callable[..., User]
) -> None:
    colleague = hire(Role.REVIEWER, "colleague", unit=town.first)
    hand_over_unit(unit=town.first, leaving=leaving, taking_over=colleague, by=keeper)
    assert rights(colleague) == {("reporter", "Planning"), ("reviewer", "Planning")}


@pytest.mark.parametrize("role", [*sorted(ADMIN_ROLES), Role.OBSERVER])
def test_an_administrator_and_the_city_take_nothing_over(
    role: Role, town: Town, keeper: User, leaving: User, hire: Callable[..., User]
) -> None:
    before = rights(leaving)
    with pytest.raises(ValidationError):
        hand_over_unit(unit=town.first, leaving=leaving, taking_over=hire(role, "other"), by=keeper)
    assert rights(leaving) == before
    assert not AuditEvent.objects.filter(kind="unit.handed_over", bureau=town.bureau).exists()


def test_what_cannot_pass_is_refused(
    town: Town, keeper: User, leaving: User, hire: Callable[..., User]
) -> None:
    gone = hire(None, "gone")
    gone.is_active = False
    gone.save()
    foreign = hire(Role.REPORTER, "foreign", unit=town.foreign)
    newcomer = hire(None, "newcomer")
    for who, to in ((leaving, gone), (leaving, foreign), (leaving, leaving), (newcomer, hire(None, "next"))):
        with pytest.raises(ValidationError):
            hand_over_unit(unit=town.first, leaving=who, taking_over=to, by=keeper)
    hand_over_unit(unit=town.first, leaving=leaving, taking_over=newcomer, by=keeper)


def test_only_the_security_administrator_hands_over(
    town: Town, leaving: User, hire: Callable[..., User], visit: Callable[..., Client]
) -> None:
    newcomer, office = hire(None, "newcomer"), hire(Role.OFFICE, "the_office")
    with pytest.raises(PermissionDenied):
        hand_over_unit(unit=town.first, leaving=leaving, taking_over=newcomer, by=office)
    data = {"leaving": leaving.pk, "taking_over": newcomer.pk}
    address = f"/roles/hand-over/?unit={town.first.pk}"
    assert visit(office).post(address, data).status_code == 403
    assert rights(newcomer) == set()
    assert visit(hire(Role.SECURITY_ADMIN, "keeper")).post(address, data).status_code == 302
    assert rights(newcomer) == {("reporter", "Planning"), ("reviewer", "Planning")}


def test_the_page_offers_holders_and_those_who_may_take_over(
    town: Town, keeper: User, leaving: User, hire: Callable[..., User], visit: Callable[..., Client]
) -> None:
    hire(Role.REPORTER, "colleague", unit=town.second)
    hire(Role.REPORTER, "foreign", unit=town.foreign)
    client = visit(keeper)
    assert client.get("/roles/hand-over/?unit=nonsense").context["form"] is None
    form = client.get(f"/roles/hand-over/?unit={town.first.pk}").context["form"]
    assert [person.username for person in form.fields["leaving"].queryset] == ["leaving"]
    offered = {person.username for person in form.fields["taking_over"].queryset}
    assert {"leaving", "colleague"} <= offered
    assert not {"keeper", "foreign"} & offered
    refused = client.post(
        f"/roles/hand-over/?unit={town.first.pk}", {"leaving": leaving.pk, "taking_over": keeper.pk}
    )
    assert refused.status_code == 422
