"""Workbooks that units send in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Bureau, Job, Unit, User, random_name
from accounts.permissions import Permission
from targets.models.periods import Period

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class UploadStage(models.TextChoices):
    """What became of an uploaded workbook."""

    READING = "READING", _("Being read")
    REFUSED = "REFUSED", _("Has errors")
    PREVIEW = "PREVIEW", _("Ready to confirm")
    APPLIED = "APPLIED", _("Applied")
    DISCARDED = "DISCARDED", _("Discarded")


def upload_path(upload: SentWorkbook, filename: str) -> str:
    return f"uploads/{random_name()}.xlsx"


class SentWorkbook(Job):
    """A workbook that somebody sent in: its file, what is wrong with it, and what it would change."""

    file = models.FileField(upload_to=upload_path)
    original_name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    stage = models.CharField(max_length=9, choices=UploadStage, default=UploadStage.READING)
    errors = models.JSONField(default=list)  # see targets/upload_problems.py
    changes = models.JSONField(default=list)  # what confirming would write: targets/workbook/changes.py

    class Meta:
        abstract = True


class UploadQuerySet(models.QuerySet["Upload"]):
    def visible_to(self, user: User | AnonymousUser) -> UploadQuerySet:
        """The uploads of the units for which this person enters; for the office those of the whole bureau."""
        if not isinstance(user, User):
            return self.none()
        of_bureau = Q(unit=None, period__bureau__in=user.bureaus_where(Permission.ENTER_FOR_UNITS))
        return self.filter(of_bureau | Q(unit__in=user.units_where(Permission.ENTER_FIGURES)))


class Upload(SentWorkbook):
    """A workbook that was sent in: read by a job, previewed, then confirmed or discarded.

    Without a unit it is the office's, for the whole bureau.
    """

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, blank=True, related_name="uploads")
    period = models.ForeignKey(Period, on_delete=models.PROTECT, related_name="uploads")

    objects = UploadQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        indexes = [models.Index(fields=["state", "touched_at"])]

    def __str__(self) -> str:
        return self.original_name

    @property
    def bureau(self) -> Bureau:
        return self.period.bureau

    def get_absolute_url(self) -> str:
        return reverse("upload", args=[self.pk])
