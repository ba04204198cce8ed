"""A bureau's spreadsheet, read: the sheet, its columns, and what became of every row. Pure: no Django."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from targets.figure_columns import MARKS_SHEET
from targets.spreadsheet.account import RowReport
from targets.spreadsheet.columns import Column, Layout, is_numeric, layout
from targets.spreadsheet.grid import Grid, letter
from targets.spreadsheet.header_block import HeaderBlock, header_blocks, header_by_names
from targets.spreadsheet.headers import FIGURES, Role
from targets.spreadsheet.known import Scope
from targets.spreadsheet.names import NameIndex
from targets.spreadsheet.problems import Hint, SheetCode
from targets.spreadsheet.titles import Title, title_of
from targets.spreadsheet.walking import Walk
from targets.upload_problems import Problem
from targets.workbook.changes import Change
from targets.workbook.marking import LIST_SHEET

Roles = Mapping[str, str]  # role → column letter, as people and the database keep it

EXAMPLE_ROWS = 30  # below the header, of which one shows what a column holds


@dataclass(frozen=True)
class Choice:
    """Columns that a person chose (`by_hand`) or that are remembered for these headers; none: guessed.

    `leaves_out`: rows that are no indicator of the plan are left out instead of being errors.
    """

    roles: Roles
    sheet: str = ""
    by_hand: bool = False
    leaves_out: bool = False


@dataclass
class Reading:
    """What was understood. With problems nothing is taken over; `rows` accounts for each row of the table."""

    sheet: str = ""
    sheets: list[str] = field(default_factory=list)
    columns: dict[str, str] = field(default_factory=dict)
    headers: list[tuple[str, str, str]] = field(default_factory=list)  # letter, text, example
    fingerprint: str = ""
    header_rows: tuple[int, int] = (0, 0)
    rows: list[RowReport] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    hints: list[Problem] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    is_remembered: bool = False


@dataclass(frozen=True)
class _Table:
    grid: Grid
    block: HeaderBlock
    layout: Layout
    title: Title

    @property
    def score(self) -> tuple[bool, int, bool, int]:
        """How likely this is the table that is meant: figures of the period, names of targets."""
        names = _names(self.layout, self.title)
        return (
            names > 0 and bool(self.layout.roles.keys() & FIGURES) and self.title.fits,
            names,
            bool(self.layout.roles.keys() & FIGURES),
            len(self.layout.roles),
        )


def understand(
    book: Sequence[Grid], scope: Scope, remembered: Mapping[str, Roles], chosen: Choice | None = None
) -> Reading:
    """Read the workbook. `remembered` holds the roles of known headers by their fingerprint."""
    index = NameIndex(scope.wholes)
    visible = [grid for grid in book if not grid.is_hidden and grid.name not in {LIST_SHEET, MARKS_SHEET}]
    reading = Reading(sheets=[grid.name for grid in visible])
    tables = list(_tables(visible, scope, index))
    if chosen and chosen.sheet:
        tables = [table for table in tables if table.grid.name == chosen.sheet] or tables
    if not tables:
        sheet = chosen.sheet if chosen and chosen.sheet else visible[0].name if len(visible) == 1 else ""
        reading.problems.append(Problem(SheetCode.NO_TABLE, sheet=sheet))
        return reading
    best = max(tables, key=lambda table: table.score)
    _note_other_sheets(reading, book, tables, best)
    choice = chosen if chosen and chosen.roles else None
    if choice is None and best.layout.fingerprint in remembered:
        choice = Choice(remembered[best.layout.fingerprint])
        reading.is_remembered = True
    columns = _chosen(best.layout, choice, scope) if choice else best.layout
    _describe(reading, best, columns)
    problem = _cannot_be_read(best, columns, scope, by_hand=bool(choice and choice.by_hand))
    if problem is not None:
        reading.problems.append(problem)
        return reading
    walk = Walk(best.grid, best.block, columns, scope, index, best.title)
    walk.may_change, walk.leaves_out = choice is None, bool(chosen and chosen.leaves_out)
    walk.run()
    reading.rows, reading.changes = walk.reports, walk.changes
    reading.problems += walk.problems
    reading.hints += walk.hints
    return reading


def _tables(grids: Iterable[Grid], scope: Scope, index: NameIndex) -> Iterable[_Table]:
    for grid in grids:
        for block in list(header_blocks(grid)) or list(header_by_names(grid, index.is_name)):
            title = title_of(grid, block.first, scope, index)
            yield _Table(grid, block, layout(grid, block, scope, index), title)


def _names(found: Layout, title: Title) -> int:
    """How many cells name a target, or a part of the one that the title names."""
    place = found.roles.get(Role.INDICATOR)
    if place is not None and found.columns[place].names:
        return found.columns[place].names
    bodies = found.roles.get(Role.REPORTING_UNIT)
    return found.columns[bodies].bodies if title.target is not None and bodies is not None else 0


def _note_other_sheets(
    reading: Reading, book: Sequence[Grid], tables: Sequence[_Table], best: _Table
) -> None:
    hidden = [grid.name for grid in book if grid.is_hidden and grid.name != MARKS_SHEET]
    if hidden:
        reading.hints.append(Problem(Hint.HIDDEN_SHEET, values={"sheets": "、".join(hidden[:5])}))
    others = dict.fromkeys(
        table.grid.name for table in tables if table.grid is not best.grid and table.score[0]
    )
    if others:
        reading.hints.append(Problem(Hint.OTHER_SHEETS, values={"sheets": "、".join(list(others)[:5])}))


def _chosen(found: Layout, choice: Choice, scope: Scope) -> Layout:
    """The layout with the chosen roles; what is remembered gives way where a header names another period."""
    places = {letter(column.place): column for column in found.columns}
    roles: dict[Role, int] = {}
    for name, where in choice.roles.items():
        column = places.get(where)
        if name not in set(Role) or column is None:
            continue
        if not choice.by_hand and Role(name) in FIGURES and not _still_fits(column, Role(name), found):
            continue
        roles[Role(name)] = column.place
    if not choice.by_hand and not roles.keys() & FIGURES:
        roles |= {role: place for role, place in found.roles.items() if role in FIGURES}
    return Layout(found.columns, roles, found.found_periods)


def _still_fits(column: Column, role: Role, found: Layout) -> bool:
    """A column that names its period counts only where the guess says so too."""
    return column.heading.span is None or found.roles.get(role) == column.place


def _describe(reading: Reading, table: _Table, columns: Layout) -> None:
    reading.sheet = table.grid.name
    reading.columns = {role.value: letter(place) for role, place in _in_order(columns.roles)}
    reading.fingerprint = columns.fingerprint
    reading.header_rows = (table.block.first + 1, table.block.last + 1)
    rows = _example_rows(table.grid, table.block.last + 1, columns)
    for column in columns.columns:
        example = next((text for row in rows if (text := table.grid.text(row, column.place))), "")
        if column.heading.text or example:
            reading.headers.append((letter(column.place), column.heading.text[:60], example[:40]))


def _example_rows(grid: Grid, first: int, columns: Layout) -> range:
    """Some rows from the first one with a figure on: what stands above it may be a heading of a section."""
    rows = range(first, min(grid.height, first + EXAMPLE_ROWS))
    places = [columns.roles[role] for role in FIGURES if role in columns.roles]
    with_figure = (
        row
        for row in rows
        if any(is_numeric(grid.raw(row, place), grid.text(row, place)) for place in places)
    )
    return range(next(with_figure, first), rows.stop)


def _in_order(roles: Mapping[Role, int]) -> list[tuple[Role, int]]:
    return sorted(roles.items(), key=lambda item: list(Role).index(item[0]))


def _cannot_be_read(table: _Table, columns: Layout, scope: Scope, *, by_hand: bool) -> Problem | None:
    """Why no row can be read: no names, no figures, or figures of another period."""
    sheet, row, period = table.grid.name, table.block.last + 1, period_text(scope)
    has_names = Role.INDICATOR in columns.roles or (
        table.title.target is not None and Role.REPORTING_UNIT in columns.roles
    )
    if not has_names:
        return Problem(SheetCode.NO_INDICATOR, sheet, row)
    if not columns.roles.keys() & FIGURES:
        found = "、".join(str(span) for span in columns.found_periods)
        if found:
            return Problem(SheetCode.NO_SUCH_PERIOD, sheet, row, values={"period": period, "found": found})
        values = {"period": period, "example": f"1-{scope.period.month}月累计"}
        return Problem(SheetCode.NO_FIGURES, sheet, row, values=values)
    undated = all(
        columns.columns[place].heading.span is None
        for role, place in columns.roles.items()
        if role in FIGURES
    )
    if undated and not table.title.fits and not by_hand:
        values = {"period": period, "found": table.title.period_text}
        return Problem(SheetCode.PERIOD_OF_SHEET, sheet, table.title.period_row, value="", values=values)
    return None


def period_text(scope: Scope) -> str:
    """The wanted period as such tables write it."""
    names = {3: "一季度", 6: "上半年", 9: "前三季度", 12: "全年"}
    return f"{scope.period.year}年{names.get(scope.period.month) or f'1—{scope.period.month}月'}"
