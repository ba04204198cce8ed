"""Error pages. They name the request, so that support can find the log line, and nothing else (A-13)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from accounts.context import current


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404: the address leads nowhere, or to something this person may not know of."""
    return render(request, "errors/404.html", {"request_id": current.get().request_id}, status=404)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403: the person lacks the right."""
    return render(request, "errors/403.html", {"request_id": current.get().request_id}, status=403)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: a POST without a valid token, mostly from a page that stood open over a log-in."""
    return render(request, "errors/csrf.html", {"request_id": current.get().request_id}, status=403)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400: the request is malformed; it may not even have a session."""
    return _bare("errors/400.html", status=400)


def server_error(request: HttpRequest) -> HttpResponse:
    """500: touches neither session nor database, which may be what failed."""
    return _bare("errors/500.html", status=500)


def _bare(template: str, status: int) -> HttpResponse:
    return HttpResponse(render_to_string(template, {"request_id": current.get().request_id}), status=status)
