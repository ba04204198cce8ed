"""What the plan promises: indicators, targets with their sentences, allocations, milestones."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Bureau, Unit, User
from accounts.permissions import Permission
from plans.models import Plan, Section, Tag, Task
from targets.enums import Commitment, Comparison, Due, Measure, Pace, Split
from targets.labels import choices
from targets.models.fields import value_field
from targets.periods import PeriodKey

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from targets.models.acts import Terms


class Indicator(models.Model):
    """What is measured, across years and bureaus (指标)."""

    name = models.CharField(_("indicator"), max_length=100, unique=True)

    def __str__(self) -> str:
        return self.name


class IndicatorAlias(models.Model):
    """Another name of an indicator (技术合同成交额 = 技术合同交易额)."""

    indicator = models.ForeignKey(Indicator, on_delete=models.CASCADE, related_name="aliases")
    name = models.CharField(max_length=100, unique=True)

    def __str__(self) -> str:
        return self.name


class PastValue(models.Model):
    """A value of an indicator in a year before the bureau used the product (上年同期)."""

    bureau = models.ForeignKey(Bureau, on_delete=models.CASCADE, related_name="past_values")
    indicator = models.ForeignKey(Indicator, on_delete=models.PROTECT, related_name="past_values")
    year = models.PositiveSmallIntegerField()
    month = models.PositiveSmallIntegerField()
    value = value_field()
    unit = models.CharField(max_length=20)
    source = models.CharField(max_length=200, blank=True)
    is_sample = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["bureau", "indicator", "year", "month"], name="past_value_once"),
            models.CheckConstraint(condition=Q(month__gte=1, month__lte=12), name="past_value_month"),
        ]

    def __str__(self) -> str:
        return f"{self.indicator} {self.year}-{self.month:02d}"


class TargetGroup(models.Model):
    """Two conditions promised in one clause (增幅20%以上,力争突破6725亿元)."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="target_groups")
    name = models.CharField(max_length=100)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["plan", "name"], name="group_name_unique_in_plan")]

    def __str__(self) -> str:
        return self.name


class TargetQuerySet(models.QuerySet["Target"]):
    def visible_to(self, user: User | AnonymousUser) -> TargetQuerySet:
        """The targets of the plans this person may read."""
        if not isinstance(user, User):
            return self.none()
        return self.filter(plan__bureau__in=user.bureaus_where(Permission.VIEW_PLAN))


class Written(NamedTuple):
    """The terms of a target as the plan wrote them."""

    value: Decimal
    unit: str
    decimals: int
    pace: str
    pace_shares: list[Decimal] | None
    lead_id: int
    baseline: Decimal | None


class Target(models.Model):
    """A commitment: indicator, comparison, value, unit and year, with its sentences in the document."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="targets")
    key = models.CharField(_("number"), max_length=10)
    order = models.PositiveSmallIntegerField(_("order"))
    indicator = models.ForeignKey(Indicator, on_delete=models.PROTECT, related_name="targets")
    name = models.CharField(_("indicator"), max_length=100)
    section = models.ForeignKey(Section, on_delete=models.PROTECT, related_name="targets")
    task = models.ForeignKey(Task, on_delete=models.PROTECT, null=True, blank=True, related_name="targets")
    group = models.ForeignKey(
        TargetGroup, on_delete=models.SET_NULL, null=True, blank=True, related_name="targets"
    )
    measure = models.CharField(_("measure"), max_length=8, choices=choices(Measure))
    comparison = models.CharField(_("comparison"), max_length=2, choices=choices(Comparison))
    wording = models.CharField(_("wording"), max_length=40, blank=True)
    commitment = models.CharField(_("commitment"), max_length=8, choices=choices(Commitment))
    commitment_wording = models.CharField(_("commitment wording"), max_length=40, blank=True)
    value = value_field(_("annual target"))
    unit = models.CharField(_("unit of measure"), max_length=20)
    decimals = models.PositiveSmallIntegerField(_("decimals shown"), default=1)
    year_due = models.PositiveSmallIntegerField(_("year due"))
    baseline = value_field(_("baseline"), null=True, blank=True)
    baseline_source = models.CharField(_("source of the baseline"), max_length=200, blank=True)
    pace = models.CharField(_("pace"), max_length=8, choices=choices(Pace))
    pace_shares = ArrayField(
        models.DecimalField(max_digits=7, decimal_places=4),
        size=4,
        null=True,
        blank=True,
        verbose_name=_("cumulative shares per quarter, in percent"),
    )
    due = models.CharField(_("due"), max_length=5, choices=choices(Due), default=Due.EVERY)
    lead = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="led_targets")
    cooperating = models.ManyToManyField(Unit, blank=True, related_name="cooperating_targets")
    cooperating_text = models.CharField(_("other cooperating parties"), max_length=200, blank=True)
    tags = models.ManyToManyField(Tag, blank=True, related_name="targets")
    split = models.CharField(_("split"), max_length=6, choices=choices(Split), default=Split.DIRECT)
    data_source = models.CharField(_("data source and caliber"), max_length=200, blank=True)
    note = models.CharField(_("note"), max_length=300, blank=True)

    objects = TargetQuerySet.as_manager()

    # Set by `selectors.terms.stand_in_force`: what holds in one period, and the terms as the plan wrote them.
    in_force: Terms | None = None
    written: Written | None = None

    class Meta:
        ordering = ["plan", "order"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "key"], name="target_key_unique_in_plan"),
            models.UniqueConstraint(fields=["plan", "order"], name="target_order_unique_in_plan"),
            models.CheckConstraint(
                condition=Q(pace=Pace.CUSTOM, pace_shares__len=4)
                | ~Q(pace=Pace.CUSTOM) & Q(pace_shares=None),
                name="target_shares_fit_pace",
            ),
            models.CheckConstraint(
                condition=Q(pace_shares=None)
                | Q(
                    pace_shares__0__gte=0,
                    pace_shares__1__gte=F("pace_shares__0"),
                    pace_shares__2__gte=F("pace_shares__1"),
                    pace_shares__3__gte=F("pace_shares__2"),
                    pace_shares__3=100,
                ),
                name="target_shares_never_fall_and_end_at_100",
            ),
            models.CheckConstraint(condition=Q(measure__in=list(Measure)), name="target_measure_known"),
            models.CheckConstraint(
                condition=Q(comparison__in=list(Comparison)), name="target_comparison_known"
            ),
            models.CheckConstraint(
                condition=Q(commitment__in=list(Commitment)), name="target_commitment_known"
            ),
            models.CheckConstraint(condition=Q(pace__in=list(Pace)), name="target_pace_known"),
        ]
        indexes = [models.Index(fields=["lead", "plan"])]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("target", args=[self.pk])

    @property
    def is_adjusted(self) -> bool:
        """目标已调整: value, unit of measure or pace in force differ by an act from what the plan wrote."""
        return self.in_force is not None and self.in_force.is_adjusted

    @property
    def unit_factor(self) -> Decimal:
        """How many units in force make one of the plan's own: 10,000 after 亿元 became 万元."""
        return self.in_force.unit_factor if self.in_force else Decimal(1)

    @property
    def plan_value(self) -> Decimal:
        """The value as the plan wrote it, in `plan_unit`."""
        return self.written.value if self.written else self.value

    @property
    def is_other_value(self) -> bool:
        """Whether 原目标 → 调整后 is to be shown: another amount, or the same one in another unit."""
        return (self.value, self.unit) != (self.plan_value, self.plan_unit)

    @property
    def plan_unit(self) -> str:
        """The unit of measure as the plan wrote it."""
        return self.written.unit if self.written else self.unit


class SourceKind(models.TextChoices):
    """Whether a sentence states the target or repeats it."""

    PRIMARY = "PRIMARY", _("Statement")
    REPEAT = "REPEAT", _("Repeat")


class TargetSource(models.Model):
    """A sentence of the document that states or repeats a target; offsets count characters of the text."""

    target = models.ForeignKey(Target, on_delete=models.CASCADE, related_name="sources")
    kind = models.CharField(max_length=8, choices=SourceKind)
    section = models.ForeignKey(Section, on_delete=models.PROTECT, related_name="+")
    task = models.ForeignKey(Task, on_delete=models.PROTECT, null=True, blank=True, related_name="sources")
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    quote = models.CharField(max_length=60)
    sentence_start = models.PositiveIntegerField()
    sentence_end = models.PositiveIntegerField()
    name_in_text = models.CharField(max_length=100, blank=True)
    wording = models.CharField(max_length=40, blank=True)
    commitment = models.CharField(max_length=8, choices=choices(Commitment))

    class Meta:
        ordering = ["start"]
        constraints = [
            models.UniqueConstraint(
                fields=["target"], condition=Q(kind=SourceKind.PRIMARY), name="target_one_primary_source"
            ),
            models.CheckConstraint(
                condition=Q(sentence_start__lte=F("start"), start__lt=F("end"), end__lte=F("sentence_end")),
                name="source_quote_inside_sentence",
            ),
        ]

    def __str__(self) -> str:
        return self.quote


class Allocation(models.Model):
    """A part of a target given to a unit or district; no value means that no target was set there (–)."""

    target = models.ForeignKey(Target, on_delete=models.CASCADE, related_name="allocations")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="allocations")
    order = models.PositiveSmallIntegerField()
    value = value_field(_("annual target"), null=True, blank=True)
    baseline = value_field(_("baseline"), null=True, blank=True)

    # Set by `selectors.terms`: value and baseline as stored, once those of a period stand in their place.
    written: tuple[Decimal | None, Decimal | None] | None = None

    class Meta:
        ordering = ["target", "order"]
        constraints = [models.UniqueConstraint(fields=["target", "unit"], name="allocation_once_per_unit")]

    def __str__(self) -> str:
        return f"{self.target} · {self.unit}"


class Milestone(models.Model):
    """A dated node (节点) of a milestone task: a text and the period in which it is planned."""

    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="milestones")
    order = models.PositiveSmallIntegerField()
    text = models.CharField(_("node"), max_length=200)
    planned_year = models.PositiveSmallIntegerField()
    planned_month = models.PositiveSmallIntegerField()
    done_in = models.ForeignKey(
        "Narrative", on_delete=models.PROTECT, null=True, blank=True, related_name="completed_milestones"
    )

    class Meta:
        ordering = ["task", "order"]
        constraints = [
            models.UniqueConstraint(fields=["task", "order"], name="milestone_order_unique_in_task"),
            models.CheckConstraint(
                condition=Q(planned_month__gte=1, planned_month__lte=12), name="milestone_month"
            ),
        ]

    def __str__(self) -> str:
        return self.text

    @property
    def planned(self) -> PeriodKey:
        return PeriodKey(self.planned_year, self.planned_month)
