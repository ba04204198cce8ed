"""An element of a page as lines, the way a browser breaks them. Pure: no Django."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container
from dataclasses import dataclass, field
from itertools import islice

from plans.readers.number_formats import format_number
from plans.readers.page_chrome import is_unread
from plans.readers.page_tree import BLOCKS, Element
from plans.readers.table_rows import row_lines
from plans.readers.xml_events import integer

MOST_ROWS = 1000  # that a merged cell may span
ELEMENTS_BEFORE_TEXT = 20  # at the beginning of a list's item
MOST_COLUMNS = 64  # for which merged cells are followed

_DIGITS = re.compile(r"\s*([0-9]{1,9})")
_BLANKS = re.compile(r"[ \t\r\n\f]+")
_QUOTES_AND_DASHES = "“”‘’…—"
_OTHER_SPACES = {0xA0: " ", 0x200B: None, 0xFEFF: None}
_LIST_FORMATS = {"a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman"}
_OWN_LABEL = re.compile(r"\s*[（(]?(?:\d|[一二三四五六七八九十]+[、.．）)]|第|[①-⑳])")
_NO_LABELS = re.compile(r"list-style(?:-type)?\s*:\s*none", re.IGNORECASE)


def lines_of(element: Element, left_out: Container[Element]) -> list[str]:
    """The lines of the element without empty ones; a row of a table is a line, its cells joined by tabs.

    Blanks and line feeds of the source are one blank, and none between two Chinese characters (CSS Text 3,
    4.1.3: programs that write HTML break lines in the middle of a sentence). `left_out` are elements below it
    that are not read.
    """
    writer = _Writer(left_out)
    writer.write(element)
    return writer.finished()


def folded(text: str) -> str:
    """One line of text with its blanks as a browser shows them."""
    return _BLANKS.sub(_blank, text).translate(_OTHER_SPACES).strip(" \u3000")


def _blank(match: re.Match[str]) -> str:
    text, begin, end = match.string, match.start(), match.end()
    is_broken_line = "\n" in match[0] and begin > 0 and end < len(text)
    return "" if is_broken_line and _is_wide(text[begin - 1]) and _is_wide(text[end]) else " "


def _is_wide(character: str) -> bool:
    return unicodedata.east_asian_width(character) in "WF" or character in _QUOTES_AND_DASHES


@dataclass
class _Table:
    """An open table: the cells of its open row, each with the rows it spans, and what reaches down to it."""

    row: list[tuple[list[str], int]] = field(default_factory=list)
    reaching: dict[int, int] = field(default_factory=dict)

    def cells(self) -> list[list[str]]:
        """The cells of the row, an empty one below each merged cell, so that columns stay where they are."""
        found: list[list[str]] = []
        reaching = self.reaching
        self.reaching = {column: rows - 1 for column, rows in reaching.items() if rows > 1}
        for lines, rows in self.row:
            while reaching.get(len(found)):
                found.append([])
            if rows > 1 and len(found) < MOST_COLUMNS:
                self.reaching[len(found)] = rows - 1
            found.append(lines)
        while reaching.get(len(found)):
            found.append([])
        self.row = []
        return found


class _Writer:
    """Lines as they grow. Recursion is as deep as the tree, which has a limit."""

    def __init__(self, left_out: Container[Element]) -> None:
        self._left_out = left_out
        self._lines: list[str] = []
        self._parts: list[str] = []
        self._tables: list[_Table] = []
        self._is_preformatted = False

    def write_children(self, element: Element) -> None:
        count = 0
        for child in element.children:
            if isinstance(child, str):
                self._text(child)
            elif child in self._left_out:
                self._end_line_at(child)
            elif not is_unread(child):
                if child.tag == "li" and element.tag == "ol":
                    count = self._label(element, child, count)
                self._write(child)

    def write(self, element: Element) -> None:
        """Write one element, be it part of a table without the table around it."""
        if element.tag in {"tbody", "tr"}:
            self._tables.append(_Table())
        self._write(element)

    def finished(self) -> list[str]:
        self._end_line()
        return self._lines

    def _write(self, element: Element) -> None:
        if element.tag == "br":
            self._end_line()
        elif element.tag in {"td", "th"} and self._tables:
            self._cell(element)
        elif element.tag in BLOCKS:
            self._block(element)
        else:
            self.write_children(element)

    def _block(self, element: Element) -> None:
        if element.tag != "li":  # a list's item has its label in the line already
            self._end_line()
        was_preformatted, self._is_preformatted = self._is_preformatted, element.tag == "pre"
        if element.tag == "table":
            self._tables.append(_Table())
        self.write_children(element)
        self._end_line()
        if element.tag == "tr" and self._tables:
            self._lines += row_lines(self._tables[-1].cells())
        elif element.tag == "table":
            table = self._tables.pop()
            if table.row:  # cells outside of any row
                self._lines += row_lines(table.cells())
        self._is_preformatted = was_preformatted

    def _cell(self, element: Element) -> None:
        writer = _Writer(self._left_out)
        writer.write_children(element)
        digits = _DIGITS.match(element.attributes.get("rowspan", ""))
        rows = min(int(digits[1]), MOST_ROWS) if digits else 1
        self._tables[-1].row.append((writer.finished(), rows))

    def _label(self, items: Element, item: Element, count: int) -> int:
        """Write the number that a browser puts before a list's item; returns how far the list has counted."""
        self._end_line()
        own, start = integer(item.attributes.get("value")), integer(items.attributes.get("start"))
        count = own if own is not None else count + 1 if count or start is None else start
        style = items.attributes.get("style", "") + item.attributes.get("style", "")
        if not _NO_LABELS.search(style) and not _OWN_LABEL.match(_beginning(item)):
            number_format = _LIST_FORMATS.get(items.attributes.get("type", ""), "decimal")
            self._parts.append(f"{format_number(count, number_format)}. ")
        return count

    def _text(self, text: str) -> None:
        if not self._is_preformatted:
            self._parts.append(text)
            return
        first, *others = text.split("\n")
        self._parts.append(first)
        for line in others:
            self._end_line()
            self._parts.append(line)

    def _end_line_at(self, element: Element) -> None:
        if element.tag in BLOCKS:
            self._end_line()

    def _end_line(self) -> None:
        line = folded("".join(self._parts))
        self._parts = []
        if line:
            self._lines.append(line)


def _beginning(element: Element) -> str:
    """The first text in it."""
    for each in islice(element.elements(), ELEMENTS_BEFORE_TEXT):
        for child in each.children:
            if isinstance(child, str) and child.strip():
                return child
    return ""
