"""What each state of a reported item allows, every state against every act."""

from __future__ import annotations

import pytest

from accounts.permissions import Permission
from targets.enums import Approval, State, Step
from targets.policies import (
    DECIDES,
    EDITABLE,
    IN_REVIEW,
    may_answer,
    may_correct,
    may_edit,
    may_submit,
    may_withdraw,
    state_after_review,
    state_after_submission,
    step_of,
)

ALL = set(State)


def allowed(act) -> set[State]:
    return {state for state in State if act(state)}


def test_only_drafts_and_returned_items_are_edited_and_only_in_an_open_period() -> None:
    assert allowed(lambda state: may_edit(state, period_open=True)) == {State.DRAFT, State.RETURNED}
    assert allowed(lambda state: may_edit(state, period_open=False)) == set()


def test_each_step_decides_about_one_state_and_none_can_be_skipped_or_swapped() -> None:
    assert {state: step_of(state) for state in State} == {
        State.DRAFT: None,
        State.SUBMITTED: Step.PASS,
        State.PASSED: Step.SIGN,
        State.REVIEWED: Step.APPROVE,
        State.APPROVED: None,
        State.RETURNED: None,
    }
    assert EDITABLE | IN_REVIEW | {State.APPROVED} == ALL and not EDITABLE & IN_REVIEW


def test_each_step_needs_a_right_of_its_own() -> None:
    assert DECIDES == {
        Step.PASS: Permission.REVIEW_UNIT,
        Step.SIGN: Permission.SIGN_OFF,
        Step.APPROVE: Permission.APPROVE,
    }


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


@pytest.mark.parametrize(
    ("skip_unit_review", "sign_off", "state"),
    [
        (False, False, State.SUBMITTED),
        (False, True, State.SUBMITTED),
        (True, False, State.REVIEWED),
        (True, True, State.PASSED),
    ],
)
def test_a_submission_goes_to_the_first_step_that_the_bureau_has(
    skip_unit_review: bool, sign_off: bool, state: State
) -> None:
    assert state_after_submission(skip_unit_review=skip_unit_review, sign_off=sign_off) == state


def test_what_the_reviewer_passes_waits_for_the_leader_only_where_one_signs() -> None:
    assert state_after_review(sign_off=True) == State.PASSED
    assert state_after_review(sign_off=False) == State.REVIEWED


def test_an_act_is_decided_while_it_is_proposed_and_never_again() -> None:
    assert {state for state in Approval if may_answer(state)} == {Approval.PROPOSED}
