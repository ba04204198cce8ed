"""The one question a view asks at its top: may this person do this here?

Another bureau's object answers 404, as if it did not exist (A-01); lacking the right answers 403.
"""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest

from accounts.models import Bureau, Unit, User
from accounts.permissions import Permission


def require(
    request: HttpRequest, permission: Permission, bureau: Bureau | None = None, unit: Unit | None = None
) -> User:
    """The signed-in user, when a membership grants the act; else Http404 or PermissionDenied.

    Without bureau and unit: granted anywhere. A bureau (or a unit's bureau) in which the person has no
    membership at all answers Http404, whatever their rights elsewhere.
    """
    user = signed_in(request)
    place = unit.bureau if unit is not None else bureau
    if place is not None and not belongs_to(user, place):
        raise Http404
    if not user.may(permission, place, unit):
        raise PermissionDenied
    return user


def signed_in(request: HttpRequest) -> User:
    """The signed-in user; PermissionDenied for nobody."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def belongs_to(user: User, bureau: Bureau) -> bool:
    """Whether the person has any membership in this bureau, or a city-wide one."""
    return any(right.bureau_id in {None, bureau.pk} for right in user.rights)


def home_bureau(user: User) -> Bureau | None:
    """The first bureau of the person's memberships; None for people of the city."""
    return next((right.bureau for right in user.rights if right.bureau), None)
