"""What a header means: its role, its period, its unit of measure. Pure: no Django.

The words are the field's, not those of any one table. A header of several rows is read from its lowest text
up: 年度目标 over 完成数 is a figure, 上年同期 over 累计 is last year's.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from targets.periods import PeriodKey
from targets.spreadsheet.time_words import Span, normal, spans_in, year_in
from targets.units import Unit, UnknownUnit, parse_unit


class Role(StrEnum):
    """What a column holds; the values are the names in the command's answer."""

    ORDINAL = "ordinal"
    INDICATOR = "indicator"
    UNIT = "unit"
    REPORTING_UNIT = "reporting_unit"
    ANNUAL = "annual"
    CUMULATIVE = "cumulative"
    SINGLE = "single"
    LAST_YEAR = "last_year"
    GROWTH = "growth"
    RATE = "rate"
    FORECAST = "forecast"
    NATURE = "nature"
    NOTE = "note"
    PROGRESS = "progress"
    PROBLEM = "problem"
    NEXT_STEP = "next_step"
    OTHER = "other"  # understood, and not needed


FIGURES = frozenset({Role.CUMULATIVE, Role.SINGLE})
NUMBERS = FIGURES | {Role.ANNUAL, Role.LAST_YEAR, Role.GROWTH, Role.RATE, Role.FORECAST}

_RULES: list[tuple[Role, str]] = [
    (Role.ORDINAL, r"^(?:序号?|编号|号|行号|行次|栏次|no\.?|代码|编码|序列|指标(?:编号|代码|序号)|项次)$"),
    (Role.NATURE, r"数据(?:性质|类型|属性)|^性质$"),
    (
        Role.OTHER,
        r"联系人|电话|手机|填报人|审核人|填表|制表|责任人|负责人|分管|领导|经办|日期|时限|完成时间|节点",
    ),
    (
        Role.OTHER,
        r"数据来源|来源|口径|佐证|材料|依据|文号|权重|分值|得分|评分|打分|名次|排名|排序|位次|亮灯|评价|等次",
    ),
    (Role.OTHER, r"序时|时序|应完成|超欠|差距|尚差|相差|剩余|缺口|环比|上期|上季|上月|上次|前期|状态|是否"),
    (Role.OTHER, r"协办|协作|配合|参与|抄送"),
    (Role.OTHER, r"预计.*(?:率|%|增)|目标.*(?:增|减).*(?:幅|率|%)"),
    (Role.NEXT_STEP, r"下一?步|下一?阶段|下季度|措施|打算|整改|对策|建议"),
    (Role.PROBLEM, r"问题|困难|原因|短板|制约"),
    (Role.ANNUAL, r"预期(?:目标|指标|值|数)"),
    (Role.FORECAST, r"预计|预测|预期|预估|估计|有望"),
    (
        Role.RATE,
        r"完成率|达标率|达成率|实现率|完成(?:比例|比重|百分比|度|%)|进度(?:比例|率|%|\(%\))|完成进度"
        r"|(?:占|为|完成|达).*(?:目标|计划|任务).*(?:%|比|率|百分)|(?:占|为)(?:全年|年度|年).*(?:目标|计划|任务)"
        r"|(?:目标|计划|任务).*(?:完成|实现).*(?:%|率|比)",
    ),
    (Role.GROWTH, r"同比|增幅|增速|增长|增减|比(?:上年|去年)|较(?:上年|去年)|升降|±"),
    (Role.LAST_YEAR, r"上年|去年|同期|基数|基期|往年|上一年|历史"),
    (
        Role.REPORTING_UNIT,
        r"(?:责任|牵头|主责|主办|承办|承担|填报|报送|上报|实施|落实|负责|申报|主管|完成|执行|所属|归口)(?:单位|部门|处室|科室|机构|区)"
        r"|^(?:处室|科室|部门|单位名称|机构|区|区县|区县市|区市县|县区|县市区|各区|各县区|城区|辖区|地区|区域|行政区划?|"
        r"园区|开发区|区\(县\)|区\(市、?县\)|区、县|区\(县、?市\)|区\(开发区\)|区、?县\(?园区\)?|街道|乡镇)(?:名称)?$|区划",
    ),
    (Role.UNIT, r"计量|^(?:单位|计数单位|度量|量纲|指标单位|数据单位)$"),
    (
        Role.INDICATOR,
        r"指标(?!值|数|完成|任务)|^(?:指标值名称|指标名)$|(?:目标|任务|项目|工作|事项|内容)(?:名称|内容|事项|项目)"
        r"|^(?:项目|名称|内容|事项|科目|统计项|考核项|主要目标|工作目标|目标任务|重点工作|重点任务|工作任务|考核内容|考核目标|目标)$",
    ),
    (
        Role.ANNUAL,
        r"目标|计划|任务|年度?(?:安排|预算|下达)|预算数|指标(?:值|数|任务)|全年数$|年初(?:数|下达)",
    ),
    (
        Role.SINGLE,
        r"(?:本季|当季)度?(?!.*(?:止|末))|单季|当期|本期(?:新增|增加|发生|净增|当季)|(?<![一二三四1-4前])季度?(?:完成|新增|实绩|实际|数)|单期",
    ),
    (Role.OTHER, r"(?:本月|当月)(?!.*(?:止|累|末))"),
    (
        Role.CUMULATIVE,
        r"累计|累积|累|年初(?:至|以来|起)|至今|迄今|止$|期末|季末|月末|年末|现有|现状|目前|当前|截至|截止|余额|存量",
    ),
    (Role.NOTE, r"备注|附注|^注$|^说明$|需要说明|其他说明"),
    (Role.PROGRESS, r"进展|推进|成效|做法|落实|工作情况|情况说明|完成情况|进度|情况"),
    (
        Role.CUMULATIVE,
        r"完成|实际|实绩|实现|达到|^已|执行数|到位|拨付|本期|本年|报告期|数值|数据|数额|数量|绝对|总量|总额|^值$|^数$",
    ),
]
_COMPILED = [(role, re.compile(pattern)) for role, pattern in _RULES]
TEXTS = frozenset(
    {Role.INDICATOR, Role.REPORTING_UNIT, Role.NOTE, Role.PROGRESS, Role.PROBLEM, Role.NEXT_STEP, Role.NATURE}
)
# Where words fit two roles the cells decide: 完成情况 and 进度 over numbers, 年度目标 over texts.
_OF_NUMBERS = [(Role.RATE, re.compile("进度")), (Role.CUMULATIVE, re.compile("情况"))]
_OF_TEXTS = [(Role.INDICATOR, re.compile("目标|任务|工作|指标")), (Role.PROGRESS, re.compile("完成"))]
_BRACKET = re.compile(r"[(\[【〔]([^()\[\]【】〔〕]*)[)\]】〕]")
_PERCENT_WORDS = re.compile("^(?:百分比|百分数|百分率|百分之)$")
_CUMULATIVE = re.compile(r"累|截至|截止|至今|迄今|期末|季末|月末|年末|底|止$")
_SINGLE = re.compile(r"本季|当季|单季|当期|单期|本期新增|本期发生|新增")

_THIS_MONTH = re.compile(r"^(?:本|当)月(?:完成|新增|实际|实绩|发生)*(?:数|值|额|量)?(?:\(.*)?$")


@dataclass(frozen=True)
class Heading:
    """A header as it was understood. `strength` orders columns of one role: 累计完成 before 完成."""

    text: str
    role: Role | None = None
    span: Span | None = None
    year: int | None = None
    units: tuple[Unit, ...] = ()  # 万元、家: each row takes the one that fits
    strength: int = 0


def units_in(text: str) -> tuple[Unit, ...]:
    """The units that a header gives in brackets, after 单位: or after a slash: 万元、家 are two."""
    half = normal(text)
    for inside in [*_BRACKET.findall(half), *re.findall(r"(?:单位|计量)[::]?([^\s;;。)]+)", half)]:
        found = listed_units(re.sub(r"^(?:单位|计量单位)[::]?", "", inside))
        if found:
            return found
    tail = re.search(r"[/:_]([^/:_]{1,6})$", half)
    return listed_units(tail[1]) if tail else ()


@lru_cache(maxsize=20_000)
def listed_units(text: str) -> tuple[Unit, ...]:
    """The units of a list (亿元、家、%; 家/个); none where a part of it is no unit."""
    whole = named_unit(text)
    if whole is not None and not re.search("[、,]", text):
        alone = [named_unit(part) for part in text.split("/")]
        is_quotient = len(alone) == 2 and None not in alone and alone[0] != alone[1]
        return tuple(unit for unit in alone if unit) if is_quotient and _is_list(text) else (whole,)
    found = [named_unit(part) for part in re.split("[、,,/和或]", text)]
    return tuple(unit for unit in found if unit) if found and None not in found else ()


def _is_list(text: str) -> bool:
    """Whether a slash separates two units (亿元/家) rather than dividing them (件/万人)."""
    return not re.search(
        "/(?:万人|千人|百人|人|年|月|天|日|小时|亩|公顷|平方公里|万元|亿元|元)$", normal(text)
    )


def named_unit(text: str) -> Unit | None:
    """The unit of this name; None where it is none."""
    name = _PERCENT_WORDS.sub("%", text.strip())
    try:
        return parse_unit(name) if name else None
    except UnknownUnit:
        return None


def heading(levels: Sequence[str], wanted: PeriodKey, numeric: bool | None = None) -> Heading:
    """The header of one column from its texts, top level first.

    `numeric`: whether numbers (True) or texts (False) stand below it; None for an empty column.
    """
    texts = [text for text in levels if text.strip()]
    texts = [text for place, text in enumerate(texts) if text not in texts[:place]]
    if not texts:
        return Heading("")
    whole = "/".join(" ".join(text.split()) for text in texts)
    roles = [Role.SINGLE if _is_single_month(text, wanted) else role_of(text, numeric) for text in texts]
    role = _combined(roles, texts)
    span = _span_of(texts)
    years = [year for text in reversed(texts) if (year := year_in(text, wanted))]
    year = years[0] if years else None
    role, span = _by_period(role, span, whole, year, wanted)
    units = next((found for text in reversed(texts) if (found := units_in(text))), ())
    return Heading(whole, role, span, year, units, _strength(role, whole))


def role_of(text: str, numeric: bool | None = None) -> Role | None:
    """What one header text means by its words and by what stands below; None where they say nothing."""
    half = normal(text)
    bare = _BRACKET.sub(lambda found: found[0] if not _is_unit_text(found[1]) else "", half)
    percent = re.search(r"[(\[](?:%|百分比)[)\]]|%$|率$", half)
    if percent and re.search(r"完成|进度|占", bare) and not re.search(r"增|同比", bare):
        return Role.RATE
    excluded = frozenset() if numeric is None else TEXTS if numeric else NUMBERS
    otherwise = [] if numeric is None else _OF_NUMBERS if numeric else _OF_TEXTS
    for candidate in (bare, half):
        for role, pattern in [*_COMPILED, *otherwise]:
            if role not in excluded and pattern.search(candidate):
                return role
    return None


def is_single(span: Span, wanted: PeriodKey) -> bool:
    """Whether these months are what the period adds to the quarters before it: 10月 in a file of 1–10月."""
    return (span.first, span.last) == (3 * wanted.quarter - 2, wanted.month)


def _is_single_month(text: str, wanted: PeriodKey) -> bool:
    """Whether a header says 当月 where the month is all that the period adds; in November October is too."""
    return is_single(Span(wanted.month, wanted.month), wanted) and bool(_THIS_MONTH.search(normal(text)))


def _is_unit_text(text: str) -> bool:
    return bool(listed_units(re.sub(r"^单位[::]?", "", text)))


def _month_spans(text: str) -> list[Span]:
    """The periods of a header, a whole year left out where other words use it (全年目标)."""
    return [span for span in spans_in(text) if not ((span.first, span.last) == (1, 12) and "年度" in text)]


def _span_of(texts: list[str]) -> Span | None:
    """The period of the lowest text that names one; 全年 over 累计 only says what it is compared with."""
    for place in reversed(range(len(texts))):
        spans = _month_spans(texts[place])
        if spans:
            below = "".join(texts[place + 1 :])
            is_year = (spans[-1].first, spans[-1].last) == (1, 12)
            return None if is_year and _CUMULATIVE.search(normal(below)) else spans[-1]
    return None


def _combined(roles: list[Role | None], texts: list[str]) -> Role | None:
    """The lowest role, unless it only says 完成 or 累计 under a group that says more."""
    known = [(role, text) for role, text in zip(roles, texts, strict=True) if role is not None]
    if not known:
        return None
    role, text = known[-1]
    above = [upper for upper, _ in known[:-1]]
    if role in FIGURES:
        for upper in reversed(above):
            if upper in {Role.LAST_YEAR, Role.FORECAST, Role.OTHER, Role.GROWTH}:
                return upper
            if upper == Role.ANNUAL and not re.search("完成|实际|实绩|累|实现", normal(text)):
                return Role.ANNUAL
            if upper == Role.SINGLE and role == Role.CUMULATIVE and not _CUMULATIVE.search(normal(text)):
                return Role.SINGLE
    if role == Role.UNIT and Role.REPORTING_UNIT in above:
        return Role.REPORTING_UNIT
    if role == Role.INDICATOR and Role.ANNUAL in above and normal(text) in {"目标", "指标"}:
        return Role.ANNUAL
    return role


def _by_period(
    role: Role | None, span: Span | None, whole: str, year: int | None, wanted: PeriodKey
) -> tuple[Role | None, Span | None]:
    """Role and span once each is seen in the light of the other."""
    half = normal(whole)
    if span is None and role not in FIGURES and not (role is None and year is not None):
        return role, None
    if role is None and (span is not None or year is not None):
        role = Role.CUMULATIVE if span is None or span.first == 1 or span.as_of else Role.SINGLE
    if role == Role.RATE and span is not None and not re.search("率|%|比|目标|计划|任务", half):
        role = Role.CUMULATIVE  # 前三季度进度
    if role == Role.PROGRESS and span is not None and not re.search("进展|推进|成效|做法|落实|说明", half):
        role = Role.CUMULATIVE
    if role == Role.ANNUAL and span is not None and (span.first, span.last) != (1, 12):
        return Role.OTHER, span  # the goal of a part of the year
    if role not in FIGURES:
        return role, span
    if year is not None and year < wanted.year:
        return (Role.LAST_YEAR if year == wanted.year - 1 else Role.OTHER), span
    if span is None:
        return role, None
    if _CUMULATIVE.search(half):
        return Role.CUMULATIVE, Span(1, span.last, span.year, span.as_of)
    if span.first == span.last and not is_single(span, wanted):
        return Role.OTHER, span  # one month by itself
    if span.first > 1:
        return Role.SINGLE, span
    return role, span


def _strength(role: Role | None, text: str) -> int:
    """累计 says more than 实际完成, and that more than 数值."""
    half = normal(text)
    if role == Role.CUMULATIVE:
        return 3 if _CUMULATIVE.search(half) else 2 if "完成" in half or "实" in half else 1
    if role == Role.ANNUAL:
        return 2 if re.search("年", half) else 1
    return 2 if role == Role.SINGLE and _SINGLE.search(half) else 1
