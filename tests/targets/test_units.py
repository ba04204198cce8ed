"""Units of the published plans, and their exact conversion."""

from __future__ import annotations

import decimal
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from targets.formatting import format_plain
from targets.units import (
    MESSAGES,
    Dimension,
    DimensionMismatch,
    InexactConversion,
    UnitCode,
    UnitProblem,
    UnknownUnit,
    compatible,
    convert,
    figure_text,
    parse_unit,
    plain,
    smaller_units,
    with_multiplier,
)

steady = settings(deadline=None)  # a busy machine is no failure

NAMES = """
    元 千元 万元 百万元 千万元 亿元 万亿元 美元 万美元 亿美元 家 户 个 项 件 名 人 人次 台 套 台套 辆 所 处 座
    场 次 篇 条 百家 千家 万家 万件 千人 万人次 亿件 平方米 万平方米 亩 万亩 公顷 千公顷 平方公里 公里 千米 米
    吨 万吨 千克 立方米 万立方米 % ‰ 个百分点 倍 天 小时 万小时 个月 年 个工作日 微克/立方米 毫克/升 件/万人
    元/人 万元/亩 吨标准煤/万元 千瓦时 亿千瓦时 万千瓦 分
"""


def says(problem: UnitProblem) -> str:
    """The message as a reader sees it; fails if a named value is missing."""
    return MESSAGES[problem.code] % problem.values


@pytest.mark.parametrize(
    ("text", "dimension", "factor"),
    [
        ("亿元", Dimension.YUAN, "100000000"),
        ("万亿元", Dimension.YUAN, "1000000000000"),
        ("百万元", Dimension.YUAN, "1000000"),
        ("亿美元", Dimension.DOLLAR, "100000000"),
        ("万件", Dimension.ITEM, "10000"),
        ("万人次", Dimension.PERSON_TIMES, "10000"),
        ("户", Dimension.ORGANISATION, "1"),
        ("名", Dimension.PERSON, "1"),
        ("千米", Dimension.LENGTH, "1000"),
        ("千克", Dimension.MASS, "1000"),
        ("‰", Dimension.SHARE, "0.1"),
        ("件/万人", "ITEM/人", "0.0001"),
        ("微克/立方米", "MASS/立方米", "0.000001"),
    ],
)
def test_a_unit_has_a_dimension_and_a_factor(text, dimension, factor):
    unit = parse_unit(text)
    assert (unit.dimension, unit.factor) == (dimension, Decimal(factor))


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("％", "%"),
        (" 万 元\u3000", "万元"),
        ("㎡", "平方米"),
        ("万㎡", "万平方米"),
        ("km²", "平方公里"),
        ("μg/m³", "微克/立方米"),
        ("百分点", "个百分点"),
        ("台（套）", "台套"),
        ("人\u200b次", "人次"),
        ("亿元人民币", "亿元"),
        ("吨标准煤／万元", "吨标准煤/万元"),
    ],
)
def test_other_spellings_get_the_usual_name(text, name):
    assert parse_unit(text).name == name


@pytest.mark.parametrize("name", NAMES.split())
def test_the_name_of_a_unit_leads_back_to_it(name):
    unit = parse_unit(name)
    assert unit.name == name
    assert parse_unit(unit.name) == unit


@pytest.mark.parametrize(
    "text",
    [
        "",
        "企业",
        "万",
        "万%",
        "万倍",
        "亿万元",
        "元/",
        "/元",
        "元/人/年",
        "条产业链",
        "3D",
        "千百分点",
        "元" * 30,
        "\x00",
    ],
)
def test_what_is_no_unit_is_refused_with_a_message(text):
    with pytest.raises(UnknownUnit) as refused:
        parse_unit(text)
    assert "is not a known unit" in says(refused.value)


@pytest.mark.parametrize(
    ("value", "source", "target", "result"),
    [
        ("12000", "万元", "亿元", "1.2"),  # story 2
        ("1396000", "万元", "亿元", "139.6"),  # story 1
        ("2", "万件", "件", "20000"),
        ("6725", "亿元", "万亿元", "0.6725"),
        ("963000", "平方米", "万平方米", "96.3"),
        ("1", "公顷", "亩", "15"),
        ("1", "平方公里", "公顷", "100"),
        ("1", "公顷", "平方米", "10000"),
        ("30", "亩", "公顷", "2"),
        ("5", "‰", "%", "0.5"),
        ("1.5", "天", "小时", "36"),
        ("2", "年", "个月", "24"),
        ("3", "吨", "公斤", "3000"),
        ("30", "件/万人", "件/人", "0.003"),
        ("120", "户", "家", "120"),
        ("20", "个", "家", "20"),
        ("20", "名", "个", "20"),
        ("-0.000001", "亿元", "元", "-100"),
        ("999999999999999999.999999", "亿元", "元", "99999999999999999999999900"),
    ],
)
def test_conversion_is_exact(value, source, target, result):
    converted = convert(Decimal(value), parse_unit(source), parse_unit(target))
    assert converted == Decimal(result)
    assert "E" not in str(converted)


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("美元", "元"),
        ("家", "人"),
        ("人", "人次"),
        ("个", "人次"),
        ("件", "家"),
        ("项", "台"),
        ("个百分点", "%"),
        ("倍", "%"),
        ("平方米", "米"),
        ("天", "个工作日"),
        ("元/人", "元/亩"),
        ("元/人", "元"),
        ("吨", "吨标准煤"),
    ],
)
def test_another_dimension_is_an_error_both_ways(source, target):
    for one, other in ((source, target), (target, source)):
        with pytest.raises(DimensionMismatch) as refused:
            convert(Decimal(1), parse_unit(one), parse_unit(other))
        assert refused.value.code is UnitCode.OTHER_DIMENSION
        assert other in says(refused.value)


@pytest.mark.parametrize("word", ["家", "户", "所", "处", "人", "名", "项", "件", "台", "辆", "场", "次"])
def test_ge_fits_every_counting_word_but_person_times(word):
    assert compatible(parse_unit("个"), parse_unit(word))
    assert compatible(parse_unit(word), parse_unit("个"))
    assert not compatible(parse_unit("个"), parse_unit("人次"))


def test_a_result_without_end_is_refused_with_the_rounded_value():
    with pytest.raises(InexactConversion) as refused:
        convert(Decimal(100), parse_unit("亩"), parse_unit("公顷"))
    assert refused.value.rounded == Decimal("6.666667")
    assert "about 6.666667 公顷" in says(refused.value)


def test_an_inexact_computation_before_does_not_make_a_conversion_inexact():
    decimal.getcontext().flags[decimal.Inexact] = True
    assert convert(Decimal(12000), parse_unit("万元"), parse_unit("亿元")) == Decimal("1.2")


money = st.sampled_from([parse_unit(name) for name in ("元", "千元", "万元", "百万元", "亿元", "万亿元")])
figures = st.decimals(-(10**18), 10**18, places=6, allow_nan=False, allow_infinity=False)


@steady
@given(figures, money, money)
def test_money_converts_there_and_back_without_loss(value, one, other):
    assert convert(convert(value, one, other), other, one) == value


@steady
@given(st.text(max_size=30) | st.text(alphabet="万亿千百元个人次/平方米%（） \u200b", max_size=8))
def test_any_text_is_a_unit_or_an_unknown_unit(text):
    try:
        unit = parse_unit(text)
    except UnknownUnit as problem:
        assert says(problem)
    else:
        assert parse_unit(unit.name) == unit


@pytest.mark.parametrize(
    ("name", "multiplier", "result"),
    [
        ("亿元", "万", "万元"),
        ("亿元", "", "元"),
        ("家", "万", "万家"),
        ("万平方米", "百万", "百万平方米"),
        ("千瓦时", "亿", "亿千瓦时"),
        ("件/万人", "千", "千件/万人"),
    ],
)
def test_a_multiplier_replaces_the_units_own(name, multiplier, result):
    assert with_multiplier(parse_unit(name), multiplier).name == result


def test_a_percentage_has_no_multiplier():
    with pytest.raises(UnknownUnit):
        with_multiplier(parse_unit("%"), "万")


@pytest.mark.parametrize(
    ("name", "smaller"),
    [
        ("亿元", ["万元", "元", "千元", "百万元"]),
        ("万件", ["件", "千件"]),
        ("家", []),
        ("平方公里", ["公顷", "亩", "平方米"]),
        ("元", []),
        ("万元/人", ["元/人", "千元/人"]),
    ],
)
def test_the_smaller_units_stand_in_the_order_of_likelihood(name, smaller):
    assert [unit.name for unit in smaller_units(parse_unit(name))] == smaller


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("6725.0", "6,725"),
        ("999.90", "999.9"),
        ("1396000", "1,396,000"),
        ("-5.7", "−5.7"),
        ("-0.00", "0"),
        ("1E+3", "1,000"),
        ("0.000001", "0.000001"),
        ("123456789012345678.123456", "123,456,789,012,345,678.123456"),
    ],
)
def test_a_figure_is_printed_with_separators_from_four_digits(value, text):
    assert figure_text(Decimal(value)) == text


@steady
@given(figures)
def test_a_figure_in_a_message_looks_like_one_on_a_page(value):
    assert figure_text(value) == format_plain(value)


@steady
@given(figures)
def test_plain_keeps_the_value_and_drops_exponent_and_zeros(value):
    short = plain(value)
    assert short == value
    assert "E" not in str(short)
    assert not (str(short).endswith("0") and "." in str(short))


def test_every_code_has_a_message():
    assert set(MESSAGES) == set(UnitCode)
