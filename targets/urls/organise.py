"""Organising a plan."""

from __future__ import annotations

from django.urls import URLPattern, path

from targets.views import adding, allocations, organise

urlpatterns: list[URLPattern] = [
    path("plans/<slug:code>/<int:year>/assignment", organise.assignment, name="assignment"),
    path("targets/<int:pk>/allocations", allocations.allocations, name="allocations"),
    path("plans/<slug:code>/<int:year>/allocations", allocations.matrix, name="allocation-matrix"),
    path("plans/<slug:code>/<int:year>/allocations/form", allocations.template, name="allocation-template"),
    path("plans/<slug:code>/<int:year>/allocations/new", allocations.upload, name="allocation-upload"),
    path("allocations/<int:pk>/", allocations.import_page, name="allocation-import"),
    path("allocations/<int:pk>/progress", allocations.progress, name="allocation-import-progress"),
    path("allocations/<int:pk>/apply", allocations.apply, name="allocation-import-apply"),
    path("allocations/<int:pk>/discard", allocations.discard, name="allocation-import-discard"),
    path("plans/<slug:code>/<int:year>/tasks/new", adding.create, name="added-task-create"),
    path("tasks/<int:pk>/targets/new", adding.target, name="added-target-create"),
    path("tasks/<int:pk>/remove", adding.remove, name="added-task-remove"),
    path("tags/<slug:code>/", organise.tags, name="tags"),
]
