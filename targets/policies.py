"""What the state of a reported item allows. Pure: no Django.

Who may act is a matter of `accounts.permissions`; a service asks both. Source: the domain description,
section 4: DRAFT → SUBMITTED → REVIEWED → APPROVED, or RETURNED with a reason; a correction reopens an
approved item while the approved version goes on counting.
"""

from __future__ import annotations

from targets.enums import Approval, State

EDITABLE = frozenset({State.DRAFT, State.RETURNED})
IN_REVIEW = frozenset({State.SUBMITTED, State.REVIEWED})
SEEN_BY_LEADERS = frozenset({State.SUBMITTED, State.REVIEWED, State.APPROVED})


def may_edit(state: str, *, period_open: bool) -> bool:
    """The unit may change the content."""
    return period_open and state in EDITABLE


def may_submit(state: str, *, changed: bool, again: bool) -> bool:
    """The unit may hand it in: a draft unlike what counts, or what was returned and is repeated."""
    return (state == State.DRAFT and changed) or (state == State.RETURNED and again)


def may_pass(state: str) -> bool:
    """The unit's reviewer may pass it on to the office."""
    return state == State.SUBMITTED


def may_approve(state: str) -> bool:
    """The office may approve it finally."""
    return state == State.REVIEWED


def may_correct(state: str, *, period_open: bool) -> bool:
    """The unit may open a correction, with a reason."""
    return period_open and state == State.APPROVED


def may_withdraw(state: str, *, changed: bool) -> bool:
    """The unit may close a correction in which nothing was changed."""
    return state == State.DRAFT and not changed


def state_after_submission(*, skip_unit_review: bool) -> State:
    """Where a submitted item goes; a bureau may do without the unit's review."""
    return State.REVIEWED if skip_unit_review else State.SUBMITTED


def may_decide(state: str) -> bool:
    """Somebody else may agree to what was asked for or decline it, and whoever asked may take it back."""
    return state == Approval.PROPOSED
