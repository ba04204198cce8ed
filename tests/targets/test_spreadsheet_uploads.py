"""A bureau's own spreadsheet as an upload: by a reporter, by the office, its columns corrected."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEvent, JobState, Unit, User
from targets.errors import Refused
from targets.models import (
    Figure,
    FigureVersion,
    Narrative,
    Period,
    SpreadsheetLayout,
    SpreadsheetReading,
    Upload,
    UploadStage,
)
from targets.periods import PeriodKey
from targets.selectors.spreadsheet_page import spreadsheet_view
from targets.selectors.spreadsheet_scope import spreadsheet_scope
from targets.selectors.unit_form import unit_form
from targets.services import uploads as service
from targets.services.spreadsheets import choose_columns
from targets.words import day_text
from targets.workbook.form import write_form
from tests.targets.spreadsheets.plans import Sample

pytestmark = pytest.mark.django_db
Send = Callable[..., Upload]
OWN = (
    "指标|单位|年度目标|累计完成|进展情况\n高新技术企业总数|家|1200|1106|到期企业已复审\n"
    "新认定高新技术企业|家|200|0|"
)
WHOLE = (
    "指标|单位|累计完成\n高新技术企业总数|家|1106\n新增省级以上科技创新平台|个|2\n技术合同成交额|亿元|262.4"
)


@pytest.fixture(autouse=True)
def media(settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def send(september: Period, person: Callable[[str], User], tmp_path: Path) -> Send:
    """Hand a sheet in and let the job read it; without a unit for the whole bureau."""

    def sent(text: str, who: str = "wuhan_reporter", unit: str = "高新技术处", read: bool = True) -> Upload:
        path = Sample("表", "wuhan", {"三季度": text}).write(tmp_path / "表.xlsx")
        file = SimpleUploadedFile("本局用表.xlsx", path.read_bytes())
        place = (
            Unit.objects.select_related("bureau").get(bureau=september.bureau, name=unit) if unit else None
        )
        upload = service.receive(unit=place, period=september, file=file, by=person(who))
        if read:
            service.read(upload_id=upload.pk)
        upload.refresh_from_db()
        return upload

    return sent


def test_a_reporter_sees_the_preview_confirms_and_the_same_file_says_nothing_new(
    send: Send, september: Period, person: Callable[[str], User]
) -> None:
    upload = send(OWN)
    assert upload.stage == UploadStage.PREVIEW
    view = spreadsheet_view(upload)
    assert view is not None and view.counts == {"new": 0, "changed": 1, "same": 1}
    assert [(column.letter, column.role) for column in view.columns][:4] == [
        ("A", "indicator"),
        ("B", "unit"),
        ("C", "annual"),
        ("D", "cumulative"),
    ]
    assert service.apply(upload_id=upload.pk, by=person("wuhan_reporter")) == 2
    assert Figure.objects.get(target__key="W11", period=september).value == Decimal(1106)
    text = Narrative.objects.get(target__key="W11", period=september)
    assert text.progress == "到期企业已复审"
    again = spreadsheet_view(send(OWN))
    assert again is not None and again.counts == {"new": 0, "changed": 0, "same": 2}


def test_a_preview_over_which_something_changed_leads_to_a_new_upload(
    send: Send, person: Callable[[str], User], client_of: Callable[[str], Client]
) -> None:
    upload, apply = send(OWN), "确认写入"
    reporter = client_of("wuhan_reporter")
    assert apply in reporter.get(upload.get_absolute_url()).content.decode()
    other = send(OWN.replace("1106", "1107"))
    service.apply(upload_id=other.pk, by=person("wuhan_reporter"))
    told = reporter.get(upload.get_absolute_url()).content.decode()
    assert "预览之后已有改动：高新技术企业总数" in told and "重新上传" in told
    assert apply not in told and "他人" not in told
    answer = reporter.post(reverse("upload-apply", args=[upload.pk]), follow=True)
    assert "未写入任何内容" in answer.content.decode()
    assert "预览之后" not in reporter.get(other.get_absolute_url()).content.decode()


def test_the_list_tells_a_file_without_changes_and_dates_it_as_everything_else(
    send: Send, september: Period, person: Callable[[str], User], client_of: Callable[[str], Client]
) -> None:
    first = send(OWN)
    listed = client_of("wuhan_reporter").get(reverse("uploads")).content.decode()
    assert "待确认" in listed and "无变化" not in listed
    service.apply(upload_id=first.pk, by=person("wuhan_reporter"))
    again = send(OWN)
    listed = client_of("wuhan_reporter").get(reverse("uploads")).content.decode()
    assert "无变化" in listed and "待确认" not in listed
    assert again.created_at.date() == september.bureau.today
    assert day_text(september.bureau.today) in listed


def test_the_example_of_a_column_is_of_the_first_row_with_a_figure(send: Send) -> None:
    section = OWN.replace("\n高新技术企业总数", "\n一、主要指标||||\n高新技术企业总数")
    view = spreadsheet_view(send(section))
    assert view is not None
    assert [column.example for column in view.columns][:4] == ["高新技术企业总数", "家", "1200", "1106"]


def test_the_single_period_is_called_by_its_months(send: Send) -> None:
    view = spreadsheet_view(send(OWN))
    assert view is not None and ("single", "当季") in view.roles
    october = replace(view, period=PeriodKey(2014, 10))
    assert ("single", "10月") in october.roles


def test_what_other_units_report_is_left_out_of_a_units_upload(send: Send) -> None:
    upload = send(WHOLE)
    assert upload.stage == UploadStage.PREVIEW
    view = spreadsheet_view(upload)
    assert view is not None
    assert [row.note for row in view.rows if not row.value] == ["由条件财务处报送", "由成果与市场处报送"]
    assert (view.row_count, view.taken, view.left_out) == (3, 1, 2)
    assert [change["code"] for change in upload.changes if change["kind"] != "same"] == ["W11"]


def test_the_office_uploads_for_the_whole_bureau_all_or_nothing(
    send: Send, september: Period, person: Callable[[str], User]
) -> None:
    upload = send(WHOLE, "wuhan_office", unit="")
    assert upload.stage == UploadStage.PREVIEW and upload.unit is None
    assert service.apply(upload_id=upload.pk, by=person("wuhan_office")) == 2
    for key, value in (("W11", 1106), ("W9", 2)):
        figure = Figure.objects.get(target__key=key, period=september)
        assert figure.value == value and figure.updated_by.username == "wuhan_office"
    event = AuditEvent.objects.filter(kind="upload.applied").latest("pk")
    assert event.after["changed"] == 2


def test_nothing_is_written_for_one_unit_when_another_units_figure_was_changed_meanwhile(
    send: Send, september: Period, person: Callable[[str], User]
) -> None:
    upload = send(WHOLE, "wuhan_office", unit="")
    other = send(OWN.replace("1106", "1107"))
    service.apply(upload_id=other.pk, by=person("wuhan_reporter"))
    before = FigureVersion.objects.count()
    with pytest.raises(Refused):
        service.apply(upload_id=upload.pk, by=person("wuhan_office"))
    assert FigureVersion.objects.count() == before
    assert not Figure.objects.filter(target__key="W9", period=september).exists()


@pytest.mark.parametrize("who", ["wuhan_reporter", "wuhan_leader", "xian_office", "observer"])
def test_only_the_office_hands_in_for_the_whole_bureau(send: Send, who: str) -> None:
    with pytest.raises(Refused):
        send(WHOLE, who, unit="")


def test_every_error_is_listed_at_once_and_marked_in_the_persons_own_file(send: Send, tmp_path: Path) -> None:
    upload = send("指标|单位|累计\n高新技术企业总数|家|约1106\n植树造林|亩|5\n新认定高新技术企业|家|-")
    assert upload.stage == UploadStage.REFUSED
    assert [(error["row"], error["column"]) for error in upload.errors] == [(2, "C"), (3, "A"), (4, "C")]
    path = tmp_path / "marked.xlsx"
    path.write_bytes(service.marked_workbook(upload))
    book = openpyxl.load_workbook(path)
    assert all(book["三季度"][place].comment for place in ("C2", "A3", "C4"))
    assert book["三季度"]["C2"].value == "约1106"


def test_a_refused_upload_says_that_the_columns_may_be_mended_too(
    send: Send, client_of: Callable[[str], Client]
) -> None:
    upload = send("指标|甲|乙\n高新技术企业总数|1106|1107")
    told = client_of("wuhan_reporter").get(upload.get_absolute_url()).content.decode()
    assert "或在下方更正各列含义" in told and 'href="#columns"' in told and 'id="columns"' in told


def test_chosen_columns_are_read_again_and_remembered_for_the_next_file(
    send: Send, person: Callable[[str], User]
) -> None:
    text = "指标|甲|乙\n高新技术企业总数|1106|1107"
    upload = send(text)
    assert [error["code"] for error in upload.errors] == ["NO_FIGURES"]
    choose_columns(
        upload=upload,
        sheet="三季度",
        columns={"indicator": "A", "cumulative": "C"},
        remember=True,
        by=person("wuhan_reporter"),
    )
    upload.refresh_from_db()
    assert (upload.stage, upload.state) == (UploadStage.READING, JobState.QUEUED)
    service.read(upload_id=upload.pk)
    upload.refresh_from_db()
    assert upload.stage == UploadStage.PREVIEW and upload.changes[0]["content"]["value"] == "1107"
    following = send(text)
    view = spreadsheet_view(following)
    assert following.stage == UploadStage.PREVIEW and view is not None and view.remembered is not None
    assert view.remembered.by.username == "wuhan_reporter"
    assert SpreadsheetLayout.objects.get().columns == {"indicator": "A", "cumulative": "C"}
    assert AuditEvent.objects.filter(kind="upload.columns").count() == 1


def test_what_one_bureau_remembers_another_does_not_know(send: Send, person, xian) -> None:
    SpreadsheetLayout.objects.create(
        bureau=xian,
        fingerprint=SpreadsheetReading.objects.get(upload=send(OWN)).understood["fingerprint"],
        columns={"indicator": "A", "cumulative": "C"},
        by=person("xian_office"),
        at=xian.now,
    )
    view = spreadsheet_view(send(OWN))
    assert view is not None and view.remembered is None


def test_columns_are_not_chosen_for_what_was_applied_or_is_another_units(
    send: Send, person: Callable[[str], User]
) -> None:
    upload = send(OWN)
    choice = {"upload": upload, "sheet": "三季度", "columns": {"indicator": "A"}, "remember": False}
    with pytest.raises(Refused):
        choose_columns(**choice, by=person("wuhan_reporter_08"))  # type: ignore[arg-type]
    with pytest.raises(Refused):
        choose_columns(**{**choice, "sheet": "别的"}, by=person("wuhan_reporter"))  # type: ignore[arg-type]
    service.apply(upload_id=upload.pk, by=person("wuhan_reporter"))
    with pytest.raises(Refused):
        choose_columns(**choice, by=person("wuhan_reporter"))  # type: ignore[arg-type]


def test_the_page_shows_columns_to_choose_and_every_row_and_works_without_script(
    send: Send, client_of: Callable[[str], Client]
) -> None:
    upload, client = send(OWN), client_of("wuhan_reporter")
    page = client.get(upload.get_absolute_url()).content.decode()
    assert 'name="column-D"' in page and "表格识别结果" in page and "全部 2 行" in page
    sent = {"sheet": "三季度", "column-A": "indicator", "column-D": "cumulative", "remember": "1"}
    answer = client.post(reverse("upload-columns", args=[upload.pk]), sent)
    assert answer.status_code == 302
    upload.refresh_from_db()
    assert upload.state == JobState.QUEUED
    assert upload.spreadsheet.chosen_columns == {"indicator": "A", "cumulative": "D"}


def test_one_meaning_for_two_columns_is_refused_and_nothing_changes(
    send: Send, client_of: Callable[[str], Client]
) -> None:
    upload, client = send(OWN), client_of("wuhan_reporter")
    sent = {"sheet": "三季度", "column-C": "cumulative", "column-D": "cumulative"}
    answer = client.post(reverse("upload-columns", args=[upload.pk]), sent, follow=True)
    assert "下列含义只能选定一列" in answer.content.decode()
    upload.refresh_from_db()
    assert upload.stage == UploadStage.PREVIEW


@pytest.mark.parametrize(
    ("who", "status"), [("wuhan_reporter", 302), ("wuhan_reporter_08", 403), ("xian_reporter", 404)]
)
def test_who_may_choose_columns(
    send: Send, client_of: Callable[[str], Client], who: str, status: int
) -> None:
    address = reverse("upload-columns", args=[send(OWN).pk])
    assert client_of(who).post(address, {"sheet": "三季度"}).status_code == status


def test_choosing_columns_needs_the_token_of_the_page(send: Send, person: Callable[[str], User]) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(person("wuhan_reporter"))
    assert client.post(reverse("upload-columns", args=[send(OWN).pk]), {}).status_code == 403


def test_the_own_form_still_goes_its_own_way(send: Send, september: Period, person, wuhan) -> None:
    unit = Unit.objects.select_related("bureau").get(bureau=wuhan, name="高新技术处")
    content = write_form(unit_form(unit, september))
    file = SimpleUploadedFile("随便什么名字.xlsx", content)
    upload = service.receive(unit=None, period=september, file=file, by=person("wuhan_office"))
    service.read(upload_id=upload.pk)
    upload.refresh_from_db()
    assert (
        upload.stage == UploadStage.PREVIEW and not SpreadsheetReading.objects.filter(upload=upload).exists()
    )


def test_what_the_plan_knows_takes_a_fixed_number_of_queries(
    september: Period, django_assert_num_queries
) -> None:
    with django_assert_num_queries(20, exact=False):
        scope = spreadsheet_scope(september)
    known = {one.code: one for one in scope.knowns}
    assert "技术合同交易额" in known["W6"].other_names
    assert known["W7/江岸区"].annual == 6 and known["W7/江岸区"].owner == "创业服务处"
    assert known["W6"].quarter_before == Decimal("139.6") and not known["W5"].is_due


def test_rows_that_are_no_indicator_of_the_plan_are_left_out_when_that_is_chosen(
    send: Send, client_of: Callable[[str], Client]
) -> None:
    upload = send("指标|单位|累计\n高新技术企业总数|家|1106\n植树|亩|5")
    assert upload.stage == UploadStage.REFUSED
    client = client_of("wuhan_reporter")
    client.post(reverse("upload-columns", args=[upload.pk]), {"sheet": "三季度", "leaves_out": "1"})
    service.read(upload_id=upload.pk)
    upload.refresh_from_db()
    assert upload.stage == UploadStage.PREVIEW
    assert "checked" in client.get(upload.get_absolute_url()).content.decode()
