"""How an indicator's values add up, and whether it rises or falls. Pure: no Django.

Source of the rules: the domain description, section 3.
"""

from __future__ import annotations

import re

from targets.enums import Measure
from targets.extraction.findings import Comparing, Direction
from targets.extraction.mentions import Mention

_GROWING = (
    "增长|增幅|增速|递增|增加|提高|提升|上升|上涨|涨幅|下降|降低|减少|降幅|改善|压缩|压减|削减|再降|减排"
    "|缩短|回落|负增长|同比增|年均增|净增|增收|增产|精简|下浮"
)
_GROWS = re.compile(rf"{_GROWING}|降$|(?<![新净])增$")
_ARRIVING = re.compile(
    "(?:提高|提升|增加|增长|上升|下降|降低|减少|压缩|压减|扩大|回升|升|降|增|减|提|缩短|压|达|达到|稳定"
    "|保持|控制)(?:到|至|在|为)(?:约)?$"
)
_GROWTH_NAME = re.compile(r"增长率|增速|增幅|增长|涨幅|降幅|下降率|降低率|增率|递增率|减排率")
_STOCK_NAME = re.compile(
    "总数|总量(?!控制|减)|余额|存量|保有量|拥有量|保有|拥有|总规模|在校生|在册|累计|总计|达到?总|户数"
    "|存栏|容量|里程|常住人口|人口|库存|储备|床位数?|注册|总面积|数量|总户数|规模$|覆盖率|资产总额|总资产"
    "|人数|家数|个数|名录库|在孵|在建|持证|座席|泊位"
)
_FLOW_NAME = re.compile(
    "产值|增加值|总产|播种面积|亩产|生产总值|天数|收入|总额|额|销售|投资|产量|出栏|交易|成交|利润|税|消费"
    "|进出口|出口|吞吐量|客流|人次|游客|货运|客运|发电量|用电量|资金|经费|新增|新建|完成|培训|申请|授权量"
    "|招商|到位|外资|贷款发放|发放|补助|补贴|发电|供应(?!链)|销量|交易量|就业|转移|减排量|排放量|用量"
    "|用水量|耗|处理量|收购|引进|举办"
)


_PER_MANY = re.compile(
    "[百十千]?[万亿]元[^,]{0,3}(?:产值|GDP|生产总值)"
    "|[每百千万][万千百]?[人名户台](?!次)(?:口)?(?:[^,]{0,4}(?:拥有|有效|发明|高价值|常住|床位|占有|事故"
    "|死亡|卫生|医生|学前|专利)|$)|每[万千百]"
)
_PER_HEAD = re.compile(
    "人均|户均|亩均|地均|生均|均(?:收入|补助|公用)|每人|每生|每户|每亩|亩产|单产|标准|封顶线|限额|每月"
    "|月均|平均|时均|单位"
)
_QUOTIENT_NAME = re.compile(
    r"浓度|密度|强度|指数|系数|万元\w{0,8}(?:能耗|水耗|用水)|单位\w{0,10}(?:能耗|排放)|寿命|年限"
)
_TIME_LIMIT = re.compile(
    r"时限|办结|办理|响应|压缩|缩短|压到|压至|到场|上报|答复|审批|反馈|受理|时间由|(?<![市境国县区省室])内"
)
_EVERY_PLACE = re.compile(r"每个?[县乡镇村区街]")
_NO_TIME_LIMIT = re.compile(r"优良|天数|飞行|下基层|下乡|蹲点")
_COUNTED_NAME = re.compile(r"户|人数|总数|数量|用户")
_CONNECTING = re.compile(r"力争|达到|争取|超过|突破|实现|确保|,|、|和|不低于|要|以上")
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_OF_GROWTH = re.compile(r"(?:以上|左右|以内)?的?(?:增长|增速|增幅|速度)")
_COMPARING_TAIL = re.compile(
    r"(?:约|不低于|不少于|达到|超过|达|保持在|控制在|力争|至少|高于|不超过|低于|为|再|要|分别|各)+$"
)
_GROWTH_INDICATOR = re.compile(r"(?:增速|增幅|涨幅|增长率|降幅)")
_MULTIPLYING = re.compile(r"增|翻|提高")
_GROWTH_AT_END = re.compile(r"(?:增长|增幅|增速|涨幅|降幅|下降|递增)[^率占]{0,4}$")
_RATE_AT_END = re.compile(r"率[^率]{0,3}$")
_ADDED = re.compile(
    r"新增|净增|新建|新认定|新培育|新引进|新开工|新登记|新签|新发展|增加(?!值|到|至)|再增|增设"
)
_USED_UP = re.compile(
    r"(?:用水|用电|用能|取水|煤炭消费|能源消费|消费|排放|采伐)总?量"
)  # a budget of the year
_HELD = re.compile(r"(?:累计|总数|总量|保有量|拥有量|存量|余额|在册|库内|存栏|常年存栏|总户数)")
_CONTROLLED = "总量控制"
_RESERVED = re.compile(r"储备(?!资金)")
_HELD_NAME = re.compile(r"储备|里程|床位|人口|余额")
_HELD_MONEY = re.compile(r"余额|存量|资产|基金规模|池|授信|规模$")
_HELD_THOUGH_BARE = re.compile(r"储备|数量|拥有|总面积|规模$|总里程")
_NOT_ARRIVING = frozenset({"", "以上", "以下", "以内", "不少于", "至少", "不低于", "不超过"})
_ARRIVES = re.compile(r"(?:到|至|稳定在|保持在)$")
_DONE_IN_THE_YEAR = re.compile(
    "完成|开展|举办|组织|培训|建成|引进|发展|培育|创建|打造|实施|惠及|服务|推广|改造|支持|帮扶|检查|抽检"
    "|办理|安置|救助"
)
_FALLING = re.compile(
    "(?:下降|降低|减少|压减|压缩|削减|再降|降幅|缩短|精简|减|降)(?:幅度)?(?:率)?(?:达到?|超过|不低于|约"
    "|不少于|在)*$"
)
_POINTS_OR_DOUBLINGS = frozenset({"个百分点", "百分点", "番"})
_SHARES_OR_TIMES = frozenset({"%", "‰", "1", "倍"})
_SCORES = frozenset({"分", "分贝", "摄氏度"})
_TIMES = frozenset({"个工作日", "小时", "分钟", "天", "日", "个月"})
_NEAR = 24  # characters before the number that belong to its name


def measure_of(
    mention: Mention, indicator: str, comparing: Comparing, before: Measure | None = None
) -> Measure:
    """How the indicator's values add up: GROWTH, RATIO, STOCK or FLOW (domain description, section 3).

    `before` is the measure of the number before it in the same unit, which a bare 力争达到8.5% goes on with.
    """
    unit = mention.token.unit
    if unit in _POINTS_OR_DOUBLINGS:
        return Measure.GROWTH
    if unit in _SHARES_OR_TIMES:
        goes_on = before == Measure.GROWTH and not _CHINESE.search(_CONNECTING.sub("", mention.left))
        return Measure.GROWTH if goes_on else _share_measure(mention, indicator)
    if _is_quotient(mention, indicator):
        return Measure.RATIO
    if not unit and not _COUNTED_NAME.search(indicator):
        return Measure.RATIO
    return _counted_measure(mention, indicator, comparing)


def direction_of(mention: Mention, measure: Measure) -> Direction:
    """Down where the number is the size of a fall (下降3%)."""
    falls = measure == Measure.GROWTH and _FALLING.search(mention.left or mention.clause_left)
    return Direction.DOWN if falls else Direction.UP


def _is_quotient(mention: Mention, indicator: str) -> bool:
    """Something per something, a score, a time that work may take: such values do not add up."""
    unit = mention.token.unit
    named = indicator + mention.clause_left[-_NEAR:]
    if "/" in unit or unit in _SCORES:
        return True
    if _QUOTIENT_NAME.search(named) and not unit.endswith(("个", "家", "项")):
        return True
    if _PER_MANY.search(named) and not _EVERY_PLACE.search(named):
        return True
    if ("元" in unit or unit.endswith(("斤", "米"))) and _PER_HEAD.search(named):
        return True
    if unit not in _TIMES or _NO_TIME_LIMIT.search(mention.clause_left):
        return False
    return _TIME_LIMIT.search(mention.clause_left + mention.clause_right[:6]) is not None


def _share_measure(mention: Mention, indicator: str) -> Measure:
    """A share is a RATIO unless its words say that it grows or falls by so much."""
    if _OF_GROWTH.match(mention.clause_right) or _GROWTH_NAME.search(indicator):
        return Measure.GROWTH
    leading = mention
    while leading.before is not None and not leading.left.strip():
        leading = leading.before
    segment = leading.left if leading.left.strip() else mention.clause_left
    if _ARRIVING.search(segment):
        return Measure.GROWTH if _GROWTH_INDICATOR.search(indicator) else Measure.RATIO
    tail = _COMPARING_TAIL.sub("", segment)
    if _GROWS.search(tail):
        return Measure.GROWTH
    if mention.token.unit == "倍":
        return Measure.GROWTH if _MULTIPLYING.search(segment) else Measure.RATIO
    grown = _GROWTH_AT_END.search(tail) and not _RATE_AT_END.search(tail)
    return Measure.GROWTH if grown else Measure.RATIO


def _counted_measure(mention: Mention, indicator: str, comparing: Comparing) -> Measure:
    """What is there at the year's end is a STOCK, what is done during the year a FLOW."""
    left, unit = mention.left, mention.token.unit
    named = indicator + left
    if _ADDED.search(named) or _USED_UP.search(indicator):
        return Measure.FLOW
    if _HELD.search(named) and _CONTROLLED not in left:
        return Measure.STOCK
    money = "元" in unit
    if not money and _RESERVED.search(left):
        return Measure.STOCK
    if _FLOW_NAME.search(indicator) and not _HELD_NAME.search(indicator):
        return Measure.FLOW
    if unit.endswith("次") or (money and not _HELD_MONEY.search(named)):
        return Measure.FLOW
    arriving = comparing.wording not in _NOT_ARRIVING or _ARRIVES.search(left) is not None
    if _STOCK_NAME.search(indicator) and (arriving or _HELD_THOUGH_BARE.search(indicator)):
        return Measure.STOCK
    return Measure.STOCK if arriving and not _DONE_IN_THE_YEAR.search(left) else Measure.FLOW
