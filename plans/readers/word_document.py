"""The text of a .docx: paragraphs and tables in their order, labels of automatic lists included.

Pure: no Django. Kept is what a reader of the printed document sees: inserted revisions, text boxes, the text
of links and fields. Left out are deleted revisions, hidden text, footnotes, headers and comments.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from accounts.archives import Archive
from plans.readers.refusals import DocumentCode, RefusedDocument
from plans.readers.table_rows import row_lines
from plans.readers.text_checks import check_length
from plans.readers.word_flow import Flow, Paragraph, Row, Run
from plans.readers.word_numbering import Numbering, read_numbering
from plans.readers.word_styles import Styles, read_styles
from plans.readers.xml_events import MAX_ELEMENTS, integer, is_on, read_xml

_TYPES = "application/vnd.openxmlformats-officedocument.wordprocessingml."
WORD_TYPE = _TYPES + "document.main+xml"
MAX_NESTING = 30  # of tables and text boxes in one another: each level copies the text once more

# Former properties of a revision, and what a revision took away; `rt` are reading aids above characters.
_LEFT_OUT = frozenset(
    {
        *("w:del", "w:moveFrom", "w:rt"),
        *("w:pPrChange", "w:rPrChange", "w:tblPrChange", "w:trPrChange", "w:tcPrChange", "w:sectPrChange"),
        *("w:numberingChange", "w:tblPrExChange", "w:tblGridChange"),
    }
)
_BLANKS = str.maketrans("\t\r\n", "   ")
# Characters of the font Symbol, where plans of older programs have their signs of comparison.
_SYMBOLS = {0xB3: "≥", 0xA3: "≤", 0xB1: "±", 0xB4: "×", 0xB8: "÷", 0xB0: "°", 0xB9: "≠", 0xBB: "≈", 0xB7: "•"}


def word_text(archive: Archive) -> str:
    """The text of a checked archive that holds a document; paragraphs end with a line feed.

    Raises RefusedDocument (DAMAGED, DOCUMENT_TYPE, TOO_COMPLEX, TOO_LONG) and RefusedArchive.
    """
    body = archive.first_part(WORD_TYPE)
    if body is None:
        raise RefusedDocument(DocumentCode.DAMAGED)
    styles = read_styles(archive.first_part(_TYPES + "styles+xml"))
    reader = _BodyReader(styles, read_numbering(archive.first_part(_TYPES + "numbering+xml"), styles))
    read_xml(body, reader, "word/document.xml")
    return "\n".join(reader.flows[0].finished()).strip("\n")


class _BodyReader:
    """Turns elements into lines. `flows` are the body and the cells and text boxes that are open in it."""

    def __init__(self, styles: Styles, numbering: Numbering) -> None:
        self.path: list[str] = []
        self.flows = [Flow()]
        self._styles = styles
        self._numbering = numbering
        self._skipped_at: int | None = None  # the depth of the element that is left out
        self._alternatives: list[bool] = []  # whether each open choice has been made
        self._said: list[str] = []
        self._is_preserved = False
        self._length = 0
        self._starts: dict[str, Callable[[Mapping[str, str]], None]] = {
            "w:p": self._begin_paragraph,
            "w:r": self._begin_run,
            "w:tr": lambda _attributes: self._flow.rows.append(Row()),
            "w:tc": lambda _attributes: self._open_flow(),
            "w:txbxContent": lambda _attributes: self._open_flow(),
            "mc:AlternateContent": lambda _attributes: self._alternatives.append(False),
            "w:t": self._begin_text,
            "m:t": self._begin_text,
        }
        self._ends: dict[str, Callable[[], None]] = {
            "w:p": self._end_paragraph,
            "w:r": self._end_run,
            "w:tr": self._end_row,
            "w:tc": self._end_cell,
            "w:txbxContent": self._end_box,
            "mc:AlternateContent": self._end_alternatives,
            "w:t": self._end_text,
            "m:t": self._end_text,
        }

    @property
    def _flow(self) -> Flow:
        return self.flows[-1]

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if self._skipped_at is not None:
            return
        if name in _LEFT_OUT or self._is_second_choice(name):
            self._note_deletion(name)
            self._skipped_at = len(self.path)
        elif name in self._starts:
            self._starts[name](attributes)
        elif self.path:
            self._start_inside(name, attributes)

    def end(self, name: str) -> None:
        if self._skipped_at is not None:
            if self._skipped_at == len(self.path):
                self._skipped_at = None
        elif name in self._ends:
            self._ends[name]()

    def text(self, data: str) -> None:
        if self._skipped_at is None and self.path[-1:] in (["w:t"], ["m:t"]):
            self._said.append(data)

    def _is_second_choice(self, name: str) -> bool:
        """Whether this is the older form of something that has been read in its newer form."""
        if name == "mc:Choice" and self._alternatives:
            seen, self._alternatives[-1] = self._alternatives[-1], True
            return seen
        return name == "mc:Fallback" and bool(self._alternatives) and self._alternatives[-1]

    def _note_deletion(self, name: str) -> None:
        """A deletion among properties takes away a paragraph's end or a row, not a stretch of text."""
        if name != "w:del" or not self.path:
            return
        if self.path[-2:] == ["w:pPr", "w:rPr"] and self._flow.paragraph:
            self._flow.paragraph.has_no_end = True
        elif self.path[-1] == "w:trPr" and self._flow.rows:
            self._flow.rows[-1].is_deleted = True

    def _start_inside(self, name: str, attributes: Mapping[str, str]) -> None:
        """An element whose meaning depends on what it stands in."""
        parent, paragraph = self.path[-1], self._flow.paragraph
        if parent == "w:r":
            self._start_content(name, attributes)
        elif parent == "w:rPr" and self.path[-2] == "w:r":
            self._run_property(name, attributes)
        elif parent == "w:tcPr":
            self._cell_property(name, attributes)
        elif paragraph is None:
            return
        elif parent == "w:pPr" and name == "w:pStyle":
            paragraph.style = attributes.get("w:val", "")
        elif self.path[-2:] == ["w:pPr", "w:numPr"]:
            if name == "w:numId":
                paragraph.number = attributes.get("w:val", "")
            elif name == "w:ilvl":
                paragraph.level = integer(attributes.get("w:val"))
        elif self.path[-2:] == ["w:pPr", "w:rPr"] and name == "w:vanish":
            paragraph.has_no_end = paragraph.has_no_end or is_on(attributes)

    def _start_content(self, name: str, attributes: Mapping[str, str]) -> None:
        """What stands in a run beside its text."""
        if name in {"w:tab", "w:ptab"}:
            self._add("\t")
        elif name == "w:cr":
            self._add("\n")
        elif name == "w:br":
            is_page = attributes.get("w:type") in {"page", "column"}
            self._add("\f" if is_page else "\n")
        elif name == "w:noBreakHyphen":
            self._add("-")
        elif name == "w:sym":
            self._add(_symbol(attributes))

    def _run_property(self, name: str, attributes: Mapping[str, str]) -> None:
        if self._flow.run is None:
            return
        if name == "w:vanish":
            self._flow.run.hidden = is_on(attributes)
        elif name == "w:rStyle":
            self._flow.run.style = attributes.get("w:val", "")

    def _cell_property(self, name: str, attributes: Mapping[str, str]) -> None:
        """A cell that continues the one above, or that a revision took away."""
        if name in {"w:vMerge", "w:hMerge"} and attributes.get("w:val", "continue") == "continue":
            self._flow.is_continued = True
        elif name == "w:cellDel":
            self._flow.is_deleted = True

    def _begin_paragraph(self, _attributes: Mapping[str, str]) -> None:
        self._end_paragraph()  # one that stands in another, against the standard
        self._flow.paragraph = Paragraph()

    def _end_paragraph(self) -> None:
        paragraph, self._flow.paragraph, self._flow.run = self._flow.paragraph, None, None
        if paragraph is not None:
            self._flow.add(paragraph, lambda: self._label_of(paragraph))

    def _label_of(self, paragraph: Paragraph) -> str:
        label = self._numbering.label(paragraph.style, paragraph.number, paragraph.level)
        self._charge(len(label))
        return label

    def _begin_run(self, _attributes: Mapping[str, str]) -> None:
        self._flow.run = Run()

    def _end_run(self) -> None:
        self._flow.run = None

    def _open_flow(self) -> None:
        if len(self.flows) > MAX_NESTING:
            raise RefusedDocument(DocumentCode.TOO_COMPLEX, limit=f"{MAX_ELEMENTS:,}")
        self.flows.append(Flow())

    def _end_row(self) -> None:
        row = self._flow.rows.pop()
        if not row.is_deleted:
            self._flow.add_lines(row_lines(row.cells))

    def _end_cell(self) -> None:
        cell = self.flows.pop()
        if cell.is_deleted:
            return
        lines = [] if cell.is_continued else cell.finished()
        if self._flow.rows:
            self._flow.rows[-1].cells.append(lines)
        else:
            self._flow.add_lines(lines)

    def _end_box(self) -> None:
        """A text box comes after the paragraph it is tied to; Word prints it beside."""
        lines = self.flows.pop().finished()
        if self._is_hidden():
            return
        if self._flow.paragraph:
            self._flow.paragraph.boxes += lines
        else:
            self._flow.add_lines(lines)

    def _end_alternatives(self) -> None:
        self._alternatives.pop()

    def _begin_text(self, attributes: Mapping[str, str]) -> None:
        self._said = []
        self._is_preserved = attributes.get("xml:space") == "preserve"

    def _end_text(self) -> None:
        """Blanks at both ends count only where the document says so; line feeds in the XML are blanks."""
        text = "".join(self._said).translate(_BLANKS)
        self._said = []
        self._add(text if self._is_preserved else text.strip(" "))

    def _add(self, text: str) -> None:
        self._charge(len(text))
        if self._flow.paragraph and not self._is_hidden():
            self._flow.paragraph.parts.append(text)

    def _is_hidden(self) -> bool:
        """Whether the run is hidden, by itself, by its style or by its paragraph's style."""
        run, paragraph = self._flow.run, self._flow.paragraph
        if run is None:
            return False
        if run.hidden is None:
            by_style = self._styles.hidden(run.style) if run.style else None
            if by_style is None and paragraph:
                by_style = self._styles.hidden(paragraph.style or self._styles.default_paragraph)
            run.hidden = bool(by_style)
        return run.hidden

    def _charge(self, characters: int) -> None:
        """Stop as soon as the text is too long, not when all of it is in memory."""
        self._length += characters
        check_length(self._length)


def _symbol(attributes: Mapping[str, str]) -> str:
    """A character of a symbol font; a plain bullet stands for those that have no character of their own."""
    try:
        code = int(attributes.get("w:char", ""), 16)
    except ValueError:
        return ""
    if attributes.get("w:font", "").lower() == "symbol" and code & 0xFF in _SYMBOLS:
        return _SYMBOLS[code & 0xFF]
    return chr(code) if 0x20 <= code < 0xD800 else "•"
