"""A number in its surroundings: what stands left and right of it in its clause. Pure: no Django."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from targets.extraction.clauses import Clause, Sentence, Tense
from targets.extraction.findings import Comparing
from targets.extraction.forms import COUNTED, Token

_JOIN = re.compile(r"(?:以上|以下|以内|左右|上下|及以上|之内)?(?:的)?[、和及与或并]?(?:以及|并且)?")
_LAST_JOIN = re.compile(r"[、和及与](?=[^、和及与]*$)|以及(?=[^、]*$)")


@dataclass(slots=True)
class Mention:
    """A number with its clause. `left` begins after the number before it, `right` ends before the next."""

    token: Token
    sentence: Sentence
    clause: Clause
    left: str  # own segment
    right: str
    clause_left: str  # the whole clause up to the number
    clause_right: str
    folded: str = field(repr=False)
    before: Mention | None = field(default=None, repr=False)  # number before it in the clause
    after: Mention | None = field(default=None, repr=False)
    comparing: Comparing | None = field(default=None, repr=False)  # once asked for

    @property
    def tense(self) -> Tense:
        """The time its clause speaks of."""
        return self.clause.tense


def mentions_of(
    folded: str, sentence: Sentence, found: list[Token]
) -> Iterator[tuple[Token, Mention | None]]:
    """The sentence's tokens in order; a number comes with its surroundings, what is told by its form without.

    A token outside every clause gets the nearest.
    """
    for clause, inside in _by_clause(sentence, found):
        yield from zip(inside, _in_clause(folded, sentence, clause, inside), strict=True)


def whole_left(mention: Mention) -> str:
    """The words before the number together with the number before it and its words."""
    before = mention.before
    if before is None:
        return mention.left
    return before.left + mention.folded[before.token.start : mention.token.start]


def _in_clause(folded: str, sentence: Sentence, clause: Clause, inside: list[Token]) -> list[Mention | None]:
    parting = [token for token in inside if _parts(token)]
    mentions: list[Mention | None] = []
    previous: Mention | None = None
    passed = 0
    for token in inside:
        if token.form not in COUNTED:
            mentions.append(None)
            continue
        parts = passed < len(parting) and parting[passed] is token
        following = passed + parts
        mention = _mention(
            folded,
            sentence,
            clause,
            token,
            previous.token.end if previous is not None else None,
            parting[following].start if following < len(parting) else None,
        )
        mentions.append(mention)
        if parts:
            passed = following
            mention.before = previous
            if previous is not None:
                previous.after = mention
            previous = mention
    return mentions


def _parts(token: Token) -> bool:
    """Whether the words behind the token are another number's: 亿元以上项目, 一期 go on, 20家 does not."""
    if token.form not in COUNTED or (token.implied and "元" in token.unit):
        return False
    return not (token.chinese and len(token.unit) == 1 and (token.value == 1 or token.unit == "期"))


def _by_clause(sentence: Sentence, found: list[Token]) -> Iterator[tuple[Clause, list[Token]]]:
    clauses = sentence.clauses or [Clause(sentence.start, sentence.end)]
    last = len(clauses) - 1
    place = 0
    inside: list[Token] = []
    for token in found:
        here = place
        while here < last and clauses[here + 1].start <= token.start:
            here += 1
        if here != place and inside:
            yield clauses[place], inside
            inside = []
        place = here
        inside.append(token)
    yield clauses[place], inside


def _mention(
    folded: str, sentence: Sentence, clause: Clause, token: Token, earlier: int | None, later: int | None
) -> Mention:
    """`earlier` is where the number before it ends, `later` where the next one begins."""
    start, end = token.start, token.end
    clause_left = folded[min(clause.start, start) : start]
    clause_right = folded[end : max(clause.end, end)]
    left, right = clause_left, clause_right
    if earlier is not None:
        join = _JOIN.match(folded, earlier, start)
        left = folded[join.end() if join else earlier : start]
    if later is not None:
        right = folded[end:later]
        cut = _LAST_JOIN.search(right)
        right = right[: cut.start()] if cut else right
    return Mention(token, sentence, clause, left, right, clause_left, clause_right, folded)
