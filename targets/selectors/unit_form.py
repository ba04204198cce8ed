"""The entry sheet of one unit and period, as plain values for the quarterly workbook."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.db.models import F, Q

from accounts.models import Unit
from plans.models import Task
from targets.figure_columns import node_time
from targets.models import Figure, FigureVersion, NarrativeVersion, NodeReport, Period
from targets.periods import PeriodKey
from targets.selectors.entry import FigureRow, TextRow, entry_sheet
from targets.selectors.nodes import Node
from targets.selectors.terms import led_in
from targets.workbook.content import (
    FIGURE,
    TASK,
    TEXT,
    FigureContent,
    FigureItem,
    Marks,
    NodeItem,
    Stored,
    TaskItem,
    TextContent,
    UnitForm,
)

LEADS, COOPERATES = "牵头", "配合"  # constants of the workbook's format

Bases = dict[tuple[str, str], FigureContent | TextContent]


def unit_form(unit: Unit, period: Period) -> UnitForm:
    """Everything this unit may report in this period, with what is stored now; a fixed number of queries.

    Codes: a target's key (W6), a part's key and unit (W7/江岸区), a task's path (三/(二)/二是), a node's
    task and place (三/(二)/二是-1).
    """
    sheet = entry_sheet(period, unit)
    done = _done_before([row.duty.subject.pk for row in sheet.tasks], period)
    bureau = period.bureau
    return UnitForm(
        bureau_code=bureau.code,
        bureau_name=bureau.name,
        unit_id=unit.pk,
        unit_name=unit.name,
        period=period.key,
        figures=tuple(_figure_item(row) for row in sheet.figures),
        tasks=tuple(_task_item(row, period.key, done) for row in (*sheet.tasks, *sheet.cooperation)),
        is_demo=bureau.is_demo,
        due=period.report_due,
    )


def base_contents(form: UnitForm, marks: Marks, unit: Unit, period: Period) -> Bases:
    """What each item of the form held in the version that a workbook's marks name; 0 means nothing yet.

    Only the form's own items are looked up, whatever the marks say; an unknown version counts as the present
    one.
    """
    figures, texts = _figure_versions(unit, period), _text_versions(unit, period)
    bases: Bases = {}
    for item in form.figures:
        version = marks.versions.get((FIGURE, item.code), 0)
        number = figures.get((item.target_id, item.allocation_id, version), item.figure.content)
        bases[FIGURE, item.code] = number if version else FigureContent()
        if item.text:
            version = marks.versions.get((TEXT, item.code), 0)
            text = texts.get((None, item.target_id, version), item.text.content)
            bases[TEXT, item.code] = text if version else TextContent()
    for task in form.tasks:
        version = marks.versions.get((TASK, task.code), 0)
        text = texts.get((task.task_id, None, version), task.text.content)
        bases[TASK, task.code] = text if version else TextContent()
    return bases


def _figure_item(row: FigureRow) -> FigureItem:
    target, part = row.duty.target, row.duty.allocation
    return FigureItem(
        code=f"{target.key}/{part.unit.name}" if part else target.key,
        name=f"{target.name}({part.unit.name})" if part else target.name,
        unit=target.unit,
        figure=stored_figure(row.item, is_open=row.is_open),
        target_id=target.pk,
        allocation_id=part.pk if part else None,
        text=_stored_text(row.text) if row.text else None,
        decimals=target.decimals,
        comparison=target.comparison,
        annual=row.annual,
        last_year=row.last_year,
        previous=row.previous_value,
    )


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
        figure_content(figure),
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


def figure_content(found: Figure | FigureVersion) -> FigureContent:
    """The content of a figure or of one of its versions."""
    return FigureContent(
        value=found.value,
        not_applicable=found.not_applicable,
        forecast=found.forecast,
        nature=found.nature,
        note=found.note,
        numerator=found.numerator,
        denominator=found.denominator,
        basis=found.basis,
    )


def _done_before(tasks: Iterable[int], period: Period) -> dict[int, str]:
    """What was done, for the nodes that were done in another period."""
    reports = NodeReport.objects.filter(milestone__task__in=tasks, milestone__done_in=F("narrative"))
    reports = reports.exclude(narrative__period=period)
    return {report.milestone_id: report.what for report in reports}


def _figure_versions(unit: Unit, period: Period) -> dict[tuple[int, int | None, int], FigureContent]:
    own = Q(figure__target__in=led_in(period, unit)) | Q(figure__allocation__unit=unit)
    versions = FigureVersion.objects.filter(own, figure__period=period).select_related("figure")
    return {
        (version.figure.target_id, version.figure.allocation_id, version.number): figure_content(version)
        for version in versions
    }


def _text_versions(unit: Unit, period: Period) -> dict[tuple[int | None, int | None, int], TextContent]:
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
