"""What rate and light typed numbers would give, by THE formula; nothing is stored."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection

from targets.models import Period, Progress, ProgressRule, Target
from targets.progress_preview import PREVIEW
from targets.selectors.neighbours import FigureKey


@dataclass(frozen=True)
class TypedFigure:
    """One number as it is typed, cumulative, in the target's own unit."""

    target: Target
    part: int | None  # the allocation
    value: Decimal | None
    not_applicable: bool = False

    @property
    def key(self) -> FigureKey:
        return self.target.pk, self.part


def previewed(period: Period, typed: Iterable[TypedFigure]) -> dict[FigureKey, Progress]:
    """(target, allocation) → the row that progress would hold if the typed number counted; two queries.

    All figures belong to the plan of the period's year. Source: the domain description, sections 4 and 5.
    """
    figures = list(typed)
    if not figures:
        return {}
    parameters: dict[str, Any] = {
        "plan": figures[0].target.plan_id,
        "period": period.pk,
        "targets": [figure.target.pk for figure in figures],
        "parts": [figure.part for figure in figures],
        "numbers": [figure.value for figure in figures],
        "exempt": [figure.not_applicable for figure in figures],
    }
    with connection.cursor() as cursor:
        cursor.execute(PREVIEW, parameters)
        names = [column[0] for column in cursor.description]
        rows = [Progress(**dict(zip(names, row, strict=True))) for row in cursor.fetchall()]
    rules = ProgressRule.objects.in_bulk({row.rule_id for row in rows})
    for row in rows:
        row.rule = rules[row.rule_id]
    return {(row.target_id, row.allocation_id): row for row in rows}
