"""What a unit's form is about, as plain values that `selectors/uploads.py` fills. Pure: no Django."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Generic, TypeVar

from targets.enums import Basis, Comparison, State
from targets.periods import PeriodKey
from targets.policies import EDITABLE


@dataclass(frozen=True)
class FigureContent:
    """What is stored of one figure; `value` None and not `not_applicable`: not reported.

    Numerator, denominator and basis have no column: they fit the value and go when it changes.
    """

    value: Decimal | None = None
    not_applicable: bool = False
    forecast: Decimal | None = None
    nature: str = ""
    note: str = ""
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    basis: str = Basis.CUMULATIVE


@dataclass(frozen=True)
class TextContent:
    """What the workbook says of one task or target in words, and the ticked nodes (id → what was done)."""

    progress: str = ""
    problem: str = ""
    next_step: str = ""
    nodes: Mapping[int, str] = field(default_factory=dict)


Content = TypeVar("Content", FigureContent, TextContent)


@dataclass(frozen=True)
class Stored(Generic[Content]):
    """An item as the database holds it; revision and version 0: nothing was ever saved."""

    content: Content
    revision: int = 0
    version: int = 0
    state: str = State.DRAFT
    by: str = ""
    at: datetime | None = None
    is_open: bool = True  # False: the period is closed, for this item at least

    @property
    def is_editable(self) -> bool:
        return self.is_open and self.state in EDITABLE


@dataclass(frozen=True)
class FigureItem:
    """One row of the sheet 指标: a target, or the unit's part of an allocated one."""

    code: str
    name: str
    unit: str
    figure: Stored[FigureContent]
    target_id: int
    allocation_id: int | None = None
    text: Stored[TextContent] | None = None  # parts have no narrative of their own
    decimals: int = 1
    comparison: str = Comparison.AT_LEAST
    annual: Decimal | None = None
    last_year: Decimal | None = None
    previous: Decimal | None = None


@dataclass(frozen=True)
class NodeItem:
    """One row of the sheet 节点任务. `done_before` names the earlier period that approved it as done."""

    code: str
    milestone_id: int
    text: str
    planned: str
    done_before: str = ""
    what_before: str = ""


@dataclass(frozen=True)
class TaskItem:
    """One row of the sheet 任务进展, with the nodes of a task that the unit leads."""

    code: str
    title: str
    task_id: int
    role: str
    text: Stored[TextContent]
    previous: str = ""
    nodes: tuple[NodeItem, ...] = ()


@dataclass(frozen=True)
class UnitForm:
    """Everything that one unit may report in one period."""

    bureau_code: str
    bureau_name: str
    unit_id: int
    unit_name: str
    period: PeriodKey
    figures: tuple[FigureItem, ...] = ()
    tasks: tuple[TaskItem, ...] = ()
    is_demo: bool = False
    due: date | None = None


@dataclass(frozen=True)
class Marks:
    """The machine-readable marks of a form: whose it is, and which version each row was filled with."""

    version: str
    bureau_code: str
    unit_id: str
    unit_name: str
    bureau_name: str
    period: str
    versions: Mapping[tuple[str, str], int] = field(default_factory=dict)  # (kind, code) → version


FIGURE, TEXT, TASK = "figure", "text", "task"  # kinds of items in the marks
