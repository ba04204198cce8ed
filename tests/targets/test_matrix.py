"""The reporting matrix: every unit in official order, one state each, linked; and who sees which rows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Bureau, Unit, User
from targets.enums import Split, State
from targets.models import Figure, Period, Target
from targets.periods import PeriodKey
from targets.selectors.matrix import Matrix, matrix
from targets.services.allocating import PartInput, allocate
from targets.services.exceptions import ask_exception, grant_exception
from targets.services.periods import Dates, start_period
from targets.standing import MISSING, NO_TASK
from targets.templatetags.reporting import standing
from tests.targets.small_plan import small_plan

pytestmark = pytest.mark.django_db

ClientOf = Callable[[str], Client]
ADDRESS = "/reporting/wuhan/"


@pytest.fixture
def shown(wuhan: Bureau) -> Matrix:
    return matrix(wuhan, 2014)


def cell_of(shown: Matrix, name: str, month: int = 9):
    row = next(row for row in shown.rows if row.unit.name == name)
    return next(cell for cell in row.cells if cell.period.month == month)


def test_units_stand_in_official_order_and_none_is_left_out(shown: Matrix, wuhan) -> None:
    orders = [row.unit.order for row in shown.rows]
    assert orders == list(range(1, 18))
    assert [period.month for period in shown.periods] == [3, 6, 9]
    assert all(len(row.cells) == 3 for row in shown.rows)


def test_a_part_that_is_added_later_leaves_a_locked_period_as_it_was(
    wuhan: Bureau, target: Callable[[str], Target], person: Callable[[str], User], shown: Matrix
) -> None:
    own = Unit.objects.get(bureau=wuhan, name="成果与市场处")
    target_of_own = PartInput(own.pk, Decimal(100))
    allocate(target=target("W6"), parts=[target_of_own], split=Split.DIRECT, by=person("wuhan_office"))
    found = matrix(wuhan, 2014)
    for month in (3, 6):
        before, after = cell_of(shown, own.name, month), cell_of(found, own.name, month)
        assert (after.standing, after.sent, after.owed) == (State.APPROVED, before.sent, before.owed)
    assert cell_of(found, own.name, 9).owed == cell_of(shown, own.name, 9).owed + 1


def test_the_demonstrations_districts_are_owed_in_the_nine_months_only(shown: Matrix) -> None:
    assert [cell_of(shown, "创业服务处", month).standing for month in (3, 6)] == [State.APPROVED] * 2


def test_the_demonstrations_units_stand_where_the_stories_put_them(shown: Matrix) -> None:
    missing = cell_of(shown, "条件财务处")  # W9 was never reported
    assert (missing.standing, missing.sent < missing.owed) == (MISSING, True)
    assert len(missing.reminders) == 2 and missing.is_overdue
    assert cell_of(shown, "高新技术处").standing == State.RETURNED  # W11
    assert cell_of(shown, "监察室").standing == NO_TASK
    assert cell_of(shown, "高新技术处", 6).standing == State.APPROVED


def test_before_the_deadline_a_unit_that_has_begun_is_filling_in(wuhan, september) -> None:
    unit = Unit.objects.get(bureau=wuhan, name="条件财务处")
    figure = Figure.objects.get(target__key="W6", allocation=None, period=september)
    assert cell_of(matrix(wuhan, 2014), figure.target.lead.name).standing == State.SUBMITTED
    Figure.objects.filter(pk=figure.pk).update(state=State.DRAFT)
    assert cell_of(matrix(wuhan, 2014), figure.target.lead.name).standing == State.DRAFT
    Period.objects.filter(pk=september.pk).update(report_due=date(2014, 10, 31))
    assert cell_of(matrix(wuhan, 2014), unit.name).standing == MISSING  # nothing is begun there


def test_what_is_missing_alarms_only_once_it_is_late(wuhan, september, shown: Matrix) -> None:
    assert [cell_of(shown, "条件财务处", month).is_late for month in (6, 9)] == [True, True]
    Period.objects.filter(pk=september.pk).update(report_due=wuhan.today)
    found = matrix(wuhan, 2014)
    assert [cell_of(found, "条件财务处", month).is_late for month in (6, 9)] == [True, False]
    assert [late for counts in found.counts for _name, _count, late in counts[:1]] == [True, True, False]
    assert [standing(MISSING, late=late)["colour"] for late in (True, False)] == ["red", "grey"]


def test_the_counts_add_up_to_the_units(shown: Matrix) -> None:
    for counts in shown.counts:
        assert sum(count for _name, count, _late in counts) == len(shown.rows)


def test_an_exception_in_force_is_marked(wuhan, person) -> None:
    june = Period.objects.select_related("bureau").get(bureau=wuhan, month=6)
    unit = Unit.objects.select_related("bureau").get(bureau=wuhan, name="高新技术处")
    asked = ask_exception(period=june, unit=unit, reason="补报", items={}, by=person("wuhan_reporter"))
    assert not cell_of(matrix(wuhan, 2014), unit.name, 6).reopened
    grant_exception(exception=asked, until=date(2014, 10, 29), by=person("wuhan_office"))
    assert cell_of(matrix(wuhan, 2014), unit.name, 6).reopened
    assert not cell_of(matrix(wuhan, 2014), "成果与市场处", 6).reopened


def test_the_page_links_each_cell_to_its_sheet_and_says_every_word(client_of: ClientOf, september) -> None:
    html = client_of("wuhan_office").get(ADDRESS).content.decode()
    for unit in Unit.objects.filter(bureau=september.bureau, kind__in=["DEPARTMENT", "AFFILIATE"]):
        assert f'href="{reverse("entry-sheet", args=[september.pk, unit.pk])}"' in html
    for word in ("未报送", "已退回", "已核定", "无任务", "已催报2次"):
        assert word in html


def test_leaders_and_the_office_see_every_unit_the_units_people_the_own(client_of: ClientOf) -> None:
    for username in ("wuhan_office", "wuhan_leader"):
        assert len(client_of(username).get(ADDRESS).context["matrix"].rows) == 17
    for username in ("wuhan_reviewer", "wuhan_reporter"):
        rows = client_of(username).get(ADDRESS).context["matrix"].rows
        assert [row.unit.name for row in rows] == ["高新技术处"]


@pytest.mark.parametrize(
    ("username", "status"),
    [
        ("wuhan_reviewer", 200),
        ("observer", 403),
        ("sysadmin", 403),
        ("xian_office", 404),
        ("xian_leader", 404),
    ],
)
def test_who_opens_it(client_of: ClientOf, username: str, status: int) -> None:
    assert client_of(username).get(ADDRESS).status_code == status


def test_the_queries_do_not_grow_with_units_or_items(client_of: ClientOf) -> None:
    counted = []
    for size in (1, 3):
        small = small_plan(size, code=f"small{size}")
        for order in range(2, size + 2):
            Unit.objects.create(bureau=small.plan.bureau, name=f"处{order}", kind="DEPARTMENT", order=order)
        with CaptureQueriesContext(connection) as queries:
            found = matrix(small.plan.bureau, 2014)
        assert len(found.rows) == size + 1
        counted.append(len(queries))
    assert counted[0] == counted[1]


def test_a_monthly_push_has_its_own_column(wuhan, person) -> None:
    start_period(
        bureau=wuhan,
        key=PeriodKey(2014, 10),
        dates=Dates(date(2014, 11, 10)),
        by=person("wuhan_office"),
    )
    found = matrix(wuhan, 2014)
    assert [period.month for period in found.periods] == [3, 6, 9, 10]
    assert cell_of(found, "高新技术处", 10).standing == MISSING
