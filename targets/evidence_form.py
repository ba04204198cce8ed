"""The form with which a file is attached to a reported item."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from targets.evidence_checks import KINDS


class EvidenceForm(forms.Form):
    """A file; of a figure whether it is the list behind it, of a task for which node it stands."""

    file = forms.FileField(
        label=_("File"),
        allow_empty_file=True,  # the file checks say what is wrong with it
        widget=forms.FileInput(attrs={"accept": ",".join(f".{kind}" for kind in KINDS)}),
    )
    is_list = forms.BooleanField(required=False, label=_("This is the list of names behind the figure"))
    milestone = forms.TypedChoiceField(
        required=False, coerce=int, empty_value=None, label=_("For the node (optional)")
    )

    def __init__(self, *args: Any, nodes: Sequence[tuple[int, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        if nodes:
            self.fields["milestone"].choices = [("", "–"), *nodes]  # type: ignore[attr-defined]
        else:
            del self.fields["milestone"]

    def to_arguments(self) -> dict[str, Any]:
        """What the service takes, of a valid form."""
        data = self.cleaned_data
        return {"file": data["file"], "is_list": data["is_list"], "milestone": data.get("milestone")}
