"""Adjusting a target: proposed by the office, agreed to by a leader, in force from its period on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from accounts.models import AuditEvent, Bureau, Unit
from targets.enums import Approval, Light, Pace, State
from targets.errors import Refused
from targets.models import Adjustment, Figure, Period, Target
from targets.periods import PeriodKey
from targets.services.adjusting import (
    NewTerms,
    approve_adjustment,
    decline_adjustment,
    propose_adjustment,
    withdraw_adjustment,
)
from targets.services.periods import lock_period
from targets.services.recompute import recompute_all
from tests.targets.acts import agreed, proposed, rows_of, start_december, user

pytestmark = pytest.mark.django_db
TRUNCATE = "SET CONSTRAINTS ALL IMMEDIATE; TRUNCATE targets_adjustment CASCADE"


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
