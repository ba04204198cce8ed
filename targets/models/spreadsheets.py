"""A bureau's own spreadsheets: what was understood of one, and which columns its headers stand for."""

from __future__ import annotations

from django.db import models

from accounts.models import Bureau, User
from targets.models.uploads import Upload


class SpreadsheetLayout(models.Model):
    """The columns of a bureau's table, remembered by its headers (periods and years left out of them)."""

    bureau = models.ForeignKey(Bureau, on_delete=models.CASCADE, related_name="spreadsheet_layouts")
    fingerprint = models.CharField(max_length=64)
    columns = models.JSONField()  # role → column letter
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["bureau", "fingerprint"], name="spreadsheet_layout_once_per_bureau"
            )
        ]

    def __str__(self) -> str:
        return f"{self.bureau} {self.fingerprint[:8]}"


class SpreadsheetReading(models.Model):
    """How an uploaded spreadsheet was read: what a person chose, and what was understood (see services)."""

    upload = models.OneToOneField(
        Upload, on_delete=models.CASCADE, primary_key=True, related_name="spreadsheet"
    )
    chosen_sheet = models.CharField(max_length=100, blank=True)
    chosen_columns = models.JSONField(default=dict)  # role → column letter; empty: guessed
    leaves_out = models.BooleanField(default=False)  # rows that are no indicator of the plan
    understood = models.JSONField(default=dict)

    def __str__(self) -> str:
        return str(self.upload)
