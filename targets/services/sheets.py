"""A whole sheet handed in: of one unit, or by the office for several units at once, all or nothing."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from django.db import transaction

from accounts.models import Unit, User
from targets.enums import State
from targets.errors import Conflict, StaleForm
from targets.inputs import FigureInput, NarrativeInput
from targets.models import Figure, Narrative, Period
from targets.selectors.openings import opening
from targets.selectors.work import WorkItem, unit_work
from targets.services.drafts import drop_drafts
from targets.services.entering import save_entries, submit_entries


class Mode(StrEnum):
    """What is done with a sheet; the values are those of the page's buttons."""

    SAVE = "save"
    SUBMIT = "submit"  # only when nothing is missing
    SUBMIT_PART = "submit-part"  # what is filled in, whatever is missing


@dataclass
class SheetPart:
    """What one unit's rows of a sheet hand in."""

    figures: list[FigureInput] = field(default_factory=list)
    narratives: list[NarrativeInput] = field(default_factory=list)
    answers: dict[int, str] = field(default_factory=dict)
    again: set[tuple[str, int]] = field(default_factory=set)

    @property
    def is_blank(self) -> bool:
        return not (self.figures or self.narratives or self.answers)

    def sends_again(self, item: Figure | Narrative | None) -> bool:
        """Whether a returned item is to go back as it is."""
        return item is not None and (str(item._meta.model_name), item.pk) in self.again


@dataclass(frozen=True)
class HandedIn:
    """What became of it: how many items were changed and submitted, and what stays behind.

    `missing` kept it from being submitted; `returned` was neither changed nor named to go back as it is.
    """

    changed: int
    submitted: int = 0
    missing: tuple[WorkItem, ...] = ()
    returned: tuple[WorkItem, ...] = ()


@transaction.atomic
def hand_in(
    *,
    period: Period,
    parts: Mapping[int, SheetPart],
    rows: Collection[str],
    mode: Mode,
    figures_only: bool = False,
    by: User,
    at: datetime | None = None,
) -> HandedIn:
    """Save the parts (unit id → part), forget the person's drafts of these rows, and submit if asked to.

    A sheet in which something owed is missing is saved and not submitted unless the mode says so. Raises
    StaleForm with the conflicts of all units, and Refused, as `save_entries` does; then nothing is written.
    """
    at = at or period.bureau.now
    units = Unit.objects.select_related("bureau").in_bulk(parts)
    changed = _save(period, units, parts, by, at)
    drop_drafts(period=period, units=list(units), rows=rows, by=by)
    if mode == Mode.SAVE:
        return HandedIn(changed)
    left = [_left(period, unit, parts[unit.pk], figures_only) for unit in units.values()]
    missing = tuple(item for found, _returned in left for item in found)
    returned = tuple(item for _missing, found in left for item in found)
    if missing and mode == Mode.SUBMIT:
        return HandedIn(changed, missing=missing, returned=returned)
    submitted = sum(
        submit_entries(
            period=period, unit=unit, again=parts[pk].again, figures_only=figures_only, by=by, at=at
        )
        for pk, unit in units.items()
    )
    return HandedIn(changed, submitted, missing, returned)


def _save(
    period: Period, units: Mapping[int, Unit], parts: Mapping[int, SheetPart], by: User, at: datetime
) -> int:
    changed, conflicts = 0, list[Conflict]()
    message = ""
    for pk, part in parts.items():
        if part.is_blank:
            continue
        try:
            saved = save_entries(
                period=period,
                unit=units[pk],
                figures=part.figures,
                narratives=part.narratives,
                answers=part.answers,
                by=by,
                at=at,
            )
            changed += saved.changed
        except StaleForm as stale:
            conflicts += stale.conflicts
            message = str(stale)
    if conflicts:
        raise StaleForm(message, conflicts)
    return changed


def _left(
    period: Period, unit: Unit, part: SheetPart, figures_only: bool
) -> tuple[list[WorkItem], list[WorkItem]]:
    """What is owed and not filled in, and what stays returned, of what the unit may fill in now."""
    found = opening(period, unit)
    items = [
        item
        for item in unit_work(unit, period).items
        if found.covers(item.duty.key) and (item.is_figure or not figures_only)
    ]
    returned = [item for item in items if item.state == State.RETURNED and not part.sends_again(item.item)]
    return [item for item in items if item.is_missing], returned
