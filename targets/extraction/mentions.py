"""A numeral in its surroundings: what stands left and right of it in its clause. Pure: no Django."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from targets.extraction.quantities import Form, Token
from targets.extraction.sentences import Clause, Sentence, Tense

_JOIN = re.compile(r"^(?:以上|以下|以内|左右|上下|及以上|之内)?(?:的)?[、和及与或并]?(?:以及|并且)?")
_LAST_JOIN = re.compile(r"[、和及与](?=[^、和及与]*$)|以及(?=[^、]*$)")


@dataclass(slots=True)
class Mention:
    """A token with its clause. `left` begins after the quantity before it, `right` ends before the next."""

    token: Token
    sentence: Sentence
    clause: Clause
    left: str  # own segment
    right: str
    clause_left: str  # the whole clause up to the number
    clause_right: str
    before: Mention | None = field(default=None, repr=False)  # quantity before it in the clause
    after: Mention | None = field(default=None, repr=False)
    text: str = ""
    folded: str = field(default="", repr=False)

    @property
    def tense(self) -> Tense:
        return self.clause.tense


def mentions_of(folded: str, sentence: Sentence, found: list[Token]) -> Iterator[Mention]:
    """The sentence's tokens in order, each with its clause; a token outside every clause gets the nearest."""
    for clause, inside in _by_clause(sentence, found):
        quantities = [token for token in inside if _parts(token)]
        built: dict[int, Mention] = {}
        previous: Mention | None = None
        for token in inside:
            mention = _mention(folded, sentence, clause, token, quantities)
            built[token.start] = mention
            if _parts(token):
                mention.before = previous
                if previous is not None:
                    previous.after = mention
                previous = mention
        yield from built.values()


def _parts(token: Token) -> bool:
    """Whether the words behind the token are another number's: 亿元以上项目, 一期 go on, 20家 does not."""
    if token.form not in {Form.QUANTITY, Form.BARE}:
        return False
    if token.implied and "元" in token.unit:
        return False
    return not (token.chinese and (token.value == 1 or token.unit == "期") and len(token.unit) == 1)


def whole_left(mention: Mention) -> str:
    """The words before the number together with the number before it and its words."""
    before = mention.before
    if before is None:
        return mention.left
    between = mention.folded[before.token.end : mention.token.start]
    return before.left + before.text + between


def _by_clause(sentence: Sentence, found: list[Token]) -> Iterator[tuple[Clause, list[Token]]]:
    clauses = sentence.clauses or [Clause(sentence.start, sentence.end)]
    groups: dict[int, list[Token]] = {}
    place = 0
    for token in found:
        while place + 1 < len(clauses) and clauses[place + 1].start <= token.start:
            place += 1
        groups.setdefault(place, []).append(token)
    for index, inside in groups.items():
        yield clauses[index], inside


def _mention(
    folded: str, sentence: Sentence, clause: Clause, token: Token, quantities: list[Token]
) -> Mention:
    earlier = [other for other in quantities if other.end <= token.start]
    later = [other for other in quantities if other.start >= token.end]
    left_start = min(clause.start, token.start)
    segment = folded[left_start : token.start]
    if earlier:
        segment = folded[earlier[-1].end : token.start]
        segment = segment[_JOIN.match(segment).end() :]  # type: ignore[union-attr]
    clause_end = max(clause.end, token.end)
    right = folded[token.end : clause_end]
    if later:
        between = folded[token.end : later[0].start]
        cut = _LAST_JOIN.search(between)
        right = between[: cut.start()] if cut else between
    return Mention(
        token=token,
        sentence=sentence,
        clause=clause,
        left=segment,
        right=right,
        clause_left=folded[left_start : token.start],
        clause_right=folded[token.end : clause_end],
        text=folded[token.start : token.end],
        folded=folded,
    )
