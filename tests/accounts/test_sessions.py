"""How long a session lives, and what becomes of what was typed when it has ended."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.test import Client
from pytest_django import Settings

from accounts.models import AuditEvent, User
from accounts.permissions import Role

from .conftest import PASSWORD

MORNING = datetime(2026, 3, 2, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
POLLING = {"HX-Request": "true", "HX-Polling": "true"}
pytestmark = pytest.mark.urls("tests.accounts.pages")


@pytest.fixture
def clock() -> time_machine.Coordinates:
    with time_machine.travel(MORNING, tick=False) as moved:
        yield moved


@pytest.fixture
def admin(hire: Callable[..., User]) -> User:
    return hire(Role.SYSTEM_ADMIN)


@pytest.fixture
def session(clock: time_machine.Coordinates, admin: User, visit: Callable[..., Client]) -> Client:
    client = visit(admin)
    assert client.get("/people/").status_code == 200
    return client


def minutes(clock: time_machine.Coordinates, count: int) -> None:
    clock.shift(timedelta(minutes=count))


def sign_in_again(client: Client, user: User) -> None:
    answer = client.post("/login/", {"username": user.username, "password": PASSWORD, "next": "/people/"})
    assert answer.status_code == 302


def test_work_every_twenty_minutes_keeps_the_session(
    clock: time_machine.Coordinates, session: Client
) -> None:
    for _ in range(3):
        minutes(clock, 20)
        assert session.get("/people/").status_code == 200


def test_thirty_idle_minutes_end_it(clock: time_machine.Coordinates, session: Client, admin: User) -> None:
    minutes(clock, 31)
    answer = session.get("/people/?name=x")
    assert answer["Location"] == "/login/?next=/people/%3Fname%3Dx"
    page = session.get(answer["Location"])
    assert page.context["session_ended"] is True
    assert (
        AuditEvent.objects.filter(kind="session.expired", user=admin, after={"reason": "idle"}).count() == 1
    )


def test_a_first_visit_is_not_told_of_an_ended_session(client: Client, db: None) -> None:
    client.get("/people/")
    assert client.get("/login/").context["session_ended"] is False


def test_twelve_hours_end_it_however_busy(
    clock: time_machine.Coordinates, session: Client, settings: Settings
) -> None:
    settings.SESSION_ABSOLUTE_SECONDS = 60 * 60
    for _ in range(3):
        minutes(clock, 20)
        assert session.get("/people/").status_code == 200
    minutes(clock, 20)
    assert session.get("/people/").status_code == 302


def test_polling_is_not_activity(clock: time_machine.Coordinates, session: Client) -> None:
    for _ in range(3):
        minutes(clock, 10)
        answer = session.get("/people/", headers=POLLING)
        assert "HX-Redirect" not in answer.headers
    minutes(clock, 1)
    answer = session.get(
        "/people/", headers={**POLLING, "HX-Current-URL": "http://testserver/people/?page=2"}
    )
    assert answer.headers["HX-Redirect"] == "/login/?next=/people/%3Fpage%3D2"


def test_staying_signed_in_is_activity(clock: time_machine.Coordinates, session: Client) -> None:
    for _ in range(3):
        minutes(clock, 20)
        assert session.post("/keep-alive/").status_code == 204
    assert session.get("/people/").status_code == 200


def test_a_disabled_account_is_out_at_the_next_request_and_stays_out(session: Client, admin: User) -> None:
    User.objects.filter(pk=admin.pk).update(is_active=False)
    assert session.get("/people/").status_code == 302
    User.objects.filter(pk=admin.pk).update(is_active=True)
    assert session.get("/people/").status_code == 302, "the session is gone, not asleep"


def test_another_password_ends_the_session(session: Client, admin: User) -> None:
    admin.set_password("Another-2015")
    admin.save()
    assert session.get("/people/").status_code == 302


def test_a_post_on_an_ended_session_is_held_for_the_same_page(
    clock: time_machine.Coordinates, session: Client, admin: User
) -> None:
    minutes(clock, 31)
    answer = session.post("/test/typed/", "value=6725&value=20&csrfmiddlewaretoken=t", content_type=FORM)
    assert answer["Location"] == "/login/?next=/test/typed/"
    assert session.get(answer["Location"]).context["typed_is_held"] is True
    sign_in_again(session, admin)
    assert session.get("/test/other/").json() == {}
    assert session.get("/test/typed/").json() == {"value": ["6725", "20"]}
    assert session.get("/test/typed/").json() == {}, "given once"


FORM = "application/x-www-form-urlencoded"


def test_a_fragment_s_post_is_held_for_the_page_it_stood_on(
    clock: time_machine.Coordinates, session: Client, admin: User
) -> None:
    minutes(clock, 31)
    headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/test/typed/?row=3"}
    answer = session.post("/people/1/active/", "value=1", content_type=FORM, headers=headers)
    assert answer.headers["HX-Redirect"] == "/login/?next=/test/typed/%3Frow%3D3"
    sign_in_again(session, admin)
    assert session.get("/test/typed/").json() == {"value": ["1"]}


def test_another_person_never_sees_it(
    clock: time_machine.Coordinates, session: Client, admin: User, hire: Callable[..., User]
) -> None:
    minutes(clock, 31)
    session.post("/test/typed/", "value=1", content_type=FORM)
    sign_in_again(session, hire(Role.SYSTEM_ADMIN, "colleague"))
    assert session.get("/test/typed/").json() == {}
    assert "held" not in session.session


@pytest.mark.parametrize("same", [True, False])
def test_a_post_from_another_window_after_logging_out_is_held_for_that_person_alone(
    session: Client, admin: User, hire: Callable[..., User], same: bool
) -> None:
    answer = session.post("/logout/")
    assert session.cookies["wpt_session"].value, "a browser forgets a blank one"
    assert session.get(answer["Location"]).context["session_ended"] is False, "they know"
    answer = session.post("/test/typed/", "value=577", content_type=FORM)
    page = session.get(answer["Location"])
    assert page.context["session_ended"] is page.context["typed_is_held"] is True
    sign_in_again(session, admin if same else hire(Role.SYSTEM_ADMIN, "colleague"))
    assert session.get("/test/typed/").json() == ({"value": ["577"]} if same else {})
    assert "held" not in session.session and "ended" not in session.session


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        ("value=" + "9" * 200_001, FORM),
        ('{"value": 1}', "application/json"),
        ("old_password=a&new_password=b", FORM),
        ("csrfmiddlewaretoken=t", FORM),
    ],
)
def test_large_foreign_and_secret_bodies_are_not_held(
    clock: time_machine.Coordinates, session: Client, body: str, content_type: str
) -> None:
    minutes(clock, 31)
    answer = session.post("/test/typed/", body, content_type=content_type)
    assert answer.status_code == 302
    assert "held" not in session.session


def test_a_visitor_who_never_signed_in_has_nothing_held(client: Client, db: None) -> None:
    client.post("/test/typed/", "value=1", content_type=FORM)
    assert "held" not in client.session


def test_a_post_of_another_site_is_not_held(
    clock: time_machine.Coordinates, admin: User, visit: Callable[..., Client]
) -> None:
    client = visit(admin, enforce_csrf_checks=True)
    client.get("/people/")
    minutes(clock, 31)
    assert client.post("/test/typed/", "value=1", content_type=FORM).status_code == 403
    assert "held" not in client.session


def test_pages_of_a_person_are_private_and_keep_an_etag(session: Client) -> None:
    answer = session.get("/test/typed/")
    assert answer["Cache-Control"] == "private, no-cache"
    assert session.get("/test/typed/", headers={"If-None-Match": answer["ETag"]}).status_code == 304


def test_a_session_that_the_server_has_swept_away_still_holds_the_form(session: Client, admin: User) -> None:
    Session.objects.filter(pk=session.cookies["wpt_session"].value).delete()
    answer = session.post("/test/typed/", "value=1", content_type=FORM)
    assert session.get(answer["Location"]).context["typed_is_held"] is True
    sign_in_again(session, admin)
    assert session.get("/test/typed/").json() == {"value": ["1"]}
