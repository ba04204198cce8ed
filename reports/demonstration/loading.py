"""The whole demonstration in one act."""

from __future__ import annotations

from django.db import transaction

from accounts.models import Bureau
from reports.demonstration.replay import Replay
from reports.demonstration.structure import PLAN_FILES, PlanLoader, day, load_bureaus, load_people, read
from targets.models import Period
from targets.services.recompute import recompute_all

NINE_MONTHS = (3, 6, 9)


@transaction.atomic
def load(*, through_year: bool = False) -> None:
    """Load both plans as they stand on the demonstration's day; `through_year` adds the real year-end.

    Needs an empty database. All of it or nothing.
    """
    load_bureaus()
    load_people()
    for name in PLAN_FILES:
        loader = PlanLoader(read(name))
        loader.load()
        if through_year:
            _start_last_period(loader)
        Replay(loader, months=(*NINE_MONTHS, 12) if through_year else NINE_MONTHS).run()
        _lock_periods(loader)
    if through_year:
        for row in read("bureaus.json"):
            Bureau.objects.filter(code=row["code"]).update(demo_date=day(row["demo_date_through_year"]))
    recompute_all()


def _start_last_period(loader: PlanLoader) -> None:
    row = next(row for row in loader.data["periods"] if row["month"] == 12)
    loader.periods[12].started_on = day(row["started_on"])
    loader.periods[12].save(update_fields=["started_on"])


def _lock_periods(loader: PlanLoader) -> None:
    for row in loader.data["periods"]:
        if row["locked_on"]:
            Period.objects.filter(pk=loader.periods[row["month"]].pk).update(locked_on=day(row["locked_on"]))
