"""How far somebody sees into what is reported: approved, submitted, or the drafts as well."""

from __future__ import annotations

from enum import IntEnum

from accounts.models import Bureau, Unit, User
from accounts.permissions import Permission
from targets.enums import State
from targets.policies import SEEN_BY_LEADERS


class Sight(IntEnum):
    """Each level sees what the one before it sees, and more. Source: the domain description, section 1."""

    APPROVED = 0  # everyone who may read the plan
    SUBMITTED = 1  # office and leaders of the bureau
    DRAFTS = 2  # those who enter or review for the unit itself

    def sees(self, state: str) -> bool:
        """Whether the present content of an item in this state may be shown."""
        if self == Sight.DRAFTS:
            return True
        return state in (SEEN_BY_LEADERS if self == Sight.SUBMITTED else {State.APPROVED})


def may_enter(user: User, unit: Unit) -> bool:
    """Whether the person enters what this unit reports: its own people, and the office for any unit.

    Who enters also sees the drafts on the entry sheet; elsewhere the office sees what was submitted.
    """
    bureau = unit.bureau
    return user.may(Permission.ENTER_FIGURES, bureau, unit) or user.may(Permission.ENTER_FOR_UNITS, bureau)


def sight(user: User, bureau: Bureau, unit: Unit) -> Sight:
    """How far this person sees into what this unit reports."""
    if user.may(Permission.ENTER_FIGURES, bureau, unit) or user.may(Permission.REVIEW_UNIT, bureau, unit):
        return Sight.DRAFTS
    return Sight.SUBMITTED if user.may(Permission.VIEW_SUBMITTED, bureau) else Sight.APPROVED
