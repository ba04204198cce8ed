"""A bureau's own spreadsheet as an upload: read, its columns corrected by hand and remembered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.audit import record
from accounts.models import Bureau, JobState, Unit, User
from targets.errors import Refused
from targets.models import Period, SpreadsheetLayout, SpreadsheetReading, Upload, UploadStage
from targets.selectors.spreadsheet_scope import spreadsheet_scope
from targets.services.guards import guard_uploading
from targets.spreadsheet.account import MATCHED, SKIPPED
from targets.spreadsheet.book import read_book
from targets.spreadsheet.headers import Role
from targets.spreadsheet.reading import Choice, Reading, understand

MAX_ROWS_KEPT = 1_000  # of the account of every row


def read_spreadsheet(
    path: Path, period: Period, unit: Unit | None = None, chosen: Choice | None = None
) -> Reading:
    """What the file says of this period, for one unit or (None) the bureau. Raises WorkbookRefused."""
    remembered = dict(
        SpreadsheetLayout.objects.filter(bureau=period.bureau_id).values_list("fingerprint", "columns")
    )
    return understand(read_book(path), spreadsheet_scope(period, unit), remembered, chosen)


def read_uploaded(upload: Upload) -> Reading:
    """The upload's file with the columns a person chose for it; the account of it is kept."""
    kept = SpreadsheetReading.objects.filter(upload=upload).first()
    chosen = None
    if kept:
        chosen = Choice(kept.chosen_columns, kept.chosen_sheet, by_hand=True, leaves_out=kept.leaves_out)
    reading = read_spreadsheet(Path(upload.file.path), upload.period, upload.unit, chosen)
    SpreadsheetReading.objects.update_or_create(upload=upload, defaults={"understood": account_of(reading)})
    return reading


def account_of(reading: Reading) -> dict[str, Any]:
    """The reading as plain JSON values: sheet, columns, rows with what became of them, and hints."""
    return {
        "sheet": reading.sheet,
        "sheets": reading.sheets,
        "columns": reading.columns,
        "headers": [list(header) for header in reading.headers],
        "header_rows": list(reading.header_rows),
        "fingerprint": reading.fingerprint,
        "is_remembered": reading.is_remembered,
        "rows": [asdict(report) for report in reading.rows[:MAX_ROWS_KEPT]],
        "row_count": len(reading.rows),
        "taken": sum(report.kind == MATCHED for report in reading.rows),
        "left_out": sum(report.kind == SKIPPED for report in reading.rows),
        "hints": [hint.to_json() for hint in reading.hints],
    }


@transaction.atomic
def choose_columns(
    *,
    upload: Upload,
    sheet: str,
    columns: Mapping[str, str],
    remember: bool,
    leaves_out: bool = False,
    by: User,
    at: datetime | None = None,
) -> None:
    """Have the upload read again with these columns (role → letter); the caller sends the job.

    With another sheet than the one that was read its columns are guessed anew. `remember` keeps the columns
    for the bureau's next file with the same headers, `leaves_out` leaves out rows that are no indicator of
    the plan. Raises Refused for an upload that is no spreadsheet of
    the bureau's own, is being read, or was applied or discarded.
    """
    locked = Upload.objects.select_for_update(of=("self",)).select_related("period__bureau", "unit__bureau")
    upload = locked.get(pk=upload.pk)
    guard_uploading(period=upload.period, unit=upload.unit, by=by)
    kept = SpreadsheetReading.objects.filter(upload=upload).first()
    if kept is None or upload.stage not in {UploadStage.PREVIEW, UploadStage.REFUSED}:
        raise Refused(_("The columns of this upload cannot be chosen now."))
    is_other_sheet = sheet != kept.understood["sheet"]
    if sheet and sheet not in kept.understood["sheets"]:
        raise Refused(_("There is no such sheet in this workbook."))
    kept.chosen_sheet = sheet
    kept.chosen_columns = {} if is_other_sheet else _known_columns(columns, kept.understood)
    kept.leaves_out = leaves_out
    kept.save(update_fields=["chosen_sheet", "chosen_columns", "leaves_out"])
    at = at or upload.bureau.now
    if remember and not is_other_sheet and kept.chosen_columns:
        _remember(upload.bureau, kept.understood["fingerprint"], kept.chosen_columns, by, at)
    upload.stage, upload.state = UploadStage.READING, JobState.QUEUED
    upload.attempts, upload.done, upload.total, upload.finished_at = 0, 0, 0, None
    upload.errors, upload.changes, upload.touched_at = [], [], timezone.now()
    upload.save()
    after = {"sheet": sheet, "columns": kept.chosen_columns, "remembered": remember}
    after["leaves_out"] = leaves_out
    record("upload.columns", by=by, bureau=upload.bureau, about=upload, after=after, at=at)


def _known_columns(columns: Mapping[str, str], understood: Mapping[str, Any]) -> dict[str, str]:
    """The chosen columns that exist, each role once. Raises Refused for a role given to two columns."""
    letters = {header[0] for header in understood["headers"]}
    found = {role: letter for role, letter in columns.items() if role in set(Role) and letter in letters}
    return {role: letter for role, letter in found.items() if role != Role.OTHER}


def _remember(bureau: Bureau, fingerprint: str, columns: dict[str, str], by: User, at: datetime) -> None:
    SpreadsheetLayout.objects.update_or_create(
        bureau=bureau, fingerprint=fingerprint, defaults={"columns": columns, "by": by, "at": at}
    )
