"""The demonstration stands where its description says: every light of the nine months, every story."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from accounts.audit import first_broken_event
from accounts.models import AuditEvent, Bureau, Membership, Unit, UnitKind, User
from plans.models import Plan, Task
from reports.demonstration.structure import read
from targets.counts import count_lights
from targets.enums import Light, State
from targets.models import (
    Adjustment,
    Decision,
    Figure,
    FigureVersion,
    Milestone,
    Period,
    Postponement,
    Progress,
    Reminder,
    Target,
    TaskProgress,
)
from tests.test_fixtures import LIGHTS as NODE_LIGHTS

pytestmark = pytest.mark.django_db

LIGHTS = {
    ("wuhan", 3): "W1● W2▲ W3▲ W4▲ W5– W6▲ W7● W8▲ W9– W10– W11–",
    ("wuhan", 6): "W1● W2▲ W3▲ W4▲ W5– W6▲ W7▲ W8▲ W9● W10– W11–",
    ("wuhan", 9): "W1● W2▲ W3■ W4▲ W5– W6● W7● W8◆ W9○ W10– W11–",
    ("xian", 3): "X1▲ X2– X3● X4▲ X5▲ X6▲ X7– X8– X9● X10▲ X11– X12▲ X13■ X14– X15▲ X16■ X17– X18– X19● X20■",
    ("xian", 6): "X1▲ X2– X3● X4■ X5▲ X6● X7● X8● X9▲ X10● X11▲ X12■ X13● X14– X15● X16▲ X17▲ X18◆ X19▲ X20■",
    ("xian", 9): "X1▲ X2● X3● X4▲ X5● X6● X7◆ X8◆ X9● X10▲ X11– X12■ X13■ X14● X15● X16○ X17▲ X18◆ X19● X20●",
}


def stored(bureau: str, month: int) -> list[Progress]:
    rows = Progress.objects.filter(
        target__plan__bureau__code=bureau, period__month=month, allocation=None
    ).select_related("target")
    return list(rows.order_by("target__order"))


@pytest.mark.parametrize(("bureau", "month"), LIGHTS)
def test_lights_of_the_targets(bureau: str, month: int) -> None:
    shown = " ".join(f"{row.target.key}{Light(row.light).symbol}" for row in stored(bureau, month))
    assert shown == LIGHTS[bureau, month]


def test_roll_up_of_nine_months_as_worked_in_the_rule() -> None:
    wuhan = count_lights(row.light for row in stored("wuhan", 9))
    assert (wuhan.none, wuhan.judged, wuhan.on_pace, wuhan.blue) == (3, 8, 4, 1)
    assert (wuhan.behind, wuhan.red, wuhan.grey) == (3, 1, 1)
    assert [wuhan.on_pace_share, wuhan.behind_share, wuhan.missing_share] == [
        Decimal("0.5"),
        Decimal("0.375"),
        Decimal("0.125"),
    ]
    xian = count_lights(row.light for row in stored("xian", 9))
    assert (xian.none, xian.judged, xian.on_pace, xian.blue) == (1, 19, 12, 3)
    assert (xian.behind, xian.red, xian.grey) == (6, 2, 1)


def test_lights_of_the_milestone_tasks() -> None:
    rows = TaskProgress.objects.filter(is_milestone_task=True).select_related("task__plan__bureau", "period")
    shown = {
        (row.task.plan.bureau.code, row.task.path, row.period.month): Light(row.light).symbol for row in rows
    }
    wanted = {
        (bureau, path, month): light
        for bureau, tasks in NODE_LIGHTS.items()
        for path, lights in tasks.items()
        for month, light in zip((3, 6, 9), lights, strict=True)
    }
    assert shown == wanted


def test_a_task_shows_the_worst_light_of_its_targets() -> None:
    task = Task.objects.get(plan__bureau__code="xian", path="一/4")
    row = TaskProgress.objects.get(task=task, period__month=9)
    assert {p.light for p in Progress.objects.filter(target__task=task, period__month=9)} == {Light.RED}
    assert row.light == Light.RED
    assert not row.is_milestone_task


def test_a_condition_pair_shows_the_leg_that_is_no_striving() -> None:
    group = Target.objects.get(key="W1").group
    assert group is not None
    assert Progress.objects.get(target__key="W2", period__month=9).light == Light.YELLOW
    assert group.progress.get(period__month=9).light == Light.GREEN


def test_both_plans_are_complete() -> None:
    for code, sections, tasks, targets, repeats in [("wuhan", 12, 24, 11, 3), ("xian", 7, 21, 20, 5)]:
        plan = Plan.objects.get(bureau__code=code)
        assert plan.sections.count() == sections
        assert plan.tasks.count() == tasks
        assert plan.targets.count() == targets
        sources = [source for target in plan.targets.all() for source in target.sources.all()]
        assert len(sources) - targets == repeats
        for source in sources:
            assert plan.document.text[source.start : source.end] == source.quote


def test_the_text_is_stored_unchanged(settings: pytest.FixtureRequest) -> None:
    for plan in Plan.objects.select_related("document"):
        path = settings.BASE_DIR / "fixtures" / "documents" / plan.document.source_name  # type: ignore[attr-defined]
        assert plan.document.text.encode() == path.read_bytes()


class TestStories:
    def versions(self, key: str, month: int) -> list[FigureVersion]:
        figure = Figure.objects.get(target__key=key, period__month=month, allocation=None)
        return list(figure.versions.order_by("number"))

    def test_1_a_wrong_unit_was_warned_about_answered_and_mended(self) -> None:
        first, second = self.versions("W6", 6)
        assert (first.value, second.value) == (Decimal("1396000"), Decimal("139.6"))
        warnings = list(first.figure.warnings.filter(version=1))
        assert [warning.answer for warning in warnings if warning.answer] == [
            "误按万元填写,应为139.6亿元,已改正"
        ]
        assert any(warning.values.get("converted") == "139.6" for warning in warnings), [
            (warning.code, warning.values) for warning in warnings
        ]

    def test_2_a_pasted_unit_was_converted_and_what_was_typed_is_kept(self) -> None:
        (version,) = self.versions("X7", 6)
        assert (version.value, version.entered) == (Decimal("1.2"), "12000万元")

    def test_3_a_correction_keeps_the_earlier_version_and_changes_the_later_single_quarter(self) -> None:
        first, second = self.versions("W4", 3)
        assert (first.value, second.value, second.reason) == (Decimal("398"), Decimal("402"), "统计局修订")
        assert Progress.objects.get(target__key="W4", period__month=3).actual == Decimal("402")
        assert Progress.objects.get(target__key="W4", period__month=6).actual == Decimal("863")

    def test_4_a_return_has_its_reason_and_the_second_figure_counts(self) -> None:
        first, second = self.versions("W7", 9)
        decisions = list(first.figure.decisions.order_by("at").values_list("act", "version", "reason"))
        assert ("RETURN", 1, "在建未竣工1.5万平方米不计") in decisions
        assert (first.value, second.value) == (Decimal("97.8"), Decimal("96.3"))
        districts = Figure.objects.filter(allocation__target__key="W7", period__month=9)
        assert sum(figure.approved_value for figure in districts) == Decimal("97.8")

    def test_5_not_reported_is_not_zero(self) -> None:
        assert not Figure.objects.filter(target__key="W9", period__month=9).exists()
        assert Figure.objects.get(target__key="W9", period__month=3).approved_value == 0
        reminders = Reminder.objects.filter(period__month=9, unit__name="条件财务处")
        assert ["W9" if "新增省级以上科技创新平台" in one.items else "" for one in reminders] == ["W9", "W9"]
        assert AuditEvent.objects.filter(kind="reminder.sent").count() == 2

    def test_6_zero_of_an_annual_indicator_is_not_judged(self) -> None:
        row = Progress.objects.get(target__key="W10", period__month=6)
        assert (row.actual, row.light) == (Decimal(0), Light.NONE)

    def test_10_and_12_exactly_on_the_boundary(self) -> None:
        special_zones = Progress.objects.get(target__key="W8", period__month=3)
        assert (special_zones.gap, special_zones.light) == (Decimal("-0.1"), Light.YELLOW)
        alliances = Progress.objects.get(target__key="X10", period__month=6)
        assert (alliances.gap, alliances.light) == (Decimal(0), Light.GREEN)

    def test_18_a_hand_over_leaves_the_chain_of_versions_whole(self) -> None:
        first, second = self.versions("X12", 6)
        assert first.by != second.by
        assert not first.by.is_active
        assert first.figure.target.lead == Unit.objects.get(bureau__code="xian", name="科技金融处")

    def test_19_an_adjustment_waits_for_its_period(self) -> None:
        adjustment = Adjustment.objects.get(target__key="X17")
        assert (adjustment.old_value, adjustment.new_value, adjustment.effective.month) == (50, 40, 12)
        assert Progress.objects.get(target__key="X17", period__month=9).target_value == 50

    def test_a_postponed_node_counts_and_its_earlier_light_stays(self) -> None:
        moved = Postponement.objects.get()
        rows = TaskProgress.objects.filter(task=moved.milestone.task).order_by("period__month")
        assert [(Light(row.light).symbol, row.postponed) for row in rows] == [("●", 0), ("▲", 0), ("●", 1)]


def test_the_day_is_fixed_and_the_nine_months_are_under_way(wuhan: Bureau) -> None:
    assert wuhan.today == date(2014, 10, 27)
    states = {period.month: period.is_open for period in Period.objects.filter(bureau=wuhan)}
    assert states == {3: False, 6: False, 9: True, 12: False}


def test_every_reporting_unit_has_a_reporter_and_a_reviewer() -> None:
    units = Unit.objects.filter(kind__in=[UnitKind.DEPARTMENT, UnitKind.AFFILIATE])
    for role in ("reporter", "reviewer"):
        manned = Membership.objects.filter(role=role, user__is_active=True).values("unit")
        assert not units.exclude(pk__in=manned).exists(), role


def test_work_is_open_for_the_demonstration_accounts() -> None:
    states = set(Figure.objects.filter(period__month=9).values_list("state", flat=True))
    assert {State.APPROVED, State.RETURNED, State.REVIEWED} <= states
    assert Decision.objects.filter(act="RETURN", figure__target__key="W11").exists()


def test_nodes_count_from_the_narrative_that_reported_them() -> None:
    done = Milestone.objects.filter(done_in__isnull=False)
    assert done.exists()
    assert all(node.done_in.state == State.APPROVED for node in done.select_related("done_in"))


def test_everything_written_by_the_loader_is_marked_as_sample() -> None:
    assert not Figure.objects.filter(is_sample=False).exists()
    assert not User.objects.filter(is_demo=False, username__contains="_").exists()


def test_the_audit_chains_are_whole(wuhan: Bureau, xian: Bureau) -> None:
    assert AuditEvent.objects.filter(bureau=wuhan).count() > 50
    assert first_broken_event(wuhan) is None
    assert first_broken_event(xian) is None


def test_figures_of_the_fixture_are_what_counts() -> None:
    for name in ("wuhan-2014.json", "xian-2014.json"):
        for row in read(name)["figures"]:
            if row["state"] == State.APPROVED and row["unit"] is None:
                figure = Figure.objects.get(
                    target__key=row["target"], period__month=row["month"], allocation=None
                )
                assert figure.approved_value == Decimal(row["value"]), row
