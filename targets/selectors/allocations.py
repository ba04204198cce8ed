"""The parts of a plan's targets: one target's page, and the matrix of all of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from accounts.models import Bureau, Unit, UnitKind
from plans.models import Plan
from targets.models import Allocation, AllocationChange, AllocationImport, Target, Terms
from targets.selectors.assignment import assignable_units
from targets.selectors.tags import Tagged
from targets.workbook.matrix import MatrixTarget, MatrixUnit

MOST_LISTED = 20


@dataclass(frozen=True)
class PartRow:
    """A unit with its part of the target, or without one."""

    unit: Unit
    part: Allocation | None
    has_figures: bool
    is_approved: bool  # a new value needs a reason


@dataclass(frozen=True)
class PartsPage:
    """One target's parts with their sum beside the whole, and the units that have none."""

    target: Target
    rows: tuple[PartRow, ...]
    others: tuple[PartRow, ...]
    history: tuple[AllocationChange, ...]
    stamp: str
    whole: Decimal  # the value in force, in the plan's unit of measure, as the parts are

    @property
    def total(self) -> Decimal:
        values = [row.part.value for row in self.rows if row.part]
        return sum((value for value in values if value is not None), Decimal(0))

    @property
    def difference(self) -> Decimal:
        """The sum of the parts minus the whole; it may differ (市级口径), which is told and no error."""
        return self.total - self.whole

    @property
    def needs_reason(self) -> bool:
        return any(row.is_approved for row in self.rows)


@dataclass(frozen=True)
class MatrixRow:
    """A unit and its part of each target: None where it has none."""

    unit: Unit
    parts: tuple[Allocation | None, ...]


@dataclass(frozen=True)
class MatrixPage:
    """Every allocated target of a plan as a column."""

    targets: tuple[Target, ...]
    rows: tuple[MatrixRow, ...]
    totals: tuple[Decimal, ...]
    wholes: tuple[Decimal, ...]
    recent: tuple[AllocationImport, ...]


def parts_page(target: Target, stamp: str) -> PartsPage:
    """What the page of one target's parts shows; the number of queries does not grow with the units.

    `target` comes with its plan's bureau; `stamp` is that of the stored parts.
    """
    parts = {part.unit_id: part for part in target.allocations.select_related("unit")}
    figures = list(
        target.figures.filter(allocation__isnull=False).values_list("allocation", "approved_version")
    )
    reported = {pk for pk, _version in figures}
    approved = {pk for pk, version in figures if version is not None}

    def row(unit: Unit, part: Allocation | None) -> PartRow:
        pk = part.pk if part else 0
        return PartRow(unit, part, pk in reported, pk in approved)

    ordered = sorted(parts.values(), key=lambda part: (part.order, part.pk))
    free = [unit for unit in units_to_allocate(target.plan.bureau) if unit.pk not in parts]
    changes = target.allocation_changes.select_related("unit", "by").order_by("-at", "-pk")
    return PartsPage(
        target,
        tuple(row(part.unit, part) for part in ordered),
        tuple(row(unit, None) for unit in free),
        tuple(changes),
        stamp,
        whole_values([target])[target.pk],
    )


def units_to_allocate(bureau: Bureau) -> list[Unit]:
    """Districts first, then the bureau's own units, then others, each kind in official order."""
    kinds = [UnitKind.DISTRICT, UnitKind.DEPARTMENT, UnitKind.AFFILIATE, UnitKind.EXTERNAL]
    return sorted(assignable_units(bureau), key=lambda unit: (kinds.index(UnitKind(unit.kind)), unit.order))


def matrix_page(plan: Plan, only: Tagged | None = None) -> MatrixPage:
    """The allocated targets (`only` what carries a tag) and the units with a part in any.

    A fixed number of queries.
    """
    found = parts_of(plan)
    parts = {place: part for place, part in found.items() if only is None or place[0] in only.targets}
    targets = [target for target in plan.targets.order_by("order") if target.pk in {t for t, _u in parts}]
    order: dict[int, tuple[int, int]] = {}
    units: dict[int, Unit] = {}
    for part in parts.values():
        units[part.unit_id] = part.unit
        order[part.unit_id] = min(order.get(part.unit_id, (part.order, part.pk)), (part.order, part.pk))
    rows = [
        MatrixRow(units[pk], tuple(parts.get((target.pk, pk)) for target in targets))
        for pk in sorted(units, key=order.__getitem__)
    ]
    wholes = whole_values(targets)
    recent = plan.allocation_imports.select_related("owner").defer("errors", "changes")[:MOST_LISTED]
    return MatrixPage(
        tuple(targets),
        tuple(rows),
        tuple(_totals(targets, parts)),
        tuple(wholes[target.pk] for target in targets),
        tuple(recent),
    )


def whole_values(targets: Collection[Target]) -> dict[int, Decimal]:
    """The value in force by the last started period of each target (id), in the plan's unit; one query."""
    found = {target.pk: target.value for target in targets}
    adjusted = Terms.objects.filter(
        target__in=found, is_adjusted=True, period__started_on__isnull=False
    ).order_by("period__month")
    for terms in adjusted:
        found[terms.target_id] = terms.value / terms.unit_factor
    return found


def parts_of(plan: Plan) -> dict[tuple[int, int], Allocation]:
    """Every part of the plan with its unit: (target, unit) → part; one query."""
    parts = Allocation.objects.filter(target__plan=plan).select_related("unit").order_by("order", "pk")
    return {(part.target_id, part.unit_id): part for part in parts}


def matrix_targets(plan: Plan) -> list[MatrixTarget]:
    """Every target of the plan as a column of a matrix, with the other names of its indicator."""
    targets = plan.targets.select_related("indicator").prefetch_related("indicator__aliases")
    return [
        MatrixTarget(
            target.pk,
            target.key,
            target.name,
            target.unit,
            (target.indicator.name, *(alias.name for alias in target.indicator.aliases.all())),
        )
        for target in targets.order_by("order")
    ]


def matrix_units(bureau: Bureau) -> list[MatrixUnit]:
    """Every unit that may have a part, as a row of a matrix."""
    return [MatrixUnit(unit.pk, unit.name) for unit in units_to_allocate(bureau)]


def _totals(targets: Iterable[Target], parts: Mapping[tuple[int, int], Allocation]) -> Iterable[Decimal]:
    for target in targets:
        values = [part.value for (pk, _unit), part in parts.items() if pk == target.pk]
        yield sum((value for value in values if value is not None), Decimal(0))
