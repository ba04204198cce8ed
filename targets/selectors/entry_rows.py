"""The entry sheet as it is shown: its rows, what of them is filled in, returned or still owed."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from accounts.models import Unit
from targets.enums import Due, Measure, Nature, Pace, State
from targets.models import (
    Comment,
    Decision,
    Evidence,
    Figure,
    FigureWarning,
    Narrative,
    Period,
)
from targets.openings import Opening
from targets.periods import PeriodKey
from targets.policies import EDITABLE
from targets.selectors.duties import FigureDuty, TextDuty
from targets.selectors.neighbours import (
    correction_reason,
    counted_value,
    return_reason,
)
from targets.selectors.tags import Tagged
from targets.selectors.work import UnitWork, WorkItem


@dataclass(frozen=True)
class TextRow:
    """One text of the sheet, with the text of the period before at hand."""

    duty: TextDuty
    item: Narrative | None  # None: nothing was saved yet
    previous: Narrative | None
    ticked: dict[int, str]  # node → what was done, as saved in this period
    rounds: tuple[Decision, ...]
    comments: tuple[Comment, ...]
    evidence: tuple[Evidence, ...]
    is_open: bool  # False: the period is closed, for this item at least

    @property
    def key(self) -> str:
        return self.duty.key

    @property
    def state(self) -> str:
        """ "" where nothing was saved."""
        return self.item.state if self.item else ""

    @property
    def is_editable(self) -> bool:
        return self.is_open and (self.item is None or self.item.state in EDITABLE)

    @property
    def is_filled(self) -> bool:
        return self.item is not None and (not self.item.is_blank or bool(self.ticked))

    @property
    def returned(self) -> Decision | None:
        return return_reason(self.rounds)

    @property
    def correction(self) -> Decision | None:
        return correction_reason(self.rounds)


@dataclass(frozen=True)
class FigureRow:
    """One number of the sheet with its surroundings, and the text that may stand beside it."""

    duty: FigureDuty
    item: Figure | None  # None: nothing was saved yet
    annual: Decimal | None  # in force in this period; None: no target was set there (–)
    last_year: Decimal | None  # the same period
    previous: Figure | None  # of the reporting period before
    quarter_before: Decimal | None  # of the quarter that ended before this period; 0 in the first
    missing_quarters: tuple[PeriodKey, ...]  # earlier quarters of this year without a number
    warnings: tuple[FigureWarning, ...]
    rounds: tuple[Decision, ...]
    comments: tuple[Comment, ...]
    evidence: tuple[Evidence, ...]
    text: TextRow | None
    is_open: bool  # False: the period is closed, for this item at least

    @property
    def key(self) -> str:
        return self.duty.key

    @property
    def state(self) -> str:
        """ "" where nothing was saved."""
        return self.item.state if self.item else ""

    @property
    def is_editable(self) -> bool:
        return self.is_open and (self.item is None or self.item.state in EDITABLE)

    @property
    def is_filled(self) -> bool:
        return self.item is not None and not self.item.is_blank

    @property
    def returned(self) -> Decision | None:
        return return_reason(self.rounds)

    @property
    def correction(self) -> Decision | None:
        return correction_reason(self.rounds)

    @property
    def adjusted_from(self) -> Decimal | None:
        """The plan's own value in the plan's own unit, where an act changed it."""
        target = self.duty.target
        return target.plan_value if target.is_adjusted and self.duty.allocation is None else None

    @property
    def previous_value(self) -> Decimal | None:
        return counted_value(self.previous)

    @property
    def value(self) -> Decimal | None:
        return self.item.value if self.item else None

    @property
    def forecast(self) -> Decimal | None:
        return self.item.forecast if self.item else None

    @property
    def single(self) -> Decimal | None:
        """What a flow gained since the quarter before; None where either number is missing."""
        return self.single_of(self.value)

    def single_of(self, value: Decimal | None) -> Decimal | None:
        """The single quarter to a cumulative value of this row."""
        if value is None or self.quarter_before is None or self.duty.target.measure != Measure.FLOW:
            return None
        return value - self.quarter_before

    @property
    def is_annual(self) -> bool:
        """年度指标: judged in the last period only."""
        target = self.duty.target
        return target.pace == Pace.YEAR_END or target.due == Due.LAST

    def cumulative_from(self, single: Decimal | None) -> Decimal | None:
        """The cumulative value of a flow of which the single quarter was typed.

        None where an earlier quarter is missing. Source: the domain description, section 4.
        """
        if single is None or self.quarter_before is None or self.missing_quarters:
            return None
        return self.quarter_before + single

    @property
    def default_nature(self) -> str:
        """The nature of the last report is the likeliest of this one."""
        return self.previous.nature if self.previous else Nature.FLASH


@dataclass(frozen=True)
class Sheet:
    """One unit's sheet of one period, in document order."""

    period: Period
    unit: Unit
    before: Period | None  # the reporting period whose numbers and texts stand beside
    figures: tuple[FigureRow, ...]
    not_due: tuple[FigureRow, ...]
    tasks: tuple[TextRow, ...]
    cooperation: tuple[TextRow, ...]
    opening: Opening  # what the unit may change now

    @property
    def is_empty(self) -> bool:
        return not (self.figures or self.not_due or self.tasks or self.cooperation)

    @property
    def work(self) -> UnitWork:
        """What of it is owed, missing, returned or done."""
        items = (WorkItem(row.duty, row.item, row.is_filled, row.returned) for row in self.rows)
        return UnitWork(self.period, self.unit, tuple(items))

    @property
    def texts(self) -> tuple[TextRow, ...]:
        """Every text of the sheet, those beside the figures included."""
        beside = tuple(row.text for row in self.figures if row.text)
        return (*beside, *self.tasks, *self.cooperation)

    @property
    def rows(self) -> tuple[FigureRow | TextRow, ...]:
        return (*self.figures, *self.texts)


@dataclass(frozen=True)
class BureauSheet:
    """The figures of all units in one period, in document order: for the office."""

    period: Period
    before: Period | None
    figures: tuple[FigureRow, ...]
    not_due: tuple[FigureRow, ...]
    opening: Opening
    only: Tagged | None = None  # such a sheet is saved and not submitted: the rest is not seen on it
    tasks: tuple[TextRow, ...] = ()
    cooperation: tuple[TextRow, ...] = ()
    texts: tuple[TextRow, ...] = ()

    @property
    def missing(self) -> list[FigureRow]:
        return [row for row in self.figures if row.duty.is_due and not row.is_filled]

    @property
    def returned(self) -> list[FigureRow]:
        """Given back with a reason, and not changed or submitted again yet."""
        return [row for row in self.figures if row.state == State.RETURNED]

    @property
    def units(self) -> list[int]:
        """The units that report them."""
        return sorted({row.duty.owner_id for row in self.figures})
