"""What a document's styles say of numbering and of hidden text. Pure: no Django."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from plans.readers.xml_events import integer, is_on, read_xml

MAX_ANCESTORS = 30


@dataclass
class Style:
    """One style, with what it says itself; None where it is silent and the style it is based on counts."""

    based_on: str = ""
    number: str | None = None
    level: int | None = None
    hidden: bool | None = None


@dataclass
class Styles:
    """All styles by their id."""

    by_id: dict[str, Style] = field(default_factory=dict)
    default_paragraph: str = ""

    def line_of(self, style_id: str) -> Iterator[tuple[str, Style]]:
        """The style and those it is based on, nearest first; ends where a circle would begin."""
        seen: set[str] = set()
        while style_id in self.by_id and style_id not in seen and len(seen) < MAX_ANCESTORS:
            seen.add(style_id)
            yield style_id, self.by_id[style_id]
            style_id = self.by_id[style_id].based_on

    def hidden(self, style_id: str) -> bool | None:
        """Whether text in this style is hidden; None if no style in its line says so."""
        said = (style.hidden for _id, style in self.line_of(style_id))
        return next((hidden for hidden in said if hidden is not None), None)


def read_styles(xml: bytes | None) -> Styles:
    """The styles of `styles.xml`; none if the document has no such part. Raises RefusedDocument."""
    reader = _StylesReader()
    if xml is not None:
        read_xml(xml, reader, "word/styles.xml")
    return reader.styles


class _StylesReader:
    """Looks only at a style's own properties, not at those for parts of tables."""

    def __init__(self) -> None:
        self.path: list[str] = []
        self.styles = Styles()
        self._style = Style()

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        value = attributes.get("w:val", "")
        if name == "w:style":
            self._begin(attributes)
        elif self.path[-1:] == ["w:style"] and name == "w:basedOn":
            self._style.based_on = value
        elif self.path[-3:] == ["w:style", "w:pPr", "w:numPr"]:
            if name == "w:numId":
                self._style.number = value
            elif name == "w:ilvl":
                self._style.level = integer(value)
        elif self.path[-2:] == ["w:style", "w:rPr"] and name == "w:vanish":
            self._style.hidden = is_on(attributes)

    def end(self, name: str) -> None:
        """Nothing is gathered that an end would complete."""

    def text(self, data: str) -> None:
        """Styles hold no text."""

    def _begin(self, attributes: Mapping[str, str]) -> None:
        self._style = Style()
        style_id = attributes.get("w:styleId", "")
        self.styles.by_id[style_id] = self._style
        is_default = attributes.get("w:default", "0").lower() in {"1", "true", "on"}
        if is_default and attributes.get("w:type") == "paragraph":
            self.styles.default_paragraph = style_id
