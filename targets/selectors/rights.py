"""Who decides about what a unit reports: the right of the role, and for the sign-off the unit in charge."""

from __future__ import annotations

from accounts.models import Unit, User
from targets.enums import Step
from targets.policies import DECIDES
from targets.selectors.sight import may_enter


def may_decide(user: User, step: Step, unit: Unit) -> bool:
    """Whether this person decides at this step about what the unit (with its bureau) reports.

    A leader signs only for the units in their charge.
    """
    if step == Step.SIGN and unit.leader_account_id != user.pk:
        return False
    return user.may(DECIDES[step], unit.bureau, unit)


def may_comment(user: User, unit: Unit) -> bool:
    """Whether this person takes part in the talk about what the unit reports: its own people, and whoever
    decides about it at some step."""
    return may_enter(user, unit) or any(may_decide(user, step, unit) for step in Step)
