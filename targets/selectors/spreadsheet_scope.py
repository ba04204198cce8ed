"""Everything a bureau's own spreadsheet may be about, as plain values for its reader."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal

from accounts.models import Unit
from targets.enums import Measure, Split
from targets.figure_columns import period_name
from targets.models import Allocation, IndicatorAlias, Narrative, Period, Target, TargetSource
from targets.openings import EVERYTHING, Opening, figure_key, text_key
from targets.selectors.duties import duties, is_due
from targets.selectors.neighbours import counted_value, figures_of_year
from targets.selectors.openings import opening
from targets.selectors.owners import REPORTING, owner_of
from targets.selectors.unit_form import stored_figure
from targets.spreadsheet.known import Known, Scope
from targets.workbook.content import Stored, TextContent


def spreadsheet_scope(period: Period, unit: Unit | None = None) -> Scope:
    """Every target and part of the bureau's plan with what is stored; a fixed number of queries.

    With `unit` only what that unit reports will be taken over.
    """
    return Scope(
        period=period.key,
        knowns=tuple(_Loader(period, opening(period, unit) if unit else EVERYTHING).knowns()),
        units=tuple(_reporting(period).values()),
        unit=unit.name if unit else "",
    )


def _reporting(period: Period) -> dict[int, str]:
    found = Unit.objects.filter(bureau=period.bureau_id, kind__in=REPORTING).order_by("order")
    return dict(found.values_list("pk", "name"))


class _Loader:
    """Fetches each kind of thing once."""

    def __init__(self, period: Period, opened: Opening) -> None:
        self.period, self.opening = period, opened
        self.duties = duties(period).figures
        self.targets = {duty.target.pk: duty.target for duty in self.duties}
        self.figures = figures_of_year(period, self.targets)
        self.units = _reporting(period)
        self.names = self._names()
        self.texts = self._texts()

    def knowns(self) -> Iterable[Known]:
        """Wholes and parts in the plan's order; the whole of a sum is known, though it is not reported."""
        for target in self.targets.values():
            yield self._known(target, None)
            for part in target.allocations.all():
                yield self._known(target, part)

    def _known(self, target: Target, part: Allocation | None) -> Known:
        key = figure_key(target.pk, part.pk if part else None)
        year = self.figures.get((target.pk, part.pk if part else None), {})
        quarters = self.period.key.earlier_quarters
        before = year.get(quarters[-1].month) if quarters else None
        return Known(
            key=target.key,
            name=target.name,
            other_names=() if part else self.names.get(target.pk, ()),
            unit=target.unit,
            part=part.unit.name if part else "",
            annual=part.value if part else target.value,
            measure=Measure(target.measure),
            owner=self.units.get(owner_of(target, part), ""),
            stored=stored_figure(year.get(self.period.month), is_open=self.opening.covers(key)),
            target_id=target.pk,
            allocation_id=part.pk if part else None,
            quarter_before=counted_value(before) if quarters else Decimal(0),
            quarter_before_name=period_name(quarters[-1]) if quarters else "",
            is_due=is_due(target, part, self.period.key),
            text=None if part else self._text(target),
            split=Split(target.split),
            order=target.order,
        )

    def _text(self, target: Target) -> Stored[TextContent]:
        is_open = self.opening.covers(text_key(None, target.pk))
        return self.texts.get(target.pk, Stored(TextContent(), is_open=is_open))

    def _names(self) -> dict[int, tuple[str, ...]]:
        """Target → its indicator, that one's aliases, and what the document calls it elsewhere."""
        found: dict[int, list[str]] = defaultdict(list)
        aliases = defaultdict(list)
        indicators = {target.indicator_id for target in self.targets.values()}
        rows = IndicatorAlias.objects.filter(indicator__in=indicators).order_by("pk")
        for indicator, name in rows.values_list("indicator_id", "name"):
            aliases[indicator].append(name)
        named = Target.objects.filter(pk__in=self.targets).values_list("pk", "indicator__name")
        for pk, name in named:
            found[pk] = [name, *aliases[self.targets[pk].indicator_id]]
        sources = TargetSource.objects.filter(target__in=self.targets).exclude(name_in_text="")
        for pk, name in sources.values_list("target_id", "name_in_text"):
            found[pk].append(name)
        return {pk: tuple(dict.fromkeys(names)) for pk, names in found.items()}

    def _texts(self) -> Mapping[int, Stored[TextContent]]:
        """Target → the lead's text about it in this period."""
        rows = Narrative.objects.filter(period=self.period, target__in=self.targets)
        return {
            text.target_id: Stored(
                TextContent(text.progress, text.problem, text.next_step),
                text.revision,
                text.last_version,
                text.state,
                str(text.updated_by),
                text.updated_at,
                self.opening.covers(text_key(None, text.target_id)),
            )
            for text in rows.select_related("updated_by")
            if text.target_id and text.unit_id == self.targets[text.target_id].lead_id
        }
