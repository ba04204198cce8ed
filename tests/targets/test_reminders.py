"""Reminding: whom, of what, recorded for ever; and the text to copy."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import AuditEvent, Bureau, Unit, User
from targets.errors import Refused
from targets.models import Figure, Reminder
from targets.selectors.reminders import owing_units
from targets.selectors.work import reporting_status, unit_work
from targets.services.entering import open_correction
from targets.services.periods import lock_period
from targets.services.reminding import remind_units
from tests.targets.small_plan import small_plan

pytestmark = pytest.mark.django_db

ADDRESS = "/periods/wuhan/2014-9/reminders/"


@pytest.fixture
def unit(wuhan: Bureau) -> Unit:
    """The unit that owes W9."""
    return Unit.objects.get(bureau=wuhan, name="条件财务处")


@pytest.fixture
def office(person: Callable[[str], User]) -> User:
    return person("wuhan_office")


class TestTheAct:
    def test_the_demonstrations_unit_was_reminded_twice(self, unit, september) -> None:
        found = Reminder.objects.filter(unit=unit, period=september)
        assert [reminder.at.date().day for reminder in found] == [11, 17]
        assert all("新增省级以上科技创新平台" in reminder.items for reminder in found)

    def test_who_when_what_and_an_event_in_the_trail(self, unit, september, office) -> None:
        (made,) = remind_units(period=september, units=[unit], note="请即报送", by=office)
        assert (made.by, made.note, made.at.date()) == (office, "请即报送", september.bureau.today)
        event = AuditEvent.objects.filter(kind="reminder.sent").latest("number")
        assert event.user == office and event.after["items"] == made.items

    @pytest.mark.parametrize("username", ["wuhan_reporter_05", "wuhan_leader", "xian_office"])
    def test_only_the_bureaus_own_office(self, unit, september, person, office, username: str) -> None:
        before = Reminder.objects.count()
        with pytest.raises(Refused):
            remind_units(period=september, units=[unit], by=person(username))
        assert Reminder.objects.count() == before
        remind_units(period=september, units=[unit], by=office)

    def test_a_unit_that_owes_nothing_is_refused_and_then_none_is_reminded(
        self, unit, wuhan, xian, september, office
    ) -> None:
        before = Reminder.objects.count()
        for other in (Unit.objects.get(bureau=wuhan, name="监察室"), Unit.objects.filter(bureau=xian)[0]):
            with pytest.raises(Refused):
                remind_units(period=september, units=[unit, other], by=office)
        with pytest.raises(Refused):
            remind_units(period=september, units=[], by=office)
        assert Reminder.objects.count() == before

    def test_a_closed_period_is_refused(self, unit, september, office) -> None:
        lock_period(period=september, by=office)
        with pytest.raises(Refused):
            remind_units(period=september, units=[unit], by=office)

    def test_the_database_keeps_every_reminder(self, unit, september) -> None:
        for change in (Reminder.objects.all().delete, lambda: Reminder.objects.update(note="改")):
            with pytest.raises(DatabaseError), transaction.atomic():
                change()


class TestWhomToRemind:
    def test_units_in_official_order_with_contact_items_and_days(self, september) -> None:
        found = owing_units(september)
        assert [line.unit.order for line in found] == sorted(line.unit.order for line in found)
        line = next(line for line in found if line.unit.name == "条件财务处")
        assert [person.phone for person in line.contacts] == ["000-0000-1005"]
        assert line.work.days_late == 17 and len(line.reminders) == 2
        for words in ("条件财务处", "2014年前三季度", "新增省级以上科技创新平台", "2014年10月10日", "17"):
            assert words in line.text

    def test_what_was_returned_stands_in_the_text_with_its_reason(self, september) -> None:
        line = next(line for line in owing_units(september) if line.unit.name == "高新技术处")
        assert "请附9月底有效期内企业名单" in line.text

    def test_what_is_corrected_is_not_owed_while_its_approved_version_counts(self, wuhan, september) -> None:
        figure = Figure.objects.get(target__key="W6", allocation=None, period=september)
        lead = Unit.objects.select_related("bureau").get(pk=figure.target.lead_id)
        reporter = User.objects.filter(memberships__unit=lead, memberships__role="reporter")[0]
        open_correction(item=figure, unit=lead, reason="统计口径调整", by=reporter)
        work = unit_work(lead, september)
        assert figure.target.name in [item.label for item in work.open]
        assert figure.target.name not in [item.label for item in work.owing]
        assert [one.name for one in reporting_status(wuhan, september).silent] == []
        Figure.objects.filter(pk=figure.pk).update(approved_version=None, approved_value=None)
        work = unit_work(lead, september)
        assert figure.target.name in [item.label for item in work.owing]

    def test_the_office_counts_on_its_home_page_the_units_of_this_list(self, wuhan, september) -> None:
        units = [line.unit for line in owing_units(september)]
        assert [work.unit for work in reporting_status(wuhan, september).owing] == units
        assert "高新技术处" in [unit.name for unit in units], "what was returned is owed"

    def test_the_queries_do_not_grow_with_what_is_owed(self) -> None:
        counted = []
        for size in (1, 3):
            small = small_plan(size, code=f"small{size}")
            small.period.figures.update(state="DRAFT", approved_version=None, approved_value=None)
            with CaptureQueriesContext(connection) as queries:
                assert len(owing_units(small.period)[0].work.owing) >= size
            counted.append(len(queries))
        assert counted[0] == counted[1]


class TestThePage:
    def test_the_office_records_the_ticked_units(self, client_of, unit, september) -> None:
        client: Client = client_of("wuhan_office")
        page = client.get(ADDRESS).content.decode()
        assert "000-0000-1005" in page and "已催报2次" in page and "<textarea" in page
        answer = client.post(ADDRESS, {"units": [unit.pk], "note": "请今日报送"})
        assert answer.status_code == 302
        assert Reminder.objects.filter(unit=unit, period=september).count() == 3
        assert Reminder.objects.latest("pk").note == "请今日报送"

    def test_without_a_unit_nothing_is_recorded_and_the_page_says_so(self, client_of) -> None:
        before = Reminder.objects.count()
        answer = client_of("wuhan_office").post(ADDRESS, {"note": "请报送"})
        assert answer.status_code == 200 and 'role="alert"' in answer.content.decode()
        assert Reminder.objects.count() == before

    def test_a_closed_or_missing_period_has_no_such_page(self, client_of) -> None:
        client = client_of("wuhan_office")
        for address in ("/periods/wuhan/2014-6/reminders/", "/periods/wuhan/2014-12/reminders/"):
            assert client.get(address).status_code == 404

    def test_telephones_are_shown_to_the_office_alone(self, client_of, september, unit) -> None:
        for username in ("wuhan_leader", "wuhan_reviewer_05", "wuhan_reporter_05"):
            client = client_of(username)
            assert client.get(ADDRESS).status_code == 403
            sheet = client.get(reverse("entry-sheet", args=[september.pk, unit.pk]))
            assert "000-0000" not in sheet.content.decode()
