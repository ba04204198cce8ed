"""Which unit leads a task in a period: the present lead, or a former one in the periods it has begun."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from django.db.models import Prefetch, Q, QuerySet

from accounts.models import Unit
from plans.models import LeadChange, Task
from targets.periods import PeriodKey


def with_leads(tasks: QuerySet[Task]) -> QuerySet[Task]:
    """The tasks with lead and former leads fetched along, as `led_in` needs them."""
    changes = Prefetch("lead_changes", LeadChange.objects.select_related("unit"))
    return tasks.select_related("lead").prefetch_related(changes)


def begun_by(month: int, prefix: str = "") -> Q:
    """Tasks (with the prefix `task__` targets) that count in a period; added ones from their first on."""
    return Q(**{f"{prefix}since_month": None}) | Q(**{f"{prefix}since_month__lte": month})


def as_led_in(tasks: Iterable[Task], key: PeriodKey) -> list[Task]:
    """The tasks (see `with_leads`) as they were led in that period: `lead` is the lead of then.

    Only the objects in hand are changed; they must not be saved.
    """
    found = list(tasks)
    for task in found:
        task.lead = task.led_in(key.month)
    return found


def ever_led_by(unit: Unit) -> Q:
    """Tasks that the unit leads now or led before."""
    return Q(lead=unit) | Q(pk__in=LeadChange.objects.filter(unit=unit).values("task"))


def led_tasks(unit: Unit, key: PeriodKey, wanted: Collection[int]) -> set[int]:
    """Those of the wanted tasks (ids) that this unit leads in that period; two queries."""
    tasks = with_leads(Task.objects.filter(ever_led_by(unit), pk__in=wanted))
    return {task.pk for task in tasks if task.led_in(key.month) == unit}
