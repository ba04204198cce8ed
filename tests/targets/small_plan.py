"""A plan of any size in a bureau of its own, to count queries with 1 and 3 of everything."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from hashlib import sha256

from django.utils import timezone

from accounts.models import Bureau, Membership, Unit, UnitKind, User
from accounts.permissions import Role
from plans.models import Plan, PlanDocument, Section, Task
from targets.enums import Commitment, Comparison, Measure, Nature, Pace, State
from targets.models import (
    Act,
    Allocation,
    Decision,
    Figure,
    FigureVersion,
    FigureWarning,
    Indicator,
    Milestone,
    Narrative,
    NarrativeVersion,
    NodeReport,
    Origin,
    Period,
    ProgressRule,
    SourceKind,
    Target,
    TargetSource,
)
from targets.services.recompute import recompute as compute
from targets.services.recompute import request_recompute

PERIODS = ((6, date(2014, 6, 25)), (9, date(2014, 9, 25)))


@dataclass
class SmallPlan:
    """The plan and what belongs to it."""

    plan: Plan
    unit: Unit
    period: Period
    tasks: list[Task]
    targets: list[Target]
    user: User


def small_plan(size: int, *, code: str = "small") -> SmallPlan:
    """`size` sections, milestone tasks, targets, parts, figures and texts, computed for two periods."""
    bureau = Bureau.objects.create(code=code, name=code, short_name=code, demo_date=date(2014, 10, 27))
    unit = Unit.objects.create(bureau=bureau, name="处", kind=UnitKind.DEPARTMENT, order=1)
    user = User.objects.create(username=code, display_name="某人")
    Membership.objects.create(user=user, bureau=bureau, role=Role.OFFICE)
    Membership.objects.create(user=user, bureau=bureau, unit=unit, role=Role.REPORTER)
    ProgressRule.objects.create(bureau=bureau, number=1, since=date(2014, 1, 1))
    line = "完成新增企业100家。"
    text = "\n".join([line] * size)
    document = PlanDocument.objects.create(
        bureau=bureau, title="要点", text=text, sha256=sha256((code + text).encode()).hexdigest()
    )
    plan = Plan.objects.create(bureau=bureau, document=document, year=2014, title="要点")
    periods = [
        Period.objects.create(bureau=bureau, year=2014, month=month, started_on=day, report_due=day)
        for month, day in PERIODS
    ]
    made = [_piece(plan, unit, user, periods, number, number * (len(line) + 1)) for number in range(size)]
    request_recompute(plan=plan, since=periods[0])
    for period in periods:
        compute(plan_id=plan.pk, period_id=period.pk)
    tasks, targets = [task for task, _target in made], [target for _task, target in made]
    return SmallPlan(plan, unit, periods[-1], tasks, targets, user)


def _piece(
    plan: Plan, unit: Unit, user: User, periods: list[Period], number: int, start: int
) -> tuple[Task, Target]:
    """One section with one task that has a node and a target, reported and approved in every period."""
    span = {"order": number, "start": start, "end": start + 11}
    section = Section.objects.create(plan=plan, path=f"{number}", label=f"{number}", title="部分", **span)
    task = Task.objects.create(
        plan=plan, section=section, path=f"{number}/1", label="1", title="任务", lead=unit, **span
    )
    task.cooperating.add(unit)
    node = Milestone.objects.create(task=task, order=1, text="节点", planned_year=2014, planned_month=6)
    indicator, _new = Indicator.objects.get_or_create(name=f"指标{number}")
    target = Target.objects.create(
        plan=plan,
        key=f"S{number}",
        order=number,
        indicator=indicator,
        name=f"指标{number}",
        section=section,
        task=task,
        measure=Measure.FLOW,
        comparison=Comparison.AT_LEAST,
        commitment=Commitment.PLAIN,
        value=Decimal(100),
        unit="家",
        decimals=0,
        year_due=2014,
        pace=Pace.LINEAR,
        lead=unit,
    )
    target.cooperating.add(unit)
    TargetSource.objects.create(
        target=target,
        kind=SourceKind.PRIMARY,
        section=section,
        task=task,
        start=start + 6,
        end=start + 10,
        quote="100家",
        sentence_start=start,
        sentence_end=start + 11,
        commitment=Commitment.PLAIN,
    )
    part = Allocation.objects.create(target=target, unit=unit, order=1, value=Decimal(60))
    for period in periods:
        _report(target, None, period, user, Decimal(10 + period.month))
        _report(target, part, period, user, Decimal(5 + period.month))
        _narrate(task, node, unit, period, user)
    return task, target


def _report(target: Target, part: Allocation | None, period: Period, user: User, value: Decimal) -> None:
    at = timezone.now()
    figure = Figure.objects.create(
        target=target,
        allocation=part,
        period=period,
        value=value,
        approved_value=value,
        nature=Nature.FLASH,
        state=State.APPROVED,
        last_version=1,
        approved_version=1,
        updated_by=user,
        updated_at=at,
        submitted_by=user,
        submitted_at=at,
    )
    FigureVersion.objects.create(
        figure=figure,
        number=1,
        value=value,
        basis="CUMULATIVE",
        nature=Nature.FLASH,
        origin=Origin.PAGE,
        by=user,
        at=at,
    )
    FigureWarning.objects.create(figure=figure, version=1, code="REMARK", text="看一看")
    for act in (Act.SUBMIT, Act.APPROVE):
        Decision.objects.create(figure=figure, act=act, version=1, by=user, at=at)


def _narrate(task: Task, node: Milestone, unit: Unit, period: Period, user: User) -> None:
    at = timezone.now()
    narrative = Narrative.objects.create(
        task=task,
        unit=unit,
        period=period,
        progress="有进展",
        problem="有问题",
        state=State.APPROVED,
        last_version=1,
        approved_version=1,
        updated_by=user,
        updated_at=at,
    )
    NarrativeVersion.objects.create(
        narrative=narrative, number=1, progress="有进展", problem="有问题", origin=Origin.PAGE, by=user, at=at
    )
    NodeReport.objects.create(narrative=narrative, milestone=node, what="做完")
    for act in (Act.SUBMIT, Act.APPROVE):
        Decision.objects.create(narrative=narrative, act=act, version=1, by=user, at=at)
