"""What a conflict shows: what somebody else saved meanwhile, beside what this person typed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from accounts.models import User
from targets.enums import Nature
from targets.errors import Conflict
from targets.formatting import format_plain
from targets.inputs import FigureInput, NarrativeInput
from targets.labels import LABELS
from targets.models import Figure, Narrative
from targets.policies import EDITABLE

Content = Figure | FigureInput | Narrative | NarrativeInput


@dataclass(frozen=True)
class Clash:
    """One field of a conflict: what stands there now beside what this person typed."""

    label: str
    stored: str
    mine: str


@dataclass(frozen=True)
class ShownConflict:
    """Somebody else saved this row meanwhile: who, when, and what differs."""

    by: User
    at: datetime
    clashes: tuple[Clash, ...]
    can_be_saved: bool = True  # False: it was submitted meanwhile
    is_saved: bool = True  # False: it is being typed, by somebody else or in another window
    now: str = ""  # with which revision mine takes its place


def shown_conflict(conflict: Conflict) -> ShownConflict:
    """Who saved what and when, and every field in which the two differ."""
    item = conflict.item
    now = f"{item.revision}.{item.last_version}"
    clashes = differing(item, conflict.mine)
    return ShownConflict(item.updated_by, item.updated_at, clashes, item.state in EDITABLE, now=now)


def differing(theirs: Content, mine: FigureInput | NarrativeInput) -> tuple[Clash, ...]:
    """Every field in which what is stored, or typed elsewhere, differs from what this person typed."""
    if isinstance(mine, FigureInput):
        assert isinstance(theirs, Figure | FigureInput)
        pairs = _figure_pairs(theirs, mine)
    else:
        assert isinstance(theirs, Narrative | NarrativeInput)
        pairs = _text_pairs(theirs, mine)
    return tuple(Clash(str(label), stored, typed) for label, stored, typed in pairs if stored != typed)


def _figure_pairs(item: Figure | FigureInput, mine: FigureInput) -> list[tuple[object, str, str]]:
    """(column, stored, typed) of every column of the grid."""
    return [
        (_("This period, cumulative"), _value(item), _value(mine)),
        (_("Expected for the year"), _number(item.forecast), _number(mine.forecast)),
        (_("Nature of the data"), str(LABELS[Nature(item.nature)]), str(LABELS[Nature(mine.nature)])),
        (_("Numerator"), _number(item.numerator), _number(mine.numerator)),
        (_("Denominator"), _number(item.denominator), _number(mine.denominator)),
        (_("Note"), item.note, mine.note),
    ]


def _text_pairs(item: Narrative | NarrativeInput, mine: NarrativeInput) -> list[tuple[object, str, str]]:
    stored, texts = dict[int, str](), dict[int, str]()
    if isinstance(item, Narrative):
        for report in item.node_reports.select_related("milestone"):
            stored[report.milestone_id], texts[report.milestone_id] = report.what, report.milestone.text
    else:
        stored = item.nodes
    pairs: list[tuple[object, str, str]] = [
        (_("Progress"), item.progress, mine.progress),
        (_("Problems"), item.problem, mine.problem),
        (_("Next steps"), item.next_step, mine.next_step),
    ]
    for pk in sorted(stored.keys() | mine.nodes.keys()):
        theirs = stored[pk] or _("Done") if pk in stored else ""
        own = mine.nodes[pk] or _("Done") if pk in mine.nodes else ""
        pairs.append((texts.get(pk) or _("Node"), theirs, own))
    return pairs


def _value(one: Figure | FigureInput) -> str:
    return _("Not applicable") if one.not_applicable else _number(one.value)


def _number(value: Decimal | None) -> str:
    return "" if value is None else format_plain(value)
