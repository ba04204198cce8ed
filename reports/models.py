"""Exported files and the jobs that write them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Bureau, Job, JobState, User, random_name
from accounts.permissions import Permission
from plans.models import Plan, Tag
from targets.models import Period, Target
from targets.models.fields import value_field
from targets.words import period_name

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class ExportKind(models.TextChoices):
    """What is exported."""

    PROGRESS_REPORT = "PROGRESS_REPORT", _("Progress report")


def export_path(job: ExportJob, filename: str) -> str:
    """Where the file lies: an unguessable name outside everything that has an address (A-10)."""
    return f"exports/{random_name()}.xlsx"


class ExportJobQuerySet(models.QuerySet["ExportJob"]):
    def visible_to(self, user: User | AnonymousUser) -> ExportJobQuerySet:
        """The exports of the bureaus in which this person may export."""
        if not isinstance(user, User):
            return self.none()
        return self.filter(bureau__in=user.bureaus_where(Permission.EXPORT_REPORTS))


class ExportJob(Job):
    """One export of a plan's period; `file` is there from DONE until `expires_at`, and only whole."""

    bureau = models.ForeignKey(Bureau, on_delete=models.PROTECT, related_name="export_jobs")
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="export_jobs")
    period = models.ForeignKey(Period, on_delete=models.PROTECT, related_name="export_jobs")
    tag = models.ForeignKey(Tag, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    kind = models.CharField(max_length=20, choices=ExportKind, default=ExportKind.PROGRESS_REPORT)
    file = models.FileField(upload_to=export_path, blank=True)
    file_name = models.CharField(_("file name"), max_length=200)
    rows = models.PositiveIntegerField(_("rows"), default=0)
    expires_at = models.DateTimeField(_("kept until"), null=True)

    objects = ExportJobQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            # A double click finds the job of the first click.
            models.UniqueConstraint(
                fields=["owner", "plan", "period", "kind"],
                condition=Q(state__in=[JobState.QUEUED, JobState.RUNNING], tag=None),
                name="export_one_under_way_per_person",
            ),
            models.UniqueConstraint(
                fields=["owner", "plan", "period", "kind", "tag"],
                condition=Q(state__in=[JobState.QUEUED, JobState.RUNNING]),
                name="export_one_under_way_per_tag",
            ),
            models.CheckConstraint(
                condition=~Q(state=JobState.DONE) | Q(finished_at__isnull=False, expires_at__isnull=False),
                name="export_done_has_dates",
            ),
            models.CheckConstraint(
                condition=Q(state=JobState.DONE) | Q(file=""), name="export_file_only_when_done"
            ),
        ]
        indexes = [
            models.Index(fields=["bureau", "-created_at"]),
            models.Index(fields=["state", "touched_at"]),
            models.Index(fields=["expires_at"], condition=~Q(file=""), name="export_kept_files"),
        ]

    def __str__(self) -> str:
        return self.file_name

    def get_absolute_url(self) -> str:
        return reverse("export", args=[self.pk])

    @property
    def period_name(self) -> str:
        return period_name(self.period.key)

    @property
    def is_ready(self) -> bool:
        """Whether there is a file to download."""
        return self.state == JobState.DONE and bool(self.file)

    @property
    def is_gone(self) -> bool:
        """Whether the file was written and has been removed since."""
        return self.state == JobState.DONE and not self.file


class ReportedValue(models.Model):
    """A figure as an export shows it, so that a later correction finds the reports that now differ.

    Of a flow the quarter before is kept too: the single quarter that was printed rests on it.
    """

    job = models.ForeignKey(ExportJob, on_delete=models.CASCADE, related_name="values")
    target = models.ForeignKey(Target, on_delete=models.PROTECT, related_name="+")
    period = models.ForeignKey(Period, on_delete=models.PROTECT, related_name="+")
    value = value_field()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["job", "target", "period"], name="reported_value_once_per_export")
        ]

    def __str__(self) -> str:
        return f"{self.job_id} {self.target_id} {self.value}"
