"""The form with which the office records whom it reminded."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from accounts.models import Unit
from targets.forms import Text
from targets.inputs import MAX_REASON


class RemindForm(forms.Form):
    """Which units were reminded, and a note that the daily mail carries to them; at first all are ticked."""

    note = Text(MAX_REASON, label=gettext_lazy("Note to the units"), widget=forms.Textarea({"rows": 2}))

    def __init__(self, *args: Any, units: Sequence[Unit], **options: Any) -> None:
        super().__init__(*args, **options)
        self.units = {str(unit.pk): unit for unit in units}
        self.fields["units"] = forms.MultipleChoiceField(
            choices=[(key, str(unit)) for key, unit in self.units.items()],
            initial=list(self.units),
            label=gettext_lazy("Units"),
            widget=forms.CheckboxSelectMultiple,
        )

    @property
    def chosen(self) -> list[Unit]:
        """The ticked units, in official order."""
        ticked = self["units"].value() or []
        return [unit for key, unit in self.units.items() if key in ticked]
