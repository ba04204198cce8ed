"""Two workers send the same person's mail at the same moment: one mail, one row."""

from __future__ import annotations

from datetime import date

import pytest
from django.core import mail

from accounts.models import User
from targets.models import Digest
from targets.services import digests
from targets.services.digests import send_digest
from tests.targets.test_at_once import alone, at_once, copied

__all__ = ["copied"]

pytestmark = pytest.mark.django_db

TODAY = date(2014, 10, 27)


def send() -> bool:
    return send_digest(user=User.objects.get(username="wuhan_reporter_05"), on=TODAY)


def test_one_mail_when_two_workers_send(copied: None) -> None:
    assert sorted(at_once(send, send)) == [False, True]
    assert len(mail.outbox) == 1
    assert alone(lambda: Digest.objects.filter(on=TODAY).count()) == 1


def test_the_second_waits_for_the_row_even_where_both_have_seen_none(copied: None, monkeypatch) -> None:
    """Both have asked who may still get a mail before either has written."""
    everybody = User.objects.filter(username="wuhan_reporter_05")
    monkeypatch.setattr(digests, "digest_recipients", lambda on: everybody.all())
    assert sorted(at_once(send, send)) == [False, True]
    assert len(mail.outbox) == 1
