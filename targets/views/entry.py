"""The entry sheet of a unit and period, and the way back into what was approved."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import require, signed_in
from accounts.held import take
from accounts.models import Unit, User
from accounts.permissions import Permission
from targets.errors import Refused, StaleForm
from targets.forms import ReasonForm
from targets.models import Period
from targets.policies import may_correct, may_withdraw
from targets.row_preview import RowPreview, row_previews
from targets.selectors.entry import entry_sheet, figure_rows
from targets.selectors.exceptions import exception_context
from targets.selectors.openings import opening
from targets.selectors.owners import entered_units
from targets.selectors.periods import current_period, started_periods
from targets.selectors.sight import may_enter
from targets.services.entering import open_correction, save_entries, submit_entries, withdraw_correction
from targets.sheet_form import SheetForm
from targets.views.items import reported_item

MOST_PREVIEWED = 50  # rows in one request


class Access(StrEnum):
    """How a person sees a unit's sheet."""

    ENTER = "ENTER"
    READ = "READ"  # the unit's reviewer, drafts included
    SUBMITTED = "SUBMITTED"  # leaders, without drafts


@require_GET
def entry(request: HttpRequest) -> HttpResponse:
    """To the own unit's sheet of the current period; a choice where there are several."""
    user = signed_in(request)
    if not (user.may(Permission.ENTER_FIGURES) or user.may(Permission.ENTER_FOR_UNITS)):
        raise PermissionDenied
    units = entered_units(user)
    current = {unit.bureau_id: current_period(unit.bureau) for unit in units}
    places = [(unit, current[unit.bureau_id]) for unit in units]
    if len(places) == 1 and places[0][1] is not None:
        return redirect("entry-sheet", places[0][1].pk, places[0][0].pk)
    return render(request, "targets/entry_choice.html", {"places": places})


@require_http_methods(["GET", "POST"])
def sheet(request: HttpRequest, period_id: int, unit_id: int) -> HttpResponse:
    """One unit and period: read, save, submit."""
    period, unit = _place(period_id, unit_id)
    access = _access(request, unit)
    if request.method == "GET":
        held = take(request) if access == Access.ENTER else None
        form = SheetForm(entry_sheet(period, unit, drafts=access != Access.SUBMITTED), held)
        return _page(request, form, access, was_held=held is not None)
    if access != Access.ENTER:
        raise PermissionDenied
    form = SheetForm(entry_sheet(period, unit), request.POST)
    if form.is_valid and _accepted(request, form, by=signed_in(request)):
        return redirect(request.path)
    return _page(request, form, access)


@require_POST
def preview(request: HttpRequest, period_id: int) -> HttpResponse:
    """What the typed rows would give: light, rate, the other number, what looks odd. Stores nothing."""
    period = _period(period_id)
    user = require(request, Permission.VIEW_PLAN, period.bureau)
    rows = figure_rows(period, request.POST.getlist("row")[:MOST_PREVIEWED])
    owners = {row.duty.owner_id: row.duty.owner for row in rows}
    for unit in Unit.objects.select_related("bureau").filter(pk__in=owners):
        if not may_enter(user, unit):
            raise PermissionDenied
    found = row_previews(period, rows, request.POST)
    return JsonResponse({"rows": [_told(request, one) for one in found]})


@require_http_methods(["GET", "POST"])
def correction(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """Reopen an approved figure or text with a reason, or close a correction in which nothing changed."""
    item, unit = reported_item(kind, pk)
    if _access(request, unit) != Access.ENTER:
        raise PermissionDenied
    user = signed_in(request)
    withdrawing = may_withdraw(item.state, changed=item.last_version != item.approved_version)
    form = ReasonForm(request.POST if request.method == "POST" and not withdrawing else None)
    if request.method == "POST" and (withdrawing or form.is_valid()):
        try:
            if withdrawing:
                withdraw_correction(item=item, unit=unit, by=user)
            else:
                open_correction(item=item, unit=unit, reason=form.cleaned_data["reason"], by=user)
        except Refused as refusal:
            messages.error(request, str(refusal))
        return redirect("entry-sheet", item.period_id, unit.pk)
    is_open = opening(item.period, unit).covers(item.duty_key)
    if not withdrawing and not may_correct(item.state, period_open=is_open):
        messages.error(request, _("Only what is approved can be corrected, while its period is open."))
        return redirect("entry-sheet", item.period_id, unit.pk)
    context = {"item": item, "unit": unit, "form": form, "withdrawing": withdrawing}
    return render(request, "targets/entry_correction.html", context)


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


def _period(period_id: int) -> Period:
    """A started period; Http404 otherwise."""
    periods = Period.objects.select_related("bureau").filter(started_on__isnull=False)
    return get_object_or_404(periods, pk=period_id)


def _place(period_id: int, unit_id: int) -> tuple[Period, Unit]:
    """A started period and a unit of the same bureau; Http404 otherwise."""
    period = _period(period_id)
    units = Unit.objects.select_related("bureau").filter(bureau=period.bureau_id)
    return period, get_object_or_404(units, pk=unit_id)


def _access(request: HttpRequest, unit: Unit) -> Access:
    """How this person sees the unit's sheet; Http404 in another bureau, PermissionDenied without a right."""
    user = require(request, Permission.VIEW_PLAN, unit.bureau)
    if may_enter(user, unit):
        return Access.ENTER
    if user.may(Permission.REVIEW_UNIT, unit.bureau, unit):
        return Access.READ
    if user.may(Permission.VIEW_SUBMITTED, unit.bureau):
        return Access.SUBMITTED
    raise PermissionDenied


def _accepted(request: HttpRequest, form: SheetForm, *, by: User) -> bool:
    """Save or submit a valid form and say what was done; False where nothing was written."""
    where = {"period": form.sheet.period, "unit": form.sheet.unit, "by": by, **form.entries()}
    try:
        if request.POST.get("action") == "submit":
            _say_submitted(request, submit_entries(again=form.again(), **where))
        else:
            _say_saved(request, save_entries(**where).changed)
    except StaleForm as stale:
        form.show_conflicts(stale.conflicts)
        messages.warning(request, str(stale))
        return False
    except Refused as refusal:
        messages.error(request, str(refusal))
        return False
    return True


def _say_saved(request: HttpRequest, changed: int) -> None:
    text = ngettext("%(count)s item saved as draft.", "%(count)s items saved as draft.", changed)
    messages.success(request, text % {"count": changed} if changed else _("Nothing was changed."))


def _say_submitted(request: HttpRequest, count: int) -> None:
    if not count:
        messages.warning(request, _("Nothing new to submit: what is filled in has been submitted already."))
        return
    text = ngettext("%(count)s item submitted.", "%(count)s items submitted.", count)
    messages.success(request, text % {"count": count})


def _page(request: HttpRequest, form: SheetForm, access: Access, *, was_held: bool = False) -> HttpResponse:
    period = form.sheet.period
    context: dict[str, Any] = {
        "form": form,
        "sheet": form.sheet,
        "work": form.sheet.work,
        "period": period,
        "unit": form.sheet.unit,
        "periods": [other for other in started_periods(period.bureau) if other.year == period.year],
        "is_open": period.is_open,
        "may_enter": access == Access.ENTER and bool(form.sheet.opening),
        **exception_context(form.sheet, may_ask=access == Access.ENTER),
        "access": access,
        "has_workbook": signed_in(request).may(Permission.ENTER_FIGURES, unit=form.sheet.unit),
        "was_held": was_held,
        "nav_year": period.year,
    }
    return render(request, "targets/entry.html", context)
