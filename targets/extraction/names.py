"""Numbers that are names, grades, periods, ranks or parts of words. Pure: no Django."""

from __future__ import annotations

from targets.extraction.findings import Verdict
from targets.extraction.forms import Token
from targets.extraction.frames import Frame, compares, is_bare, is_money
from targets.extraction.lexicon import ABSTRACT, COMPARING, FIRM_DOING, SENDING, promises
from targets.extraction.mentions import Mention

_SMALL = 20  # a Chinese number up to this often belongs to a name
_COUNTED_NAMES = frozenset("个项条种类件批轮部本门级年支块张次")
_COUNTED_LAST = frozenset("次轮场期批家所座条篇部件个项名支")
_ONE_MORE = r"(?:新建|建成|建好|改扩建|扩建|开工建设|创建|新增|引进|培育|各建|至少\w{0,4})$"


def _is_one(token: Token) -> bool:
    """一批, 一个: the Chinese one with a counting word; not 一亿元."""
    if not (token.chinese and token.value == 1) or token.unit in {"%", "‰"}:
        return False
    return len(token.unit) == 1 or token.unit[0] not in "万亿千百十"


def _is_small_chinese(token: Token) -> bool:
    return (
        token.chinese
        and not token.implied
        and token.value is not None
        and token.value <= _SMALL
        and not token.high
    )


def _is_counted_name(token: Token) -> bool:
    return _is_small_chinese(token) and token.unit in _COUNTED_NAMES


def _closes_work(mention: Mention) -> bool:
    """开展检查两轮: the clause ends with the count of promised work."""
    return not mention.clause_right and mention.token.unit in _COUNTED_LAST and promises(mention.left)


def _closes_rise(mention: Mention) -> bool:
    """新发展合作社百家, 提高百元左右: a round number at the clause's end, behind what it counts."""
    return bool(mention.left) and (promises(mention.left) or compares(mention))


def _of_people(mention: Mention) -> bool:
    return mention.token.value in {100, 1000, 10000, 100000}


def _is_implied(token: Token) -> bool:
    return token.implied


def _is_implied_money(token: Token) -> bool:
    return token.implied and is_money(token)


def _counts(units: str) -> frozenset[str]:
    return frozenset(units.split())


_PLACES = _counts("小时 天 分钟 公里 米")
_PROGRAMME = _counts("人 个 家 件 项 条 千 百 户 名")
_ROUND = r"(?:以上|左右|大关)?$"

NAMES: tuple[Frame, ...] = (
    Frame(
        "one-more",
        None,
        left=_ONE_MORE,
        unit=lambda token: _is_one(token) and token.unit in {"所", "座", "家", "条", "处"},
    ),
    Frame("indefinite-one", Verdict.WORD, unit=_is_one),
    Frame("numbered-name", Verdict.NAME, right="大", unit=is_bare),
    Frame(
        "phase",
        Verdict.ORDINAL,
        unit=lambda token: _is_small_chinese(token) and token.unit == "期",
        but_left=r"(?:举办|开展|开设|培训班|刊发|编发|出版)\w{0,6}$",
    ),
    Frame(
        "numbered-name",
        Verdict.NAME,
        unit=lambda token: _is_counted_name(token) and token.unit in {"年", "类"},
    ),
    Frame("numbered-name", Verdict.NAME, right=ABSTRACT.pattern, unit=_is_counted_name),
    Frame(
        "numbered-name",
        Verdict.NAME,
        unit=_is_counted_name,
        but_left=rf"(?:{FIRM_DOING})(?:好|了)?$",
        when=lambda mention: not _closes_work(mention),
    ),
    Frame(
        "place-name",
        Verdict.NAME,
        right=r"[\u4e00-\u9fff]",
        but_left=r"(?:到|为|每\w{0,3}|费|价|补助|补贴|不少于|不低于|达)$",
        unit=lambda token: _is_small_chinese(token) and token.unit == "元",
    ),
    Frame("per-unit", Verdict.NAME, left=r"每隔?$|/$"),
    Frame("per-unit", Verdict.NAME, right=r"拥有|人均|常住人口|人口(?=拥有|发|专利)|GDP", when=_of_people),
    Frame("age", Verdict.THRESHOLD, right=r"周?岁", unit=is_bare, but_left="寿命"),
    Frame(
        "grade-or-name",
        Verdict.NAME,
        right=r"级|型|号|线|系列|路|热线|平台|版|频道|栋|楼|室|中队|模式|体系|产业|条|世纪",
        unit=is_bare,
        but_left=rf"(?:{COMPARING})$",
    ),
    Frame(
        "grade-or-name",
        Verdict.NAME,
        right="值班|值守|待命|在线|服务圈|生活圈|阅读圈|健身圈|便民|养老|应急|不间断|热线|自助|制|线|长跑|范围"
        "|半径|圈|经济圈",
        unit=lambda token: token.unit in _PLACES,
    ),
    Frame(
        "name-of-programme",
        Verdict.NAME,
        right=r"才计划|计划|工程|行动|平台|模式|体系|战略|新政|方针|活动",
        unit=lambda token: token.unit in _PROGRAMME and token.unit not in {"项", "件", "个"},
        but_left=r"(?:完成|实施|开展|组织|举办)$",
    ),
    Frame("rank", Verdict.ORDINAL, left=r"(?:(?<![月年底日末])(?<!季度)前|第|排名|位居|居|倒数|连续)$"),
    Frame("rank", Verdict.ORDINAL, right=r"(?:强|优)(?=企业|县|区|市|,|$)"),
)

ROUND_NUMBERS: tuple[Frame, ...] = (
    Frame("round-count", None, right=_ROUND, unit=_is_implied, when=_closes_rise),
    Frame("round-count", None, left=r"提高|增加|突破|超过|达到", right=_ROUND, unit=_is_implied),
    Frame(
        "size-class",
        Verdict.THRESHOLD,
        right="[级以元]",
        unit=lambda t: _is_implied_money(t) and t.unit != "万元",
    ),
    Frame("per-unit-name", Verdict.NAME, unit=_is_implied_money),
    Frame("sent-round-count", None, left=rf"(?:{SENDING})$", unit=_is_implied, but_right=r"^(?:拥有|以上的)"),
    Frame("round-name", Verdict.NAME, unit=_is_implied),
)

_PERIODS = _counts("年 个月 周 天 日 小时 分钟 个工作日")
_PROMISED_TIME = (
    "时限|时间|天数|时长|期限|寿命|年限|缩短|压缩|压减|压到|压至|控制|不少于|不低于|不超过|不得超过|达到"
    "|优良|提速|降到|降至|减少|平均|确保|力争|提前|延长"
)


def _is_period(token: Token) -> bool:
    return token.unit in _PERIODS


def _within_a_share(mention: Mention) -> bool:
    return mention.before is not None and mention.before.token.unit == "%"


DURATIONS: tuple[Frame, ...] = (
    Frame("promised-years", None, left=r"年限|寿命|学制", unit=lambda token: token.unit == "年", clause=True),
    Frame("duration", Verdict.DATE, unit=lambda token: token.unit == "年"),
    Frame(
        "promised-time",
        None,
        left=r"缩短|压缩|压减|时限|工期|周期|不超过|不少于|驻点",
        unit=lambda token: token.unit in {"个月", "周"},
        clause=True,
    ),
    Frame("duration", Verdict.DATE, unit=lambda token: token.unit in {"个月", "周"}),
    Frame(
        "time-within-definition",
        Verdict.THRESHOLD,
        right=r"(?:以|之)?内",
        unit=_is_period,
        when=_within_a_share,
    ),
    Frame("promised-time", None, left=_PROMISED_TIME, unit=_is_period, clause=True),
    Frame("promised-time", None, right=r"(?:以内|之内|内)\w|以上", unit=_is_period),
    Frame("duration", Verdict.DATE, unit=_is_period),
)
