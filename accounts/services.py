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
from accounts.models import ROLE_LABELS, Bureau, Membership, Unit, User
from accounts.permissions import ADMIN_ROLES, Permission, Role


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


@transaction.atomic
def hand_over_unit(*, unit: Unit, leaving: User, taking_over: User, by: User) -> list[Role]:
    """Give all roles that one person holds in a unit to another; returns them in declared order.

    Figures, drafts and texts belong to the unit (the domain description, section 1), so only memberships
    move. The former person's next request has no right in the unit any more. Raises PermissionDenied without
    the right, ValidationError with what to do where the roles cannot pass.
    """
    if not by.may(Permission.MANAGE_ROLES):
        raise PermissionDenied
    people = User.objects.select_for_update().order_by("pk")
    locked = {person.pk: person for person in people.filter(pk__in=[leaving.pk, taking_over.pk])}
    _refuse_successor(unit, locked[leaving.pk], locked[taking_over.pk])
    held = list(Membership.objects.select_for_update().filter(user=leaving, unit=unit))
    if not held:
        raise ValidationError(
            _("%(name)s holds no role in %(unit)s: choose the person who does.")
            % {"name": leaving, "unit": unit}
        )
    roles = [role for role in Role if role in {right.role for right in held}]
    Membership.objects.filter(pk__in=[right.pk for right in held]).delete()
    Membership.objects.bulk_create(
        [Membership(user=taking_over, role=role, bureau=unit.bureau, unit=unit) for role in roles],
        ignore_conflicts=True,  # a role that the successor holds already
    )
    names = [str(role) for role in roles]
    record(
        "unit.handed_over",
        by=by,
        bureau=unit.bureau,
        about=unit,
        before={"person": leaving.username, "roles": names},
        after={"person": taking_over.username, "roles": names},
    )
    return roles


def role_names(roles: list[Role]) -> str:
    """The roles in words, as one text."""
    return "、".join(str(ROLE_LABELS[role]) for role in roles)


def _refuse_successor(unit: Unit, leaving: User, taking_over: User) -> None:
    """Raise ValidationError for somebody who cannot take a unit's roles over."""
    values = {"name": taking_over, "unit": unit}
    if leaving.pk == taking_over.pk:
        raise ValidationError(_("Choose two different people."))
    if not taking_over.is_active:
        raise ValidationError(_("The account of %(name)s is disabled: have it enabled first.") % values)
    rights = taking_over.rights
    if any(right.role in ADMIN_ROLES for right in rights):
        raise ValidationError(
            _("%(name)s is an administrator and can hold no other role: choose somebody else.") % values
        )
    if any(right.bureau_id != unit.bureau_id for right in rights):
        raise ValidationError(
            _("%(name)s works in another bureau or for the city: choose somebody of this bureau.") % values
        )


@transaction.atomic
def change_contact(*, user: User, phone: str, email: str, wants_digest: bool) -> bool:
    """A person's own contact details; returns whether anything changed. The trail names the fields alone."""
    wanted = {"phone": phone, "email": email, "wants_digest": wants_digest}
    person = User.objects.select_for_update().get(pk=user.pk)
    changed = [name for name, value in wanted.items() if getattr(person, name) != value]
    for name in changed:
        setattr(person, name, wanted[name])
    if changed:
        person.save(update_fields=changed)
        after = {"fields": changed}
        record("account.contact_changed", by=user, bureau=home_bureau(user), about=person, after=after)
    return bool(changed)
