"""The state of a plan in one period: a row per target and per milestone task, and a line per task.

Every screen, workbook and bulletin shows these rows. Lights, words, rates and distances are the stored ones;
nothing is judged here. The number of queries does not grow with the plan.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from decimal import Decimal

from django.db.models import F, QuerySet

from accounts.models import Unit
from plans.models import Plan, Section, Task
from targets.counts import Change, Counts, change, count_lights
from targets.enums import Light, Word
from targets.labels import LABELS
from targets.models import (
    Narrative,
    NarrativeVersion,
    Period,
    Progress,
    SourceKind,
    Target,
    TaskProgress,
)
from targets.selectors.leads import as_led_in, begun_by, with_leads
from targets.selectors.nodes import Node, nodes_of, with_nodes
from targets.selectors.tags import Tagged
from targets.selectors.terms import in_unit_of, stand_in_force

# The light of a task's nodes alone, by their stored word: the stored light is the worst of nodes and targets.
NODE_LIGHTS = {
    Word.DONE: Light.BLUE,
    Word.FAR_BEHIND: Light.RED,
    Word.NODE_LATE: Light.YELLOW,
    Word.NOT_REPORTED: Light.GREY,
    Word.NOT_BEGUN: Light.NONE,
    Word.ADVANCING: Light.GREEN,
}
BEHIND = [Light.RED, Light.YELLOW, Light.GREY]


@dataclass(frozen=True)
class Shown:
    """A light as it is printed, with its word."""

    light: str = Light.NONE
    word: str = ""


@dataclass(frozen=True)
class Texts:
    """The approved narrative of the lead unit."""

    progress: str = ""
    problem: str = ""
    next_step: str = ""


@dataclass(frozen=True)
class StatusRow:
    """One row: a target (then `target` is set) or a milestone task (then it is None)."""

    number: int
    section: Section
    task: Task | None
    target: Target | None
    light: str
    word: str
    progress: Progress | None  # the stored row of the target
    task_progress: TaskProgress | None  # the stored row of the milestone task
    previous_light: str | None  # in the period before; None for the first period of a year
    history: dict[int, Shown]  # end month → light, up to this period
    texts: Texts
    texts_are_sample: bool
    nodes: tuple[Node, ...]

    @property
    def title(self) -> str:
        return self.target.name if self.target else str(self.task)

    @property
    def item(self) -> Target | Task:
        """What the row is about: the target, or the milestone task."""
        item = self.target or self.task
        assert item is not None
        return item

    @property
    def lead(self) -> Unit:
        return self.item.lead

    @property
    def actual(self) -> Decimal | None:
        return self.progress.actual if self.progress else None

    @property
    def value(self) -> Decimal | None:
        """The target value in force in this period; after an adjustment it differs from the plan's."""
        if self.target is None:
            return None
        return self.progress.target_value if self.progress else self.target.value

    @property
    def change(self) -> Change | None:
        return change(self.previous_light, self.light)

    @property
    def overdue(self) -> list[Node]:
        return [node for node in self.nodes if node.is_overdue]

    def get_absolute_url(self) -> str:
        return self.item.get_absolute_url()


@dataclass(frozen=True)
class TaskLine:
    """One task of the plan with its light in every period so far, and the rows that belong to it."""

    task: Task
    history: dict[int, Shown]
    rows: tuple[StatusRow, ...]
    progress: TaskProgress | None
    now: Shown


@dataclass(frozen=True)
class Board:
    """A whole plan in one period."""

    plan: Plan
    period: Period
    sections: tuple[Section, ...]
    rows: tuple[StatusRow, ...]
    tasks: tuple[TaskLine, ...]
    rule_number: int | None = field(default=None)

    @property
    def targets(self) -> list[StatusRow]:
        """The main indicators: every target of the plan."""
        return [row for row in self.rows if row.target]

    @property
    def milestone_tasks(self) -> list[StatusRow]:
        return [row for row in self.rows if not row.target]

    @property
    def laggards(self) -> list[StatusRow]:
        """What is far behind, then behind, then not reported; each kind in the order of the document."""
        return sorted(
            (row for row in self.rows if row.light in BEHIND), key=lambda row: BEHIND.index(Light(row.light))
        )

    def changed(self, kind: Change) -> list[StatusRow]:
        return [row for row in self.rows if row.change == kind]


def counts_of(rows: Iterable[StatusRow]) -> Counts:
    """The rows counted by light."""
    return count_lights(row.light for row in rows)


def board(plan: Plan, period: Period, only: Tagged | None = None) -> Board:
    """The state of a plan in one period, rows in document order; `only` what carries a tag.

    `plan` and `period` belong to one bureau and year. A target without a stored row (progress not computed
    yet) shows as not judged.
    """
    return narrowed(BoardLoader(plan, period).board(), only)


def narrowed(board: Board, only: Tagged | None) -> Board:
    """The board with the rows that carry a tag, and the tasks that carry it or hold such a row."""
    if only is None:
        return board
    rows = tuple(row for row in board.rows if only.holds(row.item))
    lines = [replace(line, rows=tuple(row for row in line.rows if row in rows)) for line in board.tasks]
    return replace(
        board, rows=rows, tasks=tuple(line for line in lines if line.rows or only.holds(line.task))
    )


class BoardLoader:
    """Fetches what the rows need, each kind once."""

    def __init__(self, plan: Plan, period: Period) -> None:
        self.plan, self.period = plan, period
        self.sections = {section.pk: section for section in plan.sections.all()}
        self.targets = list(self.target_query())
        stand_in_force(self.targets, period)
        self.tasks = as_led_in(self.task_query(), period.key)
        self.computed = self._progress()
        self.task_rows = self._task_progress()
        self.texts = self._texts()

    def target_query(self) -> QuerySet[Target]:
        """The plan's targets with their sentences; `targets` are these as they stand in the period."""
        targets = self.plan.targets.filter(begun_by(self.period.month, "task__"))
        return targets.select_related("task", "lead", "group").prefetch_related("sources")

    def task_query(self) -> QuerySet[Task]:
        """The plan's tasks with their nodes."""
        return with_nodes(with_leads(self.plan.tasks.filter(begun_by(self.period.month))))

    def board(self) -> Board:
        """Targets stand where their stating sentence stands, milestone tasks where they begin."""
        rows = self.rows()
        rule = next((row.progress.rule.number for row in rows if row.progress), None)
        lines = tuple(self._line(task, rows) for task in self.tasks)
        return Board(self.plan, self.period, tuple(self.sections.values()), tuple(rows), lines, rule)

    def rows(self) -> list[StatusRow]:
        items: list[tuple[int, Target | Task]] = [(stated_at(target), target) for target in self.targets]
        items += [(task.start, task) for task in self.tasks if task.milestones.all()]
        items.sort(key=lambda pair: pair[0])
        return [
            self._target_row(number, item) if isinstance(item, Target) else self._task_row(number, item)
            for number, (_start, item) in enumerate(items, 1)
        ]

    def _target_row(self, number: int, target: Target) -> StatusRow:
        stored = self.computed.get(target.pk, {})
        history = {month: Shown(row.light, row.get_word_display()) for month, row in stored.items()}
        return self._row(number, target, target.task, history, progress=stored.get(self.period.month))

    def _task_row(self, number: int, task: Task) -> StatusRow:
        stored = self.task_rows.get(task.pk, {})
        history = {month: node_light(row) for month, row in stored.items()}
        return self._row(number, task, task, history, task_progress=stored.get(self.period.month))

    def _row(
        self,
        number: int,
        item: Target | Task,
        task: Task | None,
        history: dict[int, Shown],
        *,
        progress: Progress | None = None,
        task_progress: TaskProgress | None = None,
    ) -> StatusRow:
        narrative, texts = self.texts.get((type(item), item.pk), (None, Texts()))
        now = history.get(self.period.month, Shown())
        before = max((month for month in history if month < self.period.month), default=None)
        return StatusRow(
            number=number,
            section=self.sections[item.section_id],
            task=task,
            target=item if isinstance(item, Target) else None,
            light=now.light,
            word=now.word,
            progress=progress,
            task_progress=task_progress,
            previous_light=history[before].light if before else None,
            history=history,
            texts=texts,
            texts_are_sample=bool(narrative and narrative.is_sample),
            nodes=tuple(nodes_of(item, self.period.key)) if isinstance(item, Task) else (),
        )

    def _line(self, task: Task, rows: list[StatusRow]) -> TaskLine:
        own = tuple(row for row in rows if row.task and row.task.pk == task.pk)
        stored = self.task_rows.get(task.pk, {})
        history = {month: _worst(row, month, own) for month, row in stored.items()}
        now = history.get(self.period.month, Shown())
        return TaskLine(task, history, own, stored.get(self.period.month), now)

    def _progress(self) -> dict[int, dict[int, Progress]]:
        """Stored rows of this year up to this period, in its unit: target → end month → row."""
        found: dict[int, dict[int, Progress]] = defaultdict(dict)
        rows = Progress.objects.filter(
            target__plan=self.plan,
            allocation=None,
            period__year=self.period.year,
            period__month__lte=self.period.month,
        )
        stored = rows.select_related("period", "rule").order_by("period__month")
        for row in in_unit_of(self.period, stored):
            found[row.target_id][row.period.month] = row
        return found

    def _task_progress(self) -> dict[int, dict[int, TaskProgress]]:
        """Stored rows of this year up to this period: task → end month → row."""
        found: dict[int, dict[int, TaskProgress]] = defaultdict(dict)
        rows = TaskProgress.objects.filter(
            task__plan=self.plan, period__year=self.period.year, period__month__lte=self.period.month
        )
        for row in rows.select_related("period").order_by("period__month"):
            found[row.task_id][row.period.month] = row
        return found

    def _texts(self) -> dict[tuple[type, int], tuple[Narrative, Texts]]:
        """The lead unit's approved narratives of this period, by what they are about."""
        versions = NarrativeVersion.objects.filter(
            narrative__period_id=self.period.pk, number=F("narrative__approved_version")
        ).select_related("narrative")
        leads: dict[tuple[type, int], int] = {(Target, item.pk): item.lead_id for item in self.targets}
        leads.update({(Task, item.pk): item.lead_id for item in self.tasks})
        found: dict[tuple[type, int], tuple[Narrative, Texts]] = {}
        for version in versions:
            narrative = version.narrative
            key: tuple[type, int] = (
                (Task, narrative.task_id) if narrative.task_id else (Target, narrative.target_id or 0)
            )
            if leads.get(key) == narrative.unit_id:
                found[key] = (narrative, Texts(version.progress, version.problem, version.next_step))
        return found


def stated_at(target: Target) -> int:
    """Where the document states the target: the beginning of the number; `sources` are prefetched.

    A target that the office has added stands where its task does.
    """
    stating = [source.start for source in target.sources.all() if source.kind == SourceKind.PRIMARY]
    return stating[0] if stating else target.task.start if target.task else 0


def node_light(row: TaskProgress) -> Shown:
    """The light of a task's nodes alone."""
    return Shown(NODE_LIGHTS[Word(row.node_word)], row.get_node_word_display()) if row.node_word else Shown()


def _worst(row: TaskProgress, month: int, rows: Iterable[StatusRow]) -> Shown:
    """The task's stored light with the word of the part that gives it."""
    parts = [part.history[month] for part in rows if month in part.history]
    word = next((part.word for part in parts if part.light == row.light), str(LABELS[Light(row.light)]))
    return Shown(row.light, word)
