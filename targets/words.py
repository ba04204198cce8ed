"""Names of periods and the like, as they are printed (gettext)."""

from __future__ import annotations

from datetime import date

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from targets.formatting import format_date_cn
from targets.periods import PeriodKey


def day_text(day: date) -> str:
    """“2014年9月30日”; in English the ISO date."""
    return format_date_cn(day) if get_language() == "zh-hans" else day.isoformat()


def period_name(key: PeriodKey) -> str:
    """“2014年前三季度”: the period as it is called in reports."""
    return _("%(period)s %(year)s") % {"year": key.year, "period": period_short_name(key)}


def period_short_name(key: PeriodKey) -> str:
    """一季度, 上半年, 前三季度, 全年; other end months as 1–10月."""
    names = {
        3: _("First quarter"),
        6: _("First half"),
        9: _("Nine months"),
        10: _("January–October"),
        11: _("January–November"),
        12: _("Full year"),
    }
    return names.get(key.month) or _("January to month %(month)s") % {"month": key.month}


def single_period_name(key: PeriodKey) -> str:
    """The quarter by itself: 一季度 … 四季度; in a monthly push what has passed of it: 10月, 10–11月."""
    names = {
        3: _("First quarter"),
        6: _("Second quarter"),
        9: _("Third quarter"),
        12: _("Fourth quarter"),
        10: _("October"),
        11: _("October and November"),
    }
    return names.get(key.month) or names[key.quarter * 3]
