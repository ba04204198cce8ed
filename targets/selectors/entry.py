"""The entry sheet: everything one unit reports in one period, with what stood there before."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from accounts.models import Unit
from targets.models import (
    Evidence,
    Figure,
    Narrative,
    NarrativeVersion,
    NodeReport,
    Period,
    Target,
)
from targets.openings import EVERYTHING, NOTHING
from targets.policies import SEEN_BY_LEADERS
from targets.selectors.comments import comments_about
from targets.selectors.duties import Duties, FigureDuty, TextDuty, duties, figure_duties, text_duties
from targets.selectors.entry_rows import BureauSheet, FigureRow, Sheet, TextRow
from targets.selectors.evidence import evidence_about, seen_at
from targets.selectors.neighbours import (
    counted_value,
    figures_of_year,
    rounds_of,
    values_of_last_year,
    warnings_about,
)
from targets.selectors.openings import opening
from targets.selectors.periods import period_before
from targets.selectors.sight import Sight
from targets.selectors.tags import Tagged
from targets.selectors.versions import approved_versions, show_version

Item = Figure | Narrative
_OPENINGS = {True: EVERYTHING, False: NOTHING}  # of the office, which looks at all units at once


def bureau_sheet(period: Period, only: Tagged | None = None) -> BureauSheet:
    """Every figure of the bureau in a started period, drafts included; `only` what carries a tag.

    A fixed number of queries.
    """
    figures = duties(period).figures
    if only is not None:
        figures = tuple(duty for duty in figures if only.holds(duty.target))
    return replace(_Loader(period, None, True, Duties(figures, ())).bureau_sheet(), only=only)


def entry_sheet(period: Period, unit: Unit, *, drafts: bool = True) -> Sheet:
    """The sheet of a started period, in a fixed number of queries.

    Without `drafts` (for people outside the unit) an item that is not submitted shows its approved version,
    or nothing.
    """
    return _Loader(period, unit, drafts, duties(period, unit)).sheet()


def figure_rows(period: Period, keys: Collection[str]) -> list[FigureRow]:
    """The rows of these figures (`f12`, `f12p3`), as they are needed while somebody types in them.

    Drafts included, whoever reports them; without rounds, comments, files and last year. Those of another
    bureau or year are left out.
    """
    found = [duty for duty in figure_duties(period, keys) if duty.key in keys]
    return _Loader(period, None, True, Duties(tuple(found), ()), bare=True).figure_rows()


def text_rows(period: Period, unit: Unit, targets: Iterable[Target]) -> tuple[TextRow, ...]:
    """The rows of the unit's texts alone, drafts included: about these targets and about its tasks."""
    loader = _Loader(period, unit, True, Duties((), text_duties(period, unit, targets)))
    return tuple(loader.text_rows())


class _Loader:
    """Fetches what the rows need, each kind once."""

    def __init__(
        self, period: Period, unit: Unit | None, drafts: bool, owed: Duties, *, bare: bool = False
    ) -> None:
        self.period, self.unit = period, unit
        self.before = period_before(period)
        self.opening = opening(period, unit) if unit else _OPENINGS[period.is_open]
        self.duties = owed
        targets = {duty.target.pk: duty.target for duty in self.duties.figures}
        self.figures = figures_of_year(period, targets)
        self.narratives = self._narratives() if owed.texts else {}
        self.ticked = self._ticked() if owed.texts else {}
        self.last_year = values_of_last_year(period, [] if bare else targets.values())
        if not drafts:
            self._hide_drafts()
        now = [year[period.month] for year in self._years() if period.month in year]
        around = [] if bare else now
        self.rounds = rounds_of(around)
        self.comments = comments_about(around)
        self.level = Sight.DRAFTS if drafts else Sight.SUBMITTED
        self.evidence = evidence_about(around)
        self.warnings = warnings_about(item for item in now if isinstance(item, Figure))

    def figure_rows(self) -> list[FigureRow]:
        return [self._figure_row(duty, {}) for duty in self.duties.figures]

    def bureau_sheet(self) -> BureauSheet:
        rows = self.figure_rows()
        return BureauSheet(
            self.period,
            self.before,
            figures=tuple(row for row in rows if row.duty.is_due or row.item),
            not_due=tuple(row for row in rows if not (row.duty.is_due or row.item)),
            opening=self.opening,
        )

    def text_rows(self) -> list[TextRow]:
        return [self._text_row(duty) for duty in self.duties.texts]

    def sheet(self) -> Sheet:
        assert self.unit is not None
        texts = self.text_rows()
        beside = {row.duty.subject.pk: row for row in texts if row.key.startswith("t")}
        rows = [self._figure_row(duty, beside) for duty in self.duties.figures]
        tasks = [row for row in texts if row.key.startswith("k")]
        return Sheet(
            self.period,
            self.unit,
            self.before,
            figures=tuple(row for row in rows if row.duty.is_due or row.item),
            not_due=tuple(row for row in rows if not (row.duty.is_due or row.item)),
            tasks=tuple(row for row in tasks if row.duty.is_lead),
            cooperation=tuple(row for row in tasks if not row.duty.is_lead),
            opening=self.opening,
        )

    def _figure_row(self, duty: FigureDuty, texts: Mapping[int, TextRow]) -> FigureRow:
        target, part = duty.target, duty.allocation
        year = self.figures.get((target.pk, part.pk if part else None), {})
        item = year.get(self.period.month)
        quarters = self.period.key.earlier_quarters
        missing = (key for key in quarters if counted_value(year.get(key.month)) is None)
        return FigureRow(
            duty=duty,
            item=item,
            annual=part.value if part else target.value,
            last_year=None if part else self.last_year.get(target.pk),
            previous=year.get(self.before.month) if self.before else None,
            quarter_before=counted_value(year.get(quarters[-1].month)) if quarters else Decimal(0),
            missing_quarters=tuple(missing),
            warnings=self.warnings.get(item.pk, ()) if item else (),
            rounds=self.rounds.get((Figure, item.pk), ()) if item else (),
            comments=self.comments.get((Figure, item.pk), ()) if item else (),
            evidence=self._files(item),
            text=None if part else texts.get(target.pk),
            is_open=self.opening.covers(duty.key),
        )

    def _text_row(self, duty: TextDuty) -> TextRow:
        year = self.narratives.get(duty.key, {})
        item = year.get(self.period.month)
        return TextRow(
            duty=duty,
            item=item,
            previous=year.get(self.before.month) if self.before else None,
            ticked=self.ticked.get(item.pk, {}) if item else {},
            rounds=self.rounds.get((Narrative, item.pk), ()) if item else (),
            comments=self.comments.get((Narrative, item.pk), ()) if item else (),
            evidence=self._files(item),
            is_open=self.opening.covers(duty.key),
        )

    def _files(self, item: Item | None) -> tuple[Evidence, ...]:
        if item is None:
            return ()
        return tuple(seen_at(self.level, item, self.evidence.get((type(item), item.pk), ())))

    def _narratives(self) -> dict[str, dict[int, Narrative]]:
        """Key of the duty → end month → text, of this period and the one before."""
        periods = [period for period in (self.before, self.period) if period]
        rows = Narrative.objects.filter(unit=self.unit, period__in=periods)
        found: dict[str, dict[int, Narrative]] = defaultdict(dict)
        for text in rows.select_related("period", "updated_by", "submitted_by"):
            found[text.duty_key][text.period.month] = text
        return found

    def _ticked(self) -> dict[int, dict[int, str]]:
        """Text → the nodes ticked in it → what was done."""
        found: dict[int, dict[int, str]] = defaultdict(dict)
        rows = NodeReport.objects.filter(narrative__unit=self.unit, narrative__period=self.period)
        for report in rows.order_by("milestone__order"):
            found[report.narrative_id][report.milestone_id] = report.what
        return found

    def _years(self) -> list[dict[int, Any]]:
        return [*self.figures.values(), *self.narratives.values()]

    def _hide_drafts(self) -> None:
        """Put the approved version, or nothing, in the place of what is under way in the unit."""
        hidden = [
            item for year in self._years() for item in year.values() if item.state not in SEEN_BY_LEADERS
        ]
        approved = approved_versions(hidden)
        for year in self._years():
            for month, item in list(year.items()):
                if item.state in SEEN_BY_LEADERS:
                    continue
                version = approved.get((type(item), item.pk))
                if version is None:
                    del year[month]
                    continue
                show_version(item, version)
                if isinstance(version, NarrativeVersion):
                    self.ticked[item.pk] = {int(pk): what for pk, what in version.nodes.items()}
