"""Walks the rows of a table: each is matched with a figure of the plan, left out and why, or an error."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from targets.entry_text import EntryCode
from targets.figure_columns import BLANK_CELL, Cell
from targets.spreadsheet.account import MATCHED, RowReport
from targets.spreadsheet.changing import Weighing, change_of, text_change
from targets.spreadsheet.columns import Layout, fits, layout
from targets.spreadsheet.figures import FigureProblem, RowCells, Said, figure_of
from targets.spreadsheet.grid import Grid
from targets.spreadsheet.header_block import HeaderBlock, block_at, looks_like_header
from targets.spreadsheet.headers import FIGURES, Role
from targets.spreadsheet.known import Known, Scope
from targets.spreadsheet.matching import Matching
from targets.spreadsheet.names import NameIndex
from targets.spreadsheet.problems import Hint, SheetCode, Skip
from targets.spreadsheet.rows import row_name, skip_of
from targets.spreadsheet.titles import Title
from targets.spreadsheet.values import Units, evident_unit, read_annual
from targets.units import figure_text
from targets.upload_problems import shown
from targets.workbook.changes import Change


@dataclass
class _Taken:
    """A row that gives a figure."""

    row: int
    known: Known
    said: Said
    layout: Layout
    units: Units  # around the figure expected for the year


class Walk(Matching):
    """One table, read from its first row to its last."""

    def __init__(
        self, grid: Grid, block: HeaderBlock, columns: Layout, scope: Scope, index: NameIndex, title: Title
    ) -> None:
        super().__init__(grid, block, columns, scope, index, title)
        self.may_change = True  # whether a second table brings its own columns
        self.taken: list[_Taken] = []
        self.changes: list[Change] = []
        self.texts: list[tuple[int, Known, Layout]] = []
        self.group: list[Decimal] = []
        self.places: dict[int, Mapping[Role, tuple[str, str]]] = {}

    def run(self) -> None:
        last = max((row for row in range(self.grid.height) if self.grid.filled(row)), default=-1)
        if Role.INDICATOR not in self.layout.roles:
            self.whole = self.title.target
        for row in range(self.block.last + 1, last + 1):
            skip = skip_of(self.grid, row, self.block, self.layout, self.index)
            if skip is None and looks_like_header(self.grid, row):
                self._next_header(row)
                skip = Skip.HEADER_AGAIN
            if skip is None:
                self._row(row)
            else:
                if skip == Skip.SECTION:
                    self.parent = row_name(self.grid, row, self.layout)
                self._skip(row, skip)
                self._check_total(row, skip)
        self._refuse_contradictions()
        self._collect_changes()
        self._note_columns()

    def _next_header(self, row: int) -> None:
        """Another table below the first one: its own header holds from here on."""
        block = block_at(self.grid, row)
        found = layout(self.grid, block, self.scope, self.index)
        if self.may_change and Role.INDICATOR in found.roles and found.roles.keys() & FIGURES:
            self.block, self.layout = block, found

    def _row(self, row: int) -> None:
        """Match the row, then take its figure and texts."""
        name = self._name(row)
        known = self._known(row, name)
        if known is None:
            return
        if not self.scope.takes(known):
            self._skip(row, Skip.OTHER_UNIT, unit=known.owner)
            return
        evident = evident_unit(self._cell(row, Role.ANNUAL), known, self._units(row, Role.ANNUAL, name))
        cells = RowCells(
            lambda role: self._cell(row, role),
            self._heading,
            lambda role: Units((evident,)) if evident else self._units(row, role, name),
        )
        try:
            self._refuse_unknown_unit(row, known)
            said = figure_of(cells, known)
        except FigureProblem as problem:
            self._figure_problem(row, known, problem)
            return
        if known.text is not None:
            self.texts.append((row, known, self.layout))
        if said is None:
            self._skip(row, Skip.NOT_FILLED)
            return
        self._compare_annual(row, known, cells)
        if evident:
            self._hint(row, said.role, Hint.UNIT_BY_ANNUAL, target=known.label, unit=evident.name)
        self._take(row, known, said, cells.units(Role.FORECAST))

    def _figure_problem(self, row: int, known: Known, problem: FigureProblem) -> None:
        if problem.code == EntryCode.AMBIGUOUS_EMPTY and not known.is_due:
            nothing_set = known.part and known.annual is None
            self._skip(row, Skip.NO_TARGET_SET if nothing_set else Skip.NOT_DUE_DASH)
            return
        self._error(row, problem.role, problem.code, **problem.values)

    def _compare_annual(self, row: int, known: Known, cells: RowCells) -> None:
        cell = cells.cell(Role.ANNUAL)
        found = read_annual(cell, known, cells.units(Role.ANNUAL)) if not cell.is_blank else None
        if found is not None and known.annual is not None and found != known.annual:
            planned = f"{figure_text(known.annual)}{known.unit}"
            given = f"{figure_text(found)}{known.unit}"
            self._hint(
                row, Role.ANNUAL, Hint.ANNUAL_DIFFERS, target=known.label, found=given, planned=planned
            )

    def _take(self, row: int, known: Known, said: Said, units: Units) -> None:
        self.taken.append(_Taken(row, known, said, self.layout, units))
        if known.part and said.value is not None:
            self.group.append(said.value)
        for code, values in said.hints:
            self._hint(row, said.role, code, **values)
        if self._units(row, said.role, self._name(row)).is_set_aside(known.measured_in):
            found = "、".join(unit.name for unit in self.title.units)
            self._hint(row, said.role, Hint.UNIT_NOT_OF_ROW, target=known.label, found=found, unit=known.unit)
        if not known.is_due:
            period = str(self.scope.period)
            self._hint(row, said.role, Hint.NOT_DUE, target=known.label, period=period)
        if row in self.grid.hidden_rows:
            self._hint(row, said.role, Hint.HIDDEN_ROW, target=known.label)
        value = "不适用" if said.not_applicable else figure_text(said.value) if said.value is not None else ""
        name = row_name(self.grid, row, self.layout)
        self.reports.append(
            RowReport(
                row + 1,
                MATCHED,
                shown(name),
                known.code,
                {"label": known.label, "unit": known.unit},
                value,
                said.basis.value.lower(),
                said.echo,
            )
        )

    def _check_total(self, row: int, skip: Skip) -> None:
        """The sum of the parts above a total row is compared with it, where both can be read."""
        if skip == Skip.TOTAL and len(self.group) > 1 and self.taken:
            known = self.taken[-1].known
            cells = RowCells(
                lambda role: self._cell(row, role), self._heading, lambda role: self._units(row, role, "")
            )
            try:
                total = figure_of(cells, known)
            except FigureProblem:
                total = None
            if total and total.value is not None and total.value != sum(self.group):
                values = {"total": figure_text(total.value), "sum": figure_text(sum(self.group, Decimal(0)))}
                self._hint(row, total.role, Hint.TOTAL_DIFFERS, **values)
        if skip in {Skip.TOTAL, Skip.SECTION}:
            self.group = []

    def _refuse_contradictions(self) -> None:
        """Several rows for one figure: the same value is said twice, different ones are errors."""
        by_code: dict[str, list[_Taken]] = defaultdict(list)
        for taken in self.taken:
            by_code[taken.known.code].append(taken)
        for rows in by_code.values():
            values = {(taken.said.value, taken.said.not_applicable) for taken in rows}
            if len(values) > 1:
                names = "、".join(str(taken.row + 1) for taken in rows)
                for taken in rows:
                    self._drop(taken)
                    self._error(
                        taken.row,
                        taken.said.role,
                        SheetCode.ROWS_DIFFER,
                        target=taken.known.label,
                        rows=names,
                    )
            for taken in rows[1:] if len(values) == 1 else ():
                self._drop(taken)
                self._skip(taken.row, Skip.SAME_AGAIN, row=str(rows[0].row + 1))
        self.reports.sort(key=lambda report: report.row)

    def _drop(self, taken: _Taken) -> None:
        self.taken.remove(taken)
        self.reports = [report for report in self.reports if report.row != taken.row + 1]

    def _collect_changes(self) -> None:
        """What each row taken would change; a target's texts are those of its first row."""
        for taken in self.taken:
            self.layout = taken.layout
            cells = self._cells(taken.row)
            work, change = change_of(
                taken.known, taken.said, self.grid.name, taken.row + 1, cells, self._places(), taken.units
            )
            self._keep(work, change)
        first: dict[int, tuple[int, Known, Layout]] = {}
        for row, known, columns in self.texts:
            first.setdefault(known.target_id, (row, known, columns))
        for row, known, columns in first.values():
            self.layout = columns
            self._keep(*text_change(known, self.grid.name, row + 1, self._cells(row), self._places()))

    def _keep(self, work: Weighing, change: Change | None) -> None:
        self.problems += work.problems
        self.hints += work.hints
        if change is not None:
            self.changes.append(change)

    def _cells(self, row: int) -> Mapping[Role, Cell]:
        found = {role: self.grid.raw(row, place) for role, place in self.layout.roles.items()}
        return defaultdict(lambda: BLANK_CELL, found)

    def _places(self) -> Mapping[Role, tuple[str, str]]:
        key = id(self.layout)
        if key not in self.places:
            self.places[key] = {role: self._place(role) for role in self.layout.roles}
        return self.places[key]

    def _note_columns(self) -> None:
        """Say which column was taken though its header names no period, or another one."""
        for role in FIGURES:
            heading = self._heading(role)
            if heading is None or not self.taken:
                continue
            values = {"header": heading.text, "period": f"{self.scope.period}"}
            if not fits(heading.span, role, self.scope.period):
                self._hint(self.block.last, role, Hint.CHOSEN_PERIOD, **values)
                continue
            is_undated = heading.span is None and not self.title.spans
            if role == Role.CUMULATIVE and is_undated and heading.strength < 2:
                self._hint(self.block.last, role, Hint.TAKEN_AS_CUMULATIVE, **values)
