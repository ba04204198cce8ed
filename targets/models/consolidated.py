"""The office's one text about a task or target (汇总稿), edited from what the units wrote."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from accounts.models import User
from plans.models import Plan, Task
from targets.models.periods import Period
from targets.models.promises import Target


class ConsolidatedText(models.Model):
    """One text in one period; `sources` names the originals it was edited from: narrative → version."""

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="consolidated_texts")
    period = models.ForeignKey(Period, on_delete=models.PROTECT, related_name="consolidated_texts")
    task = models.ForeignKey(Task, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    target = models.ForeignKey(Target, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    text = models.TextField(blank=True)
    revision = models.PositiveIntegerField(default=1)
    sources = models.JSONField(default=dict)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(task__isnull=True, target__isnull=False)
                | Q(task__isnull=False, target__isnull=True),
                name="consolidated_about_one_thing",
            ),
            models.UniqueConstraint(fields=["period", "task"], name="consolidated_once_per_task"),
            models.UniqueConstraint(fields=["period", "target"], name="consolidated_once_per_target"),
        ]

    def __str__(self) -> str:
        return f"{self.task or self.target} {self.period}"


class ConsolidatedVersion(models.Model):
    """One state of a consolidated text. Append-only: the database refuses every change."""

    consolidated = models.ForeignKey(ConsolidatedText, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    text = models.TextField(blank=True)
    sources = models.JSONField(default=dict)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["consolidated", "number"]
        constraints = [
            models.UniqueConstraint(fields=["consolidated", "number"], name="consolidated_version_once")
        ]

    def __str__(self) -> str:
        return f"{self.consolidated_id} v{self.number}"
