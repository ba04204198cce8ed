"""What the wording at a number asks for: at least, at most, from where. Pure: no Django.

Source of the rules: the domain description, section 3.
"""

from __future__ import annotations

import re
from decimal import Decimal

from targets.extraction.findings import Comparing
from targets.extraction.mentions import Mention

AT_LEAST, MORE, AT_MOST, LESS, NONE = ">=", ">", "<=", "<", "="

# Behind the number
_AFTER = (
    (re.compile(r"(?:\(含\))?(?:个)?(?:及)?以上"), AT_LEAST),
    (re.compile(r"(?:\(含\))?(?:及)?(?:以下|以内|之内)"), AT_MOST),
    (re.compile(r"内(?=[,。;]|$|办|完成|审|答|反馈|到|处|受|回|响|解|送|得)"), AT_MOST),
)
# Before the number; the longest that ends there decides
_BEFORE = {
    AT_MOST: (
        "不超过 不得超过 不得突破 不超 不得超出 不高于 不得高于 不大于 不多于 控制在 控制到 降到 降至 "
        "降低到 降低至 下降到 下降至 减少到 减少至 减至 压缩到 压缩至 压减到 压减至 压到 压至 缩短到 "
        "缩短至 缩减至 缩减到 限定在 严控在 最多 至多 不突破 回落到 回落至"
    ),
    LESS: ("低于 少于 小于 短于"),
    MORE: ("超过 超 突破 高于 大于 多于 跨过 跃上 越过 翻过 超出 过 快于 优于"),
    AT_LEAST: (
        "不低于 不少于 不得低于 不得少于 不小于 至少 最少 最低 达到 达 达成 提高到 提高至 提升到 提升至 "
        "增加到 增加至 增至 增长到 扩大到 扩大至 发展到 上升到 上升至 升至 升到 提至 提到 翻到 稳定到 "
        "扩展到 拓展到 拓展至 完成不少于 力争达 力达 扩至 扩容到 扩容至 壮大到 延长至 延长到 推进到 "
        "集聚到 积累到 突破到"
    ),
}
_SIGNS = {word: sign for sign, words in _BEFORE.items() for word in words.split()}
_LONGEST = max(map(len, _SIGNS))
_LAST_CHARACTERS = frozenset(word[-1] for word in _SIGNS)
_ROUGHLY = re.compile(r"(?:约|大约|大概|近|接近)$")
_ABOUT = re.compile(r"左右|上下")
_FILLER = re.compile(r"(?:约|大约|近|接近|全市|全年|了|全省)+$")

_PASSING = re.compile(r"(?:通|经|不|越)过$")  # 过 that does not compare: 通过
_AT_LEAST_OF = re.compile(r"(至少|不少于|不低于|不得少于)[\u4e00-\u9fff]{1,5}$")
_FROM = re.compile(r"(?:从|由)[^,]{0,20}$")
_TO = re.compile(r"(?:到|至|为)(?:约)?$")


def comparison_of(mention: Mention) -> Comparing:
    """What the wording at the number asks for; "=" where no word compares."""
    if mention.comparing is None:
        right = mention.clause_right
        approximate = bool(mention.token.vague or _ABOUT.match(right) or _ROUGHLY.search(mention.left))
        sign, wording = _sign_and_word(mention)
        mention.comparing = Comparing(sign, wording, approximate)
    return mention.comparing


def _sign_and_word(mention: Mention) -> tuple[str, str]:
    left = _FILLER.sub("", mention.left.rstrip())
    word, sign = _word_at_end(left)
    if sign in {AT_MOST, LESS}:
        return sign, word
    for pattern, sign_behind in _AFTER:
        found = pattern.match(mention.clause_right)
        if found:
            return (MORE, word) if sign == MORE and sign_behind == AT_LEAST else (sign_behind, found.group())
    if word:
        return sign, word
    verbal = _AT_LEAST_OF.search(left)
    return (AT_LEAST, verbal[1]) if verbal else _shared_wording(mention)


def _word_at_end(left: str) -> tuple[str, str]:
    """The longest comparing word with which the text ends, and its sign."""
    if left[-1:] not in _LAST_CHARACTERS:
        return "", ""
    for length in range(min(_LONGEST, len(left)), 0, -1):
        word = left[-length:]
        if word in _SIGNS:
            return ("", "") if word == "过" and _PASSING.search(left) else (word, _SIGNS[word])
    return "", ""


def _shared_wording(mention: Mention) -> tuple[str, str]:
    """分别达到A、B、C: the word before the first number holds for those joined to it."""
    earlier = mention.before
    if earlier is None or mention.left.strip():
        return NONE, ""
    first = comparison_of(earlier)
    return (NONE, "") if first.wording.startswith("以") else (first.sign, first.wording)


def baseline_of(mention: Mention) -> Decimal | None:
    """The X of 从X提高到Y, in the same unit as Y; None where there is none or its unit differs."""
    earlier = mention.before
    if earlier is None or earlier.token.value is None or earlier.token.unit != mention.token.unit:
        return None
    return earlier.token.value if _TO.search(mention.left) and _FROM.search(earlier.left) else None
