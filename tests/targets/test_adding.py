"""Tasks that are not in the document (临时任务): added with a source, reported and judged like others."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEvent, Unit, User
from plans.models import Plan, Section, Task
from targets.enums import Comparison, Light, Measure, Pace, Split
from targets.errors import Refused
from targets.inputs import FigureInput, NarrativeInput
from targets.models import Period, Progress, Target, TaskProgress
from targets.selectors.board import board
from targets.selectors.document_page import document_paragraphs
from targets.selectors.duties import duties
from targets.selectors.ledger import ledger
from targets.services.adding import NewNode, NewTarget, NewTask, add_target, add_task, remove_task
from targets.services.entering import save_entries
from targets.services.recompute import catch_up, recompute_all

TITLE = "迎接省级创新型城市评估"


@pytest.fixture
def office(person: Callable[[str], User]) -> User:
    return person("wuhan_office")


def unit(name: str) -> Unit:
    return Unit.objects.get(bureau__code="wuhan", name=name)


@pytest.fixture
def order() -> NewTask:
    return NewTask(
        title=TITLE,
        source="市政府督办",
        document_number="督〔2014〕7号(演示)",
        lead=unit("国际合作处"),
        cooperating=[unit("办公室")],
        since=9,
        nodes=[NewNode("印发方案", 9), NewNode("通过评估", 12)],
    )


@pytest.fixture
def added(wuhan_plan: Plan, office: User, order: NewTask) -> Task:
    return add_task(plan=wuhan_plan, task=order, by=office)


@pytest.fixture
def visits(added: Task, office: User) -> Target:
    """A number that the added task promises."""
    wanted = NewTarget("接待评估调研", Measure.FLOW, Comparison.AT_LEAST, Decimal("40"), "次")
    return add_target(task=added, target=wanted, by=office)


def test_it_stands_behind_the_documents_tasks_and_never_in_its_text(
    wuhan_plan: Plan, september: Period, added: Task, visits: Target
) -> None:
    state = board(wuhan_plan, september)
    assert [row.title for row in state.rows[-2:]] == ["接待评估调研", str(added)]
    assert state.tasks[-1].task == added
    assert state.sections[-1].title == "临时任务"
    paragraphs = document_paragraphs(state)
    text = "\n".join("".join(piece.text for piece in line.pieces) for line in paragraphs)
    assert text == wuhan_plan.document.text
    assert TITLE not in text
    assert all(line.section is None or line.section.in_document for line in paragraphs)


def test_it_is_owed_by_its_units_from_its_first_period_on(
    wuhan_plan: Plan, september: Period, added: Task, visits: Target
) -> None:
    june = Period.objects.get(bureau=wuhan_plan.bureau, month=6)
    lead = duties(september, unit("国际合作处"))
    assert added in {duty.subject for duty in lead.texts}
    assert visits in {duty.target for duty in lead.figures}
    assert added in {duty.subject for duty in duties(september, unit("办公室")).texts}
    assert added not in {duty.subject for duty in duties(june, unit("国际合作处")).texts}
    assert added not in {line.task for line in board(wuhan_plan, june).tasks}


def test_it_is_judged_from_its_first_period_on(
    wuhan_plan: Plan, september: Period, added: Task, visits: Target, office: User, person: Callable
) -> None:
    reporter = person("wuhan_reporter_13")
    recompute_all()
    assert list(Progress.objects.filter(target=visits).values_list("period__month", "light")) == [
        (9, Light.GREY)
    ]
    assert list(TaskProgress.objects.filter(task=added).values_list("period__month", flat=True)) == [9]
    saved = save_entries(
        period=september,
        unit=unit("国际合作处"),
        figures=[FigureInput(target=visits, revision=0, value=Decimal(32))],
        narratives=[
            NarrativeInput(
                subject=added, revision=0, progress="方案已印发。", problem="", next_step="", nodes={}
            )
        ],
        by=reporter,
    )
    assert saved.changed == 2
    figure = visits.figures.get()
    figure.state, figure.approved_version, figure.approved_value = "APPROVED", 1, figure.value
    figure.save()
    recompute_all()
    assert Progress.objects.get(target=visits).light == Light.GREEN  # 80.0% against 75%


def test_the_report_names_it_with_its_own_number(
    wuhan_plan: Plan, september: Period, added: Task, visits: Target
) -> None:
    catch_up(plan_id=wuhan_plan.pk)
    rows = ledger(wuhan_plan, september)
    assert [row.item for row in rows[-2:]] == [visits, added]
    assert str(added) == f"临时1、{TITLE}"


def test_numbers_go_on_and_the_section_is_made_once(
    wuhan_plan: Plan, office: User, order: NewTask, added: Task, visits: Target
) -> None:
    second = add_task(plan=wuhan_plan, task=order, by=office)
    wanted = NewTarget(
        "再评估", Measure.STOCK, Comparison.AT_LEAST, Decimal("2.5"), "个", baseline=Decimal(1)
    )
    another = add_target(task=second, target=wanted, by=office)
    assert (added.path, second.path) == ("临时/1", "临时/2")
    assert (visits.key, another.key) == ("临1", "临2")
    assert (visits.pace, another.pace, another.decimals) == (Pace.LINEAR, Pace.LINEAR, 1)
    assert Section.objects.filter(plan=wuhan_plan, in_document=False).count() == 1
    kinds = (
        AuditEvent.objects.filter(bureau=wuhan_plan.bureau).order_by("-number").values_list("kind", flat=True)
    )
    assert list(kinds[:4]) == ["target.added", "task.added", "target.added", "task.added"]


def test_what_was_not_reported_on_is_removed_with_its_targets(
    wuhan_plan: Plan, office: User, added: Task, visits: Target
) -> None:
    remove_task(task=added, by=office)
    assert not Task.objects.filter(plan=wuhan_plan, in_document=False).exists()
    assert not Target.objects.filter(name="接待评估调研").exists()
    catch_up(plan_id=wuhan_plan.pk)


def test_what_was_reported_on_stays(
    september: Period, office: User, added: Task, person: Callable[[str], User]
) -> None:
    text = NarrativeInput(subject=added, revision=0, progress="已启动。", problem="", next_step="", nodes={})
    save_entries(
        period=september,
        unit=unit("国际合作处"),
        figures=[],
        narratives=[text],
        by=person("wuhan_reporter_13"),
    )
    with pytest.raises(Refused, match="已有填报"):
        remove_task(task=added, by=office)
    assert Task.objects.filter(pk=added.pk).exists()


class TestRefusals:
    def test_units_times_and_people(
        self, wuhan_plan: Plan, office: User, order: NewTask, person: Callable[[str], User]
    ) -> None:
        foreign = Unit.objects.get(bureau__code="xian", name="科技金融处")
        wrong = (
            ({"lead": foreign}, "不存在"),
            ({"cooperating": [foreign]}, "不存在"),
            ({"lead": unit("市统计局")}, "牵头"),
            ({"since": 6}, "截止"),
            ({"since": 13}, "截止"),
            ({"since": 12}, "早于"),
        )
        for change, told in wrong:
            with pytest.raises(Refused, match=told):
                add_task(plan=wuhan_plan, task=NewTask(**{**vars(order), **change}), by=office)
        for username in ("wuhan_reporter", "xian_office"):
            with pytest.raises(Refused, match="办公室"):
                add_task(plan=wuhan_plan, task=order, by=person(username))
        assert not Task.objects.filter(in_document=False).exists()

    def test_a_task_of_the_document_gets_no_target_and_is_not_removed(
        self, wuhan_plan: Plan, office: User
    ) -> None:
        task = Task.objects.filter(plan=wuhan_plan).first()
        assert task
        wanted = NewTarget("接待", Measure.FLOW, Comparison.AT_LEAST, Decimal("40"), "次")
        with pytest.raises(Refused, match="正文"):
            add_target(task=task, target=wanted, by=office)
        with pytest.raises(Refused, match="办公室添加"):
            remove_task(task=task, by=office)

    def test_the_database_keeps_document_and_added_tasks_apart(self, added: Task) -> None:
        for change in ({"in_document": True}, {"since_month": None}, {"end": added.end + 1}):
            with pytest.raises(IntegrityError), transaction.atomic():
                Task.objects.filter(pk=added.pk).update(**change)


class TestPages:
    ADDRESS = "/plans/wuhan/2014/tasks/new"

    def test_the_office_adds_a_task_then_a_target(
        self, client_of: Callable[[str], Client], wuhan_plan: Plan
    ) -> None:
        client = client_of("wuhan_office")
        data = {"title": TITLE, "source": "市政府督办", "lead": unit("国际合作处").pk, "since": 9}
        data |= {"node1": "印发方案", "month1": 9, "node2": "通过评估", "month2": 12}
        assert client.post(self.ADDRESS, {**data, "source": ""}).status_code == 422
        assert not client.get(self.ADDRESS).context["form"].has_more_nodes
        shown = client.post(self.ADDRESS, {**data, "source": "", "node3": "评估整改"})
        assert (
            shown.context["form"].has_more_nodes and '<details class="more" open>' in shown.content.decode()
        )
        task_url = client.post(self.ADDRESS, data)["Location"]
        html = client.get(task_url).content.decode()
        for told in ("市政府督办", "本任务不在要点正文中", "印发方案", TITLE):
            assert told in html
        made = Task.objects.get(plan=wuhan_plan, in_document=False)
        target = {
            "name": "接待评估调研",
            "measure": "FLOW",
            "comparison": ">=",
            "value": "４０",
            "unit": "次",
        }
        target |= {"commitment": "PLAIN", "due": "EVERY", "pace": "", "pace_shares": ""}
        target["comparison"] = str(Comparison.AT_LEAST)
        address = f"/tasks/{made.pk}/targets/new"
        for wrong in ({"unit": "吧"}, {"value": "很多"}, {"pace": "CUSTOM"}, {"pace_shares": "10/20/30/100"}):
            assert client.post(address, {**target, **wrong}).status_code == 422
        client.post(address, {**target, "pace": "CUSTOM", "pace_shares": "10/30/60/100"})
        made_target = Target.objects.get(task=made)
        assert (made_target.value, made_target.pace, made_target.split) == (40, Pace.CUSTOM, Split.DIRECT)
        page = client.get(made_target.get_absolute_url()).content.decode()
        assert "本指标不在要点正文中" in page
        plan = client.get("/plans/wuhan/2014/").content.decode()
        assert "临时任务" in plan
        assert "接待评估调研" in plan
        assert TITLE not in client.get("/plans/wuhan/2014/document").content.decode()
        assert client.get("/dashboard/wuhan/2014-09/").status_code == 200

    def test_its_page_opens_in_an_earlier_period_too(
        self, client_of: Callable[[str], Client], added: Task, visits: Target
    ) -> None:
        client = client_of("wuhan_leader")
        for url in (added.get_absolute_url(), visits.get_absolute_url()):
            assert client.get(f"{url}?period=2014-06").status_code == 200

    def test_removing_asks_nothing_of_others(
        self, client_of: Callable[[str], Client], added: Task, wuhan_plan: Plan
    ) -> None:
        address = f"/tasks/{added.pk}/remove"
        assert client_of("xian_office").post(address).status_code == 404
        assert client_of("wuhan_reporter").post(address).status_code == 403
        inside = Task.objects.filter(plan=wuhan_plan, in_document=True).first()
        assert inside
        assert client_of("wuhan_office").post(f"/tasks/{inside.pk}/remove").status_code == 404
        assert client_of("wuhan_office").post(address).status_code == 302
        assert not Task.objects.filter(pk=added.pk).exists()


def test_the_dashboard_leads_to_no_sentence_of_what_is_not_in_the_document(
    added: Task, visits: Target, client_of: Callable[[str], Client]
) -> None:
    recompute_all()
    told = client_of("wuhan_leader").get(reverse("dashboard", args=["wuhan", "2014-09"])).content.decode()
    laggards = told.split('id="laggards"')[1]
    assert TITLE in laggards and "查看要点原句" in laggards
    assert f"#task{added.pk}" not in laggards and f'#t{visits.pk}"' not in laggards
