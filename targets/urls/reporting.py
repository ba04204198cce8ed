"""Who has reported, and reminding."""

from __future__ import annotations

from django.urls import URLPattern, path

from targets.views import reporting

urlpatterns: list[URLPattern] = [
    path("reporting/<slug:code>/", reporting.matrix, name="reporting-matrix"),
    path(
        "periods/<slug:code>/<int:year>-<int:month>/reminders/", reporting.reminders, name="period-reminders"
    ),
]
