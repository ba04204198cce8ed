"""The recompute service: what is stored is what the rule says, after any history, once or twice."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import connection
from django.db.models import F
from django.forms.models import model_to_dict

from accounts.models import Bureau
from plans.models import Plan
from targets.enums import Light, Split
from targets.models import (
    Figure,
    Period,
    Progress,
    ProgressRule,
    Recompute,
    Target,
    TaskProgress,
)
from targets.services.recompute import catch_up, recompute, recompute_all, request_recompute
from tests.targets.acts import agreed, proposed

pytestmark = pytest.mark.django_db


def everything_stored() -> list[dict[str, object]]:
    rows = [*Progress.objects.order_by("target", "allocation", "period")]
    rows += [*TaskProgress.objects.order_by("task", "period")]
    return [model_to_dict(row, exclude=["id"]) for row in rows]


def again(plan: Plan, period: Period) -> None:
    request_recompute(plan=plan, since=period)
    catch_up(plan_id=plan.pk)


def test_computing_all_again_gives_the_same_rows() -> None:
    before = everything_stored()
    assert len(before) > 200
    assert recompute_all() == 6
    assert everything_stored() == before


def test_only_what_is_behind_is_computed(wuhan_plan: Plan, september: Period) -> None:
    assert catch_up(plan_id=wuhan_plan.pk) == 0
    request_recompute(plan=wuhan_plan, since=september)
    assert catch_up(plan_id=wuhan_plan.pk) == 1
    assert recompute(plan_id=wuhan_plan.pk, period_id=september.pk) is False


def test_a_request_since_june_marks_september_too_and_leaves_march(wuhan_plan: Plan, wuhan: Bureau) -> None:
    june = Period.objects.get(bureau=wuhan, month=6)
    request_recompute(plan=wuhan_plan, since=june)
    behind = Recompute.objects.filter(plan=wuhan_plan, computed__lt=F("requested"))
    assert set(behind.values_list("period__month", flat=True)) == {6, 9}


def test_what_is_asked_for_while_computing_stays_behind(wuhan_plan: Plan, september: Period) -> None:
    request_recompute(plan=wuhan_plan, since=september)
    row = Recompute.objects.get(plan=wuhan_plan, period=september)
    Recompute.objects.filter(pk=row.pk).update(requested=F("requested") + 2)
    recompute(plan_id=wuhan_plan.pk, period_id=september.pk)
    row.refresh_from_db()
    assert row.behind == 0
    request_recompute(plan=wuhan_plan, since=september)
    row.refresh_from_db()
    assert row.behind == 1


def test_only_the_approved_value_counts(wuhan_plan: Plan, september: Period) -> None:
    Figure.objects.filter(target__key="W6", period=september).update(value=Decimal("1"))
    again(wuhan_plan, september)
    assert Progress.objects.get(target__key="W6", period=september).actual == Decimal("262.4")


def test_an_adjustment_counts_from_its_period_on(wuhan_plan: Plan, wuhan: Bureau) -> None:
    Period.objects.filter(bureau=wuhan).update(locked_on=None)
    agreed(Target.objects.get(key="W6"), 6, value=200)
    values = Progress.objects.filter(target__key="W6").order_by("period__month")
    assert [row.target_value for row in values] == [320, 200, 200]
    assert values[2].light == Light.BLUE
    stored = everything_stored()
    recompute_all()
    assert everything_stored() == stored


def test_a_proposed_adjustment_does_not_count(wuhan_plan: Plan, september: Period) -> None:
    proposed(Target.objects.get(key="W6"), 9, value=200)
    again(wuhan_plan, september)
    assert Progress.objects.get(target__key="W6", period=september).target_value == 320


def test_a_sum_of_districts_is_not_judged_while_one_is_missing(wuhan_plan: Plan, september: Period) -> None:
    target = Target.objects.get(key="W7")
    Target.objects.filter(pk=target.pk).update(split=Split.SUM)
    again(wuhan_plan, september)
    row = Progress.objects.get(target=target, allocation=None, period=september)
    assert (row.actual, row.incomplete, row.light) == (Decimal("97.8"), True, Light.GREY)


def test_districts_are_judged_like_targets(september: Period) -> None:
    rows = Progress.objects.filter(period=september, allocation__target__key="W7").select_related(
        "allocation__unit"
    )
    lights = {row.allocation.unit.name: (row.light, row.rate) for row in rows if row.allocation}
    assert len(lights) == 15
    wuchang = next(value for name, value in lights.items() if name.startswith("武昌"))
    assert wuchang == (Light.GREEN, Decimal("0.9375"))
    xinzhou = next(value for name, value in lights.items() if name.startswith("新洲"))
    assert xinzhou[0] == Light.GREY
    lake = next(value for name, value in lights.items() if name.startswith("东湖风景"))
    assert lake[0] == Light.NONE


def test_a_new_version_of_the_rule_is_named_by_the_rows(
    wuhan_plan: Plan, wuhan: Bureau, september: Period
) -> None:
    ProgressRule.objects.create(bureau=wuhan, number=2, yellow_floor=Decimal("-0.03"), since=september.cutoff)
    again(wuhan_plan, september)
    row = Progress.objects.get(target__key="W2", period=september)
    assert row.rule.number == 2
    assert row.light == Light.RED  # −4.2 percentage points is beyond 3 now
    assert Progress.objects.get(target__key="W2", period__month=6).rule.number == 1


def test_another_plan_is_left_alone(wuhan_plan: Plan, september: Period) -> None:
    before = list(Progress.objects.exclude(target__plan=wuhan_plan).values_list("pk", flat=True))
    again(wuhan_plan, september)
    assert list(Progress.objects.exclude(target__plan=wuhan_plan).values_list("pk", flat=True)) == before


def test_statements_do_not_grow_with_the_plan(
    wuhan_plan: Plan, september: Period, django_assert_num_queries: pytest.FixtureRequest
) -> None:
    request_recompute(plan=wuhan_plan, since=september)
    assert connection.in_atomic_block
    with django_assert_num_queries(7):  # type: ignore[operator]  # two of them the savepoint
        recompute(plan_id=wuhan_plan.pk, period_id=september.pk)
