"""Every numeral of a text, with its unit: the tokens that verdicts are given for. Pure: no Django.

A token is a number with its unit (6725亿元, 3—5项, 三分之二), a date, or a run of numeral characters that
turns out to be part of a word (进一步). All work on the folded text, whose offsets are the document's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from plans.numerals import arabic_number, chinese_number
from targets.units import MULTIPLIERS, Dimension, UnknownUnit, parse_unit, plain, unit_names


class Form(StrEnum):
    """What a token looks like by itself, before its surroundings are read."""

    QUANTITY = "QUANTITY"  # a number with a unit
    BARE = "BARE"  # a number without one
    DATE = "DATE"
    ORDINAL = "ORDINAL"
    NAME = "NAME"  # letters and digits: PM2.5, 4A, 5G
    WORD = "WORD"  # numeral characters inside a word: 进一步, 统一


@dataclass(frozen=True, slots=True)
class Token:
    """A numeral of the document; `value` and `high` count `unit`s (2400多万元: 2400, 万元)."""

    start: int
    end: int
    form: Form
    rule: str
    value: Decimal | None = None
    high: Decimal | None = None
    unit: str = ""
    chinese: bool = False
    vague: bool = False  # 2400多万, 几十, 千名: a round number
    implied: bool = False  # 千名, 万家: a multiplier without a digit


_NOT_AFTER_ONE = "一"
_UNITS = "|".join(re.escape(name) for name in unit_names()).replace("|人|", "|人(?!民)|")
_MULTIPLIER = "(?:" + "|".join(MULTIPLIERS) + ")"
_PLAIN_UNIT = rf"(?:{_UNITS})"
_PAIRED_UNIT = rf"{_PLAIN_UNIT}(?:\((?:{_UNITS})\))?(?:/(?:{_MULTIPLIER})?(?:{_UNITS}))?"
_ARABIC = r"\d{1,3}(?:,\d{3})+(?![\d])(?:\.\d+)?|\d+(?:\.\d+)?"
_CHINESE = "[零〇一二三四五六七八九十百千万亿两]"
_DASH = r"[-~]{1,2}|至|到"

# number, 多/余, multiplier, 多/余, unit; between number and unit a space may stand
_ONE = rf"(?P<n1>{_ARABIC}) ?(?P<v1>[多余来]?)(?P<m1>{_MULTIPLIER}?)(?P<w1>[多余]?) ?(?P<u1>{_PAIRED_UNIT}|[%‰])?"
_TWO = rf"(?P<n2>{_ARABIC}) ?(?P<v2>[多余来]?)(?P<m2>{_MULTIPLIER}?)(?P<w2>[多余]?) ?(?P<u2>{_PAIRED_UNIT}|[%‰])?"
_QUANTITY = re.compile(_ONE)
_RANGE = re.compile(rf"{_ONE} ?(?:{_DASH}) ?{_TWO}")
_FRACTION = re.compile(r"(\d{1,2})/(\d{1,3})(?![\d/])")
_PER_POPULATION = re.compile(r"(\d+(?:\.\d+)?)/(10万|百万|万|千)(?!元)")
_PROPORTION = re.compile(r"\d+(?:\.\d+)?(?::\d+(?:\.\d+)?)+")
_YEAR = r"(?:19|20)\d{2}"
_DAY = r"\d{1,2}[日号]"
_ARABIC_DATE = re.compile(
    rf"{_YEAR} ?年?度? ?(?:[-~]{{1,2}}|至|到) ?(?:{_YEAR} ?(?:学年|年度?)?|\d{{1,2}}月(?:{_DAY})?)"
    rf"|{_YEAR}[-/.]\d{{1,2}}[-/.]\d{{1,2}}日?(?: \d{{1,2}}:\d{{2}}(?::\d{{2}})?)?"
    rf"|{_YEAR} ?(?:学年|年度?)(?: ?\d{{1,2}} ?月(?: ?{_DAY})?)?"
    rf"|\d{{1,2}} ?(?:[-~]|至|到) ?\d{{1,2}} ?月份?"
    rf"|\d{{1,2}} ?月(?:{_DAY}|份| ?\d{{1,2}} ?[日号])(?:(?:[-~]|至|到)(?:\d{{1,2}}月)?{_DAY})?"
    rf"|\d{{1,2}} ?月"
    rf"|\d{{1,2}} ?(?:[-~]|至|到) ?{_DAY}|{_DAY}(?![均常产处内之以])"
    rf"|\d{{1,2}}[:时点]\d{{2}}分?(?:-\d{{1,2}}[:时]\d{{2}})?|\d{{2}}年代|\d{{2}}世纪"
)
_BARE_YEAR = re.compile(rf"{_YEAR}(?!\d|\.\d)")
_DOCUMENT_NUMBER = re.compile(rf"(?<=[\[〔(【]){_YEAR}(?=[\]〕)】])|\d+(?:-\d+)*号")
_LETTERED = re.compile(r"[\dA-Za-z.+×·-]+")
_ABUTTING = frozenset("kKmMGTtcghLdWEPB℃°μu")  # letters with which a unit's name may begin
_CHINESE_DATE = re.compile(
    r"[二两一](?:[零〇○一二三四五六七八九]{3})年度?(?:(?:[一二三四五六七八九]|十[一二]?)月)?"
    r"(?:(?:二?十[一二三四五六七八九]?|三十一?|[一二三四五六七八九])日)?"
    r"|(?:十[一二]?|[一二三四五六七八九])月(?:份|(?:二?十[一二三四五六七八九]?|三十一?|[一二三四五六七八九])[日号]|(?=[底初末前中上下]))"
    r"|[一二三四]季度"
)
_PLAN_PERIOD = re.compile(r"(?:十[一二三四五六]?|[七八九])五(?=[”\"』」]|期间|规划|以来|时期|末|计划|收官|开局|纲要|目标)")
_MEETING = re.compile(
    rf"{_CHINESE}+届(?:{_CHINESE}+[次中]全会|[{_CHINESE[1:-1]}]*次|人大|中央)?|{_CHINESE}+中全会|十[一二三四五六七八九]大(?!\w*(?:工程|行动|产业))"
)
_PER_HUNDRED = re.compile(r"(百分之|千分之)([零〇一二三四五六七八九十百点两]+)(?:个?(百分点))?")
_CHINESE_FRACTION = re.compile(rf"({_CHINESE}+)分之({_CHINESE}+)")
_TENTHS = re.compile(r"([一二三四五六七八九两])成(?![立果效员本功为长都人分熟品绩就型交像语群套体县年])(?=.)")
_CHINESE_QUANTITY = re.compile(
    rf"(?P<n1>{_CHINESE}+)(?P<v1>[多余来]?)(?P<m1>[万亿]*)(?:(?:{_DASH})(?P<n2>{_CHINESE}+)(?P<v2>[多余]?))? ?(?P<u1>{_PAIRED_UNIT})"
)
_CHINESE_BARE = re.compile(rf"{_CHINESE}+")
_CIRCLED = re.compile(r"[①-⓿❶-➓Ⅰ-ⅿ]+")
_START = re.compile(r"[\d零〇○一二三四五六七八九十百千万亿两①-⓿❶-➓Ⅰ-ⅿ]")

# A single Chinese digit with these characters is nearly always part of a word, never a count.
_WORD_UNITS = frozenset("分点方面度日时口角级位号成")


def tokens(folded: str, labels: dict[int, int]) -> Iterator[Token]:
    """Every numeral of the text in order, each character of a numeral in exactly one token.

    `labels` are the outline's printed numbers, start → end: they are ordinals whatever follows.
    """
    at = 0
    while (found := _START.search(folded, at)) is not None:
        start = found.start()
        token = _label(folded, start, labels) or _token(folded, start)
        yield token
        at = token.end


def _label(folded: str, start: int, labels: dict[int, int]) -> Token | None:
    end = labels.get(start)
    return None if end is None else Token(start, end, Form.ORDINAL, "outline-label")


def _token(folded: str, start: int) -> Token:
    character = folded[start]
    if "0" <= character <= "9":
        return _arabic(folded, start)
    if character in CHINESE_START:
        return _chinese(folded, start)
    found = _CIRCLED.match(folded, start)
    return Token(start, found.end() if found else start + 1, Form.ORDINAL, "circled-number")


CHINESE_START = frozenset("零〇○一二三四五六七八九十百千万亿两")


def _arabic(folded: str, start: int) -> Token:
    before = folded[start - 1] if start else ""
    if before == "第":
        return _counted_place(folded, start)
    for pattern, form, rule in ((_DOCUMENT_NUMBER, Form.DATE, "document-number"), (_ARABIC_DATE, Form.DATE, "date")):
        found = pattern.match(folded, start)
        if found:
            return Token(start, found.end(), form, rule)
    lettered = _with_letters(folded, start)
    if lettered:
        return lettered
    rate = _PER_POPULATION.match(folded, start)
    if rate:
        return Token(start, rate.end(), Form.QUANTITY, "rate", value=arabic_number(rate[1]), unit=f"/{rate[2]}")
    proportion = _PROPORTION.match(folded, start)
    if proportion:
        return Token(start, proportion.end(), Form.NAME, "proportion")
    fraction = _FRACTION.match(folded, start)
    if fraction and int(fraction[1]) < int(fraction[2]) <= 100:
        value = plain(Decimal(fraction[1]) / Decimal(fraction[2]))
        return Token(start, fraction.end(), Form.QUANTITY, "fraction", value=value, unit="1")
    return _range(folded, start) or _single(folded, start)


def _counted_place(folded: str, start: int) -> Token:
    found = re.compile(r"\d+|[零〇一二三四五六七八九十百千两]+").match(folded, start)
    return Token(start, found.end() if found else start + 1, Form.ORDINAL, "ordinal")


def _with_letters(folded: str, start: int) -> Token | None:
    """PM2.5, 5G, 4A, 1+6+N, 3·15: digits that abut letters or are joined by signs."""
    before = folded[start - 1] if start else ""
    found = _LETTERED.match(folded, start)
    run = found.group() if found else ""
    ascii_before = before.isascii() and before.isalpha()
    if ascii_before or (before in "+·×" and start > 1 and folded[start - 2].isalnum()):
        return Token(start, start + len(run.rstrip(".-")), Form.NAME, "letters-and-digits")
    quantity = _QUANTITY.match(folded, start)
    has_unit = bool(quantity and quantity["u1"])
    letters = re.search(r"[A-Za-z]", run)
    if letters and not has_unit:
        return Token(start, start + len(run.rstrip(".-")), Form.NAME, "letters-and-digits")
    if re.match(r"\d+(?:[+×·]\d+)+", run):
        joined = re.match(r"\d+(?:[+×·][\dA-Za-z]+)+", run)
        return Token(start, start + (joined.end() if joined else 1), Form.NAME, "joined-by-signs")
    return None


def _range(folded: str, start: int) -> Token | None:
    found = _RANGE.match(folded, start)
    if not found:
        return None
    unit = _unit_of(found["u2"], found["m2"])
    first_unit = _unit_of(found["u1"], found["m1"])
    if found["u1"] and not found["u2"]:
        return None
    if found["u1"] and first_unit != unit:
        low = arabic_number(found["n1"]) * MULTIPLIERS.get(found["m1"], 1) / MULTIPLIERS.get(found["m2"], 1)
        if (found["u1"] or "") != (found["u2"] or ""):
            return None
    elif found["m1"] and found["m1"] != found["m2"]:
        low = arabic_number(found["n1"]) * MULTIPLIERS[found["m1"]] / MULTIPLIERS.get(found["m2"], 1)
    else:
        low = arabic_number(found["n1"])
    high = arabic_number(found["n2"])
    if not found["u2"] and not found["m2"]:
        bare_year = _BARE_YEAR.match(folded, start)
        form = Form.DATE if bare_year else Form.BARE
        return Token(start, found.end("n2"), form, "years" if bare_year else "bare-range", value=low, high=high)
    if high <= low:
        return None
    return Token(start, _end(found, "2"), Form.QUANTITY, "range", value=plain(low), high=high, unit=unit)


def _end(found: re.Match[str], which: str) -> int:
    """The end of number and unit, without the space that would lead to nothing."""
    for group in ("u", "w", "m", "v", "n"):
        if found[group + which]:
            return found.end(group + which)
    return found.end()


def _single(folded: str, start: int) -> Token:
    found = _QUANTITY.match(folded, start)
    assert found is not None  # a digit stands here
    value = arabic_number(found["n1"])
    vague = bool(found["v1"] or found["w1"])
    if found["u1"] is None and not found["m1"]:
        if _BARE_YEAR.match(folded, start):
            return Token(start, found.end("n1"), Form.DATE, "year")
        return Token(start, found.end("n1"), Form.BARE, "bare-number", value=value)
    unit = _unit_of(found["u1"], found["m1"])
    return Token(start, _end(found, "1"), Form.QUANTITY, "number-and-unit", value=value, unit=unit, vague=vague)


def _unit_of(unit: str | None, multiplier: str | None) -> str:
    return (multiplier or "") + (unit or "")


def _chinese(folded: str, start: int) -> Token:
    before = folded[start - 1] if start else ""
    if before == "第":
        return _counted_place(folded, start)
    for pattern, form, rule in (
        (_CHINESE_DATE, Form.DATE, "date"),
        (_PLAN_PERIOD, Form.DATE, "plan-period"),
        (_MEETING, Form.ORDINAL, "meeting"),
    ):
        found = pattern.match(folded, start)
        if found:
            return Token(start, found.end(), form, rule)
    return _chinese_share(folded, start) or _chinese_quantity(folded, start) or _chinese_word(folded, start)


def _chinese_share(folded: str, start: int) -> Token | None:
    found = _PER_HUNDRED.match(folded, start)
    if found:
        number = chinese_number(found[2].partition("点")[0])
        if number is not None:
            unit = "个百分点" if found[3] else "%" if found[1] == "百分之" else "‰"
            value = Decimal(f"{number}{_chinese_decimals(found[2])}")
            return Token(start, found.end(), Form.QUANTITY, "share", value=value, unit=unit, chinese=True)
    found = _CHINESE_FRACTION.match(folded, start)
    if found:
        below, above = chinese_number(found[1]), chinese_number(found[2])
        if below and above and above < below:
            value = plain(Decimal(above) / Decimal(below))
            return Token(start, found.end(), Form.QUANTITY, "fraction", value=value, unit="1", chinese=True)
    if folded.startswith(("一半", "过半"), start):
        return Token(start, start + 2, Form.QUANTITY, "half", value=Decimal(50), unit="%", chinese=True)
    found = _TENTHS.match(folded, start)
    if found:
        value = Decimal(chinese_number(found[1]) or 0) * 10
        return Token(start, found.end(), Form.QUANTITY, "tenths", value=value, unit="%", chinese=True)
    return None


def _chinese_decimals(text: str) -> str:
    _whole, point, rest = text.partition("点")
    return "." + "".join(str(chinese_number(digit) or 0) for digit in rest) if point and rest else ""


def _chinese_quantity(folded: str, start: int) -> Token | None:
    found = _CHINESE_QUANTITY.match(folded, start)
    if not found:
        return None
    numeral, multiplier = found["n1"], found["m1"] or ""
    if not multiplier and not found["n2"] and len(numeral) > 1:
        numeral, multiplier = _scaled(numeral)
    value = chinese_number(numeral)
    if value is None or (numeral + multiplier) in _NOT_AFTER_ONE and found["u1"] in _WORD_UNITS:
        return None
    high = chinese_number(found["n2"]) if found["n2"] else None
    if high is not None and high <= value:
        return None
    implied = numeral[0] in "百千万亿" and len(numeral) == 1
    return Token(
        start,
        found.end(),
        Form.QUANTITY,
        "chinese-number",
        value=Decimal(value),
        high=None if high is None else Decimal(high),
        unit=multiplier + found["u1"],
        chinese=True,
        vague=bool(found["v1"]),
        implied=implied,
    )


def _scaled(numeral: str) -> tuple[str, str]:
    """五千亿 → 五千, 亿: the multiplier a plan would print in its unit."""
    for end in ("万亿", "亿", "万"):
        head = numeral.removesuffix(end)
        if head != numeral and head and head[-1] not in "万亿":
            if any(power in head for power in "万亿"):
                return numeral, ""
            return head, end
    return numeral, ""


def _chinese_word(folded: str, start: int) -> Token:
    found = _CHINESE_BARE.match(folded, start)
    end = found.end() if found else start + 1
    numeral = folded[start:end]
    if len(numeral) > 1 and numeral[-1] in "万亿" and folded[max(0, start - 2) : start].endswith(("达", "达到", "超", "超过", "突破")):
        return Token(start, end, Form.BARE, "bare-number", value=Decimal(chinese_number(numeral) or 0), chinese=True)
    return Token(start, end, Form.WORD, "numeral-in-word", chinese=True)


# The base units of the machine-readable reading; counting words are all "one".
_CONTRACT = {
    Dimension.YUAN: ("元", Decimal(1)),
    Dimension.DOLLAR: ("美元", Decimal(1)),
    Dimension.EURO: ("欧元", Decimal(1)),
    Dimension.YEN: ("日元", Decimal(1)),
    Dimension.HK_DOLLAR: ("港元", Decimal(1)),
    Dimension.LENGTH: ("km", Decimal("0.001")),
    Dimension.MASS: ("t", Decimal("0.000001")),
    Dimension.VOLUME: ("m³", Decimal("0.001")),
    Dimension.SHARE: ("%", Decimal(1)),
    Dimension.PERCENTAGE_POINT: ("百分点", Decimal(1)),
    Dimension.MULTIPLE: ("倍", Decimal(1)),
    Dimension.DOUBLINGS: ("番", Decimal(1)),
}
_ONES = frozenset(
    {"COUNT", "ORGANISATION", "PERSON", "PERSON_TIMES", "ITEM", "DEVICE", "OCCASION", "ANIMAL", "PLANT"}
)
_SQUARE_METRES = {"平方米": Decimal(1), "平方公里": Decimal(10**6), "公顷": Decimal(10**4)}


def in_base_unit(value: Decimal, unit: str) -> tuple[Decimal, str]:
    """The value in the base unit (元, one, m², km, t, 亩; % stays percent), and that unit's name.

    A unit without a base of its own keeps its name; an unknown one keeps value and name.
    """
    if unit in {"", "1"}:
        return value, "one"
    try:
        parsed = parse_unit(unit)
    except UnknownUnit:
        return value, unit
    scale = parsed.factor
    if parsed.dimension in _ONES:
        return plain(value * scale), "one"
    if parsed.dimension == Dimension.AREA:
        base = next((name for name in _SQUARE_METRES if parsed.name.endswith(name)), None)
        multiplier = MULTIPLIERS.get(parsed.name.removesuffix(base or "亩"), 1)
        if base is None:
            return plain(value * multiplier), "亩"
        return plain(value * multiplier * _SQUARE_METRES[base]), "m²"
    if parsed.dimension in _CONTRACT:
        name, factor = _CONTRACT[Dimension(parsed.dimension)]
        return plain(value * scale * factor), name
    return value, parsed.name
