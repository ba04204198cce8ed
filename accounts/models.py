"""Bureaus, their units, people, what each may do, and the audit trail."""

from __future__ import annotations

import secrets
from datetime import date, datetime
from functools import cached_property
from typing import ClassVar

from django.contrib.auth.models import AbstractUser
from django.contrib.auth.models import UserManager as DjangoUserManager
from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.permissions import (
    ADMIN_ROLES,
    BUREAU_ROLES,
    CITY_ROLES,
    ROLE_PERMISSIONS,
    UNIT_ROLES,
    Permission,
    Role,
)


class Bureau(models.Model):
    """A municipal bureau (局) that publishes a work plan each year."""

    code = models.SlugField(_("code"), unique=True)
    name = models.CharField(_("name"), max_length=100)
    short_name = models.CharField(_("short name"), max_length=30)
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    is_demo = models.BooleanField(_("demonstration data"), default=False)
    demo_date = models.DateField(
        _("demonstration date"),
        null=True,
        blank=True,
        help_text=_("The day on which the demonstration stands still; empty in real use."),
    )
    allow_self_approval = models.BooleanField(_("people may approve what they submitted"), default=False)
    skip_unit_review = models.BooleanField(_("no review in the unit"), default=False)
    leader_sign_off = models.BooleanField(_("leaders in charge sign off"), default=False)

    class Meta:
        ordering = ["order", "code"]

    def __str__(self) -> str:
        return self.short_name

    @property
    def today(self) -> date:
        """The day this bureau lives in: its demonstration date, else today in Asia/Shanghai."""
        return self.demo_date or timezone.localdate()

    @property
    def now(self) -> datetime:
        """The moment that acts are dated with: in a demonstration the clock's time on its fixed day."""
        now = timezone.now()
        if self.demo_date is None:
            return now
        return timezone.make_aware(datetime.combine(self.demo_date, timezone.localtime(now).time()))


class UnitKind(models.TextChoices):
    """The kinds of unit; departments and affiliates report, the others cooperate."""

    DEPARTMENT = "DEPARTMENT", _("Department")
    AFFILIATE = "AFFILIATE", _("Affiliated institution")
    EXTERNAL = "EXTERNAL", _("External cooperating unit")
    DISTRICT = "DISTRICT", _("District")


class Unit(models.Model):
    """A department, affiliated institution, district or cooperating unit, in the bureau's official order."""

    bureau = models.ForeignKey(Bureau, on_delete=models.PROTECT, related_name="units")
    name = models.CharField(_("name"), max_length=60)
    kind = models.CharField(_("kind"), max_length=12, choices=UnitKind)
    order = models.PositiveSmallIntegerField(_("order"))
    leader = models.CharField(_("leader in charge"), max_length=40, blank=True)
    leader_account = models.ForeignKey(
        "User", on_delete=models.PROTECT, null=True, blank=True, related_name="units_in_charge"
    )
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        ordering = ["bureau", "order"]
        constraints = [
            models.UniqueConstraint(fields=["bureau", "name"], name="unit_name_unique_in_bureau"),
            models.UniqueConstraint(fields=["bureau", "order"], name="unit_order_unique_in_bureau"),
            models.CheckConstraint(condition=Q(kind__in=UnitKind.values), name="unit_kind_known"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def needs_sign_off(self) -> bool:
        """Whether what the unit's reviewer passes waits for the leader in charge before the office."""
        return self.bureau.leader_sign_off and self.leader_account_id is not None


class UserManager(DjangoUserManager["User"]):
    """Log-in names are compared after case folding (D-01)."""

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(username__iexact=username)


class User(AbstractUser):
    """A person who signs in. What they may do comes from memberships, never from Django's own flags."""

    display_name = models.CharField(_("display name"), max_length=60)
    phone = models.CharField(_("telephone"), max_length=40, blank=True)
    wants_digest = models.BooleanField(_("daily mail"), default=True)
    large_text = models.BooleanField(_("large text"), default=False)
    is_demo = models.BooleanField(_("demonstration account"), default=False)

    objects: ClassVar[UserManager] = UserManager()

    class Meta:
        constraints = [models.UniqueConstraint(Lower("username"), name="username_unique_when_folded")]

    def __str__(self) -> str:
        return self.display_name or self.username

    @cached_property
    def rights(self) -> list[Membership]:
        """This person's memberships with bureau and unit, fetched once per request."""
        return list(self.memberships.select_related("bureau", "unit").order_by("bureau", "unit", "role"))

    @cached_property
    def roles(self) -> set[Role]:
        return {Role(right.role) for right in self.rights}

    def may(self, permission: Permission, bureau: Bureau | None = None, unit: Unit | None = None) -> bool:
        """Whether a membership grants this act: anywhere, in this bureau, or for this unit."""
        return any(right.grants(permission, bureau, unit) for right in self.rights)

    def bureaus_where(self, permission: Permission) -> models.QuerySet[Bureau]:
        """The bureaus in which this person may do this; every bureau for a city-wide membership."""
        granting = [right for right in self.rights if permission in ROLE_PERMISSIONS[Role(right.role)]]
        if any(right.bureau_id is None for right in granting):
            return Bureau.objects.all()
        return Bureau.objects.filter(pk__in={right.bureau_id for right in granting})

    def units_where(self, permission: Permission) -> list[Unit]:
        """The units for which a unit membership grants this act, in official order."""
        found = {
            right.unit
            for right in self.rights
            if right.unit is not None and permission in ROLE_PERMISSIONS[Role(right.role)]
        }
        return sorted(found, key=lambda unit: (unit.bureau_id, unit.order))


ROLE_LABELS = {
    Role.REPORTER: _("Reporter"),
    Role.REVIEWER: _("Unit reviewer"),
    Role.OFFICE: _("Office"),
    Role.LEADER: _("Bureau leader"),
    Role.OBSERVER: _("City observer"),
    Role.SYSTEM_ADMIN: _("System administrator"),
    Role.SECURITY_ADMIN: _("Security administrator"),
    Role.AUDIT_ADMIN: _("Audit administrator"),
}


class Membership(models.Model):
    """One role of one person, in a unit, a bureau, or the whole city."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(_("role"), max_length=10, choices=list(ROLE_LABELS.items()))
    bureau = models.ForeignKey(
        Bureau, on_delete=models.PROTECT, null=True, blank=True, related_name="memberships"
    )
    unit = models.ForeignKey(
        Unit, on_delete=models.PROTECT, null=True, blank=True, related_name="memberships"
    )

    class Meta:
        constraints = [
            # Three constraints instead of NULLS NOT DISTINCT, which PostgreSQL 14 does not know.
            models.UniqueConstraint(fields=["user", "role", "unit"], name="membership_once_per_unit"),
            models.UniqueConstraint(
                fields=["user", "role", "bureau"],
                condition=Q(unit__isnull=True),
                name="membership_once_per_bureau",
            ),
            models.UniqueConstraint(
                fields=["user", "role"], condition=Q(bureau__isnull=True), name="membership_once_in_city"
            ),
            models.UniqueConstraint(
                fields=["user"], condition=Q(role__in=sorted(ADMIN_ROLES)), name="membership_one_admin_role"
            ),
            models.CheckConstraint(
                condition=Q(role__in=sorted(UNIT_ROLES), bureau__isnull=False, unit__isnull=False)
                | Q(role__in=sorted(BUREAU_ROLES), bureau__isnull=False, unit__isnull=True)
                | Q(role__in=sorted(CITY_ROLES), bureau__isnull=True, unit__isnull=True),
                name="membership_scope_fits_role",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.get_role_display()}"

    def grants(self, permission: Permission, bureau: Bureau | None, unit: Unit | None) -> bool:
        """Whether this membership covers the act in that bureau or unit (None asks for anywhere)."""
        if permission not in ROLE_PERMISSIONS[Role(self.role)]:
            return False
        if permission == Permission.SIGN_OFF and not (self.bureau and self.bureau.leader_sign_off):
            return False  # a step that this bureau does not have
        if unit is not None and self.unit_id is not None:
            return self.unit_id == unit.pk
        scope = bureau or (unit.bureau if unit else None)
        return scope is None or self.bureau_id is None or self.bureau_id == scope.pk


class AuditChain(models.Model):
    """The head of one bureau's chain of audit events (one row for the city's own, bureau NULL)."""

    bureau = models.OneToOneField(Bureau, on_delete=models.PROTECT, null=True, related_name="audit_chain")
    last_hash = models.CharField(max_length=64, blank=True)
    length = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                Value(1), condition=Q(bureau__isnull=True), name="audit_chain_one_for_the_city"
            )
        ]

    def __str__(self) -> str:
        return f"{self.bureau or 'city'} ({self.length})"


class AuditEvent(models.Model):
    """Something a person did or was refused. Append-only: the database refuses every change (D-14)."""

    bureau = models.ForeignKey(Bureau, on_delete=models.PROTECT, null=True, related_name="audit_events")
    number = models.PositiveBigIntegerField()
    at = models.DateTimeField()
    user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    username = models.CharField(max_length=150, blank=True)
    address = models.GenericIPAddressField(null=True)
    kind = models.CharField(max_length=40)
    object_type = models.CharField(max_length=40, blank=True)
    object_id = models.BigIntegerField(null=True)
    object_label = models.CharField(max_length=200, blank=True)
    outcome = models.CharField(max_length=10, default="done")
    request_id = models.CharField(max_length=32, blank=True)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    previous_hash = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64)

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["bureau", "number"], name="audit_number_unique_in_bureau"),
            models.UniqueConstraint(
                fields=["number"], condition=Q(bureau__isnull=True), name="audit_number_unique_in_city"
            ),
        ]
        indexes = [
            models.Index(fields=["-at"]),
            models.Index(fields=["bureau", "-at"]),
            models.Index(fields=["object_type", "object_id"]),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.kind}"


class JobState(models.TextChoices):
    """Where a job stands; the page reads it from the row, never from the broker."""

    QUEUED = "QUEUED", _("Queued")
    RUNNING = "RUNNING", _("Running")
    DONE = "DONE", _("Finished")
    FAILED = "FAILED", _("Failed")


def random_name() -> str:
    """An unguessable name for a stored file (A-10)."""
    return secrets.token_hex(16)


class Job(models.Model):
    """What every job row has: owner, state, counts, attempts, and the reason of a failure."""

    owner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=8, choices=JobState, default=JobState.QUEUED)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    failure = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    touched_at = models.DateTimeField(default=timezone.now)  # the last sign of life
    finished_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True

    @property
    def is_finished(self) -> bool:
        return self.state in {JobState.DONE, JobState.FAILED}
