"""Addresses of the pages that answer a role's question."""

from __future__ import annotations

from django.urls import URLPattern, path, register_converter

from reports.views import dashboard, home
from targets.periods import PeriodKey


class PeriodConverter:
    """`2014-09` in an address."""

    regex = "20[0-9]{2}-(?:0[1-9]|1[0-2])"

    def to_python(self, value: str) -> PeriodKey:
        return PeriodKey.parse(value)

    def to_url(self, value: PeriodKey | str) -> str:
        return str(value)


register_converter(PeriodConverter, "period")

urlpatterns: list[URLPattern] = [
    path("", home.home, name="home"),
    path("dashboard/", dashboard.current_dashboard, name="dashboard"),
    path("dashboard/<slug:code>/<period:period>/", dashboard.dashboard, name="dashboard"),
    path("overview/", dashboard.overview, name="overview"),
]
