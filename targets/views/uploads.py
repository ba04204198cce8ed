"""The quarter's workbook: download, upload, watch it being read, then confirm or discard."""

from __future__ import annotations

import io
from pathlib import PurePath

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import HttpResponseClientRefresh

from accounts.access import belongs_to, require, signed_in
from accounts.audit import record
from accounts.models import Unit, User
from accounts.paging import page_of_list
from accounts.permissions import Permission
from targets import tasks
from targets.errors import Refused
from targets.figure_columns import period_name
from targets.models import Period, Upload, UploadStage
from targets.selectors.openings import opening
from targets.selectors.unit_form import unit_form
from targets.selectors.uploads import open_places, recent_uploads, upload_context
from targets.services import uploads as service
from targets.upload_forms import UploadForm
from targets.workbook.form import write_form
from targets.workbook.marking import LIST_SHEET

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LINES = 100  # changes or errors on one page


@require_GET
def workbook(request: HttpRequest, period_id: int, unit_id: int) -> HttpResponseBase:
    """The unit's form of an open period, filled with what is stored, as a download."""
    unit = get_object_or_404(Unit.objects.select_related("bureau"), pk=unit_id)
    user = require(request, Permission.ENTER_FIGURES, unit=unit)
    period = get_object_or_404(Period.objects.select_related("bureau"), pk=period_id, bureau=unit.bureau)
    if not opening(period, unit):
        messages.error(request, _("This period is not open, so there is no form to fill in."))
        return redirect("uploads")
    content = write_form(unit_form(unit, period))
    after = {"period": str(period.key), "kind": "form", "size": len(content)}
    record("workbook.downloaded", by=user, bureau=unit.bureau, about=unit, after=after)
    mark = "(演示数据)" if unit.bureau.is_demo else ""
    return download(content, f"{unit.name}_{period_name(period.key)}填报表{mark}.xlsx")


@require_GET
def uploads(request: HttpRequest) -> HttpResponse:
    """The own units' uploads, the forms to download, and the upload form."""
    user = _reporter(request)
    return _uploads_page(request, user, UploadForm(places=open_places(user)))


@require_POST
def create(request: HttpRequest) -> HttpResponse:
    """Check and store the file, and send the job that reads it."""
    user = _reporter(request)
    form = UploadForm(request.POST, request.FILES, places=open_places(user))
    if form.is_valid():
        place = form.chosen
        try:
            upload = service.receive(
                unit=place.unit, period=place.period, file=form.cleaned_data["file"], by=user
            )
        except Refused as refusal:
            form.add_error("file", str(refusal))
        else:
            tasks.read_upload.delay_on_commit(upload.pk)
            return redirect(upload)
    return _uploads_page(request, user, form, status=422)


@require_GET
def upload(request: HttpRequest, pk: int) -> HttpResponse:
    """Where an upload stands: being read, every error, or the preview to confirm."""
    found = upload_of(request, pk)
    context = upload_context(found, request.GET.get("show", ""))
    context["page_obj"] = page_of_list(request, context.pop("lines"), LINES)
    return render(request, "targets/upload.html", context)


@require_GET
def progress(request: HttpRequest, pk: int) -> HttpResponse:
    """The fragment that the page asks for every two seconds; when the job is over the page reloads itself."""
    found = upload_of(request, pk)
    if found.is_finished and request.htmx:  # type: ignore[attr-defined]
        return HttpResponseClientRefresh()
    return render(request, "targets/_upload_progress.html", {"upload": found})


@require_POST
def apply(request: HttpRequest, pk: int) -> HttpResponse:
    """Write the previewed changes as drafts."""
    found = upload_of(request, pk)
    try:
        changed = service.apply(upload_id=found.pk, by=signed_in(request))
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        text = ngettext("%(count)s change was applied.", "%(count)s changes were applied.", changed)
        messages.success(request, text % {"count": changed})
    return redirect(found)


@require_POST
def discard(request: HttpRequest, pk: int) -> HttpResponse:
    """Put the upload aside."""
    found = upload_of(request, pk)
    try:
        service.discard(upload_id=found.pk, by=signed_in(request))
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect(found)
    messages.success(request, _("The upload was discarded; nothing was changed."))
    return redirect("uploads")


@require_GET
def marked(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The person's own workbook with every error marked in its cell."""
    found = upload_of(request, pk)
    if found.stage != UploadStage.REFUSED:
        raise Http404
    try:
        content = service.marked_workbook(found)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect(found)
    after = {"kind": "marked", "size": len(content)}
    record("workbook.downloaded", by=signed_in(request), bureau=found.bureau, about=found, after=after)
    return download(content, f"{PurePath(found.original_name).stem}_{LIST_SHEET}.xlsx")


def upload_of(request: HttpRequest, pk: int) -> Upload:
    """The upload, for people who may enter for its unit; 404 for another bureau's, 403 without the right."""
    related = Upload.objects.select_related("unit__bureau", "period__bureau", "owner", "spreadsheet")
    found = get_object_or_404(related, pk=pk)
    if not belongs_to(signed_in(request), found.bureau):
        raise Http404
    if not Upload.objects.visible_to(signed_in(request)).filter(pk=pk).exists():
        raise PermissionDenied
    return found


def _reporter(request: HttpRequest) -> User:
    """The person, who enters for a unit or, in the office, for any."""
    user = signed_in(request)
    if not (user.may(Permission.ENTER_FIGURES) or user.may(Permission.ENTER_FOR_UNITS)):
        raise PermissionDenied
    return user


def _uploads_page(request: HttpRequest, user: User, form: UploadForm, status: int = 200) -> HttpResponse:
    places = list(form.places.values())
    forms = [place for place in places if place.unit]
    context = {"form": form, "places": places, "forms": forms, "uploads": recent_uploads(user)}
    return render(request, "targets/uploads.html", context, status=status)


def download(content: bytes, name: str) -> FileResponse:
    """A workbook as an attachment under its own name, which no cache keeps."""
    response = FileResponse(io.BytesIO(content), as_attachment=True, filename=name, content_type=XLSX)
    response["Cache-Control"] = "no-store"
    return response
