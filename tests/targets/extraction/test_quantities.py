"""Numbers with their units, as documents print them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plans.numerals import fold
from targets.extraction.base_units import in_base_unit
from targets.extraction.quantities import Form, Token, tokens


def only(text: str) -> Token:
    found = list(tokens(fold(text), {}))
    assert len(found) == 1, found
    return found[0]


@pytest.mark.parametrize(
    ("text", "quote", "value", "high", "unit"),
    [
        ("达到6725亿元", "6725亿元", "6725", None, "亿元"),
        ("超过2万件", "2万件", "2", None, "万件"),
        ("２，３１０万元", "２，３１０万元", "2310", None, "万元"),
        ("1,200个基站", "1,200个", "1200", None, "个"),
        ("比重达2.90%", "2.90%", "2.90", None, "%"),
        ("人口自然增长率5.6‰以内", "5.6‰", "5.6", None, "‰"),
        ("提高1.5个百分点", "1.5个百分点", "1.5", None, "个百分点"),
        ("2400多万元", "2400多万元", "2400", None, "万元"),
        ("认定3—5项", "3—5项", "3", "5", "项"),
        ("增长10%~15%", "10%~15%", "10", "15", "%"),
        ("50至60家", "50至60家", "50", "60", "家"),
        ("10万至15万人", "10万至15万人", "10", "15", "万人"),
        ("浓度35微克/立方米", "35微克/立方米", "35", None, "微克/立方米"),
        ("12000台（套）", "12000台（套）", "12000", None, "台(套)"),
        ("1/3以上", "1/3", "0.3333333333333333333333333333", None, "1"),
        ("两千三百张床位", "两千三百张", "2300", None, "张"),
        ("五千亿元", "五千亿元", "5000", None, "亿元"),
        ("一亿八千万元", "一亿八千万元", "180000000", None, "元"),
        ("千名人才", "千名", "1000", None, "名"),
        ("两到三篇", "两到三篇", "2", "3", "篇"),
        ("三分之二的乡镇", "三分之二", "0.6666666666666666666666666667", None, "1"),
        ("百分之八十五", "百分之八十五", "85", None, "%"),
        ("九成以上", "九成", "90", None, "%"),
        ("发病率260/10万", "260/10万", "260", None, "/10万"),
    ],
)
def test_a_number_with_its_unit(text: str, quote: str, value: str, high: str | None, unit: str) -> None:
    token = only(text)
    assert token.form == Form.QUANTITY
    assert text[token.start : token.end] == quote
    assert (token.value, token.high, token.unit) == (Decimal(value), high and Decimal(high), unit)


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("2014年", Form.DATE), ("2014-12-05", Form.DATE), ("2014-2020", Form.DATE), ("6月底前", Form.DATE),
        ("9月15日至20日", Form.DATE), ("二○一四年", Form.DATE), ("“十三五”规划", Form.DATE),
        ("〔2010〕", Form.DATE),
        ("第3次", Form.ORDINAL), ("十八届三中全会", Form.ORDINAL), ("①", Form.ORDINAL),
        ("3D打印", Form.NAME), ("PM2.5", Form.NAME), ("4A级", Form.NAME), ("1+6+N", Form.NAME),
        ("3:2", Form.NAME),
        ("进一步", Form.WORD), ("12345热线", Form.BARE),
    ],
)  # fmt: skip
def test_what_is_no_quantity(text: str, form: Form) -> None:
    assert only(text).form == form


def test_a_number_inside_a_longer_one_is_not_found() -> None:
    assert only("超过1200家").value == Decimal(1200)


@pytest.mark.parametrize(
    ("value", "unit", "base", "base_unit"),
    [
        ("6725", "亿元", "672500000000", "元"), ("2", "万件", "20000", "one"),
        ("120", "万平方米", "1200000", "m²"),
        ("3", "公顷", "30000", "m²"), ("5", "万亩", "50000", "亩"), ("12", "公里", "12", "km"),
        ("500", "米", "0.5", "km"),
        ("24", "亿公斤", "2400000", "t"), ("20", "%", "20", "%"), ("5", "‰", "0.5", "%"),
        ("2", "亿美元", "200000000", "美元"),
        ("35", "微克/立方米", "35", "微克/立方米"), ("7", "仙", "7", "仙"),
    ],
)  # fmt: skip
def test_base_units(value: str, unit: str, base: str, base_unit: str) -> None:
    assert in_base_unit(Decimal(value), unit) == (Decimal(base), base_unit)


@given(st.text(alphabet="0123456789０９一二十百千万亿两多余.,，~—-至 年月日个家%元/（）“”第A+:", max_size=60))
def test_every_numeral_is_in_exactly_one_token(text: str) -> None:
    folded = fold(text)
    covered = [0] * len(folded)
    for token in tokens(folded, {}):
        assert token.start < token.end
        for at in range(token.start, token.end):
            covered[at] += 1
    assert max(covered, default=0) <= 1
    for at, character in enumerate(folded):
        assert covered[at] == 1 or character not in "0123456789零一二三四五六七八九十百千万亿两", (
            at,
            character,
        )
