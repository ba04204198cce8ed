"""Lines of a document as they grow: the body, a table's cell or a text box. Pure: no Django."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass
class Run:
    """A stretch of text of one look; hidden is None until its styles were asked."""

    style: str = ""
    hidden: bool | None = None


@dataclass
class Paragraph:
    """An open paragraph; `has_no_end` says that it runs into the next one."""

    style: str = ""
    number: str | None = None
    level: int | None = None
    has_no_end: bool = False
    parts: list[str] = field(default_factory=list)
    boxes: list[str] = field(default_factory=list)


@dataclass
class Row:
    """An open row of a table; each cell is a list of lines."""

    cells: list[list[str]] = field(default_factory=list)
    is_deleted: bool = False


@dataclass
class Flow:
    """Paragraphs one under the other. Rows are open ones of tables in this flow."""

    lines: list[str] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    paragraph: Paragraph | None = None
    run: Run | None = None
    is_continued: bool = False  # of a cell: merged with the one above
    is_deleted: bool = False
    _begun: list[str] = field(default_factory=list)  # of paragraphs whose end is deleted or hidden

    def add(self, paragraph: Paragraph, label: Callable[[], str]) -> None:
        """Add a finished paragraph. Its label is asked for only if it prints one, because asking counts."""
        # A page break at either end of a paragraph breaks no line.
        text = "".join(paragraph.parts).strip("\f").replace("\f", "\n")
        if paragraph.has_no_end:
            if text:
                self._begun += [text] if self._begun else [label(), text]
        elif text or self._begun or not paragraph.boxes:
            begun, self._begun = self._begun, []
            self.lines.append("".join([*(begun or [label()]), text]))
        self.lines += paragraph.boxes

    def add_lines(self, lines: list[str]) -> None:
        """Add lines that belong to no paragraph of this flow, such as the rows of a table."""
        self.finished()
        self.lines += lines

    def finished(self) -> list[str]:
        """All lines, with what was left of a paragraph without an end."""
        if self._begun:
            self.lines.append("".join(self._begun))
            self._begun = []
        return self.lines
