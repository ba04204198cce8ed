"""Uploads as pages show them: lists, every error in words, and the preview of the changes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit, User
from accounts.permissions import Permission
from targets.models import Period, Upload
from targets.models.uploads import SentWorkbook
from targets.plausibility import MESSAGES as WARNINGS
from targets.plausibility import WarningCode
from targets.selectors.openings import opening, reopened
from targets.selectors.periods import started_periods
from targets.selectors.spreadsheet_page import spreadsheet_view
from targets.upload_problems import message_of
from targets.words import period_name
from targets.workbook.changes import SAME, FieldChange
from targets.workbook.marking import ErrorLine

MOST_LISTED = 50


@dataclass(frozen=True)
class Place:
    """A unit (None: the whole bureau) and an open period for which this person may hand in a workbook."""

    unit: Unit | None
    period: Period

    @property
    def key(self) -> str:
        return f"{self.period.pk}-{self.unit.pk if self.unit else 'all'}"

    @property
    def period_name(self) -> str:
        return period_name(self.period.key)

    def __str__(self) -> str:
        return f"{self.unit or gettext('whole bureau')} · {self.period_name}"


@dataclass(frozen=True)
class FieldLine:
    """One cell of the preview."""

    header: str
    old: str
    new: str
    echo: str
    conflict: bool
    where: str


@dataclass(frozen=True)
class ChangeLine:
    """One item of the preview with its cells."""

    code: str
    label: str
    unit: str
    kind: str
    others_by: str
    fields: list[FieldLine]
    warnings: list[str]  # what looks odd about the number; it does not block

    @property
    def rows(self) -> int:
        return len(self.fields) + bool(self.warnings)


@dataclass(frozen=True)
class UploadLine:
    """An upload in the list."""

    upload: Upload
    period_name: str


# Why a job failed, by the reason it keeps.
FAILURES = {
    "unexpected": _(
        "Something went wrong while the file was read. Nothing was changed. Please upload it again."
    ),
    "worker-lost": _("Reading was interrupted several times. Nothing was changed. Please upload it again."),
}


def open_places(user: User) -> list[Place]:
    """The own units with each period that is open for them, the latest first; for the office its bureau.

    Open, or reopened for the unit by an exception; a few queries for each bureau.
    """
    places = [
        Place(None, period)
        for bureau in user.bureaus_where(Permission.ENTER_FOR_UNITS)
        for period in reversed(started_periods(bureau))
        if period.is_open
    ]
    units = user.units_where(Permission.ENTER_FIGURES)
    for bureau in {unit.bureau_id: unit.bureau for unit in units}.values():
        own = [unit for unit in units if unit.bureau_id == bureau.pk]
        periods, exceptions = started_periods(bureau), reopened(bureau, own)
        for unit in own:
            open_now = (one for one in periods if one.is_open or one in exceptions[unit.pk])
            places += [Place(unit, period) for period in reversed(list(open_now))]
    return places


def recent_uploads(user: User) -> list[UploadLine]:
    """The latest uploads of the own units, newest first."""
    found = Upload.objects.visible_to(user).select_related("unit", "period", "owner")
    uploads = found.defer("errors", "changes")[:MOST_LISTED]  # both may be long
    return [UploadLine(upload, period_name(upload.period.key)) for upload in uploads]


def failure_text(upload: SentWorkbook) -> str:
    """Why the job failed, in the language of the page."""
    return str(FAILURES.get(upload.failure, FAILURES["unexpected"]))


def upload_context(upload: Upload) -> dict[str, Any]:
    """What the page of one upload shows."""
    changes, errors = change_lines(upload), error_lines(upload)
    return {
        "upload": upload,
        "period_name": period_name(upload.period.key),
        "period_is_open": bool(opening(upload.period, upload.unit)) if upload.unit else upload.period.is_open,
        "failure": failure_text(upload),
        "errors": errors,
        "can_mark": any(error.row for error in errors),
        "changes": changes,
        "unchanged": len(upload.changes) - len(changes),
        "has_warnings": any(change.warnings for change in changes),
        "has_conflicts": any(change.others_by for change in changes),
        "spreadsheet": spreadsheet_view(upload),
    }


def error_lines(upload: SentWorkbook) -> list[ErrorLine]:
    """Every stored error in the language of the page."""
    return [
        ErrorLine(
            error["sheet"],
            error["row"],
            error["column"],
            error["header"],
            error["value"],
            gettext(message_of(error["code"])) % error["values"],
        )
        for error in upload.errors
    ]


def change_lines(upload: Upload) -> list[ChangeLine]:
    """What confirming would write (or wrote): conflicts first, then what looks odd, then as in the form."""
    lines = [_change(change) for change in upload.changes if change["kind"] != SAME]
    return sorted(lines, key=lambda line: (not line.others_by, not line.warnings))


def _change(change: dict[str, Any]) -> ChangeLine:
    """One stored change; what is blank was not stored."""
    cells = [FieldChange(*values) for values in change["fields"]]
    fields = [
        FieldLine(
            cell.header,
            cell.old,
            cell.new,
            cell.echo,
            cell.conflict,
            f"{cell.sheet} {cell.column}{cell.row}",
        )
        for cell in cells
    ]
    warnings = [
        gettext(WARNINGS[WarningCode(found["code"])]) % found["values"]
        for found in change.get("warnings", [])
    ]
    return ChangeLine(
        code=change["code"],
        label=change["label"],
        unit=change.get("unit", ""),
        kind=change["kind"],
        others_by=change.get("others_by", ""),
        fields=fields,
        warnings=warnings,
    )
