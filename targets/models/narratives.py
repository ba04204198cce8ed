"""Reported texts and ticked nodes with every version, and the decisions on all that is reported."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit, User
from plans.models import Task
from targets.enums import State
from targets.models.figures import Figure, Origin, Reported
from targets.models.promises import Milestone, Target
from targets.openings import text_key


class Narrative(Reported):
    """What one unit writes about a task or a target in one period: progress, problems, next steps."""

    task = models.ForeignKey(Task, on_delete=models.PROTECT, null=True, blank=True, related_name="narratives")
    target = models.ForeignKey(
        Target, on_delete=models.PROTECT, null=True, blank=True, related_name="narratives"
    )
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="narratives")
    progress = models.TextField(_("progress"), blank=True)
    problem = models.TextField(_("problems"), blank=True)
    next_step = models.TextField(_("next steps"), blank=True)
    is_sample = models.BooleanField(_("demonstration data"), default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(task__isnull=True, target__isnull=False)
                | Q(task__isnull=False, target__isnull=True),
                name="narrative_about_one_thing",
            ),
            models.UniqueConstraint(fields=["task", "unit", "period"], name="narrative_once_per_task"),
            models.UniqueConstraint(fields=["target", "unit", "period"], name="narrative_once_per_target"),
            models.CheckConstraint(
                condition=~Q(state=State.APPROVED) | Q(approved_version__isnull=False),
                name="narrative_approved_has_version",
            ),
        ]
        indexes = [models.Index(fields=["period", "state"]), models.Index(fields=["unit", "period"])]

    def __str__(self) -> str:
        return f"{self.task or self.target} {self.period}"

    @property
    def duty_key(self) -> str:
        """Names the unit's text within its period."""
        return text_key(self.task_id, self.target_id)

    @property
    def is_blank(self) -> bool:
        return not (self.progress or self.problem or self.next_step)


class NodeReport(models.Model):
    """A node ticked as done in a narrative; it counts once the narrative is approved."""

    narrative = models.ForeignKey(Narrative, on_delete=models.CASCADE, related_name="node_reports")
    milestone = models.ForeignKey(Milestone, on_delete=models.CASCADE, related_name="reports")
    what = models.CharField(_("what was done"), max_length=300, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["narrative", "milestone"], name="node_ticked_once")]

    def __str__(self) -> str:
        return f"{self.milestone} ✓"


class NarrativeVersion(models.Model):
    """One state of a narrative's content, its ticked nodes included. Append-only."""

    narrative = models.ForeignKey(Narrative, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    progress = models.TextField(blank=True)
    problem = models.TextField(blank=True)
    next_step = models.TextField(blank=True)
    nodes = models.JSONField(default=dict)  # milestone id → what was done
    reason = models.CharField(max_length=300, blank=True)
    origin = models.CharField(max_length=8, choices=Origin)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["narrative", "number"]
        constraints = [models.UniqueConstraint(fields=["narrative", "number"], name="narrative_version_once")]

    def __str__(self) -> str:
        return f"{self.narrative_id} v{self.number}"


class Act(models.TextChoices):
    """What was done to a reported item; every round is kept."""

    SUBMIT = "SUBMIT", _("Submitted")
    PASS = "PASS", _("Passed the unit's review")
    SIGN = "SIGN", _("Signed off by the leader in charge")
    RETURN = "RETURN", _("Returned")
    APPROVE = "APPROVE", _("Approved")
    CORRECT = "CORRECT", _("Correction opened")
    UPDATE = "UPDATE", _("Newer nature of the data")


class Decision(models.Model):
    """One step of a figure or narrative on its way, with the reason where one was given. Append-only."""

    figure = models.ForeignKey(Figure, on_delete=models.PROTECT, null=True, related_name="decisions")
    narrative = models.ForeignKey(Narrative, on_delete=models.PROTECT, null=True, related_name="decisions")
    act = models.CharField(max_length=8, choices=Act)
    version = models.PositiveSmallIntegerField()
    reason = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(figure__isnull=True, narrative__isnull=False)
                | Q(figure__isnull=False, narrative__isnull=True),
                name="decision_about_one_item",
            ),
            models.CheckConstraint(
                condition=~Q(act__in=[Act.RETURN, Act.CORRECT]) | ~Q(reason=""),
                name="decision_return_and_correction_have_reason",
            ),
        ]

    def __str__(self) -> str:
        return self.act
