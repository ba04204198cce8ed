"""One database for the whole run, with the demonstration loaded once; each test rolls back what it did."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

import pytest
from django.db import connections
from django.test import Client

from accounts.models import Bureau, User
from plans.models import Plan
from reports.demonstration import loading
from targets.models import Period, Target
from tests.stack import END_SESSIONS, administer

# Playwright's synchronous interface keeps an event loop in this thread; the ORM would refuse to run.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[None]:
    """Load the demonstration into the new test database, committed, before the first test."""
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        if not Bureau.objects.exists():
            loading.load()
        connections.close_all()
    yield
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        connections.close_all()
        administer(END_SESSIONS.format(name=connections["default"].settings_dict["NAME"]))


@pytest.fixture
def wuhan(db: None) -> Bureau:
    return Bureau.objects.get(code="wuhan")


@pytest.fixture
def xian(db: None) -> Bureau:
    return Bureau.objects.get(code="xian")


@pytest.fixture
def wuhan_plan(wuhan: Bureau) -> Plan:
    return Plan.objects.select_related("bureau", "document").get(bureau=wuhan)


@pytest.fixture
def september(wuhan: Bureau) -> Period:
    """The nine-month period of Wuhan, under way on the demonstration's day."""
    return Period.objects.select_related("bureau").get(bureau=wuhan, month=9)


@pytest.fixture
def person(db: None) -> Callable[[str], User]:
    """A demonstration account by its user name."""
    return lambda username: User.objects.get(username=username)


@pytest.fixture
def target(db: None) -> Callable[[str], Target]:
    """A target by its key in the demonstration, such as W6."""
    return lambda key: Target.objects.select_related("plan__bureau", "lead").get(key=key)


@pytest.fixture
def client_of(db: None) -> Callable[[str], Client]:
    """A client signed in as a demonstration account."""

    def signed_in(username: str) -> Client:
        client = Client()
        client.force_login(User.objects.get(username=username))
        return client

    return signed_in
