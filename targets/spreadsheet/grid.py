"""A sheet as a grid of cells with its merged ranges and what is hidden. Pure: no Django.

Rows and columns count from 0 here; people see row 1 and column A.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from openpyxl.utils import get_column_letter

from targets.figure_columns import BLANK_CELL, Cell, cell_text, tidy_text

Range = tuple[int, int, int, int]  # top, left, bottom, right, all included


@dataclass(frozen=True)
class Grid:
    """One sheet. Inside a merged range every cell reads as its first one."""

    name: str
    rows: Sequence[Sequence[Cell]]
    merges: tuple[Range, ...] = ()
    hidden_rows: frozenset[int] = frozenset()
    is_hidden: bool = False
    _filled: dict[int, list[int]] = field(default_factory=dict, compare=False, repr=False)
    _texts: dict[tuple[int, int], str] = field(default_factory=dict, compare=False, repr=False)

    @cached_property
    def width(self) -> int:
        return max((len(row) for row in self.rows), default=0)

    @property
    def height(self) -> int:
        return len(self.rows)

    @cached_property
    def _range_of(self) -> dict[tuple[int, int], Range]:
        return {
            (row, column): found
            for found in self.merges
            for row in range(found[0], min(found[2], self.height - 1) + 1)
            for column in range(found[1], min(found[3], self.width - 1) + 1)
        }

    def merge_at(self, row: int, column: int) -> Range | None:
        """The merged range in which the cell lies."""
        return self._range_of.get((row, column))

    def raw(self, row: int, column: int) -> Cell:
        """The cell itself; inside a merged range all but the first are blank."""
        cells = self.rows[row] if 0 <= row < self.height else ()
        return cells[column] if 0 <= column < len(cells) else BLANK_CELL

    def cell(self, row: int, column: int) -> Cell:
        """The cell, or the first one of the merged range in which it lies."""
        found = self.merge_at(row, column)
        return self.raw(found[0], found[1]) if found else self.raw(row, column)

    def text(self, row: int, column: int) -> str:
        """The cell as text, on one line."""
        key = (row, column)
        if key not in self._texts:
            self._texts[key] = " ".join(tidy_text(cell_text(self.cell(row, column))).split())
        return self._texts[key]

    def filled(self, row: int) -> list[int]:
        """The columns of a row with something of its own in them."""
        if row not in self._filled:
            cells = self.rows[row] if 0 <= row < self.height else ()
            self._filled[row] = [column for column, cell in enumerate(cells) if not cell.is_blank]
        return self._filled[row]


def letter(column: int) -> str:
    """The name of a column as people see it."""
    return str(get_column_letter(column + 1))


def is_number(cell: Cell) -> bool:
    """Whether the file holds a number (and no date, text or truth value)."""
    return isinstance(cell.value, (int, float)) and not isinstance(cell.value, bool)
