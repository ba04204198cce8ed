"""THE column list of the quarterly workbook: what is written, what is read, and how a cell is understood.

Pure: no Django. Sheet names and headers are constants of the format, in Chinese whatever the page's language:
the file travels between people. A column is found by its header, so columns may be moved.

A blank input cell says nothing: it never deletes what is stored.
"""

from __future__ import annotations

import datetime
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property, lru_cache

from targets.entry_text import Entry, EntryCode, EntryProblem, from_cell
from targets.enums import Nature, State
from targets.periods import PeriodKey
from targets.units import Unit, UnknownUnit, parse_unit
from targets.upload_problems import SHEET_ORDER, CellProblem, UploadCode, shown

FORMAT_NAME = "work-plan-quarterly-form"
FORMAT_VERSION = 1
MARKS_SHEET = "系统标识"
MAX_NARRATIVE = 5000
MAX_NOTE = 500
MAX_WHAT = 300
YES, NO = "是", "否"
NATURES = {"预计": Nature.ESTIMATE, "快报": Nature.FLASH, "核定": Nature.VERIFIED}
NATURE_NAMES = {nature: name for name, nature in NATURES.items()}
NOT_APPLICABLE = "不适用"
STATE_NAMES = {
    State.SUBMITTED: "待处室审核",
    State.PASSED: "待分管领导审签",
    State.REVIEWED: "待办公室核定",
    State.APPROVED: "已核定",
}
PERIOD_NAMES = {3: "一季度", 6: "上半年", 9: "前三季度", 12: "全年"}
QUARTER_NAMES = {3: "一季度", 6: "二季度", 9: "三季度", 12: "四季度"}
HOW_TO_FILL = (
    "说明:只填浅黄色单元格。空白表示不作说明,不会清除已填内容;零请填 0,不适用请填“不适用”。"
    "数字可带单位(如 12000万元),系统自动换算。请勿合并单元格、改表头和编号。"
)


@dataclass(frozen=True)
class Cell:
    """One cell as the file holds it; `kind` is openpyxl's data type (f formula, e error, s text, n, d, b)."""

    value: object
    kind: str = "n"
    number_format: str = "General"

    @property
    def is_blank(self) -> bool:
        return self.value is None or (isinstance(self.value, str) and not tidy_text(self.value))


BLANK_CELL = Cell(None)
Clean = Callable[[Cell, Unit | None], object]


@dataclass(frozen=True)
class Column:
    """One column. Without `clean` it is locked; a `checked` locked column has to hold what was written."""

    key: str
    header: str
    width: int  # in Chinese characters
    clean: Clean | None = None
    note: str = ""
    choices: tuple[str, ...] = ()
    checked: UploadCode | None = None
    is_number: bool = False

    @property
    def locked(self) -> bool:
        return self.clean is None


@dataclass(frozen=True)
class Sheet:
    """One sheet of the form; its first column identifies the row."""

    name: str
    columns: tuple[Column, ...]
    frozen: int  # columns that stay in sight

    def column(self, key: str) -> Column:
        return self._by_key[key]

    @cached_property
    def _by_key(self) -> dict[str, Column]:
        return {column.key: column for column in self.columns}

    @property
    def inputs(self) -> list[Column]:
        return [column for column in self.columns if not column.locked]


def clean_figure(cell: Cell, unit: Unit | None) -> Entry:
    """A number in the row's unit, blank or not applicable. Raises EntryProblem."""
    assert unit is not None
    if cell.kind == "f":
        raise EntryProblem(EntryCode.FORMULA, text=shown(cell.value), unit=unit.name)
    if cell.kind == "e":
        raise EntryProblem(EntryCode.CELL_ERROR, text=shown(cell.value), unit=unit.name)
    return from_cell(cell.value, unit, cell.number_format)


def clean_forecast(cell: Cell, unit: Unit | None) -> Entry:
    """A number or blank. Raises EntryProblem or CellProblem."""
    entry = clean_figure(cell, unit)
    if entry.not_applicable:
        raise CellProblem(UploadCode.FORECAST_NOT_APPLICABLE)
    return entry


def clean_text(limit: int) -> Clean:
    """A cleaner of texts up to `limit` characters; an empty text means blank. Raises CellProblem."""

    def clean(cell: Cell, unit: Unit | None) -> str:
        if cell.kind in {"f", "e"}:
            raise CellProblem(UploadCode.TEXT_FORMULA if cell.kind == "f" else UploadCode.TEXT_ERROR)
        text = cell_text(cell)
        if len(text) > limit:
            raise CellProblem(UploadCode.TEXT_TOO_LONG, length=str(len(text)), limit=str(limit))
        return text

    return clean


def clean_choice(*choices: str) -> Clean:
    """A cleaner of drop-downs: one of the choices, or "" for blank. Raises CellProblem."""

    def clean(cell: Cell, unit: Unit | None) -> str:
        text = "" if cell.kind in {"f", "e"} else cell_text(cell).replace(" ", "")
        if text not in choices and not (text == "" and cell.is_blank):
            raise CellProblem(UploadCode.NOT_A_CHOICE, choices="、".join(choices))
        return text

    return clean


def cell_text(cell: Cell) -> str:
    """A cell as text: numbers without needless zeros, dates as 2014年9月30日."""
    value = cell.value
    if isinstance(value, datetime.date):
        return f"{value.year}年{value.month}月{value.day}日"
    if isinstance(value, float) and value.is_integer() and abs(value) < 10**15:
        return str(int(value))
    return tidy_text("" if value is None else str(value))


def tidy_text(text: str) -> str:
    """The text as it is stored and compared: one line break, no control characters, trimmed (A-11)."""
    if text.isprintable() and "_x000D_" not in text:
        return text.strip()
    text = text.replace("_x000D_\n", "\n").replace("_x000D_", "\n").replace("\r\n", "\n").replace("\r", "\n")
    kept = (c for c in text if c in "\n\t" or unicodedata.category(c) not in {"Cc", "Cs"})
    lines = [line.rstrip() for line in "".join(kept).split("\n")]
    return "\n".join(lines).strip()


def same_label(one: object, other: object) -> bool:
    """Whether two headers or names say the same: width, blanks and line breaks do not matter."""
    return one == other or label_key(one) == label_key(other)


def label_key(text: object) -> str:
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", str(text if text is not None else "")))


@lru_cache(maxsize=1000)
def unit_of_measure(name: str) -> Unit:
    """The plan's unit; one that is not known measures only itself, so plain numbers still pass."""
    try:
        return parse_unit(name)
    except UnknownUnit:
        return Unit(name, name, Decimal(1))


def period_name(key: PeriodKey) -> str:
    """2014年前三季度: the period as it is printed in the workbook."""
    return f"{key.year}年{PERIOD_NAMES.get(key.month) or f'1—{key.month}月'}"


def node_time(key: PeriodKey, now: PeriodKey) -> str:
    """三季度: when a node is planned or was done, with the year where it is not this one."""
    name = QUARTER_NAMES.get(key.month) or f"{key.month}月"
    return name if key.year == now.year else f"{key.year}年{name}"


_CODE = Column("code", "编号", 6, note="系统用来识别这一行,请勿修改。")
_TEXTS = (
    Column(
        "progress",
        "进展情况",
        16,
        clean_text(MAX_NARRATIVE),
        "本期做了什么、完成到什么程度;不超过5000字。各区(单位)分解数的文字说明写在该指标的总数一行。",
    ),
    Column("problem", "存在的问题", 12, clean_text(MAX_NARRATIVE), "没有问题可不填。"),
    Column("next_step", "下一步措施", 12, clean_text(MAX_NARRATIVE), "下一步做什么、什么时间完成。"),
)

FIGURES_NAME, NODES_NAME, TASKS_NAME = SHEET_ORDER
FIGURES = Sheet(
    FIGURES_NAME,
    (
        _CODE,
        Column("name", "指标", 11, checked=UploadCode.LOCKED_CHANGED),
        Column("unit", "单位", 5, checked=UploadCode.UNIT_CHANGED),
        Column("annual", "年度目标", 6, is_number=True),
        Column("last_year", "上年同期", 6, is_number=True, note="上年同一时期的累计数(或期末数)。"),
        Column("previous", "上期累计", 6, is_number=True, note="本年上一报告期的累计数(或期末数)。"),
        Column(
            "value",
            "本期累计",
            7,
            clean_figure,
            "年初至本期末的累计数;总数、余额填期末数,增速、比率填公布数。可带单位,如 12000万元。"
            "零请填 0,不适用请填“不适用”,空白表示未报送。",
            is_number=True,
        ),
        Column("forecast", "全年预计", 7, clean_forecast, "预计全年能完成多少;没有可不填。", is_number=True),
        Column(
            "nature",
            "数据性质",
            5,
            clean_choice(*NATURES),
            "预计:推算数;快报:初步统计数;核定:统计部门核定数。空白按快报。",
            tuple(NATURES),
        ),
        Column("note", "备注", 8, clean_text(MAX_NOTE), "口径变化等说明;不超过500字。"),
        *_TEXTS,
    ),
    frozen=2,
)
NODES = Sheet(
    NODES_NAME,
    (
        _CODE,
        Column("task", "任务", 18),
        Column("node", "节点", 22, checked=UploadCode.LOCKED_CHANGED),
        Column("planned", "计划时间", 8),
        Column(
            "done",
            "是否完成",
            6,
            clean_choice(YES, NO),
            "已完成选“是”;选“否”表示撤回本期填的“是”;空白表示不作修改。",
            (YES, NO),
        ),
        Column("what", "完成情况", 26, clean_text(MAX_WHAT), "完成了什么,文件、会议等依据;不超过300字。"),
    ),
    frozen=3,
)
TASKS = Sheet(
    TASKS_NAME,
    (
        _CODE,
        Column("task", "任务", 14, checked=UploadCode.LOCKED_CHANGED),
        Column("role", "职责", 4),
        Column("previous", "上期进展", 18, note="上一报告期填报的进展情况,供参考。"),
        Column("progress", "进展情况", 22, _TEXTS[0].clean, _TEXTS[0].note),
        Column("problem", "存在的问题", 15, _TEXTS[1].clean, _TEXTS[1].note),
        Column("next_step", "下一步措施", 15, _TEXTS[2].clean, _TEXTS[2].note),
    ),
    frozen=2,
)
SHEETS = (FIGURES, NODES, TASKS)
