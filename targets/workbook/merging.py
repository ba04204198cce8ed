"""Weighs the cells of one item: said, base and stored (see `comparing.py`). Pure: no Django."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Generic

from targets.enums import State
from targets.figure_columns import NODES
from targets.upload_problems import Problem, UploadCode, shown
from targets.workbook.changes import (
    CHANGED,
    NEW,
    SAME,
    Change,
    FieldChange,
    content_with,
    field_of,
    field_text,
)
from targets.workbook.content import Content, NodeItem, Stored
from targets.workbook.reading import FormRow, SheetRows


@dataclass
class Merge(Generic[Content]):
    """Collects the cells of one item."""

    stored: Stored[Content]
    base: Content
    label: str
    problems: list[Problem]
    said: dict[str, Any] = field(default_factory=dict)
    fields: list[FieldChange] = field(default_factory=list)

    def put(
        self,
        rows: SheetRows,
        row: FormRow,
        key: str,
        said: Any,
        *,
        echo: str = "",
        cell: str = "",
        header: str = "",
    ) -> None:
        """Weigh one field; `said` None says nothing. `cell` is its column where that is not `key`.

        Of an item that may not be changed now another content is a problem; it is collected all the same.
        """
        if said is None:
            return
        cell = cell or key
        stored = field_of(self.stored.content, key)
        base = stored if self.base is self.stored.content else field_of(self.base, key)
        if said in (stored, base):
            return
        if not self.stored.is_editable:
            self.problems.append(self._locked(rows, row, cell, stored))
        self.said[key] = said
        self.fields.append(
            FieldChange(
                header or rows.sheet.column(cell).header,
                field_text(stored),
                field_text(said),
                rows.sheet.name,
                row.number,
                rows.letters[cell],
                echo,
                conflict=stored != base,
            )
        )

    def put_node(self, rows: SheetRows, row: FormRow, node: NodeItem, said: tuple[bool, str]) -> None:
        """Weigh the two cells of a node: whether it is done, and what was done."""
        key = f"node:{node.milestone_id}"
        cell = "done" if said[0] != field_of(self.stored.content, key)[0] else "what"
        self.put(rows, row, key, said, cell=cell, header=f"{NODES.name[:2]}:{node.text}")

    def _locked(self, rows: SheetRows, row: FormRow, key: str, stored: Any) -> Problem:
        approved = self.stored.state == State.APPROVED
        code = UploadCode.ALREADY_APPROVED if approved else UploadCode.UNDER_REVIEW
        code = code if self.stored.is_open else UploadCode.NOT_REOPENED
        return rows.problem(
            code, row, key, {"item": self.label[:60], "stored": shown(field_text(stored) or "—")}
        )

    def change(self, item: str, code: str, **ids: Any) -> Change:
        """The item's change from what was collected."""
        conflict = any(change.conflict for change in self.fields)
        kind = (CHANGED if self.stored.version else NEW) if self.fields else SAME
        return Change(
            item,
            code,
            self.label,
            self.stored.revision,
            content_with(self.stored.content, self.said),
            kind,
            fields=self.fields,
            others_by=self.stored.by if conflict else "",
            **ids,
        )
