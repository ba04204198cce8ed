"""What the page is told while a row is typed and kept as a draft: who else is at the same row."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.http import Http404, QueryDict

from accounts.models import Unit
from targets.conflicts import ShownConflict, differing
from targets.models import EntryDraft, Period
from targets.row_forms import FigureForm, TextForm
from targets.selectors.entry import entry_sheet, figure_rows
from targets.sheet_form import Line, SheetForm

NOT_KEPT = ("choice",)


def line_of(period: Period, row: str, unit: Unit | None, data: QueryDict) -> tuple[Line, int]:
    """The row with what was typed in it, and the id of the unit that reports it; Http404 where there is none.

    A text is asked for with its unit, since several units write about one task.
    """
    if row.startswith("f"):
        for found in figure_rows(period, [row]):
            return Line(found, FigureForm(found, data)), found.duty.owner_id
    elif unit is not None:
        for text in entry_sheet(period, unit).texts:
            if row == f"n{text.key}":
                return Line(text, TextForm(text, data)), unit.pk
    raise Http404


def typed_fields(row: str, data: QueryDict) -> dict[str, str]:
    """The fields of this row, with the text in each; ticked boxes alone are sent."""
    prefixes = (f"{row}-", f"initial-{row}-")
    return {
        name: str(text)
        for name, text in data.items()
        if name.startswith(prefixes) and name.rpartition("-")[2] not in NOT_KEPT
    }


def as_posted(drafts: Iterable[EntryDraft]) -> QueryDict:
    """The drafts as the form that would have been sent."""
    data = QueryDict(mutable=True)
    for draft in drafts:
        data.update(draft.fields)
    return data


def with_drafts(form: SheetForm, drafts: Sequence[EntryDraft], held: QueryDict | None = None) -> SheetForm:
    """The sheet with what was typed before and not saved; rows that somebody saved since are in conflict.

    What was submitted or closed meanwhile shows as it is stored. `held` was sent on an ended session, and is
    newer than any draft.
    """
    editable = {line.form.prefix for line in form.lines if line.row.is_editable}
    data = as_posted(draft for draft in drafts if draft.row in editable)
    for name, texts in held.lists() if held is not None else ():
        data.setlist(name, texts)
    if not data:
        return form
    restored = SheetForm(form.sheet, data)
    restored.show_stale()
    return restored


def know_drafts(form: SheetForm, drafts: Iterable[EntryDraft]) -> None:
    """Tell the page which drafts it shows, so that the same person's next word is no conflict with them."""
    revisions = {(draft.unit_id, draft.row): draft.revision for draft in drafts}
    for line in form.lines:
        line.draft = revisions.get((line.owner, line.form.prefix or ""), 0)


def rivals(line: Line, others: Iterable[EntryDraft]) -> list[ShownConflict]:
    """Who else has typed something different in this row without saving it, each with both values."""
    if not line.form.is_valid():
        return []
    mine, found = line.form.to_input(), []
    for other in others:
        form = type(line.form)(line.row, as_posted([other]))  # type: ignore[arg-type]
        if form.is_valid() and (clashes := differing(form.to_input(), mine)):
            found.append(ShownConflict(other.by, other.at, clashes, is_saved=False))
    return found
