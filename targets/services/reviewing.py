"""Reviewing: unit's reviewer, leader in charge, office; each sends an item on or returns it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.audit import record
from accounts.bulk_rows import insert_rows, update_rows
from accounts.models import Bureau, Unit, User
from accounts.permissions import Permission
from plans.models import Plan
from targets.enums import State, Step
from targets.errors import Refused
from targets.models import Act, Figure, Milestone, Narrative, Period
from targets.policies import state_after_review, step_of
from targets.selectors.openings import decidable, may_be_decided
from targets.selectors.owners import unit_of
from targets.selectors.rights import may_decide
from targets.selectors.terms import rows_in_force
from targets.services.guards import told
from targets.services.periods import lock_started_period
from targets.services.recompute import request_recompute
from targets.services.versions import decision_about
from targets.words import period_name

Item = Figure | Narrative


@dataclass(frozen=True)
class ItemRef:
    """One figure or narrative as the reviewer saw it."""

    kind: str  # "figure" or "narrative"
    pk: int
    revision: int


@transaction.atomic
def pass_items(*, items: Sequence[ItemRef], unit: Unit, by: User, at: datetime | None = None) -> int:
    """The unit's review: send items on, to the leader in charge where one has to sign, else to the office.

    Returns how many; raises Refused, then none is.
    """
    _guard(may_decide(by, Step.PASS, unit))
    found = _locked(items, unit.bureau)
    for item in found:
        if unit_of(item) != unit.pk:
            raise Refused(_("This item belongs to another unit."))
    for item, owner in _waiting(found, Step.PASS, unit.bureau, by):
        item.state = state_after_review(sign_off=owner.needs_sign_off)
    _decided(found, Act.PASS, unit.bureau, by, "", at or unit.bureau.now)
    return len(found)


@transaction.atomic
def sign_items(*, items: Sequence[ItemRef], bureau: Bureau, by: User, at: datetime | None = None) -> int:
    """The sign-off (审签) of the leader in charge: send items on to the office.

    Returns how many; raises Refused, also for a unit that is not in this leader's charge; then none is.
    """
    found = _locked(items, bureau)
    for item, _unit in _waiting(found, Step.SIGN, bureau, by):
        item.state = State.REVIEWED
    _decided(found, Act.SIGN, bureau, by, "", at or bureau.now)
    return len(found)


@transaction.atomic
def return_items(
    *, items: Sequence[ItemRef], bureau: Bureau, reason: str, by: User, at: datetime | None = None
) -> int:
    """Give items back to the unit with a reason. Returns how many; raises Refused, then none is.

    Whose decision an item waits for may return it: the unit's reviewer, the leader in charge, the office.
    """
    reason = told(reason, _("Please write why you return it: the unit has to know what to mend."))
    found = _locked(items, bureau)
    units = _units(found)
    for item in found:
        step = step_of(item.state)
        if step is None:
            raise Refused(_stale(item))
        _guard(may_decide(by, step, units[unit_of(item)]))
        item.state = State.RETURNED
    _decided(found, Act.RETURN, bureau, by, reason, at or bureau.now)
    return len(found)


@transaction.atomic
def approve_items(
    *, items: Sequence[ItemRef], bureau: Bureau, by: User, at: datetime | None = None
) -> list[int]:
    """The office's final approval: from now on the items count in progress.

    Returns the ids of the plans whose progress is behind now (the caller sends the job). Raises Refused when
    an item is not at this step any more, was submitted by the same person, or was changed meanwhile; then
    none is approved.
    """
    _guard(by.may(Permission.APPROVE, bureau))
    at = at or bureau.now
    found = _locked(items, bureau)
    for item, _unit in _waiting(found, Step.APPROVE, bureau, by):
        _approve(item)
    _decided(found, Act.APPROVE, bureau, by, "", at)
    since: dict[Plan, Period] = {}
    for item in found:
        plan = _plan_of(item)
        since[plan] = min(since.get(plan, item.period), item.period, key=lambda period: period.key)
    for plan, period in since.items():
        request_recompute(plan=plan, since=period)
    return sorted(plan.pk for plan in since)


def _waiting(found: list[Item], step: Step, bureau: Bureau, by: User) -> Iterator[tuple[Item, Unit]]:
    """Each item with its unit, once it is certain that it waits for this step and this person's decision."""
    units = _units(found)
    for item in found:
        if step_of(item.state) != step:
            raise Refused(_stale(item))
        _guard(may_decide(by, step, units[unit_of(item)]))
        _four_eyes(item, by, bureau)
        yield item, units[unit_of(item)]


def _units(found: Sequence[Item]) -> dict[int, Unit]:
    """The items' units with their bureau, as they are set now."""
    return Unit.objects.select_related("bureau").in_bulk({unit_of(item) for item in found})


def _approve(item: Item) -> None:
    item.state, item.approved_version = State.APPROVED, item.last_version
    if isinstance(item, Figure):
        item.approved_value, item.approved_not_applicable = item.value, item.not_applicable
    elif item.task and item.task.led_in(item.period.month) == item.unit:
        ticked = item.node_reports.values_list("milestone_id", flat=True)
        item.completed_milestones.exclude(pk__in=ticked).update(done_in=None)
        Milestone.objects.filter(pk__in=ticked, done_in=None).update(done_in=item)


def _locked(items: Sequence[ItemRef], bureau: Bureau) -> list[Item]:
    """The items, locked in one order (no deadlock); raises Refused for one that is gone or changed."""
    wanted = {(ref.kind, ref.pk): ref.revision for ref in items}
    if not wanted:
        raise Refused(_("Nothing was chosen."))
    figure_ids = [pk for kind, pk in wanted if kind == "figure"]
    narrative_ids = [pk for kind, pk in wanted if kind == "narrative"]
    figures = Figure.objects.filter(pk__in=figure_ids, period__bureau=bureau)
    narratives = Narrative.objects.filter(pk__in=narrative_ids, period__bureau=bureau)
    periods = {*figures.values_list("period", flat=True), *narratives.values_list("period", flat=True)}
    locked = [lock_started_period(period) for period in Period.objects.filter(pk__in=periods).order_by("pk")]
    found: list[Item] = [
        *figures.select_related("target__plan", "allocation__unit", "period__bureau")
        .select_for_update(of=("self",))
        .order_by("pk"),
        *narratives.select_related("task__plan", "task__lead", "target__plan", "period__bureau", "unit")
        .prefetch_related("task__lead_changes__unit")
        .select_for_update(of=("self",))
        .order_by("pk"),
    ]
    if len(found) != len(wanted):
        raise Refused(_("An item is no longer there. Please reload the page."))
    rows_in_force(item for item in found if isinstance(item, Figure))
    opened = decidable(locked)
    for item in found:
        if not may_be_decided(item.period, unit_of(item), item.duty_key, opened):
            raise Refused(_("This period is closed. Please ask the office for an exception."))
        if item.revision != wanted[_kind(item), item.pk]:
            raise Refused(_stale(item))
    return found


def _decided(found: list[Item], act: str, bureau: Bureau, by: User, reason: str, at: datetime) -> None:
    """Store the new states, one decision each, and the audit event."""
    for item in found:
        item.revision += 1
    approved = ["approved_version", "approved_value", "approved_not_applicable"]
    figures = [item for item in found if isinstance(item, Figure)]
    narratives = [item for item in found if isinstance(item, Narrative)]
    update_rows(figures, ["state", "revision", *approved])
    update_rows(narratives, ["state", "revision", *approved[:1]])
    insert_rows([decision_about(item, act, by=by, at=at, reason=reason) for item in found])
    after = {
        "figures": {str(item.pk): item.last_version for item in figures},
        "narratives": {str(item.pk): item.last_version for item in narratives},
        "reason": reason,
    }
    label = "、".join(str(item) for item in found)
    record(f"item.{act.lower()}", by=by, bureau=bureau, label=label, at=at, after=after)


def _kind(item: Item) -> str:
    return "figure" if isinstance(item, Figure) else "narrative"


def _plan_of(item: Item) -> Plan:
    subject = item.target if isinstance(item, Figure) else item.task or item.target
    assert subject is not None  # a database constraint
    return subject.plan


def _four_eyes(item: Item, by: User, bureau: Bureau) -> None:
    if item.submitted_by_id == by.pk and not bureau.allow_self_approval:
        raise Refused(_("Nobody approves what they submitted themselves."))


def _stale(item: Item) -> str:
    text = _(
        "“%(item)s” was changed or decided by somebody else meanwhile. The list is up to date: check it."
    )
    subject = item.target if isinstance(item, Figure) else item.task or item.target
    return text % {"item": f"{subject} {period_name(item.period.key)}"}


def _guard(allowed: bool) -> None:
    if not allowed:
        raise Refused(_("You may not decide about this item."))
