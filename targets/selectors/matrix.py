"""The reporting matrix (填报进度): units × periods of a year, and what each unit still owes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass

from accounts.models import Bureau, Unit, User
from accounts.permissions import Permission
from targets.enums import State
from targets.models import ExceptionState, Period, PeriodException, Reminder
from targets.policies import SEEN_BY_LEADERS
from targets.selectors.periods import started_periods
from targets.selectors.reminders import reminders_of
from targets.selectors.tags import Tagged
from targets.selectors.work import UnitWork, WorkItem, reporting_status
from targets.standing import MISSING, NO_TASK, ORDER, standing


@dataclass(frozen=True)
class Cell:
    """One unit in one period."""

    work: UnitWork
    reminders: tuple[Reminder, ...]
    reopened: bool  # an exception lets the unit report in this closed period

    @property
    def period(self) -> Period:
        return self.work.period

    @property
    def standing(self) -> str:
        """The least advanced of what is owed or begun: see `targets/standing.py`."""
        items = [_standing_of(item) for item in self.work.items if item.is_owed or item.state]
        return standing(items, deadline_passed=self.is_late)

    @property
    def is_late(self) -> bool:
        """Whether what is missing should be there by now."""
        return _is_late(self.period)

    @property
    def owed(self) -> int:
        return sum(item.is_owed for item in self.work.items)

    @property
    def sent(self) -> int:
        """How many of the owed items left the unit's reporter: submitted, or further."""
        return sum(item.is_owed and item.state in SEEN_BY_LEADERS for item in self.work.items)

    @property
    def is_overdue(self) -> bool:
        return self.work.is_overdue


@dataclass(frozen=True)
class MatrixRow:
    """One unit with its cells, in the order of the periods."""

    unit: Unit
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Matrix:
    """The year's started periods, and the units in official order, those with nothing reported too."""

    bureau: Bureau
    year: int
    periods: tuple[Period, ...]
    rows: tuple[MatrixRow, ...]

    @property
    def counts(self) -> list[list[tuple[str, int, bool]]]:
        """For each period how many units stand where (True: late), least advanced first; nobody's is out."""
        counted = [
            Counter(row.cells[place].standing for row in self.rows) for place in range(len(self.periods))
        ]
        return [
            [(name, found[name], _is_late(period)) for name in (*ORDER, NO_TASK) if found[name]]
            for period, found in zip(self.periods, counted, strict=True)
        ]


def matrix(
    bureau: Bureau, year: int, units: Collection[Unit] | None = None, only: Tagged | None = None
) -> Matrix:
    """The matrix of one year; `units` None for all, `only` what carries a tag.

    The number of queries grows with the started periods (at most six), never with units or items.
    """
    periods = [period for period in started_periods(bureau) if period.year == year]
    wanted = None if units is None else {unit.pk for unit in units}
    reopened, reminded = _reopened(periods, bureau), reminders_of(periods)
    cells: dict[int, list[Cell]] = {}
    names: dict[int, Unit] = {}
    for period in periods:
        for work in reporting_status(bureau, period).units:
            if wanted is None or work.unit.pk in wanted:
                names.setdefault(work.unit.pk, work.unit)
                place = period.pk, work.unit.pk
                cell = Cell(work.narrowed(only), tuple(reminded[place]), place in reopened)
                cells.setdefault(work.unit.pk, []).append(cell)
    rows = tuple(MatrixRow(unit, tuple(cells[pk])) for pk, unit in names.items())
    return Matrix(bureau, year, tuple(periods), rows)


def units_to_watch(user: User, bureau: Bureau) -> list[Unit] | None:
    """Whose progress of reporting this person follows: None for every unit, else the own ones."""
    if user.may(Permission.VIEW_SUBMITTED, bureau):
        return None
    own = [*user.units_where(Permission.REVIEW_UNIT), *user.units_where(Permission.ENTER_FIGURES)]
    return [unit for unit in own if unit.bureau_id == bureau.pk]


def _is_late(period: Period) -> bool:
    return period.deadline_passed or not period.is_open


def _standing_of(item: WorkItem) -> str:
    if item.returned:
        return State.RETURNED
    return item.state or MISSING


def _reopened(periods: Collection[Period], bureau: Bureau) -> set[tuple[int, int]]:
    """(period, unit) of the closed periods in which an exception is in force."""
    found = PeriodException.objects.filter(
        period__in=[period.pk for period in periods if not period.is_open],
        state=ExceptionState.GRANTED,
        until__gte=bureau.today,
    )
    return set(found.values_list("period", "unit"))
