"""The same commitment stated twice: proposed as one target with two sentences, never on the value alone. Pure."""

from __future__ import annotations

import re
from dataclasses import replace

from targets.extraction.findings import FoundTarget
from targets.extraction.quantities import in_base_unit

LIKE = 0.5  # share of common character pairs from which two names are taken for the same thing
MOST_COMPARED = 12  # candidates of the same value that one target is compared with

_NOISE = re.compile(r"全市|全年|我市|累计|达到|实现|完成|力争|的|、|,|“|”|\(|\)|科技(?=企业孵化)")


def likeness(one: str, other: str) -> float:
    """How alike two names are, 0…1: shared character pairs (Dice), or how much of the shorter is in the longer."""
    first, second = _pairs(one), _pairs(other)
    if not first or not second:
        return 1.0 if _NOISE.sub("", one) == _NOISE.sub("", other) else 0.0
    common = len(first & second)
    return max(2 * common / (len(first) + len(second)), 0.9 * common / min(len(first), len(second)))


def _pairs(name: str) -> set[str]:
    plain = _NOISE.sub("", name)
    return {plain[at : at + 2] for at in range(len(plain) - 1)}


def with_repeats(found: list[FoundTarget], in_goals: set[str]) -> list[FoundTarget]:
    """The targets with `repeat_of` set; a statement in 主要目标 is the one that the others repeat."""
    heads: dict[tuple[str, ...], list[int]] = {}
    of: dict[int, int] = {}
    order = sorted(range(len(found)), key=lambda at: (found[at].id not in in_goals, at))
    for at in order:
        target = found[at]
        key = _key(target)
        seen = heads.setdefault(key, [])
        head = next(
            (
                other
                for other in seen[:MOST_COMPARED]
                if _same(found[other], target)
                and not (found[other].id in in_goals and target.id in in_goals)
            ),
            None,
        )
        if head is None:
            seen.append(at)
        else:
            of[at] = head
    return [
        replace(target, repeat_of=found[of[at]].id) if at in of else target for at, target in enumerate(found)
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


_KINDS = re.compile(
    r"产值|增加值|收入|利润|税|投资|销售|进出口|出口|进口|申请|授权|登记|开工|竣工|建成|培训|余额|占比|比重|合格|覆盖|入学|就业"
)


def _kinds(name: str) -> set[str]:
    """The words that tell two measures of one thing apart: 产值 and 增加值, 申请 and 授权."""
    return set(_KINDS.findall(name))
