"""What the plan knows: every figure that a spreadsheet may be about. Pure: no Django."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property, lru_cache

from targets.enums import Measure, Split
from targets.figure_columns import unit_of_measure
from targets.periods import PeriodKey
from targets.spreadsheet.time_words import normal
from targets.units import Unit
from targets.workbook.content import FigureContent, Stored, TextContent


@dataclass(frozen=True)
class Known:
    """One figure to report: of a whole target, or of one of its parts (`part` names the unit).

    `quarter_before` is the cumulative value of the quarter that ended before the period: 0 in the first
    quarter, None where it is missing; `quarter_before_name` is what that period is called.
    """

    key: str
    name: str
    unit: str
    measure: Measure
    owner: str  # the unit that reports it
    stored: Stored[FigureContent]
    target_id: int
    allocation_id: int | None = None
    part: str = ""
    other_names: tuple[str, ...] = ()
    annual: Decimal | None = None  # in force; None: no target was set there (–)
    quarter_before: Decimal | None = None
    quarter_before_name: str = ""
    is_due: bool = True
    text: Stored[TextContent] | None = None  # parts have no text of their own
    split: Split = Split.DIRECT
    order: int = 0

    @property
    def code(self) -> str:
        return f"{self.key}/{self.part}" if self.part else self.key

    @property
    def label(self) -> str:
        return f"{self.name}({self.part})" if self.part else self.name

    @property
    def names(self) -> tuple[str, ...]:
        return (self.name, *self.other_names)

    @property
    def measured_in(self) -> Unit:
        return unit_of_measure(self.unit)


_BODY_TAIL = re.compile(r"(?:人民政府|区政府|政府|管委会|科技局|科技和经济信息化局|科经局|局)+$")


@lru_cache(maxsize=5_000)
def body_key(text: str) -> str:
    """A unit or district as it is compared: 江岸, 江岸区 and 江岸区科技局 are one."""
    half = re.sub(r"^(?:[0-9]{1,2}[、.．]|其中[::]?)+", "", normal(text))
    short = re.sub(r"[(\[【].*$", "", half) or half
    short = _BODY_TAIL.sub("", short) or short
    return re.sub(r"(?<=..)(?:区|县|市)$", "", short)


@dataclass(frozen=True)
class Scope:
    """What is wanted: the period, every figure of the bureau, its units, and for whom.

    With `unit` only what that unit reports is taken over; without, everything of the bureau.
    """

    period: PeriodKey
    knowns: tuple[Known, ...]
    units: tuple[str, ...]
    unit: str = ""

    @cached_property
    def unit_keys(self) -> frozenset[str]:
        return frozenset(normal(name) for name in self.units)

    @cached_property
    def part_keys(self) -> frozenset[str]:
        return frozenset(body_key(known.part) for known in self.knowns if known.part)

    @property
    def wholes(self) -> tuple[Known, ...]:
        return tuple(known for known in self.knowns if not known.part)

    @cached_property
    def _parts(self) -> dict[int, tuple[dict[str, Known], dict[str, list[Known]]]]:
        """Target → its parts by their full and by their short names."""
        found: dict[int, tuple[dict[str, Known], dict[str, list[Known]]]] = {}
        for known in self.knowns:
            if known.part:
                full, short = found.setdefault(known.target_id, ({}, {}))
                full[normal(known.part)] = known
                short.setdefault(body_key(known.part), []).append(known)
        return found

    def has_parts(self, target_id: int) -> bool:
        return target_id in self._parts

    def part_of(self, target_id: int, text: str) -> Known | None:
        """The target's part for this unit or district; the full name wins over the short one."""
        full, short = self._parts.get(target_id, ({}, {}))
        alike = short.get(body_key(text), [])
        return full.get(normal(text)) or (alike[0] if len(alike) == 1 else None)

    def takes(self, known: Known) -> bool:
        return not self.unit or known.owner == self.unit
