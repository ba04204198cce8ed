"""The steps of a period with their days, as home pages and mails show them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from targets.models import Period

STEP_NAMES: dict[str, Promise] = {
    "report_due": _("Units report"),
    "review_due": _("Unit review"),
    "signoff_due": _("Leader signs off"),
    "approve_due": _("Office approves"),
    "statistics_due": _("Statistics arrive"),
    "bulletin_on": _("Bulletin"),
}


@dataclass(frozen=True)
class Deadline:
    """One step of a period with its day."""

    name: str
    on: date
    is_past: bool
    is_next: bool


def deadlines(period: Period, today: date) -> list[Deadline]:
    """The period's steps that have a day, in the order of the days."""
    days = sorted((day, name) for name in STEP_NAMES if (day := getattr(period, name)))
    coming = next((name for day, name in days if day >= today), None)
    return [Deadline(str(STEP_NAMES[name]), day, day < today, name == coming) for day, name in days]
