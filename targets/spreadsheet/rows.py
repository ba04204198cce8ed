"""What kind of row a row is: a figure's, or one to leave out and why. Pure: no Django."""

from __future__ import annotations

import re

from targets.spreadsheet.columns import Layout
from targets.spreadsheet.grid import Grid, is_number
from targets.spreadsheet.header_block import HeaderBlock, same_header
from targets.spreadsheet.headers import NUMBERS, Role
from targets.spreadsheet.names import NameIndex
from targets.spreadsheet.problems import Skip
from targets.spreadsheet.time_words import normal

_COLUMN_NUMBER = re.compile(
    r"^(?:[0-9]{1,2}|[甲乙丙丁戊己庚辛壬癸]|[a-z]|[①-⑳]|\(?[0-9]{1,2}\)?[=＝][0-9+\-×÷/*()%]+|—|-|栏次)$"
)
_FOOTNOTE = re.compile(
    r"^(?:\(?注(?:释|\d|[:：、.．]|$)|备注[:：]|说明[:：、]|附注|填表说明|数据来源|资料来源|制表|填表|填报(?:人|单位|日期|时间|部门)|审核|复核|审签|"
    r"单位负责人|部门负责人|处室负责人|负责人|分管领导|主要领导|局领导|主管领导|领导签字|联系(?:人|电话|方式)|电话|经办|统计(?:人|负责人)|"
    r"报送(?:人|日期|时间)|签字|签章|盖章|\(?(?:公章|盖章)\)?|日期[:：]|※|\*[^*])"
)
_TOTAL = re.compile(
    r"^(?:[一二三四五六七八九十]+、)?(?:.{0,8}?)(?:合计|总计|小计|共计|汇总|平均(?:值|数)?|加总|总和)(?:数)?(?:\(.*\))?$"
)
_SECTION = re.compile(
    r"^(?:[(\[]?[一二三四五六七八九十]{1,3}[)\]、.．]|第[一二三四五六七八九十]{1,3}[章节部分类]|[ⅰⅱⅲⅳⅴⅵivx]{1,4}[、.．])"
)


def figure_places(layout: Layout) -> list[int]:
    """The columns of numbers that are in use."""
    return [place for role, place in layout.roles.items() if role in NUMBERS]


def skip_of(grid: Grid, row: int, block: HeaderBlock, layout: Layout, index: NameIndex) -> Skip | None:
    """Why the row is left out; None for a row that may be a figure's."""
    filled = grid.filled(row)
    if not filled:
        return Skip.BLANK_ROW
    if same_header(grid, row, block):
        return Skip.HEADER_AGAIN
    texts = [normal(grid.text(row, column)) for column in filled]
    if len(texts) >= 3 and all(_COLUMN_NUMBER.match(text) for text in texts) and _counts_up(texts):
        return Skip.COLUMN_NUMBERS
    name = row_name(grid, row, layout)
    if index.is_name(name):
        return None
    has_figures = any(not grid.raw(row, place).is_blank for place in figure_places(layout))
    has_numbers = any(is_number(grid.raw(row, column)) for column in filled)
    first = normal(grid.text(row, filled[0]))
    if _TOTAL.match(normal(name)) or (_TOTAL.match(first) and len(first) <= 12):
        return Skip.TOTAL
    if _FOOTNOTE.match(first) and not has_numbers:
        return Skip.FOOTNOTE
    if not has_figures and not has_numbers and _is_section(grid, row, filled, first):
        return Skip.SECTION
    return None


def row_name(grid: Grid, row: int, layout: Layout) -> str:
    """The indicator's cell, or the unit's where the table has no indicators, or the first one filled."""
    for role in (Role.INDICATOR, Role.REPORTING_UNIT):
        place = layout.roles.get(role)
        if place is not None and (text := grid.text(row, place)):
            return text
    filled = grid.filled(row)
    return grid.text(row, filled[0]) if filled else ""


def _counts_up(texts: list[str]) -> bool:
    numbers = [int(text) for text in texts if text.isdecimal()]
    return numbers == sorted(set(numbers)) and (len(numbers) >= 2 or not numbers)


def _is_section(grid: Grid, row: int, filled: list[int], first: str) -> bool:
    """A title inside the table: the only text, or numbered 一、 with nothing beside it but blanks."""
    merge = grid.merge_at(row, filled[0])
    is_wide = bool(merge and merge[3] - merge[1] >= 2)
    return (len(filled) == 1 and (is_wide or len(first) <= 40)) or (
        bool(_SECTION.match(first)) and len(filled) <= 2
    )
