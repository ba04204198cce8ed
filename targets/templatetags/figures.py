"""How numbers, periods and lights are shown; every number through `targets.formatting`, no computing here."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import template
from django.utils import timezone
from django.utils.translation import gettext as _

from targets import explaining
from targets.charts import bullet as bullet_geometry
from targets.enums import Comparison, Light
from targets.formatting import (
    format_gap,
    format_number,
    format_percent,
    format_plain,
    natural_decimals,
)
from targets.labels import LABELS
from targets.models import Progress, Target
from targets.periods import PeriodKey
from targets.selectors.board import StatusRow
from targets.words import day_text, period_name, period_short_name, single_period_name

register = template.Library()
MISSING = "–"
YEAR_OF_NO_MATTER = 2000


@register.filter
def number(value: Decimal | int | None, decimals: int = 0) -> str:
    """“6,725.0”; “–” for None: a place where a missing number means something else says so itself."""
    return MISSING if value is None or value == "" else format_number(value, int(decimals))


@register.filter
def percent(fraction: Decimal | None) -> str:
    """“44.3%” from 0.443; “–” for None."""
    return MISSING if fraction is None else format_percent(fraction)


@register.filter
def plain(value: Decimal | int | None) -> str:
    """All digits that count, grouped: “6,725”."""
    return MISSING if value is None else format_plain(value)


@register.filter
def signed_percent(fraction: Decimal | None) -> str:
    """“+20.1%”: a change against last year."""
    return MISSING if fraction is None else f"{format_number(fraction * 100, 1, signed=True)}%"


@register.filter
def signed_value(amount: Decimal | None, target: Target) -> str:
    """A difference of values of this target: “+1.5”."""
    if amount is None:
        return MISSING
    return format_number(amount, max(natural_decimals(amount), 0), signed=True)


@register.filter
def value(amount: Decimal | None, target: Target) -> str:
    """A value of this target with its own decimals, without its unit; whole numbers without any."""
    if amount is None:
        return MISSING
    natural = natural_decimals(amount)
    return format_number(amount, max(natural, target.decimals) if natural else 0)


@register.filter
def actual(amount: Decimal | None, target: Target) -> str:
    """A reported value of this target with its own decimals, and in full where it has more."""
    return (
        MISSING if amount is None else format_number(amount, max(target.decimals, natural_decimals(amount)))
    )


@register.filter
def gap(row: Progress | None, target: Target | None = None) -> str:
    """较序时: “−5.7” percentage points, else a difference with the target's own unit."""
    if row is None or row.gap_shown is None:
        return MISSING
    if row.gap_is_points:
        return format_gap(row.gap_shown, (Decimal(0), row.rule.yellow_floor * 100))
    target = target or row.target
    printed = format_gap(row.gap_shown, (Decimal(0),), target.decimals)
    return printed if target.unit == "%" else f"{printed}{target.unit}"


@register.filter
def period(key: PeriodKey) -> str:
    return period_name(key)


@register.filter
def period_short(key: PeriodKey) -> str:
    return period_short_name(key)


@register.filter
def quarter(key: PeriodKey) -> str:
    return single_period_name(key)


@register.filter
def day(date: date | None) -> str:
    """“2014年9月30日”; in English the ISO date."""
    return MISSING if date is None else day_text(date)


@register.filter
def moment(at: datetime | str | None) -> str:
    """“2014年10月13日 09:05” in the server's time zone."""
    if not isinstance(at, datetime):  # a template gives "" where there is none
        return MISSING
    local = timezone.localtime(at)
    return f"{day(local.date())} {local:%H:%M}"


@register.filter
def month_end(month: Decimal | int) -> str:
    """The quarter that ends with this month, for the axis of a chart."""
    return period_short_name(PeriodKey(YEAR_OF_NO_MATTER, int(month)))


@register.filter
def comparison(sign: str) -> str:
    """≥ > ≤ <"""
    return str(LABELS[Comparison(sign)])


@register.filter
def told_nodes(row: StatusRow) -> str:
    return explaining.told_nodes(row)


@register.filter
def told(row: Progress, target: Target) -> str:
    """The arithmetic of a light as one sentence."""
    return explaining.told(row, target)


@register.filter
def told_steps(row: Progress, target: Target) -> list[str]:
    """The arithmetic of a light, a sentence per step."""
    return explaining.told_steps(row, target)


@register.filter
def light_label(light: str) -> str:
    return str(LABELS[Light(light)])


@register.filter
def symbol(light: str) -> str:
    return Light(light).symbol


@register.inclusion_tag("components/status.html")
def status(light: str, word: str = "") -> dict[str, Any]:
    """Symbol and word of a light; without a word of its own the light's."""
    return {"light": light, "word": word or light_label(light)}


@register.inclusion_tag("targets/_bullet.html")
def bullet(row: Progress, target: Target) -> dict[str, Any]:
    """The bullet bar of one stored row; nothing is drawn where no bar can show it."""
    bar = bullet_geometry(row.actual, row.expected, row.target_value)
    label = _("Actual %(actual)s, expected by now %(expected)s, annual target %(target)s %(unit)s") % {
        "actual": actual(row.actual, target),
        "expected": actual(row.expected, target),
        "target": value(row.target_value, target),
        "unit": target.unit,
    }
    return {"bar": bar, "light": row.light, "label": label} | (vars(bar) if bar else {})
