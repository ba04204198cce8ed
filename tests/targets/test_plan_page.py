"""The plan as published and the lit document: order, marks, filters that combine, and who is kept out."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import AuditEvent, Unit
from plans.models import Plan, Task
from targets.enums import Light
from targets.filters import PlanFilter, light_chips
from targets.models import Period, Target
from targets.selectors.board import board, counts_of
from targets.selectors.document_page import TaskMark, document_paragraphs
from targets.selectors.plan_page import NumberMark, PlanPage, plan_page
from tests.targets.small_plan import small_plan

pytestmark = pytest.mark.django_db

ClientOf = Callable[[str], Client]


def page(code: str, query: str = "", month: int = 9) -> PlanPage:
    plan = Plan.objects.select_related("bureau", "document").get(bureau__code=code)
    state = board(plan, Period.objects.get(bureau=plan.bureau, month=month))
    return plan_page(state, PlanFilter(QueryDict(query), state).fits())


def keys(found: PlanPage) -> list[str]:
    """Targets by key and milestone tasks by path, each once, in the order of the page."""
    names = [
        row.target.key if row.target else row.item.path
        for view in found.sections
        for entry in view.entries
        for row in entry.rows
    ]
    return list(dict.fromkeys(names))


# --- the plan ---------------------------------------------------------------------------------------------


def test_sections_and_tasks_stand_in_document_order() -> None:
    found = page("wuhan")
    starts = [entry.start for view in found.sections for entry in view.entries]
    assert starts == sorted(starts)
    assert [view.section.path for view in found.sections[:3]] == ["二", "三", "三/(一)"]
    assert len([entry for view in found.sections for entry in view.entries if entry.task]) == 24


def test_nothing_is_left_out_and_nothing_counted_twice() -> None:
    found = page("xian")
    assert (found.found, found.total) == (32, 32)
    assert len(keys(found)) == 32


def test_sentences_carry_the_number_marked() -> None:
    found = page("wuhan")
    quotes = [quote for view in found.sections for entry in view.entries for quote in entry.quotes]
    first = quotes[0]
    assert "".join(piece.text for piece in first.pieces) == "1、高新技术产业产值增幅20%以上,力争突破6725亿元;"
    assert [piece.text for piece in first.pieces if piece.mark] == ["20%", "6725亿元"]
    assert [quote.is_repeat for quote in quotes].count(True) == 3


def test_the_number_of_one_target_is_not_found_inside_that_of_another() -> None:
    found = page("wuhan")
    marks = {
        piece.mark.row.target.key: piece.text
        for view in found.sections
        for entry in view.entries
        for quote in entry.quotes
        for piece in quote.pieces
        if isinstance(piece.mark, NumberMark) and piece.mark.row.target
    }
    assert (marks["W10"], marks["W11"]) == ("200家", "1200家")


# --- filters ----------------------------------------------------------------------------------------------


def test_by_light() -> None:
    assert keys(page("wuhan", "light=RED")) == ["W3", "三/(一)/二是"]


def test_several_lights_widen_and_different_filters_narrow() -> None:
    unit = Unit.objects.get(bureau__code="wuhan", name="高新技术处")
    assert keys(page("wuhan", "light=RED&light=YELLOW")) == ["W2", "W3", "W4", "三/(一)/二是", "三/(五)/三是"]
    assert keys(page("wuhan", f"light=RED&light=YELLOW&lead={unit.pk}")) == ["W2", "W3", "W4"]
    assert keys(page("wuhan", f"light=RED&light=YELLOW&lead={unit.pk}&measure=GROWTH")) == ["W3"]


def test_by_measure_and_milestone_tasks_by_their_own_choice() -> None:
    assert keys(page("wuhan", "measure=STOCK")) == ["W11"]
    tasks = keys(page("wuhan", "measure=NODES"))
    assert len(tasks) == 20
    assert not any(key.startswith("W") for key in tasks)


def test_not_judged_finds_targets_and_tasks() -> None:
    assert keys(page("wuhan", "light=NONE")) == ["W5", "W10", "W11"]
    assert "三/(五)/三是" in keys(page("wuhan", "light=NONE", month=6))


def test_a_target_without_a_stored_row_is_found_as_not_judged() -> None:
    Target.objects.get(key="W2").progress.filter(period__month=9).delete()
    assert "W2" in keys(page("wuhan", "light=NONE"))
    assert "W2" not in keys(page("wuhan", "light=YELLOW"))


def test_the_count_of_results_is_of_rows_not_of_mentions() -> None:
    found = page("wuhan", "light=BLUE")
    assert (found.found, found.total) == (2, 31)  # W8 stands in two places


@pytest.mark.parametrize("query", ["light=PURPLE", "lead=999999", "measure=BOGUS", "lead=abc"])
def test_a_value_that_is_no_choice_narrows_nothing(query: str) -> None:
    assert page("wuhan", query).found == 31


def test_chips_switch_one_light_and_keep_the_rest() -> None:
    counts = counts_of(page("wuhan").board.rows)
    chips = {chip.light: chip for chip in light_chips(QueryDict("light=RED&lead=3&period=2014-09"), counts)}
    assert chips[Light.RED].is_on
    assert QueryDict(chips[Light.RED].query).getlist("light") == []
    assert QueryDict(chips[Light.YELLOW].query).getlist("light") == ["RED", "YELLOW"]
    assert QueryDict(chips[Light.YELLOW].query)["lead"] == "3"
    assert chips[Light.GREEN].count == 19


# --- the document -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("code", "numbers", "tasks"), [("wuhan", 14, 24), ("xian", 25, 21)])
def test_the_document_is_lit_and_its_text_unchanged(code: str, numbers: int, tasks: int) -> None:
    state = page(code).board
    paragraphs = document_paragraphs(state)
    text = "\n".join("".join(piece.text for piece in line.pieces) for line in paragraphs)
    assert text == state.plan.document.text
    marks = [piece.mark for line in paragraphs for piece in line.pieces if piece.mark]
    assert sum(isinstance(mark, NumberMark) for mark in marks) == numbers
    assert sum(isinstance(mark, TaskMark) for mark in marks) == tasks


def test_every_anchor_of_the_document_is_its_own(client_of: ClientOf) -> None:
    html = client_of("xian_leader").get(reverse("document", args=["xian", 2014])).content.decode()
    anchors = re.findall(r'<a class="[^"]*mark[^"]*" id="([^"]+)"', html)
    assert len(anchors) == 25 + 21
    assert len(set(anchors)) == len(anchors)
    target = Target.objects.get(key="X5")
    assert f'id="t{target.pk}"' in html


def test_the_page_shows_the_text_as_it_was_published(client_of: ClientOf) -> None:
    answer = client_of("wuhan_leader").get(reverse("document", args=["wuhan", 2014]))
    html = answer.content.decode().partition('<article class="card doc"')[2].partition("</article>")[0]
    html = re.sub(r'<span class="mark-symbol[^>]*>.</span>', "", html.partition(">")[2])
    shown = re.sub(r"\s+", "", re.sub(r"<[^>]+>", "", html).replace("&amp;", "&"))
    published = Plan.objects.get(bureau__code="wuhan").document.text
    assert shown == re.sub(r"\s+", "", published)


# --- pages and people -------------------------------------------------------------------------------------

READERS = ["wuhan_reporter", "wuhan_reviewer", "wuhan_office", "wuhan_leader", "observer"]
OTHERS = ["xian_reporter", "xian_reviewer", "xian_office", "xian_leader"]
ADMINS = ["sysadmin", "secadmin", "auditor"]


def addresses() -> list[str]:
    plan = Plan.objects.get(bureau__code="wuhan")
    return [
        reverse("plan", args=["wuhan", 2014]),
        reverse("document", args=["wuhan", 2014]),
        reverse("target", args=[plan.targets.earliest("order").pk]),
        reverse("task", args=[plan.tasks.earliest("order").pk]),
        reverse("dashboard", args=["wuhan", "2014-09"]),
    ]


@pytest.mark.parametrize("username", READERS)
def test_the_own_bureau_and_the_city_may_read(client_of: ClientOf, username: str) -> None:
    assert [client_of(username).get(url).status_code for url in addresses()] == [200] * 5


@pytest.mark.parametrize("username", OTHERS)
def test_another_bureau_finds_nothing_and_leaves_a_trace(client_of: ClientOf, username: str) -> None:
    client = client_of(username)
    assert [client.get(url).status_code for url in addresses()] == [404] * 5
    assert AuditEvent.objects.filter(kind="access.denied", user__username=username).count() == 5


@pytest.mark.parametrize("username", ADMINS)
def test_administrators_read_no_plan(client_of: ClientOf, username: str) -> None:
    assert [client_of(username).get(url).status_code for url in addresses()] == [403] * 5


def test_nobody_reads_without_signing_in(client: Client) -> None:
    assert [client.get(url).status_code for url in addresses()] == [302] * 5


@pytest.mark.parametrize("username", ["wuhan_leader"])
def test_only_reading(client_of: ClientOf, username: str) -> None:
    assert [client_of(username).post(url).status_code for url in addresses()] == [405] * 5


@pytest.mark.parametrize("period", ["2014-12", "2013-09", "2014-13", "x", "2014-9", "'"])
def test_a_period_that_was_not_started_is_not_found(client_of: ClientOf, period: str) -> None:
    client, url = client_of("wuhan_leader"), reverse("plan", args=["wuhan", 2014])
    assert client.get(url, {"period": period}).status_code == 404
    assert client.get(url, {"period": "2014-06"}).status_code == 200


def test_a_plan_of_another_year_is_not_found(client_of: ClientOf) -> None:
    assert client_of("wuhan_leader").get(reverse("plan", args=["wuhan", 2013])).status_code == 404


def test_a_plan_without_a_started_period_is_shown_unlit(client_of: ClientOf) -> None:
    made = small_plan(1)
    made.period.__class__.objects.filter(bureau=made.plan.bureau).update(started_on=None)
    client = client_of("small")
    for url in (
        made.plan.get_absolute_url(),
        reverse("document", args=["small", 2014]),
        made.targets[0].get_absolute_url(),
        made.tasks[0].get_absolute_url(),
    ):
        assert client.get(url).status_code == 200, url


def test_an_empty_result_says_so_and_leads_back(client_of: ClientOf) -> None:
    url = reverse("plan", args=["wuhan", 2014])
    html = client_of("wuhan_leader").get(url, {"light": "RED", "measure": "STOCK"}).content.decode()
    assert 'class="empty"' in html
    assert f'href="{url}"' in html
    assert 'class="empty"' not in client_of("wuhan_leader").get(url).content.decode()


def test_the_page_shows_number_word_and_symbol_together(client_of: ClientOf) -> None:
    html = client_of("wuhan_leader").get(reverse("plan", args=["wuhan", 2014])).content.decode()
    row = html.partition("高新技术产业增加值增幅</a>")[2].partition("</li>")[0]
    assert "17.7" in row and "■" in row and "status-red" in row
    assert re.search(r'class="bullet-actual" x="0" y="5" width="142"', row)  # 17.7 ÷ 20 × 160


# --- queries ----------------------------------------------------------------------------------------------


def queries(client: Client, url: str) -> int:
    assert client.get(url).status_code == 200  # the first visit writes the session
    with CaptureQueriesContext(connection) as captured:
        client.get(url)
    return len(captured)


@pytest.mark.parametrize(
    ("name", "most"), [("plan", 21), ("filtered", 23), ("document", 20), ("target", 23), ("task", 28)]
)
def test_the_number_of_queries_does_not_grow(client_of: ClientOf, name: str, most: int) -> None:
    """Session, user and memberships are three of them."""
    found = []
    for size in (1, 3):
        made = small_plan(size, code=f"small{size}")
        urls = {
            "plan": made.plan.get_absolute_url(),
            "filtered": made.plan.get_absolute_url() + f"?light=RED&lead={made.unit.pk}",
            "document": reverse("document", args=[f"small{size}", 2014]),
            "target": made.targets[0].get_absolute_url(),
            "task": made.tasks[0].get_absolute_url(),
        }
        found.append(queries(client_of(f"small{size}"), urls[name]))
    assert found[0] == found[1]
    assert found[0] <= most


def test_the_task_page_shows_its_text_its_nodes_and_its_quarters(client_of: ClientOf) -> None:
    task = Task.objects.get(plan__bureau__code="wuhan", path="三/(一)/二是")
    html = client_of("wuhan_leader").get(task.get_absolute_url()).content.decode()
    assert "实施国家实验室、国家重点实验室对社会开放服务的补贴补助办法" in html
    assert "印发实验室开放服务补贴办法" in html and "首批补贴兑现" in html
    assert [html.count(f'class="heat-{light}"') for light in ("green", "yellow", "red")] == [1, 1, 1]
    assert "会签意见未返回" in html
