"""The entry sheet of one unit and period, as plain values for the quarterly workbook."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.db.models import F

from accounts.models import Unit
from plans.models import Task
from targets.figure_columns import node_time
from targets.models import Figure, FigureVersion, NarrativeVersion, NodeReport, Period, Target
from targets.periods import PeriodKey
from targets.selectors.duties import targets_of
from targets.selectors.entry import text_rows
from targets.selectors.entry_rows import TextRow
from targets.selectors.form_figures import CONTENT, figure_items
from targets.selectors.nodes import Node
from targets.workbook.content import (
    FIGURE,
    TASK,
    TEXT,
    FigureContent,
    Marks,
    NodeItem,
    Stored,
    TaskItem,
    TextContent,
    UnitForm,
)

LEADS, COOPERATES = "牵头", "配合"  # constants of the workbook's format

Bases = dict[tuple[str, str], FigureContent | TextContent]
_Named = tuple[str, str, tuple[int | None, int | None], Stored[FigureContent] | Stored[TextContent]]
_Version = tuple[int | None, int | None, int]  # target and part, or task and target; its number


def unit_form(unit: Unit, period: Period, *, neighbours: bool = True) -> UnitForm:
    """Everything this unit may report in this period, with what is stored now; a fixed number of queries.

    Without `neighbours` the numbers of earlier periods, which only a reader of the form needs, are left out.

    Codes: a target's key (W6), a part's key and unit (W7/江岸区), a task's path (三/(二)/二是), a node's
    task and place (三/(二)/二是-1).
    """
    targets = targets_of(period, unit)
    rows = text_rows(period, unit, targets)
    texts = {row.duty.subject.pk: _stored_text(row) for row in rows if isinstance(row.duty.subject, Target)}
    tasks = [row for row in rows if isinstance(row.duty.subject, Task)]
    tasks.sort(key=lambda row: not row.duty.is_lead)
    done = _done_before([row.duty.subject.pk for row in tasks if row.duty.is_lead], period)
    bureau = period.bureau
    return UnitForm(
        bureau_code=bureau.code,
        bureau_name=bureau.name,
        unit_id=unit.pk,
        unit_name=unit.name,
        period=period.key,
        figures=tuple(figure_items(unit, period, targets, texts, neighbours=neighbours)),
        tasks=tuple(_task_item(row, period.key, done) for row in tasks),
        is_demo=bureau.is_demo,
        due=period.report_due,
    )


def base_contents(form: UnitForm, marks: Marks, unit: Unit, period: Period) -> Bases:
    """What the items held in the versions that a workbook's marks name, where those are not the present ones.

    0 means nothing yet. Only the form's own items are looked up, whatever the marks say; an unknown version
    counts as the present one.
    """
    named: list[_Named] = [
        (FIGURE, item.code, (item.target_id, item.allocation_id), item.figure) for item in form.figures
    ]
    named += [(TEXT, item.code, (None, item.target_id), item.text) for item in form.figures if item.text]
    named += [(TASK, task.code, (task.task_id, None), task.text) for task in form.tasks]
    versions = {(kind, code): marks.versions.get((kind, code), 0) for kind, code, _key, _stored in named}
    differing = [one for one in named if versions[one[:2]] != one[3].version]
    earlier = {kind for kind, code, _key, _stored in differing if versions[kind, code]}
    figures = _figure_versions(form, period) if FIGURE in earlier else {}
    texts = _text_versions(unit, period) if earlier & {TEXT, TASK} else {}
    bases: Bases = {}
    for kind, code, key, stored in differing:
        number = versions[kind, code]
        if kind == FIGURE:
            bases[kind, code] = figures.get((*key, number), stored.content) if number else FigureContent()
        else:
            bases[kind, code] = texts.get((*key, number), stored.content) if number else TextContent()
    return bases


def _task_item(row: TextRow, key: PeriodKey, done: Mapping[int, str]) -> TaskItem:
    task = row.duty.subject
    assert isinstance(task, Task)
    return TaskItem(
        code=task.path,
        title=str(task),
        task_id=task.pk,
        role=LEADS if row.duty.is_lead else COOPERATES,
        text=_stored_text(row),
        previous=row.previous.progress if row.previous else "",
        nodes=tuple(_node_items(task, row.duty.nodes, key, done)),
    )


def _node_items(
    task: Task, nodes: Iterable[Node], key: PeriodKey, done: Mapping[int, str]
) -> Iterable[NodeItem]:
    for number, node in enumerate(nodes, 1):
        earlier = node.done_in if node.done_in and node.done_in < key else None
        yield NodeItem(
            code=f"{task.path}-{number}",
            milestone_id=node.pk,
            text=node.text,
            planned=node_time(node.planned, key) + ("(延期)" if node.is_postponed else ""),
            done_before=node_time(earlier, key) if earlier else "",
            what_before=done.get(node.pk, "") if earlier else "",
        )


def stored_figure(figure: Figure | None, *, is_open: bool) -> Stored[FigureContent]:
    """The figure as workbooks compare it (None: nothing was saved yet); whether the period lets it change."""
    if figure is None:
        return Stored(FigureContent(), is_open=is_open)
    return Stored(
        FigureContent(**{name: getattr(figure, name) for name in CONTENT}),
        figure.revision,
        figure.last_version,
        figure.state,
        str(figure.updated_by),
        figure.updated_at,
        is_open,
    )


def _stored_text(row: TextRow) -> Stored[TextContent]:
    text = row.item
    if text is None:
        return Stored(TextContent(), is_open=row.is_open)
    return Stored(
        TextContent(text.progress, text.problem, text.next_step, row.ticked),
        text.revision,
        text.last_version,
        text.state,
        str(text.updated_by),
        text.updated_at,
        row.is_open,
    )


def _done_before(tasks: Iterable[int], period: Period) -> dict[int, str]:
    """What was done, for the nodes that were done in another period."""
    reports = NodeReport.objects.filter(milestone__task__in=tasks, milestone__done_in=F("narrative"))
    reports = reports.exclude(narrative__period=period)
    return {report.milestone_id: report.what for report in reports}


def _figure_versions(form: UnitForm, period: Period) -> dict[_Version, FigureContent | TextContent]:
    targets = {item.target_id for item in form.figures}
    versions = FigureVersion.objects.filter(figure__target__in=targets, figure__period=period)
    rows = versions.values_list("figure__target", "figure__allocation", "number", *CONTENT)
    return {
        (target, part, number): FigureContent(**dict(zip(CONTENT, content, strict=True)))
        for target, part, number, *content in rows
    }


def _text_versions(unit: Unit, period: Period) -> dict[_Version, FigureContent | TextContent]:
    versions = NarrativeVersion.objects.filter(narrative__unit=unit, narrative__period=period)
    return {
        (version.narrative.task_id, version.narrative.target_id, version.number): TextContent(
            version.progress,
            version.problem,
            version.next_step,
            {int(pk): what for pk, what in version.nodes.items()},
        )
        for version in versions.select_related("narrative")
    }
