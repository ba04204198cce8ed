"""The first draft of a consolidated text, from the units' words. Pure: no Django.

The text is part of a Chinese document, whatever the page's language. Source: the domain description,
section 6: the office edits the narratives into one text in plan order.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

PROBLEM, NEXT_STEP = "存在的问题", "下一步措施"


@dataclass(frozen=True)
class Words:
    """What one unit wrote; `unit` is its name."""

    unit: str
    is_lead: bool
    progress: str
    problem: str
    next_step: str


def first_draft(parts: Iterable[Words]) -> str:
    """The lead's words, then those of the cooperating units under their names; nothing is left out.

    A unit's progress stands first, its problems and next steps follow in lines of their own.
    """
    return "\n".join(line for part in parts for line in _lines(part))


def _lines(part: Words) -> list[str]:
    named = [("", part.progress), (f"{PROBLEM}:", part.problem), (f"{NEXT_STEP}:", part.next_step)]
    lines = [label + words.strip() for label, words in named if words.strip()]
    if lines and not part.is_lead:
        lines[0] = f"{part.unit}:{lines[0]}"
    return lines
