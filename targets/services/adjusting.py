"""Adjusting a target (目标调整): the office proposes, a leader decides; the target stays as written.

Source: the domain description, sections 3 and 5.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.audit import record
from accounts.models import Bureau, Unit, User
from accounts.permissions import Permission
from plans.models import Plan
from targets.enums import Approval, Pace
from targets.errors import Refused
from targets.models import Adjustment, Period, Target
from targets.periods import PERIOD_MONTHS, PeriodKey
from targets.selectors.owners import REPORTING
from targets.selectors.terms import stand_in_force
from targets.services.acts import given_reason, lock_open_act, refuse_own, settle
from targets.services.conversion import convert_figures, fits, move_drafts, units_in_one
from targets.services.recompute import request_recompute
from targets.words import period_name

MAX_DOCUMENT = 60


@dataclass(frozen=True)
class NewTerms:
    """What is asked for; what is left out stays. The value counts in `unit` (empty: the present one).

    A pace equal to the present one confirms it.
    """

    value: Decimal | None = None
    unit: str = ""
    pace: str = ""
    pace_shares: tuple[Decimal, ...] | None = None
    lead: Unit | None = None


@transaction.atomic
def propose_adjustment(
    *,
    target: Target,
    since: PeriodKey,
    terms: NewTerms,
    reason: str,
    document_number: str,
    by: User,
    at: datetime | None = None,
) -> Adjustment:
    """Ask the leaders for other terms from a period on; nothing changes before one of them agrees.

    Raises Refused without the right, a reason or a document number, for a period that is closed or of another
    year, while another proposal for this target waits, when nothing would change, for a unit of measure of
    another dimension, and for a raised value whose pace was not confirmed.
    """
    bureau = target.plan.bureau
    _guard(by, Permission.PROPOSE_ADJUSTMENT, bureau)
    reason, document = given_reason(reason), _given_number(document_number)
    effective = _effective(target.plan, since)
    locked = _locked(target, effective)
    if Adjustment.objects.filter(target=locked, state=Approval.PROPOSED).exists():
        raise Refused(
            _("An adjustment of “%(item)s” waits for its decision already. Take it back first.")
            % {"item": locked}
        )
    adjustment = Adjustment(
        target=locked,
        effective=effective,
        reason=reason,
        document_number=document,
        by=by,
        at=at or bureau.now,
        **_standing(locked),
        **_asked(locked, terms, effective),
    )
    adjustment.save()
    before, after = _told(adjustment, "old"), _told(adjustment, "new")
    record("adjustment.proposed", by=by, bureau=bureau, about=locked, at=at, before=before, after=after)
    return adjustment


@transaction.atomic
def approve_adjustment(*, adjustment: Adjustment, by: User, at: datetime | None = None) -> int:
    """Agree (审定): from its period on the new terms are in force. Returns the plan to compute anew.

    Figures of these periods are converted where the unit of measure changes, open texts pass to a new lead.
    Raises Refused for whoever proposed it, for what was decided already, when the period has been closed or
    the target's terms changed since, and where a figure cannot be written exactly in the new unit.
    """
    target = adjustment.target
    bureau = target.plan.bureau
    _guard(by, Permission.APPROVE_ADJUSTMENT, bureau)
    period = _locked_period(adjustment.effective)
    locked_target = _locked(target, period)
    found = lock_open_act(adjustment)
    refuse_own(found, by)
    _refuse_closed(period)
    if any(getattr(found, name) != value for name, value in _standing(locked_target).items()):
        raise Refused(
            _("The terms of “%(item)s” were changed since this was proposed. Please have it proposed again.")
            % {"item": target}
        )
    _refuse_overtaken(locked_target, found.effective, unit_changes=found.changes_unit)
    moment = settle(found, Approval.AGREED, by=by, at=at)
    converted = convert_figures(adjustment=found, by=by, at=moment) if found.changes_unit else 0
    moved = move_drafts(adjustment=found) if found.new_lead_id else 0
    request_recompute(plan=target.plan, since=found.effective)
    after = {**_told(found, "new"), "converted": converted, "moved": moved}
    before = _told(found, "old")
    record("target.adjusted", by=by, bureau=bureau, about=target, at=moment, before=before, after=after)
    return target.plan_id


@transaction.atomic
def decline_adjustment(*, adjustment: Adjustment, answer: str, by: User, at: datetime | None = None) -> None:
    """Decline with a reason. Raises Refused without one, and for what was decided already."""
    bureau = adjustment.target.plan.bureau
    _guard(by, Permission.APPROVE_ADJUSTMENT, bureau)
    answer = given_reason(answer)
    found = lock_open_act(adjustment)
    refuse_own(found, by)
    moment = settle(found, Approval.DECLINED, by=by, at=at, answer=answer)
    after = {"answer": answer, "document": found.document_number}
    record("adjustment.declined", by=by, bureau=bureau, about=found.target, at=moment, after=after)


@transaction.atomic
def withdraw_adjustment(*, adjustment: Adjustment, by: User, at: datetime | None = None) -> None:
    """The office takes a proposal back. Raises Refused for what was decided already."""
    bureau = adjustment.target.plan.bureau
    _guard(by, Permission.PROPOSE_ADJUSTMENT, bureau)
    found = lock_open_act(adjustment)
    moment = settle(found, Approval.WITHDRAWN, by=by, at=at)
    after = {"document": found.document_number}
    record("adjustment.withdrawn", by=by, bureau=bureau, about=found.target, at=moment, after=after)


def _asked(target: Target, terms: NewTerms, effective: Period) -> dict[str, Any]:
    """The new terms as they are stored, checked against those that stand."""
    asked: dict[str, Any] = {}
    unit = terms.unit or target.unit
    if terms.value is None and unit != target.unit:
        raise Refused(_("Please give the value in the new unit of measure, too."))
    if terms.value is not None:
        factor = units_in_one(target.plan_unit, unit)
        raised = terms.value > target.value * factor / target.unit_factor
        if raised and not terms.pace:
            raise Refused(_("A raised target asks for its pace: please confirm it or choose another one."))
        if not fits(terms.value):
            raise Refused(_("A value has at most 18 digits before the point and six after it."))
        if (terms.value, unit) != (target.value, target.unit):
            asked |= {"new_value": terms.value, "new_unit": unit, "unit_factor": factor}
            _refuse_overtaken(target, effective, unit_changes=unit != target.unit)
    if terms.pace:
        asked |= {"new_pace": terms.pace, "new_pace_shares": _shares(terms)}
    if terms.lead is not None and terms.lead.pk != target.lead_id:
        if terms.lead.bureau_id != target.plan.bureau_id or terms.lead.kind not in REPORTING:
            raise Refused(_("Only a unit of the bureau that reports can lead a target."))
        asked["new_lead"] = terms.lead
    standing = {"new_pace": target.pace, "new_pace_shares": target.pace_shares}
    if all(name in standing and standing[name] == value for name, value in asked.items()):
        raise Refused(_("Nothing would change. Please give a new value, unit of measure, pace or lead unit."))
    return asked


def _given_number(text: str) -> str:
    """The document number without blanks around it; Refused where there is none, or too long a one."""
    number = text.strip()
    if not number or len(number) > MAX_DOCUMENT:
        raise Refused(
            _("Please give the number of the document, in at most %(limit)s characters.")
            % {"limit": MAX_DOCUMENT}
        )
    return number


def _shares(terms: NewTerms) -> list[Decimal] | None:
    """The shares of a custom pace, None for every other; Refused where they fall or do not end at 100."""
    if terms.pace != Pace.CUSTOM:
        return None
    shares = list(terms.pace_shares or ())
    if len(shares) != 4 or shares != sorted(shares) or shares[0] < 0 or shares[-1] != 100:
        raise Refused(_("A custom pace has four shares that never fall, and the last one is 100."))
    return shares


def _refuse_overtaken(target: Target, effective: Period, *, unit_changes: bool) -> None:
    """Raise Refused for a unit of measure that would change below a later value given in the present one."""
    later = Q(effective__month__gt=effective.month) & Q(new_value__isnull=False)
    if unit_changes and Adjustment.objects.filter(later, target=target, state=Approval.AGREED).exists():
        raise Refused(
            _(
                "A later adjustment gives the value of “%(item)s” in the present unit of measure. Change the "
                "unit from that period on."
            )
            % {"item": target}
        )


def _standing(target: Target) -> dict[str, Any]:
    """The terms that stand before the act, as it keeps them."""
    return {
        "old_value": target.value,
        "old_unit": target.unit,
        "old_pace": target.pace,
        "old_pace_shares": target.pace_shares,
        "old_lead_id": target.lead_id,
    }


def _told(adjustment: Adjustment, age: str) -> dict[str, Any]:
    """The terms for the audit trail: plain values, only what the act changes."""
    told: dict[str, Any] = {}
    if adjustment.new_value is not None:
        told["value"] = f"{getattr(adjustment, f'{age}_value').normalize():f}"
        told["unit"] = getattr(adjustment, f"{age}_unit")
    if adjustment.new_pace:
        shares = getattr(adjustment, f"{age}_pace_shares")
        told["pace"] = getattr(adjustment, f"{age}_pace")
        told["shares"] = [f"{share.normalize():f}" for share in shares] if shares else None
    if adjustment.new_lead_id:
        told["lead"] = str(getattr(adjustment, f"{age}_lead"))
    if age == "new":
        told |= {"since": str(adjustment.effective.key), "reason": adjustment.reason}
        told["document"] = adjustment.document_number
    return told


def _locked(target: Target, effective: Period) -> Target:
    """The target's row, locked, as it stands in that period."""
    rows = Target.objects.select_for_update(of=("self",)).select_related("plan__bureau", "lead")
    locked = rows.get(pk=target.pk)
    stand_in_force([locked], effective)
    return locked


def _effective(plan: Plan, since: PeriodKey) -> Period:
    """The period of the plan's year from which on it holds, made where it is not there yet."""
    if since.year != plan.year or since.month not in PERIOD_MONTHS:
        raise Refused(_("Choose a period of the plan's year."))
    Period.objects.get_or_create(bureau=plan.bureau, year=since.year, month=since.month)
    period = Period.objects.get(bureau=plan.bureau, year=since.year, month=since.month)
    _refuse_closed(_locked_period(period))
    return period


def _locked_period(period: Period) -> Period:
    """The period, locked with the later ones of its year: nobody enters there while their terms change."""
    rows = Period.objects.filter(bureau=period.bureau_id, year=period.year, month__gte=period.month)
    locked = rows.select_for_update(of=("self",), no_key=True).select_related("bureau").order_by("pk")
    return next(row for row in locked if row.pk == period.pk)


def _refuse_closed(period: Period) -> None:
    if period.locked_on is not None:
        raise Refused(
            _("%(period)s is closed: what was reported and judged in it stays. Choose a later period.")
            % {"period": period_name(period.key)}
        )


def _guard(by: User, permission: Permission, bureau: Bureau) -> None:
    if not by.may(permission, bureau):
        raise Refused(_("The office proposes adjustments of targets, and a leader decides about them."))
