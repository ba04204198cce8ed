"""The form of a bureau's review steps: two switches, and for each reporting unit the leader who signs off."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Bureau, Unit, User
from accounts.permissions import Role
from targets.selectors.owners import REPORTING


class StepsForm(forms.Form):
    """The switches, and one field `unit_<id>` for each reporting unit in official order."""

    skip_unit_review = forms.BooleanField(
        label=_("What is submitted goes on without the unit's review"), required=False
    )
    leader_sign_off = forms.BooleanField(
        label=_("The leader in charge signs off before the office approves"), required=False
    )

    def __init__(self, data: Any = None, *, bureau: Bureau) -> None:
        switches = {name: getattr(bureau, name) for name in ("skip_unit_review", "leader_sign_off")}
        super().__init__(data, initial=switches, prefix=bureau.code)
        self.bureau = bureau
        leaders = User.objects.filter(
            memberships__role=Role.LEADER, memberships__bureau=bureau, is_active=True
        ).order_by("pk")
        units = Unit.objects.filter(bureau=bureau, kind__in=REPORTING, is_active=True).order_by("order")
        self.units = list(units)
        choices = [("", "–"), *((str(leader.pk), str(leader)) for leader in leaders)]
        self.people = {str(leader.pk): leader for leader in leaders}
        for unit in self.units:
            self.fields[f"unit_{unit.pk}"] = forms.ChoiceField(
                label=unit.name, choices=choices, required=False, initial=unit.leader_account_id or ""
            )

    def unit_rows(self) -> Iterator[tuple[Unit, forms.BoundField]]:
        """Each unit with its field; the name printed in reports stands beside it."""
        for unit in self.units:
            yield unit, self[f"unit_{unit.pk}"]

    def leaders(self) -> dict[int, User | None]:
        """Unit id → the chosen account, None for nobody (the form is valid)."""
        return {unit.pk: self.people.get(self.cleaned_data[f"unit_{unit.pk}"]) for unit in self.units}
