"""The recompute service, the only writer of computed rows: set-based, idempotent, safe to run at once."""

from __future__ import annotations

from django.db import connection, transaction
from django.db.models import F, Q
from django.utils import timezone

from plans.models import Plan
from targets.models import Period, Recompute
from targets.progress_rows import GROUP_ROWS, NODE_ROWS, TARGET_ROWS


@transaction.atomic
def request_recompute(*, plan: Plan, since: Period) -> None:
    """Mark a plan's progress as behind, from one period on (a node done in June counts in September too)."""
    later = Q(year__gt=since.year) | Q(year=since.year, month__gte=since.month)
    periods = Period.objects.filter(later, bureau=plan.bureau_id, year=plan.year, started_on__isnull=False)
    Recompute.objects.bulk_create(
        [Recompute(plan=plan, period=period) for period in periods], ignore_conflicts=True
    )
    rows = Recompute.objects.filter(plan=plan, period__in=periods).order_by("pk").select_for_update()
    Recompute.objects.filter(pk__in=[row.pk for row in rows]).update(
        requested=F("requested") + 1, requested_at=timezone.now()
    )


def catch_up(*, plan_id: int) -> int:
    """Compute every period of the plan that is behind; returns how many were computed."""
    behind = Recompute.objects.filter(plan=plan_id, computed__lt=F("requested")).order_by("pk")
    return sum(recompute(plan_id=plan_id, period_id=row.period_id) for row in behind)


def recompute_all() -> int:
    """Compute every started period of every plan anew; returns how many (plan, period) pairs."""
    for plan in Plan.objects.order_by("pk"):
        first = Period.objects.filter(bureau=plan.bureau_id, year=plan.year).order_by("month").first()
        if first:
            request_recompute(plan=plan, since=first)
    return sum(catch_up(plan_id=plan.pk) for plan in Plan.objects.order_by("pk"))


@transaction.atomic
def recompute(*, plan_id: int, period_id: int) -> bool:
    """Rebuild the stored rows of one plan and period; False when another worker did it meanwhile.

    Holds the row of `Recompute` locked, so two workers never write the same rows at once, and remembers the
    number of requests it started from: what is approved while it runs stays behind and is computed next.
    """
    row = Recompute.objects.select_for_update().get(plan=plan_id, period=period_id)
    if not row.behind:
        return False
    with connection.cursor() as cursor:
        for statement in (TARGET_ROWS, NODE_ROWS, GROUP_ROWS):
            cursor.execute(statement, {"plan": plan_id, "period": period_id})
    row.computed, row.computed_at = row.requested, timezone.now()
    row.save(update_fields=["computed", "computed_at"])
    return True
