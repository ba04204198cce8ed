"""The names of indicators as they are compared: exactly, loosely, by likeness. Pure: no Django."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from functools import lru_cache

from targets.spreadsheet.headers import listed_units
from targets.spreadsheet.time_words import normal, without_spans
from targets.units import Unit

NUMBERING = re.compile(
    r"^(?:[(\[]?(?:[0-9]{1,3}|[一二三四五六七八九十]{1,3}|[a-z])(?:[)\]、.．:]+)(?:(?=\D))|[①-⑳]|[一二三四五六七八九十]是|[-—•·●*◆■▲]+)+"
)
PREFIX = re.compile(
    r"^(?:其中[::]?|其中|全市|全社会|我市|本市|市级|市本级|全年|年度|本年度?|当年|实现|完成|力争|确保|指标[::])+"
)
_TAIL = re.compile(
    r"(?:累计|情况|指标|完成数|完成值|完成|数量|个数|家数|户数|件数|项数|人数|数|量|总额|金额|额)$"
)
_PUNCTUATION = re.compile(r"[\s“”\"'‘’《》〈〉「」、,,.。;;::·・\-—–_/\\&*★☆#]")
_ENDS_WITH_UNIT = re.compile(r"^(.*?)[(\[【〔](?:单位[::]?)?([^()\[\]【】〔〕]+)[)\]】〕]$")
_ENDS_AFTER_COMMA = re.compile(r"^(.{3,}?)[,,、/|::]([^,,、/|::]{1,6})$")
AMOUNT = re.compile(
    r"(?:力争|争取|确保|力保)?(?:突破|超过|达到|达|不低于|不少于|不超过|控制在|完成|实现|增长|为|至|到|≥|>|≤|<|=)*"
    r"约?[0-9][0-9,.]*(?:[^0-9,,;;。、]{0,8}?)(?:以上|以下|以内|左右)?$"
)
_BRACKETS = re.compile(r"[(\[【〔][^()\[\]【】〔〕]*[)\]】〕]")
GROWTH = re.compile(
    r"(?:比上年|较上年|同比)?(?:增幅|增速|增长率|增长幅度|增长速度|增长|同比)(?:率|\(?%\)?)?$"
)
_SAME_WORDS = [
    (re.compile("高企"), "高新技术企业"),
    (re.compile("研究与试验发展|研究与开发|研发|研究开发"), "r&d"),
    (re.compile("r&?d"), "研发"),
    (re.compile("地区生产总值|国内生产总值|生产总值"), "gdp"),
    (re.compile("占比|比例|百分比|比率"), "比重"),
    (re.compile("投入强度"), "比重"),
    (re.compile("经费支出|经费投入|费用|投入"), "经费"),
    (re.compile("交易额|成交金额|交易金额|合同额"), "成交额"),
    (re.compile("新增认定|新认定|新培育|新增加|净增"), "新增"),
    (re.compile("经认定"), ""),
    (re.compile("总量|总数量|累计数|保有量|存量"), "总数"),
    (re.compile("平台建设"), "平台"),
    (re.compile("总产值"), "产值"),
]
# Names that differ in one of these are different things, however alike they are otherwise.
_CONTRASTS = [
    ("新增", "总数"),
    ("申请", "授权"),
    ("增加值", "产值"),
    ("国家级", "省级", "市级"),
    ("余额", "新增"),
    ("企业", "产业"),
    ("小巨人", "高新技术企业"),
    ("发明", "实用新型", "外观"),
    ("资金", "企业"),
    ("进口", "出口"),
]


@lru_cache(maxsize=20_000)
def exact_key(text: str) -> str:
    """Width, blanks, punctuation and numbering do not matter."""
    return _PUNCTUATION.sub("", NUMBERING.sub("", normal(text)))


@lru_cache(maxsize=20_000)
def loose_key(text: str) -> str:
    """Nor do prefixes such as 全市, a unit or remark in brackets, other words for the same, 数 at the end."""
    half = NUMBERING.sub("", normal(text))
    half = PREFIX.sub("", half)
    half = without_spans(_BRACKETS.sub("", half)) or half
    for pattern, instead in _SAME_WORDS:
        half = pattern.sub(instead, half)
    half = _PUNCTUATION.sub("", PREFIX.sub("", half))
    growth = GROWTH.search(half)
    if growth and growth.start() > 0:
        return half[: growth.start()] + "增幅"
    if "总数" in half:
        return half.replace("总数", "") + "总数"
    shorter = _TAIL.sub("", half)
    return shorter if len(shorter) >= 4 else half


def units_of_name(text: str) -> tuple[Unit, ...]:
    """The unit in brackets, or after a comma, at the end of a name: 技术合同成交额(亿元)."""
    found = _ENDS_WITH_UNIT.match(normal(text)) or _ENDS_AFTER_COMMA.match(normal(text))
    return listed_units(found[2]) if found else ()


def without_unit(text: str) -> str:
    half = normal(text)
    if not units_of_name(text):
        return half
    found = _ENDS_WITH_UNIT.match(half) or _ENDS_AFTER_COMMA.match(half)
    return found[1] if found else half


def is_growth_word(text: str) -> bool:
    """Whether the text alone is 增幅, 同比增长 or the like, and belongs to the row above."""
    half = PREFIX.sub("", NUMBERING.sub("", _BRACKETS.sub("", normal(text))))
    return bool(half) and bool(GROWTH.fullmatch(_PUNCTUATION.sub("", half)))


def pairs(text: str) -> set[str]:
    return {text[place : place + 2] for place in range(len(text) - 1)}


def bare_amount(key: str) -> str:
    return re.sub("新增|总数", "", key)


def likeness(one: str, other: str) -> float:
    if not one or not other:
        return 0.0
    score = SequenceMatcher(None, one, other, autojunk=False).ratio()
    if min(len(one), len(other)) >= 4 and (one in other or other in one):
        score = max(score, 0.7)
    return score


def differ(one: str, other: str) -> bool:
    """Whether the two names differ in a word that makes them different things."""
    if one.endswith("增幅") != other.endswith("增幅"):
        return True
    for group in _CONTRASTS:
        mine = next((word for word in group if word in one), None)
        theirs = next((word for word in group if word in other), None)
        if mine and theirs and mine != theirs and not (mine in other and theirs in one):
            return True
    return False
