"""Addresses of adjustments and postponements."""

from __future__ import annotations

from django.urls import URLPattern, path

from targets.views import acts

urlpatterns: list[URLPattern] = [
    path("adjustments/", acts.acts, name="adjustments"),
    path("adjustments/<int:pk>/", acts.adjustment, name="adjustment"),
    path("adjustments/<int:pk>/decide", acts.decide_adjustment, name="adjustment-decide"),
    path("targets/<int:pk>/adjust", acts.propose, name="adjustment-propose"),
    path("nodes/<int:pk>/postpone", acts.postpone, name="postponement-ask"),
    path("postponements/<int:pk>/", acts.postponement, name="postponement"),
    path("postponements/<int:pk>/decide", acts.decide_postponement, name="postponement-decide"),
]
