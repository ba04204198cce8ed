"""What a form would change in one item, and how its fields are read, replaced and shown. Pure: no Django."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from targets.enums import Basis
from targets.figure_columns import NATURE_NAMES, NO, NOT_APPLICABLE, YES, tidy_text
from targets.units import figure_text
from targets.workbook.content import Content, FigureContent, TextContent

NEW, CHANGED, SAME = "new", "changed", "same"
SOMETIMES = ("unit", "target", "allocation", "task", "entered", "others_by")  # kept where there is one
NUMBERS = ("value", "forecast", "numerator", "denominator")
TEXTS = ("progress", "problem", "next_step")


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

    def to_json(self) -> list[Any]:
        """The values in their order; `FieldChange(*values)` makes it again."""
        values = list(vars(self).values())
        return values if self.echo or self.conflict else values[:-2]


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
        """Plain JSON values without the blank ones; an unchanged item is only named.

        Fields are lists in the order of `FieldChange`.
        """
        if self.kind == SAME:
            return {"kind": self.kind, "item": self.item, "code": self.code, "label": self.label}
        kept: dict[str, Any] = {
            "item": self.item,
            "code": self.code,
            "label": self.label,
            "kind": self.kind,
            "revision": self.revision,
            "content": _plain_content(self.content),
            "fields": [field.to_json() for field in self.fields],
        }
        for name in SOMETIMES:
            if (value := getattr(self, name)) not in (None, ""):
                kept[name] = value
        return kept


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


def content_with(content: Content, said: Mapping[str, Any]) -> Content:
    """The content with the fields that were said; what belonged to an old value goes with it."""
    if not said:
        return content
    values: dict[str, Any] = {key: value for key, value in said.items() if not key.startswith("node:")}
    if "value" in said:
        value, not_applicable = said["value"]
        values |= {"value": value, "not_applicable": not_applicable, "basis": Basis.CUMULATIVE}
        values |= {"numerator": None, "denominator": None}
    nodes = {int(key[5:]): node for key, node in said.items() if key.startswith("node:")}
    if nodes and isinstance(content, TextContent):
        kept = {pk: what for pk, what in content.nodes.items() if pk not in nodes}
        values["nodes"] = {**kept, **{pk: what for pk, (done, what) in nodes.items() if done}}
    return replace(content, **values)


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


def _plain_content(content: FigureContent | TextContent) -> dict[str, Any]:
    """The content without its blanks; 0 is a number and stays."""
    if isinstance(content, TextContent):
        nodes = {"nodes": {str(pk): what for pk, what in content.nodes.items()}} if content.nodes else {}
        return {name: text for name in TEXTS if (text := getattr(content, name))} | nodes
    kept: dict[str, Any] = {"basis": str(content.basis)}
    for name in NUMBERS:
        if (number := getattr(content, name)) is not None:
            kept[name] = f"{number:f}"
    if content.not_applicable:
        kept["not_applicable"] = True
    for name in ("nature", "note"):
        if text := getattr(content, name):
            kept[name] = str(text)
    return kept
