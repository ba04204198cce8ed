"""The numbers of a unit's form, of which there may be ten thousand: database rows become form rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import NamedTuple

from accounts.models import Unit, User
from targets.models import Allocation, Figure, Period, Target
from targets.openings import Opening, figure_key
from targets.selectors.duties import adds_up, falls_due
from targets.selectors.neighbours import FigureKey, values_of_last_year
from targets.selectors.openings import opening
from targets.selectors.owners import owner_of_part
from targets.selectors.periods import period_before
from targets.selectors.terms import former_parts, unit_ratios
from targets.workbook.content import FigureContent, FigureItem, Stored, TextContent

NOTHING = {is_open: Stored(FigureContent(), is_open=is_open) for is_open in (True, False)}
CONTENT = ("value", "not_applicable", "forecast", "nature", "note", "numerator", "denominator", "basis")
SAVED = ("revision", "last_version", "state", "updated_by", "updated_at")


class _Part(NamedTuple):
    """A part of a target; `value` in the unit of measure in force."""

    pk: int
    unit: str
    owner: int
    value: Decimal | None


def figure_items(
    unit: Unit,
    period: Period,
    targets: list[Target],
    texts: Mapping[int, Stored[TextContent]],
    *,
    neighbours: bool = True,
) -> Iterator[FigureItem]:
    """Every figure of these targets that the unit reports, in their order; a fixed number of queries.

    The targets stand as in the period. `texts`: target → its stored text, where it has one of its own. Codes
    are a target's key (W6), or a part's key and unit (W7/江岸区). Without `neighbours` the numbers of earlier
    periods are left out.
    """
    opened = opening(period, unit)
    parts, stored = _parts(targets, period), _stored(targets, period, opened)
    previous = _previous(targets, period) if neighbours else {}
    last_year = values_of_last_year(period, targets) if neighbours else {}
    for target in targets:
        is_due, own = falls_due(target, period.key), parts[target.pk]
        whole = _Part(0, "", target.lead_id, target.value)
        rows = own if adds_up(target, (part.value for part in own)) else [whole, *own]
        for part in rows:
            key = (target.pk, part.pk or None)
            figure = stored.get(key)
            if part.owner != unit.pk or not (figure or (is_due and part.value is not None)):
                continue
            yield FigureItem(
                code=f"{target.key}/{part.unit}" if part.pk else target.key,
                name=f"{target.name}({part.unit})" if part.pk else target.name,
                unit=target.unit,
                figure=figure or NOTHING[opened.covers(figure_key(*key))],
                target_id=target.pk,
                allocation_id=part.pk or None,
                text=None if part.pk else texts.get(target.pk),
                decimals=target.decimals,
                comparison=target.comparison,
                annual=part.value,
                last_year=None if part.pk else last_year.get(target.pk),
                previous=previous.get(key),
            )


def _parts(targets: list[Target], period: Period) -> dict[int, list[_Part]]:
    """Target → its parts in their order, as they stand in the period."""
    by_id = {target.pk: target for target in targets}
    former = former_parts(by_id, period.month)
    rows = Allocation.objects.filter(target__in=by_id).order_by("target", "order")
    found: dict[int, list[_Part]] = defaultdict(list)
    for target_id, pk, unit_id, name, kind, value in rows.values_list(
        "target", "pk", "unit", "unit__name", "unit__kind", "value"
    ):
        target = by_id[target_id]
        value, _baseline = former.get((target_id, unit_id), (value, None))
        amount = None if value is None else value * target.unit_factor
        found[target_id].append(_Part(pk, name, owner_of_part(target.lead_id, unit_id, kind), amount))
    return found


def _stored(targets: list[Target], period: Period, opened: Opening) -> dict[FigureKey, Stored[FigureContent]]:
    """What the database holds of this period."""
    rows = Figure.objects.filter(target__in=targets, period=period)
    found = list(rows.values_list("target", "allocation", *SAVED, *CONTENT))
    people = {pk: str(user) for pk, user in User.objects.in_bulk({row[5] for row in found}).items()}
    return {
        (target, part): Stored(
            FigureContent(**dict(zip(CONTENT, content, strict=True))),
            revision,
            version,
            state,
            people[by],
            at,
            opened.covers(figure_key(target, part)),
        )
        for target, part, revision, version, state, by, at, *content in found
    }


def _previous(targets: list[Target], period: Period) -> dict[FigureKey, Decimal | None]:
    """What counted in the reporting period before, in the unit of this one."""
    before = period_before(period)
    if before is None:
        return {}
    ratios = unit_ratios([target.pk for target in targets], period)
    rows = Figure.objects.filter(target__in=targets, period=before)
    found: dict[FigureKey, Decimal | None] = {}
    for target, part, version, approved, typed in rows.values_list(
        "target", "allocation", "approved_version", "approved_value", "value"
    ):
        value = typed if version is None else approved
        ratio = ratios.get((target, before.month))
        found[target, part] = value if ratio is None or value is None else value * ratio
    return found
