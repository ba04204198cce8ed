"""Reviewing what was submitted, starting and locking periods, exceptions for closed ones."""

from __future__ import annotations

from django.urls import URLPattern, path

from targets.views import comments, exceptions, periods, review

urlpatterns: list[URLPattern] = [
    path("review/", review.review, name="review"),
    path("comments/<str:kind>/<int:pk>/", comments.comments, name="comments"),
    path("review/decide/", review.decide, name="review-decide"),
    path("exceptions/<int:pk>/", exceptions.exception, name="exception"),
    path("exceptions/<int:pk>/decide", exceptions.decide, name="exception-decide"),
    path("periods/<slug:code>/exceptions/", exceptions.exceptions, name="exceptions"),
    path("periods/<slug:code>/", periods.periods, name="periods"),
    path("periods/<slug:code>/<int:year>-<int:month>/start/", periods.start, name="period-start"),
    path("periods/<slug:code>/<int:year>-<int:month>/deadlines/", periods.deadlines, name="period-deadlines"),
    path("periods/<slug:code>/<int:year>-<int:month>/lock/", periods.lock, name="period-lock"),
]
