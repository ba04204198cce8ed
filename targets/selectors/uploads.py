"""Uploads as pages show them: lists, every error in words, and the preview of the changes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, F, Q, When
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit, User
from accounts.permissions import Permission
from targets.models import Figure, Narrative, Period, Upload, UploadStage
from targets.models.uploads import SentWorkbook
from targets.plausibility import MESSAGES as WARNINGS
from targets.plausibility import WarningCode
from targets.selectors.openings import opening, periods_to_enter
from targets.selectors.periods import current_first, started_periods
from targets.selectors.spreadsheet_page import spreadsheet_view
from targets.upload_problems import message_of
from targets.words import period_name
from targets.workbook.changes import CHANGED, NEW, SAME, FieldChange
from targets.workbook.content import FIGURE
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
class KindLine:
    """A kind of change by which the preview can be narrowed."""

    kind: str
    name: str
    count: int
    is_shown: bool


class Worded(Sequence[Any]):
    """Stored errors or changes, put into words once they are asked for: a page of thousands needs few."""

    def __init__(self, stored: Sequence[dict[str, Any]], words: Callable[[dict[str, Any]], Any]) -> None:
        self.stored, self.words = stored, words

    def __len__(self) -> int:
        return len(self.stored)

    def __getitem__(self, place: Any) -> Any:
        found = self.stored[place]
        return [self.words(one) for one in found] if isinstance(place, slice) else self.words(found)


@dataclass(frozen=True)
class UploadLine:
    """An upload in the list."""

    upload: Upload
    period_name: str
    says_nothing: bool  # it was read, and everything in it is stored already


ODD, CONFLICT = "odd", "conflict"
KINDS: dict[str, Callable[[dict[str, Any]], bool]] = {
    NEW: lambda change: change["kind"] == NEW,
    CHANGED: lambda change: change["kind"] == CHANGED,
    ODD: lambda change: bool(change.get("warnings")),
    CONFLICT: lambda change: "others_by" in change,
}
KIND_NAMES = {
    NEW: _("New"),
    CHANGED: _("Changed"),
    ODD: _("Looks odd"),
    CONFLICT: _("Changed by others too"),
}

# Why a job failed, by the reason it keeps.
FAILURES = {
    "unexpected": _(
        "Something went wrong while the file was read. Nothing was changed. Please upload it again."
    ),
    "worker-lost": _("Reading was interrupted several times. Nothing was changed. Please upload it again."),
}


def open_places(user: User) -> list[Place]:
    """The own units with each period that is open for them; for the office its bureau.

    The period to work on stands first, then the latest. Open, or reopened for the unit by an exception; a
    few queries for each bureau.
    """
    places = [
        Place(None, period)
        for bureau in user.bureaus_where(Permission.ENTER_FOR_UNITS)
        for period in current_first([one for one in started_periods(bureau) if one.is_open])
    ]
    units = user.units_where(Permission.ENTER_FIGURES)
    for bureau in {unit.bureau_id: unit.bureau for unit in units}.values():
        own = [unit for unit in units if unit.bureau_id == bureau.pk]
        periods = periods_to_enter(bureau, own)
        places += [Place(unit, period) for unit in own for period in periods[unit.pk]]
    return places


def recent_uploads(user: User) -> list[UploadLine]:
    """The latest uploads of the own units, newest first."""
    found = Upload.objects.visible_to(user).select_related("unit", "period", "owner")
    changes_something = Q(changes__contains=[{"kind": NEW}]) | Q(changes__contains=[{"kind": CHANGED}])
    found = found.annotate(
        says_nothing=Case(When(Q(stage=UploadStage.PREVIEW) & ~changes_something, then=True), default=False)
    )
    uploads = found.defer("errors", "changes")[:MOST_LISTED]  # both may be long
    return [UploadLine(upload, period_name(upload.period.key), upload.says_nothing) for upload in uploads]


def failure_text(upload: SentWorkbook) -> str:
    """Why the job failed, in the language of the page."""
    return str(FAILURES.get(upload.failure, FAILURES["unexpected"]))


def upload_context(upload: Upload, show: str = "") -> dict[str, Any]:
    """What the page of one upload shows; `show` narrows its changes. `lines` is what its pages are made of.

    Conflicts come first, then what looks odd, then the rest as in the form. Only the lines of one page are
    put into words.
    """
    kept = [change for change in upload.changes if change["kind"] != SAME]
    kinds = {kind: [change for change in kept if is_one(change)] for kind, is_one in KINDS.items()}
    shown = kinds.get(show, kept)
    is_preview = upload.stage == UploadStage.PREVIEW
    shown.sort(key=lambda change: ("others_by" not in change, not change.get("warnings")))
    is_refused = upload.stage == UploadStage.REFUSED
    return {
        "upload": upload,
        "period_name": period_name(upload.period.key),
        "period_is_open": bool(opening(upload.period, upload.unit)) if upload.unit else upload.period.is_open,
        "failure": failure_text(upload),
        "lines": Worded(upload.errors, _error) if is_refused else Worded(shown, _change),
        "errors": len(upload.errors),
        "can_mark": any(error["row"] for error in upload.errors),
        "changes": len(kept),
        "changed_since": changed_since(upload, kept) if is_preview else [],
        "kinds": [
            KindLine(kind, str(KIND_NAMES[kind]), len(found), kind == show)
            for kind, found in kinds.items()
            if found
        ],
        "is_narrowed": show in kinds,
        "unchanged": len(upload.changes) - len(kept),
        "has_warnings": bool(kinds[ODD]),
        "has_conflicts": bool(kinds[CONFLICT]),
        "spreadsheet": spreadsheet_view(upload),
    }


def changed_since(upload: Upload, changes: Iterable[dict[str, Any]]) -> list[str]:
    """The labels of the previewed items that were saved or submitted since the preview; two queries."""
    now = _revisions(upload)
    return [change["label"] for change in changes if change["revision"] != now.get(_about(change), 0)]


def _revisions(upload: Upload) -> dict[tuple[Any, ...], int]:
    """What a change is about → the revision that is stored now."""
    figures = Figure.objects.filter(period=upload.period)
    of_unit = Q(unit=upload.unit) if upload.unit_id else Q(task=None) | Q(unit=F("task__lead"))
    texts = Narrative.objects.filter(of_unit, period=upload.period)
    found: dict[tuple[Any, ...], int] = {}
    for target, part, revision in figures.values_list("target", "allocation", "revision"):
        found[FIGURE, target, part] = revision
    for target, task, revision in texts.values_list("target", "task", "revision"):
        found["text", target, task] = revision
    return found


def _about(change: dict[str, Any]) -> tuple[Any, ...]:
    if change["item"] == FIGURE:
        return FIGURE, change.get("target"), change.get("allocation")
    return "text", change.get("target"), change.get("task")


def error_lines(upload: SentWorkbook) -> list[ErrorLine]:
    """Every stored error in the language of the page."""
    return [_error(error) for error in upload.errors]


def _error(error: dict[str, Any]) -> ErrorLine:
    message = gettext(message_of(error["code"])) % error["values"]
    return ErrorLine(error["sheet"], error["row"], error["column"], error["header"], error["value"], message)


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
