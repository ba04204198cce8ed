"""The office allocates a target to units or districts (指标分解): each part has its own value, or none."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.audit import record
from accounts.models import Unit, User
from accounts.permissions import Permission
from plans.models import Plan
from targets.enums import Measure, Split
from targets.errors import Refused
from targets.models import Allocation, AllocationChange, Figure, Period, Target
from targets.part_text import NO_TARGET
from targets.services.recompute import request_recompute
from targets.units import figure_text

MOST_NAMED = 10
SUMMABLE = frozenset({Measure.FLOW, Measure.STOCK})


@dataclass(frozen=True)
class PartInput:
    """One part as it is wanted; without a value no target is set there (–)."""

    unit: int
    value: Decimal | None
    baseline: Decimal | None = None
    order: int | None = None  # None: where it stands, new ones at the end


@dataclass(frozen=True)
class PartChange:
    """What became of one part; None: there was, or is, no such part."""

    unit: Unit
    before: Allocation | None
    after: PartInput | None

    @property
    def changes_value(self) -> bool:
        """Whether its value or baseline changed (not the order alone)."""
        if self.before is None or self.after is None:
            return True
        return (self.before.value, self.before.baseline) != (self.after.value, self.after.baseline)


def stamp(target: Target, parts: Iterable[Allocation]) -> str:
    """By which a form that was opened earlier is told from what is stored now."""
    state = [(part.unit_id, part.order, str(part.value), str(part.baseline)) for part in parts]
    return hashlib.sha256(repr([target.split, sorted(state)]).encode()).hexdigest()[:16]


@transaction.atomic
def allocate(
    *,
    target: Target,
    parts: Sequence[PartInput],
    by: User,
    split: str,
    was: str | None = None,
    reason: str = "",
    at: datetime | None = None,
) -> list[PartChange]:
    """Store all parts of one target, or nothing; returns the changes. `was`: the stamp of the opened form.

    Locked periods keep the values they were judged with. Raises Refused for a part with figures that would
    be removed, a value that changes after figures of it were approved without a reason, a sum of what cannot
    be summed, another way of reporting once figures are approved, and a form that somebody overtook.
    """
    work = _Allocating(target, by)
    if was is not None and was != work.stamp:
        raise Refused(_("Somebody else changed the parts meanwhile: reload the page and look again."))
    changes = work.changes(parts)
    work.refuse_removal(changes)
    work.refuse_without_reason(changes, reason)
    work.refuse_split(split, parts)
    if changes or split != work.target.split:
        work.write(changes, split, by, reason.strip(), at or work.bureau.now)
    return changes


@transaction.atomic
def set_values(
    *, target: Target, values: dict[int, Decimal | None], by: User, reason: str, at: datetime
) -> list[PartChange]:
    """Give the parts of these units (ids) new values, add missing ones, and leave the others alone."""
    stored = {part.unit_id: part for part in target.allocations.all()}
    parts = [PartInput(pk, part.value, part.baseline, part.order) for pk, part in stored.items()]
    kept = [part for part in parts if part.unit not in values]
    wanted = [
        PartInput(pk, value, stored[pk].baseline, stored[pk].order) if pk in stored else PartInput(pk, value)
        for pk, value in values.items()
    ]
    return allocate(target=target, parts=[*kept, *wanted], split=target.split, by=by, reason=reason, at=at)


def started_periods(plan: Plan) -> list[Period]:
    """The started periods of the plan's year, locked until the transaction ends: nothing is entered then."""
    found = Period.objects.filter(bureau=plan.bureau_id, year=plan.year, started_on__isnull=False)
    return list(found.order_by("month").select_for_update(no_key=True))


class _Allocating:
    """One target with its parts and the year's periods, locked until the transaction ends."""

    def __init__(self, target: Target, by: User) -> None:
        self.bureau = target.plan.bureau
        if not by.may(Permission.ORGANISE_PLAN, self.bureau):
            raise Refused(_("Only the office allocates targets."))
        self.periods = started_periods(target.plan)
        self.target = Target.objects.select_for_update().get(pk=target.pk)
        self.parts = list(self.target.allocations.select_related("unit").order_by("order", "pk"))
        self.figures = list(Figure.objects.filter(target=self.target).select_related("allocation"))

    @property
    def stamp(self) -> str:
        return stamp(self.target, self.parts)

    def changes(self, wanted: Sequence[PartInput]) -> list[PartChange]:
        """What differs from what is stored. Raises Refused for a foreign unit and one named twice."""
        units = {unit.pk: unit for unit in Unit.objects.filter(bureau=self.bureau)}
        if len({part.unit for part in wanted}) != len(wanted) or any(p.unit not in units for p in wanted):
            raise Refused(_("A unit was chosen that does not exist, or twice. Please reload the page."))
        stored = {part.unit_id: part for part in self.parts}
        found = []
        for part in wanted:
            before = stored.get(part.unit)
            same = before and (before.value, before.baseline, before.order) == (
                part.value,
                part.baseline,
                before.order if part.order is None else part.order,
            )
            if not same:
                found.append(PartChange(units[part.unit], before, part))
        kept = {part.unit for part in wanted}
        found += [PartChange(part.unit, part, None) for part in self.parts if part.unit_id not in kept]
        return found

    def refuse_removal(self, changes: Iterable[PartChange]) -> None:
        """Raise Refused where a part that has figures would go."""
        reported = {figure.allocation_id for figure in self.figures}
        gone = [
            change.unit.name
            for change in changes
            if change.after is None and change.before and change.before.pk in reported
        ]
        if gone:
            raise Refused(
                _(
                    "%(units)s: figures have been reported, so the part stays. Type “–” where no target is "
                    "set any more."
                )
                % {"units": "、".join(gone[:MOST_NAMED])}
            )

    def refuse_without_reason(self, changes: Iterable[PartChange], reason: str) -> None:
        """Raise Refused where a value changes of which figures are approved, and nobody says why."""
        approved = {figure.allocation_id for figure in self.figures if figure.approved_version is not None}
        named = [
            change.unit.name
            for change in changes
            if change.before and change.before.pk in approved and change.changes_value
        ]
        if named and not reason.strip():
            raise Refused(
                _("%(units)s: figures have been approved. Give the reason for the new value.")
                % {"units": "、".join(named[:MOST_NAMED])}
            )

    def refuse_split(self, split: str, parts: Sequence[PartInput]) -> None:
        """Raise Refused for a way of reporting that does not fit."""
        if split not in set(Split):
            raise Refused(_("Choose how the figure of the whole is reported."))
        if split == Split.SUM and self.target.measure not in SUMMABLE:
            raise Refused(_("Rates and ratios cannot be added up: report the whole directly."))
        if split == Split.SUM and not any(part.value is not None for part in parts):
            raise Refused(_("Without a part that has a value there is no sum: report the whole directly."))
        approved = any(figure.approved_version is not None for figure in self.figures)
        if split != self.target.split and approved:
            raise Refused(
                _("Figures of this target have been approved: how the whole is reported stays for this year.")
            )

    def write(self, changes: Sequence[PartChange], split: str, by: User, reason: str, at: datetime) -> None:
        """Store the changes with their history and the audit record, and ask for the lights anew."""
        locked = [period.month for period in self.periods if not period.is_open]
        before = {"split": self.target.split, "parts": self._told()}
        last = max((part.order for part in self.parts), default=0)
        history = []
        for change in changes:
            last = self._write_part(change, last)
            if change.after and change.changes_value:
                history.append(self._history(change, max(locked, default=0), by, reason, at))
        AllocationChange.objects.bulk_create(history)
        Target.objects.filter(pk=self.target.pk).update(split=split)
        self.parts = list(self.target.allocations.select_related("unit").order_by("order", "pk"))
        after = {"split": split, "parts": self._told(), "reason": reason}
        record(
            "target.allocated",
            by=by,
            bureau=self.bureau,
            about=self.target,
            before=before,
            after=after,
            at=at,
        )
        if self.periods:
            request_recompute(plan=self.target.plan, since=self.periods[0])

    def _write_part(self, change: PartChange, last: int) -> int:
        """Store one change; returns the highest order so far."""
        part, wanted = change.before, change.after
        if wanted is None:
            assert part is not None
            part.delete()
            return last
        order = wanted.order if wanted.order is not None else (part.order if part else last + 1)
        values: dict[str, Any] = {"value": wanted.value, "baseline": wanted.baseline, "order": order}
        Allocation.objects.update_or_create(target=self.target, unit=change.unit, defaults=values)
        return max(last, order)

    def _history(
        self, change: PartChange, through: int, by: User, reason: str, at: datetime
    ) -> AllocationChange:
        assert change.after is not None
        return AllocationChange(
            target=self.target,
            unit=change.unit,
            through_month=through,
            old_value=change.before.value if change.before else None,
            old_baseline=change.before.baseline if change.before else None,
            new_value=change.after.value,
            new_baseline=change.after.baseline,
            is_new=change.before is None,
            reason=reason,
            by=by,
            at=at,
        )

    def _told(self) -> dict[str, str]:
        """The parts as the audit trail shows them."""
        return {
            part.unit.name: NO_TARGET if part.value is None else figure_text(part.value)
            for part in self.parts
        }
