"""Walks the rows of a table: each is matched with a figure of the plan, left out and why, or an error."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from targets.entry_text import EntryCode
from targets.figure_columns import BLANK_CELL, Cell, cell_text
from targets.spreadsheet.changing import Weighing, change_of, text_change
from targets.spreadsheet.columns import Layout, fits, is_numeric, layout
from targets.spreadsheet.figures import FigureProblem, RowCells, Said, figure_of
from targets.spreadsheet.grid import Grid, letter
from targets.spreadsheet.header_block import HeaderBlock, block_at, looks_like_header
from targets.spreadsheet.headers import FIGURES, Heading, Role, listed_units
from targets.spreadsheet.known import Known, Scope, body_key
from targets.spreadsheet.names import Match, NameIndex, Words, units_of_name
from targets.spreadsheet.problems import Hint, SheetCode, Skip
from targets.spreadsheet.rows import row_name, skip_of
from targets.spreadsheet.time_words import normal
from targets.spreadsheet.titles import Title
from targets.spreadsheet.values import Units, read_annual
from targets.units import Unit, figure_text
from targets.upload_problems import Problem, shown
from targets.workbook.changes import Change

MATCHED, SKIPPED, WRONG = "matched", "skipped", "error"
_DITTO = frozenset({"〃", "″", "同上", '"', "''", "”"})


@dataclass(frozen=True)
class RowReport:
    """What became of one row (counted from 1): `code` names the figure, or the reason with its values."""

    row: int
    kind: str
    name: str
    code: str = ""
    values: dict[str, str] = field(default_factory=dict)
    value: str = ""
    basis: str = ""
    echo: str = ""


@dataclass
class _Taken:
    """A row that gives a figure."""

    row: int
    known: Known
    said: Said
    layout: Layout


class Walk:
    """One table, read from its first row to its last."""

    def __init__(
        self, grid: Grid, block: HeaderBlock, columns: Layout, scope: Scope, index: NameIndex, title: Title
    ) -> None:
        self.grid, self.block, self.layout, self.scope = grid, block, columns, scope
        self.may_change = True  # whether a second table brings its own columns
        self.leaves_out = False  # whether rows that are no indicator of the plan are no errors
        self.index, self.title = index, title
        self.reports: list[RowReport] = []
        self.problems: list[Problem] = []
        self.hints: list[Problem] = []
        self.taken: list[_Taken] = []
        self.changes: list[Change] = []
        self.texts: list[tuple[int, Known, Layout]] = []
        self.whole: Known | None = None  # the target of the row above
        self.parent = ""  # the name of the last row that is no 其中
        self.last_name = ""
        self.group: list[Decimal] = []
        self.places: dict[int, Mapping[Role, tuple[str, str]]] = {}

    def run(self) -> None:
        last = max((row for row in range(self.grid.height) if self.grid.filled(row)), default=-1)
        if Role.INDICATOR not in self.layout.roles:
            self.whole = self.title.target
        for row in range(self.block.last + 1, last + 1):
            skip = skip_of(self.grid, row, self.block, self.layout, self.index)
            if skip is None and looks_like_header(self.grid, row):
                self._next_header(row)
                skip = Skip.HEADER_AGAIN
            if skip is None:
                self._row(row)
            else:
                if skip == Skip.SECTION:
                    self.parent = row_name(self.grid, row, self.layout)
                self._skip(row, skip)
                self._check_total(row, skip)
        self._refuse_contradictions()
        self._collect_changes()
        self._note_columns()

    def _next_header(self, row: int) -> None:
        """Another table below the first one: its own header holds from here on."""
        block = block_at(self.grid, row)
        found = layout(self.grid, block, self.scope, self.index)
        if self.may_change and Role.INDICATOR in found.roles and found.roles.keys() & FIGURES:
            self.block, self.layout = block, found

    # cells

    def _cell(self, row: int, role: Role) -> Cell:
        place = self.layout.roles.get(role)
        return BLANK_CELL if place is None else self.grid.raw(row, place)

    def _text(self, row: int, role: Role) -> str:
        place = self.layout.roles.get(role)
        return "" if place is None else self.grid.text(row, place)

    def _heading(self, role: Role) -> Heading | None:
        return self.layout.heading(role)

    def _place(self, role: Role) -> tuple[str, str]:
        """Letter and header of a role's column; both empty where there is none."""
        place = self.layout.roles.get(role)
        heading = self._heading(role)
        return (letter(place), heading.text[:40] if heading else "") if place is not None else ("", "")

    def _units(self, row: int, role: Role, name: str) -> Units:
        heading = self._heading(role)
        return Units(self._row_units(row, name), heading.units if heading else (), self.title.units)

    def _row_units(self, row: int, name: str) -> tuple[Unit, ...]:
        return listed_units(self._text(row, Role.UNIT)) or units_of_name(name)

    # rows

    def _row(self, row: int) -> None:
        """Match the row, then take its figure and texts."""
        name = self._name(row)
        known = self._known(row, name)
        if known is None:
            return
        if not self.scope.takes(known):
            self._skip(row, Skip.OTHER_UNIT, unit=known.owner)
            return
        cells = RowCells(
            lambda role: self._cell(row, role),
            self._heading,
            lambda role: self._units(row, role, name),
        )
        try:
            self._refuse_unknown_unit(row, known)
            said = figure_of(cells, known)
        except FigureProblem as problem:
            self._figure_problem(row, known, problem)
            return
        if known.text is not None:
            self.texts.append((row, known, self.layout))
        if said is None:
            self._skip(row, Skip.NOT_FILLED)
            return
        self._compare_annual(row, known, cells)
        self._take(row, known, said)

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

    def _has_number(self, row: int) -> bool:
        """Whether one of the columns of figures holds something like a number."""
        cells = [(self._cell(row, role), self._text(row, role)) for role in FIGURES]
        return any(is_numeric(cell, text) for cell, text in cells)

    def _reports(self, row: int) -> bool:
        """Whether anything stands in the row's columns of figures."""
        return any(not self._cell(row, role).is_blank for role in FIGURES)

    def _figure_problem(self, row: int, known: Known, problem: FigureProblem) -> None:
        if problem.code == EntryCode.AMBIGUOUS_EMPTY and not known.is_due:
            nothing_set = known.part and known.annual is None
            self._skip(row, Skip.NO_TARGET_SET if nothing_set else Skip.NOT_DUE_DASH)
            return
        self._error(row, problem.role, problem.code, **problem.values)

    def _compare_annual(self, row: int, known: Known, cells: RowCells) -> None:
        cell = cells.cell(Role.ANNUAL)
        found = read_annual(cell, known, cells.units(Role.ANNUAL)) if not cell.is_blank else None
        if found is not None and known.annual is not None and found != known.annual:
            planned = f"{figure_text(known.annual)}{known.unit}"
            given = f"{figure_text(found)}{known.unit}"
            self._hint(
                row, Role.ANNUAL, Hint.ANNUAL_DIFFERS, target=known.label, found=given, planned=planned
            )

    def _take(self, row: int, known: Known, said: Said) -> None:
        self.taken.append(_Taken(row, known, said, self.layout))
        if known.part and said.value is not None:
            self.group.append(said.value)
        for code, values in said.hints:
            self._hint(row, said.role, code, **values)
        if self._units(row, said.role, self._name(row)).is_set_aside(known.measured_in):
            found = "、".join(unit.name for unit in self.title.units)
            self._hint(row, said.role, Hint.UNIT_NOT_OF_ROW, target=known.label, found=found, unit=known.unit)
        if not known.is_due:
            period = str(self.scope.period)
            self._hint(row, said.role, Hint.NOT_DUE, target=known.label, period=period)
        if row in self.grid.hidden_rows:
            self._hint(row, said.role, Hint.HIDDEN_ROW, target=known.label)
        value = "不适用" if said.not_applicable else figure_text(said.value) if said.value is not None else ""
        name = row_name(self.grid, row, self.layout)
        self.reports.append(
            RowReport(
                row + 1,
                MATCHED,
                shown(name),
                known.code,
                {"label": known.label, "unit": known.unit},
                value,
                said.basis.value.lower(),
                said.echo,
            )
        )

    # after the rows

    def _check_total(self, row: int, skip: Skip) -> None:
        """The sum of the parts above a total row is compared with it, where both can be read."""
        if skip == Skip.TOTAL and len(self.group) > 1 and self.taken:
            known = self.taken[-1].known
            cells = RowCells(
                lambda role: self._cell(row, role), self._heading, lambda role: self._units(row, role, "")
            )
            try:
                total = figure_of(cells, known)
            except FigureProblem:
                total = None
            if total and total.value is not None and total.value != sum(self.group):
                values = {"total": figure_text(total.value), "sum": figure_text(sum(self.group, Decimal(0)))}
                self._hint(row, total.role, Hint.TOTAL_DIFFERS, **values)
        if skip in {Skip.TOTAL, Skip.SECTION}:
            self.group = []

    def _refuse_contradictions(self) -> None:
        """Several rows for one figure: the same value is said twice, different ones are errors."""
        by_code: dict[str, list[_Taken]] = defaultdict(list)
        for taken in self.taken:
            by_code[taken.known.code].append(taken)
        for rows in by_code.values():
            values = {(taken.said.value, taken.said.not_applicable) for taken in rows}
            if len(values) > 1:
                names = "、".join(str(taken.row + 1) for taken in rows)
                for taken in rows:
                    self._drop(taken)
                    self._error(
                        taken.row,
                        taken.said.role,
                        SheetCode.ROWS_DIFFER,
                        target=taken.known.label,
                        rows=names,
                    )
            for taken in rows[1:] if len(values) == 1 else ():
                self._drop(taken)
                self._skip(taken.row, Skip.SAME_AGAIN, row=str(rows[0].row + 1))
        self.reports.sort(key=lambda report: report.row)

    def _drop(self, taken: _Taken) -> None:
        self.taken.remove(taken)
        self.reports = [report for report in self.reports if report.row != taken.row + 1]

    def _collect_changes(self) -> None:
        """What each row taken would change; a target's texts are those of its first row."""
        for taken in self.taken:
            self.layout = taken.layout
            cells = self._cells(taken.row)
            work, change = change_of(
                taken.known, taken.said, self.grid.name, taken.row + 1, cells, self._places()
            )
            self._keep(work, change)
        first: dict[int, tuple[int, Known, Layout]] = {}
        for row, known, columns in self.texts:
            first.setdefault(known.target_id, (row, known, columns))
        for row, known, columns in first.values():
            self.layout = columns
            self._keep(*text_change(known, self.grid.name, row + 1, self._cells(row), self._places()))

    def _keep(self, work: Weighing, change: Change | None) -> None:
        self.problems += work.problems
        self.hints += work.hints
        if change is not None:
            self.changes.append(change)

    def _cells(self, row: int) -> Mapping[Role, Cell]:
        found = {role: self.grid.raw(row, place) for role, place in self.layout.roles.items()}
        return defaultdict(lambda: BLANK_CELL, found)

    def _places(self) -> Mapping[Role, tuple[str, str]]:
        key = id(self.layout)
        if key not in self.places:
            self.places[key] = {role: self._place(role) for role in self.layout.roles}
        return self.places[key]

    def _note_columns(self) -> None:
        """Say which column was taken though its header names no period, or another one."""
        for role in FIGURES:
            heading = self._heading(role)
            if heading is None or not self.taken:
                continue
            values = {"header": heading.text, "period": f"{self.scope.period}"}
            if not fits(heading.span, role, self.scope.period):
                self._hint(self.block.last, role, Hint.CHOSEN_PERIOD, **values)
                continue
            is_undated = heading.span is None and not self.title.spans
            if role == Role.CUMULATIVE and is_undated and heading.strength < 2:
                self._hint(self.block.last, role, Hint.TAKEN_AS_CUMULATIVE, **values)

    # reports

    def _skip(self, row: int, code: Skip, /, **values: str) -> None:
        name = shown(row_name(self.grid, row, self.layout))
        self.reports.append(RowReport(row + 1, SKIPPED, name, code.value, values))

    def _error(self, row: int, role: Role, code: str, /, **values: str) -> None:
        column, header = self._place(role)
        text = cell_text(self.grid.cell(row, self.layout.roles[role])) if role in self.layout.roles else ""
        name = shown(row_name(self.grid, row, self.layout))
        self.reports.append(RowReport(row + 1, WRONG, name, str(code), values))
        self.problems.append(Problem(str(code), self.grid.name, row + 1, column, header, text, values))

    def _hint(self, row: int, role: Role, code: str, /, **values: str) -> None:
        column, header = self._place(role)
        text = self._text(row, role)
        self.hints.append(Problem(str(code), self.grid.name, row + 1, column, header, text, values))


def _units_of_annual(cell: Cell) -> tuple[Unit, ...]:
    """The unit that the annual target names itself (≥20%, 力争200家), where the row has no other."""
    if not isinstance(cell.value, str):
        return ()
    tail = normal(cell.value).rstrip("以上下内左右").lstrip("<>≥≤=")
    digits = max((place for place, character in enumerate(tail) if character.isdigit()), default=-1)
    return listed_units(tail[digits + 1 :]) if digits >= 0 else ()
