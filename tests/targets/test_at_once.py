"""Two people at the same moment, each on a connection of their own: one wins, the other is told."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any

import pytest
from django.db import connections

from accounts.audit import first_broken_event
from accounts.models import AuditEvent, Bureau, Unit, User
from targets.enums import State
from targets.errors import Refused, StaleForm
from targets.inputs import FigureInput
from targets.models import Adjustment, Figure, Narrative, Period, Target
from targets.services.adjusting import approve_adjustment
from targets.services.entering import save_entries
from targets.services.periods import lock_period
from targets.services.reviewing import ItemRef, approve_items, pass_items, return_items, sign_items
from targets.services.settings import set_review_steps
from tests.stack import CopiedDatabase
from tests.targets.acts import proposed

pytestmark = pytest.mark.django_db


@pytest.fixture
def copied() -> Iterator[None]:
    """New threads work on a copy of the test database, where they really commit."""
    place = connections.settings["default"]
    name = place["NAME"]
    with CopiedDatabase("at_once") as copy:
        place["NAME"] = copy.name
        yield
        place["NAME"] = name


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """What each act returns or raises, all begun at the same moment."""
    start = threading.Barrier(len(acts))

    def run(act: Callable[[], Any]) -> Any:
        start.wait(10)
        try:
            return act()
        except Refused as refusal:
            return refusal
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(acts)) as pool:
        return [future.result(30) for future in [pool.submit(run, act) for act in acts]]


def alone(act: Callable[[], Any]) -> Any:
    return at_once(act)[0]


def september() -> Period:
    return Period.objects.select_related("bureau").get(bureau__code="wuhan", month=9)


def test_two_first_figures_of_the_same_target(copied: None) -> None:
    """Nothing was reported for W9 yet: the database must not hold two, nor the second page fail."""

    def save(value: int) -> Callable[[], object]:
        def act() -> object:
            unit = Unit.objects.get(bureau__code="wuhan", name="条件财务处")
            by = User.objects.get(username="wuhan_reporter_05")
            target = Target.objects.get(key="W9")
            return save_entries(
                period=september(), unit=unit, figures=[FigureInput(target, 0, Decimal(value))], by=by
            )

        return act

    results = at_once(save(3), save(4))
    assert [isinstance(result, StaleForm) for result in results].count(True) == 1
    values = alone(
        lambda: list(Figure.objects.filter(target__key="W9", period=september()).values_list("value"))
    )
    assert len(values) == 1


def test_one_approves_while_the_other_returns(copied: None) -> None:
    def refs() -> list[ItemRef]:
        figures = Figure.objects.filter(period=september(), state=State.REVIEWED)
        texts = Narrative.objects.filter(period=september(), state=State.REVIEWED)
        return [ItemRef("figure", item.pk, item.revision) for item in figures] + [
            ItemRef("narrative", item.pk, item.revision) for item in texts
        ]

    items = alone(refs)
    assert len(items) == 3

    def approve() -> object:
        by, bureau = User.objects.get(username="wuhan_office"), Bureau.objects.get(code="wuhan")
        return approve_items(items=items, bureau=bureau, by=by)

    def give_back() -> object:
        by, bureau = User.objects.get(username="wuhan_office"), Bureau.objects.get(code="wuhan")
        return return_items(items=items[::-1], bureau=bureau, reason="请补充", by=by)

    results = at_once(approve, give_back)
    assert [isinstance(result, Refused) for result in results].count(True) == 1

    def states() -> set[str]:
        figures = Figure.objects.filter(pk__in=[item.pk for item in items if item.kind == "figure"])
        texts = Narrative.objects.filter(pk__in=[item.pk for item in items if item.kind == "narrative"])
        return {*figures.values_list("state", flat=True), *texts.values_list("state", flat=True)}

    assert alone(states) in ({State.APPROVED}, {State.RETURNED})  # all of them, or none
    assert alone(lambda: first_broken_event(Bureau.objects.get(code="wuhan"))) is None


class TestOneWinsAtEachStep:
    """W10 at each step of the review, and two people who decide about it at the same moment."""

    @staticmethod
    def put(state: str) -> ItemRef:
        Bureau.objects.filter(code="wuhan").update(leader_sign_off=True)
        figure = Figure.objects.get(target__key="W10", period=september())
        Figure.objects.filter(pk=figure.pk).update(state=state)
        return ItemRef("figure", figure.pk, figure.revision)

    @staticmethod
    def act(name: str, item: ItemRef) -> Callable[[], object]:
        def run() -> object:
            bureau = Bureau.objects.get(code="wuhan")
            reviewer, leader, office = (
                User.objects.get(username=f"wuhan_{who}") for who in ("reviewer", "leader_2", "office")
            )
            unit = Unit.objects.select_related("bureau").get(bureau=bureau, name="高新技术处")
            if name == "pass":
                return pass_items(items=[item], unit=unit, by=reviewer)
            if name == "sign":
                return sign_items(items=[item], bureau=bureau, by=leader)
            if name == "approve":
                return approve_items(items=[item], bureau=bureau, by=office)
            by = {"return-pass": reviewer, "return-sign": leader, "return-approve": office}[name]
            return return_items(items=[item], bureau=bureau, reason="请核对", by=by)

        return run

    @pytest.mark.parametrize(
        ("step", "waiting", "after"),
        [
            ("pass", State.SUBMITTED, State.PASSED),
            ("sign", State.PASSED, State.REVIEWED),
            ("approve", State.REVIEWED, State.APPROVED),
        ],
    )
    @pytest.mark.parametrize("other", ["same", "return"])
    def test_the_second_is_told(self, copied: None, step: str, waiting: str, after: str, other: str) -> None:
        item = alone(lambda: self.put(waiting))
        rival = step if other == "same" else f"return-{step}"
        results = at_once(self.act(step, item), self.act(rival, item))
        assert [isinstance(result, Refused) for result in results].count(True) == 1
        figure = alone(lambda: Figure.objects.get(pk=item.pk))
        won = after if not isinstance(results[0], Refused) or other == "same" else State.RETURNED
        assert (figure.state, figure.revision) == (won, item.revision + 1)
        assert alone(lambda: first_broken_event(Bureau.objects.get(code="wuhan"))) is None

    def test_nothing_is_stranded_when_the_step_is_switched_off_meanwhile(self, copied: None) -> None:
        item = alone(lambda: self.put(State.SUBMITTED))

        def switch_off() -> object:
            bureau, by = Bureau.objects.get(code="wuhan"), User.objects.get(username="wuhan_office")
            return set_review_steps(
                bureau=bureau, skip_unit_review=False, leader_sign_off=False, leaders={}, by=by
            )

        passed, switched = at_once(self.act("pass", item), switch_off)
        assert passed == 1
        state = alone(lambda: Figure.objects.get(pk=item.pk).state)
        assert state == (State.PASSED if isinstance(switched, Refused) else State.REVIEWED)


def test_nobody_saves_into_a_period_that_is_being_locked(copied: None) -> None:
    def save() -> object:
        unit = Unit.objects.get(bureau__code="wuhan", name="条件财务处")
        by = User.objects.get(username="wuhan_reporter_05")
        entry = FigureInput(Target.objects.get(key="W9"), 0, Decimal(3))
        return save_entries(period=september(), unit=unit, figures=[entry], by=by)

    def lock() -> object:
        return lock_period(period=september(), by=User.objects.get(username="wuhan_office"))

    saved, locked = at_once(save, lock)
    assert locked is None

    def order() -> list[str]:
        events = AuditEvent.objects.filter(bureau__code="wuhan", kind__in=["entry.saved", "period.locked"])
        return list(events.order_by("-number").values_list("kind", flat=True)[:2])

    assert alone(order)[0] == "period.locked"
    reported = alone(lambda: Figure.objects.filter(target__key="W9", period=september()).exists())
    assert reported is not isinstance(saved, Refused)


def test_two_leaders_agree_to_one_adjustment(copied: None) -> None:
    def act() -> object:
        adjustment = Adjustment.objects.select_related("target__plan__bureau", "effective").get(
            target__key="W9"
        )
        by = User.objects.get(username="wuhan_leader")
        return approve_adjustment(adjustment=adjustment, by=by)

    def propose() -> object:
        return proposed(Target.objects.select_related("plan__bureau").get(key="W9"), 9, value=4).pk

    alone(propose)
    results = at_once(act, act)
    assert [isinstance(result, Refused) for result in results].count(True) == 1
    assert (
        alone(
            lambda: AuditEvent.objects.filter(kind="target.adjusted", object_label__contains="平台").count()
        )
        == 1
    )


def test_a_number_entered_while_its_unit_changes_is_converted_or_refused(copied: None) -> None:
    """Whoever is first: 3个 never becomes 3万个."""

    def save() -> object:
        unit = Unit.objects.get(bureau__code="wuhan", name="条件财务处")
        by = User.objects.get(username="wuhan_reporter_05")
        figure = FigureInput(Target.objects.get(key="W9"), 0, Decimal(3), unit="个")
        return save_entries(period=september(), unit=unit, figures=[figure], by=by)

    def agree() -> object:
        adjustment = Adjustment.objects.select_related("target__plan__bureau", "effective").get(
            target__key="W9"
        )
        return approve_adjustment(adjustment=adjustment, by=User.objects.get(username="wuhan_leader"))

    def propose() -> object:
        target = Target.objects.select_related("plan__bureau").get(key="W9")
        return proposed(target, 9, value="0.0005", unit="万个").pk

    alone(propose)
    saved, _agreed = at_once(save, agree)
    values = alone(
        lambda: list(Figure.objects.filter(target__key="W9", period=september()).values_list("value"))
    )
    assert values == ([] if isinstance(saved, Refused) else [(Decimal("0.0003"),)])
