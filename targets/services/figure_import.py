"""Figures from a file without a browser: checked, read, and with `apply` written, all or nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.audit import record
from accounts.models import Bureau, Unit, User
from accounts.permissions import Permission
from accounts.text import file_name
from targets.errors import Refused
from targets.figure_columns import FIGURES
from targets.file_checks import RefusedFile, check_workbook_file
from targets.models import Period
from targets.periods import PeriodKey
from targets.plausibility import MESSAGES as ODD
from targets.selectors.figure_import import (
    Note,
    Outcome,
    figure_changes,
    note_of,
    own_columns,
    plain_text,
    text_changes,
)
from targets.selectors.spreadsheet_scope import spreadsheet_scope
from targets.services.guards import guard_uploading
from targets.services.spreadsheets import read_spreadsheet
from targets.services.unit_saving import save_for_units
from targets.services.uploads import inputs_of, odd_about, read_unit_form
from targets.spreadsheet.account import MATCHED, SKIPPED
from targets.spreadsheet.book import is_own_form
from targets.spreadsheet.problems import MESSAGES
from targets.spreadsheet.reading import Choice
from targets.upload_problems import Problem, UploadCode
from targets.workbook.changes import SAME, Change
from targets.workbook.content import FIGURE, FigureContent
from targets.workbook.limits import WorkbookRefused

# What stands in the way of applying; a mere reading says it as a warning.
LOCKED = frozenset({UploadCode.ALREADY_APPROVED, UploadCode.UNDER_REVIEW, UploadCode.NOT_REOPENED})


@dataclass(frozen=True)
class Place:
    """Whose figures of when: a period, one unit or (None) the bureau, and who enters (None: nobody)."""

    period: Period
    unit: Unit | None
    by: User | None
    is_applied: bool


def import_figures(
    *,
    path: Path,
    bureau: str,
    period: str,
    unit: str = "",
    username: str = "",
    apply: bool = False,
    leave_out: bool = False,
) -> Outcome:
    """Everything the file says and what is wrong with it. With `apply` and no error the changes are written.

    With `leave_out` rows that are no indicator of the plan are left out instead of being errors.

    Nothing is raised for what the file or the arguments lack: it stands among the outcome's errors.
    """
    outcome = Outcome(file=str(path))
    try:
        place = _place(bureau, period, unit, username, apply=apply)
        check_workbook_file(path, file_name(path.name), path.stat().st_size)
        changes = _read(path, place, outcome, leave_out=leave_out)
    except Refused as refusal:
        outcome.errors.append(Note("", None, None, "", str(refusal)))
    except OSError:
        reason = _("There is no such file, or it may not be read.")
        outcome.errors.append(Note("", None, None, path.name, reason))
    except RefusedFile as refused:
        outcome.errors.append(note_of(Problem(refused.code.value, values=refused.values)))
    except WorkbookRefused as whole:
        outcome.errors += [note_of(problem) for problem in whole.problems]
    else:
        if place.is_applied and not outcome.errors:
            _save(path, place, changes, outcome)
    return outcome


def _place(bureau: str, period: str, unit: str, username: str, *, apply: bool) -> Place:
    """The arguments as objects. Raises Refused for what does not exist, and for a missing right."""
    found_bureau = Bureau.objects.filter(code=bureau).first()
    if found_bureau is None:
        raise Refused(_("There is no bureau with the code “%(code)s”.") % {"code": bureau})
    key = None
    with suppress(ValueError):
        key = PeriodKey.parse(period)
    found = key and Period.objects.filter(bureau=found_bureau, year=key.year, month=key.month).first()
    if not found:
        raise Refused(_("The bureau has no period “%(period)s”.") % {"period": period})
    found.bureau = found_bureau
    found_unit = Unit.objects.filter(bureau=found_bureau, name=unit).first() if unit else None
    if unit and found_unit is None:
        raise Refused(_("The bureau has no unit “%(unit)s”.") % {"unit": unit})
    by = User.objects.filter(username__iexact=username, is_active=True).first() if username else None
    if username and by is None:
        raise Refused(_("There is no account “%(username)s” that may sign in.") % {"username": username})
    if apply and by is None:
        raise Refused(_("Applying needs --as with the account of who enters the figures."))
    if by is not None and found_unit is None:
        found_unit = _only_unit(by, found_bureau)
    if by is not None and (apply or found_unit is not None):
        guard_uploading(period=found, unit=found_unit, by=by)
    return Place(found, found_unit, by, apply)


def _only_unit(by: User, bureau: Bureau) -> Unit | None:
    """The unit of somebody who enters for one alone; None for the office and for everybody else."""
    own = [unit for unit in by.units_where(Permission.ENTER_FIGURES) if unit.bureau_id == bureau.pk]
    return own[0] if len(own) == 1 and not by.may(Permission.ENTER_FOR_UNITS, bureau) else None


def _read(path: Path, place: Place, outcome: Outcome, *, leave_out: bool) -> list[Change]:
    """The changes; sheet, columns, rows, errors and warnings join the outcome. Raises WorkbookRefused."""
    scope = spreadsheet_scope(place.period)
    stored = {known.code: known.stored.content for known in scope.knowns}
    if is_own_form(path):
        form = read_unit_form(path, place.period, place.unit)
        outcome.sheet, outcome.columns = FIGURES.name, own_columns(form.letters)
        problems, changes, rows = form.problems, form.changes, form.rows
    else:
        reading = read_spreadsheet(path, place.period, place.unit, Choice({}, leaves_out=leave_out))
        outcome.sheet, outcome.columns = reading.sheet, reading.columns
        problems, changes = reading.problems, reading.changes
        rows = {report.code: report.row for report in reading.rows if report.kind == MATCHED}
        outcome.warnings += [note_of(hint) for hint in reading.hints]
        outcome.skipped = [
            Note(reading.sheet, report.row, None, report.name, _(MESSAGES[report.code]) % report.values)
            for report in reading.rows
            if report.kind == SKIPPED
        ]
    for problem in problems:
        if place.is_applied or problem.code not in LOCKED:
            outcome.errors.append(note_of(problem))
        else:
            outcome.warnings.append(_locked_note(problem))
    outcome.changes = figure_changes(changes, rows, stored)
    outcome.texts = text_changes(changes)
    outcome.warnings += _odd(place.period, changes, outcome, rows)
    return changes


def _locked_note(problem: Problem) -> Note:
    """Of an item that may not be changed now: what the file says is told, and applying refuses it."""
    note = note_of(problem)
    return replace(note, reason=note.reason + _(" Until then --apply is refused and writes nothing."))


def _odd(period: Period, changes: list[Change], outcome: Outcome, rows: Mapping[str, int]) -> list[Note]:
    """What looks odd about the figures; it never stops anything."""
    figures = {(change.target or 0, change.allocation): change for change in changes if change.item == FIGURE}
    notes = []
    for key, found in odd_about(period, changes).items():
        change = figures[key]
        assert isinstance(change.content, FigureContent)
        value = "" if change.content.value is None else plain_text(change.content.value)
        for warning in found:
            reason = _(ODD[warning.code]) % warning.values
            notes.append(Note(outcome.sheet, rows.get(change.code), None, value, reason))
    return notes


def _save(path: Path, place: Place, changes: Iterable[Change], outcome: Outcome) -> None:
    """Write the changes as drafts; what stands in the way joins the errors, and nothing is written."""
    assert place.by is not None
    wanted = [change.to_json() for change in changes if change.kind != SAME]
    try:
        with transaction.atomic():
            figures, narratives = inputs_of(wanted, place.period)
            saved = save_for_units(
                period=place.period, unit=place.unit, figures=figures, narratives=narratives, by=place.by
            )
            outcome.applied = saved.changed
            _record(path, place, saved.changed)
    except Refused as refusal:
        outcome.applied = None
        outcome.errors.append(Note("", None, None, "", str(refusal)))


def _record(path: Path, place: Place, changed: int) -> None:
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    after = {"file": path.name, "sha256": digest, "changed": changed, "period": str(place.period.key)}
    about = place.unit or place.period
    record("figures.imported", by=place.by, bureau=place.period.bureau, about=about, after=after)
