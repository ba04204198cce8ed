"""What is computed from approved figures; written by the recompute service alone."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Bureau
from plans.models import Plan, Task
from targets.enums import Light, Word
from targets.labels import choices
from targets.models.fields import exact_field, value_field
from targets.models.periods import Period
from targets.models.promises import Allocation, Target, TargetGroup


class ProgressRule(models.Model):
    """One version of a bureau's settings for the lights; each computed row names its version."""

    bureau = models.ForeignKey(Bureau, on_delete=models.PROTECT, related_name="progress_rules")
    number = models.PositiveSmallIntegerField()
    yellow_floor = models.DecimalField(max_digits=6, decimal_places=4, default="-0.1")
    strict = models.BooleanField(_("more than and less than are strict"), default=False)
    since = models.DateField()

    class Meta:
        ordering = ["bureau", "number"]
        constraints = [
            models.UniqueConstraint(fields=["bureau", "number"], name="rule_number_unique_in_bureau"),
            models.CheckConstraint(condition=Q(yellow_floor__lte=0), name="rule_floor_not_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.bureau} {self.number}"


class Progress(models.Model):
    """The computed status of one target or allocation in one period; only the recompute service writes it."""

    target = models.ForeignKey(Target, on_delete=models.CASCADE, related_name="progress")
    allocation = models.ForeignKey(
        Allocation, on_delete=models.CASCADE, null=True, blank=True, related_name="progress"
    )
    period = models.ForeignKey(Period, on_delete=models.CASCADE, related_name="progress")
    rule = models.ForeignKey(ProgressRule, on_delete=models.PROTECT, related_name="+")
    figure_version = models.PositiveSmallIntegerField(null=True)
    target_value = value_field(null=True)
    actual = value_field(null=True)
    baseline = value_field(null=True)
    rule_case = models.PositiveSmallIntegerField(null=True)
    share = exact_field()
    rate = exact_field()
    gap = exact_field()
    gap_shown = exact_field()
    gap_is_points = models.BooleanField(default=False)
    expected = exact_field()
    is_due = models.BooleanField()
    is_last = models.BooleanField()
    met = models.BooleanField(default=False)
    missing_baseline = models.BooleanField(default=False)
    incomplete = models.BooleanField(default=False)
    not_applicable = models.BooleanField(default=False)
    light = models.CharField(max_length=6, choices=choices(Light))
    word = models.CharField(max_length=13, choices=choices(Word))

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["target", "period"], condition=Q(allocation=None), name="progress_once_for_the_whole"
            ),
            models.UniqueConstraint(fields=["allocation", "period"], name="progress_once_per_allocation"),
        ]
        indexes = [models.Index(fields=["period", "light"])]

    def __str__(self) -> str:
        return f"{self.target_id} {self.period_id} {self.light}"


class TaskProgress(models.Model):
    """A task's light in one period: the worst of its targets and its nodes (■ ▲ ○ ● ◆ –)."""

    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="progress")
    period = models.ForeignKey(Period, on_delete=models.CASCADE, related_name="task_progress")
    light = models.CharField(max_length=6, choices=choices(Light))
    is_milestone_task = models.BooleanField()
    node_word = models.CharField(max_length=13, choices=choices(Word), blank=True)
    overdue_nodes = models.PositiveSmallIntegerField(default=0)
    due_nodes = models.PositiveSmallIntegerField(default=0)
    done_nodes = models.PositiveSmallIntegerField(default=0)
    total_nodes = models.PositiveSmallIntegerField(default=0)
    postponed = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["task", "period"], name="task_progress_once")]
        indexes = [models.Index(fields=["period", "light"])]

    def __str__(self) -> str:
        return f"{self.task_id} {self.period_id} {self.light}"


class GroupProgress(models.Model):
    """A group's light in one period: the worst of its legs that are not 力争."""

    group = models.ForeignKey(TargetGroup, on_delete=models.CASCADE, related_name="progress")
    period = models.ForeignKey(Period, on_delete=models.CASCADE, related_name="group_progress")
    light = models.CharField(max_length=6, choices=choices(Light))

    class Meta:
        constraints = [models.UniqueConstraint(fields=["group", "period"], name="group_progress_once")]

    def __str__(self) -> str:
        return f"{self.group_id} {self.period_id} {self.light}"


class Recompute(models.Model):
    """How far the progress of one plan and period has caught up with what was approved.

    `requested` grows in the approving transaction; the worker stores in `computed` the number it started
    from. Behind means: computed < requested. That is what the sweep looks for.
    """

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="recomputes")
    period = models.ForeignKey(Period, on_delete=models.CASCADE, related_name="recomputes")
    requested = models.PositiveBigIntegerField(default=0)
    computed = models.PositiveBigIntegerField(default=0)
    requested_at = models.DateTimeField(null=True)
    computed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["plan", "period"], name="recompute_once_per_plan_and_period"),
            models.CheckConstraint(condition=Q(computed__lte=F("requested")), name="recompute_never_ahead"),
        ]

    def __str__(self) -> str:
        return f"{self.plan_id} {self.period_id} {self.computed}/{self.requested}"

    @property
    def behind(self) -> int:
        """How many approved changes the stored rows do not show yet."""
        return self.requested - self.computed
