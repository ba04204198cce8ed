"""Saving, submitting and correcting: what the services write, and what they refuse."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from accounts.models import AuditEvent, Bureau, Membership, Unit, User
from accounts.permissions import Role
from plans.models import Task
from targets.enums import Nature, State
from targets.errors import Refused, StaleForm
from targets.inputs import MAX_TEXT, FigureInput, NarrativeInput
from targets.models import (
    Act,
    Figure,
    FigureVersion,
    FigureWarning,
    Milestone,
    Narrative,
    Period,
    Target,
)
from targets.services import entering
from targets.services.entering import (
    open_correction,
    save_entries,
    submit_entries,
    withdraw_correction,
)
from targets.services.reviewing import ItemRef, approve_items, pass_items, return_items

pytestmark = pytest.mark.django_db


def figure_of(target: Target, period: Period) -> Figure:
    return Figure.objects.get(target=target, allocation=None, period=period)


def ref(item: Figure | Narrative) -> ItemRef:
    item.refresh_from_db()
    return ItemRef("figure" if isinstance(item, Figure) else "narrative", item.pk, item.revision)


class TestTheOfficeForAUnit:
    def test_it_saves_and_submits_and_somebody_else_approves(
        self, december, unit, person, target, wuhan
    ) -> None:
        office = person("wuhan_office")
        entry = FigureInput(target("W2"), 0, Decimal(6725))
        assert submit_entries(period=december, unit=unit, figures=[entry], by=office) == 1
        figure = figure_of(target("W2"), december)
        assert (figure.state, figure.updated_by, figure.submitted_by) == (State.SUBMITTED, office, office)
        pass_items(items=[ref(figure)], unit=unit, by=person("wuhan_reviewer"))
        with pytest.raises(Refused):
            approve_items(items=[ref(figure)], bureau=wuhan, by=office)
        colleague = User.objects.create(username="second_office")
        Membership.objects.create(user=colleague, bureau=wuhan, role=Role.OFFICE)
        approve_items(items=[ref(figure)], bureau=wuhan, by=colleague)
        figure.refresh_from_db()
        assert figure.state == State.APPROVED


class TestSaving:
    def test_a_draft_its_version_and_its_audit_event(self, december, unit, reporter, target) -> None:
        entry = FigureInput(
            target("W2"), 0, Decimal("6725"), entered="6,725", nature=Nature.FLASH, note="快报"
        )
        saved = save_entries(period=december, unit=unit, figures=[entry], by=reporter)
        figure = figure_of(target("W2"), december)
        assert (figure.value, figure.state, figure.note) == (Decimal(6725), State.DRAFT, "快报")
        assert (figure.last_version, figure.revision, figure.updated_by) == (1, 1, reporter)
        version = figure.versions.get()
        assert (version.value, version.entered, version.by) == (Decimal(6725), "6,725", reporter)
        event = AuditEvent.objects.filter(kind="entry.saved").latest("number")
        assert event.after["figures"] == {str(figure.pk): 1} and event.user == reporter
        assert saved.changed == 1 and figure.approved_value is None

    def test_zero_blank_and_not_applicable_are_three_different_things(
        self, december, unit, reporter, target
    ) -> None:
        entries = [
            FigureInput(target("W2"), 0, Decimal(0)),
            FigureInput(target("W4"), 0, None),
            FigureInput(target("W10"), 0, None, not_applicable=True),
        ]
        save_entries(period=december, unit=unit, figures=entries, by=reporter)
        assert figure_of(target("W2"), december).value == 0
        assert not Figure.objects.filter(target=target("W4"), period=december).exists()
        none = figure_of(target("W10"), december)
        assert none.value is None and none.not_applicable and not none.is_blank

    def test_saving_the_same_again_writes_nothing(self, december, unit, reporter, target) -> None:
        entry = FigureInput(target("W2"), 0, Decimal("6725.0"))
        save_entries(period=december, unit=unit, figures=[entry], by=reporter)
        events = AuditEvent.objects.count()
        again = save_entries(period=december, unit=unit, figures=[entry], by=reporter)
        assert (again.changed, again.unchanged) == (0, 1)
        assert figure_of(target("W2"), december).versions.count() == 1
        assert AuditEvent.objects.count() == events

    def test_taking_a_number_back_leaves_it_missing_and_keeps_the_version(
        self, december, unit, reporter, target
    ) -> None:
        save_entries(
            period=december, unit=unit, figures=[FigureInput(target("W2"), 0, Decimal(1))], by=reporter
        )
        save_entries(period=december, unit=unit, figures=[FigureInput(target("W2"), 1, None)], by=reporter)
        figure = figure_of(target("W2"), december)
        assert figure.value is None and figure.is_blank
        assert [version.value for version in figure.versions.all()] == [Decimal(1), None]

    def test_a_text_with_a_ticked_node(self, december, unit, reporter) -> None:
        task = Task.objects.get(plan__bureau=unit.bureau, path="三/(二)/二是")
        node = task.milestones.get(text="中期检查")
        text = NarrativeInput(task, 0, progress="完成中期检查。", nodes={node.pk: "38个项目"})
        save_entries(period=december, unit=unit, narratives=[text], by=reporter)
        narrative = Narrative.objects.get(task=task, unit=unit, period=december)
        assert narrative.node_reports.get().what == "38个项目"
        assert narrative.versions.get().nodes == {str(node.pk): "38个项目"}
        node.refresh_from_db()
        assert node.done_in is None  # it counts once it is approved

    def test_a_version_cannot_be_rewritten(self, september, target) -> None:
        version = FigureVersion.objects.filter(figure__target=target("W2")).first()
        assert version is not None
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            FigureVersion.objects.filter(pk=version.pk).update(value=1)


class TestRefusals:
    """Each beside the act that is allowed."""

    def save(self, period, unit, by, target, **more) -> None:
        entry = FigureInput(target, more.pop("revision", 0), Decimal("6725"), **more)
        save_entries(period=period, unit=unit, figures=[entry], by=by)

    def test_another_units_target_is_refused(self, december, unit, reporter, target) -> None:
        with pytest.raises(Refused):
            self.save(december, unit, reporter, target("W6"))
        assert not Figure.objects.filter(target=target("W6"), period=december).exists()
        self.save(december, unit, reporter, target("W2"))

    def test_another_bureaus_target_is_refused(self, december, unit, reporter, target) -> None:
        with pytest.raises(Refused):
            self.save(december, unit, reporter, target("X1"))
        assert not Figure.objects.filter(target=target("X1"), period=december).exists()

    @pytest.mark.parametrize(
        "username",
        ["wuhan_reporter_08", "wuhan_reviewer", "wuhan_leader", "xian_reporter", "xian_office", "sysadmin"],
    )
    def test_only_the_units_own_reporter_and_the_office_enter(
        self, december, unit, person, reporter, target, username: str
    ) -> None:
        with pytest.raises(Refused):
            self.save(december, unit, person(username), target("W2"))
        assert not Figure.objects.filter(target=target("W2"), period=december).exists()
        self.save(december, unit, reporter, target("W2"))

    def test_a_closed_period_is_refused(self, wuhan, december, unit, reporter, target) -> None:
        june = Period.objects.select_related("bureau").get(bureau=wuhan, month=6)
        with pytest.raises(Refused, match=r"closed|截止"):
            self.save(june, unit, reporter, target("W2"), revision=3)
        self.save(december, unit, reporter, target("W2"))

    def test_a_period_that_was_closed_meanwhile_is_refused(self, december, unit, reporter, target) -> None:
        Period.objects.filter(pk=december.pk).update(locked_on=date(2015, 2, 1))
        assert december.is_open  # as the page had it
        with pytest.raises(Refused):
            self.save(december, unit, reporter, target("W2"))

    def test_a_period_that_was_not_started_is_refused(self, xian, person, target) -> None:
        period = Period.objects.select_related("bureau").get_or_create(bureau=xian, year=2014, month=12)[0]
        unit = Unit.objects.get(bureau=xian, name="高新技术产业处")
        with pytest.raises(Refused):
            self.save(period, unit, person("xian_reporter"), target("X1"))

    def test_a_submitted_figure_is_not_changed(self, december, unit, reporter, target) -> None:
        self.save(december, unit, reporter, target("W2"))
        submit_entries(period=december, unit=unit, by=reporter)
        figure = figure_of(target("W2"), december)
        with pytest.raises(Refused):
            save_entries(
                period=december,
                unit=unit,
                figures=[FigureInput(target("W2"), figure.revision, Decimal(1))],
                by=reporter,
            )
        figure.refresh_from_db()
        assert figure.value == Decimal(6725) and figure.state == State.SUBMITTED

    def test_a_node_of_another_task_is_refused(self, december, unit, reporter) -> None:
        own = Task.objects.get(plan__bureau=unit.bureau, path="三/(二)/二是")
        foreign = Milestone.objects.filter(task__plan__bureau=unit.bureau).exclude(task__lead=unit).first()
        assert foreign is not None
        for nodes, refused in (({foreign.pk: ""}, True), ({}, False)):
            text = NarrativeInput(own, 0, progress="进展", nodes=nodes)
            if refused:
                with pytest.raises(Refused):
                    save_entries(period=december, unit=unit, narratives=[text], by=reporter)
                assert not Narrative.objects.filter(task=own, period=december).exists()
            else:
                save_entries(period=december, unit=unit, narratives=[text], by=reporter)

    def test_a_cooperating_unit_writes_a_text_but_ticks_no_node(self, wuhan, december, person) -> None:
        unit = Unit.objects.get(bureau=wuhan, name="专利管理处")
        task = Task.objects.get(plan__bureau=wuhan, path="三/(一)/一是")
        by = person("wuhan_reporter_12")
        node = task.milestones.first()
        assert node is not None
        with pytest.raises(Refused):
            text = NarrativeInput(task, 0, progress="配合", nodes={node.pk: ""})
            save_entries(period=december, unit=unit, narratives=[text], by=by)
        save_entries(period=december, unit=unit, narratives=[NarrativeInput(task, 0, progress="配合")], by=by)
        assert Narrative.objects.get(task=task, unit=unit, period=december).progress == "配合"

    def test_too_long_a_text_is_refused_and_the_longest_is_kept_whole(self, december, unit, reporter) -> None:
        task = Task.objects.get(plan__bureau=unit.bureau, path="三/(二)/二是")
        with pytest.raises(Refused):
            text = NarrativeInput(task, 0, progress="长" * (MAX_TEXT + 1))
            save_entries(period=december, unit=unit, narratives=[text], by=reporter)
        text = NarrativeInput(task, 0, progress="长" * MAX_TEXT)
        save_entries(period=december, unit=unit, narratives=[text], by=reporter)
        assert len(Narrative.objects.get(task=task, period=december).progress) == MAX_TEXT

    def test_nothing_is_saved_when_one_row_is_refused(self, december, unit, reporter, target) -> None:
        entries = [FigureInput(target("W2"), 0, Decimal(1)), FigureInput(target("W6"), 0, Decimal(2))]
        with pytest.raises(Refused):
            save_entries(period=december, unit=unit, figures=entries, by=reporter)
        assert not Figure.objects.filter(period=december).exists()

    def test_nothing_is_saved_when_the_audit_event_cannot_be_written(
        self, december, unit, reporter, target, monkeypatch
    ) -> None:
        def broken(*args: object, **more: object) -> None:
            raise RuntimeError("no audit")

        monkeypatch.setattr(entering, "record", broken)
        with pytest.raises(RuntimeError), transaction.atomic():
            self.save(december, unit, reporter, target("W2"))
        assert not Figure.objects.filter(period=december).exists()


class TestStaleForms:
    def test_the_second_sees_both_values_and_nothing_is_overwritten(
        self, december, unit, reporter, target
    ) -> None:
        first = [FigureInput(target("W2"), 0, Decimal(6725))]
        save_entries(period=december, unit=unit, figures=first, by=reporter)
        mine = [FigureInput(target("W2"), 0, Decimal(6700)), FigureInput(target("W4"), 0, Decimal(1994))]
        with pytest.raises(StaleForm) as stale:
            save_entries(period=december, unit=unit, figures=mine, by=reporter)
        (conflict,) = stale.value.conflicts
        assert (conflict.item.value, conflict.mine.value) == (Decimal(6725), Decimal(6700))
        assert figure_of(target("W2"), december).value == Decimal(6725)
        assert not Figure.objects.filter(target=target("W4"), period=december).exists()

    def test_with_the_new_revision_it_is_a_choice(self, december, unit, reporter, target) -> None:
        save_entries(
            period=december, unit=unit, figures=[FigureInput(target("W2"), 0, Decimal(1))], by=reporter
        )
        save_entries(
            period=december, unit=unit, figures=[FigureInput(target("W2"), 1, Decimal(2))], by=reporter
        )
        assert figure_of(target("W2"), december).value == Decimal(2)


class TestSubmitting:
    @pytest.fixture
    def drafted(self, december, unit, reporter, target) -> Figure:
        entries = [
            FigureInput(target("W2"), 0, Decimal(6725)),
            FigureInput(target("W4"), 0, None, note="待报"),
        ]
        save_entries(period=december, unit=unit, figures=entries, by=reporter)
        return figure_of(target("W2"), december)

    def test_what_is_filled_in_goes_and_what_is_blank_stays(
        self, december, unit, reporter, target, drafted
    ) -> None:
        assert submit_entries(period=december, unit=unit, by=reporter) == 1
        drafted.refresh_from_db()
        assert (drafted.state, drafted.submitted_by) == (State.SUBMITTED, reporter)
        assert figure_of(target("W4"), december).state == State.DRAFT
        assert [decision.act for decision in drafted.decisions.all()] == [Act.SUBMIT]

    def test_submitting_twice_does_nothing_the_second_time(self, december, unit, reporter, drafted) -> None:
        submit_entries(period=december, unit=unit, by=reporter)
        assert submit_entries(period=december, unit=unit, by=reporter) == 0
        assert drafted.decisions.count() == 1

    def test_what_is_handed_in_is_saved_first(self, december, unit, reporter, target) -> None:
        entry = FigureInput(target("W2"), 0, Decimal(6725))
        assert submit_entries(period=december, unit=unit, figures=[entry], by=reporter) == 1
        assert figure_of(target("W2"), december).state == State.SUBMITTED

    def test_a_stale_row_stops_the_submission(self, december, unit, reporter, target, drafted) -> None:
        with pytest.raises(StaleForm):
            submit_entries(
                period=december, unit=unit, figures=[FigureInput(target("W2"), 0, Decimal(1))], by=reporter
            )
        drafted.refresh_from_db()
        assert drafted.state == State.DRAFT

    def test_without_unit_review_it_goes_to_the_office(
        self, wuhan, december, unit, reporter, drafted
    ) -> None:
        Bureau.objects.filter(pk=wuhan.pk).update(skip_unit_review=True)
        december.bureau.refresh_from_db()
        submit_entries(period=december, unit=unit, by=reporter)
        drafted.refresh_from_db()
        assert drafted.state == State.REVIEWED

    def test_a_ticked_node_alone_is_worth_submitting(self, december, unit, reporter) -> None:
        task = Task.objects.get(plan__bureau=unit.bureau, path="三/(二)/二是")
        node = task.milestones.get(text="中期检查")
        text = NarrativeInput(task, 0, nodes={node.pk: ""})
        assert submit_entries(period=december, unit=unit, narratives=[text], by=reporter) == 1

    def test_a_returned_figure_goes_back_only_when_changed_or_asked_for(
        self, december, unit, reporter, person, target, drafted
    ) -> None:
        submit_entries(period=december, unit=unit, by=reporter)
        reviewer = person("wuhan_reviewer")
        return_items(items=[ref(drafted)], bureau=unit.bureau, reason="请核对", by=reviewer)
        assert submit_entries(period=december, unit=unit, by=reporter) == 0
        drafted.refresh_from_db()
        assert drafted.state == State.RETURNED
        assert submit_entries(period=december, unit=unit, again={("figure", drafted.pk)}, by=reporter) == 1
        return_items(items=[ref(drafted)], bureau=unit.bureau, reason="请再核对", by=reviewer)
        drafted.refresh_from_db()
        entry = FigureInput(target("W2"), drafted.revision, Decimal("6724.9"))
        assert submit_entries(period=december, unit=unit, figures=[entry], by=reporter) == 1

    def test_the_lead_reports_for_a_district(self, wuhan, december, person, target) -> None:
        unit = Unit.objects.get(bureau=wuhan, name="创业服务处")
        part = target("W7").allocations.select_related("unit").get(unit__name="新洲区")
        entry = FigureInput(target("W7"), 0, Decimal(4), allocation=part)
        by = person("wuhan_reporter_10")
        assert submit_entries(period=december, unit=unit, figures=[entry], by=by) == 1
        figure = Figure.objects.get(allocation=part, period=december)
        pass_items(items=[ref(figure)], unit=unit, by=person("wuhan_reviewer_10"))
        approve_items(items=[ref(figure)], bureau=wuhan, by=person("wuhan_office"))
        figure.refresh_from_db()
        assert (figure.state, figure.approved_value) == (State.APPROVED, Decimal(4))


class TestCorrections:
    @pytest.fixture
    def approved(self, september, target) -> Figure:
        return Figure.objects.select_related("period__bureau", "target").get(
            target=target("W2"), allocation=None, period=september
        )

    def test_the_approved_value_counts_until_the_new_one_is(self, approved, unit, reporter, target) -> None:
        open_correction(item=approved, unit=unit, reason="统计局修订", by=reporter)
        approved.refresh_from_db()
        assert (approved.state, approved.approved_value) == (State.DRAFT, Decimal(4760))
        entry = FigureInput(target("W2"), approved.revision, Decimal(4765))
        save_entries(period=approved.period, unit=unit, figures=[entry], by=reporter)
        approved.refresh_from_db()
        assert (approved.value, approved.approved_value) == (Decimal(4765), Decimal(4760))
        decision = approved.decisions.filter(act=Act.CORRECT).get()
        assert (decision.reason, decision.by) == ("统计局修订", reporter)

    @pytest.mark.parametrize("reason", ["", "   ", "长" * 301])
    def test_a_reason_is_needed_and_must_fit(self, approved, unit, reporter, reason: str) -> None:
        with pytest.raises(Refused):
            open_correction(item=approved, unit=unit, reason=reason, by=reporter)
        approved.refresh_from_db()
        assert approved.state == State.APPROVED
        open_correction(item=approved, unit=unit, reason="长" * 300, by=reporter)

    def test_another_unit_cannot_open_it(self, wuhan, approved, unit, reporter, person) -> None:
        other = Unit.objects.get(bureau=wuhan, name="成果与市场处")
        with pytest.raises(Refused):
            open_correction(item=approved, unit=other, reason="理由", by=person("wuhan_reporter_08"))
        with pytest.raises(Refused):
            open_correction(item=approved, unit=unit, reason="理由", by=person("wuhan_reporter_08"))
        open_correction(item=approved, unit=unit, reason="理由", by=reporter)

    def test_what_is_not_approved_or_locked_is_not_corrected(
        self, wuhan, september, unit, reporter, target
    ) -> None:
        returned = figure_of(target("W11"), september)
        locked = Figure.objects.get(target=target("W2"), allocation=None, period__month=6)
        for item in (returned, locked):
            with pytest.raises(Refused):
                open_correction(item=item, unit=unit, reason="理由", by=reporter)

    def test_an_unchanged_correction_is_not_submitted_and_can_be_withdrawn(
        self, approved, september, unit, reporter, target
    ) -> None:
        open_correction(item=approved, unit=unit, reason="理由", by=reporter)
        submit_entries(period=september, unit=unit, by=reporter)
        approved.refresh_from_db()
        assert approved.state == State.DRAFT
        withdraw_correction(item=approved, unit=unit, by=reporter)
        approved.refresh_from_db()
        assert approved.state == State.APPROVED

    def test_a_changed_correction_is_not_withdrawn(self, approved, unit, reporter, target) -> None:
        open_correction(item=approved, unit=unit, reason="理由", by=reporter)
        approved.refresh_from_db()
        entry = FigureInput(target("W2"), approved.revision, Decimal(1))
        save_entries(period=approved.period, unit=unit, figures=[entry], by=reporter)
        with pytest.raises(Refused):
            withdraw_correction(item=approved, unit=unit, by=reporter)


class TestWarnings:
    def test_a_unit_slip_is_warned_about_answered_and_kept(self, wuhan, december, person, target) -> None:
        """Story 1: 万元 typed into a column of 亿元."""
        unit, by = Unit.objects.get(bureau=wuhan, name="成果与市场处"), person("wuhan_reporter_08")
        entry = FigureInput(target("W6"), 0, Decimal("3428900"))
        save_entries(period=december, unit=unit, figures=[entry], by=by)
        figure = figure_of(target("W6"), december)
        warning = figure.warnings.get()
        assert warning.code == "TIMES_TARGET_UNIT"
        assert warning.values["converted"] == "342.89"
        save_entries(period=december, unit=unit, answers={warning.pk: "误按万元填写"}, by=by)
        warning.refresh_from_db()
        assert (warning.answer, warning.answered_by) == ("误按万元填写", by)
        entry = FigureInput(target("W6"), figure.revision, Decimal("342.89"))
        save_entries(period=december, unit=unit, figures=[entry], by=by)
        assert list(figure.warnings.values_list("version", "answer")) == [(1, "误按万元填写")]

    def test_an_answer_stays_while_the_warning_is_the_same(self, wuhan, december, person, target) -> None:
        unit, by = Unit.objects.get(bureau=wuhan, name="成果与市场处"), person("wuhan_reporter_08")
        save_entries(period=december, unit=unit, figures=[FigureInput(target("W6"), 0, Decimal(200))], by=by)
        figure = figure_of(target("W6"), december)
        fell = figure.warnings.get()
        assert fell.code == "CUMULATIVE_FELL"
        entry = FigureInput(target("W6"), figure.revision, Decimal(200), note="已核对")
        save_entries(period=december, unit=unit, figures=[entry], answers={fell.pk: "统计局修订"}, by=by)
        newer = figure.warnings.get(version=2)
        assert (newer.code, newer.answer) == ("CUMULATIVE_FELL", "统计局修订")

    def test_the_answer_to_another_units_warning_is_ignored(self, september, unit, reporter) -> None:
        foreign = FigureWarning.objects.filter(figure__target__key="W7").first()
        assert foreign is not None
        before = foreign.answer
        saved = save_entries(period=september, unit=unit, answers={foreign.pk: "改"}, by=reporter)
        foreign.refresh_from_db()
        assert saved.changed == 0 and foreign.answer == before

    def test_two_legs_typed_together_are_compared_as_typed(self, december, unit, reporter, target) -> None:
        """Growth of 30% against 6725 ÷ 5604.2: the rate comes first in the form, the value after it."""
        entries = [FigureInput(target("W1"), 0, Decimal(30)), FigureInput(target("W2"), 0, Decimal(6725))]
        save_entries(period=december, unit=unit, figures=entries, by=reporter)
        codes = {key: figure_of(target(key), december).warnings.get().code for key in ("W1", "W2")}
        assert codes == {"W1": "GROWTH_DIFFERS", "W2": "GROWTH_DIFFERS"}

    def test_a_total_that_rose_more_than_was_newly_added(self, december, unit, reporter, target) -> None:
        entries = [FigureInput(target("W10"), 0, Decimal(163)), FigureInput(target("W11"), 0, Decimal(1321))]
        save_entries(period=december, unit=unit, figures=entries, by=reporter)
        (warning,) = figure_of(target("W11"), december).warnings.all()
        assert (warning.code, warning.values) == ("RISE_EXCEEDS_FLOW", {"rise": "208", "flow": "163"})

    def test_the_real_year_end_of_the_value_is_no_reason_to_warn(
        self, december, unit, reporter, target
    ) -> None:
        entries = [FigureInput(target("W1"), 0, Decimal(20)), FigureInput(target("W2"), 0, Decimal(6725))]
        save_entries(period=december, unit=unit, figures=entries, by=reporter)
        assert not FigureWarning.objects.filter(figure__period=december).exists()
