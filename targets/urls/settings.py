"""The settings of a bureau."""

from __future__ import annotations

from django.urls import URLPattern, path

from targets.views import settings

urlpatterns: list[URLPattern] = [
    path("settings/", settings.settings, name="settings"),
    path("settings/<slug:code>/steps/", settings.set_steps, name="settings-steps"),
    path("settings/<slug:code>/policy/", settings.set_policy, name="settings-policy"),
]
