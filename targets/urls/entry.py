"""Entering figures and texts."""

from __future__ import annotations

from django.urls import URLPattern, path

from targets.views import entry, entry_typing, evidence, exceptions

urlpatterns: list[URLPattern] = [
    path("entry/", entry.entry, name="entry"),
    path("entry/<int:period_id>/<int:unit_id>/", entry.sheet, name="entry-sheet"),
    path("entry/<int:period_id>/<int:unit_id>/exception", exceptions.ask, name="exception-ask"),
    path("entry/<int:period_id>/", entry.bureau, name="entry-bureau"),
    path(
        "entry/<int:period_id>/<int:unit_id>/evidence/<slug:row>/",
        evidence.row_evidence,
        name="entry-evidence",
    ),
    path("evidence/<int:pk>/", evidence.evidence, name="evidence"),
    path("evidence/<int:pk>/remove", evidence.remove, name="evidence-remove"),
    path("entry/<int:period_id>/preview", entry_typing.preview, name="entry-preview"),
    path("entry/<int:period_id>/draft", entry_typing.draft, name="entry-draft"),
    path("entry/<int:period_id>/<int:unit_id>/confirmation", entry.confirmation, name="entry-confirmation"),
    path("entry/correction/<str:kind>/<int:pk>/", entry.correction, name="entry-correction"),
]
