"""A frame: words before and behind a number that tell what it is. Pure: no Django.

Most rules are frames, kept in tables (`names.py`, `thresholds.py`, `scopes.py`), so that each can be read,
counted and shown with its name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from targets.extraction.findings import Verdict
from targets.extraction.lexicon import COMPARING
from targets.extraction.mentions import Mention
from targets.extraction.quantities import Form, Token

Ruling = tuple[Verdict, str]
Condition = Callable[[Mention], bool]

SHARES = frozenset({"%", "‰", "1"})
TIMES = frozenset({"小时", "分钟", "天", "日", "个工作日"})


class Frame:
    """Fits where `left` is found in the words before the number and `right` at the words behind it.

    `but_left` and `but_right` are exceptions, `unit` and `when` further conditions; `clause` looks at the whole
    clause before the number and not only behind the number before it. Without a verdict the frame keeps the
    number a target, whatever the frames below it say.
    """

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
        self.rule, self.verdict, self.unit, self.when, self.clause = rule, verdict, unit, when, clause
        self.left, self.right = _compiled(left), _compiled(right)
        self.but_left, self.but_right = _compiled(but_left), _compiled(but_right)

    def fits(self, mention: Mention) -> bool:
        if self.unit is not None and not self.unit(mention.token):
            return False
        left = mention.clause_left if self.clause else mention.left
        if self.left is not None and self.left.search(left) is None:
            return False
        if self.right is not None and self.right.match(mention.clause_right) is None:
            return False
        if self.but_left is not None and self.but_left.search(left) is not None:
            return False
        if self.but_right is not None and self.but_right.search(mention.clause_right) is not None:
            return False
        return self.when is None or self.when(mention)


def _compiled(pattern: str) -> re.Pattern[str] | None:
    return re.compile(pattern) if pattern else None


@dataclass(frozen=True)
class Kept:
    """The answer of a frame that keeps a number a target."""

    rule: str


def first_fit(frames: Iterable[Frame], mention: Mention) -> Ruling | Kept | None:
    """The answer of the first frame that fits; None where none does."""
    for frame in frames:
        if frame.fits(mention):
            return Kept(frame.rule) if frame.verdict is None else (frame.verdict, frame.rule)
    return None


def is_money(token: Token) -> bool:
    return "元" in token.unit


def is_share(token: Token) -> bool:
    return token.unit in SHARES


def is_time(token: Token) -> bool:
    return token.unit in TIMES


def is_bare(token: Token) -> bool:
    return token.form == Form.BARE


_SIZES = frozenset("亩吨煤米床人户年倍头只羽张")
_LONG_SIZES = ("平米", "平方米", "公里", "千瓦", "兆瓦", "千伏", "蒸吨", "公顷", "小时")


def is_sized(token: Token) -> bool:
    """Units by which things are classed: money, areas, capacities, heads."""
    return is_money(token) or token.unit[-1:] in _SIZES or token.unit.endswith(_LONG_SIZES)


_ENDS_COMPARING = re.compile(rf"(?:{COMPARING}|力争|确保|争取|务必|必须|约|近|不突破)$")
_COMPARED_BEHIND = re.compile(r"(?:以上|以下|以内|左右|之内)(?![^,、]{0,8}(?:企业|项目))")


def ends_comparing(words: str) -> bool:
    """Whether the words end with one that compares or promises the number behind them."""
    return _ENDS_COMPARING.search(words) is not None


def compares(mention: Mention) -> bool:
    """Whether a comparing or promising word stands right before or behind the number."""
    return ends_comparing(mention.left) or _COMPARED_BEHIND.match(mention.clause_right) is not None
