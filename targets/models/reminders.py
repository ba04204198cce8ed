"""Reminders (催报) and the daily mails that carry them."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit, User
from targets.models.periods import Period


class Reminder(models.Model):
    """The office urged a unit to report. Append-only: the database refuses every change."""

    period = models.ForeignKey(Period, on_delete=models.PROTECT, related_name="reminders")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="reminders")
    note = models.CharField(_("note"), max_length=300, blank=True)
    items = models.JSONField(default=list)  # what was still owed, by the names of that moment
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "pk"]
        indexes = [models.Index(fields=["period", "unit"])]

    def __str__(self) -> str:
        return f"{self.unit} {self.period}"


class Digest(models.Model):
    """The one mail that a person got on a day. Append-only: written in the transaction that sends it."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="digests")
    on = models.DateField(_("day"))
    sent_at = models.DateTimeField()
    reminders = models.ManyToManyField(Reminder, related_name="digests")  # told in this mail

    class Meta:
        ordering = ["user", "on"]
        constraints = [models.UniqueConstraint(fields=["user", "on"], name="digest_once_a_day")]

    def __str__(self) -> str:
        return f"{self.user} {self.on}"
