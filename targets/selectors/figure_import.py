"""What a file of figures says, as the command `import_figures` answers it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext

from targets.figure_columns import NOT_APPLICABLE
from targets.spreadsheet.headers import Role
from targets.upload_problems import Problem, message_of
from targets.workbook.changes import Change
from targets.workbook.content import FIGURE, FigureContent

# The product's own form: its column keys under the names that every file is answered with.
OWN_COLUMNS = {
    "code": Role.ORDINAL,
    "name": Role.INDICATOR,
    "value": Role.CUMULATIVE,
    "unit": Role.UNIT,
    "annual": Role.ANNUAL,
    "last_year": Role.LAST_YEAR,
    "forecast": Role.FORECAST,
    "nature": Role.NATURE,
    "note": Role.NOTE,
    "progress": Role.PROGRESS,
    "problem": Role.PROBLEM,
    "next_step": Role.NEXT_STEP,
}


@dataclass(frozen=True)
class Note:
    """An error, a warning or a row left out: where, what stands there, and why."""

    sheet: str
    row: int | None
    column: str | None
    value: str
    reason: str


@dataclass(frozen=True)
class FigureChange:
    """One figure: `old` and `new` in the target's unit, cumulative; None where nothing is reported."""

    row: int | None
    target: str
    unit: str | None
    kind: str
    old: str | None
    new: str | None
    basis: str


@dataclass
class Outcome:
    """The command's answer."""

    file: str
    sheet: str = ""
    columns: dict[str, str] = field(default_factory=dict)
    changes: list[FigureChange] = field(default_factory=list)
    errors: list[Note] = field(default_factory=list)
    warnings: list[Note] = field(default_factory=list)
    skipped: list[Note] = field(default_factory=list)
    texts: list[dict[str, Any]] = field(default_factory=list)
    applied: int | None = None  # how many items were written

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    def count(self, kind: str) -> int:
        return sum(change.kind == kind for change in self.changes)


def note_of(problem: Problem) -> Note:
    """A problem in the present language."""
    reason = gettext(message_of(problem.code)) % dict(problem.values)
    return Note(problem.sheet, problem.row or None, problem.column or None, problem.value, reason)


def figure_changes(
    changes: Iterable[Change], rows: Mapping[str, int], stored: Mapping[str, FigureContent]
) -> list[FigureChange]:
    """The figures among the changes; `rows` and `stored` are found by code."""
    found = []
    for change in changes:
        if change.item != FIGURE or change.code not in rows:
            continue
        assert isinstance(change.content, FigureContent)
        target, _, unit = change.code.partition("/")
        old = _text(stored.get(change.code, FigureContent()))
        new = _text(change.content)
        kind = "same" if old == new and not change.fields else "new" if old is None else "changed"
        basis = change.content.basis.lower()
        found.append(FigureChange(rows[change.code], target, unit or None, kind, old, new, basis))
    return found


def text_changes(changes: Iterable[Change]) -> list[dict[str, Any]]:
    """The texts among the changes: target or task, and each field with old and new."""
    return [
        {"item": change.code, "field": field.header, "row": field.row, "old": field.old, "new": field.new}
        for change in changes
        if change.item != FIGURE
        for field in change.fields
    ]


def own_columns(letters: Mapping[str, str]) -> dict[str, str]:
    """The columns of the sheet 指标 of the product's own form, under the common names."""
    return {role.value: letters[key] for key, role in OWN_COLUMNS.items() if key in letters}


def _text(content: FigureContent) -> str | None:
    if content.not_applicable:
        return NOT_APPLICABLE
    return None if content.value is None else plain_text(content.value)


def plain_text(value: Decimal) -> str:
    """262.4, without needless zeros, separators and exponent."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
