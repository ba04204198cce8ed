"""A workbook with the parts of many targets: received, read by a job, previewed, applied or discarded."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.audit import record
from accounts.jobs import finish, run
from accounts.models import User
from accounts.permissions import Permission
from plans.models import Plan
from targets.errors import Refused
from targets.models import Allocation, AllocationImport, Target, UploadStage
from targets.part_text import NO_TARGET
from targets.selectors.allocations import matrix_targets, matrix_units, parts_of
from targets.services.allocating import set_values, started_periods
from targets.services.sent_files import store
from targets.units import figure_text
from targets.upload_problems import in_file_order
from targets.workbook.changes import CHANGED, NEW, SAME
from targets.workbook.limits import WorkbookRefused
from targets.workbook.matrix import MatrixCell, MatrixTarget, MatrixUnit, ReadMatrix, read_matrix

MAX_ERRORS = 500  # more tell nothing new


def receive(*, plan: Plan, file: UploadedFile, by: User, at: datetime | None = None) -> AllocationImport:
    """Check the file without opening it as a workbook, store it, and queue it; the caller sends the job.

    Raises Refused, with nothing stored, for a file that is no workbook and a person who may not allocate.
    """
    _guard(by, plan)
    job = AllocationImport(owner=by, plan=plan)
    store(job, file, bureau=plan.bureau, kind="allocation", after={"plan": plan.pk}, at=at)
    return job


def read(*, import_id: int) -> None:
    """The job: read the matrix, and keep every problem or a preview of the changes."""
    run(AllocationImport, import_id, _read)


@transaction.atomic
def apply(*, import_id: int, by: User, reason: str = "", at: datetime | None = None) -> int:
    """Store the previewed parts, all or nothing; returns how many changed (twice changes nothing more).

    Raises Refused when there is nothing to confirm, a part was changed since the preview, or a value changes
    of which figures are approved and no reason is given.
    """
    job = _locked(import_id)
    _guard(by, job.plan)
    if job.stage == UploadStage.APPLIED:
        return changed_parts(job)
    if job.stage != UploadStage.PREVIEW:
        raise Refused(_("This upload is not ready to be confirmed."))
    at = at or job.plan.bureau.now
    for target, values in _wanted(job).items():
        set_values(target=target, values=values, by=by, reason=reason, at=at)
    job.stage = UploadStage.APPLIED
    job.save(update_fields=["stage"])
    after = {"changed": changed_parts(job), "sha256": job.sha256}
    record("allocation.applied", by=by, bureau=job.plan.bureau, about=job, after=after, at=at)
    return changed_parts(job)


@transaction.atomic
def discard(*, import_id: int, by: User, at: datetime | None = None) -> None:
    """Put a workbook aside without storing anything. Raises Refused for one that is read or applied."""
    job = _locked(import_id)
    _guard(by, job.plan)
    if job.stage == UploadStage.DISCARDED:
        return
    if not job.is_finished or job.stage == UploadStage.APPLIED:
        raise Refused(_("This upload cannot be discarded now."))
    job.stage = UploadStage.DISCARDED
    job.save(update_fields=["stage"])
    record("allocation.discarded", by=by, bureau=job.plan.bureau, about=job, at=at)


def changed_parts(job: AllocationImport) -> int:
    """How many parts confirming stores (or stored)."""
    return sum(change["kind"] != SAME for change in job.changes)


def _read(job: AllocationImport) -> None:
    path = Path(job.file.path)
    if not path.is_file():
        raise FileNotFoundError(path.name)
    targets, units = matrix_targets(job.plan), matrix_units(job.plan.bureau)
    try:
        found = read_matrix(path, targets, units)
    except WorkbookRefused as refusal:
        found = ReadMatrix(problems=refusal.problems)
    if found.problems:
        problems = sorted(found.problems, key=in_file_order)[:MAX_ERRORS]
        finish(job, stage=UploadStage.REFUSED, errors=[problem.to_json() for problem in problems])
        return
    by_target, by_unit = {one.pk: one for one in targets}, {one.pk: one for one in units}
    stored = parts_of(job.plan)
    changes = [
        _change(cell, by_target[cell.target], by_unit[cell.unit], stored, found.sheet) for cell in found.cells
    ]
    finish(job, stage=UploadStage.PREVIEW, changes=changes, notices=_notices(found, by_target))


def _change(
    cell: MatrixCell,
    target: MatrixTarget,
    unit: MatrixUnit,
    stored: Mapping[tuple[int, int], Allocation],
    sheet: str,
) -> dict[str, Any]:
    """What one cell would change, as plain JSON; an unchanged one is kept to be counted."""
    part = stored.get((target.pk, unit.pk))
    kind = NEW if part is None else SAME if part.value == cell.value else CHANGED
    return {
        "kind": kind,
        "target": target.pk,
        "unit": unit.pk,
        "label": f"{target.key} {target.name}",
        "measure": target.unit,
        "unit_name": unit.name,
        "old": None if part is None else _shown(part.value),
        "new": _shown(cell.value),
        "value": None if cell.value is None else f"{cell.value:f}",
        "was": None if part is None or part.value is None else f"{part.value:f}",
        "where": f"{sheet} {cell.column}{cell.row}",
    }


def _shown(value: Decimal | None) -> str:
    return NO_TARGET if value is None else figure_text(value)


def _notices(found: ReadMatrix, targets: Mapping[int, MatrixTarget]) -> list[dict[str, str]]:
    """The targets whose row 合计 says another sum than the cells have: a notice, not an error."""
    sums: dict[int, Decimal] = defaultdict(Decimal)
    for cell in found.cells:
        sums[cell.target] += cell.value or 0
    return [
        {"target": targets[pk].name, "said": figure_text(said), "sum": figure_text(sums[pk])}
        for pk, said in found.totals.items()
        if said != sums[pk]
    ]


def _wanted(job: AllocationImport) -> dict[Target, dict[int, Decimal | None]]:
    """Target → unit → new value; raises Refused where a part is no longer as the preview showed it."""
    changes = [change for change in job.changes if change["kind"] != SAME]
    started_periods(job.plan)
    locked = Target.objects.filter(plan=job.plan_id).select_for_update().order_by("pk")
    targets = locked.in_bulk([change["target"] for change in changes])
    stored = parts_of(job.plan)
    wanted: dict[Target, dict[int, Decimal | None]] = defaultdict(dict)
    for change in changes:
        part = stored.get((change["target"], change["unit"]))
        was = None if change["was"] is None else Decimal(change["was"])
        gone = change["target"] not in targets or (part is None) != (change["kind"] == NEW)
        if gone or (part is not None and part.value != was):
            raise Refused(
                _(
                    "“%(item)s” was changed since this preview. Nothing was written. Upload the workbook "
                    "again: the new preview shows both values."
                )
                % {"item": f"{change['label']} · {change['unit_name']}"}
            )
        value = None if change["value"] is None else Decimal(change["value"])
        wanted[targets[change["target"]]][change["unit"]] = value
    return wanted


def _locked(import_id: int) -> AllocationImport:
    found = AllocationImport.objects.select_for_update(of=("self",)).select_related("plan__bureau", "owner")
    return found.get(pk=import_id)


def _guard(by: User, plan: Plan) -> None:
    if not by.may(Permission.ORGANISE_PLAN, plan.bureau):
        raise Refused(_("Only the office allocates targets."))
