"""Numbers that define the thing counted, describe it, or are the rate of a benefit. Pure: no Django."""

from __future__ import annotations

import re

from targets.extraction.findings import Verdict
from targets.extraction.forms import Token
from targets.extraction.frames import Frame, is_money, is_share, is_sized
from targets.extraction.lexicon import DEFINED_NOUN, FIRM_DOING
from targets.extraction.mentions import Mention

_ABOVE = r"(?:\(含\))?(?:及其?|或)?(?:以上|以下|以内|左右)(?:\(含[^)]*\))?"
_GROWTH_NOUN = r"(?:的)?(?:增长|增速|增幅|速度|水平|目标|比例|幅度|左右)"
_RELATIVE = r"(?:低于|少于|超过|高于|大于|不足|未达到?|不少于|不低于|不满|超)$"
_OF_A_NOUN = r"的(?!目标|要求|增长|增速|增幅|水平|任务|标准|速度|比例|底线|红线)[\u4e00-\u9fff]"
_DESCRIBING = (
    "(?:总投资|投资额?|年产|产能|产值|销售收入|营业收入|主营业务收入|建筑面积|占地|全长|总长|库容|装机"
    "|注册资本|估值|市值|年收入|规模)(?:额|量)?(?:约|近|达|超|过|超过|不低于|在)*$"
)
_DESCRIBED_ONE = (
    "^(?:[^,]{0,16})?(?:日处理(?:规模|能力)?|设计(?:规模|能力)|日供水能力|日转运能力|总投资|建筑面积|占地"
    "|占地面积|全长|总长|总长度|境内长?|库容|总库容|估算投资|概算投资|概算)(?:约|近|达|为)*$"
)
_CLASS_NOUN = (
    r"(?:、[^,、]{1,6}元)?(?:的)?(?:高新技术|大型|骨干|重点|工业|民营|\w{0,4}龙头)?(?:企业|集群|产业|项目"
    "|园区|工业|龙头|县|乡镇|村|强|大企业|单位|家|户)"
)


def _alone(mention: Mention) -> bool:
    return mention.after is None


def _counts_heads(token: Token) -> bool:
    return token.unit[-1:] in {"人", "户", "亩", "里"}


def _sized_without_money(token: Token) -> bool:
    return is_sized(token) and not is_money(token)


def _before_bracket(mention: Mention) -> bool:
    """(年出栏50头以上): the clause ends at a closing bracket."""
    return mention.folded[mention.clause.end : mention.clause.end + 1] == ")"


def _opens_clause(mention: Mention) -> bool:
    return not mention.left


THRESHOLDS: tuple[Frame, ...] = (
    Frame(
        "relative-clause",
        Verdict.THRESHOLD,
        left=_RELATIVE,
        right=_OF_A_NOUN,
        unit=lambda t: is_sized(t) or is_share(t),
    ),
    Frame("relative-clause", Verdict.THRESHOLD, left=_RELATIVE, right=_OF_A_NOUN, but_left=r"不[少低]于$"),
    Frame(
        "above-in-brackets", Verdict.THRESHOLD, right=r"(?:及)?以[上下]$", unit=is_sized, when=_before_bracket
    ),
    Frame(
        "sum-of-money",
        None,
        right=_ABOVE + r"(?:的)?[^,]{0,6}?(?:资金|贷款|补贴|补助|授信|融资额|债券)",
        unit=is_money,
    ),
    Frame(
        "above-and-noun",
        Verdict.THRESHOLD,
        right=_ABOVE + r"[^,、和及]",
        unit=_sized_without_money,
        when=_opens_clause,
    ),
    Frame(
        "heads-above",
        None,
        left=rf"(?:{FIRM_DOING}|转移|发展|帮扶|救助|改造|种植)$",
        right=_ABOVE + rf"(?:{DEFINED_NOUN}|[的\d])",
        unit=lambda token: is_sized(token) and _counts_heads(token),
        when=_alone,
    ),
    Frame(
        "above-and-noun",
        Verdict.THRESHOLD,
        right=_ABOVE + rf"(?!{_GROWTH_NOUN})(?:{DEFINED_NOUN}|[的\d])",
        unit=is_sized,
    ),
    Frame("above-and-noun", Verdict.THRESHOLD, right=r"[^,以]{1,4}以上的[\u4e00-\u9fff]", when=_alone),
    Frame("describes-noun", Verdict.THRESHOLD, left=_DESCRIBING, right=r"(?:以上|以下|左右)?的"),
    Frame(
        "size-class",
        Verdict.THRESHOLD,
        left=r"(?:过|超|超过|突破|[值入]上|[值入]达)$",
        right=_CLASS_NOUN,
        unit=is_money,
    ),
)

_ARRIVES = (
    "(?:提高|提升|增加|增|升|提|降|减|调整|扩大|达)(?:到|至)$|不低于$|不少于$|达到$|超过$|突破$|以上$"
    "|安排|投入|争取|筹集|发放|兑现|落实"
)
_PER_HEAD_PAID = r"(?:户均|人均|亩均|每户|每人)[^,]{0,6}(?:补助|补贴|投资)"
_RATE = (
    "(?:户均|人均|亩均|每户|每人)[^,]{0,6}(?:补助|补贴|奖励|投资)[^,]{0,6}$|(?:补贴|补助|奖励|奖补"
    "|资助)[^,]{0,4}不(?:超过|高于)$|每(?:人|户|头|家|亩|月|年|次|名|例|篇|件|项|个|套|平方米|吨|只|位|村"
    "|公里|座|处|栋|院)[^,]{0,8}$|按[^,]{0,10}$|最高(?:可)?(?:到|达|给予|补助|奖励|支持)?$"
    "|给予(?:一次性)?(?:奖励|补助|补贴)?$|一次性(?:奖励|补助|补贴)$|标准[为是按]?$|保[额费]$|封顶$"
)

RATES: tuple[Frame, ...] = (
    Frame("rate-paid", Verdict.THRESHOLD, right=r"的比例(?:补贴|补助|奖励|配套)"),
    Frame("rate-paid", Verdict.THRESHOLD, left=r"(?:补贴|补助|自负|承担|负担|配套)$", unit=is_share),
    Frame(
        "rate-paid",
        Verdict.THRESHOLD,
        left=_PER_HEAD_PAID,
        unit=is_money,
        but_left=r"(?:提高|增加|升|降|扩大)到|达到",
    ),
    Frame("sum-of-money", None, left=_ARRIVES, unit=is_money),
    Frame("rate-paid", Verdict.THRESHOLD, left=_RATE, unit=is_money),
    Frame("rate-paid", Verdict.THRESHOLD, right=r"/?(?:的)?(?:标准|奖励|补助|补贴)(?!资金)", unit=is_money),
)

POINTS: tuple[Frame, ...] = (
    Frame(
        "promised-score",
        None,
        left=r"(?:得分|评分|满意度|成绩|指数|测评|综合)[^,]{0,8}$",
        unit=lambda token: token.unit == "分",
        but_right="^的",
    ),
    Frame("appraisal-points", Verdict.SCOPE, unit=lambda token: token.unit == "分"),
)

DESCRIPTIONS: tuple[Frame, ...] = (
    Frame(
        "describes-one-thing",
        Verdict.SCOPE,
        left=_DESCRIBED_ONE,
        but_left=r"新增|完成|达到|超过|突破",
        when=lambda mention: mention.before is None,
    ),
)

_BRACKET_PROMISES = re.compile(r"其中|力争|确保|新增|新建|争取|不低于|不少于")


def explains_in_brackets(mention: Mention) -> bool:
    """(含补齐的64户), (境内61公里): whether the number stands in brackets that only explain."""
    folded, start, end = mention.folded, mention.sentence.start, mention.token.start
    opening = folded.rfind("(", start, end)
    if opening < 0 or folded.count("(", start, end) <= folded.count(")", start, end):
        return False
    return _BRACKET_PROMISES.match(folded, opening + 1, end) is None
