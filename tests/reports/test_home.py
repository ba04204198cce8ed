"""Each role's home page answers its question, most urgent first, and counts its queries."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Membership, Unit, User
from accounts.permissions import Role
from reports.selectors.home import LinkBlock, OfficeBlock, ReporterBlock, ReviewerBlock, deadlines, home
from targets.models import Figure, FigureWarning, Period
from targets.services.exceptions import ask_exception, grant_exception
from tests.targets.small_plan import small_plan

pytestmark = pytest.mark.django_db

ClientOf = Callable[[str], Client]


def blocks(username: str) -> list[object]:
    return list(home(User.objects.get(username=username)).blocks)


def html_of(client: Client) -> str:
    answer = client.get(reverse("home"))
    assert answer.status_code == 200
    return answer.content.decode()


# --- the reporter -----------------------------------------------------------------------------------------


def test_the_reporter_sees_what_was_returned_and_why(client_of: ClientOf) -> None:
    html = html_of(client_of("wuhan_reporter"))
    assert "高新技术企业总数" in html
    assert "请附9月底有效期内企业名单" in html
    unit = Unit.objects.get(bureau__code="wuhan", name="高新技术处")
    period = Period.objects.get(bureau=unit.bureau, month=9)
    sheet = reverse("entry-sheet", args=[period.pk, unit.pk])
    assert html.count(f'class="button button-primary" href="{sheet}"') == 1  # one primary button


def test_the_days_since_the_deadline_are_those_of_the_demonstration(client_of: ClientOf) -> None:
    (block,) = blocks("wuhan_reporter")
    assert isinstance(block, ReporterBlock)
    assert block.work.days_late == 17  # 10 to 27 October 2014, whatever day it is
    assert block.urgency == 2


def test_a_unit_that_owes_a_number_sees_it_by_name(client_of: ClientOf) -> None:
    reporter = Membership.objects.get(
        bureau__code="wuhan", role=Role.REPORTER, unit__name="条件财务处", user__is_active=True
    ).user
    html = html_of(client_of(reporter.username))
    assert "新增省级以上科技创新平台" in html
    assert "高新技术企业总数" not in html  # another unit's


def test_a_unit_without_duties_is_told_so(client_of: ClientOf) -> None:
    reporter = Membership.objects.get(
        bureau__code="wuhan", role=Role.REPORTER, unit__name="监察室", user__is_active=True
    ).user
    (block,) = blocks(reporter.username)
    assert isinstance(block, ReporterBlock)
    assert (block.urgency, block.work.open) == (0, [])
    assert html_of(client_of(reporter.username))


def test_the_reporter_sees_the_next_step_and_the_reminders(client_of: ClientOf) -> None:
    (block,) = blocks("wuhan_reporter_05")
    assert isinstance(block, ReporterBlock)
    assert [step.on for step in block.deadlines if step.is_next] == [date(2014, 10, 28)]
    assert len(block.reminders) == 2 and block.until is None
    html = html_of(client_of("wuhan_reporter_05"))
    assert "办公室已催报2次" in html and "二次催报" in html
    assert "办公室已催报" not in html_of(client_of("wuhan_reporter"))  # another unit's


def granted_in_june(until: date) -> Period:
    """An exception for the unit of the main reporter in the closed first half."""
    period = Period.objects.select_related("bureau").get(bureau__code="wuhan", month=6)
    unit = Unit.objects.select_related("bureau").get(bureau=period.bureau, name="高新技术处")
    people = {name: User.objects.get(username=f"wuhan_{name}") for name in ("reporter", "office")}
    asked = ask_exception(period=period, unit=unit, reason="补报", items={}, by=people["reporter"])
    grant_exception(exception=asked, until=until, by=people["office"])
    return period


def test_an_exception_puts_its_period_on_the_reporters_page(client_of: ClientOf) -> None:
    june = granted_in_june(date(2014, 10, 29))  # everything in it is approved
    reopened = [block for block in blocks("wuhan_reporter") if block.work.period == june]
    assert [block.until for block in reopened] == [date(2014, 10, 29)]
    assert "截止2014年10月29日（含当日）" in html_of(client_of("wuhan_reporter"))
    assert all(block.work.period != june for block in blocks("wuhan_reporter_05"))


def test_what_waits_in_a_reopened_period_stands_on_the_reviewers_and_the_offices_pages() -> None:
    june = granted_in_june(date(2014, 10, 29))
    figure = Figure.objects.get(target__key="W2", allocation=None, period=june)
    for state, username in (("SUBMITTED", "wuhan_reviewer"), ("REVIEWED", "wuhan_office")):
        found = [block for block in blocks(username) if getattr(block, "work", block).period == june]
        assert found == []
        Figure.objects.filter(pk=figure.pk).update(state=state, submitted_by=figure.updated_by)
        found = [block for block in blocks(username) if getattr(block, "work", block).period == june]
        assert len(found) == 1


def test_the_office_sees_requests_for_exceptions(client_of: ClientOf) -> None:
    (block,) = [block for block in blocks("wuhan_office") if isinstance(block, OfficeBlock)]
    assert block.requests == 0
    period = Period.objects.select_related("bureau").get(bureau__code="wuhan", month=6)
    unit = Unit.objects.select_related("bureau").get(bureau=period.bureau, name="高新技术处")
    by = User.objects.get(username="wuhan_reporter")
    ask_exception(period=period, unit=unit, reason="补报", items={}, by=by)
    assert reverse("exceptions", args=["wuhan"]) in html_of(client_of("wuhan_office"))


# --- the reviewer -----------------------------------------------------------------------------------------


def test_the_reviewer_sees_what_waits_and_a_link_to_it(client_of: ClientOf) -> None:
    (block,) = blocks("wuhan_reviewer")
    assert isinstance(block, ReviewerBlock)
    assert [item.work.label for item in block.waiting] == [
        "高新技术产业产值增幅",
        "三是实现战略性优势产业和新兴产业集聚发展",
    ]
    assert {item.submitted_by for item in block.waiting} == {"填报人(高新技术处)"}
    assert f'href="{reverse("review")}"' in html_of(client_of("wuhan_reviewer"))


def test_what_has_a_warning_stands_on_top(client_of: ClientOf, september: Period) -> None:
    figure = Figure.objects.get(target__key="W11", period=september, allocation=None)
    Figure.objects.filter(pk=figure.pk).update(state="SUBMITTED", submitted_by=figure.updated_by)
    (calm,) = blocks("wuhan_reviewer")
    assert isinstance(calm, ReviewerBlock)
    other = Figure.objects.get(target__key="W10", period=september, allocation=None)
    Figure.objects.filter(pk=other.pk).update(state="SUBMITTED", submitted_by=figure.updated_by)
    FigureWarning.objects.create(figure=figure, version=figure.last_version, code="REMARK", text="下降了")
    (block,) = blocks("wuhan_reviewer")
    assert isinstance(block, ReviewerBlock)
    assert block.waiting[0].work.label == "高新技术企业总数"
    assert "下降了" in block.waiting[0].warnings
    assert block.waiting[-1].warnings == ()
    assert "下降了" in html_of(client_of("wuhan_reviewer"))


# --- the office -------------------------------------------------------------------------------------------


def test_the_office_sees_who_has_not_reported_in_official_order() -> None:
    (block,) = blocks("wuhan_office")
    assert isinstance(block, OfficeBlock)
    orders = [work.unit.order for work in block.status.busy]
    assert orders == sorted(orders)
    assert [work.unit.name for work in block.status.owing] == [
        "发展计划处",
        "条件财务处",
        "高新技术处",
        "科技金融处",
        "创业服务处",
    ]
    assert block.status.waiting == 3
    assert (block.worse, block.better) == (4, 7)


def test_the_next_deadline_is_the_first_from_the_demonstrations_day_on(september: Period) -> None:
    found = deadlines(september, date(2014, 10, 27))
    assert [step.on for step in found if step.is_next] == [date(2014, 10, 28)]
    assert [step.is_past for step in found] == [True] * 5 + [False]
    assert [step.on for step in deadlines(september, date(2014, 10, 1)) if step.is_next] == [
        date(2014, 10, 10)
    ]
    assert not any(step.is_next for step in deadlines(september, date(2015, 1, 1)))


def test_the_offices_page_leads_on(client_of: ClientOf) -> None:
    html = html_of(client_of("wuhan_office"))
    for url in (
        reverse("review"),
        reverse("periods", args=["wuhan"]),
        reverse("exports"),
        reverse("dashboard", args=["wuhan", "2014-09"]),
    ):
        assert f'href="{url}"' in html


def test_many_acts_of_a_kind_on_one_day_are_told_once() -> None:
    (block,) = blocks("wuhan_office")
    assert isinstance(block, OfficeBlock)
    newest = block.newest[0]
    assert newest.count > 3
    assert len(newest.names) == 3
    assert newest.others == newest.count - 3


# --- leader, observer, administrators ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("username", "name"),
    [
        ("wuhan_leader", "dashboard"),
        ("observer", "overview"),
        ("sysadmin", "people"),
        ("secadmin", "roles"),
        ("auditor", "audit-log"),
    ],
)
def test_whose_question_has_its_own_page_goes_there(client_of: ClientOf, username: str, name: str) -> None:
    answer = client_of(username).get(reverse("home"), follow=True)
    assert answer.status_code == 200
    assert answer.redirect_chain[0][0] == reverse(name)


def test_a_person_without_a_role_is_told_so(client_of: ClientOf) -> None:
    User.objects.create(username="nobody", display_name="无角色")
    assert 'class="empty"' in html_of(client_of("nobody"))


def test_nobody_sees_a_home_page_without_signing_in(client: Client) -> None:
    assert client.get(reverse("home")).status_code == 302


# --- several roles ----------------------------------------------------------------------------------------


def test_several_roles_stand_one_after_the_other_most_urgent_first(wuhan: object) -> None:
    user = User.objects.create(username="two", display_name="两职")
    rights = {"user": user, "bureau": wuhan}
    Membership.objects.create(role=Role.LEADER, **rights)
    Membership.objects.create(role=Role.OFFICE, **rights)
    calm = Unit.objects.get(bureau=wuhan, name="监察室")
    urgent = Unit.objects.get(bureau=wuhan, name="高新技术处")
    Membership.objects.create(role=Role.REPORTER, unit=calm, **rights)
    Membership.objects.create(role=Role.REPORTER, unit=urgent, **rights)
    found = blocks("two")
    assert isinstance(found[0], ReporterBlock) and found[0].work.unit == urgent
    assert isinstance(found[1], OfficeBlock)
    assert isinstance(found[2], ReporterBlock) and found[2].work.unit == calm
    assert [block.urgency for block in found] == [2, 1, 0]


def test_a_leader_who_also_reports_has_both(client_of: ClientOf, wuhan: object) -> None:
    user = User.objects.get(username="wuhan_leader")
    unit = Unit.objects.get(bureau=wuhan, name="高新技术处")
    Membership.objects.create(user=user, bureau=wuhan, role=Role.REPORTER, unit=unit)
    found = blocks("wuhan_leader")
    assert isinstance(found[0], ReporterBlock)
    assert isinstance(found[1], LinkBlock)
    assert f'href="{reverse("dashboard")}"' in html_of(client_of("wuhan_leader"))


def test_a_bureau_without_a_period_is_named(client_of: ClientOf) -> None:
    made = small_plan(1)
    Period.objects.filter(bureau=made.plan.bureau).update(started_on=None)
    found = home(User.objects.get(username="small"))
    assert found.blocks == ()
    assert [bureau.code for bureau in found.idle] == ["small"]
    assert html_of(client_of("small"))


# --- two open periods -------------------------------------------------------------------------------------


def test_a_period_started_early_does_not_hide_the_one_that_is_worked_on(wuhan: object) -> None:
    Period.objects.filter(bureau=wuhan, month=12).update(started_on=date(2014, 10, 27))
    both = [date(2014, 9, 30), date(2014, 12, 31)]
    reporter, year = blocks("wuhan_reporter")
    assert isinstance(reporter, ReporterBlock)
    assert isinstance(year, ReporterBlock)
    assert [reporter.work.period.cutoff, year.work.period.cutoff] == both
    assert [item.label for item in reporter.work.returned] == ["高新技术企业总数"]
    (reviewer,) = blocks("wuhan_reviewer")  # nothing waits in the new period yet
    assert isinstance(reviewer, ReviewerBlock)
    assert reviewer.work.period.cutoff == both[0]
    found = [block for block in blocks("wuhan_office") if isinstance(block, OfficeBlock)]
    assert [block.period.cutoff for block in found] == both
    assert [block.status.waiting for block in found] == [3, 0]
    assert (found[1].worse, found[1].better) == (0, 0)  # the year is not over: nothing got worse


# --- queries ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("role", "most"), [(Role.REPORTER, 21), (Role.REVIEWER, 21), (Role.OFFICE, 27)])
def test_the_number_of_queries_does_not_grow(client_of: ClientOf, role: Role, most: int) -> None:
    """Session, user and memberships are three of them; one period is open."""
    found = []
    for size in (1, 3):
        made = small_plan(size, code=f"small{size}")
        made.user.memberships.exclude(role=role).delete()
        started = Period.objects.filter(bureau=made.plan.bureau)
        started.exclude(month=max(started.values_list("month", flat=True))).update(
            locked_on=date(2014, 9, 30)
        )
        if role == Role.REVIEWER:
            Membership.objects.create(user=made.user, bureau=made.plan.bureau, unit=made.unit, role=role)
        Figure.objects.filter(target__plan=made.plan).update(state="SUBMITTED")
        client = client_of(f"small{size}")
        html_of(client)
        with CaptureQueriesContext(connection) as captured:
            html_of(client)
        found.append(len(captured))
    assert found[0] == found[1]
    assert found[0] <= most
