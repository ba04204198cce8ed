"""What the base template needs on every page."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from accounts.models import User


def chrome(request: HttpRequest) -> dict[str, Any]:
    """The person's rights, the demonstration mark and the languages, for the header and footer."""
    user = getattr(request, "user", None)
    rights = user.rights if isinstance(user, User) else []
    bureau = next((right.bureau for right in rights if right.bureau), None)
    return {
        "rights": rights,
        "own_bureau": bureau,
        "demo_mode": settings.DEMO,
        "languages": settings.LANGUAGES,
        "session_idle_seconds": settings.SESSION_IDLE_SECONDS,
    }
