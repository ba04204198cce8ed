"""Who leads and who helps, for every task and target of a plan in document order (任务分解)."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from django.db.models import QuerySet

from accounts.models import Bureau, Unit
from plans.models import Plan, Section, Tag, Task
from targets.enums import Approval
from targets.models import Adjustment, Figure, Narrative, Period, Target, Terms
from targets.selectors.board import stated_at
from targets.selectors.owners import REPORTING
from targets.selectors.tags import TagChoice, Tagged

Item = Task | Target


@dataclass(frozen=True)
class Assigned:
    """What is assigned to one task or target; units and tags by id."""

    lead: int
    cooperating: frozenset[int] = frozenset()
    text: str = ""
    tags: frozenset[int] = frozenset()

    @property
    def stamp(self) -> str:
        """By which a form that was opened earlier is told from what is stored now."""
        parts = [self.lead, sorted(self.cooperating), self.text, sorted(self.tags)]
        return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]


@dataclass(frozen=True)
class AssignmentRow:
    """One task or target with what is assigned to it now."""

    item: Item
    now: Assigned
    section: Section
    starts_section: bool
    has_figures: bool  # its lead changes only by an adjustment
    wanted: Assigned | None = None  # what was chosen, where the form came back
    was: str = ""  # the stamp that the form was opened with
    moved_to: Unit | None = None  # the lead that an adjustment put in force

    @property
    def key(self) -> str:
        """Names the row in the form."""
        return item_key(self.item)

    @property
    def lead(self) -> Unit:
        """Who leads now; of a target after its adjustments."""
        return self.moved_to or self.item.lead

    @property
    def shown(self) -> Assigned:
        return self.wanted or self.now

    @property
    def is_task(self) -> bool:
        return isinstance(self.item, Task)

    @property
    def is_inside(self) -> bool:
        """A target that stands below its task."""
        return isinstance(self.item, Target) and self.item.task_id is not None


@dataclass(frozen=True)
class AssignmentPage:
    """The plan's rows and what may be chosen in them."""

    plan: Plan
    rows: tuple[AssignmentRow, ...]
    units: tuple[Unit, ...]
    tags: tuple[Tag, ...]

    @property
    def leads(self) -> list[Unit]:
        """The units that may lead: those that sign in."""
        return [unit for unit in self.units if unit.kind in REPORTING]


def item_key(item: Item) -> str:
    """`k12` for a task, `t5` for a target."""
    return f"{'k' if isinstance(item, Task) else 't'}{item.pk}"


def assignment_page(
    plan: Plan, tags: TagChoice, chosen: Mapping[str, tuple[Assigned, str]] | None = None
) -> AssignmentPage:
    """The plan, or what carries the chosen tag, tasks with their targets below.

    The number of queries does not grow with it. `chosen`: row key → what was chosen in a form that is shown
    again, and its stamp.
    """
    rows = tuple(_rows(plan, chosen or {}, tags.tagged))
    return AssignmentPage(plan, rows, tuple(assignable_units(plan.bureau)), tags.tags)


def assignable_units(bureau: Bureau) -> QuerySet[Unit]:
    """The bureau's active units in official order."""
    return bureau.units.filter(is_active=True).order_by("order")


def assignable_items(plan: Plan) -> list[Item]:
    """Every task and target with what is assigned to it fetched along."""
    tasks = plan.tasks.select_related("lead", "section").prefetch_related("cooperating", "tags")
    targets = plan.targets.select_related("lead", "section", "task")
    return [*tasks, *targets.prefetch_related("cooperating", "tags", "sources")]


def assigned(item: Item) -> Assigned:
    """What is assigned now; cooperating units and tags are prefetched."""
    return Assigned(
        item.lead_id,
        frozenset(unit.pk for unit in item.cooperating.all()),
        item.cooperating_text,
        frozenset(tag.pk for tag in item.tags.all()),
    )


def reported_targets(plan: Plan) -> set[int]:
    """The targets (ids) of which figures or texts exist, or whose lead an adjustment has changed."""
    figures = Figure.objects.filter(target__plan=plan).values_list("target_id", flat=True)
    texts = Narrative.objects.filter(target__plan=plan).values_list("target_id", flat=True)
    moved = Adjustment.objects.filter(target__plan=plan, new_lead__isnull=False)
    moved_ids = moved.filter(state__in=[Approval.PROPOSED, Approval.AGREED]).values_list(
        "target_id", flat=True
    )
    return {*figures, *moved_ids, *(pk for pk in texts if pk)}


def leads_now(plan: Plan) -> dict[int, Unit]:
    """The targets (ids) whose lead an adjustment has changed by the last started period, with that lead."""
    started = Period.objects.filter(bureau=plan.bureau_id, year=plan.year, started_on__isnull=False)
    last = started.order_by("-month").values("pk")[:1]
    moved = Terms.objects.filter(target__plan=plan, is_moved=True, period__in=last).select_related("lead")
    return {terms.target_id: terms.lead for terms in moved}


def _rows(
    plan: Plan, chosen: Mapping[str, tuple[Assigned, str]], only: Tagged | None
) -> Iterable[AssignmentRow]:
    reported, moved, before = reported_targets(plan), leads_now(plan), 0
    items = [item for item in assignable_items(plan) if only is None or only.holds(item)]
    shown = task_ids(items)
    for item in in_document_order(plan, items):
        now, has_figures = assigned(item), isinstance(item, Target) and item.pk in reported
        wanted, was = chosen.get(item_key(item), (None, now.stamp))
        inside = isinstance(item, Target) and item.task_id in shown
        starts = not inside and item.section_id != before
        lead = moved.get(item.pk) if isinstance(item, Target) else None
        yield AssignmentRow(item, now, item.section, starts, has_figures, wanted, was, lead)
        before = before if inside else item.section_id


def task_ids(items: Iterable[Item]) -> set[int]:
    """The tasks (ids) among the items."""
    return {item.pk for item in items if isinstance(item, Task)}


def in_document_order(plan: Plan, items: Collection[Item]) -> list[Item]:
    """Sections as they stand; in each its own targets and its tasks, a task's targets right below it.

    A target whose task is not among the items stands where the document states it.
    """
    inside: dict[int, list[Item]] = defaultdict(list)
    top: dict[int, list[tuple[int, Item]]] = defaultdict(list)
    tasks = task_ids(items)
    for item in items:
        if isinstance(item, Target) and item.task_id in tasks:
            inside[item.task_id].append(item)
        else:
            start = item.start if isinstance(item, Task) else stated_at(item)
            top[item.section_id].append((start, item))
    ordered: list[Item] = []
    for section in plan.sections.order_by("order"):
        for _start, item in sorted(top[section.pk], key=lambda pair: pair[0]):
            ordered.append(item)
            if isinstance(item, Task):
                ordered += inside[item.pk]
    return ordered
