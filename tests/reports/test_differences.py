"""Exports that show a figure otherwise than it counts now."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Bureau, Unit
from reports.models import ReportedValue
from reports.selectors.differences import differences
from targets.inputs import FigureInput
from targets.models import Figure, Period
from targets.services.entering import open_correction, submit_entries
from targets.services.recompute import catch_up
from targets.services.reviewing import ItemRef, approve_items, pass_items
from tests.reports.exporting import exported

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def storage(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def correct(wuhan: Bureau, person, target) -> Any:
    """Correct an approved figure of 高新技术处 and have it approved and computed."""
    Period.objects.filter(bureau=wuhan).update(locked_on=None)
    unit = Unit.objects.select_related("bureau").get(bureau=wuhan, name="高新技术处")

    def corrected(
        key: str, month: int, value: str, reason: str = "统计局修订", *, approve: bool = True
    ) -> None:
        period = Period.objects.select_related("bureau").get(bureau=wuhan, month=month)
        figure = Figure.objects.select_related("period__bureau", "target").get(
            target=target(key), period=period, allocation=None
        )
        open_correction(item=figure, unit=unit, reason=reason, by=person("wuhan_reporter"))
        figure.refresh_from_db()
        entry = FigureInput(target(key), figure.revision, Decimal(value))
        submit_entries(period=period, unit=unit, figures=[entry], by=person("wuhan_reporter"))
        if approve:
            for act, who, where in (
                (pass_items, "wuhan_reviewer", {"unit": unit}),
                (approve_items, "wuhan_office", {"bureau": wuhan}),
            ):
                figure.refresh_from_db()
                items = [ItemRef("figure", figure.pk, figure.revision)]
                act(items=items, by=person(who), **where)  # type: ignore[operator]
            catch_up(plan_id=target(key).plan_id)

    return corrected


def listed(bureau: Bureau) -> list[tuple[str, int, Decimal, Decimal | None]]:
    return [
        (row.printed.target.key, row.printed.period.month, row.printed.value, row.now)
        for row in differences([bureau])
    ]


def test_an_export_remembers_the_figures_that_it_shows(wuhan) -> None:
    job = exported(month=6)
    values = ReportedValue.objects.filter(job=job, target__key="W4").order_by("period__month")
    assert [(value.period.month, value.value) for value in values] == [(3, Decimal(402)), (6, Decimal(863))]
    assert not ReportedValue.objects.filter(job=job, target__key="W5").exists()  # nothing was due
    assert listed(wuhan) == []


def test_a_correction_lists_every_report_that_now_differs(wuhan, correct) -> None:
    """The first quarter stands in its own report, and the half year's single quarter rests on it."""
    march, june = exported(month=3), exported(month=6)
    correct("W4", 3, "405.5")
    assert listed(wuhan) == [("W4", 3, Decimal(402), Decimal("405.5"))] * 2
    found = differences([wuhan])
    assert [(row.printed.job, row.is_basis) for row in found] == [(june, True), (march, False)]
    assert {row.reason for row in found} == {"统计局修订"}
    assert {row.approved.by.username for row in found if row.approved} == {"wuhan_office"}


def test_what_is_not_approved_yet_differs_from_nothing(wuhan, correct) -> None:
    exported(month=6)
    correct("W4", 6, "870", approve=False)
    assert listed(wuhan) == []


def test_an_export_made_after_the_correction_is_not_listed(wuhan, correct) -> None:
    old = exported(month=6)
    correct("W4", 6, "870")
    exported(month=6)
    assert [row.printed.job for row in differences([wuhan])] == [old]


def test_a_figure_that_comes_back_to_what_was_printed_leaves_the_list(wuhan, correct) -> None:
    exported(month=6)
    correct("W4", 6, "870")
    assert len(listed(wuhan)) == 1
    correct("W4", 6, "863", "误改")
    assert listed(wuhan) == []


def test_another_bureau_sees_nothing_of_it(wuhan, xian, correct, client_of) -> None:
    exported(month=6)
    correct("W4", 6, "870")
    assert listed(xian) == []
    assert 'id="differences"' not in client_of("xian_office").get("/exports/").content.decode()


def test_the_office_is_told_at_home_and_on_the_page_of_exports(wuhan, correct, client_of) -> None:
    client = client_of("wuhan_office")
    exported(month=6)
    assert "#differences" not in client.get("/").content.decode()
    correct("W4", 6, "870", "统计局修订<b>")
    assert "/exports/#differences" in client.get("/").content.decode()
    html = client.get("/exports/").content.decode()
    table = html.partition('id="differences"')[2]
    assert "863.0" in table and "870.0" in table and "统计局修订&lt;b&gt;" in table


def test_many_differences_cost_no_more_queries_than_one(wuhan, correct) -> None:
    exported(month=6)
    correct("W4", 6, "870")
    with CaptureQueriesContext(connection) as one:
        differences([wuhan])
    correct("W2", 6, "2990")
    correct("W3", 6, "18.5")
    with CaptureQueriesContext(connection) as many:
        assert len(differences([wuhan])) == 3
    assert len(one) == len(many)
