"""The account of a table: its cells by their roles, and what is noted of each row. Pure: no Django."""

from __future__ import annotations

from dataclasses import dataclass, field

from targets.figure_columns import BLANK_CELL, Cell, cell_text
from targets.spreadsheet.columns import Layout, is_numeric
from targets.spreadsheet.grid import Grid, letter
from targets.spreadsheet.header_block import HeaderBlock
from targets.spreadsheet.headers import FIGURES, Heading, Role, listed_units
from targets.spreadsheet.known import Scope
from targets.spreadsheet.name_keys import units_of_name
from targets.spreadsheet.names import NameIndex
from targets.spreadsheet.problems import Skip
from targets.spreadsheet.rows import row_name
from targets.spreadsheet.titles import Title
from targets.spreadsheet.values import Units
from targets.units import Unit
from targets.upload_problems import Problem, shown

MATCHED, SKIPPED, WRONG = "matched", "skipped", "error"


@dataclass(frozen=True)
class RowReport:
    """What became of one row (counted from 1): `code` names the figure, or the reason with its values."""

    row: int
    kind: str
    name: str
    code: str = ""
    values: dict[str, str] = field(default_factory=dict)
    value: str = ""
    basis: str = ""
    echo: str = ""


class Account:
    """A table with its columns, and what was noted of it."""

    def __init__(
        self, grid: Grid, block: HeaderBlock, columns: Layout, scope: Scope, index: NameIndex, title: Title
    ) -> None:
        self.grid, self.block, self.layout, self.scope = grid, block, columns, scope
        self.index, self.title = index, title
        self.reports: list[RowReport] = []
        self.problems: list[Problem] = []
        self.hints: list[Problem] = []

    def _cell(self, row: int, role: Role) -> Cell:
        place = self.layout.roles.get(role)
        return BLANK_CELL if place is None else self.grid.raw(row, place)

    def _text(self, row: int, role: Role) -> str:
        place = self.layout.roles.get(role)
        return "" if place is None else self.grid.text(row, place)

    def _heading(self, role: Role) -> Heading | None:
        return self.layout.heading(role)

    def _place(self, role: Role) -> tuple[str, str]:
        """Letter and header of a role's column; both empty where there is none."""
        place = self.layout.roles.get(role)
        heading = self._heading(role)
        return (letter(place), heading.text[:40] if heading else "") if place is not None else ("", "")

    def _units(self, row: int, role: Role, name: str) -> Units:
        heading = self._heading(role)
        return Units(self._row_units(row, name), heading.units if heading else (), self.title.units)

    def _row_units(self, row: int, name: str) -> tuple[Unit, ...]:
        return listed_units(self._text(row, Role.UNIT)) or units_of_name(name)

    def _has_number(self, row: int) -> bool:
        """Whether one of the columns of figures holds something like a number."""
        cells = [(self._cell(row, role), self._text(row, role)) for role in FIGURES]
        return any(is_numeric(cell, text) for cell, text in cells)

    def _reports(self, row: int) -> bool:
        """Whether anything stands in the row's columns of figures."""
        return any(not self._cell(row, role).is_blank for role in FIGURES)

    def _skip(self, row: int, code: Skip, /, **values: str) -> None:
        name = shown(row_name(self.grid, row, self.layout))
        self.reports.append(RowReport(row + 1, SKIPPED, name, code.value, values))

    def _error(self, row: int, role: Role, code: str, /, **values: str) -> None:
        column, header = self._place(role)
        text = cell_text(self.grid.cell(row, self.layout.roles[role])) if role in self.layout.roles else ""
        name = shown(row_name(self.grid, row, self.layout))
        self.reports.append(RowReport(row + 1, WRONG, name, str(code), values))
        self.problems.append(Problem(str(code), self.grid.name, row + 1, column, header, text, values))

    def _hint(self, row: int, role: Role, code: str, /, **values: str) -> None:
        column, header = self._place(role)
        text = self._text(row, role)
        self.hints.append(Problem(str(code), self.grid.name, row + 1, column, header, text, values))
