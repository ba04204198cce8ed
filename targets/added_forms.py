"""The forms of a task that is not in the document, and of its targets."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Unit
from plans.models import Plan
from targets.enums import Commitment, Comparison, Due, Measure, Pace
from targets.forms import Text
from targets.import_draft.fields import FIELD_MESSAGES, FieldProblem, number, shares, unit
from targets.labels import choices
from targets.periods import PeriodKey
from targets.selectors.assignment import assignable_units
from targets.selectors.owners import REPORTING
from targets.services.adding import NewNode, NewTarget, NewTask
from targets.words import period_short_name

NODES = 6
NODES_SHOWN = 2  # the others unfold


class AddedTaskForm(forms.Form):
    """Title, source, units, the first period, and up to six dated nodes."""

    title = Text(200, required=True, label=gettext_lazy("Task"))
    source = Text(
        100, required=True, label=gettext_lazy("Source"), help_text=gettext_lazy("For example 市政府督办.")
    )
    document_number = Text(60, label=gettext_lazy("Number of the document"))
    issued_on = forms.DateField(
        label=gettext_lazy("Date"),
        required=False,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
    )
    lead = forms.ModelChoiceField(label=gettext_lazy("Lead unit"), queryset=Unit.objects.none())
    cooperating = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Cooperating units"),
        queryset=Unit.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    cooperating_text = Text(200, label=gettext_lazy("Others"))
    since = forms.TypedChoiceField(label=gettext_lazy("Counts from"), coerce=int)

    def __init__(self, *args: Any, plan: Plan, months: Sequence[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        units = assignable_units(plan.bureau)
        self.fields["lead"].queryset = units.filter(kind__in=REPORTING)  # type: ignore[attr-defined]
        self.fields["cooperating"].queryset = units  # type: ignore[attr-defined]
        periods = [(month, period_short_name(PeriodKey(plan.year, month))) for month in months]
        self.fields["since"].choices = periods  # type: ignore[attr-defined]
        for place in range(1, NODES + 1):
            self.fields[f"node{place}"] = Text(200, label=_("Node %(number)s") % {"number": place})
            self.fields[f"month{place}"] = forms.TypedChoiceField(
                label=_("Planned for"), coerce=int, required=False, choices=periods, empty_value=None
            )

    def nodes(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """The pairs of fields, text and period, of each node."""
        return [(self[f"node{place}"], self[f"month{place}"]) for place in range(1, NODES + 1)]

    @property
    def has_more_nodes(self) -> bool:
        """Whether anything was typed, or is wrong, behind the nodes that always show."""
        return any(text.value() or text.errors or month.errors for text, month in self.nodes()[NODES_SHOWN:])

    def to_task(self) -> NewTask:
        """The task of a valid form; a node without a text is none."""
        data = dict(self.cleaned_data)
        nodes = [
            NewNode(data.pop(f"node{place}"), data.pop(f"month{place}") or data["since"])
            for place in range(1, NODES + 1)
        ]
        return NewTask(**data, nodes=[node for node in nodes if node.text])


class AddedTargetForm(forms.Form):
    """Indicator, value with its unit, measure, comparison, commitment, baseline, pace and when it is due."""

    name = Text(100, required=True, label=gettext_lazy("Indicator"))
    measure = forms.ChoiceField(label=gettext_lazy("Measure"), choices=choices(Measure))
    comparison = forms.ChoiceField(label=gettext_lazy("Comparison"), choices=choices(Comparison))
    value = forms.CharField(label=gettext_lazy("Annual target"), max_length=40)
    unit = forms.CharField(label=gettext_lazy("Unit of measure"), max_length=20)
    commitment = forms.ChoiceField(
        label=gettext_lazy("Commitment"), choices=choices(Commitment), initial=Commitment.PLAIN
    )
    baseline = forms.CharField(label=gettext_lazy("Baseline"), max_length=40, required=False)
    pace = forms.ChoiceField(
        label=gettext_lazy("Pace"),
        choices=[("", gettext_lazy("Usual for its measure")), *choices(Pace)],
        required=False,
    )
    pace_shares = forms.CharField(
        label=gettext_lazy("Custom shares per quarter"),
        max_length=60,
        required=False,
        help_text=gettext_lazy("Cumulative, in percent, for example 10/30/60/100."),
    )
    due = forms.ChoiceField(label=gettext_lazy("Figures due"), choices=choices(Due))
    data_source = Text(200, label=gettext_lazy("Data source and caliber"))

    def clean_value(self) -> Decimal:
        return Decimal(_read(number, self.cleaned_data["value"]))

    def clean_unit(self) -> str:
        return _read(unit, self.cleaned_data["unit"])

    def clean_baseline(self) -> Decimal | None:
        text = self.cleaned_data["baseline"].strip()
        return Decimal(_read(number, text)) if text else None

    def clean_pace_shares(self) -> list[Decimal] | None:
        found = _read(shares, self.cleaned_data["pace_shares"])
        return [Decimal(share) for share in found] if found else None

    def clean(self) -> dict[str, Any]:
        """Shares belong to a custom pace, and to no other."""
        data = super().clean() or self.cleaned_data
        if (data.get("pace") == Pace.CUSTOM) != bool(data.get("pace_shares")) and "pace_shares" in data:
            self.add_error("pace_shares", _("Give four shares for a custom pace, and none for any other."))
        return data

    def to_target(self) -> NewTarget:
        """The target of a valid form."""
        data = self.cleaned_data
        return NewTarget(
            name=data["name"],
            measure=Measure(data["measure"]),
            comparison=Comparison(data["comparison"]),
            value=data["value"],
            unit=data["unit"],
            commitment=Commitment(data["commitment"]),
            baseline=data["baseline"],
            pace=Pace(data["pace"]) if data["pace"] else None,
            pace_shares=data["pace_shares"],
            due=Due(data["due"]),
            data_source=data["data_source"],
        )


def _read(reader: Any, text: str) -> Any:
    """What the reader makes of the text; its problem in words."""
    try:
        return reader(text)
    except FieldProblem as problem:
        raise ValidationError(_(FIELD_MESSAGES[problem.code]) % problem.values) from problem
