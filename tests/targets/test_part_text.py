"""What a cell of a part says: nothing, that no target is set (–), or a value, 0 included."""

from __future__ import annotations

from decimal import Decimal

import pytest

from targets.part_text import MESSAGES, PartProblem, PartValue, part_value
from targets.units import parse_unit

AREA = parse_unit("万平方米")


@pytest.mark.parametrize("cell", [None, "", "  ", "\t"])
def test_blank_says_nothing(cell: object) -> None:
    assert part_value(cell, AREA).is_blank


@pytest.mark.parametrize("cell", ["–", "—", "-", "－", "——", " – "])
def test_a_dash_says_that_no_target_is_set(cell: str) -> None:
    assert part_value(cell, AREA) == PartValue(None)


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        (0, "0"),
        ("0", "0"),
        (5.2, "5.2"),
        ("１２", "12"),
        ("1,200", "1200"),
        ("3万平方米", "3"),
        ("50000平方米", "5"),
    ],
)
def test_a_number_is_a_value_and_zero_is_one_too(cell: object, value: str) -> None:
    assert part_value(cell, AREA) == PartValue(Decimal(value))


def test_the_headers_unit_is_converted() -> None:
    assert part_value(52000, AREA, given_in=parse_unit("平方米")).value == Decimal("5.2")
    assert part_value(0.3, parse_unit("%"), "0%").value == 30


@pytest.mark.parametrize(
    "cell", ["不适用", "/", "无", "待定", "约5", "=A1", "2014-09-30", "5 6", "3亿元", True]
)
def test_anything_else_is_refused_in_words(cell: object) -> None:
    with pytest.raises(PartProblem) as problem:
        part_value(cell, AREA)
    assert MESSAGES[problem.value.code] % problem.value.values


def test_what_has_no_last_decimal_is_refused() -> None:
    with pytest.raises(PartProblem) as problem:
        part_value(1, parse_unit("平方公里"), given_in=parse_unit("亩"))
    assert "decimals" in problem.value.values
