"""Exporting by hand: asking, waiting, downloading, and who is kept out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from kombu.exceptions import OperationalError

from accounts.models import AuditEvent, JobState, User
from reports import tasks
from reports.models import ExportJob
from reports.selectors.exports import plan_of
from reports.services import exports
from targets.models import Period

pytestmark = pytest.mark.django_db

ClientOf = Callable[[str], Client]
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PAGES = ("export", "export-progress", "export-download")
MAY_NOT = ("wuhan_reporter", "wuhan_reviewer", "observer", "sysadmin", "secadmin", "auditor")


@pytest.fixture(autouse=True)
def storage(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture(autouse=True)
def sent(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The ids that pages send to the workers."""
    ids: list[int] = []
    monkeypatch.setattr(tasks.write_export_file, "delay_on_commit", ids.append)
    return ids


@pytest.fixture
def job(september: Period) -> ExportJob:
    """An export of Wuhan's nine months by its office, waiting for a worker."""
    by = User.objects.get(username="wuhan_office")
    return exports.request_export(plan=plan_of(september), period=september, by=by)[0]


@pytest.fixture
def ready(job: ExportJob) -> ExportJob:
    exports.write_export(job_id=job.pk)
    job.refresh_from_db()
    return job


def page(client: Client, name: str, *args: object, **headers: str) -> Any:
    return client.get(reverse(name, args=args), headers=headers)


# --- who may -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("username", ["wuhan_office", "wuhan_leader"])
def test_office_and_leader_ask_and_take(
    client_of: ClientOf, september: Period, sent: list[int], username: str
) -> None:
    client = client_of(username)
    assert page(client, "exports").status_code == 200
    answer = client.post(reverse("export-create"), {"period": september.pk})
    job = ExportJob.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, job.get_absolute_url())
    assert sent == [job.pk]
    assert (job.owner.username, job.bureau.code, job.period) == (username, "wuhan", september)
    exports.write_export(job_id=job.pk)
    assert [page(client, name, job.pk).status_code for name in PAGES] == [200, 200, 200]


@pytest.mark.parametrize("username", MAY_NOT)
def test_nobody_else_sees_or_asks(
    client_of: ClientOf, ready: ExportJob, september: Period, sent: list[int], username: str
) -> None:
    client = client_of(username)
    assert page(client, "exports").status_code == 403
    assert [page(client, name, ready.pk).status_code for name in PAGES] == [403, 403, 403]
    assert client.post(reverse("export-create"), {"period": september.pk}).status_code == 403
    assert ExportJob.objects.count() == 1
    assert sent == []
    assert [page(client_of("wuhan_leader"), name, ready.pk).status_code for name in PAGES] == [200] * 3


def test_another_bureaus_export_does_not_exist(
    client_of: ClientOf, ready: ExportJob, september: Period
) -> None:
    stranger, colleague = client_of("xian_office"), client_of("wuhan_office")
    assert [page(stranger, name, ready.pk).status_code for name in PAGES] == [404, 404, 404]
    assert [page(colleague, name, ready.pk).status_code for name in PAGES] == [200, 200, 200]
    assert stranger.post(reverse("export-create"), {"period": september.pk}).status_code == 404
    assert ExportJob.objects.count() == 1
    assert ready.file_name not in page(stranger, "exports").content.decode()
    assert ready.file_name in page(colleague, "exports").content.decode()


def test_an_anonymous_visitor_is_led_to_the_log_in(ready: ExportJob) -> None:
    for name in ("exports", *PAGES):
        args = () if name == "exports" else (ready.pk,)
        answer = page(Client(), name, *args)
        assert answer.status_code == 302
        assert answer["Location"].startswith(reverse("login"))


def test_asking_needs_a_post_and_a_token(client_of: ClientOf, september: Period) -> None:
    assert page(client_of("wuhan_office"), "export-create").status_code == 405
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(User.objects.get(username="wuhan_office"))
    assert strict.post(reverse("export-create"), {"period": september.pk}).status_code == 403
    assert not ExportJob.objects.exists()
    page(strict, "exports")
    token = strict.cookies["wpt_csrf"].value
    posted = {"period": september.pk, "csrfmiddlewaretoken": token}
    assert strict.post(reverse("export-create"), posted).status_code == 302


def test_other_fields_of_the_form_change_nothing(
    client_of: ClientOf, september: Period, xian: Any, person: Callable[[str], User]
) -> None:
    more = {"bureau": xian.pk, "owner": person("xian_office").pk, "state": "DONE", "file": "x", "rows": 9}
    client_of("wuhan_office").post(reverse("export-create"), {"period": september.pk, **more})
    job = ExportJob.objects.get()
    assert (job.bureau.code, job.owner.username, job.state) == ("wuhan", "wuhan_office", JobState.QUEUED)
    assert (job.file.name, job.rows) == ("", 0)


@pytest.mark.parametrize("value", ["", "0", "x", "99999999999999999999", "1; DROP"])
def test_a_period_that_is_none_answers_404(client_of: ClientOf, value: str) -> None:
    assert client_of("wuhan_office").post(reverse("export-create"), {"period": value}).status_code == 404


# --- asking ------------------------------------------------------------------------------------------------


def test_a_double_click_makes_one_job(client_of: ClientOf, september: Period, sent: list[int]) -> None:
    client = client_of("wuhan_office")
    answers = [client.post(reverse("export-create"), {"period": september.pk}) for _click in range(2)]
    assert answers[0]["Location"] == answers[1]["Location"]
    assert ExportJob.objects.count() == 1
    assert len(sent) == 1


def test_the_newest_period_stands_first_and_others_bureaus_are_no_choice(client_of: ClientOf) -> None:
    form = page(client_of("wuhan_office"), "exports").context["form"]
    periods = [choice[0].instance for choice in form.fields["period"].choices]
    assert [(period.bureau.code, period.month) for period in periods] == [
        ("wuhan", 9),
        ("wuhan", 6),
        ("wuhan", 3),
    ]


def test_a_dead_broker_does_not_break_the_page(
    client_of: ClientOf,
    september: Period,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Any,
) -> None:
    def unreachable(*args: object, **kwargs: object) -> None:
        raise OperationalError("no broker")

    monkeypatch.undo()  # the real delay_on_commit
    monkeypatch.setattr(tasks.write_export_file, "apply_async", unreachable)
    with django_capture_on_commit_callbacks(execute=True) as callbacks:
        answer = client_of("wuhan_office").post(reverse("export-create"), {"period": september.pk})
    assert len(callbacks) == 1
    assert answer.status_code == 302
    assert ExportJob.objects.get().state == JobState.QUEUED


# --- waiting -----------------------------------------------------------------------------------------------


def test_the_page_asks_for_its_state_until_the_job_is_finished(client_of: ClientOf, job: ExportJob) -> None:
    client = client_of("wuhan_office")
    for state in (JobState.QUEUED, JobState.RUNNING):
        ExportJob.objects.update(state=state, done=1200, total=3200)
        for name in ("export", "export-progress"):
            text = page(client, name, job.pk).content.decode()
            assert f'hx-get="{reverse("export-progress", args=[job.pk])}"' in text
            assert """hx-headers='{"HX-Polling": "1"}'""" in text
            assert "every 2s" in text
            assert 'value="1200" max="3200"' in text
            assert job.get_absolute_url() in text  # the link that does the same without a script
    ExportJob.objects.update(state=JobState.QUEUED)
    exports.write_export(job_id=job.pk)
    for name in ("export", "export-progress"):
        text = page(client, name, job.pk).content.decode()
        assert "hx-get" not in text
        assert reverse("export-download", args=[job.pk]) in text


def test_the_fragment_is_no_whole_page(client_of: ClientOf, job: ExportJob) -> None:
    client = client_of("wuhan_office")
    assert "<html" not in page(client, "export-progress", job.pk).content.decode()
    assert "<html" in page(client, "export", job.pk).content.decode()


def test_polling_is_no_activity(client_of: ClientOf, job: ExportJob) -> None:
    client = client_of("wuhan_office")
    page(client, "export", job.pk)
    session = client.session
    session["seen"] = seen = session["seen"] - 600
    session.save()
    client.get(reverse("export-progress", args=[job.pk]), headers={"HX-Polling": "1"})
    assert client.session["seen"] == seen
    page(client, "export", job.pk)
    assert client.session["seen"] > seen


@pytest.mark.parametrize("code", ["worker-lost", "time-limit", "storage", "unexpected"])
def test_a_failure_is_told_in_words_and_can_be_tried_again(
    client_of: ClientOf, job: ExportJob, code: str
) -> None:
    ExportJob.objects.update(state=JobState.FAILED, failure=code, finished_at=timezone.now())
    client = client_of("wuhan_office")
    answer = page(client, "export", job.pk)
    assert code not in answer.content.decode()
    assert 'role="alert"' in answer.content.decode()
    assert str(answer.context["reason"]) != code
    client.post(reverse("export-create"), {"period": job.period_id})
    assert ExportJob.objects.filter(state=JobState.QUEUED).count() == 1


# --- taking ------------------------------------------------------------------------------------------------


def test_the_download_is_an_attachment_with_a_chinese_name(client_of: ClientOf, ready: ExportJob) -> None:
    answer = page(client_of("wuhan_leader"), "export-download", ready.pk)
    assert answer["Content-Type"] == XLSX
    assert answer["Content-Disposition"] == f"attachment; filename*=utf-8''{quote(ready.file_name)}"
    assert "no-store" in answer["Cache-Control"]
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer.getvalue() == Path(ready.file.path).read_bytes()
    event = AuditEvent.objects.get(kind="export.downloaded")
    assert (event.username, event.object_id) == ("wuhan_leader", ready.pk)
    assert event.bureau == ready.bureau


def test_a_refused_download_is_no_download(client_of: ClientOf, ready: ExportJob) -> None:
    page(client_of("xian_office"), "export-download", ready.pk)
    assert not AuditEvent.objects.filter(kind="export.downloaded").exists()
    assert AuditEvent.objects.filter(kind="access.denied", username="xian_office").exists()


def test_without_a_file_the_download_leads_to_the_page(client_of: ClientOf, ready: ExportJob) -> None:
    client = client_of("wuhan_office")
    Path(ready.file.path).unlink()  # lost from the disk
    answer = client.get(reverse("export-download", args=[ready.pk]), follow=True)
    assert answer.redirect_chain == [(ready.get_absolute_url(), 302)]
    assert [message.level_tag for message in answer.context["messages"]] == ["warning"]


def test_an_expired_export_says_so_and_offers_a_new_one(client_of: ClientOf, ready: ExportJob) -> None:
    client = client_of("wuhan_office")
    ExportJob.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    exports.remove_expired(timezone.now())
    assert page(client, "export-download", ready.pk).status_code == 302
    text = page(client, "export", ready.pk).content.decode()
    assert reverse("export-download", args=[ready.pk]) not in text
    assert reverse("export-create") in text
    listed = page(client, "exports").content.decode()
    assert reverse("export-download", args=[ready.pk]) not in listed
    assert ready.file_name in listed


# --- the list ----------------------------------------------------------------------------------------------


def more_jobs(job: ExportJob, count: int) -> None:
    for number in range(count):
        ExportJob.objects.create(
            owner=job.owner,
            bureau=job.bureau,
            plan=job.plan,
            period=job.period,
            file_name=f"{number}.xlsx",
            state=JobState.FAILED,
            created_at=timezone.now() + timedelta(minutes=number + 1),
        )


def test_the_newest_export_stands_first_and_the_list_has_pages(client_of: ClientOf, ready: ExportJob) -> None:
    more_jobs(ready, 50)
    client = client_of("wuhan_office")
    first = page(client, "exports").context["page_obj"]
    second = client.get(reverse("exports"), {"page": 2}).context["page_obj"]
    assert first[0].file_name == "49.xlsx"
    assert (len(first), [job.pk for job in second]) == (50, [ready.pk])


def queries_of_the_list(client: Client) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert page(client, "exports").status_code == 200
    return len(queries)


def test_the_list_asks_as_many_queries_for_three_as_for_one(client_of: ClientOf, ready: ExportJob) -> None:
    client = client_of("wuhan_office")
    page(client, "exports")  # the first request of a session also writes it
    for_one = queries_of_the_list(client)
    more_jobs(ready, 2)
    assert queries_of_the_list(client) == for_one <= 12


@pytest.mark.parametrize("payload", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>'])
def test_a_script_in_a_name_is_shown_escaped(client_of: ClientOf, ready: ExportJob, payload: str) -> None:
    ExportJob.objects.update(file_name=payload)
    client = client_of("wuhan_office")
    for answer in (page(client, "exports"), page(client, "export", ready.pk)):
        assert payload not in answer.content.decode()
        assert "alert(1)" in answer.content.decode()
    download = page(client, "export-download", ready.pk)
    assert "\n" not in download["Content-Disposition"]
