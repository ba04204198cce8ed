"""Reviewing what was submitted, starting and locking periods."""

from __future__ import annotations

from django.urls import URLPattern, path

from targets.views import periods, review

urlpatterns: list[URLPattern] = [
    path("review/", review.review, name="review"),
    path("review/decide/", review.decide, name="review-decide"),
    path("periods/<slug:code>/", periods.periods, name="periods"),
    path("periods/<slug:code>/<int:year>-<int:month>/start/", periods.start, name="period-start"),
    path("periods/<slug:code>/<int:year>-<int:month>/lock/", periods.lock, name="period-lock"),
]
