"""Postponing a node (延期): the unit asks with a reason, the office decides; each agreed one counts.

Source: the domain description, section 4, "Milestone tasks".
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.audit import record
from accounts.models import Bureau, User
from targets.enums import Approval
from targets.errors import Refused
from targets.models import Milestone, Period, Postponement
from targets.periods import PERIOD_MONTHS, PeriodKey
from targets.selectors.nodes import Node, node_of
from targets.selectors.rights import asked_by_the_office, may_decide_postponement
from targets.selectors.sight import may_enter
from targets.services.acts import given_reason, lock_open_act, refuse_own, settle
from targets.services.periods import lock_open_period
from targets.services.recompute import request_recompute
from targets.words import single_period_name


@transaction.atomic
def ask_postponement(
    *, milestone: Milestone, period: Period, to: PeriodKey, reason: str, by: User, at: datetime | None = None
) -> Postponement:
    """Ask in an open period that a node be moved to a later one; the light stays until the office agrees.

    Raises Refused for anybody but the task's lead unit, without a reason, for a node that is done, a period
    that is not later than the planned one, and while another request for the node waits.
    """
    task, bureau = milestone.task, milestone.task.plan.bureau
    if not may_enter(by, task.lead):
        raise Refused(_("Only the lead unit of the task asks for a postponement."))
    reason = given_reason(reason)
    locked = lock_open_period(period)
    if locked.bureau_id != bureau.pk or locked.year != task.plan.year:
        raise Refused(_("Choose a period of the plan's year."))
    node = _undone(Milestone.objects.select_for_update(of=("self",)).get(pk=milestone.pk), locked)
    if to.month not in PERIOD_MONTHS or to.year > task.plan.year + 1 or to <= node.planned:
        raise Refused(
            _("“%(node)s” is planned for %(period)s: choose a later period, at most a year on.")
            % {"node": node.text, "period": single_period_name(node.planned)}
        )
    if Postponement.objects.filter(milestone=milestone, state=Approval.PROPOSED).exists():
        raise Refused(_("A postponement of “%(node)s” waits for its decision already.") % {"node": node.text})
    asked = Postponement.objects.create(
        milestone=milestone,
        effective=locked,
        to_year=to.year,
        to_month=to.month,
        reason=reason,
        by=by,
        at=at or bureau.now,
    )
    after = {"from": str(node.planned), "to": str(to), "reason": reason}
    record("postponement.asked", by=by, bureau=bureau, about=milestone, at=at, after=after)
    return asked


@transaction.atomic
def approve_postponement(*, postponement: Postponement, by: User, at: datetime | None = None) -> int:
    """The office (about its own request also a leader) agrees: the node is moved from its period on.

    Returns the plan to compute anew. Raises Refused for whoever asked, for what was decided already, for a
    node done meanwhile, and when the period has been closed.
    """
    bureau = _guard_decision(postponement, by)
    period = lock_open_period(postponement.effective)
    found = lock_open_act(postponement)
    node = _undone(found.milestone, period)
    moment = settle(found, Approval.AGREED, by=by, at=at)
    plan = found.milestone.task.plan
    request_recompute(plan=plan, since=period)
    after = {"from": str(node.planned), "to": str(found.to), "reason": found.reason}
    record("milestone.postponed", by=by, bureau=bureau, about=found.milestone, at=moment, after=after)
    return plan.pk


@transaction.atomic
def decline_postponement(
    *, postponement: Postponement, answer: str, by: User, at: datetime | None = None
) -> None:
    """Decline with a reason, as in agreeing. Raises Refused without one, and for what was decided already."""
    bureau = _guard_decision(postponement, by)
    answer = given_reason(answer)
    found = lock_open_act(postponement)
    moment = settle(found, Approval.DECLINED, by=by, at=at, answer=answer)
    after = {"to": str(found.to), "answer": answer}
    record("postponement.declined", by=by, bureau=bureau, about=found.milestone, at=moment, after=after)


@transaction.atomic
def withdraw_postponement(*, postponement: Postponement, by: User, at: datetime | None = None) -> None:
    """The unit takes its request back. Raises Refused for another unit, and for what was decided already."""
    task, bureau = postponement.milestone.task, postponement.milestone.task.plan.bureau
    if not may_enter(by, task.lead):
        raise Refused(_("Only the lead unit of the task asks for a postponement."))
    found = lock_open_act(postponement)
    moment = settle(found, Approval.WITHDRAWN, by=by, at=at)
    after = {"to": str(found.to)}
    record("postponement.withdrawn", by=by, bureau=bureau, about=found.milestone, at=moment, after=after)


def _undone(milestone: Milestone, period: Period) -> Node:
    """The node as it stands in that period; Refused when it has been done."""
    node = node_of(milestone, period.key)
    if milestone.done_in_id is not None:
        raise Refused(_("“%(node)s” has been done: there is nothing to postpone.") % {"node": node.text})
    return node


def _guard_decision(postponement: Postponement, by: User) -> Bureau:
    bureau = postponement.milestone.task.plan.bureau
    refuse_own(postponement, by)
    of_office = bool(asked_by_the_office([postponement]))
    if not may_decide_postponement(by, postponement, of_office=of_office):
        raise Refused(_("The office decides about postponements, a leader about those the office asked for."))
    return bureau
