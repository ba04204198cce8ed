"""Numerals as documents print them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plans.numerals import arabic_number, chinese_number, fold

DIGITS = "零一二三四五六七八九"


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("两千三百", 2300), ("千", 1000), ("百", 100), ("五千亿", 500_000_000_000), ("十五", 15),
        ("二十", 20),
        ("二十一", 21), ("一百零五", 105), ("两万五千", 25_000), ("一亿八千万", 180_000_000),
        ("三万亿", 3 * 10**12),
        ("二〇一四", 2014), ("二○一四", 2014), ("三", 3), ("壹佰", 100),
    ],
)  # fmt: skip
def test_chinese_numerals(text: str, number: int) -> None:
    assert chinese_number(text) == number


@pytest.mark.parametrize("text", ["", "千千", "百千", "一批", "三三十", "abc", "十十"])
def test_what_is_no_number_is_none(text: str) -> None:
    assert chinese_number(text) is None


def written(number: int) -> str:
    """A plain writer, the other way round: 1 … 9999 in Chinese."""
    places = ["", "十", "百", "千"]
    digits = str(number)
    out, pending = "", False
    for at, digit in enumerate(digits):
        place = places[len(digits) - 1 - at]
        if digit == "0":
            pending = True
            continue
        if pending and out:
            out += "零"
        pending = False
        out += DIGITS[int(digit)] + place
    return out


@given(st.integers(1, 9999), st.integers(0, 9999))
def test_writing_and_reading_agree(high: int, low: int) -> None:
    assert chinese_number(written(high)) == high
    assert chinese_number(f"{written(high)}万") == high * 10_000
    if low:
        assert chinese_number(f"{written(high)}万零{written(low)}") == high * 10_000 + low


@given(st.text(alphabet="０１２３４５６７８９，．％（）；：　～—–-0a年万十", max_size=60))
def test_folding_keeps_every_place(text: str) -> None:
    folded = fold(text)
    assert len(folded) == len(text)
    for before, after in zip(text, folded, strict=True):
        assert before == after or not before.isascii()


def test_full_width_is_folded_to_half() -> None:
    assert fold("２，３１０．５％（ＡＢ）　３—５") == "2,310.5%(AB) 3-5"


def test_separators_are_no_part_of_the_number() -> None:
    assert arabic_number("20,000.50") == Decimal("20000.50")
