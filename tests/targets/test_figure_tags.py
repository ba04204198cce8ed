"""How numbers, differences and lights are printed on a page."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.template import Context, Template
from django.utils.translation import override

from targets.enums import Light
from targets.models import Progress, ProgressRule, Target
from targets.templatetags import figures

D = Decimal


def shown(source: str, **values: object) -> str:
    return Template("{% load figures %}" + source).render(Context(values)).strip()


def test_numbers_have_separators_from_four_digits_and_missing_is_a_dash() -> None:
    assert figures.number(D("4760"), 1) == "4,760.0"
    assert figures.plain(D("999.50")) == "999.5"
    assert figures.number(D("-1234.5"), 1) == "−1,234.5"
    assert figures.number(None) == figures.percent(None) == figures.plain(None) == "–"
    assert figures.number(D(0)) == "0"  # zero is not missing


def test_a_target_value_is_printed_as_promised_and_a_figure_with_its_decimals() -> None:
    target = Target(decimals=1)
    assert (figures.value(D("6725.000000"), target), figures.actual(D("2980"), target)) == (
        "6,725",
        "2,980.0",
    )
    share = Target(decimals=2)
    assert figures.value(D("2.900000"), share) == "2.90"
    assert figures.actual(D("20612.125"), Target(decimals=0)) == "20,612.125"  # nothing is rounded away


def test_changes_carry_a_sign() -> None:
    assert figures.signed_percent(D("0.2009890")) == "+20.1%"
    assert figures.signed_percent(D("-0.0525")) == "−5.3%"
    assert figures.signed_value(D("1.500000"), Target(decimals=1)) == "+1.5"


@pytest.mark.parametrize(
    ("gap", "printed"),
    [
        ("-5.7", "−5.7"),
        ("7", "+7.0"),
        ("-0.02", "−0.02"),
        ("0", "0.0"),
        ("-10", "−10.0"),
        ("-10.004", "−10.004"),
    ],
)
def test_a_difference_never_prints_as_a_threshold_it_is_not(gap: str, printed: str) -> None:
    row = Progress(gap_shown=D(gap), gap_is_points=True, rule=ProgressRule(yellow_floor=D("-0.1")))
    assert figures.gap(row, Target(decimals=1, unit="亿元")) == printed


def test_a_difference_in_the_targets_own_unit_names_it() -> None:
    row = Progress(gap_shown=D("-95"), gap_is_points=False, rule=ProgressRule(yellow_floor=D("-0.1")))
    assert figures.gap(row, Target(decimals=0, unit="家")) == "−95家"
    assert figures.gap(row, Target(decimals=0, unit="%")) == "−95"
    assert figures.gap(None) == "–"


def test_days_are_printed_in_the_pages_language_and_the_servers_zone() -> None:
    with override("zh-hans"):
        assert figures.day(date(2014, 9, 30)) == "2014年9月30日"
        assert figures.moment(datetime(2014, 10, 12, 16, 5, tzinfo=UTC)) == "2014年10月13日 00:05"
    with override("en"):
        assert figures.day(date(2014, 9, 30)) == "2014-09-30"


@pytest.mark.parametrize("light", list(Light))
def test_a_light_is_symbol_and_word(light: Light) -> None:
    html = shown("{% status light %}", light=light)
    assert light.symbol in html
    assert figures.light_label(light) in html
    assert f"status-{light.lower()}" in html


def test_a_bullet_tells_its_numbers_in_words() -> None:
    row = Progress(actual=D(2980), expected=D("3362.5"), target_value=D(6725), light=Light.YELLOW)
    html = shown("{% bullet row target %}", row=row, target=Target(decimals=1, unit="亿元"))
    label = html.partition('aria-label="')[2].partition('"')[0]
    assert all(number in label for number in ("2,980.0", "3,362.5", "6,725", "亿元"))


def test_where_no_length_can_show_the_values_no_bar_is_drawn() -> None:
    row = Progress(actual=D("-2.8"), expected=D(-3), target_value=D(-3), light=Light.YELLOW)
    assert shown("{% bullet row target %}", row=row, target=Target(decimals=1, unit="%")) == ""
