"""What units wrote about a task or target, by period, as far as a person may see it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.db.models import F, Q

from accounts.models import Bureau, Unit, User
from plans.models import Task
from targets.enums import State
from targets.models import NarrativeVersion, Target
from targets.periods import PeriodKey
from targets.selectors.sight import sight
from targets.selectors.terms import leads_by_period


@dataclass(frozen=True)
class NarrativeView:
    """One unit's text of one period; `state` is set where it is not approved (yet)."""

    period: PeriodKey
    unit: Unit
    is_lead: bool
    version: NarrativeVersion
    state: str
    is_sample: bool


def narratives(
    subject: Task | Target, *, bureau: Bureau, user: User, until: PeriodKey
) -> list[NarrativeView]:
    """The texts up to a period, latest first, the lead unit before the others in official order; two queries.

    Everyone gets the approved text; who may see a later one that is not approved gets that too, before it.
    """
    about = {"narrative__task": subject} if isinstance(subject, Task) else {"narrative__target": subject}
    last_or_counting = Q(number=F("narrative__last_version")) | Q(number=F("narrative__approved_version"))
    versions = NarrativeVersion.objects.filter(last_or_counting, **about)
    versions = versions.select_related("by", "narrative__period", "narrative__unit").order_by("-number")
    leads = {} if isinstance(subject, Task) else leads_by_period(subject)
    views = [view for version in versions for view in _views(version, subject, leads, bureau, user)]
    return sorted(
        (view for view in views if view.period <= until),
        key=lambda view: (-view.period.year, -view.period.month, not view.is_lead, view.unit.order),
    )


def _views(
    version: NarrativeVersion,
    subject: Task | Target,
    leads: Mapping[int, int],
    bureau: Bureau,
    user: User,
) -> Iterator[NarrativeView]:
    """The version as this person sees it, or nothing; a version without words is not shown."""
    item = version.narrative
    lead = subject.led_in(item.period.month).pk if isinstance(subject, Task) else leads.get(item.period_id)
    counts = version.number == item.approved_version
    may_see = counts or sight(user, bureau, item.unit).sees(item.state)
    if may_see and (version.progress or version.problem or version.next_step):
        state = "" if counts or item.state == State.APPROVED else item.state
        yield NarrativeView(item.period.key, item.unit, item.unit_id == lead, version, state, item.is_sample)
