"""The pages of the workbook: who gets in, what they show, and that they work without a script."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEvent, Bureau, JobState, Unit, User
from targets import tasks
from targets.models import Figure, Period, Upload, UploadStage
from targets.selectors.unit_form import unit_form
from targets.services import uploads as service
from targets.workbook.form import write_form
from targets.workbook.marking import LIST_SHEET

PAGES = ["upload", "upload-progress"]
POSTS = ["upload-columns", "upload-apply", "upload-discard"]


@pytest.fixture(autouse=True)
def media(settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def unit(wuhan: Bureau) -> Unit:
    return Unit.objects.select_related("bureau").get(bureau=wuhan, name="高新技术处")


@pytest.fixture
def own(client_of: Callable[[str], Client]) -> Client:
    return client_of("wuhan_reporter")


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The ids of the uploads whose jobs were sent."""
    ids: list[int] = []
    monkeypatch.setattr(tasks.read_upload, "apply_async", lambda args, kwargs: ids.extend(args))
    return ids


def workbook(
    unit: Unit, period: Period, *, value: object = None, name: str = "表.xlsx"
) -> SimpleUploadedFile:
    """The unit's form, with another value for the returned figure W11."""
    book = openpyxl.load_workbook(io.BytesIO(write_form(unit_form(unit, period))))
    if value is not None:
        row = next(cells[0].row for cells in book["指标"].iter_rows(min_row=5) if cells[0].value == "W11")
        book["指标"][f"G{row}"] = value
    buffer = io.BytesIO()
    book.save(buffer)
    return SimpleUploadedFile(name, buffer.getvalue())


@pytest.fixture
def upload(unit: Unit, september: Period, person: Callable[[str], User]) -> Callable[..., Upload]:
    """An upload of the unit, read unless told otherwise."""

    def made(value: object = 1121, *, name: str = "表.xlsx", read: bool = True) -> Upload:
        file = workbook(unit, september, value=value, name=name)
        found = service.receive(unit=unit, period=september, file=file, by=person("wuhan_reporter"))
        if read:
            service.read(upload_id=found.pk)
            found.refresh_from_db()
        return found

    return made


def notices(page: bytes, kind: str) -> list[str]:
    """The texts of the page's notices of one kind."""
    found = re.findall(rf'<p class="notice notice-{kind}" role="\w+">(.*?)</p>', page.decode(), re.DOTALL)
    return [text.strip() for text in found if text.strip()]


def place(unit: Unit, period: Period) -> str:
    return f"{period.pk}-{unit.pk}"


class TestTheForm:
    def test_it_is_a_download_with_a_chinese_name(self, own: Client, unit: Unit, september: Period) -> None:
        response = own.get(reverse("entry-workbook", args=[september.pk, unit.pk]))
        assert response.status_code == 200
        name = quote("高新技术处_2014年前三季度填报表(演示数据).xlsx")
        assert response["Content-Disposition"] == f"attachment; filename*=utf-8''{name}"
        assert response["Content-Type"].endswith("spreadsheetml.sheet")
        assert "no-store" in response["Cache-Control"]
        book = openpyxl.load_workbook(io.BytesIO(b"".join(response.streaming_content)))
        assert "演示数据" in book["指标"]["A1"].value
        assert (
            AuditEvent.objects.filter(kind="workbook.downloaded", user__username="wuhan_reporter").count()
            == 1
        )

    @pytest.mark.parametrize(
        ("who", "status"),
        [
            ("wuhan_reporter", 200),
            ("wuhan_reporter_08", 403),
            ("wuhan_reviewer", 403),
            ("wuhan_office", 403),
            ("wuhan_leader", 403),
            ("xian_reporter", 404),
            ("observer", 403),
            ("sysadmin", 403),
        ],
    )
    def test_only_for_the_unit(self, client_of, unit: Unit, september: Period, who: str, status: int) -> None:
        assert (
            client_of(who).get(reverse("entry-workbook", args=[september.pk, unit.pk])).status_code == status
        )

    def test_a_period_of_another_bureau_is_not_there(self, own: Client, unit: Unit, xian: Bureau) -> None:
        foreign = Period.objects.get(bureau=xian, month=9)
        assert own.get(reverse("entry-workbook", args=[foreign.pk, unit.pk])).status_code == 404

    def test_a_closed_period_has_no_form(self, own: Client, unit: Unit, wuhan: Bureau) -> None:
        march = Period.objects.get(bureau=wuhan, month=3)
        response = own.get(reverse("entry-workbook", args=[march.pk, unit.pk]), follow=True)
        assert response.redirect_chain == [(reverse("uploads"), 302)]
        assert notices(response.content, "error")


class TestUploading:
    def test_a_workbook_is_received_and_its_job_sent_after_the_commit(
        self, own: Client, unit: Unit, september: Period, sent: list[int], django_capture_on_commit_callbacks
    ) -> None:
        data = {"place": place(unit, september), "file": workbook(unit, september, value=1121)}
        with django_capture_on_commit_callbacks(execute=True):
            response = own.post(reverse("upload-create"), data)
        found = Upload.objects.get()
        assert response["Location"] == reverse("upload", args=[found.pk])
        assert sent == [found.pk]
        assert (found.state, found.unit, found.period, found.owner.username) == (
            JobState.QUEUED,
            unit,
            september,
            "wuhan_reporter",
        )

    def test_a_dead_broker_does_not_lose_the_file(
        self,
        own: Client,
        unit: Unit,
        september: Period,
        monkeypatch: pytest.MonkeyPatch,
        django_capture_on_commit_callbacks,
    ) -> None:
        def dead(**more: object) -> None:
            raise OSError("no broker")

        monkeypatch.setattr(tasks.read_upload, "apply_async", dead)
        with django_capture_on_commit_callbacks(execute=True):
            response = own.post(
                reverse("upload-create"), {"place": place(unit, september), "file": workbook(unit, september)}
            )
        assert response.status_code == 302
        assert Upload.objects.get().state == JobState.QUEUED

    def test_a_renamed_csv_is_refused_on_the_page(
        self, own: Client, unit: Unit, september: Period, sent: list[int]
    ) -> None:
        data = {
            "place": place(unit, september),
            "file": SimpleUploadedFile("表.xlsx", "编号,指标\nW1,1".encode()),
        }
        response = own.post(reverse("upload-create"), data)
        assert response.status_code == 422
        assert b'class="field-error"' in response.content
        assert not Upload.objects.exists() and sent == []

    def test_an_empty_file_and_none_at_all(self, own: Client, unit: Unit, september: Period) -> None:
        for file in (SimpleUploadedFile("表.xlsx", b""), ""):
            response = own.post(reverse("upload-create"), {"place": place(unit, september), "file": file})
            assert response.status_code == 422
            assert b"field-error" in response.content

    def test_a_place_that_is_not_ones_own_is_refused(
        self, own: Client, september: Period, wuhan: Bureau, unit: Unit, sent: list[int]
    ) -> None:
        other = Unit.objects.get(bureau=wuhan, name="成果与市场处")
        march = Period.objects.get(bureau=wuhan, month=3)
        for wrong in (place(other, september), place(unit, march), "x", ""):
            response = own.post(reverse("upload-create"), {"place": wrong, "file": workbook(unit, september)})
            assert response.status_code == 422
        assert not Upload.objects.exists() and sent == []

    def test_other_posted_fields_change_nothing(
        self, own: Client, unit: Unit, september: Period, sent: list[int], person
    ) -> None:
        data = {
            "place": place(unit, september),
            "file": workbook(unit, september),
            "stage": "APPLIED",
            "owner": person("xian_reporter").pk,
            "unit": 1,
        }
        own.post(reverse("upload-create"), data)
        found = Upload.objects.get()
        assert (found.stage, found.owner.username, found.unit) == (
            UploadStage.READING,
            "wuhan_reporter",
            unit,
        )

    def test_every_post_needs_a_token(self, unit: Unit, september: Period, person, upload) -> None:
        strict = Client(enforce_csrf_checks=True)
        strict.force_login(person("wuhan_reporter"))
        found = upload()
        assert strict.post(reverse("upload-create"), {"place": place(unit, september)}).status_code == 403
        for name in POSTS:
            assert strict.post(reverse(name, args=[found.pk])).status_code == 403

    def test_nothing_is_changed_by_get(self, own: Client, upload) -> None:
        found = upload()
        for name in POSTS:
            assert own.get(reverse(name, args=[found.pk])).status_code == 405
        assert own.get(reverse("upload-create")).status_code == 405
        found.refresh_from_db()
        assert found.stage == UploadStage.PREVIEW


class TestWhoGetsIn:
    WHO = [
        ("wuhan_reporter", 200),
        ("wuhan_reporter_08", 403),
        ("wuhan_reviewer", 403),
        ("wuhan_office", 403),
        ("wuhan_leader", 403),
        ("xian_reporter", 404),
        ("observer", 403),
        ("sysadmin", 403),
        ("auditor", 403),
    ]

    @pytest.mark.parametrize(("who", "status"), WHO)
    def test_to_an_upload(self, client_of, upload, who: str, status: int) -> None:
        found, client = upload(value="多"), client_of(who)
        for name in [*PAGES, "upload-marked"]:
            assert client.get(reverse(name, args=[found.pk])).status_code == status, name
        for name in POSTS if status != 200 else []:
            assert client.post(reverse(name, args=[found.pk])).status_code == status, name
        found.refresh_from_db()
        assert found.stage == UploadStage.REFUSED

    @pytest.mark.parametrize(
        ("who", "status"),
        [("wuhan_reporter", 200), ("wuhan_office", 200), ("wuhan_leader", 403), ("secadmin", 403)],
    )
    def test_to_the_list(self, client_of, who: str, status: int) -> None:
        assert client_of(who).get(reverse("uploads")).status_code == status

    def test_a_colleague_of_another_unit_sees_none_of_it_in_the_list(self, client_of, upload) -> None:
        upload(name="机密的表.xlsx")
        assert "机密的表" in client_of("wuhan_reporter").get(reverse("uploads")).content.decode()
        assert "机密的表" not in client_of("wuhan_reporter_08").get(reverse("uploads")).content.decode()

    def test_visitors_are_sent_to_the_log_in(self, client: Client, upload) -> None:
        found = upload()
        for address in [reverse("uploads"), *(reverse(name, args=[found.pk]) for name in PAGES)]:
            assert client.get(address)["Location"].startswith(reverse("login"))


class TestWatching:
    def test_a_queued_upload_asks_again_every_two_seconds(self, own: Client, upload) -> None:
        found = upload(read=False)
        page = own.get(reverse("upload", args=[found.pk])).content.decode()
        assert 'hx-trigger="every 2s"' in page and '"HX-Polling": "1"' in page
        assert f'href="{found.get_absolute_url()}"' in page  # reloading does the same

    def test_the_fragment_shows_the_counts(self, own: Client, upload) -> None:
        found = upload(read=False)
        Upload.objects.filter(pk=found.pk).update(state=JobState.RUNNING, done=1200, total=3400)
        fragment = own.get(
            reverse("upload-progress", args=[found.pk]), headers={"HX-Request": "true", "HX-Polling": "1"}
        )
        text = fragment.content.decode()
        assert "<html" not in text
        assert 'value="1200" max="3400"' in text and "1,200" in text and "3,400" in text

    def test_when_the_job_is_over_the_page_reloads_itself(self, own: Client, upload) -> None:
        response = own.get(reverse("upload-progress", args=[upload().pk]), headers={"HX-Request": "true"})
        assert response["HX-Refresh"] == "true"

    def test_polling_is_no_sign_of_life(self, own: Client, upload) -> None:
        found = upload(read=False)
        address = reverse("upload-progress", args=[found.pk])
        own.get(reverse("uploads"))
        session = own.session
        session["seen"] -= 600
        session.save()
        own.get(address, headers={"HX-Request": "true", "HX-Polling": "1"})
        assert own.session["seen"] == session["seen"]
        own.get(reverse("uploads"))
        assert own.session["seen"] > session["seen"]

    def test_a_failed_job_says_so(self, own: Client, upload) -> None:
        found = upload(read=False)
        Upload.objects.filter(pk=found.pk).update(state=JobState.FAILED, failure="worker-lost")
        page = own.get(reverse("upload", args=[found.pk])).content
        [text] = notices(page, "error")
        assert "worker-lost" not in text and b"hx-trigger" not in page


class TestConfirming:
    def test_the_preview_then_the_result(self, own: Client, upload) -> None:
        found = upload()
        page = own.get(reverse("upload", args=[found.pk])).content.decode()
        assert "1,105" in page and "1,121" in page and reverse("upload-apply", args=[found.pk]) in page
        assert Figure.objects.get(target__key="W11", period__month=9).value == 1105
        response = own.post(reverse("upload-apply", args=[found.pk]), follow=True)
        page = response.content.decode()
        assert notices(response.content, "success")
        assert reverse("upload-apply", args=[found.pk]) not in page
        assert reverse("entry-sheet", args=[found.period_id, found.unit_id]) in page
        assert Figure.objects.get(target__key="W11", period__month=9).value == 1121

    def test_without_changes_there_is_nothing_to_confirm(self, own: Client, upload) -> None:
        found = upload(value=None)
        page = own.get(reverse("upload", args=[found.pk])).content.decode()
        assert re.search(r"\b0\b", page)
        assert reverse("upload-apply", args=[found.pk]) not in page

    def test_discarding(self, own: Client, upload) -> None:
        found = upload()
        response = own.post(reverse("upload-discard", args=[found.pk]), follow=True)
        assert response.redirect_chain == [(reverse("uploads"), 302)]
        page = own.get(reverse("upload", args=[found.pk])).content.decode()
        assert reverse("upload-apply", args=[found.pk]) not in page
        again = own.post(reverse("upload-apply", args=[found.pk]), follow=True)
        assert notices(again.content, "error")
        assert Figure.objects.get(target__key="W11", period__month=9).value == 1105

    def test_a_closed_period_says_so_and_offers_nothing(self, own: Client, upload, september: Period) -> None:
        found = upload()
        Period.objects.filter(pk=september.pk).update(locked_on="2014-10-27")
        page = own.get(reverse("upload", args=[found.pk])).content
        assert notices(page, "warning")
        assert reverse("upload-apply", args=[found.pk]) not in page.decode()


class TestErrors:
    def test_all_errors_are_shown_and_nothing_of_the_file_becomes_markup(self, own: Client, upload) -> None:
        found = upload(value="<script>alert(1)</script>", name="<img src=x>.xlsx")
        page = own.get(reverse("upload", args=[found.pk])).content.decode()
        assert "&lt;script&gt;alert(1)" in page
        assert "<script>alert(1)" not in page and "<img src=x" not in page

    def test_the_own_workbook_with_the_errors_marked(self, own: Client, upload) -> None:
        found = upload(value="一千多")
        assert reverse("upload-marked", args=[found.pk]) in own.get(found.get_absolute_url()).content.decode()
        response = own.get(reverse("upload-marked", args=[found.pk]))
        book = openpyxl.load_workbook(io.BytesIO(b"".join(response.streaming_content)))
        [error] = found.errors
        assert book[LIST_SHEET]["E2"].value == "一千多"
        assert book["指标"][f"G{error['row']}"].comment.text
        assert "no-store" in response["Cache-Control"]

    def test_there_is_nothing_to_mark_in_a_good_workbook(self, own: Client, upload) -> None:
        assert own.get(reverse("upload-marked", args=[upload().pk])).status_code == 404

    def test_a_file_that_is_gone_says_so(self, own: Client, upload) -> None:
        found = upload(value="多")
        Path(found.file.path).unlink()
        response = own.get(reverse("upload-marked", args=[found.pk]), follow=True)
        assert notices(response.content, "error")
