"""The files behind reported items, and who may see them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from django.db.models import Max, Q

from accounts.models import Unit, User
from targets.models import Act, Decision, Evidence, Figure, Narrative, Target
from targets.policies import EDITABLE
from targets.selectors.owners import unit_of
from targets.selectors.sight import Sight, may_enter, sight

Files = dict[tuple[type, int], tuple[Evidence, ...]]


def evidence_about(items: Iterable[Figure | Narrative]) -> Files:
    """(Figure or Narrative, id) → its files, oldest first, with who attached them; one query."""
    items = list(items)
    figures = [item.pk for item in items if isinstance(item, Figure)]
    narratives = [item.pk for item in items if isinstance(item, Narrative)]
    found: dict[tuple[type, int], list[Evidence]] = defaultdict(list)
    rows = Evidence.objects.filter(Q(figure__in=figures) | Q(narrative__in=narratives))
    for row in rows.select_related("by", "milestone"):
        about = (Figure, row.figure_id) if row.figure_id else (Narrative, row.narrative_id or 0)
        found[about].append(row)
    return {about: tuple(files) for about, files in found.items()}


def seen_at(level: Sight, item: Figure | Narrative, files: Iterable[Evidence]) -> list[Evidence]:
    """Which of an item's files this level sees: the unit's own people all, office and leaders what was
    submitted, others none."""
    if level == Sight.DRAFTS:
        return list(files)
    if level == Sight.APPROVED or item.submitted_at is None:
        return []
    return [one for one in files if one.at <= item.submitted_at]


def evidence_on_target(target: Target, user: User) -> list[Evidence]:
    """The files behind a target's figures and texts that this person may open, latest period first; constant
    queries."""
    bureau, about = target.plan.bureau, Q(figure__target=target) | Q(narrative__target=target)
    rows = Evidence.objects.filter(about).select_related(
        "by",
        "milestone",
        *("figure__period", "figure__target", "figure__allocation__unit"),
        *("narrative__period", "narrative__unit"),
    )
    units = {unit.pk: unit for unit in bureau.units.all()}
    found = []
    for row in rows:
        unit = units[unit_of(row.item)]
        unit.bureau = bureau
        if may_see(user, row, unit):
            found.append(row)
    return sorted(found, key=lambda row: row.item.period.key, reverse=True)


def may_see(user: User, evidence: Evidence, unit: Unit) -> bool:
    """Whether this person of the unit's bureau may open the file."""
    level = Sight.DRAFTS if may_enter(user, unit) else sight(user, unit.bureau, unit)
    return bool(seen_at(level, evidence.item, [evidence]))


def may_take_back(item: Figure | Narrative, files: Iterable[Evidence]) -> list[Evidence]:
    """Which of an item's files were never handed in with it, and may go while it can be changed."""
    about = {"figure": item} if isinstance(item, Figure) else {"narrative": item}
    last = Decision.objects.filter(**about, act=Act.SUBMIT).aggregate(at=Max("at"))["at"]
    return [one for one in files if item.state in EDITABLE and (last is None or one.at > last)]
