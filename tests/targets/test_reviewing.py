"""Passing, returning and approving: who may, in which state, and what happens to progress."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.db import transaction

from accounts.models import AuditEvent, Bureau, Unit, User
from plans.models import Task
from targets.enums import State
from targets.errors import Refused
from targets.inputs import FigureInput, NarrativeInput
from targets.models import Act, Figure, Milestone, Narrative, Period, Recompute
from targets.services import reviewing
from targets.services.entering import open_correction, save_entries, submit_entries
from targets.services.periods import lock_period
from targets.services.reviewing import ItemRef, approve_items, pass_items, return_items

pytestmark = pytest.mark.django_db


def ref(item: Figure | Narrative) -> ItemRef:
    item.refresh_from_db()
    return ItemRef("figure" if isinstance(item, Figure) else "narrative", item.pk, item.revision)


@pytest.fixture
def unit(wuhan: Bureau) -> Unit:
    return Unit.objects.select_related("bureau").get(bureau=wuhan, name="条件财务处")


@pytest.fixture
def reporter(person: Callable[[str], User]) -> User:
    return person("wuhan_reporter_05")


@pytest.fixture
def reviewer(person: Callable[[str], User]) -> User:
    return person("wuhan_reviewer_05")


@pytest.fixture
def office(person: Callable[[str], User]) -> User:
    return person("wuhan_office")


@pytest.fixture
def submitted(september: Period, unit: Unit, reporter: User, target) -> Figure:
    """W9, which the demonstration leaves open, with 3 of 5."""
    submit_entries(
        period=september, unit=unit, figures=[FigureInput(target("W9"), 0, Decimal(3))], by=reporter
    )
    return Figure.objects.get(target=target("W9"), period=september)


@pytest.fixture
def reviewed(submitted: Figure, unit: Unit, reviewer: User) -> Figure:
    pass_items(items=[ref(submitted)], unit=unit, by=reviewer)
    submitted.refresh_from_db()
    return submitted


class TestPassing:
    def test_the_units_reviewer_sends_it_on(self, submitted, unit, reviewer) -> None:
        assert pass_items(items=[ref(submitted)], unit=unit, by=reviewer) == 1
        submitted.refresh_from_db()
        assert submitted.state == State.REVIEWED and submitted.approved_value is None
        decision = submitted.decisions.get(act=Act.PASS)
        assert (decision.by, decision.version) == (reviewer, 1)
        event = AuditEvent.objects.filter(kind="item.pass").latest("number")
        assert event.after["figures"] == {str(submitted.pk): 1}

    @pytest.mark.parametrize(
        "username",
        ["wuhan_reporter_05", "wuhan_reviewer", "wuhan_office", "wuhan_leader", "xian_reviewer", "sysadmin"],
    )
    def test_nobody_else_does(self, submitted, unit, reviewer, person, username: str) -> None:
        with pytest.raises(Refused):
            pass_items(items=[ref(submitted)], unit=unit, by=person(username))
        submitted.refresh_from_db()
        assert submitted.state == State.SUBMITTED
        pass_items(items=[ref(submitted)], unit=unit, by=reviewer)

    def test_another_units_item_is_refused_and_takes_the_own_one_with_it(
        self, wuhan, submitted, unit, reviewer
    ) -> None:
        foreign = Narrative.objects.exclude(unit=unit).get(
            unit__bureau=wuhan, state=State.SUBMITTED, target__key="W1"
        )
        with pytest.raises(Refused):
            pass_items(items=[ref(submitted), ref(foreign)], unit=unit, by=reviewer)
        submitted.refresh_from_db()
        assert submitted.state == State.SUBMITTED

    def test_the_second_reviewer_is_told_and_nothing_is_half_done(self, submitted, unit, reviewer) -> None:
        seen = ref(submitted)
        pass_items(items=[seen], unit=unit, by=reviewer)
        with pytest.raises(Refused):
            pass_items(items=[seen], unit=unit, by=reviewer)
        assert submitted.decisions.filter(act=Act.PASS).count() == 1

    def test_a_step_cannot_be_skipped(self, wuhan, submitted, office) -> None:
        with pytest.raises(Refused):
            approve_items(items=[ref(submitted)], bureau=wuhan, by=office)
        submitted.refresh_from_db()
        assert submitted.state == State.SUBMITTED and submitted.approved_value is None

    def test_nothing_chosen_and_nothing_there(self, submitted, unit, reviewer) -> None:
        for items in (
            [],
            [ItemRef("figure", 0, 0)],
            [ItemRef("narrative", submitted.pk, submitted.revision)],
        ):
            with pytest.raises(Refused):
                pass_items(items=items, unit=unit, by=reviewer)


class TestReturning:
    def test_with_a_reason_that_the_unit_reads(self, wuhan, submitted, reviewer) -> None:
        assert return_items(items=[ref(submitted)], bureau=wuhan, reason=" 请附批复文件 ", by=reviewer) == 1
        submitted.refresh_from_db()
        assert submitted.state == State.RETURNED
        assert submitted.decisions.get(act=Act.RETURN).reason == "请附批复文件"

    @pytest.mark.parametrize("reason", ["", " \n ", "长" * 301])
    def test_without_a_fitting_reason_it_is_not(self, wuhan, submitted, reviewer, reason: str) -> None:
        with pytest.raises(Refused):
            return_items(items=[ref(submitted)], bureau=wuhan, reason=reason, by=reviewer)
        submitted.refresh_from_db()
        assert submitted.state == State.SUBMITTED
        return_items(items=[ref(submitted)], bureau=wuhan, reason="长" * 300, by=reviewer)

    def test_the_office_returns_what_is_reviewed_and_not_what_is_submitted(
        self, wuhan, submitted, unit, reviewer, office
    ) -> None:
        with pytest.raises(Refused):
            return_items(items=[ref(submitted)], bureau=wuhan, reason="理由", by=office)
        pass_items(items=[ref(submitted)], unit=unit, by=reviewer)
        with pytest.raises(Refused):
            return_items(items=[ref(submitted)], bureau=wuhan, reason="理由", by=reviewer)
        return_items(items=[ref(submitted)], bureau=wuhan, reason="理由", by=office)
        submitted.refresh_from_db()
        assert submitted.state == State.RETURNED

    def test_an_approved_item_is_not_returned(self, wuhan, september, office, target) -> None:
        figure = Figure.objects.get(target=target("W2"), period=september)
        with pytest.raises(Refused):
            return_items(items=[ref(figure)], bureau=wuhan, reason="理由", by=office)

    def test_every_round_is_kept(self, wuhan, september, unit, submitted, reporter, reviewer, target) -> None:
        return_items(items=[ref(submitted)], bureau=wuhan, reason="一", by=reviewer)
        submitted.refresh_from_db()
        entry = FigureInput(target("W9"), submitted.revision, Decimal(4))
        submit_entries(period=september, unit=unit, figures=[entry], by=reporter)
        return_items(items=[ref(submitted)], bureau=wuhan, reason="二", by=reviewer)
        acts = [(decision.act, decision.version) for decision in submitted.decisions.all()]
        assert acts == [(Act.SUBMIT, 1), (Act.RETURN, 1), (Act.SUBMIT, 2), (Act.RETURN, 2)]


class TestApproving:
    def test_it_counts_from_now_on_and_progress_is_asked_for(
        self, wuhan, wuhan_plan, september, reviewed, office
    ) -> None:
        before = Recompute.objects.get(plan=wuhan_plan, period=september).requested
        assert approve_items(items=[ref(reviewed)], bureau=wuhan, by=office) == [wuhan_plan.pk]
        reviewed.refresh_from_db()
        assert (reviewed.state, reviewed.approved_value, reviewed.approved_version) == (
            State.APPROVED,
            Decimal(3),
            1,
        )
        row = Recompute.objects.get(plan=wuhan_plan, period=september)
        assert row.requested == before + 1 and row.behind == 1

    @pytest.mark.parametrize(
        "username",
        ["wuhan_reporter_05", "wuhan_reviewer_05", "wuhan_leader", "xian_office", "observer", "secadmin"],
    )
    def test_nobody_but_the_office(self, wuhan, reviewed, person, office, username: str) -> None:
        with pytest.raises(Refused):
            approve_items(items=[ref(reviewed)], bureau=wuhan, by=person(username))
        reviewed.refresh_from_db()
        assert reviewed.state == State.REVIEWED
        approve_items(items=[ref(reviewed)], bureau=wuhan, by=office)

    def test_another_bureaus_office_finds_nothing(self, xian, reviewed, person) -> None:
        with pytest.raises(Refused):
            approve_items(items=[ref(reviewed)], bureau=xian, by=person("xian_office"))
        reviewed.refresh_from_db()
        assert reviewed.state == State.REVIEWED

    def test_a_figure_that_changed_after_it_was_seen(
        self, wuhan, september, unit, reviewed, office, reporter, reviewer, target
    ) -> None:
        seen = ref(reviewed)
        return_items(items=[seen], bureau=wuhan, reason="核对", by=office)
        reviewed.refresh_from_db()
        entry = FigureInput(target("W9"), reviewed.revision, Decimal(5))
        submit_entries(period=september, unit=unit, figures=[entry], by=reporter)
        pass_items(items=[ref(reviewed)], unit=unit, by=reviewer)
        with pytest.raises(Refused):
            approve_items(items=[seen], bureau=wuhan, by=office)
        reviewed.refresh_from_db()
        assert reviewed.approved_value is None

    def test_nobody_approves_what_they_submitted_themselves(self, wuhan, reviewed, office) -> None:
        Figure.objects.filter(pk=reviewed.pk).update(submitted_by=office)
        with pytest.raises(Refused):
            approve_items(items=[ref(reviewed)], bureau=wuhan, by=office)
        wuhan.allow_self_approval = True
        assert approve_items(items=[ref(reviewed)], bureau=wuhan, by=office)

    def test_not_applicable_is_approved_as_such(
        self, wuhan, september, unit, reporter, reviewer, office, target
    ) -> None:
        entry = FigureInput(target("W9"), 0, None, not_applicable=True)
        submit_entries(period=september, unit=unit, figures=[entry], by=reporter)
        figure = Figure.objects.get(target=target("W9"), period=september)
        pass_items(items=[ref(figure)], unit=unit, by=reviewer)
        approve_items(items=[ref(figure)], bureau=wuhan, by=office)
        figure.refresh_from_db()
        assert figure.approved_not_applicable and figure.approved_value is None

    def test_a_correction_replaces_what_counts_and_keeps_the_earlier_version(
        self, wuhan, september, person, office, target
    ) -> None:
        unit = Unit.objects.get(bureau=wuhan, name="高新技术处")
        figure = Figure.objects.select_related("period__bureau", "target").get(
            target=target("W2"), period=september
        )
        by = person("wuhan_reporter")
        open_correction(item=figure, unit=unit, reason="统计局修订", by=by)
        figure.refresh_from_db()
        entry = FigureInput(target("W2"), figure.revision, Decimal(4765))
        submit_entries(period=september, unit=unit, figures=[entry], by=by)
        pass_items(items=[ref(figure)], unit=unit, by=person("wuhan_reviewer"))
        assert figure.approved_value == Decimal(4760)
        approve_items(items=[ref(figure)], bureau=wuhan, by=office)
        figure.refresh_from_db()
        assert (figure.approved_value, figure.approved_version) == (Decimal(4765), 2)
        assert [version.value for version in figure.versions.all()] == [Decimal(4760), Decimal(4765)]

    def test_a_locked_period_is_closed_for_decisions_too(self, wuhan, september, reviewed, office) -> None:
        lock_period(period=september, by=office)
        with pytest.raises(Refused):
            approve_items(items=[ref(reviewed)], bureau=wuhan, by=office)
        reviewed.refresh_from_db()
        assert reviewed.state == State.REVIEWED

    def test_without_an_audit_event_nothing_is_approved(self, wuhan, reviewed, office, monkeypatch) -> None:
        def broken(*args: object, **more: object) -> None:
            raise RuntimeError("no audit")

        monkeypatch.setattr(reviewing, "record", broken)
        with pytest.raises(RuntimeError), transaction.atomic():
            approve_items(items=[ref(reviewed)], bureau=wuhan, by=office)
        reviewed.refresh_from_db()
        assert reviewed.state == State.REVIEWED


class TestNodes:
    """A ticked node counts when its text is approved, and stops counting when a correction takes it back."""

    @pytest.fixture
    def node(self, wuhan: Bureau) -> Milestone:
        return Milestone.objects.get(task__plan__bureau=wuhan, text="印发实验室开放服务补贴办法")

    def approved_text(
        self, wuhan, september, unit, reporter, reviewer, office, nodes: dict[int, str]
    ) -> Narrative:
        task = Task.objects.get(plan__bureau=wuhan, path="三/(一)/二是")
        text = Narrative.objects.select_related("period__bureau", "task").get(
            task=task, unit=unit, period=september
        )
        open_correction(item=text, unit=unit, reason="补报节点", by=reporter)
        text.refresh_from_db()
        entry = NarrativeInput(task, text.revision, progress="办法已印发。", nodes=nodes)
        submit_entries(period=september, unit=unit, narratives=[entry], by=reporter)
        pass_items(items=[ref(text)], unit=unit, by=reviewer)
        approve_items(items=[ref(text)], bureau=wuhan, by=office)
        return text

    def test_done_in_the_period_in_which_it_was_approved(
        self, wuhan, september, unit, reporter, reviewer, office, node
    ) -> None:
        text = self.approved_text(wuhan, september, unit, reporter, reviewer, office, {node.pk: "文件"})
        node.refresh_from_db()
        assert node.done_in == text
        self.approved_text(wuhan, september, unit, reporter, reviewer, office, {})
        node.refresh_from_db()
        assert node.done_in is None

    def test_a_draft_does_not_tick_it(self, wuhan, september, unit, reporter, node) -> None:
        task = Task.objects.get(plan__bureau=wuhan, path="三/(一)/二是")
        text = Narrative.objects.select_related("period__bureau", "task").get(
            task=task, unit=unit, period=september
        )
        open_correction(item=text, unit=unit, reason="补报节点", by=reporter)
        text.refresh_from_db()
        entry = NarrativeInput(task, text.revision, progress="已印发", nodes={node.pk: ""})
        save_entries(period=september, unit=unit, narratives=[entry], by=reporter)
        node.refresh_from_db()
        assert node.done_in is None
