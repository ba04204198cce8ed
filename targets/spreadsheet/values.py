"""The cells of a row as figures of a target: units, annual targets, what was shown. Pure: no Django.

A unit in the cell wins over the row's, that over the header's, that over the sheet's.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from targets.entry_text import Entry, EntryCode, EntryProblem, from_cell
from targets.figure_columns import Cell, cell_text
from targets.spreadsheet.headers import named_unit
from targets.spreadsheet.known import Known
from targets.spreadsheet.time_words import normal
from targets.units import Dimension, Unit, compatible, smaller_units
from targets.upload_problems import shown

_BEFORE = re.compile(
    r"^(?:[<>≥≤=≧≦~≈]|大于|小于|等于|力争|争取|确保|力保|实现|达到|达|突破|超过|超|不低于|不少于|不超过|不高于|低于|高于|"
    r"控制在|保持在|保持|稳定在|增长|同比|完成|新增|总数|约|到)+"
)
_AFTER = re.compile(r"(?:以上|以下|以内|之内|左右|及以上|\(?含\)?)+$")
FRACTION = Unit("(1=100%)", Dimension.SHARE, Decimal(100))
_QUOTED = re.compile(r'"([^"]*)"')


@dataclass(frozen=True)
class Units:
    """The units that stand around a cell; where several are listed, the one that fits the target counts."""

    row: tuple[Unit, ...] = ()
    header: tuple[Unit, ...] = ()
    sheet: tuple[Unit, ...] = ()

    def for_target(self, own: Unit) -> Unit:
        """The unit in which a bare number stands; the target's own where none is given."""
        for given in (self.row, self.header):
            if given:
                return next((unit for unit in given if compatible(unit, own)), given[0])
        return next((unit for unit in self.sheet if compatible(unit, own)), own)

    def is_set_aside(self, own: Unit) -> bool:
        """Whether the sheet names units and none of them can be the target's."""
        if self.row or self.header or not self.sheet:
            return False
        return not any(compatible(unit, own) for unit in self.sheet)


def read_figure(cell: Cell, known: Known, units: Units) -> Entry:
    """The figure in the target's own unit. Raises EntryProblem."""
    own = known.measured_in
    if cell.kind == "e":
        raise EntryProblem(EntryCode.CELL_ERROR, text=shown(cell.value), unit=own.name)
    value = cell.value
    suffix = _format_unit(cell)
    given = suffix or units.for_target(own)
    return from_cell(value, own, cell.number_format, given=given)


def read_annual(cell: Cell, known: Known, units: Units) -> Decimal | None:
    """The annual target as the sheet gives it, in the target's unit; None where it is no single number."""
    value = cell.value
    if isinstance(value, str):
        value = _AFTER.sub("", _BEFORE.sub("", normal(value)))
    try:
        return read_figure(Cell(value, cell.kind, cell.number_format), known, units).value
    except EntryProblem:
        return None


def evident_unit(annual: Cell, known: Known, units: Units) -> Unit | None:
    """The unit that the row's annual target gives away, where the table names none: 3,200,000 for 320亿元.

    A share may stand as a fraction (0.2 for 20%). None where the annual target is as it should be, or no
    unit makes it the plan's.
    """
    own = known.measured_in
    planned = known.annual
    if not planned or read_annual(annual, known, units) in (planned, None):
        return None
    is_named = units.row or units.header or any(compatible(unit, own) for unit in units.sheet)
    possible = [FRACTION] if own.name == "%" else [] if is_named else smaller_units(own)
    for unit in possible:
        if read_annual(annual, known, Units((unit,))) == planned:
            return unit
    return None


def _format_unit(cell: Cell) -> Unit | None:
    """The unit that the number format writes behind the number (0"家"); none where it also scales."""
    if isinstance(cell.value, str) or '"' not in cell.number_format:
        return None
    section = cell.number_format.split(";")[0]
    if re.search(r"[0#?],+(?![0#?])", section):
        return None
    return next((unit for text in _QUOTED.findall(section) if (unit := named_unit(text))), None)


def entered_text(cell: Cell) -> str:
    """What stood in the cell, where it was text."""
    return shown(cell_text(cell)) if isinstance(cell.value, str) else ""
