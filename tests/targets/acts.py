"""Agreed acts for tests, made through the services a person would use."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from accounts.models import Bureau, Unit, User
from targets.models import Adjustment, Milestone, Period, Postponement, Progress, Target
from targets.periods import PeriodKey
from targets.services.adjusting import NewTerms, approve_adjustment, propose_adjustment
from targets.services.periods import Dates, start_period
from targets.services.postponing import approve_postponement, ask_postponement
from targets.services.recompute import catch_up

AT = datetime(2014, 10, 27, 2, tzinfo=UTC)


def user(name: str) -> User:
    return User.objects.get(username=name)


def proposed(target: Target, month: int, **terms: Any) -> Adjustment:
    """The office of the target's bureau asks for these terms from that month on."""
    if not isinstance(terms.get("value"), Decimal | None):
        terms["value"] = Decimal(terms["value"])
    bureau = target.plan.bureau
    return propose_adjustment(
        target=Target.objects.select_related("plan__bureau").get(pk=target.pk),
        since=PeriodKey(target.plan.year, month),
        terms=NewTerms(**terms),
        reason="认证周期长(演示)",
        document_number="武科〔2014〕88号",
        by=user(f"{bureau.code}_office"),
        at=AT,
    )


def agreed(target: Target, month: int, **terms: Any) -> Adjustment:
    """Proposed, and agreed to by a leader; progress is caught up."""
    adjustment = proposed(target, month, **terms)
    leader = user(f"{target.plan.bureau.code}_leader")
    catch_up(plan_id=approve_adjustment(adjustment=adjustment, by=leader, at=AT))
    adjustment.refresh_from_db()
    return adjustment


def postponed(node: Milestone, period: Period, to: PeriodKey) -> Postponement:
    """Asked for by the lead unit, and agreed to by the office; progress is caught up."""
    bureau = node.task.plan.bureau
    reporter = User.objects.filter(memberships__unit=node.task.lead, memberships__role="reporter").first()
    assert reporter
    asked = ask_postponement(milestone=node, period=period, to=to, reason="延期", by=reporter, at=AT)
    catch_up(plan_id=approve_postponement(postponement=asked, by=user(f"{bureau.code}_office"), at=AT))
    asked.refresh_from_db()
    return asked


def start_december(bureau: Bureau) -> Period:
    key, dates = PeriodKey(2014, 12), Dates(date(2015, 1, 9))
    plan = start_period(bureau=bureau, key=key, dates=dates, by=user(f"{bureau.code}_office"))
    catch_up(plan_id=plan.pk)
    return Period.objects.select_related("bureau").get(bureau=bureau, month=12)


def rows_of(key: str) -> dict[int, Progress]:
    rows = Progress.objects.filter(target__key=key, allocation=None).select_related("period")
    return {row.period.month: row for row in rows}


def reporter_of(unit: Unit) -> User:
    found = User.objects.filter(memberships__unit=unit, memberships__role="reporter", is_active=True).first()
    assert found
    return found
