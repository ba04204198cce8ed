"""From the published document to the plan: receive, watch it being read, review, confirm or discard."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRefresh

from accounts.access import require, signed_in
from accounts.models import User
from accounts.permissions import Permission
from targets import tasks
from targets.errors import Refused
from targets.import_acts import ACTS, posted_fields
from targets.import_forms import ImportForm
from targets.models import ImportStage, PlanImport
from targets.selectors.import_drafts import decisions_of, draft_of
from targets.selectors.import_page import next_open, recent_imports, review_page
from targets.selectors.import_panel import decision_lines
from targets.selectors.import_text import Choice
from targets.services import import_deciding as deciding
from targets.services import imports as service


@require_GET
def imports(request: HttpRequest) -> HttpResponse:
    """The own bureaus' imports, and the form that starts one."""
    user = require(request, Permission.IMPORT_PLANS)
    return _imports_page(request, user, _form(user))


@require_POST
def create(request: HttpRequest) -> HttpResponse:
    """Check and store the document, and send the job that reads it."""
    user = require(request, Permission.IMPORT_PLANS)
    form = _form(user, request.POST, request.FILES)
    if form.is_valid():
        given = {name: form.cleaned_data[name] for name in ("text", "file", "year")}
        try:
            found = service.receive(bureau=form.chosen, by=user, **given)
        except Refused as refusal:
            form.add_error("file" if given["file"] else "text", str(refusal))
        else:
            tasks.read_import.delay_on_commit(found.pk)
            return redirect(found)
    return _imports_page(request, user, form, status=422)


@require_GET
def review(request: HttpRequest, pk: int) -> HttpResponse:
    """Where an import stands: being read, refused, under review, or done with."""
    found = _import_of(request, pk)
    if found.stage == ImportStage.REVIEW:
        return _review(request, found, _choice(request.GET))
    refusal = service.refusal_text(found.refusal) if found.stage == ImportStage.REFUSED else ""
    return render(request, "targets/import_state.html", {"import": found, "refusal": refusal})


@require_GET
def progress(request: HttpRequest, pk: int) -> HttpResponse:
    """The fragment that the page asks for every two seconds; when the job is over the page reloads itself."""
    found = _import_of(request, pk)
    if found.is_finished and request.htmx:  # type: ignore[attr-defined]
        return HttpResponseClientRefresh()
    return render(request, "targets/_import_progress.html", {"import": found})


@require_POST
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep the fields of one item that differ from what its form was made with."""
    found, user = _import_of(request, pk), signed_in(request)
    choice = _choice(request.POST)
    fields = posted_fields(dict(request.POST.lists()))
    try:
        deciding.decide(import_id=found.pk, item=choice.item, fields=fields, by=user)
    except Refused as refusal:
        return _review(request, found, choice, typed=fields, problem=str(refusal))
    return _answer(request, found, choice)


@require_POST
def act(request: HttpRequest, pk: int) -> HttpResponse:
    """One act on one item by one button or one key: accept, another verdict, merge, undo …"""
    found, user = _import_of(request, pk), signed_in(request)
    choice = _choice(request.POST)
    name = request.POST.get("act", "")
    try:
        if name == "undo":
            field = request.POST.get("field", "")
            own = choice.item if field else ""
            undone = deciding.undo(import_id=found.pk, by=user, item=own, field=field)
            choice = _with_item(choice, undone or choice.item)
        elif name in ACTS:
            fields = ACTS[name](draft_of(found), choice.item, request.POST.dict())
            deciding.decide(import_id=found.pk, item=choice.item, fields=fields, by=user)
            if name == "accept":
                choice = _with_item(choice, next_open(draft_of(found), choice.item))
        else:
            raise Http404
    except Refused as refusal:
        return _review(request, found, choice, problem=str(refusal))
    return _answer(request, found, choice)


@require_POST
def take(request: HttpRequest, pk: int) -> HttpResponse:
    """Take along what last year's plan says, or every proposal there is."""
    found, user = _import_of(request, pk), signed_in(request)
    try:
        if request.POST.get("origin") == deciding.LAST_YEAR:
            taken = deciding.take_last_year(import_id=found.pk, by=user)
        else:
            taken = deciding.take_proposals(import_id=found.pk, by=user)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        text = ngettext("%(count)s item was filled in.", "%(count)s items were filled in.", taken)
        messages.success(request, text % {"count": taken})
    return redirect(found)


@require_http_methods(["GET", "POST"])
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """What will be written and what is still missing; a POST makes the plan."""
    found, user = _import_of(request, pk), signed_in(request)
    if request.method == "POST":
        try:
            plan = service.confirm(import_id=found.pk, by=user)
        except Refused as refusal:
            messages.error(request, str(refusal))
            return redirect("import-confirm", found.pk)
        tasks.compute_progress.delay_on_commit(plan.pk)
        messages.success(request, _("The plan was made. It is in force now."))
        return redirect(plan)
    if found.stage != ImportStage.REVIEW:
        return redirect(found)
    page = review_page(found, Choice())
    decided = decision_lines(page.draft, decisions_of(found))
    context = {"import": found, "page": page, "decisions": decided}
    return render(request, "targets/import_confirm.html", context)


@require_POST
def discard(request: HttpRequest, pk: int) -> HttpResponse:
    """Put the import aside."""
    found = _import_of(request, pk)
    try:
        service.discard(import_id=found.pk, by=signed_in(request))
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect(found)
    messages.success(request, _("The import was discarded; no plan was made."))
    return redirect("imports")


def _import_of(request: HttpRequest, pk: int) -> PlanImport:
    """The import, for people who may import its bureau's plans; 404 for another bureau's, else 403."""
    found = get_object_or_404(PlanImport.objects.select_related("bureau", "owner", "plan__bureau"), pk=pk)
    require(request, Permission.IMPORT_PLANS, bureau=found.bureau)
    return found


def _form(user: User, *data: Any) -> ImportForm:
    return ImportForm(*data, bureaus=list(user.bureaus_where(Permission.IMPORT_PLANS)))


def _choice(data: Any) -> Choice:
    return Choice(
        item=data.get("item", "")[:80],
        view="ledger" if data.get("view") == "ledger" else "structure",
        only_open=bool(data.get("open")),
        with_words=bool(data.get("words")),
    )


def _with_item(choice: Choice, item: str) -> Choice:
    return Choice(item, choice.view, choice.only_open, choice.with_words)


def _imports_page(request: HttpRequest, user: User, form: ImportForm, status: int = 200) -> HttpResponse:
    context = {"form": form, "imports": recent_imports(user)}
    return render(request, "targets/imports.html", context, status=status)


def _answer(request: HttpRequest, found: PlanImport, choice: Choice) -> HttpResponse:
    """After an act: the desk anew for a script, the page anew (at the item) without one."""
    if request.htmx:  # type: ignore[attr-defined]
        return _review(request, found, choice)
    return redirect(f"{found.get_absolute_url()}{choice.query()}#import-panel")


def _review(
    request: HttpRequest,
    found: PlanImport,
    choice: Choice,
    typed: dict[str, Any] | None = None,
    problem: str = "",
) -> HttpResponse:
    """The review, or the part of it that a script asked for."""
    context = {"import": found, "page": review_page(found, choice, typed, problem)}
    if request.htmx:  # type: ignore[attr-defined]
        part = "_import_panel" if request.GET.get("part") == "panel" else "_import_desk"
        return render(request, f"targets/{part}.html", context)
    return render(request, "targets/import.html", context, status=422 if problem else 200)
