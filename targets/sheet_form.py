"""The entry sheet as one form: a row form per figure and text, what was touched, and what is in conflict.

Only touched rows are saved: a row is touched when what was typed differs from what stood there when the page
was opened. So a colleague's new number is never overwritten by an old page on which nobody typed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict

from targets.conflicts import ShownConflict, differing, shown_conflict
from targets.errors import Conflict
from targets.inputs import FigureInput, NarrativeInput
from targets.models import Figure, FigureVersion, Narrative, NarrativeVersion, Period, Progress
from targets.row_forms import THEIRS, FigureForm, OpenedAt, TextForm
from targets.selectors.duties import FigureDuty
from targets.selectors.entry_rows import BureauSheet, FigureRow, Sheet, TextRow
from targets.selectors.preview import TypedFigure, previewed
from targets.services.sheets import SheetPart

Content = list[object] | None  # None: nothing was there


@dataclass
class Line:
    """One row of the sheet on the page."""

    row: FigureRow | TextRow
    form: FigureForm | TextForm
    is_touched: bool = False
    conflict: ShownConflict | None = None
    draft: int = 0  # the revision of the draft that the page knows; 0: none
    light: Progress | None = None  # of a figure: what it would be with the number that stands in the cell

    @property
    def owner(self) -> int:
        """The id of the unit whose row it is."""
        duty = self.row.duty
        return duty.owner_id if isinstance(duty, FigureDuty) else duty.unit_id

    @property
    def conflicts(self) -> list[ShownConflict]:
        return [self.conflict] if self.conflict else []

    @property
    def is_open(self) -> bool:
        """Whether a text is unfolded from the start: when there is something to see to."""
        return bool(self.row.returned or self.conflict or (self.is_touched and self.form.errors))


@dataclass(frozen=True)
class Wrong:
    """One error for the list at the top, with the place of its field."""

    row: str
    column: str
    message: str
    field_id: str


@dataclass
class SheetForm:
    """The forms of a whole sheet. Without `data` they show what is stored."""

    sheet: Sheet | BureauSheet
    data: QueryDict | None = None
    figures: list[Line] = field(init=False)
    texts: dict[str, Line] = field(init=False)

    def __post_init__(self) -> None:
        posted = self.data if self.data is not None else QueryDict()
        self.figures = [Line(row, _bound(FigureForm, row, posted)) for row in self.sheet.figures]
        self.texts = {row.key: Line(row, _bound(TextForm, row, posted)) for row in self.sheet.texts}
        bases = _bases(line for line in self.lines if line.form.is_bound)
        for line in self.lines:
            if not line.form.is_bound:
                continue
            if line.form.choice == THEIRS:
                line.form = type(line.form)(line.row)  # type: ignore[arg-type]
                continue
            valid = line.form.is_valid()
            line.is_touched = not valid or _differs(line.form.to_input(), bases[line.row.key])
            if not line.is_touched and not _answered(line):
                line.form = type(line.form)(line.row)  # type: ignore[arg-type]
        light_lines(self.sheet.period, self.figures)

    @property
    def lines(self) -> list[Line]:
        return [*self.figures, *self.texts.values()]

    @property
    def tasks(self) -> list[Line]:
        return [self.texts[row.key] for row in self.sheet.tasks]

    @property
    def cooperation(self) -> list[Line]:
        return [self.texts[row.key] for row in self.sheet.cooperation]

    @property
    def beside(self) -> list[Line]:
        """The texts beside the figures."""
        return [self.texts[row.text.key] for row in self.sheet.figures if row.text]

    @property
    def touched(self) -> list[Line]:
        return [line for line in self.lines if line.is_touched]

    @property
    def wrong(self) -> list[Wrong]:
        """Every error: row, column, and what is wrong and what to do."""
        return [
            Wrong(line.row.duty.label, str(line.form[name].label), str(message), line.form[name].id_for_label)
            for line in self.lines
            for name, messages in line.form.errors.items()
            for message in messages
        ]

    @property
    def is_valid(self) -> bool:
        return not self.wrong

    @property
    def posted(self) -> list[str]:
        """The keys of the rows that were handed in, whether or not they were touched."""
        posted = self.data if self.data is not None else QueryDict()
        return [line.form.prefix or "" for line in self.lines if line.form.add_prefix("at") in posted]

    def parts(self) -> dict[int, SheetPart]:
        """Unit → what is to be saved for it, as the services take it; for a valid form."""
        posted = self.data if self.data is not None else QueryDict()
        found: dict[int, SheetPart] = defaultdict(SheetPart)
        for line in self.lines:
            part = found[line.owner]
            entry = line.form.to_input() if line.is_touched else None
            if isinstance(entry, FigureInput):
                part.figures.append(entry)
            elif entry is not None:
                part.narratives.append(entry)
            if isinstance(line.form, FigureForm) and line.form.is_bound:
                part.answers |= line.form.answers()
            if line.row.item and line.form.add_prefix("again") in posted:
                part.again.add((str(line.row.item._meta.model_name), line.row.item.pk))
        return dict(found)

    def show_stale(self) -> None:
        """Show every row that somebody else saved since this person began to type in it."""
        stale = []
        for line in self.touched:
            if line.row.item is None or not line.form.is_valid():
                continue
            mine = line.form.to_input()
            if mine.revision != line.row.item.revision and differing(line.row.item, mine):
                stale.append(Conflict(line.row.item, mine))
        self.show_conflicts(stale)

    def show_conflicts(self, conflicts: Iterable[Conflict]) -> None:
        """Put the stored values beside the typed ones; saving again is then a choice."""
        lines = {_subject(line.row): line for line in self.lines}
        for conflict in conflicts:
            line = lines[_subject_of(conflict.item)]
            line.conflict = shown_conflict(conflict)
            assert isinstance(line.form.data, QueryDict)  # it is bound
            data = line.form.data.copy()
            data[line.form.add_prefix("at")] = line.conflict.now
            line.form.data = data


def _bound(kind: type[Any], row: FigureRow | TextRow, posted: QueryDict) -> Any:
    """The row's form with what was posted; unbound where nothing was posted for it."""
    form = kind(row)
    return kind(row, posted) if form.add_prefix("at") in posted else form


def light_lines(period: Period, lines: Iterable[Line]) -> None:
    """Show each line the rate and light that its number would have; what cannot be read has none."""
    typed = {line.row.key: found for line in lines if (found := typed_figure(line)) is not None}
    lights = previewed(period, typed.values())
    for line in lines:
        if line.row.key in typed:
            line.light = lights.get(typed[line.row.key].key)


def typed_figure(line: Line) -> TypedFigure | None:
    """The number that stands in a line's cell; None where it cannot be read."""
    assert isinstance(line.row, FigureRow) and isinstance(line.form, FigureForm)
    duty = line.row.duty
    stands: FigureInput | Figure | None = line.row.item
    if line.form.is_bound:
        if not line.form.is_valid():
            return None
        stands = line.form.to_input()
    part = duty.allocation.pk if duty.allocation else None
    if stands is None:
        return TypedFigure(duty.target, part, None)
    return TypedFigure(duty.target, part, stands.value, stands.not_applicable)


def _answered(line: Line) -> bool:
    return isinstance(line.form, FigureForm) and bool(line.form.answers())


def _differs(typed: FigureInput | NarrativeInput, base: Content) -> bool:
    if base is None:
        return not typed.is_blank
    return _content(typed, typed.nodes if isinstance(typed, NarrativeInput) else None) != base


def _content(one: object, nodes: Mapping[int, str] | None) -> list[object]:
    """The content of an input, an item or a version alike; texts with their ticked nodes."""
    names = FigureInput.CONTENT if nodes is None else NarrativeInput.CONTENT
    found = [getattr(one, name) for name in names]
    return found if nodes is None else [*found, dict(nodes)]


def _bases(lines: Iterable[Line]) -> dict[str, Content]:
    """Row → what stood there when its page was opened; two queries, and none where nothing changed since."""
    found: dict[str, Content] = {}
    older: dict[tuple[type, int], tuple[str, int]] = {}
    for line in lines:
        row, opened = line.row, OpenedAt.parse(line.form.data.get(line.form.add_prefix("at"), ""))
        found[row.key] = None
        if row.item is not None and opened.version and opened.version == row.item.last_version:
            found[row.key] = _content(row.item, row.ticked if isinstance(row, TextRow) else None)
        elif row.item is not None and opened.version:
            older[type(row.item), row.item.pk] = (row.key, opened.version)
    for about, version in _versions(older):
        key, number = older[about]
        if version.number == number:
            nodes = version.nodes if isinstance(version, NarrativeVersion) else None
            found[key] = _content(version, nodes and {int(pk): what for pk, what in nodes.items()})
    return found


def _versions(
    about: Iterable[tuple[type, int]],
) -> Iterable[tuple[tuple[type, int], FigureVersion | NarrativeVersion]]:
    figures = [pk for kind, pk in about if kind is Figure]
    texts = [pk for kind, pk in about if kind is Narrative]
    if figures:
        for version in FigureVersion.objects.filter(figure__in=figures):
            yield (Figure, version.figure_id), version
    if texts:
        for text in NarrativeVersion.objects.filter(narrative__in=texts):
            yield (Narrative, text.narrative_id), text


def _subject(row: FigureRow | TextRow) -> tuple[str, int, int | None]:
    if isinstance(row, FigureRow):
        part = row.duty.allocation
        return "figure", row.duty.target.pk, part.pk if part else None
    return row.duty.subject._meta.model_name or "", row.duty.subject.pk, None


def _subject_of(item: Figure | Narrative) -> tuple[str, int, int | None]:
    if isinstance(item, Figure):
        return "figure", item.target_id, item.allocation_id
    return ("task", item.task_id, None) if item.task_id else ("target", item.target_id or 0, None)
