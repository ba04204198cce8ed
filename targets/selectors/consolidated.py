"""The units' approved texts of a period in plan order, and beside each the office's one text."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import F, Q

from accounts.models import Unit
from plans.models import Plan, Task
from targets.consolidation import Words, first_draft
from targets.models import ConsolidatedText, NarrativeVersion, Period, Target
from targets.selectors.leads import as_led_in, with_leads
from targets.selectors.terms import stand_in_force

Subject = Task | Target
PARTS = ("progress", "problem", "next_step")
AT_THE_END = 10**9  # what the document does not state


@dataclass(frozen=True)
class Original:
    """A unit's approved text; `before` is the version that the consolidated text was edited from."""

    unit: Unit
    is_lead: bool
    version: NarrativeVersion
    before: NarrativeVersion | None
    is_new: bool  # approved after the text was edited, or corrected since

    def words(self) -> Words:
        parts = {name: getattr(self.version, name) for name in PARTS}
        return Words(self.unit.name, self.is_lead, **parts)


@dataclass(frozen=True)
class ConsolidatedRow:
    """One task or target with the originals and the office's text, which may not be there yet."""

    subject: Subject
    originals: tuple[Original, ...]
    stored: ConsolidatedText | None

    @property
    def key(self) -> str:
        return f"{'k' if isinstance(self.subject, Task) else 't'}{self.subject.pk}"

    @property
    def text(self) -> str:
        return self.stored.text if self.stored else ""

    @property
    def revision(self) -> int:
        return self.stored.revision if self.stored else 0

    @property
    def has_changed(self) -> bool:
        """Whether an original was approved or corrected after the text was edited."""
        return self.stored is not None and any(original.is_new for original in self.originals)

    @property
    def sources(self) -> dict[str, int]:
        """The originals as they are now: narrative → approved version."""
        return {str(one.version.narrative_id): one.version.number for one in self.originals}

    def first_draft(self) -> str:
        return first_draft(original.words() for original in self.originals)


def consolidated_rows(plan: Plan, period: Period) -> list[ConsolidatedRow]:
    """Everything that has an approved text with words, or a consolidated one, in the document's order.

    A fixed number of queries; units in official order, the lead first.
    """
    about_plan = Q(narrative__task__plan=plan) | Q(narrative__target__plan=plan)
    counting = NarrativeVersion.objects.filter(
        about_plan, narrative__period_id=period.pk, number=F("narrative__approved_version")
    ).exclude(progress="", problem="", next_step="")
    versions: dict[tuple[type, int], list[NarrativeVersion]] = defaultdict(list)
    for version in counting.select_related("narrative__unit", "by"):
        narrative = version.narrative
        about = (Task, narrative.task_id) if narrative.task_id else (Target, narrative.target_id or 0)
        versions[about].append(version)
    stored: dict[tuple[type, int], ConsolidatedText] = {
        (Task, row.task_id) if row.task_id else (Target, row.target_id or 0): row
        for row in ConsolidatedText.objects.filter(plan=plan, period_id=period.pk).select_related("by")
    }
    before = _edited_from(stored.values())
    subjects = _subjects({*versions, *stored}, period)
    return [
        ConsolidatedRow(
            subject,
            tuple(_originals(subject, versions[about], stored.get(about), before)),
            stored.get(about),
        )
        for about, subject in subjects
    ]


def _subjects(abouts: Iterable[tuple[type, int]], period: Period) -> list[tuple[tuple[type, int], Subject]]:
    """The tasks and targets in the document's order, led as in this period."""
    abouts = list(abouts)
    tasks = Task.objects.filter(pk__in=[pk for kind, pk in abouts if kind is Task])
    targets = Target.objects.filter(pk__in=[pk for kind, pk in abouts if kind is Target])
    placed: list[tuple[int, int, tuple[type, int], Subject]] = []
    for task in as_led_in(with_leads(tasks.select_related("section", "lead")), period.key):
        placed.append((_place(task.start), task.order, (Task, task.pk), task))
    promised = list(targets.select_related("section", "lead").prefetch_related("sources"))
    stand_in_force(promised, period)
    for target in promised:
        starts = [source.start for source in target.sources.all()]
        placed.append((_place(min(starts, default=None)), target.order, (Target, target.pk), target))
    return [(about, subject) for _start, _order, about, subject in sorted(placed, key=lambda one: one[:2])]


def _place(start: int | None) -> int:
    return AT_THE_END if start is None else start


def _edited_from(stored: Iterable[ConsolidatedText]) -> dict[tuple[int, int], NarrativeVersion]:
    """(narrative, number) → the version that a consolidated text was edited from."""
    wanted = {(int(pk), number) for row in stored for pk, number in row.sources.items()}
    rows = NarrativeVersion.objects.filter(narrative__in={pk for pk, _number in wanted})
    return {(row.narrative_id, row.number): row for row in rows if (row.narrative_id, row.number) in wanted}


def _originals(
    subject: Subject,
    versions: Iterable[NarrativeVersion],
    stored: ConsolidatedText | None,
    before: Mapping[tuple[int, int], NarrativeVersion],
) -> list[Original]:
    found = []
    for version in versions:
        seen = stored.sources.get(str(version.narrative_id)) if stored else None
        found.append(
            Original(
                unit=version.narrative.unit,
                is_lead=version.narrative.unit_id == subject.lead_id,
                version=version,
                before=before.get((version.narrative_id, seen)) if seen else None,
                is_new=stored is not None and seen != version.number,
            )
        )
    return sorted(found, key=lambda original: (not original.is_lead, original.unit.order))
