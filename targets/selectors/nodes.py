"""The dated nodes (节点) of milestone tasks, as they stand in one period."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch, QuerySet, prefetch_related_objects

from plans.models import Task
from targets.enums import Approval
from targets.models import Milestone, Postponement
from targets.periods import PeriodKey


@dataclass(frozen=True)
class Node:
    """A dated node as it stands in one period: what is moved or done later is not moved or done yet."""

    pk: int
    text: str
    original: PeriodKey
    planned: PeriodKey  # in force after postponements
    done_in: PeriodKey | None
    now: PeriodKey
    times: int = 0  # how often it was postponed by then (延期次数)
    asked: int = 0  # the request for a postponement that waits for its decision; 0 for none

    @property
    def is_postponed(self) -> bool:
        return self.planned != self.original

    @property
    def is_overdue(self) -> bool:
        """Planned by now, and not done."""
        return self.done_in is None and self.planned <= self.now


def with_nodes(tasks: QuerySet[Task]) -> QuerySet[Task]:
    """The tasks with their nodes and the nodes' postponements fetched along, as `nodes_of` needs them."""
    nodes = Milestone.objects.select_related("done_in__period").prefetch_related(_moves())
    return tasks.prefetch_related(Prefetch("milestones", nodes))


def nodes_of(task: Task, now: PeriodKey) -> list[Node]:
    """The task's nodes as they stand in that period; `milestones` and its nodes are fetched `with_nodes`."""
    return [_node(milestone, now) for milestone in task.milestones.all()]


def node_of(milestone: Milestone, now: PeriodKey) -> Node:
    """One node as it stands in that period."""
    prefetch_related_objects([milestone], _moves())
    return _node(milestone, now)


def with_moves(postponements: QuerySet[Postponement]) -> QuerySet[Postponement]:
    """The acts with their nodes' postponements fetched along, as `planned_before` needs them."""
    return postponements.prefetch_related(_moves("milestone__"))


def planned_before(act: Postponement) -> PeriodKey:
    """Where the node stood when the act was decided, or stands while it waits."""
    moves, _asked = _moves_of(act.milestone)
    earlier = [
        move
        for move in moves
        if move.pk != act.pk
        and move.effective.key <= act.effective.key
        and (act.decided_at is None or (move.decided_at, move.pk) < (act.decided_at, act.pk))
    ]
    return earlier[-1].to if earlier else act.milestone.planned


def _moves(path: str = "") -> Prefetch[Any, Any, Any]:
    moves = Postponement.objects.filter(state__in=[Approval.AGREED, Approval.PROPOSED])
    return Prefetch(f"{path}postponements", moves.select_related("effective"), to_attr="moves")


def _moves_of(milestone: Milestone) -> tuple[list[Postponement], int]:
    """The agreed postponements of a node in their order, and the id of the one that waits (0 for none)."""
    moves: list[Postponement] = milestone.moves  # type: ignore[attr-defined]
    asked = next((move.pk for move in moves if move.state == Approval.PROPOSED), 0)
    return [move for move in moves if move.state == Approval.AGREED], asked


def _node(milestone: Milestone, now: PeriodKey) -> Node:
    agreed, asked = _moves_of(milestone)
    moves = [move for move in agreed if move.effective.key <= now]
    planned = moves[-1].to if moves else milestone.planned
    done = milestone.done_in.period.key if milestone.done_in else None
    done = done if done and done <= now else None
    return Node(milestone.pk, milestone.text, milestone.planned, planned, done, now, len(moves), asked)
