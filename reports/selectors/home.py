"""The home page answers each role's question; who holds several roles sees the most urgent answer first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import TypeVar

from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Bureau, Unit, User
from accounts.permissions import Permission
from reports.selectors.differences import differing_values
from targets.counts import Change, change
from targets.models import (
    Decision,
    Figure,
    FigureWarning,
    Period,
    Progress,
    Recompute,
    Reminder,
    TaskProgress,
)
from targets.selectors.acts import ActRow, waiting_acts
from targets.selectors.board import node_light
from targets.selectors.deadlines import Deadline, deadlines
from targets.selectors.exceptions import unanswered_exceptions
from targets.selectors.openings import excepted_periods, last_days
from targets.selectors.periods import period_to_work_on, started_periods
from targets.selectors.reminders import reminders_of
from targets.selectors.trail import warning_text
from targets.selectors.work import ReportingStatus, UnitWork, WorkItem, reporting_status, unit_work

CALM, OPEN, URGENT = 0, 1, 2
NEWEST = 60  # decisions looked at for the office
GROUPS = 6  # acts shown to it
NAMED = 3  # items named in an act


@dataclass(frozen=True)
class ReporterBlock:
    """What do I owe this quarter, by when, what was returned and why."""

    work: UnitWork
    deadlines: tuple[Deadline, ...]
    reminders: tuple[Reminder, ...]
    until: date | None  # the last day of an exception, where the period is closed
    template = "reports/_home_reporter.html"

    @property
    def urgency(self) -> int:
        if self.work.returned or self.work.is_overdue:
            return URGENT
        return OPEN if self.work.open or self.until else CALM

    @property
    def under_review(self) -> int:
        return len(self.work.submitted) + len(self.work.passed) + len(self.work.reviewed)


@dataclass(frozen=True)
class Waiting:
    """An item that waits for the unit's review: who submitted it, and what looks odd about it."""

    work: WorkItem
    submitted_by: str
    submitted_at: datetime | None
    warnings: tuple[str, ...]


@dataclass(frozen=True)
class ReviewerBlock:
    """What waits for me; what has warnings stands on top."""

    work: UnitWork
    waiting: tuple[Waiting, ...]
    template = "reports/_home_reviewer.html"

    @property
    def urgency(self) -> int:
        late = self.work.period.review_due and self.work.period.review_due < self.work.period.bureau.today
        return (URGENT if late else OPEN) if self.waiting else CALM


@dataclass(frozen=True)
class ActOnItems:
    """What one person did on one day for one reason, with the first items by name."""

    step: Decision
    names: tuple[str, ...]
    count: int

    @property
    def others(self) -> int:
        return self.count - len(self.names)


@dataclass(frozen=True)
class OfficeBlock:
    """Who has not reported, what waits for final approval, what changed, and the next deadline."""

    bureau: Bureau
    status: ReportingStatus
    deadlines: tuple[Deadline, ...]
    newest: tuple[ActOnItems, ...]
    worse: int
    better: int
    behind: int
    differing: int  # figures of exports that differ from what counts now
    requests: int  # for exceptions, unanswered
    template = "reports/_home_office.html"

    @property
    def period(self) -> Period:
        return self.status.period

    @property
    def urgency(self) -> int:
        return OPEN if self.status.waiting or self.status.owing or self.requests else CALM


@dataclass(frozen=True)
class LinkBlock:
    """A page of its own that answers the question: the leader's dashboard, the observer's overview."""

    title: str
    url_name: str
    template = "reports/_home_link.html"
    urgency = CALM


@dataclass(frozen=True)
class ActsBlock:
    """Adjustments of targets and postponements of nodes that wait for this person's decision."""

    rows: tuple[ActRow, ...]
    template = "reports/_home_acts.html"
    urgency = OPEN


Block = ActsBlock | ReporterBlock | ReviewerBlock | OfficeBlock | LinkBlock
BlockOfPeriod = TypeVar("BlockOfPeriod", ReporterBlock, ReviewerBlock, OfficeBlock)


@dataclass(frozen=True)
class Home:
    """The blocks of one person, most urgent first; `idle` names bureaus in which no period runs yet."""

    blocks: tuple[Block, ...]
    idle: tuple[Bureau, ...]


def home(user: User) -> Home:
    """Everything this person's home page shows."""
    return _Home(user).page()


class _Home:
    """Collects the blocks; a unit's work and a bureau's periods are fetched once."""

    def __init__(self, user: User) -> None:
        self.user = user
        self.periods: dict[int, list[Period]] = {}
        self.exceptions: dict[int, list[Period]] = {}
        self.works: dict[tuple[int, int], UnitWork] = {}

    def page(self) -> Home:
        blocks = sorted(self._blocks(), key=lambda block: -block.urgency)
        idle = [bureau for bureau in self._bureaus if not self.under_way(bureau)]
        return Home(tuple(blocks), tuple(idle))

    @cached_property
    def _bureaus(self) -> list[Bureau]:
        return list({right.bureau.pk: right.bureau for right in self.user.rights if right.bureau}.values())

    def _blocks(self) -> Iterable[Block]:
        for unit in self.user.units_where(Permission.ENTER_FIGURES):
            yield from _needed(self._reporter(unit))
        for unit in self.user.units_where(Permission.REVIEW_UNIT):
            works = self.all_work(unit, self.excepted(unit.bureau))
            yield from _needed([ReviewerBlock(work, tuple(waiting(work))) for work in works])
        for bureau in self._bureaus:
            if self.user.may(Permission.APPROVE, bureau):
                yield from _needed([self._office(bureau, period) for period in self.under_way(bureau)])
                reopened = [self._office(bureau, period) for period in self.excepted(bureau)]
                yield from (block for block in reopened if block.status.waiting)
        if acts := waiting_acts(self.user):
            yield ActsBlock(tuple(acts))
        if self._leads:
            yield LinkBlock(str(_("Progress of the bureau")), "dashboard")
        if self.user.may(Permission.OVERSEE_BUREAUS):
            yield LinkBlock(str(_("Bureaus compared")), "overview")

    @property
    def _leads(self) -> bool:
        """A leader sees what is submitted and approves nothing."""
        return any(
            self.user.may(Permission.VIEW_SUBMITTED, bureau) and not self.user.may(Permission.APPROVE, bureau)
            for bureau in self._bureaus
        )

    def under_way(self, bureau: Bureau) -> list[Period]:
        """The current period, then every other open one; the closed ones are kept for comparison."""
        if bureau.pk not in self.periods:
            self.periods[bureau.pk] = started_periods(bureau)
        periods = self.periods[bureau.pk]
        current = period_to_work_on(periods)
        others = [period for period in periods if period.is_open and period != current]
        return [current, *others] if current else []

    def excepted(self, bureau: Bureau) -> list[Period]:
        """The closed periods that an exception opened, without the one that is shown anyway."""
        if bureau.pk not in self.exceptions:
            shown = self.under_way(bureau)
            self.exceptions[bureau.pk] = [one for one in excepted_periods(bureau) if one not in shown]
        return self.exceptions[bureau.pk]

    def all_work(self, unit: Unit, others: Iterable[Period] = ()) -> list[UnitWork]:
        return [self.work(unit, period) for period in (*self.under_way(unit.bureau), *others)]

    def _reporter(self, unit: Unit) -> list[ReporterBlock]:
        until = last_days(unit)
        shown = self.under_way(unit.bureau)
        works = self.all_work(unit, [period for period in until if period not in shown])
        reminded = reminders_of([work.period for work in works])
        return [
            ReporterBlock(
                work,
                tuple(deadlines(work.period, unit.bureau.today)),
                tuple(reminded[work.period.pk, unit.pk]),
                until.get(work.period),
            )
            for work in works
        ]

    def work(self, unit: Unit, period: Period) -> UnitWork:
        key = unit.pk, period.pk
        if key not in self.works:
            self.works[key] = unit_work(unit, period)
        return self.works[key]

    def _office(self, bureau: Bureau, period: Period) -> OfficeBlock:
        same_year = [other for other in self.periods[bureau.pk] if other.year == period.year]
        before = [other for other in same_year if other.month < period.month]
        changes = light_changes(before[-1], period) if before and period.has_ended else []
        behind = Recompute.objects.filter(period=period, computed__lt=F("requested"))
        return OfficeBlock(
            bureau=bureau,
            status=reporting_status(bureau, period),
            deadlines=tuple(deadlines(period, bureau.today)),
            newest=tuple(newest_acts(period)),
            worse=changes.count(Change.WORSE),
            better=changes.count(Change.BETTER),
            behind=sum(row.behind for row in behind),
            differing=differing_values([bureau]).count(),
            requests=unanswered_exceptions(bureau),
        )


def _needed(blocks: Sequence[BlockOfPeriod]) -> Iterable[BlockOfPeriod]:
    """The current period's block always, another open period's where something is left to do."""
    return (block for number, block in enumerate(blocks) if number == 0 or block.urgency != CALM)


def waiting(work: UnitWork) -> list[Waiting]:
    """What waits for the unit's review; figures with warnings first, then in the order of the document."""
    items = [(item, item.item) for item in work.submitted if item.item]
    figures = [stored.pk for _item, stored in items if isinstance(stored, Figure)]
    people = User.objects.in_bulk({stored.submitted_by_id for _item, stored in items})
    texts: dict[int, list[str]] = {}
    for warning in FigureWarning.objects.filter(figure__in=figures, version=F("figure__last_version")):
        texts.setdefault(warning.figure_id, []).append(warning_text(warning))
    found = [
        Waiting(
            item,
            str(people.get(stored.submitted_by_id or 0, "")),
            stored.submitted_at,
            tuple(texts.get(stored.pk, ()) if isinstance(stored, Figure) else ()),
        )
        for item, stored in items
    ]
    return sorted(found, key=lambda item: not item.warnings)


def light_changes(before: Period, now: Period) -> list[Change]:
    """What became of every target's and milestone task's light between two periods; two queries."""
    both = [before.pk, now.pk]
    targets = Progress.objects.filter(allocation=None, period__in=both)
    tasks = TaskProgress.objects.filter(is_milestone_task=True, period__in=both)
    lights: dict[tuple[str, int], dict[int, str]] = {}
    for pk, period, light in targets.values_list("target", "period", "light"):
        lights.setdefault(("target", pk), {})[period] = light
    for row in tasks:
        lights.setdefault(("task", row.task_id), {})[row.period_id] = node_light(row).light
    found = (
        change(pair[before.pk], pair[now.pk])
        for pair in lights.values()
        if before.pk in pair and now.pk in pair
    )
    return [kind for kind in found if kind]


def newest_acts(period: Period) -> list[ActOnItems]:
    """What was done last in this period, newest first; many of a kind on one day are told once."""
    about = ("by", "figure__target", "narrative__task", "narrative__target")
    ours = Q(figure__period=period) | Q(narrative__period=period)
    decisions = Decision.objects.filter(ours).select_related(*about).order_by("-at", "-pk")[:NEWEST]
    acts: dict[tuple[str, int, date, str], list[Decision]] = {}
    for step in decisions:
        acts.setdefault((step.act, step.by_id, timezone.localdate(step.at), step.reason), []).append(step)
    found = []
    for steps in list(acts.values())[:GROUPS]:
        names = list(dict.fromkeys(_name(step) for step in steps))  # a target's parts bear its name
        found.append(ActOnItems(steps[0], tuple(names[:NAMED]), len(names)))
    return found


def _name(step: Decision) -> str:
    if step.figure:
        return str(step.figure.target)
    assert step.narrative  # a database constraint
    return str(step.narrative.task or step.narrative.target)
