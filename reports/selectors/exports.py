"""What can be exported, and everything that a progress report says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet

from accounts.models import User
from accounts.permissions import Permission
from plans.models import Plan, Section
from reports.models import ExportJob
from targets.enums import Light, State
from targets.models import Figure, Narrative, Period, ProgressRule, Recompute
from targets.policies import IN_REVIEW
from targets.selectors.board import BEHIND
from targets.selectors.leads import as_led_in, with_leads
from targets.selectors.ledger import LedgerRow, ledger
from targets.selectors.tags import tagged
from targets.selectors.terms import stand_in_force


@dataclass(frozen=True)
class Report:
    """One plan in one period: the ledger's rows and what stands around them."""

    plan: Plan
    period: Period
    rows: tuple[LedgerRow, ...]
    sections: Mapping[int, Section]
    rule: ProgressRule | None
    is_behind: bool  # what was approved last is not computed yet
    states: Mapping[tuple[str, int], State] = field(default_factory=dict)  # of what is not approved
    made_by: str = ""
    made_at: datetime | None = None
    tag: str = ""  # only what carries it is in the report

    @property
    def indicators(self) -> list[LedgerRow]:
        return [row for row in self.rows if row.target]

    @property
    def milestone_tasks(self) -> list[LedgerRow]:
        return [row for row in self.rows if not row.target]

    @property
    def behind(self) -> list[LedgerRow]:
        """■ before ▲ before ○, each kind in document order."""
        behind = [row for row in self.rows if row.light in BEHIND]
        return sorted(behind, key=lambda row: BEHIND.index(Light(row.light)))

    @property
    def is_sample(self) -> bool:
        """Whether the report has to carry the mark 演示数据."""
        return self.plan.bureau.is_demo or any(row.is_sample for row in self.rows)

    def figure_state(self, row: LedgerRow) -> State | None:
        """Where an unapproved figure stands (of a milestone task: its text); None: nothing is under way."""
        return self.states.get(("figure", row.target.pk)) if row.target else self.text_state(row)

    def text_state(self, row: LedgerRow) -> State | None:
        """Where the lead unit's unapproved text stands; None: nothing is under way."""
        if row.target:
            return self.states.get(("target", row.target.pk))
        return self.states.get(("task", row.task.pk)) if row.task else None


def exportable_periods(user: User) -> QuerySet[Period]:
    """The started periods with a plan, of the bureaus in which this person may export; newest first."""
    plans = Plan.objects.filter(bureau=OuterRef("bureau"), year=OuterRef("year"))
    return (
        Period.objects.filter(
            Exists(plans),
            bureau__in=user.bureaus_where(Permission.EXPORT_REPORTS),
            started_on__isnull=False,
        )
        .select_related("bureau")
        .order_by("bureau__order", "bureau__code", "-year", "-month")
    )


def plan_of(period: Period) -> Plan:
    """The plan of the period's bureau and year. Raises Plan.DoesNotExist."""
    return Plan.objects.select_related("bureau").get(bureau=period.bureau_id, year=period.year)


def exports_visible_to(user: User) -> QuerySet[ExportJob]:
    """The exports of this person's bureaus, newest first, with what a list shows."""
    return ExportJob.objects.visible_to(user).select_related("bureau", "plan", "period", "owner")


def report_of(job: ExportJob) -> Report:
    """Everything the job's report says; words in the language that is active.

    Stored rows as they are: nothing is computed. The number of queries does not grow with the plan.
    """
    plan = Plan.objects.select_related("bureau").get(pk=job.plan_id)
    period = Period.objects.select_related("bureau").get(pk=job.period_id)
    rows = tuple(ledger(plan, period, tagged(job.tag)))
    rule = next((row.progress.rule for row in rows if row.progress), None)
    return Report(
        plan=plan,
        period=period,
        rows=rows,
        sections={section.pk: section for section in plan.sections.all()},
        rule=rule,
        is_behind=any(row.behind for row in Recompute.objects.filter(plan=plan, period=period)),
        states=_states(plan, period),
        made_by=str(job.owner),
        made_at=job.created_at,
        tag=job.tag.name if job.tag else "",
    )


def _states(plan: Plan, period: Period) -> dict[tuple[str, int], State]:
    """Where everything stands that is reported and not approved; drafts count as not reported."""
    under_way = {"period": period, "state__in": [*IN_REVIEW, State.RETURNED]}
    figures = Figure.objects.filter(target__plan=plan, allocation=None, **under_way)
    found = {("figure", pk): State(state) for pk, state in figures.values_list("target_id", "state")}
    tasks = as_led_in(with_leads(plan.tasks.all()), period.key)
    targets = list(plan.targets.select_related("lead"))
    stand_in_force(targets, period)
    leads = {("task", task.pk): task.lead.pk for task in tasks}
    leads |= {("target", target.pk): target.lead.pk for target in targets}
    for narrative in Narrative.objects.filter(**under_way):
        subject = ("task", narrative.task_id) if narrative.task_id else ("target", narrative.target_id or 0)
        if leads.get(subject) == narrative.unit_id:
            found[subject] = State(narrative.state)
    return found
