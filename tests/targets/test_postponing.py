"""Postponing a node: asked for by the unit, agreed to by the office, counted from its period on."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEvent, Bureau, User
from plans.models import Plan, Task
from targets.enums import Approval, Light, Word
from targets.errors import Refused
from targets.models import Milestone, Period, Postponement, TaskProgress
from targets.periods import PeriodKey
from targets.selectors.acts import waiting_acts
from targets.selectors.nodes import nodes_of, planned_before, with_moves, with_nodes
from targets.services.periods import lock_period
from targets.services.postponing import (
    approve_postponement,
    ask_postponement,
    decline_postponement,
    withdraw_postponement,
)
from targets.services.recompute import recompute_all
from tests.targets.acts import postponed, user
from tests.targets.test_recompute import everything_stored

pytestmark = pytest.mark.django_db
LATE = "三/(一)/二是"  # its node of June was not done; in September it is late by a full quarter


@pytest.fixture
def node(wuhan_plan: Plan) -> Milestone:
    nodes = Milestone.objects.select_related("task__plan__bureau", "task__lead__bureau")
    return nodes.get(task__plan=wuhan_plan, task__path=LATE, order=1)


@pytest.fixture
def reporter(node: Milestone) -> User:
    found = User.objects.filter(memberships__unit=node.task.lead, memberships__role="reporter").first()
    assert found
    return found


@pytest.fixture
def asked(node: Milestone, september: Period, reporter: User) -> Postponement:
    return ask_postponement(
        milestone=node, period=september, to=PeriodKey(2014, 12), reason="等待省厅批复", by=reporter
    )


def lights(task: Task) -> dict[int, tuple[str, str, int]]:
    rows = TaskProgress.objects.filter(task=task).select_related("period")
    return {row.period.month: (row.light, row.node_word, row.postponed) for row in rows}


def test_the_light_changes_from_the_period_of_the_act_on_and_not_before(
    node: Milestone, september: Period
) -> None:
    before = lights(node.task)
    assert before[6][:2] == (Light.YELLOW, Word.NODE_LATE)
    assert before[9] == (Light.RED, Word.FAR_BEHIND, 0)
    postponed(node, september, PeriodKey(2014, 12))
    after = lights(node.task)
    assert after[6] == before[6]
    assert after[9][0] != Light.RED and after[9][2] == 1
    stored = everything_stored()
    recompute_all()
    assert everything_stored() == stored


def test_a_request_changes_nothing_yet(asked: Postponement, node: Milestone) -> None:
    recompute_all()
    assert lights(node.task)[9] == (Light.RED, Word.FAR_BEHIND, 0)
    assert AuditEvent.objects.filter(kind="postponement.asked").latest("pk").after["to"] == "2014-12"
    task = with_nodes(Task.objects.filter(pk=node.task_id)).get()
    stands = nodes_of(task, PeriodKey(2014, 9))[0]
    assert (str(stands.planned), stands.times, stands.is_overdue) == ("2014-06", 0, True)


def test_each_agreed_one_counts_and_the_last_one_holds(node: Milestone, september: Period) -> None:
    first = postponed(node, september, PeriodKey(2014, 12))
    second = postponed(node, september, PeriodKey(2015, 3))
    acts = {act.pk: act for act in with_moves(Postponement.objects.filter(milestone=node))}
    assert str(planned_before(acts[first.pk])) == "2014-06"
    assert str(planned_before(acts[second.pk])) == "2014-12"
    task = with_nodes(Task.objects.filter(pk=node.task_id)).get()
    moved = nodes_of(task, september.key)[0]
    assert (str(moved.planned), str(moved.original), moved.times) == ("2015-03", "2014-06", 2)
    assert nodes_of(task, PeriodKey(2014, 6))[0].times == 0
    assert lights(node.task)[9][2] == 2


def test_only_the_lead_unit_or_the_office_for_it_asks(
    node: Milestone, september: Period, reporter: User
) -> None:
    for name in ("wuhan_reporter_08", "wuhan_leader", "wuhan_reviewer", "xian_office", "observer"):
        with pytest.raises(Refused, match="牵头单位"):
            ask(node, september, user(name))
    assert ask(node, september, user("wuhan_office")).pk


@pytest.mark.parametrize(
    ("to", "reason", "why"),
    [
        (PeriodKey(2014, 6), "等待", "更晚"),
        (PeriodKey(2014, 3), "等待", "更晚"),
        (PeriodKey(2016, 3), "等待", "更晚"),
        (PeriodKey(2014, 8), "等待", "更晚"),
        (PeriodKey(2014, 12), " ", "理由"),
    ],
)
def test_a_request_is_refused(
    node: Milestone, september: Period, reporter: User, to: PeriodKey, reason: str, why: str
) -> None:
    with pytest.raises(Refused, match=why):
        ask_postponement(milestone=node, period=september, to=to, reason=reason, by=reporter)
    assert not Postponement.objects.filter(milestone=node).exists()


def test_a_node_that_is_done_and_a_closed_period_take_none(
    wuhan: Bureau, node: Milestone, september: Period, reporter: User
) -> None:
    done = Milestone.objects.filter(task__lead=node.task.lead, done_in__isnull=False).first()
    done = done or Milestone.objects.filter(task__plan__bureau=wuhan, done_in__isnull=False).first()
    assert done
    with pytest.raises(Refused, match="已完成"):
        ask(done, september, user("wuhan_office"))
    lock_period(period=september, by=user("wuhan_office"))
    with pytest.raises(Refused, match=r"锁定|关闭|截止"):
        ask(node, september, reporter)


def test_one_request_waits_at_a_time(asked: Postponement, node, september, reporter) -> None:
    with pytest.raises(Refused, match="待审定"):
        ask(node, september, reporter)
    withdraw_postponement(postponement=asked, by=reporter)
    assert ask(node, september, reporter).pk


def test_the_office_decides_and_nobody_about_their_own(
    asked: Postponement, node: Milestone, september: Period, reporter: User
) -> None:
    for name in ("wuhan_leader", "wuhan_reviewer", "xian_office"):
        for decide in (
            lambda name=name: approve_postponement(postponement=asked, by=user(name)),
            lambda name=name: decline_postponement(postponement=asked, answer="不", by=user(name)),
        ):
            with pytest.raises(Refused, match="办公室"):
                decide()
    withdraw_postponement(postponement=asked, by=reporter)
    assert not waiting_acts(user("wuhan_leader"))
    own = ask(node, september, user("wuhan_office"))
    with pytest.raises(Refused, match="本人"):
        approve_postponement(postponement=own, by=user("wuhan_office"))
    with pytest.raises(IntegrityError), transaction.atomic():
        Postponement.objects.filter(pk=own.pk).update(
            state=Approval.AGREED, decided_by=own.by, decided_at=own.at
        )


def test_a_leader_decides_what_the_office_asked_for_itself(
    node: Milestone, september: Period, client_of: Callable[[str], Client]
) -> None:
    own = ask(node, september, user("wuhan_office"))
    assert [row.act for row in waiting_acts(user("wuhan_leader"))] == [own]
    assert not waiting_acts(user("wuhan_office"))
    with pytest.raises(Refused):
        approve_postponement(postponement=own, by=user("wuhan_reviewer"))
    address = reverse("postponement-decide", args=[own.pk])
    for username, state in (("wuhan_office", Approval.PROPOSED), ("wuhan_leader", Approval.AGREED)):
        client_of(username).post(address, {"decision": "approve", "confirmed": "1"})
        own.refresh_from_db()
        assert own.state == state
    assert (own.state, own.decided_by) == (Approval.AGREED, user("wuhan_leader"))


def test_declining_needs_a_reason_and_a_decision_is_kept(asked: Postponement, reporter: User) -> None:
    office = user("wuhan_office")
    with pytest.raises(Refused, match="理由"):
        decline_postponement(postponement=asked, answer="", by=office)
    decline_postponement(postponement=asked, answer="请本季完成", by=office)
    again: list[Callable[[], object]] = [
        lambda: approve_postponement(postponement=asked, by=office),
        lambda: withdraw_postponement(postponement=asked, by=reporter),
    ]
    for act in again:
        with pytest.raises(Refused, match="未同意"):
            act()
    with pytest.raises(DatabaseError, match="refused"), transaction.atomic():
        Postponement.objects.filter(pk=asked.pk).update(answer="")


def ask(node: Milestone, period: Period, by: User) -> Postponement:
    return ask_postponement(
        milestone=node, period=period, to=PeriodKey(2014, 12), reason="等待省厅批复", by=by
    )
