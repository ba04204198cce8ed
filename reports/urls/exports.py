"""Addresses of exported workbooks."""

from __future__ import annotations

from django.urls import URLPattern, path

from reports.views import exports

urlpatterns: list[URLPattern] = [
    path("exports/", exports.export_list, name="exports"),
    path("exports/new/", exports.export_create, name="export-create"),
    path("exports/<int:pk>/", exports.export_page, name="export"),
    path("exports/<int:pk>/progress/", exports.export_progress, name="export-progress"),
    path("exports/<int:pk>/download/", exports.export_download, name="export-download"),
]
