"""The panel of an import's selected item: its fields, what the rules say, who changed what."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext

from targets.enums import Commitment, Comparison, Due, Measure, Pace
from targets.import_draft import PLAN, Draft, DraftTarget, Proposal, UnitName, kind_of
from targets.import_draft.contents import DraftNumber, DraftSection
from targets.import_labels import FIELD_LABELS, SIGNS, VERDICTS
from targets.labels import LABELS, choices
from targets.models import ImportDecision, PlanImport
from targets.selectors.import_drafts import ORIGINS

Option = tuple[str, str | Promise]

FIRST = ("name", "lead", "pace", "value", "unit", "pace_shares", "cooperating")
MORE = (
    *("comparison", "measure", "commitment", "indicator", "path", "year_due", "due", "baseline"),
    *("baseline_source", "cooperating_text", "data_source", "note", "group", "key", "decimals"),
)
OF_TASK, OF_SECTION, OF_PLAN = (
    ("title", "section", "lead", "cooperating", "cooperating_text"),
    ("title",),
    ("title", "year"),
)
VOCABULARIES: dict[str, type[StrEnum]] = {
    "comparison": Comparison, "measure": Measure, "commitment": Commitment, "pace": Pace, "due": Due,
}  # fmt: skip


@dataclass(frozen=True)
class PanelField:
    """One field of the form, with the rules' answer where a person decided otherwise."""

    name: str
    label: str | Promise
    value: Any  # text, or a list of texts for a field with several choices
    was: str
    options: tuple[Option, ...] = ()
    is_many: bool = False
    rule: str = ""
    by: str = ""
    at: datetime | None = None
    proposed: str = ""
    origin: str | Promise = ""

    @property
    def is_changed(self) -> bool:
        return self.at is not None


@dataclass(frozen=True)
class Panel:
    """The selected item; `kind` is empty while nothing is selected."""

    item: str
    kind: str
    part: Any = None
    number: DraftNumber | None = None
    sentence: str = ""
    fields: tuple[PanelField, ...] = ()
    more: tuple[PanelField, ...] = ()
    root: DraftTarget | None = None  # of a repeat: the target whose sentence is the first one
    root_sentence: str = ""
    others: tuple[DraftTarget, ...] = ()  # with which it can be merged
    verdicts: tuple[Option, ...] = ()
    decided: tuple[PanelField, ...] = ()
    problem: str = ""

    @property
    def sign(self) -> str:
        return SIGNS.get(getattr(self.part, "verdict", ""), "")

    @property
    def verdict_word(self) -> str | Promise:
        return VERDICTS.get(getattr(self.part, "verdict", ""), "")


def panel_of(
    plan_import: PlanImport,
    draft: Draft,
    item: str,
    decided: Iterable[ImportDecision],
    units: Sequence[UnitName],
    proposals: dict[str, Proposal],
    typed: dict[str, Any] | None = None,
    problem: str = "",
) -> Panel:
    """The panel for this item; an unknown one gives the empty panel."""
    part = draft if item == PLAN else draft.items.get(item)
    if part is None:
        return Panel("", "", problem=problem)
    rows = {row.field: row for row in decided if row.item == item}
    build = _Fields(draft, part, rows, units, proposals.get(item), typed or {})
    text = plan_import.text
    if isinstance(part, DraftTarget):
        root = draft.candidate(part.root) if part.root else None
        others = tuple(other for other in draft.targets if other.id != part.id)
        return Panel(
            item, "target", part, _number_at(draft, part.source.start), _sentence(text, part),
            build.all(FIRST) if part.is_target else (), build.all(MORE) if part.is_target else (),
            root, _sentence(text, root) if root else "", others,
            _verdicts(), build.changes(), problem,
        )  # fmt: skip
    if isinstance(part, DraftNumber):
        around = text[max(0, part.start - 60) : part.end + 60].strip()
        return Panel(item, "number", part, part, around, verdicts=_verdicts(), problem=problem)
    names = OF_PLAN if isinstance(part, Draft) else OF_SECTION if isinstance(part, DraftSection) else OF_TASK
    fields = build.all(names)
    return Panel(item, kind_of(item), part, fields=fields, decided=build.changes(), problem=problem)


@dataclass(frozen=True)
class DecisionLine:
    """What one person decided about one field, beside what the rules say."""

    item: str
    name: str
    field: str | Promise
    rule: str
    value: str
    by: str
    at: datetime


def decision_lines(draft: Draft, decided: Iterable[ImportDecision]) -> list[DecisionLine]:
    """Every decision that changes something, in the order of the items; that a thing was seen is none."""
    items = draft.items
    lines = []
    for row in decided:
        part: Any = draft if row.item == PLAN else items.get(row.item)
        if part is None or row.field == "accepted":
            continue
        name = getattr(part, "name", "") or getattr(part, "title", "") or getattr(part, "text", "")
        rule, value = shown(row.field, part.rules.get(row.field)), shown(row.field, row.value)
        label = FIELD_LABELS[row.field]
        lines.append(DecisionLine(row.item, name, label, rule, value, str(row.by), row.at))
    return lines


def shown(name: str, value: Any) -> str:
    """A field's stored value in the language of the page."""
    if name in VOCABULARIES and value:
        return str(LABELS[VOCABULARIES[name](value)])
    if name == "verdict":
        return str(VERDICTS.get(str(value), ""))
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    text = _as_form(value)
    return "、".join(text) if isinstance(text, list) else text


def _number_at(draft: Draft, start: int) -> DraftNumber | None:
    return next((number for number in draft.ledger if number.start == start), None)


def _sentence(text: str, found: DraftTarget) -> str:
    return text[found.source.sentence_start : found.source.sentence_end].strip()


def _verdicts() -> tuple[Option, ...]:
    return tuple(VERDICTS.items())


class _Fields:
    """Builds the fields of one item."""

    def __init__(
        self,
        draft: Draft,
        part: Any,
        rows: dict[str, ImportDecision],
        units: Sequence[UnitName],
        proposal: Proposal | None,
        typed: dict[str, Any],
    ) -> None:
        self.draft, self.part, self.rows, self.typed = draft, part, rows, typed
        self.units, self.proposal = units, proposal

    def all(self, names: Iterable[str]) -> tuple[PanelField, ...]:
        return tuple(self.one(name) for name in names)

    def changes(self) -> tuple[PanelField, ...]:
        """Everything a person decided about this item, the accepting included."""
        return tuple(self.one(name) for name in FIELD_LABELS if name in self.rows)

    def one(self, name: str) -> PanelField:
        held = _as_form(getattr(self.part, name, None)) if hasattr(self.part, name) else ""
        row = self.rows.get(name)
        proposed, origin = self._proposed(name, held)
        value = self.typed.get(name, held)
        return PanelField(
            name=name,
            label=FIELD_LABELS[name],
            value=value if name == "cooperating" else _one(value),
            was="\n".join(held) if isinstance(held, list) else held,
            options=self._options(name),
            is_many=name == "cooperating",
            rule=shown(name, self.part.rules.get(name)) if row else "",
            by=str(row.by) if row else "",
            at=row.at if row else None,
            proposed=proposed,
            origin=origin,
        )

    def _proposed(self, name: str, held: Any) -> tuple[str, str | Promise]:
        if self.proposal is None or name not in self.proposal.fields or name in self.rows:
            return "", ""
        value = _as_form(self.proposal.fields[name])
        if value == held or not value:
            return "", ""
        return shown(name, self.proposal.fields[name]), ORIGINS[self.proposal.origin]

    def _options(self, name: str) -> tuple[Option, ...]:
        if name in VOCABULARIES:
            return tuple(choices(VOCABULARIES[name]))
        if name == "lead":
            leads = sorted(self.units, key=lambda unit: not unit.may_lead)  # stable: official order within
            return (("", "–"), *((unit.name, unit.name) for unit in leads))
        if name == "cooperating":
            return tuple((unit.name, unit.name) for unit in self.units)
        sections = [(part.path, f"{part.label}{part.title}"[:40]) for part in self.draft.sections]
        if name == "section":
            return tuple(sections)
        if name == "path":
            tasks = [(part.path, f"　{part.path} {part.title}"[:40]) for part in self.draft.tasks]
            return (*sections, *tasks)
        if name == "decimals":
            return tuple((str(count), str(count)) for count in range(7))
        return ()


def _as_form(value: Any) -> Any:
    """As a form field holds it: text, or a list of texts."""
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, tuple | list):
        numbers = bool(value) and isinstance(value[0], Decimal)
        return "/".join(f"{share.normalize():f}" for share in value) if numbers else list(value)
    return str(value)


def _one(value: Any) -> str:
    if isinstance(value, list):
        return "/".join(str(part) for part in value)
    return str(value)
