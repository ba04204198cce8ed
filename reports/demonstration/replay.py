"""Replays what was reported: every figure, text and story goes through the services people use.

So the demonstration has real versions, decisions, warnings and an audit trail, each act at its own time.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import count

from django.utils import timezone

from accounts.audit import record
from accounts.models import Membership, Unit, User
from accounts.permissions import Role
from reports.demonstration.stories import Stories, figure_input
from reports.demonstration.structure import Json, PlanLoader, day, number
from targets.enums import Approval, State
from targets.models import (
    Figure,
    Milestone,
    Narrative,
    Period,
    Postponement,
)
from targets.services.entering import (
    NarrativeInput,
    save_entries,
    submit_entries,
)
from targets.services.reviewing import ItemRef, approve_items, pass_items, return_items

ORDER = {
    "enter": 0,
    "warn_answer": 0,
    "correct": 0,
    "submit": 1,
    "review": 2,
    "return": 3,
    "approve": 4,
    "draft": 5,
}


class ReplayError(Exception):
    """The replay did not end where the fixture says."""


@dataclass(order=True)
class Step:
    """One act at its date; `run` gets the time to write down."""

    on: date
    rank: int
    number: int
    run: Callable[[datetime], None] = field(compare=False)


@dataclass(frozen=True)
class Stored:
    """One reported item as it stands now."""

    ref: ItemRef
    state: str
    value: Decimal | None


class Replay:
    """One plan's reporting, in the order of its dates."""

    def __init__(self, loader: PlanLoader, *, months: Iterable[int]) -> None:
        self.loader, self.data, self.bureau = loader, loader.data, loader.bureau
        self.months = set(months)
        self.people = self._people()
        self.nodes: dict[str, list[Milestone]] = defaultdict(list)
        for node in Milestone.objects.filter(task__plan=loader.plan).select_related("task"):
            self.nodes[node.task.path].append(node)
        self.steps: list[Step] = []
        self.numbers = count()

    def run(self) -> None:
        """Do everything, then check that it ended as the fixture says."""
        figures = [row for row in self.data["figures"] if row["month"] in self.months]
        if 12 in self.months:
            figures += self.data["year_figures"]
        narratives = [row for row in self.data["narratives"] if row["month"] in self.months]
        told = {
            (event["target"], event["month"])
            for story in self.data["stories"]
            for event in story["events"]
            if event["act"] == "enter"
        }
        plain = [row for row in figures if row["unit"] or (row["target"], row["month"]) not in told]
        self._plan_plain_rounds(plain, narratives)
        stories = Stories(self.loader, self.people)
        for on, kind, act in stories.acts(self.months):
            self._add(on, kind, act)
        self._plan_postponements()
        for minute, step in enumerate(sorted(self.steps)):
            step.run(_moment(step.on, step.rank, minute))
        self._name_sources(figures)
        self._check(figures, narratives)

    def _people(self) -> dict[tuple[str, str], User]:
        """(role, unit name or "") → the person who acts."""
        found: dict[tuple[str, str], User] = {}
        rights = Membership.objects.filter(bureau=self.bureau, user__is_active=True)
        for right in rights.select_related("user", "unit").order_by("user"):
            found.setdefault((right.role, right.unit.name if right.unit else ""), right.user)
        return found

    def _add(self, on: date, act: str, run: Callable[[datetime], None]) -> None:
        self.steps.append(Step(on, ORDER.get(act, 9), next(self.numbers), run))

    def _plan_plain_rounds(self, figures: list[Json], narratives: list[Json]) -> None:
        rounds: dict[tuple[int, str], tuple[list[Json], list[Json]]] = defaultdict(lambda: ([], []))
        for row in figures:
            rounds[row["month"], self.loader.targets[row["target"]].lead.name][0].append(row)
        for row in narratives:
            rounds[row["month"], row["unit"]][1].append(row)
        for (month, unit), (numbers, texts) in rounds.items():
            self._plan_round(self.loader.periods[month], self.loader.units[unit], numbers, texts)
        for month in self.months:
            ready = [row for row in [*figures, *narratives] if row["month"] == month]
            self._plan_approval(
                self.loader.periods[month], [row for row in ready if row["state"] == State.APPROVED]
            )

    def _plan_approval(self, period: Period, rows: list[Json]) -> None:
        """The office approves what the whole bureau sent for a period, in one act."""
        assert period.approve_due
        office = self.people[Role.OFFICE, ""]
        self._add(
            period.approve_due,
            "approve",
            lambda at: self._each(
                rows, lambda refs: approve_items(items=refs, bureau=self.bureau, by=office, at=at)
            ),
        )

    def _plan_round(self, period: Period, unit: Unit, numbers: list[Json], texts: list[Json]) -> None:
        assert period.report_due and period.review_due and period.approve_due
        by_state: dict[str, list[Json]] = defaultdict(list)
        for row in [*numbers, *texts]:
            by_state[row["state"]].append(row)
        sent = [row for row in [*numbers, *texts] if row["state"] != State.DRAFT]
        passed = by_state[State.REVIEWED] + by_state[State.APPROVED]
        reporter = self.people[Role.REPORTER, unit.name]
        reviewer = self.people.get((Role.REVIEWER, unit.name), reporter)

        if sent:
            self._add(
                period.report_due,
                "submit",
                lambda at: self._hand_in(submit_entries, period, unit, sent, reporter, at),
            )
        if passed:
            self._add(
                period.review_due,
                "review",
                lambda at: self._each(
                    passed, lambda refs: pass_items(items=refs, unit=unit, by=reviewer, at=at)
                ),
            )
        for row in by_state[State.RETURNED]:
            self._add(
                period.review_due,
                "return",
                lambda at, row=row: self._return(row, reviewer, row["return_reason"], at),  # type: ignore[misc]
            )
        if drafts := by_state[State.DRAFT]:
            self._add(
                period.approve_due,
                "draft",
                lambda at: self._hand_in(save_entries, period, unit, drafts, reporter, at),
            )

    def _hand_in(
        self,
        service: Callable[..., object],
        period: Period,
        unit: Unit,
        rows: list[Json],
        by: User,
        at: datetime,
    ) -> None:
        service(
            period=period,
            unit=unit,
            figures=[figure_input(self.loader, row) for row in rows if "target" in row],
            narratives=[self._narrative_input(row) for row in rows if "subject" in row],
            by=by,
            at=at,
        )

    def _narrative_input(self, row: Json) -> NarrativeInput:
        subject = self.loader.targets.get(row["subject"]) or self.loader.tasks[row["subject"]]
        nodes = self.nodes.get(row["subject"], [])
        return NarrativeInput(
            subject=subject,
            revision=0,
            progress=row["progress"],
            problem=row["problem"],
            next_step=row["next"],
            nodes={node.pk: "" for node in nodes if node.text in row["nodes_done"]},
        )

    def _each(self, rows: list[Json], act: Callable[[list[ItemRef]], object]) -> None:
        if rows:
            stored = self._stored(rows[0]["month"])
            act([stored[_key(row)].ref for row in rows])

    def _stored(self, month: int) -> dict[tuple[str, str], Stored]:
        """Everything reported for a period as it stands now, under the names that the fixture uses."""
        found: dict[tuple[str, str], Stored] = {}
        period = self.loader.periods[month]
        numbers = Figure.objects.filter(period=period).values_list(
            "target__key", "allocation__unit__name", "pk", "revision", "state", "value"
        )
        for key, unit, pk, revision, state, value in numbers:
            found[key, unit or ""] = Stored(ItemRef("figure", pk, revision), state, value)
        texts = Narrative.objects.filter(period=period).values_list(
            "target__key", "task__path", "unit__name", "pk", "revision", "state"
        )
        for key, path, unit, pk, revision, state in texts:
            found["text " + (key or path), unit] = Stored(ItemRef("narrative", pk, revision), state, None)
        return found

    def _return(self, row: Json, by: User, reason: str, at: datetime) -> None:
        return_items(
            items=[self._stored(row["month"])[_key(row)].ref],
            bureau=self.bureau,
            reason=reason,
            by=by,
            at=at,
        )

    def _plan_postponements(self) -> None:
        for row in self.data["postponements"]:
            on = day(row["approved_on"])
            assert on is not None
            if row["effective_month"] in self.months:
                self._add(on, "postpone", lambda at, row=row: self._postpone(row, at))  # type: ignore[misc]

    def _postpone(self, row: Json, at: datetime) -> None:
        node = Milestone.objects.get(task=self.loader.tasks[row["task"]], text=row["milestone"])
        reporter = self.people[Role.REPORTER, node.task.lead.name]
        office = self.people[Role.OFFICE, ""]
        Postponement.objects.create(
            milestone=node,
            effective=self.loader.periods[row["effective_month"]],
            to_year=self.loader.plan.year,
            to_month=row["to_month"],
            reason=row["reason"],
            by=reporter,
            at=at,
            state=Approval.AGREED,
            decided_by=office,
            decided_at=at,
        )
        after = {"from": row["from_month"], "to": row["to_month"], "reason": row["reason"]}
        record("milestone.postponed", by=office, bureau=self.bureau, about=node, after=after, at=at)

    def _name_sources(self, figures: list[Json]) -> None:
        """Mark which figures are real and where they come from; all others are samples without a source."""
        for row in figures:
            if row["source"] or not row["is_sample"]:
                stored = self._stored(row["month"])[_key(row)]
                Figure.objects.filter(pk=stored.ref.pk).update(
                    source=row["source"], is_sample=row["is_sample"]
                )

    def _check(self, figures: list[Json], narratives: list[Json]) -> None:
        stored = {month: self._stored(month) for month in self.months}
        for row in [*figures, *narratives]:
            item = stored[row["month"]][_key(row)]
            if item.state != row["state"] or (
                isinstance(item, Figure) and item.value != number(row["value"])
            ):
                raise ReplayError(f"{item}: {item.state} instead of {row['state']}")


def _key(row: Json) -> tuple[str, str]:
    """The name of what a row of the fixture is about, as `Replay._stored` finds it."""
    if "target" in row:
        return row["target"], row.get("unit") or ""
    return "text " + row["subject"], row["unit"]


def _moment(on: date, rank: int, minute: int) -> datetime:
    """A moment in office hours of that day; later ranks and later steps come later."""
    seconds = 9 * 3600 + rank * 2400 + minute % 2400
    return timezone.make_aware(datetime.combine(on, time())) + timedelta(seconds=seconds)
