"""Is a number a target, and if not, what is it? The first rule that fits decides. Pure: no Django.

Each rule looks at one numeral in its clause and has a name, which the ledger prints. They come from how such
documents are written: what stands directly before and behind a number, and which time its clause speaks of.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass

from targets.extraction.clauses import Sentence, Tense
from targets.extraction.findings import Verdict
from targets.extraction.forms import Form, Token
from targets.extraction.frames import Frame, Rules, Ruling, is_bare
from targets.extraction.lexicon import COMPARING
from targets.extraction.mentions import Mention
from targets.extraction.names import DURATIONS, NAMES, ROUND_NUMBERS
from targets.extraction.scopes import FACTS, SCOPES
from targets.extraction.thresholds import DESCRIPTIONS, POINTS, RATES, THRESHOLDS, explains_in_brackets

PROMISE: Ruling = (Verdict.TARGET, "promise")
_CHROME: Ruling = (Verdict.ORDINAL, "page-chrome")

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
        """The quotations of a folded text."""
        found = list(_QUOTED.finditer(folded))
        return cls(tuple(hit.start() for hit in found), tuple(hit.end() for hit in found))

    def hold(self, start: int, end: int) -> bool:
        """Whether `[start, end)` stands between the marks of one quotation."""
        at = bisect_left(self.ends, end)
        return at < len(self.ends) and self.starts[at] < start


_COMPARED_WITH: tuple[Frame, ...] = (
    Frame(
        "compared-with",
        Verdict.PAST,
        left=r"(?:比|较)(?:上年|去年|20\d\d年)(?:的|底|末|实际|同期|完成|底的)*$",
    ),
    Frame(
        "compared-with",
        Verdict.PAST,
        left=r"(?<!恢复到)(?<!相当于)(?:去年|上年|20\d\d年)(?:底|末)?(?:的|完成|实际|实绩)+$",
        but_left="今年",
    ),
)

_TO = (
    "(?:左右|以上)?(?:[^,]{0,6}?)?(?:提高|提升|增加|增长|扩大|上升|升|提|降|下降|降低|减少|压缩|压减|压"
    "|缩短|缩减|增|扩|减|控制|拓展|发展|调整|调减|上调|下调|调|提|扩)(?:到|至|为)?|[-~至到]"
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

# Without a unit: a target only where a comparing word stands right before it
BARE: tuple[Frame, ...] = (
    Frame(
        "compared-number",
        None,
        left=rf"(?:{COMPARING}|控制在|降至|约为|力争)(?:约)?$",
        but_right=r"^[\w·+]",
        unit=is_bare,
    ),
    Frame(
        "compared-number", None, left=rf"(?:{COMPARING})$", right=r"以上|以下|以内|左右|之内", unit=is_bare
    ),
    Frame("bare-number", Verdict.NAME, unit=is_bare),
)

_BEFORE_TIME = Rules(NAMES)
_BEFORE_BRACKETS = Rules(_COMPARED_WITH, BASELINES, ROUND_NUMBERS, DURATIONS, POINTS, THRESHOLDS)
_AFTER_BRACKETS = Rules(RATES, SCOPES, FACTS, DESCRIPTIONS, BARE)


def verdict_of_form(token: Token, sentence: Sentence, quotations: Quotations) -> Ruling:
    """The verdict of a numeral that is told by its form: a date, an ordinal, a name, part of a word."""
    if token.form is Form.WORD and quotations.hold(token.start, token.end):
        return Verdict.NAME, "quoted"  # “千企千亿”
    if sentence.chrome and token.form is not Form.WORD:
        return _CHROME
    return _BY_FORM[token.form], token.rule


def judge(mention: Mention, quotations: Quotations) -> Ruling:
    """The verdict of a number, by the first rule that fits. TARGET is what no rule excludes."""
    if mention.sentence.chrome:
        return _CHROME
    if quotations.hold(mention.token.start, mention.token.end):
        return Verdict.NAME, "quoted"
    ruling = _BEFORE_TIME.ruling(mention)
    if ruling is not None:
        return ruling
    if mention.tense is Tense.PAST:
        return Verdict.PAST, mention.clause.rule or "past"
    ruling = _BEFORE_BRACKETS.ruling(mention)
    if ruling is not None:
        return ruling
    if explains_in_brackets(mention):
        return Verdict.SCOPE, "in-brackets"
    return _AFTER_BRACKETS.ruling(mention) or PROMISE
