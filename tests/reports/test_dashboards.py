"""The leader's minute and the observer's view: worked counts, laggards, changes, rights, query counts."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Bureau, User
from plans.models import Plan
from reports.selectors.dashboard import Dashboard, dashboard
from reports.selectors.overview import overview
from targets.enums import Light
from targets.models import Period, Progress, Recompute, Target
from targets.selectors.board import board
from tests.targets.small_plan import small_plan

pytestmark = pytest.mark.django_db

ClientOf = Callable[[str], Client]


def page(code: str, month: int = 9) -> Dashboard:
    plan = Plan.objects.select_related("bureau", "document").get(bureau__code=code)
    return dashboard(board(plan, Period.objects.get(bureau=plan.bureau, month=month)))


def html_of(client: Client, code: str, period: str = "2014-09") -> str:
    return client.get(reverse("dashboard", args=[code, period])).content.decode()


def numbers(html: str, row: int) -> list[str]:
    """What one row of the counts table says: indicators, milestone tasks, together."""
    table = html.partition('class="data compact counts-table"')[2].partition("</table>")[0]
    cells = re.findall(r'<td class="num">(.*?)</td>', table)[3 * row : 3 * row + 3]
    return [re.sub(r"<[^>]+>", "", cell) for cell in cells]


# --- the leader's dashboard ---------------------------------------------------------------------------------


def test_wuhans_counts_as_worked_in_the_rule(client_of: ClientOf) -> None:
    html = html_of(client_of("wuhan_leader"), "wuhan")
    assert numbers(html, 0) == ["4 50.0%", "17 85.0%", "21 75.0%"]
    assert numbers(html, 1) == ["1", "1", "2"]
    assert numbers(html, 2) == ["3 37.5%", "2 10.0%", "5 17.9%"]
    assert numbers(html, 3) == ["1", "1", "2"]
    assert numbers(html, 4) == ["1 12.5%", "1 5.0%", "2 7.1%"]
    assert numbers(html, 5) == ["8", "20", "28"]
    assert numbers(html, 6) == ["3", "0", "3"]


def test_xians_counts_as_worked_in_the_rule(client_of: ClientOf) -> None:
    html = html_of(client_of("xian_leader"), "xian")
    found = [numbers(html, row)[0] for row in range(7)]
    assert found == ["12 63.2%", "3", "6 31.6%", "2", "1 5.3%", "19", "1"]


def test_laggards_come_with_arithmetic_problem_and_next_step(client_of: ClientOf) -> None:
    html = html_of(client_of("wuhan_leader"), "wuhan")
    laggards = html.partition('id="laggards"')[2].partition("</section>")[0].split('<li class="laggard ')[1:]
    assert [item.partition('"')[0] for item in laggards] == [
        "laggard-red",
        "laggard-red",
        "laggard-yellow",
        "laggard-yellow",
        "laggard-yellow",
        "laggard-grey",
        "laggard-grey",
    ]
    assert "17.7% − 20% = −2.3" in laggards[0]
    assert "部分骨干企业订单下滑" in laggards[0] and "对50户重点企业按月调度" in laggards[0]
    assert "高新技术处" in laggards[0]
    assert "印发实验室开放服务补贴办法" in laggards[1]
    assert "4,760.0 ÷ 6,725 = 70.8%" in laggards[2]


def test_one_click_leads_from_a_red_light_to_its_sentence(client_of: ClientOf) -> None:
    client = client_of("wuhan_leader")
    laggards = html_of(client, "wuhan").partition('id="laggards"')[2].partition("</section>")[0]
    links = re.findall(r'href="(/plans/wuhan/2014/document\?period=2014-09)#([\w-]+)"', laggards)
    assert len(links) == 7
    document = client.get(links[0][0]).content.decode()
    assert all(f'id="{anchor}"' in document for _url, anchor in links)


def test_what_changed_since_the_quarter_before() -> None:
    found = page("wuhan")
    assert (len(found.worse), len(found.better), len(found.new)) == (4, 7, 1)
    assert [row.target.key for row in found.worse if row.target] == ["W3", "W9"]
    assert not page("wuhan", 3).has_changes


def test_units_stand_in_official_order_with_their_rank_beside() -> None:
    units = page("wuhan").units
    assert [line.unit.order for line in units] == sorted(line.unit.order for line in units)
    by_name = {line.unit.name: line for line in units}
    assert by_name["高新技术处"].counts.judged == 7
    assert by_name["高新技术处"].counts.on_pace == 4
    ranks = [line.rank for line in units]
    assert ranks.count(1) == 6
    assert min(rank for rank in ranks if rank and rank > 1) == 7  # six share the first place


def test_the_heat_table_has_every_task_and_the_targets_without_one() -> None:
    found = page("wuhan")
    rows = [row for part in found.heat for row in part.rows]
    assert len(rows) == 24 + 6  # W1 to W5 and W9 belong to no task
    assert [column.when for column in found.columns] == ["past", "past", "now", "future"]
    late = next(row for row in rows if row.name == "二是建立科技创新资源共享机制")
    assert [cell.shown.light if cell.shown else None for cell in late.cells] == [
        Light.GREEN,
        Light.YELLOW,
        Light.RED,
        None,
    ]


def test_a_month_that_the_bureau_added_gets_a_column_of_its_own(wuhan: Bureau) -> None:
    Period.objects.create(bureau=wuhan, year=2014, month=10, started_on=wuhan.demo_date)
    assert [column.key.month for column in page("wuhan", 10).columns] == [3, 6, 9, 10, 12]


def test_the_segments_tell_the_same_numbers_in_words(client_of: ClientOf) -> None:
    html = html_of(client_of("wuhan_leader"), "wuhan")
    label = html.partition('class="segments"')[2].partition('aria-label="')[2].partition('"')[0]
    assert re.findall(r"\d+", label) == ["2", "19", "3", "2", "2", "3"]
    assert html.count('<rect class="segment-') == 6


def test_a_late_computation_is_told(client_of: ClientOf, september: Period) -> None:
    client = client_of("wuhan_leader")
    pattern = r'<p class="notice" role="status">[^<]*(?<!\d)3(?!\d)'
    assert not re.search(pattern, html_of(client, "wuhan"))
    row = Recompute.objects.get(period=september)
    Recompute.objects.filter(pk=row.pk).update(requested=row.computed + 3)
    assert re.search(pattern, html_of(client, "wuhan"))


def test_cut_off_date_and_rule_version_stand_on_the_page(client_of: ClientOf) -> None:
    client = client_of("wuhan_leader")
    client.cookies["wpt_language"] = "en"
    html = html_of(client, "wuhan", "2014-06")
    subtitle = html.partition('class="subtitle"')[2].partition("</p>")[0]
    assert "2014-06-30" in subtitle
    assert "version 1" in subtitle


def test_every_light_on_the_page_has_its_symbol_and_a_word(client_of: ClientOf) -> None:
    html = html_of(client_of("xian_leader"), "xian")
    lights = re.findall(
        r'class="status status-(\w+)"><span class="status-symbol" aria-hidden="true">(.)</span>(.*?)</span>',
        html,
    )
    symbols = {light.value.lower(): light.symbol for light in Light}
    assert len(lights) > 60
    assert all(symbols[light] == symbol and word.strip() for light, symbol, word in lights)


def test_only_what_is_approved_counts(client_of: ClientOf) -> None:
    """W10 waits for the office with 0: it shows as missing everywhere, not as a number."""
    html = html_of(client_of("wuhan_leader"), "wuhan").partition('id="indicators-title"')[2]
    row = html.partition("新认定高新技术企业</a>")[2].partition("</li>")[0]
    assert "<strong>–</strong>" in row
    assert "bullet-actual" not in row


# --- addresses --------------------------------------------------------------------------------------------


def test_the_short_address_leads_to_the_own_current_period(client_of: ClientOf) -> None:
    answer = client_of("xian_office").get(reverse("dashboard"))
    assert answer.headers["Location"] == reverse("dashboard", args=["xian", "2014-09"])
    assert client_of("observer").get(reverse("dashboard")).headers["Location"] == reverse("overview")
    assert client_of("sysadmin").get(reverse("dashboard")).status_code == 403


@pytest.mark.parametrize("closed", [False, True])
def test_a_period_started_before_its_data_end_is_not_what_leaders_land_on(
    client_of: ClientOf, closed: bool
) -> None:
    Period.objects.filter(month=12).update(started_on=date(2014, 10, 27))
    if closed:
        Period.objects.filter(month=9).update(locked_on=date(2014, 10, 27))
    answer = client_of("xian_leader").get(reverse("dashboard"))
    assert answer.headers["Location"] == reverse("dashboard", args=["xian", "2014-09"])
    bureaus = client_of("observer").get(reverse("overview")).context["page"].bureaus
    assert {bureau.period.month for bureau in bureaus} == {9}


@pytest.mark.parametrize("period", ["2014-12", "2013-09", "2014-10"])
def test_a_period_that_was_not_started_is_not_found(client_of: ClientOf, period: str) -> None:
    client = client_of("wuhan_leader")
    assert client.get(reverse("dashboard", args=["wuhan", period])).status_code == 404
    assert client.get(reverse("dashboard", args=["wuhan", "2014-03"])).status_code == 200


@pytest.mark.parametrize(
    "address", ["/dashboard/wuhan/2014-13/", "/dashboard/wuhan/2014-9/", "/dashboard/nowhere/2014-09/"]
)
def test_addresses_that_lead_nowhere(client_of: ClientOf, address: str) -> None:
    assert client_of("wuhan_leader").get(address).status_code == 404


def test_another_bureaus_dashboard_is_not_found_and_the_city_sees_both(client_of: ClientOf) -> None:
    url = reverse("dashboard", args=["xian", "2014-09"])
    assert client_of("wuhan_leader").get(url).status_code == 404
    assert client_of("xian_reporter").get(url).status_code == 200
    assert client_of("observer").get(url).status_code == 200
    assert client_of("auditor").get(url).status_code == 403


# --- the observer -----------------------------------------------------------------------------------------


def test_both_cities_side_by_side_agree_with_their_dashboards(person: Callable[[str], User]) -> None:
    found = overview(person("observer"))
    assert [view.bureau.code for view in found.bureaus] == ["wuhan", "xian"]
    for view in found.bureaus:
        own = page(view.bureau.code)
        assert (view.indicators, view.tasks) == (own.indicators, own.tasks)
        assert [laggard.light for laggard in view.laggards] == [row.light for row in own.laggards]
        assert {laggard.name for laggard in view.laggards} == {row.title for row in own.laggards}
    assert [view.rank for view in found.bureaus] == [1, 2]


def test_the_shared_indicator_is_compared_by_its_numbers(person: Callable[[str], User]) -> None:
    shared = {row.name: row.rows for row in overview(person("observer")).shared}
    assert set(shared) == {"高新技术产业增加值", "技术合同成交额"}
    pair = shared["技术合同成交额"]
    assert [row.target.key for row in pair if row] == ["W6", "X3"]
    assert [row.actual for row in pair if row] == [Decimal("262.4"), Decimal(305)]


def test_a_bureau_without_a_plan_or_a_period_does_not_break_the_overview(
    person: Callable[[str], User], client_of: ClientOf
) -> None:
    empty = Bureau.objects.create(code="empty", name="空", short_name="空", order=9)
    assert len(overview(person("observer")).bureaus) == 2
    Period.objects.create(bureau=empty, year=2014, month=3, started_on="2014-03-26")
    assert len(overview(person("observer")).bureaus) == 2
    Progress.objects.all().delete()
    assert client_of("observer").get(reverse("overview")).status_code == 200


@pytest.mark.parametrize("username", ["wuhan_leader", "wuhan_office", "wuhan_reporter", "sysadmin"])
def test_only_the_observer_sees_all(client_of: ClientOf, username: str) -> None:
    assert client_of(username).get(reverse("overview")).status_code == 403
    assert client_of("observer").get(reverse("overview")).status_code == 200


def test_the_overview_links_to_each_dashboard_and_target(client_of: ClientOf) -> None:
    html = client_of("observer").get(reverse("overview")).content.decode()
    for code in ("wuhan", "xian"):
        assert f'href="{reverse("dashboard", args=[code, "2014-09"])}"' in html
    assert Target.objects.get(key="X13").get_absolute_url() in html


# --- queries ----------------------------------------------------------------------------------------------


def queries(client: Client, url: str) -> int:
    assert client.get(url).status_code == 200
    with CaptureQueriesContext(connection) as captured:
        client.get(url)
    return len(captured)


def test_the_dashboards_queries_do_not_grow(client_of: ClientOf) -> None:
    found = []
    for size in (1, 3):
        small_plan(size, code=f"small{size}")
        found.append(
            queries(client_of(f"small{size}"), reverse("dashboard", args=[f"small{size}", "2014-09"]))
        )
    assert found[0] == found[1]
    assert found[0] <= 19  # session, user and memberships are three of them


def test_the_overviews_queries_do_not_grow_with_the_bureaus(client_of: ClientOf) -> None:
    client = client_of("observer")
    before = queries(client, reverse("overview"))
    for number in range(3):
        small_plan(2, code=f"small{number}")
    assert queries(client, reverse("overview")) == before
    assert before <= 12
