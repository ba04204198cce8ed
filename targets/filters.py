"""What the plan page can be narrowed by: light, lead unit, measure, tag. The filters combine."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import django_filters
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit
from plans.models import Tag, Task
from targets.counts import Counts
from targets.enums import Light, Measure
from targets.labels import LABELS, choices
from targets.models import Period, Target
from targets.selectors.board import Board, StatusRow
from targets.selectors.terms import led_in

NODES = "NODES"  # beside the measures: tasks that have dated nodes instead of a number


class StatusFilter(django_filters.FilterSet):
    """By light in one period, lead unit and measure; the same fields for targets and for milestone tasks."""

    light = django_filters.MultipleChoiceFilter(label=_("Status"), choices=choices(Light), method="lit")
    lead = django_filters.ChoiceFilter(label=_("Lead unit"), empty_label=_("All units"), method="led_by")
    measure = django_filters.ChoiceFilter(
        label=_("Measure"),
        empty_label=_("All measures"),
        choices=[*choices(Measure), (NODES, _("Milestone task"))],
        method="measured",
    )

    tag = django_filters.ChoiceFilter(label=_("Tag"), empty_label=_("All tags"), field_name="tags")

    def __init__(
        self,
        data: Mapping[str, Any] | None,
        *,
        period: Period,
        leads: list[Unit],
        tags: list[Tag],
        **options: Any,
    ):
        super().__init__(data, **options)
        self.period = period
        self.filters["tag"].extra["choices"] = [(str(tag.pk), tag.name) for tag in tags]
        self.filters["lead"].extra["choices"] = [(str(unit.pk), unit.name) for unit in leads]

    def lit(self, rows: QuerySet[Any], name: str, value: list[str]) -> QuerySet[Any]:
        """Told from the board's rows, which hold their light: see `PlanFilter.fits`."""
        return rows

    def led_by(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows.filter(lead=value)


class TargetFilter(StatusFilter):
    """Targets; one without a stored row is not judged."""

    class Meta:
        model = Target
        fields: list[str] = []

    def led_by(self, targets: QuerySet[Target], name: str, value: str) -> QuerySet[Target]:
        """By the lead that is in force in the period."""
        return targets.filter(pk__in=led_in(self.period, int(value)))

    def measured(self, targets: QuerySet[Target], name: str, value: str) -> QuerySet[Target]:
        return targets.none() if value == NODES else targets.filter(measure=value)


class TaskFilter(StatusFilter):
    """Milestone tasks, by the light of their nodes; they have no measure."""

    class Meta:
        model = Task
        fields: list[str] = []

    def measured(self, tasks: QuerySet[Task], name: str, value: str) -> QuerySet[Task]:
        return tasks if value == NODES else tasks.none()


class PlanFilter:
    """Both filters over one plan, fed by the same query string."""

    def __init__(self, data: Mapping[str, Any], board: Board) -> None:
        leads = sorted({row.lead for row in board.rows}, key=lambda unit: unit.order)
        self.tags = tags = list(board.plan.bureau.tags.order_by("pk"))
        targets, tasks = Target.objects.filter(plan=board.plan), Task.objects.filter(plan=board.plan)
        choices: dict[str, Any] = {"period": board.period, "leads": leads, "tags": tags}
        self.targets = TargetFilter(data, queryset=targets, **choices)
        self.tasks = TaskFilter(data, queryset=tasks, **choices)
        self.form = self.targets.form
        self.form.is_valid()
        self.chosen = {name: value for name, value in self.form.cleaned_data.items() if value}

    def fits(self) -> Callable[[StatusRow], bool] | None:
        """A test for rows, or None when nothing is asked for; at most two queries, whatever the plan holds.

        A value that is no choice is left out, and its field says so.
        """
        lights = self.chosen.get("light")
        if not lights:
            return self.fits_besides_light
        others = self.fits_besides_light
        return lambda row: row.light in lights and (others is None or others(row))

    @cached_property
    def fits_besides_light(self) -> Callable[[StatusRow], bool] | None:
        """The test of the other filters, within which the lights are counted; None without any."""
        if not self.chosen.keys() - {"light"}:
            return None
        targets = set(self.targets.qs.values_list("pk", flat=True))
        tasks = set(self.tasks.qs.values_list("pk", flat=True))
        return lambda row: row.target.pk in targets if row.target else row.item.pk in tasks


@dataclass(frozen=True)
class LightChip:
    """A light to switch on or off, with how many of the counted rows carry it."""

    light: Light
    label: str
    count: int
    query: str  # the page's query string once it is switched
    is_on: bool


def light_chips(query: QueryDict, counts: Counts) -> list[LightChip]:
    """One chip per light that was counted, or is switched on; the other filters stay as they are."""
    chosen = query.getlist("light")
    chips = []
    for light in Light:
        is_on, count = light in chosen, getattr(counts, light.lower())
        if count or is_on:
            switched = query.copy()
            others = [value for value in chosen if value != light]
            switched.setlist("light", others if is_on else [*others, light.value])
            chips.append(LightChip(light, str(LABELS[light]), count, switched.urlencode(), is_on))
    return chips
