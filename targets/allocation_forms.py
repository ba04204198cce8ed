"""The form of a target's parts (`v12`, `b12`, `o12`: value, baseline, order of unit 12) and of the matrix."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from targets.part_text import MESSAGES, NO_TARGET, PartProblem, part_value
from targets.selectors.allocations import PartRow
from targets.services.allocating import PartInput
from targets.units import Unit, parse_unit, plain

MAX_ORDER = 999


@dataclass(frozen=True)
class Cell:
    """One input: its name, what stands in it, and what is wrong with it."""

    name: str
    label: str
    text: str
    error: str


@dataclass(frozen=True)
class FormRow:
    """A unit's row with its inputs: value, baseline, order."""

    row: PartRow
    cells: tuple[Cell, ...]


@dataclass
class PartsForm:
    """What was typed, kept as it was typed; `errors` by field name, `parts` where there are none."""

    data: QueryDict | None
    unit_of_measure: str
    units: list[int]
    errors: dict[str, str] = field(default_factory=dict)
    parts: list[PartInput] = field(default_factory=list)

    def rows(self, stored: Iterable[PartRow]) -> list[FormRow]:
        """The rows as they are shown: what was typed, else what is stored."""
        return [self._row(row) for row in stored]

    def _row(self, row: PartRow) -> FormRow:
        part, pk = row.part, row.unit.pk
        texts = {
            f"v{pk}": "" if part is None else NO_TARGET if part.value is None else plain_text(part.value),
            f"b{pk}": "" if part is None or part.baseline is None else plain_text(part.baseline),
            f"o{pk}": str(part.order) if part else "",
        }
        if self.data is not None:
            texts = {name: self.data.get(name, "") for name in texts}
        labels = [gettext("Annual target"), gettext("Baseline"), gettext("Order")]
        named = zip(labels, texts.items(), strict=True)
        return FormRow(
            row, tuple(Cell(name, label, text, self.errors.get(name, "")) for label, (name, text) in named)
        )

    def is_valid(self) -> bool:
        """Read every row; a blank value means that the unit has no part."""
        assert self.data is not None
        measure = parse_unit(self.unit_of_measure)
        for pk in self.units:
            try:
                said = part_value(self.data.get(f"v{pk}", ""), measure)
            except PartProblem as problem:
                self.errors[f"v{pk}"] = _told(problem)
                continue
            if not said.is_blank:
                self.parts.append(PartInput(pk, said.value, self._baseline(pk, measure), self._order(pk)))
        return not self.errors

    def _baseline(self, pk: int, measure: Unit) -> Decimal | None:
        assert self.data is not None
        try:
            return part_value(self.data.get(f"b{pk}", ""), measure).value
        except PartProblem as problem:
            self.errors[f"b{pk}"] = _told(problem)
            return None

    def _order(self, pk: int) -> int | None:
        assert self.data is not None
        text = self.data.get(f"o{pk}", "").strip()
        if not text:
            return None
        if not text.isascii() or not text.isdigit() or not 0 < int(text[:6]) <= MAX_ORDER:
            self.errors[f"o{pk}"] = gettext("Type a whole number from 1 to 999.")
            return None
        return int(text)


def plain_text(value: Decimal) -> str:
    """A number as it is typed: all its digits, no separators."""
    return f"{plain(value):f}"


def _told(problem: PartProblem) -> str:
    return gettext(MESSAGES[problem.code]) % problem.values


class MatrixForm(forms.Form):
    """A workbook with the parts of many targets."""

    file = forms.FileField(
        label=_("Workbook (.xlsx)"),
        allow_empty_file=True,  # the file checks say what is wrong with it
        widget=forms.FileInput(attrs={"accept": ".xlsx"}),
        help_text=_("At most 10 MB. Nothing is changed before you have seen and confirmed the preview."),
    )
