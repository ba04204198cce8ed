"""How a bureau's own spreadsheet was read, as its page shows it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from targets.models import SpreadsheetLayout, SpreadsheetReading, Upload, UploadStage
from targets.periods import QUARTER_MONTHS, PeriodKey
from targets.spreadsheet.account import MATCHED
from targets.spreadsheet.headers import Role
from targets.upload_problems import message_of
from targets.words import single_period_name
from targets.workbook.changes import CHANGED, NEW, SAME
from targets.workbook.content import FIGURE

# What a column can be, as people choose it; in the order of the list.
ROLE_LABELS = {
    Role.INDICATOR: _("Indicator"),
    Role.CUMULATIVE: _("Cumulative figure of this period"),
    Role.SINGLE: _("Single quarter"),
    Role.ANNUAL: _("Annual target"),
    Role.UNIT: _("Unit of measure"),
    Role.REPORTING_UNIT: _("Reporting unit or district"),
    Role.ORDINAL: _("Number"),
    Role.FORECAST: _("Expected for the year"),
    Role.NATURE: _("Nature of the data"),
    Role.NOTE: _("Note"),
    Role.PROGRESS: _("Progress (text)"),
    Role.PROBLEM: _("Problems (text)"),
    Role.NEXT_STEP: _("Next steps (text)"),
    Role.LAST_YEAR: _("Same period last year"),
    Role.GROWTH: _("Growth"),
    Role.RATE: _("Completion rate"),
}
NOT_TAKEN = frozenset({Role.LAST_YEAR, Role.GROWTH, Role.RATE})  # understood, computed elsewhere


@dataclass(frozen=True)
class ColumnLine:
    """One column of the file with what it was taken for ("" for nothing)."""

    letter: str
    header: str
    example: str
    role: str

    @property
    def field(self) -> str:
        return f"column-{self.letter}"


@dataclass(frozen=True)
class RowLine:
    """One row of the table: what stood there and what became of it."""

    row: int
    name: str
    kind: str
    taken_as: str
    value: str
    note: str


@dataclass(frozen=True)
class Remembered:
    """Who kept these columns for the bureau, and when."""

    by: User
    at: datetime


@dataclass(frozen=True)
class SpreadsheetView:
    """The whole account."""

    sheet: str
    sheets: list[str]
    columns: list[ColumnLine]
    rows: list[RowLine]
    hints: list[str]
    counts: dict[str, int]  # of figures: new, changed, same
    row_count: int  # of all rows; the first thousand are listed
    taken: int
    left_out: int
    remembered: Remembered | None
    leaves_out: bool
    can_choose: bool
    period: PeriodKey

    @property
    def roles(self) -> list[tuple[str, str]]:
        """What a column can be; what the period adds is called by its months where it ends no quarter."""
        labels: dict[Role, Any] = dict(ROLE_LABELS)
        if self.period.month not in QUARTER_MONTHS:
            labels[Role.SINGLE] = single_period_name(self.period)
        return [(role.value, str(label)) for role, label in labels.items()]


def spreadsheet_view(upload: Upload) -> SpreadsheetView | None:
    """How the upload was read; None for the product's own form and while it is being read."""
    kept = SpreadsheetReading.objects.filter(upload=upload).first()
    if kept is None or not upload.is_finished or not kept.understood:
        return None
    understood = kept.understood
    roles = {letter: role for role, letter in understood["columns"].items()}
    kinds = Counter(change["kind"] for change in upload.changes if change["item"] == FIGURE)
    return SpreadsheetView(
        sheet=understood["sheet"],
        sheets=understood["sheets"],
        columns=[
            ColumnLine(letter, header, example, roles.get(letter, ""))
            for letter, header, example in understood["headers"]
        ],
        rows=[_row(row) for row in understood["rows"]],
        hints=[_hint(hint) for hint in understood["hints"]],
        counts={kind: kinds[kind] for kind in (NEW, CHANGED, SAME)},
        row_count=understood["row_count"],
        taken=understood["taken"],
        left_out=understood["left_out"],
        remembered=_remembered(upload, understood),
        leaves_out=kept.leaves_out,
        can_choose=upload.stage in {UploadStage.PREVIEW, UploadStage.REFUSED},
        period=upload.period.key,
    )


def _remembered(upload: Upload, understood: dict[str, Any]) -> Remembered | None:
    if not understood["is_remembered"]:
        return None
    found = SpreadsheetLayout.objects.filter(bureau=upload.bureau, fingerprint=understood["fingerprint"])
    layout = found.select_related("by").first()
    return Remembered(layout.by, layout.at) if layout else None


def _row(row: dict[str, Any]) -> RowLine:
    if row["kind"] == MATCHED:
        taken_as = f"{row['code']} {row['values']['label']}"
        value = row["value"] + ("" if row["value"] == "不适用" else row["values"]["unit"])
        return RowLine(row["row"], row["name"], row["kind"], taken_as, value, row["echo"])
    note = gettext(message_of(row["code"])) % row["values"]
    return RowLine(row["row"], row["name"], row["kind"], "", "", note)


def _hint(hint: dict[str, Any]) -> str:
    where = f"{hint['column']}{hint['row']} " if hint["row"] and hint["column"] else ""
    return where + gettext(message_of(hint["code"])) % hint["values"]
