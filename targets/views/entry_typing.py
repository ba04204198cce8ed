"""What the entry page asks while people type: the preview of rows, and a draft kept on the server."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.access import require
from accounts.models import Unit
from accounts.permissions import Permission
from targets.conflicts import ShownConflict, differing, shown_conflict
from targets.drafting import line_of, rivals, typed_fields
from targets.errors import Conflict, Refused
from targets.models import EntryDraft
from targets.row_preview import RowPreview, row_previews
from targets.selectors.drafts import others_drafts
from targets.selectors.entry import figure_rows
from targets.selectors.sight import may_enter
from targets.services.drafts import keep_draft
from targets.sheet_form import Line
from targets.views.entry import started_period

MOST_PREVIEWED = 50  # rows in one request


@require_POST
def preview(request: HttpRequest, period_id: int) -> HttpResponse:
    """What the typed rows would give: light, rate, the other number, what looks odd. Stores nothing."""
    period = started_period(period_id)
    user = require(request, Permission.VIEW_PLAN, period.bureau)
    rows = figure_rows(period, request.POST.getlist("row")[:MOST_PREVIEWED])
    owners = {row.duty.owner_id: row.duty.owner for row in rows}
    for unit in Unit.objects.select_related("bureau").filter(pk__in=owners):
        if not may_enter(user, unit):
            raise PermissionDenied
    found = row_previews(period, rows, request.POST)
    return JsonResponse({"rows": [_told(request, one) for one in found]})


@require_POST
def draft(request: HttpRequest, period_id: int) -> HttpResponse:
    """Keep one row as it is typed, and say who else has typed or saved something different in it."""
    period = started_period(period_id)
    user = require(request, Permission.VIEW_PLAN, period.bureau)
    units = Unit.objects.select_related("bureau").filter(bureau=period.bureau_id)
    asked, row = request.POST.get("unit", ""), request.POST.get("row", "")
    unit = get_object_or_404(units, pk=asked) if asked.isdecimal() else None
    line, owner = line_of(period, row, unit, request.POST)
    unit = unit if unit and unit.pk == owner else units.get(pk=owner)
    if not may_enter(user, unit):
        raise PermissionDenied
    known = request.POST.get("draft", "")
    fields = typed_fields(row, request.POST)
    try:
        kept, elsewhere = keep_draft(
            period=period,
            unit=unit,
            row=row,
            fields=fields,
            known=int(known) if known.isdecimal() and len(known) < 9 else 0,
            by=user,
        )
    except Refused as refusal:
        return JsonResponse({"refused": str(refusal)}, status=409)
    others = [*others_drafts(period, unit, row, user), *([elsewhere] if elsewhere else [])]
    conflicts = [*_saved_meanwhile(line), *rivals(line, others)]
    return JsonResponse(_kept(request, line, kept, conflicts))


def _saved_meanwhile(line: Line) -> list[ShownConflict]:
    """What somebody saved since the row was opened, where it differs from what is typed."""
    item = line.row.item
    if item is None or not line.form.is_valid():
        return []
    mine = line.form.to_input()
    if mine.revision == item.revision or not differing(item, mine):
        return []
    return [shown_conflict(Conflict(item, mine))]


def _kept(
    request: HttpRequest, line: Line, kept: EntryDraft, conflicts: list[ShownConflict]
) -> dict[str, Any]:
    context = {"conflicts": conflicts, "prefix": line.form.prefix}
    return {
        "draft": kept.revision,
        "at": f"{timezone.localtime(timezone.now()):%H:%M:%S}",
        "conflict": render_to_string("targets/_entry_conflicts.html", context, request).strip(),
    }


def _told(request: HttpRequest, found: RowPreview) -> dict[str, Any]:
    """One row's preview as the page's script puts it in place."""
    context = {"line": found.line, "row": found.line.row, "form": found.line.form, "warnings": found.warnings}
    return {
        "key": found.line.row.key,
        "column": found.column,
        "number": found.number,
        "kept": [str(pk) for pk in found.kept],
        "light": render_to_string("targets/_entry_light.html", context, request),
        "said": render_to_string("targets/_entry_live.html", context, request).strip(),
    }
