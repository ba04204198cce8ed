"""The quarter's workbook and its uploads."""

from __future__ import annotations

from django.urls import URLPattern, path

from targets.views import spreadsheets, uploads

urlpatterns: list[URLPattern] = [
    path("entry/<int:period_id>/<int:unit_id>/workbook", uploads.workbook, name="entry-workbook"),
    path("uploads/", uploads.uploads, name="uploads"),
    path("uploads/new", uploads.create, name="upload-create"),
    path("uploads/<int:pk>/", uploads.upload, name="upload"),
    path("uploads/<int:pk>/progress", uploads.progress, name="upload-progress"),
    path("uploads/<int:pk>/columns", spreadsheets.columns, name="upload-columns"),
    path("uploads/<int:pk>/apply", uploads.apply, name="upload-apply"),
    path("uploads/<int:pk>/discard", uploads.discard, name="upload-discard"),
    path("uploads/<int:pk>/marked", uploads.marked, name="upload-marked"),
]
