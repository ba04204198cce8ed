"""Exporting workbooks: ask for one, watch it being written, take it away."""

from __future__ import annotations

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET, require_POST

from accounts.access import require
from accounts.paging import page_of_list
from accounts.permissions import Permission
from reports.forms import ExportForm
from reports.labels import EXPORT_FAILURES
from reports.models import ExportJob
from reports.selectors.differences import differences
from reports.selectors.exports import exports_visible_to, plan_of
from reports.services.exports import open_export, request_export
from reports.tasks import write_export_file

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_GET
def export_list(request: HttpRequest) -> HttpResponse:
    """The exports of the person's bureaus, and the form that asks for a new one."""
    user = require(request, Permission.EXPORT_REPORTS)
    page = page_of_list(request, exports_visible_to(user))
    context = {
        "form": ExportForm(user=user),
        "page_obj": page,
        "differences": differences(user.bureaus_where(Permission.EXPORT_REPORTS)),
    }
    return render(request, "reports/export_list.html", context)


@require_POST
def export_create(request: HttpRequest) -> HttpResponse:
    """Queue an export, or lead to the one that this person has under way already."""
    user = require(request, Permission.EXPORT_REPORTS)
    form = ExportForm(request.POST, user=user)
    if not form.is_valid():
        raise Http404
    period, tag = form.cleaned_data["period"], form.cleaned_data["tag"]
    job, is_new = request_export(plan=plan_of(period), period=period, by=user, tag=tag)
    if is_new:
        write_export_file.delay_on_commit(job.pk)
    return redirect(job)


@require_GET
def export_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Where one export stands."""
    return _shown(request, pk, "reports/export.html")


@require_GET
def export_progress(request: HttpRequest, pk: int) -> HttpResponse:
    """The same as a fragment, which the page asks for while the file is being written."""
    return _shown(request, pk, "reports/_export_state.html")


@require_GET
@cache_control(private=True, no_store=True)
def export_download(request: HttpRequest, pk: int) -> HttpResponse | FileResponse:
    """The file, under its Chinese name; without one the page that says why."""
    job = _job(request, pk)
    try:
        opened = open_export(job=job, by=require(request, Permission.EXPORT_REPORTS, job.bureau))
    except FileNotFoundError:
        messages.warning(request, _("There is no file to download. Please export again."))
        return redirect(job)
    return FileResponse(opened, as_attachment=True, filename=job.file_name, content_type=XLSX)


def _job(request: HttpRequest, pk: int) -> ExportJob:
    user = require(request, Permission.EXPORT_REPORTS)
    return get_object_or_404(exports_visible_to(user), pk=pk)


def _shown(request: HttpRequest, pk: int, template: str) -> HttpResponse:
    job = _job(request, pk)
    reason = EXPORT_FAILURES.get(job.failure, job.failure)
    return render(request, template, {"job": job, "reason": reason})
