"""Which period is under way."""

from __future__ import annotations

from accounts.models import Bureau
from targets.models import Period
from targets.periods import PeriodKey


def started_periods(bureau: Bureau) -> list[Period]:
    """The bureau's started periods, oldest first, each with its bureau."""
    found = Period.objects.filter(bureau=bureau, started_on__isnull=False).select_related("bureau")
    return list(found.order_by("year", "month"))


def current_period(bureau: Bureau) -> Period | None:
    """The period people work on: the latest open one, else the latest that was started."""
    periods = started_periods(bureau)
    still_open = [period for period in periods if period.is_open]
    found = still_open or periods
    return found[-1] if found else None


def period_of(bureau: Bureau, key: PeriodKey) -> Period | None:
    """The bureau's started period with that year and end month."""
    return next((period for period in started_periods(bureau) if period.key == key), None)


def period_before(period: Period) -> Period | None:
    """The started period of the same year before this one; None for the first."""
    earlier = [other for other in started_periods(period.bureau) if other.year == period.year]
    earlier = [other for other in earlier if other.month < period.month]
    return earlier[-1] if earlier else None
