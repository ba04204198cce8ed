"""Is a number a target, and if not, what is it? Rules in their order; the first that fits decides. Pure: no Django.

Each rule looks at one numeral in its clause and has a name, which the ledger prints. They come from how such
documents are written: what stands directly before and behind a number, and which time its clause speaks of.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass

from targets.extraction.findings import Verdict
from targets.extraction.frames import Frame, Kept, Ruling, first_fit
from targets.extraction.lexicon import COMPARING
from targets.extraction.mentions import Mention
from targets.extraction.names import DURATIONS, NAMES, ROUND_NUMBERS
from targets.extraction.quantities import Form
from targets.extraction.scopes import FACTS, SCOPES
from targets.extraction.sentences import Tense
from targets.extraction.thresholds import DESCRIPTIONS, POINTS, RATES, THRESHOLDS, explains_in_brackets

PROMISE: Ruling = (Verdict.TARGET, "promise")

_BY_FORM = {
    Form.DATE: Verdict.DATE,
    Form.ORDINAL: Verdict.ORDINAL,
    Form.NAME: Verdict.NAME,
    Form.WORD: Verdict.WORD,
}
_QUOTED = re.compile(
    r"“[^”“\n]{1,40}”|《[^》\n]{1,60}》|「[^」\n]{1,40}」|『[^』\n]{1,40}』|‘[^’\n]{1,40}’|\"[^\"\n]{1,30}\""
)


@dataclass(frozen=True)
class Quotations:
    """Where names and titles stand in quotation marks."""

    starts: tuple[int, ...]
    ends: tuple[int, ...]

    @classmethod
    def of(cls, folded: str) -> Quotations:
        found = list(_QUOTED.finditer(folded))
        return cls(tuple(hit.start() for hit in found), tuple(hit.end() for hit in found))

    def hold(self, start: int, end: int) -> bool:
        """Whether `[start, end)` stands between the marks of one quotation."""
        at = bisect_left(self.ends, end)
        return at < len(self.ends) and self.starts[at] < start


def judge(mention: Mention, quotations: Quotations) -> Ruling:
    """The verdict of one numeral, by the first rule that fits. TARGET is what no rule excludes."""
    token = mention.token
    if mention.sentence.chrome and token.form != Form.WORD:
        return Verdict.ORDINAL, "page-chrome"
    if token.form in _BY_FORM:
        return _BY_FORM[token.form], token.rule
    if quotations.hold(token.start, token.end):
        return Verdict.NAME, "quoted"
    return _of_quantity(mention)


def _of_quantity(mention: Mention) -> Ruling:
    ruling = _answer(NAMES, mention) or _past(mention)
    if ruling is not None:
        return ruling
    for frames in (BASELINES, ROUND_NUMBERS, DURATIONS, POINTS, THRESHOLDS):
        ruling = _answer(frames, mention)
        if ruling is not None:
            return ruling
    if explains_in_brackets(mention):
        return Verdict.SCOPE, "in-brackets"
    for frames in (RATES, SCOPES, FACTS, DESCRIPTIONS, BARE):
        ruling = _answer(frames, mention)
        if ruling is not None:
            return ruling
    return PROMISE


def _answer(frames: tuple[Frame, ...], mention: Mention) -> Ruling | None:
    answer = first_fit(frames, mention)
    return None if answer is None or isinstance(answer, Kept) else answer


_COMPARED_WITH: tuple[Frame, ...] = (
    Frame("compared-with", Verdict.PAST, left=r"(?:比|较)(?:上年|去年|20\d\d年)(?:的|底|末|实际|同期|完成|底的)*$"),
    Frame(
        "compared-with",
        Verdict.PAST,
        left=r"(?<!恢复到)(?<!相当于)(?:去年|上年|20\d\d年)(?:底|末)?(?:的|完成|实际|实绩)+$",
        but_left="今年",
    ),
)


def _past(mention: Mention) -> Ruling | None:
    if mention.tense == Tense.PAST:
        return Verdict.PAST, mention.clause.rule or "past"
    return _answer(_COMPARED_WITH, mention)


_TO = (
    r"(?:左右|以上)?(?:[^,]{0,6}?)?(?:提高|提升|增加|增长|扩大|上升|升|提|降|下降|降低|减少|压缩|压减|压|缩短|缩减|增|扩|减|控制|拓展|发展|调整"
    r"|调减|上调|下调|调|提|扩)(?:到|至|为)?|[-~至到]"
)
# 从X提高到Y, 在X的基础上: where the year begins, not what it promises
BASELINES: tuple[Frame, ...] = (
    Frame("from-to", Verdict.BASELINE, left=r"(?:从|由)(?:[^,]{0,16}?的?)(?:约|近)?$", right=_TO),
    Frame(
        "on-the-basis-of",
        Verdict.BASELINE,
        left=r"(?:在|以)[^,]*$",
        right=r"[^,]{0,12}(?:的)?(?:基础上|基数上|盘子上|为基数)",
        clause=True,
    ),
)

_IS_BARE = {"unit": lambda token: token.form == Form.BARE}
# Without a unit: a target only where a comparing word stands right before it
BARE: tuple[Frame, ...] = (
    Frame("compared-number", None, left=rf"(?:{COMPARING}|控制在|降至|约为|力争)(?:约)?$", but_right=r"^[\w·+]", **_IS_BARE),
    Frame("compared-number", None, left=rf"(?:{COMPARING})$", right=r"以上|以下|以内|左右|之内", **_IS_BARE),
    Frame("bare-number", Verdict.NAME, **_IS_BARE),
)
