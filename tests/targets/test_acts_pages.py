"""The pages of adjustments and postponements: asking, deciding, and what everybody sees."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from plans.models import Plan
from targets.act_forms import PostponementForm
from targets.enums import Approval, Pace, State
from targets.models import Adjustment, Figure, Milestone, Period, Postponement, Target
from targets.periods import PeriodKey
from targets.selectors.acts import acts_page, waiting_acts
from targets.services.periods import Dates, start_period
from targets.services.postponing import ask_postponement
from tests.targets.acts import agreed, postponed, proposed, user

pytestmark = pytest.mark.django_db
ClientOf = Callable[[str], Client]

FORM = {
    "value": "300",
    "unit": "亿元",
    "pace": "LINEAR",
    "document_number": "武科〔2014〕88号",
    "reason": "省厅下调",
}


def page(client: Client, name: str, *args: object, query: str = "") -> str:
    return client.get(reverse(name, args=args) + query).content.decode()


def send(client: Client, target: Target, since: str = "2014-12", **changed: str) -> str:
    data = {**FORM, "lead": str(target.lead_id), **changed}
    address = reverse("adjustment-propose", args=[target.pk]) + f"?since={since}"
    return client.post(address, data, follow=True).content.decode()


class TestProposing:
    def test_the_form_shows_what_holds_and_keeps_what_is_left(self, client_of: ClientOf, target) -> None:
        office = client_of("wuhan_office")
        form = page(office, "adjustment-propose", target("W6").pk, query="?since=2014-12")
        assert 'value="320"' in form and 'value="亿元"' in form
        assert "等待局领导审定" in send(office, target("W6"))
        act = Adjustment.objects.get(target__key="W6")
        assert (act.new_value, act.new_pace, act.new_lead, act.effective.month) == (300, "", None, 12)

    def test_full_width_digits_and_another_unit_are_understood(self, client_of: ClientOf, target) -> None:
        send(client_of("wuhan_office"), target("W6"), value="3,000,000", unit="万元")
        act = Adjustment.objects.get(target__key="W6")
        assert (act.new_value, act.new_unit, act.unit_factor) == (3_000_000, "万元", 10_000)

    def test_a_raised_value_asks_for_the_pace_on_the_form(self, client_of: ClientOf, target) -> None:
        office = client_of("wuhan_office")
        assert "请确认序时" in send(office, target("W6"), value="330")
        assert "等待局领导审定" in send(office, target("W6"), value="330", pace_confirmed="on")

    def test_a_custom_pace_comes_with_its_shares(self, client_of: ClientOf, target) -> None:
        parts = {"share3": "15", "share6": "40", "share9": "70", "share12": "100"}
        send(client_of("wuhan_office"), target("W6"), value="320", pace="CUSTOM", **parts)
        act = Adjustment.objects.get(target__key="W6")
        assert (act.new_value, act.new_pace) == (None, Pace.CUSTOM)
        assert act.new_pace_shares == [15, 40, 70, 100]

    @pytest.mark.parametrize(
        ("changed", "why"),
        [({"value": "很多"}, "field-error"), ({"unit": "桶"}, "桶"), ({"reason": ""}, "field-error")],
    )
    def test_a_wrong_field_says_so_and_writes_nothing(
        self, client_of: ClientOf, target, changed: dict[str, str], why: str
    ) -> None:
        assert why in send(client_of("wuhan_office"), target("W6"), **changed)
        assert not Adjustment.objects.filter(target__key="W6").exists()

    @pytest.mark.parametrize("text", ["abc", "-", "无"])
    def test_what_is_no_number_is_told_without_ways_that_a_target_has_not(
        self, client_of: ClientOf, target, text: str
    ) -> None:
        told = send(client_of("wuhan_office"), target("W6"), value=text)
        assert f"“{text}”不是数字：请填写以亿元为单位的数字。" in told
        assert "留空" not in told and "不适用" not in told

    def test_posted_states_and_people_are_not_believed(self, client_of: ClientOf, target) -> None:
        send(client_of("wuhan_office"), target("W6"), state="AGREED", decided_by="1", by="1")
        act = Adjustment.objects.get(target__key="W6")
        assert (act.state, act.decided_by, act.by) == (Approval.PROPOSED, None, user("wuhan_office"))

    def test_others_do_not_reach_the_form(self, client_of: ClientOf, target) -> None:
        for name, status in (("wuhan_leader", 403), ("wuhan_reporter", 403), ("xian_office", 404)):
            data = {**FORM, "lead": str(target("W6").lead_id)}
            answer = client_of(name).post(reverse("adjustment-propose", args=[target("W6").pk]), data)
            assert answer.status_code == status
        assert not Adjustment.objects.filter(target__key="W6").exists()


class TestDeciding:
    def test_a_leader_agrees_after_a_tick_and_the_page_tells(self, client_of: ClientOf, target) -> None:
        act, leader = proposed(target("W6"), 9, value=260), client_of("wuhan_leader")
        assert "待您审定" in page(leader, "home") and "技术合同成交额" in page(leader, "home")
        address = reverse("adjustment-decide", args=[act.pk])
        refused = leader.post(address, {"decision": "approve"}, follow=True).content.decode()
        assert "勾选确认" in refused
        act.refresh_from_db()
        assert act.is_open
        leader.post(address, {"decision": "approve", "confirmed": "1"})
        act.refresh_from_db()
        assert (act.state, act.decided_by) == (Approval.AGREED, user("wuhan_leader"))
        told = page(client_of("wuhan_reporter_08"), "target", target("W6").pk, query="?period=2014-09")
        assert "武科〔2014〕88号" in told and "320亿元" in told and "目标已调整" in told
        assert "待您审定" not in page(leader, "home")

    def test_a_leader_declines_with_a_reason(self, client_of: ClientOf, target) -> None:
        act, leader = proposed(target("W6"), 9, value=260), client_of("wuhan_leader")
        address = reverse("adjustment-decide", args=[act.pk])
        assert "请填写理由" in leader.post(address, {"decision": "decline"}, follow=True).content.decode()
        leader.post(address, {"decision": "decline", "answer": "依据不足"})
        assert "依据不足" in page(client_of("wuhan_office"), "adjustments")
        assert "依据不足" not in page(client_of("wuhan_reporter"), "target", target("W6").pk)

    def test_the_office_takes_back_and_cannot_agree(self, client_of: ClientOf, target) -> None:
        act, office = proposed(target("W6"), 9, value=260), client_of("wuhan_office")
        address = reverse("adjustment-decide", args=[act.pk])
        assert office.post(address, {"decision": "approve", "confirmed": "1"}).status_code == 403
        office.post(address, {"decision": "withdraw"})
        act.refresh_from_db()
        assert act.state == Approval.WITHDRAWN

    @pytest.mark.parametrize("decision", ["approve", "decline", "withdraw"])
    def test_another_bureau_finds_nothing(self, client_of: ClientOf, target, decision: str) -> None:
        act = proposed(target("W6"), 9, value=260)
        data = {"decision": decision, "confirmed": "1", "answer": "不"}
        for name in ("xian_leader", "xian_office"):
            answer = client_of(name).post(reverse("adjustment-decide", args=[act.pk]), data)
            assert answer.status_code == 404
        act.refresh_from_db()
        assert act.is_open
        assert "技术合同成交额" not in page(client_of("xian_leader"), "adjustments")


class TestPostponing:
    @pytest.fixture
    def node(self, wuhan_plan: Plan) -> Milestone:
        nodes = Milestone.objects.select_related("task__plan__bureau", "task__lead__bureau")
        return nodes.get(task__plan=wuhan_plan, task__path="三/(二)/二是", text="中期检查")

    def test_asked_on_the_tasks_page_and_agreed_to_by_the_office(self, client_of: ClientOf, node) -> None:
        reporter, office = client_of("wuhan_reporter"), client_of("wuhan_office")
        link = reverse("postponement-ask", args=[node.pk])
        assert link in page(reporter, "task", node.task_id)
        assert link not in page(client_of("wuhan_reporter_08"), "task", node.task_id)
        reporter.post(link, {"to": "2015-03", "reason": "等待省厅批复"})
        act = Postponement.objects.get(milestone=node)
        assert "待您审定" in page(office, "home") and "中期检查" in page(office, "home")
        office.post(reverse("postponement-decide", args=[act.pk]), {"decision": "approve", "confirmed": "1"})
        act.refresh_from_db()
        assert act.state == Approval.AGREED
        assert "等待省厅批复" in page(client_of("observer"), "task", node.task_id)

    def test_a_wrong_period_is_refused(self, client_of: ClientOf, node) -> None:
        link = reverse("postponement-ask", args=[node.pk])
        data = {"to": "2014-09", "reason": "等"}
        assert client_of("wuhan_reporter").post(link, data).status_code == 200
        assert not Postponement.objects.filter(milestone=node).exists()

    def test_no_period_that_has_ended_is_offered(self) -> None:
        form = PostponementForm(PeriodKey(2014, 3), 2014, date(2014, 9, 30))
        choices = form.fields["to"].choices  # type: ignore[attr-defined]
        assert [key for key, _name in choices][:2] == ["2014-12", "2015-03"]
        earlier = PostponementForm(PeriodKey(2014, 3), 2014, date(2014, 9, 29))
        assert next(iter(earlier.fields["to"].choices))[0] == "2014-09"  # type: ignore[attr-defined]

    def test_it_belongs_to_the_sheet_it_was_asked_from(
        self, client_of: ClientOf, node, september: Period
    ) -> None:
        bureau, dates = september.bureau, Dates(date(2015, 1, 9))
        start_period(bureau=bureau, key=PeriodKey(2014, 12), dates=dates, by=user("wuhan_office"))
        december = Period.objects.get(bureau=bureau, month=12)
        reporter, unit = client_of("wuhan_reporter"), node.task.lead_id
        link = reverse("postponement-ask", args=[node.pk]) + "?period=2014-12"
        assert link in page(reporter, "entry-sheet", december.pk, unit)
        reporter.post(link, {"to": "2015-03", "reason": "等待省厅批复"})
        act = Postponement.objects.get(milestone=node)
        assert act.effective == december

    def test_while_it_waits_sheet_and_task_lead_to_the_request(
        self, client_of: ClientOf, node, september: Period
    ) -> None:
        reporter, ask = client_of("wuhan_reporter"), reverse("postponement-ask", args=[node.pk])
        places = (("entry-sheet", september.pk, node.task.lead_id), ("task", node.task_id))
        assert all(ask in page(reporter, *place) for place in places)
        act = ask_postponement(
            milestone=node, period=september, to=PeriodKey(2015, 3), reason="等待", by=user("wuhan_reporter")
        )
        request = f'{reverse("postponement", args=[act.pk])}">延期待审定'
        assert all(request in page(reporter, *place) for place in places)
        assert not any(ask in page(reporter, *place) for place in places)

    def test_only_the_unit_takes_back_and_only_the_office_decides(
        self, client_of: ClientOf, node, september: Period
    ) -> None:
        act = ask_postponement(
            milestone=node, period=september, to=PeriodKey(2015, 3), reason="等待", by=user("wuhan_reporter")
        )
        address = reverse("postponement-decide", args=[act.pk])
        for name, decision, status in (
            ("wuhan_leader", "approve", 403),
            ("wuhan_reporter", "approve", 403),
            ("wuhan_reporter_08", "withdraw", 403),
            ("xian_office", "approve", 404),
            ("xian_reporter", "withdraw", 404),
            ("wuhan_reporter", "withdraw", 302),
        ):
            data = {"decision": decision, "confirmed": "1"}
            assert client_of(name).post(address, data).status_code == status, name
        act.refresh_from_db()
        assert act.state == Approval.WITHDRAWN

    def test_the_times_stand_on_task_and_plan_page(self, client_of: ClientOf, node, september) -> None:
        postponed(node, september, PeriodKey(2015, 3))
        reporter = client_of("wuhan_reporter")
        assert "延期次数" in page(reporter, "task", node.task_id, query="?period=2014-09")
        plan = node.task.plan
        told = page(reporter, "plan", plan.bureau.code, plan.year, query="?period=2014-09")
        assert told.count("延期1次") == 2  # this one and the demonstration's


class TestMarks:
    def test_a_page_opened_before_the_unit_changed_writes_nothing(
        self, client_of: ClientOf, september: Period, target
    ) -> None:
        w6 = target("W6")
        agreed(w6, 9, value=3_000_000, unit="万元")
        reporter = client_of(reporter_name(w6))
        address = reverse("entry-sheet", args=[september.pk, w6.lead_id])
        figure = Figure.objects.get(target=w6, period=september)
        figure.state = State.RETURNED
        figure.save()
        opened = {"at": f"{figure.revision}.{figure.last_version}", "value": "263", "nature": "FLASH"}
        for unit, value in (("亿元", 2_624_000), ("万元", 263)):
            data = {f"f{w6.pk}-{name}": text for name, text in {**opened, "unit": unit}.items()}
            told = reporter.post(address, {**data, "action": "save"}, follow=True).content.decode()
            figure.refresh_from_db()
            assert figure.value == value
            assert ("计量单位已由亿元改为万元" in told) == (unit == "亿元")
        assert f'name="f{w6.pk}-unit" value="万元"' in told

    def test_each_version_shows_the_unit_of_its_time(self, client_of: ClientOf, target) -> None:
        agreed(target("W6"), 9, value=3_000_000, unit="万元")
        told = page(client_of("wuhan_office"), "target", target("W6").pk, query="?period=2014-09")
        trail = told[told.index('id="trail-title"') :]
        for printed in ("2,624,000万元", "262.4亿元", "139.6亿元", "58.3亿元"):
            assert printed in trail
        assert "139.6万元" not in told and "1,396,000" in told  # the quarterly line is in one unit

    def test_the_published_text_stays_and_the_new_value_stands_beside_it(
        self, client_of: ClientOf, target
    ) -> None:
        agreed(target("W6"), 9, value=300)
        told = page(client_of("wuhan_reporter"), "document", "wuhan", 2014, query="?period=2014-09")
        assert told.count('data-adjusted="→ 300亿元"') == 2 and ">320亿元<" in told

    def test_an_adjusted_target_is_marked_in_plan_entry_and_dashboard(
        self, client_of: ClientOf, september: Period, target
    ) -> None:
        office = client_of("wuhan_office")
        places = [
            ("plan", ["wuhan", 2014], "?period=2014-09"),
            ("dashboard", ["wuhan", "2014-09"], ""),
            ("entry-sheet", [september.pk, target("W6").lead_id], ""),
            ("entry-confirmation", [september.pk, target("W6").lead_id], ""),
        ]
        assert all("目标已调整" not in page(office, name, *args, query=query) for name, args, query in places)
        agreed(target("W6"), 9, value=3_000_000, unit="万元")
        for name, args, query in places:
            told = page(office, name, *args, query=query)
            assert "目标已调整" in told and "3,000,000" in told, name
        assert "原为320亿元" in page(office, "entry-confirmation", september.pk, target("W6").lead_id)
        assert "目标已调整" not in page(office, "plan", "wuhan", 2014, query="?period=2014-06")

    @pytest.mark.parametrize(("month", "told"), [(9, True), (12, False)])
    def test_what_passes_to_a_new_lead_is_told_where_there_is_any(
        self, client_of: ClientOf, target, month: int, told: bool
    ) -> None:
        act = proposed(target("W8"), month, lead=target("W6").lead)
        html = page(client_of("wuhan_leader"), "adjustment", act.pk)
        assert "自该时期起由成果与市场处填报" in html
        assert ("转由其继续" in html) == told

    def test_a_new_lead_alone_marks_nothing(self, client_of: ClientOf, target, wuhan) -> None:
        agreed(target("W8"), 9, lead=target("W6").lead)
        told = page(client_of("wuhan_office"), "plan", "wuhan", 2014, query="?period=2014-09")
        assert "目标已调整" not in told


def reporter_name(target: Target) -> str:
    found = User.objects.filter(memberships__unit=target.lead, memberships__role="reporter", is_active=True)
    return found.values_list("username", flat=True)[0]


def test_the_number_of_queries_does_not_grow_with_the_acts(target, client_of: ClientOf) -> None:
    def queries(run: Callable[[User], object]) -> int:
        somebody = user("wuhan_leader")
        with CaptureQueriesContext(
            connection,
        ) as found:
            run(somebody)
        return len(found)

    proposed(target("W6"), 12, value=300)
    agreed(target("W2"), 12, value=6600)
    one = queries(acts_page), queries(waiting_acts)
    for key, value in (("W4", 2000), ("W7", 110), ("W8", 18)):
        proposed(target(key), 12, value=Decimal(value))
    assert (queries(acts_page), queries(waiting_acts)) == one
    assert len(waiting_acts(user("wuhan_leader"))) == 4
