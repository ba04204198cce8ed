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
    can_be_saved: bool  # False: it was submitted meanwhile


def shown_conflict(conflict: Conflict) -> ShownConflict:
    """Who saved what and when, and every field in which the two differ."""
    item, mine = conflict.item, conflict.mine
    pairs = _figure_pairs(item, mine) if isinstance(item, Figure) else _text_pairs(item, mine)
    clashes = tuple(Clash(str(label), stored, typed) for label, stored, typed in pairs if stored != typed)
    return ShownConflict(item.updated_by, item.updated_at, clashes, item.state in EDITABLE)


def _figure_pairs(item: Figure, mine: FigureInput) -> list[tuple[object, str, str]]:
    """(column, stored, typed) of every column of the grid."""
    return [
        (_("This period, cumulative"), _value(item), _value(mine)),
        (_("Expected for the year"), _number(item.forecast), _number(mine.forecast)),
        (_("Nature of the data"), str(LABELS[Nature(item.nature)]), str(LABELS[Nature(mine.nature)])),
        (_("Numerator"), _number(item.numerator), _number(mine.numerator)),
        (_("Denominator"), _number(item.denominator), _number(mine.denominator)),
        (_("Note"), item.note, mine.note),
    ]


def _text_pairs(item: Narrative, mine: NarrativeInput) -> list[tuple[object, str, str]]:
    stored = {report.milestone_id: report for report in item.node_reports.select_related("milestone")}
    pairs: list[tuple[object, str, str]] = [
        (_("Progress"), item.progress, mine.progress),
        (_("Problems"), item.problem, mine.problem),
        (_("Next steps"), item.next_step, mine.next_step),
    ]
    texts = {report.milestone_id: report.milestone.text for report in stored.values()}
    for pk in sorted(stored.keys() | mine.nodes.keys()):
        theirs = stored[pk].what or _("Done") if pk in stored else ""
        own = mine.nodes[pk] or _("Done") if pk in mine.nodes else ""
        pairs.append((texts.get(pk) or _("Node"), theirs, own))
    return pairs


def _value(one: Figure | FigureInput) -> str:
    return _("Not applicable") if one.not_applicable else _number(one.value)


def _number(value: Decimal | None) -> str:
    return "" if value is None else format_plain(value)
