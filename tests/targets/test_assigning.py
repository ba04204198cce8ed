"""The office assigns lead and cooperating units (任务分解): many at once, all or none."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import AuditEvent, Unit, User
from plans.models import LeadChange, Plan, Tag, Task
from targets.errors import Refused
from targets.models import Figure, Narrative, Period, Progress, Recompute, Target, TaskProgress
from targets.periods import PeriodKey
from targets.selectors.assignment import Assigned, assigned, item_key
from targets.selectors.board import board
from targets.selectors.duties import duties
from targets.services.adjusting import NewTerms, approve_adjustment, propose_adjustment
from targets.services.assigning import AssignmentInput, assign
from targets.services.recompute import catch_up, recompute_all
from tests.targets.opened_page import OpenedPage
from tests.targets.small_plan import small_plan

ADDRESS = "/plans/wuhan/2014/assignment"
REPORTED_TASK = "三/(七)/三是"  # 区域科技处, approved texts in every period


@pytest.fixture
def office(person: Callable[[str], User]) -> User:
    return person("wuhan_office")


@pytest.fixture
def task(wuhan_plan: Plan) -> Task:
    return Task.objects.get(plan=wuhan_plan, path=REPORTED_TASK)


def unit(name: str) -> Unit:
    return Unit.objects.get(bureau__code="wuhan", name=name)


def row(item: Task | Target, **wanted: object) -> AssignmentInput:
    """A row opened now, with some of it chosen anew."""
    now = assigned(item)
    chosen = {"lead": now.lead, "cooperating": now.cooperating, "text": now.text, "tags": now.tags}
    return AssignmentInput(item_key(item), Assigned(**{**chosen, **wanted}), now.stamp)  # type: ignore[arg-type]


def texts_of(task: Task, name: str) -> int:
    return Narrative.objects.filter(task=task, unit=unit(name)).count()


def test_cooperating_units_others_and_tags_are_saved_together(
    wuhan_plan: Plan, office: User, task: Task, target: Callable[[str], Target]
) -> None:
    tag = Tag.objects.create(bureau=wuhan_plan.bureau, name="省厅")
    helping, other = unit("国际合作处"), unit("监察室")
    rows = [
        row(task, cooperating=frozenset({helping.pk, other.pk}), text="各区科技局"),
        row(target("W6"), tags=frozenset({tag.pk})),
        row(target("W2")),
    ]
    changes = assign(plan=wuhan_plan, rows=rows, by=office)
    assert [change.item for change in changes] == [task, target("W6")]
    assert set(task.cooperating.all()) == {helping, other}
    assert Task.objects.get(pk=task.pk).cooperating_text == "各区科技局"
    assert list(target("W6").tags.all()) == [tag]
    event = AuditEvent.objects.get(kind="plan.assigned")
    assert event.after[str(task)]["cooperating"] == ["国际合作处", "监察室"]
    assert event.after["技术合同成交额"]["tags"] == ["省厅"]
    assert assign(plan=wuhan_plan, rows=[row(task)], by=office) == []
    assert AuditEvent.objects.filter(kind="plan.assigned").count() == 1


def test_a_target_without_figures_gets_another_lead_and_its_reporter_sees_it(
    wuhan_plan: Plan, office: User, september: Period, target: Callable[[str], Target]
) -> None:
    w5, newcomer = target("W5"), unit("国际合作处")  # nothing is reported before the year's end
    assert not Figure.objects.filter(target=w5).exists()
    Narrative.objects.filter(target=w5).delete()
    assign(plan=wuhan_plan, rows=[row(w5, lead=newcomer.pk)], by=office)
    assert target("W5").lead == newcomer
    assert "W5" in {duty.target.key for duty in duties(september, newcomer).figures}


def test_once_figures_exist_the_lead_of_a_target_is_an_adjustment(
    wuhan_plan: Plan, office: User, target: Callable[[str], Target], task: Task
) -> None:
    rows = [row(task, text="各区"), row(target("W6"), lead=unit("国际合作处").pk)]
    with pytest.raises(Refused, match="目标调整"):
        assign(plan=wuhan_plan, rows=rows, by=office)
    assert target("W6").lead.name == "成果与市场处"
    assert Task.objects.get(pk=task.pk).cooperating_text != "各区", "all or none"


def test_a_former_lead_finishes_what_it_has_begun_and_no_light_of_the_past_changes(
    wuhan_plan: Plan, office: User, task: Task, september: Period
) -> None:
    former, newcomer = task.lead, unit("国际合作处")
    assert texts_of(task, former.name) == 3
    before = list(TaskProgress.objects.filter(task=task).order_by("period").values_list("light", flat=True))
    change = assign(plan=wuhan_plan, rows=[row(task, lead=newcomer.pk)], by=office)[0]
    assert change.still_led == "2014年前三季度"
    assert LeadChange.objects.get(task=task).through_month == 9
    recompute_all()
    after = list(TaskProgress.objects.filter(task=task).order_by("period").values_list("light", flat=True))
    assert after == before
    line = next(line for line in board(wuhan_plan, september).tasks if line.task == task)
    assert line.task.lead == former
    assert line.rows[0].texts.progress, "the former lead's text is the lead's text of that period"
    december = Period.objects.get(bureau=wuhan_plan.bureau, month=12)
    assert task in {duty.subject for duty in duties(september, former).texts}
    assert task not in {duty.subject for duty in duties(september, newcomer).texts}
    assert task in {duty.subject for duty in duties(december, newcomer).texts}
    assert task not in {duty.subject for duty in duties(december, former).texts}


def test_a_lead_that_has_begun_nothing_is_replaced_in_the_open_period(
    wuhan_plan: Plan, office: User, september: Period
) -> None:
    task = Task.objects.get(plan=wuhan_plan, path="三/(八)/一是")  # 发展计划处 owes the text of September
    former, newcomer = task.lead, unit("国际合作处")
    assert not Narrative.objects.filter(task=task, unit=former, period=september).exists()
    change = assign(plan=wuhan_plan, rows=[row(task, lead=newcomer.pk)], by=office)[0]
    assert change.still_led == ""
    assert task in {duty.subject for duty in duties(september, newcomer).texts}
    june = Period.objects.get(bureau=wuhan_plan.bureau, month=6)
    assert task in {duty.subject for duty in duties(june, former).texts}
    assert Recompute.objects.get(plan=wuhan_plan, period=september).behind
    assert not Recompute.objects.get(plan=wuhan_plan, period=june).behind
    stored = list(Progress.objects.order_by("pk").values_list("target", "light"))
    catch_up(plan_id=wuhan_plan.pk)
    assert len(stored) == Progress.objects.count()


def test_the_database_keeps_former_leads(wuhan_plan: Plan, office: User, task: Task) -> None:
    assign(plan=wuhan_plan, rows=[row(task, lead=unit("国际合作处").pk)], by=office)
    with pytest.raises(Exception, match="append-only"):
        LeadChange.objects.update(through_month=3)


@pytest.mark.parametrize("name", ["市统计局", "江岸区"])
def test_only_units_that_report_may_lead(name: str, wuhan_plan: Plan, office: User, task: Task) -> None:
    with pytest.raises(Refused, match="牵头"):
        assign(plan=wuhan_plan, rows=[row(task, lead=unit(name).pk)], by=office)


def test_units_and_tags_of_another_bureau_are_refused(
    wuhan_plan: Plan, office: User, task: Task, xian: object
) -> None:
    foreign = Unit.objects.get(bureau__code="xian", name="科技金融处")
    tag = Tag.objects.create(bureau=foreign.bureau, name="省厅")
    for wanted in (
        {"lead": foreign.pk}, {"cooperating": frozenset({foreign.pk})}, {"tags": frozenset({tag.pk})},
    ):  # fmt: skip
        with pytest.raises(Refused, match="不存在"):
            assign(plan=wuhan_plan, rows=[row(task, **wanted)], by=office)
    strange = AssignmentInput("k999999999", Assigned(foreign.pk), "")
    with pytest.raises(Refused, match="刷新"):
        assign(plan=wuhan_plan, rows=[strange], by=office)


def test_what_somebody_else_changed_meanwhile_is_not_overwritten(
    wuhan_plan: Plan, office: User, task: Task
) -> None:
    opened = row(task, text="甲")
    assign(plan=wuhan_plan, rows=[row(task, text="乙")], by=office)
    with pytest.raises(Refused, match="他人"):
        assign(plan=wuhan_plan, rows=[opened], by=office)
    assert Task.objects.get(pk=task.pk).cooperating_text == "乙"
    untouched = AssignmentInput(
        opened.key, assigned(task), assigned(task).stamp
    )  # opened before, not touched
    assert assign(plan=wuhan_plan, rows=[untouched], by=office) == []


def test_only_the_office_assigns(wuhan_plan: Plan, person: Callable[[str], User], task: Task) -> None:
    for username in ("wuhan_reporter", "wuhan_leader", "xian_office"):
        with pytest.raises(Refused):
            assign(plan=wuhan_plan, rows=[row(task, text="各区")], by=person(username))


class TestPage:
    def test_the_form_saves_without_any_script_and_tells_what_changed(
        self, client_of: Callable[[str], Client], task: Task
    ) -> None:
        page = OpenedPage(client_of("wuhan_office"), ADDRESS, marker="data-assignment")
        html = page.answer.content.decode()
        assert "未改动" not in html
        untouched = page.post(action="save")
        assert untouched.status_code == 302
        answer = page.client.post(
            ADDRESS, {**page.fields, f"k{task.pk}-others": "各区科技局", "action": "save"}, follow=True
        )
        assert f"已修改1项：{task}" in answer.content.decode()
        assert Task.objects.get(pk=task.pk).cooperating_text == "各区科技局"

    def test_a_refused_form_keeps_what_was_chosen(
        self, client_of: Callable[[str], Client], task: Task, target: Callable[[str], Target]
    ) -> None:
        page = OpenedPage(client_of("wuhan_office"), ADDRESS, marker="data-assignment")
        sent = {**page.fields, f"k{task.pk}-others": "新的配合方"}
        sent[f"t{target('W6').pk}-lead"] = [str(unit("国际合作处").pk)]
        answer = page.client.post(ADDRESS, sent)
        assert answer.status_code == 422
        assert "新的配合方" in answer.content.decode()
        assert "目标调整" in answer.content.decode()

    def test_rows_stand_in_document_order_with_targets_below_their_task(
        self, client_of: Callable[[str], Client]
    ) -> None:
        rows = client_of("wuhan_office").get(ADDRESS).context["page"].rows
        keys = [row.item.key if isinstance(row.item, Target) else row.item.path for row in rows]
        assert keys[:6] == ["W1", "W2", "W3", "W4", "W5", "W9"]
        at = keys.index("三/(二)/一是")
        assert keys[at + 1 : at + 3] == ["W10", "W11"]
        assert len(rows) == 24 + 11
        assert [row.section.title for row in rows if row.starts_section].count("主要工作目标") == 1

    def test_after_an_adjustment_the_lead_in_force_is_shown_and_fixed(
        self,
        wuhan_plan: Plan,
        target: Callable[[str], Target],
        office: User,
        client_of: Callable[[str], Client],
    ) -> None:
        w5, newcomer = target("W5"), unit("国际合作处")
        propose_adjustment(
            target=w5,
            since=PeriodKey(2014, 9),
            terms=NewTerms(lead=newcomer),
            reason="职能调整",
            document_number="(演示)",
            by=office,
        )
        with pytest.raises(Refused, match="目标调整"):
            assign(plan=wuhan_plan, rows=[row(w5, lead=unit("办公室").pk)], by=office)
        approve_adjustment(adjustment=w5.adjustments.get(), by=User.objects.get(username="wuhan_leader"))
        rows = client_of("wuhan_office").get(ADDRESS).context["page"].rows
        shown = next(one for one in rows if one.item == w5)
        assert (shown.lead, shown.has_figures) == (newcomer, True)

    @pytest.mark.parametrize("name", ["assignment", "allocation-matrix", "added-task-create"])
    def test_the_number_of_queries_does_not_grow_with_the_plan(
        self, name: str, client_of: Callable[[str], Client]
    ) -> None:
        found = []
        for size in (1, 3):
            small_plan(size, code=f"small{size}")
            client = client_of(f"small{size}")
            with CaptureQueriesContext(connection) as captured:
                assert client.get(reverse(name, args=[f"small{size}", 2014])).status_code == 200
            found.append(len(captured))
        assert found[0] == found[1]
        assert found[0] <= 22
