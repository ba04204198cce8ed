"""The log-in form."""

from __future__ import annotations

from django import forms
from django.contrib.auth.forms import AuthenticationForm, UsernameField
from django.utils.translation import gettext_lazy as _


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
