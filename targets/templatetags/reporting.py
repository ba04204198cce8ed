"""How reported items are shown: their state with symbol, word and colour, and what looked odd about them."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.translation import gettext as _

from targets.enums import Nature, State
from targets.labels import LABELS
from targets.models import Act, Decision, ExceptionState, FigureWarning, PeriodException
from targets.plausibility import NOTICES
from targets.selectors.review import QueueFigure, QueueText
from targets.selectors.trail import warning_text
from targets.standing import MISSING, NO_TASK

register = template.Library()

# Symbol and colour class of a state; the word stands in `targets/labels.py`.
LOOKS = {
    State.DRAFT: ("✎", "none"),
    State.SUBMITTED: ("→", "blue"),
    State.PASSED: ("⇢", "blue"),
    State.REVIEWED: ("⇒", "blue"),
    State.APPROVED: ("✓", "green"),
    State.RETURNED: ("↩", "red"),
}


@register.inclusion_tag("targets/_state.html")
def state(value: str, *, correcting: Decision | bool | None = False, due: bool = True) -> dict[str, Any]:
    """The state of an item; "" is not filled in, `correcting` an approved one that was reopened."""
    if not value:
        word = _("Not filled in") if due else _("Optional")
        return {"symbol": "○" if due else "–", "colour": "grey" if due else "none", "word": word}
    symbol, colour = LOOKS[State(value)]
    word = str(LABELS[State(value)])
    if correcting and value == State.DRAFT:
        is_update = isinstance(correcting, Decision) and correcting.act == Act.UPDATE
        word = _("Nature being updated") if is_update else _("Being corrected")
    return {"symbol": symbol, "colour": colour, "word": word}


@register.inclusion_tag("targets/_state.html")
def standing(value: str, *, late: bool) -> dict[str, Any]:
    """Where a unit stands in a period: one cell of the reporting matrix; only what is late alarms."""
    if value == MISSING:
        return {"symbol": "○", "colour": "red" if late else "grey", "word": _("Not reported")}
    if value == NO_TASK:
        return {"symbol": "–", "colour": "none", "word": _("No task")}
    return state(value)


# Symbol and colour class of a request for an exception; that it has expired is told by the date.
EXCEPTION_LOOKS = {
    ExceptionState.ASKED: ("→", "blue"),
    ExceptionState.GRANTED: ("✓", "green"),
    ExceptionState.DECLINED: ("✕", "red"),
    ExceptionState.WITHDRAWN: ("↩", "yellow"),
}


@register.inclusion_tag("targets/_state.html")
def exception_state(found: PeriodException) -> dict[str, Any]:
    """Where a request for an exception stands: its state, or that its days are over."""
    if found.has_expired:
        return {"symbol": "–", "colour": "none", "word": _("Expired")}
    state_now = ExceptionState(found.state)
    symbol, colour = EXCEPTION_LOOKS[state_now]
    return {"symbol": symbol, "colour": colour, "word": str(state_now.label)}


@register.filter
def nature(value: str) -> str:
    return str(LABELS[Nature(value)]) if value else ""


@register.filter
def told_warning(warning: FigureWarning) -> str:
    """The warning's sentence with its numbers; a remark that was loaded has its own text."""
    return warning_text(warning) or _("Remark")


@register.filter
def is_notice(warning: FigureWarning) -> bool:
    """Whether it is only worth knowing, so that no answer is expected."""
    return warning.code in NOTICES


@register.simple_tag
def reference(row: QueueFigure | QueueText) -> str:
    """The item and the revision that is shown, as the review form posts it."""
    return f"{row.kind}.{row.item.pk}.{row.item.revision}"
