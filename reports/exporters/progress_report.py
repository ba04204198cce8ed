"""The quarter's progress report: the ledger and what is read out of it, as rows for the one writer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from reports.exporters.cover import as_of, cover, sample_mark, title_of
from reports.exporters.workbook import (
    Book,
    Cell,
    Column,
    Kind,
    Paper,
    Row,
    Sheet,
    display_width,
    full_width,
    header_row,
)
from reports.ledger_columns import (
    BY_KEY,
    LEDGER_COLUMNS,
    LedgerColumn,
    Look,
    item_text,
    month_text,
    task_text,
)
from reports.selectors.exports import Report
from targets.enums import Light, State
from targets.explaining import told
from targets.figure_columns import period_name
from targets.selectors.ledger import LedgerRow
from targets.selectors.nodes import Node

INDICATOR_KEYS = (
    "number", "name", "unit", "annual", "last_year", "single", "actual", "growth", "rate", "share", "gap",
    "light", "forecast", "lead", "leader",
)  # fmt: skip
BEHIND_KEYS = ("light", "unit", "annual", "actual", "rate", "gap", "lead", "leader")
NODE_COLUMNS = (
    Column("序号", 6),
    Column("工作任务", 30),
    Column("节点", 30),
    Column("计划时间", 13),
    Column("完成情况", 18),
    Column("延期次数", 6),
    Column("亮灯", 18),
    Column("牵头处室", 14),
    Column("分管领导", 12),
)
UNITS = "单位:见“单位”栏"
READING_NOTE = (
    f"{UNITS}    较序时:累计数与应达进度之差,单位为百分点;增速、比率等按全额考核的指标"
    "为实际值与目标值之差,带单位者以该单位计。空白为未报送,“–”为不考核或不适用。"
)
INDICATOR_NOTE = f"{UNITS}    累计完成:累计数为年初至期末,总数、余额为期末数,增速、比率为公布数"
BEHIND_NOTE = f"{UNITS}    先严重滞后,后未达到序时进度,末为未报送"
UNDER_WAY = {
    None: "尚未报送",
    State.SUBMITTED: "已报送,待处室审核",
    State.PASSED: "已报送,待分管领导审签",
    State.REVIEWED: "已报送,待办公室核定",
    State.RETURNED: "已退回,待修改",
}


def file_name(report_bureau: str, period: str, *, is_sample: bool) -> str:
    """The name of the download: 武汉_2014年前三季度工作要点进展台账(演示数据).xlsx."""
    mark = "(演示数据)" if is_sample else ""
    name = f"{report_bureau}_{period}工作要点进展台账{mark}"
    return "".join("_" if character in '\\/:*?"<>|' else character for character in name) + ".xlsx"


def progress_report(report: Report) -> Book:
    """The whole workbook."""
    assert report.made_at is not None
    return Book(
        title=f"{report.plan.bureau.name}{title_of(report)}",
        author=report.made_by,
        made_at=report.made_at,
        sheets=(cover(report), ledger(report), indicators(report), milestone_tasks(report), behind(report)),
        foot_left=as_of(report),
        foot_right=sample_mark(report),
    )


def ledger(report: Report) -> Sheet:
    """台账: every column, the sections as headings between the rows."""
    columns = _columns(LEDGER_COLUMNS)
    rows = (*_head(report, "进展台账", columns, READING_NOTE), *_ledger_rows(report))
    return Sheet("台账", columns, rows, Paper.A3, frozen_columns=3, centred_titles=False)


def indicators(report: Report) -> Sheet:
    """主要指标: the targets with a number, and the arithmetic behind each light."""
    chosen = [BY_KEY[key] for key in INDICATOR_KEYS]
    columns = (*_columns(chosen), Column("亮灯依据", 40))
    rows = (Row((*_cells(row, chosen), Cell(_arithmetic(row)))) for row in report.indicators)
    head = _head(report, "主要指标", columns, INDICATOR_NOTE)
    return Sheet("主要指标", columns, (*head, *rows), frozen_columns=2)


def _arithmetic(row: LedgerRow) -> str:
    return told(row.progress, row.target) if row.progress and row.target else ""


def milestone_tasks(report: Report) -> Sheet:
    """节点任务: one row per node, so that nodes can be filtered and sorted."""
    head = _head(report, "节点任务", NODE_COLUMNS, "每行一个节点;亮灯按任务")
    nodes = (node for row in report.milestone_tasks for node in _node_rows(row))
    return Sheet("节点任务", NODE_COLUMNS, (*head, *nodes), frozen_columns=2)


def behind(report: Report) -> Sheet:
    """滞后与未报: who lags and why, then who has not reported."""
    chosen = [BY_KEY[key] for key in BEHIND_KEYS]
    columns = (
        Column("序号", 6),
        Column("指标或任务", 28),
        *_columns(chosen),
        Column("存在的问题(未报情况)", 30),
        Column("下一步措施", 28),
    )
    head = _head(report, "滞后与未报", columns, BEHIND_NOTE)
    rows = (Row(_behind_cells(report, row, chosen)) for row in report.behind)
    return Sheet("滞后与未报", columns, (*head, *rows), frozen_columns=2)


def _head(report: Report, name: str, columns: Sequence[Column], note: str) -> Iterator[Row]:
    """Title, note and header of a table."""
    mark = sample_mark(report)
    bureau, period = report.plan.bureau.name, period_name(report.period.key)
    yield full_width(Kind.TITLE, f"{bureau} {period}工作要点{name}")
    yield full_width(Kind.NOTE, "    ".join(filter(None, [as_of(report), mark, note])))
    yield header_row(columns)


def _columns(chosen: Sequence[LedgerColumn]) -> tuple[Column, ...]:
    return tuple(Column(_broken(column.header, column.width), column.width) for column in chosen)


def _broken(header: str, width: float) -> str:
    """A header that is too long breaks before its bracket, not inside."""
    return header.replace("(", "\n(") if display_width(header) > width else header


def _cells(row: LedgerRow, chosen: Sequence[LedgerColumn]) -> tuple[Cell, ...]:
    return tuple(cell_of(row, column) for column in chosen)


def cell_of(row: LedgerRow, column: LedgerColumn) -> Cell:
    """A ledger column's cell of one row; a word in a column of numbers stands in the middle."""
    value = column.value(row)
    if isinstance(value, str):
        style = Look.TEXT if column.look == Look.TEXT else Look.CENTRED
        return Cell(value, style.value, light=row.light if column.look == Look.LIGHT else "")
    return Cell(value, column.look.value, column.number_format(row) if value is not None else "")


def _ledger_rows(report: Report) -> Iterator[Row]:
    """The rows under their sections' headings; a heading is printed once, its parent's before it."""
    printed: set[int] = set()
    for row in report.rows:
        for pk in (row.section.parent_id, row.section.pk):
            if pk is not None and pk not in printed:
                printed.add(pk)
                section = report.sections[pk]
                yield full_width(Kind.HEADING, f"{section.label}{section.title}")
        yield Row(_cells(row, LEDGER_COLUMNS))


def _node_rows(row: LedgerRow) -> Iterator[Row]:
    """A task's nodes; what repeats from the row above is printed paler."""
    light = cell_of(row, BY_KEY["light"])
    postponed = row.task_progress.postponed if row.task_progress else 0
    for place, node in enumerate(row.nodes):
        again = "repeated" if place else "text"
        yield Row(
            (
                Cell(row.number, "center"),
                Cell(task_text(row), again),
                Cell(node.text),
                Cell(_planned_text(node), "center"),
                Cell(_done_text(node), "center"),
                Cell(postponed, "center", "#,##0"),
                light,
                Cell(row.lead.name, "center"),
                Cell(row.lead.leader, "center"),
            )
        )


def _planned_text(node: Node) -> str:
    """The month in force; after a postponement the original one before it."""
    moved = f"{month_text(node.original)}\n→ " if node.is_postponed else ""
    return moved + month_text(node.planned)


def _done_text(node: Node) -> str:
    """Done and when, overdue, due, or not yet due, at the period's end."""
    if node.done_in:
        return f"已完成({month_text(node.done_in)})"
    if not node.is_overdue:
        return "未到期"
    return "到期未完成" if node.planned == node.now else "逾期未完成"


def _behind_cells(report: Report, row: LedgerRow, chosen: Sequence[LedgerColumn]) -> tuple[Cell, ...]:
    name = item_text(row) if row.target else task_text(row)
    return (
        Cell(row.number, "center"),
        Cell(name),
        *_cells(row, chosen),
        Cell(_reason(report, row)),
        Cell(row.texts.next_step),
    )


def _reason(report: Report, row: LedgerRow) -> str:
    """What the unit wrote; else where its report stands, for a missing one with the deadline."""
    if row.light == Light.GREY:
        if row.progress and row.progress.incomplete:
            return "部分单位尚未报送"
        return UNDER_WAY[report.figure_state(row)]
    if row.texts.problem:
        return row.texts.problem
    if row.texts.progress:
        return "(未填写存在的问题)"
    return f"(情况说明{UNDER_WAY[report.text_state(row)]})"
