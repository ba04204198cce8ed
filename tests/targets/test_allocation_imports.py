"""The matrix of allocations as an upload: every error at once, a preview, then all or nothing."""

from __future__ import annotations

import io
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import Settings

from accounts.models import AuditEvent, JobState, User
from plans.models import Plan
from targets.errors import Refused
from targets.models import Allocation, AllocationImport, Target, UploadStage
from targets.services import allocation_imports as service
from targets.tasks import sweep_uploads

ADDRESS = "/plans/wuhan/2014/allocations"
Send = Callable[..., AllocationImport]


@pytest.fixture(autouse=True)
def media(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def office(person: Callable[[str], User]) -> User:
    return person("wuhan_office")


@pytest.fixture
def send(wuhan_plan: Plan, office: User) -> Send:
    """Hand a workbook in and let the job read it."""

    def sent(*rows: list[object], content: bytes = b"") -> AllocationImport:
        file = SimpleUploadedFile("分解.xlsx", content or book(*rows))
        job = service.receive(plan=wuhan_plan, file=file, by=office)
        service.read(import_id=job.pk)
        job.refresh_from_db()
        return job

    return sent


def book(*rows: list[object]) -> bytes:
    made = openpyxl.Workbook()
    for row in rows:
        made.active.append(row)  # type: ignore[union-attr]
    buffer = io.BytesIO()
    made.save(buffer)
    return buffer.getvalue()


def value(key: str, name: str) -> Decimal | str | None:
    part = Allocation.objects.filter(target__key=key, unit__name=name).first()
    return part.value if part else "no part"


def test_the_downloaded_matrix_says_nothing_new(client_of: Callable[[str], Client], send: Send) -> None:
    answer = client_of("wuhan_office").get(f"{ADDRESS}/form")
    assert "attachment" in answer["Content-Disposition"]
    job = send(content=b"".join(answer.streaming_content))  # type: ignore[attr-defined]
    assert (job.stage, service.changed_parts(job), len(job.changes)) == (UploadStage.PREVIEW, 0, 15)


def test_the_preview_shows_old_and_new_and_writes_nothing(send: Send) -> None:
    job = send(["区", "W7", "W8(个)"], ["江岸区", 6, 2], ["新洲区", 4, None], ["江汉区", "–", 0])
    told = [(c["kind"], c["unit_name"], c.get("old"), c["new"]) for c in job.changes]
    assert told == [
        ("same", "江岸区", "6", "6"),
        ("new", "江岸区", None, "2"),
        ("changed", "新洲区", "5", "4"),
        ("changed", "江汉区", "5", "–"),
        ("new", "江汉区", None, "0"),
    ]
    assert value("W7", "新洲区") == 5
    assert value("W8", "江岸区") == "no part"


def test_confirming_stores_all_of_it_once(send: Send, office: User) -> None:
    job = send(["区", "W8"], ["江岸区", 2], ["江汉区", "–"])
    assert service.apply(import_id=job.pk, by=office) == 2
    assert (value("W8", "江岸区"), value("W8", "江汉区")) == (2, None)
    assert service.apply(import_id=job.pk, by=office) == 2
    assert AuditEvent.objects.filter(kind="allocation.applied").count() == 1
    again = send(["区", "W8"], ["江岸区", 2], ["江汉区", "–"])
    assert service.changed_parts(again) == 0


def test_all_or_nothing_when_a_reason_is_missing(send: Send, office: User) -> None:
    job = send(["区", "W8", "W7"], ["江岸区", 2, 5])  # figures of W7 are approved there
    with pytest.raises(Refused, match="江岸区"):
        service.apply(import_id=job.pk, by=office)
    assert (value("W8", "江岸区"), value("W7", "江岸区")) == ("no part", 6)
    service.apply(import_id=job.pk, by=office, reason="年中调整")
    assert (value("W8", "江岸区"), value("W7", "江岸区")) == (2, 5)


def test_a_part_that_was_changed_meanwhile_stops_it(send: Send, office: User) -> None:
    job = send(["区", "W8", "W7"], ["新洲区", 2, 4])
    Allocation.objects.filter(target__key="W7", unit__name="新洲区").update(value=3)
    with pytest.raises(Refused, match="新洲区"):
        service.apply(import_id=job.pk, by=office, reason="年中调整")
    assert value("W8", "新洲区") == "no part"


def test_a_row_of_totals_that_differs_is_a_notice(send: Send) -> None:
    job = send(["区", "W8"], ["江岸区", 2], ["江汉区", 3], ["合计", 6])
    assert job.stage == UploadStage.PREVIEW
    assert [(notice["said"], notice["sum"]) for notice in job.notices] == [("6", "5")]


def test_errors_name_their_cells_and_nothing_is_previewed(
    send: Send, client_of: Callable[[str], Client]
) -> None:
    job = send(["区", "W8", "没有的指标"], ["火星区", 1, 1], ["江岸区", "待定", 1])
    assert (job.stage, job.changes) == (UploadStage.REFUSED, [])
    html = client_of("wuhan_office").get(job.get_absolute_url()).content.decode()
    for told in ("没有这项指标", "没有这个单位或区", "“待定”不是数字", "C1", "火星区"):
        assert told in html


def test_what_is_no_workbook_is_refused_before_it_is_opened(wuhan_plan: Plan, office: User) -> None:
    for content in (b"", b"a,b\n1,2\n", b"PK\x03\x04 not a zip"):
        with pytest.raises(Refused):
            service.receive(plan=wuhan_plan, file=SimpleUploadedFile("分解.xlsx", content), by=office)
    assert not AllocationImport.objects.exists()
    assert AuditEvent.objects.filter(kind="allocation.refused").count() == 3


def test_only_the_office_of_the_bureau(wuhan_plan: Plan, send: Send, person: Callable[[str], User]) -> None:
    job = send(["区", "W8"], ["江岸区", 2])
    for username in ("wuhan_reporter", "xian_office"):
        with pytest.raises(Refused):
            service.receive(
                plan=wuhan_plan, file=SimpleUploadedFile("a.xlsx", book(["区", "W8"])), by=person(username)
            )
        with pytest.raises(Refused):
            service.apply(import_id=job.pk, by=person(username))
        with pytest.raises(Refused):
            service.discard(import_id=job.pk, by=person(username))


def test_a_lost_job_is_sent_again(wuhan_plan: Plan, office: User, monkeypatch: pytest.MonkeyPatch) -> None:
    file = SimpleUploadedFile("分解.xlsx", book(["区", "W8"], ["江岸区", 2]))
    job = service.receive(plan=wuhan_plan, file=file, by=office, at=office.date_joined.replace(year=2014))
    sent: list[int] = []
    monkeypatch.setattr("targets.tasks.read_allocations.delay_if_possible", sent.append)
    sweep_uploads()
    assert sent == [job.pk]


class TestPages:
    def test_upload_watch_confirm(self, client_of: Callable[[str], Client], office: User) -> None:
        client = client_of("wuhan_office")
        file = SimpleUploadedFile("分解.xlsx", book(["区", "W8"], ["江岸区", 2]))
        job_url = client.post(f"{ADDRESS}/new", {"file": file})["Location"]
        job = AllocationImport.objects.get()
        assert job.state == JobState.QUEUED
        assert "hx-get" in client.get(job_url).content.decode()
        service.read(import_id=job.pk)
        assert client.get(f"{job_url}progress", headers={"HX-Request": "true"})["HX-Refresh"] == "true"
        assert "江岸区" in client.get(job_url).content.decode()
        answer = client.post(f"{job_url}apply", follow=True)
        assert "已修改1项分解" in answer.content.decode()
        assert Target.objects.get(key="W8").allocations.get().value == 2

    def test_a_missing_reason_is_told_on_the_page(
        self, client_of: Callable[[str], Client], send: Send
    ) -> None:
        job = send(["区", "W7"], ["江岸区", 5])
        client = client_of("wuhan_office")
        refused = client.post(f"{job.get_absolute_url()}apply", {"reason": " "})
        assert refused.status_code == 422
        assert "请填写修改分解值的理由" in refused.content.decode()
        assert client.post(f"{job.get_absolute_url()}apply", {"reason": "年中调整"}).status_code == 302
        assert value("W7", "江岸区") == 5

    def test_discarding_changes_nothing(self, client_of: Callable[[str], Client], send: Send) -> None:
        job = send(["区", "W8"], ["江岸区", 2])
        client_of("wuhan_office").post(f"{job.get_absolute_url()}discard")
        job.refresh_from_db()
        assert (job.stage, value("W8", "江岸区")) == (UploadStage.DISCARDED, "no part")

    def test_another_bureaus_import_does_not_exist(
        self, client_of: Callable[[str], Client], send: Send
    ) -> None:
        job = send(["区", "W8"], ["江岸区", 2])
        for act in ("apply", "discard"):
            assert client_of("xian_office").post(f"{job.get_absolute_url()}{act}").status_code == 404
            assert client_of("wuhan_reporter").post(f"{job.get_absolute_url()}{act}").status_code == 403
        assert value("W8", "江岸区") == "no part"
