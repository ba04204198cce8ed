"""The indicator of a target, in the document's words. Pure: no Django.

Two shapes carry nearly all targets: the number behind its name (技术合同成交额达到320亿元) and the number
before the thing counted, behind a verb (支持100家科技企业). What a clause leaves out is carried over from the
clause before (申请量超过2万件,授权量4000件; 增长20%,达到500亿元).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from targets.enums import Measure
from targets.extraction.mentions import Mention
from targets.extraction.verdicts import COMPARING, DOING

MOST = 40

_ADVERBS = (
    "力争|争取|确保|努力|务必|必须|保证|要求|要|将|使|让|使得|推动|促使|全年|全市|我市|本市|全县|全区|今年|年内|年底前|年底|明年|预计|计划|拟|重点|着力|大力|积极|进一步|继续|加快|稳步|全面|深入|逐步|再|新|同时|并|且|力求|奋力|实现|完成|其中|以及|和|及|与|或|、|,|还|也|均|都|分别|各|共|总体|基本|全力|扎实|切实|认真|有效|不断|持续|统筹|按期|如期|率先|至少|另|另外|即|是|为|把|将|对|在|向|从|由|的|底前|月底前|前|上半年|下半年|四季度|三季度|一季度|二季度|一季度前|二季度前|三季度前|季度"
)
_LEADING = re.compile(
    r"^(?:力争|力求|争取(?!到|中央|国家|省|上级)|确保|努力|务必|必须|保证|要求|预计|计划|拟|要(?!素)|将(?!军)|使(?!用)|让|推动(?=\w)|促使|全年|全市|我市|本市|全县|全区|全省|今年|明年|年内|年底前?|年末|上半年|下半年|[一二三四]季度前?|\d+月(?:底|末)?前?|到?20\d{2}年(?:底|末)?(?:前)?|(?:到|至)?[“\"]?十[一二三四五]五[”\"]?期?末|[一二三四五六七八九十\d]+年内|重点|着力|大力|积极|进一步|继续|加快|稳步|全面|深入|逐步|再(?!就业|生|造)|同时|并(?!网|轨|联)|且|奋力|其中|以及|和(?!谐)|及(?!时)|与|或|、|,|;|:|还|也|均(?!衡)|都(?!市)|分别|各(?!类|级|项|种|县|区|乡|镇)|共(?!享|建|同|青|产)|总体|全力|扎实|切实|认真|有效(?!发明|专利|商标|注册|投资|灌溉)|不断|持续|统筹|按期|如期|率先|至少|另外?|即|是|把|的|前|底|达到?|\)|”|主要预期目标是?|预期目标是?|主要目标是?|目标是|一是|二是|三是|四是|首先|其次|最后|帮助|务求|内|万元|年度|在此基础上?|按照[^,]{0,12}要求|一年|左右|以上|以下|以内|个|不|引导|鼓励|组织(?=各|全市)| )+"
)
_TRAILING = re.compile(
    rf"(?:{COMPARING}|力争|争取|确保|计划|预计|实现|完成|要|将|务必|必须|约|近|大约|接近|不得|不|为|到|至|在|以|的|全部|分别|均|各|再|也|共|总共|合计|总体|基本|突破到|达成|努力|总计|由|从|以上|,|、|:|是|了|就|可|能|应|需|须|达标|稳定|水平|维持|恢复|提高|提升|增加|扩大|发展|上升|压缩|缩短|降低|下降|减少|控制|壮大|保持在?|稳定在?|力争达|不低于|逐步|新|至少|且|并|其中|全市|全年|有|上|翻|冲|破|跃| )+$"
)
_GROWTH_TAIL = re.compile(r"(?:同比|年均|比上年|较上年|比去年|较去年|环比|平均)?(?:增长|增幅|增速|递增|提高|提升|上升|下降|降低|减少|压减|压缩|降幅|涨幅|上涨|削减|精简|缩短|增加|再降|回落|增收|增产)(?:幅度)?$")
_WITHOUT_TAIL = re.compile(r"(?:增长率|增幅|增速|增长|涨幅|降幅|同比|年均|比上年|较上年)+$")
_BRACKETS = re.compile(r"\([^()]*\)")
_STOP_RIGHT = re.compile(
    r"[,。;:、]?(?:来我|来[我本]市|以上|左右|以下|以内|开展|实施|进行|参加|通过|达到|实现|完成|进入|纳入|获得|获|入选|用于|赴|到|前往|搬入|搬进|全部|建立|落户|作为|打造|成为|享受|接受|加入|率先|试行|先行|带动|下沉|下山|脱贫|恢复|并|且|予以|要|应|向|为|以|在|于|由|从|给|让|使|能|可|实行|签约|投入|投产|开工|竣工|投运|上市|升级|转型|提档|创建(?!成)|挂牌|列入|覆盖|稳定|配备|配齐|安装|设立|申报|争创|入园|入驻|上云|完工|就业|返乡|外出|进行|推广|推进|挂职|轮岗|取得|走进|进(?!出口|一步|口|站|修)|力争|确保|务必|年内|年底|今年)"
)
_NOUN_END = re.compile(r"[,。;:!?()\n]")
_HEADS = re.compile(r"(?:[^、和及与]{0,3}?)(?:率|额|量|数|值|面积|比重|占比|收入|人数|户数|投资|规模|增幅|增速|覆盖面)$")
_SPLIT = re.compile(r"、|和(?!谐)|以及|及(?!时)|与")
_LIGHT_VERBS = re.compile(r"^(?:完成|实现|达到|力争|争取|确保|计划|安排|新增|再|建设|落实)+$")
_WHOLE = re.compile(r"^(?:全市|全年|全省|我市|全区|全县|本市|全社会(?=$)|市本级(?=$))+")


@dataclass
class Subject:
    """What later clauses may carry over: the whole indicator, without the tail that makes it a growth."""

    full: str = ""
    verb: str = ""


def indicator_of(mention: Mention, measure: Measure, carried: Subject) -> tuple[str, Subject]:
    """The indicator's name and the subject that the next numbers of the sentence may carry over."""
    fan = _fanned(mention)
    if fan:
        name = _finish(fan, mention, measure)
        return name, Subject(_base(name))
    left = _noun_left(mention)
    right = _noun_right(mention)
    name = _from_parts(mention, left, right, measure, carried)
    name = _finish(name, mention, measure)
    return name, Subject(_base(name), _verb_of(left))


def _noun_left(mention: Mention) -> str:
    text = _BRACKETS.sub("", mention.left)
    text = re.sub(r"[(\[][^)\]]*$", "", text)
    before = None
    while text != before:
        before = text
        text = _TRAILING_SAFE(text)
    before = None
    while text != before:
        before = text
        text = _LEADING.sub("", text)
    return text.strip(" ,、")


def _TRAILING_SAFE(text: str) -> str:  # noqa: N802
    found = _TRAILING.search(text)
    return text[: found.start()] if found else text


def _noun_right(mention: Mention) -> str:
    text = re.sub(r"^(?:\(含\))?(?:及)?(?:以上|以下|以内|左右|上下|之内|内)(?:的)?", "", mention.right)
    text = text.removeprefix("的")
    text = _BRACKETS.sub("", text)
    end = _NOUN_END.search(text)
    text = text[: end.start()] if end else text
    stop = _STOP_RIGHT.search(text)
    if stop and stop.start() > 0:
        text = text[: stop.start()]
    elif stop and stop.start() == 0 and re.match(r"[,、]", text):
        text = ""
    return text.strip(" 、,的")[:MOST]


_VERB_END = re.compile(rf"(?:{DOING})+$")
_VERB_START = re.compile(rf"^(?:{DOING})")


def _from_parts(mention: Mention, left: str, right: str, measure: Measure, carried: Subject) -> str:
    joined_right = bool(mention.right) and mention.right[0] not in "、,和及与以左"
    percent = mention.token.unit in {"%", "‰", "1", "个百分点", "百分点", "倍", "番"}
    if left and _VERB_END.fullmatch(left) and right and not percent:
        return left + right
    if left and not percent and right and joined_right and re.search(rf"(?:{DOING}|每个?[^,]{{1,8}})$", left):
        return left + right
    if not left and right and joined_right and not percent:
        verb = carried.verb if mention.before else ""
        return verb + right
    if not left or _LIGHT_VERBS.match(left):
        growth = "增幅" if measure == Measure.GROWTH and not percent else ""
        if carried.full:
            return carried.full + growth
        return left + right
    if percent and re.fullmatch(r"(?:同比|年均|比上年|较上年|比去年|较去年)?(?:增长|下降|提高|提升|增幅|增速|降低|减少|上升|增加|递增|降幅|涨幅)(?:率|幅度)?", left):
        return carried.full + re.sub(r"^(?:同比|年均|比上年|较上年|比去年|较去年)", "", left)
    if right and joined_right and not percent and len(left) <= 2:
        return left + right
    return _with_carried(left, carried)


def _with_carried(left: str, carried: Subject) -> str:
    """授权量 after 发明专利申请量 is 发明专利授权量."""
    short = 2 <= len(left) <= 4 and left[-1] in "量率额数值比"
    full = carried.full
    if short and full and left not in full and full[-1] == left[-1] and len(full) > len(left):
        return full[: -len(left)] + left
    return left


def _fanned(mention: Mention) -> str:
    """A、B、C分别达到x、y、z: the place of the number among its neighbours picks the name."""
    if "分别" not in mention.clause_left and not re.search(r"[和及、]", mention.clause_left):
        return ""
    first = mention
    place = 0
    while first.before is not None:
        first = first.before
        place += 1
    if "分别" not in first.left:
        return ""
    head, _, tail = first.left.partition("分别")
    names = [_LEADING.sub("", part) for part in _SPLIT.split(_LEADING.sub("", _BRACKETS.sub("", head)))]
    names = [name for name in names if name]
    count = place + 1
    later = mention
    while later.after is not None:
        later = later.after
        count += 1
    if len(names) < 2 or place >= len(names):
        return ""
    name = names[place]
    last = names[-1]
    ending = _HEADS.search(last)
    if ending and not _HEADS.search(name):
        tail_word = re.search(r"(?:[^、]{0,2})(?:率|额|量|数|值|面积|比重|占比|收入|人数|户数|投资|规模|增幅|增速|覆盖面)$", last)
        name += tail_word.group() if tail_word else ""
    first_prefix = re.match(r"^(.{2,8}?)(?=[^、]{2,})", names[0])
    _ = first_prefix
    growing = re.search(r"(?:增长|下降|提高|降低|减少|增加|上升|提升)", tail)
    if growing and not re.search(r"(?:到|至|为)", tail):
        name += growing.group()
    return name


def _finish(name: str, mention: Mention, measure: Measure) -> str:
    name = _WHOLE.sub("", name).strip(" 、,:的”“\"") if name else name
    name = re.sub(r"^[”)】]", "", name)
    if not name:
        name = _BRACKETS.sub("", mention.clause_left + mention.right)[-MOST:].strip(" ,、")
    return name[-MOST:] if len(name) > MOST else name


def _base(name: str) -> str:
    return _WITHOUT_TAIL.sub("", name) or name


def _verb_of(left: str) -> str:
    found = _VERB_START.match(left)
    return found.group() if found else ""
