"""One's own contact details: kept, audited by the names of the fields, and nobody else's."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import AuditEvent, User

pytestmark = pytest.mark.django_db


def test_a_person_keeps_their_own_details(client_of: Callable[[str], Client], person) -> None:
    client = client_of("wuhan_reporter")
    answer = client.post("/contact/", {"phone": "000-0000-9999", "email": "a@demo.invalid"})
    assert answer.status_code == 302
    found = person("wuhan_reporter")
    assert (found.phone, found.email, found.wants_digest) == ("000-0000-9999", "a@demo.invalid", False)
    event = AuditEvent.objects.get(kind="account.contact_changed")
    assert sorted(event.after["fields"]) == ["email", "phone", "wants_digest"]
    assert "000-0000-9999" not in str(event.after)
    client.post("/contact/", {"phone": "000-0000-9999", "email": "a@demo.invalid"})  # the same again
    assert AuditEvent.objects.filter(kind="account.contact_changed").count() == 1


def test_a_wrong_address_changes_nothing_and_says_so(client_of, person) -> None:
    answer = client_of("wuhan_reporter").post("/contact/", {"phone": "1", "email": "no address"})
    assert answer.status_code == 200 and "field-error" in answer.content.decode()
    assert person("wuhan_reporter").phone == "000-0000-1006"


def test_nothing_else_of_an_account_can_be_posted(client_of, person) -> None:
    client_of("wuhan_reporter").post(
        "/contact/", {"phone": "2", "username": "boss", "is_superuser": "1", "user": "1"}
    )
    found: User = person("wuhan_reporter")
    assert found.phone == "2" and not found.is_superuser
    assert User.objects.filter(phone="2").count() == 1
