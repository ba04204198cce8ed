"""Bureaus, people, plans, targets and periods of the demonstration, straight from the fixtures."""

from __future__ import annotations

import hashlib
import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import make_password

from accounts.models import Bureau, Membership, Unit, User
from plans.models import Plan, PlanDocument, Section, Task
from targets.models import (
    Allocation,
    Indicator,
    IndicatorAlias,
    Milestone,
    PastValue,
    Period,
    ProgressRule,
    Target,
    TargetGroup,
    TargetSource,
)

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


class PlanLoader:
    """Loads one plan file; afterwards the dictionaries find what the file calls by name."""

    def __init__(self, data: Json) -> None:
        self.data = data
        self.bureau = Bureau.objects.get(code=data["bureau"])
        self.units = {unit.name: unit for unit in self.bureau.units.all()}
        self.sections: dict[str, Section] = {}
        self.tasks: dict[str, Task] = {}
        self.targets: dict[str, Target] = {}
        self.allocations: dict[tuple[str, str], Allocation] = {}
        self.periods: dict[int, Period] = {}

    def load(self) -> Plan:
        """Everything of the plan that is not reported: text, outline, targets, nodes, periods."""
        self.plan = self._document_and_plan()
        self._sections()
        self._tasks()
        self._targets()
        self._allocations()
        self._past_values()
        self._periods()
        return self.plan

    def _document_and_plan(self) -> Plan:
        data = self.data
        path = FIXTURES / data["document"]
        text = path.read_bytes().decode("utf-8")
        document = PlanDocument.objects.create(
            bureau=self.bureau,
            title=data["document_title"],
            text=text,
            sha256=hashlib.sha256(text.encode()).hexdigest(),
            published_on=day(data["published_on"]),
            source_name=path.name,
        )
        return Plan.objects.create(
            bureau=self.bureau,
            document=document,
            year=data["year"],
            title=data["title"],
            notice=data["notice"],
        )

    def _sections(self) -> None:
        for order, row in enumerate(self.data["sections"], 1):
            self.sections[row["path"]] = Section.objects.create(
                plan=self.plan,
                parent=self.sections.get(row["parent"]),
                order=order,
                **{name: row[name] for name in ("path", "label", "title", "start", "end")},
            )

    def _tasks(self) -> None:
        for order, row in enumerate(self.data["tasks"], 1):
            task = Task.objects.create(
                plan=self.plan,
                section=self.sections[row["section"]],
                order=order,
                lead=self.units[row["lead"]],
                cooperating_text=row["cooperating_text"],
                **{name: row[name] for name in ("path", "label", "title", "start", "end")},
            )
            task.cooperating.set([self.units[name] for name in row["cooperating"]])
            Milestone.objects.bulk_create(
                Milestone(
                    task=task,
                    order=place,
                    text=node["text"],
                    planned_year=self.plan.year,
                    planned_month=node["month"],
                )
                for place, node in enumerate(row["milestones"], 1)
            )
            self.tasks[row["path"]] = task

    def _targets(self) -> None:
        groups = {
            row["key"]: TargetGroup.objects.create(plan=self.plan, name=row["name"])
            for row in self.data["groups"]
        }
        for row in self.data["indicators"]:
            indicator, _created = Indicator.objects.get_or_create(name=row["name"])
            for alias in row["aliases"]:
                IndicatorAlias.objects.get_or_create(name=alias, defaults={"indicator": indicator})
        for row in self.data["targets"]:
            self.targets[row["key"]] = self._target(row, groups)

    def _target(self, row: Json, groups: dict[str, TargetGroup]) -> Target:
        plain = ("key order name measure comparison wording commitment commitment_wording unit decimals "
                 "year_due baseline_source pace due cooperating_text data_source note")  # fmt: skip
        shares = row["pace_shares"]
        target = Target.objects.create(
            plan=self.plan,
            indicator=Indicator.objects.get_or_create(name=row["indicator"])[0],
            section=self.sections[row["section"]],
            task=self.tasks.get(row["task"] or ""),
            group=groups.get(row["group"] or ""),
            value=number(row["value"]),
            baseline=number(row["baseline"]),
            pace_shares=[Decimal(share) for share in shares] if shares else None,
            lead=self.units[row["lead"]],
            **{name: row[name] for name in plain.split()},
        )
        target.cooperating.set([self.units[name] for name in row["cooperating"]])
        source = "kind start end quote sentence_start sentence_end wording commitment name_in_text"
        TargetSource.objects.bulk_create(
            TargetSource(
                target=target,
                section=self.sections[found["section"]],
                task=self.tasks.get(found["task"] or ""),
                **{name: found[name] for name in source.split()},
            )
            for found in row["sources"]
        )
        return target

    def _allocations(self) -> None:
        for row in self.data["allocations"]:
            self.allocations[row["target"], row["unit"]] = Allocation.objects.create(
                target=self.targets[row["target"]],
                unit=self.units[row["unit"]],
                order=row["order"],
                value=number(row["value"]),
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
