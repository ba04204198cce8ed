"""The leader's minute: one bureau's plan in one period."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from accounts.models import Unit
from plans.models import Section
from targets.charts import Segment, segments
from targets.counts import Change, Counts, ranks
from targets.periods import QUARTER_MONTHS, PeriodKey
from targets.selectors.board import Board, Shown, StatusRow, counts_of, stated_at


@dataclass(frozen=True)
class HeatColumn:
    """A period of the year; `when` is past, now or future, seen from the period that is shown."""

    key: PeriodKey
    when: str


@dataclass(frozen=True)
class HeatCell:
    """A light in one period; None: the period lies ahead, or nothing was stored for it."""

    shown: Shown | None
    when: str


@dataclass(frozen=True)
class HeatRow:
    """A task or main indicator with its light in every period of the year."""

    name: str
    url: str
    lead: Unit
    cells: tuple[HeatCell, ...]


@dataclass(frozen=True)
class HeatSection:
    """The tasks of a section, and the targets that stand in it without a task."""

    section: Section
    rows: tuple[HeatRow, ...]


@dataclass(frozen=True)
class UnitLine:
    """A lead unit with its counts; `rank` by the share on pace, None where nothing is judged."""

    unit: Unit
    counts: Counts
    rank: int | None


@dataclass(frozen=True)
class Dashboard:
    """Everything the dashboard shows, all of it from one board."""

    board: Board
    indicators: Counts
    tasks: Counts
    total: Counts
    segments: tuple[Segment, ...]
    worse: tuple[StatusRow, ...]
    better: tuple[StatusRow, ...]
    new: tuple[StatusRow, ...]
    laggards: tuple[StatusRow, ...]
    columns: tuple[HeatColumn, ...]
    heat: tuple[HeatSection, ...]
    units: tuple[UnitLine, ...]

    @property
    def has_changes(self) -> bool:
        return bool(self.worse or self.better or self.new)


def dashboard(board: Board) -> Dashboard:
    """The dashboard of one plan and period; no query of its own."""
    indicators, tasks = counts_of(board.targets), counts_of(board.milestone_tasks)
    columns = _columns(board.period.key)
    return Dashboard(
        board=board,
        indicators=indicators,
        tasks=tasks,
        total=indicators + tasks,
        segments=tuple(segments(indicators + tasks)),
        worse=tuple(board.changed(Change.WORSE)),
        better=tuple(board.changed(Change.BETTER)),
        new=tuple(board.changed(Change.NEW)),
        laggards=tuple(board.laggards),
        columns=tuple(columns),
        heat=tuple(_heat(board, columns)),
        units=tuple(_units(board)),
    )


def _columns(now: PeriodKey) -> list[HeatColumn]:
    """The four quarters, and the month of this period where the bureau added one."""
    keys = [PeriodKey(now.year, month) for month in sorted({*QUARTER_MONTHS, now.month})]
    return [HeatColumn(key, "now" if key == now else "past" if key < now else "future") for key in keys]


def _heat(board: Board, columns: list[HeatColumn]) -> list[HeatSection]:
    """The sections with their tasks, and the targets that belong to no task, in the order of the text."""
    rows: dict[int, list[tuple[int, HeatRow]]] = defaultdict(list)
    for row in board.targets:
        if row.target and row.task is None:
            cells = _cells(row.history, columns)
            heat = HeatRow(row.title, row.get_absolute_url(), row.lead, cells)
            rows[row.section.pk].append((stated_at(row.target), heat))
    for line in board.tasks:
        task, cells = line.task, _cells(line.history, columns)
        heat = HeatRow(str(task), task.get_absolute_url(), task.lead, cells)
        rows[task.section_id].append((task.start, heat))
    return [
        HeatSection(section, tuple(row for _place, row in sorted(rows[section.pk], key=lambda pair: pair[0])))
        for section in board.sections
        if rows[section.pk]
    ]


def _cells(history: dict[int, Shown], columns: list[HeatColumn]) -> tuple[HeatCell, ...]:
    return tuple(HeatCell(history.get(column.key.month), column.when) for column in columns)


def _units(board: Board) -> list[UnitLine]:
    """The lead units in official order, never by name or success; the rank stands beside."""
    led: dict[Unit, list[StatusRow]] = defaultdict(list)
    for row in board.rows:
        led[row.lead].append(row)
    counts = {unit: counts_of(rows) for unit, rows in led.items()}
    places = ranks({unit: found.on_pace_share for unit, found in counts.items()})
    return [
        UnitLine(unit, counts[unit], places.get(unit)) for unit in sorted(counts, key=lambda unit: unit.order)
    ]
