"""The daily mail: one for each person and day, whoever asks for it and however often."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from io import StringIO
from smtplib import SMTPException

import pytest
from django.conf import settings
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import DatabaseError, transaction

from accounts.models import Membership, User
from accounts.permissions import Permission, Role
from targets import tasks
from targets.models import Digest, Reminder
from targets.services import digests
from targets.services.digests import send_digest, send_digests
from targets.services.exceptions import ask_exception
from targets.services.reminding import remind_units
from tests.targets.acts import proposed

pytestmark = pytest.mark.django_db

TODAY, TOMORROW = date(2014, 10, 27), date(2014, 10, 28)


@pytest.fixture
def reporter(person: Callable[[str], User]) -> User:
    """Who enters for the unit that owes W9."""
    return person("wuhan_reporter_05")


def bodies(of: User) -> list[str]:
    return [str(sent.body) for sent in mail.outbox if sent.to == [of.email]]


def test_the_reporters_mail_names_what_is_owed_and_the_reminders(reporter: User) -> None:
    assert send_digest(user=reporter, on=TODAY)
    (sent,) = mail.outbox
    assert sent.to == ["wuhan_reporter_05@demo.invalid"] and "未报送" in sent.subject
    body = str(sent.body)
    for words in ("新增省级以上科技创新平台", "2014年10月10日", "已逾期17天", "二次催报", "演示数据"):
        assert words in body


def test_what_was_returned_stands_with_its_reason(person) -> None:
    send_digest(user=person("wuhan_reporter"), on=TODAY)
    assert "请附9月底有效期内企业名单" in bodies(person("wuhan_reporter"))[0]


def test_the_reviewer_and_the_office_read_what_waits_for_them(person, wuhan) -> None:
    unit = Membership.objects.get(user=person("wuhan_reporter")).unit
    june = wuhan.periods.select_related("bureau").get(month=6)
    ask_exception(period=june, unit=unit, reason="补报", items={}, by=person("wuhan_reporter"))
    send_digests(on=TODAY)
    assert "待您审核2项" in bodies(person("wuhan_reviewer"))[0]
    office = bodies(person("wuhan_office"))[0]
    assert "待您核定3项" in office and "1件补报申请" in office


def test_a_leader_reads_of_the_adjustments_that_wait(person, target) -> None:
    leader = person("wuhan_leader")
    User.objects.filter(pk=leader.pk).update(email="leader@demo.invalid")
    leader.refresh_from_db()
    assert not send_digest(user=leader, on=TODAY)  # nothing waits
    proposed(target("W6"), 12, value="310")
    assert send_digest(user=leader, on=TODAY)
    assert "1件目标调整或延期申请" in bodies(leader)[0]


def test_once_a_day_however_often_it_is_asked_for(reporter: User) -> None:
    first, again = send_digests(on=TODAY), send_digests(on=TODAY)
    assert first.sent == len(mail.outbox) >= 4 and again.sent == 0
    assert not send_digest(user=reporter, on=TODAY)
    assert len(bodies(reporter)) == 1
    send_digests(on=TOMORROW)
    assert len(bodies(reporter)) == 2


def test_a_reminder_is_told_once(reporter: User, person, september) -> None:
    (unit,) = reporter.units_where(Permission.ENTER_FIGURES)
    send_digest(user=reporter, on=TODAY)
    remind_units(period=september, units=[unit], note="三次催报", by=person("wuhan_office"))
    send_digest(user=reporter, on=TOMORROW)
    first, second = bodies(reporter)
    assert "二次催报" in first and "三次催报" not in first
    assert "三次催报" in second and "二次催报" not in second
    assert Reminder.objects.filter(digests__user=reporter).count() == 3


@pytest.mark.parametrize("change", [{"wants_digest": False}, {"email": ""}, {"is_active": False}])
def test_nobody_gets_it_who_does_not_want_it_or_cannot(reporter: User, change: dict[str, object]) -> None:
    User.objects.filter(pk=reporter.pk).update(**change)
    assert not send_digest(user=reporter, on=TODAY)
    send_digests(on=TODAY)
    assert bodies(reporter) == []
    assert mail.outbox  # the others do


def test_who_has_nothing_to_do_gets_no_mail(wuhan) -> None:
    idle = User.objects.create(username="idle", email="idle@demo.invalid")
    unit = wuhan.units.get(name="监察室")
    Membership.objects.create(user=idle, bureau=wuhan, unit=unit, role=Role.REPORTER)
    assert not send_digest(user=idle, on=TODAY)
    assert mail.outbox == [] and not Digest.objects.filter(user=idle).exists()


def test_a_mail_that_fails_leaves_no_row_and_is_sent_the_next_time(reporter: User, monkeypatch) -> None:
    def broken(*args: object, **options: object) -> None:
        raise SMTPException("away")

    with monkeypatch.context() as patch:
        patch.setattr(digests, "send_mail", broken)
        done = send_digests(on=TODAY)
        assert done.sent == 0 and done.failed >= 4
        with pytest.raises(SMTPException):
            send_digest(user=reporter, on=TODAY)
    assert not Digest.objects.exists()
    assert send_digest(user=reporter, on=TODAY) and len(bodies(reporter)) == 1


def test_two_rows_for_one_day_cannot_be(reporter: User) -> None:
    send_digest(user=reporter, on=TODAY)
    row = Digest.objects.get(user=reporter)
    with pytest.raises(DatabaseError), transaction.atomic():
        Digest.objects.create(user=reporter, on=TODAY, sent_at=row.sent_at)
    with pytest.raises(DatabaseError), transaction.atomic():
        Digest.objects.all().delete()


def test_the_mail_carries_links_where_the_address_is_known(reporter: User, settings, september) -> None:
    settings.SITE_URL = "https://plans.example.org"
    send_digest(user=reporter, on=TODAY)
    assert f"https://plans.example.org/entry/{september.pk}/" in bodies(reporter)[0]


def test_the_clock_sends_one_job_for_each_person(monkeypatch, reporter: User) -> None:
    sent: list[tuple[int, str]] = []
    monkeypatch.setattr(tasks.send_digest, "delay_if_possible", lambda *args: sent.append(args))
    tasks.send_digests()
    assert reporter.pk in [pk for pk, _day in sent]
    tasks.send_digest(*next(job for job in sent if job[0] == reporter.pk))
    assert len(bodies(reporter)) == 1
    schedule = settings.CELERY_BEAT_SCHEDULE["send-digests"]
    assert schedule["task"] == tasks.send_digests.name


def test_the_command_says_what_it_did() -> None:
    out = StringIO()
    call_command("send_digests", "--date", "2014-10-27", stdout=out)
    assert f"sent {len(mail.outbox)}" in out.getvalue()
    call_command("send_digests", "--date", "2014-10-27", stdout=out)
    assert "sent 0" in out.getvalue()
    with pytest.raises(CommandError):
        call_command("send_digests", "--date", "27.10.2014")
