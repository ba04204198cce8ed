"""One task: its text with the numbers marked, its targets and nodes, its lights and what was reported."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import F

from accounts.models import User
from plans.models import Task
from plans.selectors import Piece, marked_pieces
from targets.models import NodeReport, Period
from targets.periods import PeriodKey
from targets.selectors.acts import ActRow, postponements_of
from targets.selectors.board import Board, Shown, TaskLine, board
from targets.selectors.ledger import cooperating_units
from targets.selectors.narratives import NarrativeView, narratives
from targets.selectors.nodes import Node, nodes_of
from targets.selectors.plan_page import marks_of
from targets.selectors.sight import may_enter


@dataclass(frozen=True)
class NodeRow:
    """A node with what its unit wrote when it was done."""

    node: Node
    what: str


@dataclass(frozen=True)
class TaskPage:
    """The page of one task in one period."""

    task: Task
    period: Period
    line: TaskLine
    pieces: tuple[Piece, ...]
    nodes: tuple[NodeRow, ...]
    quarters: tuple[tuple[PeriodKey, Shown | None], ...]
    narratives: tuple[NarrativeView, ...]
    board: Board
    postponements: tuple[ActRow, ...]
    may_postpone: bool  # the person enters for the lead unit

    @property
    def cooperating(self) -> str:
        return cooperating_units(self.task)

    @property
    def has_targets(self) -> bool:
        return any(row.target for row in self.line.rows)


def task_page(task: Task, period: Period, periods: list[Period], user: User) -> TaskPage:
    """What the page of a task shows in one period to this person; the number of queries is constant.

    `task` comes with plan, bureau, document and lead.
    """
    plan = task.plan
    state = board(plan, period)
    known = next((line for line in state.tasks if line.task.pk == task.pk), None)
    line = known or TaskLine(task, {}, (), None, Shown())  # added later in the year
    nodes = nodes_of(known.task, period.key) if known else []
    marks = [
        (mark.source.start, mark.source.end, mark)
        for mark in marks_of(state.rows)
        if task.start <= mark.source.start and mark.source.end <= task.end
    ]
    done = NodeReport.objects.filter(milestone__task=task, narrative=F("milestone__done_in"))
    what = dict(done.values_list("milestone_id", "what"))
    return TaskPage(
        task=task,
        period=period,
        line=line,
        pieces=tuple(marked_pieces(plan.document.text, task.start, task.end, list(marks))),
        nodes=tuple(NodeRow(node, what.get(node.pk, "")) for node in nodes),
        quarters=tuple((other.key, line.history.get(other.month)) for other in periods),
        narratives=tuple(narratives(task, bureau=plan.bureau, user=user, until=period.key)),
        board=state,
        postponements=tuple(postponements_of(task, user)),
        may_postpone=may_enter(user, task.lead),
    )
