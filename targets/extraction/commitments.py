"""How firmly a target is promised. Pure: no Django.

Source of the rules: the domain description, section 3.
"""

from __future__ import annotations

import re

from targets.enums import Commitment
from targets.extraction.clauses import Sentence
from targets.extraction.mentions import Mention

_FIRM = "确保|必须|务必|保证(?!金)|底线"
_STRIVE = (
    "力争|争取(?!到?位?(?:中央|国家|省|上级|资金|各级|政策|项目))|努力(?!的)|奋斗目标|力求|奋力|挑战目标"
)
_COMMITMENT = re.compile(rf"(?P<firm>{_FIRM})|(?P<strive>{_STRIVE})")
_BEHIND = re.compile(r"[^,。;]{0,8}?(务必|必须|确保|力争)")


def commitment_of(mention: Mention) -> tuple[Commitment, str]:
    """FIRM, STRIVE or PLAIN, with its word: the last one between the last ； or 。 and the number.

    力争 governs the comma clauses behind it up to ； or 。 or another commitment word.
    """
    place = mention.token.start
    for end, commitment, word in reversed(_named_in(mention.sentence, mention.folded)):
        if end <= place:
            return commitment, word
    behind = None if mention.after else _BEHIND.match(mention.clause_right)
    if behind:
        word = behind[1]
        return (Commitment.STRIVE if word == "力争" else Commitment.FIRM), word
    return Commitment.PLAIN, ""


def _named_in(sentence: Sentence, folded: str) -> list[tuple[int, Commitment, str]]:
    """The commitment words of the sentence in order, each with the place where it ends."""
    if sentence.commitments is None:
        sentence.commitments = [
            (
                found.end(),
                Commitment.FIRM if found.lastgroup == "firm" else Commitment.STRIVE,
                found.group(),
            )
            for found in _COMMITMENT.finditer(folded, sentence.start, sentence.end)
        ]
    return sentence.commitments
