"""Writing one figure or narrative: its content, the next version, and what looks odd about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from accounts.models import Unit, User
from plans.models import Task
from targets.enums import State
from targets.inputs import FigureInput, NarrativeInput
from targets.models import (
    Decision,
    Figure,
    FigureVersion,
    FigureWarning,
    Narrative,
    NarrativeVersion,
    NodeReport,
    Period,
)
from targets.selectors.warnings import warnings_for_many


@dataclass(frozen=True)
class Hand:
    """Who writes, when, through what, and why (empty but for a correction)."""

    by: User
    at: datetime
    origin: str
    reason: str = ""

    def fields(self) -> dict[str, Any]:
        return {"by": self.by, "at": self.at, "origin": self.origin, "reason": self.reason}


def write_figure(stored: Figure | None, entry: FigureInput, period: Period, hand: Hand) -> Figure:
    """Store the content and its new version; a returned figure is a draft again."""
    figure = stored or Figure(
        target=entry.target, allocation=entry.allocation, period=period, is_sample=period.bureau.is_demo
    )
    content = {**entry.content(), "entered": entry.entered}
    _write(figure, content, hand)
    FigureVersion.objects.create(figure=figure, number=figure.last_version, **content, **hand.fields())
    return figure


def write_narrative(
    stored: Narrative | None, text: NarrativeInput, period: Period, unit: Unit, hand: Hand
) -> Narrative:
    """Store the text, its ticked nodes and its new version; a returned text is a draft again."""
    about = "task" if isinstance(text.subject, Task) else "target"
    narrative = stored or Narrative(
        period=period, unit=unit, is_sample=period.bureau.is_demo, **{about: text.subject}
    )
    _write(narrative, text.content(), hand)
    narrative.node_reports.all().delete()
    NodeReport.objects.bulk_create(
        NodeReport(narrative=narrative, milestone_id=pk, what=what) for pk, what in text.nodes.items()
    )
    nodes = {str(pk): what for pk, what in text.nodes.items()}
    NarrativeVersion.objects.create(
        narrative=narrative, number=narrative.last_version, nodes=nodes, **text.content(), **hand.fields()
    )
    return narrative


def write_warnings(figures: Sequence[Figure], at: datetime) -> None:
    """Keep what looks odd about these versions; an answer given to the same warning before stays with it."""
    found = warnings_for_many(figures)
    earlier = FigureWarning.objects.filter(figure__in=figures).exclude(answer="").order_by("pk")
    answers = {(old.figure_id, old.code, _same(old.values)): old for old in earlier}
    rows = []
    for figure in figures:
        for warning in found[figure.pk]:
            old = answers.get((figure.pk, str(warning.code), _same(warning.values)))
            rows.append(
                FigureWarning(
                    figure=figure,
                    version=figure.last_version,
                    code=warning.code,
                    values=warning.values,
                    answer=old.answer if old else "",
                    answered_by=old.answered_by if old else None,
                    at=at,
                )
            )
    FigureWarning.objects.bulk_create(rows)


def _same(values: dict[str, Any]) -> tuple[tuple[str, Any], ...]:
    return tuple(sorted(values.items()))


def decision_about(
    item: Figure | Narrative, act: str, *, by: User, at: datetime, reason: str = ""
) -> Decision:
    """An unsaved decision about one item at its present version."""
    about = {"figure": item} if isinstance(item, Figure) else {"narrative": item}
    return Decision(act=act, version=item.last_version, by=by, at=at, reason=reason, **about)


def _write(item: Figure | Narrative, content: dict[str, Any], hand: Hand) -> None:
    for name, value in content.items():
        setattr(item, name, value)
    item.state = State.DRAFT
    item.updated_by, item.updated_at = hand.by, hand.at
    item.last_version += 1
    item.revision += 1
    item.save()
