"""Allocating a target: parts with their own values, beside the whole, and what they were before."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.test import Client

from accounts.models import AuditEvent, Bureau, Unit, User
from targets.enums import Light, Measure, Split
from targets.errors import Refused
from targets.models import Allocation, AllocationChange, Figure, Period, Progress, Target
from targets.periods import PeriodKey
from targets.selectors.duties import duties, targets_of
from targets.selectors.form_figures import figure_items
from targets.selectors.spreadsheet_scope import spreadsheet_scope
from targets.services.adjusting import NewTerms, approve_adjustment, propose_adjustment
from targets.services.allocating import PartInput, allocate, stamp
from targets.services.recompute import catch_up, recompute_all
from tests.targets.opened_page import OpenedPage


@pytest.fixture
def office(person: Callable[[str], User]) -> User:
    return person("wuhan_office")


@pytest.fixture
def w7(target: Callable[[str], Target]) -> Target:
    """Allocated to fifteen districts, with figures approved in all of them but two."""
    return target("W7")


@pytest.fixture
def w8(target: Callable[[str], Target]) -> Target:
    return target("W8")


def unit(name: str) -> Unit:
    return Unit.objects.get(bureau__code="wuhan", name=name)


def parts_of(target: Target, **values: object) -> list[PartInput]:
    """The stored parts, some with another value ("" takes one away)."""
    wanted = []
    for part in target.allocations.select_related("unit"):
        value = values.get(part.unit.name, part.value)
        if value != "":
            value = Decimal(value) if isinstance(value, str) else value
            wanted.append(PartInput(part.unit_id, value, part.baseline, part.order))  # type: ignore[arg-type]
    return wanted


def lights(target: Target, name: str) -> dict[int, tuple[str, Decimal | None]]:
    rows = Progress.objects.filter(target=target, allocation__unit__name=name).select_related("period")
    return {row.period.month: (row.light, row.target_value) for row in rows}


def test_parts_of_units_and_districts_with_and_without_a_target(
    w8: Target, office: User, september: Period
) -> None:
    own, district = unit("高新技术处"), unit("江岸区")
    parts = [PartInput(own.pk, Decimal(12)), PartInput(district.pk, None)]
    changes = allocate(target=w8, parts=parts, split=Split.DIRECT, by=office)
    assert [change.unit for change in changes] == [own, district]
    assert [(part.order, part.value) for part in w8.allocations.all()] == [(1, Decimal(12)), (2, None)]
    reported = {duty.label: duty.owner_id for duty in duties(september).figures if duty.target == w8}
    assert reported[f"{w8.name} · 高新技术处"] == own.pk, "a unit that signs in reports its part itself"
    assert reported[f"{w8.name} · 江岸区"] == w8.lead_id, "for a district the lead unit does"
    event = AuditEvent.objects.get(kind="target.allocated")
    assert event.after["parts"] == {"高新技术处": "12", "江岸区": "–"}
    assert allocate(target=w8, parts=parts_of(w8), split=Split.DIRECT, by=office) == []


def test_a_new_part_has_no_target_in_the_periods_that_were_locked(w8: Target, office: User) -> None:
    allocate(target=w8, parts=[PartInput(unit("江岸区").pk, Decimal(3))], split=Split.DIRECT, by=office)
    recompute_all()
    assert lights(w8, "江岸区") == {
        3: (Light.NONE, None), 6: (Light.NONE, None), 9: (Light.GREY, Decimal(3)),
    }  # fmt: skip


@pytest.mark.parametrize("split", [Split.DIRECT, Split.SUM])
def test_a_new_part_is_owed_from_the_first_open_period_on(
    target: Callable[[str], Target], office: User, wuhan: Bureau, split: str
) -> None:
    w6, own = target("W6"), unit("成果与市场处")
    # Once figures are approved, how they are reported could not change.
    Figure.objects.filter(target=w6).update(state="DRAFT", approved_version=None, approved_value=None)
    allocate(target=w6, parts=[PartInput(own.pk, Decimal(100))], split=split, by=office)
    owed = {}
    for period in Period.objects.filter(bureau=wuhan, month__in=[3, 6, 9]):
        figures = [duty for duty in duties(period).figures if duty.target == w6]
        form = figure_items(own, period, targets_of(period, own, {w6.pk}), {})
        owed[period.month] = [duty.allocation is not None for duty in figures if duty.is_due]
        assert [item.allocation_id is not None for item in form] == owed[period.month]
        knowns = [one for one in spreadsheet_scope(period).knowns if one.target_id == w6.pk]
        assert [one.is_due for one in knowns] == [True, period.month == 9]
    assert owed == {3: [False], 6: [False], 9: [True] if split == Split.SUM else [False, True]}


def test_a_locked_period_shows_the_value_it_was_judged_with(w7: Target, office: User, wuhan: Bureau) -> None:
    Period.objects.filter(bureau=wuhan, month=9).update(locked_on=wuhan.today)
    allocate(target=w7, parts=parts_of(w7, 汉阳区="4"), split=w7.split, by=office, reason="重新核定")
    period = Period.objects.get(bureau=wuhan, month=9)
    duty = next(one for one in duties(period).figures if one.label == f"{w7.name} · 汉阳区")
    assert duty.allocation and duty.allocation.value == 7


def test_a_value_with_approved_figures_changes_with_a_reason_and_the_past_stays(
    w7: Target, office: User
) -> None:
    before = lights(w7, "汉阳区")
    with pytest.raises(Refused, match="汉阳区"):
        allocate(target=w7, parts=parts_of(w7, 汉阳区="4"), split=w7.split, by=office)
    allocate(target=w7, parts=parts_of(w7, 汉阳区="4"), split=w7.split, by=office, reason="年中重新核定")
    catch_up(plan_id=w7.plan_id)
    after = lights(w7, "汉阳区")
    assert {month: after[month] for month in (3, 6)} == {month: before[month] for month in (3, 6)}
    assert (before[9], after[9][1]) == ((Light.RED, Decimal(7)), Decimal(4))
    assert after[9][0] == Light.GREEN
    change = AllocationChange.objects.get(target=w7, is_new=False)
    assert (change.old_value, change.new_value, change.through_month) == (7, 4, 6)
    incremental = list(
        Progress.objects.filter(target=w7).order_by("period", "allocation").values("light", "rate")
    )
    recompute_all()
    assert incremental == list(
        Progress.objects.filter(target=w7).order_by("period", "allocation").values("light", "rate")
    )


def test_the_history_of_parts_is_append_only(w7: Target, office: User) -> None:
    allocate(target=w7, parts=parts_of(w7, 汉阳区="4"), split=w7.split, by=office, reason="重新核定")
    with pytest.raises(Exception, match="append-only"):
        AllocationChange.objects.update(old_value=1)


def test_a_part_with_figures_stays_and_one_without_goes(w7: Target, office: User) -> None:
    with pytest.raises(Refused, match="江岸区"):
        allocate(target=w7, parts=parts_of(w7, 江岸区=""), split=w7.split, by=office)
    assert not Figure.objects.filter(allocation__unit__name="东湖风景区").exists()
    allocate(target=w7, parts=parts_of(w7, 东湖风景区=""), split=w7.split, by=office)
    assert not Allocation.objects.filter(target=w7, unit__name="东湖风景区").exists()
    assert w7.allocations.count() == 14


def test_the_sum_of_units_needs_all_of_them_and_shows_the_partial_sum(
    w8: Target, office: User, september: Period
) -> None:
    Figure.objects.filter(target=w8).update(approved_version=None, approved_value=None, state="DRAFT")
    names = ["高新技术处", "发展计划处", "江岸区"]
    parts = [PartInput(unit(name).pk, None if name == "江岸区" else Decimal(10)) for name in names]
    allocate(target=w8, parts=parts, split=Split.SUM, by=office)
    assert Target.objects.get(pk=w8.pk).split == Split.SUM

    def approve(name: str, value: int) -> None:
        part = Allocation.objects.get(target=w8, unit__name=name)
        Figure.objects.create(
            target=w8,
            allocation=part,
            period=september,
            state="APPROVED",
            nature="FLASH",
            value=value,
            approved_value=value,
            approved_version=1,
            last_version=1,
            updated_by=office,
            updated_at=office.date_joined,
        )
        allocate(target=w8, parts=parts_of(w8, 江岸区=None), split=Split.SUM, by=office)
        recompute_all()

    approve("高新技术处", 7)
    whole = Progress.objects.get(target=w8, allocation=None, period=september)
    assert (whole.incomplete, whole.actual, whole.light) == (True, 7, Light.GREY)
    approve("发展计划处", 9)
    whole = Progress.objects.get(target=w8, allocation=None, period=september)
    assert (whole.incomplete, whole.actual, whole.light) == (False, 16, Light.GREEN)


class TestRefusals:
    def test_what_cannot_be_summed(self, target: Callable[[str], Target], office: User, w8: Target) -> None:
        ratio = target("W5")
        assert ratio.measure == Measure.RATIO
        parts = [PartInput(unit("江岸区").pk, Decimal(3))]
        with pytest.raises(Refused, match="比率"):
            allocate(target=ratio, parts=parts, split=Split.SUM, by=office)
        allocate(target=ratio, parts=parts, split=Split.DIRECT, by=office)
        Figure.objects.filter(target=w8).update(approved_version=None, approved_value=None, state="DRAFT")
        with pytest.raises(Refused, match="汇总"):
            allocate(target=w8, parts=[PartInput(unit("江岸区").pk, None)], split=Split.SUM, by=office)
        with pytest.raises(Refused, match="报送方式"):
            allocate(target=w8, parts=parts, split="NONSENSE", by=office)

    def test_another_way_of_reporting_once_figures_are_approved(self, w7: Target, office: User) -> None:
        with pytest.raises(Refused, match="核定"):
            allocate(target=w7, parts=parts_of(w7), split=Split.SUM, by=office)

    def test_units_of_another_bureau_and_one_named_twice(self, w8: Target, office: User) -> None:
        foreign = Unit.objects.get(bureau__code="xian", name="新城区")
        own = PartInput(unit("江岸区").pk, Decimal(3))
        for parts in ([PartInput(foreign.pk, Decimal(3))], [own, own]):
            with pytest.raises(Refused, match="不存在或重复"):
                allocate(target=w8, parts=parts, split=w8.split, by=office)

    def test_a_form_that_somebody_overtook(self, w8: Target, office: User) -> None:
        opened = stamp(w8, w8.allocations.all())
        parts = [PartInput(unit("江岸区").pk, Decimal(3))]
        allocate(target=w8, parts=parts, split=w8.split, by=office, was=opened)
        with pytest.raises(Refused, match="他人"):
            allocate(target=w8, parts=[], split=w8.split, by=office, was=opened)

    def test_everybody_but_the_office(self, w8: Target, person: Callable[[str], User]) -> None:
        for username in ("wuhan_reporter", "wuhan_leader", "xian_office"):
            with pytest.raises(Refused, match="办公室"):
                allocate(target=w8, parts=[], split=w8.split, by=person(username))


class TestPage:
    def test_the_sum_stands_beside_the_whole_with_the_difference(
        self, w7: Target, client_of: Callable[[str], Client]
    ) -> None:
        html = client_of("wuhan_office").get(f"/targets/{w7.pk}/allocations").content.decode()
        assert "目标合计129" in html.replace(" ", "") or "129" in html
        assert "+9" in html

    def test_after_an_adjustment_the_parts_stand_beside_the_value_in_force(
        self, w7: Target, client_of: Callable[[str], Client], office: User, person: Callable[[str], User]
    ) -> None:
        propose_adjustment(
            target=w7,
            since=PeriodKey(2014, 9),
            terms=NewTerms(value=Decimal(129), pace=w7.pace, pace_shares=tuple(w7.pace_shares or ())),
            reason="与各区合计一致",
            document_number="(演示)",
            by=office,
        )
        approve_adjustment(adjustment=w7.adjustments.get(), by=person("wuhan_leader"))
        page = client_of("wuhan_office").get(f"/targets/{w7.pk}/allocations").context["page"]
        assert (page.total, page.whole, page.difference) == (129, 129, 0)

    def test_the_form_saves_without_any_script(self, w8: Target, client_of: Callable[[str], Client]) -> None:
        page = OpenedPage(client_of("wuhan_office"), f"/targets/{w8.pk}/allocations", "data-allocations")
        sent = {f"v{unit('江岸区').pk}": "1万个", f"v{unit('江汉区').pk}": "–", f"b{unit('江岸区').pk}": "2"}
        refused = page.client.post(page.path, {**page.fields, **sent, f"v{unit('硚口区').pk}": "待定"})
        assert refused.status_code == 422
        assert "“待定”不是数字" in refused.content.decode()
        assert not w8.allocations.exists()
        answer = page.client.post(page.path, {**page.fields, **sent}, follow=True)
        assert "已修改2项分解" in answer.content.decode()
        assert [(part.value, part.baseline) for part in w8.allocations.all()] == [(10000, 2), (None, None)]

    def test_the_number_of_queries_does_not_grow_with_the_parts(
        self, w7: Target, w8: Target, client_of: Callable[[str], Client], django_assert_max_num_queries
    ) -> None:
        client = client_of("wuhan_office")
        for one in (w7, w8):
            with django_assert_max_num_queries(16):
                client.get(f"/targets/{one.pk}/allocations")
