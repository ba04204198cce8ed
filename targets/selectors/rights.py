"""Who decides about what a unit reports: the right of the role, and for the sign-off the unit in charge."""

from __future__ import annotations

from accounts.models import Unit, User
from targets.enums import Step
from targets.policies import DECIDES


def may_decide(user: User, step: Step, unit: Unit) -> bool:
    """Whether this person decides at this step about what the unit (with its bureau) reports.

    A leader signs only for the units in their charge.
    """
    if step == Step.SIGN and unit.leader_account_id != user.pk:
        return False
    return user.may(DECIDES[step], unit.bureau, unit)
