"""Files behind figures and texts: what is accepted, who sees them, what stays, and lists of names."""

from __future__ import annotations

import io
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from docx import Document

from accounts.models import AuditEvent, Unit
from plans.models import Task
from targets.evidence_checks import EvidenceCode, RefusedEvidence, check_evidence, count_names
from targets.inputs import FigureInput, NarrativeInput
from targets.models import Evidence, Figure, FigureWarning, Narrative, Period, Target
from targets.selectors.entry import entry_sheet
from targets.selectors.evidence import evidence_about
from targets.services.entering import save_entries, submit_entries
from targets.services.reviewing import ItemRef, return_items
from tests.targets.small_plan import small_plan

pytestmark = pytest.mark.django_db

PDF = b"%PDF-1.4\n1 0 obj\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20
PLAIN_TASK = "三/(二)/二是"


def workbook(*rows: list[Any]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def names(count: int) -> bytes:
    """A list as people make it: title, header, numbered names, blank numbered lines, a sum."""
    listed = [[number, f"示例企业{number}", "武昌区"] for number in range(1, count + 1)]
    return workbook(
        ["2014年新认定高新技术企业名单(示例)"],
        ["序号", "企业名称", "所在区"],
        *listed,
        [count + 1, None, None],
        ["合计", count],
        ["备注:演示数据"],
    )


def docx() -> bytes:
    content = io.BytesIO()
    Document().save(content)
    return content.getvalue()


def check(name: str, content: bytes) -> str:
    return check_evidence(io.BytesIO(content), name, len(content))


class TestWhatIsAccepted:
    @pytest.mark.parametrize(
        ("name", "content"),
        [
            ("批复.pdf", PDF),
            ("照片.PNG", PNG),
            ("照片.jpg", b"\xff\xd8\xff\xe0" + b"\0" * 20),
            ("照片.jpeg", b"\xff\xd8\xff\xe1" + b"\0" * 20),
            ("说明.txt", "完成情况说明".encode()),
            ("说明.txt", "完成情况说明".encode("gb18030")),
            ("报告.docx", docx()),
            ("名单.xlsx", names(2)),
        ],
    )
    def test_name_and_content_agree(self, name: str, content: bytes) -> None:
        assert check(name, content) == Path(name).suffix[1:].lower()

    @pytest.mark.parametrize(
        ("name", "content", "code"),
        [
            ("空.pdf", b"", EvidenceCode.EMPTY),
            ("大.txt", b"a" * (10 * 1024 * 1024 + 1), EvidenceCode.TOO_BIG),
            ("程序.exe", b"MZ", EvidenceCode.KIND),
            ("页面.html", b"<html>", EvidenceCode.KIND),
            ("图.svg", b"<svg/>", EvidenceCode.KIND),
            ("旧.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", EvidenceCode.KIND),
            ("无后缀", PDF, EvidenceCode.KIND),
            ("假.pdf", PNG, EvidenceCode.OTHER_CONTENT),
            ("假.png", PDF, EvidenceCode.OTHER_CONTENT),
            ("假.txt", PNG, EvidenceCode.OTHER_CONTENT),
            ("假.xlsx", PDF, EvidenceCode.OTHER_CONTENT),
            ("假.xlsx", docx(), EvidenceCode.OTHER_CONTENT),
            ("假.docx", names(1), EvidenceCode.OTHER_CONTENT),
            ("坏.xlsx", names(1)[:-40], EvidenceCode.UNSAFE),
        ],
    )
    def test_everything_else_is_refused(self, name: str, content: bytes, code: EvidenceCode) -> None:
        with pytest.raises(RefusedEvidence) as refused:
            check(name, content)
        assert refused.value.code == code


class TestCountingNames:
    @pytest.mark.parametrize("count", [1, 3, 163])
    def test_title_header_blank_lines_sums_and_remarks_are_no_names(self, count: int) -> None:
        assert count_names(io.BytesIO(names(count))) == count

    def test_a_bare_column_without_a_header(self) -> None:
        assert count_names(io.BytesIO(workbook(["示例甲"], ["示例乙"], [None], ["示例丙"]))) == 3

    @pytest.mark.parametrize("rows", [[["序号", "企业名称"]], [[1], [2]], [[None]]])
    def test_a_list_without_names_is_refused(self, rows: list[list[Any]]) -> None:
        with pytest.raises(RefusedEvidence) as refused:
            count_names(io.BytesIO(workbook(*rows)))
        assert refused.value.code == EvidenceCode.NO_NAMES


@pytest.fixture(autouse=True)
def files(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def client(client_of: Callable[[str], Client]) -> Client:
    return client_of("wuhan_reporter")


@pytest.fixture
def address(december: Period, unit: Unit, target: Callable[[str], Target]) -> str:
    """The files behind W10, 新认定高新技术企业."""
    return reverse("entry-evidence", args=[december.pk, unit.pk, f"f{target('W10').pk}"])


def attach(client: Client, address: str, name: str, content: bytes, **data: Any) -> Any:
    return client.post(address, {"file": SimpleUploadedFile(name, content), **data})


class TestAttaching:
    def test_before_any_number_was_typed(self, client, address, december, target, files) -> None:
        assert attach(client, address, "认定 公告.pdf", PDF).status_code == 302
        one = Evidence.objects.get()
        assert (one.original_name, one.kind, one.size, one.names) == ("认定 公告.pdf", "pdf", len(PDF), None)
        assert one.figure.target == target("W10") and one.figure.is_blank and one.figure.last_version == 0
        stored = [path for path in files.rglob("*") if path.is_file()]
        assert len(stored) == 1 and "公告" not in stored[0].name and len(stored[0].stem) == 32
        assert "认定 公告.pdf" in client.get(address).content.decode()
        assert AuditEvent.objects.filter(kind="evidence.attached").count() == 1

    def test_the_blank_item_is_still_missing_and_can_be_filled_in(
        self, client, address, december, unit, reporter, target
    ) -> None:
        attach(client, address, "公告.pdf", PDF)
        work = entry_sheet(december, unit).work
        assert "新认定高新技术企业" in [item.label for item in work.missing]
        entry = FigureInput(target("W10"), 0, Decimal(163))
        save_entries(period=december, unit=unit, figures=[entry], by=reporter)
        assert Figure.objects.get(target=target("W10"), period=december).versions.count() == 1

    def test_behind_a_text_and_for_a_node(self, client, december, unit) -> None:
        task = Task.objects.get(plan__bureau=unit.bureau, path=PLAIN_TASK)
        node = task.milestones.get(text="中期检查")
        address = reverse("entry-evidence", args=[december.pk, unit.pk, f"nk{task.pk}"])
        attach(client, address, "检查报告.docx", docx(), milestone=node.pk)
        one = Evidence.objects.get()
        assert one.narrative.task == task and one.milestone == node
        other = Task.objects.filter(plan__bureau=unit.bureau).exclude(pk=task.pk).first()
        foreign = other.milestones.first() or node
        answer = attach(client, address, "二.pdf", PDF, milestone=foreign.pk)
        assert (answer.status_code == 200) is (foreign != node)

    def test_a_refused_file_is_said_audited_and_not_kept(self, client, address, files) -> None:
        answer = attach(client, address, "程序.exe", b"MZ")
        assert answer.status_code == 200 and ".exe" in answer.content.decode()
        assert not Evidence.objects.exists() and not [path for path in files.rglob("*") if path.is_file()]
        assert AuditEvent.objects.filter(kind="evidence.refused").count() == 1

    def test_the_same_file_twice_is_one(self, client, address, files) -> None:
        attach(client, address, "公告.pdf", PDF)
        assert attach(client, address, "公告2.pdf", PDF).status_code == 200
        assert Evidence.objects.count() == 1
        assert len([path for path in files.rglob("*") if path.is_file()]) == 1

    def test_not_while_the_item_is_under_review(
        self, client, address, december, unit, reporter, target
    ) -> None:
        entry = FigureInput(target("W10"), 0, Decimal(163))
        submit_entries(period=december, unit=unit, figures=[entry], by=reporter)
        assert attach(client, address, "公告.pdf", PDF).status_code == 200
        assert not Evidence.objects.exists()

    @pytest.mark.parametrize(
        ("username", "status"),
        [
            ("wuhan_reporter", 302),
            ("wuhan_office", 302),
            ("wuhan_reviewer", 403),
            ("wuhan_leader", 403),
            ("wuhan_reporter_08", 403),
            ("observer", 403),
            ("xian_reporter", 404),
        ],
    )
    def test_only_who_enters_attaches(self, client_of, address, username, status) -> None:
        assert attach(client_of(username), address, "公告.pdf", PDF).status_code == status
        assert Evidence.objects.exists() is (status == 302)

    def test_a_row_that_is_not_on_the_sheet(self, client, december, unit, target) -> None:
        for row in (f"f{target('W6').pk}", "nk999999", "x"):
            address = reverse("entry-evidence", args=[december.pk, unit.pk, row])
            assert client.get(address).status_code == 404


class TestOpening:
    def test_under_its_own_name_as_an_attachment(self, client, address) -> None:
        attach(client, address, "认定 公告.pdf", PDF)
        answer = client.get(Evidence.objects.get().get_absolute_url())
        assert b"".join(answer.streaming_content) == PDF
        assert answer["Content-Disposition"].startswith("attachment; filename*=utf-8''%E8%AE%A4")
        assert answer["Cache-Control"] == "no-store" and answer["Content-Type"] == "application/pdf"

    @pytest.mark.parametrize(
        ("username", "draft", "submitted"),
        [
            ("wuhan_reporter", 200, 200),
            ("wuhan_reviewer", 200, 200),
            ("wuhan_office", 200, 200),
            ("wuhan_leader", 403, 200),
            ("wuhan_reporter_08", 403, 403),
            ("observer", 403, 403),
            ("xian_reporter", 404, 404),
            ("xian_office", 404, 404),
        ],
    )
    def test_who_sees_it(
        self, client, client_of, address, december, unit, reporter, target, username, draft, submitted
    ) -> None:
        attach(client, address, "公告.pdf", PDF)
        place = Evidence.objects.get().get_absolute_url()
        assert client_of(username).get(place).status_code == draft
        entry = FigureInput(target("W10"), 0, Decimal(163))
        submit_entries(period=december, unit=unit, figures=[entry], by=reporter)
        assert client_of(username).get(place).status_code == submitted


class TestTakingBack:
    def test_while_it_was_never_submitted(self, client, address, files) -> None:
        attach(client, address, "公告.pdf", PDF)
        assert "取回" in client.get(address).content.decode()
        with transaction.atomic():
            answer = client.post(reverse("evidence-remove", args=[Evidence.objects.get().pk]))
        assert answer["Location"] == address and not Evidence.objects.exists()
        assert AuditEvent.objects.filter(kind="evidence.removed").count() == 1

    def test_never_afterwards_not_even_in_the_database(
        self, client, address, december, unit, reporter, target
    ) -> None:
        attach(client, address, "公告.pdf", PDF)
        entry = FigureInput(target("W10"), 0, Decimal(163))
        submit_entries(period=december, unit=unit, figures=[entry], by=reporter)
        one = Evidence.objects.get()
        client.post(reverse("evidence-remove", args=[one.pk]))
        assert Evidence.objects.filter(pk=one.pk).exists()
        for act in ("delete", "update"):
            with pytest.raises(DatabaseError), transaction.atomic():
                found = Evidence.objects.filter(pk=one.pk)
                found.delete() if act == "delete" else found.update(original_name="x")

    def test_a_file_attached_after_the_return_goes_and_the_submitted_one_stays(
        self, client, address, december, unit, reporter, person, target
    ) -> None:
        attach(client, address, "公告.pdf", PDF)
        entry = FigureInput(target("W10"), 0, Decimal(163))
        submit_entries(period=december, unit=unit, figures=[entry], by=reporter)
        figure = Figure.objects.get(target=target("W10"), period=december)
        ref = ItemRef("figure", figure.pk, figure.revision)
        return_items(items=[ref], bureau=unit.bureau, reason="请附名单", by=person("wuhan_reviewer"))
        attach(client, address, "附错.png", PNG)
        first, wrong = Evidence.objects.order_by("pk")
        text = client.get(address).content.decode()
        assert "取回“附错.png”" in text and "取回“公告.pdf”" not in text
        for one in (first, wrong):
            client.post(reverse("evidence-remove", args=[one.pk]))
        assert Evidence.objects.get() == first
        with pytest.raises(DatabaseError), transaction.atomic():
            Evidence.objects.filter(pk=first.pk).delete()

    def test_not_while_the_item_is_under_review_again(
        self, client, address, december, unit, reporter, person, target
    ) -> None:
        entry = FigureInput(target("W10"), 0, Decimal(163))
        submit_entries(period=december, unit=unit, figures=[entry], by=reporter)
        figure = Figure.objects.get(target=target("W10"), period=december)
        ref = ItemRef("figure", figure.pk, figure.revision)
        return_items(items=[ref], bureau=unit.bureau, reason="请附名单", by=person("wuhan_reviewer"))
        attach(client, address, "名单.png", PNG)
        again = [("figure", figure.pk)]
        submit_entries(period=december, unit=unit, again=again, by=reporter)
        client.post(reverse("evidence-remove", args=[Evidence.objects.get().pk]))
        with pytest.raises(DatabaseError), transaction.atomic():
            Evidence.objects.all().delete()

    @pytest.mark.parametrize(("username", "status"), [("wuhan_reviewer", 403), ("xian_office", 404)])
    def test_by_nobody_else(self, client, client_of, address, username, status) -> None:
        attach(client, address, "公告.pdf", PDF)
        place = reverse("evidence-remove", args=[Evidence.objects.get().pk])
        assert client_of(username).post(place).status_code == status
        assert Evidence.objects.exists()


class TestTheListBehindACount:
    def warnings(self, period: Period) -> list[FigureWarning]:
        return list(FigureWarning.objects.filter(figure__period=period, code="LIST_DIFFERS"))

    def test_a_difference_is_a_warning_with_both_numbers(
        self, client, address, december, unit, reporter, target
    ) -> None:
        entry = FigureInput(target("W10"), 0, Decimal(163))
        save_entries(period=december, unit=unit, figures=[entry], by=reporter)
        attach(client, address, "名单.xlsx", names(160), is_list="on")
        (warning,) = self.warnings(december)
        assert (warning.values["names"], warning.values["value"]) == ("160", "163")
        text = client.get(reverse("entry-sheet", args=[december.pk, unit.pk])).content.decode()
        assert "名单.xlsx" in text and "160" in text

    def test_the_answer_is_kept_when_the_figure_is_saved_again(
        self, client, address, december, unit, reporter, target
    ) -> None:
        attach(client, address, "名单.xlsx", names(160), is_list="on")
        entry = FigureInput(target("W10"), 0, Decimal(163))
        save_entries(period=december, unit=unit, figures=[entry], by=reporter)
        (warning,) = self.warnings(december)
        save_entries(period=december, unit=unit, answers={warning.pk: "3家待公示"}, by=reporter)
        figure = Figure.objects.get(target=target("W10"), period=december)
        noted = FigureInput(target("W10"), figure.revision, Decimal(163), note="注")
        save_entries(period=december, unit=unit, figures=[noted], by=reporter)
        assert [one.answer for one in self.warnings(december)] == ["3家待公示", "3家待公示"]

    def test_the_same_count_says_nothing_and_a_file_taken_back_neither(
        self, client, address, december, unit, reporter, target
    ) -> None:
        entry = FigureInput(target("W10"), 0, Decimal(3))
        save_entries(period=december, unit=unit, figures=[entry], by=reporter)
        attach(client, address, "名单.xlsx", names(3), is_list="on")
        assert self.warnings(december) == []
        attach(client, address, "名单二.xlsx", names(5), is_list="on")
        assert len(self.warnings(december)) == 1  # the latest list counts
        client.post(reverse("evidence-remove", args=[Evidence.objects.latest("pk").pk]))
        assert self.warnings(december) == []

    def test_only_a_workbook_is_a_list_and_money_is_not_counted(
        self, client, address, december, unit, target
    ) -> None:
        assert attach(client, address, "名单.pdf", PDF, is_list="on").status_code == 200
        assert not Evidence.objects.exists()
        money = reverse("entry-evidence", args=[december.pk, unit.pk, f"f{target('W2').pk}"])
        attach(client, money, "名单.xlsx", names(3), is_list="on")
        assert Evidence.objects.get().names == 3
        row = next(row for row in entry_sheet(december, unit).figures if row.duty.target.key == "W2")
        assert len(row.evidence) == 1 and self.warnings(december) == []


class TestOnTheSheet:
    def test_the_number_of_queries_does_not_grow(self) -> None:
        counts = []
        for size in (1, 3):
            plan = small_plan(size, code=f"files{size}")
            items = list(Figure.objects.filter(target__plan=plan.plan))
            for number, item in enumerate(items):
                Evidence.objects.create(
                    figure=item,
                    file="x",
                    original_name="一.pdf",
                    kind="pdf",
                    size=1,
                    sha256=str(number),
                    by=plan.user,
                    at=item.updated_at,
                )
            with CaptureQueriesContext(connection) as queries:
                found = evidence_about(items)
                assert [str(one.by) for files in found.values() for one in files]
            assert len(found) == len(items)
            counts.append(len(queries))
        assert counts[0] == counts[1] == 1

    def test_a_text_that_has_only_a_file_is_not_filled_in(self, client, december, unit, reporter) -> None:
        task = Task.objects.get(plan__bureau=unit.bureau, path=PLAIN_TASK)
        address = reverse("entry-evidence", args=[december.pk, unit.pk, f"nk{task.pk}"])
        attach(client, address, "检查报告.docx", docx())
        assert submit_entries(period=december, unit=unit, by=reporter) == 0
        text = NarrativeInput(task, 0, progress="完成")
        assert submit_entries(period=december, unit=unit, narratives=[text], by=reporter) == 1
        assert Narrative.objects.get(task=task, period=december).evidence.count() == 1


class TestOnOtherPages:
    def test_reviewers_and_leaders_find_it_where_they_look(
        self, client, client_of, address, december, unit, reporter, target
    ) -> None:
        attach(client, address, "公告.pdf", PDF)
        place = Evidence.objects.get().get_absolute_url()
        page = reverse("target", args=[target("W10").pk])
        assert place in client.get(page).content.decode()
        assert place not in client_of("wuhan_leader").get(page).content.decode()
        entry = FigureInput(target("W10"), 0, Decimal(163))
        submit_entries(period=december, unit=unit, figures=[entry], by=reporter)
        assert place in client_of("wuhan_leader").get(page).content.decode()
        assert place in client_of("wuhan_reviewer").get("/review/").content.decode()
        for outsider in ("wuhan_reporter_08", "observer"):
            assert place not in client_of(outsider).get(page).content.decode()
