"""Adjustments and postponements as people see them: what waits, what was decided, and what each changes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Bureau, User
from accounts.permissions import Permission
from plans.models import Task
from targets.enums import Approval, Pace
from targets.formatting import format_plain
from targets.labels import LABELS
from targets.models import Adjustment, Figure, Narrative, Period, Postponement, Progress, Target
from targets.periods import QUARTER_MONTHS, PeriodKey
from targets.policies import EDITABLE
from targets.selectors.nodes import planned_before, with_moves
from targets.selectors.rights import asked_by_the_office, may_decide_postponement
from targets.selectors.sight import Sight, may_enter, sight
from targets.selectors.tags import Tagged
from targets.selectors.terms import rows_in_force
from targets.words import single_period_name

NEWEST = 100  # decided acts on one page
Act = Adjustment | Postponement


@dataclass(frozen=True)
class TermChange:
    """One term before and after, as it is printed."""

    label: str
    old: str
    new: str


@dataclass(frozen=True)
class ActRow:
    """One act as this person sees it."""

    act: Act
    bureau: Bureau
    item: Target | Task
    url: str
    changes: tuple[TermChange, ...]
    may_decide: bool
    may_withdraw: bool
    is_own: bool  # asked for by the person who looks at it

    @property
    def is_adjustment(self) -> bool:
        return isinstance(self.act, Adjustment)


@dataclass(frozen=True)
class ActsPage:
    """What waits for this person first, then what waits for others, then what was decided, newest first."""

    mine: tuple[ActRow, ...]
    waiting: tuple[ActRow, ...]
    decided: tuple[ActRow, ...]


@dataclass(frozen=True)
class Effect:
    """What agreeing to an adjustment does to what is reported already."""

    figures: int  # filled in for its periods: converted, or passed to the new lead
    texts: int  # open texts that pass to the new lead

    def __bool__(self) -> bool:
        """Whether anything is touched."""
        return bool(self.figures or self.texts)


def adjustments_seen_by(user: User) -> QuerySet[Adjustment]:
    """The adjustments of the bureaus whose submitted matters this person reads."""
    seen = Adjustment.objects.filter(target__plan__bureau__in=user.bureaus_where(Permission.VIEW_SUBMITTED))
    return seen.select_related(
        "target__plan__bureau", "effective", "by", "decided_by", "old_lead", "new_lead"
    )


def postponements_seen_by(user: User) -> QuerySet[Postponement]:
    """The requests of these bureaus, and those of the units for which this person enters."""
    bureaus = user.bureaus_where(Permission.VIEW_SUBMITTED)
    units = user.units_where(Permission.ENTER_FIGURES)
    seen = Postponement.objects.filter(
        Q(milestone__task__plan__bureau__in=bureaus) | Q(milestone__task__lead__in=units)
    )
    related = ("milestone__task__plan__bureau", "milestone__task__lead__bureau", "effective", "by")
    return with_moves(seen.select_related(*related, "decided_by"))


def acts_page(user: User, only: Tagged | None = None) -> ActsPage:
    """Every open act that this person sees, and the newest decided ones; `only` about what carries a tag.

    A fixed number of queries.
    """
    adjustments, postponements = adjustments_seen_by(user), postponements_seen_by(user)
    if only is not None:
        adjustments = adjustments.filter(target__in=only.targets)
        postponements = postponements.filter(milestone__task__in=only.tasks)
    open_rows = rows([*adjustments.filter(state=Approval.PROPOSED), *_open(postponements)], user)
    decided: list[Act] = []
    for acts in (adjustments, postponements):
        decided += acts.exclude(state=Approval.PROPOSED).order_by("-decided_at", "-pk")[:NEWEST]
    decided.sort(key=lambda act: (act.decided_at, act.pk), reverse=True)
    return ActsPage(
        tuple(row for row in open_rows if row.may_decide),
        tuple(row for row in open_rows if not row.may_decide),
        tuple(rows(decided[:NEWEST], user)),
    )


def waiting_acts(user: User) -> list[ActRow]:
    """The open acts about which this person decides, oldest first, for the home page."""
    leads = user.bureaus_where(Permission.APPROVE_ADJUSTMENT)
    offices = user.bureaus_where(Permission.APPROVE) | leads
    adjustments = adjustments_seen_by(user).filter(state=Approval.PROPOSED, target__plan__bureau__in=leads)
    postponements = _open(postponements_seen_by(user)).filter(milestone__task__plan__bureau__in=offices)
    return [row for row in rows([*adjustments.order_by("at", "pk"), *postponements], user) if row.may_decide]


def history_of(target: Target, user: User) -> list[ActRow]:
    """The target's adjustments, newest first: the agreed ones for everybody, all for office and leaders."""
    acts = Adjustment.objects.filter(target=target)
    if not user.may(Permission.VIEW_SUBMITTED, target.plan.bureau):
        acts = acts.filter(state=Approval.AGREED)
    related = acts.select_related(
        "target__plan__bureau", "effective", "by", "decided_by", "old_lead", "new_lead"
    )
    return rows(related.order_by("-effective__month", "-at", "-pk"), user)


def postponements_of(task: Task, user: User) -> list[ActRow]:
    """The task's postponements: the agreed ones for everybody, all for its unit, office and leaders."""
    acts = Postponement.objects.filter(milestone__task=task)
    bureau = task.plan.bureau
    if sight(user, bureau, task.lead) == Sight.APPROVED:
        acts = acts.filter(state=Approval.AGREED)
    related = ("milestone__task__plan__bureau", "milestone__task__lead__bureau", "effective", "by")
    return rows(with_moves(acts.select_related(*related, "decided_by")).order_by("-at", "-pk"), user)


def effect_of(adjustment: Adjustment) -> Effect:
    """How many figures and texts of its periods an agreement touches; none where unit and lead stay."""
    if not adjustment.changes_unit and not adjustment.new_lead_id:
        return Effect(0, 0)
    here = {
        "target": adjustment.target,
        "period__year": adjustment.effective.year,
        "period__month__gte": adjustment.effective.month,
    }
    drafts = {"unit": adjustment.old_lead, "approved_version": None, "state__in": EDITABLE}
    texts = Narrative.objects.filter(**here, **drafts).count() if adjustment.new_lead_id else 0
    return Effect(Figure.objects.filter(**here).count(), texts)


def effective_periods(target: Target) -> list[Period]:
    """The periods of the plan's year from which an adjustment may hold: started or not, and never locked.

    One that is not in the database yet comes unsaved.
    """
    bureau, year = target.plan.bureau, target.plan.year
    known = {period.month: period for period in Period.objects.filter(bureau=bureau, year=year)}
    found = [
        known.get(month) or Period(bureau=bureau, year=year, month=month)
        for month in sorted({*QUARTER_MONTHS, *known})
    ]
    return [period for period in found if period.locked_on is None]


def newest_progress(target: Target) -> Progress | None:
    """The target's last stored row with a figure, its target as in force in that period."""
    rows = Progress.objects.filter(target=target, allocation=None, actual__isnull=False)
    found = rows.select_related("target", "period", "rule").order_by("-period__month").first()
    if found:
        rows_in_force([found])
    return found


def rows(acts: Iterable[Act], user: User) -> list[ActRow]:
    """The acts (with what they are about) as this person sees them."""
    found = list(acts)
    of_office = asked_by_the_office([act for act in found if isinstance(act, Postponement)])
    return [
        _adjustment_row(act, user)
        if isinstance(act, Adjustment)
        else _postponement_row(act, user, of_office=act.pk in of_office)
        for act in found
    ]


def _open(postponements: QuerySet[Postponement]) -> QuerySet[Postponement]:
    return postponements.filter(state=Approval.PROPOSED).order_by("at", "pk")


def _adjustment_row(act: Adjustment, user: User) -> ActRow:
    bureau, own = act.target.plan.bureau, act.by_id == user.pk
    return ActRow(
        act=act,
        bureau=bureau,
        item=act.target,
        url=reverse("adjustment", args=[act.pk]),
        changes=tuple(term_changes(act)),
        may_decide=act.is_open and not own and user.may(Permission.APPROVE_ADJUSTMENT, bureau),
        may_withdraw=act.is_open and user.may(Permission.PROPOSE_ADJUSTMENT, bureau),
        is_own=own,
    )


def _postponement_row(act: Postponement, user: User, *, of_office: bool) -> ActRow:
    task = act.milestone.task
    bureau, own = task.plan.bureau, act.by_id == user.pk
    move = TermChange(act.milestone.text, _when(planned_before(act)), _when(act.to))
    return ActRow(
        act=act,
        bureau=bureau,
        item=task,
        url=reverse("postponement", args=[act.pk]),
        changes=(move,),
        may_decide=act.is_open and may_decide_postponement(user, act, of_office=of_office),
        may_withdraw=act.is_open and may_enter(user, task.lead),
        is_own=own,
    )


def term_changes(act: Adjustment) -> Iterable[TermChange]:
    """The terms that the act gives, before and after, in words."""
    if act.new_value is not None:
        old = f"{format_plain(act.old_value)}{act.old_unit}"
        new = f"{format_plain(act.new_value)}{act.new_unit}"
        yield TermChange(_("Target value"), old, new)
    if act.new_pace:
        old = pace_text(act.old_pace, act.old_pace_shares)
        new = pace_text(act.new_pace, act.new_pace_shares)
        yield TermChange(_("Pace"), old, new if act.changes_pace else _("confirmed as it is"))
    if act.new_lead is not None:
        yield TermChange(_("Lead unit"), str(act.old_lead), str(act.new_lead))


def pace_text(pace: str, shares: Sequence[Decimal] | None) -> str:
    """自定义序时 10/30/60/100%."""
    label = str(LABELS[Pace(pace)])
    return f"{label} {'/'.join(format_plain(share) for share in shares)}%" if shares else label


def _when(key: PeriodKey) -> str:
    """2014年四季度: a node's time with its year."""
    return _("%(period)s %(year)s") % {"year": key.year, "period": single_period_name(key)}
