"""Tasks that are not in the document (临时任务): added by the office with source, nodes and targets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import Max, ProtectedError
from django.utils.translation import gettext as _

from accounts.audit import record
from accounts.models import Unit, User
from accounts.permissions import Permission
from plans.models import Plan, Section, Task, TaskOrigin
from targets.enums import Commitment, Comparison, Due, Measure, Pace
from targets.errors import Refused
from targets.formatting import natural_decimals
from targets.import_draft.candidates import default_pace
from targets.models import Figure, Milestone, Narrative, Target
from targets.selectors.owners import REPORTING
from targets.services.allocating import started_periods
from targets.services.plan_creation import indicators_of
from targets.services.recompute import request_recompute

SECTION_PATH, SECTION_TITLE = "临时", "临时任务"
MOST_DECIMALS = 6


@dataclass(frozen=True)
class NewNode:
    """A dated node: its text, and the end month of the period in which it is planned."""

    text: str
    month: int


@dataclass(frozen=True)
class NewTask:
    """A task with its own source; it counts from the period with the end month `since` on."""

    title: str
    source: str
    lead: Unit
    since: int
    document_number: str = ""
    issued_on: date | None = None
    cooperating: Sequence[Unit] = ()
    cooperating_text: str = ""
    nodes: Sequence[NewNode] = ()


@dataclass(frozen=True)
class NewTarget:
    """A number that an added task promises; without a pace the usual one of its measure."""

    name: str
    measure: Measure
    comparison: Comparison
    value: Decimal
    unit: str
    commitment: Commitment = Commitment.PLAIN
    baseline: Decimal | None = None
    pace: Pace | None = None
    pace_shares: Sequence[Decimal] | None = None
    due: Due = Due.EVERY
    data_source: str = ""


@transaction.atomic
def add_task(*, plan: Plan, task: NewTask, by: User, at: datetime | None = None) -> Task:
    """Add a task after those of the document; the published text stays as it is.

    Raises Refused for units of another bureau, a lead that does not report, a locked period to begin with,
    and nodes that are planned before it.
    """
    _guard(by, plan)
    Plan.objects.select_for_update().get(pk=plan.pk)
    _refuse_units(plan, task)
    _refuse_times(plan, task)
    section = _section(plan)
    place = _next_number(plan)
    start = len(plan.document.text) + place
    made = Task.objects.create(
        plan=plan,
        section=section,
        order=(plan.tasks.aggregate(last=Max("order"))["last"] or 0) + 1,
        path=f"{SECTION_PATH}/{place}",
        label=f"{SECTION_PATH}{place}、",
        title=task.title,
        start=start,
        end=start,
        in_document=False,
        since_month=task.since,
        lead=task.lead,
        cooperating_text=task.cooperating_text,
    )
    made.cooperating.set(task.cooperating)
    at = at or plan.bureau.now
    TaskOrigin.objects.create(
        task=made,
        source=task.source,
        document_number=task.document_number,
        issued_on=task.issued_on,
        by=by,
        at=at,
    )
    Milestone.objects.bulk_create(
        Milestone(task=made, order=order, text=node.text, planned_year=plan.year, planned_month=node.month)
        for order, node in enumerate(task.nodes, 1)
    )
    after = {"title": task.title, "source": task.source, "lead": task.lead.name, "since": task.since}
    record("task.added", by=by, bureau=plan.bureau, about=made, after=after, at=at)
    _recompute(plan, task.since)
    return made


@transaction.atomic
def add_target(*, task: Task, target: NewTarget, by: User, at: datetime | None = None) -> Target:
    """Give an added task a target. Raises Refused for a task of the document: its text states them."""
    plan = task.plan
    _guard(by, plan)
    if task.in_document:
        raise Refused(_("The document states this task's targets: import them, or propose an adjustment."))
    Plan.objects.select_for_update().get(pk=plan.pk)
    made = Target.objects.create(
        plan=plan,
        key=f"临{_next_key(plan)}",
        order=(plan.targets.aggregate(last=Max("order"))["last"] or 0) + 1,
        indicator=indicators_of([target.name])[target.name],
        name=target.name,
        section=task.section,
        task=task,
        measure=target.measure,
        comparison=target.comparison,
        commitment=target.commitment,
        value=target.value,
        unit=target.unit,
        decimals=min(natural_decimals(target.value), MOST_DECIMALS),
        year_due=plan.year,
        baseline=target.baseline,
        pace=target.pace or default_pace(target.measure, target.baseline),
        pace_shares=list(target.pace_shares) if target.pace_shares else None,
        due=target.due,
        lead=task.lead,
        cooperating_text=task.cooperating_text,
        data_source=target.data_source,
    )
    made.cooperating.set(task.cooperating.all())
    after = {"task": str(task), "value": f"{target.value:f}", "unit": target.unit}
    record("target.added", by=by, bureau=plan.bureau, about=made, after=after, at=at or plan.bureau.now)
    _recompute(plan, task.since_month or 1)
    return made


@transaction.atomic
def remove_task(*, task: Task, by: User, at: datetime | None = None) -> None:
    """Take an added task back with its targets. Raises Refused once anything of it was reported."""
    plan = task.plan
    _guard(by, plan)
    if task.in_document:
        raise Refused(_("Only tasks that the office has added can be removed."))
    started_periods(plan)
    reported = Narrative.objects.filter(task=task) | Narrative.objects.filter(target__task=task)
    if reported.exists() or Figure.objects.filter(target__task=task).exists():
        raise Refused(_("“%(item)s” has been reported on and stays in the plan.") % {"item": task})
    before = {"title": task.title, "targets": [target.name for target in task.targets.all()]}
    record("task.removed", by=by, bureau=plan.bureau, about=task, before=before, at=at or plan.bureau.now)
    try:
        task.targets.all().delete()
        task.delete()
    except ProtectedError as error:
        raise Refused(_("“%(item)s” has a history and stays in the plan.") % {"item": task}) from error
    _recompute(plan, task.since_month or 1)


def _guard(by: User, plan: Plan) -> None:
    if not by.may(Permission.ORGANISE_PLAN, plan.bureau):
        raise Refused(_("Only the office adds tasks."))


def _refuse_units(plan: Plan, task: NewTask) -> None:
    if any(unit.bureau_id != plan.bureau_id for unit in (task.lead, *task.cooperating)):
        raise Refused(_("A unit was chosen that does not exist, or twice. Please reload the page."))
    if task.lead.kind not in REPORTING or not task.lead.is_active:
        raise Refused(_("Only a unit that reports may lead “%(item)s”.") % {"item": task.title})


def _refuse_times(plan: Plan, task: NewTask) -> None:
    locked = [period.month for period in started_periods(plan) if not period.is_open]
    if not 1 <= task.since <= 12 or task.since <= max(locked, default=0):
        raise Refused(_("Choose a first period that is not locked."))
    if any(not task.since <= node.month <= 12 for node in task.nodes):
        raise Refused(_("A node cannot be planned before the task begins."))


def _section(plan: Plan) -> Section:
    """The section of added tasks, behind all of the document's; it has no place in the text."""
    found = plan.sections.filter(in_document=False).first()
    if found is not None:
        return found
    end = len(plan.document.text)
    last = plan.sections.aggregate(last=Max("order"))["last"] or 0
    return Section.objects.create(
        plan=plan,
        order=last + 1,
        path=SECTION_PATH,
        title=SECTION_TITLE,
        start=end,
        end=end,
        in_document=False,
    )


def _next_number(plan: Plan) -> int:
    """One more than the highest number an added task has."""
    paths = plan.tasks.filter(in_document=False).values_list("path", flat=True)
    return max((int(path.rpartition("/")[2]) for path in paths), default=0) + 1


def _next_key(plan: Plan) -> int:
    keys = plan.targets.filter(task__in_document=False).values_list("key", flat=True)
    return max((int(key.removeprefix("临")) for key in keys), default=0) + 1


def _recompute(plan: Plan, since: int) -> None:
    """Ask for the lights of the started periods from that end month on."""
    later = [period for period in started_periods(plan) if period.month >= since]
    if later:
        request_recompute(plan=plan, since=later[0])
