"""What people type, paste and keep in workbooks, read as figures."""

from __future__ import annotations

import datetime
from decimal import Context, Decimal, localcontext

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from openpyxl.worksheet.formula import ArrayFormula, DataTableFormula

from targets.entry_text import (
    MESSAGES,
    NOT_APPLICABLE,
    Entry,
    EntryCode,
    EntryProblem,
    from_cell,
    is_percent_format,
    parse_entry,
)
from targets.units import parse_unit

steady = settings(deadline=None)  # a busy machine is no failure

YI, WAN, JIA, HU, JIAN, PERCENT, POINTS, HECTARES = (
    parse_unit(name) for name in ("亿元", "万元", "家", "户", "件", "%", "个百分点", "公顷")
)
WIDE = str.maketrans("0123456789.,-+()%Ee ", "０１２３４５６７８９．，－＋（）％Ｅｅ\u3000")


def problem_of(text, unit):
    with pytest.raises(EntryProblem) as refused:
        parse_entry(text, unit)
    return refused.value


def says(problem: EntryProblem) -> str:
    """The message as a reader sees it; fails if a named value is missing."""
    return MESSAGES[problem.code] % problem.values


@pytest.mark.parametrize(
    ("text", "unit", "value"),
    [
        ("0", JIA, "0"),
        ("120", JIA, "120"),
        ("１２０", JIA, "120"),
        ("1,396,000", YI, "1396000"),
        ("１，３９６，０００", YI, "1396000"),
        ("  139.6\u3000", YI, "139.6"),
        ("139．6", YI, "139.6"),
        ("139。6", YI, "139.6"),
        ("120。", JIA, "120"),
        (".5", YI, "0.5"),
        ("+5", JIA, "5"),
        ("＋5", JIA, "5"),
        ("−3", JIA, "-3"),
        ("-3", JIA, "-3"),
        ("- 3", JIA, "-3"),
        ("－３．５％", PERCENT, "-3.5"),
        ("30%", PERCENT, "30"),
        ("３０％", PERCENT, "30"),
        ("30 %", PERCENT, "30"),
        ("0.5个百分点", POINTS, "0.5"),
        ("0.5百分点", POINTS, "0.5"),
        ("120家", JIA, "120"),
        ("120（家）", JIA, "120"),
        ("139.6亿元", YI, "139.6"),
        ("\u200b120\ufeff", JIA, "120"),
        ("\t120\r\n", JIA, "120"),
        ("-0", JIA, "0"),
        ("007", JIA, "7"),
        ("5.100000000", YI, "5.1"),
        ("999999999999999999.999999", YI, "999999999999999999.999999"),
    ],
)
def test_a_plain_figure_needs_no_echo(text, unit, value):
    entry = parse_entry(text, unit)
    assert entry == Entry(Decimal(value))
    assert "E" not in str(entry.value)
    assert not str(entry.value).startswith("-0") or entry.value


@pytest.mark.parametrize(
    ("text", "unit", "value", "echo"),
    [
        ("12000万元", YI, "1.2", "1.2亿元"),  # story 2
        ("12,000 万元", YI, "1.2", "1.2亿元"),
        ("１２０００万元", YI, "1.2", "1.2亿元"),
        ("1.2万", JIA, "12000", "12,000家"),
        ("1.2万家", JIA, "12000", "12,000家"),
        ("1.2万", parse_unit("万件"), "1.2", None),
        ("2万件", JIAN, "20000", "20,000件"),
        ("5000万", YI, "0.5", "0.5亿元"),
        ("1.2亿", YI, "1.2", None),
        ("120户", JIA, "120", "120家"),
        ("100家", HU, "100", "100户"),
        ("(3)", JIA, "-3", "−3家"),
        ("（3）", JIA, "-3", "−3家"),
        ("(1,234.5)", YI, "-1234.5", "−1,234.5亿元"),
        ("(2.5%)", PERCENT, "-2.5", "−2.5%"),
        ("(2.5)%", PERCENT, "-2.5", "−2.5%"),
        ("(3万)元", YI, "-0.0003", "−0.0003亿元"),
        ("–3", JIA, "-3", "−3家"),
        ("—3", JIA, "-3", "−3家"),
        ("1.2E+3", JIA, "1200", "1,200家"),
        ("1.396E6", YI, "1396000", "1,396,000亿元"),
        ("5e-1", YI, "0.5", "0.5亿元"),
        ("0E+9999", JIA, "0", "0家"),
        ("12 345", JIA, "12345", "12,345家"),
        ("12\u00a0345\u00a0678", JIA, "12345678", "12,345,678家"),
        ("5‰", PERCENT, "0.5", "0.5%"),
        ("30亩", HECTARES, "2", "2公顷"),
        ("963000㎡", parse_unit("万平方米"), "96.3", "96.3万平方米"),
    ],
)
def test_what_was_converted_is_echoed(text, unit, value, echo):
    if echo is None:  # a multiplier that leads to the column's own unit converts nothing
        assert parse_entry(text, unit) == Entry(Decimal(value))
    else:
        assert parse_entry(text, unit) == Entry(Decimal(value), echo=echo)


@pytest.mark.parametrize("text", ["", " ", "\u3000", "\t\r\n", "\u200b", "未报送", "未报"])
def test_blank_is_missing_and_not_zero(text):
    assert parse_entry(text, JIA) == Entry(None, not_applicable=False, echo=None)
    assert parse_entry(text, JIA) != parse_entry("0", JIA)


@pytest.mark.parametrize("text", ["不适用", " 不适用 ", "N/A", "n/a", "Ｎ／Ａ", "Not applicable"])
def test_not_applicable_is_a_state_of_its_own(text):
    assert parse_entry(text, JIA) == NOT_APPLICABLE == Entry(None, not_applicable=True)


@pytest.mark.parametrize(
    "text", ["-", "–", "—", "——", "---", "－", "−", "/", "／", "\\", "无", "暂无", "none"]
)
def test_what_may_mean_zero_missing_or_not_applicable_is_asked_back(text):
    problem = problem_of(text, JIA)
    assert problem.code is EntryCode.AMBIGUOUS_EMPTY
    assert "type 0, leave the cell blank, or type 不适用" in says(problem)


@pytest.mark.parametrize(
    ("code", "text", "unit"),
    [
        (EntryCode.TWO_NUMBERS, "3-5", JIA),
        (EntryCode.TWO_NUMBERS, "3—5", JIA),
        (EntryCode.TWO_NUMBERS, "3~5", JIA),
        (EntryCode.TWO_NUMBERS, "3至5", JIA),
        (EntryCode.TWO_NUMBERS, "3、5", JIA),
        (EntryCode.TWO_NUMBERS, "3/5", JIA),
        (EntryCode.TWO_NUMBERS, "3 5", JIA),
        (EntryCode.TWO_NUMBERS, "12 3456", JIA),
        (EntryCode.TWO_NUMBERS, "12\n345", JIA),
        (EntryCode.TWO_NUMBERS, "12\t345", JIA),
        (EntryCode.TWO_NUMBERS, "(3)500", JIA),
        (EntryCode.TWO_NUMBERS, "(3)(5)", JIA),
        (EntryCode.TWO_NUMBERS, "5.2(4)", YI),  # a figure with its rank in brackets
        (EntryCode.TWO_NUMBERS, "12家,13家", JIA),
        (EntryCode.TWO_NUMBERS, "1亿2000万", YI),
        (EntryCode.TWO_NUMBERS, "1.2.3", YI),
        (EntryCode.BAD_GROUPING, "1,23", JIA),
        (EntryCode.BAD_GROUPING, "0,5", YI),
        (EntryCode.BAD_GROUPING, "12,3456", JIA),
        (EntryCode.BAD_GROUPING, "1234,567", JIA),
        (EntryCode.BAD_GROUPING, "1, 234", JIA),
        (EntryCode.SIGN_TWICE, "--3", JIA),
        (EntryCode.SIGN_TWICE, "+-3", JIA),
        (EntryCode.SIGN_TWICE, "-(3)", JIA),
        (EntryCode.SIGN_TWICE, "(-3)", JIA),
        (EntryCode.APPROXIMATE, "约120", JIA),
        (EntryCode.APPROXIMATE, "≥20%", PERCENT),
        (EntryCode.APPROXIMATE, "120余家", JIA),
        (EntryCode.APPROXIMATE, "120家左右", JIA),
        (EntryCode.APPROXIMATE, "120+", JIA),
        (EntryCode.APPROXIMATE, "120万平方米以上", parse_unit("万平方米")),
        (EntryCode.UNKNOWN_UNIT, "120家(含复审)", JIA),
        (EntryCode.UNKNOWN_UNIT, "3D", JIA),
        (EntryCode.UNKNOWN_UNIT, "1200¹", JIA),
        (EntryCode.UNKNOWN_UNIT, "1.2万", PERCENT),
        (EntryCode.OTHER_DIMENSION, "120万元", JIA),
        (EntryCode.OTHER_DIMENSION, "1亿美元", YI),
        (EntryCode.OTHER_DIMENSION, "100人次", parse_unit("人")),
        (EntryCode.OTHER_DIMENSION, "20个百分点", PERCENT),
        (EntryCode.PERCENT_SIGN, "30%", JIA),
        (EntryCode.PERCENT_SIGN, "0.5%", POINTS),
        (EntryCode.PERCENT_SIGN, "30％", YI),
        (EntryCode.TOO_LARGE, "1000000000000000000", JIA),
        (EntryCode.TOO_LARGE, "1E+18", JIA),
        (EntryCode.TOO_LARGE, "1E+9999", YI),
        (EntryCode.TOO_LARGE, "1E+9999亩", HECTARES),
        (EntryCode.TOO_LARGE, "10000000000亿元", parse_unit("元")),
        (EntryCode.TOO_LARGE, "9" * 99, JIA),
        (EntryCode.TOO_MANY_DECIMALS, "0.1234567", YI),
        (EntryCode.TOO_MANY_DECIMALS, "12345元", YI),
        (EntryCode.TOO_MANY_DECIMALS, "100亩", HECTARES),
        (EntryCode.TOO_MANY_DECIMALS, "1E-9999", YI),
        (EntryCode.FORMULA, "=1+2", JIA),
        (EntryCode.FORMULA, "＝SUM(A1:A3)", JIA),
        (EntryCode.CELL_ERROR, "#REF!", JIA),
        (EntryCode.CELL_ERROR, "#N/A", JIA),
        (EntryCode.CELL_ERROR, "#DIV/0!", JIA),
        (EntryCode.CELL_ERROR, "######", JIA),
        (EntryCode.DATE, "2014-09-30", JIA),
        (EntryCode.DATE, "2014/9/30", JIA),
        (EntryCode.DATE, "2014年9月30日", JIA),
        (EntryCode.DATE, "9月30日", JIA),
        (EntryCode.BOOLEAN, "TRUE", JIA),
        (EntryCode.NOT_A_NUMBER, "千名", parse_unit("名")),
        (EntryCode.NOT_A_NUMBER, "已完成", JIA),
        (EntryCode.NOT_A_NUMBER, "共120家", JIA),
        (EntryCode.NOT_A_NUMBER, "①", JIA),
        (EntryCode.NOT_A_NUMBER, "½", YI),
        (EntryCode.NOT_A_NUMBER, "٣", JIA),
        (EntryCode.NOT_A_NUMBER, ".", JIA),
        (EntryCode.NOT_A_NUMBER, "()", JIA),
        (EntryCode.NOT_A_NUMBER, "9" * 101, JIA),
    ],
)
def test_each_problem_has_its_code_and_a_message_that_names_what_was_typed(code, text, unit):
    problem = problem_of(text, unit)
    assert problem.code is code
    assert problem.values["text"][:3] in says(problem)


def test_the_message_of_a_percentage_names_the_columns_unit():
    assert "the figure is due in 亿元" in says(problem_of("30%", YI))


def test_too_many_decimals_proposes_the_rounded_number():
    assert "for example 6.666667" in says(problem_of("100亩", HECTARES))
    assert "for example 0.123457" in says(problem_of("0.1234567", YI))


def test_a_long_text_is_shown_shortened_and_without_control_characters():
    shown = problem_of("甲\r\n\x00" + "乙" * 90, JIA).values["text"]
    assert shown.isprintable()
    assert len(shown) == 41


# Workbook cells


@pytest.mark.parametrize(
    ("value", "unit", "number_format", "entry"),
    [
        (None, JIA, "General", Entry(None)),
        (0, JIA, "General", Entry(Decimal(0))),
        (120, JIA, "0", Entry(Decimal(120))),
        (17.7, PERCENT, "0.0", Entry(Decimal("17.7"))),
        (17.699999999999999, PERCENT, "General", Entry(Decimal("17.7"))),
        (0.1 + 0.2, YI, "General", Entry(Decimal("0.3"))),
        (1396000.0, YI, "#,##0", Entry(Decimal(1396000))),
        (123456789012345678, YI, "General", Entry(Decimal("123456789012345678"))),
        (12345678901234568.0, YI, "General", Entry(Decimal("12345678901234568"))),
        (-0.0, YI, "General", Entry(Decimal(0))),
        (Decimal("1.20"), YI, "General", Entry(Decimal("1.2"))),
        (0.289, PERCENT, "0.0%", Entry(Decimal("28.9"), echo="28.9%")),
        (1, PERCENT, "0%", Entry(Decimal(100), echo="100%")),
        (0.005, parse_unit("‰"), "0.0%", Entry(Decimal(5), echo="5‰")),
        (28.9, PERCENT, '0.0"%"', Entry(Decimal("28.9"))),
        ("12000万元", YI, "@", Entry(Decimal("1.2"), echo="1.2亿元")),
        ("不适用", YI, "@", NOT_APPLICABLE),
        ("", YI, "@", Entry(None)),
    ],
)
def test_a_cell_gives_the_number_that_its_reader_sees(value, unit, number_format, entry):
    assert from_cell(value, unit, number_format) == entry


@pytest.mark.parametrize(
    ("code", "value", "number_format"),
    [
        (EntryCode.BOOLEAN, True, "General"),
        (EntryCode.DATE, datetime.datetime(2014, 5, 3), "m-d"),  # Excel's reading of 3-5
        (EntryCode.DATE, datetime.date(2014, 5, 3), "m-d"),
        (EntryCode.DATE, datetime.time(12, 30), "h:mm"),
        (EntryCode.DATE, datetime.timedelta(hours=30), "[h]:mm"),
        (EntryCode.FORMULA, "=A1*2", "General"),
        (EntryCode.FORMULA, ArrayFormula("A1", "=A2*2"), "General"),
        (EntryCode.FORMULA, DataTableFormula("A1"), "General"),
        (EntryCode.CELL_ERROR, "#REF!", "General"),
        (EntryCode.CELL_ERROR, float("nan"), "General"),
        (EntryCode.CELL_ERROR, float("inf"), "0%"),
        (EntryCode.TOO_LARGE, 1e300, "General"),
        pytest.param(EntryCode.TOO_LARGE, 10**5000, "General", id="huge"),
        pytest.param(EntryCode.TOO_LARGE, 10**5000, "0%", id="huge percentage"),
        (EntryCode.TOO_MANY_DECIMALS, 100 / 3, "General"),
        (EntryCode.PERCENT_SIGN, 0.5, "0%"),
        (EntryCode.NOT_A_NUMBER, [1], "General"),
    ],
)
def test_a_cell_that_is_no_figure_has_a_code_and_a_message(code, value, number_format):
    with pytest.raises(EntryProblem) as refused:
        from_cell(value, JIA, number_format)
    assert refused.value.code is code
    assert says(refused.value)


@pytest.mark.parametrize(
    ("number_format", "is_percent"),
    [
        ("0%", True),
        ("0.00%", True),
        ("0.0%;[Red]-0.0%", True),
        ("General", False),
        ('0.0"%"', False),
        (r"0.0\%", False),
        ("", False),
    ],
)
def test_only_an_unquoted_percent_sign_scales(number_format, is_percent):
    assert is_percent_format(number_format) is is_percent


# Properties

whole_range = st.decimals(-(10**18) + 1, 10**18 - 1, places=6, allow_nan=False, allow_infinity=False)
ordinary = st.decimals(-100_000, 100_000, places=2, allow_nan=False, allow_infinity=False)
figures = whole_range | ordinary | st.integers(-(10**18) + 1, 10**18 - 1).map(Decimal)


def scientific(value: Decimal) -> str:
    digits = f"{abs(value):f}".replace(".", "")
    decimals = len(f"{abs(value):f}".partition(".")[2])
    return f"{'-' if value < 0 else ''}{digits}E-{decimals}"


def exactly(value: Decimal, divisor: int) -> str:
    with localcontext(Context(prec=60)):
        return f"{value / divisor:f}"


STYLES = {
    "plain": lambda value: f"{value:f}",
    "separators": lambda value: f"{value:,f}",
    "plus": lambda value: f"{value:+f}",
    "full width": lambda value: f"{value:,f}".translate(WIDE),
    "true minus": lambda value: f"{value:f}".replace("-", "−"),
    "dash": lambda value: f"{value:f}".replace("-", "–"),
    "brackets": lambda value: f"({-value:,f})" if value < 0 else f"{value:,f}",
    "wide brackets": lambda value: f"（{-value:f}）" if value < 0 else f"{value:f}",
    "spaces": lambda value: f" {value:f} ",
    "groups of spaces": lambda value: f"{value:,.6f}".replace(",", " "),
    "own unit": lambda value: f"{value:f}万元",
    "spaced unit": lambda value: f"{value:f} 万元 ",
    "yuan": lambda value: f"{exactly(value, 1)}E4元",
    "multiplier": lambda value: f"{exactly(value, 10**4)}亿",
    "larger unit": lambda value: f"{exactly(value, 10**4)}亿元",
    "scientific": scientific,
}


@pytest.mark.parametrize("style", STYLES)
@steady
@given(value=figures)
@example(value=Decimal("-0.000001"))
@example(value=Decimal(0))
def test_every_accepted_style_leads_back_to_the_value(style, value):
    entry = parse_entry(STYLES[style](value), WAN)
    assert entry.value == value
    if entry.echo is not None:
        assert parse_entry(entry.echo, WAN).value == value


@steady
@given(st.floats(-1e9, 1e9).map(lambda number: round(number, 6)))
def test_a_typed_number_cell_keeps_what_was_typed(number):
    assert from_cell(number, YI).value == Decimal(repr(number))


SIGNS = "0123456789０９.,，。-+−–—()（）%％ eE/、~=# \u200b\u3000\t\n\xa0²①"
messy = st.text(alphabet=SIGNS + "万亿千百元家个户不适用无", max_size=14)
units = st.sampled_from(
    [YI, WAN, JIA, JIAN, PERCENT, POINTS, HECTARES, parse_unit("件/万人"), parse_unit("倍")]
)


@steady
@given(st.text(max_size=120) | messy, units)
def test_any_text_gives_an_entry_or_a_problem_with_a_message(text, unit):
    try:
        entry = parse_entry(text, unit)
    except EntryProblem as problem:
        assert says(problem)
    else:
        assert entry.value is None or abs(entry.value) < 10**18


cells = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.decimals()
    | st.datetimes()
    | st.dates()
    | st.times()
    | st.timedeltas()
    | st.binary(max_size=4)
    | messy
)


@steady
@given(cells, units, st.sampled_from(["General", "0%", "0.0", "@", ""]))
@example(Decimal("1E+999999"), PERCENT, "0%")
@example(Decimal("sNaN"), PERCENT, "0%")
def test_any_cell_gives_an_entry_or_a_problem_with_a_message(value, unit, number_format):
    try:
        entry = from_cell(value, unit, number_format)
    except EntryProblem as problem:
        assert says(problem)
    else:
        assert entry.value is None or abs(entry.value) < 10**18


def test_every_code_has_a_message():
    assert set(MESSAGES) == set(EntryCode)
