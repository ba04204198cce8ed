"""Exceptions for closed periods (申请补报): a unit asks, the office grants until a day, or declines."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit, User
from targets.models.periods import Period
from targets.openings import Opening


class ExceptionState(models.TextChoices):
    """Where a request stands. That the granted days are over is told by the date, not by a state."""

    ASKED = "ASKED", _("Awaiting the office's answer")
    GRANTED = "GRANTED", _("Granted")
    DECLINED = "DECLINED", _("Declined")
    WITHDRAWN = "WITHDRAWN", _("Withdrawn by the office")


class PeriodException(models.Model):
    """One request of a unit to report in a closed period, with the office's answer.

    `items` names what is asked for (key → label as it was then); empty asks for the unit's whole sheet.
    """

    period = models.ForeignKey(Period, on_delete=models.PROTECT, related_name="exceptions")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="exceptions")
    items = models.JSONField(default=dict, blank=True)
    reason = models.CharField(_("reason"), max_length=300)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    state = models.CharField(max_length=9, choices=ExceptionState, default=ExceptionState.ASKED)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    answer = models.CharField(_("answer"), max_length=300, blank=True)
    granted_on = models.DateField(_("granted on"), null=True)
    until = models.DateField(_("until"), null=True)
    withdrawn_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)
    withdrawal = models.CharField(_("why it was withdrawn"), max_length=300, blank=True)

    class Meta:
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["period", "unit"],
                condition=Q(state=ExceptionState.ASKED),
                name="exception_asked_once_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(state__in=ExceptionState.values) & ~Q(reason=""), name="exception_has_reason"
            ),
            models.CheckConstraint(
                condition=Q(state=ExceptionState.ASKED, decided_by=None, decided_at=None)
                | (~Q(state=ExceptionState.ASKED) & Q(decided_by__isnull=False, decided_at__isnull=False)),
                name="exception_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=[ExceptionState.GRANTED, ExceptionState.WITHDRAWN],
                    granted_on__isnull=False,
                    until__isnull=False,
                    until__gte=F("granted_on"),
                )
                | Q(
                    state__in=[ExceptionState.ASKED, ExceptionState.DECLINED],
                    granted_on=None,
                    until=None,
                ),
                name="exception_granted_until_a_day",
            ),
            models.CheckConstraint(
                condition=~Q(state=ExceptionState.DECLINED) | ~Q(answer=""),
                name="exception_declined_with_reason",
            ),
            models.CheckConstraint(
                condition=Q(state=ExceptionState.WITHDRAWN, withdrawn_by__isnull=False)
                & Q(withdrawn_at__isnull=False)
                & ~Q(withdrawal="")
                | (~Q(state=ExceptionState.WITHDRAWN) & Q(withdrawn_by=None, withdrawn_at=None)),
                name="exception_withdrawn_with_reason",
            ),
        ]
        indexes = [models.Index(fields=["period", "unit", "state"])]

    def __str__(self) -> str:
        return f"{self.unit} {self.period}"

    def get_absolute_url(self) -> str:
        return reverse("exception", args=[self.pk])

    @property
    def opening(self) -> Opening:
        """What the request names, whether or not it is granted."""
        return Opening(everything=not self.items, keys=frozenset(self.items))

    @property
    def is_in_force(self) -> bool:
        """Granted, and the bureau's today is not after the last day; it ends by itself."""
        return (
            self.state == ExceptionState.GRANTED
            and self.until is not None
            and self.period.bureau.today <= self.until
        )

    @property
    def has_expired(self) -> bool:
        """Granted, and the days are over."""
        return self.state == ExceptionState.GRANTED and not self.is_in_force
