"""The parts of a draft: sections, tasks, targets with their sentences, and the ledger of numbers. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from targets.enums import Commitment, Comparison, Due, Measure, Pace

# What a number is, beside a target; the codes are those of the reading's ledger.
TARGET, REPEAT, OTHER_YEAR, WORD = "TARGET", "REPEAT", "OTHER_YEAR", "WORD"
VERDICTS = (
    *(TARGET, REPEAT, OTHER_YEAR, "SCOPE", "NAME", "THRESHOLD", "PAST"),
    *("BASELINE", "DATE", "ORDINAL", WORD),
)


@dataclass(frozen=True, kw_only=True)
class DraftPart:
    """What every item has: `rules` is what the reading says, `decided` names the fields a person decided."""

    item: str
    rules: Mapping[str, Any] = field(default_factory=dict)
    decided: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class DraftSection(DraftPart):
    """A section; `parent` is the path of the section around it, empty at the top."""

    path: str
    label: str
    title: str
    start: int
    end: int
    parent: str

    @property
    def depth(self) -> int:
        return self.path.count("/")


@dataclass(frozen=True, kw_only=True)
class DraftTask(DraftPart):
    """A task under the section `section`; `is_left_out`: a person said that it is none."""

    path: str
    label: str
    title: str
    start: int
    end: int
    section: str
    lead: str
    cooperating: tuple[str, ...]
    cooperating_text: str
    is_left_out: bool


@dataclass(frozen=True, kw_only=True)
class DraftSource:
    """A sentence that states or repeats a target, where it stands, and the words it uses."""

    start: int
    end: int
    quote: str
    sentence_start: int
    sentence_end: int
    section: str
    task: str  # empty where it stands in no task
    wording: str
    commitment: Commitment
    name_in_text: str


@dataclass(frozen=True, kw_only=True)
class DraftTarget(DraftPart):
    """A candidate: `verdict` TARGET with its sources, REPEAT of another (`root`), or what else it is.

    `key` is its number in the plan (empty for what is no target), `asks_repeat` that a proposed merge was
    neither taken nor refused.
    """

    id: str
    verdict: str
    is_accepted: bool
    asks_repeat: bool
    repeat_of: str
    root: str
    key: str
    name: str
    indicator: str
    comparison: Comparison
    wording: str
    value: Decimal | None
    value_high: Decimal | None
    is_approximate: bool
    unit: str
    decimals: int
    measure: Measure
    commitment: Commitment
    commitment_wording: str
    year_due: int | None
    baseline: Decimal | None
    baseline_source: str
    pace: Pace
    pace_shares: tuple[Decimal, ...] | None
    due: Due
    lead: str
    cooperating: tuple[str, ...]
    cooperating_text: str
    data_source: str
    note: str
    group: str
    section: str
    task: str
    rule: str
    source: DraftSource
    sources: tuple[DraftSource, ...] = ()  # of a target: its own first, then the repeats

    @property
    def is_target(self) -> bool:
        return self.verdict == TARGET

    @property
    def path(self) -> str:
        return self.task or self.section


@dataclass(frozen=True, kw_only=True)
class DraftNumber(DraftPart):
    """An entry of the ledger; `item` is the candidate's where the number is one."""

    start: int
    end: int
    text: str
    verdict: str
    rule_verdict: str
    rule: str
    target: str = ""  # the candidate's id

    @property
    def anchor(self) -> str:
        return self.target or f"n{self.start}"


@dataclass(frozen=True, kw_only=True)
class Draft:
    """Everything that confirming would write, and everything that it would not."""

    title: str
    year: int | None
    rules: Mapping[str, Any]
    decided: frozenset[str]
    sections: tuple[DraftSection, ...]
    tasks: tuple[DraftTask, ...]  # without what was left out
    left_out: tuple[DraftTask, ...]
    candidates: tuple[DraftTarget, ...]  # in the order of the text
    ledger: tuple[DraftNumber, ...]

    @property
    def targets(self) -> tuple[DraftTarget, ...]:
        """What becomes a target of the plan, in its order."""
        return tuple(found for found in self.candidates if found.is_target)

    def candidate(self, identity: str) -> DraftTarget | None:
        """The candidate with this id, such as T3 or N1234."""
        return next((found for found in self.candidates if found.id == identity), None)

    @property
    def items(self) -> dict[str, DraftPart]:
        """Every section, task, candidate and number by the name that decisions call it by."""
        parts: list[DraftPart] = [*self.ledger, *self.sections, *self.tasks, *self.left_out, *self.candidates]
        return {part.item: part for part in parts}
