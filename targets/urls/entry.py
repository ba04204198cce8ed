"""Entering figures and texts."""

from __future__ import annotations

from django.urls import URLPattern, path

from targets.views import entry, exceptions

urlpatterns: list[URLPattern] = [
    path("entry/", entry.entry, name="entry"),
    path("entry/<int:period_id>/<int:unit_id>/", entry.sheet, name="entry-sheet"),
    path("entry/<int:period_id>/<int:unit_id>/exception", exceptions.ask, name="exception-ask"),
    path("entry/<int:period_id>/preview", entry.preview, name="entry-preview"),
    path("entry/correction/<str:kind>/<int:pk>/", entry.correction, name="entry-correction"),
]
