"""What one person's daily mail says: what is owed and returned, what waits, who was reminded of what."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from accounts.models import Bureau, User
from accounts.permissions import Permission
from targets.models import Digest, Period, Reminder
from targets.selectors.acts import waiting_acts
from targets.selectors.exceptions import unanswered_exceptions
from targets.selectors.openings import reopened
from targets.selectors.periods import started_periods
from targets.selectors.review import Desk, desks_of
from targets.selectors.work import UnitWork, unit_work


@dataclass(frozen=True)
class DigestContent:
    """What the mail of one person tells on one day."""

    user: User
    owing: tuple[UnitWork, ...]  # own units with something to report, missing, drafted or returned
    waiting: tuple[Desk, ...]  # desks on which something lies
    reminders: tuple[Reminder, ...]  # not told in an earlier mail
    requests: tuple[tuple[Bureau, int], ...]  # unanswered requests for exceptions
    acts: int  # adjustments and postponements that wait for this person

    @property
    def is_empty(self) -> bool:
        return not (self.owing or self.waiting or self.reminders or self.requests or self.acts)


def digest_recipients(on: date) -> QuerySet[User]:
    """Who may get the mail of that day: active, with an address, not declined, and not sent yet."""
    sent = Digest.objects.filter(on=on).values("user")
    people = User.objects.filter(is_active=True, wants_digest=True).exclude(email="").exclude(pk__in=sent)
    return people.order_by("pk")


def digest_content(user: User) -> DigestContent:
    """What this person has to be told now; the queries grow with the person's units and open periods."""
    owing = tuple(work for work in _works(user) if work.to_do)
    desks = tuple(desk for desk in desks_of(user) if desk.count)
    manages = user.bureaus_where(Permission.MANAGE_PERIODS)
    requests = tuple((bureau, count) for bureau in manages if (count := unanswered_exceptions(bureau)))
    return DigestContent(user, owing, desks, tuple(_untold(user)), requests, len(waiting_acts(user)))


def _works(user: User) -> Iterable[UnitWork]:
    """The own units' work in every period that is open for them."""
    for unit in user.units_where(Permission.ENTER_FIGURES):
        periods: list[Period] = [period for period in started_periods(unit.bureau) if period.is_open]
        for period in [*periods, *reopened(unit.bureau, [unit])[unit.pk]]:
            yield unit_work(unit, period)


def _untold(user: User) -> QuerySet[Reminder]:
    """Reminders to the own units in periods that are still open, which no earlier mail told of."""
    own = user.units_where(Permission.ENTER_FIGURES)
    found = Reminder.objects.filter(Q(unit__in=own), period__locked_on=None)
    return found.exclude(digests__user=user).select_related("unit", "period__bureau", "by")
