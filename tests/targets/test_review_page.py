"""The review queue through the browser's eyes: what waits for whom, and what is decided."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Bureau, Membership, Unit, User
from accounts.permissions import Role
from targets import tasks
from targets.enums import State
from targets.inputs import FigureInput
from targets.models import Act, Figure, Narrative, Period, Progress, Target
from targets.selectors.review import Desk, Step, desks_of, waiting_for
from targets.services.entering import open_correction, save_entries, submit_entries
from targets.services.periods import lock_period
from targets.services.recompute import recompute
from targets.services.reviewing import ItemRef, approve_items, pass_items

pytestmark = pytest.mark.django_db

DECIDE = "/review/decide/"


@pytest.fixture
def unit(wuhan: Bureau) -> Unit:
    return Unit.objects.select_related("bureau").get(bureau=wuhan, name="条件财务处")


@pytest.fixture
def submit(september: Period, unit: Unit, person, target) -> Callable[..., Figure]:
    """Submit W9, which the demonstration leaves open."""

    def submitted(value: str = "3", **more: Any) -> Figure:
        stored = Figure.objects.filter(target=target("W9"), period=september).first()
        entry = FigureInput(target("W9"), stored.revision if stored else 0, Decimal(value), **more)
        submit_entries(period=september, unit=unit, figures=[entry], by=person("wuhan_reporter_05"))
        return Figure.objects.get(target=target("W9"), period=september)

    return submitted


@pytest.fixture
def reviewer(client_of) -> Client:
    return client_of("wuhan_reviewer_05")


@pytest.fixture
def office(client_of) -> Client:
    return client_of("wuhan_office")


def name_of(item: Figure | Narrative) -> str:
    item.refresh_from_db()
    return f"{'figure' if isinstance(item, Figure) else 'narrative'}.{item.pk}.{item.revision}"


def said(answer: Any) -> str:
    return " ".join(str(message) for message in get_messages(answer.wsgi_request))


def desk_of(client: Client) -> Desk:
    desk: Desk = client.get("/review/").context["desks"][0]
    return desk


class TestTheQueue:
    def test_the_reviewer_sees_the_own_units_submissions_and_nothing_else(self, reviewer, submit) -> None:
        submit()
        desk = desk_of(reviewer)
        assert desk.step == Step.PASS
        assert [row.label for queue in desk.units for row in queue.figures] == ["新增省级以上科技创新平台"]
        assert [queue.unit.name for queue in desk.units] == ["条件财务处"] and desk.count == 1

    def test_the_office_sees_what_was_reviewed_in_official_order(self, office, submit) -> None:
        submit()
        desk = desk_of(office)
        assert desk.step == Step.APPROVE
        assert [queue.unit.name for queue in desk.units] == [
            "高新技术处",
            "创业服务处",
            "武汉科技投资有限公司",
        ]
        labels = [row.label for queue in desk.units for row in (*queue.figures, *queue.texts)]
        assert "新增省级以上科技创新平台" not in labels and len(labels) == 3

    def test_old_and_new_stand_beside_each_other(self, wuhan, september, person, office, target) -> None:
        unit, by = Unit.objects.get(bureau=wuhan, name="高新技术处"), person("wuhan_reporter")
        figure = Figure.objects.select_related("period__bureau", "target").get(
            target=target("W2"), period=september
        )
        open_correction(item=figure, unit=unit, reason="统计局修订", by=by)
        figure.refresh_from_db()
        entry = FigureInput(target("W2"), figure.revision, Decimal("4700.5"), note="修订")
        submit_entries(period=september, unit=unit, figures=[entry], by=by)
        figure.refresh_from_db()
        items = [ItemRef("figure", figure.pk, figure.revision)]
        pass_items(items=items, unit=unit, by=person("wuhan_reviewer"))
        row = next(row for queue in desk_of(office).units for row in queue.figures if row.item == figure)
        assert (row.annual, row.last_year, row.previous) == (Decimal(6725), Decimal("3963.4"), Decimal(2980))
        assert (row.approved.value, row.item.value, row.single) == (
            Decimal(4760),
            Decimal("4700.5"),
            Decimal("1720.5"),
        )
        assert row.correction.reason == "统计局修订"
        text = office.get("/review/").content.decode()
        for number in ("6,725", "3,963.4", "2,980.0", "4,760.0", "4,700.5", "1,720.5"):
            assert number in text

    def test_warnings_come_first_with_the_answer(self, wuhan, september, person, client_of, target) -> None:
        unit, by = Unit.objects.get(bureau=wuhan, name="高新技术处"), person("wuhan_reporter")
        for key, value in (("W1", "20.2"), ("W2", "2000")):
            figure = Figure.objects.select_related("period__bureau", "target").get(
                target=target(key), period=september
            )
            open_correction(item=figure, unit=unit, reason="核对", by=by)
            figure.refresh_from_db()
            entry = FigureInput(target(key), figure.revision, Decimal(value))
            submit_entries(period=september, unit=unit, figures=[entry], by=by)
        (queue,) = desk_of(client_of("wuhan_reviewer")).units
        assert [bool(row.warnings) for row in queue.figures] == sorted(
            (bool(row.warnings) for row in queue.figures), reverse=True
        )
        assert "CUMULATIVE_FELL" in [warning.code for warning in queue.figures[0].warnings]

    def test_an_unanswered_warning_stands_before_an_answered_one_and_is_named_on_top(
        self, wuhan, september, person, client_of, target
    ) -> None:
        unit, by = Unit.objects.get(bureau=wuhan, name="高新技术处"), person("wuhan_reporter")
        for key, value in (("W2", "2000"), ("W4", "800")):
            figure = Figure.objects.select_related("period__bureau", "target").get(
                target=target(key), period=september
            )
            open_correction(item=figure, unit=unit, reason="核对", by=by)
            figure.refresh_from_db()
            save_entries(
                period=september,
                unit=unit,
                figures=[FigureInput(target(key), figure.revision, Decimal(value))],
                by=by,
            )
        answered = Figure.objects.get(target=target("W2"), period=september)
        answers = dict.fromkeys(
            answered.warnings.filter(version=answered.last_version).values_list("pk", flat=True), "已核对"
        )
        submit_entries(period=september, unit=unit, answers=answers, by=by)
        answer = client_of("wuhan_reviewer").get("/review/")
        (desk,) = answer.context["desks"]
        assert [row.item.target.key for row in desk.units[0].figures][:2] == ["W4", "W2"]
        assert [row.item.target.key for row in desk.unanswered] == ["W4"]
        assert f'href="#{name_of(desk.unanswered[0].item)}"' in answer.content.decode()

    def test_the_light_that_the_approval_gives_stands_beside_the_number(
        self, office, september, wuhan_plan, person, target
    ) -> None:
        """What the queue shows is what is stored once it is approved."""
        figure = Figure.objects.get(target=target("W10"), period=september)
        Figure.objects.filter(pk=figure.pk).update(value=Decimal(201))
        figure.refresh_from_db()
        (row,) = [row for queue in desk_of(office).units for row in queue.figures]
        items = [ItemRef("figure", figure.pk, figure.revision)]
        approve_items(items=items, bureau=wuhan_plan.bureau, by=person("wuhan_office"))
        recompute(plan_id=wuhan_plan.pk, period_id=september.pk)
        stored = Progress.objects.get(target=figure.target, allocation=None, period=september)
        same = ("light", "word", "rate", "gap_shown", "actual")
        assert [getattr(row.light, name) for name in same] == [getattr(stored, name) for name in same]
        assert stored.light == "BLUE" and stored.actual == 201

    def test_every_round_is_told(self, reviewer, submit, september) -> None:
        figure = submit()
        reviewer.post(
            DECIDE,
            {"period": september.pk, "item": name_of(figure), "decision": "return", "reason": "请附批复文件"},
        )
        submit("4")
        row = desk_of(reviewer).units[0].figures[0]
        assert [decision.act for decision in row.rounds] == [Act.SUBMIT, Act.RETURN, Act.SUBMIT]
        assert "请附批复文件" in reviewer.get("/review/").content.decode()

    def test_an_empty_queue_says_what_comes_next(self, reviewer) -> None:
        answer = reviewer.get("/review/")
        assert answer.context["waiting"] == 0 and "empty-title" in answer.content.decode()

    def test_a_locked_period_leaves_the_queue(self, office, september, person) -> None:
        lock_period(period=september, by=person("wuhan_office"))
        assert office.get("/review/").context["desks"] == []

    def test_the_office_sees_who_has_not_reported(self, office) -> None:
        (status,) = office.get("/review/").context["statuses"]
        names = ["发展计划处", "条件财务处", "高新技术处", "科技金融处", "创业服务处"]
        assert [work.unit.name for work in status.owing] == names
        assert "新洲区" in office.get("/review/").content.decode()

    def test_a_person_with_both_roles_has_two_desks(self, wuhan, unit, client_of, person) -> None:
        Membership.objects.create(user=person("wuhan_office"), role=Role.REVIEWER, bureau=wuhan, unit=unit)
        desks = client_of("wuhan_office").get("/review/").context["desks"]
        assert [desk.step for desk in desks] == [Step.PASS, Step.APPROVE]

    def test_the_number_of_queries_does_not_grow(self, september, person, target) -> None:
        office = person("wuhan_office")
        waiting = [*Figure.objects.filter(period=september, state=State.REVIEWED)]
        assert len(waiting) == 1
        with CaptureQueriesContext(connection) as one:
            desks_of(office)
        more = Figure.objects.filter(period=september, target__key__in=["W1", "W2", "W3", "W7"])
        more.update(state=State.REVIEWED)
        again = person("wuhan_office")
        with CaptureQueriesContext(connection) as many:
            assert waiting_for(again) > 6
        assert len(many) == len(one)


class TestDeciding:
    def test_the_reviewer_passes_what_was_chosen(self, reviewer, submit, september, unit) -> None:
        figure = submit()
        data = {"period": september.pk, "unit": unit.pk, "item": name_of(figure), "decision": "pass"}
        answer = reviewer.post(DECIDE, data)
        assert (answer.status_code, answer["Location"]) == (302, "/review/")
        figure.refresh_from_db()
        assert figure.state == State.REVIEWED

    def test_the_office_approves_and_the_job_is_sent(
        self, office, september, wuhan_plan, target, monkeypatch, django_capture_on_commit_callbacks
    ) -> None:
        sent: list[int] = []
        monkeypatch.setattr(tasks.compute_progress, "delay_if_possible", sent.append)
        figure = Figure.objects.get(target=target("W10"), period=september)
        text = Narrative.objects.get(target=target("W7"), period=september)
        data = {"period": september.pk, "item": [name_of(figure), name_of(text)], "decision": "approve"}
        with django_capture_on_commit_callbacks(execute=True):
            office.post(DECIDE, data)
        figure.refresh_from_db()
        text.refresh_from_db()
        assert (figure.state, figure.approved_value, text.state) == (State.APPROVED, 0, State.APPROVED)
        assert sent == [wuhan_plan.pk]

    def test_returning_asks_for_a_reason_and_keeps_the_choice(self, reviewer, submit, september) -> None:
        figure = submit()
        data = {"period": september.pk, "item": name_of(figure), "decision": "return", "reason": "  "}
        answer = reviewer.post(DECIDE, data)
        assert answer.status_code == 200 and said(answer)
        assert f'value="{name_of(figure)}" id="{name_of(figure)}"' in answer.content.decode()
        assert answer.content.decode().count(" checked") == 1
        figure.refresh_from_db()
        assert figure.state == State.SUBMITTED
        reviewer.post(DECIDE, {**data, "reason": "请核对"})
        figure.refresh_from_db()
        assert figure.state == State.RETURNED

    def test_too_long_a_reason_is_kept_and_not_cut(self, reviewer, submit, september) -> None:
        figure = submit()
        reason = "长" * 301
        data = {"period": september.pk, "item": name_of(figure), "decision": "return", "reason": reason}
        answer = reviewer.post(DECIDE, data)
        assert answer.status_code == 200 and reason in answer.content.decode()
        figure.refresh_from_db()
        assert figure.state == State.SUBMITTED

    def test_the_second_reviewer_is_told_and_nothing_is_half_done(
        self, reviewer, submit, september, unit, target
    ) -> None:
        figure = submit()
        data = {"period": september.pk, "unit": unit.pk, "item": name_of(figure), "decision": "pass"}
        reviewer.post(DECIDE, data)
        answer = reviewer.post(DECIDE, data)
        assert answer.status_code == 200 and said(answer)
        assert figure.decisions.filter(act=Act.PASS).count() == 1

    def test_one_stale_item_stops_all(self, office, september, target) -> None:
        figure = Figure.objects.get(target=target("W10"), period=september)
        text = Narrative.objects.get(target=target("W7"), period=september)
        stale = f"narrative.{text.pk}.{text.revision - 1}"
        data = {"period": september.pk, "item": [name_of(figure), stale], "decision": "approve"}
        told = said(office.post(DECIDE, data))
        assert f"“{text.target} 2014年前三季度”已被他人修改或办理，列表已更新" in told
        figure.refresh_from_db()
        assert figure.state == State.REVIEWED
        office.post(
            DECIDE, {"period": september.pk, "item": [name_of(figure), name_of(text)], "decision": "approve"}
        )
        figure.refresh_from_db()
        assert figure.state == State.APPROVED

    @pytest.mark.parametrize(
        "item",
        [
            "",
            "figure",
            "figure.1",
            "figure.x.1",
            "thing.1.1",
            "figure.1.2.3",
            "figure.999999999999999999999.1",
        ],
    )
    def test_odd_items_are_refused(self, office, september, target, item: str) -> None:
        figure = Figure.objects.get(target=target("W10"), period=september)
        data = {"period": september.pk, "item": [name_of(figure), item], "decision": "approve"}
        answer = office.post(DECIDE, data)
        assert answer.status_code == 200 and said(answer)
        figure.refresh_from_db()
        assert figure.state == State.REVIEWED

    def test_nothing_chosen_or_no_decision(self, office, september, target) -> None:
        figure = Figure.objects.get(target=target("W10"), period=september)
        for data in (
            {"decision": "approve"},
            {"item": name_of(figure)},
            {"item": name_of(figure), "decision": "x"},
        ):
            answer = office.post(DECIDE, {"period": september.pk, **data})
            assert answer.status_code == 200 and said(answer)
        figure.refresh_from_db()
        assert figure.state == State.REVIEWED

    def test_what_one_submitted_oneself_cannot_be_chosen(self, office, september, person, target) -> None:
        figure = Figure.objects.get(target=target("W10"), period=september)
        Figure.objects.filter(pk=figure.pk).update(submitted_by=person("wuhan_office"))
        text = office.get("/review/").content.decode()
        box = text.split(f'value="{name_of(figure)}"')[1].split(">")[0]
        assert "disabled" in box
        office.post(DECIDE, {"period": september.pk, "item": name_of(figure), "decision": "approve"})
        figure.refresh_from_db()
        assert figure.state == State.REVIEWED

    def test_looking_decides_nothing(self, office, september) -> None:
        assert office.get(DECIDE).status_code == 405


class TestWhoMay:
    @pytest.mark.parametrize(
        ("username", "status"),
        [
            ("wuhan_reviewer", 200),
            ("wuhan_office", 200),
            ("xian_office", 200),
            ("wuhan_reporter", 403),
            ("wuhan_leader", 403),
            ("observer", 403),
            ("sysadmin", 403),
            ("auditor", 403),
        ],
    )
    def test_opening_the_queue(self, client_of, username: str, status: int) -> None:
        assert client_of(username).get("/review/").status_code == status

    @pytest.mark.parametrize(
        ("username", "status"),
        [
            ("wuhan_reviewer", 403),
            ("xian_office", 404),
            ("xian_reviewer", 404),
            ("wuhan_reporter", 403),
            ("wuhan_leader", 403),
            ("observer", 403),
            ("secadmin", 403),
            ("wuhan_office", 302),
        ],
    )
    def test_approving(self, client_of, september, target, username: str, status: int) -> None:
        figure = Figure.objects.get(target=target("W10"), period=september)
        data = {"period": september.pk, "item": name_of(figure), "decision": "approve"}
        assert client_of(username).post(DECIDE, data).status_code == status
        figure.refresh_from_db()
        assert (figure.state == State.APPROVED) is (status == 302)

    @pytest.mark.parametrize(
        ("username", "status"),
        [("wuhan_reviewer", 403), ("wuhan_office", 403), ("xian_reviewer", 404), ("wuhan_reviewer_05", 302)],
    )
    def test_passing(self, client_of, submit, september, unit, username: str, status: int) -> None:
        figure = submit()
        data = {"period": september.pk, "unit": unit.pk, "item": name_of(figure), "decision": "pass"}
        assert client_of(username).post(DECIDE, data).status_code == status
        figure.refresh_from_db()
        assert (figure.state == State.REVIEWED) is (status == 302)

    def test_another_bureaus_items_are_not_found_under_the_own_period(
        self, client_of, xian, september, target
    ) -> None:
        """Posting Wuhan's item with Xi'an's period."""
        period = Period.objects.get(bureau=xian, month=9)
        figure = Figure.objects.get(target=target("W10"), period=september)
        data = {"period": period.pk, "item": name_of(figure), "decision": "approve"}
        answer = client_of("xian_office").post(DECIDE, data)
        assert answer.status_code == 200 and said(answer)
        figure.refresh_from_db()
        assert figure.state == State.REVIEWED

    def test_without_the_token_nothing_is_decided(
        self, person: Callable[[str], User], september, target: Callable[[str], Target]
    ) -> None:
        strict = Client(enforce_csrf_checks=True)
        strict.force_login(person("wuhan_office"))
        figure = Figure.objects.get(target=target("W10"), period=september)
        data = {"period": september.pk, "item": name_of(figure), "decision": "approve"}
        assert strict.post(DECIDE, data).status_code == 403
        figure.refresh_from_db()
        assert figure.state == State.REVIEWED
