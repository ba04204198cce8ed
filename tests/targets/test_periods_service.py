"""Starting and locking a period: who may, in which order, and that lights follow; and the pages that ask."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.test import Client

from accounts.models import AuditEvent, Bureau, User
from plans.models import Plan
from targets import tasks
from targets.errors import Refused
from targets.models import Period, Progress, Recompute
from targets.periods import PeriodKey
from targets.selectors.period_list import year_of
from targets.services.periods import Dates, lock_period, start_period
from targets.services.recompute import catch_up
from targets.working_days import is_working_day

pytestmark = pytest.mark.django_db

DECEMBER = PeriodKey(2014, 12)
DATES = Dates(date(2015, 1, 9), review_due=date(2015, 1, 13), approve_due=date(2015, 1, 16))
NOT_THE_OFFICE = ["wuhan_reporter", "wuhan_reviewer", "wuhan_leader", "xian_office", "observer", "sysadmin"]


@pytest.fixture
def office(person: Callable[[str], User]) -> User:
    return person("wuhan_office")


class TestStarting:
    def test_the_period_is_open_with_its_dates_and_lights_follow(self, wuhan, wuhan_plan, office) -> None:
        assert start_period(bureau=wuhan, key=DECEMBER, dates=DATES, by=office) == wuhan_plan
        period = Period.objects.get(bureau=wuhan, month=12)
        assert period.is_open and period.started_on == wuhan.today
        assert (period.report_due, period.approve_due) == (DATES.report_due, DATES.approve_due)
        assert Recompute.objects.get(plan=wuhan_plan, period=period).behind == 1
        catch_up(plan_id=wuhan_plan.pk)
        assert Progress.objects.filter(period=period, target__plan=wuhan_plan).exists()
        event = AuditEvent.objects.filter(kind="period.started").latest("number")
        assert event.user == office and event.after["report_due"] == "2015-01-09"

    def test_a_second_time_is_refused(self, wuhan, office) -> None:
        start_period(bureau=wuhan, key=DECEMBER, dates=DATES, by=office)
        with pytest.raises(Refused):
            start_period(bureau=wuhan, key=DECEMBER, dates=Dates(date(2016, 1, 1)), by=office)
        assert Period.objects.get(bureau=wuhan, month=12).report_due == DATES.report_due

    @pytest.mark.parametrize("username", NOT_THE_OFFICE)
    def test_only_the_bureaus_own_office(self, wuhan, person, office, username: str) -> None:
        with pytest.raises(Refused):
            start_period(bureau=wuhan, key=DECEMBER, dates=DATES, by=person(username))
        assert not Period.objects.filter(bureau=wuhan, month=12, started_on__isnull=False).exists()
        start_period(bureau=wuhan, key=DECEMBER, dates=DATES, by=office)

    def test_a_year_without_a_plan_is_refused(self, wuhan, office) -> None:
        with pytest.raises(Refused):
            start_period(bureau=wuhan, key=PeriodKey(2019, 3), dates=Dates(date(2019, 4, 10)), by=office)
        assert not Period.objects.filter(bureau=wuhan, year=2019).exists()

    @pytest.mark.parametrize(
        "dates",
        [
            Dates(date(2014, 10, 1)),  # before today
            Dates(date(2015, 1, 9), review_due=date(2015, 1, 8)),
            Dates(date(2015, 1, 9), approve_due=date(2015, 1, 8)),
            Dates(date(2015, 1, 9), approve_due=date(2015, 1, 13), bulletin_on=date(2015, 1, 12)),
            Dates(date(2015, 1, 9), bulletin_on=date(2015, 1, 8)),
            Dates(date(2015, 1, 9), review_due=date(2015, 1, 13), approve_due=date(2015, 1, 12)),
        ],
    )
    def test_dates_that_run_backwards_are_refused(self, wuhan, office, dates: Dates) -> None:
        with pytest.raises(Refused):
            start_period(bureau=wuhan, key=DECEMBER, dates=dates, by=office)
        assert not Period.objects.filter(bureau=wuhan, month=12, started_on__isnull=False).exists()

    def test_a_monthly_push_in_october(self, wuhan, wuhan_plan, office) -> None:
        start_period(bureau=wuhan, key=PeriodKey(2014, 10), dates=Dates(date(2014, 11, 10)), by=office)
        assert Period.objects.get(bureau=wuhan, month=10).is_open


class TestLocking:
    def test_it_is_closed_from_now_on(self, september, office) -> None:
        lock_period(period=september, by=office)
        september.refresh_from_db()
        assert september.locked_on == september.bureau.today and not september.is_open
        assert AuditEvent.objects.filter(kind="period.locked", object_id=september.pk).exists()

    def test_twice_or_before_it_was_started_is_refused(self, wuhan, september, office) -> None:
        december = Period.objects.get_or_create(bureau=wuhan, year=2014, month=12)[0]
        with pytest.raises(Refused):
            lock_period(period=december, by=office)
        lock_period(period=september, by=office)
        with pytest.raises(Refused):
            lock_period(period=september, by=office)

    @pytest.mark.parametrize("username", NOT_THE_OFFICE)
    def test_only_the_bureaus_own_office(self, september, person, office, username: str) -> None:
        with pytest.raises(Refused):
            lock_period(period=september, by=person(username))
        september.refresh_from_db()
        assert september.is_open
        lock_period(period=september, by=office)


class TestPages:
    def test_the_years_periods_with_their_acts(self, client_of) -> None:
        text = client_of("wuhan_office").get("/periods/wuhan/").content.decode()
        assert "/periods/wuhan/2014-9/lock/" in text and "/periods/wuhan/2014-12/start/" in text
        assert "/periods/wuhan/2014-3/" not in text  # locked: nothing is left to do

    def test_starting_through_the_page_sends_the_job(
        self, client_of, wuhan, wuhan_plan, monkeypatch, django_capture_on_commit_callbacks
    ) -> None:
        sent: list[int] = []
        monkeypatch.setattr(tasks.compute_progress, "delay_if_possible", sent.append)
        client = client_of("wuhan_office")
        page = client.get("/periods/wuhan/2014-12/start/")
        proposed = page.context["form"].initial
        assert proposed["report_due"] == date(2015, 1, 9)  # as the bureau has planned it
        data = {name: day.isoformat() for name, day in proposed.items()}
        with django_capture_on_commit_callbacks(execute=True):
            answer = client.post("/periods/wuhan/2014-12/start/", data)
        assert (answer.status_code, answer["Location"]) == (302, "/periods/wuhan/")
        assert Period.objects.get(bureau=wuhan, month=12).report_due == date(2015, 1, 9)
        assert sent == [wuhan_plan.pk]

    def test_a_bad_date_keeps_what_was_typed_and_starts_nothing(self, client_of, wuhan) -> None:
        client = client_of("wuhan_office")
        data = {"report_due": "2015-01-09", "review_due": "2015-01-01"}
        answer = client.post("/periods/wuhan/2014-12/start/", data)
        assert answer.status_code == 200 and 'value="2015-01-01"' in answer.content.decode()
        assert answer.context["form"].non_field_errors()
        assert not Period.objects.filter(bureau=wuhan, month=12, started_on__isnull=False).exists()

    def test_looking_at_the_lock_page_locks_nothing_and_says_what_stays_behind(
        self, client_of, september
    ) -> None:
        client = client_of("wuhan_office")
        page = client.get("/periods/wuhan/2014-9/lock/")
        status = page.context["status"]
        assert (status.missing_count, status.under_way_count, status.waiting_count) == (3, 6, 8)
        for way in ("/reporting/wuhan/?year=2014", "/periods/wuhan/2014-9/reminders/"):
            assert f'href="{way}"' in page.content.decode() and client.get(way).status_code == 200
        september.refresh_from_db()
        assert september.is_open
        client.post("/periods/wuhan/2014-9/lock/")
        september.refresh_from_db()
        assert not september.is_open

    @pytest.mark.parametrize(
        ("username", "status"),
        [
            ("wuhan_reporter", 403),
            ("wuhan_reviewer", 403),
            ("wuhan_leader", 403),
            ("observer", 403),
            ("sysadmin", 403),
            ("xian_office", 404),
            ("wuhan_office", 200),
        ],
    )
    def test_only_the_bureaus_own_office_opens_them(
        self, client_of: Callable[[str], Client], september, username: str, status: int
    ) -> None:
        client = client_of(username)
        for path in ("/periods/wuhan/", "/periods/wuhan/2014-12/start/", "/periods/wuhan/2014-9/lock/"):
            assert client.get(path).status_code == status
        if status != 200:
            assert client.post("/periods/wuhan/2014-9/lock/").status_code == status
            assert (
                client.post("/periods/wuhan/2014-12/start/", {"report_due": "2015-01-09"}).status_code
                == status
            )
            september.refresh_from_db()
            assert september.is_open

    @pytest.mark.parametrize(
        "path", ["/periods/wuhan/2014-7/start/", "/periods/nowhere/", "/periods/wuhan/2014-12/lock/"]
    )
    def test_what_does_not_exist(self, client_of, path: str) -> None:
        assert client_of("wuhan_office").get(path).status_code == 404

    def test_proposed_dates_are_working_days(self, client_of) -> None:
        page = client_of("wuhan_office").get("/periods/wuhan/2014-10/start/")
        proposed = page.context["form"].initial
        assert all(is_working_day(day) for day in proposed.values())
        assert proposed["report_due"] - date(2014, 10, 31) == timedelta(days=10)
        assert page.context["unknown"] == []

    def test_a_year_whose_holidays_are_not_known_says_so(self, client_of) -> None:
        assert "2099年" in client_of("wuhan_office").get("/periods/wuhan/2099-3/start/").content.decode()

    def test_a_date_on_a_holiday_moves_and_the_page_says_where_to(self, client_of, wuhan) -> None:
        client = client_of("wuhan_office")
        data = {"report_due": "2015-01-10", "review_due": "2015-01-13"}  # a Saturday
        page = client.post("/periods/wuhan/2014-12/start/", data, follow=True).content.decode()
        assert Period.objects.get(bureau=wuhan, month=12).report_due == date(2015, 1, 12)
        assert "2015年1月10日" in page and "2015年1月12日" in page

    def test_other_deadlines_for_an_open_period(self, client_of, september) -> None:
        address, client = "/periods/wuhan/2014-9/deadlines/", client_of("wuhan_office")
        assert client.get(address).context["form"].initial["report_due"] == date(2014, 10, 10)
        data = {"report_due": "2014-10-29", "review_due": "2014-10-30"}
        assert client.post(address, data).status_code == 302
        september.refresh_from_db()
        assert (september.report_due, september.review_due) == (date(2014, 10, 29), date(2014, 10, 30))
        event = AuditEvent.objects.get(kind="period.deadlines_changed")
        assert (event.before["report_due"], event.after["report_due"]) == ("2014-10-10", "2014-10-29")
        client.post(address, data)  # nothing new
        assert AuditEvent.objects.filter(kind="period.deadlines_changed").count() == 1

    def test_other_deadlines_that_run_backwards_or_for_a_closed_period_are_refused(
        self, client_of, wuhan, september
    ) -> None:
        client = client_of("wuhan_office")
        wrong = {"report_due": "2014-10-29", "review_due": "2014-10-28"}
        assert client.post("/periods/wuhan/2014-9/deadlines/", wrong).status_code == 200
        right = {"report_due": "2014-10-29"}
        assert client.post("/periods/wuhan/2014-6/deadlines/", right).status_code == 200
        assert client_of("wuhan_leader").post("/periods/wuhan/2014-9/deadlines/", right).status_code == 403
        september.refresh_from_db()
        assert september.report_due == date(2014, 10, 10)


def test_a_plan_made_ahead_of_its_year_is_shown_when_it_is_asked_for(wuhan: Bureau, wuhan_plan: Plan) -> None:
    assert year_of(wuhan, "") == 2014
    document = wuhan_plan.document
    document.pk, document.sha256 = None, "0" * 64
    document.save()
    Plan.objects.create(bureau=wuhan, document=document, year=2016, title="2016")
    assert (year_of(wuhan, ""), year_of(wuhan, "2016"), year_of(wuhan, "2020")) == (2014, 2016, 2014)
