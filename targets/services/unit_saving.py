"""Saving what concerns several units at once: each unit's part by the rules of entering, all or nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from accounts.models import Unit, User
from targets.inputs import FigureInput, NarrativeInput, Saved
from targets.models import Origin, Period, Target
from targets.selectors.owners import owner_of
from targets.selectors.terms import stand_in_force
from targets.services.entering import save_entries


@transaction.atomic
def save_for_units(
    *,
    period: Period,
    unit: Unit | None,
    figures: Sequence[FigureInput],
    narratives: Sequence[NarrativeInput],
    by: User,
    origin: str = Origin.WORKBOOK,
    at: datetime | None = None,
) -> Saved:
    """Save drafts of one unit, or (None) of every unit that reports one of them; raises as `save_entries`."""
    if unit is not None:
        return save_entries(
            period=period, unit=unit, figures=figures, narratives=narratives, by=by, origin=origin, at=at
        )
    stand_in_force([entry.target for entry in figures], period)
    stand_in_force([text.subject for text in narratives if isinstance(text.subject, Target)], period)
    own_figures: dict[int, list[FigureInput]] = defaultdict(list)
    own_texts: dict[int, list[NarrativeInput]] = defaultdict(list)
    for entry in figures:
        own_figures[owner_of(entry.target, entry.allocation)].append(entry)
    for text in narratives:
        own_texts[text.subject.lead_id].append(text)
    whole = Saved()
    found = Unit.objects.select_related("bureau").filter(pk__in={*own_figures, *own_texts})
    for one in found.order_by("order"):
        saved = save_entries(
            period=period,
            unit=one,
            figures=own_figures[one.pk],
            narratives=own_texts[one.pk],
            by=by,
            origin=origin,
            at=at,
        )
        whole.figures += saved.figures
        whole.narratives += saved.narratives
        whole.unchanged += saved.unchanged
    return whole
