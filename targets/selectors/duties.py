"""What has to be reported in a period, and by whom: figures and texts, whether or not they are there yet."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Prefetch, Q, QuerySet

from accounts.models import Unit
from plans.models import Task
from targets.enums import Due, Split
from targets.models import Allocation, Period, Target
from targets.openings import figure_key, text_key
from targets.periods import LAST_MONTH, PeriodKey
from targets.selectors.leads import as_led_in, begun_by, ever_led_by, with_leads
from targets.selectors.nodes import Node, nodes_of, with_nodes
from targets.selectors.owners import owner_of
from targets.selectors.terms import led_in, stand_in_force

HALF_YEAR = 6


@dataclass(frozen=True)
class FigureDuty:
    """One number that a unit reports: of a whole target, or of one of its parts."""

    target: Target
    allocation: Allocation | None
    owner_id: int
    is_due: bool

    @property
    def key(self) -> str:
        """Names the row in the form and on the page."""
        return figure_key(self.target.pk, self.allocation.pk if self.allocation else None)

    @property
    def owner(self) -> Unit:
        """The unit that reports it."""
        part = self.allocation
        return part.unit if part is not None and part.unit_id == self.owner_id else self.target.lead

    @property
    def label(self) -> str:
        return f"{self.target.name} · {self.allocation.unit}" if self.allocation else self.target.name


@dataclass(frozen=True)
class TextDuty:
    """One text of a unit about a task or a target; `is_due`: 未报送 when it is missing."""

    subject: Task | Target
    unit_id: int
    is_due: bool
    is_lead: bool = True
    nodes: tuple[Node, ...] = ()

    @property
    def key(self) -> str:
        is_task = isinstance(self.subject, Task)
        return text_key(self.subject.pk if is_task else None, None if is_task else self.subject.pk)

    @property
    def label(self) -> str:
        return str(self.subject)


@dataclass(frozen=True)
class Duties:
    """Everything to be reported, in document order."""

    figures: tuple[FigureDuty, ...]
    texts: tuple[TextDuty, ...]


def duties(period: Period, unit: Unit | None = None) -> Duties:
    """What this unit (None: the whole bureau) reports in the period; a fixed number of queries."""
    targets = targets_with_parts(period, unit)
    figures = _figures(period, targets)
    if unit is not None:
        figures = [duty for duty in figures if duty.owner_id == unit.pk]
    return Duties(tuple(figures), text_duties(period, unit, targets))


def text_duties(period: Period, unit: Unit | None, targets: Iterable[Target]) -> tuple[TextDuty, ...]:
    """The texts about these targets, which stand as in the period, and about the unit's tasks."""
    texts = [
        TextDuty(target, target.lead_id, is_due=False)
        for target in targets
        if unit is None or target.lead_id == unit.pk
    ]
    for task in as_led_in(_tasks(period, unit), period.key):
        texts += _task_texts(task, period.key)
    return tuple(duty for duty in texts if unit is None or duty.unit_id == unit.pk)


def figure_duties(period: Period, keys: Collection[str]) -> list[FigureDuty]:
    """Every figure of the targets that are named in these keys (see `FigureDuty.key`); two queries."""
    named = [re.fullmatch(r"f([0-9]{1,9})(?:p[0-9]{1,9})?", key) for key in keys]
    return _figures(period, targets_with_parts(period, None, {int(found[1]) for found in named if found}))


def _figures(period: Period, targets: Iterable[Target]) -> list[FigureDuty]:
    return [
        FigureDuty(target, part, owner_of(target, part), is_due(target, part, period.key))
        for target in targets
        for part in _columns(target)
    ]


def is_due(target: Target, part: Allocation | None, key: PeriodKey) -> bool:
    """Whether a figure is missing when there is none; a part without a target of its own (–) never is.

    Nor is a part in a period that was locked before it was added: it had no target there.
    """
    return (part is None or part.value is not None) and falls_due(target, key)


def falls_due(target: Target, key: PeriodKey) -> bool:
    """Whether figures of this target are due in the period at all."""
    if target.due == Due.HALF:
        return key.month in {HALF_YEAR, LAST_MONTH}
    return target.due == Due.EVERY or key.month == LAST_MONTH


def targets_of(
    period: Period, unit: Unit | None, only: Collection[int] | None = None, *lookups: Prefetch[str]
) -> list[Target]:
    """The targets that the unit (None: anybody) leads or has a part in, as they stand in the period.

    `only`: those with these ids.
    """
    found = Target.objects.filter(plan__bureau=period.bureau_id, plan__year=period.year)
    found = found.filter(begun_by(period.month, "task__"))
    if only is not None:
        found = found.filter(pk__in=only)
    if unit is not None:
        own_part = Allocation.objects.filter(unit=unit).values("target")
        found = found.filter(Q(pk__in=led_in(period, unit)) | Q(pk__in=own_part))
    targets = list(found.select_related("plan", "lead").prefetch_related(*lookups).order_by("order"))
    stand_in_force(targets, period)
    return targets


def targets_with_parts(
    period: Period, unit: Unit | None, only: Collection[int] | None = None
) -> list[Target]:
    """The same with their allocations at hand, as they stand in the period."""
    parts = Prefetch("allocations", Allocation.objects.select_related("unit"))
    return targets_of(period, unit, only, parts)


def _columns(target: Target) -> list[Allocation | None]:
    """The whole and its parts; the sum of its units is computed, so that only the parts are reported."""
    parts = list(target.allocations.all())
    is_sum = adds_up(target, (part.value for part in parts))
    return [*parts] if is_sum else [None, *parts]


def adds_up(target: Target, values: Iterable[Decimal | None]) -> bool:
    """Whether the whole is the sum of its parts, whose targets in that period these are: one of them has one.

    Where every part was added after the period was locked, the whole was reported directly.
    """
    return target.split == Split.SUM and any(value is not None for value in values)


def _tasks(period: Period, unit: Unit | None) -> QuerySet[Task]:
    found = Task.objects.filter(plan__bureau=period.bureau_id, plan__year=period.year)
    found = found.filter(begun_by(period.month))
    if unit is not None:
        taking_part = Task.cooperating.through.objects.filter(unit=unit).values("task")
        found = found.filter(ever_led_by(unit) | Q(pk__in=taking_part))
    return with_nodes(with_leads(found)).prefetch_related("cooperating", "targets").order_by("order")


def _task_texts(task: Task, key: PeriodKey) -> list[TextDuty]:
    """The lead's text, which a task with numbers only does not ask for, and the cooperating units'."""
    nodes = tuple(nodes_of(task, key))
    own = [TextDuty(task, task.lead_id, _text_is_due(nodes, key), nodes=nodes)]
    others = [
        TextDuty(task, unit.pk, is_due=False, is_lead=False)
        for unit in task.cooperating.all()
        if unit.pk != task.lead_id
    ]
    return others if task.targets.all() and not nodes else own + others


def _text_is_due(nodes: tuple[Node, ...], key: PeriodKey) -> bool:
    """Whether a missing text is 未报送: a node is due by now, and the last one was not done before.

    A task without any node asks for its text every time.
    """
    if not nodes:
        return True
    done = nodes[-1].done_in
    finished_before = done is not None and done < key
    return not finished_before and any(node.planned <= key for node in nodes)
