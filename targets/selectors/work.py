"""What units owe in a period and how far it is on its way: for home pages and the office's overview."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace

from accounts.models import Bureau, Unit
from plans.models import Task
from targets.enums import State
from targets.models import Decision, Figure, Narrative, NodeReport, Period, Target
from targets.policies import EDITABLE
from targets.selectors.duties import Duties, FigureDuty, TextDuty, duties
from targets.selectors.neighbours import return_reason, rounds_of
from targets.selectors.owners import REPORTING
from targets.selectors.tags import Tagged

Item = Figure | Narrative


@dataclass(frozen=True)
class WorkItem:
    """One number or text to report; `state` is "" where nothing is filled in."""

    duty: FigureDuty | TextDuty
    item: Item | None
    is_filled: bool
    returned: Decision | None = None  # with its reason, while the item waits to be mended

    @property
    def subject(self) -> Task | Target:
        """What the number or text is about."""
        return self.duty.target if isinstance(self.duty, FigureDuty) else self.duty.subject

    @property
    def is_figure(self) -> bool:
        return isinstance(self.duty, FigureDuty)

    @property
    def is_owed(self) -> bool:
        """Whether the item shows as 未报送 when it is missing; a cooperating unit's text is optional."""
        return self.duty.is_due

    @property
    def state(self) -> str:
        return self.item.state if self.item and (self.is_filled or self.returned) else ""

    @property
    def is_missing(self) -> bool:
        return self.is_owed and not self.is_filled

    @property
    def counts_already(self) -> bool:
        """Whether a version of it is approved: it goes on counting while the unit corrects the item."""
        return self.item is not None and self.item.approved_version is not None

    @property
    def anchor(self) -> str:
        """Its place on the entry sheet."""
        return f"#{self.duty.key}"

    @property
    def label(self) -> str:
        return self.duty.label


@dataclass(frozen=True)
class UnitWork:
    """One unit's work in one period."""

    period: Period
    unit: Unit
    items: tuple[WorkItem, ...]

    def narrowed(self, only: Tagged | None) -> UnitWork:
        """The unit's work on what carries a tag; all of it without one."""
        if only is None:
            return self
        return replace(self, items=tuple(item for item in self.items if only.holds(item.subject)))

    @property
    def owed_figures(self) -> list[WorkItem]:
        return [item for item in self.items if item.is_owed and item.is_figure]

    @property
    def owed_texts(self) -> list[WorkItem]:
        return [item for item in self.items if item.is_owed and not item.is_figure]

    @property
    def missing(self) -> list[WorkItem]:
        """Owed, and nothing is filled in."""
        return [item for item in self.items if item.is_missing]

    @property
    def missing_figures(self) -> list[WorkItem]:
        return [item for item in self.missing if item.is_figure]

    @property
    def missing_texts(self) -> list[WorkItem]:
        return [item for item in self.missing if not item.is_figure]

    @property
    def returned(self) -> list[WorkItem]:
        """Given back with a reason, and not changed or submitted again yet."""
        return self._in(State.RETURNED)

    @property
    def drafts(self) -> list[WorkItem]:
        """Filled in and not submitted, what was returned and is changed included."""
        return [item for item in self._in(State.DRAFT) if item.is_filled]

    @property
    def submitted(self) -> list[WorkItem]:
        return self._in(State.SUBMITTED)

    @property
    def passed(self) -> list[WorkItem]:
        """Waiting for the sign-off of the leader in charge."""
        return self._in(State.PASSED)

    @property
    def reviewed(self) -> list[WorkItem]:
        return self._in(State.REVIEWED)

    @property
    def approved(self) -> list[WorkItem]:
        return self._in(State.APPROVED)

    @property
    def open(self) -> list[WorkItem]:
        """What the unit still has to do: missing, drafted or returned."""
        return [item for item in self.items if item.is_missing or item.state in EDITABLE]

    @property
    def owing(self) -> list[WorkItem]:
        """What the office waits for: open, owed or returned, and nothing of it counts already."""
        return [item for item in self.to_do if not item.counts_already]

    @property
    def to_do(self) -> list[WorkItem]:
        """What the unit is told of: what it owes, and every returned item, corrections too."""
        return [item for item in self.open if item.returned or (item.is_owed and not item.counts_already)]

    @property
    def days_late(self) -> int:
        """Whole days since the unit's deadline; 0 before it and for a period without one."""
        due = self.period.report_due
        return max(0, (self.period.bureau.today - due).days) if due else 0

    @property
    def has_begun(self) -> bool:
        """Whether anything is filled in."""
        return any(item.state for item in self.items)

    @property
    def is_idle(self) -> bool:
        """Owes nothing and has reported nothing."""
        return not any(item.is_owed or item.state for item in self.items)

    @property
    def has_reported_nothing(self) -> bool:
        """Owes something, and nothing of it has been submitted."""
        owed = [item for item in self.items if item.is_owed]
        sent = (item.counts_already or item.state not in {"", State.DRAFT} for item in owed)
        return bool(owed) and not any(sent)

    @property
    def is_overdue(self) -> bool:
        return bool(self.owing) and self.period.is_open and self.period.deadline_passed

    def _in(self, state: State) -> list[WorkItem]:
        return [item for item in self.items if item.state == state]


@dataclass(frozen=True)
class ReportingStatus:
    """How far a bureau's units are in one period, in official order; units that owe nothing come last."""

    period: Period
    units: tuple[UnitWork, ...]

    @property
    def silent(self) -> list[UnitWork]:
        """Units that have submitted nothing of what they owe."""
        return [work for work in self.units if work.has_reported_nothing]

    @property
    def owing(self) -> list[UnitWork]:
        """Units that still owe something: the list to remind."""
        return [work for work in self.units if work.owing]

    @property
    def busy(self) -> list[UnitWork]:
        return [work for work in self.units if not work.is_idle]

    @property
    def idle(self) -> list[UnitWork]:
        return [work for work in self.units if work.is_idle]

    @property
    def waiting(self) -> int:
        """Items that wait for the office's approval."""
        return sum(len(work.reviewed) for work in self.units)

    @property
    def missing_count(self) -> int:
        return sum(len(work.missing) for work in self.units)

    @property
    def under_way_count(self) -> int:
        """Items that are drafted or returned."""
        return sum(len(work.drafts) + len(work.returned) for work in self.units)

    @property
    def waiting_count(self) -> int:
        """Items that wait for somebody's decision: the unit's review, the leader's sign-off, the office."""
        return sum(len(work.submitted) + len(work.passed) + len(work.reviewed) for work in self.units)


def unit_work(unit: Unit, period: Period) -> UnitWork:
    """One unit's work in a started period, in a fixed number of queries."""
    return UnitWork(period, unit, _items(period, duties(period, unit), unit).get(unit.pk, ()))


def reporting_status(bureau: Bureau, period: Period) -> ReportingStatus:
    """Every unit that may report, in official order, with its work; a fixed number of queries."""
    items = _items(period, duties(period))
    units = Unit.objects.filter(bureau=bureau, kind__in=REPORTING, is_active=True).order_by("order")
    works = [UnitWork(period, unit, items.get(unit.pk, ())) for unit in units.select_related("bureau")]
    return ReportingStatus(period, tuple(works))


def _items(period: Period, owed: Duties, unit: Unit | None = None) -> dict[int, tuple[WorkItem, ...]]:
    """Unit → its items in document order, figures first."""
    figures = Figure.objects.filter(period=period, target__in={duty.target.pk for duty in owed.figures})
    texts = Narrative.objects.filter(period=period, **({"unit": unit} if unit else {}))
    stored: dict[tuple[str, int | None], Item] = {}
    for figure in figures:
        stored[figure.duty_key, None] = figure
    for text in texts:
        stored[text.duty_key, text.unit_id] = text
    ticked = set(
        NodeReport.objects.filter(narrative__in=texts.values("pk")).values_list("narrative", flat=True)
    )
    rounds = rounds_of(item for item in stored.values() if item.state in EDITABLE)
    found: dict[int, list[WorkItem]] = defaultdict(list)
    everything: list[FigureDuty | TextDuty] = [*owed.figures, *owed.texts]
    for duty in everything:
        owner = duty.owner_id if isinstance(duty, FigureDuty) else duty.unit_id
        item = stored.get((duty.key, None if isinstance(duty, FigureDuty) else owner))
        has_nodes = isinstance(item, Narrative) and item.pk in ticked
        filled = item is not None and (not item.is_blank or has_nodes)
        decisions = rounds.get((type(item), item.pk), ()) if item else ()
        found[owner].append(WorkItem(duty, item, filled, return_reason(decisions)))
    return {pk: tuple(items) for pk, items in found.items()}
