"""The review of an import: the document with its numbers marked, the structure, the ledger, the progress."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

from django.utils.functional import Promise

from accounts.models import User
from targets.import_draft import Draft, DraftNumber, DraftSection, DraftTarget, DraftTask, Proposal
from targets.import_draft.contents import WORD
from targets.import_labels import SIGNS, VERDICTS
from targets.models import PlanImport
from targets.selectors.import_drafts import (
    Lack,
    decisions_of,
    draft_of,
    lacks,
    plan_before,
    proposals_for,
    unit_names,
)
from targets.selectors.import_panel import Panel, panel_of
from targets.selectors.import_text import Choice, Line, document_lines

MOST_LISTED = 50
P = TypeVar("P", DraftTarget, DraftTask)


@dataclass(frozen=True)
class Row:
    """A section, task or target of the structure."""

    part: DraftSection | DraftTask | DraftTarget
    kind: str
    depth: int
    anchor: str
    query: str
    target_anchor: str  # the place in the text that this row is about
    is_current: bool
    lacks: tuple[str, ...]
    proposal: Proposal | None = None
    is_open: bool = False


@dataclass(frozen=True)
class NumberLine:
    """An entry of the ledger, with the words around it."""

    number: DraftNumber
    before: str
    after: str
    query: str
    is_current: bool

    @property
    def sign(self) -> str:
        return SIGNS[self.number.verdict]

    @property
    def word(self) -> str | Promise:
        return VERDICTS[self.number.verdict]

    @property
    def rule_word(self) -> str | Promise:
        return VERDICTS[self.number.rule_verdict]


@dataclass(frozen=True)
class VerdictCount:
    """How many numbers have one verdict."""

    verdict: str
    count: int

    @property
    def sign(self) -> str:
        return SIGNS[self.verdict]

    @property
    def word(self) -> str | Promise:
        return VERDICTS[self.verdict]


@dataclass(frozen=True)
class ReviewPage:
    """Everything the review shows."""

    plan_import: PlanImport
    choice: Choice
    draft: Draft
    lacks: tuple[Lack, ...]
    lines: tuple[Line, ...]
    rows: tuple[Row, ...]
    numbers: tuple[NumberLine, ...]
    counts: tuple[VerdictCount, ...]
    panel: Panel
    proposals: int  # tasks and targets without a lead for which one is proposed
    has_last_year: bool

    @property
    def accepted(self) -> int:
        return sum(found.is_accepted for found in self.draft.targets)

    @property
    def total(self) -> int:
        return len(self.draft.targets)

    @property
    def without_lead(self) -> int:
        parts: list[DraftTask | DraftTarget] = [*self.draft.tasks, *self.draft.targets]
        return sum(not part.lead for part in parts)


def recent_imports(user: User) -> list[PlanImport]:
    """The latest imports of the own bureaus, newest first, without their long columns."""
    found = PlanImport.objects.visible_to(user).select_related("bureau", "owner", "plan__bureau")
    return list(found.defer("text", "reading")[:MOST_LISTED])


def review_page(
    plan_import: PlanImport, choice: Choice, typed: dict[str, Any] | None = None, problem: str = ""
) -> ReviewPage:
    """The whole review; `typed` and `problem` show again what was posted and why it was not kept."""
    decided = decisions_of(plan_import)
    draft = draft_of(plan_import, decided)
    units = unit_names(plan_import.bureau)
    before = plan_before(plan_import.bureau, draft.year)
    proposals = proposals_for(plan_import, draft, units, before)
    lacking = tuple(lacks(plan_import, draft))
    rows = _rows(draft, choice, lacking, proposals)
    return ReviewPage(
        plan_import=plan_import,
        choice=choice,
        draft=draft,
        lacks=lacking,
        lines=tuple(document_lines(plan_import.text, draft, choice)),
        rows=tuple(row for row in rows if row.is_open or not choice.only_open),
        numbers=tuple(_numbers(plan_import.text, draft, choice)) if choice.view == "ledger" else (),
        counts=_counts(draft),
        panel=panel_of(plan_import, draft, choice.item, decided, units, proposals, typed, problem),
        proposals=_with_lead_proposed(draft, proposals),
        has_last_year=before is not None,
    )


def _with_lead_proposed(draft: Draft, proposals: dict[str, Proposal]) -> int:
    """How many tasks and targets have no lead unit, and one proposed."""
    parts: list[DraftTask | DraftTarget] = [*draft.tasks, *draft.targets]
    return sum(not part.lead and _proposes_lead(proposals.get(part.item)) for part in parts)


def _proposes_lead(proposal: Proposal | None) -> bool:
    return proposal is not None and bool(proposal.fields.get("lead"))


def next_open(draft: Draft, item: str) -> str:
    """The next candidate after this one that nobody has accepted yet; the same item when there is none."""
    waiting = [
        found for found in draft.candidates if (found.is_target or found.root) and not found.is_accepted
    ]
    part = draft.items.get(item)
    start = part.source.start if isinstance(part, DraftTarget) else 0
    later = [found for found in waiting if found.source.start > start]
    return next((found.item for found in (*later, *waiting)), item)


def _counts(draft: Draft) -> tuple[VerdictCount, ...]:
    counted = Counter(number.verdict for number in draft.ledger)
    return tuple(VerdictCount(verdict, counted[verdict]) for verdict in VERDICTS if counted[verdict])


def _rows(
    draft: Draft, choice: Choice, lacking: tuple[Lack, ...], proposals: dict[str, Proposal]
) -> list[Row]:
    """Sections, below each its own targets and its tasks, below each task the targets in it."""
    texts: dict[str, list[str]] = {}
    for lack in lacking:
        texts.setdefault(lack.item, []).append(lack.text)

    def row(part: Any, kind: str, depth: int, anchor: str, place: str, is_open: bool) -> Row:
        own = tuple(texts.get(part.item, ()))
        query = f"{choice.query(item=part.item)}#{place}"
        is_current = part.item == choice.item
        proposal = proposals.get(part.item)
        return Row(part, kind, depth, anchor, query, place, is_current, own, proposal, is_open or bool(own))

    def of_target(found: DraftTarget, depth: int) -> Row:
        return row(found, "target", depth, found.id, f"n{found.source.start}", not found.is_accepted)

    shown = [found for found in draft.candidates if found.is_target or found.root]
    targets_in_task = _grouped(shown, lambda found: found.task)
    targets_in_section = _grouped(shown, lambda found: "" if found.task else found.section)
    tasks_in_section = _grouped([*draft.tasks, *draft.left_out], lambda task: task.section)
    rows: list[Row] = []
    for section in draft.sections:
        place = f"p{section.start}"
        rows.append(row(section, "section", section.depth, f"s{section.start}", place, False))
        below: list[tuple[int, list[Row]]] = []
        for found in targets_in_section[section.path]:
            below.append((found.source.start, [of_target(found, section.depth + 1)]))
        for task in tasks_in_section[section.path]:
            own = [of_target(found, section.depth + 2) for found in targets_in_task[task.path]]
            anchor, place = f"t{task.start}", f"p{task.start}"
            below.append((task.start, [row(task, "task", section.depth + 1, anchor, place, False), *own]))
        rows += [one for _start, group in sorted(below, key=lambda pair: pair[0]) for one in group]
    return rows


def _grouped(parts: Iterable[P], path: Callable[[P], str]) -> defaultdict[str, list[P]]:
    """The parts by a path of theirs, in their order."""
    groups: defaultdict[str, list[P]] = defaultdict(list)
    for part in parts:
        groups[path(part)].append(part)
    return groups


def _numbers(text: str, draft: Draft, choice: Choice) -> list[NumberLine]:
    around = 14
    return [
        NumberLine(
            number,
            text[max(0, number.start - around) : number.start].rpartition("\n")[2],
            text[number.end : number.end + around].partition("\n")[0],
            choice.query(item=number.item) + f"#n{number.start}",
            number.item == choice.item,
        )
        for number in draft.ledger
        if number.verdict != WORD or choice.with_words
    ]
