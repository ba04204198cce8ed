"""Entering: what a unit saves and submits for a period."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import TypeVar

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.audit import record
from accounts.bulk_rows import insert_rows, update_rows
from accounts.models import Unit, User
from targets.enums import State
from targets.errors import Conflict, Refused, StaleForm
from targets.inputs import MAX_REASON, FigureInput, NarrativeInput, Saved
from targets.models import Act, Figure, FigureWarning, Narrative, Origin, Period
from targets.openings import Opening
from targets.policies import (
    EDITABLE,
    may_correct,
    may_edit,
    may_submit,
    may_withdraw,
    state_after_submission,
)
from targets.selectors.owners import figures_of, unit_of
from targets.selectors.terms import rows_in_force
from targets.services.guards import guard_entering, refuse_closed, refuse_foreign, refuse_unexplained
from targets.services.periods import lock_open_period
from targets.services.versions import (
    Hand,
    decision_about,
    write_figures,
    write_narratives,
    write_warnings,
)

Key = tuple[int | None, int | None]
E = TypeVar("E", FigureInput, NarrativeInput)
R = TypeVar("R", Figure, Narrative)


@transaction.atomic
def save_entries(
    *,
    period: Period,
    unit: Unit,
    figures: Sequence[FigureInput] = (),
    narratives: Sequence[NarrativeInput] = (),
    answers: Mapping[int, str] | None = None,
    by: User,
    origin: str = Origin.PAGE,
    reason: str = "",
    at: datetime | None = None,
) -> Saved:
    """Save drafts of one unit and period, all or nothing; returns what changed.

    `answers` are the reporter's words to warnings (warning id → text). An input equal to what is stored
    changes nothing, whatever its revision. Raises StaleForm when another person changed an item since the
    form was opened, and Refused when the period is not open, the person may not enter for the unit, an input
    is not the unit's to report, or an item is already under review.
    """
    period = lock_open_period(period, unit)
    opening = guard_entering(period=period, unit=unit, by=by)
    refuse_foreign(period, unit, figures, narratives)
    hand = Hand(by, at or period.bureau.now, origin, reason)
    conflicts: list[Conflict] = []
    answered = _write_answers(period, unit, opening, answers or {}, by)
    new_figures = _changed(_locked_figures(period, figures), figures, conflicts)
    new_texts = _changed(_locked_narratives(period, unit, narratives), narratives, conflicts)
    refuse_closed(opening, [entry for _stored, entry in new_figures])
    refuse_closed(opening, [text for _stored, text in new_texts])
    if conflicts:
        raise StaleForm(_("Somebody else saved meanwhile. Both values are shown: please choose."), conflicts)
    saved = Saved(
        figures=write_figures(new_figures, period, hand),
        narratives=write_narratives(new_texts, period, unit, hand),
        unchanged=len(figures) + len(narratives) - len(new_figures) - len(new_texts),
        answers=len(answered),
    )
    write_warnings(saved.figures, hand.at)
    if saved.changed:
        after = {"period": str(period.key), **_versions([*saved.figures, *saved.narratives])}
        after |= {"answers": answered, "origin": origin, "reason": reason}
        record("entry.saved", by=by, bureau=period.bureau, about=unit, at=hand.at, after=after)
    return saved


@transaction.atomic
def submit_entries(
    *,
    period: Period,
    unit: Unit,
    figures: Sequence[FigureInput] = (),
    narratives: Sequence[NarrativeInput] = (),
    answers: Mapping[int, str] | None = None,
    again: Collection[tuple[str, int]] = (),
    figures_only: bool = False,
    by: User,
    at: datetime | None = None,
) -> int:
    """Save first what is handed in, then submit everything of the unit that is filled in; returns how many.

    What was returned is submitted again once it was changed, or when `again` names it (("figure", id) or
    ("narrative", id)). `figures_only` leaves the texts as they are. Submitting twice does nothing the second
    time. Raises as `save_entries` does.
    """
    at = at or period.bureau.now
    save_entries(
        period=period, unit=unit, figures=figures, narratives=narratives, answers=answers, by=by, at=at
    )
    opening = guard_entering(period=period, unit=unit, by=by)
    texts = _narratives_of(period, unit)
    found: list[Figure | Narrative] = [
        *figures_of(period, unit).select_for_update(of=("self",)).order_by("pk"),
        *(texts.none() if figures_only else texts.select_for_update(of=("self",)).order_by("pk")),
    ]
    items = [
        item
        for item in found
        if opening.covers(item.duty_key)
        and _is_filled(item)
        and may_submit(
            item.state,
            changed=item.last_version != item.approved_version,
            again=(item._meta.model_name, item.pk) in again,
        )
    ]
    unit = Unit.objects.select_related("bureau").get(pk=unit.pk)  # the steps as they are set now
    refuse_unexplained([item for item in items if isinstance(item, Figure)])
    state = state_after_submission(
        skip_unit_review=unit.bureau.skip_unit_review, sign_off=unit.needs_sign_off
    )
    for item in items:
        item.state, item.submitted_by, item.submitted_at = state, by, at
        item.revision += 1
    fields = ["state", "submitted_by", "submitted_at", "revision"]
    update_rows([item for item in items if isinstance(item, Figure)], fields)
    update_rows([item for item in items if isinstance(item, Narrative)], fields)
    insert_rows([decision_about(item, Act.SUBMIT, by=by, at=at) for item in items])
    if items:
        after = {"period": str(period.key), **_versions(items)}
        record("entry.submitted", by=by, bureau=period.bureau, about=unit, after=after, at=at)
    return len(items)


@transaction.atomic
def open_correction(
    *, item: Figure | Narrative, unit: Unit, reason: str, by: User, at: datetime | None = None
) -> None:
    """Reopen an approved item for a correction; the approved version goes on counting until the new one is.

    Raises Refused without a reason, for an item of another unit or one that is not approved, and when the
    period is closed.
    """
    at, reason = at or unit.bureau.now, reason.strip()
    locked = locked_own(item, unit, by)
    if not reason or len(reason) > MAX_REASON:
        raise Refused(
            _("A correction needs a reason of at most %(limit)s characters.") % {"limit": MAX_REASON}
        )
    if not may_correct(locked.state, period_open=True):
        raise Refused(_("Only an approved figure or text can be corrected; this one is under way already."))
    _set_state(locked, State.DRAFT)
    decision_about(locked, Act.CORRECT, by=by, at=at, reason=reason).save()
    after = {"reason": reason, "version": locked.approved_version}
    record("correction.opened", by=by, bureau=unit.bureau, about=locked, after=after, at=at)


@transaction.atomic
def withdraw_correction(
    *, item: Figure | Narrative, unit: Unit, by: User, at: datetime | None = None
) -> None:
    """Close a correction in which nothing was changed yet. Raises Refused for everything else."""
    locked = locked_own(item, unit, by)
    if not may_withdraw(locked.state, changed=locked.last_version != locked.approved_version):
        raise Refused(_("This correction was changed already: submit it, or type the approved value again."))
    _set_state(locked, State.APPROVED)
    after = {"version": locked.approved_version}
    record("correction.withdrawn", by=by, bureau=unit.bureau, about=locked, after=after, at=at)


def _locked_figures(period: Period, inputs: Sequence[FigureInput]) -> dict[Key, Figure]:
    """What is stored of these figures, locked, with target and part as they were handed in."""
    wanted = {entry.key: entry for entry in inputs}
    targets = {entry.target.pk for entry in inputs}
    found = Figure.objects.select_for_update().filter(period=period, target__in=targets).order_by("pk")
    locked: dict[Key, Figure] = {}
    for figure in found:
        entry = wanted.get((figure.target_id, figure.allocation_id))
        if entry is not None:
            figure.target, figure.allocation = entry.target, entry.allocation
            locked[entry.key] = figure
    return locked


def _locked_narratives(period: Period, unit: Unit, inputs: Sequence[NarrativeInput]) -> dict[Key, Narrative]:
    if not inputs:
        return {}
    found = _narratives_of(period, unit).select_for_update(of=("self",)).order_by("pk")
    return {(text.task_id, text.target_id): text for text in found}


def _narratives_of(period: Period, unit: Unit) -> QuerySet[Narrative]:
    found = Narrative.objects.filter(period=period, unit=unit).select_related("task", "target")
    return found.prefetch_related("node_reports")


def _changed(
    stored: Mapping[Key, R], inputs: Sequence[E], conflicts: list[Conflict]
) -> list[tuple[R | None, E]]:
    """What is stored and what was typed, where the two differ; stale ones join the conflicts instead."""
    found = []
    for entry in inputs:
        item = stored.get(entry.key)
        if entry.is_blank if item is None else _content(item) == _content(entry):
            continue
        if item is not None and item.revision != entry.revision:
            conflicts.append(Conflict(item, entry))
        elif item is not None and not may_edit(item.state, period_open=True):
            raise Refused(
                _("“%(item)s” has been submitted already and cannot be changed now.")
                % {"item": (item.task or item.target) if isinstance(item, Narrative) else item.target}
            )
        else:
            found.append((item, entry))
    return found


def _content(one: Figure | Narrative | FigureInput | NarrativeInput) -> list[object]:
    """What the unit typed, of a stored item and of an input alike."""
    if isinstance(one, Figure | FigureInput):
        return [getattr(one, name) for name in FigureInput.CONTENT]
    nodes = one.nodes if isinstance(one, NarrativeInput) else _ticked(one)
    return [*(getattr(one, name) for name in NarrativeInput.CONTENT), nodes]


def _ticked(narrative: Narrative) -> dict[int, str]:
    return {report.milestone_id: report.what for report in narrative.node_reports.all()}


def _is_filled(item: Figure | Narrative) -> bool:
    """A text counts with a ticked node alone; a figure needs a number, or 不适用."""
    return not item.is_blank or (isinstance(item, Narrative) and bool(_ticked(item)))


def _write_answers(
    period: Period, unit: Unit, opening: Opening, answers: Mapping[int, str], by: User
) -> dict[str, str]:
    """Keep the reporter's words to the warnings about the unit's own open figures; returns what changed."""
    if not answers:
        return {}
    editable = figures_of(period, unit).filter(state__in=EDITABLE)
    own = [figure.pk for figure in editable if opening.covers(figure.duty_key)]
    changed = {}
    for warning in FigureWarning.objects.filter(pk__in=answers, figure__in=own).select_for_update():
        answer = answers[warning.pk]
        if answer != warning.answer:
            warning.answer, warning.answered_by = answer, by
            warning.save(update_fields=["answer", "answered_by"])
            changed[str(warning.pk)] = answer
    return changed


def _versions(items: Sequence[Figure | Narrative]) -> dict[str, dict[str, int]]:
    """Which version of which item an act was about, for the audit trail."""
    figures = {str(item.pk): item.last_version for item in items if isinstance(item, Figure)}
    return {
        "figures": figures,
        "narratives": {str(item.pk): item.last_version for item in items if isinstance(item, Narrative)},
    }


def locked_own(item: Figure | Narrative, unit: Unit, by: User) -> Figure | Narrative:
    """The item, locked, when it is this unit's own and its period open; raises Refused otherwise."""
    period = lock_open_period(item.period, unit)
    opening = guard_entering(period=period, unit=unit, by=by)
    found = type(item)._default_manager.select_for_update(of=("self",)).select_related("target")
    locked = found.get(pk=item.pk)
    if isinstance(locked, Figure):
        rows_in_force([locked])
    if unit_of(locked) != unit.pk:
        raise Refused(_("You may enter figures only for your own unit."))
    refuse_closed(opening, [locked])
    return locked


def _set_state(item: Figure | Narrative, state: State) -> None:
    item.state = state
    item.revision += 1
    item.save(update_fields=["state", "revision"])
