"""Reading people, roles and the audit trail."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

from django.db.models import Count, Exists, F, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.utils.functional import Promise

from accounts.audit import first_broken_event
from accounts.labels import PERMISSION_LABELS
from accounts.models import ROLE_LABELS, AuditChain, AuditEvent, Bureau, Membership, Unit, User
from accounts.permissions import ADMIN_ROLES, ROLE_PERMISSIONS, Permission, Role

OFFICIAL_ORDER = (
    F("bureau__order").asc(nulls_last=True),
    F("bureau__code").asc(nulls_last=True),
    F("unit__order").asc(nulls_first=True),
)


def memberships_in_order() -> QuerySet[Membership]:
    """All memberships by bureau and unit in official order; city-wide ones last."""
    return Membership.objects.select_related("user", "bureau", "unit").order_by(
        *OFFICIAL_ORDER, "role", "user__username"
    )


def people_visible_to(user: User) -> QuerySet[User]:
    """Every account for those who manage accounts, none for others.

    In the official order of each person's first membership (whole-bureau roles before units, city-wide and
    roleless accounts last); memberships are fetched along.
    """
    if not user.may(Permission.MANAGE_ACCOUNTS):
        return User.objects.none()
    first = Membership.objects.filter(user=OuterRef("pk")).order_by(*OFFICIAL_ORDER)
    return (
        User.objects.annotate(
            first_bureau=Subquery(first.values("bureau__order")[:1]),
            first_code=Subquery(first.values("bureau__code")[:1]),
            first_unit=Subquery(first.values("unit__order")[:1]),
        )
        .order_by(
            F("first_bureau").asc(nulls_last=True),
            F("first_code").asc(nulls_last=True),
            F("first_unit").asc(nulls_first=True),
            "username",
        )
        .prefetch_related(Prefetch("memberships", queryset=memberships_in_order()))
    )


def events_visible_to(user: User) -> QuerySet[AuditEvent]:
    """Every audit event for the auditors, newest first; none for others."""
    if not user.may(Permission.READ_AUDIT):
        return AuditEvent.objects.none()
    return AuditEvent.objects.select_related("bureau", "user").order_by("-at", "-pk")


@dataclass(frozen=True)
class PermissionRow:
    """One permission and, for each role in declared order, whether the role grants it."""

    label: Promise
    granted: list[bool]


def permission_table() -> list[PermissionRow]:
    """The rights in words: every permission against every role (in `Role`'s order)."""
    return [
        PermissionRow(PERMISSION_LABELS[permission], [permission in ROLE_PERMISSIONS[role] for role in Role])
        for permission in Permission
    ]


@dataclass(frozen=True)
class RoleCount:
    """A role and how many people with an active account hold it."""

    role: Role
    label: Promise
    people: int


def role_counts() -> list[RoleCount]:
    """How many active people hold each role; roles nobody holds are listed with 0."""
    counted = (
        Membership.objects.filter(user__is_active=True)
        .values("role")
        .annotate(people=Count("user", distinct=True))
        .order_by()
    )
    people = {row["role"]: row["people"] for row in counted}
    return [RoleCount(role, ROLE_LABELS[role], people.get(role.value, 0)) for role in Role]


def holders_in(unit: Unit) -> QuerySet[User]:
    """The people who hold a role in this unit."""
    return User.objects.filter(memberships__unit=unit).distinct().order_by("username")


def successors_in(unit: Unit) -> QuerySet[User]:
    """Who may take a unit's roles over: active, no administrator, and of no other bureau."""
    rights = Membership.objects.filter(user=OuterRef("pk"))
    elsewhere = rights.filter(Q(role__in=ADMIN_ROLES) | Q(bureau=None) | ~Q(bureau=unit.bureau_id))
    return User.objects.filter(~Exists(elsewhere), is_active=True).order_by("username")


@dataclass(frozen=True)
class ChainReport:
    """Whether one chain of audit events is whole, and where it first breaks."""

    name: str  # the bureau's, "" for the city's own chain
    length: int
    broken: AuditEvent | None  # the first event that does not hold
    cut_off: bool  # the newest events are missing

    @property
    def is_whole(self) -> bool:
        return self.broken is None and not self.cut_off


def chain_reports(bureau_id: int | None = None) -> list[ChainReport]:
    """Recomputes the hashes of one bureau's chain, or of all: reads every event, so only on request."""
    chains = AuditChain.objects.select_related("bureau").order_by("bureau__order", "bureau__code")
    if bureau_id is not None:
        chains = chains.filter(bureau=bureau_id)
    return [_report(chain) for chain in chains]


def _report(chain: AuditChain) -> ChainReport:
    broken = first_broken_event(chain.bureau)
    head = AuditEvent.objects.filter(bureau=chain.bureau, number=chain.length).first()
    cut_off = chain.length > 0 and (head is None or head.hash != chain.last_hash)
    return ChainReport(chain.bureau.name if chain.bureau else "", chain.length, broken, cut_off)


@dataclass(frozen=True)
class DemoGroup:
    """The demonstration accounts of one bureau (or of the city), one for each role."""

    bureau: Bureau | None
    accounts: list[Membership]


def demo_accounts() -> list[DemoGroup]:
    """One active demonstration account per bureau and role, for a demonstration's log-in page."""
    holders = memberships_in_order().filter(user__is_demo=True, user__is_active=True)
    groups = []
    for bureau, rights in groupby(holders, key=lambda right: right.bureau):
        first = {right.role: right for right in reversed(list(rights))}
        groups.append(DemoGroup(bureau, [first[role] for role in Role if role in first]))
    return groups
