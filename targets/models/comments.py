"""What unit, leader in charge and office say to each other about one figure or text."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from accounts.models import User
from targets.models.figures import Figure
from targets.models.narratives import Narrative


class Comment(models.Model):
    """One remark about an item as it stood in a version. Append-only: the database refuses every change."""

    figure = models.ForeignKey(Figure, on_delete=models.PROTECT, null=True, related_name="comments")
    narrative = models.ForeignKey(Narrative, on_delete=models.PROTECT, null=True, related_name="comments")
    version = models.PositiveSmallIntegerField()
    text = models.TextField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(figure__isnull=True, narrative__isnull=False)
                | Q(figure__isnull=False, narrative__isnull=True),
                name="comment_about_one_item",
            ),
            models.CheckConstraint(condition=~Q(text=""), name="comment_says_something"),
        ]

    def __str__(self) -> str:
        return self.text
