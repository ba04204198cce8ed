"""Uploads against the real database: received, read, previewed, applied as a whole or not at all."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl.workbook import Workbook

from accounts.models import AuditEvent, Bureau, JobState, Unit, User
from targets.enums import Basis, Nature, State
from targets.errors import Refused
from targets.inputs import FigureInput, NarrativeInput
from targets.models import (
    Figure,
    FigureVersion,
    FigureWarning,
    Milestone,
    Narrative,
    Origin,
    Period,
    Target,
    Upload,
    UploadStage,
)
from targets.periods import PeriodKey
from targets.policies import EDITABLE
from targets.selectors.unit_form import unit_form
from targets.selectors.uploads import error_lines, failure_text, open_places, recent_uploads
from targets.services import sent_files
from targets.services import uploads as service
from targets.services.entering import open_correction, save_entries, submit_entries
from targets.services.periods import Dates, start_period
from targets.workbook.form import write_form
from tests.targets.acts import agreed
from tests.targets.upload_lines import change_lines
from tests.targets.workbooks import SOFFICE, through_libreoffice

Send = Callable[..., Upload]
VALUE, NATURE, NOTE = "G", "I", "J"


@pytest.fixture(autouse=True)
def media(settings, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path / "media"
    return settings.MEDIA_ROOT


@pytest.fixture
def unit(wuhan: Bureau) -> Unit:
    """The unit whose figures of the nine months are all in some state of the demonstration."""
    return Unit.objects.select_related("bureau").get(bureau=wuhan, name="高新技术处")


@pytest.fixture
def reporter(person: Callable[[str], User]) -> User:
    return person("wuhan_reporter")


@pytest.fixture
def form_book(unit: Unit, september: Period) -> Callable[[], Workbook]:
    """The form as the unit downloads it now."""
    return lambda: openpyxl.load_workbook(io.BytesIO(write_form(unit_form(unit, september))))


def content_of(book: Workbook) -> bytes:
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def row_of(book: Workbook, code: str, sheet: str = "指标") -> int:
    return next(row[0].row for row in book[sheet].iter_rows(min_row=5) if row[0].value == code)


@pytest.fixture
def send(unit: Unit, september: Period, reporter: User) -> Send:
    """Receive a file and let the job read it."""

    def sent(content: bytes | Workbook, name: str = "填报表.xlsx", **more: object) -> Upload:
        raw = content if isinstance(content, bytes) else content_of(content)
        place = {"unit": unit, "period": september, "by": reporter, **more}
        upload = service.receive(file=SimpleUploadedFile(name, raw), **place)  # type: ignore[arg-type]
        service.read(upload_id=upload.pk)
        upload.refresh_from_db()
        return upload

    return sent


def w11(book: Workbook) -> str:
    """The returned figure of the demonstration: the one the unit has to mend."""
    return f"{VALUE}{row_of(book, 'W11')}"


def test_a_unit_of_measure_that_changes_after_the_preview_stops_the_upload(
    send: Send, form_book, reporter: User, september: Period, target
) -> None:
    """W11 is returned, so the form may change it; a new unit would give the number another meaning."""
    book = form_book()
    book["指标"][w11(book)] = 1106
    upload = send(book)
    agreed(target("W11"), 9, value=Decimal("0.12"), unit="万家")
    with pytest.raises(Refused):
        service.apply(upload_id=upload.pk, by=reporter)
    figure = Figure.objects.get(target__key="W11", period=september)
    assert figure.value == Decimal("0.1105")
    again = form_book()
    again["指标"][w11(again)] = Decimal("0.1106")
    assert service.apply(upload_id=send(again).pk, by=reporter) == 1


class TestReceiving:
    def test_the_file_is_kept_under_a_random_name_and_audited(
        self, send: Send, form_book, media: Path
    ) -> None:
        upload = send(form_book(), name="../../前三季度 填报表.xlsx")
        assert upload.original_name == "前三季度 填报表.xlsx"
        stored = Path(upload.file.path)
        assert stored.parent == media / "uploads" and len(stored.stem) == 32
        assert "填报" not in stored.name
        event = AuditEvent.objects.get(kind="upload.received", object_id=upload.pk)
        assert event.after["sha256"] == upload.sha256 and event.user == upload.owner

    @pytest.mark.parametrize(
        ("name", "content", "code"),
        [
            ("空.xlsx", b"", "EMPTY"),
            ("表.xlsx", "编号,指标\nW1,产值".encode(), "TEXT_FILE"),
            ("表.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "OLD_FORMAT"),
            ("表.xlsx", b"PK\x03\x04" + b"\0" * 200, "DAMAGED"),
            ("表.xlsx", b"%PDF-1.7 ...", "NOT_A_WORKBOOK"),
        ],
    )
    def test_what_is_no_workbook_is_refused_at_once(
        self, send: Send, media: Path, name: str, content: bytes, code: str
    ) -> None:
        with pytest.raises(Refused) as refused:
            send(content, name=name)
        assert str(refused.value)
        assert not Upload.objects.exists()
        assert not media.exists() or not list(media.rglob("*.*"))
        event = AuditEvent.objects.get(kind="upload.refused")
        assert (event.outcome, event.after["reason"], event.object_label) == ("refused", code, name)

    def test_a_truncated_workbook_is_refused_at_once(self, send: Send, form_book) -> None:
        raw = content_of(form_book())
        for cut in (len(raw) // 2, len(raw) - 10):
            with pytest.raises(Refused):
                send(raw[:cut])
        assert send(raw).stage == UploadStage.PREVIEW

    def test_a_workbook_with_macros_is_refused(self, send: Send, form_book) -> None:
        with pytest.raises(Refused):
            send(content_of(form_book()), name="表.xlsm")

    def test_only_for_the_own_unit_and_an_open_period(
        self, send: Send, form_book, person, wuhan: Bureau, september: Period
    ) -> None:
        other = Unit.objects.get(bureau=wuhan, name="成果与市场处")
        with pytest.raises(Refused):
            send(form_book(), unit=other)
        with pytest.raises(Refused):
            send(form_book(), by=person("xian_reporter"))
        with pytest.raises(Refused):
            send(form_book(), period=Period.objects.get(bureau=wuhan, month=3))
        assert not Upload.objects.exists()

    def test_nothing_is_left_when_the_audit_event_cannot_be_written(
        self, send: Send, form_book, media: Path, monkeypatch
    ) -> None:
        def broken(*args: object, **more: object) -> None:
            raise RuntimeError("no audit")

        monkeypatch.setattr(sent_files, "record", broken)
        with pytest.raises(RuntimeError):
            send(form_book())
        assert not Upload.objects.exists()
        assert not list(media.rglob("*.xlsx"))


class TestReading:
    def test_unchanged_it_says_nothing_new(self, send: Send, form_book) -> None:
        upload = send(form_book())
        assert (upload.state, upload.stage) == (JobState.DONE, UploadStage.PREVIEW)
        assert change_lines(upload) == []
        assert upload.done == upload.total > 0

    @pytest.mark.skipif(not SOFFICE, reason="LibreOffice (soffice) is not installed")
    def test_saved_again_by_libreoffice_it_says_nothing_new(
        self, send: Send, unit: Unit, september: Period, tmp_path: Path
    ) -> None:
        path = tmp_path / "f.xlsx"
        path.write_bytes(write_form(unit_form(unit, september)))
        upload = send(through_libreoffice(path, tmp_path / "saved").read_bytes())
        assert (upload.stage, change_lines(upload)) == (UploadStage.PREVIEW, [])

    def test_a_preview_of_the_changes(self, send: Send, form_book) -> None:
        book = form_book()
        book["指标"][w11(book)] = "0.1105万家"
        upload = send(book)
        assert change_lines(upload) == []  # 0.1105万 are the 1105 that are stored
        book["指标"][w11(book)] = "0.1121万家"
        [line] = change_lines(send(book))
        assert (line.code, line.kind, line.fields[0].old, line.fields[0].new) == (
            "W11",
            "changed",
            "1,105",
            "1,121",
        )
        assert line.fields[0].echo == "1,121家"
        assert Figure.objects.get(target__key="W11", period__month=9).value == 1105

    def test_the_preview_says_what_looks_odd_and_writes_nothing(self, send: Send, form_book) -> None:
        book = form_book()
        book["指标"][w11(book)] = 11050000
        before = (FigureVersion.objects.count(), FigureWarning.objects.count())
        [line] = change_lines(upload := send(book))
        assert upload.stage == UploadStage.PREVIEW  # it warns and never blocks
        assert any("9,208.3" in warning or "9208.3" in warning for warning in line.warnings)
        assert (FigureVersion.objects.count(), FigureWarning.objects.count()) == before
        assert not AuditEvent.objects.filter(kind="entry.saved", after__origin=Origin.WORKBOOK).exists()
        book["指标"][w11(book)] = 1112
        [line] = change_lines(send(book))
        assert line.warnings == []

    def test_errors_in_words_with_their_place(self, send: Send, form_book) -> None:
        book = form_book()
        book["指标"][w11(book)] = "一千多"
        upload = send(book)
        assert (upload.state, upload.stage, upload.changes) == (JobState.DONE, UploadStage.REFUSED, [])
        [line] = error_lines(upload)
        assert (line.sheet, line.column, line.row, line.header, line.value) == (
            "指标",
            "G",
            row_of(book, "W11"),
            "本期累计",
            "一千多",
        )
        assert "一千多" in line.message and "%(" not in line.message

    def test_the_form_of_another_unit(self, send: Send, september: Period, wuhan: Bureau) -> None:
        other = Unit.objects.get(bureau=wuhan, name="成果与市场处")
        [line] = error_lines(send(write_form(unit_form(other, september))))
        assert "成果与市场处" in line.message and "高新技术处" in line.message

    def test_the_form_of_the_period_before(self, send: Send, unit: Unit, wuhan: Bureau) -> None:
        june = Period.objects.select_related("bureau").get(bureau=wuhan, month=6)
        [line] = error_lines(send(write_form(unit_form(unit, june))))
        assert "2014年上半年" in line.message and "2014年前三季度" in line.message

    def test_what_is_approved_cannot_be_changed_by_a_workbook(self, send: Send, form_book) -> None:
        book = form_book()
        book["指标"][f"{VALUE}{row_of(book, 'W2')}"] = 4761
        upload = send(book)
        assert [error["code"] for error in upload.errors] == ["ALREADY_APPROVED"]

    def test_an_unforeseen_failure_ends_the_job(self, send: Send, form_book, monkeypatch) -> None:
        def broken(*args: object) -> None:
            raise MemoryError

        monkeypatch.setattr(service, "compare", broken)
        upload = send(form_book())
        assert (upload.state, upload.stage) == (JobState.FAILED, UploadStage.READING)
        assert failure_text(upload)
        assert upload.finished_at is not None

    def test_a_lost_file_ends_the_job(self, form_book, unit: Unit, september: Period, reporter: User) -> None:
        file = SimpleUploadedFile("f.xlsx", content_of(form_book()))
        upload = service.receive(unit=unit, period=september, file=file, by=reporter)
        Path(upload.file.path).unlink()
        service.read(upload_id=upload.pk)
        upload.refresh_from_db()
        assert upload.state == JobState.FAILED

    def test_reading_twice_is_reading_once(self, send: Send, form_book) -> None:
        upload = send(form_book())
        before = (upload.attempts, upload.finished_at)
        service.read(upload_id=upload.pk)
        upload.refresh_from_db()
        assert (upload.attempts, upload.finished_at) == before

    def test_a_fixed_number_of_queries(
        self, unit: Unit, september: Period, django_assert_max_num_queries
    ) -> None:
        other = Unit.objects.get(bureau=unit.bureau, name="创业服务处")
        for one in (unit, other):  # 6 targets and 7 tasks; 2 targets with 15 districts
            with django_assert_max_num_queries(25):
                unit_form(one, september)

    def test_the_lead_reports_the_parts_of_its_districts(self, september: Period, wuhan: Bureau) -> None:
        form = unit_form(
            Unit.objects.select_related("bureau").get(bureau=wuhan, name="创业服务处"), september
        )
        codes = [item.code for item in form.figures]
        assert "W7" in codes and "W7/江岸区" in codes
        assert "W7/东湖风景区" not in codes  # no target was set there
        part = next(item for item in form.figures if item.code == "W7/江岸区")
        assert (part.annual, part.figure.content.value, part.text) == (Decimal(6), Decimal("5.2"), None)

    def test_what_is_not_due_is_not_in_the_form(self, september: Period, wuhan: Bureau) -> None:
        form = unit_form(
            Unit.objects.select_related("bureau").get(bureau=wuhan, name="发展计划处"), september
        )
        assert "W5" not in [item.code for item in form.figures]


class TestApplying:
    def applied(self, send: Send, form_book, reporter: User) -> Upload:
        book = form_book()
        sheet, row = book["指标"], row_of(book, "W11")
        sheet[f"G{row}"], sheet[f"I{row}"], sheet[f"J{row}"] = 1121, "快报", "口径不变"
        sheet[f"K{row}"] = "高企培育按计划推进。"
        task = row_of(book, "三/(四)/三是", "任务进展")
        book["任务进展"][f"E{task}"] = "配合完成申报材料初审。"
        upload = send(book)
        assert service.apply(upload_id=upload.pk, by=reporter) == 3
        upload.refresh_from_db()
        return upload

    def test_changes_become_drafts_through_the_one_door(
        self, send: Send, form_book, reporter: User, unit: Unit
    ) -> None:
        upload = self.applied(send, form_book, reporter)
        assert upload.stage == UploadStage.APPLIED
        figure = Figure.objects.get(target__key="W11", period__month=9)
        assert (figure.value, figure.nature, figure.note, figure.state) == (
            1121,
            Nature.FLASH,
            "口径不变",
            State.DRAFT,
        )
        version = FigureVersion.objects.get(figure=figure, number=figure.last_version)
        assert (version.origin, version.by, version.basis) == (Origin.WORKBOOK, reporter, Basis.CUMULATIVE)
        texts = Narrative.objects.filter(unit=unit, period__month=9)
        assert texts.get(target__key="W11").progress == "高企培育按计划推进。"
        assert texts.get(task__path="三/(四)/三是").progress == "配合完成申报材料初审。"
        event = AuditEvent.objects.get(kind="upload.applied")
        assert (event.object_id, event.after["changed"]) == (upload.pk, 3)

    def test_the_same_file_again_changes_nothing(self, send: Send, form_book, reporter: User) -> None:
        book = form_book()
        book["指标"][w11(book)] = 1121
        raw = content_of(book)
        service.apply(upload_id=send(raw).pk, by=reporter)
        again = send(raw)
        assert (again.stage, change_lines(again)) == (UploadStage.PREVIEW, [])
        assert service.apply(upload_id=again.pk, by=reporter) == 0

    def test_a_second_click_applies_nothing_more(self, send: Send, form_book, reporter: User) -> None:
        upload = self.applied(send, form_book, reporter)
        versions = FigureVersion.objects.count()
        assert service.apply(upload_id=upload.pk, by=reporter) == 3
        assert FigureVersion.objects.count() == versions
        assert AuditEvent.objects.filter(kind="upload.applied").count() == 1

    def test_a_node_is_ticked(self, send: Send, september: Period, wuhan: Bureau, person) -> None:
        unit = Unit.objects.select_related("bureau").get(bureau=wuhan, name="发展计划处")
        by = User.objects.get(memberships__unit=unit, memberships__role="reporter")
        form = unit_form(unit, september)
        task = next(
            t
            for t in form.tasks
            if t.nodes and t.text.is_editable and any(not n.done_before for n in t.nodes)
        )
        node = next(
            n for n in task.nodes if not n.done_before and n.milestone_id not in task.text.content.nodes
        )
        book = openpyxl.load_workbook(io.BytesIO(write_form(form)))
        row = row_of(book, node.code, "节点任务")
        book["节点任务"][f"E{row}"], book["节点任务"][f"F{row}"] = "是", "已启动编制"
        service.apply(upload_id=send(book, unit=unit, by=by).pk, by=by)
        narrative = Narrative.objects.get(task=task.task_id, unit=unit, period=september)
        assert narrative.node_reports.get(milestone=node.milestone_id).what == "已启动编制"
        assert Milestone.objects.get(pk=node.milestone_id).done_in is None  # counts once it is approved

    def test_all_or_nothing_when_one_item_changed_since_the_preview(
        self,
        send: Send,
        form_book,
        reporter: User,
        unit: Unit,
        september: Period,
        target: Callable[[str], Target],
    ) -> None:
        book = form_book()
        row = row_of(book, "W11")
        book["指标"][f"G{row}"], book["指标"][f"K{row}"] = 1121, "新的进展"
        upload = send(book)
        figure = Figure.objects.get(target__key="W11", period__month=9)
        save_entries(
            period=september,
            unit=unit,
            by=reporter,
            figures=[FigureInput(target("W11"), figure.revision, Decimal(1119))],
        )
        with pytest.raises(Refused) as refused:
            service.apply(upload_id=upload.pk, by=reporter)
        assert "高新技术企业总数" in str(refused.value)
        figure.refresh_from_db()
        upload.refresh_from_db()
        assert (figure.value, upload.stage) == (1119, UploadStage.PREVIEW)
        assert not Narrative.objects.filter(target__key="W11", period__month=9).exists()

    def test_refused_when_it_was_submitted_since_the_preview(
        self, send: Send, form_book, reporter: User, unit: Unit, september: Period
    ) -> None:
        book = form_book()
        book["指标"][w11(book)] = 1121
        upload = send(book)
        figure = Figure.objects.get(target__key="W11", period__month=9)
        submit_entries(period=september, unit=unit, by=reporter, again=[("figure", figure.pk)])
        figure.refresh_from_db()
        assert figure.state not in EDITABLE
        with pytest.raises(Refused):
            service.apply(upload_id=upload.pk, by=reporter)
        figure.refresh_from_db()
        assert figure.value == 1105

    def test_refused_when_the_period_was_closed_since_the_preview(
        self, send: Send, form_book, reporter: User, september: Period
    ) -> None:
        book = form_book()
        book["指标"][w11(book)] = 1121
        upload = send(book)
        Period.objects.filter(pk=september.pk).update(locked_on="2014-10-27")
        with pytest.raises(Refused):
            service.apply(upload_id=upload.pk, by=reporter)
        assert Figure.objects.get(target__key="W11", period__month=9).value == 1105

    def test_what_somebody_changed_after_the_download_is_shown_and_kept_unless_confirmed(
        self,
        send: Send,
        form_book,
        reporter: User,
        unit: Unit,
        september: Period,
        target: Callable[[str], Target],
    ) -> None:
        book = form_book()  # downloaded with 1105
        figure = Figure.objects.get(target__key="W11", period__month=9)
        save_entries(
            period=september,
            unit=unit,
            by=reporter,
            figures=[FigureInput(target("W11"), figure.revision, Decimal(1119), nature=Nature.VERIFIED)],
        )
        assert change_lines(send(book)) == []  # not touched in the workbook: 1119 stays
        book["指标"][w11(book)] = 1121
        [line] = change_lines(upload := send(book))
        assert (line.fields[0].old, line.fields[0].new, line.fields[0].conflict) == ("1,119", "1,121", True)
        assert line.others_by == str(reporter)
        service.apply(upload_id=upload.pk, by=reporter)
        figure.refresh_from_db()
        assert figure.value == 1121

    def test_what_was_not_there_at_the_download_is_somebody_elses_too(
        self,
        send: Send,
        form_book,
        reporter: User,
        unit: Unit,
        september: Period,
        target: Callable[[str], Target],
    ) -> None:
        book = form_book()  # downloaded before anything was written about W11
        text = NarrativeInput(target("W11"), 0, "同事写的进展")
        save_entries(period=september, unit=unit, by=reporter, narratives=[text])
        book["指标"][f"K{row_of(book, 'W11')}"] = "我写的进展"
        [line] = change_lines(send(book))
        field = line.fields[0]
        assert (field.old, field.new, field.conflict) == ("同事写的进展", "我写的进展", True)

    def test_only_for_people_of_the_unit(self, send: Send, form_book, person) -> None:
        book = form_book()
        book["指标"][w11(book)] = 1121
        upload = send(book)
        for name in ("wuhan_reviewer", "wuhan_leader", "xian_reporter"):
            with pytest.raises(Refused):
                service.apply(upload_id=upload.pk, by=person(name))
        upload.refresh_from_db()
        assert upload.stage == UploadStage.PREVIEW

    def test_errors_cannot_be_confirmed(self, send: Send, form_book, reporter: User) -> None:
        book = form_book()
        book["指标"][w11(book)] = "多"
        with pytest.raises(Refused):
            service.apply(upload_id=send(book).pk, by=reporter)

    def test_a_correction_goes_through_the_workbook_once_it_is_opened(
        self, send: Send, form_book, reporter: User, unit: Unit
    ) -> None:
        figure = Figure.objects.select_related("period__bureau").get(target__key="W2", period__month=9)
        open_correction(item=figure, unit=unit, reason="统计局修订", by=reporter)
        book = form_book()
        book["指标"][f"{VALUE}{row_of(book, 'W2')}"] = 4761
        service.apply(upload_id=send(book).pk, by=reporter)
        figure.refresh_from_db()
        assert (figure.value, figure.approved_value) == (4761, 4760)


class TestDiscarding:
    def test_a_preview_is_put_aside_and_cannot_be_applied(
        self, send: Send, form_book, reporter: User
    ) -> None:
        upload = send(form_book())
        service.discard(upload_id=upload.pk, by=reporter)
        service.discard(upload_id=upload.pk, by=reporter)
        upload.refresh_from_db()
        assert upload.stage == UploadStage.DISCARDED
        assert AuditEvent.objects.filter(kind="upload.discarded", object_id=upload.pk).count() == 1
        with pytest.raises(Refused):
            service.apply(upload_id=upload.pk, by=reporter)

    def test_what_was_applied_stays_applied(self, send: Send, form_book, reporter: User) -> None:
        upload = send(form_book())
        service.apply(upload_id=upload.pk, by=reporter)
        with pytest.raises(Refused):
            service.discard(upload_id=upload.pk, by=reporter)


class TestSeeing:
    def test_uploads_are_seen_by_the_people_of_the_unit_alone(
        self, send: Send, form_book, person, reporter: User
    ) -> None:
        upload = send(form_book())
        assert list(Upload.objects.visible_to(reporter)) == [upload]
        for name in (
            "wuhan_reviewer",
            "wuhan_office",
            "wuhan_leader",
            "xian_reporter",
            "observer",
            "sysadmin",
            "wuhan_reporter_08",
        ):
            assert not Upload.objects.visible_to(person(name)).exists(), name

    def test_places_are_the_own_units_with_open_periods(self, reporter: User, person, unit: Unit) -> None:
        assert [(place.unit, place.period.month) for place in open_places(reporter)] == [(unit, 9)]
        office = open_places(person("wuhan_office"))
        assert [(place.unit, place.period.month) for place in office] == [(None, 9)]  # the whole bureau
        assert open_places(person("wuhan_leader")) == []

    def test_the_period_to_work_on_stands_first(self, reporter: User, person, unit: Unit, wuhan) -> None:
        """1—10月 is open as well, and its data end is still to come on 27 October 2014."""
        office, dates = person("wuhan_office"), Dates(date(2014, 11, 10))
        start_period(bureau=wuhan, key=PeriodKey(2014, 10), dates=dates, by=office)
        for user in (reporter, office):
            assert [place.period.month for place in open_places(user)] == [9, 10]

    def test_the_list_takes_as_many_queries_for_three_as_for_one(
        self, send: Send, form_book, reporter: User, django_assert_num_queries
    ) -> None:
        send(form_book())
        assert reporter.rights
        for more in (0, 2):
            for _ in range(more):
                send(form_book())
            with django_assert_num_queries(1):
                assert len(recent_uploads(reporter)) == 1 + more


class TestNarrativeInputs:
    def test_the_other_texts_of_an_item_stay(
        self,
        send: Send,
        form_book,
        reporter: User,
        unit: Unit,
        september: Period,
        target: Callable[[str], Target],
    ) -> None:
        text = NarrativeInput(target("W11"), 0, "进展", "问题", "措施")
        save_entries(period=september, unit=unit, by=reporter, narratives=[text])
        book = form_book()
        book["指标"][f"L{row_of(book, 'W11')}"] = "新问题"
        service.apply(upload_id=send(book).pk, by=reporter)
        stored = Narrative.objects.get(target__key="W11", unit=unit, period=september)
        assert (stored.progress, stored.problem, stored.next_step) == ("进展", "新问题", "措施")
