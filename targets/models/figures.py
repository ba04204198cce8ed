"""Reported numbers with every version, warning and decision."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from targets.enums import Basis, Nature, State
from targets.labels import choices
from targets.models.fields import value_field
from targets.models.periods import Period
from targets.models.promises import Allocation, Target
from targets.openings import figure_key


class Reported(models.Model):
    """What a figure and a narrative share: state, revision for stale forms, and who acted last.

    `approved_version` names the version that counts; it stays while a correction is under way.
    """

    period = models.ForeignKey(Period, on_delete=models.PROTECT, related_name="%(class)ss")
    state = models.CharField(_("state"), max_length=9, choices=choices(State), default=State.DRAFT)
    revision = models.PositiveIntegerField(default=0)
    last_version = models.PositiveSmallIntegerField(default=0)
    approved_version = models.PositiveSmallIntegerField(null=True)
    updated_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    updated_at = models.DateTimeField()
    submitted_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    submitted_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True


class Figure(Reported):
    """The number of one target (or one of its allocations) in one period.

    `value` is what the unit works on; `approved_value` is what counts in progress. Cumulative for flows,
    the state at the period's end for all others; in the target's own unit of measure.
    """

    target = models.ForeignKey(Target, on_delete=models.PROTECT, related_name="figures")
    allocation = models.ForeignKey(
        Allocation, on_delete=models.PROTECT, null=True, blank=True, related_name="figures"
    )
    value = value_field(_("value"), null=True, blank=True)
    not_applicable = models.BooleanField(_("not applicable"), default=False)
    numerator = value_field(_("numerator"), null=True, blank=True)
    denominator = value_field(_("denominator"), null=True, blank=True)
    basis = models.CharField(_("basis"), max_length=10, choices=choices(Basis), default=Basis.CUMULATIVE)
    entered = models.CharField(_("as entered"), max_length=60, blank=True)
    nature = models.CharField(_("nature of the data"), max_length=8, choices=choices(Nature))
    forecast = value_field(_("expected for the year"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=500, blank=True)
    source = models.CharField(_("source"), max_length=200, blank=True)
    is_sample = models.BooleanField(_("demonstration data"), default=False)
    approved_value = value_field(null=True)
    approved_not_applicable = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["target", "period"], condition=Q(allocation=None), name="figure_once_for_the_whole"
            ),
            models.UniqueConstraint(fields=["allocation", "period"], name="figure_once_per_allocation"),
            models.CheckConstraint(
                condition=~Q(state=State.APPROVED) | Q(approved_version__isnull=False),
                name="figure_approved_has_version",
            ),
            models.CheckConstraint(
                condition=Q(approved_version__isnull=False) | Q(approved_value=None),
                name="figure_counts_only_when_approved",
            ),
            models.CheckConstraint(
                condition=Q(value=None) | Q(not_applicable=False), name="figure_value_or_not_applicable"
            ),
        ]
        indexes = [models.Index(fields=["period", "state"])]

    def __str__(self) -> str:
        return f"{self.target} {self.period}"

    @property
    def duty_key(self) -> str:
        """Names the figure within its period."""
        return figure_key(self.target_id, self.allocation_id)

    @property
    def is_blank(self) -> bool:
        """Nothing reported: missing, which is neither 0 nor not applicable."""
        return self.value is None and not self.not_applicable


class Origin(models.TextChoices):
    """How a version came in."""

    PAGE = "PAGE", _("Entry page")
    WORKBOOK = "WORKBOOK", _("Workbook")
    LOADED = "LOADED", _("Loaded")


class FigureVersion(models.Model):
    """One state of a figure's content. Append-only: the database refuses every change."""

    figure = models.ForeignKey(Figure, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    value = value_field(null=True)
    not_applicable = models.BooleanField(default=False)
    numerator = value_field(null=True)
    denominator = value_field(null=True)
    basis = models.CharField(max_length=10, choices=choices(Basis))
    entered = models.CharField(max_length=60, blank=True)
    nature = models.CharField(max_length=8, choices=choices(Nature))
    forecast = value_field(null=True)
    note = models.CharField(max_length=500, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    origin = models.CharField(max_length=8, choices=Origin)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["figure", "number"]
        constraints = [models.UniqueConstraint(fields=["figure", "number"], name="figure_version_once")]

    def __str__(self) -> str:
        return f"{self.figure_id} v{self.number}"


class FigureWarning(models.Model):
    """Something that looked wrong about a version, and what the reporter answered. Never blocks."""

    figure = models.ForeignKey(Figure, on_delete=models.PROTECT, related_name="warnings")
    version = models.PositiveSmallIntegerField()
    code = models.CharField(max_length=40)
    values = models.JSONField(default=dict)
    text = models.CharField(max_length=300, blank=True)
    answer = models.CharField(max_length=300, blank=True)
    answered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["figure", "version", "pk"]

    def __str__(self) -> str:
        return self.code
