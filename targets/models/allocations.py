"""How the parts of a target changed, and workbooks with the parts of many targets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.urls import reverse

from accounts.models import Unit, User
from accounts.permissions import Permission
from plans.models import Plan
from targets.models.fields import value_field
from targets.models.promises import Target
from targets.models.uploads import SentWorkbook

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class AllocationChange(models.Model):
    """What a part was before it changed: in force up to and including a period. Append-only.

    `through_month` is the end month of that period; 0 where nothing had been locked yet.
    """

    target = models.ForeignKey(Target, on_delete=models.PROTECT, related_name="allocation_changes")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    through_month = models.PositiveSmallIntegerField()
    old_value = value_field(null=True)
    old_baseline = value_field(null=True)
    new_value = value_field(null=True)
    new_baseline = value_field(null=True)
    is_new = models.BooleanField(default=False)  # there was no such part before
    reason = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["target", "at", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(through_month__lte=12), name="allocation_change_month")
        ]
        indexes = [models.Index(fields=["target", "unit"])]

    def __str__(self) -> str:
        return f"{self.target} · {self.unit}: {self.old_value} → {self.new_value}"


class AllocationImportQuerySet(models.QuerySet["AllocationImport"]):
    def visible_to(self, user: User | AnonymousUser) -> AllocationImportQuerySet:
        """The imports of the bureaus whose plans this person organises."""
        if not isinstance(user, User):
            return self.none()
        return self.filter(plan__bureau__in=user.bureaus_where(Permission.ORGANISE_PLAN))


class AllocationImport(SentWorkbook):
    """A matrix of parts (rows units, columns targets): read by a job, previewed, then confirmed."""

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="allocation_imports")
    notices = models.JSONField(default=list)  # targets whose row 合计 differs from the sum

    objects = AllocationImportQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        indexes = [models.Index(fields=["state", "touched_at"])]

    def __str__(self) -> str:
        return self.original_name

    def get_absolute_url(self) -> str:
        return reverse("allocation-import", args=[self.pk])
