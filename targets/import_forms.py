"""The form with which a published document is handed in."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Bureau


class ImportForm(forms.Form):
    """A bureau of the person's own, a pasted text or a file, and the year where it is known."""

    bureau = forms.ChoiceField(label=gettext_lazy("Bureau"))
    text = forms.CharField(
        label=gettext_lazy("Paste the text"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 8}),
    )
    file = forms.FileField(
        label=gettext_lazy("Or choose a file (.docx, .txt, .html)"),
        required=False,
        allow_empty_file=True,  # the file checks say what is wrong with it
        widget=forms.FileInput(attrs={"accept": ".docx,.txt,.html,.htm"}),
        help_text=gettext_lazy("At most 10 MB. The text is stored unchanged."),
    )
    year = forms.IntegerField(
        label=gettext_lazy("Year of the plan"),
        required=False,
        min_value=2000,
        max_value=2100,
        help_text=gettext_lazy("Left blank, the text tells."),
    )

    def __init__(self, *args: Any, bureaus: list[Bureau], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.bureaus = {bureau.code: bureau for bureau in bureaus}
        self.fields["bureau"].choices = [(code, str(one)) for code, one in self.bureaus.items()]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if bool(cleaned.get("text", "").strip()) == bool(cleaned.get("file")):
            raise forms.ValidationError(_("Please paste a text or choose a file, one of the two."))
        return cleaned

    @property
    def chosen(self) -> Bureau:
        """The bureau of a valid form."""
        return self.bureaus[self.cleaned_data["bureau"]]
