"""The document of an import, cut where a number stands or a section or task begins."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.utils.functional import Promise

from plans.selectors import Piece, marked_pieces
from targets.import_draft import Draft, DraftNumber, DraftSection, DraftTask
from targets.import_draft.contents import WORD
from targets.import_labels import SIGNS, VERDICTS


@dataclass(frozen=True)
class Choice:
    """What the address asks for: the selected item, structure or ledger, and what is narrowed away."""

    item: str = ""
    view: str = "structure"
    only_open: bool = False
    with_words: bool = False

    def query(self, **changes: Any) -> str:
        """The query string of the same page with something changed."""
        now = {"item": self.item, "view": self.view, "open": self.only_open, "words": self.with_words}
        wanted = {**now, **changes}
        parts = {
            "item": wanted["item"],
            "view": "ledger" if wanted["view"] == "ledger" else "",
            "open": "1" if wanted["open"] else "",
            "words": "1" if wanted["words"] else "",
        }
        return "?" + urlencode({name: value for name, value in parts.items() if value})


@dataclass(frozen=True)
class Mark:
    """A number, or a heading, of the text: what it is, and the item that a click selects."""

    item: str
    anchor: str
    verdict: str
    is_current: bool
    query: str
    is_accepted: bool = False
    is_heading: bool = False

    @property
    def sign(self) -> str:
        return "✓" if self.is_accepted else SIGNS.get(self.verdict, "")

    @property
    def word(self) -> str | Promise:
        return VERDICTS.get(self.verdict, "")


@dataclass(frozen=True)
class Line:
    """One line of the document; joined with line breaks, the pieces give the text back."""

    pieces: tuple[Piece, ...]
    tag: str

    @property
    def is_blank(self) -> bool:
        return not "".join(piece.text for piece in self.pieces).strip()


def document_lines(text: str, draft: Draft, choice: Choice) -> list[Line]:
    """The document's lines, cut where a number stands or a section or task begins."""
    marks = _marks(text, draft, choice)
    starts = [mark[0] for mark in marks]
    begins = {part.start: f"h{min(3, part.depth + 2)}" for part in draft.sections if part.label}
    lines, at = [], 0
    for line in text.split("\n"):
        end = at + len(line)
        inside = [
            mark for mark in marks[bisect_left(starts, at) : bisect_left(starts, end)] if mark[1] <= end
        ]
        lines.append(Line(tuple(marked_pieces(text, at, end, inside)), begins.get(at, "p")))
        at = end + 1
    return lines


def _marks(text: str, draft: Draft, choice: Choice) -> list[tuple[int, int, object]]:
    """Numbers first; a heading's mark is its printed number alone, where no number of the ledger stands."""
    accepted = {found.item for found in draft.candidates if found.is_accepted}
    marks: list[tuple[int, int, object]] = []
    for number in draft.ledger:
        if number.verdict != WORD or choice.with_words:
            marks.append((number.start, number.end, _mark(number, choice, number.item in accepted)))
    taken = {start for start, _end, _mark_ in marks}
    parts: list[DraftSection | DraftTask] = [*draft.sections, *draft.tasks]
    for part in parts:
        end = part.start + len(part.label)
        if part.label and text.startswith(part.label, part.start) and not taken & {*range(part.start, end)}:
            query = choice.query(item=part.item)
            is_current = part.item == choice.item
            heading = Mark(part.item, f"p{part.start}", "", is_current, query, is_heading=True)
            marks.append((part.start, end, heading))
    return sorted(marks, key=lambda mark: mark[:2])


def _mark(number: DraftNumber, choice: Choice, is_accepted: bool) -> Mark:
    query = choice.query(item=number.item) + (f"#{number.target}" if number.target else "")
    anchor = f"n{number.start}"
    return Mark(number.item, anchor, number.verdict, number.item == choice.item, query, is_accepted)
