"""What the rules find in a document, and how it is written down for machines. Pure: no Django."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any, NamedTuple

from targets.enums import Commitment, Measure


class Verdict(StrEnum):
    """What a numeral of the document is. Every numeral has exactly one (domain description, section 2)."""

    TARGET = "TARGET"
    REPEAT = "REPEAT"  # of a target found elsewhere in the document
    OTHER_YEAR = "OTHER_YEAR"  # promised, but due in another year than the plan's
    SCOPE = "SCOPE"  # what the work is about: 15条产业链
    NAME = "NAME"  # names and slogans: 3551人才计划
    THRESHOLD = "THRESHOLD"  # defines what is counted: 过百亿元的企业
    PAST = "PAST"  # results so far
    BASELINE = "BASELINE"  # 从X提高到Y: the X
    DATE = "DATE"
    ORDINAL = "ORDINAL"
    WORD = "WORD"  # numeral characters inside a word: 进一步


class Direction(StrEnum):
    """Whether the indicator is to rise or to fall; 下降3% is a fall of 3."""

    UP = "up"
    DOWN = "down"


class Judgement(NamedTuple):
    """The verdict of one numeral and the rule that gave it."""

    start: int
    end: int
    verdict: Verdict
    rule: str


class Comparing(NamedTuple):
    """What the wording at a number asks for: the comparison, and the word that says it."""

    sign: str
    wording: str
    approximate: bool


class FoundTarget(NamedTuple):
    """A quantitative target with its sentence. Offsets count characters of the document's text.

    `value`, `high` and `baseline` count `unit`; `comparison` is "=" where the number stands without a
    comparing word (a plan reads it as at least); `repeat_of` and `group` name other targets of the reading.
    """

    id: str
    path: str
    start: int
    end: int
    sentence_start: int
    sentence_end: int
    indicator: str
    comparison: str
    wording: str
    commitment: Commitment
    commitment_wording: str
    value: Decimal
    high: Decimal | None
    unit: str
    measure: Measure
    year: int
    baseline: Decimal | None
    rule: str
    approximate: bool = False
    direction: Direction = Direction.UP
    repeat_of: str | None = None
    group: str | None = None


@dataclass(frozen=True)
class Part:
    """A section or a task of the outline."""

    path: str
    label: str
    title: str
    start: int
    end: int

    def as_json(self) -> dict[str, Any]:
        """The part for machines; offsets count characters."""
        return {
            "path": self.path,
            "label": self.label,
            "title": self.title,
            "start": self.start,
            "end": self.end,
        }
