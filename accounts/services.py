"""What changes people and sessions. Every act is audited in its own transaction."""

from __future__ import annotations

from django.contrib.auth import login, logout
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _

from accounts.access import home_bureau
from accounts.audit import record
from accounts.held import ENDED
from accounts.models import Bureau, User
from accounts.permissions import Permission


@transaction.atomic
def sign_in(request: HttpRequest, *, user: User) -> None:
    """Open a session (with a new id) for a person whose password has been checked."""
    record("session.login", by=user, bureau=home_bureau(user))
    login(request, user)
    request.session.pop(ENDED, None)


@transaction.atomic
def sign_out(request: HttpRequest, *, by: User) -> None:
    """End the person's session on the server."""
    record("session.logout", by=by, bureau=home_bureau(by))
    logout(request)


@transaction.atomic
def set_account_active(*, user: User, active: bool, by: User) -> bool:
    """Enable or disable an account; returns whether anything changed.

    Raises ValidationError for one's own account. A disabled person's live session ends at its next request.
    """
    if not by.may(Permission.MANAGE_ACCOUNTS):
        raise PermissionDenied
    if user.pk == by.pk:
        raise ValidationError(_("Nobody can disable or enable their own account."))
    person = User.objects.select_for_update().get(pk=user.pk)
    if person.is_active == active:
        return False
    person.is_active = active
    person.save(update_fields=["is_active"])
    record(
        "account.enabled" if active else "account.disabled",
        by=by,
        bureau=home_bureau(person),
        about=person,
        label=f"{person.display_name} ({person.username})",
        before={"is_active": not active},
        after={"is_active": active},
    )
    return True


@transaction.atomic
def set_self_approval(*, bureau: Bureau, allowed: bool, by: User) -> bool:
    """Whether people of this bureau may approve what they submitted; returns whether anything changed.

    A matter of policy, so the security administrator's alone; raises PermissionDenied for everybody else.
    """
    if not by.may(Permission.MANAGE_ROLES):
        raise PermissionDenied
    locked = Bureau.objects.select_for_update(no_key=True).get(pk=bureau.pk)
    if locked.allow_self_approval == allowed:
        return False
    locked.allow_self_approval = allowed
    locked.save(update_fields=["allow_self_approval"])
    record(
        "settings.changed",
        by=by,
        bureau=locked,
        about=locked,
        before={"allow_self_approval": not allowed},
        after={"allow_self_approval": allowed},
    )
    return True
