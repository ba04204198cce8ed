"""What the page is told about rows of the grid while they are typed; nothing is stored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import QueryDict

from targets.models import Figure, FigureWarning, Period
from targets.row_forms import FigureForm, shown
from targets.selectors.entry_rows import FigureRow
from targets.selectors.warnings import warnings_for_typed
from targets.sheet_form import Line, light_lines, typed_figure


@dataclass(frozen=True)
class RowPreview:
    """One row: its light, the other of its two numbers, and what looks odd."""

    line: Line
    column: str  # of the number that follows from the typed one; "" where there is none
    number: str
    warnings: tuple[FigureWarning, ...]  # not stored, and not among those already on the page
    kept: tuple[int, ...]  # the stored warnings that still hold


def row_previews(period: Period, rows: Sequence[FigureRow], data: QueryDict) -> list[RowPreview]:
    """The previews of these rows with what was typed, in a fixed number of queries."""
    lines = [Line(row, FigureForm(row, data)) for row in rows]
    light_lines(period, lines)
    return [_preview(line, figure, found) for line, figure, found in _odd(period, lines)]


def _odd(period: Period, lines: Sequence[Line]) -> list[tuple[Line, Figure | None, list[FigureWarning]]]:
    """Each line with its typed figure, and the warnings about it."""
    figures: dict[str, Figure] = {}
    for line in lines:
        if typed := typed_figure(line):
            figures[line.row.key] = Figure(
                period=period, target=typed.target, allocation_id=typed.part, value=typed.value
            )
    found = dict(zip(figures, warnings_for_typed(list(figures.values())), strict=True))
    return [
        (
            line,
            figures.get(line.row.key),
            [FigureWarning(code=one.code, values=one.values) for one in found.get(line.row.key, [])],
        )
        for line in lines
    ]


def _preview(line: Line, figure: Figure | None, found: list[FigureWarning]) -> RowPreview:
    row, form = line.row, line.form
    assert isinstance(row, FigureRow) and isinstance(form, FigureForm)
    stored = {(warning.code, tuple(sorted(warning.values.items()))): warning for warning in row.warnings}
    same = {_about(warning) for warning in found} & stored.keys()
    column, number = "", ""
    if figure is not None and "single" in form.fields:
        decimals = row.duty.target.decimals
        column = "value" if form.typed_column == "single" else "single"
        number = shown(figure.value if column == "value" else row.single_of(figure.value), decimals)
    return RowPreview(
        line,
        column,
        number,
        tuple(warning for warning in found if _about(warning) not in same),
        tuple(stored[about].pk for about in same),
    )


def _about(warning: FigureWarning) -> tuple[str, tuple[tuple[str, str], ...]]:
    return str(warning.code), tuple(sorted(warning.values.items()))
