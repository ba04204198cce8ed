"""The pages of exceptions: the unit asks on its sheet, the office answers, both find the history."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Bureau, Unit
from targets.models import ExceptionState, Figure, Period, PeriodException
from targets.services.exceptions import ask_exception, grant_exception

pytestmark = pytest.mark.django_db

ClientOf = Callable[[str], Client]


@pytest.fixture
def june(wuhan: Bureau) -> Period:
    return Period.objects.select_related("bureau").get(bureau=wuhan, month=6)


@pytest.fixture
def unit(wuhan: Bureau) -> Unit:
    return Unit.objects.select_related("bureau").get(bureau=wuhan, name="高新技术处")


@pytest.fixture
def asked(june: Period, unit: Unit, person) -> PeriodException:
    return ask_exception(period=june, unit=unit, reason="统计局修订", items={}, by=person("wuhan_reporter"))


def text_of(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_sheet_of_a_closed_period_leads_to_the_request(
    client_of: ClientOf, june, september, unit
) -> None:
    client = client_of("wuhan_reporter")
    ask = reverse("exception-ask", args=[june.pk, unit.pk])
    sheet = reverse("entry-sheet", args=[june.pk, unit.pk])
    assert ask in text_of(client, sheet)
    assert "exception-ask" not in text_of(client, reverse("entry-sheet", args=[september.pk, unit.pk]))
    figure = Figure.objects.get(target__key="W2", allocation=None, period=june)
    answer = client.post(ask, {"reason": "统计局修订", "items": [figure.duty_key]})
    assert answer.status_code == 302 and answer["Location"] == sheet
    found = PeriodException.objects.get()
    assert found.items == {figure.duty_key: "高新技术产业产值"}
    page = text_of(client, sheet)
    assert ask not in page and found.get_absolute_url() in page


def test_a_request_without_a_reason_keeps_the_page_and_asks_nothing(client_of: ClientOf, june, unit) -> None:
    client = client_of("wuhan_reporter")
    ask = reverse("exception-ask", args=[june.pk, unit.pk])
    assert client.post(ask, {"reason": " "}).status_code == 200
    assert client.post(ask, {"reason": "补报", "items": ["f0"]}).status_code == 200  # not on the sheet
    assert not PeriodException.objects.exists()


def test_the_office_grants_and_the_sheet_is_open_for_the_unit(client_of: ClientOf, asked, june, unit) -> None:
    office = client_of("wuhan_office")
    page = office.get(asked.get_absolute_url())
    assert page.context["form"].initial["until"] == date(2014, 10, 30)  # three working days
    decide = reverse("exception-decide", args=[asked.pk])
    answer = office.post(decide, {"act": "grant", "until": "2014-10-29", "answer": "请于29日前报送"})
    assert answer["Location"] == reverse("exceptions", args=["wuhan"])
    sheet = text_of(client_of("wuhan_reporter"), reverse("entry-sheet", args=[june.pk, unit.pk]))
    assert "2014年10月29日" in sheet and 'value="submit"' in sheet
    assert "请于29日前报送" in text_of(client_of("wuhan_reporter"), asked.get_absolute_url())


@pytest.mark.parametrize(
    "data", [{"act": "grant"}, {"act": "decline", "answer": ""}, {"act": "grant", "until": "2014-10-01"}, {}]
)
def test_half_an_answer_changes_nothing_and_says_why(client_of: ClientOf, asked, data) -> None:
    answer = client_of("wuhan_office").post(reverse("exception-decide", args=[asked.pk]), data)
    assert answer.status_code == 422 and 'role="alert"' in answer.content.decode()
    asked.refresh_from_db()
    assert asked.state == ExceptionState.ASKED


def test_declining_and_withdrawing_through_the_page(client_of: ClientOf, asked, june, unit, person) -> None:
    client = client_of("wuhan_office")
    client.post(reverse("exception-decide", args=[asked.pk]), {"act": "decline", "answer": "请下期说明"})
    asked.refresh_from_db()
    assert asked.state == ExceptionState.DECLINED
    other = ask_exception(period=june, unit=unit, reason="再申请", items={}, by=person("wuhan_reporter"))
    grant_exception(exception=other, until=date(2014, 10, 31), by=person("wuhan_office"))
    client.post(reverse("exception-decide", args=[other.pk]), {"act": "withdraw", "answer": "已无需要"})
    other.refresh_from_db()
    assert other.state == ExceptionState.WITHDRAWN
    assert "请下期说明" in text_of(client, other.get_absolute_url())  # the unit's other requests


@pytest.mark.parametrize(
    ("username", "status"),
    [("wuhan_reporter", 403), ("wuhan_leader", 403), ("xian_office", 404), ("wuhan_office", 302)],
)
def test_who_answers(client_of: ClientOf, asked, username: str, status: int) -> None:
    decide = reverse("exception-decide", args=[asked.pk])
    answer = client_of(username).post(decide, {"act": "grant", "until": "2014-10-29"})
    assert answer.status_code == status
    asked.refresh_from_db()
    assert (asked.state == ExceptionState.GRANTED) is (status == 302)


@pytest.mark.parametrize(
    ("username", "status"),
    [("wuhan_reporter_08", 403), ("wuhan_reviewer", 403), ("xian_reporter", 404), ("wuhan_reporter", 302)],
)
def test_who_asks(client_of: ClientOf, june, unit, username: str, status: int) -> None:
    ask = reverse("exception-ask", args=[june.pk, unit.pk])
    assert client_of(username).post(ask, {"reason": "补报"}).status_code == status
    assert PeriodException.objects.exists() is (status == 302)


def test_another_bureaus_period_does_not_exist_for_the_unit(client_of: ClientOf, xian, unit) -> None:
    foreign = Period.objects.get(bureau=xian, month=6)
    ask = reverse("exception-ask", args=[foreign.pk, unit.pk])
    assert client_of("wuhan_reporter").post(ask, {"reason": "补报"}).status_code == 404


def test_the_list_takes_the_same_queries_for_one_request_and_for_three(
    client_of: ClientOf, wuhan, june, person
) -> None:
    client, counted = client_of("wuhan_office"), []
    address = reverse("exceptions", args=["wuhan"])
    client.get(address)  # the session's own queries
    for name, reporter in (
        ("高新技术处", "reporter"),
        ("条件财务处", "reporter_05"),
        ("监察室", "reporter_15"),
    ):
        unit = Unit.objects.select_related("bureau").get(bureau=wuhan, name=name)
        by = person(f"wuhan_{reporter}")
        ask_exception(period=june, unit=unit, reason="补报", items={}, by=by)
        with CaptureQueriesContext(connection) as queries:
            assert name in text_of(client, address)
        counted.append(len(queries))
    assert counted[0] == counted[2]
