"""Numbers written in Chinese numerals, dates among them. Pure: no Django."""

from __future__ import annotations

from decimal import Decimal

from plans.numerals import chinese_number
from targets.extraction.date_patterns import CHINESE_DATE, MEETING, PLAN_PERIOD
from targets.extraction.forms import Form, Token, counted_place
from targets.extraction.number_patterns import (
    CHINESE_BARE,
    CHINESE_FRACTION,
    CHINESE_QUANTITY,
    PER_HUNDRED,
    TENTHS,
)
from targets.units import plain

# A single Chinese one with these characters is nearly always part of a word, never a count.
_WORD_UNITS = frozenset("分点方面度日时口角级位号成")
_ARRIVING = ("达", "达到", "超", "超过", "突破")


def chinese_token(folded: str, start: int) -> Token:
    """The token that begins with the Chinese numeral at `start`: a date, a share, a number, or a word."""
    if start and folded[start - 1] == "第":
        return counted_place(folded, start)
    for pattern, form, rule in (
        (CHINESE_DATE, Form.DATE, "date"),
        (PLAN_PERIOD, Form.DATE, "plan-period"),
        (MEETING, Form.ORDINAL, "meeting"),
    ):
        found = pattern.match(folded, start)
        if found:
            return Token(start, found.end(), form, rule)
    return _chinese_share(folded, start) or _chinese_quantity(folded, start) or _chinese_word(folded, start)


def _chinese_share(folded: str, start: int) -> Token | None:
    found = PER_HUNDRED.match(folded, start)
    if found:
        number = chinese_number(found[2].partition("点")[0])
        if number is not None:
            unit = "个百分点" if found[3] else "%" if found[1] == "百分之" else "‰"
            value = Decimal(f"{number}{_chinese_decimals(found[2])}")
            return Token(start, found.end(), Form.QUANTITY, "share", value=value, unit=unit, chinese=True)
    found = CHINESE_FRACTION.match(folded, start)
    if found:
        below, above = chinese_number(found[1]), chinese_number(found[2])
        if below and above and above < below:
            value = plain(Decimal(above) / Decimal(below))
            return Token(start, found.end(), Form.QUANTITY, "fraction", value=value, unit="1", chinese=True)
    if folded.startswith(("一半", "过半"), start):
        return Token(start, start + 2, Form.QUANTITY, "half", value=Decimal(50), unit="%", chinese=True)
    found = TENTHS.match(folded, start)
    if found:
        value = Decimal(chinese_number(found[1]) or 0) * 10
        return Token(start, found.end(), Form.QUANTITY, "tenths", value=value, unit="%", chinese=True)
    return None


def _chinese_decimals(text: str) -> str:
    _whole, point, rest = text.partition("点")
    return "." + "".join(str(chinese_number(digit) or 0) for digit in rest) if point and rest else ""


def _chinese_quantity(folded: str, start: int) -> Token | None:
    found = CHINESE_QUANTITY.match(folded, start)
    if not found:
        return None
    numeral, multiplier = found["n1"], found["m1"] or ""
    if not multiplier and not found["n2"] and len(numeral) > 1:
        numeral, multiplier = _scaled(numeral)
    value = chinese_number(numeral)
    if value is None or (numeral + multiplier == "一" and found["u1"] in _WORD_UNITS):
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
    found = CHINESE_BARE.match(folded, start)
    end = found.end() if found else start + 1
    numeral = folded[start:end]
    arriving = folded[max(0, start - 2) : start].endswith(_ARRIVING)
    if arriving and len(numeral) > 1 and numeral[-1] in "万亿":
        value = Decimal(chinese_number(numeral) or 0)
        return Token(start, end, Form.BARE, "bare-number", value=value, chinese=True)
    return Token(start, end, Form.WORD, "numeral-in-word", chinese=True)
