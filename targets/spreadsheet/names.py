"""Finds the target that a row's words mean, and does not guess where several fit. Pure: no Django.

In this order: the plan's number (W6), a name as it stands (indicator, aliases, the document's others), the
same without what tables add (numbering, 其中, 全市, a unit in brackets, 数 at the end), a name made of the
row above and this one (产值 / 其中:增幅), and at last a similar name whose annual target and unit agree.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from difflib import SequenceMatcher
from functools import lru_cache

from targets.enums import Measure
from targets.spreadsheet.headers import listed_units
from targets.spreadsheet.known import Known
from targets.spreadsheet.time_words import normal, without_spans
from targets.units import Unit, compatible

LEAST_ALIKE = 0.66
SHORTEST = 3  # characters of a name that is looked up by likeness
WEIGHED = 12  # names that are weighed exactly
MOSTLY = 0.7  # of a name's pairs of characters
CLEARLY_ALIKE = 0.1  # by so much the best has to be better than the next
_NUMBERING = re.compile(
    r"^(?:[(\[]?(?:[0-9]{1,3}|[一二三四五六七八九十]{1,3}|[a-z])(?:[)\]、.．:]+)(?:(?=\D))|[①-⑳]|[一二三四五六七八九十]是|[-—•·●*◆■▲]+)+"
)
_PREFIX = re.compile(
    r"^(?:其中[::]?|其中|全市|全社会|我市|本市|市级|市本级|全年|年度|本年度?|当年|实现|完成|力争|确保|指标[::])+"
)
_TAIL = re.compile(
    r"(?:累计|情况|指标|完成数|完成值|完成|数量|个数|家数|户数|件数|项数|人数|数|量|总额|金额|额)$"
)
_PUNCTUATION = re.compile(r"[\s“”\"'‘’《》〈〉「」、,,.。;;::·・\-—–_/\\&*★☆#]")
_ENDS_WITH_UNIT = re.compile(r"^(.*?)[(\[【〔](?:单位[::]?)?([^()\[\]【】〔〕]+)[)\]】〕]$")
_ENDS_AFTER_COMMA = re.compile(r"^(.{3,}?)[,,、/|::]([^,,、/|::]{1,6})$")
_AMOUNT = re.compile(
    r"(?:力争|争取|确保|力保)?(?:突破|超过|达到|达|不低于|不少于|不超过|控制在|完成|实现|增长|为|至|到|≥|>|≤|<|=)*"
    r"约?[0-9][0-9,.]*(?:[^0-9,,;;。、]{0,8}?)(?:以上|以下|以内|左右)?$"
)
_BRACKETS = re.compile(r"[(\[【〔][^()\[\]【】〔〕]*[)\]】〕]")
_GROWTH = re.compile(
    r"(?:比上年|较上年|同比)?(?:增幅|增速|增长率|增长幅度|增长速度|增长|同比)(?:率|\(?%\)?)?$"
)
_SAME_WORDS = [
    (re.compile("高企"), "高新技术企业"),
    (re.compile("研究与试验发展|研究与开发|研发|研究开发"), "r&d"),
    (re.compile("r&?d"), "研发"),
    (re.compile("地区生产总值|国内生产总值|生产总值"), "gdp"),
    (re.compile("占比|比例|百分比|比率"), "比重"),
    (re.compile("投入强度"), "比重"),
    (re.compile("经费支出|经费投入|费用|投入"), "经费"),
    (re.compile("交易额|成交金额|交易金额|合同额"), "成交额"),
    (re.compile("新增认定|新认定|新培育|新增加|净增"), "新增"),
    (re.compile("经认定"), ""),
    (re.compile("总量|总数量|累计数|保有量|存量"), "总数"),
    (re.compile("平台建设"), "平台"),
    (re.compile("总产值"), "产值"),
]
# Names that differ in one of these are different things, however alike they are otherwise.
_CONTRASTS = [
    ("新增", "总数"),
    ("申请", "授权"),
    ("增加值", "产值"),
    ("国家级", "省级", "市级"),
    ("余额", "新增"),
    ("企业", "产业"),
    ("小巨人", "高新技术企业"),
    ("发明", "实用新型", "外观"),
    ("资金", "企业"),
    ("进口", "出口"),
]


@dataclass(frozen=True)
class Words:
    """What a row says about its indicator."""

    name: str = ""
    code: str = ""  # of the column of numbers
    parent: str = ""  # the name of the row above that this one may belong to
    units: tuple[Unit, ...] = ()  # of the row
    annual_in: Callable[[Known], Decimal | None] = lambda known: None  # the row's annual target, in its unit
    owner: str = ""


@dataclass(frozen=True)
class Match:
    """One target, several that fit, or none. `how` names the rule; `near` what a person may have meant."""

    found: Known | None = None
    candidates: tuple[Known, ...] = ()
    how: str = ""
    near: tuple[Known, ...] = ()


@lru_cache(maxsize=20_000)
def exact_key(text: str) -> str:
    """Width, blanks, punctuation and numbering do not matter."""
    return _PUNCTUATION.sub("", _NUMBERING.sub("", normal(text)))


@lru_cache(maxsize=20_000)
def loose_key(text: str) -> str:
    """Nor do prefixes such as 全市, a unit or remark in brackets, other words for the same, 数 at the end."""
    half = _NUMBERING.sub("", normal(text))
    half = _PREFIX.sub("", half)
    half = without_spans(_BRACKETS.sub("", half)) or half
    for pattern, instead in _SAME_WORDS:
        half = pattern.sub(instead, half)
    half = _PUNCTUATION.sub("", _PREFIX.sub("", half))
    growth = _GROWTH.search(half)
    if growth and growth.start() > 0:
        return half[: growth.start()] + "增幅"
    if "总数" in half:
        return half.replace("总数", "") + "总数"
    shorter = _TAIL.sub("", half)
    return shorter if len(shorter) >= 4 else half


def units_of_name(text: str) -> tuple[Unit, ...]:
    """The unit in brackets, or after a comma, at the end of a name: 技术合同成交额(亿元)."""
    found = _ENDS_WITH_UNIT.match(normal(text)) or _ENDS_AFTER_COMMA.match(normal(text))
    return listed_units(found[2]) if found else ()


def _without_unit(text: str) -> str:
    half = normal(text)
    if not units_of_name(text):
        return half
    found = _ENDS_WITH_UNIT.match(half) or _ENDS_AFTER_COMMA.match(half)
    return found[1] if found else half


def is_growth_word(text: str) -> bool:
    """Whether the text alone is 增幅, 同比增长 or the like, and belongs to the row above."""
    half = _PREFIX.sub("", _NUMBERING.sub("", _BRACKETS.sub("", normal(text))))
    return bool(half) and bool(_GROWTH.fullmatch(_PUNCTUATION.sub("", half)))


@dataclass
class NameIndex:
    """The names of the plan's targets, each in its exact and its loose form."""

    knowns: tuple[Known, ...]
    exact: dict[str, list[Known]] = field(default_factory=dict)
    loose: dict[str, list[Known]] = field(default_factory=dict)
    codes: dict[str, Known] = field(default_factory=dict)
    by_pair: dict[str, set[str]] = field(default_factory=dict)  # two characters → loose names
    bare: dict[str, list[str]] = field(default_factory=dict)  # without 新增 and 总数 → loose names
    ranked: dict[str, list[tuple[float, str]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for known in self.knowns:
            self.codes[normal(known.key)] = known
            for name in known.names:
                _add(self.exact, exact_key(name), known)
                _add(self.loose, loose_key(name), known)
        for loose in self.loose:
            self.bare.setdefault(_bare_amount(loose), []).append(loose)
            for pair in _pairs(loose):
                self.by_pair.setdefault(pair, set()).add(loose)

    def is_name(self, text: str) -> bool:
        """Whether the text is some target's name, exactly or loosely."""
        return bool(text) and (exact_key(text) in self.exact or loose_key(text) in self.loose)

    def match(self, words: Words) -> Match:
        """The target these words mean."""
        by_code = self._by_code(words)
        if by_code is not None:
            return Match(by_code, how="code")
        for how, candidates in self._tiers(words):
            fitting = _fitting(candidates, words)
            if len(fitting) == 1:
                return Match(fitting[0], how=how)
            if fitting:
                return Match(candidates=tuple(fitting), how=how)
        return self._similar(words)

    def named_in(self, text: str) -> Known | None:
        """The one target whose name stands inside a title; the longest name wins."""
        half = exact_key(text)
        found = [(len(key), known) for key, group in self.exact.items() if key in half for known in group]
        found += [
            (len(key), known)
            for key, group in self.loose.items()
            if len(key) >= 4 and key in loose_key(text)
            for known in group
        ]
        longest = max((length for length, _ in found), default=0)
        best = {known.key: known for length, known in found if length == longest}
        return next(iter(best.values())) if len(best) == 1 else None

    def spread_over(self, text: str, split: Collection[int]) -> Known | None:
        """The one target among those with parts whose words a title holds, in whatever order."""
        title = _pairs(loose_key(text))
        alike = []
        for known in self.knowns:
            name = _pairs(loose_key(known.name)) if known.target_id in split else set()
            if name and len(name & title) >= MOSTLY * len(name):
                alike.append(known)
        return alike[0] if len(alike) == 1 else None

    def _by_code(self, words: Words) -> Known | None:
        """By the plan's own number; a plain number in a column of ordinals says nothing."""
        for text in (words.code, words.name):
            known = self.codes.get(normal(text))
            if known is not None and not normal(text).isdecimal():
                others = self.exact.get(exact_key(words.name), []) if text is words.code else []
                return None if others and known not in others else known
        return None

    def _tiers(self, words: Words) -> Iterable[tuple[str, list[Known]]]:
        name = words.name
        yield "name", self.exact.get(exact_key(name), [])
        bare = _without_unit(name)
        yield "name", self.exact.get(exact_key(bare), [])
        yield "name", self.exact.get(exact_key(_PREFIX.sub("", _NUMBERING.sub("", bare))), [])
        if not is_growth_word(name):
            yield "loose", self._loose(bare)
            if any(unit.name == "%" for unit in words.units):
                yield "growth", self.loose.get(loose_key(bare + "增幅"), [])
        if words.parent:
            yield from self._joined(words.parent, bare)
        if not is_growth_word(name):
            yield "part", self._by_inclusion(bare)
            yield "sentence", self._of_sentence(name)

    def _joined(self, parent: str, name: str) -> Iterable[tuple[str, list[Known]]]:
        """The row's name as a part of the name above it: 产值 / 其中:增幅, 发明专利 / 申请量."""
        short = _bare_amount(loose_key(parent))
        child = _PREFIX.sub("", normal(name))
        joined = [parent + child, child + parent, short + child, child + short]
        for text in [parent + "增幅"] if is_growth_word(name) else joined:
            yield "parent", self.exact.get(exact_key(text), []) or self.loose.get(loose_key(text), [])

    def _of_sentence(self, text: str) -> list[Known]:
        """A target written out (发明专利申请量超过2万件): its name, without the amount at the end."""
        half = normal(text)
        found = _AMOUNT.search(half)
        if found is None or found.start() < 3:
            return []
        name = re.sub("^(?:力争|争取|确保|力保|实现|完成)+", "", half[: found.start()])
        return self.exact.get(exact_key(name), []) or self._loose(name)

    def _loose(self, name: str) -> list[Known]:
        """By the loose name; where a bare name could be the new ones as well as the total, both."""
        key = loose_key(name)
        found = self.loose.get(key, [])
        if _bare_amount(key) != key:
            return found
        both = {known.key: known for known in [*found, *self._by_inclusion(name)]}
        return sorted(both.values(), key=lambda known: known.order) if found else []

    def _by_inclusion(self, name: str) -> list[Known]:
        """Names that say the same but for 新增 or 总数, which a table may leave out: all of them."""
        key = _bare_amount(loose_key(name))
        if len(key) < 4:
            return []
        return [
            known
            for loose in self.bare.get(key, ())
            if not _contrast(loose, loose_key(name))
            for known in self.loose[loose]
        ]

    def _similar(self, words: Words) -> Match:
        """A similar name counts only with the same annual target in a unit of the same kind."""
        name = loose_key(words.name)
        ranked = self._ranked(name) if len(name) >= SHORTEST else []
        best: dict[str, tuple[float, Known]] = {}
        for score, loose in ranked:
            for known in self.loose[loose]:
                if score >= LEAST_ALIKE and not _contrast(name, loose) and _agrees(known, words):
                    best.setdefault(known.key, (score, known))
        scores = sorted((score for score, _ in best.values()), reverse=True)
        if scores and (len(scores) == 1 or scores[0] - scores[1] >= CLEARLY_ALIKE):
            return Match(max(best.values(), key=lambda found: found[0])[1], how="similar")
        if best:
            return Match(candidates=tuple(known for _, known in best.values()), how="similar")
        near = {
            known.key: known for score, loose in ranked[:3] if score >= 0.5 for known in self.loose[loose]
        }
        return Match(near=tuple(near.values()))

    def _ranked(self, name: str) -> list[tuple[float, str]]:
        """The loose names most like this one, best first; only those that share characters are weighed."""
        if name not in self.ranked:
            shared = Counter(loose for pair in _pairs(name) for loose in self.by_pair.get(pair, ()))
            weighed = [loose for loose, _count in shared.most_common(WEIGHED)]
            self.ranked[name] = sorted(((_alike(name, loose), loose) for loose in weighed), reverse=True)
        return self.ranked[name]


def _pairs(text: str) -> set[str]:
    return {text[place : place + 2] for place in range(len(text) - 1)}


def _add(index: dict[str, list[Known]], key: str, known: Known) -> None:
    if key and known not in index.setdefault(key, []):
        index[key].append(known)


def _bare_amount(key: str) -> str:
    return re.sub("新增|总数", "", key)


def _fitting(candidates: list[Known], words: Words) -> list[Known]:
    """Of several candidates those whose unit, annual target and lead fit; one alone is not asked."""
    found = list({known.key: known for known in candidates}.values())
    tests = (
        lambda known: not words.units or _is_measured(known, words),
        lambda known: (known.measure == Measure.GROWTH) == is_growth(words),
        lambda known: _annual_equal(known, words) is True,
        lambda known: bool(words.owner) and known.owner == words.owner,
    )
    for test in tests:
        if len(found) <= 1:
            break
        found = [known for known in found if test(known)] or found
    in_percent = bool(words.units) and all(unit.name == "%" for unit in words.units)
    if len(found) == 1 and len(candidates) == 1 and in_percent and found[0].unit != "%":
        return []  # 产值 in %: its growth, if anything
    return found


def _is_measured(known: Known, words: Words) -> bool:
    """Whether a unit of the row can be the target's."""
    return any(compatible(unit, known.measured_in) for unit in words.units)


def is_growth(words: Words) -> bool:
    """Whether the row speaks of a rate of growth."""
    return bool(_GROWTH.search(loose_key(words.name))) or loose_key(words.name).endswith("增幅")


def _alike(one: str, other: str) -> float:
    if not one or not other:
        return 0.0
    score = SequenceMatcher(None, one, other, autojunk=False).ratio()
    if min(len(one), len(other)) >= 4 and (one in other or other in one):
        score = max(score, 0.7)
    return score


def _contrast(one: str, other: str) -> bool:
    """Whether the two names differ in a word that makes them different things."""
    if one.endswith("增幅") != other.endswith("增幅"):
        return True
    for group in _CONTRASTS:
        mine = next((word for word in group if word in one), None)
        theirs = next((word for word in group if word in other), None)
        if mine and theirs and mine != theirs and not (mine in other and theirs in one):
            return True
    return False


def _agrees(known: Known, words: Words) -> bool:
    """Whether unit and annual target of the row are those of the plan."""
    if words.units and not _is_measured(known, words):
        return False
    return _annual_equal(known, words) is True


def _annual_equal(known: Known, words: Words) -> bool | None:
    from_row = words.annual_in(known)
    return None if from_row is None or known.annual is None else from_row == known.annual
