"""What people have typed on an entry sheet and not saved yet (暂存草稿)."""

from __future__ import annotations

from django.db import models

from accounts.models import Unit, User
from targets.models.periods import Period


class EntryDraft(models.Model):
    """One row of a sheet as one person is typing it: the fields of its form, word for word.

    No figure and no version: it is there so that nothing typed is lost, and goes when the row is saved.
    """

    period = models.ForeignKey(Period, on_delete=models.CASCADE, related_name="entry_drafts")
    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="entry_drafts")
    row = models.CharField(max_length=30)  # the row's key on the sheet: f12, f12p3, nk4
    by = models.ForeignKey(User, on_delete=models.CASCADE, related_name="entry_drafts")
    fields = models.JSONField(default=dict)  # field name → text
    revision = models.PositiveIntegerField(default=1)
    at = models.DateTimeField()

    class Meta:
        ordering = ["period", "unit", "row"]
        constraints = [
            models.UniqueConstraint(
                fields=["by", "period", "unit", "row"], name="entry_draft_once_per_person_and_row"
            )
        ]

    def __str__(self) -> str:
        return f"{self.by_id} {self.row}"
