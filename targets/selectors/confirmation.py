"""What a unit confirms on paper for a period (报送确认单): what it submitted, who filled in, who reviewed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from accounts.models import Unit
from targets.models import Act, Decision, Period
from targets.selectors.entry import entry_sheet
from targets.selectors.entry_rows import FigureRow, TextRow


@dataclass(frozen=True)
class Confirmed:
    """One figure or text of the paper; `version` is 0 where nothing was submitted."""

    row: FigureRow | TextRow
    filled_in_by: str
    reviewed_by: str

    @property
    def version(self) -> int:
        return self.row.item.last_version if self.row.item and self.row.is_filled else 0


@dataclass(frozen=True)
class Confirmation:
    """The paper of one unit and period: what is owed or reported, in document order."""

    period: Period
    unit: Unit
    before: Period | None
    figures: tuple[Confirmed, ...]
    texts: tuple[Confirmed, ...]

    @property
    def missing(self) -> int:
        """How many owed figures and texts are told as not reported on it."""
        rows = (*self.figures, *self.texts)
        return sum(one.row.duty.is_due and not one.version for one in rows)

    def versions(self) -> dict[str, dict[str, int]]:
        """Which version of which item stands on the paper, for the audit trail."""
        return {"figures": _versions(self.figures), "narratives": _versions(self.texts)}


def confirmation(period: Period, unit: Unit) -> Confirmation:
    """The paper as the entry sheet stands, drafts left out: a fixed number of queries."""
    sheet = entry_sheet(period, unit, drafts=False)
    figures = tuple(_confirmed(row) for row in sheet.figures)
    texts = tuple(_confirmed(row) for row in sheet.texts if row.is_filled or row.duty.is_due)
    return Confirmation(period, unit, sheet.before, figures, texts)


def _confirmed(row: FigureRow | TextRow) -> Confirmed:
    """The names of those who submitted and passed the version that is shown."""
    version = row.item.last_version if row.item else 0
    acts = {decision.act: decision for decision in row.rounds if decision.version == version}
    return Confirmed(row, _name(acts, Act.SUBMIT), _name(acts, Act.PASS))


def _name(acts: Mapping[str, Decision], act: str) -> str:
    return str(acts[act].by) if act in acts else ""


def _versions(rows: Iterable[Confirmed]) -> dict[str, int]:
    return {str(one.row.item.pk): one.version for one in rows if one.row.item and one.version}
