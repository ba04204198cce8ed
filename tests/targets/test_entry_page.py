"""The entry sheet through the browser's eyes: what it shows, what it keeps, what it refuses."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Bureau, Membership, Unit
from accounts.permissions import Role
from plans.models import Task
from targets.enums import Nature, State
from targets.inputs import FigureInput, NarrativeInput
from targets.models import Figure, Narrative, Period, Target
from targets.periods import PeriodKey
from targets.selectors.entry import bureau_sheet, entry_sheet
from targets.selectors.entry_rows import Sheet
from targets.selectors.work import reporting_status, unit_work
from targets.services.entering import save_entries, submit_entries
from targets.services.periods import Dates, lock_period, start_period
from targets.services.reviewing import ItemRef, return_items
from tests.targets.acts import agreed, postponed
from tests.targets.opened_page import OpenedPage, fields_in

pytestmark = pytest.mark.django_db

PLAIN_TASK = "三/(二)/二是"  # led by 高新技术处, with the node 中期检查 planned for December


@pytest.fixture
def path(december: Period, unit: Unit) -> str:
    return reverse("entry-sheet", args=[december.pk, unit.pk])


@pytest.fixture
def client(client_of: Callable[[str], Client]) -> Client:
    return client_of("wuhan_reporter")


@pytest.fixture
def name(target: Callable[[str], Target]) -> Callable[[str, str], str]:
    """The name of a field of the grid: W2, value → f7_value (see OpenedPage.post)."""
    return lambda key, column: f"f{target(key).pk}_{column}"


@pytest.fixture
def task(wuhan: Bureau) -> Task:
    return Task.objects.get(plan__bureau=wuhan, path=PLAIN_TASK)


def figure_of(target: Target, period: Period) -> Figure:
    return Figure.objects.get(target=target, allocation=None, period=period)


def said(answer: Any) -> str:
    """The messages of a page, or of the page a redirect leads to."""
    return " ".join(str(message) for message in get_messages(answer.wsgi_request))


class TestTheWayThere:
    def test_to_the_own_units_sheet_of_the_current_period(self, client, september, unit) -> None:
        answer = client.get("/entry/")
        assert answer["Location"] == reverse("entry-sheet", args=[september.pk, unit.pk])

    def test_a_choice_where_there_are_several(self, client, wuhan, reporter) -> None:
        other = Unit.objects.get(bureau=wuhan, name="成果与市场处")
        Membership.objects.create(user=reporter, role=Role.REPORTER, bureau=wuhan, unit=other)
        answer = client.get("/entry/")
        assert answer.status_code == 200
        assert [place[0].name for place in answer.context["places"]] == ["高新技术处", "成果与市场处"]

    def test_every_open_period_the_current_one_first(
        self, client, client_of, wuhan, wuhan_plan, september, unit, person
    ) -> None:
        dates = Dates(date(2014, 11, 10))
        start_period(bureau=wuhan, key=PeriodKey(2014, 10), dates=dates, by=person("wuhan_office"))
        ((shown, periods),) = client.get("/entry/").context["places"]
        assert (shown, [period.month for period in periods]) == (unit, [9, 10])
        office = client_of("wuhan_office").get("/entry/")
        assert [period.month for period in office.context["whole"]] == [9, 10]
        assert {len(periods) for _unit, periods in office.context["places"]} == {2}

    def test_the_last_period_where_none_is_open(self, client, september, unit, person) -> None:
        lock_period(period=september, by=person("wuhan_office"))
        assert client.get("/entry/")["Location"] == reverse("entry-sheet", args=[september.pk, unit.pk])

    def test_a_clear_page_before_any_period_was_started(self, client, wuhan) -> None:
        Period.objects.filter(bureau=wuhan).update(started_on=None, locked_on=None)
        answer = client.get("/entry/")
        assert answer.status_code == 200 and "<form" not in answer.content.decode().split("<main")[1]

    def test_the_office_chooses_among_all_units_of_its_bureau(
        self, client_of, wuhan, september, unit
    ) -> None:
        answer = client_of("wuhan_office").get("/entry/")
        units = [place[0] for place in answer.context["places"]]
        assert [one.order for one in units] == sorted(one.order for one in units)
        assert unit in units and {one.bureau for one in units} == {wuhan}
        assert reverse("entry-sheet", args=[september.pk, unit.pk]) in answer.content.decode()

    def test_who_reports_nowhere_has_no_business_here(self, client_of) -> None:
        for username in ("wuhan_reviewer", "wuhan_leader", "observer", "sysadmin"):
            assert client_of(username).get("/entry/").status_code == 403


class TestWhoSeesIt:
    @pytest.mark.parametrize(
        ("username", "status", "may_type"),
        [
            ("wuhan_reporter", 200, True),
            ("wuhan_reviewer", 200, False),
            ("wuhan_office", 200, True),
            ("wuhan_leader", 200, False),
            ("wuhan_reporter_08", 403, False),
            ("wuhan_reviewer_08", 403, False),
            ("observer", 403, False),
            ("sysadmin", 403, False),
            ("secadmin", 403, False),
            ("auditor", 403, False),
            ("xian_reporter", 404, False),
            ("xian_office", 404, False),
        ],
    )
    def test_each_role(self, client_of, path, december, target, name, username, status, may_type) -> None:
        client = client_of(username)
        page = OpenedPage(client, path)
        assert page.answer.status_code == status
        assert bool(page.fields.get("csrfmiddlewaretoken") and len(page.fields) > 1) is may_type
        answer = page.post(**{name("W2", "at"): "0.0", name("W2", "value"): "1"})
        assert Figure.objects.filter(target=target("W2"), period=december).exists() is may_type
        assert answer.status_code == (302 if may_type else status if status != 200 else 403)

    def test_who_enters_or_reviews_sees_drafts_and_leaders_do_not(
        self, client_of, path, december, unit, reporter, target, task
    ) -> None:
        save_entries(
            period=december,
            unit=unit,
            figures=[FigureInput(target("W2"), 0, Decimal("6543.21"), note="内部草稿")],
            narratives=[NarrativeInput(task, 0, progress="尚未提交的文字")],
            by=reporter,
        )
        for username, visible in (("wuhan_reviewer", True), ("wuhan_office", True), ("wuhan_leader", False)):
            text = client_of(username).get(path).content.decode().replace("6543.21", "6,543.21")
            for words in ("6,543.21", "内部草稿", "尚未提交的文字"):
                assert (words in text) is visible, (username, words)
        submit_entries(period=december, unit=unit, by=reporter)
        assert "6,543.21" in client_of("wuhan_leader").get(path).content.decode()

    def test_during_a_correction_leaders_see_the_approved_version(
        self, client_of, client, september, unit, reporter, target
    ) -> None:
        figure = figure_of(target("W2"), september)
        client.post(reverse("entry-correction", args=["figure", figure.pk]), {"reason": "统计局修订"})
        figure.refresh_from_db()
        entry = FigureInput(target("W2"), figure.revision, Decimal("4999.9"), note="改动中")
        save_entries(period=september, unit=unit, figures=[entry], by=reporter)
        address = reverse("entry-sheet", args=[september.pk, unit.pk])
        outside = client_of("wuhan_leader").get(address).content.decode()
        assert "4,760.0" in outside and "4,999.9" not in outside and "改动中" not in outside
        assert "4,999.9" in client_of("wuhan_reviewer").get(address).content.decode()

    def test_a_unit_of_another_bureau_does_not_exist_in_this_period(self, client_of, xian, december) -> None:
        foreign = Unit.objects.filter(bureau=xian).first()
        assert foreign is not None
        for username in ("wuhan_office", "xian_office"):
            address = reverse("entry-sheet", args=[december.pk, foreign.pk])
            assert client_of(username).get(address).status_code == 404


class TestWhatItShows:
    def sheet(self, period: Period, unit: Unit) -> Sheet:
        return entry_sheet(period, unit)

    def test_the_numbers_beside_the_cell(self, december, unit, target) -> None:
        rows = {row.duty.target.key: row for row in self.sheet(december, unit).figures}
        value = rows["W2"]
        assert (value.annual, value.last_year, value.previous_value) == (
            Decimal(6725),
            Decimal("5604.2"),
            Decimal(4760),
        )
        assert value.single is None  # nothing was entered yet: missing is not zero
        assert rows["W1"].last_year is None
        assert value.default_nature == Nature.FLASH and rows["W10"].default_nature == Nature.VERIFIED

    def test_the_single_quarter_of_flows_only(self, september, unit) -> None:
        rows = {row.duty.target.key: row for row in self.sheet(september, unit).figures}
        assert rows["W2"].single == Decimal("1780.0")  # 4760 − 2980
        assert rows["W11"].single is None and rows["W1"].single is None

    def test_the_first_quarter_is_its_own_single_quarter(self, wuhan, unit) -> None:
        march = Period.objects.select_related("bureau").get(bureau=wuhan, month=3)
        rows = {row.duty.target.key: row for row in self.sheet(march, unit).figures}
        assert rows["W2"].single == Decimal(1402) and rows["W2"].previous is None

    def test_a_november_push_counts_its_quarter_from_september(
        self, wuhan, unit, person, reporter, target
    ) -> None:
        office = person("wuhan_office")
        for month in (10, 11):
            dates = Dates(date(2014, 12, 10))
            start_period(bureau=wuhan, key=PeriodKey(2014, month), dates=dates, by=office)
            period = Period.objects.select_related("bureau").get(bureau=wuhan, month=month)
            entry = FigureInput(target("W2"), 0, Decimal(4760 + 100 * month))
            save_entries(period=period, unit=unit, figures=[entry], by=reporter)
        row = next(row for row in self.sheet(period, unit).figures if row.duty.target.key == "W2")
        assert row.previous_value == Decimal(5760)  # October
        assert row.single == Decimal(1100)  # since the end of September

    def test_what_is_owed_and_what_is_not(self, wuhan, september, december, unit) -> None:
        work = self.sheet(december, unit).work
        assert (len(work.owed_figures), len(work.owed_texts)) == (6, 3)
        assert len(work.missing) == 9 and not work.is_overdue
        planning = Unit.objects.get(bureau=wuhan, name="发展计划处")
        assert [row.duty.target.key for row in self.sheet(september, planning).not_due] == ["W5"]
        assert [row.duty.target.key for row in self.sheet(december, planning).figures] == ["W5"]

    def test_the_districts_stand_on_the_leads_sheet(self, wuhan, september) -> None:
        sheet = self.sheet(september, Unit.objects.get(bureau=wuhan, name="创业服务处"))
        missing = [item.label for item in sheet.work.missing]
        assert missing == ["新增科技企业孵化器面积 · 新洲区"]
        (not_due,) = sheet.not_due
        assert not_due.annual is None  # 东湖风景区: no target was set there

    def test_a_sum_of_units_is_computed_and_not_asked_for(self, wuhan, september, target) -> None:
        Target.objects.filter(pk=target("W7").pk).update(split="SUM")
        sheet = self.sheet(september, Unit.objects.get(bureau=wuhan, name="创业服务处"))
        whole = [row for row in (*sheet.figures, *sheet.not_due) if row.duty.target.key == "W7"]
        assert whole and all(row.duty.allocation for row in whole)

    def test_an_adjusted_target_and_a_postponed_node(
        self, wuhan, december, unit, reporter, target, task, client, path
    ) -> None:
        node = task.milestones.get(text="中期检查")
        postponed(node, december, PeriodKey(2015, 6))
        agreed(target("W2"), 12, value=6600)
        rows = {row.duty.target.key: row for row in self.sheet(december, unit).figures}
        assert (rows["W2"].annual, rows["W2"].adjusted_from) == (Decimal(6600), Decimal(6725))
        (moved,) = [n for row in self.sheet(december, unit).tasks for n in row.duty.nodes if n.pk == node.pk]
        assert str(moved.planned) == "2015-06" and moved.is_postponed
        assert "6,600" in client.get(path).content.decode()

    def test_a_text_is_owed_once_a_node_is_due_and_until_the_last_is_done(self, wuhan, september) -> None:
        """(五)三是 begins in September; (二)三是 is done in September; before and after they are optional."""
        march = Period.objects.select_related("bureau").get(bureau=wuhan, month=3)

        def owed(period: Period, path: str) -> bool:
            task = Task.objects.get(plan__bureau=wuhan, path=path)
            rows = entry_sheet(period, task.lead).tasks
            return next(row.duty.is_due for row in rows if row.duty.subject == task)

        assert not owed(march, "三/(五)/三是") and owed(september, "三/(五)/三是")
        assert owed(september, "三/(二)/三是")
        december = Period.objects.get_or_create(bureau=wuhan, year=2014, month=12)[0]
        Period.objects.filter(pk=december.pk).update(started_on=date(2014, 12, 25))
        december = Period.objects.select_related("bureau").get(pk=december.pk)
        assert not owed(december, "三/(二)/三是")

    def test_the_returned_reason_and_last_periods_words(self, client, september, unit) -> None:
        text = client.get(reverse("entry-sheet", args=[september.pk, unit.pk])).content.decode()
        assert "请附9月底有效期内企业名单,并核对证书到期数后重报。" in text
        assert "受理申报146项" in text  # the half year's text of the first milestone task

    def test_nothing_to_report_says_so(self, client_of, wuhan, september) -> None:
        unit = Unit.objects.get(bureau=wuhan, name="国际合作处")
        unit.cooperating_tasks.clear()
        answer = client_of("wuhan_reporter_13").get(reverse("entry-sheet", args=[september.pk, unit.pk]))
        assert answer.status_code == 200 and answer.context["sheet"].is_empty

    def test_the_number_of_queries_does_not_grow(
        self, client, path, december, unit, target, wuhan, reporter
    ) -> None:
        def queries() -> int:
            client.get(path)
            with CaptureQueriesContext(
                connection,
            ) as captured:
                assert client.get(path).status_code == 200
            return len(captured)

        others = [target(key) for key in ("W4", "W10", "W11", "W1", "W3")]
        lead = Unit.objects.get(bureau=wuhan, name="办公室")
        Target.objects.filter(pk__in=[other.pk for other in others]).update(lead=lead)
        Task.objects.filter(lead=unit).exclude(path=PLAIN_TASK).update(lead=lead)
        save_entries(
            period=december, unit=unit, figures=[FigureInput(target("W2"), 0, Decimal(1))], by=reporter
        )
        one = queries()
        Target.objects.filter(pk__in=[other.pk for other in others]).update(lead=unit)
        Task.objects.filter(lead=lead, plan__bureau=wuhan).update(lead=unit)
        entries = [FigureInput(other, 0, Decimal(1)) for other in others]
        save_entries(period=december, unit=unit, figures=entries, by=reporter)
        assert queries() == one


class TestSaving:
    def test_numbers_texts_nodes_and_what_was_understood(
        self, client, path, december, target, name, task
    ) -> None:
        node = task.milestones.get(text="中期检查")
        page = OpenedPage(client, path)
        answer = page.post(
            **{
                name("W2", "value"): "67250000万元",
                name("W2", "forecast"): "6,725",
                name("W2", "nature"): Nature.VERIFIED,
                name("W10", "value"): "0",
                name("W11", "value"): "不适用",
                f"nk{task.pk}_progress": "第一行\r\n第二行  ",
                f"nk{task.pk}_done{node.pk}": "on",
                f"nk{task.pk}_what{node.pk}": "38个项目",
            }
        )
        assert (answer.status_code, answer["Location"]) == (302, path)
        figure = figure_of(target("W2"), december)
        assert (figure.value, figure.forecast, figure.entered) == (
            Decimal(6725),
            Decimal(6725),
            "67250000万元",
        )
        assert (figure.nature, figure.state) == (Nature.VERIFIED, State.DRAFT)
        assert figure_of(target("W10"), december).value == 0
        assert figure_of(target("W11"), december).not_applicable
        assert not Figure.objects.filter(target=target("W4"), period=december).exists()
        text = Narrative.objects.get(task=task, period=december)
        assert text.progress == "第一行\n第二行" and text.node_reports.get().what == "38个项目"
        assert "<strong>6,725亿元</strong>" in client.get(path).content.decode()

    def test_posting_the_page_as_it_is_changes_nothing(
        self, client, path, december, unit, reporter, target, task
    ) -> None:
        node = task.milestones.get(text="中期检查")
        save_entries(
            period=december,
            unit=unit,
            figures=[
                FigureInput(target("W2"), 0, Decimal("6725.125"), entered="67251250万元", note=" 有\n空白 "),
                FigureInput(target("W11"), 0, None, not_applicable=True),
            ],
            narratives=[NarrativeInput(task, 0, progress="一\n二", nodes={node.pk: "三"})],
            by=reporter,
        )
        Figure.objects.filter(period=december).update(note="备注")
        before = list(Figure.objects.filter(period=december).values_list("pk", "revision", "entered"))
        answer = OpenedPage(client, path).post()
        assert answer.status_code == 302, answer.context["form"].wrong
        assert list(Figure.objects.filter(period=december).values_list("pk", "revision", "entered")) == before
        assert Narrative.objects.get(task=task, period=december).last_version == 1

    def test_a_ratio_keeps_its_numerator_and_denominator(
        self, client_of, xian, september, person, target
    ) -> None:
        period = Period.objects.select_related("bureau").get(bureau=xian, month=9)
        unit = Unit.objects.get(bureau=xian, name="成果与技术市场处")
        client = client_of("xian_reporter_06")
        figure = figure_of(target("X4"), period)
        assert figure.numerator is not None
        client.post(reverse("entry-correction", args=["figure", figure.pk]), {"reason": "核对"})
        address = reverse("entry-sheet", args=[period.pk, unit.pk])
        OpenedPage(client, address).post(**{f"f{figure.target_id}_note": "已核对"})
        figure.refresh_from_db()
        assert (figure.numerator, figure.denominator) == (Decimal("88.1"), Decimal(305))
        page = OpenedPage(client, address)
        page.post(
            **{f"f{figure.target_id}_numerator": "88.2", f"f{figure.target_id}_denominator": "305.1亿元"}
        )
        figure.refresh_from_db()
        assert figure.numerator == Decimal("88.1")  # 亿元 is not a number of that cell: nothing was saved
        page.post(**{f"f{figure.target_id}_numerator": "88.2", f"f{figure.target_id}_denominator": "305.1"})
        figure.refresh_from_db()
        assert (figure.numerator, figure.denominator) == (Decimal("88.2"), Decimal("305.1"))

    def test_last_periods_words_are_taken_over_where_blank(self, client, path, december, task) -> None:
        OpenedPage(client, path).post(**{f"nk{task.pk}_problem": "新问题", f"nk{task.pk}_take": "on"})
        text = Narrative.objects.get(task=task, period=december)
        before = Narrative.objects.get(task=task, unit=text.unit, period__month=9)
        assert (text.progress, text.problem, text.next_step) == (before.progress, "新问题", before.next_step)

    def test_an_answer_to_a_warning(self, client, path, december, target, name) -> None:
        OpenedPage(client, path).post(**{name("W2", "value"): "4000"})
        warning = figure_of(target("W2"), december).warnings.get()
        page = OpenedPage(client, path)
        assert "4,760" in page.answer.content.decode()
        page.post(**{name("W2", f"answer{warning.pk}"): "统计局修订"})
        warning.refresh_from_db()
        assert warning.answer == "统计局修订"
        assert figure_of(target("W2"), december).last_version == 1


class TestBadInput:
    @pytest.mark.parametrize(
        ("column", "typed"),
        [
            ("value", "六千"),
            ("value", "约6000"),
            ("value", "1" * 19),
            ("value", "0." + "1" * 7),
            ("value", "6725万件"),
            ("value", "/"),
            ("value", "9" * 5000),
            ("value", "=1+1"),
            ("forecast", "不适用"),
            ("note", "长" * 501),
            ("nature", "GUESS"),
        ],
    )
    def test_one_bad_cell_saves_nothing_and_keeps_everything(
        self, client, path, december, target, name, column: str, typed: str
    ) -> None:
        page = OpenedPage(client, path)
        answer = page.post(**{name("W4", "value"): "1994.92", name("W2", column): typed})
        assert answer.status_code == 200
        assert not Figure.objects.filter(period=december).exists()
        (wrong,) = answer.context["form"].wrong
        assert wrong.row == "高新技术产业产值" and wrong.message
        fields = fields_in(answer.content.decode())
        assert fields[name("W4", "value").replace("_", "-")] == ["1994.92"]
        if column != "nature":
            assert fields[name("W2", column).replace("_", "-")] == [typed]
        assert f'href="#{wrong.field_id}"' in answer.content.decode()

    def test_every_bad_cell_is_named(self, client, path, name, task) -> None:
        answer = OpenedPage(client, path).post(
            **{name("W2", "value"): "甲", name("W4", "forecast"): "乙", f"nk{task.pk}_progress": "长" * 5001}
        )
        wrong = answer.context["form"].wrong
        assert [one.row for one in wrong] == ["高新技术产业产值", "高新技术产业增加值", str(task)]
        assert "5,001" in wrong[2].message and "5,000" in wrong[2].message

    def test_a_text_of_five_megabytes(self, client, path, december, task, settings) -> None:
        words = "字" * 1_700_000
        page = OpenedPage(client, path)
        settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
        assert page.post(**{f"nk{task.pk}_progress": words}).status_code == 400  # larger than any request
        settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 20 * 1024 * 1024
        answer = page.post(**{f"nk{task.pk}_progress": words})
        assert answer.status_code == 200 and "1,700,000" in answer.context["form"].wrong[0].message
        assert fields_in(answer.content.decode())[f"nk{task.pk}-progress"] == [words]
        assert not Narrative.objects.filter(period=december).exists()

    def test_five_thousand_characters_are_kept_whole(self, client, path, december, task) -> None:
        words = ("字" * 99 + "\r\n") * 50
        OpenedPage(client, path).post(**{f"nk{task.pk}_progress": words})
        assert len(Narrative.objects.get(task=task, period=december).progress) == 50 * 100 - 1

    def test_what_was_done_without_the_tick(self, client, path, december, task) -> None:
        node = task.milestones.get(text="中期检查")
        answer = OpenedPage(client, path).post(**{f"nk{task.pk}_what{node.pk}": "38个项目"})
        (wrong,) = answer.context["form"].wrong
        assert "中期检查" in wrong.message and not Narrative.objects.filter(period=december).exists()

    def test_control_characters_and_scripts_are_harmless(self, client, path, december, task, name) -> None:
        script = "<script>alert(1)</script>"
        OpenedPage(client, path).post(
            **{
                name("W2", "value"): "6725",
                name("W2", "note"): f"a\x00b\x07{script}",
                f"nk{task.pk}_progress": script,
            }
        )
        assert Figure.objects.get(period=december).note == f"ab{script}"
        text = client.get(path).content.decode()
        assert script not in text and "&lt;script&gt;" in text

    def test_posted_states_ids_and_other_units_targets_change_nothing(
        self, client, path, december, unit, target, name
    ) -> None:
        """Mass assignment (A-02), beside the field that may be posted."""
        OpenedPage(client, path).post(
            **{
                name("W2", "value"): "6725",
                name("W2", "state"): "APPROVED",
                name("W2", "approved_value"): "1",
                name("W2", "target"): str(target("W6").pk),
                name("W6", "at"): "0.0",
                name("W6", "value"): "342",
                name("X1", "at"): "0.0",
                name("X1", "value"): "1",
                "state": "APPROVED",
                "unit": "1",
            }
        )
        (figure,) = Figure.objects.filter(period__year=2014, period__month=12)
        assert (figure.target, figure.state, figure.approved_value) == (target("W2"), State.DRAFT, None)

    def test_a_closed_period(self, client, path, december, person, target, name) -> None:
        page = OpenedPage(client, path)
        lock_period(period=december, by=person("wuhan_office"))
        answer = page.post(**{name("W2", "value"): "6725"})
        assert answer.status_code == 200 and said(answer)
        assert not Figure.objects.filter(period=december).exists()
        assert "data-column" not in client.get(path).content.decode()

    def test_an_odd_revision_is_treated_as_none(
        self, client, path, december, unit, reporter, target, name
    ) -> None:
        save_entries(
            period=december, unit=unit, figures=[FigureInput(target("W2"), 0, Decimal(1))], by=reporter
        )
        for odd in ("", "x", "1", "-1.1", "1.1.1", "９.９", "99999999.1"):
            answer = OpenedPage(client, path).post(**{name("W2", "at"): odd, name("W2", "value"): "2"})
            assert (
                answer.status_code == 200 and "stored" in answer.content.decode()
            ) or "已存" in answer.content.decode()
        assert figure_of(target("W2"), december).value == 1

    def test_without_the_token_nothing_is_saved(self, wuhan, reporter, path, december, name) -> None:
        strict = Client(enforce_csrf_checks=True)
        strict.force_login(reporter)
        page = OpenedPage(strict, path)
        assert page.post(csrfmiddlewaretoken=None, **{name("W2", "value"): "1"}).status_code == 403
        assert not Figure.objects.filter(period=december).exists()
        assert page.post(**{name("W2", "value"): "1"}).status_code == 302


class TestTwoPeople:
    def test_both_values_are_shown_and_saving_again_is_a_choice(
        self, client, path, december, unit, reporter, target, name
    ) -> None:
        page = OpenedPage(client, path)
        theirs = FigureInput(target("W2"), 0, Decimal("6725.5"), note="他人备注")
        save_entries(period=december, unit=unit, figures=[theirs], by=reporter)
        answer = page.post(**{name("W2", "value"): "6700", name("W4", "value"): "1994.92"})
        text = answer.content.decode()
        assert answer.status_code == 200 and "6,725.5" in text and "他人备注" in text and "6,700" in text
        assert str(reporter) in text
        fields = fields_in(text)
        assert fields[name("W2", "value").replace("_", "-")] == ["6700"]
        assert fields[name("W4", "value").replace("_", "-")] == ["1994.92"]
        assert figure_of(target("W2"), december).value == Decimal("6725.5")
        assert not Figure.objects.filter(target=target("W4"), period=december).exists()
        page.fields = fields
        assert page.post().status_code == 302
        assert figure_of(target("W2"), december).value == 6700
        assert figure_of(target("W4"), december).value == Decimal("1994.92")

    def test_rows_that_one_did_not_touch_keep_what_the_other_saved(
        self, client, path, december, unit, reporter, target, name, task
    ) -> None:
        page = OpenedPage(client, path)
        save_entries(
            period=december,
            unit=unit,
            figures=[FigureInput(target("W2"), 0, Decimal(6725))],
            narratives=[NarrativeInput(task, 0, progress="他人文字")],
            by=reporter,
        )
        assert page.post(**{name("W4", "value"): "1994.92"}).status_code == 302
        assert figure_of(target("W2"), december).value == 6725
        assert figure_of(target("W4"), december).value == Decimal("1994.92")
        assert Narrative.objects.get(task=task, period=december).progress == "他人文字"

    def test_an_older_page_that_nobody_touched_since_it_was_filled(
        self, client, path, december, unit, reporter, target, name
    ) -> None:
        save_entries(
            period=december, unit=unit, figures=[FigureInput(target("W2"), 0, Decimal(1))], by=reporter
        )
        page = OpenedPage(client, path)
        save_entries(
            period=december, unit=unit, figures=[FigureInput(target("W2"), 1, Decimal(2))], by=reporter
        )
        assert page.post(**{name("W4", "value"): "3"}).status_code == 302
        assert figure_of(target("W2"), december).value == 2

    def test_after_an_error_untouched_rows_show_what_the_other_saved(
        self, client, path, december, unit, reporter, target, name
    ) -> None:
        page = OpenedPage(client, path)
        theirs = FigureInput(target("W2"), 0, Decimal("6725.5"))
        save_entries(period=december, unit=unit, figures=[theirs], by=reporter)
        page.fields = fields_in(page.post(**{name("W4", "value"): "甲"}).content.decode())
        assert page.fields[name("W2", "value").replace("_", "-")] == ["6725.5"]
        assert page.post(**{name("W4", "value"): "1994.92"}).status_code == 302
        assert figure_of(target("W2"), december).value == Decimal("6725.5")

    def test_a_text_and_its_nodes(self, client, path, december, unit, reporter, task) -> None:
        node = task.milestones.get(text="中期检查")
        page = OpenedPage(client, path)
        theirs = NarrativeInput(task, 0, progress="他人文字", nodes={node.pk: "已检查"})
        save_entries(period=december, unit=unit, narratives=[theirs], by=reporter)
        text = page.post(**{f"nk{task.pk}_progress": "我的文字"}).content.decode()
        assert "他人文字" in text and "已检查" in text and "中期检查" in text
        assert Narrative.objects.get(task=task, period=december).progress == "他人文字"

    def test_submitted_meanwhile(self, client, path, december, unit, reporter, target, name) -> None:
        page = OpenedPage(client, path)
        submit_entries(
            period=december, unit=unit, figures=[FigureInput(target("W2"), 0, Decimal(1))], by=reporter
        )
        answer = page.post(**{name("W2", "value"): "2"})
        assert answer.status_code == 200 and answer.context["form"].figures[1].conflict.can_be_saved is False
        assert figure_of(target("W2"), december).value == 1


class TestSubmitting:
    def test_what_is_typed_is_saved_and_submitted_in_one_act(
        self, client, path, december, target, name, task
    ) -> None:
        answer = OpenedPage(client, path).post(
            "submit-part", **{name("W2", "value"): "6725", f"nk{task.pk}_progress": "完成"}
        )
        assert answer.status_code == 302
        assert figure_of(target("W2"), december).state == State.SUBMITTED
        assert Narrative.objects.get(task=task, period=december).state == State.SUBMITTED
        page = client.get(path)
        assert "2" in said(answer)
        assert len(page.context["work"].missing) == 7
        assert f'href="#f{target("W4").pk}"' in page.content.decode()

    def test_twice_is_harmless_and_says_so(self, client, path, december, target, name) -> None:
        page = OpenedPage(client, path)
        typed = {name("W2", "value"): "6725"}
        page.post("submit-part", **typed)
        again = page.post("submit-part", **typed)
        assert again.status_code == 302 and said(again)
        figure = figure_of(target("W2"), december)
        assert (figure.last_version, figure.decisions.count()) == (1, 1)

    def test_a_bad_cell_submits_nothing(self, client, path, december, name, target) -> None:
        OpenedPage(client, path).post(**{name("W4", "value"): "1994.92"})
        OpenedPage(client, path).post("submit-part", **{name("W2", "value"): "甲"})
        assert figure_of(target("W4"), december).state == State.DRAFT

    def test_a_returned_item_goes_back_unchanged_only_when_asked_for(
        self, client, path, december, unit, person, target, name
    ) -> None:
        OpenedPage(client, path).post("submit-part", **{name("W2", "value"): "6725"})
        figure = figure_of(target("W2"), december)
        ref = ItemRef("figure", figure.pk, figure.revision)
        return_items(items=[ref], bureau=unit.bureau, reason="请核对", by=person("wuhan_reviewer"))
        answer = OpenedPage(client, path).post("submit-part")
        figure.refresh_from_db()
        assert figure.state == State.RETURNED
        assert "1项已退回、尚未重报" in said(answer) and "均已提交" not in said(answer)
        OpenedPage(client, path).post("submit-part", **{name("W2", "again"): "on"})
        figure.refresh_from_db()
        assert figure.state == State.SUBMITTED

    @pytest.mark.parametrize("action", ["submit", "submit-part"])
    def test_what_stays_returned_is_said_beside_what_was_submitted(
        self, client, path, december, unit, person, target, name, action
    ) -> None:
        page = OpenedPage(client, path)
        sheet = page.answer.context["sheet"]
        typed = {f"{row.key}_value": "1" for row in sheet.figures}
        typed |= {f"n{row.key}_progress": "完成" for row in sheet.tasks if row.duty.is_due}
        page.post("submit", **typed)
        figures = [figure_of(target(key), december) for key in ("W2", "W4", "W10")]
        refs = [ItemRef("figure", figure.pk, figure.revision) for figure in figures]
        return_items(items=refs, bureau=unit.bureau, reason="请核对", by=person("wuhan_reviewer"))
        page = OpenedPage(client, path)
        answer = page.post(action, **{name("W2", "value"): "2", name("W4", "again"): "on"})
        assert "已提交2项" in said(answer) and "1项已退回、尚未重报" in said(answer)
        text = client.get(path).content.decode()
        assert (
            f'↩ <a href="#f{target("W10").pk}">' in text and f'↩ <a href="#f{target("W2").pk}">' not in text
        )
        answer = OpenedPage(client, path).post(action, **{name("W10", "again"): "on"})
        assert "已提交1项" in said(answer) and "已退回" not in said(answer)

    def test_a_returned_item_that_was_changed_is_a_draft_on_top_too(
        self, client, path, december, unit, person, target, name
    ) -> None:
        OpenedPage(client, path).post("submit-part", **{name("W2", "value"): "6725"})
        figure = figure_of(target("W2"), december)
        ref = ItemRef("figure", figure.pk, figure.revision)
        return_items(items=[ref], bureau=unit.bureau, reason="请核对", by=person("wuhan_reviewer"))
        whole = bureau_sheet(december)
        assert [row.key for row in whole.returned] == [f"f{target('W2').pk}"]
        OpenedPage(client, path).post(**{name("W2", "value"): "6726"})
        for work in (client.get(path).context["work"], unit_work(unit, december)):
            assert [item.label for item in work.drafts] == ["高新技术产业产值"] and work.returned == []
        assert bureau_sheet(december).returned == []

    def test_enter_in_a_cell_saves_and_never_submits(self, client, path) -> None:
        """The first button of a form is the one that Enter presses without a script."""
        text = client.get(path).content.decode()
        form = text.split("data-entry")[1]
        assert form.index('value="save"') < form.index('value="submit"')


class TestCorrectionPages:
    def test_a_reason_is_asked_for_and_kept(self, client, september, target) -> None:
        figure = figure_of(target("W2"), september)
        address = reverse("entry-correction", args=["figure", figure.pk])
        assert client.get(address).status_code == 200
        for reason in ("", "长" * 301):
            answer = client.post(address, {"reason": reason})
            assert answer.status_code == 200 and answer.context["form"].errors
            figure.refresh_from_db()
            assert figure.state == State.APPROVED
        answer = client.post(address, {"reason": "统计局修订"})
        figure.refresh_from_db()
        assert figure.state == State.DRAFT and figure.approved_value == Decimal(4760)
        assert answer["Location"].endswith(f"#{figure.duty_key}") and "已发起订正" in said(answer)
        assert f'id="{figure.duty_key}"' in client.get(answer["Location"]).content.decode()

    def test_opened_by_mistake_it_is_withdrawn(self, client, september, task) -> None:
        text = Narrative.objects.get(task=task, period=september)
        address = reverse("entry-correction", args=["narrative", text.pk])
        client.post(address, {"reason": "误开"})
        assert client.get(address).context["withdrawing"]
        answer = client.post(address)
        text.refresh_from_db()
        assert text.state == State.APPROVED
        assert answer["Location"].endswith(f"#{text.duty_key}") and "订正已撤销" in said(answer)
        assert f'id="{text.duty_key}"' in client.get(answer["Location"]).content.decode()

    @pytest.mark.parametrize(
        ("username", "status"),
        [("wuhan_reporter_08", 403), ("wuhan_reviewer", 403), ("wuhan_leader", 403), ("xian_reporter", 404)],
    )
    def test_only_the_own_unit(
        self, client_of, client, september, target, username: str, status: int
    ) -> None:
        figure = figure_of(target("W2"), september)
        address = reverse("entry-correction", args=["figure", figure.pk])
        assert client_of(username).get(address).status_code == status
        assert client_of(username).post(address, {"reason": "理由"}).status_code == status
        figure.refresh_from_db()
        assert figure.state == State.APPROVED
        assert client.post(address, {"reason": "理由"}).status_code == 302

    def test_what_is_not_approved_leads_back(self, client, september, unit, target) -> None:
        figure = figure_of(target("W11"), september)
        answer = client.get(reverse("entry-correction", args=["figure", figure.pk]))
        sheet = reverse("entry-sheet", args=[september.pk, unit.pk])
        assert answer["Location"] == f"{sheet}#{figure.duty_key}" and said(answer)
        assert client.get("/entry/correction/thing/1/").status_code == 404


class TestAnEndedSession:
    def test_what_was_typed_comes_back_unsaved(self, client, path, december, name, reporter, task) -> None:
        page = OpenedPage(client, path)
        session = client.session
        session["seen"] = 1
        session.save()
        answer = page.post(**{name("W2", "value"): "6725.8", f"nk{task.pk}_progress": "打了一半"})
        assert answer.status_code == 302 and not Figure.objects.filter(period=december).exists()
        client.force_login(reporter)
        text = client.get(path).content.decode()
        fields = fields_in(text)
        assert fields[name("W2", "value").replace("_", "-")] == ["6725.8"]
        assert fields[f"nk{task.pk}-progress"] == ["打了一半"] and "data-dirty" in text
        assert not Figure.objects.filter(period=december).exists()
        page.fields = fields
        page.post()
        assert Figure.objects.get(period=december).value == Decimal("6725.8")


class TestWork:
    def test_one_units_work(self, september, unit) -> None:
        work = unit_work(unit, september)
        assert [item.label for item in work.returned] == ["高新技术企业总数"]
        assert work.returned[0].returned.reason.startswith("请附9月底")
        assert (len(work.drafts), len(work.submitted), len(work.reviewed)) == (1, 2, 1)
        assert not work.missing and work.is_overdue

    def test_the_bureaus_units_in_official_order(self, wuhan, september) -> None:
        status = reporting_status(wuhan, september)
        orders = [work.unit.order for work in status.units]
        assert orders == sorted(orders) and len(orders) == 17
        missing = {work.unit.name: [item.label for item in work.missing] for work in status.owing}
        assert missing.pop("高新技术处") == missing.pop("科技金融处") == [], "returned, or a draft"
        assert missing == {
            "发展计划处": ["一是深化科技计划管理改革"],
            "条件财务处": ["新增省级以上科技创新平台"],
            "创业服务处": ["新增科技企业孵化器面积 · 新洲区"],
        }
        assert "国际合作处" in [work.unit.name for work in status.idle]
        assert status.silent == []

    def test_a_unit_that_submitted_nothing_is_named(self, wuhan, december) -> None:
        names = [work.unit.name for work in reporting_status(wuhan, december).silent]
        assert "高新技术处" in names and "国际合作处" not in names

    def test_the_number_of_queries_does_not_depend_on_what_is_reported(
        self, wuhan, september, december, unit, reporter, target
    ) -> None:
        save_entries(
            period=december, unit=unit, figures=[FigureInput(target("W2"), 0, Decimal(1))], by=reporter
        )
        with CaptureQueriesContext(connection) as little:
            reporting_status(wuhan, december)
        with CaptureQueriesContext(connection) as full:
            reporting_status(wuhan, september)
        assert len(full) == len(little) <= 15
