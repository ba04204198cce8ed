"""A frame: words before and behind a number that tell what it is. Pure: no Django.

Most rules are frames, kept in tables (`names.py`, `thresholds.py`, `scopes.py`), so that each can be read,
counted and shown with its name.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal

from targets.extraction.findings import Verdict
from targets.extraction.forms import Form, Token
from targets.extraction.lexicon import ends_comparing
from targets.extraction.mentions import Mention

Ruling = tuple[Verdict, str]
Condition = Callable[[Mention], bool]

SHARES = frozenset({"%", "‰", "1"})
TIMES = frozenset({"小时", "分钟", "天", "日", "个工作日"})


class Frame:
    """Fits where `left` is found in the words before the number and `right` at the words behind it.

    `but_left` and `but_right` are exceptions, `unit` and `when` further conditions; `clause` looks at the
    whole clause before the number and not only behind the number before it. Without a verdict the frame keeps
    the number a target, whatever the frames below it in its table say. `unit` may look at what makes the kind
    of a number (see `kind_of`), at nothing else.
    """

    __slots__ = ("_but_left", "_but_right", "_clause", "_left", "_right", "_when", "rule", "unit", "verdict")

    def __init__(
        self,
        rule: str,
        verdict: Verdict | None,
        *,
        left: str = "",
        right: str = "",
        but_left: str = "",
        but_right: str = "",
        unit: Callable[[Token], bool] | None = None,
        when: Condition | None = None,
        clause: bool = False,
    ) -> None:
        self.rule, self.verdict, self.unit = rule, verdict, unit
        self._left = re.compile(left).search if left else None
        self._right = re.compile(right).match if right else None
        self._but_left = re.compile(but_left).search if but_left else None
        self._but_right = re.compile(but_right).search if but_right else None
        self._when, self._clause = when, clause

    def fits(self, mention: Mention) -> bool:
        """Whether the surroundings of the number are the frame's; its `unit` is asked before, by kind."""
        if self._right is not None and self._right(mention.clause_right) is None:
            return False
        left = mention.clause_left if self._clause else mention.left
        if self._left is not None and self._left(left) is None:
            return False
        if self._but_left is not None and self._but_left(left) is not None:
            return False
        if self._but_right is not None and self._but_right(mention.clause_right) is not None:
            return False
        return self._when is None or self._when(mention)


Frames = tuple[Frame, ...]
Kind = tuple[str, bool, bool, bool, Decimal | None, bool]

_MOST_KINDS = 4096


def kind_of(token: Token) -> Kind:
    """What a frame's `unit` may look at: unit and form, and of a Chinese number also the value."""
    value = token.value if token.chinese else None
    return token.unit, token.form is Form.BARE, token.chinese, token.implied, value, bool(token.high)


class Rules:
    """Tables of frames, asked one after the other; for each kind of number only those that may fit."""

    def __init__(self, *tables: Frames) -> None:
        self.tables = tables
        self._by_kind: dict[Kind, list[Frames]] = {}

    def ruling(self, mention: Mention) -> Ruling | None:
        """Verdict and rule of the first frame that fits; None where the number stays a target.

        A frame that keeps the number ends its own table; the tables behind it are still asked.
        """
        for frames in self._tables_for(mention.token):
            for frame in frames:
                if frame.fits(mention):
                    if frame.verdict is not None:
                        return frame.verdict, frame.rule
                    break
        return None

    def _tables_for(self, token: Token) -> list[Frames]:
        kind = kind_of(token)
        known = self._by_kind.get(kind)
        if known is None:
            if len(self._by_kind) >= _MOST_KINDS:
                self._by_kind.clear()
            sifted = [
                tuple(frame for frame in table if frame.unit is None or frame.unit(token))
                for table in self.tables
            ]
            known = self._by_kind[kind] = [frames for frames in sifted if frames]
        return known


def is_money(token: Token) -> bool:
    """Whether the number counts money, in whatever unit."""
    return "元" in token.unit


def is_share(token: Token) -> bool:
    """Whether the number is a share of a whole: 30%, 三分之二."""
    return token.unit in SHARES


def is_time(token: Token) -> bool:
    """Whether the number counts hours or days."""
    return token.unit in TIMES


def is_bare(token: Token) -> bool:
    """Whether the number stands without a unit."""
    return token.form == Form.BARE


_SIZES = frozenset("亩吨煤米床人户年倍头只羽张")
_LONG_SIZES = ("平米", "平方米", "公里", "千瓦", "兆瓦", "千伏", "蒸吨", "公顷", "小时")


def is_sized(token: Token) -> bool:
    """Whether the unit is one by which things are classed: money, areas, capacities, heads."""
    return is_money(token) or token.unit[-1:] in _SIZES or token.unit.endswith(_LONG_SIZES)


_COMPARED_BEHIND = re.compile(r"(?:以上|以下|以内|左右|之内)(?![^,、]{0,8}(?:企业|项目))")


def compares(mention: Mention) -> bool:
    """Whether a comparing or promising word stands right before or behind the number."""
    return ends_comparing(mention.left) or _COMPARED_BEHIND.match(mention.clause_right) is not None
