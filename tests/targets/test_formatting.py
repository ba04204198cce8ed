"""Printed numbers: separators, half up, a real minus sign, no difference that seems what it is not."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from targets.formatting import (
    format_date_cn,
    format_gap,
    format_number,
    format_percent,
    format_plain,
    natural_decimals,
    round_half_up,
)

DECIMALS = st.decimals("-1e15", "1e15", allow_nan=False, allow_infinity=False, places=10)


def read_back(text: str) -> Decimal:
    return Decimal(text.replace("\u2212", "-").replace(",", "").replace("+", ""))


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [
        ("6725", 0, "6,725"),
        ("999", 0, "999"),
        ("1000", 0, "1,000"),
        ("2980", 1, "2,980.0"),
        ("1234567.891", 2, "1,234,567.89"),
        ("-1396000", 0, "\u22121,396,000"),
        ("0.05", 1, "0.1"),
        ("-0.05", 1, "\u22120.1"),
        ("2.25", 1, "2.3"),
        ("-0.04", 1, "0.0"),
        ("-0", 0, "0"),
        ("999.95", 1, "1,000.0"),
        ("9" * 30 + ".5", 0, "1" + ",000" * 10),
    ],
)
def test_numbers_are_grouped_and_rounded_half_up(value: str, decimals: int, text: str) -> None:
    assert format_number(Decimal(value), decimals) == text


def test_integers_print_like_decimals() -> None:
    assert (format_number(12345), format_plain(1200), format_gap(7)) == ("12,345", "1,200", "+7.0")


@pytest.mark.parametrize(
    ("value", "text"),
    [("7", "+7.0"), ("-5.65", "\u22125.7"), ("0", "0.0"), ("0.04", "0.0"), ("-0.04", "0.0")],
)
def test_signed_numbers_leave_zero_without_a_sign(value: str, text: str) -> None:
    assert format_number(Decimal(value), 1, signed=True) == text


@pytest.mark.parametrize(
    ("fraction", "decimals", "text"),
    [
        ("0.4431226766", 1, "44.3%"),
        ("1.0715625", 1, "107.2%"),
        ("-0.115", 1, "\u221211.5%"),
        ("0.9995", 1, "100.0%"),
        ("43.625", 1, "4,362.5%"),
        ("0.9090909091", 0, "91%"),
    ],
)
def test_percentages_come_from_fractions(fraction: str, decimals: int, text: str) -> None:
    assert format_percent(Decimal(fraction), decimals) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("6725.0000", "6,725"),
        ("2.90", "2.9"),
        ("1994.920000", "1,994.92"),
        ("1E+4", "10,000"),
        ("0E-10", "0"),
        ("-3.0", "\u22123"),
        ("0.0000001", "0.0000001"),
    ],
)
def test_plain_numbers_drop_trailing_zeros(value: str, text: str) -> None:
    assert format_plain(Decimal(value)) == text


@pytest.mark.parametrize("value", ["NaN", "Infinity", "-Infinity"])
def test_what_is_no_number_does_not_print(value: str) -> None:
    with pytest.raises(ValueError, match="is not a number"):
        format_plain(Decimal(value))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        pytest.param("-5.6877323420", "\u22125.7", id="−5.7"),
        pytest.param("7", "+7.0", id="+7.0"),
        pytest.param("0", "0.0", id="exactly on pace"),
        pytest.param("-10", "\u221210.0", id="exactly the floor"),
        pytest.param("-0.02", "\u22120.02", id="9,996 of 20,000"),
        pytest.param("0.02", "+0.02", id="a hair ahead"),
        pytest.param("-0.05", "\u22120.1", id="half up is far enough"),
        pytest.param("-0.00000004", "\u22120.00000004", id="as many as it needs"),
        pytest.param("-10.02", "\u221210.02", id="past the floor"),
        pytest.param("-9.98", "\u22129.98", id="not yet at the floor"),
        pytest.param("-10.05", "\u221210.1", id="past it as printed"),
    ],
)
def test_a_difference_never_prints_as_a_threshold_it_is_not(value: str, text: str) -> None:
    assert format_gap(Decimal(value)) == text


def test_thresholds_and_decimals_can_be_others() -> None:
    assert format_gap(Decimal("-30.01"), thresholds=(0, Decimal(-30))) == "\u221230.01"
    assert format_gap(Decimal("-10.02"), thresholds=(0,)) == "\u221210.0"
    assert format_gap(Decimal("2.5"), decimals=0) == "+3"


@given(DECIMALS, st.integers(0, 4))
def test_a_printed_number_reads_back_within_half_of_its_last_digit(value: Decimal, decimals: int) -> None:
    assert abs(read_back(format_number(value, decimals)) - value) <= Decimal(5).scaleb(-decimals - 1)
    assert read_back(format_plain(value)) == value


@given(DECIMALS | st.decimals("-11", "1", places=8))
def test_a_printed_difference_stands_on_the_same_side_of_every_threshold(value: Decimal) -> None:
    printed = read_back(format_gap(value))
    for threshold in (0, -10):
        assert (printed > threshold, printed < threshold) == (value > threshold, value < threshold)


@given(DECIMALS)
def test_rounding_to_the_natural_decimals_changes_nothing(value: Decimal) -> None:
    assert round_half_up(value, natural_decimals(value)) == value


@pytest.mark.parametrize(
    ("day", "text"), [(date(2026, 9, 30), "2026年9月30日"), (date(2014, 10, 1), "2014年10月1日")]
)
def test_dates_have_no_leading_zeros(day: date, text: str) -> None:
    assert format_date_cn(day) == text
