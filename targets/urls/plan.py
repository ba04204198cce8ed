"""The plan's pages."""

from __future__ import annotations

from django.urls import URLPattern, path

from targets.views import consolidated, plan

urlpatterns: list[URLPattern] = [
    path("plans/<slug:code>/<int:year>/", plan.plan, name="plan"),
    path("plans/<slug:code>/<int:year>/document", plan.document, name="document"),
    path("plans/<slug:code>/<int:year>/texts/", consolidated.texts, name="texts"),
    path("plans/<slug:code>/<int:year>/texts/start", consolidated.start, name="texts-start"),
    path("plans/<slug:code>/<int:year>/texts/save", consolidated.save, name="texts-save"),
    path("plans/<slug:code>/<int:year>/texts/print", consolidated.paper, name="texts-print"),
    path("plans/<slug:code>/<int:year>/texts/download", consolidated.download, name="texts-download"),
    path("targets/<int:pk>/", plan.target, name="target"),
    path("tasks/<int:pk>/", plan.task, name="task"),
]
