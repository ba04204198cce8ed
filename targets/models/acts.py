"""Acts that change what was promised: asked for by one person, decided by another, and kept as decided.

A target and a node are never edited in place. What holds in a period is what the plan wrote and the agreed
acts that are effective by then; the database view behind `Terms` says it once for everybody.
"""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit, User
from targets.enums import Approval, Pace
from targets.labels import choices
from targets.models.fields import value_field
from targets.models.periods import Period
from targets.models.promises import Milestone, Target
from targets.periods import PeriodKey


def shares_field() -> ArrayField:
    """Cumulative shares at the four quarter ends, in percent; NULL for every pace but CUSTOM."""
    return ArrayField(
        models.DecimalField(max_digits=7, decimal_places=4),
        size=4,
        null=True,
        blank=True,
        verbose_name=_("cumulative shares per quarter, in percent"),
    )


class DecidedAct(models.Model):
    """What an adjustment and a postponement share. The database refuses every change of a decided one."""

    effective = models.ForeignKey(
        Period, on_delete=models.PROTECT, related_name="+", verbose_name=_("effective from")
    )
    reason = models.CharField(_("reason"), max_length=300)
    state = models.CharField(_("state"), max_length=9, choices=choices(Approval), default=Approval.PROPOSED)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    answer = models.CharField(_("why it was declined"), max_length=300, blank=True)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="%(class)s_has_reason"),
            models.CheckConstraint(condition=Q(state__in=list(Approval)), name="%(class)s_state_known"),
            models.CheckConstraint(
                condition=Q(state=Approval.PROPOSED, decided_by=None, decided_at=None)
                | ~Q(state=Approval.PROPOSED) & Q(decided_by__isnull=False, decided_at__isnull=False),
                name="%(class)s_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(state=Approval.AGREED) | ~Q(decided_by=F("by")), name="%(class)s_four_eyes"
            ),
            models.CheckConstraint(
                condition=~Q(state=Approval.DECLINED) | ~Q(answer=""), name="%(class)s_declined_with_reason"
            ),
        ]

    @property
    def is_open(self) -> bool:
        return self.state == Approval.PROPOSED


class Adjustment(DecidedAct):
    """A target's terms changed from `effective` on (目标调整): value and unit, pace, lead.

    `old_…` are the terms that stood just before; a `new_…` that is empty leaves its term alone. A value is
    always given with its unit; `unit_factor` counts new units in one of the plan's own.
    """

    target = models.ForeignKey(Target, on_delete=models.PROTECT, related_name="adjustments")
    document_number = models.CharField(_("document number"), max_length=60)
    old_value = value_field()
    old_unit = models.CharField(max_length=20)
    old_pace = models.CharField(max_length=8, choices=choices(Pace))
    old_pace_shares = shares_field()
    old_lead = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    new_value = value_field(_("new value"), null=True, blank=True)
    new_unit = models.CharField(_("new unit of measure"), max_length=20, blank=True)
    unit_factor = models.DecimalField(max_digits=40, decimal_places=20, null=True)
    new_pace = models.CharField(_("new pace"), max_length=8, choices=choices(Pace), blank=True)
    new_pace_shares = shares_field()
    new_lead = models.ForeignKey(
        Unit,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("new lead unit"),
    )

    class Meta(DecidedAct.Meta):
        ordering = ["target", "effective__year", "effective__month", "decided_at", "pk"]
        constraints = [
            *DecidedAct.Meta.constraints,
            models.UniqueConstraint(
                fields=["target"], condition=Q(state=Approval.PROPOSED), name="adjustment_one_open_per_target"
            ),
            models.CheckConstraint(condition=~Q(document_number=""), name="adjustment_has_document"),
            models.CheckConstraint(
                condition=Q(new_value__isnull=False) | ~Q(new_pace="") | Q(new_lead__isnull=False),
                name="adjustment_changes_something",
            ),
            models.CheckConstraint(
                condition=Q(new_value=None, new_unit="", unit_factor=None)
                | Q(new_value__isnull=False, unit_factor__gt=0) & ~Q(new_unit=""),
                name="adjustment_value_has_unit",
            ),
            models.CheckConstraint(
                condition=Q(new_pace=Pace.CUSTOM, new_pace_shares__len=4)
                | ~Q(new_pace=Pace.CUSTOM) & Q(new_pace_shares=None),
                name="adjustment_shares_fit_pace",
            ),
            models.CheckConstraint(
                condition=Q(new_pace_shares=None)
                | Q(
                    new_pace_shares__0__gte=0,
                    new_pace_shares__1__gte=F("new_pace_shares__0"),
                    new_pace_shares__2__gte=F("new_pace_shares__1"),
                    new_pace_shares__3__gte=F("new_pace_shares__2"),
                    new_pace_shares__3=100,
                ),
                name="adjustment_shares_never_fall",
            ),
        ]

    def __str__(self) -> str:
        return str(self.target)

    @property
    def changes_unit(self) -> bool:
        return bool(self.new_unit) and self.new_unit != self.old_unit

    @property
    def changes_value(self) -> bool:
        """Whether another amount is promised, or the same one in another unit."""
        return self.new_value is not None and (self.new_value != self.old_value or self.changes_unit)

    @property
    def changes_pace(self) -> bool:
        """Whether the pace differs; confirming the one that stands is kept too, but is no change."""
        pace = (self.old_pace, self.old_pace_shares)
        return bool(self.new_pace) and (self.new_pace, self.new_pace_shares) != pace


class Terms(models.Model):
    """What holds for one target in a period of its year: a view over the plan and the agreed adjustments."""

    id = models.BigIntegerField(primary_key=True)
    target = models.ForeignKey(Target, on_delete=models.DO_NOTHING, related_name="terms")
    period = models.ForeignKey(Period, on_delete=models.DO_NOTHING, related_name="+")
    value = value_field()
    unit = models.CharField(max_length=20)
    unit_factor = models.DecimalField(max_digits=40, decimal_places=20)
    pace = models.CharField(max_length=8, choices=choices(Pace))
    pace_shares = shares_field()
    lead = models.ForeignKey(Unit, on_delete=models.DO_NOTHING, related_name="+")
    is_adjusted = models.BooleanField()  # value, unit or pace
    is_moved = models.BooleanField()  # the lead

    class Meta:
        managed = False
        db_table = "targets_terms"

    def __str__(self) -> str:
        return f"{self.target_id} {self.period_id}"


class Postponement(DecidedAct):
    """A node moved to another period (延期) from `effective` on, asked by the unit; it counts (延期次数)."""

    milestone = models.ForeignKey(Milestone, on_delete=models.PROTECT, related_name="postponements")
    to_year = models.PositiveSmallIntegerField()
    to_month = models.PositiveSmallIntegerField()

    class Meta(DecidedAct.Meta):
        ordering = ["milestone", "effective__year", "effective__month", "decided_at", "pk"]
        constraints = [
            *DecidedAct.Meta.constraints,
            models.UniqueConstraint(
                fields=["milestone"],
                condition=Q(state=Approval.PROPOSED),
                name="postponement_one_open_per_node",
            ),
            models.CheckConstraint(condition=Q(to_month__gte=1, to_month__lte=12), name="postponement_month"),
        ]

    def __str__(self) -> str:
        return str(self.milestone)

    @property
    def to(self) -> PeriodKey:
        return PeriodKey(self.to_year, self.to_month)
