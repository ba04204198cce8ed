"""Exceptions for closed periods: asked, granted until a day, and what is open before, during and after."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction

from accounts.models import AuditEvent, Bureau, Unit, User
from targets.enums import State
from targets.errors import Refused
from targets.inputs import FigureInput
from targets.models import ExceptionState, Figure, Period, PeriodException
from targets.selectors.entry import entry_sheet
from targets.selectors.openings import opening
from targets.selectors.review import desks_of
from targets.selectors.unit_form import unit_form
from targets.selectors.uploads import open_places
from targets.services import uploads
from targets.services.entering import open_correction, save_entries, submit_entries
from targets.services.exceptions import (
    ask_exception,
    decline_exception,
    grant_exception,
    withdraw_exception,
)
from targets.services.reviewing import ItemRef, approve_items, pass_items, return_items
from targets.workbook.form import write_form

pytestmark = pytest.mark.django_db

LAST_DAY = date(2014, 10, 29)  # the demonstration stands at the 27th
CLOSED = r"closed|截止"


@pytest.fixture
def june(wuhan: Bureau) -> Period:
    """A closed period in which everything of the unit is approved."""
    return Period.objects.select_related("bureau").get(bureau=wuhan, month=6)


@pytest.fixture
def unit(wuhan: Bureau) -> Unit:
    return Unit.objects.select_related("bureau").get(bureau=wuhan, name="高新技术处")


@pytest.fixture
def reporter(person: Callable[[str], User]) -> User:
    return person("wuhan_reporter")


@pytest.fixture
def office(person: Callable[[str], User]) -> User:
    return person("wuhan_office")


@pytest.fixture
def asked(june: Period, unit: Unit, reporter: User) -> PeriodException:
    return ask_exception(period=june, unit=unit, reason="统计局修订了上半年数", items={}, by=reporter)


@pytest.fixture
def granted(asked: PeriodException, office: User) -> PeriodException:
    return grant_exception(exception=asked, until=LAST_DAY, by=office)


@pytest.fixture
def w2(june: Period) -> Figure:
    return Figure.objects.get(target__key="W2", allocation=None, period=june)


def at_day(day: date) -> None:
    """Put the demonstration to another day; what was fetched before has to be fetched again."""
    Bureau.objects.update(demo_date=day)


def again(period: Period) -> Period:
    return Period.objects.select_related("bureau").get(pk=period.pk)


def ref(figure: Figure) -> ItemRef:
    figure.refresh_from_db()
    return ItemRef("figure", figure.pk, figure.revision)


def correct(figure: Figure, unit: Unit, by: User, value: str = "2990") -> None:
    """Reopen, change and submit an approved figure."""
    open_correction(item=figure, unit=unit, reason="统计局修订", by=by)
    figure.refresh_from_db()
    entry = FigureInput(figure.target, figure.revision, Decimal(value), nature=figure.nature)
    submit_entries(period=figure.period, unit=unit, figures=[entry], by=by)


class TestAsking:
    def test_the_request_waits_and_is_audited(self, asked, june, unit, reporter) -> None:
        assert (asked.state, asked.asked_by, asked.until) == (ExceptionState.ASKED, reporter, None)
        event = AuditEvent.objects.get(kind="exception.asked")
        assert event.user == reporter and event.after["reason"] == asked.reason
        assert not opening(june, unit)  # asking opens nothing

    @pytest.mark.parametrize(
        "username", ["wuhan_reporter_08", "wuhan_reviewer", "wuhan_leader", "xian_office"]
    )
    def test_only_those_who_enter_for_the_unit_ask(self, june, unit, person, reporter, username: str) -> None:
        with pytest.raises(Refused):
            ask_exception(period=june, unit=unit, reason="补报", items={}, by=person(username))
        assert not PeriodException.objects.exists()
        ask_exception(period=june, unit=unit, reason="补报", items={}, by=reporter)

    def test_a_reason_is_needed_and_kept_whole(self, june, unit, reporter) -> None:
        for reason in ("  ", "长" * 301):
            with pytest.raises(Refused):
                ask_exception(period=june, unit=unit, reason=reason, items={}, by=reporter)
        assert ask_exception(period=june, unit=unit, reason="长" * 300, items={}, by=reporter)

    def test_an_open_period_needs_none(self, september, june, unit, reporter) -> None:
        with pytest.raises(Refused):
            ask_exception(period=september, unit=unit, reason="补报", items={}, by=reporter)
        ask_exception(period=june, unit=unit, reason="补报", items={}, by=reporter)

    def test_one_request_at_a_time_and_none_while_all_is_open(
        self, asked, june, unit, reporter, office
    ) -> None:
        for _number in range(2):
            with pytest.raises(Refused):
                ask_exception(period=june, unit=unit, reason="补报", items={}, by=reporter)
            if asked.state == ExceptionState.ASKED:
                asked = grant_exception(exception=asked, until=LAST_DAY, by=office)
        withdraw_exception(exception=asked, reason="已补报", by=office)
        ask_exception(period=june, unit=unit, reason="再补一项", items={}, by=reporter)


class TestAnswering:
    def test_granted_until_a_day(self, granted, office) -> None:
        assert granted.is_in_force and granted.until == LAST_DAY
        assert (granted.decided_by, granted.granted_on) == (office, date(2014, 10, 27))
        assert AuditEvent.objects.get(kind="exception.granted").after["until"] == "2014-10-29"

    def test_declined_with_a_reason(self, asked, june, unit, office) -> None:
        with pytest.raises(Refused):
            decline_exception(exception=asked, answer=" ", by=office)
        declined = decline_exception(exception=asked, answer="请在前三季度一并说明", by=office)
        assert declined.state == ExceptionState.DECLINED and not declined.is_in_force
        assert not opening(june, unit)
        assert AuditEvent.objects.filter(kind="exception.declined").exists()

    def test_a_last_day_in_the_past_is_refused_and_today_is_not(self, asked, office) -> None:
        with pytest.raises(Refused):
            grant_exception(exception=asked, until=date(2014, 10, 26), by=office)
        assert grant_exception(exception=asked, until=date(2014, 10, 27), by=office).is_in_force

    def test_nobody_answers_twice(self, granted, office) -> None:
        with pytest.raises(Refused):
            decline_exception(exception=granted, answer="不同意", by=office)
        with pytest.raises(Refused):
            grant_exception(exception=granted, until=LAST_DAY + timedelta(days=9), by=office)
        granted.refresh_from_db()
        assert (granted.state, granted.until) == (ExceptionState.GRANTED, LAST_DAY)

    @pytest.mark.parametrize("username", ["wuhan_reporter", "wuhan_reviewer", "wuhan_leader", "xian_office"])
    def test_only_the_bureaus_own_office_answers(self, asked, person, office, username: str) -> None:
        by = person(username)
        with pytest.raises(Refused):
            grant_exception(exception=asked, until=LAST_DAY, by=by)
        with pytest.raises(Refused):
            decline_exception(exception=asked, answer="不同意", by=by)
        granted = grant_exception(exception=asked, until=LAST_DAY, by=office)
        with pytest.raises(Refused):
            withdraw_exception(exception=granted, reason="收回", by=by)
        assert withdraw_exception(exception=granted, reason="收回", by=office)

    def test_nobody_grants_their_own_request_unless_the_bureau_allows_it(
        self, june, unit, office, wuhan
    ) -> None:
        own = ask_exception(period=june, unit=unit, reason="代处室补报", items={}, by=office)
        with pytest.raises(Refused):
            grant_exception(exception=own, until=LAST_DAY, by=office)
        Bureau.objects.filter(pk=wuhan.pk).update(allow_self_approval=True)
        assert grant_exception(exception=own, until=LAST_DAY, by=office).is_in_force

    def test_the_database_refuses_half_an_answer(self, asked, granted, office) -> None:
        rows = PeriodException.objects.filter(pk=granted.pk)
        for wrong in (
            {"until": None},
            {"until": date(2014, 10, 26)},
            {"decided_by": None},
            {"state": ExceptionState.DECLINED},
            {"state": ExceptionState.WITHDRAWN},
        ):
            with pytest.raises(IntegrityError), transaction.atomic():
                rows.update(**wrong)
        rows.update(until=date(2014, 10, 28))


class TestTheUnitsWork:
    def test_before_it_is_granted_nothing_is_open(self, asked, june, unit, reporter, w2) -> None:
        with pytest.raises(Refused, match=CLOSED):
            open_correction(item=w2, unit=unit, reason="统计局修订", by=reporter)
        with pytest.raises(Refused, match=CLOSED):
            submit_entries(period=june, unit=unit, by=reporter)
        assert unit not in [place.unit for place in open_places(reporter) if place.period == june]

    def test_while_it_is_in_force_a_correction_goes_all_its_way(
        self, granted, june, unit, wuhan, person, reporter, office, w2
    ) -> None:
        correct(w2, unit, reporter)
        pass_items(items=[ref(w2)], unit=unit, by=person("wuhan_reviewer"))
        approve_items(items=[ref(w2)], bureau=wuhan, by=office)
        w2.refresh_from_db()
        assert (w2.state, w2.approved_value) == (State.APPROVED, Decimal(2990))

    def test_another_unit_stays_outside(self, granted, june, wuhan, person) -> None:
        other = Unit.objects.select_related("bureau").get(bureau=wuhan, name="成果与市场处")
        figure = Figure.objects.get(target__key="W6", allocation=None, period=june)
        with pytest.raises(Refused, match=CLOSED):
            open_correction(item=figure, unit=other, reason="订正", by=person("wuhan_reporter_08"))
        with pytest.raises(Refused, match=CLOSED):
            save_entries(period=june, unit=other, by=person("wuhan_reporter_08"))
        figure.refresh_from_db()
        assert figure.state == State.APPROVED

    def test_another_closed_period_stays_closed(self, granted, wuhan, unit, reporter) -> None:
        march = Period.objects.select_related("bureau").get(bureau=wuhan, month=3)
        with pytest.raises(Refused, match=CLOSED):
            save_entries(period=march, unit=unit, by=reporter)

    def test_it_ends_by_itself_after_the_last_day(self, granted, june, unit, reporter, w2) -> None:
        at_day(LAST_DAY)
        assert opening(again(june), unit)
        at_day(LAST_DAY + timedelta(days=1))
        assert not opening(again(june), unit)
        w2 = Figure.objects.get(pk=w2.pk)
        with pytest.raises(Refused, match=CLOSED):
            open_correction(item=w2, unit=unit, reason="统计局修订", by=reporter)
        granted = PeriodException.objects.get(pk=granted.pk)
        assert granted.has_expired and granted.state == ExceptionState.GRANTED

    def test_withdrawing_closes_at_once(self, granted, june, unit, reporter, office, w2) -> None:
        withdraw_exception(exception=granted, reason="已在前三季度说明", by=office)
        with pytest.raises(Refused, match=CLOSED):
            open_correction(item=w2, unit=unit, reason="统计局修订", by=reporter)
        with pytest.raises(Refused):
            withdraw_exception(exception=granted, reason="再收回", by=office)
        assert AuditEvent.objects.get(kind="exception.withdrawn").after["reason"] == "已在前三季度说明"

    def test_for_single_items_only_these_are_open(self, june, unit, reporter, office, w2) -> None:
        w1 = Figure.objects.get(target__key="W1", allocation=None, period=june)
        items = {w2.duty_key: "高新技术产业产值"}
        found = ask_exception(period=june, unit=unit, reason="统计局修订", items=items, by=reporter)
        grant_exception(exception=found, until=LAST_DAY, by=office)
        with pytest.raises(Refused):
            open_correction(item=w1, unit=unit, reason="订正", by=reporter)
        w1.refresh_from_db()
        assert w1.state == State.APPROVED
        rows = {row.key: row.is_open for row in entry_sheet(june, unit).rows}
        assert [key for key, is_open in rows.items() if is_open] == [w2.duty_key]
        correct(w2, unit, reporter)

    def test_drafts_left_outside_the_items_are_not_submitted_along(
        self, june, unit, reporter, office, w2
    ) -> None:
        w1 = Figure.objects.get(target__key="W1", allocation=None, period=june)
        Figure.objects.filter(pk=w1.pk).update(state=State.DRAFT, last_version=w1.last_version + 1)
        items = {w2.duty_key: "高新技术产业产值"}
        found = ask_exception(period=june, unit=unit, reason="统计局修订", items=items, by=reporter)
        grant_exception(exception=found, until=LAST_DAY, by=office)
        correct(w2, unit, reporter)
        w1.refresh_from_db()
        w2.refresh_from_db()
        assert (w1.state, w2.state) == (State.DRAFT, State.SUBMITTED)


class TestReviewing:
    def test_what_was_handed_in_is_decided_after_the_last_day(
        self, granted, june, unit, wuhan, person, reporter, office, w2
    ) -> None:
        correct(w2, unit, reporter)
        at_day(LAST_DAY + timedelta(days=1))
        reviewer = person("wuhan_reviewer")
        assert june in [desk.period for desk in desks_of(reviewer)]
        unit = Unit.objects.select_related("bureau").get(pk=unit.pk)
        pass_items(items=[ref(w2)], unit=unit, by=reviewer)
        assert june in [desk.period for desk in desks_of(office)]
        approve_items(items=[ref(w2)], bureau=wuhan, by=office)
        assert june not in [desk.period for desk in desks_of(office)]  # nothing lies there any more

    def test_what_is_returned_too_late_needs_a_new_request(
        self, granted, june, unit, wuhan, person, reporter, office, w2
    ) -> None:
        correct(w2, unit, reporter)
        at_day(LAST_DAY + timedelta(days=1))
        return_items(items=[ref(w2)], bureau=wuhan, reason="请附文件", by=person("wuhan_reviewer"))
        june, unit = again(june), Unit.objects.select_related("bureau").get(pk=unit.pk)
        with pytest.raises(Refused, match=CLOSED):
            submit_entries(period=june, unit=unit, again=[("figure", w2.pk)], by=reporter)
        found = ask_exception(period=june, unit=unit, reason="补充文件", items={}, by=reporter)
        grant_exception(exception=found, until=LAST_DAY + timedelta(days=3), by=office)
        assert submit_entries(period=june, unit=unit, again=[("figure", w2.pk)], by=reporter) == 1

    def test_what_lay_there_when_the_period_was_closed_stays_closed(self, june, wuhan, office, w2) -> None:
        Figure.objects.filter(pk=w2.pk).update(state=State.REVIEWED)
        with pytest.raises(Refused, match=CLOSED):
            approve_items(items=[ref(w2)], bureau=wuhan, by=office)
        assert june not in [desk.period for desk in desks_of(office)]

    def test_another_units_item_of_the_same_period_stays_closed(self, granted, june, wuhan, office) -> None:
        w6 = Figure.objects.get(target__key="W6", allocation=None, period=june)
        Figure.objects.filter(pk=w6.pk).update(state=State.REVIEWED)
        with pytest.raises(Refused, match=CLOSED):
            approve_items(items=[ref(w6)], bureau=wuhan, by=office)
        assert w6 not in [
            row.item for desk in desks_of(office) for queue in desk.units for row in queue.figures
        ]


class TestUploads:
    @pytest.fixture(autouse=True)
    def media(self, settings, tmp_path) -> None:
        settings.MEDIA_ROOT = tmp_path

    def file(self, unit: Unit, period: Period) -> SimpleUploadedFile:
        return SimpleUploadedFile("补报.xlsx", write_form(unit_form(unit, period)))

    def test_a_workbook_is_taken_while_the_exception_is_in_force(
        self, june, unit, reporter, office, asked
    ) -> None:
        file = self.file(unit, june)
        with pytest.raises(Refused, match=CLOSED):
            uploads.receive(unit=unit, period=june, file=file, by=reporter)
        grant_exception(exception=asked, until=LAST_DAY, by=office)
        assert june in [place.period for place in open_places(reporter)]
        upload = uploads.receive(unit=unit, period=june, file=self.file(unit, june), by=reporter)
        uploads.read(upload_id=upload.pk)
        assert uploads.apply(upload_id=upload.pk, by=reporter) == 0  # as it was downloaded
        at_day(LAST_DAY + timedelta(days=1))
        with pytest.raises(Refused, match=CLOSED):
            uploads.receive(unit=unit, period=again(june), file=self.file(unit, june), by=reporter)
        tomorrow = User.objects.get(pk=reporter.pk)  # with the units and bureau of that day
        assert june not in [place.period for place in open_places(tomorrow)]
