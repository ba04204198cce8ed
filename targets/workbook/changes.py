"""What a form would change in one item, and how its fields are read, replaced and shown. Pure: no Django."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from decimal import Decimal
from typing import Any

from targets.enums import Basis
from targets.figure_columns import NATURE_NAMES, NO, NOT_APPLICABLE, YES, tidy_text
from targets.units import figure_text
from targets.workbook.content import FigureContent, TextContent

NEW, CHANGED, SAME = "new", "changed", "same"


@dataclass(frozen=True)
class FieldChange:
    """One cell that changes something; `conflict`: somebody else changed it meanwhile too."""

    header: str
    old: str
    new: str
    sheet: str
    row: int
    column: str
    echo: str = ""
    conflict: bool = False


@dataclass
class Change:
    """What would become of one item; `content` is the whole new content."""

    item: str  # FIGURE, TEXT or TASK
    code: str
    label: str
    revision: int
    content: FigureContent | TextContent
    kind: str = SAME
    unit: str = ""
    target: int | None = None
    allocation: int | None = None
    task: int | None = None
    entered: str = ""
    fields: list[FieldChange] = field(default_factory=list)
    others_by: str = ""  # who saved meanwhile, where a field is in conflict

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values; an unchanged item is only named."""
        if self.kind == SAME:
            return {"kind": self.kind, "item": self.item, "code": self.code, "label": self.label}
        values = asdict(self)
        values["content"] = {name: _plain(value) for name, value in values["content"].items()}
        return values


def field_of(content: FigureContent | TextContent, key: str) -> Any:
    """One field as it is compared: figures by value and state, nodes as (ticked, what), texts tidied."""
    if isinstance(content, FigureContent):
        if key == "value":
            return content.value, content.not_applicable
        found = getattr(content, key)
        return tidy_text(found) if key == "note" else found
    if key.startswith("node:"):
        what = content.nodes.get(int(key[5:]))
        return what is not None, tidy_text(what or "")
    return tidy_text(getattr(content, key))


def with_field(content: Any, key: str, said: Any) -> Any:
    """The content with one field replaced; what belonged to the old value goes with it."""
    if key == "value":
        value, not_applicable = said
        return replace(
            content,
            value=value,
            not_applicable=not_applicable,
            numerator=None,
            denominator=None,
            basis=Basis.CUMULATIVE,
        )
    if key.startswith("node:"):
        nodes = {pk: what for pk, what in content.nodes.items() if pk != int(key[5:])}
        return replace(content, nodes={**nodes, int(key[5:]): said[1]} if said[0] else nodes)
    return replace(content, **{key: said})


def field_text(value: Any) -> str:
    """A field as the preview shows it; "" for nothing."""
    if isinstance(value, tuple):
        first, second = value
        if isinstance(first, bool):  # a node
            return (f"{YES}:{second}" if second else YES) if first else NO
        return NOT_APPLICABLE if second else field_text(first)
    if isinstance(value, Decimal):
        return figure_text(value)
    return str(NATURE_NAMES.get(value, value) or "")


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, Mapping):
        return {str(key): text for key, text in value.items()}
    return value if value is None or isinstance(value, bool) else str(value)
