"""Whatever three people do in whatever order, no figure is lost, doubled or counted before its approval.

A machine of random acts on a small plan in the real database: an act happens as the rules say, or it is
refused and changes nothing. After each the invariants are looked up in the database.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from accounts.audit import first_broken_event
from accounts.models import Bureau, Membership, Unit, User
from accounts.permissions import Role
from targets.enums import Basis, State
from targets.errors import Refused
from targets.inputs import FigureInput
from targets.models import Act, Decision, Figure, FigureVersion, Origin, Period, Progress, Target
from targets.selectors.entry import entry_sheet
from targets.selectors.ledger import single_quarter
from targets.services.entering import open_correction, save_entries, submit_entries, withdraw_correction
from targets.services.recompute import catch_up, request_recompute
from targets.services.reviewing import ItemRef, approve_items, pass_items, return_items, sign_items
from tests.targets.small_plan import SmallPlan, small_plan

pytestmark = pytest.mark.django_db

MONTHS = [3, 6, 9]
WHO = st.sampled_from(["reporter", "head", "office"])
MONTH = st.sampled_from(MONTHS)
AMOUNT = st.integers(0, 150).map(Decimal)
CONTENT = ("value", "not_applicable", "numerator", "denominator", "basis", "entered", "nature", "note")
Place = tuple[int, int | None, int]  # target, part, month


def people(made: SmallPlan) -> dict[str, User]:
    """A reporter, a head of the unit who may report too and signs off as well, and the office."""
    bureau = made.plan.bureau
    rights = {
        "reporter": [(Role.REPORTER, made.unit)],
        "head": [(Role.REPORTER, made.unit), (Role.REVIEWER, made.unit), (Role.LEADER, None)],
        "office": [(Role.OFFICE, None)],
    }
    found = {}
    for name, roles in rights.items():
        found[name] = User.objects.create(username=f"any_{name}", display_name=name)
        for role, unit in roles:
            Membership.objects.create(user=found[name], role=role, bureau=bureau, unit=unit)
    Unit.objects.filter(pk=made.unit.pk).update(leader_account=found["head"])
    return found


class Reporting(RuleBasedStateMachine):
    """Two targets, each with a part, in three open periods; two of them are approved at the beginning."""

    made: SmallPlan
    people: dict[str, User]

    def __init__(self) -> None:
        super().__init__()
        self.transaction = transaction.atomic()
        self.transaction.__enter__()
        self.seen: dict[tuple[int, int], tuple[Any, ...]] = {}  # (figure, number) → content
        self.counting = {self.place(figure): figure.value for figure in self.figures()}
        self.decided: set[tuple[int | None, int]] = set()

    def teardown(self) -> None:
        try:
            assert first_broken_event(self.made.plan.bureau) is None
        finally:
            transaction.set_rollback(True)
            self.transaction.__exit__(None, None, None)

    # --- what is there -------------------------------------------------------------------------------

    def figures(self) -> list[Figure]:
        found = Figure.objects.filter(target__plan=self.made.plan)
        return list(found.select_related("target", "allocation__unit", "period__bureau").order_by("pk"))

    def place(self, figure: Figure) -> Place:
        return figure.target_id, figure.allocation_id, figure.period.month

    def period(self, month: int) -> Period:
        return Period.objects.select_related("bureau").get(bureau=self.made.plan.bureau, month=month)

    def unit(self) -> Unit:
        return Unit.objects.select_related("bureau").get(pk=self.made.unit.pk)

    def in_state(self, *states: str) -> list[Figure]:
        return [figure for figure in self.figures() if figure.state in states]

    def attempt(self, act: Any) -> Any:
        """What the act returns; a refusal leaves everything as it was."""
        before = [(figure.pk, figure.state, figure.revision, figure.value) for figure in self.figures()]
        try:
            return act()
        except Refused as refusal:
            now = [(figure.pk, figure.state, figure.revision, figure.value) for figure in self.figures()]
            assert now == before
            return refusal

    def refs(self, data: Any, states: list[str]) -> list[ItemRef]:
        """Some of the figures in these states, now and then as they were seen before."""
        there = self.in_state(*states)
        chosen = data.draw(st.lists(st.sampled_from(there), unique_by=lambda one: one.pk, min_size=1))
        stale = data.draw(st.sampled_from([0, 0, 0, 0, 1]))
        return [ItemRef("figure", figure.pk, max(0, figure.revision - stale)) for figure in chosen]

    def entry(self, target: int, whole: bool, month: int, value: Decimal | None, **more: Any) -> FigureInput:
        found: Target = Target.objects.get(pk=self.made.targets[target].pk)
        part = None if whole else found.allocations.select_related("unit").get()
        stored = Figure.objects.filter(target=found, allocation=part, period__month=month).first()
        revision = stored.revision if stored else 0
        return FigureInput(found, max(0, revision - more.pop("stale", 0)), value, part, **more)

    # --- what people do ------------------------------------------------------------------------------

    @rule(
        who=WHO,
        month=MONTH,
        which=st.integers(0, 1),
        whole=st.booleans(),
        value=st.none() | AMOUNT,
        stale=st.sampled_from([0, 0, 0, 1]),
    )
    def enter(self, who: str, month: int, which: int, whole: bool, value: Decimal | None, stale: int) -> None:
        entry = self.entry(which, whole, month, value, stale=stale)
        self.attempt(
            lambda: save_entries(
                period=self.period(month), unit=self.unit(), figures=[entry], by=self.people[who]
            )
        )

    @rule(month=MONTH, which=st.integers(0, 1), single=AMOUNT)
    def enter_the_single_quarter(self, month: int, which: int, single: Decimal) -> None:
        """The cumulative number follows from the quarter before, and the sheet shows both."""
        key = f"f{self.made.targets[which].pk}"

        def row() -> Any:
            return next(one for one in entry_sheet(self.period(month), self.unit()).figures if one.key == key)

        cumulative = row().cumulative_from(single)
        if cumulative is None:
            return
        entry = self.entry(which, True, month, cumulative, basis=Basis.SINGLE)
        saved = self.attempt(
            lambda: save_entries(
                period=self.period(month), unit=self.unit(), figures=[entry], by=self.people["reporter"]
            )
        )
        if not isinstance(saved, Refused):
            assert (row().single, row().value) == (single, cumulative)

    @rule(month=MONTH, values=st.lists(AMOUNT, min_size=4, max_size=4), stale=st.sampled_from([0, 0, 1]))
    def apply_an_upload(self, month: int, values: list[Decimal], stale: int) -> None:
        """All four figures of a period at once, or none of them."""
        places = [(target, whole) for target in (0, 1) for whole in (True, False)]
        entries = [
            self.entry(target, whole, month, value, stale=stale if not number else 0)
            for number, ((target, whole), value) in enumerate(zip(places, values, strict=True))
        ]
        self.attempt(
            lambda: save_entries(
                period=self.period(month),
                unit=self.unit(),
                figures=entries,
                by=self.people["reporter"],
                origin=Origin.WORKBOOK,
            )
        )

    @rule(who=WHO, month=MONTH)
    def submit(self, who: str, month: int) -> None:
        self.attempt(lambda: submit_entries(period=self.period(month), unit=self.unit(), by=self.people[who]))

    @precondition(lambda self: self.in_state(State.SUBMITTED, State.PASSED, State.REVIEWED))
    @rule(who=WHO, step=st.sampled_from(["pass", "sign", "return"]), data=st.data())
    def review(self, who: str, step: str, data: Any) -> None:
        items = self.refs(data, [State.SUBMITTED, State.PASSED, State.REVIEWED])
        unit, by = self.unit(), self.people[who]
        acts = {
            "pass": lambda: pass_items(items=items, unit=unit, by=by),
            "sign": lambda: sign_items(items=items, bureau=unit.bureau, by=by),
            "return": lambda: return_items(items=items, bureau=unit.bureau, reason="核对", by=by),
        }
        self.attempt(acts[step])

    @precondition(lambda self: self.in_state(State.SUBMITTED, State.PASSED, State.REVIEWED))
    @rule(who=WHO, data=st.data())
    def approve(self, who: str, data: Any) -> None:
        items = self.refs(data, [State.SUBMITTED, State.PASSED, State.REVIEWED])
        before = {figure.pk: figure for figure in self.figures()}
        bureau, by = self.unit().bureau, self.people[who]
        done = self.attempt(lambda: approve_items(items=items, bureau=bureau, by=by))
        if not isinstance(done, Refused):
            assert who == "office"
            for item in items:
                figure = before[item.pk]
                assert figure.state == State.REVIEWED and figure.submitted_by_id != by.pk
                self.counting[self.place(figure)] = figure.value

    @rule(who=WHO, month=MONTH)
    def bring_everything_to_approval(self, who: str, month: int) -> None:
        """The whole way, as it mostly goes; nobody decides about what they submitted themselves."""
        period, unit = self.period(month), self.unit()
        head, office = self.people["head"], self.people["office"]
        with suppress(Refused):
            submit_entries(period=period, unit=unit, by=self.people[who])
        steps: dict[str, tuple[User, Any]] = {
            State.SUBMITTED: (head, lambda items: pass_items(items=items, unit=unit, by=head)),
            State.PASSED: (head, lambda items: sign_items(items=items, bureau=unit.bureau, by=head)),
            State.REVIEWED: (office, lambda items: approve_items(items=items, bureau=unit.bureau, by=office)),
        }
        for state, (decider, act) in steps.items():
            for figure in [one for one in self.in_state(state) if one.period_id == period.pk]:
                item = ItemRef("figure", figure.pk, figure.revision)
                done = self.attempt(partial(act, [item]))
                assert isinstance(done, Refused) is (figure.submitted_by_id == decider.pk)
                if state == State.REVIEWED and not isinstance(done, Refused):
                    self.counting[self.place(figure)] = figure.value

    @precondition(lambda self: self.in_state(State.APPROVED))
    @rule(who=WHO, data=st.data())
    def correct(self, who: str, data: Any) -> None:
        figure = data.draw(st.sampled_from(self.in_state(State.APPROVED)))
        self.attempt(
            lambda: open_correction(item=figure, unit=self.unit(), reason="订正", by=self.people[who])
        )

    @precondition(lambda self: self.in_state(State.DRAFT))
    @rule(who=WHO, data=st.data())
    def withdraw(self, who: str, data: Any) -> None:
        figure = data.draw(st.sampled_from(self.in_state(State.DRAFT)))
        self.attempt(lambda: withdraw_correction(item=figure, unit=self.unit(), by=self.people[who]))

    @rule(on=st.booleans())
    def switch_the_sign_off(self, on: bool) -> None:
        if on or not self.in_state(State.PASSED):
            Bureau.objects.filter(pk=self.made.plan.bureau_id).update(leader_sign_off=on)
            for person in self.people.values():
                person.__dict__.pop("rights", None)

    # --- what always holds ---------------------------------------------------------------------------

    @invariant()
    def the_promises_hold(self) -> None:
        figures = self.figures()
        places = [self.place(figure) for figure in figures]
        assert len(places) == len(set(places))  # one current value for each target, part and period
        self.versions_are_complete_and_none_ever_changes(figures)
        self.only_what_was_approved_counts(figures)
        self.progress_shows_it_once_it_has_caught_up()

    def versions_are_complete_and_none_ever_changes(self, figures: list[Figure]) -> None:
        versions: dict[int, list[FigureVersion]] = {}
        for version in FigureVersion.objects.filter(figure__target__plan=self.made.plan).order_by("number"):
            versions.setdefault(version.figure_id, []).append(version)
        kept = {
            (version.figure_id, version.number): tuple(getattr(version, name) for name in CONTENT)
            for own in versions.values()
            for version in own
        }
        assert all(kept.get(key) == content for key, content in self.seen.items())
        self.seen = kept
        for figure in figures:
            numbers = [version.number for version in versions[figure.pk]]
            assert numbers == list(range(1, figure.last_version + 1))
            assert all(getattr(figure, name) == getattr(versions[figure.pk][-1], name) for name in CONTENT)

    def only_what_was_approved_counts(self, figures: list[Figure]) -> None:
        approved = {self.place(figure): figure for figure in figures if figure.approved_version}
        assert {place: figure.approved_value for place, figure in approved.items()} == self.counting
        acts = Decision.objects.filter(figure__in=figures, act=Act.APPROVE)
        decided = set(acts.values_list("figure_id", "version"))
        assert decided >= self.decided  # every round is kept
        self.decided = decided
        for figure in figures:
            if figure.approved_version is None:
                assert figure.approved_value is None and figure.state != State.APPROVED
                continue
            place = figure.pk, figure.approved_version
            assert (self.seen[place][0], place in decided) == (figure.approved_value, True)
            if figure.state == State.APPROVED:
                assert figure.approved_version == figure.last_version

    def progress_shows_it_once_it_has_caught_up(self) -> None:
        catch_up(plan_id=self.made.plan.pk)
        rows = Progress.objects.filter(target__plan=self.made.plan).select_related("period", "target")
        stored: dict[tuple[int, int | None], dict[int, Progress]] = {}
        for row in rows:
            stored.setdefault((row.target_id, row.allocation_id), {})[row.period.month] = row
        for (target, part), year in stored.items():
            for month, row in year.items():
                assert row.actual == self.counting.get((target, part, month))
            for month, before in ((6, 3), (9, 6)):
                now, then = year[month].actual, year[before].actual
                single = single_quarter(year[month].target, year, year[month].period.key)
                assert single == (None if now is None or then is None else now - then)


def test_any_sequence_of_acts_keeps_the_promises() -> None:
    made = small_plan(2, code="any")
    day = date(2014, 3, 25)
    march = Period.objects.create(bureau=made.plan.bureau, year=2014, month=3, started_on=day, report_due=day)
    request_recompute(plan=made.plan, since=march)
    Reporting.made, Reporting.people = made, people(made)
    run_state_machine_as_test(
        Reporting,
        settings=settings(
            max_examples=15,
            stateful_step_count=25,
            deadline=None,
            derandomize=True,
            phases=[Phase.generate],  # a failure is told at once, not after minutes of shrinking
            suppress_health_check=list(HealthCheck),
        ),
    )
