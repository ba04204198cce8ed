"""The dated nodes (节点) of milestone tasks, as they stand in one period."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Prefetch, QuerySet

from plans.models import Task
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

    @property
    def is_postponed(self) -> bool:
        return self.planned != self.original

    @property
    def is_overdue(self) -> bool:
        """Planned by now, and not done."""
        return self.done_in is None and self.planned <= self.now


def with_nodes(tasks: QuerySet[Task]) -> QuerySet[Task]:
    """The tasks with their nodes and the nodes' postponements fetched along, as `nodes_of` needs them."""
    moves = Prefetch("postponements", Postponement.objects.select_related("effective"))
    nodes = Milestone.objects.select_related("done_in__period").prefetch_related(moves)
    return tasks.prefetch_related(Prefetch("milestones", nodes))


def nodes_of(task: Task, now: PeriodKey) -> list[Node]:
    """The task's nodes as they stand in that period; `milestones` and their postponements are prefetched."""
    nodes = []
    for milestone in task.milestones.all():
        moves = [move for move in milestone.postponements.all() if move.effective.key <= now]
        last = max(moves, key=lambda move: move.effective.key, default=None)
        planned = PeriodKey(last.to_year, last.to_month) if last else milestone.planned
        done = milestone.done_in.period.key if milestone.done_in else None
        done = done if done and done <= now else None
        nodes.append(Node(milestone.pk, milestone.text, milestone.planned, planned, done, now))
    return nodes
