"""What of a period a unit may change now. Pure: no Django, no clock.

An open period is open for everything; a locked one only for what a granted exception (申请补报) names: the
whole unit, or single items by their keys. Source: the domain description, section 4.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Opening:
    """What is open; falsy where nothing is."""

    everything: bool = False
    keys: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return self.everything or bool(self.keys)

    def covers(self, key: str) -> bool:
        """Whether the item with this key (as `figure_key` and `text_key` write it) is open."""
        return self.everything or key in self.keys


EVERYTHING = Opening(everything=True)
NOTHING = Opening()


def together(openings: Iterable[Opening]) -> Opening:
    """What at least one of them opens."""
    found = list(openings)
    keys = frozenset[str]().union(*(one.keys for one in found))
    return Opening(any(one.everything for one in found), keys)


def figure_key(target_id: int | None, allocation_id: int | None) -> str:
    """Names a figure within its period: of the whole target, or of one of its parts."""
    return f"f{target_id}" + (f"p{allocation_id}" if allocation_id else "")


def text_key(task_id: int | None, target_id: int | None) -> str:
    """Names a unit's text about a task or a target within its period."""
    return f"k{task_id}" if task_id else f"t{target_id}"
