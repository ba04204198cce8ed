"""The forms of one row each on the entry sheet: what is typed for a figure and for a text.

A row remembers with which version it was opened (`at`), so that only what this person changed is saved, and
what somebody else changed meanwhile is noticed. See `targets/sheet_form.py` for the sheet as a whole.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from targets.entry_text import Entry, EntryProblem, parse_entry
from targets.enums import Basis, Measure, Nature
from targets.figure_columns import tidy_text, unit_of_measure
from targets.formatting import natural_decimals, round_half_up
from targets.forms import Number, PlainNumber, Text
from targets.inputs import (
    MAX_ANSWER,
    MAX_ENTERED,
    MAX_NOTE,
    MAX_TEXT,
    MAX_WHAT,
    FigureInput,
    NarrativeInput,
)
from targets.labels import choices
from targets.models import FigureWarning
from targets.selectors.entry_rows import FigureRow, TextRow
from targets.selectors.nodes import Node
from targets.units import plain
from targets.words import single_period_name

NOT_APPLICABLE = "不适用"
THEIRS = "theirs"


@dataclass(frozen=True)
class OpenedAt:
    """With which revision and version of the stored item a row was opened."""

    revision: int = 0
    version: int = 0

    def __str__(self) -> str:
        return f"{self.revision}.{self.version}"

    @classmethod
    def parse(cls, text: str) -> OpenedAt:
        """`5.2`; anything else counts as opened before there was anything."""
        revision, _dot, version = text.partition(".")
        if not all(part.isascii() and part.isdigit() and len(part) < 8 for part in (revision, version)):
            return cls()
        return cls(int(revision), int(version))

    @classmethod
    def of(cls, row: FigureRow | TextRow) -> OpenedAt:
        return cls(row.item.revision, row.item.last_version) if row.item else cls()


class RowForm(forms.Form):
    """What figures and texts share: when the row was opened, and that a returned item goes back as it is."""

    at = forms.CharField(widget=forms.HiddenInput, required=False)
    again = forms.BooleanField(required=False, label=gettext_lazy("Submit again unchanged"))

    @property
    def choice(self) -> str:
        """How a conflict was decided: THEIRS, or with which revision this person's own takes its place."""
        return str(self.data.get(self.add_prefix("choice"), ""))

    def clean_at(self) -> OpenedAt:
        return OpenedAt.parse(self.choice or self.cleaned_data["at"])


class FigureForm(RowForm):
    """One row of the grid."""

    nature = forms.ChoiceField(
        choices=choices(Nature), required=False, label=gettext_lazy("Nature of the data")
    )
    note = Text(MAX_NOTE, label=gettext_lazy("Note"))

    def __init__(self, row: FigureRow, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data, prefix=row.key, initial=_figure_initial(row))
        self.row = row
        target = row.duty.target
        unit = unit_of_measure(target.unit)
        self.fields["value"] = Number(unit, label=_("This period, cumulative"))
        if target.measure == Measure.FLOW:
            self.fields["single"] = PlainNumber(unit, label=_("Single quarter"), show_hidden_initial=True)
            self.fields["value"].show_hidden_initial = True
            self.fields["typed"] = forms.CharField(widget=forms.HiddenInput, required=False)
        self.fields["forecast"] = PlainNumber(unit, label=_("Expected for the year"))
        if target.measure == Measure.RATIO:
            other = unit_of_measure(_("one unit for both"))
            self.fields["numerator"] = PlainNumber(other, label=_("Numerator"))
            self.fields["denominator"] = PlainNumber(other, label=_("Denominator"))
        for warning in row.warnings:
            self.fields[_answer_name(warning)] = Text(MAX_ANSWER, label=_("Your answer"))
        _name_fields(self, row.duty.label)
        for name, field in self.fields.items():
            if name in {"value", "single", "forecast", "nature", "note"}:
                field.widget.attrs["data-column"] = name

    @property
    def unit_name(self) -> str:
        """The hidden field that tells in which unit of measure the page showed this row."""
        return self.add_prefix("unit")

    @property
    def echo(self) -> str:
        """What was understood, where what was typed was converted; "" where nothing was."""
        entered = self.row.item.entered if self.row.item else ""
        if self.is_bound:
            entered = self._text(self.typed_column)
        try:
            return parse_entry(entered, unit_of_measure(self.row.duty.target.unit)).echo or ""
        except EntryProblem:
            return ""

    @property
    def typed_column(self) -> str:
        """Which of the two numbers of a flow was typed: "value" (cumulative) or "single".

        The page's script says it; without one, it is the single quarter when it differs from what stood
        there, unless it was cleared for another cumulative number.
        """
        if "single" not in self.fields or self.add_prefix("single") not in self.data:
            return "value"
        told = self.data.get(self.add_prefix("typed"))
        if told in {"value", "single"}:
            return str(told)
        cleared = not self._text("single") and self._differs("value")
        return "single" if self._differs("single") and not cleared else "value"

    def clean_value(self) -> Entry:
        entry: Entry = self._short("value")
        return entry

    def clean_single(self) -> Decimal | None:
        number: Decimal | None = self._short("single")
        return number

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        data["basis"] = Basis.CUMULATIVE
        if self.typed_column == "single" and "single" in data and "value" in data:
            told = self.data.get(self.add_prefix("typed"))
            stands = data["value"] if not told and self._text("value") and self._differs("value") else None
            data["value"], data["basis"] = self._from_single(data["single"], stands), Basis.SINGLE
        return data

    def _from_single(self, single: Decimal | None, stands: Entry | None) -> Entry:
        """The cumulative value; adds an error where it cannot be told, or contradicts what was typed too."""
        value = self.row.cumulative_from(single)
        if single is not None and value is None:
            names = "、".join(single_period_name(key) for key in self.row.missing_quarters)
            text = _("%(missing)s is missing: type the cumulative number here, or enter that quarter first.")
            self.add_error("single", text % {"missing": names})
        elif stands is not None and (stands.not_applicable or stands.value != value):
            text = _("The single quarter and the cumulative number contradict each other: clear one of them.")
            self.add_error("single", text)
        return Entry(value)

    def to_input(self) -> FigureInput:
        """What was typed, for a valid form. What the form does not show stays as it is stored."""
        data, item = self.cleaned_data, self.row.item
        entry: Entry = data["value"]
        shows_parts = "numerator" in self.fields
        same = item is not None and item.value == entry.value
        return FigureInput(
            target=self.row.duty.target,
            allocation=self.row.duty.allocation,
            revision=data["at"].revision,
            unit=str(self.data.get(self.unit_name, "")),
            value=entry.value,
            not_applicable=entry.not_applicable,
            numerator=data["numerator"] if shows_parts else item.numerator if item and same else None,
            denominator=data["denominator"] if shows_parts else item.denominator if item and same else None,
            basis=item.basis if item and same else data["basis"],
            entered=item.entered if item and same and item.entered else self._text(self.typed_column),
            nature=data["nature"] or (item.nature if item else self.row.default_nature),
            forecast=data["forecast"],
            note=data["note"],
        )

    def _text(self, name: str) -> str:
        return tidy_text(self.data.get(self.add_prefix(name), ""))

    def _differs(self, name: str) -> bool:
        """Whether a number differs from what stood in its cell when the page was opened."""
        stood = tidy_text(self.data.get(self.add_initial_prefix(name), ""))
        return self._text(name) != stood

    def _short(self, name: str) -> Any:
        if len(self._text(name)) > MAX_ENTERED:
            message = _("Type the number alone, in at most %(limit)s characters.")
            raise ValidationError(message % {"limit": MAX_ENTERED})
        return self.cleaned_data[name]

    def answers(self) -> dict[int, str]:
        """The answers to warnings that differ from what is stored."""
        return {
            warning.pk: self.cleaned_data[_answer_name(warning)]
            for warning in self.row.warnings
            if self.cleaned_data[_answer_name(warning)] != warning.answer
            and self.add_prefix(_answer_name(warning)) in self.data
        }

    def warnings(self) -> list[tuple[FigureWarning, forms.BoundField]]:
        """Each warning with the field of its answer."""
        return [(warning, self[_answer_name(warning)]) for warning in self.row.warnings]


class TextForm(RowForm):
    """The three parts of a narrative, and the nodes of the task where the unit leads it."""

    progress = Text(MAX_TEXT, label=gettext_lazy("Progress"))
    problem = Text(MAX_TEXT, label=gettext_lazy("Problems"))
    next_step = Text(MAX_TEXT, label=gettext_lazy("Next steps"))
    take = forms.BooleanField(required=False, label=gettext_lazy("Take over last period's text where blank"))

    def __init__(self, row: TextRow, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data, prefix=f"n{row.key}", initial=_text_initial(row))
        self.row = row
        for name in NarrativeInput.CONTENT:
            self.fields[name].widget = forms.Textarea({"rows": 3})
        for node in self.open_nodes:
            self.fields[f"done{node.pk}"] = forms.BooleanField(required=False, label=_("Done"))
            self.fields[f"what{node.pk}"] = Text(MAX_WHAT, label=_("What was done"))
            self.fields[f"what{node.pk}"].widget.attrs["placeholder"] = _(
                "What was done: document, meeting …"
            )
        _name_fields(self, row.duty.label)

    @property
    def open_nodes(self) -> list[Node]:
        """The nodes that can be ticked here: not done yet, or done in this very period."""
        if not self.row.duty.is_lead:
            return []
        return [node for node in self.row.duty.nodes if node.done_in in {None, node.now}]

    def nodes(self) -> list[tuple[Node, forms.BoundField | None, forms.BoundField | None]]:
        """Every node with its two fields, where it can be ticked."""
        is_open = {node.pk for node in self.open_nodes}
        return [
            (node, self[f"done{node.pk}"], self[f"what{node.pk}"])
            if node.pk in is_open
            else (node, None, None)
            for node in self.row.duty.nodes
        ]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        previous = self.row.previous
        if data.get("take") and previous:
            for name in NarrativeInput.CONTENT:
                data[name] = data.get(name) or getattr(previous, name)
        for node in self.open_nodes:
            if data.get(f"what{node.pk}") and not data.get(f"done{node.pk}"):
                self.add_error(
                    f"what{node.pk}",
                    _("Tick “%(node)s” as done, or move this text to the progress.") % {"node": node.text},
                )
        return data

    def to_input(self) -> NarrativeInput:
        """What was typed, for a valid form."""
        data = self.cleaned_data
        ticked = [node.pk for node in self.open_nodes if data[f"done{node.pk}"]]
        return NarrativeInput(
            subject=self.row.duty.subject,
            revision=data["at"].revision,
            nodes={pk: data[f"what{pk}"] for pk in ticked},
            **{name: data[name] for name in NarrativeInput.CONTENT},
        )


def shown(value: Decimal | None, decimals: int = 0) -> str:
    """A number as it stands in its cell: no separators, at least the target's decimals, all that counts."""
    if value is None:
        return ""
    return f"{round_half_up(value, max(decimals, natural_decimals(value))):f}" if value else str(plain(value))


def _figure_initial(row: FigureRow) -> dict[str, Any]:
    item, decimals = row.item, row.duty.target.decimals
    initial: dict[str, Any] = {"at": str(OpenedAt.of(row)), "nature": row.default_nature}
    if item is None:
        return initial
    value = NOT_APPLICABLE if item.not_applicable else shown(item.value, decimals)
    return {
        **initial,
        "value": value,
        "single": shown(row.single, decimals),
        "numerator": shown(item.numerator),
        "denominator": shown(item.denominator),
        "forecast": shown(item.forecast, decimals),
        "nature": item.nature if item.last_version else row.default_nature,
        "note": item.note,
        **{_answer_name(warning): warning.answer for warning in row.warnings},
    }


def _text_initial(row: TextRow) -> dict[str, Any]:
    initial: dict[str, Any] = {"at": str(OpenedAt.of(row))}
    if row.item:
        initial |= {name: getattr(row.item, name) for name in NarrativeInput.CONTENT}
    for pk, what in row.ticked.items():
        initial |= {f"done{pk}": True, f"what{pk}": what}
    return initial


def _name_fields(form: forms.Form, label: str) -> None:
    """Say of which row each field is, for those who hear the page."""
    for field in form.fields.values():
        if not field.widget.is_hidden:
            field.widget.attrs["aria-label"] = f"{label} · {field.label}"


def _answer_name(warning: FigureWarning) -> str:
    return f"answer{warning.pk}"
