"""Forms of this app's pages."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from reports.selectors.exports import exportable_periods
from targets.models import Period
from targets.words import period_name


class PeriodChoiceField(forms.ModelChoiceField):
    """A period by its name, behind the name of its bureau."""

    def label_from_instance(self, obj: Period) -> str:
        return f"{obj.bureau.short_name} {period_name(obj.key)}"


class ExportForm(forms.Form):
    """Which period to export, newest first; only periods that this person may export are choices."""

    period = PeriodChoiceField(label=_("Period"), queryset=Period.objects.none(), empty_label=None)

    def __init__(self, *args: object, user: User, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["period"].queryset = exportable_periods(user)  # type: ignore[attr-defined]
