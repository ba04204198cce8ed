"""What each state of a reported item allows, every state against every act."""

from __future__ import annotations

import pytest

from targets.enums import State
from targets.policies import (
    may_approve,
    may_correct,
    may_edit,
    may_pass,
    may_submit,
    may_withdraw,
    state_after_submission,
)

ALL = set(State)


def allowed(act) -> set[State]:
    return {state for state in State if act(state)}


def test_only_drafts_and_returned_items_are_edited_and_only_in_an_open_period() -> None:
    assert allowed(lambda state: may_edit(state, period_open=True)) == {State.DRAFT, State.RETURNED}
    assert allowed(lambda state: may_edit(state, period_open=False)) == set()


def test_the_two_steps_of_review_cannot_be_skipped_or_swapped() -> None:
    assert allowed(may_pass) == {State.SUBMITTED}
    assert allowed(may_approve) == {State.REVIEWED}


def test_only_what_is_approved_is_corrected_and_only_in_an_open_period() -> None:
    assert allowed(lambda state: may_correct(state, period_open=True)) == {State.APPROVED}
    assert allowed(lambda state: may_correct(state, period_open=False)) == set()


@pytest.mark.parametrize(
    ("changed", "again", "states"),
    [
        (True, False, {State.DRAFT}),
        (True, True, {State.DRAFT, State.RETURNED}),
        (False, True, {State.RETURNED}),
        (False, False, set()),
    ],
)
def test_a_returned_item_goes_back_only_when_changed_or_asked_for(
    changed: bool, again: bool, states: set[State]
) -> None:
    assert allowed(lambda state: may_submit(state, changed=changed, again=again)) == states


def test_a_correction_is_withdrawn_only_while_nothing_changed() -> None:
    assert allowed(lambda state: may_withdraw(state, changed=False)) == {State.DRAFT}
    assert allowed(lambda state: may_withdraw(state, changed=True)) == set()


def test_a_bureau_without_unit_review_goes_straight_to_the_office() -> None:
    assert state_after_submission(skip_unit_review=False) == State.SUBMITTED
    assert state_after_submission(skip_unit_review=True) == State.REVIEWED
