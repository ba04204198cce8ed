"""What a numeral of the text looks like by itself. Pure: no Django."""

from __future__ import annotations

import re
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple


class Form(StrEnum):
    """What a token looks like by itself, before its surroundings are read."""

    QUANTITY = "QUANTITY"  # a number with a unit
    BARE = "BARE"  # a number without one
    DATE = "DATE"
    ORDINAL = "ORDINAL"
    NAME = "NAME"  # letters and digits: PM2.5, 4A, 5G
    WORD = "WORD"  # numeral characters inside a word: 进一步, 统一


class Token(NamedTuple):
    """A numeral of the document; `value` and `high` count `unit`s (2400多万元: 2400, 万元)."""

    start: int
    end: int
    form: Form
    rule: str
    value: Decimal | None = None
    high: Decimal | None = None
    unit: str = ""
    chinese: bool = False
    vague: bool = False  # 2400多万, 几十, 千名: a round number
    implied: bool = False  # 千名, 万家: a multiplier without a digit


COUNTED = (Form.QUANTITY, Form.BARE)  # the forms whose verdict the surroundings decide

_PLACE = re.compile(r"\d+|[零〇一二三四五六七八九十百千两]+")


def counted_place(folded: str, start: int) -> Token:
    """The ordinal behind 第 that begins at `start`."""
    found = _PLACE.match(folded, start)
    return Token(start, found.end() if found else start + 1, Form.ORDINAL, "ordinal")
