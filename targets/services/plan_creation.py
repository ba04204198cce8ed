"""A draft becomes a plan: the document, its outline, its targets and the sentences behind them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.audit import record
from accounts.models import Bureau, Unit, User
from plans.models import Plan, PlanDocument, Section, Task
from plans.selectors import text_hash
from targets.errors import Refused
from targets.import_draft import Draft, DraftSource, DraftTarget, DraftTask
from targets.models import Indicator, IndicatorAlias, SourceKind, Target, TargetGroup, TargetSource
from targets.selectors.import_drafts import clashes

LISTED = 10


@dataclass(frozen=True)
class DocumentFields:
    """The published document; its text is stored as it is."""

    title: str
    text: str
    source_name: str = ""
    published_on: date | None = None


@transaction.atomic
def create_plan(
    *,
    bureau: Bureau,
    document: DocumentFields,
    draft: Draft,
    by: User | None,
    at: datetime | None = None,
    notice: str = "",
) -> Plan:
    """Write the whole plan or nothing. The draft names units by their names and must lack nothing.

    Raises Refused for a year that has a plan, a text that is a plan already, and a unit that is not there.
    """
    _refuse_what_exists(bureau, document, draft)
    plan = _Writer(bureau, draft).write(document, notice)
    after = {"year": plan.year, "tasks": len(draft.tasks), "targets": len(draft.targets)}
    record("plan.created", by=by, bureau=bureau, about=plan, after=after, at=at)
    return plan


def _refuse_what_exists(bureau: Bureau, document: DocumentFields, draft: Draft) -> None:
    assert draft.year is not None  # see import_draft.missing
    Bureau.objects.select_for_update().get(pk=bureau.pk)  # two confirmations, one after the other
    if there := clashes(bureau, draft.year, document.text):
        raise Refused("".join(there))


class _Writer:
    """Writes one draft; what was written is found again by the path it has in the document."""

    def __init__(self, bureau: Bureau, draft: Draft) -> None:
        self.bureau = bureau
        self.draft = draft
        self.units = {unit.name: unit for unit in bureau.units.all()}
        self.sections: dict[str, Section] = {}
        self.tasks: dict[str, Task] = {}

    def write(self, document: DocumentFields, notice: str) -> Plan:
        self._refuse_unknown_units()
        stored = PlanDocument.objects.create(
            bureau=self.bureau,
            title=document.title,
            text=document.text,
            sha256=text_hash(document.text),
            published_on=document.published_on,
            source_name=document.source_name,
        )
        self.plan = Plan.objects.create(
            bureau=self.bureau,
            document=stored,
            year=self.draft.year or 0,  # never 0: see _refuse_what_exists
            title=self.draft.title,
            notice=notice,
        )
        self._sections()
        self._tasks()
        self._targets()
        return self.plan

    def _refuse_unknown_units(self) -> None:
        named: list[str] = []
        parts: list[DraftTask | DraftTarget] = [*self.draft.tasks, *self.draft.targets]
        for part in parts:
            named += [part.lead, *part.cooperating]
        unknown = [name for name in dict.fromkeys(named) if name not in self.units]
        if unknown:
            names = "、".join(name or "–" for name in unknown[:LISTED])
            raise Refused(_("These units do not exist: %(names)s.") % {"names": names})

    def _sections(self) -> None:
        for order, part in enumerate(self.draft.sections, 1):
            self.sections[part.path] = Section.objects.create(
                plan=self.plan,
                parent=self.sections.get(part.parent),
                order=order,
                path=part.path,
                label=part.label,
                title=part.title,
                start=part.start,
                end=part.end,
            )

    def _tasks(self) -> None:
        made = Task.objects.bulk_create(
            Task(
                plan=self.plan,
                section=self.sections[part.section],
                order=order,
                lead=self.units[part.lead],
                cooperating_text=part.cooperating_text,
                path=part.path,
                label=part.label,
                title=part.title,
                start=part.start,
                end=part.end,
            )
            for order, part in enumerate(self.draft.tasks, 1)
        )
        self.tasks = {task.path: task for task in made}
        helping = Task.cooperating.through
        helping._default_manager.bulk_create(
            helping(task_id=task.pk, unit_id=unit.pk)
            for task, part in zip(made, self.draft.tasks, strict=True)
            for unit in self._cooperating(part)
        )

    def _targets(self) -> None:
        names = list(dict.fromkeys(part.group for part in self.draft.targets if part.group))
        groups = {
            group.name: group
            for group in TargetGroup.objects.bulk_create(
                TargetGroup(plan=self.plan, name=name) for name in names
            )
        }
        indicators = indicators_of(part.indicator or part.name for part in self.draft.targets)
        made = Target.objects.bulk_create(
            self._target(part, order, groups.get(part.group), indicators[part.indicator or part.name])
            for order, part in enumerate(self.draft.targets, 1)
        )
        helping = Target.cooperating.through
        pairs = list(zip(made, self.draft.targets, strict=True))
        helping._default_manager.bulk_create(
            helping(target_id=target.pk, unit_id=unit.pk)
            for target, part in pairs
            for unit in self._cooperating(part)
        )
        TargetSource.objects.bulk_create(
            self._source(target, source, SourceKind.REPEAT if place else SourceKind.PRIMARY)
            for target, part in pairs
            for place, source in enumerate(part.sources)
        )

    def _target(
        self, part: DraftTarget, order: int, group: TargetGroup | None, indicator: Indicator
    ) -> Target:
        assert part.value is not None  # see import_draft.missing
        plain = (
            "key name measure comparison wording commitment commitment_wording value unit decimals "
            "baseline baseline_source pace due cooperating_text data_source note"
        )
        return Target(
            plan=self.plan,
            order=order,
            indicator=indicator,
            section=self.sections[part.section],
            task=self.tasks.get(part.task),
            group=group,
            year_due=part.year_due or self.plan.year,
            pace_shares=list(part.pace_shares) if part.pace_shares else None,
            lead=self.units[part.lead],
            **{name: getattr(part, name) for name in plain.split()},
        )

    def _source(self, target: Target, source: DraftSource, kind: SourceKind) -> TargetSource:
        plain = "start end quote sentence_start sentence_end wording commitment name_in_text"
        return TargetSource(
            target=target,
            kind=kind,
            section=self.sections[source.section],
            task=self.tasks.get(source.task),
            **{name: getattr(source, name) for name in plain.split()},
        )

    def _cooperating(self, part: DraftTask | DraftTarget) -> list[Unit]:
        return [self.units[name] for name in part.cooperating if name != part.lead]


def indicators_of(names: Iterable[str]) -> dict[str, Indicator]:
    """The indicator of each name: the one that has it, the one that has it as another name, or a new one."""
    wanted = list(dict.fromkeys(names))
    aliases = IndicatorAlias.objects.filter(name__in=wanted).select_related("indicator")
    found = {alias.name: alias.indicator for alias in aliases}
    found |= {indicator.name: indicator for indicator in Indicator.objects.filter(name__in=wanted)}
    new = [Indicator(name=name) for name in wanted if name not in found]
    return found | {indicator.name: indicator for indicator in Indicator.objects.bulk_create(new)}
