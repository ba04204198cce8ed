"""What happens around every request: its id and address, the language, the session's lifetime, refusals."""

from __future__ import annotations

import ipaddress
import secrets
import time
from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import SESSION_KEY, logout
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import resolve_url
from django.utils import translation
from django.utils.cache import add_never_cache_headers, patch_cache_control, patch_vary_headers
from django_htmx.http import HttpResponseClientRedirect

from accounts.access import home_bureau
from accounts.audit import record
from accounts.context import RequestInfo, current
from accounts.held import ENDED, hold, mark_ended, page_of, session_was_sent
from accounts.models import User
from accounts.text import printable

Handler = Callable[[HttpRequest], HttpResponse]
SECONDS_BETWEEN_SIGNS = 60  # how often the last sign of life is written


class RequestInfoMiddleware:
    """Gives every request an id (returned as X-Request-ID) that the logs and the audit trail carry."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        info = RequestInfo(secrets.token_hex(8), address_of(request))
        token = current.set(info)
        try:
            response = self.get_response(request)
        finally:
            current.reset(token)
        response["X-Request-ID"] = info.request_id
        return response


def address_of(request: HttpRequest) -> str | None:
    """The visitor's address in one spelling; None where there is none (a local socket).

    X-Forwarded-For is believed only behind our own proxy (TRUST_PROXY), and then only its last entry, the
    one that proxy wrote itself.
    """
    raw = request.META.get("REMOTE_ADDR", "")
    if settings.TRUST_PROXY:
        raw = request.META.get("HTTP_X_FORWARDED_FOR", raw).rpartition(",")[2].strip()
    try:
        address = ipaddress.ip_address(raw.partition("%")[0])
    except ValueError:
        return None
    mapped = getattr(address, "ipv4_mapped", None)
    return str(mapped or address)


class LanguageMiddleware:
    """Simplified Chinese unless the person switched: the browser's own preference is not asked."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        wanted = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, settings.LANGUAGE_CODE)
        if wanted not in dict(settings.LANGUAGES):
            wanted = settings.LANGUAGE_CODE
        with translation.override(wanted):
            request.LANGUAGE_CODE = wanted
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", wanted)
        return response


class SessionLifetimeMiddleware:
    """Ends a session on the server after 30 idle minutes or 12 hours; polling is not activity (D-05).

    A page that asks again by itself sends the header `HX-Polling`. A session whose user has been disabled
    meanwhile, or whose password was changed, is over as well (D-08, A-07).
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        self._end_if_over(request)
        response = self.get_response(request)
        if request.user.is_authenticated:
            if not response.has_header("Cache-Control"):
                patch_cache_control(response, private=True, no_cache=True)
                patch_vary_headers(response, ["Cookie"])
        elif request.method == "POST":
            add_never_cache_headers(response)
        return response

    def _end_if_over(self, request: HttpRequest) -> None:
        if not session_was_sent(request):
            return
        user = request.user
        if isinstance(user, User):
            if reason := self._over(request):
                record("session.expired", by=user, bureau=home_bureau(user), after={"reason": reason})
                logout(request)
                mark_ended(request, user.pk)
        elif whose := request.session.get(SESSION_KEY):
            request.session.flush()
            mark_ended(request, int(whose))

    def _over(self, request: HttpRequest) -> str:
        """Why this session is over, or ""; otherwise notes the sign of life."""
        session, now = request.session, int(time.time())
        begun, seen = session.get("begun", now), session.get("seen", now)
        if now - begun > settings.SESSION_ABSOLUTE_SECONDS:
            return "absolute"
        if now - seen > settings.SESSION_IDLE_SECONDS:
            return "idle"
        polling = "HX-Polling" in request.headers
        if "begun" not in session or (not polling and now - seen >= SECONDS_BETWEEN_SIGNS):
            session["begun"], session["seen"] = begun, now
        return ""


class SignInRequiredMiddleware(LoginRequiredMiddleware):
    """Every page asks for a signed-in person unless its view says otherwise (`login_not_required`).

    Leads back to the page one was on; what a POST carried is held; a fragment's page is sent as a whole.
    """

    def handle_no_permission(  # type: ignore[override]  # a fragment's redirect is no HttpResponseRedirect
        self, request: HttpRequest, view_func: Callable[..., HttpResponseBase]
    ) -> HttpResponse:
        session = request.session
        if session_was_sent(request) and session.session_key is None and ENDED not in session:
            mark_ended(request, None)  # the browser's session is unknown here: swept away, or ended elsewhere
        if request.method == "POST":
            hold(request)
        answer = redirect_to_login(page_of(request), resolve_url(self.get_login_url(view_func)))
        if "HX-Request" in request.headers:
            return HttpResponseClientRedirect(answer["Location"])
        return answer


class DeniedAccessMiddleware:
    """Writes refused access (403, and 404 on somebody's object) into the audit trail (D-12).

    Stands innermost: the view has been answered for and its transaction is closed. An address that leads to
    no view, and an anonymous visitor, leave no row.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code in {403, 404} and request.resolver_match:
            user = request.user
            if isinstance(user, User):
                record(
                    "access.denied",
                    by=user,
                    bureau=home_bureau(user),
                    label=printable(request.path),
                    outcome=str(response.status_code),
                    after={"method": request.method},
                )
        return response
