"""Reporting periods of a bureau."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Bureau
from targets.periods import PeriodKey


class Period(models.Model):
    """A reporting period of one bureau, started and locked by its office."""

    bureau = models.ForeignKey(Bureau, on_delete=models.PROTECT, related_name="periods")
    year = models.PositiveSmallIntegerField(_("year"))
    month = models.PositiveSmallIntegerField(_("end month"))
    started_on = models.DateField(_("started on"), null=True, blank=True)
    report_due = models.DateField(_("units report by"), null=True, blank=True)
    review_due = models.DateField(_("unit review by"), null=True, blank=True)
    signoff_due = models.DateField(_("leader signs off by"), null=True, blank=True)
    approve_due = models.DateField(_("office approves by"), null=True, blank=True)
    statistics_due = models.DateField(_("statistics arrive by"), null=True, blank=True)
    bulletin_on = models.DateField(_("bulletin on"), null=True, blank=True)
    locked_on = models.DateField(_("locked on"), null=True, blank=True)

    class Meta:
        ordering = ["bureau", "year", "month"]
        constraints = [
            models.UniqueConstraint(fields=["bureau", "year", "month"], name="period_once_per_bureau"),
            models.CheckConstraint(condition=Q(month__in=[3, 6, 9, 10, 11, 12]), name="period_month_allowed"),
            models.CheckConstraint(
                condition=Q(locked_on=None) | Q(started_on__isnull=False), name="period_started_before_locked"
            ),
        ]

    def __str__(self) -> str:
        return str(self.key)

    @property
    def key(self) -> PeriodKey:
        return PeriodKey(self.year, self.month)

    @property
    def is_open(self) -> bool:
        return self.started_on is not None and self.locked_on is None

    @property
    def deadline_passed(self) -> bool:
        """Whether the units' deadline lies before the bureau's today."""
        return self.report_due is not None and self.report_due < self.bureau.today

    @property
    def cutoff(self) -> date:
        return self.key.cutoff

    @property
    def has_ended(self) -> bool:
        """Whether the data's cut-off date is reached."""
        return self.cutoff <= self.bureau.today
