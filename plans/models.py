"""The published document and the plan that was read from it: sections and tasks with their offsets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Bureau, Unit, User
from accounts.permissions import Permission

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class PlanDocument(models.Model):
    """The text as it was published; the database refuses a change. All else points into it by offsets."""

    bureau = models.ForeignKey(Bureau, on_delete=models.PROTECT, related_name="documents")
    title = models.CharField(_("title"), max_length=200)
    text = models.TextField(_("text"))
    sha256 = models.CharField(max_length=64)
    published_on = models.DateField(_("published on"), null=True, blank=True)
    source_name = models.CharField(_("file name"), max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["bureau", "sha256"], name="document_once_per_bureau"),
            models.CheckConstraint(condition=~Q(text=""), name="document_has_text"),
        ]

    def __str__(self) -> str:
        return self.title


class PlanQuerySet(models.QuerySet["Plan"]):
    def visible_to(self, user: User | AnonymousUser) -> PlanQuerySet:
        """The plans of the bureaus in which this person may read plans."""
        if not isinstance(user, User):
            return self.none()
        return self.filter(bureau__in=user.bureaus_where(Permission.VIEW_PLAN))


class Plan(models.Model):
    """One bureau's annual work plan (年度工作要点)."""

    bureau = models.ForeignKey(Bureau, on_delete=models.PROTECT, related_name="plans")
    document = models.OneToOneField(PlanDocument, on_delete=models.PROTECT, related_name="plan")
    year = models.PositiveSmallIntegerField(_("year"))
    title = models.CharField(_("title"), max_length=200)
    notice = models.CharField(_("notice"), max_length=200, blank=True)

    objects = PlanQuerySet.as_manager()

    class Meta:
        ordering = ["bureau", "-year"]
        constraints = [
            models.UniqueConstraint(fields=["bureau", "year"], name="plan_one_per_bureau_and_year"),
            models.CheckConstraint(condition=Q(year__gte=2000, year__lte=2100), name="plan_year_sensible"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("plan", args=[self.bureau.code, self.year])


class Passage(models.Model):
    """A stretch of the document: `[start, end)` in characters of its stored text."""

    order = models.PositiveSmallIntegerField(_("order"))
    path = models.CharField(_("path"), max_length=60)
    label = models.CharField(_("number as printed"), max_length=20, blank=True)
    title = models.CharField(_("title"), max_length=200)
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    in_document = models.BooleanField(default=True)  # what the office added stands behind the text's end

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.label}{self.title}"


class Section(Passage):
    """A part of the plan with its original numbering; sections form a tree."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="sections")
    parent = models.ForeignKey(
        "self", on_delete=models.CASCADE, null=True, blank=True, related_name="children"
    )

    class Meta:
        ordering = ["plan", "order"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "path"], name="section_path_unique_in_plan"),
            models.CheckConstraint(
                condition=Q(end__gt=F("start"), in_document=True) | Q(end=F("start"), in_document=False),
                name="section_span_fits",
            ),
        ]


class Tag(models.Model):
    """A channel through which a bureau also reports tasks and targets (政府工作报告, 绩效目标, 省厅 …)."""

    bureau = models.ForeignKey(Bureau, on_delete=models.CASCADE, related_name="tags")
    name = models.CharField(_("tag"), max_length=20)

    class Meta:
        ordering = ["bureau", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["bureau", "name"], name="tag_name_unique_in_bureau"),
            models.CheckConstraint(condition=~Q(name=""), name="tag_has_name"),
        ]

    def __str__(self) -> str:
        return self.name


class Task(Passage):
    """One task of the plan (任务), with its lead and cooperating units.

    `lead` leads it from now on; for an earlier period ask `led_in`.
    """

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="tasks")
    section = models.ForeignKey(Section, on_delete=models.CASCADE, related_name="tasks")
    lead = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="led_tasks")
    cooperating = models.ManyToManyField(Unit, blank=True, related_name="cooperating_tasks")
    cooperating_text = models.CharField(_("other cooperating parties"), max_length=200, blank=True)
    tags = models.ManyToManyField(Tag, blank=True, related_name="tasks")
    since_month = models.PositiveSmallIntegerField(null=True, blank=True)  # an added one's first period

    class Meta:
        ordering = ["plan", "order"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "path"], name="task_path_unique_in_plan"),
            models.CheckConstraint(
                condition=Q(end__gt=F("start"), in_document=True) | Q(end=F("start"), in_document=False),
                name="task_span_fits",
            ),
            models.CheckConstraint(
                condition=Q(since_month=None, in_document=True)
                | Q(since_month__isnull=False, since_month__range=(1, 12), in_document=False),
                name="task_since_fits",
            ),
        ]
        indexes = [models.Index(fields=["lead", "plan"])]

    def get_absolute_url(self) -> str:
        return reverse("task", args=[self.pk])

    def led_in(self, month: int) -> Unit:
        """The unit that leads the task in the period of the plan's year with that end month.

        `lead_changes` are prefetched with their units, where it is asked for many tasks.
        """
        changes = self.lead_changes.all()
        return next((change.unit for change in changes if change.through_month >= month), self.lead)


class TaskOrigin(models.Model):
    """Where a task that is not in the document comes from (临时任务)."""

    task = models.OneToOneField(Task, on_delete=models.CASCADE, related_name="origin")
    source = models.CharField(_("source"), max_length=100)
    document_number = models.CharField(_("document number"), max_length=60, blank=True)
    issued_on = models.DateField(_("date"), null=True, blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(source=""), name="task_origin_has_source")]

    def __str__(self) -> str:
        return f"{self.source} {self.document_number}".strip()


class LeadChange(models.Model):
    """A task got another lead: the former one leads it up to and including a period. Append-only.

    Texts belong to units: what the former lead has written stays the lead's text of those periods.
    """

    task = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="lead_changes")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    through_month = models.PositiveSmallIntegerField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["task", "through_month", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(through_month__gte=1, through_month__lte=12), name="lead_change_month"
            )
        ]

    def __str__(self) -> str:
        return f"{self.task} ← {self.unit}"
