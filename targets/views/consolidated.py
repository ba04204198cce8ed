"""The office's one text about each task and target, beside what the units wrote."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET, require_POST

from accounts.access import signed_in
from accounts.models import User
from accounts.permissions import Permission
from targets.errors import Refused, StaleForm
from targets.selectors.consolidated import consolidated_rows
from targets.services.consolidating import Typed, print_texts, save_texts, start_texts
from targets.views.choice import PeriodChoice, choose_period
from targets.views.plan import readable_plan


@require_GET
def texts(request: HttpRequest, code: str, year: int) -> HttpResponse:
    """The originals and the office's texts, in plan order."""
    choice, _user = _asked(request, code, year, Permission.VIEW_SUBMITTED)
    return _page(request, choice, {}, {})


@require_POST
def start(request: HttpRequest, code: str, year: int) -> HttpResponse:
    """Take the units' words over wherever the office has no text yet."""
    choice, user = _asked(request, code, year, Permission.APPROVE)
    count = start_texts(plan=choice.plan, period=choice.period, by=user)
    text = ngettext("%(count)s text begun.", "%(count)s texts begun.", count)
    messages.success(request, text % {"count": count} if count else _("Nothing was changed."))
    return _back(choice)


@require_POST
def save(request: HttpRequest, code: str, year: int) -> HttpResponse:
    """Save the texts that were typed, all or none."""
    choice, user = _asked(request, code, year, Permission.APPROVE)
    typed = _typed(request)
    try:
        count = save_texts(plan=choice.plan, period=choice.period, typed=typed, by=user)
    except StaleForm as stale:
        messages.warning(request, str(stale))
        return _page(request, choice, typed, {conflict.item.key: True for conflict in stale.conflicts})
    except Refused as refusal:
        messages.error(request, str(refusal))
        return _page(request, choice, typed, {})
    text = ngettext("%(count)s text saved.", "%(count)s texts saved.", count)
    messages.success(request, text % {"count": count} if count else _("Nothing was changed."))
    return _back(choice)


@require_GET
def paper(request: HttpRequest, code: str, year: int) -> HttpResponse:
    """The texts alone, to be printed."""
    choice, user = _asked(request, code, year, Permission.VIEW_SUBMITTED)
    rows = print_texts(plan=choice.plan, period=choice.period, by=user)
    return render(request, "targets/texts_print.html", {"rows": rows} | choice.context)


@require_GET
@cache_control(private=True, no_store=True)
def download(request: HttpRequest, code: str, year: int) -> HttpResponse:
    """The texts alone, as a plain text file."""
    choice, user = _asked(request, code, year, Permission.VIEW_SUBMITTED)
    rows = print_texts(plan=choice.plan, period=choice.period, by=user)
    content = "\n\n".join(f"{row.subject}\n{row.text}" for row in rows)
    answer = HttpResponse(f"{content}\n", content_type="text/plain; charset=utf-8")
    name = f"{choice.plan.bureau.short_name}_{choice.period.key}_汇总稿.txt"
    answer["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name)
    return answer


def _asked(request: HttpRequest, code: str, year: int, permission: Permission) -> tuple[PeriodChoice, User]:
    """The plan, the started period, and who asks; Http404 or PermissionDenied."""
    choice, user = choose_period(request, readable_plan(request, code, year)), signed_in(request)
    if not user.may(permission, choice.plan.bureau):
        raise PermissionDenied
    if choice.period.pk is None:
        raise Http404
    return choice, user


def _typed(request: HttpRequest) -> dict[str, Typed]:
    """Row key → revision and text; line ends as the database keeps them."""
    found = {}
    for name, text in request.POST.items():
        kind, _dash, key = name.partition("-")
        if kind == "text":
            revision = request.POST.get(f"revision-{key}", "")
            known = int(revision) if revision.isascii() and revision.isdigit() else 0
            found[key] = known, str(text).replace("\r\n", "\n").replace("\0", "").strip()
    return found


def _page(
    request: HttpRequest, choice: PeriodChoice, typed: dict[str, Typed], stale: dict[str, bool]
) -> HttpResponse:
    rows = consolidated_rows(choice.plan, choice.period)
    shown = [(row, typed[row.key][1] if row.key in typed else row.text, row.key in stale) for row in rows]
    context = {
        "rows": shown,
        "may_edit": signed_in(request).may(Permission.APPROVE, choice.plan.bureau),
        "begun": any(row.stored for row in rows),
        "left": sum(row.stored is None for row in rows),
        "changed": sum(row.has_changed for row in rows),
    }
    return render(request, "targets/texts.html", context | choice.context)


def _back(choice: PeriodChoice) -> HttpResponse:
    address = reverse("texts", args=[choice.plan.bureau.code, choice.plan.year])
    return HttpResponseRedirect(f"{address}?period={choice.period.key}")
