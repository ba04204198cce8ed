"""Who may enter what: asked before anything is written."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import Unit, User
from accounts.permissions import Permission
from plans.models import Plan, Task
from targets.enums import Split
from targets.errors import Refused
from targets.inputs import MAX_REASON, FigureInput, NarrativeInput
from targets.models import Act, Decision, Figure, FigureVersion, Milestone, Narrative, Period, Target
from targets.openings import Opening
from targets.policies import is_later_nature
from targets.selectors.leads import led_tasks
from targets.selectors.openings import opening
from targets.selectors.owners import owner_of
from targets.selectors.sight import may_enter
from targets.selectors.terms import led_in, stand_in_force


def guard_entering(*, period: Period, unit: Unit, by: User) -> Opening:
    """What of this period the unit may change now.

    Raises Refused unless this person may enter for this unit, and the period is open or an exception opens
    it for the unit.
    """
    if unit.bureau_id != period.bureau_id or not may_enter(by, unit):
        raise Refused(_("You may enter figures only for your own unit."))
    if period.started_on is None:
        raise Refused(_("This period has not been started by the office yet."))
    found = opening(period, unit)
    if not found:
        raise Refused(_("This period is closed. Please ask the office for an exception."))
    return found


def guard_uploading(*, period: Period, unit: Unit | None, by: User) -> None:
    """Raise Refused unless this person may hand in a file of this unit, or (None) of the whole bureau.

    For the whole bureau the period has to be open; a unit's exceptions do not reach so far.
    """
    if unit is not None:
        guard_entering(period=period, unit=unit, by=by)
        return
    guard_uploader(period=period, unit=unit, by=by)
    if not period.is_open:
        raise Refused(_("This period is closed. Please ask the office for an exception."))


def guard_uploader(*, period: Period, unit: Unit | None, by: User) -> None:
    """The same whether or not the period is open."""
    if unit is None and not by.may(Permission.ENTER_FOR_UNITS, period.bureau):
        raise Refused(_("Only the office hands in figures of the whole bureau."))
    if unit is not None and not may_enter(by, unit):
        raise Refused(_("You may enter figures only for your own unit."))


def refuse_closed(found: Opening, items: Iterable[FigureInput | NarrativeInput | Figure | Narrative]) -> None:
    """Raise Refused when the exception by which the unit reports does not name one of these items."""
    for item in items:
        if not found.covers(item.duty_key):
            raise Refused(
                _("“%(item)s” is not among the items that the office has reopened.") % {"item": _name(item)}
            )


def _name(item: FigureInput | NarrativeInput | Figure | Narrative) -> object:
    if isinstance(item, NarrativeInput):
        return item.subject
    if isinstance(item, Narrative):
        return item.task or item.target
    return item.target


def refuse_foreign(
    period: Period, unit: Unit, figures: Sequence[FigureInput], narratives: Sequence[NarrativeInput]
) -> None:
    """Raise Refused unless every input is this unit's to report in this period's plan, and fits its field.

    What was posted names targets, tasks and nodes by id; none of them is believed. The targets of the figures
    stand as they are in force in the period from here on.
    """
    stand_in_force([entry.target for entry in figures], period)
    for entry in figures:
        if entry.unit and entry.unit != entry.target.unit:
            raise Refused(
                _("“%(item)s” counts in %(unit)s now, not in %(old)s. Nothing was written: check the number.")
                % {"item": entry.target, "unit": entry.target.unit, "old": entry.unit}
            )
    plans = set(Plan.objects.filter(bureau=period.bureau_id, year=period.year).values_list("pk", flat=True))
    for entry in figures:
        part = entry.allocation
        fits = part.target_id == entry.target.pk if part else entry.target.split != Split.SUM
        if not fits or entry.target.plan_id not in plans or owner_of(entry.target, part) != unit.pk:
            raise Refused(_("“%(item)s” is not reported by your unit.") % {"item": part or entry.target})
    subjects = [text.subject for text in narratives]
    led = led_tasks(unit, period.key, [one.pk for one in subjects if isinstance(one, Task)])
    own = _own_subjects(period, unit, plans, subjects, led)
    nodes = {pk for text in narratives for pk in text.nodes}
    led_nodes = Milestone.objects.filter(pk__in=nodes, task__in=led).values_list("pk", "task_id")
    task_of = {pk: (Task, task_id) for pk, task_id in led_nodes}
    for text in narratives:
        subject = (type(text.subject), text.subject.pk)
        if subject not in own or any(task_of.get(pk) != subject for pk in text.nodes):
            raise Refused(_("“%(item)s” is not reported by your unit.") % {"item": text.subject})
    if any(entry.too_long() for entry in figures) or any(text.too_long() for text in narratives):
        raise Refused(_("A text is too long. Please shorten it; nothing was cut."))


def _own_subjects(
    period: Period,
    unit: Unit,
    plans: Collection[int],
    subjects: Sequence[Task | Target],
    led: Collection[int],
) -> set[tuple[type, int]]:
    """The tasks and targets that this unit leads in this period (`led`: the tasks), or takes part in."""
    found: set[tuple[type, int]] = set()
    for model in (Task, Target):
        wanted = [subject.pk for subject in subjects if isinstance(subject, model)]
        leads = Q(lead=unit) | Q(pk__in=led) if model is Task else Q(pk__in=led_in(period, unit))
        takes_part = leads | Q(cooperating=unit)
        own = model._default_manager.filter(takes_part, pk__in=wanted, plan__in=plans)
        found |= {(model, pk) for pk in own.values_list("pk", flat=True)} if wanted else set()
    return found


def refuse_unexplained(figures: Collection[Figure]) -> None:
    """Raise Refused where a figure was reopened for a later nature and has none any more.

    Such a change is a correction, and needs its reason.
    """
    approved = {figure.pk: figure for figure in figures if figure.approved_version is not None}
    if not approved:
        return
    opened = Decision.objects.filter(figure__in=approved, act__in=[Act.CORRECT, Act.UPDATE])
    last = dict(opened.order_by("at", "pk").values_list("figure", "act"))
    for version in FigureVersion.objects.filter(figure__in=[pk for pk in last if last[pk] == Act.UPDATE]):
        figure = approved[version.figure_id]
        if version.number == figure.approved_version and not is_later_nature(figure.nature, version.nature):
            text = _(
                "“%(item)s” was reopened for a later nature of the data: choose one, or open a correction."
            )
            raise Refused(text % {"item": figure.target})


def told(text: str, missing: str = "") -> str:
    """A reason, trimmed; Refused where it is too long to be kept whole, or blank and `missing` says so."""
    text = text.strip()
    if missing and not text:
        raise Refused(missing)
    if len(text) > MAX_REASON:
        raise Refused(
            _("The reason has %(length)s characters, at most %(limit)s are kept. Please shorten it.")
            % {"length": len(text), "limit": MAX_REASON}
        )
    return text
