"""From the published document to the plan."""

from __future__ import annotations

from django.urls import URLPattern, path

from targets.views import imports

urlpatterns: list[URLPattern] = [
    path("imports/", imports.imports, name="imports"),
    path("imports/new", imports.create, name="import-create"),
    path("imports/<int:pk>/", imports.review, name="import"),
    path("imports/<int:pk>/progress", imports.progress, name="import-progress"),
    path("imports/<int:pk>/decide", imports.decide, name="import-decide"),
    path("imports/<int:pk>/act", imports.act, name="import-act"),
    path("imports/<int:pk>/take", imports.take, name="import-take"),
    path("imports/<int:pk>/confirm", imports.confirm, name="import-confirm"),
    path("imports/<int:pk>/discard", imports.discard, name="import-discard"),
]
