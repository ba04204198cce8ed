"""The plan's pages."""

from __future__ import annotations

from django.urls import URLPattern, path

from targets.views import plan

urlpatterns: list[URLPattern] = [
    path("plans/<slug:code>/<int:year>/", plan.plan, name="plan"),
    path("plans/<slug:code>/<int:year>/document", plan.document, name="document"),
    path("targets/<int:pk>/", plan.target, name="target"),
    path("tasks/<int:pk>/", plan.task, name="task"),
]
