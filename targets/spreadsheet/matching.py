"""Which figure of the plan a row is about: a target, its part, or none. Pure: no Django."""

from __future__ import annotations

from targets.figure_columns import Cell
from targets.spreadsheet.account import Account
from targets.spreadsheet.columns import Layout
from targets.spreadsheet.figures import FigureProblem
from targets.spreadsheet.grid import Grid
from targets.spreadsheet.header_block import HeaderBlock
from targets.spreadsheet.headers import Role, listed_units
from targets.spreadsheet.known import Known, Scope, body_key
from targets.spreadsheet.names import Match, NameIndex, Words
from targets.spreadsheet.problems import Hint, SheetCode, Skip
from targets.spreadsheet.time_words import normal
from targets.spreadsheet.titles import Title
from targets.spreadsheet.values import read_annual
from targets.units import Unit
from targets.upload_problems import shown

_DITTO = frozenset({"〃", "″", "同上", '"', "''", "”"})


class Matching(Account):
    """Matches rows one after the other; what stood above helps."""

    def __init__(
        self, grid: Grid, block: HeaderBlock, columns: Layout, scope: Scope, index: NameIndex, title: Title
    ) -> None:
        super().__init__(grid, block, columns, scope, index, title)
        self.leaves_out = False  # whether rows that are no indicator of the plan are no errors
        self.whole: Known | None = None  # the target of the row above
        self.parent = ""  # the name of the last row that is no 其中
        self.last_name = ""

    def _name(self, row: int) -> str:
        """The indicator's name; a blank or 同上 in a row of another unit repeats the one above."""
        name = self._text(row, Role.INDICATOR)
        if Role.INDICATOR in self.layout.roles and (not name or normal(name) in _DITTO):
            return self.last_name if self._text(row, Role.REPORTING_UNIT) or name else ""
        return name

    def _known(self, row: int, name: str) -> Known | None:
        """The figure that the row is about; None with a report where there is none."""
        body = self._text(row, Role.REPORTING_UNIT)
        if Role.INDICATOR not in self.layout.roles:
            return self._part(row, self.whole, body) if self.whole else None
        part = self.scope.part_of(self.whole.target_id, name) if self.whole else None
        if part is not None and not self.index.is_name(name):
            return part
        match = self.index.match(self._words(row, name, body))
        if match.found is None:
            self._unmatched(row, name, body, match)
            return None
        if match.how != "parent" and not normal(name).startswith("其中"):
            self.parent = name
        self.last_name, self.whole = name, match.found
        if match.how == "similar":
            self._hint(row, Role.INDICATOR, Hint.TAKEN_AS, name=shown(name), target=match.found.label)
        return self._part(row, match.found, body)

    def _words(self, row: int, name: str, body: str) -> Words:
        annual = self._cell(row, Role.ANNUAL)
        units = self._units(row, Role.ANNUAL, name)
        return Words(
            name=name,
            code=self._text(row, Role.ORDINAL),
            parent=self.parent if normal(self.parent) != normal(name) else "",
            units=self._row_units(row, name) or _units_of_annual(annual),
            annual_in=lambda known: read_annual(annual, known, units),
            owner=body,
        )

    def _part(self, row: int, whole: Known, body: str) -> Known | None:
        """The whole target, or its part for the row's unit; a district that has none is an error."""
        if not body or normal(body) in {"全市", "市级", "全市合计", "市本级", "全局"}:
            return self._whole(row, whole)
        part = self.scope.part_of(whole.target_id, body)
        if part is not None and (body_key(body) != body_key(whole.owner) or whole.split == "SUM"):
            return part
        is_own = normal(body) in self.scope.unit_keys or any(
            normal(name) in normal(body) for name in self.scope.units
        )
        is_district = body_key(body) in self.scope.part_keys or (body.endswith(("区", "县")) and not is_own)
        if is_own or not (is_district or Role.INDICATOR not in self.layout.roles):
            return self._whole(row, whole)
        if not self._reports(row):
            self._skip(row, Skip.NOT_FILLED)
        else:
            self._error(row, Role.REPORTING_UNIT, SheetCode.NO_PART, target=whole.label, name=shown(body))
        return None

    def _whole(self, row: int, whole: Known) -> Known | None:
        if whole.split == "SUM" and self.scope.has_parts(whole.target_id):
            if not self._reports(row):
                self._skip(row, Skip.NOT_FILLED)
            else:
                self._skip(row, Skip.TOTAL)
            return None
        return whole

    def _unmatched(self, row: int, name: str, body: str, match: Match) -> None:
        """No target, or several: an error where the row reports something."""
        if not self._reports(row):
            if not match.candidates:
                self.parent = name
            self._skip(row, Skip.NOT_FILLED)
        elif not match.candidates and not self._has_number(row):
            self._skip(row, Skip.NO_FIGURE)  # a task among the targets: 已印发
        elif self.scope.unit and normal(body) in self.scope.unit_keys - {normal(self.scope.unit)}:
            self._skip(row, Skip.OTHER_UNIT, unit=body)
        elif self.leaves_out and not match.candidates:
            self._skip(row, Skip.NOT_OF_PLAN)
        elif match.candidates:
            names = "、".join(f"{known.key} {known.label}" for known in match.candidates[:6])
            self._error(row, Role.INDICATOR, SheetCode.SEVERAL_TARGETS, name=shown(name), candidates=names)
        else:
            near = "、".join(f"{known.key} {known.label}" for known in match.near[:3])
            self._error(
                row, Role.INDICATOR, SheetCode.NO_TARGET, name=shown(name), near=f"({near}?)" if near else ""
            )

    def _refuse_unknown_unit(self, row: int, known: Known) -> None:
        text = self._text(row, Role.UNIT)
        is_said = text and normal(text) not in {normal(known.unit), "-", "—", "/"}
        if is_said and not listed_units(text) and self._reports(row):
            values = {"found": shown(text), "unit": known.unit}
            raise FigureProblem(SheetCode.ROW_UNIT_UNKNOWN, Role.UNIT, values)


def _units_of_annual(cell: Cell) -> tuple[Unit, ...]:
    """The unit that the annual target names itself (≥20%, 力争200家), where the row has no other."""
    if not isinstance(cell.value, str):
        return ()
    tail = normal(cell.value).rstrip("以上下内左右").lstrip("<>≥≤=")
    digits = max((place for place, character in enumerate(tail) if character.isdigit()), default=-1)
    return listed_units(tail[digits + 1 :]) if digits >= 0 else ()
