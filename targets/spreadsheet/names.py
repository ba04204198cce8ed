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

from targets.enums import Measure
from targets.spreadsheet.known import Known
from targets.spreadsheet.name_keys import (
    AMOUNT,
    GROWTH,
    NUMBERING,
    PREFIX,
    bare_amount,
    differ,
    exact_key,
    is_growth_word,
    likeness,
    loose_key,
    pairs,
    without_unit,
)
from targets.spreadsheet.time_words import normal
from targets.units import Unit, compatible

LEAST_ALIKE = 0.66
SHORTEST = 3  # characters of a name that is looked up by likeness
WEIGHED = 12  # names that are weighed exactly
MOSTLY = 0.7  # of a name's pairs of characters
CLEARLY_ALIKE = 0.1  # by so much the best has to be better than the next


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
            self.bare.setdefault(bare_amount(loose), []).append(loose)
            for pair in pairs(loose):
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
        title = pairs(loose_key(text))
        alike = []
        for known in self.knowns:
            name = pairs(loose_key(known.name)) if known.target_id in split else set()
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
        bare = without_unit(name)
        yield "name", self.exact.get(exact_key(bare), [])
        yield "name", self.exact.get(exact_key(PREFIX.sub("", NUMBERING.sub("", bare))), [])
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
        short = bare_amount(loose_key(parent))
        child = PREFIX.sub("", normal(name))
        joined = [parent + child, child + parent, short + child, child + short]
        for text in [parent + "增幅"] if is_growth_word(name) else joined:
            yield "parent", self.exact.get(exact_key(text), []) or self.loose.get(loose_key(text), [])

    def _of_sentence(self, text: str) -> list[Known]:
        """A target written out (发明专利申请量超过2万件): its name, without the amount at the end."""
        half = normal(text)
        found = AMOUNT.search(half)
        if found is None or found.start() < 3:
            return []
        name = re.sub("^(?:力争|争取|确保|力保|实现|完成)+", "", half[: found.start()])
        return self.exact.get(exact_key(name), []) or self._loose(name)

    def _loose(self, name: str) -> list[Known]:
        """By the loose name; where a bare name could be the new ones as well as the total, both."""
        key = loose_key(name)
        found = self.loose.get(key, [])
        if bare_amount(key) != key:
            return found
        both = {known.key: known for known in [*found, *self._by_inclusion(name)]}
        return sorted(both.values(), key=lambda known: known.order) if found else []

    def _by_inclusion(self, name: str) -> list[Known]:
        """Names that say the same but for 新增 or 总数, which a table may leave out: all of them."""
        key = bare_amount(loose_key(name))
        if len(key) < 4:
            return []
        return [
            known
            for loose in self.bare.get(key, ())
            if not differ(loose, loose_key(name))
            for known in self.loose[loose]
        ]

    def _similar(self, words: Words) -> Match:
        """A similar name counts only with the same annual target in a unit of the same kind."""
        name = loose_key(words.name)
        ranked = self._ranked(name) if len(name) >= SHORTEST else []
        best: dict[str, tuple[float, Known]] = {}
        for score, loose in ranked:
            for known in self.loose[loose]:
                if score >= LEAST_ALIKE and not differ(name, loose) and _agrees(known, words):
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
            shared = Counter(loose for pair in pairs(name) for loose in self.by_pair.get(pair, ()))
            weighed = [loose for loose, _count in shared.most_common(WEIGHED)]
            self.ranked[name] = sorted(((likeness(name, loose), loose) for loose in weighed), reverse=True)
        return self.ranked[name]


def _add(index: dict[str, list[Known]], key: str, known: Known) -> None:
    if key and known not in index.setdefault(key, []):
        index[key].append(known)


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
    return bool(GROWTH.search(loose_key(words.name))) or loose_key(words.name).endswith("增幅")


def _agrees(known: Known, words: Words) -> bool:
    """Whether unit and annual target of the row are those of the plan."""
    if words.units and not _is_measured(known, words):
        return False
    return _annual_equal(known, words) is True


def _annual_equal(known: Known, words: Words) -> bool | None:
    from_row = words.annual_in(known)
    return None if from_row is None or known.annual is None else from_row == known.annual
