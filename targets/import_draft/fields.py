"""The fields of an import that people decide: which item has which, and what each may hold. Pure: no Django.

`clean` turns what a form posted into the value that is stored: text, whole number, list, true or false, and
decimal numbers as text.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

from accounts.text import gettext_noop
from targets.enums import Commitment, Comparison, Due, Measure, Pace
from targets.import_draft.contents import VERDICTS
from targets.units import UnknownUnit, parse_unit, plain

PLAN = "plan"  # the item that the plan's own fields belong to
MAX_WHOLE = 10**18  # see targets.models.fields.value_field
MOST_DECIMALS = 6
_CONTROL = re.compile(r"[\x00-\x1f\x7f]+")


class FieldCode(StrEnum):
    """What can be wrong with a decision."""

    UNKNOWN_FIELD = "UNKNOWN_FIELD"
    TOO_LONG = "TOO_LONG"
    NO_NUMBER = "NO_NUMBER"
    NO_CHOICE = "NO_CHOICE"
    UNKNOWN_UNIT = "UNKNOWN_UNIT"
    NO_YEAR = "NO_YEAR"
    SHARES = "SHARES"
    EMPTY = "EMPTY"


FIELD_MESSAGES: dict[FieldCode, str] = {
    FieldCode.UNKNOWN_FIELD: gettext_noop("This item has no such field."),
    FieldCode.TOO_LONG: gettext_noop("The text is too long: at most %(limit)s characters."),
    FieldCode.NO_NUMBER: gettext_noop(
        "“%(text)s” is not a number with at most 18 digits before and 6 after the point."
    ),
    FieldCode.NO_CHOICE: gettext_noop("“%(text)s” is not one of the choices."),
    FieldCode.UNKNOWN_UNIT: gettext_noop(
        "“%(text)s” is not a known unit: write it as the plan does, for example 亿元, 万件, 家 or %%."
    ),
    FieldCode.NO_YEAR: gettext_noop("Please give a year between 2000 and 2100."),
    FieldCode.SHARES: gettext_noop(
        "Please give four cumulative shares in percent that never fall and end with 100, "
        "for example 10/30/60/100."
    ),
    FieldCode.EMPTY: gettext_noop("This field must not be empty."),
}


class FieldProblem(ValueError):
    """A value that cannot be stored: `code` and the named values of its message."""

    def __init__(self, code: FieldCode, **values: str) -> None:
        super().__init__(f"{code} {values}")
        self.code = code
        self.values = values


def text_of(limit: int, *, needed: bool = False) -> Callable[[Any], str]:
    """A text of at most `limit` characters, in one line."""

    def cleaned(raw: Any) -> str:
        text = _CONTROL.sub(" ", str(raw or "")).strip()
        if len(text) > limit:
            raise FieldProblem(FieldCode.TOO_LONG, limit=str(limit))
        if needed and not text:
            raise FieldProblem(FieldCode.EMPTY)
        return text

    return cleaned


def number(raw: Any) -> str:
    """A decimal number as text; separators and full width are understood."""
    text = unicodedata.normalize("NFKC", str(raw or "")).replace(",", "").replace("−", "-").strip()
    try:
        value = Decimal(text)
    except InvalidOperation:
        raise FieldProblem(FieldCode.NO_NUMBER, text=text[:40]) from None
    if not value.is_finite() or abs(value) >= MAX_WHOLE or "e" in text.lower():
        raise FieldProblem(FieldCode.NO_NUMBER, text=text[:40])
    exponent = plain(value).as_tuple().exponent
    if isinstance(exponent, int) and -exponent > MOST_DECIMALS:
        raise FieldProblem(FieldCode.NO_NUMBER, text=text[:40])
    return f"{value:f}"


def optional_number(raw: Any) -> str | None:
    return number(raw) if str(raw or "").strip() else None


def unit(raw: Any) -> str:
    """A unit by its usual name."""
    text = text_of(20)(raw)
    try:
        return parse_unit(text).name if text else ""
    except UnknownUnit:
        raise FieldProblem(FieldCode.UNKNOWN_UNIT, text=text[:20]) from None


def one_of(values: type[StrEnum] | tuple[str, ...]) -> Callable[[Any], str]:
    """One of these codes."""
    known = {str(value) for value in values}

    def cleaned(raw: Any) -> str:
        if str(raw) not in known:
            raise FieldProblem(FieldCode.NO_CHOICE, text=str(raw)[:40])
        return str(raw)

    return cleaned


def year(raw: Any) -> int:
    text = unicodedata.normalize("NFKC", str(raw or "")).strip()
    if not text.isdecimal() or not 2000 <= int(text[:5]) <= 2100:
        raise FieldProblem(FieldCode.NO_YEAR)
    return int(text)


def decimals(raw: Any) -> int:
    if str(raw) not in set("0123456"):
        raise FieldProblem(FieldCode.NO_CHOICE, text=str(raw)[:40])
    return int(raw)


def shares(raw: Any) -> list[str] | None:
    """Four cumulative shares, "10/30/60/100" or a list; None for nothing."""
    parts = raw if isinstance(raw, list | tuple) else re.split(r"[/、,\s]+", _half(str(raw or "")).strip())
    parts = [str(part) for part in parts if str(part)]
    if not parts:
        return None
    try:
        values = [Decimal(part.rstrip("%")) for part in parts]
    except InvalidOperation:
        raise FieldProblem(FieldCode.SHARES) from None
    finite = all(value.is_finite() for value in values)
    if len(values) != 4 or not finite or values != sorted(values) or values[0] < 0 or values[3] != 100:
        raise FieldProblem(FieldCode.SHARES)
    if any(value != round(value, 4) for value in values):
        raise FieldProblem(FieldCode.SHARES)
    return [f"{plain(value):f}" for value in values]


def names(raw: Any) -> list[str]:
    """A list of names without repetition."""
    parts = raw if isinstance(raw, list | tuple) else [raw]
    return list(dict.fromkeys(str(part) for part in parts if part))


def yes_or_no(raw: Any) -> bool:
    return raw is True or str(raw) in {"1", "on", "true", "True"}


def _half(text: str) -> str:
    return unicodedata.normalize("NFKC", text)


Cleaner = Callable[[Any], Any]
_UNITS: dict[str, Cleaner] = {"lead": text_of(60), "cooperating": names, "cooperating_text": text_of(200)}
SECTION_FIELDS: dict[str, Cleaner] = {"title": text_of(200, needed=True)}
TASK_FIELDS: dict[str, Cleaner] = {
    "title": text_of(200, needed=True),
    "section": text_of(60),
    "left_out": yes_or_no,
    **_UNITS,
}
TARGET_FIELDS: dict[str, Cleaner] = {
    "verdict": one_of(VERDICTS),
    "accepted": yes_or_no,
    "repeat_of": text_of(20),
    "name": text_of(100, needed=True),
    "indicator": text_of(100),
    "comparison": one_of(Comparison),
    "wording": text_of(40),
    "value": number,
    "unit": unit,
    "decimals": decimals,
    "measure": one_of(Measure),
    "commitment": one_of(Commitment),
    "commitment_wording": text_of(40),
    "year_due": year,
    "baseline": optional_number,
    "baseline_source": text_of(200),
    "pace": one_of(Pace),
    "pace_shares": shares,
    "due": one_of(Due),
    "data_source": text_of(200),
    "note": text_of(300),
    "key": text_of(10),
    "path": text_of(60),
    "group": text_of(100),
    **_UNITS,
}
PLAN_FIELDS: dict[str, Cleaner] = {"title": text_of(200, needed=True), "year": year}

FIELDS: Mapping[str, Mapping[str, Cleaner]] = {
    PLAN: PLAN_FIELDS,
    "section": SECTION_FIELDS,
    "task": TASK_FIELDS,
    "target": TARGET_FIELDS,
    "number": TARGET_FIELDS,
}


def kind_of(item: str) -> str:
    """The kind of item: plan, section, task, target or number; empty for none of them."""
    kind = item.partition(":")[0]
    return kind if kind in FIELDS else ""


def clean(item: str, name: str, raw: Any) -> Any:
    """The value as it is stored. Raises FieldProblem."""
    cleaner = FIELDS.get(kind_of(item), {}).get(name)
    if cleaner is None:
        raise FieldProblem(FieldCode.UNKNOWN_FIELD)
    return cleaner(raw)
