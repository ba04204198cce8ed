"""The forms of exceptions for closed periods: what a unit asks, what the office answers."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from targets.forms import Text
from targets.inputs import MAX_REASON
from targets.selectors.entry_rows import Sheet


class AskForm(forms.Form):
    """The reason, and the items; none ticked asks for the whole sheet."""

    reason = Text(
        MAX_REASON,
        required=True,
        label=_("Why the unit has to report now"),
        widget=forms.Textarea({"rows": 3}),
        help_text=_("For example: the verified figure arrived after the period had been closed."),
    )
    items = forms.MultipleChoiceField(required=False, label=_("Items"), widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, sheet: Sheet, **options: Any) -> None:
        super().__init__(*args, **options)
        figures = {row.key: row.duty.label for row in (*sheet.figures, *sheet.not_due)}
        self.labels = figures | {row.key: row.duty.label for row in sheet.texts}
        self.fields["items"].choices = [  # type: ignore[attr-defined]
            (key, f"{label} · {_('figure') if key in figures else _('text')}")
            for key, label in self.labels.items()
        ]

    @property
    def chosen(self) -> dict[str, str]:
        """Key → label of what was ticked, for a valid form."""
        return {key: self.labels[key] for key in self.cleaned_data["items"]}


class AnswerForm(forms.Form):
    """The office's answer: the last day for granting, the reason for declining or withdrawing."""

    until = forms.DateField(required=False, label=_("Open until (inclusive)"))
    answer = Text(MAX_REASON, label=_("Answer to the unit"), widget=forms.Textarea({"rows": 2}))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["until"].widget = forms.DateInput({"type": "date"}, format="%Y-%m-%d")
        self.fields["until"].localize = False
