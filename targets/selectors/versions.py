"""Which version of a reported item counts, and showing it in the place of what is under way."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import F

from targets.enums import State
from targets.inputs import FigureInput, NarrativeInput
from targets.models import Figure, FigureVersion, Narrative, NarrativeVersion

Item = Figure | Narrative
Version = FigureVersion | NarrativeVersion


def approved_versions(items: Iterable[Item]) -> dict[tuple[type, int], Version]:
    """(Figure or Narrative, id) → its approved version, where there is one."""
    items = list(items)
    figures = FigureVersion.objects.filter(
        figure__in=[item.pk for item in items if isinstance(item, Figure)],
        number=F("figure__approved_version"),
    )
    texts = NarrativeVersion.objects.filter(
        narrative__in=[item.pk for item in items if isinstance(item, Narrative)],
        number=F("narrative__approved_version"),
    )
    found: dict[tuple[type, int], Version] = {}
    found |= {(Figure, version.figure_id): version for version in figures.select_related("by")}
    found |= {(Narrative, version.narrative_id): version for version in texts.select_related("by")}
    return found


def show_version(item: Item, version: Version) -> None:
    """Give the object in memory (it is never saved) the content of one of its versions, as approved."""
    names = (*FigureInput.CONTENT, "entered") if isinstance(item, Figure) else NarrativeInput.CONTENT
    for name in names:
        setattr(item, name, getattr(version, name))
    item.state, item.last_version = State.APPROVED, version.number
    item.updated_by, item.updated_at = version.by, version.at
