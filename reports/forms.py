"""Forms of this app's pages."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.permissions import Permission
from plans.models import Tag
from reports.selectors.exports import exportable_periods
from targets.models import Period
from targets.words import period_name


class PeriodChoiceField(forms.ModelChoiceField):
    """A period by its name, behind the name of its bureau."""

    def label_from_instance(self, obj: Period) -> str:
        return f"{obj.bureau.short_name} {period_name(obj.key)}"


class TagChoiceField(forms.ModelChoiceField):
    """A tag behind the name of its bureau."""

    def label_from_instance(self, obj: Tag) -> str:
        return f"{obj.bureau.short_name} {obj.name}"


class ExportForm(forms.Form):
    """Which period to export, newest first; only periods that this person may export are choices."""

    period = PeriodChoiceField(label=_("Period"), queryset=Period.objects.none(), empty_label=None)

    tag = TagChoiceField(
        label=_("Tag"), queryset=Tag.objects.none(), empty_label=_("All tags"), required=False
    )

    def __init__(self, *args: object, user: User, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["period"].queryset = exportable_periods(user)  # type: ignore[attr-defined]
        bureaus = user.bureaus_where(Permission.EXPORT_REPORTS)
        tags = Tag.objects.filter(bureau__in=bureaus).select_related("bureau")
        self.fields["tag"].queryset = tags.order_by("bureau__order", "pk")  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """A tag belongs to the bureau of the period."""
        data = super().clean() or {}
        tag, period = data.get("tag"), data.get("period")
        if tag and period and tag.bureau_id != period.bureau_id:
            raise ValidationError(_("This tag belongs to another bureau."))
        return data
