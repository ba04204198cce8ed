"""A plan with many allocated targets in a bureau of its own: the realistic way to 10,000 rows in one form.

Every value follows from the sizes alone, so that two runs measure the same work. Demonstration data.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from hashlib import sha256

from django.db import transaction

from accounts.models import Bureau, Membership, Unit, UnitKind, User
from accounts.permissions import Role
from plans.models import Plan, PlanDocument, Section
from targets.enums import Basis, Commitment, Comparison, Measure, Nature, Pace, State
from targets.models import Allocation, Figure, FigureVersion, Indicator, Origin, Period, Target

YEAR, BEFORE, NOW = 2014, 6, 9
TODAY = date(2014, 10, 8)
LINE = "完成新增企业4000家。"
UNITS_OF_MEASURE = ("家", "亿元", "万件")


@dataclass(frozen=True)
class LargePlan:
    """The plan, and the unit, period and person that report it."""

    plan: Plan
    unit: Unit
    period: Period
    reporter: User


@transaction.atomic
def build(targets: int = 250, parts: int = 40, *, code: str = "large") -> LargePlan:
    """`targets` targets with `parts` districts each, all reported by one unit; the half-year is approved.

    A form of it has targets × (parts + 1) rows.
    """
    bureau = Bureau.objects.create(code=code, name="大型计划(样例)", short_name=code, demo_date=TODAY)
    lead = Unit.objects.create(bureau=bureau, name="综合处", kind=UnitKind.DEPARTMENT, order=1)
    districts = Unit.objects.bulk_create(
        Unit(bureau=bureau, name=f"第{number}区", kind=UnitKind.DISTRICT, order=number + 1)
        for number in range(1, parts + 1)
    )
    reporter = User.objects.create(username=f"{code}_reporter", display_name="填报人甲")
    Membership.objects.create(user=reporter, bureau=bureau, unit=lead, role=Role.REPORTER)
    before, now = (
        Period.objects.create(bureau=bureau, year=YEAR, month=month, started_on=day, report_due=TODAY)
        for month, day in ((BEFORE, date(YEAR, 6, 25)), (NOW, date(YEAR, 9, 25)))
    )
    plan = _plan(bureau, targets)
    promised = _targets(plan, lead, targets)
    shares = Allocation.objects.bulk_create(
        Allocation(target=target, unit=district, order=order, value=Decimal(100))
        for target in promised
        for order, district in enumerate(districts, 1)
    )
    _report(before, promised, shares, reporter)
    return LargePlan(plan, lead, now, reporter)


def found(code: str = "large") -> LargePlan:
    """The plan that was built."""
    plan = Plan.objects.select_related("bureau").get(bureau__code=code)
    unit = Unit.objects.select_related("bureau").get(bureau=plan.bureau, kind=UnitKind.DEPARTMENT)
    period = Period.objects.select_related("bureau").get(bureau=plan.bureau, month=NOW)
    return LargePlan(plan, unit, period, User.objects.get(username=f"{code}_reporter"))


def _plan(bureau: Bureau, targets: int) -> Plan:
    text = LINE * targets
    digest = sha256((bureau.code + text).encode()).hexdigest()
    document = PlanDocument.objects.create(bureau=bureau, title="工作要点", text=text, sha256=digest)
    return Plan.objects.create(bureau=bureau, document=document, year=YEAR, title="工作要点")


def _targets(plan: Plan, lead: Unit, count: int) -> list[Target]:
    section = Section.objects.create(
        plan=plan, path="一", label="一", title="目标", order=1, start=0, end=len(LINE) * count
    )
    indicators = Indicator.objects.bulk_create(
        Indicator(name=f"{plan.bureau.code}指标{number}") for number in range(1, count + 1)
    )
    return Target.objects.bulk_create(
        Target(
            plan=plan,
            key=f"L{number}",
            order=number,
            indicator=indicator,
            name=indicator.name,
            section=section,
            measure=Measure.FLOW,
            comparison=Comparison.AT_LEAST,
            commitment=Commitment.PLAIN,
            value=Decimal(4000),
            unit=UNITS_OF_MEASURE[number % len(UNITS_OF_MEASURE)],
            year_due=YEAR,
            pace=Pace.LINEAR,
            lead=lead,
        )
        for number, indicator in enumerate(indicators, 1)
    )


def _report(period: Period, targets: list[Target], shares: list[Allocation], by: User) -> None:
    """An approved figure for every target and part."""
    at = period.bureau.now
    keys: list[tuple[Target, Allocation | None]] = [(target, None) for target in targets]
    keys += [(share.target, share) for share in shares]
    content = {"nature": Nature.FLASH, "basis": Basis.CUMULATIVE}
    counted = {"state": State.APPROVED, "last_version": 1, "approved_version": 1, "revision": 1}
    who = {"updated_by": by, "updated_at": at, "submitted_by": by, "submitted_at": at}
    figures = Figure.objects.bulk_create(
        Figure(
            target=target,
            allocation=share,
            period=period,
            value=(value := Decimal(50 if share else 2000)),
            approved_value=value,
            **content,
            **counted,
            **who,
        )
        for target, share in keys
    )
    FigureVersion.objects.bulk_create(
        FigureVersion(
            figure=figure, number=1, value=figure.value, origin=Origin.LOADED, by=by, at=at, **content
        )
        for figure in figures
    )
