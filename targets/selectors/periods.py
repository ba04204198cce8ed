"""Which period is under way."""

from __future__ import annotations

from collections.abc import Sequence

from accounts.models import Bureau
from targets.models import Period


def started_periods(bureau: Bureau) -> list[Period]:
    """The bureau's started periods, oldest first, each with its bureau."""
    found = Period.objects.filter(bureau=bureau, started_on__isnull=False).select_related("bureau")
    return list(found.order_by("year", "month"))


def shown_period(bureau: Bureau) -> Period | None:
    """The period leaders look at, as `period_to_look_at`."""
    return period_to_look_at(started_periods(bureau))


def period_to_work_on(periods: Sequence[Period]) -> Period | None:
    """Of one bureau's started periods the open ones first, and of these the latest that has ended."""
    return _latest(_ended(_open(periods)))


def period_to_look_at(periods: Sequence[Period]) -> Period | None:
    """Of one bureau's started periods those that have ended first, and of these the latest open one.

    A period may be started before its data end: until then everything in it is missing or undone, and
    its lights say nothing about the bureau.
    """
    return _latest(_open(_ended(periods)))


def current_first(open_now: Sequence[Period]) -> list[Period]:
    """Of one bureau's periods, oldest first, the one to work on first, then the others, the latest first."""
    current, latest_first = period_to_work_on(open_now), open_now[::-1]
    return sorted(latest_first, key=lambda period: period != current)


def periods_to_work_on(periods: Sequence[Period]) -> list[Period]:
    """Of one bureau's started periods the open ones, the current first; the current where none is open."""
    found = current_first([period for period in periods if period.is_open])
    current = period_to_work_on(periods)
    return found or ([current] if current else [])


def _open(periods: Sequence[Period]) -> Sequence[Period]:
    return [period for period in periods if period.is_open] or periods


def _ended(periods: Sequence[Period]) -> Sequence[Period]:
    return [period for period in periods if period.has_ended] or periods


def _latest(periods: Sequence[Period]) -> Period | None:
    return periods[-1] if periods else None


def period_before(period: Period) -> Period | None:
    """The started period of the same year before this one; None for the first."""
    earlier = [other for other in started_periods(period.bureau) if other.year == period.year]
    earlier = [other for other in earlier if other.month < period.month]
    return earlier[-1] if earlier else None
