"""What holds in a period after adjustments: progress, figures in another unit of measure, another lead."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest

from accounts.models import Bureau, Unit
from plans.models import Plan
from reports.selectors.overview import overview
from targets.entry_text import parse_entry
from targets.enums import Light, Pace, State
from targets.errors import Refused
from targets.filters import PlanFilter
from targets.inputs import FigureInput, NarrativeInput
from targets.models import EntryDraft, Figure, Narrative, Period, Progress, Recompute, Target
from targets.selectors.board import board
from targets.selectors.entry import entry_sheet
from targets.selectors.ledger import ledger
from targets.selectors.narratives import narratives
from targets.selectors.owners import figures_of
from targets.selectors.terms import stand_in_force
from targets.selectors.work import reporting_status
from targets.services.adjusting import (
    approve_adjustment,
)
from targets.services.drafts import keep_draft
from targets.services.entering import save_entries
from targets.services.recompute import recompute_all
from targets.units import parse_unit
from tests.targets.acts import agreed, proposed, reporter_of, rows_of, start_december, user
from tests.targets.test_recompute import everything_stored

pytestmark = pytest.mark.django_db


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

    def test_what_stands_beside_a_figure_is_in_the_same_unit(self, september, target) -> None:
        """June's 139.6 and last year's 214.2 were written in 亿元."""
        agreed(target("W6"), 9, value=3_000_000, unit="万元")
        sheet = entry_sheet(september, target("W6").lead)
        row = next(row for row in sheet.figures if row.duty.target.key == "W6")
        assert (row.annual, row.adjusted_from, row.value) == (3_000_000, 320, 2_624_000)
        assert (row.previous_value, row.last_year, row.single) == (1_396_000, 2_142_000, 1_228_000)

    def test_growth_and_single_quarter_of_the_ledger_stay(self, wuhan_plan: Plan, september, target) -> None:
        def told() -> tuple[object, ...]:
            rows = [row for row in ledger(wuhan_plan, september) if row.target and row.target.key == "W6"]
            return rows[0].growth, rows[0].single, rows[0].last_year

        growth, single, last_year = told()
        agreed(target("W6"), 9, value=3_000_000, unit="万元")
        assert told() == (growth, single * 10_000, last_year * 10_000)  # type: ignore[operator]

    def test_the_parts_go_along(self, target) -> None:
        agreed(target("W7"), 9, value=1_200_000, unit="平方米")
        part = Progress.objects.get(
            target__key="W7", allocation__unit__name__startswith="武昌", period__month=9
        )
        assert (part.target_value, part.actual, part.rate) == (80_000, 75_000, Decimal("0.9375"))
        june = Progress.objects.get(target__key="W7", allocation=None, period__month=6)
        assert june.target_value == 120

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

    def test_numbers_typed_and_not_saved_keep_their_meaning(self, september, target) -> None:
        w6, hand = target("W6"), user("wuhan_office")
        row = f"f{w6.pk}"
        fields = {f"{row}-value": "２６３.5", f"{row}-forecast": "3.4万亿", f"{row}-note": "263"}
        keep_draft(period=september, unit=w6.lead, row=row, fields=fields, known=0, by=hand)
        other = target("W8")
        keep_draft(
            period=september, unit=other.lead, row=f"f{other.pk}", fields={f"f{other.pk}-value": "21"},
            known=0, by=hand,
        )  # fmt: skip
        agreed(w6, 9, value=3_000_000, unit="万元")
        kept = {draft.row: draft.fields for draft in EntryDraft.objects.all()}
        assert kept[row] == {**fields, f"{row}-value": "２６３.5亿元"}
        assert parse_entry(kept[row][f"{row}-value"], parse_unit("万元")).value == 2_635_000
        assert kept[f"f{other.pk}"] == {f"f{other.pk}-value": "21"}

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

    def test_plan_filter_and_overview_follow_the_lead_of_the_period(
        self, wuhan: Bureau, wuhan_plan: Plan, september, target
    ) -> None:
        """W3 lags in September; from then on another unit leads it."""
        old, new = target("W3").lead, Unit.objects.get(bureau=wuhan, name="科技金融处")
        agreed(target("W3"), 9, lead=new)

        def led_by(unit: Unit, month: int) -> bool:
            state = board(wuhan_plan, Period.objects.get(bureau=wuhan, month=month))
            fits = PlanFilter({"lead": str(unit.pk)}, state).fits()
            return any(fits and fits(row) for row in state.rows if row.target and row.target.key == "W3")

        assert led_by(new, 9) and not led_by(old, 9)
        assert led_by(old, 6) and not led_by(new, 6)
        views = {view.bureau.code: view for view in overview(user("observer")).bureaus}
        assert {lag.lead for lag in views["wuhan"].laggards if lag.name == target("W3").name} == {new.name}

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
