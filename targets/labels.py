"""What the vocabularies of `targets/enums.py` are called on a page (gettext source strings)."""

from __future__ import annotations

from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from targets.enums import (
    Approval,
    Basis,
    Commitment,
    Comparison,
    Due,
    Light,
    Measure,
    Nature,
    Pace,
    Split,
    State,
    Word,
)

LABELS: dict[StrEnum, str | Promise] = {
    Measure.FLOW: _("Cumulative flow"),
    Measure.STOCK: _("Stock at period end"),
    Measure.RATIO: _("Ratio"),
    Measure.GROWTH: _("Growth rate"),
    Comparison.AT_LEAST: "≥",
    Comparison.MORE_THAN: ">",
    Comparison.AT_MOST: "≤",
    Comparison.LESS_THAN: "<",
    Commitment.FIRM: _("Guaranteed"),
    Commitment.PLAIN: _("Plain commitment"),
    Commitment.STRIVE: _("Strive for"),
    Pace.LINEAR: _("Linear by month"),
    Pace.CUSTOM: _("Custom shares per quarter"),
    Pace.SEASONAL: _("Last year's season"),
    Pace.CONSTANT: _("Full value every time"),
    Pace.YEAR_END: _("Annual indicator"),
    Due.EVERY: _("Every period"),
    Due.HALF: _("Half-yearly"),
    Due.LAST: _("Last period only"),
    Split.DIRECT: _("Reported directly"),
    Split.SUM: _("Sum of its units"),
    Nature.ESTIMATE: _("Estimate"),
    Nature.FLASH: _("Flash report"),
    Nature.VERIFIED: _("Verified"),
    Basis.CUMULATIVE: _("Cumulative"),
    Basis.SINGLE: _("Single quarter"),
    State.DRAFT: _("Draft"),
    State.SUBMITTED: _("Awaiting unit review"),
    State.PASSED: _("Awaiting leader's sign-off"),
    State.REVIEWED: _("Awaiting office approval"),
    State.APPROVED: _("Approved"),
    State.RETURNED: _("Returned"),
    Approval.PROPOSED: _("Awaiting a decision"),
    Approval.AGREED: _("Agreed"),
    Approval.DECLINED: _("Declined"),
    Approval.WITHDRAWN: _("Taken back"),
    Light.RED: _("Seriously behind"),
    Light.YELLOW: _("Behind the expected pace"),
    Light.GREY: _("Not reported"),
    Light.GREEN: _("On the expected pace"),
    Light.BLUE: _("Completed"),
    Light.NONE: _("Not judged this period"),
    Word.DONE: _("Completed"),
    Word.NOT_JUDGED: _("Not judged this period"),
    Word.NOT_REPORTED: _("Not reported"),
    Word.EXCEEDED: _("Limit exceeded"),
    Word.ON_PACE: _("On the expected pace"),
    Word.BEHIND: _("Behind the expected pace"),
    Word.MOSTLY_DONE: _("Mostly completed"),
    Word.FAR_BEHIND: _("Seriously behind"),
    Word.NOT_DONE: _("Not completed"),
    Word.STRIVE_MISSED: _("Strive target missed"),
    Word.NOT_BEGUN: _("Not yet to begin"),
    Word.ADVANCING: _("Advancing normally"),
    Word.NODE_LATE: _("Not done on schedule"),
}


def choices(vocabulary: type[StrEnum]) -> list[tuple[str, str | Promise]]:
    """The (value, label) pairs of one vocabulary, in declared order, for models, forms and filters."""
    return [(member.value, LABELS[member]) for member in vocabulary]
