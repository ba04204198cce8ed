"""Bureaus, people, plans, targets and periods of the demonstration, straight from the fixtures."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import make_password

from accounts.models import Bureau, Membership, Unit, User
from accounts.permissions import Role
from plans.models import Plan, Task
from targets.extraction import read_plan
from targets.import_draft import PLAN, Draft, draft
from targets.models import (
    Allocation,
    AllocationChange,
    Indicator,
    IndicatorAlias,
    Milestone,
    PastValue,
    Period,
    ProgressRule,
    Target,
)
from targets.services.plan_creation import DocumentFields, create_plan

FIXTURES = Path(settings.BASE_DIR) / "fixtures"
PASSWORD = settings.DEMO_PASSWORD
PLAN_FILES = ("wuhan-2014.json", "xian-2014.json")

Json = dict[str, Any]


def read(name: str) -> Any:
    """One fixture file; numbers stand in it as strings."""
    return json.loads((FIXTURES / name).read_text(encoding="utf-8"))


def number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def load_bureaus() -> None:
    """Bureaus with their units in the official order, and the first version of their rule."""
    for order, row in enumerate(read("bureaus.json"), 1):
        bureau = Bureau.objects.create(
            code=row["code"],
            name=row["name"],
            short_name=row["short_name"],
            order=order,
            is_demo=row["is_demo"],
            demo_date=day(row["demo_date"]),
        )
        Unit.objects.bulk_create(
            Unit(
                bureau=bureau,
                name=unit["name"],
                kind=unit["kind"],
                order=unit["order"],
                leader=unit.get("leader", ""),
            )
            for unit in row["units"]
        )
        ProgressRule.objects.create(bureau=bureau, number=1, since=date(2014, 1, 1))


def load_people() -> None:
    """The demonstration accounts; all share one password, hashed once (hashing is slow on purpose)."""
    password = make_password(PASSWORD)
    bureaus = {bureau.code: bureau for bureau in Bureau.objects.all()}
    units = {(unit.bureau.code, unit.name): unit for unit in Unit.objects.select_related("bureau")}
    rows = read("accounts.json")
    people = User.objects.bulk_create(
        User(
            username=row["username"],
            display_name=row["display_name"],
            email=row.get("email", ""),
            phone=row.get("phone", ""),
            password=password,
            is_active=row.get("is_active", True),
            is_demo=True,
        )
        for row in rows
    )
    Membership.objects.bulk_create(
        Membership(
            user=user,
            role=right["role"],
            bureau=bureaus.get(right["bureau"]),
            unit=units[right["bureau"], right["unit"]] if right["unit"] else None,
        )
        for user, row in zip(people, rows, strict=True)
        for right in row["memberships"]
    )
    _put_leaders_in_charge()


def _put_leaders_in_charge() -> None:
    """Link each unit to the account of the leader whose name stands in its row."""
    rights = Membership.objects.filter(role=Role.LEADER).select_related("user")
    leaders = {(right.bureau_id, right.user.display_name): right.user for right in rights}
    units = [unit for unit in Unit.objects.exclude(leader="") if (unit.bureau_id, unit.leader) in leaders]
    for unit in units:
        unit.leader_account = leaders[unit.bureau_id, unit.leader]
    Unit.objects.bulk_update(units, ["leader_account"])


UNIT_FIELDS = ("lead", "cooperating", "cooperating_text")
NOT_DECIDED = frozenset({"path", "quote", "repeats"})  # they say which number of the document is meant


def decided_draft(data: Json, text: str) -> Draft:
    """The rules' reading of the document with the file's decisions over it.

    Raises KeyError where a decision speaks of a number that the rules do not find.
    """
    reading = read_plan(text, data["year"]).as_json()
    found = {(target["path"], target["quote"]): target["id"] for target in reading["targets"]}
    decisions: dict[str, Json] = {PLAN: {"title": data["title"], "year": data["year"]}}
    for row in data["tasks"]:
        decisions[f"task:{row['path']}"] = {name: row[name] for name in UNIT_FIELDS}
    for row in data["targets"]:
        identity = found[row["path"], row["quote"]]
        own = {name: value for name, value in row.items() if name not in NOT_DECIDED}
        decisions[f"target:{identity}"] = {"accepted": True, **own}
        for repeat in row.get("repeats", []):
            again = found[repeat["path"], repeat["quote"]]
            decisions[f"target:{again}"] = {"accepted": True, "repeat_of": identity}
    return draft(reading, decisions, text)


class PlanLoader:
    """Loads one plan; afterwards the dictionaries find what the file calls by name.

    The document is read by the rules; the file holds what people decided about the reading: units, paces,
    merged repeats, names of their own.
    """

    def __init__(self, data: Json) -> None:
        self.data = data
        self.bureau = Bureau.objects.get(code=data["bureau"])
        self.units = {unit.name: unit for unit in self.bureau.units.all()}
        self.tasks: dict[str, Task] = {}
        self.targets: dict[str, Target] = {}
        self.allocations: dict[tuple[str, str], Allocation] = {}
        self.periods: dict[int, Period] = {}

    def load(self) -> Plan:
        """Everything of the plan that is not reported: text, outline, targets, nodes, periods."""
        self._indicators()
        self.plan = self._plan()
        self.tasks = {task.path: task for task in self.plan.tasks.all()}
        self.targets = {target.key: target for target in self.plan.targets.select_related("indicator")}
        self._milestones()
        self._allocations()
        self._past_values()
        self._periods()
        return self.plan

    def _indicators(self) -> None:
        """Indicators with their other names; the plan finds them by the names of its targets."""
        for row in self.data["indicators"]:
            indicator, _created = Indicator.objects.get_or_create(name=row["name"])
            for alias in row["aliases"]:
                IndicatorAlias.objects.get_or_create(name=alias, defaults={"indicator": indicator})

    def _plan(self) -> Plan:
        data = self.data
        path = FIXTURES / data["document"]
        text = path.read_bytes().decode("utf-8")
        return create_plan(
            bureau=self.bureau,
            document=DocumentFields(
                title=data["document_title"],
                text=text,
                source_name=path.name,
                published_on=day(data["published_on"]),
            ),
            draft=decided_draft(data, text),
            by=User.objects.get(username=f"{self.bureau.code}_office"),
            at=self.bureau.now,
            notice=data["notice"],
        )

    def _milestones(self) -> None:
        Milestone.objects.bulk_create(
            Milestone(
                task=self.tasks[row["path"]],
                order=place,
                text=node["text"],
                planned_year=self.plan.year,
                planned_month=node["month"],
            )
            for row in self.data["tasks"]
            for place, node in enumerate(row["milestones"], 1)
        )

    def _allocations(self) -> None:
        for row in self.data["allocations"]:
            self.allocations[row["target"], row["unit"]] = Allocation.objects.create(
                target=self.targets[row["target"]],
                unit=self.units[row["unit"]],
                order=row["order"],
                value=number(row["value"]),
            )

        self._added_parts()

    def _added_parts(self) -> None:
        """The parts count as added with the first period for which any of their target is reported."""
        months: dict[str, set[int]] = defaultdict(set)
        for row in self.data["figures"]:
            if row["unit"]:
                months[row["target"]].add(row["month"])
        by = User.objects.get(username=f"{self.bureau.code}_office")
        earlier = sorted(row["month"] for row in self.data["periods"])
        for (key, _unit), part in self.allocations.items():
            before = [month for month in earlier if month < min(months[key], default=0)]
            if before:
                AllocationChange.objects.create(
                    target=part.target,
                    unit=part.unit,
                    through_month=before[-1],
                    new_value=part.value,
                    is_new=True,
                    by=by,
                    at=self.bureau.now,
                )

    def _past_values(self) -> None:
        PastValue.objects.bulk_create(
            PastValue(
                bureau=self.bureau,
                indicator=Indicator.objects.get(name=row["indicator"]),
                value=number(row["value"]),
                **{name: row[name] for name in ("year", "month", "unit", "source", "is_sample")},
            )
            for row in self.data["last_year"]
        )

    def _periods(self) -> None:
        dates = "report_due review_due signoff_due approve_due statistics_due bulletin_on"
        for row in self.data["periods"]:
            self.periods[row["month"]] = Period.objects.create(
                bureau=self.bureau,
                year=self.plan.year,
                month=row["month"],
                started_on=None if row.get("only_through_year") else day(row["started_on"]),
                **{name: day(row[name]) for name in dates.split()},
            )
