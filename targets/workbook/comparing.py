"""What an uploaded form would change: each cell against what is stored and what the form was filled with.

Pure: no Django. For every cell there are three values: `said` (blank says nothing), `base` (what stood there
when the form was downloaded) and `stored` (what stands there now). Only what the person changed is a change:

* said blank, or as stored: nothing;
* said as in the base, stored differs: somebody else changed it meanwhile, and it stays;
* said differs from both: a change; where stored differs from the base too, both values are shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from targets.entry_text import Entry, EntryProblem
from targets.figure_columns import (
    BLANK_CELL,
    FIGURES,
    NATURES,
    NO,
    NODES,
    TASKS,
    YES,
    Cell,
    cell_text,
    same_label,
    unit_of_measure,
)
from targets.units import Unit
from targets.upload_problems import CellProblem, Problem, UploadCode, shown
from targets.workbook.changes import SAME, Change, field_of, field_text
from targets.workbook.content import (
    FIGURE,
    TASK,
    TEXT,
    Content,
    FigureContent,
    FigureItem,
    NodeItem,
    Stored,
    TextContent,
    UnitForm,
)
from targets.workbook.merging import Merge
from targets.workbook.reading import FormRow, ReadForm, SheetRows
from targets.workbook.rows import TEXT_KEYS

MAX_ENTERED = 60  # what the model keeps

Bases = Mapping[tuple[str, str], FigureContent | TextContent]


def compare(form: UnitForm, read: ReadForm, bases: Bases) -> tuple[list[Problem], list[Change]]:
    """All problems of the read rows, and what confirming would change, in the form's order.

    `bases` holds the content of the versions that the form's marks name; what is missing there counts as
    unchanged since.
    """
    work = _Comparison(form, read, bases)
    work.figures()
    work.nodes_and_tasks()
    return work.problems, work.changes


class _Comparison:
    def __init__(self, form: UnitForm, read: ReadForm, bases: Bases) -> None:
        self.form, self.read, self.bases = form, read, bases
        self.problems: list[Problem] = []
        self.changes: list[Change] = []

    def figures(self) -> None:
        """The sheet 指标: a number and, for whole targets, a text in each row."""
        items = {item.code: item for item in self.form.figures}
        for rows, row in self._rows(FIGURES.name, items):
            item = items[row.code]
            if not self._labels_hold(rows, row, {"name": item.name, "unit": item.unit}):
                continue
            self._figure(rows, row, item)
            if item.text is None:
                self._refuse_texts(rows, row)
            else:
                merge = self._merge(TEXT, item.code, item.name, item.text)
                self._texts(merge, rows, row)
                self.changes.append(merge.change(TEXT, item.code, target=item.target_id))

    def nodes_and_tasks(self) -> None:
        """The sheets 节点任务 and 任务进展 together: both speak of a task's narrative."""
        tasks = {task.code: task for task in self.form.tasks}
        merges = {code: self._merge(TASK, code, task.title, task.text) for code, task in tasks.items()}
        for rows, row in self._rows(TASKS.name, tasks):
            if self._labels_hold(rows, row, {"task": tasks[row.code].title}):
                self._texts(merges[row.code], rows, row)
        nodes = {node.code: (task, node) for task in self.form.tasks for node in task.nodes}
        for rows, row in self._rows(NODES.name, nodes):
            task, node = nodes[row.code]
            if self._labels_hold(rows, row, {"node": node.text}):
                self._node(merges[task.code], rows, row, node)
        self.changes += [merges[code].change(TASK, code, task=task.task_id) for code, task in tasks.items()]

    def _merge(self, kind: str, code: str, label: str, stored: Stored[Content]) -> Merge[Content]:
        base = self.bases.get((kind, code), stored.content)
        assert isinstance(base, type(stored.content))
        return Merge(stored, base, label, self.problems)

    def _rows(self, name: str, known: Mapping[str, object]) -> Iterable[tuple[SheetRows, FormRow]]:
        """The rows with a known code, each once; the others join the problems."""
        rows = self.read.sheets.get(name)
        first: dict[str, int] = {}
        for row in rows.rows if rows else ():
            assert rows is not None
            if not row.code:
                self.problems.append(rows.problem(UploadCode.ROW_WITHOUT_CODE, row, "code", {}))
            elif row.code not in known:
                self.problems.append(rows.problem(UploadCode.ROW_UNKNOWN, row, "code", {}))
            elif row.code in first:
                values = {"first": str(first[row.code])}
                self.problems.append(rows.problem(UploadCode.ROW_TWICE, row, "code", values))
            else:
                first[row.code] = row.number
                yield rows, row

    def _labels_hold(self, rows: SheetRows, row: FormRow, expected: dict[str, str]) -> bool:
        """Whether the locked cells that name the row are what was written there."""
        wrong = [
            rows.problem(code, row, key, {"item": row.code, "expected": value})
            for key, value in expected.items()
            if not row.says(key, value)
            and (code := rows.sheet.column(key).checked)
            and not same_label(cell_text(row.cell(key)), value)
        ]
        self.problems += wrong
        return not wrong

    def _said(self, rows: SheetRows, row: FormRow, key: str, unit: Unit | None = None) -> Any:
        """What a cell says after cleaning; None for blank, and for a cell whose problem was noted."""
        cell, clean = row.cell(key), rows.sheet.column(key).clean
        if cell is BLANK_CELL:
            return None
        assert clean is not None
        try:
            said = clean(cell, unit)
        except (EntryProblem, CellProblem) as problem:
            self.problems.append(rows.problem(problem.code, row, key, problem.values))
            return None
        if isinstance(said, Entry):
            return None if said.value is None and not said.not_applicable else said
        return said or None

    def _figure(self, rows: SheetRows, row: FormRow, item: FigureItem) -> None:
        unit = unit_of_measure(item.unit)
        merge = self._merge(FIGURE, item.code, item.name, item.figure)
        value = self._said(rows, row, "value", unit)
        if value is not None:
            merge.put(rows, row, "value", (value.value, value.not_applicable), echo=value.echo or "")
            self._drop_parts(merge)
        forecast = self._said(rows, row, "forecast", unit)
        if forecast is not None:
            merge.put(rows, row, "forecast", forecast.value, echo=forecast.echo or "")
        nature = self._said(rows, row, "nature")
        merge.put(rows, row, "nature", NATURES[nature] if nature else None)
        merge.put(rows, row, "note", self._said(rows, row, "note"))
        ids = {"target": item.target_id, "allocation": item.allocation_id}
        change = merge.change(FIGURE, item.code, **ids)
        change.unit, change.entered = item.unit, _entered(row.cell("value"))
        if set(merge.said) == {"nature"} and change.content == FigureContent(nature=merge.said["nature"]):
            change.kind = SAME  # a nature alone says nothing
        self.changes.append(change)

    def _drop_parts(self, merge: Merge[FigureContent]) -> None:
        """Numerator and denominator fitted the old value; the preview says that they go with it."""
        for key, header in (("numerator", "分子"), ("denominator", "分母")):
            old = field_of(merge.stored.content, key)
            if merge.fields and old is not None:
                cell = merge.fields[0]
                merge.fields.append(replace(cell, header=header, old=field_text(old), new="", echo=""))

    def _texts(self, merge: Merge[TextContent], rows: SheetRows, row: FormRow) -> None:
        for key in TEXT_KEYS:
            merge.put(rows, row, key, self._said(rows, row, key))

    def _refuse_texts(self, rows: SheetRows, row: FormRow) -> None:
        self.problems += [
            rows.problem(UploadCode.TEXT_OF_PART, row, key, {})
            for key in TEXT_KEYS
            if not row.cell(key).is_blank
        ]

    def _node(self, merge: Merge[TextContent], rows: SheetRows, row: FormRow, node: NodeItem) -> None:
        done, what = self._said(rows, row, "done"), self._said(rows, row, "what")
        if node.done_before:
            if done == NO:
                values = {"period": node.done_before}
                self.problems.append(rows.problem(UploadCode.NODE_DONE_BEFORE, row, "done", values))
            return
        stored_done, stored_what = field_of(merge.stored.content, (key := f"node:{node.milestone_id}"))
        base_what = field_of(merge.base, key)[1]
        if what is not None and not (done == YES or (done is None and stored_done)):
            if what not in (stored_what, base_what):
                self.problems.append(rows.problem(UploadCode.NODE_TEXT_ONLY, row, "what", {}))
            what = None
        if done == NO:
            merge.put_node(rows, row, node, (False, ""))
        elif done == YES or what is not None:
            merge.put_node(rows, row, node, (True, stored_what if what is None else what))


def _entered(cell: Cell) -> str:
    return shown(cell_text(cell))[:MAX_ENTERED] if isinstance(cell.value, str) else ""
