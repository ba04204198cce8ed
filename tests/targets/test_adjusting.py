"""Adjusting a target: proposed by the office, agreed to by a leader, in force from its period on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from accounts.models import AuditEvent, Bureau, Unit, User
from targets.enums import Approval, Light, Pace, State
from targets.errors import Refused
from targets.inputs import FigureInput, NarrativeInput
from targets.models import Adjustment, Figure, Narrative, Period, Progress, Recompute, Target
from targets.periods import PeriodKey
from targets.selectors.narratives import narratives
from targets.selectors.owners import figures_of
from targets.selectors.terms import stand_in_force
from targets.selectors.work import reporting_status
from targets.services.adjusting import (
    NewTerms,
    approve_adjustment,
    decline_adjustment,
    propose_adjustment,
    withdraw_adjustment,
)
from targets.services.entering import save_entries
from targets.services.periods import Dates, lock_period, start_period
from targets.services.recompute import catch_up, recompute_all
from tests.targets.acts import agreed, proposed, user
from tests.targets.test_recompute import everything_stored

pytestmark = pytest.mark.django_db
TRUNCATE = "SET CONSTRAINTS ALL IMMEDIATE; TRUNCATE targets_adjustment CASCADE"


def start_december(bureau: Bureau) -> Period:
    key, dates = PeriodKey(2014, 12), Dates(date(2015, 1, 9))
    plan = start_period(bureau=bureau, key=key, dates=dates, by=user(f"{bureau.code}_office"))
    catch_up(plan_id=plan.pk)
    return Period.objects.select_related("bureau").get(bureau=bureau, month=12)


def rows_of(key: str) -> dict[int, Progress]:
    rows = Progress.objects.filter(target__key=key, allocation=None).select_related("period")
    return {row.period.month: row for row in rows}


def approved(target: Target, period: Period, value: str) -> Figure:
    """An approved figure of the lead, written as the services leave it."""
    lead = user("wuhan_office")
    figure = Figure.objects.create(
        target=target, period=period, value=Decimal(value), nature="FLASH", updated_by=lead,
        updated_at=period.bureau.now, last_version=1, approved_version=1, approved_value=Decimal(value),
        state=State.APPROVED, entered=value,
    )  # fmt: skip
    figure.versions.create(
        number=1, value=Decimal(value), basis=figure.basis, nature="FLASH", entered=value, origin="PAGE",
        by=lead, at=period.bureau.now,
    )  # fmt: skip
    return figure


class TestProposing:
    def test_story_19_lowers_the_target_from_the_fourth_quarter_on(self, xian: Bureau) -> None:
        """X17 was adjusted 50 → 40 by the demonstration; 41 in December are done, 22 in September stay ▲."""
        december = start_december(xian)
        target = Target.objects.select_related("plan__bureau").get(key="X17")
        approved(target, december, "41")
        recompute_all()
        rows = rows_of("X17")
        assert {month: row.target_value for month, row in rows.items()} == {3: 50, 6: 50, 9: 50, 12: 40}
        assert (rows[9].light, rows[12].light, rows[12].rate) == (Light.YELLOW, Light.BLUE, Decimal("1.025"))
        target.refresh_from_db()
        assert target.value == 50

    def test_the_act_keeps_what_stood_before(self, target: Callable[[str], Target]) -> None:
        act = proposed(target("W6"), 12, value=300)
        assert (act.old_value, act.old_unit, act.old_pace, act.old_lead.name) == (
            320, "亿元", Pace.LINEAR, "成果与市场处",
        )  # fmt: skip
        assert (act.state, act.new_unit, act.new_pace, act.new_lead) == (Approval.PROPOSED, "亿元", "", None)
        event = AuditEvent.objects.filter(kind="adjustment.proposed").latest("pk")
        assert (event.before["value"], event.after["value"], event.after["since"]) == (
            "320",
            "300",
            "2014-12",
        )

    def test_only_the_office_of_the_bureau_proposes(self, target: Callable[[str], Target]) -> None:
        for name in ("wuhan_leader", "wuhan_reporter", "xian_office", "observer"):
            with pytest.raises(Refused, match="办公室"):
                self.ask(target("W6"), by=user(name))
        assert self.ask(target("W6"), by=user("wuhan_office")).pk

    @pytest.mark.parametrize(
        ("asked", "why"),
        [
            ({"reason": "  "}, "理由"),
            ({"reason": "长" * 301}, "300"),
            ({"document_number": " "}, "文号"),
            ({"since": PeriodKey(2015, 3)}, "年度"),
            ({"since": PeriodKey(2014, 4)}, "年度"),
            ({"since": PeriodKey(2014, 3)}, "已锁定"),
            ({"terms": NewTerms()}, "没有变化"),
            ({"terms": NewTerms(value=Decimal(320))}, "没有变化"),
            ({"terms": NewTerms(pace=Pace.LINEAR)}, "没有变化"),
            ({"terms": NewTerms(value=Decimal(330))}, "序时"),
            ({"terms": NewTerms(unit="万元")}, "新计量单位"),
            ({"terms": NewTerms(value=Decimal(3), unit="万件")}, "万件"),
            ({"terms": NewTerms(value=Decimal(3), unit="桶")}, "桶"),
            ({"terms": NewTerms(value=Decimal("1.0000001"))}, "六位"),
            ({"terms": NewTerms(pace=Pace.CUSTOM, pace_shares=(Decimal(50), Decimal(40)))}, "四个"),
            ({"terms": NewTerms(pace=Pace.CUSTOM)}, "四个"),
        ],
    )
    def test_a_proposal_is_refused(
        self, target: Callable[[str], Target], asked: dict[str, object], why: str
    ) -> None:
        Period.objects.filter(bureau__code="wuhan", month=3).update(locked_on=date(2014, 5, 1))
        with pytest.raises(Refused, match=why):
            self.ask(target("W6"), **asked)
        assert not Adjustment.objects.filter(target__key="W6").exists()

    def test_a_raised_target_is_taken_with_its_pace_confirmed(self, target: Callable[[str], Target]) -> None:
        act = self.ask(target("W6"), terms=NewTerms(value=Decimal(330), pace=Pace.LINEAR))
        assert act.new_pace == Pace.LINEAR and not act.changes_pace

    def test_a_unit_of_another_bureau_or_a_district_cannot_lead(
        self, target: Callable[[str], Target]
    ) -> None:
        for unit in (
            Unit.objects.filter(bureau__code="xian", kind="DEPARTMENT").first(),
            Unit.objects.filter(bureau__code="wuhan", kind="DISTRICT").first(),
        ):
            with pytest.raises(Refused, match="牵头"):
                self.ask(target("W6"), terms=NewTerms(lead=unit))

    def test_one_proposal_waits_at_a_time(self, target: Callable[[str], Target]) -> None:
        first = proposed(target("W6"), 12, value=300)
        with pytest.raises(Refused, match="待审定"):
            proposed(target("W6"), 12, value=290)
        withdraw_adjustment(adjustment=first, by=user("wuhan_office"))
        assert proposed(target("W6"), 12, value=290).pk

    def ask(self, target: Target, **asked: object) -> Adjustment:
        asked = {
            "since": PeriodKey(2014, 12),
            "terms": NewTerms(value=Decimal(300)),
            "reason": "省厅下调",
            "document_number": "武科〔2014〕88号",
            "by": user("wuhan_office"),
        } | asked
        return propose_adjustment(target=target, **asked)  # type: ignore[arg-type]


class TestDeciding:
    def test_nobody_agrees_to_their_own_proposal(self, target: Callable[[str], Target]) -> None:
        act, both = proposed(target("W6"), 12, value=300), user("wuhan_office")
        bureau = target("W6").plan.bureau
        bureau.allow_self_approval = True
        bureau.save()
        both.memberships.create(role="leader", bureau=bureau)
        both = user("wuhan_office")
        for decide in (
            lambda: approve_adjustment(adjustment=act, by=both),
            lambda: decline_adjustment(adjustment=act, answer="不", by=both),
        ):
            with pytest.raises(Refused, match="本人"):
                decide()
        with pytest.raises(IntegrityError), transaction.atomic():
            Adjustment.objects.filter(pk=act.pk).update(
                state=Approval.AGREED, decided_by=both, decided_at=act.at
            )
        approve_adjustment(adjustment=act, by=user("wuhan_leader"))

    @pytest.mark.parametrize("name", ["wuhan_office", "wuhan_reviewer", "xian_leader", "observer"])
    def test_only_a_leader_of_the_bureau_decides(self, target: Callable[[str], Target], name: str) -> None:
        act = proposed(target("W6"), 12, value=300)
        for decide in (
            lambda: approve_adjustment(adjustment=act, by=user(name)),
            lambda: decline_adjustment(adjustment=act, answer="不", by=user(name)),
        ):
            with pytest.raises(Refused, match="局领导"):
                decide()

    def test_declining_needs_a_reason_and_changes_nothing(self, target: Callable[[str], Target]) -> None:
        act = proposed(target("W6"), 12, value=300)
        with pytest.raises(Refused, match="理由"):
            decline_adjustment(adjustment=act, answer=" ", by=user("wuhan_leader"))
        decline_adjustment(adjustment=act, answer="依据不足", by=user("wuhan_leader"))
        act.refresh_from_db()
        assert (act.state, act.answer) == (Approval.DECLINED, "依据不足")
        assert AuditEvent.objects.filter(kind="adjustment.declined").exists()
        recompute_all()
        assert rows_of("W6")[9].target_value == 320

    def test_what_is_decided_is_decided_once_and_kept(self, target: Callable[[str], Target]) -> None:
        act = agreed(target("W6"), 9, value=300)
        leader = user("wuhan_leader")
        for again in (
            lambda: approve_adjustment(adjustment=act, by=leader),
            lambda: decline_adjustment(adjustment=act, answer="不", by=leader),
            lambda: withdraw_adjustment(adjustment=act, by=user("wuhan_office")),
        ):
            with pytest.raises(Refused, match="已"):
                again()
        for change in (
            lambda: Adjustment.objects.filter(pk=act.pk).update(new_value=1),
            lambda: Adjustment.objects.filter(pk=act.pk).delete(),
            lambda: connection.cursor().execute(TRUNCATE),
        ):
            with pytest.raises(DatabaseError, match="refused"), transaction.atomic():
                change()

    def test_a_closed_period_is_not_judged_anew(self, september: Period, target) -> None:
        act = proposed(target("W6"), 9, value=300)
        lock_period(period=september, by=user("wuhan_office"))
        with pytest.raises(Refused, match="已锁定"):
            approve_adjustment(adjustment=act, by=user("wuhan_leader"))
        decline_adjustment(adjustment=act, answer="季度已锁定", by=user("wuhan_leader"))

    def test_terms_changed_since_the_proposal_are_told(self, target: Callable[[str], Target]) -> None:
        act = proposed(target("W6"), 12, value=300)
        Target.objects.filter(key="W6").update(value=310)
        with pytest.raises(Refused, match="重新提出"):
            approve_adjustment(adjustment=act, by=user("wuhan_leader"))


class TestInForce:
    def test_progress_changes_from_the_period_on_and_not_before(
        self, target: Callable[[str], Target]
    ) -> None:
        """September's figure was approved before: 262.4 of 260 is done; June stays 43.6%."""
        before = rows_of("W6")
        agreed(target("W6"), 9, value=260)
        after = rows_of("W6")
        assert (before[9].light, after[9].light, after[9].target_value) == (Light.GREEN, Light.BLUE, 260)
        assert (after[6].rate, after[6].target_value) == (before[6].rate, 320)
        behind = Recompute.objects.filter(period__bureau__code="wuhan")
        assert all(row.behind == 0 for row in behind)
        assert behind.get(period__month=6).requested < behind.get(period__month=9).requested

    def test_acts_out_of_order_each_hold_from_their_own_period(self, wuhan: Bureau, target) -> None:
        Period.objects.filter(bureau=wuhan).update(locked_on=None)
        start_december(wuhan)
        agreed(target("W6"), 3, value=310)
        agreed(target("W6"), 12, value=280)
        middle = agreed(target("W6"), 6, value=300, pace=Pace.CUSTOM, pace_shares=shares(10, 30, 70, 100))
        rows = rows_of("W6")
        assert [rows[month].target_value for month in (3, 6, 9, 12)] == [310, 300, 300, 280]
        assert [rows[month].share for month in (3, 6, 9, 12)] == [
            Decimal("0.25"), Decimal("0.3"), Decimal("0.7"), 1,
        ]  # fmt: skip
        assert middle.old_value == 310
        again = agreed(target("W6"), 6, value=290)
        assert (again.old_value, rows_of("W6")[9].target_value) == (300, 290)

    def test_everything_computed_at_once_is_what_was_computed_act_by_act(self, wuhan: Bureau, target) -> None:
        start_december(wuhan)
        agreed(target("W7"), 9, value=1_200_000, unit="平方米")
        agreed(target("W6"), 12, value=300)
        agreed(target("W2"), 12, pace=Pace.SEASONAL)
        agreed(target("W8"), 9, lead=Unit.objects.get(bureau=wuhan, name="科技金融处"))
        stored = everything_stored()
        recompute_all()
        assert everything_stored() == stored

    def test_a_target_that_stands_in_one_period_stands_in_another(self, target) -> None:
        agreed(target("W6"), 9, value=3_000_000, unit="万元")
        w6 = target("W6")
        june, september = (Period.objects.get(bureau__code="wuhan", month=month) for month in (6, 9))
        for period, expected in ((september, (3_000_000, "万元")), (june, (320, "亿元"))) * 2:
            stand_in_force([w6], period)
            stand_in_force([w6], period)
            assert (w6.value, w6.unit) == expected
        assert not w6.is_adjusted and (w6.plan_value, w6.plan_unit) == (320, "亿元")


class TestUnitOfMeasure:
    def test_figures_of_its_periods_are_converted_and_earlier_ones_stay(self, target) -> None:
        before = rows_of("W6")
        agreed(target("W6"), 9, value=3_200_000, unit="万元")
        after = rows_of("W6")
        assert (after[9].target_value, after[9].actual) == (3_200_000, 2_624_000)
        assert (after[9].rate, after[9].light) == (before[9].rate, before[9].light)
        assert (after[6].target_value, after[6].actual) == (320, Decimal("139.6"))
        figure = Figure.objects.get(target__key="W6", period__bureau__code="wuhan", period__month=9)
        version = figure.versions.get(number=figure.approved_version)
        assert (figure.value, figure.approved_value, version.value) == (2_624_000,) * 3
        assert figure.state == State.APPROVED and "万元" in version.reason
        assert figure.versions.get(number=1).value == Decimal("262.4")
        stood = target("W6")
        stand_in_force([stood], figure.period)
        assert (target("W6").decimals, stood.decimals) == (2, 0)
        assert figure.decisions.filter(act="APPROVE", version=figure.approved_version).count() == 1

    def test_the_parts_go_along(self, target) -> None:
        agreed(target("W7"), 9, value=1_200_000, unit="平方米")
        part = Progress.objects.get(
            target__key="W7", allocation__unit__name__startswith="武昌", period__month=9
        )
        assert (part.target_value, part.actual, part.rate) == (80_000, 75_000, Decimal("0.9375"))
        june = Progress.objects.get(
            target__key="W7", allocation__unit__name__startswith="武昌", period__month=6
        )
        assert june.target_value == 8

    def test_a_season_and_a_baseline_hold_in_the_new_unit(self, target) -> None:
        """W4's season of last year is known in 亿元; the shares do not depend on the unit."""
        season = agreed(target("W4"), 9, pace=Pace.SEASONAL)
        share = rows_of("W4")[9].share
        agreed(target("W4"), 9, value=20_400_000, unit="万元")
        row = rows_of("W4")[9]
        assert season.pk and row.share == share != Decimal("0.75")
        assert row.baseline == Decimal("17001900")

    def test_a_draft_and_a_correction_keep_their_states(self, wuhan: Bureau, september, target) -> None:
        figure = Figure.objects.get(target__key="W6", period=september)
        figure.state, figure.value = State.DRAFT, Decimal("263")
        figure.last_version += 1
        figure.versions.create(
            number=figure.last_version, value=263, basis=figure.basis, nature="FLASH", origin="PAGE",
            by=user("wuhan_office"), at=wuhan.now,
        )  # fmt: skip
        figure.save()
        agreed(target("W6"), 9, value=3_200_000, unit="万元")
        figure.refresh_from_db()
        assert (figure.state, figure.value, figure.approved_value) == (State.DRAFT, 2_630_000, 2_624_000)
        assert figure.versions.get(number=figure.approved_version).value == 2_624_000
        assert figure.versions.get(number=figure.last_version).value == 2_630_000

    def test_what_has_no_exact_form_is_refused(self, september, target) -> None:
        act = proposed(target("W6"), 9, value=Decimal("0.032"), unit="万亿元")
        Figure.objects.filter(target__key="W6", period=september).update(
            value=Decimal("262.401"), approved_value=Decimal("262.401")
        )
        with pytest.raises(Refused, match=r"262\.401"):
            approve_adjustment(adjustment=act, by=user("wuhan_leader"))
        act.refresh_from_db()
        assert act.is_open

    def test_a_number_meant_in_the_old_unit_is_not_written(self, wuhan: Bureau, target) -> None:
        """An upload or an open page shows 亿元 while the unit changes: the number is refused, not misread."""
        december = start_december(wuhan)
        w6 = target("W6")
        agreed(w6, 12, value=3_000_000, unit="万元")
        hand = reporter_of(w6.lead)
        old = FigureInput(target=target("W6"), revision=0, value=Decimal("342.89"), unit="亿元")
        with pytest.raises(Refused, match="万元"):
            save_entries(period=december, unit=w6.lead, figures=[old], by=hand)
        new = FigureInput(target=target("W6"), revision=0, value=Decimal(3_428_900), unit="万元")
        assert save_entries(period=december, unit=w6.lead, figures=[new], by=hand).changed == 1

    def test_a_unit_does_not_change_below_a_later_value(self, wuhan: Bureau, target) -> None:
        start_december(wuhan)
        agreed(target("W6"), 12, value=300)
        with pytest.raises(Refused, match="计量单位"):
            proposed(target("W6"), 9, value=3_200_000, unit="万元")
        act = agreed(target("W6"), 12, value=3_000_000, unit="万元")
        assert (act.old_unit, rows_of("W6")[12].target_value) == ("亿元", 3_000_000)
        assert agreed(target("W6"), 9, value=310).new_unit == "亿元"
        assert rows_of("W6")[12].target_value == 3_000_000


class TestLead:
    def test_the_former_leads_text_stays_the_leads_text_of_its_period(self, wuhan: Bureau, target) -> None:
        w6 = target("W6")
        agreed(w6, 9, lead=Unit.objects.get(bureau=wuhan, name="科技金融处"))
        stood, september = target("W6"), Period.objects.get(bureau=wuhan, month=9)
        stand_in_force([stood], september)
        told = narratives(stood, bureau=wuhan, user=user("wuhan_leader"), until=september.key)
        assert [(view.period.month, view.is_lead) for view in told if view.unit == w6.lead][-2:] == [
            (6, True),
            (3, True),
        ]

    def test_the_new_unit_reports_from_the_period_on(self, wuhan: Bureau, september, target) -> None:
        old, new = target("W8").lead, Unit.objects.get(bureau=wuhan, name="科技金融处")
        june = Period.objects.select_related("bureau").get(bureau=wuhan, month=6)
        agreed(target("W8"), 9, lead=new)
        w8 = target("W8").pk
        assert figures_of(september, new).filter(target=w8, allocation=None).count() == 1
        assert not figures_of(september, old).filter(target=w8).exists()
        assert figures_of(june, old).filter(target=w8, allocation=None).count() == 1
        assert not figures_of(june, new).filter(target=w8).exists()

    def test_nothing_is_owed_or_counted_twice(self, wuhan: Bureau, target) -> None:
        december = start_december(wuhan)
        new = Unit.objects.get(bureau=wuhan, name="科技金融处")

        def owed(period: Period) -> dict[str, list[str]]:
            status = reporting_status(wuhan, period)
            return {
                w.unit.name: [i.label for i in w.items if i.is_figure and i.is_owed] for w in status.units
            }

        before = owed(december)
        agreed(target("W8"), 12, lead=new)
        after = owed(december)
        assert target("W8").name in after["科技金融处"] and target("W8").name not in after["创业服务处"]
        assert sum(map(len, after.values())) == sum(map(len, before.values()))

    def test_only_the_new_unit_may_enter_and_open_texts_move(self, wuhan: Bureau, target) -> None:
        december = start_december(wuhan)
        w8 = target("W8")
        old, new = w8.lead, Unit.objects.get(bureau=wuhan, name="科技金融处")
        old_hand, new_hand = reporter_of(old), reporter_of(new)
        figure = FigureInput(target=w8, revision=0, value=Decimal(21))
        text = NarrativeInput(subject=w8, revision=0, progress="已认定21个。")
        save_entries(period=december, unit=old, figures=[figure], narratives=[text], by=old_hand)
        agreed(w8, 12, lead=new)
        again = FigureInput(target=target("W8"), revision=1, value=Decimal(22))
        with pytest.raises(Refused, match="不由您"):
            save_entries(period=december, unit=old, figures=[again], by=old_hand)
        assert save_entries(period=december, unit=new, figures=[again], by=new_hand).changed == 1
        assert Narrative.objects.get(target=w8, period=december).unit == new


def shares(*parts: int) -> tuple[Decimal, ...]:
    return tuple(map(Decimal, parts))


def reporter_of(unit: Unit) -> User:
    found = User.objects.filter(memberships__unit=unit, memberships__role="reporter", is_active=True).first()
    assert found
    return found
