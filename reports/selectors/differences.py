"""Exports that show a figure otherwise than it counts now: a correction was approved since."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import F, OuterRef, QuerySet, Subquery

from accounts.models import Bureau
from reports.models import ReportedValue
from targets.models import Act, Decision, Progress

MOST = 200  # shown at once, the newest exports first


@dataclass(frozen=True)
class Difference:
    """One figure of one export: what was printed, what counts now, and the approval that changed it."""

    printed: ReportedValue  # with job, target and period
    now: Decimal | None
    approved: Decision | None  # None for a sum of units
    reason: str  # why it was corrected

    @property
    def is_basis(self) -> bool:
        """The figure itself belongs to an earlier period: the single quarter that was printed rests on it."""
        return self.printed.period_id != self.printed.job.period_id


def differing_values(bureaus: Collection[Bureau] | QuerySet[Bureau]) -> QuerySet[ReportedValue]:
    """The printed figures of these bureaus' exports that differ from what counts now (annotated as `now`)."""
    current = Progress.objects.filter(
        target=OuterRef("target"), period=OuterRef("period"), allocation=None
    ).values("actual")[:1]
    values = ReportedValue.objects.filter(job__bureau__in=bureaus).annotate(now=Subquery(current))
    return values.exclude(now=F("value"))


def differences(bureaus: Collection[Bureau] | QuerySet[Bureau]) -> list[Difference]:
    """The differing figures, newest export first, each with its last approval; three queries.

    Source: the domain description, section 4: issued reports that now differ are listed.
    """
    values = differing_values(bureaus).select_related("job__bureau", "job__period", "target", "period")
    printed = list(values.order_by("-job__created_at", "target__order", "period__month")[:MOST])
    decisions = Decision.objects.filter(
        figure__allocation=None,
        figure__target__in={value.target_id for value in printed},
        figure__period__in={value.period_id for value in printed},
        act__in=[Act.CORRECT, Act.UPDATE, Act.APPROVE],
    )
    approved: dict[tuple[int, int], Decision] = {}
    reasons: dict[tuple[int, int], str] = {}
    for decision in decisions.select_related("by", "figure").order_by("at", "pk"):
        assert decision.figure is not None  # filtered
        place = decision.figure.target_id, decision.figure.period_id
        if decision.act == Act.APPROVE:
            approved[place] = decision
        else:
            reasons[place] = decision.reason or decision.get_act_display()
    places = [(value.target_id, value.period_id) for value in printed]
    return [
        Difference(value, value.now, approved.get(place), reasons.get(place, ""))  # type: ignore[attr-defined]
        for value, place in zip(printed, places, strict=True)
    ]
