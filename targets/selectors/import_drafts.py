"""An import as it stands: the reading with the decisions over it, what is missing, what is proposed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Bureau, UnitKind
from plans.models import Plan, Task
from plans.selectors import text_hash
from targets.import_draft import (
    GAP_MESSAGES,
    PLAN,
    Draft,
    Gap,
    PastTarget,
    PastTask,
    Proposal,
    UnitName,
    draft,
    missing,
    propose,
)
from targets.models import ImportDecision, Period, PlanImport, Target
from targets.selectors.terms import stand_in_force

LEADING = {UnitKind.DEPARTMENT, UnitKind.AFFILIATE}


@dataclass(frozen=True)
class Lack:
    """One thing that is missing, in the language of the page, with the item to go to."""

    item: str
    text: str


def decisions_of(plan_import: PlanImport) -> list[ImportDecision]:
    """Everything decided so far, with who decided it."""
    return list(plan_import.decisions.select_related("by"))


def draft_of(plan_import: PlanImport, decided: Iterable[ImportDecision] | None = None) -> Draft:
    """The draft as it stands now."""
    rows = decisions_of(plan_import) if decided is None else decided
    by_item: dict[str, dict[str, object]] = {}
    for row in rows:
        by_item.setdefault(row.item, {})[row.field] = row.value
    return draft(plan_import.reading, by_item, plan_import.text, plan_import.title)


def unit_names(bureau: Bureau) -> list[UnitName]:
    """The bureau's active units in official order."""
    found = bureau.units.filter(is_active=True).order_by("order")
    return [UnitName(unit.name, unit.kind in LEADING) for unit in found]


def plan_before(bureau: Bureau, year: int | None) -> Plan | None:
    """The bureau's latest plan of an earlier year (of any year while the year is not known)."""
    plans = Plan.objects.filter(bureau=bureau).order_by("-year")
    return (plans.filter(year__lt=year) if year else plans).first()


def proposals_for(
    plan_import: PlanImport, found: Draft, units: list[UnitName], before: Plan | None
) -> dict[str, Proposal]:
    """The best proposal for each task and target, by item."""
    names = {unit.name for unit in units}
    targets = _past_targets(before, names) if before else []
    tasks = _past_tasks(before, names) if before else []
    return propose(found, plan_import.text, units, targets, tasks)


def lacks(plan_import: PlanImport, found: Draft) -> list[Lack]:
    """Everything that keeps this import from becoming a plan; empty when nothing does."""
    there = clashes(plan_import.bureau, found.year, plan_import.text)
    return [*(Lack(PLAN, text) for text in there), *(Lack(gap.item, gap_text(gap)) for gap in missing(found))]


def clashes(bureau: Bureau, year: int | None, text: str) -> list[str]:
    """Which plans of the bureau are in the way of a new one: of the same text, of the same year."""
    plans = Plan.objects.filter(bureau=bureau)
    return [
        *(
            gettext("This text is already the plan “%(plan)s”.") % {"plan": plan}
            for plan in plans.filter(document__sha256=text_hash(text))
        ),
        *(
            gettext("There is a plan of %(year)s already.") % {"year": plan.year}
            for plan in plans.filter(year=year or 0)
        ),
    ]


def gap_text(gap: Gap) -> str:
    return gettext(GAP_MESSAGES[gap.code]) % gap.values


def _past_targets(plan: Plan, names: set[str]) -> list[PastTarget]:
    """The targets as they stood at the end of that plan's year."""
    rows = Target.objects.filter(plan=plan).select_related("lead", "indicator")
    found = list(rows.prefetch_related("sources", "cooperating"))
    last = Period.objects.filter(bureau=plan.bureau_id, year=plan.year).order_by("month").last()
    if last is not None:
        stand_in_force(found, last)
    return [
        PastTarget(
            tuple(
                dict.fromkeys(
                    [target.name, target.indicator.name]
                    + [source.name_in_text for source in target.sources.all()]
                )
            ),
            _units_of(target, names)
            | {
                "indicator": target.indicator.name,
                "pace": target.pace,
                "pace_shares": [f"{share.normalize():f}" for share in target.pace_shares or []] or None,
                "due": target.due,
                "data_source": target.data_source,
            },
        )
        for target in found
    ]


def _past_tasks(plan: Plan, names: set[str]) -> list[PastTask]:
    found = Task.objects.filter(plan=plan).select_related("lead").prefetch_related("cooperating")
    return [PastTask(task.title, _units_of(task, names)) for task in found]


def _units_of(part: Target | Task, names: set[str]) -> dict[str, object]:
    """Lead and cooperating units, as far as they still exist."""
    helping = [unit.name for unit in part.cooperating.all() if unit.name in names]
    lead = {"lead": part.lead.name} if part.lead.name in names else {}
    return {**lead, "cooperating": helping, "cooperating_text": part.cooperating_text}


ORIGINS = {
    "last-year": _("from last year's plan"),
    "named": _("named in the document"),
    "words": _("by the words of its name"),
}
