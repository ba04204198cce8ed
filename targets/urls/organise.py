"""Organising a plan."""

from __future__ import annotations

from django.urls import URLPattern, path

from targets.views import organise

urlpatterns: list[URLPattern] = [
    path("plans/<slug:code>/<int:year>/assignment", organise.assignment, name="assignment"),
    path("tags/<slug:code>/", organise.tags, name="tags"),
]
