"""Which column holds what: headers propose, cells and the wanted period decide. Pure: no Django."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from targets.figure_columns import Cell
from targets.periods import PeriodKey
from targets.spreadsheet.grid import Grid, is_number
from targets.spreadsheet.header_block import HeaderBlock
from targets.spreadsheet.headers import FIGURES, Heading, Role, heading, is_single, listed_units
from targets.spreadsheet.known import Scope, body_key
from targets.spreadsheet.names import NameIndex
from targets.spreadsheet.time_words import Span, normal, without_spans

SAMPLED = 400  # rows whose cells are looked at
_NUMBER_TEXT = re.compile(
    r"^[<>≥≤=≧≦]*(?:力争|争取|确保|达到|达|突破|超过|不低于|不少于|不超过|控制在|低于|增长|完成|新增|约|±)*[-+−(]?[0-9]"
)
_LISTED = re.compile(r"^[0-9]{1,2}[.、)]\D")  # the first point of a text
LONGEST_NUMBER = 20
_SAYS_NOTHING = frozenset({"", "-", "--", "/", "无", "不适用", "n/a", "未报", "未报送"})
_UNIT_NAME = re.compile(r"(?:处|室|局|区|县|市|中心|办|委|公司|院|所|科|部|会|队|站|园)(?:\(.*\))?$")


@dataclass(frozen=True)
class Column:
    """One column: what stands above it and below it."""

    place: int
    heading: Heading
    filled: int = 0
    numbers: int = 0
    units: int = 0  # cells that are units of measure
    bodies: int = 0  # cells that name a unit of the bureau or a district
    names: int = 0  # cells that name a target

    @property
    def is_numeric(self) -> bool | None:
        return None if not self.filled else self.numbers * 2 >= self.filled


@dataclass(frozen=True)
class Layout:
    """The columns in use, and the columns as they were seen. `found_periods` are those that do not fit."""

    columns: tuple[Column, ...]
    roles: Mapping[Role, int] = field(default_factory=dict)
    found_periods: tuple[Span, ...] = ()

    def heading(self, role: Role) -> Heading | None:
        place = self.roles.get(role)
        return None if place is None else self.columns[place].heading

    @property
    def fingerprint(self) -> str:
        """The same for the same headers in the same order, whatever period and year they name."""
        texts = "\n".join(without_spans(column.heading.text) for column in self.columns)
        return hashlib.sha256(texts.rstrip("\n").encode()).hexdigest()


def layout(grid: Grid, block: HeaderBlock, scope: Scope, index: NameIndex) -> Layout:
    """The columns of the table below a header, as far as they can be told."""
    columns = tuple(_column(grid, block, place, scope, index) for place in range(grid.width))
    roles: dict[Role, int] = {}
    indicator = _indicator(columns)
    if indicator is not None:
        roles[Role.INDICATOR] = indicator
    for role in (Role.UNIT, Role.REPORTING_UNIT):
        place = _by_cells(columns, role, roles)
        if place is not None:
            roles[role] = place
    found: list[Span] = []
    for role in FIGURES:
        place = _figures(columns, role, scope.period, found)
        if place is not None:
            roles[role] = place
    for role in Role:
        if role not in {*FIGURES, Role.OTHER, Role.INDICATOR, Role.UNIT, Role.REPORTING_UNIT}:
            place = _strongest(columns, role, scope.period, roles)
            if place is not None:
                roles[role] = place
    return Layout(columns, roles, tuple(dict.fromkeys(found)))


def fits(span: Span | None, role: Role, wanted: PeriodKey) -> bool:
    """Whether a column of figures with this period holds those of the wanted one."""
    if span is None:
        return True
    if span.year not in (None, wanted.year) or span.last != wanted.month:
        return False
    return span.first == 1 if role == Role.CUMULATIVE else is_single(span, wanted)


def _column(grid: Grid, block: HeaderBlock, place: int, scope: Scope, index: NameIndex) -> Column:
    below = range(block.last + 1, min(grid.height, block.last + 1 + SAMPLED))
    cells = [(grid.raw(row, place), grid.text(row, place)) for row in below]
    said = [(cell, text) for cell, text in cells if normal(text).strip("-—–") not in _SAYS_NOTHING]
    headers = {normal(text) for text in block.levels[place]}
    said = [(cell, text) for cell, text in said if normal(text) not in headers]
    numbers = sum(is_numeric(cell, text) for cell, text in said)
    numeric = None if not said else numbers * 2 >= len(said)
    texts = [text for _, text in said]
    return Column(
        place,
        heading(block.levels[place], scope.period, numeric),
        filled=len(said),
        numbers=numbers,
        units=sum(bool(listed_units(text)) for text in texts),
        bodies=sum(is_body(text, scope) for text in texts),
        names=sum(index.is_name(text) for text in texts),
    )


def is_numeric(cell: Cell, text: str) -> bool:
    """Whether the cell holds a number, or a text that people read as one (≥20%, 力争200家)."""
    half = normal(text)
    said = len(half) <= LONGEST_NUMBER and _NUMBER_TEXT.match(half) and not _LISTED.match(half)
    return is_number(cell) or cell.kind in {"f", "e"} or bool(said)


def is_body(text: str, scope: Scope) -> bool:
    """Whether the text names a unit of the bureau or a part of a target, or looks like one."""
    half = normal(text)
    if half in scope.unit_keys or body_key(text) in scope.part_keys:
        return True
    return len(half) <= 20 and bool(_UNIT_NAME.search(half)) and not listed_units(half)


def _indicator(columns: Sequence[Column]) -> int | None:
    """The column that names most targets; without any the first one whose header says so."""
    best = max(
        columns, key=lambda column: (column.names, column.heading.role == Role.INDICATOR, -column.place)
    )
    if best.names:
        return best.place
    headed = [
        column
        for column in columns
        if column.heading.role == Role.INDICATOR
        and not column.is_numeric
        and column.bodies * 2 <= column.filled
    ]
    return headed[0].place if headed else None


def _by_cells(columns: Sequence[Column], role: Role, taken: Mapping[Role, int]) -> int | None:
    """The column of units (计量单位) or of bodies (责任单位): 单位 alone may be either."""
    free = [column for column in columns if column.place not in taken.values() and not column.is_numeric]
    amount = {Role.UNIT: "units", Role.REPORTING_UNIT: "bodies"}[role]
    other = {Role.UNIT: "bodies", Role.REPORTING_UNIT: "units"}[role]
    both = {Role.UNIT, Role.REPORTING_UNIT}
    fitting = [
        column
        for column in free
        if (column.heading.role in both and getattr(column, amount) > getattr(column, other))
        or (column.heading.role == role and not getattr(column, other))
        or (
            column.heading.role in {None, Role.INDICATOR}
            and getattr(column, amount) * 10 >= column.filled * 6 > 0
        )
    ]
    best = max(
        fitting,
        key=lambda column: (column.heading.role in both, getattr(column, amount), -column.place),
        default=None,
    )
    return best.place if best else None


def _figures(columns: Sequence[Column], role: Role, wanted: PeriodKey, others: list[Span]) -> int | None:
    """The column of the wanted period: one that names it before one that names none."""
    headed = [column for column in columns if column.heading.role == role]
    fitting = [column for column in headed if fits(column.heading.span, role, wanted)]
    others += [column.heading.span for column in headed if column not in fitting and column.heading.span]
    best = max(
        fitting,
        key=lambda column: (
            column.heading.span is not None,
            column.heading.strength,
            column.filled > 0,
            -column.place,
        ),
        default=None,
    )
    return best.place if best else None


def _strongest(
    columns: Sequence[Column], role: Role, wanted: PeriodKey, taken: Mapping[Role, int]
) -> int | None:
    headed = [
        column
        for column in columns
        if column.heading.role == role
        and column.place not in taken.values()
        and not (role == Role.ANNUAL and column.heading.year not in (None, wanted.year))
    ]
    if role == Role.LAST_YEAR:
        headed = [column for column in headed if fits(_undated(column.heading.span), Role.CUMULATIVE, wanted)]
    best = max(headed, key=lambda column: (column.heading.strength, -column.place), default=None)
    return best.place if best else None


def _undated(span: Span | None) -> Span | None:
    return None if span is None else Span(span.first, span.last)
