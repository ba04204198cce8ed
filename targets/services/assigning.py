"""The office assigns lead and cooperating units and tags to the tasks and targets of a plan (任务分解)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.audit import record
from accounts.models import Unit, User
from accounts.permissions import Permission
from plans.models import LeadChange, Plan, Tag, Task
from targets.errors import Refused
from targets.models import Narrative, Period, Target
from targets.selectors.assignment import (
    Assigned,
    Item,
    assignable_items,
    assigned,
    item_key,
    reported_targets,
)
from targets.selectors.owners import REPORTING
from targets.services.allocating import started_periods
from targets.services.recompute import request_recompute
from targets.words import period_name

MAX_OTHERS = 200
MOST_TOLD = 10


@dataclass(frozen=True)
class AssignmentInput:
    """What was chosen in one row; `was` is the stamp of what the form was opened with."""

    key: str
    wanted: Assigned
    was: str


@dataclass(frozen=True)
class AssignmentChange:
    """What became of one task or target."""

    item: Item
    before: Assigned
    after: Assigned
    still_led: str = ""  # the period through which the former lead still reports


@transaction.atomic
def assign(
    *, plan: Plan, rows: Sequence[AssignmentInput], by: User, at: datetime | None = None
) -> list[AssignmentChange]:
    """Store what was chosen, all rows or none; returns the changes in the order of the rows.

    A row that was not touched is left alone, whatever stands there now. A target's lead is assigned freely
    until figures or texts of it exist; then it is changed by an adjustment. A task's former lead finishes the
    periods it has begun or that are locked; the new one reports from the period after. Raises Refused, with
    every reason at once, for units and tags of another bureau and for rows that somebody else changed.
    """
    bureau = plan.bureau
    if not by.may(Permission.ORGANISE_PLAN, bureau):
        raise Refused(_("Only the office assigns units."))
    work = _Assigning(plan)
    changes = work.changes(rows)
    if not changes:
        return []
    at = at or bureau.now
    changes = [work.write(change, by, at) for change in changes]
    if work.first_affected:
        request_recompute(plan=plan, since=work.first_affected)
    names = work.names
    record(
        "plan.assigned",
        by=by,
        bureau=bureau,
        about=plan,
        before={str(change.item): _told(change.before, names) for change in changes},
        after={str(change.item): _told(change.after, names) for change in changes},
        at=at,
    )
    return changes


class _Assigning:
    """Everything that is asked about the rows, fetched once, with the plan and its periods locked."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        Plan.objects.select_for_update().get(pk=plan.pk)
        self.periods = started_periods(plan)
        self.items = {item_key(item): item for item in assignable_items(plan)}
        self.units = {unit.pk: unit for unit in Unit.objects.filter(bureau=plan.bureau_id)}
        self.tags = {tag.pk: tag for tag in Tag.objects.filter(bureau=plan.bureau_id)}
        self.reported = reported_targets(plan)
        self.first_affected: Period | None = None

    @property
    def names(self) -> dict[str, dict[int, str]]:
        return {
            "units": {pk: unit.name for pk, unit in self.units.items()},
            "tags": {pk: tag.name for pk, tag in self.tags.items()},
        }

    def changes(self, rows: Iterable[AssignmentInput]) -> list[AssignmentChange]:
        """What differs from what is stored; raises Refused with every reason at once."""
        found, reasons = [], []
        for row in rows:
            item = self.items.get(row.key)
            if item is None:
                raise Refused(_("The plan was changed meanwhile. Please reload the page."))
            before = assigned(item)
            if row.wanted.stamp in {row.was, before.stamp}:
                continue
            if reason := self._refusal(item, before, row):
                reasons.append(reason)
            found.append(AssignmentChange(item, before, row.wanted))
        if reasons:
            raise Refused(" ".join(reasons[:MOST_TOLD]))
        return found

    def _refusal(self, item: Item, before: Assigned, row: AssignmentInput) -> str:
        """Why this row cannot be stored; "" when it can."""
        wanted, values = row.wanted, {"item": item, "limit": MAX_OTHERS}
        if row.was != before.stamp:
            return _("Somebody else changed “%(item)s” meanwhile: reload the page and look again.") % values
        lead = self.units.get(wanted.lead)
        known = lead is not None and wanted.cooperating <= set(self.units) and wanted.tags <= set(self.tags)
        if not known:
            return _("A unit or tag chosen for “%(item)s” does not exist: choose again.") % values
        if len(wanted.text) > MAX_OTHERS:
            return _("The other parties of “%(item)s” have more than %(limit)s characters.") % values
        if wanted.lead == before.lead:
            return ""
        if lead is None or lead.kind not in REPORTING or not lead.is_active:
            return _("Only a unit that reports may lead “%(item)s”.") % values
        if isinstance(item, Target) and item.pk in self.reported:
            return (
                _(
                    "“%(item)s” has been reported on: changing its lead is a target adjustment, which is "
                    "proposed on the target's page."
                )
                % values
            )
        return ""

    def write(self, change: AssignmentChange, by: User, at: datetime) -> AssignmentChange:
        """Store one change; returns it with the period through which a former lead still reports."""
        item, after = change.item, change.after
        if isinstance(item, Task) and after.lead != change.before.lead:
            change = replace(change, still_led=self._change_lead(item, by, at))
        model: Any = type(item)
        model.objects.filter(pk=item.pk).update(lead=after.lead, cooperating_text=after.text)
        item.cooperating.set(after.cooperating)
        item.tags.set(after.tags)
        return change

    def _change_lead(self, task: Task, by: User, at: datetime) -> str:
        """Keep the former lead for the periods that it has begun or that are locked."""
        begun = set(
            Narrative.objects.filter(task=task, unit=task.lead_id, last_version__gt=0).values_list(
                "period_id", flat=True
            )
        )
        kept = [period for period in self.periods if not period.is_open or period.pk in begun]
        later = [period for period in self.periods if not kept or period.month > kept[-1].month]
        if later and (self.first_affected is None or later[0].month < self.first_affected.month):
            self.first_affected = later[0]
        if not kept:
            return ""
        LeadChange.objects.create(task=task, unit_id=task.lead_id, through_month=kept[-1].month, by=by, at=at)
        return period_name(kept[-1].key) if kept[-1].is_open else ""


def _told(state: Assigned, names: dict[str, dict[int, str]]) -> dict[str, Any]:
    """The assignment in words, for the audit trail."""
    return {
        "lead": names["units"].get(state.lead, ""),
        "cooperating": [names["units"][pk] for pk in sorted(state.cooperating)],
        "others": state.text,
        "tags": [names["tags"][pk] for pk in sorted(state.tags)],
    }
