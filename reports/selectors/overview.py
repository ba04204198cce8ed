"""Several bureaus side by side, from the stored rows alone: approved progress only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, QuerySet

from accounts.models import Bureau, User
from accounts.permissions import Permission
from plans.models import Plan
from targets.counts import Counts, count_lights, ranks
from targets.enums import Light, Word
from targets.models import Indicator, Period, Progress, TaskProgress
from targets.selectors.board import BEHIND, NODE_LIGHTS
from targets.selectors.periods import period_to_look_at
from targets.selectors.terms import rows_in_force

LATE_WORDS = [word for word, light in NODE_LIGHTS.items() if light in BEHIND]


@dataclass(frozen=True)
class Laggard:
    """A target, or a milestone task (then `progress` is None), that is behind or not reported."""

    name: str
    url: str
    lead: str
    light: Light
    word: str
    progress: Progress | None


@dataclass(frozen=True)
class BureauView:
    """One bureau's plan in the period that is under way there."""

    bureau: Bureau
    plan: Plan
    period: Period
    indicators: Counts
    tasks: Counts
    rank: int | None  # by the share on pace
    laggards: tuple[Laggard, ...]

    @property
    def total(self) -> Counts:
        return self.indicators + self.tasks


@dataclass(frozen=True)
class SharedIndicator:
    """An indicator that several bureaus promise: one stored row per bureau, None where it has no target."""

    name: str
    rows: tuple[Progress | None, ...]


@dataclass(frozen=True)
class Overview:
    """All bureaus in official order."""

    bureaus: tuple[BureauView, ...]
    shared: tuple[SharedIndicator, ...]


def overview(user: User) -> Overview:
    """The bureaus this person oversees, each in its current period; queries do not grow with their number."""
    bureaus = user.bureaus_where(Permission.OVERSEE_BUREAUS)
    periods = _current_periods(bureaus)
    plans = _plans(periods)
    periods = {bureau: period for bureau, period in periods.items() if bureau in plans}
    counts = _target_counts(periods.values()), _task_counts(periods.values())
    totals = {bureau: counts[0][period.pk] + counts[1][period.pk] for bureau, period in periods.items()}
    places = ranks({bureau: total.on_pace_share for bureau, total in totals.items()})
    laggards = _laggards(periods.values())
    views = [
        BureauView(
            bureau=period.bureau,
            plan=plans[bureau],
            period=period,
            indicators=counts[0][period.pk],
            tasks=counts[1][period.pk],
            rank=places.get(bureau),
            laggards=tuple(laggards[period.pk]),
        )
        for bureau, period in periods.items()
    ]
    return Overview(tuple(views), tuple(_shared(views)))


def _current_periods(bureaus: QuerySet[Bureau]) -> dict[int, Period]:
    """Per bureau in official order the period to look at."""
    started = Period.objects.filter(bureau__in=bureaus, started_on__isnull=False).select_related("bureau")
    by_bureau: dict[int, list[Period]] = {}
    for period in started.order_by("bureau__order", "bureau__code", "year", "month"):
        by_bureau.setdefault(period.bureau_id, []).append(period)
    shown = {bureau: period_to_look_at(periods) for bureau, periods in by_bureau.items()}
    return {bureau: period for bureau, period in shown.items() if period}


def _plans(periods: dict[int, Period]) -> dict[int, Plan]:
    """The plan of each bureau's current year; a bureau may have none yet."""
    plans = Plan.objects.filter(bureau__in=periods).select_related("bureau")
    return {plan.bureau_id: plan for plan in plans if plan.year == periods[plan.bureau_id].year}


def _target_counts(periods: Iterable[Period]) -> dict[int, Counts]:
    rows = Progress.objects.filter(allocation=None, period__in=[period.pk for period in periods])
    tally = rows.values("period", "light").annotate(rows=Count("pk")).order_by()
    return _counts((row["period"], row["light"], row["rows"]) for row in tally)


def _task_counts(periods: Iterable[Period]) -> dict[int, Counts]:
    rows = TaskProgress.objects.filter(is_milestone_task=True, period__in=[period.pk for period in periods])
    tally = rows.values("period", "node_word").annotate(rows=Count("pk")).order_by()
    return _counts((row["period"], NODE_LIGHTS[Word(row["node_word"])], row["rows"]) for row in tally)


def _counts(tally: Iterable[tuple[int, str, int]]) -> dict[int, Counts]:
    lights: dict[int, list[str]] = defaultdict(list)
    for period, light, rows in tally:
        lights[period] += [light] * rows
    return defaultdict(Counts, {period: count_lights(found) for period, found in lights.items()})


def _laggards(periods: Iterable[Period]) -> dict[int, list[Laggard]]:
    """Far behind, behind, not reported; targets before tasks, each in the plan's order."""
    wanted = [period.pk for period in periods]
    targets = Progress.objects.filter(allocation=None, period__in=wanted, light__in=BEHIND)
    tasks = TaskProgress.objects.filter(is_milestone_task=True, period__in=wanted, node_word__in=LATE_WORDS)
    found: dict[int, list[Laggard]] = defaultdict(list)
    behind = list(targets.select_related("target__lead", "rule").order_by("target__order"))
    rows_in_force(behind)
    for row in behind:
        target = row.target
        found[row.period_id].append(
            Laggard(
                target.name,
                target.get_absolute_url(),
                target.lead.name,
                Light(row.light),
                row.get_word_display(),
                row,
            )
        )
    for line in tasks.select_related("task__lead").order_by("task__order"):
        task, light = line.task, NODE_LIGHTS[Word(line.node_word)]
        word = line.get_node_word_display()
        found[line.period_id].append(
            Laggard(str(task), task.get_absolute_url(), task.lead.name, light, word, None)
        )
    for laggards in found.values():
        laggards.sort(key=lambda laggard: BEHIND.index(laggard.light))
    return found


def _shared(views: list[BureauView]) -> Iterable[SharedIndicator]:
    """What several bureaus promise under one indicator, side by side."""
    plans = [view.plan.pk for view in views]
    common = (
        Indicator.objects.filter(targets__plan__in=plans)
        .annotate(plans=Count("targets__plan", distinct=True))
        .filter(plans__gt=1)
    )
    shared = Progress.objects.filter(
        allocation=None, period__in=[view.period.pk for view in views], target__indicator__in=common
    )
    rows = list(shared.select_related("target__indicator", "rule").order_by("target__order", "pk"))
    rows_in_force(rows)
    found: dict[str, dict[int, Progress]] = defaultdict(dict)
    for row in rows:
        found[row.target.indicator.name].setdefault(row.period_id, row)
    for name, by_period in found.items():
        yield SharedIndicator(name, tuple(by_period.get(view.period.pk) for view in views))
