"""A small bureau of its own beside whatever the database holds, and people in each of its roles."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from django.test import Client
from pytest_django import Settings

from accounts.models import Bureau, Membership, Unit, UnitKind, User
from accounts.permissions import BUREAU_ROLES, UNIT_ROLES, Role

PASSWORD = "Gongzuo-2014"


@dataclass(frozen=True)
class Town:
    """One bureau with two units, and another bureau with one."""

    bureau: Bureau
    first: Unit
    second: Unit
    elsewhere: Bureau
    foreign: Unit


@pytest.fixture(autouse=True)
def quick_hashing(settings: Settings) -> None:
    settings.PASSWORD_HASHERS = [
        "django.contrib.auth.hashers.MD5PasswordHasher",
        "django.contrib.auth.hashers.PBKDF2PasswordHasher",
    ]


@pytest.fixture
def town(db: None) -> Town:
    here = Bureau.objects.create(code="here", name="Here Bureau", short_name="Here", order=900)
    there = Bureau.objects.create(code="there", name="There Bureau", short_name="There", order=901)

    def unit(bureau: Bureau, name: str, order: int) -> Unit:
        return Unit.objects.create(bureau=bureau, name=name, kind=UnitKind.DEPARTMENT, order=order)

    return Town(here, unit(here, "Planning", 1), unit(here, "Projects", 2), there, unit(there, "Far", 1))


@pytest.fixture
def hire(town: Town) -> Callable[..., User]:
    """Makes a person with one role: in the town's bureau (and first unit) unless told otherwise."""

    def hired(
        role: Role | None, username: str = "", *, bureau: Bureau | None = None, unit: Unit | None = None
    ) -> User:
        name = username or f"the_{role}"
        user = User.objects.create_user(name, password=PASSWORD, display_name=f"Person {name}")
        if role is not None:
            place = bureau or (unit.bureau if unit else town.bureau)
            Membership.objects.create(
                user=user,
                role=role,
                bureau=place if role in UNIT_ROLES | BUREAU_ROLES else None,
                unit=(unit or town.first) if role in UNIT_ROLES else None,
            )
        return user

    return hired


@pytest.fixture
def visit() -> Callable[..., Client]:
    """A client signed in as that person."""

    def visiting(user: User, **options: bool) -> Client:
        client = Client(**options)
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return visiting
