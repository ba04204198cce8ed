"""Files that stand behind a reported figure or text (佐证材料), lists of names among them."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User, random_name
from targets.models.figures import Figure
from targets.models.narratives import Narrative
from targets.models.promises import Milestone


def evidence_path(evidence: Evidence, filename: str) -> str:
    return f"evidence/{random_name()}.{evidence.kind}"


class Evidence(models.Model):
    """One attached file. Never changed, nor deleted once submitted with its item (the database refuses)."""

    figure = models.ForeignKey(Figure, on_delete=models.PROTECT, null=True, related_name="evidence")
    narrative = models.ForeignKey(Narrative, on_delete=models.PROTECT, null=True, related_name="evidence")
    milestone = models.ForeignKey(Milestone, on_delete=models.PROTECT, null=True, related_name="evidence")
    file = models.FileField(upload_to=evidence_path)
    original_name = models.CharField(max_length=200)
    kind = models.CharField(max_length=5)  # its ending, which its content agrees with
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    names = models.PositiveIntegerField(_("names in the list"), null=True)  # None: no list of names
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(figure__isnull=True, narrative__isnull=False)
                | Q(figure__isnull=False, narrative__isnull=True, milestone__isnull=True),
                name="evidence_about_one_item",
            ),
            models.CheckConstraint(
                condition=Q(names=None) | Q(figure__isnull=False), name="evidence_list_behind_a_figure"
            ),
            models.UniqueConstraint(fields=["figure", "sha256"], name="evidence_once_per_figure"),
            models.UniqueConstraint(fields=["narrative", "sha256"], name="evidence_once_per_narrative"),
        ]

    def __str__(self) -> str:
        return self.original_name

    def get_absolute_url(self) -> str:
        return reverse("evidence", args=[self.pk])

    @property
    def item(self) -> Figure | Narrative:
        item = self.figure or self.narrative
        assert item is not None  # a database constraint
        return item
