"""Every state × every act × every role, through the services: what is not listed here does not happen."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from decimal import Decimal

import pytest
from django.db import transaction
from django.utils import timezone

from accounts.models import Bureau, Unit, User
from targets.enums import State
from targets.errors import Refused
from targets.inputs import FigureInput
from targets.models import Figure, Period
from targets.services.entering import (
    open_correction,
    save_entries,
    submit_entries,
    withdraw_correction,
)
from targets.services.reviewing import ItemRef, approve_items, pass_items, return_items, sign_items

pytestmark = pytest.mark.django_db

REPORTER, REVIEWER, OFFICE, LEADER = (
    *("wuhan_reporter_05", "wuhan_reviewer_05"),
    *("wuhan_office", "wuhan_leader_1"),  # 条件财务处 is in the charge of 分管领导甲
)
PEOPLE = [
    *(REPORTER, REVIEWER, OFFICE, LEADER),
    *("wuhan_reporter", "wuhan_reviewer", "wuhan_leader", "wuhan_leader_2"),
    *("xian_reporter_06", "xian_reviewer_06", "xian_office", "xian_leader_1"),
    *("observer", "sysadmin", "secadmin", "auditor"),
]
ENTERS = {REPORTER, OFFICE}  # the unit's own people, and the office for every unit
Done = Callable[[Figure, Unit, User], object]


def ref(figure: Figure) -> list[ItemRef]:
    return [ItemRef("figure", figure.pk, figure.revision)]


def save(figure: Figure, unit: Unit, by: User) -> object:
    entry = FigureInput(figure.target, figure.revision, Decimal(4))
    return save_entries(period=figure.period, unit=unit, figures=[entry], by=by)


def submit(figure: Figure, unit: Unit, by: User) -> object:
    return submit_entries(period=figure.period, unit=unit, again=[("figure", figure.pk)], by=by)


ACTS: dict[str, Done] = {
    "save": save,
    "submit": submit,
    "pass": lambda figure, unit, by: pass_items(items=ref(figure), unit=unit, by=by),
    "sign": lambda figure, unit, by: sign_items(items=ref(figure), bureau=unit.bureau, by=by),
    "approve": lambda figure, unit, by: approve_items(items=ref(figure), bureau=unit.bureau, by=by),
    "return": lambda figure, unit, by: return_items(
        items=ref(figure), bureau=unit.bureau, reason="请核对", by=by
    ),
    "correct": lambda figure, unit, by: open_correction(item=figure, unit=unit, reason="订正", by=by),
    "withdraw": lambda figure, unit, by: withdraw_correction(item=figure, unit=unit, by=by),
}

# (state, act) → who brings it about, and the state afterwards.
ALLOWED: dict[tuple[str, str], tuple[set[str], str]] = {
    (State.DRAFT, "save"): (ENTERS, State.DRAFT),
    (State.DRAFT, "submit"): (ENTERS, State.SUBMITTED),
    (State.RETURNED, "save"): (ENTERS, State.DRAFT),
    (State.RETURNED, "submit"): (ENTERS, State.SUBMITTED),
    (State.SUBMITTED, "pass"): ({REVIEWER}, State.PASSED),
    (State.SUBMITTED, "return"): ({REVIEWER}, State.RETURNED),
    (State.PASSED, "sign"): ({LEADER}, State.REVIEWED),
    (State.PASSED, "return"): ({LEADER}, State.RETURNED),
    (State.REVIEWED, "approve"): ({OFFICE}, State.APPROVED),
    (State.REVIEWED, "return"): ({OFFICE}, State.RETURNED),
    (State.APPROVED, "correct"): (ENTERS, State.DRAFT),
    ("UNCHANGED", "save"): (ENTERS, State.DRAFT),  # a correction in which nothing was changed yet
    ("UNCHANGED", "withdraw"): (ENTERS, State.APPROVED),
}
STATES = [*State, "UNCHANGED"]


@pytest.fixture
def unit(wuhan: Bureau) -> Unit:
    Bureau.objects.filter(pk=wuhan.pk).update(leader_sign_off=True)
    return Unit.objects.select_related("bureau").get(bureau=wuhan, name="条件财务处")


@pytest.fixture
def put(unit: Unit, september: Period, person, target) -> Callable[[str], Figure]:
    """W9 with 3 of 5 in the wanted state."""
    entry = FigureInput(target("W9"), 0, Decimal(3))
    save_entries(period=september, unit=unit, figures=[entry], by=person(REPORTER))
    figure = Figure.objects.get(target=target("W9"), period=september)

    def put_into(state: str) -> Figure:
        figure.state, figure.submitted_by, figure.submitted_at = state, person(REPORTER), timezone.now()
        if state in {State.APPROVED, "UNCHANGED"}:
            figure.approved_version, figure.approved_value = 1, Decimal(3)
        if state == "UNCHANGED":
            figure.state = State.DRAFT
        figure.save()
        return Figure.objects.select_related("target__lead", "period__bureau").get(pk=figure.pk)

    return put_into


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("state", STATES)
def test_who_brings_an_act_about_in_a_state(
    state: str, act: str, put, unit: Unit, person: Callable[[str], User]
) -> None:
    figure = put(state)
    before = (figure.state, figure.last_version)
    able, result = ALLOWED.get((state, act), (set(), ""))
    for username in PEOPLE:
        with transaction.atomic():
            with suppress(Refused):
                ACTS[act](figure, unit, person(username))
            now = Figure.objects.get(pk=figure.pk)
            happened = (now.state, now.last_version) != before
            assert happened is (username in able), username
            assert not happened or now.state == result, username
            transaction.set_rollback(True)


@pytest.mark.parametrize("act", ["pass", "sign", "approve"])
def test_nobody_decides_about_what_they_submitted_unless_the_bureau_allows_it(
    act: str, put, unit: Unit, wuhan: Bureau, person: Callable[[str], User]
) -> None:
    state = {"pass": State.SUBMITTED, "sign": State.PASSED, "approve": State.REVIEWED}[act]
    who = person({"pass": REVIEWER, "sign": LEADER, "approve": OFFICE}[act])
    figure = put(state)
    Figure.objects.filter(pk=figure.pk).update(submitted_by=who)
    with pytest.raises(Refused):
        ACTS[act](figure, unit, who)
    unit.bureau.allow_self_approval = True
    ACTS[act](figure, unit, who)
    assert Figure.objects.get(pk=figure.pk).state == ALLOWED[state, act][1]


class TestWithoutTheSignOff:
    """The bureau's switch is off, or the unit has nobody in charge: the reviewer sends it to the office."""

    def test_no_leader_signs_and_the_reviewers_pass_leads_to_the_office(
        self, put, unit, wuhan, person
    ) -> None:
        Bureau.objects.filter(pk=wuhan.pk).update(leader_sign_off=False)
        figure = put(State.PASSED)
        with pytest.raises(Refused):
            ACTS["sign"](figure, unit, person(LEADER))
        figure = put(State.SUBMITTED)
        ACTS["pass"](figure, unit, person(REVIEWER))
        assert Figure.objects.get(pk=figure.pk).state == State.REVIEWED

    def test_a_unit_with_nobody_in_charge_goes_straight_to_the_office(self, put, unit, person) -> None:
        Unit.objects.filter(pk=unit.pk).update(leader_account=None)
        figure = put(State.SUBMITTED)
        ACTS["pass"](figure, unit, person(REVIEWER))
        assert Figure.objects.get(pk=figure.pk).state == State.REVIEWED

    def test_without_the_units_review_a_submission_still_waits_for_the_leader(
        self, put, unit, wuhan, person
    ) -> None:
        Bureau.objects.filter(pk=wuhan.pk).update(skip_unit_review=True)
        figure = put(State.DRAFT)
        ACTS["submit"](figure, unit, person(REPORTER))
        assert Figure.objects.get(pk=figure.pk).state == State.PASSED
