"""The form with which a workbook is handed in."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from targets.selectors.spreadsheet_page import ROLE_LABELS
from targets.selectors.uploads import Place


class UploadForm(forms.Form):
    """A unit and open period of the person's own, and the file; nothing else is taken from the page."""

    place = forms.ChoiceField(label=_("Unit and period"))
    file = forms.FileField(
        label=_("Workbook (.xlsx)"),
        allow_empty_file=True,  # the file checks say what is wrong with it
        widget=forms.FileInput(attrs={"accept": ".xlsx"}),
        help_text=_("At most 10 MB. Nothing is changed before you have seen and confirmed the preview."),
    )

    def __init__(self, *args: Any, places: list[Place], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.places = {place.key: place for place in places}
        self.fields["place"].choices = [(place.key, str(place)) for place in places]  # type: ignore[attr-defined]

    @property
    def chosen(self) -> Place:
        """The place of a valid form."""
        return self.places[self.cleaned_data["place"]]


class ColumnsForm(forms.Form):
    """The sheet of a spreadsheet and what each of its columns is taken for; each meaning once."""

    sheet = forms.CharField(max_length=100, required=False)
    remember = forms.BooleanField(required=False)
    leaves_out = forms.BooleanField(required=False)

    PREFIX = "column-"

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        chosen = [
            (self.data[name], name.removeprefix(self.PREFIX))
            for name in self.data
            if name.startswith(self.PREFIX) and self.data[name] in set(ROLE_LABELS)
        ]
        twice = {role for role, _letter in chosen if sum(role == other for other, _ in chosen) > 1}
        if twice:
            names = "、".join(str(label) for role, label in ROLE_LABELS.items() if role in twice)
            raise forms.ValidationError(
                gettext("Only one column can be taken as: %(names)s.") % {"names": names}
            )
        cleaned["columns"] = dict(chosen)
        return cleaned
