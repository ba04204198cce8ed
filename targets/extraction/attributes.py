"""How a target is promised: comparison, commitment, measure, due year, baseline. Pure: no Django.

Source of the rules: the domain description, section 3.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from targets.enums import Commitment, Measure
from targets.extraction.findings import Direction
from targets.extraction.mentions import Mention
from targets.extraction.sentences import Sentence

AT_LEAST, MORE, AT_MOST, LESS, NONE = ">=", ">", "<=", "<", "="

# Behind the number
_AFTER = (
    (re.compile(r"(?:\(含\))?(?:个)?(?:及)?以上"), AT_LEAST),
    (re.compile(r"(?:\(含\))?(?:及)?(?:以下|以内|之内)"), AT_MOST),
    (re.compile(r"内(?=[,。;]|$|办|完成|审|答|反馈|到|处|受|回|响|解|送|得)"), AT_MOST),
)
# Before the number; the longest that ends there decides
_BEFORE: dict[str, tuple[str, ...]] = {
    AT_MOST: (
        "不超过 不得超过 不得突破 不超 不得超出 不高于 不得高于 不大于 不多于 控制在 控制到 降到 降至 降低到 降低至 下降到 下降至 减少到 减少至 减至 压缩到 压缩至 压减到 压减至 压到 压至 缩短到 缩短至 缩减至 缩减到 限定在 严控在 最多 至多 不突破 回落到 回落至"
    ).split(),
    LESS: ("低于", "少于", "小于", "短于"),
    MORE: ("超过", "超", "突破", "高于", "大于", "多于", "跨过", "跃上", "越过", "翻过", "超出", "过", "快于", "优于"),
    AT_LEAST: (
        "不低于 不少于 不得低于 不得少于 不小于 至少 最少 最低 达到 达 达成 提高到 提高至 提升到 提升至 增加到 增加至 增至 增长到 扩大到 扩大至 发展到 上升到 上升至 升至 升到 提至 提到 翻到 稳定到 扩展到 拓展到 拓展至 完成不少于 力争达 力达 扩至 扩容到 扩容至 壮大到 延长至 延长到 推进到 集聚到 积累到 突破到"
    ).split(),
}  # fmt: skip
_SIGNS = {word: sign for sign, words in _BEFORE.items() for word in words}
_LONGEST = max(map(len, _SIGNS))
_ROUGHLY = re.compile(r"(?:约|大约|大概|近|接近)$")
_ABOUT = re.compile(r"^(?:左右|上下)")
_FILLER = re.compile(r"(?:约|大约|近|接近|全市|全年|了|全省)+$")

_FIRM = "确保|必须|务必|保证(?!金)|底线"
_STRIVE = "力争|争取|努力|奋斗目标|力求|争创|冲刺|争当|挑战目标|奋力|争"
_COMMITMENT = re.compile(
    rf"(?P<firm>{_FIRM})|(?P<strive>力争|争取(?!到?位?(?:中央|国家|省|上级|资金|各级|政策|项目))|努力(?!的)|奋斗目标|力求|奋力|挑战目标)"
)
_CLEARING = re.compile(r"[。;!?\n]")


@dataclass(frozen=True)
class Comparing:
    """The comparison and the word that says it."""

    sign: str
    wording: str
    approximate: bool


def comparison_of(mention: Mention) -> Comparing:
    """What the wording at the number asks for; "=" where no word compares."""
    right = mention.clause_right
    approximate = bool(_ABOUT.match(right) or _ROUGHLY.search(mention.left) or mention.token.vague)
    left = _FILLER.sub("", mention.left.rstrip())
    before = _word_at_end(left)
    if before and before[0] == "过" and re.search(r"(?:通|经|不|越)过$", left):
        before = None
    if before and before[1] in {AT_MOST, LESS}:
        return Comparing(before[1], before[0], approximate)
    for pattern, sign in _AFTER:
        found = pattern.match(right)
        if found:
            if before and before[1] in {MORE} and sign == AT_LEAST:
                return Comparing(MORE, before[0], approximate)
            return Comparing(sign, found.group(), approximate)
    if before:
        return Comparing(before[1], before[0], approximate)
    verbal = re.search(r"(至少|不少于|不低于|不得少于)[\u4e00-\u9fff]{1,5}$", left)
    if verbal:
        return Comparing(AT_LEAST, verbal[1], approximate)
    wording, sign = _shared_wording(mention)
    return Comparing(sign or NONE, wording, approximate)


def _word_at_end(left: str) -> tuple[str, str] | None:
    """The longest comparing word with which the text ends, and its sign."""
    for length in range(min(_LONGEST, len(left)), 0, -1):
        word = left[-length:]
        if word in _SIGNS:
            return word, _SIGNS[word]
    return None


def _shared_wording(mention: Mention) -> tuple[str, str]:
    """分别达到A、B、C: the word before the first number holds for those joined to it."""
    earlier = mention.before
    if earlier is None or mention.left.strip():
        return "", ""
    first = comparison_of(earlier)
    return (first.wording, first.sign) if not re.match(r"^以", first.wording) else ("", "")


def commitment_of(mention: Mention, folded: str) -> tuple[Commitment, str]:
    """FIRM, STRIVE or PLAIN: the last commitment word between the last ； or 。 and the number.

    力争 governs the comma clauses behind it up to ； or 。 or another commitment word.
    """
    sentence = mention.sentence
    last = None
    for found in _COMMITMENT.finditer(folded, sentence.start, mention.token.start):
        last = found
    if last is None:
        behind = re.match(r"[^,。;]{0,8}?(务必|必须|确保|力争)", mention.clause_right)
        if behind and not mention.after:
            word = behind[1]
            return (Commitment.STRIVE if word == "力争" else Commitment.FIRM), word
        return Commitment.PLAIN, ""
    kind = Commitment.FIRM if last.lastgroup == "firm" else Commitment.STRIVE
    return kind, last.group()


_GROWING = re.compile(r"增长|增幅|增速|递增|增加|提高|提升|上升|上涨|涨幅|下降|降低|减少|降幅|改善|压缩|压减|削减|再降|减排|缩短|回落|负增长|同比增|年均增|净增|增收|增产|精简|下浮|降")
_ARRIVING = re.compile(r"(?:提高|提升|增加|增长|上升|下降|降低|减少|压缩|压减|扩大|回升|升|降|增|减|提|缩短|压|达|达到|稳定|保持|控制)(?:到|至|在|为)(?:约)?$")
_RATE_NAME = re.compile(r"率|占比|比重|比例|占|覆盖面|份额|浓度|密度|强度|人均|户均|亩均|均|每|指数|系数|满意度|得分|评分|度$|面$|参与度|水平")
_GROWTH_NAME = re.compile(r"增长率|增速|增幅|增长|涨幅|降幅|下降率|降低率|增率|递增率|减排率")
_STOCK_NAME = re.compile(
    r"总数|总量(?!控制|减)|余额|存量|保有量|拥有量|保有|拥有|总规模|在校生|在册|累计|总计|达到?总|户数|存栏|容量|里程|常住人口|人口|库存|储备|床位数?|注册|总面积|数量|总户数|规模$|覆盖率|资产总额|总资产|人数|家数|个数|名录库|在孵|在建|持证|座席|泊位"
)
_FLOW_NAME = re.compile(
    r"产值|增加值|总产|播种面积|亩产|生产总值|天数|收入|总额|额|销售|投资|产量|出栏|交易|成交|利润|税|消费|进出口|出口|吞吐量|客流|人次|游客|货运|客运|发电量|用电量|资金|经费|新增|新建|完成|培训|申请|授权量|招商|到位|外资|贷款发放|发放|补助|补贴|发电|供应(?!链)|销量|交易量|就业|转移|减排量|排放量|用量|用水量|耗|处理量|收购|引进|举办"
)
_QUOTIENT = re.compile(r"/")


_PER_MANY = re.compile(r"[百十千]?[万亿]元[^,]{0,3}(?:产值|GDP|生产总值)|[每百千万][万千百]?[人名户台](?!次)(?:口)?(?:[^,]{0,4}(?:拥有|有效|发明|高价值|常住|床位|占有|事故|死亡|卫生|医生|学前|专利)|$)|每[万千百]")
_PER_HEAD = re.compile(r"人均|户均|亩均|地均|生均|均(?:收入|补助|公用)|每人|每生|每户|每亩|亩产|单产|标准|封顶线|限额|每月|月均|平均|时均|单位")
_QUOTIENT_NAME = re.compile(r"浓度|密度|强度|指数|系数|万元\w{0,8}(?:能耗|水耗|用水)|单位\w{0,10}(?:能耗|排放)|寿命|年限")
_TIME_LIMIT = re.compile(r"时限|办结|办理|响应|压缩|缩短|压到|压至|到场|上报|答复|审批|反馈|受理|时间由|内")


def measure_of(mention: Mention, indicator: str, comparing: Comparing, before: Measure | None = None) -> Measure:
    """How the indicator's values add up: GROWTH, RATIO, STOCK or FLOW (domain description, section 3).

    `before` is the measure of the number before it in the same unit, which a bare 力争达到8.5% goes on with.
    """
    unit = mention.token.unit
    left = mention.left or mention.clause_left
    near = _FILLER.sub("", left)
    if unit in {"个百分点", "百分点", "番"}:
        return Measure.GROWTH
    if unit in {"%", "‰", "1", "倍"}:
        if before == Measure.GROWTH and not re.search(r"[\u4e00-\u9fff]", re.sub(r"力争|达到|争取|超过|突破|实现|确保|,|、|和|不低于|要|以上", "", mention.left)):
            return Measure.GROWTH
        return _share_measure(mention, indicator, near)
    named = indicator + mention.clause_left[-24:]
    if "/" in unit or unit in {"分", "分贝", "摄氏度"} or _QUOTIENT_NAME.search(named) and not unit.endswith(("个", "家", "项")):
        return Measure.RATIO
    if _PER_MANY.search(named) and not re.search(r"每个?[县乡镇村区街]", named):
        return Measure.RATIO
    if ("元" in unit or unit.endswith(("斤", "米", "公斤"))) and _PER_HEAD.search(named):
        return Measure.RATIO
    if unit in {"个工作日", "小时", "分钟", "天", "日", "个月"} and _TIME_LIMIT.search(mention.clause_left + mention.clause_right[:6]) and not re.search(r"优良|天数|飞行|下基层|下乡|蹲点", mention.clause_left):
        return Measure.RATIO
    if not unit and not re.search(r"户|人数|总数|数量|用户", indicator):
        return Measure.RATIO
    return _counted_measure(mention, indicator, comparing)


def _share_measure(mention: Mention, indicator: str, near: str) -> Measure:
    leading = mention
    while not leading.left.strip() and leading.before is not None:
        leading = leading.before
    segment = leading.left if leading.left.strip() else mention.clause_left
    if re.match(r"(?:以上|左右|以内)?的?(?:增长|增速|增幅|速度)", mention.clause_right):
        return Measure.GROWTH
    if _GROWTH_NAME.search(indicator):
        return Measure.GROWTH
    tail = re.sub(r"(?:约|不低于|不少于|达到|超过|达|保持在|控制在|力争|至少|高于|不超过|低于|为|再|要|分别|各)+$", "", segment)
    if _ARRIVING.search(segment):
        return Measure.GROWTH if re.search(r"(?:增速|增幅|涨幅|增长率|降幅)", indicator) else Measure.RATIO
    if re.search(_GROWING.pattern + r"$|(?<![新净])增$", tail):
        return Measure.GROWTH
    if mention.token.unit == "倍":
        return Measure.GROWTH if re.search(r"增|翻|提高", segment) else Measure.RATIO
    if re.search(r"(?:增长|增幅|增速|涨幅|降幅|下降|递增)[^率占]{0,4}$", tail) and not re.search(r"率[^率]{0,3}$", tail):
        return Measure.GROWTH
    return Measure.RATIO


def _counted_measure(mention: Mention, indicator: str, comparing: Comparing) -> Measure:
    left = mention.left
    if re.search(r"新增|净增|新建|新认定|新培育|新引进|新开工|新登记|新签|新发展|增加(?!值|到|至)|再增|增设", indicator + left):
        return Measure.FLOW
    if re.search(r"(?:累计|总数|总量|保有量|拥有量|存量|余额|在册|库内|存栏|常年存栏|总户数)", indicator + left) and not re.search(r"总量控制", left):
        return Measure.STOCK
    if re.search(r"储备(?!资金)", left) and "元" not in mention.token.unit:
        return Measure.STOCK
    if _FLOW_NAME.search(indicator) and not re.search(r"储备|里程|床位|人口|余额", indicator):
        return Measure.FLOW
    if "元" in mention.token.unit and not re.search(r"余额|存量|资产|基金规模|池|授信|规模$", indicator + left):
        return Measure.FLOW
    if mention.token.unit.endswith("次"):
        return Measure.FLOW
    arriving = comparing.wording not in {"", "以上", "以下", "以内", "不少于", "至少", "不低于", "不超过"} or re.search(r"(?:到|至|稳定在|保持在)$", left)
    if _STOCK_NAME.search(indicator) and (arriving or re.search(r"储备|数量|拥有|总面积|规模$|总里程", indicator)):
        return Measure.STOCK
    doing = re.search(r"完成|开展|举办|组织|培训|建成|引进|发展|培育|创建|打造|实施|惠及|服务|推广|改造|支持|帮扶|检查|抽检|办理|安置|救助", left)
    if arriving and not doing:
        return Measure.STOCK
    return Measure.FLOW


_DUE = re.compile(
    r"(?:到|至|力争|截至|在)?(?:(?P<y>20\d{2}) ?年(?:底|末|前|,)?|[“\"]?(?P<p>十[一二三四五六])五[”\"]?(?:期?末|收官|时期末)|[“\"]?(?P<during>十[一二三四五六])五[”\"]?(?:期间|时期)|(?P<n>[一二三四五六七八九十]|\d{1,2})年(?:之?内|时间|左右)|(?P<next>明年)|(?P<this>今年|年内|年底|本年))"
)
_PERIOD_END = {"十一": 2010, "十二": 2015, "十三": 2020, "十四": 2025, "十五": 2030, "十六": 2035}
_DIGITS = {character: value for value, character in enumerate("零一二三四五六七八九十")}


def year_due(sentence: Sentence, mention: Mention, folded: str, plan_year: int) -> int:
    """The year named before the number in its sentence (到2016年, 五年内, 十三五末), else the plan's year."""
    last: int | None = None
    for found in _DUE.finditer(folded, sentence.start, mention.token.start):
        if re.match(r"(?:的|度|基础|实际|建成|计划|规划|行动|版|工作要点|目标任务)", folded[found.end() : found.end() + 4]) and not found["y"]:
            continue
        year = _due_of(found, plan_year, folded)
        if year is not None:
            last = year
    return last if last is not None and last >= plan_year else plan_year


def _due_of(found: re.Match[str], plan_year: int, folded: str) -> int | None:
    if found["y"]:
        if re.search(r"[-~至]$", folded[max(0, found.start("y") - 1) : found.start("y")]):
            return int(found["y"]) if not re.match(r"(?:行动|规划|\)|》)", folded[found.end() : found.end() + 3]) else None
        return int(found["y"])
    if found["p"]:
        return _PERIOD_END.get(found["p"])
    if found["during"]:
        return _PERIOD_END.get(found["during"])
    if found["n"]:
        years = int(found["n"]) if found["n"].isdigit() else _DIGITS.get(found["n"], 0)
        return plan_year + years - 1 if 1 < years <= 20 else None
    if found["next"]:
        return plan_year + 1
    return plan_year


def direction_of(mention: Mention, measure: Measure) -> Direction:
    """Down where the number is the size of a fall (下降3%)."""
    if measure == Measure.GROWTH and re.search(
        r"(?:下降|降低|减少|压减|压缩|削减|再降|降幅|缩短|精简|减|降)(?:幅度)?(?:率)?(?:达到?|超过|不低于|约|不少于|在)*$", mention.left or mention.clause_left
    ):
        return Direction.DOWN
    return Direction.UP


_BASE = re.compile(r"(?:从|由)[^,;。]{0,20}?(\d+(?:\.\d+)?)(万亿|千万|百万|亿|万)?[^,;。\d]{0,24}$")


def baseline_of(mention: Mention) -> Decimal | None:
    """The X of 从X提高到Y, in the same unit as Y; None where there is none or its unit differs."""
    earlier = mention.before
    if earlier is None or earlier.token.value is None or earlier.token.unit != mention.token.unit:
        return None
    if re.search(r"(?:从|由)[^,]{0,20}$", earlier.left) and re.search(r"(?:到|至|为)(?:约)?$", mention.left):
        return earlier.token.value
    return None


