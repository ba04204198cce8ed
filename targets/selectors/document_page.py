"""The published document, lit: the whole text unchanged, cut where a number is a target or a task begins."""

from __future__ import annotations

from dataclasses import dataclass

from plans.models import Section
from plans.selectors import Piece, marked_pieces
from targets.selectors.board import Board, TaskLine
from targets.selectors.plan_page import NumberMark, marks_of


@dataclass(frozen=True)
class TaskMark:
    """The beginning of a task in the text (its number and title), with the task's light."""

    line: TaskLine

    @property
    def anchor(self) -> str:
        return f"task{self.line.task.pk}"


@dataclass(frozen=True)
class Paragraph:
    """One line of the text; `section` is set on the line with which a section begins."""

    pieces: tuple[Piece, ...]
    section: Section | None = None

    @property
    def level(self) -> int:
        """2 for a part of the plan, 3 for what stands in it, 0 for plain text."""
        if self.section is None or not self.section.label:
            return 0
        return 3 if self.section.parent_id else 2

    @property
    def tag(self) -> str:
        """The element that shows the line."""
        return f"h{self.level}" if self.level else "p"

    @property
    def is_blank(self) -> bool:
        return not "".join(piece.text for piece in self.pieces).strip()


def document_paragraphs(board: Board) -> list[Paragraph]:
    """The document's lines in order; joined with line breaks, their pieces give the text back unchanged."""
    text = board.plan.document.text
    marks = _marks(board, text)
    begins = {section.start: section for section in board.sections if section.in_document}
    paragraphs, at = [], 0
    for line in text.split("\n"):
        end = at + len(line)
        pieces = marked_pieces(text, at, end, [mark for mark in marks if at <= mark[0] and mark[1] <= end])
        paragraphs.append(Paragraph(tuple(pieces), begins.get(at)))
        at = end + 1
    return paragraphs


def _marks(board: Board, text: str) -> list[tuple[int, int, object]]:
    """Numbers first: where a task's title holds a target's number, the number keeps its mark."""
    numbers: list[NumberMark] = marks_of(board.rows)
    taken = [(mark.source.start, mark.source.end) for mark in numbers]
    marks: list[tuple[int, int, object]] = [(mark.source.start, mark.source.end, mark) for mark in numbers]
    for line in board.tasks:
        if not line.task.in_document:
            continue
        start, end = line.task.start, _heading_end(text, line)
        if all(end <= left or right <= start for left, right in taken):
            marks.append((start, end, TaskMark(line)))
    return marks


def _heading_end(text: str, line: TaskLine) -> int:
    """Where the task's title ends in the text; a blank may stand between number and title."""
    number = line.task.start + len(line.task.label)
    title = text.find(line.task.title, number, number + len(line.task.title) + 2)
    return number if title < 0 else title + len(line.task.title)
