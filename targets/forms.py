"""Form fields that read what people type, and the small forms: a reason, a period's dates."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from targets.entry_text import MESSAGES, Entry, EntryProblem, parse_entry
from targets.figure_columns import tidy_text
from targets.inputs import MAX_COMMENT, MAX_REASON
from targets.services.periods import Dates
from targets.units import Unit


class Text(forms.CharField):
    """A text of at most `limit` characters. Nothing is ever cut: too long a text stays and says so."""

    def __init__(self, limit: int, **options: Any) -> None:
        super().__init__(required=options.pop("required", False), strip=False, **options)
        self.limit = limit

    def to_python(self, value: Any) -> str:
        text = tidy_text(super().to_python(value) or "")
        if len(text) > self.limit:
            raise ValidationError(
                _("The text has %(length)s characters, more than the %(limit)s allowed: shorten it."),
                code="too_long",
                params={"length": f"{len(text):,}", "limit": f"{self.limit:,}"},
            )
        return text


class Number(forms.CharField):
    """What people type or paste as a number; cleans to an `Entry`."""

    def __init__(self, unit: Unit, **options: Any) -> None:
        widget = forms.TextInput({"inputmode": "decimal", "autocomplete": "off"})
        super().__init__(required=False, strip=False, widget=widget, **options)
        self.unit = unit

    def clean(self, value: Any) -> Entry:
        try:
            return parse_entry(value or "", self.unit)
        except EntryProblem as problem:
            raise ValidationError(_(MESSAGES[problem.code]) % problem.values, code=problem.code) from problem


class PlainNumber(Number):
    """A number where 不适用 makes no sense; cleans to a Decimal or None."""

    def clean(self, value: Any) -> Decimal | None:  # type: ignore[override]
        entry = super().clean(value)
        if entry.not_applicable:
            raise ValidationError(_("Type a number or leave the cell blank: 不适用 is not possible here."))
        return entry.value


class ReasonForm(forms.Form):
    """Why an approved item is corrected."""

    reason = Text(
        MAX_REASON,
        required=True,
        label=gettext_lazy("Reason"),
        widget=forms.Textarea({"rows": 3}),
        help_text=gettext_lazy("For example: revised by the statistics office."),
    )


class CommentForm(forms.Form):
    """Something to say about a figure or text."""

    text = Text(MAX_COMMENT, required=True, label=gettext_lazy("Comment"), widget=forms.Textarea({"rows": 3}))


class DatesForm(forms.Form):
    """The deadlines of a period, in the order of the steps."""

    report_due = forms.DateField(label=gettext_lazy("Units report by"))
    review_due = forms.DateField(label=gettext_lazy("Unit review by"), required=False)
    signoff_due = forms.DateField(label=gettext_lazy("Leader signs off by"), required=False)
    approve_due = forms.DateField(label=gettext_lazy("Office approves by"), required=False)
    statistics_due = forms.DateField(label=gettext_lazy("Statistics arrive by"), required=False)
    bulletin_on = forms.DateField(label=gettext_lazy("Bulletin on"), required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for field in self.fields.values():
            field.widget = forms.DateInput({"type": "date"}, format="%Y-%m-%d")
            field.localize = False

    def to_dates(self) -> Dates:
        return Dates(**self.cleaned_data)
