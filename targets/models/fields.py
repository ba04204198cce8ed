"""How numbers are stored."""

from __future__ import annotations

from django.db import models


def value_field(verbose_name: object = "", **options: object) -> models.DecimalField:
    """A reported or promised number: 18 digits before the point and 6 after it, never a float."""
    return models.DecimalField(verbose_name, max_digits=24, decimal_places=6, **options)  # type: ignore[arg-type]


def exact_field() -> models.DecimalField:
    """A rate or distance, stored to a fixed scale of ten decimals; NULL where the rule gives none."""
    return models.DecimalField(max_digits=34, decimal_places=10, null=True)
