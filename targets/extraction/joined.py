"""What is joined to a number without a verb of its own shares that number's lot. Pure: no Django."""

from __future__ import annotations

from targets.extraction.findings import Verdict
from targets.extraction.frames import Ruling, compares
from targets.extraction.lexicon import promises
from targets.extraction.mentions import Mention

# Numbers that define what the next one counts, and so do not part its words from those before them
DEFINING = (Verdict.THRESHOLD, Verdict.NAME, Verdict.WORD)
_SHARED = (Verdict.SCOPE, Verdict.PAST)


def inherited(mention: Mention, ruling: Ruling, rulings: dict[int, Ruling]) -> Ruling:
    """The ruling of a number after a look at those before it in its sentence.

    `rulings` are theirs by the place where they begin, in order: 100户企业、60个项目, 其中国家级2家.
    """
    if ruling[0] != Verdict.TARGET or not rulings or promises(mention.left) or compares(mention):
        return ruling
    if mention.before is None:
        return _of_sentence(mention, ruling, rulings)
    earlier = rulings.get(mention.before.token.start, ruling)
    if earlier[1] == "rate-paid":
        return earlier
    return (earlier[0], "joined-to") if earlier[0] in _SHARED else ruling


def _of_sentence(mention: Mention, ruling: Ruling, rulings: dict[int, Ruling]) -> Ruling:
    """The first number of a clause goes on with the last one of the clauses before."""
    earlier = next((ruled for ruled in reversed(rulings.values()) if ruled[0] not in DEFINING), ruling)
    if earlier[1] == "standing-fact" or (earlier[1] == "rate-paid" and "元" in mention.token.unit):
        return earlier
    start = mention.clause.start
    bracket = mention.folded[start - 1 : start] == "("
    if earlier[0] == Verdict.PAST and (bracket or mention.clause_left.startswith("其中")):
        return Verdict.PAST, "part-of"
    return ruling
