"""The files behind one row of an entry sheet: attach, open, take back."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import require
from accounts.models import Unit, User
from accounts.permissions import Permission
from targets.errors import Refused
from targets.evidence_checks import KINDS
from targets.evidence_form import EvidenceForm
from targets.models import Evidence
from targets.selectors.entry import entry_sheet
from targets.selectors.entry_rows import FigureRow, TextRow
from targets.selectors.evidence import may_see, may_take_back
from targets.selectors.owners import unit_of
from targets.selectors.sight import may_enter
from targets.services import evidence as service
from targets.views.entry import unit_place


@require_http_methods(["GET", "POST"])
def row_evidence(request: HttpRequest, period_id: int, unit_id: int, row: str) -> HttpResponse:
    """The files of one row, and the form that attaches another; for those who enter it."""
    period, unit = unit_place(period_id, unit_id)
    user = _who_enters(request, unit)
    sheet = entry_sheet(period, unit)
    found = _row(row, [*sheet.figures, *sheet.texts])
    form = EvidenceForm(request.POST or None, request.FILES or None, nodes=_nodes(found))
    if request.method == "POST" and form.is_valid():
        try:
            service.attach_evidence(period=period, unit=unit, duty=found.duty, by=user, **form.to_arguments())
            return redirect(request.path)
        except Refused as refusal:
            form.add_error("file", str(refusal))
    context: dict[str, Any] = {
        "row": found,
        "unit": unit,
        "period": period,
        "form": form,
        "kinds": "、".join(f".{kind}" for kind in KINDS),
        "is_figure": isinstance(found, FigureRow),
        "removable": may_take_back(found.item, found.evidence) if found.item and found.is_editable else [],
    }
    return render(request, "targets/evidence.html", context)


@require_GET
def evidence(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The file, under its own name, for those who may see it."""
    found, unit = _evidence(pk)
    user = require(request, Permission.VIEW_PLAN, unit.bureau)
    if not may_see(user, found, unit):
        raise PermissionDenied
    response = FileResponse(found.file.open("rb"), as_attachment=True, filename=found.original_name)
    response["Cache-Control"] = "no-store"
    return response


@require_POST
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a file back that was never submitted."""
    found, unit = _evidence(pk)
    user = _who_enters(request, unit)
    item = found.item
    key = item.duty_key if found.figure_id else f"n{item.duty_key}"
    try:
        service.remove_evidence(evidence=found, unit=unit, by=user)
        messages.success(request, _("The file was taken back."))
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("entry-evidence", item.period_id, unit.pk, key)


def _who_enters(request: HttpRequest, unit: Unit) -> User:
    user = require(request, Permission.VIEW_PLAN, unit.bureau)
    if not may_enter(user, unit):
        raise PermissionDenied
    return user


def _row(key: str, rows: list[FigureRow | TextRow]) -> FigureRow | TextRow:
    """The row with this key on the sheet (texts with a leading n, as their fields have)."""
    for row in rows:
        if key == (row.key if isinstance(row, FigureRow) else f"n{row.key}"):
            return row
    raise Http404


def _nodes(row: FigureRow | TextRow) -> list[tuple[int, str]]:
    """The nodes of a task that the unit leads, for which a file may stand."""
    if isinstance(row, FigureRow) or not row.duty.is_lead:
        return []
    return [(node.pk, node.text) for node in row.duty.nodes]


def _evidence(pk: int) -> tuple[Evidence, Unit]:
    rows = Evidence.objects.select_related(
        "figure__target", "figure__allocation__unit", "figure__period__bureau"
    ).select_related("narrative__period__bureau")
    found = get_object_or_404(rows, pk=pk)
    return found, Unit.objects.select_related("bureau").get(pk=unit_of(found.item))
