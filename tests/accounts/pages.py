"""Test pages beside the real ones: a form that shows again what was held, and a fault."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path

from accounts.held import take
from config.urls import handler400, handler403, handler404, handler500, urlpatterns

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]


def typed(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        return HttpResponse("saved")
    held = take(request)
    return JsonResponse(dict(held.lists()) if held is not None else {})


def fault(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("secret detail")


urlpatterns = [
    *urlpatterns,
    path("test/typed/", typed),
    path("test/other/", typed),
    path("test/fault/", fault),
]
