"""The extra periods of October and November (月调度): from entering to the light, pages and export."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from accounts.models import Bureau, Unit, User
from reports.services.exports import request_export, write_export
from targets.enums import Light, Measure
from targets.inputs import FigureInput
from targets.models import Figure, Period, Progress, Target
from targets.periods import PeriodKey
from targets.selectors.duties import duties
from targets.selectors.entry import entry_sheet
from targets.selectors.entry_rows import FigureRow
from targets.selectors.ledger import single_quarter
from targets.services.entering import submit_entries
from targets.services.periods import Dates, start_period
from targets.services.recompute import catch_up
from targets.services.reviewing import ItemRef, approve_items, pass_items
from targets.words import period_short_name, single_period_name

pytestmark = pytest.mark.django_db


def start(bureau: Bureau, month: int, by: User) -> Period:
    dates = Dates(date(2014, month + 1, 10) if month < 12 else date(2015, 1, 9))
    start_period(bureau=bureau, key=PeriodKey(2014, month), dates=dates, by=by)
    return Period.objects.select_related("bureau").get(bureau=bureau, month=month)


@pytest.fixture
def october(wuhan: Bureau, person: Callable[[str], User]) -> Period:
    return start(wuhan, 10, person("wuhan_office"))


@pytest.fixture
def unit(wuhan: Bureau) -> Unit:
    return Unit.objects.select_related("bureau").get(bureau=wuhan, name="高新技术处")


def row_of(period: Period, unit: Unit, key: str) -> FigureRow:
    rows = entry_sheet(period, unit).figures
    return next(row for row in rows if row.duty.target.key == key and row.duty.allocation is None)


def report(period: Period, unit: Unit, target: Target, value: str, person: Callable[[str], User]) -> Figure:
    """Entered, submitted, passed and approved, and the lights computed."""
    entry = FigureInput(target, 0, Decimal(value))
    submit_entries(period=period, unit=unit, figures=[entry], by=person("wuhan_reporter"))
    figure = Figure.objects.get(target=target, allocation=None, period=period)
    pass_items(items=[ItemRef("figure", figure.pk, figure.revision)], unit=unit, by=person("wuhan_reviewer"))
    figure.refresh_from_db()
    refs = [ItemRef("figure", figure.pk, figure.revision)]
    for plan in approve_items(items=refs, bureau=period.bureau, by=person("wuhan_office")):
        catch_up(plan_id=plan)
    figure.refresh_from_db()
    return figure


def test_the_duties_are_those_of_every_period_and_not_the_half_yearly_ones(october, xian, person) -> None:
    assert {duty.target.key for duty in duties(october).figures if duty.is_due} >= {"W1", "W2", "W6", "W9"}
    pushed = start(xian, 11, person("xian_office"))
    due = {duty.target.key for duty in duties(pushed).figures if duty.is_due}
    assert "X11" not in due and "X3" in due  # X11 is reported half-yearly


def test_the_months_own_number_is_counted_from_the_quarter_before(
    wuhan, october, unit, target, person
) -> None:
    row = row_of(october, unit, "W2")
    assert (row.previous_value, row.quarter_before) == (Decimal("4760.0"), Decimal("4760.0"))
    assert row.cumulative_from(Decimal(540)) == Decimal(5300)
    report(october, unit, target("W2"), "5300", person)
    assert row_of(october, unit, "W2").single == Decimal(540)
    november = start(wuhan, 11, person("wuhan_office"))
    row = row_of(november, unit, "W2")
    assert (row.previous_value, row.quarter_before) == (Decimal(5300), Decimal("4760.0"))
    december = start(wuhan, 12, person("wuhan_office"))
    assert row_of(december, unit, "W2").quarter_before == Decimal("4760.0")  # the fourth quarter is a quarter


def test_the_light_is_judged_against_the_months_share(october, unit, target, person) -> None:
    report(october, unit, target("W2"), "5300", person)
    row = Progress.objects.get(target=target("W2"), allocation=None, period=october)
    assert row.share == Decimal("0.8333333333") and row.light == Light.YELLOW
    assert row.target.measure == Measure.FLOW
    stored = {one.period.month: one for one in Progress.objects.filter(target=row.target, allocation=None)}
    assert single_quarter(row.target, stored, october.key) == Decimal(540)


def test_a_custom_pace_is_linear_between_the_quarters(xian, person) -> None:
    pushed = start(xian, 10, person("xian_office"))
    for plan in xian.plans.all():
        catch_up(plan_id=plan.pk)
    row = Progress.objects.get(target__key="X3", period=pushed, allocation=None)
    assert (row.share * 100).quantize(Decimal("0.1")) == Decimal("73.3")  # 10/30/60/100
    assert row.light == Light.GREY  # due, and nothing approved


def test_what_the_months_are_called() -> None:
    assert [single_period_name(PeriodKey(2014, month)) for month in (9, 10, 11, 12)] == [
        "三季度",
        "10月",
        "10—11月",
        "四季度",
    ]
    assert period_short_name(PeriodKey(2014, 10)) == "1—10月"
    with override("en"):
        assert period_short_name(PeriodKey(2014, 11)) == "January–November"


def test_every_page_shows_the_month(client_of, october, unit, target, person) -> None:
    report(october, unit, target("W2"), "5300", person)
    client: Client = client_of("wuhan_office")
    key = str(october.key)
    for address in (
        reverse("home"),
        reverse("periods", args=["wuhan"]),
        reverse("reporting-matrix", args=["wuhan"]),
        reverse("period-reminders", args=["wuhan", 2014, 10]),
        reverse("dashboard", args=["wuhan", key]),
        reverse("plan", args=["wuhan", 2014]) + f"?period={key}",
        reverse("document", args=["wuhan", 2014]) + f"?period={key}",
        reverse("target", args=[target("W2").pk]) + f"?period={key}",
        reverse("review"),
        reverse("entry-sheet", args=[october.pk, unit.pk]),
    ):
        answer = client.get(address)
        assert answer.status_code == 200, address
        assert "1—10月" in answer.content.decode(), address
    book = client_of("wuhan_reporter").get(reverse("entry-workbook", args=[october.pk, unit.pk]))
    assert book.status_code == 200


def test_the_workbook_of_the_month_is_exported(
    wuhan_plan, october, unit, target, person, settings, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path
    report(october, unit, target("W2"), "5300", person)
    job, _is_new = request_export(plan=wuhan_plan, period=october, by=person("wuhan_office"))
    write_export(job_id=job.pk)
    job.refresh_from_db()
    assert job.state == "DONE" and Path(job.file.path).stat().st_size > 5000
