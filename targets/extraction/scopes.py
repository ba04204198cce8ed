"""Numbers that say what the work is about, or what is there already. Pure: no Django."""

from __future__ import annotations

import re

from targets.extraction.findings import Verdict
from targets.extraction.forms import Token
from targets.extraction.frames import Frame, compares, is_money, is_share, is_time
from targets.extraction.lexicon import ends_comparing, promises, scope_governor
from targets.extraction.mentions import Mention

_MOST_LISTED = 12
_WITHIN_LIST = re.compile(r"[和及与]")
# Behind the number: what it counts shall be finished all the same
_FINISHED = (
    "务必|必须|确保|力争|要?(?:全部|在)[^,]{0,12}(?:完成|开工|建成|交付|竣工|投用|投入使用|改完|达标|清零"
    "|办结|补齐|发放)"
)
_WORDS_BEFORE = (
    "(?:围绕|针对|聚焦|依托|面向|涉及|涵盖|包括|包含|按照|根据|上述|其他|其它|现有|原有|已有|共有|拥有"
    "|所辖|下辖|这|该|以上|全部|前|后|首批|第|即|所谓“?)$"
)
_WHOLE = r"(?:全市|全省|全国|我市|市区|城区|全县|全区|各|全系统|局属|辖区|全局|市属|机关)(?:的)?$"
_PLACED = (
    "(?:在|对|以|(?<!供)给|(?<!方)向|(?<!参)与|围绕)(?:全市|我市|市区|城区|全省|辖区内?|现有|确定的"
    r"|列入[^,]{0,6}|首批|其余|剩余|\w{0,4}等)?(?:的)?$"
)
_REACHED_IN = r"(?:以上|以下|以内|左右)"
_FAR_WORDS = frozenset({"围绕", "聚焦", "依托", "统筹", "涉及", "即", "所谓", "辐射"})
_PEOPLE = frozenset({"人", "名", "户", "万人", "万户", "家", "万名"})


def _counts_the_list(mention: Mention) -> bool:
    """钢铁、焦化、水泥、玻璃4个行业: the number counts what was just listed; so does …等10类."""
    left, value = mention.left, mention.token.value
    if left.endswith("等"):
        return not promises(left.partition("、")[0])
    if value is None or value > _MOST_LISTED or "、" not in left or not mention.clause_right:
        return False
    return value == left.count("、") + len(_WITHIN_LIST.findall(left.rpartition("、")[2])) + 1


def _followed(mention: Mention) -> bool:
    return bool(mention.clause_right)


def _governed_at_once(mention: Mention) -> bool:
    last = scope_governor(mention.left)
    return last is not None and last.end() == len(mention.left) and bool(mention.clause_right)


def _governed_from_afar(mention: Mention) -> bool:
    last = scope_governor(mention.left)
    return last is not None and last.group() in _FAR_WORDS and "的" not in mention.left[last.end() :]


def _counted(token: Token) -> bool:
    return not is_share(token)


SCOPES: tuple[Frame, ...] = (
    Frame("compared", None, when=lambda mention: ends_comparing(mention.left)),
    Frame("kept-at", None, left="在$", unit=lambda token: is_share(token) or is_time(token)),
    Frame("kept-at", None, left="在$", right=_REACHED_IN),
    Frame("counts-the-list", Verdict.SCOPE, when=_counts_the_list, but_right=_FINISHED),
    Frame("among", Verdict.SCOPE, right=r"[^,]{0,10}中$", when=lambda mention: mention.after is None),
    Frame(
        "whole-of-a-share",
        Verdict.SCOPE,
        right=r"的(?:\d|[一二三四五六七八九]分之|[一二三四五六七八九]成|一半)",
    ),
    Frame(
        "share-of-the-whole",
        Verdict.PAST,
        left=r"占(?:全[市省国部]?[^,]{0,10}的?)?$",
        but_left="^其中",
        when=lambda mention: not compares(mention),
    ),
    Frame("scope-word", Verdict.SCOPE, left=_WORDS_BEFORE, unit=lambda token: not is_time(token)),
    Frame(
        "of-the-whole-city", Verdict.SCOPE, left=_WHOLE, unit=lambda token: token.unit != "%", when=_followed
    ),
    Frame(
        "definite",
        Verdict.SCOPE,
        left=r"(?<!目)的$",
        but_left="(?:剩余|剩下|余下|欠下?|结转|其余|遗留|不少于|任务)的$|新开工|新增|引进|实施|新建|签约|完成"
        "|办结|补齐|完工|竣工|建成",
        but_right=_FINISHED,
        unit=lambda token: not is_share(token) and not is_time(token),
        clause=True,
    ),
    Frame("whose", Verdict.SCOPE, left="^为$"),
    Frame(
        "whose",
        Verdict.SCOPE,
        right=r"(?:工种|行业|品种|县区|部门|领域|类别|地块|乡镇|村)的",
        when=lambda mention: not compares(mention),
    ),
    Frame(
        "whose",
        Verdict.SCOPE,
        right=r"的(?!增长|增速|目标|以上)",
        unit=lambda token: token.unit in _PEOPLE,
        when=lambda mention: not promises(mention.left),
    ),
    Frame("scope-word", Verdict.SCOPE, when=_governed_at_once),
    Frame("after-preposition", Verdict.SCOPE, left="从$", right=r"[^,]{0,10}[中里]"),
    Frame("the-rest", Verdict.SCOPE, left=r"(?:其余|其他|其它)(?:的)?$", but_right=_FINISHED),
    Frame(
        "people-served",
        None,
        left="对$",
        right=r".*(?:开展|进行|实施|提供)",
        unit=lambda token: token.unit[-1:] in {"人", "名"},
    ),
    Frame("after-preposition", Verdict.SCOPE, left=_PLACED),
    Frame("scope-verb", Verdict.SCOPE, when=_governed_from_afar),
)

_WHOLE_CITY = (
    r"^(?:全市|我市|全省|市区|全县|全区|目前)(?:在[用运册建校岗职孵]|登记|现|民办|公办|规上|城市|农村)?"
)
_NAMED_QUANTITY = r"额|值|量|收入|率|比|投资|利润|增|面积|浓度|指数|人均|税|资金|成本|里程"
_ACTS = (
    "通过|实现|完成|达到|建成|开工|竣工|投|获|入选|要|全部|参加|试点|创建|上市|落户|纳入|覆盖|评为|新增"
    "|年内|年底|以上|左右|务必|必须|确保|力争|恢复|升|改造|整治|开展|交付|清零|达标|接入|上线|脱|搬|退|关"
    "|建|培|用于|资金|投资"
)
_SHORTEST = 4  # characters of a statement about the things counted
_HOLDER = re.compile(rf"(?:[^,]*)(?:{_NAMED_QUANTITY})")


def _is_alone_and_calm(mention: Mention) -> bool:
    return mention.before is None and not compares(mention) and not promises(mention.left)


def _opens_and_states(mention: Mention) -> bool:
    """9座帝陵绵延百里: the clause begins with the number and says nothing that will be done."""
    if mention.clause_left or mention.before is not None or mention.clause.rule == "plan-word":
        return False
    return len(mention.clause_right) >= _SHORTEST


def _holds_a_quantity(mention: Mention) -> bool:
    """6个产业园加工产值达275亿元: the things counted have the quantity that is promised."""
    if mention.clause_left or mention.before is not None or mention.after is None:
        return False
    return _HOLDER.match(mention.folded, mention.token.end, mention.after.token.start) is not None


FACTS: tuple[Frame, ...] = (
    Frame(
        "standing-fact",
        Verdict.PAST,
        left=_WHOLE_CITY,
        but_left=_NAMED_QUANTITY,
        unit=_counted,
        when=_is_alone_and_calm,
    ),
    Frame(
        "holds-the-quantity",
        Verdict.SCOPE,
        unit=lambda token: _counted(token) and not is_money(token),
        when=_holds_a_quantity,
    ),
    Frame(
        "stated",
        Verdict.SCOPE,
        but_right=_ACTS,
        unit=lambda token: _counted(token) and not is_money(token),
        when=_opens_and_states,
    ),
)
