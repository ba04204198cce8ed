"""Units of work plans: dimension and factor, and exact conversion. Pure: no Django.

Source of the rules: the domain description, section 3 ("value, unit").

Counting words. A counting word says what is counted, so figures may cross between words that count the
same kind of thing, and nowhere else:

* organisations and sites: 家 户 所 处 座 间 栋 幢 支 (a plan writes 家 where a unit writes 户);
* persons: 人 名 位; visits and trainings, 人次, are *not* persons: one person may be counted many times;
* documents, projects and rights: 项 件 条 篇 份 部 种 类 款 批 本 册 例 宗 门 笔 卷 节;
* devices: 台 套 台套 辆 架 艘 张 只 根 颗 枚 组 列 盏 口 眼 块 顶 床 席 标台;
* occasions: 次 场 届 期 轮 起 趟 and their compounds 场次 车次 班次 航次 架次 批次 件次 户次 家次 剂次;
* 个 is generic and fits each of these except 人次.

A difference (百分点) is not a level (%), and 倍 is neither: 增长2倍 and 增长到2倍 differ.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal, Inexact, localcontext
from enum import StrEnum
from functools import lru_cache

from accounts.text import gettext_noop

SHOWN_LENGTH = 20  # of a name that is no unit
EXACT_DIGITS = 150  # far more than any figure has, so that only a quotient without an end is inexact
_EXACT = Context(prec=EXACT_DIGITS)


class Dimension(StrEnum):
    """What a unit measures. A compound unit such as 件/万人 has `ITEM/人`."""

    YUAN = "YUAN"
    DOLLAR = "DOLLAR"
    EURO = "EURO"
    YEN = "YEN"
    HK_DOLLAR = "HK_DOLLAR"
    COUNT = "COUNT"
    ORGANISATION = "ORGANISATION"
    PERSON = "PERSON"
    PERSON_TIMES = "PERSON_TIMES"
    ITEM = "ITEM"
    DEVICE = "DEVICE"
    OCCASION = "OCCASION"
    AREA = "AREA"
    LENGTH = "LENGTH"
    MASS = "MASS"
    VOLUME = "VOLUME"
    POWER = "POWER"
    ENERGY = "ENERGY"
    STANDARD_COAL = "STANDARD_COAL"
    TIME = "TIME"
    WORKING_DAYS = "WORKING_DAYS"
    MONTHS = "MONTHS"
    SHARE = "SHARE"
    PERCENTAGE_POINT = "PERCENTAGE_POINT"
    MULTIPLE = "MULTIPLE"
    SCORE = "SCORE"
    PERSON_YEARS = "PERSON_YEARS"
    TEACHING_HOURS = "TEACHING_HOURS"
    ANIMAL = "ANIMAL"
    PLANT = "PLANT"
    CONTAINER = "CONTAINER"
    STEAM = "STEAM"
    TEMPERATURE = "TEMPERATURE"
    SOUND = "SOUND"
    VOLTAGE = "VOLTAGE"
    COMPUTING = "COMPUTING"
    BANDWIDTH = "BANDWIDTH"
    DOUBLINGS = "DOUBLINGS"


COUNTED = frozenset(
    {Dimension.ORGANISATION, Dimension.PERSON, Dimension.ITEM, Dimension.DEVICE, Dimension.OCCASION}
)

MULTIPLIERS: Mapping[str, int] = {
    "万亿": 10**12,
    "千亿": 10**11,
    "百亿": 10**10,
    "十亿": 10**9,
    "千万": 10**7,
    "百万": 10**6,
    "十万": 10**5,
    "亿": 10**8,
    "万": 10**4,
    "千": 10**3,
    "百": 10**2,
    "十": 10,
}

# Which unit people most often mean when they typed a number in the wrong one, best guess first.
_USUAL_MULTIPLIERS = ("亿", "万", "", "千", "百万")

# 亩 is the base of areas: one 平方米 is exactly 0.0015 亩, while 亩 in 平方米 (2000 ÷ 3) has no end.
_SCALABLE: dict[Dimension, dict[str, str]] = {
    Dimension.YUAN: {"元": "1"},
    Dimension.DOLLAR: {"美元": "1"},
    Dimension.EURO: {"欧元": "1"},
    Dimension.YEN: {"日元": "1"},
    Dimension.HK_DOLLAR: {"港元": "1"},
    Dimension.COUNT: {"个": "1"},
    Dimension.ORGANISATION: dict.fromkeys("家户所处座间栋幢支", "1"),
    Dimension.PERSON: dict.fromkeys("人名位", "1"),
    Dimension.PERSON_TIMES: {"人次": "1"},
    Dimension.ITEM: dict.fromkeys("项件条篇份部种类款批本册例宗门笔卷节", "1"),
    Dimension.DEVICE: {
        **dict.fromkeys("台套辆架艘张只根颗枚组列盏口眼块顶床席", "1"),
        "台套": "1",
        "标台": "1",
    },
    Dimension.OCCASION: {
        **dict.fromkeys("次场届期轮起趟", "1"),
        **dict.fromkeys(
            ("场次", "车次", "班次", "航次", "架次", "批次", "件次", "户次", "家次", "剂次"), "1"
        ),
    },
    Dimension.ANIMAL: dict.fromkeys("头羽匹", "1"),
    Dimension.PLANT: dict.fromkeys("株棵", "1"),
    Dimension.CONTAINER: {"标箱": "1"},
    Dimension.PERSON_YEARS: {"人年": "1"},
    Dimension.TEACHING_HOURS: {"学时": "1"},
    Dimension.AREA: {"平方公里": "1500", "公顷": "15", "亩": "1", "平方米": "0.0015"},
    Dimension.LENGTH: {"公里": "1000", "千米": "1000", "米": "1", "厘米": "0.01", "毫米": "0.001"},
    Dimension.MASS: {
        "吨": "1000000",
        "千克": "1000",
        "公斤": "1000",
        "斤": "500",
        "克": "1",
        "毫克": "0.001",
        "微克": "0.000001",
    },
    Dimension.VOLUME: {"立方米": "1000", "升": "1"},
    Dimension.POWER: {"吉瓦": "1000000", "兆瓦": "1000", "千瓦": "1"},
    Dimension.ENERGY: {"千瓦时": "1"},
    Dimension.STANDARD_COAL: {"吨标准煤": "1"},
    Dimension.TIME: {"小时": "60", "分钟": "1"},
}
_FIXED: dict[Dimension, dict[str, str]] = {
    Dimension.TIME: {"周": "10080", "天": "1440", "日": "1440"},
    Dimension.WORKING_DAYS: {"个工作日": "1"},
    Dimension.MONTHS: {"年": "12", "个月": "1"},
    Dimension.SHARE: {"%": "1", "‰": "0.1"},
    Dimension.PERCENTAGE_POINT: {"个百分点": "1"},
    Dimension.MULTIPLE: {"倍": "1"},
    Dimension.DOUBLINGS: {"番": "1"},
    Dimension.STEAM: {"蒸吨": "1"},
    Dimension.TEMPERATURE: {"摄氏度": "1"},
    Dimension.SOUND: {"分贝": "1"},
    Dimension.VOLTAGE: {"千伏": "1"},
    Dimension.COMPUTING: {"EFLOPS": "1000", "PFLOPS": "1"},
    Dimension.BANDWIDTH: {"Gbps": "1000", "Mbps": "1"},
    Dimension.SCORE: {"分": "1"},
}
_OTHER_NAMES: dict[str, str] = {
    "元": "元人民币",
    "吨标准煤": "吨标煤",
    "港元": "港币",
    "个百分点": "百分点",
    "个工作日": "工作日",
    "个月": "月",
    "小时": "个小时 h",
    "平方公里": "平方千米 km2",
    "平方米": "平方 平米 m2",
    "公顷": "ha",
    "公里": "km",
    "米": "延米 m",
    "立方米": "立方 m3",
    "升": "L",
    "吨": "t",
    "千克": "kg",
    "克": "g",
    "毫克": "mg",
    "微克": "μg ug",
    "千瓦": "kW",
    "兆瓦": "MW",
    "吉瓦": "GW",
    "标箱": "标准箱 TEU",
    "学时": "课时",
    "摄氏度": "℃ °C",
    "分贝": "dB",
    "千伏": "kV",
    "千瓦时": "kWh",
}
_ALIASES = {alias: name for name, aliases in _OTHER_NAMES.items() for alias in aliases.split()}
_BASES: dict[str, tuple[Dimension, Decimal]] = {
    name: (dimension, Decimal(factor))
    for table in (_SCALABLE, _FIXED)
    for dimension, names in table.items()
    for name, factor in names.items()
}
_SCALABLE_NAMES = frozenset(name for names in _SCALABLE.values() for name in names)


class UnitCode(StrEnum):
    """What can be wrong with a unit."""

    UNKNOWN = "UNKNOWN"
    OTHER_DIMENSION = "OTHER_DIMENSION"
    NOT_EXACT = "NOT_EXACT"


MESSAGES: dict[UnitCode, str] = {
    UnitCode.UNKNOWN: gettext_noop(
        "“%(unit)s” is not a known unit: write it as the plan does, for example 亿元, 万件, 家 or %%."
    ),
    UnitCode.OTHER_DIMENSION: gettext_noop(
        "%(source)s cannot be converted to %(unit)s, because the two measure different things: "
        "give the figure in %(unit)s."
    ),
    UnitCode.NOT_EXACT: gettext_noop(
        "%(value)s %(source)s is about %(approximate)s %(unit)s and cannot be written exactly: "
        "give the rounded figure in %(unit)s."
    ),
}


class UnitProblem(ValueError):
    """A unit that cannot be used: `code` and the named values of its message."""

    def __init__(self, code: UnitCode, **values: str) -> None:
        super().__init__(f"{code} {values}")
        self.code = code
        self.values = values


class UnknownUnit(UnitProblem):
    """The text is not the name of a unit."""


class DimensionMismatch(UnitProblem):
    """The two units measure different things."""


class InexactConversion(UnitProblem):
    """The converted value has no last decimal; `rounded` is it to six decimals."""

    def __init__(self, rounded: Decimal, **values: str) -> None:
        super().__init__(UnitCode.NOT_EXACT, approximate=figure_text(rounded), **values)
        self.rounded = rounded


@dataclass(frozen=True)
class Unit:
    """A unit of a plan; `factor` counts base units of its dimension (亿元: 100,000,000 元)."""

    name: str
    dimension: str
    factor: Decimal

    def __str__(self) -> str:
        return self.name


@lru_cache(maxsize=1000)
def parse_unit(text: str) -> Unit:
    """The unit that `text` names, under its usual name (㎡ is 平方米); full width and spaces are allowed.

    Raises UnknownUnit. Source: the domain description, section 3.
    """
    name = _tidy(text)
    top, slash, bottom = name.partition("/")
    multiplier, base = _split(top, text)
    dimension, factor = _BASES[base]
    scale = Decimal(MULTIPLIERS.get(multiplier, 1))
    if not slash:
        return Unit(multiplier + base, dimension, factor * scale)
    below, below_base = _split(bottom, text)
    per = Decimal(MULTIPLIERS.get(below, 1))  # a power of ten, so the quotient is exact
    return Unit(f"{multiplier}{base}/{below}{below_base}", f"{dimension}/{below_base}", factor * scale / per)


def convert(value: Decimal, source: Unit, target: Unit) -> Decimal:
    """`value` of `source` expressed in `target`, exactly.

    Raises DimensionMismatch, and InexactConversion where the result has no last decimal (100亩 in 公顷).
    """
    if source is target:
        return value
    if not compatible(source, target):
        raise DimensionMismatch(UnitCode.OTHER_DIMENSION, source=source.name, unit=target.name)
    if source.factor == target.factor:
        return value
    with localcontext(Context(prec=EXACT_DIGITS)) as context:  # a fresh one: its flags are clear
        result = value * source.factor / target.factor
        if context.flags[Inexact]:
            rounded = result.quantize(Decimal("0.000001"), ROUND_HALF_UP)
            raise InexactConversion(rounded, value=figure_text(value), source=source.name, unit=target.name)
        return plain(result)


def unit_names() -> list[str]:
    """Every known name and other name of a unit without a multiplier, longest first (for patterns)."""
    return sorted({*_BASES, *_ALIASES}, key=lambda name: (-len(name), name))


def compatible(one: Unit, other: Unit) -> bool:
    """Whether a figure in one unit may stand in a column of the other (see the top of this module)."""
    counted, _, per = one.dimension.partition("/")
    other_counted, _, other_per = other.dimension.partition("/")
    if per != other_per:
        return False
    pair = {counted, other_counted}
    return len(pair) == 1 or (Dimension.COUNT in pair and bool(pair & COUNTED))


def with_multiplier(unit: Unit, multiplier: str) -> Unit:
    """The unit with another multiplier: 亿元 with 万 is 万元, with the empty text 元. Raises UnknownUnit."""
    top, slash, bottom = unit.name.partition("/")
    _, base = _split(top, unit.name)
    return parse_unit(multiplier + base + slash + bottom)


def smaller_units(unit: Unit) -> list[Unit]:
    """Smaller units in which a figure of `unit` may have been typed by mistake, best guess first."""
    found = []
    for multiplier in _USUAL_MULTIPLIERS:
        try:
            found.append(with_multiplier(unit, multiplier))
        except UnknownUnit:
            continue
    if unit.dimension not in COUNTED:
        found += [
            Unit(name, kind, factor) for name, (kind, factor) in _BASES.items() if kind == unit.dimension
        ]
    return list(dict.fromkeys(other for other in found if other.factor < unit.factor))


def plain(value: Decimal) -> Decimal:
    """The same number without exponent, without zeros at the end of its decimals and without −0.

    The number is finite; one of more than 150 digits keeps its exponent.
    """
    short = value.normalize(_EXACT)
    exponent = short.as_tuple().exponent
    if isinstance(exponent, int) and exponent > 0 and short.adjusted() < EXACT_DIGITS:
        short = short.quantize(Decimal(1), context=_EXACT)
    return short if short else Decimal(0)


def figure_text(value: Decimal) -> str:
    """A number as pages print it: separators from four digits, no needless zeros, a true minus sign."""
    return f"{plain(value):,f}".replace("-", "−")


def _tidy(text: str) -> str:
    """Half width, without spaces, invisible characters and brackets: 台(套) is 台套."""
    wide = unicodedata.normalize("NFKC", text)
    return "".join(
        character
        for character in wide
        if not character.isspace() and character not in "()" and unicodedata.category(character) != "Cf"
    )


def _split(name: str, text: str) -> tuple[str, str]:
    """Multiplier and base of a unit without a slash; `text` is what an error shows."""
    whole = _ALIASES.get(name, name)
    if whole in _BASES:
        return "", whole
    for multiplier in MULTIPLIERS:  # longer ones stand first
        if name.startswith(multiplier):
            base = name[len(multiplier) :]
            base = _ALIASES.get(base, base)
            if base in _SCALABLE_NAMES:
                return multiplier, base
    raise _unknown(text)


def _unknown(text: str) -> UnknownUnit:
    shown = "".join(character for character in text if character.isprintable())
    return UnknownUnit(UnitCode.UNKNOWN, unit=shown[:SHOWN_LENGTH])
