"""THE column list of the ledger (台账): screens, workbooks and bulletins show these columns in this order.

Headers are constants of an official document, in Chinese whatever the page's language. The values are the
stored ones; nothing is computed here. In every column four things stay apart: a number (0 included), None
for what is missing, – for what does not apply or is not judged, and 不适用.

Source: the domain description, section 6.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum

from targets.enums import Light, Measure
from targets.figure_columns import NATURE_NAMES, NOT_APPLICABLE
from targets.formatting import format_number, gap_decimals, natural_decimals
from targets.labels import LABELS
from targets.models import Progress, Target
from targets.periods import PeriodKey
from targets.selectors.ledger import LedgerRow

DASH = "–"
SAMPLE = "演示数据"
RATE = "0.0%"
DAY = 'yyyy"年"m"月"d"日"'
PERCENT = "%"

Value = str | Decimal | int | date | None


class Look(Enum):
    """How a column's values stand in their cells."""

    TEXT = "text"
    CENTRED = "center"
    NUMBER = "number"
    LIGHT = "light"
    DATE = "date"


@dataclass(frozen=True)
class LedgerColumn:
    """One column. `width`: two units per Chinese character; `number_format`: Excel's, for the row's value."""

    key: str
    header: str
    width: float
    value: Callable[[LedgerRow], Value]
    look: Look = Look.TEXT
    number_format: Callable[[LedgerRow], str] = lambda row: ""


# --- number formats --------------------------------------------------------------------------------------


def grouped(decimals: int) -> str:
    """Thousands separators from four digits, and that many decimals."""
    return "#,##0" + ("." + "0" * decimals if decimals else "")


def value_format(row: LedgerRow, value: Decimal | None) -> str:
    """A reported value: the target's own decimals, and in full where it has more."""
    if row.target is None or value is None:
        return ""
    return grouped(max(row.target.decimals, natural_decimals(value)))


def format_of(name: str) -> Callable[[LedgerRow], str]:
    """`value_format` of the row's attribute with this name."""
    return lambda row: value_format(row, getattr(row, name))


def annual_format(row: LedgerRow) -> str:
    """What is promised with its comparison: ≥320; after an adjustment 原目标 → 调整后."""
    if row.target is None or row.value is None:
        return ""
    decimals = _promised_decimals(row.target, row.value)
    sign = LABELS[row.target.comparison]  # type: ignore[index]
    before = ""
    if row.value != row.target.plan_value:
        written, unit = row.target.plan_value, row.target.plan_unit
        original = _promised_decimals(row.target, written)
        before = f"{format_number(written, original)}{unit if unit != row.target.unit else ''} → "
    number = grouped(decimals)
    return f"{_quoted(before + sign)}{number};{_quoted(before + sign + '-')}{number}"


def _promised_decimals(target: Target, value: Decimal) -> int:
    natural = natural_decimals(value)
    return max(natural, target.decimals) if natural else 0


def actual_format(row: LedgerRow) -> str:
    """As `value_format`; a sum in which a unit is missing is marked as a part."""
    part = row.progress is not None and row.progress.incomplete
    return value_format(row, row.actual) + (_quoted("(部分)") if part else "")


def forecast_format(row: LedgerRow) -> str:
    return value_format(row, row.figure.forecast if row.figure else None)


def gap_format(row: LedgerRow) -> str:
    """Signed: percentage points without a unit, a difference in the target's own unit with it."""
    if row.target is None or row.progress is None:
        return ""
    number = grouped(shown_decimals(row.progress, row.target))
    is_points = row.progress.gap_is_points or row.target.unit == PERCENT
    unit = "" if is_points else _quoted(row.target.unit)
    return f"+{number}{unit};-{number}{unit};{number}{unit}"


def shown_decimals(progress: Progress, target: Target) -> int:
    """Of 较序时: one, or the target's own; more where it would print as 0 or as a threshold it is not."""
    if progress.gap_shown is None:
        return target.decimals
    if progress.gap_is_points:
        return gap_decimals(progress.gap_shown, (0, progress.rule.yellow_floor * 100), 1)
    return gap_decimals(progress.gap_shown, (0,), target.decimals)


def _quoted(text: str) -> str:
    """Literal text inside a number format."""
    return '"' + text.replace('"', "") + '"'


# --- values ------------------------------------------------------------------------------------------------


def task_text(row: LedgerRow) -> str:
    """The task as it is numbered in the plan: (三)二是 …, 7.…; without a task the section's title."""
    if row.task is None:
        return row.section.title
    label = row.task.label
    if not row.task.in_document:
        return str(row.task)
    if label[:1].isdigit():  # numbered through the whole plan
        return f"{label}{row.task.title}"
    parts = row.task.path.split("/")
    within = parts[-2] if len(parts) > 1 else ""
    return f"{within}{label} {row.task.title}"


def item_text(row: LedgerRow) -> str:
    """The indicator's name; of a milestone task how many of its nodes are done."""
    if row.target:
        return row.target.name
    nodes = row.task_progress
    return f"节点任务(完成{nodes.done_nodes}/{nodes.total_nodes})" if nodes else "节点任务"


def light_text(row: LedgerRow) -> str:
    """Symbol and word; the word alone would be lost in a grey copy, and so would the colour."""
    text = f"{Light(row.light).symbol} {row.word}".strip()
    judged = row.light not in {Light.NONE, Light.GREY}
    return text + ("(缺基数)" if judged and row.progress and row.progress.missing_baseline else "")


def deadline_text(row: LedgerRow) -> str:
    """The month in which the item has to be done; of a milestone task its last node's, as it is in force."""
    if row.target:
        return f"{row.target.year_due}年12月"
    return month_text(max(node.planned for node in row.nodes)) if row.nodes else DASH


def month_text(key: PeriodKey) -> str:
    return f"{key.year}年{key.month}月"


def nature_text(row: LedgerRow) -> str:
    """预计, 快报 or 核定; sample data say so in every row."""
    name = NATURE_NAMES[row.figure.nature] if row.figure else ""  # type: ignore[index]
    mark = SAMPLE if row.is_sample else ""
    return "\n".join(part for part in (name, mark) if part) or ("" if row.target else DASH)


def _actual(row: LedgerRow) -> Value:
    if row.progress is not None and row.progress.not_applicable:
        return NOT_APPLICABLE
    return _of_target(row, row.actual)


def _of_target(row: LedgerRow, value: Decimal | None) -> Value:
    """The value; None where it is missing, – where the row is not judged or has no number at all."""
    if value is None and (row.target is None or row.light == Light.NONE):
        return DASH
    return value


def _stored(name: str) -> Callable[[LedgerRow], Value]:
    """A value of the stored row, by the field's name."""
    return lambda row: _of_target(row, getattr(row.progress, name, None))


def _share(row: LedgerRow) -> Value:
    share = row.progress.share if row.progress else None
    return DASH if share is None else share


def _rate(row: LedgerRow) -> Value:
    """A rule that gives no rate (V ≤ 0) is not a missing figure."""
    if row.actual is not None and row.progress and row.progress.rate is None:
        return DASH
    return _of_target(row, row.progress.rate if row.progress else None)


def _annual(row: LedgerRow) -> Value:
    return row.value if row.target else DASH


def _last_year(row: LedgerRow) -> Value:
    return row.last_year if row.target else DASH


def _single(row: LedgerRow) -> Value:
    accumulates = row.target is not None and row.target.measure == Measure.FLOW
    return _of_target(row, row.single) if accumulates else DASH


def _growth(row: LedgerRow) -> Value:
    compares = row.target is not None and row.target.measure in {Measure.FLOW, Measure.STOCK}
    return row.growth if compares else DASH


def _forecast(row: LedgerRow) -> Value:
    return (row.figure.forecast if row.figure else None) if row.target else DASH


def _source(row: LedgerRow) -> Value:
    return row.target.data_source if row.target else DASH


LEDGER_COLUMNS: tuple[LedgerColumn, ...] = (
    LedgerColumn("number", "序号", 5, lambda row: row.number, Look.CENTRED),
    LedgerColumn("task", "工作任务", 18, task_text),
    LedgerColumn("name", "指标名称", 15, item_text),
    LedgerColumn("unit", "单位", 8, lambda row: row.target.unit if row.target else DASH, Look.CENTRED),
    LedgerColumn("annual", "年度目标", 11, _annual, Look.NUMBER, annual_format),
    LedgerColumn(
        "last_year", "上年同期", 10, _last_year, Look.NUMBER, lambda row: value_format(row, row.last_year)
    ),
    LedgerColumn("single", "本季完成", 10, _single, Look.NUMBER, format_of("single")),
    LedgerColumn("actual", "累计完成", 10.5, _actual, Look.NUMBER, actual_format),
    LedgerColumn("growth", "同比", 7.5, _growth, Look.NUMBER, lambda row: RATE),
    LedgerColumn("rate", "完成率", 7.5, _rate, Look.NUMBER, lambda row: RATE),
    LedgerColumn("share", "序时进度", 7.5, _share, Look.NUMBER, lambda row: RATE),
    LedgerColumn("gap", "较序时(百分点)", 9, _stored("gap_shown"), Look.NUMBER, gap_format),
    LedgerColumn("light", "亮灯", 18, light_text, Look.LIGHT),
    LedgerColumn("forecast", "全年预计", 10, _forecast, Look.NUMBER, forecast_format),
    LedgerColumn("progress", "进展情况", 26, lambda row: row.texts.progress),
    LedgerColumn("problem", "存在的问题", 20, lambda row: row.texts.problem),
    LedgerColumn("next_step", "下一步措施", 20, lambda row: row.texts.next_step),
    LedgerColumn("deadline", "完成时限", 11, deadline_text, Look.CENTRED),
    LedgerColumn("leader", "分管领导", 9, lambda row: row.lead.leader, Look.CENTRED),
    LedgerColumn("lead", "牵头处室", 11, lambda row: row.lead.name, Look.CENTRED),
    LedgerColumn("cooperating", "配合单位", 11, lambda row: row.cooperating),
    LedgerColumn("contacts", "联系人", 10, lambda row: row.contacts),
    LedgerColumn("source", "数据来源", 12, _source),
    LedgerColumn("nature", "数据性质", 8, nature_text, Look.CENTRED),
    LedgerColumn("evidence", "佐证材料", 9, lambda row: None),  # files behind a figure have no home yet
    LedgerColumn("reporter", "填报人", 10, lambda row: row.submitted_by),
    LedgerColumn("reviewer", "审核人", 10, lambda row: row.approved_by),
    LedgerColumn("reported_on", "填报日期", 13, lambda row: row.reported_on, Look.DATE, lambda row: DAY),
)

BY_KEY = {column.key: column for column in LEDGER_COLUMNS}
