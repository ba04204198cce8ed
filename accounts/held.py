"""What a person had typed when the session turned out to be over: kept until they have signed in again.

The form's body waits in the new, anonymous session (Django carries that session's content through the
log-in), and only the same page, for the same person, gets it back.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, QueryDict
from django.utils.http import url_has_allowed_host_and_scheme

ENDED = "ended"  # session key: whose session ended before this one began ({"user": id or None})
HELD = "held"  # session key: what was typed
MOST_BYTES = 200_000
FORM_TYPE = "application/x-www-form-urlencoded"


def page_of(request: HttpRequest) -> str:
    """The page (path and query) on which the visitor is: for forms and fragments, the one that sent them."""
    if request.method == "GET" and "HX-Request" not in request.headers:
        return request.get_full_path()
    sent_from = request.headers.get("HX-Current-URL") or request.headers.get("Referer") or ""
    if sent_from and url_has_allowed_host_and_scheme(
        sent_from, {request.get_host()}, require_https=request.is_secure()
    ):
        parts = urlsplit(sent_from)
        return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return request.get_full_path()


def mark_ended(request: HttpRequest, user_id: int | None, *, on_purpose: bool = False) -> None:
    """Note in the fresh session that the one before it is over, and whose it was (None: not known).

    `on_purpose`: the person logged out, and need not be told; another window may still hold what they typed.
    """
    request.session[ENDED] = {"user": user_id, "on_purpose": on_purpose}


def session_was_sent(request: HttpRequest) -> bool:
    """Whether the browser believed it had a session."""
    return settings.SESSION_COOKIE_NAME in request.COOKIES


def hold(request: HttpRequest) -> bool:
    """Keep the body of a POST that came on an ended session; returns whether it was kept.

    Only plain forms of at most 200 KB, and never one with a password in it.
    """
    ended = request.session.get(ENDED)
    if ended is None or request.content_type != FORM_TYPE:
        return False
    body = request.POST.copy()
    body.pop("csrfmiddlewaretoken", None)
    encoded = body.urlencode()
    if not encoded or len(encoded) > MOST_BYTES or any("password" in name for name in body):
        return False
    request.session[HELD] = {
        "user": ended["user"],
        "page": urlsplit(page_of(request)).path,
        "action": request.path,
        "body": encoded,
    }
    return True


def take(request: HttpRequest, action: str | None = None) -> QueryDict | None:
    """What was typed on this page before the session ended, once; None when there is nothing.

    `action`: the address the form posts to, where a page has several forms. What another person typed is
    thrown away unseen.
    """
    held = request.session.get(HELD)
    if held is None or not request.user.is_authenticated:
        return None
    if held["user"] not in {None, request.user.pk}:
        del request.session[HELD]
        return None
    if request.path not in {held["page"], held["action"]} or action not in {None, held["action"]}:
        return None
    del request.session[HELD]
    return QueryDict(held["body"])
