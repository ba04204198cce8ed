"""Who decides about what a unit reports: the right of the role, and for the sign-off the unit in charge."""

from __future__ import annotations

from collections.abc import Sequence

from accounts.models import Membership, Unit, User
from accounts.permissions import ROLE_PERMISSIONS, Permission
from targets.enums import Step
from targets.models import Postponement
from targets.policies import DECIDES
from targets.selectors.sight import may_enter


def may_decide(user: User, step: Step, unit: Unit) -> bool:
    """Whether this person decides at this step about what the unit (with its bureau) reports.

    A leader signs only for the units in their charge.
    """
    if step == Step.SIGN and unit.leader_account_id != user.pk:
        return False
    return user.may(DECIDES[step], unit.bureau, unit)


def asked_by_the_office(acts: Sequence[Postponement]) -> set[int]:
    """Those of these postponements (ids) that somebody of the bureau's office asked for; one query."""
    deciding = [role for role, granted in ROLE_PERMISSIONS.items() if Permission.APPROVE in granted]
    rights = Membership.objects.filter(user__in={act.by_id for act in acts}, role__in=deciding)
    office = set(rights.values_list("user", "bureau"))
    return {act.pk for act in acts if (act.by_id, act.effective.bureau_id) in office}


def may_decide_postponement(user: User, act: Postponement, *, of_office: bool) -> bool:
    """Whether this person decides about a postponement that somebody else asked for.

    The office does; about what the office itself asked for a leader may too, as about adjustments.
    """
    bureau = act.milestone.task.plan.bureau
    needed = {Permission.APPROVE, Permission.APPROVE_ADJUSTMENT} if of_office else {Permission.APPROVE}
    return act.by_id != user.pk and any(user.may(right, bureau) for right in needed)


def may_comment(user: User, unit: Unit) -> bool:
    """Whether this person takes part in the talk about what the unit reports: its own people, and whoever
    decides about it at some step."""
    return may_enter(user, unit) or any(may_decide(user, step, unit) for step in Step)
