"""Counting lights: how many are on pace, behind, missing; who stands where; what changed. Pure: no Django.

Source: the domain description, section 5, "Roll-up".
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, fields
from decimal import Decimal
from enum import StrEnum
from typing import TypeVar

from targets.enums import Light

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True)
class Counts:
    """Targets and milestone tasks counted one by one by light. 本期不考核 leaves the denominator."""

    red: int = 0
    yellow: int = 0
    grey: int = 0
    green: int = 0
    blue: int = 0
    none: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(
            **{part.name: getattr(self, part.name) + getattr(other, part.name) for part in fields(self)}
        )

    @property
    def total(self) -> int:
        return self.judged + self.none

    @property
    def judged(self) -> int:
        return self.red + self.yellow + self.grey + self.green + self.blue

    @property
    def on_pace(self) -> int:
        """达到序时进度: ● and ◆."""
        return self.green + self.blue

    @property
    def behind(self) -> int:
        """未达到序时进度: ▲ and ■."""
        return self.yellow + self.red

    def share(self, part: int) -> Decimal | None:
        """`part` of the judged as a fraction; None where nothing is judged."""
        return Decimal(part) / self.judged if self.judged else None

    @property
    def on_pace_share(self) -> Decimal | None:
        return self.share(self.on_pace)

    @property
    def behind_share(self) -> Decimal | None:
        return self.share(self.behind)

    @property
    def missing_share(self) -> Decimal | None:
        return self.share(self.grey)


def count_lights(lights: Iterable[str]) -> Counts:
    """Count lights one by one."""
    return Counts(**Counter(light.lower() for light in lights))


def ranks(values: Mapping[Key, Decimal | None]) -> dict[Key, int]:
    """The place of each value, the highest first, ties 1, 2, 2, 4; who has none (None) gets no place."""
    known = [value for value in values.values() if value is not None]
    return {
        key: 1 + sum(other > value for other in known) for key, value in values.items() if value is not None
    }


class Change(StrEnum):
    """What became of a light since the period before."""

    WORSE = "WORSE"
    BETTER = "BETTER"
    NEW = "NEW"  # judged now, and there was nothing to compare with


_STANDING = (Light.RED, Light.YELLOW, Light.GREEN, Light.BLUE)


def change(before: str | None, now: str) -> Change | None:
    """Whether a light got better or worse; None where it did not, or is not judged now.

    To stop reporting is worse than any light. What was not reported and is behind now is neither better nor
    worse: it is new, as is what was not judged before. `before` is None in the first period of a year.
    """
    if before is None or now in {before, Light.NONE}:
        return None
    if before == Light.NONE:
        return Change.NEW
    if now == Light.GREY:
        return Change.WORSE
    if before == Light.GREY:
        return Change.BETTER if now in {Light.GREEN, Light.BLUE} else Change.NEW
    return Change.BETTER if _STANDING.index(Light(now)) > _STANDING.index(Light(before)) else Change.WORSE
