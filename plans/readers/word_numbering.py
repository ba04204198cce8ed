"""The printed labels of automatic lists: “一、”, “（二）”, “3.1”. Pure: no Django.

Source: ECMA-376 part 1, 17.9. A paragraph names a list (`num`) and a level; lists made from the same
definition (`abstractNum`) go on counting together, unless one of them says with which number it starts.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field

from plans.readers.number_formats import format_number
from plans.readers.word_styles import Styles
from plans.readers.xml_events import integer, is_on, read_xml

LEVELS = 9
LONGEST_TEXT = 255  # of a label's pattern, far more than any list has

_PLACE = re.compile(r"%([1-9])")
_PRIVATE = re.compile("[\ue000-\uf8ff]")  # bullets of the fonts Wingdings and Symbol


@dataclass
class Level:
    """How one level of a list counts and prints."""

    start: int = 0
    number_format: str = "decimal"
    text: str = ""
    restart: int | None = None  # the level, counted from 1, after which this one begins anew; 0 is never
    is_legal: bool = False  # decimal digits for every level that the label shows
    suffix: str = "tab"
    style: str = ""


@dataclass
class Definition:
    """An `abstractNum`: its levels, or the numbering style that has them."""

    levels: dict[int, Level] = field(default_factory=dict)
    style_link: str = ""


@dataclass
class NumberedList:
    """A `num`: the definition it is made from and what it overrides."""

    definition: str = ""
    starts: dict[int, int] = field(default_factory=dict)
    levels: dict[int, Level] = field(default_factory=dict)


@dataclass
class Numbering:
    """All lists of a document, and how far each has counted."""

    styles: Styles
    definitions: dict[str, Definition] = field(default_factory=dict)
    lists: dict[str, NumberedList] = field(default_factory=dict)
    _counts: dict[str, list[int | None]] = field(default_factory=dict)
    _started: set[tuple[str, int]] = field(default_factory=set)

    def label(self, style: str, number: str | None, level: int | None) -> str:
        """Count the next paragraph and return its label with the gap behind it; "" if it has none.

        `number` and `level` are the paragraph's own properties, None where its style decides.
        """
        number, level = self._resolved(style or self.styles.default_paragraph, number, level)
        found = self.lists.get(number)
        definition = self._definition(found) if found else None
        if found is None or definition is None or not 0 <= level < LEVELS:
            return ""
        levels = definition.levels | found.levels
        if level not in levels:
            return ""
        counts = self._counts.setdefault(self._counter(found), [None] * LEVELS)
        self._count(counts, level, levels, number)
        return _printed(level, levels, counts)

    def _resolved(self, style: str, number: str | None, level: int | None) -> tuple[str, int]:
        """The list and the level that count, from the paragraph or from its style's line."""
        if number is not None:
            return number, level or 0
        line = list(self.styles.line_of(style))
        number = next((each.number for _id, each in line if each.number is not None), "")
        if level is None:
            level = self._level_of_styles([style_id for style_id, _style in line], number)
        if level is None:
            level = next((each.level for _id, each in line if each.level is not None), 0)
        return number, level

    def _level_of_styles(self, line: list[str], number: str) -> int | None:
        """The level that the list itself ties to one of these styles."""
        found = self.lists.get(number)
        definition = self._definition(found) if found else None
        levels = definition.levels if definition else {}
        tied = {level.style: place for place, level in levels.items() if level.style}
        return next((tied[style] for style in line if style in tied), None)

    def _definition(self, found: NumberedList) -> Definition | None:
        return self.definitions.get(self._counter(found))

    def _counter(self, found: NumberedList) -> str:
        """The id of the definition that has the levels: a definition may point to a numbering style."""
        definition = self.definitions.get(found.definition)
        if definition is None or definition.levels or not definition.style_link:
            return found.definition
        style = self.styles.by_id.get(definition.style_link)
        linked = self.lists.get(style.number or "") if style else None
        return linked.definition if linked else found.definition

    def _count(self, counts: list[int | None], level: int, levels: Mapping[int, Level], number: str) -> None:
        """One more paragraph of this level: count it, and let the deeper levels begin anew."""
        start = self.lists[number].starts.get(level)
        before = counts[level]
        if start is not None and (number, level) not in self._started:
            counts[level] = start
        else:
            counts[level] = levels[level].start if before is None else before + 1
        self._started.add((number, level))
        for deeper in range(level + 1, LEVELS):
            restart = levels[deeper].restart if deeper in levels else None
            if restart is None or level < restart:
                counts[deeper] = None


def read_numbering(xml: bytes | None, styles: Styles) -> Numbering:
    """The lists of `numbering.xml`; none if the document has no such part. Raises RefusedDocument."""
    reader = _NumberingReader(styles)
    if xml is not None:
        read_xml(xml, reader, "word/numbering.xml")
    return reader.numbering


def _printed(level: int, levels: Mapping[int, Level], counts: list[int | None]) -> str:
    """The label of a paragraph that has just been counted."""
    own = levels[level]

    def number(match: re.Match[str]) -> str:
        place = int(match[1]) - 1
        shown = levels.get(place, Level())
        count = counts[place]
        value = shown.start if count is None else count
        return format_number(value, "decimal" if own.is_legal else shown.number_format)

    is_bullet = own.number_format == "bullet"
    label = _PRIVATE.sub("•", own.text) if is_bullet else _PLACE.sub(number, own.text)
    return label + _gap(label, own.suffix)


def _gap(label: str, suffix: str) -> str:
    """What stands for the tab behind a label: nothing behind Chinese punctuation, which has its own space.

    Elsewhere a blank has to be there: “1.” and “5亿元” would read as 1.5.
    """
    if not label or suffix == "nothing":
        return ""
    last = label[-1]
    is_wide = unicodedata.east_asian_width(last) in "WF" and unicodedata.category(last).startswith("P")
    return "" if is_wide or last.isspace() else " "


class _NumberingReader:
    """Gathers definitions and lists; inside a list's override, the level it puts in place of another."""

    def __init__(self, styles: Styles) -> None:
        self.path: list[str] = []
        self.numbering = Numbering(styles)
        self._definition = Definition()
        self._list = NumberedList()
        self._level = Level()
        self._override = 0

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        value = attributes.get("w:val", "")
        if name == "w:abstractNum":
            self._definition = Definition()
            self.numbering.definitions[attributes.get("w:abstractNumId", "")] = self._definition
        elif name == "w:num":
            self._list = NumberedList()
            self.numbering.lists[attributes.get("w:numId", "")] = self._list
        elif name == "w:lvl":
            self._begin_level(integer(attributes.get("w:ilvl")))
        elif name == "w:lvlOverride":
            self._override = integer(attributes.get("w:ilvl")) or 0
        elif name == "w:abstractNumId":
            self._list.definition = value
        elif name == "w:numStyleLink":
            self._definition.style_link = value
        elif name == "w:startOverride":
            self._list.starts[self._override] = integer(value) or 0
        elif "w:lvl" in self.path[-4:]:
            self._level_property(name, value, attributes)

    def end(self, name: str) -> None:
        """Nothing is gathered that an end would complete."""

    def text(self, data: str) -> None:
        """Definitions hold no text."""

    def _begin_level(self, place: int | None) -> None:
        self._level = Level()
        is_override = self.path[-1:] == ["w:lvlOverride"]
        levels = self._list.levels if is_override else self._definition.levels
        place = self._override if place is None else place
        if 0 <= place < LEVELS:
            levels[place] = self._level

    def _level_property(self, name: str, value: str, attributes: Mapping[str, str]) -> None:
        """One property; a custom format stands beside an alternative that every program knows."""
        level = self._level
        if name == "w:start":
            level.start = integer(value) or 0
        elif name == "w:numFmt" and value != "custom":
            level.number_format = value
        elif name == "w:lvlText":
            level.text = value[:LONGEST_TEXT]
        elif name == "w:lvlRestart":
            level.restart = integer(value)
        elif name == "w:isLgl":
            level.is_legal = is_on(attributes)
        elif name == "w:suff":
            level.suffix = value
        elif name == "w:pStyle":
            level.style = value
