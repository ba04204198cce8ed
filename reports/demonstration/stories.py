"""The demonstration's small stories: a slip of the unit, a return, a correction, a hand-over …

Each event of a story goes through the service a person would use. Supervision (督办) has no home yet, so its
events are left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

from accounts.audit import record
from accounts.models import User
from accounts.permissions import Role
from reports.demonstration.structure import Json, PlanLoader, day, number
from targets.enums import State
from targets.models import Figure, FigureWarning
from targets.services.adjusting import NewTerms, approve_adjustment, propose_adjustment
from targets.services.entering import FigureInput, open_correction, save_entries, submit_entries
from targets.services.reminding import remind_units
from targets.services.reviewing import ItemRef, approve_items, pass_items, return_items


def figure_input(loader: PlanLoader, row: Json) -> FigureInput:
    """What a row of the fixture says about one figure."""
    return FigureInput(
        target=loader.targets[row["target"]],
        allocation=loader.allocations[row["target"], row["unit"]] if row.get("unit") else None,
        revision=0,
        value=number(row["value"]),
        entered=row.get("text", ""),
        numerator=number(row.get("numerator")),
        denominator=number(row.get("denominator")),
        forecast=number(row.get("forecast")),
        nature=row["nature"],
    )


class Stories:
    """The stories of one plan; `people` finds who acts by role and unit."""

    def __init__(self, loader: PlanLoader, people: dict[tuple[str, str], User]) -> None:
        self.loader, self.people = loader, people

    def acts(self, months: set[int]) -> Iterator[tuple[date, str, Callable[[datetime], None]]]:
        """(date, kind, act) of every event that belongs to these months or to no period."""
        for story in self.loader.data["stories"]:
            for event in story["events"]:
                act = getattr(self, f"act_{event['act']}", None)
                on = day(event["on"])
                if act and on and event.get("month") in {*months, None}:
                    yield on, event["act"], lambda at, act=act, event=event: act(event, at)  # type: ignore[misc]

    def _actor(self, event: Json, role: Role) -> User:
        if username := event.get("username"):
            return User.objects.get(username=username)
        return self.people[role, "" if role in {Role.OFFICE, Role.LEADER} else event["unit"]]

    def act_enter(self, event: Json, at: datetime) -> None:
        period, unit = self.loader.periods[event["month"]], self.loader.units[event["unit"]]
        by = self._actor(event, Role.REPORTER)
        entry = figure_input(self.loader, {"nature": self._nature(event), **event, "unit": None})
        stored = Figure.objects.filter(target=entry.target, allocation=None, period=period).first()
        if stored and stored.state == State.APPROVED:
            open_correction(item=stored, unit=unit, reason=event["reason"], by=by, at=at)
            stored.refresh_from_db()
        entry = replace(entry, revision=stored.revision if stored else 0)
        reason = event.get("reason", "")
        save_entries(period=period, unit=unit, figures=[entry], by=by, reason=reason, at=at)

    act_correct = act_enter

    def _nature(self, event: Json) -> str:
        """The nature that the plain table gives this figure."""
        rows = self.loader.data["figures"] + self.loader.data["year_figures"]
        found = [r for r in rows if (r["target"], r["month"]) == (event["target"], event["month"])]
        return str(found[0]["nature"])

    def act_warn_answer(self, event: Json, at: datetime) -> None:
        figure = self._figure(event)
        warning = figure.warnings.filter(version=figure.last_version).last() or FigureWarning(
            figure=figure, version=figure.last_version, code="REMARK", at=at
        )
        warning.answer, warning.answered_by = event["answer"], self._actor(event, Role.REPORTER)
        warning.save()

    def act_submit(self, event: Json, at: datetime) -> None:
        period, unit = self.loader.periods[event["month"]], self.loader.units[event["unit"]]
        submit_entries(period=period, unit=unit, by=self._actor(event, Role.REPORTER), at=at)

    def act_review(self, event: Json, at: datetime) -> None:
        unit, by = self.loader.units[event["unit"]], self._actor(event, Role.REVIEWER)
        pass_items(items=[_ref(self._figure(event))], unit=unit, by=by, at=at)

    def act_return(self, event: Json, at: datetime) -> None:
        by = self._actor(event, Role.OFFICE)
        refs = [_ref(self._figure(event))]
        return_items(items=refs, bureau=self.loader.bureau, reason=event["reason"], by=by, at=at)

    def act_approve(self, event: Json, at: datetime) -> None:
        refs = [_ref(self._figure(event))]
        approve_items(items=refs, bureau=self.loader.bureau, by=self._actor(event, Role.OFFICE), at=at)

    def _figure(self, event: Json) -> Figure:
        period = self.loader.periods[event["month"]]
        target = self.loader.targets[event["target"]]
        return Figure.objects.get(target=target, allocation=None, period=period)

    def act_remind(self, event: Json, at: datetime) -> None:
        period, unit = self.loader.periods[event["month"]], self.loader.units[event["unit"]]
        by = self._actor(event, Role.OFFICE)
        remind_units(period=period, units=[unit], note=event["reason"], by=by, at=at)

    def act_hand_over(self, event: Json, at: datetime) -> None:
        after = {name: event[name] for name in ("from", "to", "reason")}
        unit = self.loader.units[event["unit"]]
        by = self._actor(event, Role.OFFICE)
        record("unit.handed_over", by=by, bureau=self.loader.bureau, about=unit, after=after, at=at)

    def act_adjust(self, event: Json, at: datetime) -> None:
        leader, office = self.people[Role.LEADER, ""], self.people[Role.OFFICE, ""]
        adjustment = propose_adjustment(
            target=self.loader.targets[event["target"]],
            since=self.loader.periods[event["effective_month"]].key,
            terms=NewTerms(value=Decimal(event["value"])),
            reason=event["reason"],
            document_number=event["document_number"],
            by=office,
            at=at,
        )
        approve_adjustment(adjustment=adjustment, by=leader, at=at)


def _ref(figure: Figure) -> ItemRef:
    return ItemRef("figure", figure.pk, figure.revision)
