"""Writing figures and narratives: their content, the next version, and what looks odd about them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from django.db import connection
from psycopg2.sql import SQL, Identifier

from accounts.bulk_rows import insert_rows, update_rows
from accounts.models import Unit, User
from plans.models import Task
from targets.enums import State
from targets.inputs import FigureInput, NarrativeInput
from targets.models import (
    Decision,
    Figure,
    FigureWarning,
    Narrative,
    NarrativeVersion,
    NodeReport,
    Period,
)
from targets.selectors.warnings import warnings_for_many

FIGURE_CONTENT = (*FigureInput.CONTENT, "entered")
WRITTEN = ("state", "updated_by", "updated_at", "last_version", "revision")
Item = TypeVar("Item", Figure, Narrative)
VERSIONS = SQL(
    "INSERT INTO targets_figureversion (figure_id, number, {content}, reason, origin, by_id, at) "
    "SELECT id, last_version, {content}, %s, %s, updated_by_id, updated_at FROM targets_figure "
    "WHERE id = ANY(%s)"
).format(content=SQL(", ").join(map(Identifier, FIGURE_CONTENT)))


@dataclass(frozen=True)
class Hand:
    """Who writes, when, through what, and why (empty but for a correction)."""

    by: User
    at: datetime
    origin: str
    reason: str = ""

    def fields(self) -> dict[str, Any]:
        return {"by": self.by, "at": self.at, "origin": self.origin, "reason": self.reason}


def write_figures(
    changed: Sequence[tuple[Figure | None, FigureInput]], period: Period, hand: Hand
) -> list[Figure]:
    """Store each content and its new version; a returned figure is a draft again.

    `changed` pairs what is stored (None: nothing yet) with what was typed. The statements are the same few
    for one figure and for ten thousand.
    """
    figures = []
    for stored, entry in changed:
        figure = stored or Figure(
            target=entry.target, allocation=entry.allocation, period=period, is_sample=period.bureau.is_demo
        )
        figure.entered = entry.entered
        figures.append(_filled(figure, entry.content(), hand))
    _store(figures, FIGURE_CONTENT)
    _keep_versions(figures, hand)
    return figures


def write_narratives(
    changed: Sequence[tuple[Narrative | None, NarrativeInput]], period: Period, unit: Unit, hand: Hand
) -> list[Narrative]:
    """Store each text, its ticked nodes and its new version; a returned text is a draft again."""
    narratives, ticked, versions = [], [], []
    for stored, text in changed:
        about = "task" if isinstance(text.subject, Task) else "target"
        narrative = stored or Narrative(
            period=period, unit=unit, is_sample=period.bureau.is_demo, **{about: text.subject}
        )
        narratives.append(_filled(narrative, text.content(), hand))
    _store(narratives, NarrativeInput.CONTENT)
    for narrative, (_stored, text) in zip(narratives, changed, strict=True):
        ticked += [
            NodeReport(narrative=narrative, milestone_id=pk, what=what) for pk, what in text.nodes.items()
        ]
        versions.append(_text_version(narrative, text, hand))
    NodeReport.objects.filter(narrative__in=narratives).delete()
    insert_rows(ticked)
    insert_rows(versions)
    return narratives


def write_warnings(figures: Sequence[Figure], at: datetime) -> None:
    """Keep what looks odd about these versions; an answer given to the same warning before stays with it."""
    found = warnings_for_many(figures)
    targets, periods = ({getattr(one, name) for one in figures} for name in ("target_id", "period_id"))
    about = FigureWarning.objects.filter(figure__target__in=targets, figure__period__in=periods)
    earlier = about.exclude(answer="").order_by("pk")
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
    insert_rows(rows)


def _same(values: dict[str, Any]) -> tuple[tuple[str, Any], ...]:
    return tuple(sorted(values.items()))


def decision_about(
    item: Figure | Narrative, act: str, *, by: User, at: datetime, reason: str = ""
) -> Decision:
    """An unsaved decision about one item at its present version."""
    about = {"figure": item} if isinstance(item, Figure) else {"narrative": item}
    return Decision(act=act, version=item.last_version, by=by, at=at, reason=reason, **about)


def _filled(item: Item, content: dict[str, Any], hand: Hand) -> Item:
    """The item with this content, as a draft, one version and revision further; not stored yet."""
    for name, value in content.items():
        setattr(item, name, value)
    item.state = State.DRAFT
    item.updated_by, item.updated_at = hand.by, hand.at
    item.last_version += 1
    item.revision += 1
    return item


def _text_version(narrative: Narrative, text: NarrativeInput, hand: Hand) -> NarrativeVersion:
    nodes = {str(pk): what for pk, what in text.nodes.items()}
    more = {**text.content(), **hand.fields()}
    return NarrativeVersion(narrative=narrative, number=narrative.last_version, nodes=nodes, **more)


def _store(items: Sequence[Figure | Narrative], content: Sequence[str]) -> None:
    update_rows([item for item in items if item.pk], [*content, *WRITTEN])
    insert_rows([item for item in items if not item.pk])


def _keep_versions(figures: Sequence[Figure], hand: Hand) -> None:
    """The version is the row as it was just stored."""
    with connection.cursor() as cursor:
        cursor.execute(VERSIONS, [hand.reason, hand.origin, [figure.pk for figure in figures]])
