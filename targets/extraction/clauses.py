"""Where sentences and clauses begin and end. Pure: no Django.

Both are cut at a length that real ones do not reach, so that the time taken stays linear in the text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum

from plans.outline import Passage
from targets.enums import Commitment

MOST_SENTENCE = 600  # characters
MOST_CLAUSE = 160

_STOPS = re.compile(r"(?:[。;!?\n]|…+)+")
_SEPARATORS = re.compile(r"(?<!\d)[,:]|[,:](?!\d)|[()\t]")
_BRACKETS = re.compile(r"\([^()\n]{0,40}\)")
_COUNTED = re.compile(r"\d|[一二两三四五六七八九十百千万][个家项件名人所处座亿]")
_CLOSING = "。;!?\n\r "

Span = tuple[int, int]


class Tense(StrEnum):
    """The time a clause speaks of."""

    PLAN = "PLAN"
    PAST = "PAST"


@dataclass(slots=True)
class Clause:
    """`[start, end)` without the separator, the time it speaks of and the rule that told it."""

    start: int
    end: int
    tense: Tense = Tense.PLAN
    rule: str = ""


@dataclass(slots=True)
class Sentence:
    """From one full stop (or semicolon, or line end) to the next, which belongs to it.

    `commitments` and `years` are what it names, with the place where each name ends; they are looked for when
    the first of its targets asks.
    """

    start: int
    end: int
    passage: Passage | None
    clauses: list[Clause] = field(default_factory=list)
    chrome: bool = False
    commitments: list[tuple[int, Commitment, str]] | None = None
    years: list[tuple[int, int]] | None = None


def sentence_spans(folded: str) -> list[Span]:
    """`[start, end)` of every sentence with the stops behind it, in characters; together they cover all."""
    spans: list[Span] = []
    at = 0
    for stop in _STOPS.finditer(folded):
        spans.extend(_pieces(at, stop.end(), MOST_SENTENCE))
        at = stop.end()
    spans.extend(_pieces(at, len(folded), MOST_SENTENCE))
    return spans


def clause_spans(folded: str, start: int, end: int) -> list[Span]:
    """Commas, colons and brackets with a number in them part clauses; other brackets belong to a name."""
    spans: list[Span] = []
    at = start
    quiet = _quiet_brackets(folded, start, end)
    for separator in _SEPARATORS.finditer(folded, start, end):
        place = separator.start()
        if quiet and any(left <= place <= right for left, right in quiet):
            continue
        spans.extend(_pieces(at, place, MOST_CLAUSE))
        at = place + 1
    stop = end
    while stop > at and folded[stop - 1] in _CLOSING:
        stop -= 1
    spans.extend(_pieces(at, stop, MOST_CLAUSE))
    return spans


def _pieces(start: int, end: int, most: int) -> list[Span]:
    if end - start <= most:
        return [(start, end)] if end > start else []
    return [(at, min(at + most, end)) for at in range(start, end, most)]


def _quiet_brackets(folded: str, start: int, end: int) -> list[Span]:
    """Brackets without a number, from the first sign to the last."""
    if folded.find("(", start, end) < 0:
        return []
    return [
        (found.start(), found.end() - 1)
        for found in _BRACKETS.finditer(folded, start, end)
        if not _COUNTED.search(found.group())
    ]
