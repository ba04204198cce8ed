"""What the state of a reported item allows. Pure: no Django.

Who may act is a matter of `accounts.permissions`; a service asks both. Source: the domain description,
section 4: DRAFT → SUBMITTED → (PASSED →) REVIEWED → APPROVED, or RETURNED with a reason; a correction reopens
an approved item while the approved version goes on counting. The step in brackets, the sign-off of the leader
in charge (分管领导审签), is optional.
"""

from __future__ import annotations

from accounts.permissions import Permission
from targets.enums import Approval, Nature, State, Step

# The state that waits for a step's decision, and the right that the decision needs.
WAITING = {Step.PASS: State.SUBMITTED, Step.SIGN: State.PASSED, Step.APPROVE: State.REVIEWED}
DECIDES = {
    Step.PASS: Permission.REVIEW_UNIT,
    Step.SIGN: Permission.SIGN_OFF,
    Step.APPROVE: Permission.APPROVE,
}

EDITABLE = frozenset({State.DRAFT, State.RETURNED})
IN_REVIEW = frozenset(WAITING.values())
SEEN_BY_LEADERS = IN_REVIEW | {State.APPROVED}


def step_of(state: str) -> Step | None:
    """The step whose decision (forward, or back with a reason) an item in this state waits for."""
    return next((step for step, waiting in WAITING.items() if waiting == state), None)


def may_edit(state: str, *, period_open: bool) -> bool:
    """The unit may change the content."""
    return period_open and state in EDITABLE


def may_submit(state: str, *, changed: bool, again: bool) -> bool:
    """The unit may hand it in: a draft unlike what counts, or what was returned and is repeated."""
    return (state == State.DRAFT and changed) or (state == State.RETURNED and again)


def may_correct(state: str, *, period_open: bool) -> bool:
    """The unit may open a correction, with a reason."""
    return period_open and state == State.APPROVED


def is_later_nature(new: str, old: str) -> bool:
    """Whether one nature of the data replaces another without being called an error: 预计 → 快报 → 核定."""
    order = list(Nature)
    return order.index(Nature(new)) > order.index(Nature(old))


def may_withdraw(state: str, *, changed: bool) -> bool:
    """The unit may close a correction in which nothing was changed."""
    return state == State.DRAFT and not changed


def state_after_submission(*, skip_unit_review: bool, sign_off: bool) -> State:
    """Where a submitted item goes; a bureau may do without the unit's review."""
    return state_after_review(sign_off=sign_off) if skip_unit_review else State.SUBMITTED


def state_after_review(*, sign_off: bool) -> State:
    """Where a passed item goes: to the leader in charge where one has to sign, else to the office."""
    return State.PASSED if sign_off else State.REVIEWED


def may_answer(state: str) -> bool:
    """Somebody else may agree to what was asked for or decline it, and whoever asked may take it back."""
    return state == Approval.PROPOSED
