"""The indicator of a target, in the document's words. Pure: no Django.

Two shapes carry nearly all targets: the number behind its name (技术合同成交额达到320亿元) and the number
before the thing counted, behind a verb (支持100家科技企业). What a clause leaves out is carried over from the
clause before (申请量超过2万件,授权量4000件; 增长20%,达到500亿元).

Source of the rules: the domain description, section 3.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from targets.enums import Measure
from targets.extraction.indicator_patterns import (
    ARRIVING,
    BRACKETS,
    BY_WHEN,
    CAUSING,
    CHANGES,
    CLOSED_BEFORE,
    COMPARED,
    COMPARED_BEHIND,
    COMPARED_LEFT,
    GROWING,
    GROWTH_NOUN,
    GROWTH_ONLY,
    HEAD_WORD,
    HEADS,
    IS_GROWTH,
    LAST_VERB,
    LEADING,
    LIGHT_VERBS,
    NEW,
    NOUN_END,
    OPEN_BRACKET,
    PLACED,
    PREDICATE,
    RELATIVE,
    SHARE_OF,
    SPLIT,
    STOP_RIGHT,
    TIME_WORDS,
    TRAILING,
    TURN,
    VERB_START,
    WHOLE,
    WITHOUT_TAIL,
)
from targets.extraction.mentions import Mention

MOST = 40  # characters of a name
_PERCENTS = frozenset({"%", "‰", "1", "个百分点", "百分点", "倍", "番"})
_SUMS = frozenset({"总数", "总户数", "总人数"})
_FULL_WORD = {"增": "增长", "降": "下降", "减": "下降"}
_BASES = frozenset({"基础", "基数", "盘子"})  # 在…的基础上提高到: the name stands before
_LEVEL = re.compile(r"国家级?|省级?|市级?|县级?|部级")
_SHORT = 6  # characters up to which all words before the counted thing stay in its name
_SUBJECT_LENGTHS = range(2, 19)  # of a name that stands in the clause before
_KEPT = 256  # names asked for again right away


@dataclass(slots=True)
class Subject:
    """What later clauses may carry over: the whole indicator, without the tail that makes it a growth."""

    full: str = ""
    verb: str = ""
    name: str = ""  # of the last number, growth and all
    measure: Measure | None = None
    unit: str = ""


def indicator_of(mention: Mention, carried: Subject) -> str:
    """The indicator's name in the document's words; `carried` is what the numbers before spoke of."""
    return _finished(_fanned(mention) or _from_parts(mention, carried), mention)


def subject_of(mention: Mention, name: str, measure: Measure | None) -> Subject:
    """What the next numbers of the paragraph may carry over."""
    verb = VERB_START.match(LEADING.sub("", mention.left))
    full = WITHOUT_TAIL.sub("", name) or name
    return Subject(full, verb.group() if verb else "", name, measure, mention.token.unit)


def names_nothing(mention: Mention) -> bool:
    """Whether the number has no name of its own: 力争达到8.5%."""
    return not _noun_left(mention) and not _fanned(mention)


def growth_name(name: str, mention: Mention) -> str:
    """The name of a growth with the word that says it, where it lost it: 满意率提高, 用水量下降."""
    said = CHANGES.findall(mention.left)
    return name + said[-1] if said and not CHANGES.search(name) and not IS_GROWTH.search(name) else name


def _from_parts(mention: Mention, carried: Subject) -> str:
    left = _noun_left(mention)
    if mention.token.unit in _PERCENTS:
        return _share_name(mention, left, carried)
    right = _noun_right(mention)
    joined = COMPARED_BEHIND.sub("", mention.right)[:1] not in {"", *"、,和及与"}
    if right and joined:
        name = _counted_name(mention, left, right, carried)
        if name:
            return name
    if not left or LIGHT_VERBS.match(left):
        return carried.full or _clause_before(mention) or left + right
    if RELATIVE.match(left) and carried.full:
        thing = NEW.sub("", carried.full)
        return thing + left if left in _SUMS and not thing.endswith(("数", "量")) else thing
    if right and joined and len(left) <= 2:
        return left + right
    return _with_carried(left, carried)


def _counted_name(mention: Mention, left: str, right: str, carried: Subject) -> str:
    """The thing counted stands behind the number: 支持100家科技企业; "" where the words before name more."""
    if not left or CAUSING.search(left):
        acting = _predicate(mention)
        if acting:
            return right + acting
    verb = LAST_VERB.search(left)
    if verb:
        return (verb.group() if len(left) > _SHORT and "每" not in left else left) + right
    if not left:
        return (carried.verb if mention.before else "") + right
    return ""


def _share_name(mention: Mention, left: str, carried: Subject) -> str:
    if GROWTH_ONLY.fullmatch(left):
        tail = left[found.end() :] if (found := COMPARED_LEFT.match(left)) else left
        return (carried.full or _clause_before(mention)) + _FULL_WORD.get(tail, tail)
    behind = SHARE_OF.match(mention.clause_right) if not left or CAUSING.search(left) else None
    if behind and not GROWTH_NOUN.match(behind["noun"]):
        return behind["noun"] + "比例"
    if not left or RELATIVE.match(left):
        return carried.full or _clause_before(mention) or left
    return _with_carried(left, carried)


def _noun_left(mention: Mention) -> str:
    text = mention.left
    if "(" in text or "[" in text:
        text = OPEN_BRACKET.sub("", BRACKETS.sub("", text))
    cleaned = _cleaned(text)
    return "" if cleaned in _BASES else cleaned


@lru_cache(maxsize=_KEPT)
def _cleaned(text: str) -> str:
    """The words without those that compare, promise or say when."""
    text = COMPARED.sub("", text)
    while found := TRAILING.search(text):
        text = text[: found.start()]
    before = None
    while text != before:
        before = text
        text = PLACED.sub("", LEADING.sub("", text))
    return text.strip(" ,、")


def _noun_right(mention: Mention) -> str:
    text = mention.right
    if compared := COMPARED_BEHIND.match(text):
        text = text[compared.end() :]
    text = BRACKETS.sub("", text.removeprefix("的"))
    if end := NOUN_END.search(text):
        text = text[: end.start()]
    stop = STOP_RIGHT.search(text)
    if stop and stop.start() > 0:
        text = text[: stop.start()]
    elif stop and text[0] in ",、":
        text = ""
    return text.strip(" 、,的")[:MOST]


def _predicate(mention: Mention) -> str:
    """What the counted things are to do: 50家企业通过第三方认证 → 通过第三方认证."""
    found = PREDICATE.search(BRACKETS.sub("", mention.right))
    return BY_WHEN.sub("", found.group()).strip() if found and found.start() > 0 else ""


def _clause_before(mention: Mention) -> str:
    """规上工业总产值迈上新台阶,突破2300亿元: the subject stands in the clause before, which has no number."""
    clauses = mention.sentence.clauses
    place = next((at for at, clause in enumerate(clauses) if clause is mention.clause), 0)
    if not place:
        return ""
    text = mention.folded[clauses[place - 1].start : clauses[place - 1].end]
    turn = TURN.search(text)
    text = _cleaned(text[: turn.start()] if turn else text)
    return text if len(text) in _SUBJECT_LENGTHS else ""


def _with_carried(left: str, carried: Subject) -> str:
    """授权量 after 发明专利申请量 is 发明专利授权量; 省级 after 国家级孵化器 is 省级孵化器."""
    short = 2 <= len(left) <= 4 and left[-1] in "量率额数值比"
    full = carried.full
    if full and _LEVEL.fullmatch(left):
        return _LEVEL.sub(left, full, count=1) if _LEVEL.search(full) else left + full
    if short and full and left[0] not in full and full[-1] == left[-1] and len(full) > len(left):
        return full[: -len(left)] + left
    return left


def _fanned(mention: Mention) -> str:
    """A、B、C分别达到x、y、z: the place of the number among its neighbours picks the name."""
    if "分别" not in mention.clause_left:
        return ""
    first, place = mention, 0
    while first.before is not None:
        first = first.before
        place += 1
    head, apart, tail = first.left.partition("分别")
    if not apart:
        return ""
    parts = [LEADING.sub("", part) for part in SPLIT.split(LEADING.sub("", BRACKETS.sub("", head)))]
    names = [part for part in parts if part]
    if len(names) < 2 or place >= len(names):
        return ""
    name = names[place]
    if HEADS.search(names[-1]) and not HEADS.search(name):
        head_word = HEAD_WORD.search(names[-1])
        name += head_word.group() if head_word else ""
    growing = GROWING.search(tail)
    return name + growing.group() if growing and not ARRIVING.search(tail) else name


def _finished(name: str, mention: Mention) -> str:
    name = WHOLE.sub("", name).strip(' 、,:的”“"')
    if CLOSED_BEFORE.match(name):
        name = name[1:]
    name = TIME_WORDS.sub("", name)
    if not name:
        name = BRACKETS.sub("", mention.clause_left + mention.right)[-MOST:].strip(" ,、")
    return name[-MOST:]
