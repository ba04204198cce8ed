"""Addresses of this app: what is looked at, and what is taken away as a file."""

from __future__ import annotations

from django.urls import URLPattern

from reports.urls import dashboards, exports

urlpatterns: list[URLPattern] = [*dashboards.urlpatterns, *exports.urlpatterns]
