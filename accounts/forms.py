"""The log-in form, the hand-over of a unit, and what people say about how to reach them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm, UsernameField
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit, User
from accounts.selectors import holders_in, successors_in


class LogInForm(AuthenticationForm):
    """Name and password; one and the same message for a wrong password and an unknown or disabled name."""

    username = UsernameField(
        label=_("User name"),
        widget=forms.TextInput(attrs={"autofocus": True, "autocomplete": "username"}),
    )
    error_messages = {
        "invalid_login": _("The user name or the password is wrong. Please try again."),
        "inactive": _("The user name or the password is wrong. Please try again."),
    }


class PersonChoice(forms.ModelChoiceField):
    """People with their user names, which alone are unique."""

    def label_from_instance(self, obj: User) -> str:
        return f"{obj.display_name} ({obj.username})"


class HandOverForm(forms.Form):
    """Who leaves a unit and who takes over."""

    leaving = PersonChoice(label=_("Who leaves"), queryset=User.objects.none())
    taking_over = PersonChoice(label=_("Who takes over"), queryset=User.objects.none())

    def __init__(self, *args: Any, unit: Unit, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["leaving"].queryset = holders_in(unit)  # type: ignore[attr-defined]
        self.fields["taking_over"].queryset = successors_in(unit)  # type: ignore[attr-defined]


class ContactForm(forms.ModelForm):
    """How the office and the daily mail reach a person; everything is optional."""

    class Meta:
        model = User
        fields = ("phone", "email", "wants_digest")
        labels = {
            "email": _("Mail address"),
            "wants_digest": _("Send me one mail a day when there is something to do"),
        }
        help_texts = {"phone": _("Shown to the office alone, when something of your unit is missing.")}
