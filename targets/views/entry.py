"""The entry sheet of a unit and period, and the way back into what was approved."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from accounts.access import require, signed_in
from accounts.held import take
from accounts.models import Unit, User
from accounts.permissions import Permission
from targets.drafting import know_drafts, with_drafts
from targets.enums import Nature
from targets.errors import Refused, StaleForm
from targets.forms import ReasonForm
from targets.labels import LABELS
from targets.models import Figure, Narrative, Period
from targets.policies import is_later_nature, may_correct, may_withdraw
from targets.selectors.drafts import own_drafts
from targets.selectors.entry import bureau_sheet, entry_sheet
from targets.selectors.entry_rows import BureauSheet, Sheet
from targets.selectors.exceptions import exception_context
from targets.selectors.openings import opening, places_to_enter
from targets.selectors.owners import entered_units
from targets.selectors.periods import periods_to_work_on, started_periods
from targets.selectors.sight import may_enter
from targets.selectors.tags import tag_choice
from targets.services.drafts import drop_drafts
from targets.services.entering import open_correction, withdraw_correction
from targets.services.natures import update_nature
from targets.services.printing import print_confirmation
from targets.services.sheets import HandedIn, Mode, hand_in
from targets.sheet_form import SheetForm
from targets.views.items import reported_item


class Access(StrEnum):
    """How a person sees a unit's sheet."""

    ENTER = "ENTER"
    READ = "READ"  # the unit's reviewer, drafts included
    SUBMITTED = "SUBMITTED"  # leaders, without drafts


@require_GET
def entry(request: HttpRequest) -> HttpResponse:
    """To the own unit's sheet of the current period; a choice where there are several units or periods."""
    user = signed_in(request)
    if not (user.may(Permission.ENTER_FIGURES) or user.may(Permission.ENTER_FOR_UNITS)):
        raise PermissionDenied
    units = entered_units(user)
    places = places_to_enter(units)
    if len(places) == 1 and len(places[0][1]) == 1:
        return redirect("entry-sheet", places[0][1][0].pk, places[0][0].pk)
    office = user.bureaus_where(Permission.ENTER_FOR_UNITS)
    whole = [period for bureau in office for period in periods_to_work_on(started_periods(bureau))]
    return render(request, "targets/entry_choice.html", {"places": places, "whole": whole})


@require_http_methods(["GET", "POST"])
def sheet(request: HttpRequest, period_id: int, unit_id: int) -> HttpResponse:
    """One unit and period: read, save, submit."""
    period, unit = unit_place(period_id, unit_id)
    access = _access(request, unit)
    if request.method == "GET" and access != Access.ENTER:
        form = SheetForm(entry_sheet(period, unit, drafts=access != Access.SUBMITTED))
        return render(request, "targets/entry.html", _sheet_context(request, form, access))
    if access != Access.ENTER:
        raise PermissionDenied
    stored = entry_sheet(period, unit)
    answer = _worked_on(request, stored, [unit.pk], by=signed_in(request))
    if isinstance(answer, HttpResponse):
        return answer
    return render(
        request, "targets/entry.html", {**answer, **_sheet_context(request, answer["form"], access)}
    )


@require_http_methods(["GET", "POST"])
def bureau(request: HttpRequest, period_id: int) -> HttpResponse:
    """The figures of all units at once, for the office: read, save, submit; narrowed to a tag: read, save."""
    period = started_period(period_id)
    user = require(request, Permission.ENTER_FOR_UNITS, period.bureau)
    tags = tag_choice(request.GET, period.bureau)
    stored = bureau_sheet(period, tags.tagged)
    answer = _worked_on(request, stored, stored.units, by=user, query=tags.query)
    if isinstance(answer, HttpResponse):
        return answer
    context = {**answer, **_context(answer["form"], may_enter=True), "tag_choice": tags}
    return render(request, "targets/entry.html", context)


@require_GET
def confirmation(request: HttpRequest, period_id: int, unit_id: int) -> HttpResponse:
    """The unit's confirmation sheet, to be printed, signed and sealed."""
    period, unit = unit_place(period_id, unit_id)
    _access(request, unit)
    paper = print_confirmation(period=period, unit=unit, by=signed_in(request))
    context = {"paper": paper, "data_as_of": period.cutoff, "nav_year": period.year}
    return render(request, "targets/confirmation.html", context)


@require_http_methods(["GET", "POST"])
def correction(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """Reopen an approved figure or text with a reason, or close a correction in which nothing changed."""
    item, unit = reported_item(kind, pk)
    if _access(request, unit) != Access.ENTER:
        raise PermissionDenied
    user = signed_in(request)
    withdrawing = may_withdraw(item.state, changed=item.last_version != item.approved_version)
    nature = request.POST.get("nature", "") if isinstance(item, Figure) else ""
    form = ReasonForm(request.POST if request.method == "POST" and not (withdrawing or nature) else None)
    row = f"{reverse('entry-sheet', args=[item.period_id, unit.pk])}#{item.duty_key}"
    if request.method == "POST" and (withdrawing or nature or form.is_valid()):
        reason = "" if withdrawing or nature else form.cleaned_data["reason"]
        try:
            said = _corrected(item, unit, withdrawing=withdrawing, nature=nature, reason=reason, by=user)
            messages.success(request, said)
        except Refused as refusal:
            messages.error(request, str(refusal))
        return redirect(row)
    is_open = opening(item.period, unit).covers(item.duty_key)
    if not withdrawing and not may_correct(item.state, period_open=is_open):
        messages.error(request, _("Only what is approved can be corrected, while its period is open."))
        return redirect(row)
    natures = [(one, LABELS[one]) for one in Nature if _is_later(one, item)]
    context = {"item": item, "unit": unit, "form": form, "withdrawing": withdrawing, "natures": natures}
    return render(request, "targets/entry_correction.html", context)


def _corrected(
    item: Figure | Narrative, unit: Unit, *, withdrawing: bool, nature: str, reason: str, by: User
) -> str:
    """Do the one of the three acts that was asked for; what to say about it. Raises Refused."""
    if withdrawing:
        withdraw_correction(item=item, unit=unit, by=by)
        return _("The correction was withdrawn; what was approved stays.")
    if nature and isinstance(item, Figure):
        update_nature(figure=item, unit=unit, nature=nature, by=by)
        return _("The figure may be typed anew. The approved one counts until the new one is approved.")
    open_correction(item=item, unit=unit, reason=reason, by=by)
    return _("The correction is open: change the content here, then submit it again.")


def _is_later(nature: Nature, item: Figure | Narrative) -> bool:
    return isinstance(item, Figure) and is_later_nature(nature, item.nature)


def started_period(period_id: int) -> Period:
    """A started period; Http404 otherwise."""
    periods = Period.objects.select_related("bureau").filter(started_on__isnull=False)
    return get_object_or_404(periods, pk=period_id)


def unit_place(period_id: int, unit_id: int) -> tuple[Period, Unit]:
    """A started period and a unit of the same bureau; Http404 otherwise."""
    period = started_period(period_id)
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


def _worked_on(
    request: HttpRequest, stored: Sheet | BureauSheet, units: Sequence[int], *, by: User, query: str = ""
) -> HttpResponse | dict[str, Any]:
    """A redirect after what was done, or what the page shows: the form, with what was typed before.

    `query` keeps the page narrowed; what was typed in rows that it leaves out is not touched.
    """
    rows = {row.key for row in stored.figures} if query else None
    if request.method == "POST":
        if request.POST.get("action") == "discard":
            drop_drafts(period=stored.period, units=units, rows=rows, by=by)
            return redirect(request.path + query)
        form = SheetForm(stored, request.POST)
        done = _handed_in(request, form, by=by) if form.is_valid else None
        if done is None:
            know_drafts(form, own_drafts(stored.period, units, by))
            return {"form": form}
        return redirect(request.path + ("?missing" if done.missing and not done.submitted else query))
    held, drafts = take(request), own_drafts(stored.period, units, by)
    drafts = [draft for draft in drafts if rows is None or draft.row in rows]
    form = with_drafts(SheetForm(stored), drafts, held)
    know_drafts(form, drafts)
    return {
        "form": form,
        "was_held": held is not None,
        "drafts": drafts if form.data else [],
        "lists_missing": "missing" in request.GET,
    }


def _handed_in(request: HttpRequest, form: SheetForm, *, by: User) -> HandedIn | None:
    """Save or submit a valid form and say what was done; None where nothing was written."""
    action = request.POST.get("action", "")
    mode = Mode(action) if action in set(Mode) else Mode.SAVE
    if isinstance(form.sheet, BureauSheet) and form.sheet.only is not None:
        mode = Mode.SAVE
    try:
        done = hand_in(
            period=form.sheet.period,
            parts=form.parts(),
            rows=form.posted,
            mode=mode,
            figures_only=isinstance(form.sheet, BureauSheet),
            by=by,
        )
    except StaleForm as stale:
        form.show_conflicts(stale.conflicts)
        messages.warning(request, str(stale))
        return None
    except Refused as refusal:
        messages.error(request, str(refusal))
        return None
    _say(request, mode, done)
    return done


def _say(request: HttpRequest, mode: Mode, done: HandedIn) -> None:
    if done.submitted:
        text = ngettext("%(count)s item submitted.", "%(count)s items submitted.", done.submitted)
        messages.success(request, text % {"count": done.submitted})
        if done.missing:
            missing = len(done.missing)
            text = ngettext("%(count)s item is still missing.", "%(count)s items are still missing.", missing)
            messages.warning(request, text % {"count": missing})
    elif mode != Mode.SAVE and not done.returned and not (done.missing and mode == Mode.SUBMIT):
        messages.warning(request, _("Nothing new to submit: what is filled in has been submitted already."))
    elif done.changed:
        text = ngettext("%(count)s item saved as draft.", "%(count)s items saved as draft.", done.changed)
        messages.success(request, text % {"count": done.changed})
    elif mode == Mode.SAVE:
        messages.success(request, _("Nothing was changed."))
    if returned := len(done.returned):
        text = ngettext(
            "%(count)s returned item stays: change it, or tick “Submit again unchanged”.",
            "%(count)s returned items stay: change them, or tick “Submit again unchanged”.",
            returned,
        )
        messages.warning(request, text % {"count": returned})


def _context(form: SheetForm, *, may_enter: bool) -> dict[str, Any]:
    period = form.sheet.period
    return {
        "form": form,
        "sheet": form.sheet,
        "period": period,
        "periods": [other for other in started_periods(period.bureau) if other.year == period.year],
        "is_open": period.is_open,
        "may_enter": may_enter and bool(form.sheet.opening),
        "nav_year": period.year,
    }


def _sheet_context(request: HttpRequest, form: SheetForm, access: Access) -> dict[str, Any]:
    """What the page of one unit shows besides the form."""
    sheet = form.sheet
    assert isinstance(sheet, Sheet)
    return {
        **_context(form, may_enter=access == Access.ENTER),
        "work": sheet.work,
        "unit": sheet.unit,
        **exception_context(sheet, may_ask=access == Access.ENTER),
        "access": access,
        "has_workbook": signed_in(request).may(Permission.ENTER_FIGURES, unit=sheet.unit),
    }
