"""Uploaded workbooks: received after the file checks, read by a job, then applied as a whole or discarded."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.audit import record
from accounts.jobs import collector_paused, finish, run, watcher
from accounts.models import Unit, User
from plans.models import Task
from targets.enums import Nature
from targets.errors import Refused, StaleForm
from targets.figure_columns import FIGURES
from targets.inputs import FigureInput, NarrativeInput
from targets.models import Allocation, Figure, Narrative, Origin, Period, Target, Upload, UploadStage
from targets.plausibility import FigureWarning
from targets.selectors.neighbours import FigureKey
from targets.selectors.terms import stand_in_force
from targets.selectors.unit_form import base_contents, unit_form
from targets.selectors.uploads import error_lines
from targets.selectors.warnings import warnings_if_typed
from targets.services.guards import guard_uploader, guard_uploading
from targets.services.sent_files import store
from targets.services.spreadsheets import read_uploaded
from targets.services.unit_saving import save_for_units
from targets.spreadsheet.book import form_unit, is_own_form
from targets.upload_problems import Problem, UploadCode, in_file_order
from targets.workbook.changes import NUMBERS, SAME, Change
from targets.workbook.comparing import compare
from targets.workbook.content import FIGURE, FigureContent
from targets.workbook.limits import WorkbookRefused, inspect_workbook
from targets.workbook.marking import mark_errors
from targets.workbook.reading import Watch, read_form

MAX_ERRORS = 20_000  # as many as a form may have rows


def receive(
    *, unit: Unit | None, period: Period, file: UploadedFile, by: User, at: datetime | None = None
) -> Upload:
    """Check the file without opening it as a workbook, store it under a random name, and queue it.

    Without a unit it is the office's, for the whole bureau. The caller sends the job. Raises Refused, with
    nothing stored, for a file that is not a workbook we may open, a person who may not enter for the unit,
    and a period that is not open.
    """
    guard_uploading(period=period, unit=unit, by=by)
    upload = Upload(owner=by, unit=unit, period=period)
    after = {"unit": upload.unit_id, "period": str(period.key)}
    store(upload, file, bureau=period.bureau, kind="upload", after=after, at=at)
    return upload


@collector_paused()
def read(*, upload_id: int) -> None:
    """The job: read and check the workbook, and keep every problem or a preview of the changes.

    See `accounts.jobs.run` for an upload that is finished, in other hands, or cannot be read.
    """
    run(Upload, upload_id, _read)


@collector_paused()
@transaction.atomic
def apply(*, upload_id: int, by: User, at: datetime | None = None) -> int:
    """Write the previewed changes as drafts, all or nothing; returns how many items changed.

    Applying twice does nothing the second time. Raises Refused, with nothing written, when there is nothing
    to confirm, the period was closed, or an item was changed or submitted since the preview.
    """
    upload = _locked(upload_id)
    guard_uploading(period=upload.period, unit=upload.unit, by=by)
    if upload.stage == UploadStage.APPLIED:
        return changed_items(upload)
    if upload.stage != UploadStage.PREVIEW:
        raise Refused(_("This upload is not ready to be confirmed."))
    at = at or upload.bureau.now
    figures, narratives = inputs_of(upload.changes, upload.period)
    try:
        saved = save_for_units(
            period=upload.period,
            unit=upload.unit,
            figures=figures,
            narratives=narratives,
            by=by,
            origin=Origin.WORKBOOK,
            at=at,
        )
    except StaleForm as stale:
        names = "、".join(_name(conflict.item) for conflict in stale.conflicts[:10])
        raise Refused(
            _(
                "Changed since this preview: %(items)s. Nothing was written. Upload the "
                "workbook again: the new preview shows both values."
            )
            % {"items": names}
        ) from stale
    upload.stage = UploadStage.APPLIED
    upload.save(update_fields=["stage"])
    after = {"changed": saved.changed, "sha256": upload.sha256, "period": str(upload.period.key)}
    record("upload.applied", by=by, bureau=upload.bureau, about=upload, after=after, at=at)
    return saved.changed


@transaction.atomic
def discard(*, upload_id: int, by: User, at: datetime | None = None) -> None:
    """Put an upload aside without writing anything, in a closed period too.

    Raises Refused for a person who may not enter for the unit, and for an upload that is being read or was
    applied.
    """
    upload = _locked(upload_id)
    guard_uploader(period=upload.period, unit=upload.unit, by=by)
    if upload.stage == UploadStage.DISCARDED:
        return
    if not upload.is_finished or upload.stage == UploadStage.APPLIED:
        raise Refused(_("This upload cannot be discarded now."))
    upload.stage = UploadStage.DISCARDED
    upload.save(update_fields=["stage"])
    record("upload.discarded", by=by, bureau=upload.bureau, about=upload, at=at)


def marked_workbook(upload: Upload) -> bytes:
    """The person's own workbook with every error marked. Raises Refused where that is not possible."""
    try:
        return mark_errors(Path(upload.file.path), error_lines(upload))
    except (WorkbookRefused, FileNotFoundError) as error:
        raise Refused(_("The errors cannot be marked in this file; please use the list.")) from error


def changed_items(upload: Upload) -> int:
    """How many items confirming writes (or wrote)."""
    return sum(change["kind"] != SAME for change in upload.changes)


def _read(upload: Upload) -> None:
    path = Path(upload.file.path)
    if not path.is_file():
        raise FileNotFoundError(path.name)
    problems: list[Problem] = []
    changes: list[Change] = []
    try:
        if is_own_form(path):
            form = read_unit_form(path, upload.period, upload.unit, watcher(upload))
            problems, changes = form.problems, form.changes
        else:
            reading = read_uploaded(upload)
            problems, changes = reading.problems, reading.changes
    except WorkbookRefused as refusal:
        problems = refusal.problems
    if problems:
        errors = [problem.to_json() for problem in sorted(problems, key=in_file_order)[:MAX_ERRORS]]
        finish(upload, stage=UploadStage.REFUSED, errors=errors)
    else:
        finish(upload, stage=UploadStage.PREVIEW, changes=_preview(upload, changes))


@dataclass(frozen=True)
class ReadUnitForm:
    """The product's own form as it was read; `letters` and `rows` are those of the sheet 指标."""

    problems: list[Problem]
    changes: list[Change]
    letters: dict[str, str]
    rows: dict[str, int]  # code → row


def read_unit_form(
    path: Path, period: Period, unit: Unit | None, watch: Watch = lambda done, total: None
) -> ReadUnitForm:
    """What the product's own form says; without a unit the one that its marks name is meant.

    Raises WorkbookRefused.
    """
    if unit is None:
        inspect_workbook(path)  # before a library opens it
        unit = Unit.objects.filter(bureau=period.bureau, pk=form_unit(path) or 0).first()
    if unit is None:
        raise WorkbookRefused(Problem(UploadCode.NOT_OURS))
    form = unit_form(unit, period, neighbours=False)
    found = read_form(path, form, watch)
    problems, changes = compare(form, found, base_contents(form, found.marks, unit, period))
    figures = found.sheets.get(FIGURES.name)
    rows = {row.code: row.number for row in figures.rows} if figures else {}
    letters = figures.letters if figures else {}
    return ReadUnitForm([*found.problems, *problems], changes, letters, rows)


def odd_about(period: Period, changes: Iterable[Change]) -> dict[FigureKey, list[FigureWarning]]:
    """What would look odd about each figure once the changes are written."""
    typed: dict[FigureKey, Decimal | None] = {}
    for change in changes:
        if change.item == FIGURE and change.kind != SAME and isinstance(change.content, FigureContent):
            typed[change.target or 0, change.allocation] = change.content.value
    return warnings_if_typed(period, typed)


def _preview(upload: Upload, changes: Iterable[Change]) -> list[dict[str, Any]]:
    """The changes as they are kept, with what would look odd about each figure."""
    odd = odd_about(upload.period, changes)
    preview = []
    for change in changes:
        kept = change.to_json()
        if change.item == FIGURE and (found := odd.get((change.target or 0, change.allocation))):
            kept["warnings"] = [{"code": one.code.value, "values": one.values} for one in found]
        preview.append(kept)
    return preview


def _locked(upload_id: int) -> Upload:
    found = Upload.objects.select_for_update(of=("self",)).select_related("unit__bureau", "period__bureau")
    return found.get(pk=upload_id)


def _name(item: Figure | Narrative) -> str:
    return str(item.target if isinstance(item, Figure) else item.task or item.target)


def inputs_of(
    changes: Iterable[dict[str, Any]], period: Period
) -> tuple[list[FigureInput], list[NarrativeInput]]:
    """What `save_entries` is given: the stored preview, with its targets, parts and tasks.

    Raises Refused where one of them is gone, or counts in another unit of measure since.
    """
    wanted = [change for change in changes if change["kind"] != SAME]
    targets = Target.objects.in_bulk({change["target"] for change in wanted if "target" in change})
    stand_in_force(targets.values(), period)
    parts = _parts_of(targets)
    tasks = Task.objects.in_bulk({change["task"] for change in wanted if "task" in change})
    figures: list[FigureInput] = []
    narratives: list[NarrativeInput] = []
    try:
        for change in wanted:
            subject = tasks[change["task"]] if "task" in change else targets[change["target"]]
            if change["item"] == FIGURE and isinstance(subject, Target):
                part = parts[change["allocation"]] if "allocation" in change else None
                figures.append(_figure_input(change, subject, part))
            else:
                narratives.append(_narrative_input(change, subject))
    except KeyError as error:
        raise Refused(
            _("The plan was changed since this preview. Download the form again and upload it anew.")
        ) from error
    return figures, narratives


def _parts_of(targets: Collection[int]) -> dict[int, Allocation]:
    """The parts of these targets with their units, each unit once."""
    parts = Allocation.objects.filter(target__in=targets).in_bulk()
    units = Unit.objects.in_bulk({part.unit_id for part in parts.values()})
    for part in parts.values():
        part.unit = units[part.unit_id]
    return parts


def _figure_input(change: dict[str, Any], target: Target, part: Allocation | None) -> FigureInput:
    content = change["content"]
    if change.get("unit", target.unit) != target.unit:
        raise Refused(
            _(
                "“%(item)s” is measured in %(unit)s since this preview was made: download the form again and "
                "upload it anew."
            )
            % {"item": part or target, "unit": target.unit}
        )
    return FigureInput(
        target=target,
        allocation=part,
        revision=change["revision"],
        not_applicable="not_applicable" in content,
        basis=content["basis"],
        nature=content.get("nature", Nature.FLASH),
        note=content.get("note", ""),
        entered=change.get("entered", ""),
        unit=change.get("unit", ""),
        **{name: Decimal(content[name]) for name in NUMBERS if name in content},
    )


def _narrative_input(change: dict[str, Any], subject: Task | Target) -> NarrativeInput:
    content = change["content"]
    texts = {name: content.get(name, "") for name in NarrativeInput.CONTENT}
    nodes = {int(pk): what for pk, what in content.get("nodes", {}).items()}
    return NarrativeInput(subject=subject, revision=change["revision"], nodes=nodes, **texts)
