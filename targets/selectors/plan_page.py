"""The plan as published: sections, tasks and targets in document order, the numbers marked in the text."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from plans.models import Plan, Section
from plans.selectors import Piece, marked_pieces
from targets.models import Period, SourceKind, TargetSource
from targets.selectors.board import Board, StatusRow, TaskLine


@dataclass(frozen=True)
class NumberMark:
    """A number of the text that is a target, with its light."""

    row: StatusRow
    source: TargetSource

    @property
    def is_repeat(self) -> bool:
        return self.source.kind == SourceKind.REPEAT

    @property
    def anchor(self) -> str:
        """The mark's place in the document page; the stating sentence has the target's own."""
        target = f"t{self.source.target_id}"
        return f"{target}-{self.source.pk}" if self.is_repeat else target


@dataclass(frozen=True)
class Quote:
    """A sentence of the plan, its numbers marked."""

    pieces: tuple[Piece, ...]
    is_repeat: bool  # it only repeats what another sentence states


@dataclass(frozen=True)
class Entry:
    """A sentence of a section, or a task: what stands there in the plan, and the rows it stands for."""

    start: int
    quotes: tuple[Quote, ...]
    rows: tuple[StatusRow, ...]
    task: TaskLine | None = None

    def narrowed(self, keep: Callable[[StatusRow], bool]) -> Entry | None:
        rows = tuple(row for row in self.rows if keep(row))
        return Entry(self.start, self.quotes, rows, self.task) if rows else None


@dataclass(frozen=True)
class SectionView:
    """A section with its depth in the tree (0: top) and what stands in it."""

    section: Section
    depth: int
    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class PlanPage:
    """The plan page in one period, narrowed to what was asked for."""

    plan: Plan
    period: Period
    board: Board
    sections: tuple[SectionView, ...]
    found: int  # rows that fit, each counted once
    total: int


def plan_page(board: Board, fits: Callable[[StatusRow], bool] | None = None) -> PlanPage:
    """The plan in document order; with `fits` only the rows that fit, and the sections that hold any."""
    views = [
        SectionView(section, section.path.count("/"), tuple(entries)) for section, entries in _entries(board)
    ]
    if fits is not None:
        views = [_narrowed(view, fits) for view in views]
    views = _without_empty(views)
    found = sum(fits is None or fits(row) for row in board.rows)
    return PlanPage(board.plan, board.period, board, tuple(views), found, len(board.rows))


def _without_empty(views: list[SectionView]) -> list[SectionView]:
    """Without the sections in which, and below which, nothing stands."""
    filled = {view.section.pk for view in views if view.entries}
    parents = {view.section.parent_id for view in views if view.section.pk in filled}
    return [view for view in views if view.section.pk in filled | parents]


def _narrowed(view: SectionView, fits: Callable[[StatusRow], bool]) -> SectionView:
    kept = (entry.narrowed(fits) for entry in view.entries)
    return SectionView(view.section, view.depth, tuple(entry for entry in kept if entry))


def marks_of(rows: Iterable[StatusRow]) -> list[NumberMark]:
    """Every number of the text that states or repeats one of these targets, in the order of the text."""
    marks = [NumberMark(row, source) for row in rows if row.target for source in row.target.sources.all()]
    return sorted(marks, key=lambda mark: mark.source.start)


def quotes_of(text: str, marks: Iterable[NumberMark]) -> list[Quote]:
    """The sentences in which the marks stand, in the order of the text, each cut at its marks."""
    spans: dict[tuple[int, int], list[NumberMark]] = {}
    for mark in marks:
        spans.setdefault((mark.source.sentence_start, mark.source.sentence_end), []).append(mark)
    quotes = []
    for (start, end), found in sorted(spans.items()):
        places: list[tuple[int, int, object]] = [(mark.source.start, mark.source.end, mark) for mark in found]
        is_repeat = all(mark.is_repeat for mark in found)
        quotes.append(Quote(tuple(marked_pieces(text, start, end, places)), is_repeat))
    return quotes


def _entries(board: Board) -> list[tuple[Section, list[Entry]]]:
    """Each section with its own sentences and its tasks, in the order of the text."""
    text, marks = board.plan.document.text, marks_of(board.rows)
    found: dict[int, list[Entry]] = {section.pk: [] for section in board.sections}
    own: dict[tuple[int, int], list[NumberMark]] = {}
    for mark in marks:
        if mark.source.task_id is None:
            own.setdefault((mark.source.section_id, mark.source.sentence_start), []).append(mark)
    for (section, start), group in own.items():
        rows = tuple(mark.row for mark in group)
        found[section].append(Entry(start, tuple(quotes_of(text, group)), rows))
    for line in board.tasks:
        inside = [mark for mark in marks if mark.source.task_id == line.task.pk]
        quotes = tuple(quotes_of(text, inside))
        found[line.task.section_id].append(Entry(line.task.start, quotes, line.rows, line))
    return [(section, sorted(found[section.pk], key=lambda entry: entry.start)) for section in board.sections]
