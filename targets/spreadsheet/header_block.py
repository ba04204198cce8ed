"""Finds the header of a table: its rows, and for each column the texts above it. Pure: no Django.

A header row names roles (指标, 单位, 年度目标 …) and holds no figures. Groups may span columns (完成情况 over
本季 and 累计) and single headers rows, merged or not; titles, units and dates stand above.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

from targets.spreadsheet.grid import Grid, is_number
from targets.spreadsheet.headers import NUMBERS, Role, role_of
from targets.spreadsheet.time_words import normal, spans_in

SEARCHED = 40  # rows in which a header is looked for
MOST_LEVELS = 3
LONGEST_HEADER = 40
_LABELS = frozenset({Role.INDICATOR, Role.REPORTING_UNIT})


@dataclass(frozen=True)
class HeaderBlock:
    """Rows `first` to `last`; `levels` holds each column's texts, top level first."""

    first: int
    last: int
    levels: tuple[tuple[str, ...], ...]

    @cached_property
    def words(self) -> frozenset[str]:
        return frozenset(normal(text) for levels in self.levels for text in levels if text)


def header_blocks(grid: Grid) -> Iterator[HeaderBlock]:
    """Every header of the first rows, in order; what repeats below a table is found by the reader of rows."""
    row = 0
    while row < min(grid.height, SEARCHED):
        if looks_like_header(grid, row):
            block = block_at(grid, row)
            yield block
            row = block.last
        row += 1


def header_by_names(grid: Grid, is_name: Callable[[str], bool]) -> Iterator[HeaderBlock]:
    """The row of texts above the first name of a target, where no header has words that are known."""
    for row in range(1, min(grid.height, SEARCHED)):
        if any(is_name(grid.text(row, column)) for column in grid.filled(row)):
            above = [one for one in range(row) if len(grid.filled(one)) > 1 and not _has_figures(grid, one)]
            if above:
                yield block_at(grid, above[-1])
            return


def looks_like_header(grid: Grid, row: int) -> bool:
    """Whether the row names at least two roles, one of them a figure or a label, and holds no figure."""
    if _has_figures(grid, row):
        return False
    texts = list(
        dict.fromkeys(text for column in grid.filled(row) if (text := header_text(grid, row, column)))
    )
    roles = {role for text in texts if (role := _role(text))}
    filled = len(grid.filled(row))
    known = sum(_role(text) is not None for text in texts)
    return (
        known >= 2 and known * 2 >= filled and bool(roles & NUMBERS) and bool(roles & _LABELS or known >= 3)
    ) or (known >= 3 and bool(roles & _LABELS))


def header_text(grid: Grid, row: int, column: int) -> str:
    """The cell's text where it can be a header: short, and no label with its value (填报单位:办公室)."""
    text = grid.text(row, column)
    if len(text) > LONGEST_HEADER or re.match(r"[^(（]{1,12}[::]\s*\S", text):
        return ""
    return text


def _has_figures(grid: Grid, row: int) -> bool:
    return any(
        is_number(grid.raw(row, column)) and not _is_year(grid, row, column) for column in grid.filled(row)
    )


def _role(text: str) -> Role | None:
    return role_of(text) or (Role.CUMULATIVE if spans_in(text) else None)


def _is_year(grid: Grid, row: int, column: int) -> bool:
    value = grid.raw(row, column).value
    return isinstance(value, (int, float)) and 2000 <= value <= 2100 and float(value).is_integer()


def block_at(grid: Grid, row: int) -> HeaderBlock:
    """The whole header of which a row that looks like one is a part."""
    first, last = row, row
    while first > 0 and last - first < MOST_LEVELS - 1 and _is_group_row(grid, first - 1):
        first -= 1
    while last + 1 < grid.height and last - first < MOST_LEVELS - 1 and _is_lower_row(grid, first, last + 1):
        last += 1
    levels = tuple(tuple(_levels(grid, first, last, column)) for column in range(grid.width))
    return HeaderBlock(first, last, levels)


def _is_group_row(grid: Grid, row: int) -> bool:
    """Whether the row above belongs to the header: something of it reaches down, or heads several columns."""
    filled = grid.filled(row)
    reaches_down = any(
        (merge := grid.merge_at(row, column)) and merge[0] <= row < merge[2] for column in range(grid.width)
    )
    groups = [
        column
        for column in filled
        if (merge := grid.merge_at(row, column))
        and merge[1] < merge[3]
        and _role(header_text(grid, row, column))
    ]
    known = [column for column in filled if _role(header_text(grid, row, column))]
    return (
        reaches_down or (bool(groups) and len(filled) >= 2) or (len(known) >= 2 and len(known) == len(filled))
    )


def _is_lower_row(grid: Grid, first: int, row: int) -> bool:
    """Whether the next row still belongs to the header: texts under groups, nothing under the labels."""
    filled = grid.filled(row)
    if not filled or _has_figures(grid, row):
        return False
    texts = [header_text(grid, row, column) for column in filled]
    if not any(_role(text) for text in texts) or not all(texts):
        return False
    labels = [
        column
        for column in range(grid.width)
        if role_of(grid.text(first, column)) in {Role.INDICATOR, Role.REPORTING_UNIT, Role.ORDINAL, Role.UNIT}
        and not _in_group(grid, row - 1, column)
    ]
    if any(column in filled for column in labels):
        return False
    return any(
        (not grid.raw(row - 1, column).is_blank and _in_group(grid, row - 1, column))
        or grid.raw(row - 1, column).is_blank
        or _is_stacked(grid, row, column)
        for column in filled
    )


def _is_stacked(grid: Grid, row: int, column: int) -> bool:
    """One header over another in a single column (完成情况 over 三季度)."""
    return bool(_role(grid.text(row, column))) and bool(_role(grid.text(row - 1, column)))


def _in_group(grid: Grid, row: int, column: int) -> bool:
    merge = grid.merge_at(row, column)
    return bool(merge and merge[1] < merge[3])


def _levels(grid: Grid, first: int, last: int, column: int) -> Iterator[str]:
    """The column's texts; a group that is not merged reaches right over columns with a text below it."""
    for row in range(first, last + 1):
        text = grid.text(row, column)
        if (
            not text
            and row < last
            and not grid.merge_at(row, column)
            and not grid.raw(row + 1, column).is_blank
        ):
            left = column - 1
            while left >= 0 and grid.raw(row, left).is_blank and not grid.raw(row + 1, left).is_blank:
                left -= 1
            if left >= 0 and not grid.raw(row + 1, left).is_blank and not grid.merge_at(row, left):
                text = grid.text(row, left)
        yield text


def same_header(grid: Grid, row: int, block: HeaderBlock) -> bool:
    """Whether a row of the body repeats the header (printed pages do)."""
    filled = grid.filled(row)
    if len(filled) < 2:
        return False
    return all(normal(grid.text(row, column)) in block.words for column in filled)
