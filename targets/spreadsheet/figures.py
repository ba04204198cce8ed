"""The figure of one row: cumulative as it stands, or derived from the single quarter. Pure: no Django."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from decimal import Decimal

from targets.entry_text import Entry, EntryProblem
from targets.enums import Basis, Measure
from targets.figure_columns import Cell
from targets.spreadsheet.headers import Heading, Role
from targets.spreadsheet.known import Known
from targets.spreadsheet.problems import Hint, SheetCode
from targets.spreadsheet.values import Units, entered_text, read_figure
from targets.units import figure_text, plain

Amount = dict[str, str]


class FigureProblem(Exception):
    """A cell that gives no figure: code, values, and the column it stands in."""

    def __init__(self, code: str, role: Role, values: Amount) -> None:
        super().__init__(f"{code} {values}")
        self.code, self.role, self.values = code, role, values


@dataclass(frozen=True)
class Said:
    """What a row says of a figure: in the target's unit, cumulative."""

    value: Decimal | None
    not_applicable: bool
    basis: Basis
    role: Role  # the column it was read from
    echo: str = ""
    entered: str = ""
    hints: list[tuple[str, Amount]] = field(default_factory=list)


@dataclass(frozen=True)
class RowCells:
    """The row's cells of figures, with header and units of each column."""

    cell: Callable[[Role], Cell]
    heading: Callable[[Role], Heading | None]
    units: Callable[[Role], Units]

    def read(self, role: Role, known: Known) -> Entry:
        """What the cell of a column says. Raises FigureProblem."""
        cell = self.cell(role)
        if cell.kind == "f":
            raise FigureProblem(SheetCode.NO_VALUE_STORED, role, {})
        try:
            return read_figure(cell, known, self.units(role))
        except EntryProblem as problem:
            raise FigureProblem(problem.code, role, problem.values) from problem


def figure_of(cells: RowCells, known: Known) -> Said | None:
    """The figure, or None where the row reports nothing. Raises FigureProblem.

    Cumulative and single quarter have to agree where both are given and what was reported before is known.
    """
    cumulative = cells.read(Role.CUMULATIVE, known)
    if _is_said(cumulative):
        said = _said(cumulative, Basis.CUMULATIVE, Role.CUMULATIVE, cells)
        with suppress(FigureProblem):  # the cumulative figure does without it
            _compare(said, cells.read(Role.SINGLE, known), known)
        return said
    single = cells.read(Role.SINGLE, known)
    if not _is_said(single):
        return None
    if single.not_applicable:
        return _said(single, Basis.CUMULATIVE, Role.SINGLE, cells)
    return _from_single(single, cells, known)


def _from_single(single: Entry, cells: RowCells, known: Known) -> Said:
    assert single.value is not None
    heading = cells.heading(Role.SINGLE)
    text = heading.text if heading else ""
    if known.measure != Measure.FLOW:
        if known.measure == Measure.STOCK and any(word in text for word in ("新增", "净增", "增加")):
            raise FigureProblem(SheetCode.SINGLE_OF_STATE, Role.SINGLE, {"target": known.label})
        said = _said(single, Basis.CUMULATIVE, Role.SINGLE, cells)
        said.hints.append((Hint.TAKEN_AS_STATE, {"target": known.label, "header": text}))
        return said
    if known.quarter_before is None:
        values = {"target": known.label, "missing": known.quarter_before_name}
        raise FigureProblem(SheetCode.EARLIER_MISSING, Role.SINGLE, values)
    value = plain(known.quarter_before + single.value)
    before, added = figure_text(known.quarter_before), figure_text(single.value)
    echo = f"{before} + {added} = {figure_text(value)}{known.unit}"
    entered = entered_text(cells.cell(Role.SINGLE)) or figure_text(single.value)
    return Said(value, False, Basis.SINGLE, Role.SINGLE, echo, entered)


def _said(entry: Entry, basis: Basis, role: Role, cells: RowCells) -> Said:
    entered = entered_text(cells.cell(role))
    return Said(entry.value, entry.not_applicable, basis, role, entry.echo or "", entered)


def _is_said(entry: Entry) -> bool:
    return entry.value is not None or entry.not_applicable


def _compare(said: Said, single: Entry, known: Known) -> None:
    """Note where the single quarter contradicts the cumulative figure."""
    before = known.quarter_before
    if known.measure != Measure.FLOW or None in (said.value, single.value, before):
        return
    assert said.value is not None and single.value is not None and before is not None
    if before + single.value != said.value:
        values = {
            "target": known.label,
            "single": figure_text(single.value),
            "before": figure_text(before),
            "sum": figure_text(before + single.value),
            "cumulative": figure_text(said.value),
        }
        said.hints.append((Hint.SINGLE_DIFFERS, values))
