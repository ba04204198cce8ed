"""What adjustments and postponements have in common: asked for once, decided once, by somebody else."""

from __future__ import annotations

from datetime import datetime
from typing import TypeVar

from django.utils.translation import gettext as _

from accounts.models import Bureau, User
from targets.enums import Approval
from targets.errors import Refused
from targets.inputs import MAX_REASON
from targets.models import Adjustment, Postponement
from targets.policies import may_answer

A = TypeVar("A", Adjustment, Postponement)


def given_reason(reason: str) -> str:
    """The reason without blanks around it; Refused where there is none, or too long a one."""
    found = reason.strip()
    if not found or len(found) > MAX_REASON:
        raise Refused(_("Please give a reason of at most %(limit)s characters.") % {"limit": MAX_REASON})
    return found


def lock_open_act(act: A) -> A:
    """The act's row, locked until the transaction ends; Refused where it has been decided already."""
    rows = type(act)._default_manager.select_for_update(of=("self",)).select_related("effective__bureau")
    locked: A = rows.get(pk=act.pk)
    if not may_answer(locked.state):
        raise Refused(
            _("“%(item)s” has been decided already: %(state)s. Please reload the page.")
            % {"item": locked, "state": locked.get_state_display()}
        )
    return locked


def refuse_own(act: Adjustment | Postponement, by: User) -> None:
    """Raise Refused for the person who asked: no bureau's setting lifts this."""
    if act.by_id == by.pk:
        raise Refused(_("Nobody decides about what they asked for themselves."))


def settle(
    act: Adjustment | Postponement, state: Approval, *, by: User, at: datetime | None, answer: str = ""
) -> datetime:
    """Store the decision; returns its moment."""
    bureau: Bureau = act.effective.bureau
    moment = at or bureau.now
    act.state, act.decided_by, act.decided_at, act.answer = state, by, moment, answer
    act.save(update_fields=["state", "decided_by", "decided_at", "answer"])
    return moment
