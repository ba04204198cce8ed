"""Who has reported: the matrix of units and periods, and reminding those who have not."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from accounts.access import require
from accounts.models import Bureau, Unit
from accounts.permissions import Permission
from targets.errors import Refused
from targets.models import Period
from targets.reminder_forms import RemindForm
from targets.selectors.matrix import matrix as matrix_of
from targets.selectors.matrix import units_to_watch
from targets.selectors.period_list import plan_years, year_of
from targets.selectors.reminders import owing_units
from targets.selectors.tags import tag_choice
from targets.services.reminding import remind_units


@require_GET
def matrix(request: HttpRequest, code: str) -> HttpResponse:
    """The reporting matrix of a year: office and leaders see every unit, a unit's people the own."""
    bureau = get_object_or_404(Bureau, code=code)
    user = require(request, Permission.VIEW_PLAN, bureau)
    units = units_to_watch(user, bureau)
    if units == []:
        raise PermissionDenied
    year = year_of(bureau, request.GET.get("year", ""))
    tags = tag_choice(request.GET, bureau)
    context = {
        "matrix": matrix_of(bureau, year, units, tags.tagged),
        "tag_choice": tags,
        "bureau": bureau,
        "year": year,
        "years": plan_years(bureau),
        "may_remind": user.may(Permission.MANAGE_PERIODS, bureau),
        "nav_bureau": bureau,
    }
    return render(request, "targets/matrix.html", context)


@require_http_methods(["GET", "POST"])
def reminders(request: HttpRequest, code: str, year: int, month: int) -> HttpResponse:
    """Who still owes what, whom to call, a text to copy, and the record of having reminded them."""
    bureau = get_object_or_404(Bureau, code=code)
    user = require(request, Permission.MANAGE_PERIODS, bureau)
    found = Period.objects.select_related("bureau").filter(bureau=bureau, started_on__isnull=False)
    period = get_object_or_404(found, year=year, month=month)
    if not period.is_open:
        raise Http404
    tags = tag_choice(request.GET, bureau)
    owing = owing_units(period, tags.tagged)
    form = RemindForm(request.POST or None, units=[line.unit for line in owing])
    if request.method == "POST" and form.is_valid():
        units: list[Unit] = form.chosen
        try:
            count = len(remind_units(period=period, units=units, note=form.cleaned_data["note"], by=user))
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            text = ngettext(
                "Recorded: %(count)s unit reminded.", "Recorded: %(count)s units reminded.", count
            )
            messages.success(request, text % {"count": count})
            return redirect(request.path + tags.query)
    context = {"bureau": bureau, "period": period, "owing": owing, "form": form, "tag_choice": tags}
    return render(request, "targets/reminders.html", context)
