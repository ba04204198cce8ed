"""The parts of targets: one target's page, the matrix of all, and its workbook."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRefresh

from accounts.access import require, signed_in
from accounts.audit import record
from accounts.permissions import Permission
from targets import tasks
from targets.allocation_forms import MatrixForm, PartsForm
from targets.enums import Split
from targets.errors import Refused
from targets.labels import choices
from targets.models import AllocationImport, Target
from targets.selectors.allocations import (
    PartsPage,
    matrix_page,
    matrix_targets,
    matrix_units,
    parts_of,
    parts_page,
    units_to_allocate,
)
from targets.selectors.tags import tag_choice
from targets.selectors.uploads import error_lines, failure_text
from targets.services import allocation_imports as service
from targets.services.allocating import SUMMABLE, allocate, stamp
from targets.views.organise import organised_plan
from targets.views.uploads import download
from targets.workbook.changes import SAME
from targets.workbook.matrix import SHEET, write_matrix


@require_http_methods(["GET", "POST"])
def allocations(request: HttpRequest, pk: int) -> HttpResponse:
    """The parts of one target: value or –, baseline and order, and how the whole is reported."""
    found = Target.objects.select_related("plan__bureau", "plan__document", "lead", "section")
    target = get_object_or_404(found, pk=pk)
    user = require(request, Permission.ORGANISE_PLAN, target.plan.bureau)
    units = [unit.pk for unit in units_to_allocate(target.plan.bureau)]
    units += [part.unit_id for part in target.allocations.all() if part.unit_id not in units]
    form = PartsForm(request.POST or None, target.unit, units)
    if request.method == "POST" and form.is_valid():
        try:
            changes = allocate(
                target=target,
                parts=form.parts,
                split=request.POST.get("split", target.split),
                was=request.POST.get("was", ""),
                reason=request.POST.get("reason", ""),
                by=user,
            )
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            tasks.compute_progress.delay_on_commit(target.plan_id)
            text = ngettext("%(count)s part changed.", "%(count)s parts changed.", len(changes))
            messages.success(request, text % {"count": len(changes)})
            return redirect("allocations", pk)
    page = parts_page(target, stamp(target, target.allocations.all()))
    return _parts(request, page, form, status=422 if request.method == "POST" else 200)


def _parts(request: HttpRequest, page: PartsPage, form: PartsForm, status: int) -> HttpResponse:
    context = {
        "page": page,
        "rows": form.rows(page.rows),
        "others": form.rows(page.others),
        "splits": choices(Split),
        "may_sum": page.target.measure in SUMMABLE,
        "split": request.POST.get("split", page.target.split),
        "reason": request.POST.get("reason", ""),
        "was": request.POST.get("was", page.stamp),
        "nav_bureau": page.target.plan.bureau,
        "nav_year": page.target.plan.year,
    }
    return render(request, "targets/allocations.html", context, status=status)


@require_GET
def matrix(request: HttpRequest, code: str, year: int) -> HttpResponse:
    """All parts of the plan as a table, its workbook, and what was uploaded."""
    return _matrix_page(request, code, year, MatrixForm())


@require_GET
def template(request: HttpRequest, code: str, year: int) -> HttpResponseBase:
    """The matrix as a workbook, filled with what is stored, as a download."""
    plan, user = organised_plan(request, code, year)
    values = {place: part.value for place, part in parts_of(plan).items()}
    title = f"{plan.bureau.name}{plan.year}年{SHEET}表"
    content = write_matrix(matrix_targets(plan), matrix_units(plan.bureau), values, title)
    after = {"kind": "allocations", "size": len(content)}
    record("workbook.downloaded", by=user, bureau=plan.bureau, about=plan, after=after)
    mark = "(演示数据)" if plan.bureau.is_demo else ""
    return download(content, f"{title}{mark}.xlsx")


@require_POST
def upload(request: HttpRequest, code: str, year: int) -> HttpResponse:
    """Check and store the file, and send the job that reads it."""
    plan, user = organised_plan(request, code, year)
    form = MatrixForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            job = service.receive(plan=plan, file=form.cleaned_data["file"], by=user)
        except Refused as refusal:
            form.add_error("file", str(refusal))
        else:
            tasks.read_allocations.delay_on_commit(job.pk)
            return redirect(job)
    return _matrix_page(request, code, year, form, status=422)


@require_GET
def import_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Where a workbook stands: being read, every error, or the preview to confirm."""
    return _import_page(request, _import_of(request, pk))


@require_GET
def progress(request: HttpRequest, pk: int) -> HttpResponse:
    """The fragment that the page asks for every two seconds; when the job is over the page reloads itself."""
    job = _import_of(request, pk)
    if job.is_finished and request.htmx:  # type: ignore[attr-defined]
        return HttpResponseClientRefresh()
    return render(request, "targets/_allocation_progress.html", {"job": job})


@require_POST
def apply(request: HttpRequest, pk: int) -> HttpResponse:
    """Store the previewed parts."""
    job, reason = _import_of(request, pk), request.POST.get("reason", "")
    try:
        changed = service.apply(import_id=job.pk, by=signed_in(request), reason=reason)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return _import_page(request, job, reason=reason, status=422)
    tasks.compute_progress.delay_on_commit(job.plan_id)
    text = ngettext("%(count)s part changed.", "%(count)s parts changed.", changed)
    messages.success(request, text % {"count": changed})
    return redirect("allocation-matrix", job.plan.bureau.code, job.plan.year)


@require_POST
def discard(request: HttpRequest, pk: int) -> HttpResponse:
    """Put the workbook aside."""
    job = _import_of(request, pk)
    try:
        service.discard(import_id=job.pk, by=signed_in(request))
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect(job)
    messages.success(request, _("The upload was discarded; nothing was changed."))
    return redirect("allocation-matrix", job.plan.bureau.code, job.plan.year)


def _import_of(request: HttpRequest, pk: int) -> AllocationImport:
    """The import, for people who organise its bureau's plans; 404 for another bureau's."""
    found = get_object_or_404(AllocationImport.objects.select_related("plan__bureau", "owner"), pk=pk)
    require(request, Permission.ORGANISE_PLAN, found.plan.bureau)
    return found


def _import_page(
    request: HttpRequest, job: AllocationImport, *, reason: str = "", status: int = 200
) -> HttpResponse:
    changes = [change for change in job.changes if change["kind"] != SAME]
    context = {
        "job": job,
        "plan": job.plan,
        "errors": error_lines(job),
        "failure": failure_text(job),
        "changes": changes,
        "unchanged": len(job.changes) - len(changes),
        "reason": reason,
    }
    return render(request, "targets/allocation_import.html", context, status=status)


def _matrix_page(
    request: HttpRequest, code: str, year: int, form: MatrixForm, status: int = 200
) -> HttpResponse:
    plan, _user = organised_plan(request, code, year)
    tags = tag_choice(request.GET, plan.bureau)
    context = {"plan": plan, "page": matrix_page(plan, tags.tagged), "form": form, "tag_choice": tags}
    context |= {"nav_bureau": plan.bureau, "nav_year": plan.year}
    return render(request, "targets/allocation_matrix.html", context, status=status)
