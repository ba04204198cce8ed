"""The forms of proposed acts: an adjustment of a target, a postponement of a node, and the decision."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from accounts.models import Unit
from targets.entry_text import MESSAGES, EntryCode, EntryProblem, parse_entry
from targets.enums import Pace
from targets.formatting import format_plain
from targets.forms import Text
from targets.inputs import MAX_REASON
from targets.labels import choices
from targets.models import Target
from targets.periods import QUARTER_MONTHS, PeriodKey
from targets.selectors.owners import REPORTING
from targets.services.adjusting import MAX_DOCUMENT, NewTerms
from targets.units import MESSAGES as UNIT_MESSAGES
from targets.units import UnitProblem, parse_unit
from targets.words import single_period_name

# A target always has a value: it can be neither blank nor 不适用, as a figure can.
NO_NUMBER = gettext_noop("“%(text)s” is not a number: type a number in %(unit)s.")
VALUE_MESSAGES = {**MESSAGES, EntryCode.NOT_A_NUMBER: NO_NUMBER, EntryCode.AMBIGUOUS_EMPTY: NO_NUMBER}
SHARES = tuple(f"share{month}" for month in QUARTER_MONTHS)


class AdjustmentForm(forms.Form):
    """New terms of a target, filled in with those that stand in the period; what is left as it is stays."""

    value = forms.CharField(
        label=gettext_lazy("Target value"),
        widget=forms.TextInput({"inputmode": "decimal", "autocomplete": "off"}),
    )
    unit = forms.CharField(label=gettext_lazy("Unit of measure"), max_length=20)
    pace = forms.ChoiceField(label=gettext_lazy("Pace"), choices=choices(Pace))
    share3 = forms.DecimalField(label=gettext_lazy("First quarter, %"), required=False)
    share6 = forms.DecimalField(label=gettext_lazy("First half, %"), required=False)
    share9 = forms.DecimalField(label=gettext_lazy("Nine months, %"), required=False)
    share12 = forms.DecimalField(label=gettext_lazy("Full year, %"), required=False)
    pace_confirmed = forms.BooleanField(
        label=gettext_lazy("The pace is right for the adjusted target"), required=False
    )
    lead = forms.ModelChoiceField(Unit.objects.none(), label=gettext_lazy("Lead unit"), empty_label=None)
    document_number = forms.CharField(label=gettext_lazy("Document number"), max_length=MAX_DOCUMENT)
    reason = Text(
        MAX_REASON,
        required=True,
        label=gettext_lazy("Reason"),
        widget=forms.Textarea({"rows": 3}),
    )

    def __init__(self, target: Target, data: Mapping[str, Any] | None = None) -> None:
        """`target` stands as it is in force in the period from which the act shall be effective."""
        super().__init__(data, initial=_standing(target))
        self.target = target
        units = Unit.objects.filter(bureau=target.plan.bureau, kind__in=REPORTING, is_active=True)
        self.fields["lead"].queryset = units.order_by("order")  # type: ignore[attr-defined]
        for name in SHARES:
            self.fields[name].widget.attrs |= {"inputmode": "decimal", "autocomplete": "off"}

    def clean(self) -> dict[str, Any]:
        """The value is read in the unit that stands beside it: 3.2万 and 30% are understood."""
        data = super().clean() or {}
        if "value" in data and "unit" in data:
            try:
                unit = parse_unit(data["unit"])
                entry = parse_entry(data["value"], unit)
            except UnitProblem as problem:
                self.add_error("unit", _(UNIT_MESSAGES[problem.code]) % problem.values)
            except EntryProblem as problem:
                self.add_error("value", _(VALUE_MESSAGES[problem.code]) % problem.values)
            else:
                if entry.value is None:
                    self.add_error("value", ValidationError(_("Type a number.")))
                data |= {"value": entry.value, "unit": unit.name}
        return data

    def to_terms(self) -> NewTerms:
        """What differs from the terms that stand, and the pace where it was changed or confirmed."""
        data, target = self.cleaned_data, self.target
        pace, shares = data["pace"], self._shares() if data["pace"] == Pace.CUSTOM else None
        same_pace = (pace, shares and list(shares)) == (target.pace, target.pace_shares)
        same_value = (data["value"], data["unit"]) == (target.value, target.unit)
        asks_pace = data["pace_confirmed"] or not same_pace
        return NewTerms(
            value=None if same_value else data["value"],
            unit="" if same_value else data["unit"],
            pace=pace if asks_pace else "",
            pace_shares=shares if asks_pace else None,
            lead=data["lead"],
        )

    def _shares(self) -> tuple[Decimal, ...]:
        return tuple(self.cleaned_data[name] for name in SHARES if self.cleaned_data[name] is not None)


def _standing(target: Target) -> dict[str, Any]:
    shares = zip(SHARES, target.pace_shares or (), strict=False)
    return {
        "value": format_plain(target.value),
        "unit": target.unit,
        "pace": target.pace,
        "lead": target.lead_id,
        **{name: format_plain(share) for name, share in shares},
    }


class PostponementForm(forms.Form):
    """To when a node is moved, and why."""

    to = forms.ChoiceField(label=gettext_lazy("New period"))
    reason = Text(
        MAX_REASON,
        required=True,
        label=gettext_lazy("Reason"),
        widget=forms.Textarea({"rows": 3}),
        help_text=gettext_lazy("For example: what is waited for, and what is done meanwhile."),
    )

    def __init__(
        self, planned: PeriodKey, year: int, today: date, data: Mapping[str, Any] | None = None
    ) -> None:
        """`planned` is where the node stands now; what has ended by `today` is no period to move it to."""
        super().__init__(data)
        later = (PeriodKey(each, month) for each in (year, year + 1) for month in QUARTER_MONTHS)
        self.fields["to"].choices = [  # type: ignore[attr-defined]
            (str(key), _("%(period)s %(year)s") % {"year": key.year, "period": single_period_name(key)})
            for key in later
            if key > planned and key.cutoff > today
        ]

    def to_key(self) -> PeriodKey:
        return PeriodKey.parse(self.cleaned_data["to"])
