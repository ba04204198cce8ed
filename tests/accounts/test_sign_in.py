"""Who gets in, who does not, and what is written down about it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import pairwise

import pytest
from django.contrib.sessions.models import Session
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.urls.converters import get_converters
from pytest_django import Settings

from accounts.models import AuditEvent, User
from accounts.permissions import Role

from .conftest import PASSWORD

PUBLIC = {"login", "set-language", "healthz", "readyz"}
SAMPLES = ["1", "x", "2014-09", "2014-9", "00000000-0000-0000-0000-000000000000"]


def sample(converter: str) -> str:
    """A text that this converter of a variable part takes."""
    known = get_converters()[converter]
    for text in SAMPLES:
        if re.fullmatch(known.regex, text):
            return text
    raise AssertionError(f"no sample for <{converter}:…>")


def addresses(resolver: URLResolver, before: str = "/") -> Iterator[tuple[str, str]]:
    """Every address of the product with a sample for each variable part, and its name."""
    for pattern in resolver.url_patterns:
        text = re.sub(r"<(\w+):\w+>", lambda found: sample(found[1]), str(pattern.pattern))
        if isinstance(pattern, URLPattern):
            yield before + text, pattern.name or ""
        else:
            yield from addresses(pattern, before + text)


def test_a_visitor_reaches_nothing_but_log_in_language_and_health(client: Client, db: None) -> None:
    found = list(addresses(get_resolver()))
    assert {"people", "roles", "audit-log", "login"} <= {name for _address, name in found}
    for address, name in found:
        for answer in (client.get(address), client.post(address)):
            to_log_in = answer.status_code == 302 and answer["Location"].startswith("/login/?next=")
            assert to_log_in is (name not in PUBLIC), (address, answer.status_code)


def test_health_answers_without_asking_the_database(client: Client) -> None:
    """No database fixture: any query would fail this test."""
    assert client.get("/healthz").content == b"ok"


def test_the_right_password_leads_to_the_page_one_wanted(client: Client, hire: Callable[..., User]) -> None:
    user = hire(Role.SYSTEM_ADMIN)
    answer = client.post("/login/", {"username": user.username, "password": PASSWORD, "next": "/people/"})
    assert answer["Location"] == "/people/"
    assert client.get("/people/").status_code == 200
    assert AuditEvent.objects.filter(kind="session.login", user=user).count() == 1


def test_log_in_does_not_lead_to_another_site(client: Client, hire: Callable[..., User]) -> None:
    user = hire(Role.SYSTEM_ADMIN)
    answer = client.post(
        "/login/", {"username": user.username, "password": PASSWORD, "next": "https://elsewhere.example/"}
    )
    assert answer.status_code == 302
    assert "elsewhere" not in answer["Location"]


@pytest.mark.parametrize("typed", ["The_Sysadmin", "THE_SYSADMIN", "ｔｈｅ_sysadmin"])
def test_the_user_name_is_folded(client: Client, hire: Callable[..., User], typed: str) -> None:
    hire(Role.SYSTEM_ADMIN)
    answer = client.post("/login/", {"username": typed, "password": PASSWORD, "next": "/people/"})
    assert answer.status_code == 302


def test_two_names_that_differ_in_case_only_are_refused(hire: Callable[..., User]) -> None:
    hire(None, "zhang")
    with pytest.raises(IntegrityError), transaction.atomic():
        hire(None, "Zhang")
    hire(None, "zhang2")


def test_wrong_password_unknown_name_and_disabled_account_say_the_same(
    client: Client, hire: Callable[..., User]
) -> None:
    hire(Role.REPORTER, "wrong")
    User.objects.filter(pk=hire(Role.REPORTER, "gone").pk).update(is_active=False)
    said = []
    for username, password in (("wrong", "no"), ("nobody", "no"), ("gone", PASSWORD)):
        answer = client.post("/login/", {"username": username, "password": password})
        assert answer.status_code == 200
        assert f'value="{username}"' in answer.content.decode(), "the typed name is kept"
        assert AuditEvent.objects.filter(
            kind="session.login_failed", username=username, outcome="failed", user=None
        ).exists()
        said.append(answer.context["form"].non_field_errors())
    assert all(said)
    assert all(one == other for one, other in pairwise(said))


def test_a_name_with_control_characters_is_an_ordinary_failure(client: Client, db: None) -> None:
    answer = client.post("/login/", {"username": "a\x00b\r\nc", "password": "x"})
    assert answer.status_code == 200


def test_the_password_is_never_written_down(client: Client, db: None) -> None:
    client.post("/login/", {"username": "nobody", "password": "my-secret-word"})
    event = AuditEvent.objects.filter(username="nobody").get()
    assert "my-secret-word" not in f"{event.__dict__}"


def test_the_session_gets_a_new_id_at_log_in(client: Client, hire: Callable[..., User]) -> None:
    user = hire(Role.SYSTEM_ADMIN)
    session = client.session
    session["planted"] = True
    session.save()
    client.cookies["wpt_session"] = session.session_key
    client.post("/login/", {"username": user.username, "password": PASSWORD, "next": "/people/"})
    assert client.session.session_key != session.session_key
    assert not Session.objects.filter(pk=session.session_key).exists()


def test_log_out_ends_the_session_on_the_server(
    hire: Callable[..., User], visit: Callable[..., Client]
) -> None:
    user = hire(Role.SYSTEM_ADMIN)
    client = visit(user)
    kept = client.cookies["wpt_session"].value
    answer = client.post("/logout/")
    assert answer["Location"] == reverse("login")
    assert '"cache"' in answer["Clear-Site-Data"]
    assert AuditEvent.objects.filter(kind="session.logout", user=user).count() == 1
    thief = Client()
    thief.cookies["wpt_session"] = kept
    assert thief.get("/people/").status_code == 302


def test_log_out_by_get_changes_nothing(hire: Callable[..., User], visit: Callable[..., Client]) -> None:
    client = visit(hire(Role.SYSTEM_ADMIN))
    assert client.get("/logout/").status_code == 405
    assert client.get("/people/").status_code == 200


def test_a_post_without_token_is_refused(hire: Callable[..., User], visit: Callable[..., Client]) -> None:
    client = visit(hire(Role.SYSTEM_ADMIN), enforce_csrf_checks=True)
    client.get("/people/")
    refused = client.post("/logout/")
    assert refused.status_code == 403
    assert refused.headers["X-Request-ID"] in refused.content.decode()
    assert client.get("/people/").status_code == 200
    token = client.get("/people/").context["csrf_token"]
    assert client.post("/logout/", {"csrfmiddlewaretoken": str(token)}).status_code == 302


def test_if_the_log_in_cannot_be_audited_there_is_none(
    client: Client, hire: Callable[..., User], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*args: object, **kwargs: object) -> None:
        raise RuntimeError("audit down")

    user = hire(Role.SYSTEM_ADMIN)
    monkeypatch.setattr("accounts.services.record", broken)
    client.raise_request_exception = False
    assert client.post("/login/", {"username": user.username, "password": PASSWORD}).status_code == 500
    assert client.get("/people/").status_code == 302


def test_a_demonstration_lists_its_accounts_and_production_does_not(
    client: Client, hire: Callable[..., User], settings: Settings
) -> None:
    user = hire(Role.OFFICE, "demo_office")
    User.objects.filter(pk=user.pk).update(is_demo=True)
    assert "demo_office" in client.get("/login/").content.decode()
    assert 'value="demo_office"' in client.get("/login/?username=demo_office").content.decode()
    settings.DEMO = False
    page = client.get("/login/").content.decode()
    assert "demo_office" not in page
    assert settings.DEMO_PASSWORD not in page
    assert 'value="demo_office"' not in client.get("/login/?username=demo_office").content.decode()


def test_the_password_shown_in_a_demonstration_is_the_right_one(db: None, settings: Settings) -> None:
    people = User.objects.filter(username__startswith="wuhan_", is_demo=True, is_active=True)[:2]
    assert people, "the demonstration is loaded for every test run"
    assert all(person.check_password(settings.DEMO_PASSWORD) for person in people)
