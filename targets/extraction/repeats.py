"""The same commitment stated twice: one target with two sentences, never on the value alone. Pure."""

from __future__ import annotations

import re
from functools import lru_cache

from targets.extraction.base_units import in_base_unit
from targets.extraction.findings import FoundTarget

LIKE = 0.5  # share of common character pairs from which two names are taken for the same thing
MOST_COMPARED = 12  # candidates of the same value that one target is compared with
_KEPT = 4096  # names

_NOISE = re.compile(r"全市|全年|我市|累计|达到|实现|完成|力争|的|、|,|“|”|\(|\)|科技(?=企业孵化)")
_KINDS = re.compile(
    "产值|增加值|收入|利润|税|投资|销售|进出口|出口|进口|申请|授权|登记|开工|竣工|建成|培训|余额|占比|比重"
    "|合格|覆盖|入学|就业"
)


def likeness(one: str, other: str) -> float:
    """How alike two names are, 0…1: shared character pairs (Dice), or how much of the shorter is shared."""
    first, second = _pairs(one), _pairs(other)
    if not first or not second:
        return 1.0 if _NOISE.sub("", one) == _NOISE.sub("", other) else 0.0
    common = len(first & second)
    return max(2 * common / (len(first) + len(second)), 0.9 * common / min(len(first), len(second)))


def with_repeats(found: list[FoundTarget], in_goals: set[str]) -> list[FoundTarget]:
    """The targets with `repeat_of` set; a statement in 主要目标 is the one that the others repeat.

    `in_goals` holds the ids of those statements.
    """
    heads: dict[tuple[str, ...], list[FoundTarget]] = {}
    repeated: dict[str, str] = {}
    for target in sorted(found, key=lambda target: target.id not in in_goals):
        seen = heads.setdefault(_key(target), [])
        others = seen[:MOST_COMPARED]
        if target.id in in_goals:
            others = [other for other in others if other.id not in in_goals]
        head = next((other for other in others if _same(other, target)), None)
        if head is None:
            seen.append(target)
        else:
            repeated[target.id] = head.id
    return [
        target._replace(repeat_of=repeated[target.id]) if target.id in repeated else target
        for target in found
    ]


def _key(target: FoundTarget) -> tuple[str, ...]:
    value, unit = in_base_unit(target.value, target.unit)
    return f"{value:f}", unit, target.measure.value, str(target.year)


def _same(one: FoundTarget, other: FoundTarget) -> bool:
    if one.sentence_start == other.sentence_start or one.high != other.high:
        return False
    if _kinds(one.indicator) != _kinds(other.indicator):
        return False
    return likeness(one.indicator, other.indicator) >= LIKE


@lru_cache(maxsize=_KEPT)
def _pairs(name: str) -> frozenset[str]:
    plain = _NOISE.sub("", name)
    return frozenset(plain[at : at + 2] for at in range(len(plain) - 1))


@lru_cache(maxsize=_KEPT)
def _kinds(name: str) -> frozenset[str]:
    """The words that tell two measures of one thing apart: 产值 and 增加值, 申请 and 授权."""
    return frozenset(_KINDS.findall(name))
