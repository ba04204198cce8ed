"""Tables of targets: lines of cells parted by tabs, below a line of column names. Pure: no Django.

Word and web documents give their tables so. The header tells which column promises (目标, 计划, the plan's
year) and which tells what was (完成, 上年, an earlier year); the unit has a column of its own, or brackets.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from targets.extraction.forms import COUNTED, Form, Token
from targets.units import UnknownUnit, parse_unit

_NAME = re.compile(r"指标|项目名称|名称|项目|内容|任务(?!数)|工作")
_UNIT = re.compile(r"^(?:计量)?单位$")
_PROMISE = re.compile(r"目标|计划|预期|任务数")
_PAST = re.compile(r"完成|实际|上年|去年|基数|基期|现状|同期")
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d{2})年?")
_BRACKETED = re.compile(r"\(([^()]{1,12})\)")
_SIGNS = {"≥": "不低于", ">=": "不低于", "≤": "不超过", "<=": "不超过", ">": "超过", "<": "低于"}


class Cell(NamedTuple):
    """A number in a table: the words that name it, and whether its column promises or tells what was."""

    name: str
    promised: bool


class _Columns(NamedTuple):
    """Which column is which; `units` are the units that a column's own header names."""

    name: int
    unit: int | None
    promised: frozenset[int]
    past: frozenset[int]
    units: dict[int, str]


def read_tables(folded: str, found: list[Token], plan_year: int) -> dict[int, Cell]:
    """The numbers that stand in columns of targets or results, by their offsets.

    A bare number gets the unit of its row or column: its token in `found` is replaced.
    """
    cells: dict[int, Cell] = {}
    if "\t" not in folded:
        return cells
    place = {token.start: at for at, token in enumerate(found) if token.form in COUNTED}
    for columns, row in _rows(folded, plan_year):
        texts = [folded[start:end].strip() for start, end in row]
        name, unit = _named(texts, columns)
        for at in columns.promised | columns.past if name else ():
            start, end = row[at]
            for offset in range(start, end):
                if offset not in place:
                    continue
                token = found[place[offset]]
                if token.form is Form.BARE and (known := unit or columns.units.get(at, "")):
                    found[place[offset]] = token._replace(form=Form.QUANTITY, unit=known)
                sign = _SIGNS.get(folded[start:offset].strip(), "")
                cells[offset] = Cell(name + sign, at in columns.promised)
    return cells


def _rows(folded: str, plan_year: int) -> Iterator[tuple[_Columns, list[tuple[int, int]]]]:
    """Each row below a header that names a column of targets, as the spans of its cells."""
    columns, width, at = None, 0, 0
    for line in folded.split("\n"):
        spans = _spans(line, at)
        if len(spans) < 2:
            columns = None
        elif (header := _header([folded[start:end].strip() for start, end in spans], plan_year)) is not None:
            columns, width = header, len(spans)
        elif columns is not None and len(spans) == width:
            yield columns, spans
        at += len(line) + 1


def _spans(line: str, at: int) -> list[tuple[int, int]]:
    spans = []
    for cell in line.split("\t"):
        spans.append((at, at + len(cell)))
        at += len(cell) + 1
    return spans


def _header(texts: list[str], plan_year: int) -> _Columns | None:
    names = [at for at, text in enumerate(texts) if _NAME.search(text) and not _PROMISE.search(text)]
    past = {at for at, text in enumerate(texts) if _PAST.search(text) or _years(text, below=plan_year)}
    due = {at for at, text in enumerate(texts) if _PROMISE.search(text) or _years(text, above=plan_year)}
    if not names or not due - past - {names[0]}:
        return None
    unit = next((at for at, text in enumerate(texts) if _UNIT.match(text)), None)
    units = {at: known for at, text in enumerate(texts) if (known := _bracketed_unit(text))}
    return _Columns(names[0], unit, frozenset(due - past - {names[0]}), frozenset(past), units)


def _years(text: str, *, below: int | None = None, above: int | None = None) -> bool:
    years = [int(year) for year in _YEAR.findall(text)]
    if not years:
        return False
    return max(years) < below if below is not None else max(years) >= (above or 0)


def _named(texts: list[str], columns: _Columns) -> tuple[str, str]:
    """The row's name without its brackets, and its unit ("" where it names none)."""
    name = texts[columns.name]
    own = _known(texts[columns.unit]) if columns.unit is not None else ""
    return _BRACKETED.sub("", name), own or _bracketed_unit(name)


def _bracketed_unit(text: str) -> str:
    return next((known for inner in _BRACKETED.findall(text) if (known := _known(inner))), "")


def _known(text: str) -> str:
    try:
        return parse_unit(text.removeprefix("单位:")).name if text else ""
    except UnknownUnit:
        return ""
