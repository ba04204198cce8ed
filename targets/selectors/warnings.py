"""What looks odd about a figure, from what is stored around it; the rules: `targets/plausibility.py`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from django.db.models import Q

from targets.enums import Comparison, Measure
from targets.models import Allocation, Evidence, Figure, Period, Progress, Target
from targets.periods import QUARTER_MONTHS
from targets.plausibility import FigureWarning as FoundWarning
from targets.plausibility import GrowthCheck, Known, RiseCheck, check_figure
from targets.selectors.neighbours import FigureKey, values_of_last_year
from targets.selectors.terms import former_parts, in_unit_of, stand_in_force, unit_ratios
from targets.units import Unit, UnknownUnit, parse_unit

NEWLY_ADDED = "新"  # a flow that feeds a total is called 新增…, 新认定…


def warnings_for_many(figures: Sequence[Figure]) -> dict[int, list[FoundWarning]]:
    """The warnings of stored figures of one period: figure id → warnings, in a fixed number of queries.

    They never block. Source: the domain description, section 4, "Warn".
    """
    found = warnings_for_typed(figures)
    return {figure.pk: warnings for figure, warnings in zip(figures, found, strict=True)}


def warnings_for_typed(figures: Sequence[Figure]) -> list[list[FoundWarning]]:
    """The warnings of figures of one period as they are typed (unsaved), in their order; queries as above."""
    if not figures:
        return []
    typed = {(figure.target_id, figure.allocation_id): figure.value for figure in figures}
    found = warnings_if_typed(figures[0].period, typed)
    return [found[key] for key in typed]


def warnings_if_typed(
    period: Period, typed: Mapping[FigureKey, Decimal | None]
) -> dict[FigureKey, list[FoundWarning]]:
    """What looks odd once these values stand in the period; queries as above.

    Each is compared with what is stored around it, and with the others that are typed beside it.
    """
    around = _Around(period, typed)
    return {key: around.warnings(key, value) for key, value in typed.items()}


class _Around:
    """The year's figures of the targets in question, of their groups and of their tasks, each kind once.

    A figure under way stands with what was last typed, since that is what the reporter compares with.
    """

    def __init__(self, period: Period, typed: Mapping[FigureKey, Decimal | None]) -> None:
        self.period = period
        self.targets = self._targets({target for target, _part in typed})
        stand_in_force(self.targets.values(), period)
        self.values = self._values()
        for key, value in typed.items():
            self.values[key][period.month] = value
        self.last_year = values_of_last_year(period, self.targets.values())
        self.months = self._months()
        self.expected = self._expected()
        self.part_values, self.parts = self._parts()
        self.legs, self.near = self._related()
        self.lists = self._lists(typed)
        self.kinds = {pk: self._kind(target) for pk, target in self.targets.items()}

    def warnings(self, key: FigureKey, value: Decimal | None) -> list[FoundWarning]:
        """Nothing is compared where there is no number, or its unit is not known."""
        target, part = self.targets[key[0]], key[1]
        unit, measure, comparison = self.kinds[target.pk]
        if value is None or unit is None:
            return []
        year = self.values[key]
        earlier = [month for month in self.months if month < self.period.month]
        later = [year[month] for month in sorted(year) if month > self.period.month]
        whole = part is None
        known = Known(
            measure=measure,
            unit=unit,
            value=value,
            comparison=comparison,
            target=target.value if part is None else self.part_values[part],
            previous=tuple(year.get(month) for month in earlier),
            later=next((value for value in later if value is not None), None),
            expected=self._paces(target, earlier) if whole else (),
            last_year=self.last_year.get(target.pk) if whole else None,
            growth=self._growth(target) if whole else None,
            rise=self._rise(target) if whole else None,
            parts=tuple(self._value(target, part) for part in self.parts[target.pk]) if whole else (),
            listed=self.lists.get(key),
        )
        return check_figure(known)

    @staticmethod
    def _kind(target: Target) -> tuple[Unit | None, Measure, Comparison]:
        """Unit of measure (None: it is not known), measure and comparison."""
        try:
            unit = parse_unit(target.unit)
        except UnknownUnit:
            unit = None
        return unit, Measure(target.measure), Comparison(target.comparison)

    def _targets(self, ids: set[int]) -> dict[int, Target]:
        """These targets and all that share a group or a task with them."""
        related = list(Target.objects.filter(pk__in=ids).values_list("group_id", "task_id"))
        groups = {group for group, _task in related if group}
        tasks = {task for _group, task in related if task}
        found = Target.objects.filter(Q(pk__in=ids) | Q(group__in=groups) | Q(task__in=tasks))
        return found.order_by("order").in_bulk()

    def _related(self) -> tuple[dict[int, list[Target]], dict[int, list[Target]]]:
        """Group → its legs, and task → its targets."""
        legs: dict[int, list[Target]] = defaultdict(list)
        near: dict[int, list[Target]] = defaultdict(list)
        for target in self.targets.values():
            if target.group_id:
                legs[target.group_id].append(target)
            if target.task_id:
                near[target.task_id].append(target)
        return legs, near

    def _values(self) -> dict[FigureKey, dict[int, Decimal | None]]:
        """(target, allocation) → end month → value, of this year, in the unit of this period."""
        found: dict[FigureKey, dict[int, Decimal | None]] = defaultdict(dict)
        ratios = unit_ratios(self.targets, self.period)
        rows = Figure.objects.filter(target__in=self.targets, period__year=self.period.year)
        for target, part, month, value in rows.values_list(
            "target_id", "allocation_id", "period__month", "value"
        ):
            ratio = ratios.get((target, month))
            found[target, part][month] = value if ratio is None or value is None else value * ratio
        return found

    def _lists(self, typed: Iterable[FigureKey]) -> dict[FigureKey, tuple[str, int]]:
        """The latest list of names behind each figure: the file's name, and how many names it holds."""
        rows = Evidence.objects.filter(
            figure__period=self.period, figure__target__in={target for target, _part in typed}
        ).filter(names__isnull=False)
        found = rows.order_by("pk").values_list(
            "figure__target", "figure__allocation", "original_name", "names"
        )
        return {(target, part): (name, names) for target, part, name, names in found if names is not None}

    def _months(self) -> list[int]:
        """The months in which figures were due: the quarters, and those of monthly pushes that have some."""
        seen = {month for year in self.values.values() for month in year}
        return sorted({*QUARTER_MONTHS, *seen})

    def _expected(self) -> dict[int, dict[int, Decimal | None]]:
        """Target → end month → what the pace asked for, as the recompute service stored it."""
        found: dict[int, dict[int, Decimal | None]] = defaultdict(dict)
        rows = Progress.objects.filter(
            target__in=self.targets, allocation=None, period__year=self.period.year
        )
        for row in in_unit_of(self.period, rows.select_related("period")):
            found[row.target_id][row.period.month] = row.expected
        return found

    def _paces(self, target: Target, earlier: Iterable[int]) -> tuple[Decimal | None, ...]:
        stored = self.expected[target.pk]
        return tuple(stored.get(month) for month in [*earlier, self.period.month])

    def _parts(self) -> tuple[dict[int, Decimal | None], dict[int, list[int]]]:
        """Allocation → the target set for it, in the unit of this period; target → those with one."""
        values: dict[int, Decimal | None] = {}
        parts: dict[int, list[int]] = defaultdict(list)
        rows = Allocation.objects.filter(target__in=self.targets)
        former = former_parts(self.targets, self.period.month)
        for pk, target, unit, value in rows.values_list("pk", "target_id", "unit_id", "value"):
            value, _baseline = former.get((target, unit), (value, None))
            values[pk] = None if value is None else value * self.targets[target].unit_factor
            if value is not None:
                parts[target].append(pk)
        return values, parts

    def _value(self, target: Target, part: int | None = None) -> Decimal | None:
        return self.values[target.pk, part].get(self.period.month)

    def _growth(self, target: Target) -> GrowthCheck | None:
        """The published rate against the values, for both legs of a group of one rate and one flow."""
        legs = self.legs[target.group_id] if target.group_id else []
        rates = [leg for leg in legs if leg.measure == Measure.GROWTH]
        flows = [leg for leg in legs if leg.measure == Measure.FLOW]
        if len(rates) != 1 or len(flows) != 1:
            return None
        published, value = self._value(rates[0]), self._value(flows[0])
        last_year = self.last_year.get(flows[0].pk)
        if published is None or value is None or last_year is None:
            return None
        return GrowthCheck(published, value, last_year)

    def _rise(self, target: Target) -> RiseCheck | None:
        """The rise of a total against the newly added, where one task promises exactly one of each."""
        if target.measure != Measure.STOCK or target.task_id is None or target.baseline is None:
            return None
        near = [other for other in self.near[target.task_id] if other.unit == target.unit]
        totals = [other for other in near if other.measure == Measure.STOCK]
        flows = [other for other in near if other.measure == Measure.FLOW and NEWLY_ADDED in other.name[:1]]
        stock = self._value(target)
        flow = self._value(flows[0]) if len(flows) == 1 and len(totals) == 1 else None
        return None if stock is None or flow is None else RiseCheck(stock, target.baseline, flow)
