"""A reported item by its kind and id, as addresses name it."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404

from accounts.models import Unit
from targets.models import Figure, Narrative
from targets.selectors.owners import unit_of
from targets.selectors.terms import rows_in_force


def reported_item(kind: str, pk: int) -> tuple[Figure | Narrative, Unit]:
    """The figure or narrative with the unit that reports it; Http404. Who may see it is asked by the view."""
    if kind not in {"figure", "narrative"}:
        raise Http404
    figures = Figure.objects.select_related("target", "allocation__unit", "period__bureau")
    texts = Narrative.objects.select_related("task", "target", "period__bureau")
    item: Any = get_object_or_404(figures if kind == "figure" else texts, pk=pk)
    if isinstance(item, Figure):
        rows_in_force([item])
    return item, Unit.objects.select_related("bureau").get(pk=unit_of(item))
