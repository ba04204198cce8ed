"""What stands above a table: its period, its units, and the target it may be about. Pure: no Django."""

from __future__ import annotations

import re
from dataclasses import dataclass

from targets.spreadsheet.grid import Grid
from targets.spreadsheet.headers import listed_units
from targets.spreadsheet.known import Known, Scope
from targets.spreadsheet.names import NameIndex
from targets.spreadsheet.time_words import Span, normal, spans_in, year_in
from targets.units import Unit

_UNITS = re.compile(r"(?:计量)?单位[::]([^\s;;)]+)|[(\[]([^()\[\]]{1,20})[)\]]")
_FILLED_IN = re.compile(r"(?:填报|制表|报送|上报|编制|打印|印发)(?:日期|时间)[::]?.*")


@dataclass(frozen=True)
class Title:
    """The texts above the header and the sheet's name. `fits`: they name no other period."""

    units: tuple[Unit, ...] = ()
    spans: tuple[Span, ...] = ()
    year: int | None = None
    fits: bool = True
    period_row: int = 0
    target: Known | None = None

    @property
    def period_text(self) -> str:
        return "、".join(str(span) for span in self.spans) or f"{self.year}年"


def title_of(grid: Grid, header_row: int, scope: Scope, index: NameIndex) -> Title:
    """What the rows above the header and the sheet's name say."""
    lines = [(row, grid.text(row, column)) for row in range(header_row) for column in grid.filled(row)]
    said = [(row, _FILLED_IN.sub("", normal(text))) for row, text in lines] + [(-1, normal(grid.name))]
    dated = [(row, spans_in(text)) for row, text in said]
    spans = tuple(
        span for row, found in dated if row >= 0 for span in found if (span.first, span.last) != (1, 12)
    ) or tuple(span for _, found in dated for span in found if (span.first, span.last) != (1, 12))
    year = next((year for _, text in said if (year := year_in(text, scope.period))), None)
    row = next((row + 1 for row, found in dated if found and row >= 0), 0)
    split = {known.target_id for known in scope.knowns if known.part}
    named = (index.named_in(text) or index.spread_over(text, split) for _, text in said)
    target = next((known for known in named if known), None)
    return Title(_units(said), spans, year, _fits(spans, year, scope), row, target)


def _fits(spans: tuple[Span, ...], year: int | None, scope: Scope) -> bool:
    """Whether the figures may be those of the wanted period as far as the title goes."""
    wanted = scope.period
    if year is not None and year != wanted.year:
        return False
    if not spans:
        return True
    return any(span.last == wanted.month and span.year in (None, wanted.year) for span in spans)


def _units(said: list[tuple[int, str]]) -> tuple[Unit, ...]:
    """单位:亿元、家、%: every unit that the title names."""
    found: list[Unit] = []
    for row, text in said:
        for after, inside in _UNITS.findall(text) if row >= 0 else ():
            found += listed_units(re.sub(r"^(?:计量)?单位[::]", "", after or inside))
    return tuple(dict.fromkeys(found))
