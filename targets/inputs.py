"""What a unit hands in for a period: from the entry page, a workbook or the demonstration's loader."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from plans.models import Task
from targets.enums import Basis, Nature
from targets.models import Allocation, Figure, Narrative, Target
from targets.openings import figure_key, text_key

MAX_TEXT = 5000  # characters of a narrative's part
MAX_NOTE = 500
MAX_WHAT = 300  # what was done for a node
MAX_REASON = 300
MAX_COMMENT = 1000
MAX_ANSWER = 300
MAX_ENTERED = 60


@dataclass(frozen=True)
class FigureInput:
    """What was typed for one figure. `revision` is the one the form was opened with (0: none yet)."""

    target: Target
    revision: int
    value: Decimal | None
    allocation: Allocation | None = None
    not_applicable: bool = False
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    basis: str = Basis.CUMULATIVE
    entered: str = ""
    nature: str = Nature.FLASH
    forecast: Decimal | None = None
    note: str = ""
    unit: str = ""  # the unit of measure that stood beside the number; "": the present one

    CONTENT = ("value", "not_applicable", "numerator", "denominator", "basis", "nature", "forecast", "note")

    def content(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.CONTENT}

    @property
    def is_blank(self) -> bool:
        """Nothing at all was typed (a nature alone says nothing)."""
        numbers = (self.value, self.numerator, self.denominator, self.forecast)
        return not self.not_applicable and not self.note and all(number is None for number in numbers)

    @property
    def key(self) -> tuple[int | None, int | None]:
        """(target id, allocation id)."""
        return self.target.pk, self.allocation.pk if self.allocation else None

    @property
    def duty_key(self) -> str:
        """Names the figure within its period."""
        return figure_key(*self.key)

    def too_long(self) -> bool:
        return len(self.note) > MAX_NOTE or len(self.entered) > MAX_ENTERED


@dataclass(frozen=True)
class NarrativeInput:
    """What was typed about one task or target, and the nodes ticked as done (id → what was done)."""

    subject: Task | Target
    revision: int
    progress: str = ""
    problem: str = ""
    next_step: str = ""
    nodes: dict[int, str] = field(default_factory=dict)

    CONTENT = ("progress", "problem", "next_step")

    def content(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.CONTENT}

    @property
    def is_blank(self) -> bool:
        return not (self.progress or self.problem or self.next_step or self.nodes)

    @property
    def key(self) -> tuple[int | None, int | None]:
        """(task id, target id): one of them."""
        return (self.subject.pk, None) if isinstance(self.subject, Task) else (None, self.subject.pk)

    @property
    def duty_key(self) -> str:
        """Names the unit's text within its period."""
        return text_key(*self.key)

    def too_long(self) -> bool:
        texts = any(len(text) > MAX_TEXT for text in self.content().values())
        return texts or any(len(what) > MAX_WHAT for what in self.nodes.values())


@dataclass
class Saved:
    """What one act of saving did."""

    figures: list[Figure] = field(default_factory=list)
    narratives: list[Narrative] = field(default_factory=list)
    unchanged: int = 0
    answers: int = 0

    @property
    def changed(self) -> int:
        return len(self.figures) + len(self.narratives) + self.answers
