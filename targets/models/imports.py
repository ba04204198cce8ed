"""Published documents on their way to a plan, and what people decided about them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Bureau, Job, User, random_name
from accounts.permissions import Permission
from plans.models import Plan

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class ImportStage(models.TextChoices):
    """What became of a document that was to be a plan."""

    READING = "READING", _("Being read")
    REFUSED = "REFUSED", _("Cannot be read")
    REVIEW = "REVIEW", _("Under review")
    CONFIRMED = "CONFIRMED", _("Plan made")
    DISCARDED = "DISCARDED", _("Discarded")


def import_path(plan_import: PlanImport, filename: str) -> str:
    return f"imports/{random_name()}"


class PlanImportQuerySet(models.QuerySet["PlanImport"]):
    def visible_to(self, user: User | AnonymousUser) -> PlanImportQuerySet:
        """The imports of the bureaus whose plans this person may import."""
        if not isinstance(user, User):
            return self.none()
        return self.filter(bureau__in=user.bureaus_where(Permission.IMPORT_PLANS))


class PlanImport(Job):
    """A published document, read by a job, reviewed by people, then confirmed as a plan or discarded.

    `reading` is what the rules found and is never edited; what people decided stands in `ImportDecision`.
    """

    bureau = models.ForeignKey(Bureau, on_delete=models.PROTECT, related_name="plan_imports")
    year = models.PositiveSmallIntegerField(_("year"), null=True)  # None until it is known
    title = models.CharField(_("title"), max_length=200, blank=True)
    source_name = models.CharField(_("file name"), max_length=200, blank=True)
    file = models.FileField(upload_to=import_path, blank=True)  # none for a pasted text
    text = models.TextField(_("text"), blank=True)  # empty until a file has been read
    sha256 = models.CharField(max_length=64)  # of the file or of the pasted text
    published_on = models.DateField(_("published on"), null=True, blank=True)
    stage = models.CharField(max_length=9, choices=ImportStage, default=ImportStage.READING)
    reading = models.JSONField(default=dict)
    refusal = models.JSONField(default=dict)  # code and values of the message, see plans/readers/refusals.py
    plan = models.OneToOneField(
        Plan, on_delete=models.PROTECT, null=True, blank=True, related_name="made_by_import"
    )

    objects = PlanImportQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        indexes = [
            models.Index(fields=["state", "touched_at"]),
            models.Index(fields=["bureau", "-created_at"]),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(stage=ImportStage.CONFIRMED, plan__isnull=False)
                | ~Q(stage=ImportStage.CONFIRMED) & Q(plan__isnull=True),
                name="import_confirmed_has_plan",
            ),
        ]

    def __str__(self) -> str:
        return self.title or self.source_name

    def get_absolute_url(self) -> str:
        return reverse("import", args=[self.pk])


class ImportDecision(models.Model):
    """What a person decided about one field of one item; without the row the rules' answer holds."""

    plan_import = models.ForeignKey(PlanImport, on_delete=models.CASCADE, related_name="decisions")
    item = models.CharField(max_length=80)  # target:T1, number:1234, task:<path>, section:<path>, plan
    field = models.CharField(max_length=20)
    value = models.JSONField(null=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["plan_import", "item", "field"]
        constraints = [
            models.UniqueConstraint(
                fields=["plan_import", "item", "field"], name="import_decision_once_per_field"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item} {self.field}"
