"""What `check --deploy` asks beyond Django's own checks."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import DatabaseError, OperationalError

from accounts.models import User


@register(Tags.security, deploy=True)
def no_demo_users(**kwargs: Any) -> list[CheckMessage]:
    """An error when demonstration accounts exist in a real installation (D-08).

    A database that cannot be reached is a warning: the question stays open. Missing tables mean no accounts.
    """
    if settings.DEMO:
        return []
    try:
        names = list(
            User.objects.filter(is_demo=True).order_by("username").values_list("username", flat=True)[:5]
        )
    except OperationalError as error:
        return [Warning(f"Demonstration accounts could not be looked for: {error}", id="accounts.W001")]
    except DatabaseError:
        return []
    if not names:
        return []
    return [
        Error(
            f"Demonstration accounts exist: {', '.join(names)}",
            hint="Start from an empty database, or set DEMO=1 for a demonstration.",
            id="accounts.E001",
        )
    ]
