"""What the lists of people and of audit events can be narrowed by."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import django_filters
from django import forms
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.labels import KIND_LABELS, OUTCOME_LABELS
from accounts.models import AuditEvent, Bureau, Membership, Unit, User


class UnitChoice(django_filters.fields.ModelChoiceField):
    """Units of several bureaus in one list: the bureau stands before the name."""

    def label_from_instance(self, obj: Unit) -> str:
        return f"{obj.bureau.short_name} · {obj.name}"


class UnitFilter(django_filters.ModelChoiceFilter):
    field_class = UnitChoice


class PeopleFilter(django_filters.FilterSet):
    """By bureau, unit, name (of either kind) and whether the account is active."""

    bureau = django_filters.ModelChoiceFilter(
        label=_("Bureau"), empty_label=_("All bureaus"), queryset=Bureau.objects.all(), method="held_in"
    )
    unit = UnitFilter(
        label=_("Unit"),
        empty_label=_("All units"),
        queryset=Unit.objects.select_related("bureau").order_by("bureau__order", "bureau__code", "order"),
        method="held_in",
    )
    name = django_filters.CharFilter(label=_("Name or user name"), method="called")
    active = django_filters.ChoiceFilter(
        label=_("Account"),
        field_name="is_active",
        empty_label=_("All accounts"),
        choices=[("True", _("Active")), ("False", _("Disabled"))],
    )

    class Meta:
        model = User
        fields: list[str] = []

    def held_in(self, people: QuerySet[User], name: str, value: Bureau | Unit) -> QuerySet[User]:
        return people.filter(Exists(Membership.objects.filter(user=OuterRef("pk"), **{name: value})))

    def called(self, people: QuerySet[User], name: str, value: str) -> QuerySet[User]:
        return people.filter(Q(display_name__icontains=value) | Q(username__icontains=value))


def day_input() -> forms.DateInput:
    """The browser's own date field; it sends and wants ISO dates whatever the language."""
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class AuditFilter(django_filters.FilterSet):
    """By bureau, kind, user name, outcome, and days (both included, in the server's time zone)."""

    bureau = django_filters.ModelChoiceFilter(
        label=_("Bureau"), empty_label=_("All bureaus"), queryset=Bureau.objects.all()
    )
    kind = django_filters.ChoiceFilter(
        label=_("Event"), empty_label=_("All events"), choices=list(KIND_LABELS.items())
    )
    username = django_filters.CharFilter(label=_("User name"), lookup_expr="icontains")
    outcome = django_filters.ChoiceFilter(
        label=_("Outcome"), empty_label=_("All outcomes"), choices=list(OUTCOME_LABELS.items())
    )
    from_day = django_filters.DateFilter(label=_("From"), method="since", widget=day_input())
    to_day = django_filters.DateFilter(label=_("To"), method="until", widget=day_input())

    class Meta:
        model = AuditEvent
        fields: list[str] = []

    def since(self, events: QuerySet[AuditEvent], name: str, value: date) -> QuerySet[AuditEvent]:
        return events.filter(at__gte=start_of(value))

    def until(self, events: QuerySet[AuditEvent], name: str, value: date) -> QuerySet[AuditEvent]:
        return events.filter(at__lt=start_of(value + timedelta(days=1)))


def start_of(day: date) -> datetime:
    """Midnight at which that day begins, in the server's time zone."""
    return timezone.make_aware(datetime.combine(day, time.min))
