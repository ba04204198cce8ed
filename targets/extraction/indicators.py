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
from targets.extraction.lexicon import COMPARING, DOING

MOST = 40

_LEADING = re.compile(
    r"^(?:力争|力求|实现|完成|争取(?!到|中央|国家|省|上级)|确保|努力|务必|必须|保证|要求|预计|计划|拟|要(?!素)|将(?!军)|使(?!用)|让|推动(?=\w)|促使|全年|全市|我市|本市|全县|全区|全省|今年|明年|年内|年底前?|年末|上半年|下半年|[一二三四]季度前?|\d+月(?:底|末)?前?|到?20\d{2}年(?:底|末)?(?:前)?|(?:到|至)?[“\"]?十[一二三四五]五[”\"]?期?末|[一二三四五六七八九十\d]+年内|重点|着力|大力|积极|进一步|继续|加快|稳步|全面|深入|逐步|再(?!就业|生|造)|同时|并(?!网|轨|联)|且|奋力|其中|以及|和(?!谐)|及(?!时)|与|或|、|,|;|:|还|也|均(?!衡)|都(?!市)|分别|各(?!类|级|项|种|县|区|乡|镇)|共(?!享|建|同|青|产)|总体|全力|扎实|切实|认真|有效(?!发明|专利|商标|注册|投资|灌溉)|不断|持续|统筹|按期|如期|率先|至少|另外?|即|是|把|的|前|底|达到?|\)|”|主要预期目标是?|预期目标是?|主要目标是?|目标是|一是|二是|三是|四是|首先|其次|最后|帮助|务求|内|万元|年度|在此基础上?|按照[^,]{0,12}要求|一年|左右|以上|以下|以内|个|不|引导|鼓励|组织(?=各|全市)| )+"
)
_TRAILING = re.compile(
    rf"(?:{COMPARING}|力争|争取|确保|计划|预计|实现|完成|要|将|务必|必须|约|近|大约|接近|不得|不|为|到|至|在|以|的|全部|分别|均|各|再|也|共|总共|合计|总体|基本|突破到|达成|努力|总计|由|从|以上|,|、|:|是|了|就|可|能|应|需|须|达标|稳定|水平|维持|恢复|提高|提升|增加|扩大|发展|上升|压缩|缩短|降低|下降|减少|控制|壮大|保持在?|稳定在?|力争达|不低于|逐步|新|至少|且|并|其中|全市|全年|有|上|翻|冲|破|跃| )+$"
)
_WITHOUT_TAIL = re.compile(r"(?:增长率|增幅|增速|增长|涨幅|降幅|下降|同比|年均|比上年|较上年|提高)+$")
_BRACKETS = re.compile(r"\([^()]*\)")
_STOP_RIGHT = re.compile(
    r"[,。;:、]?(?:来我|来[我本]市|(?<!规模)(?<!限额)(?<!级)以上|左右|以下|以内|开展|实施|进行|参加|通过|达到|实现|完成|进入|纳入|获得|获|入选|用于|赴|到|前往|搬入|搬进|全部|建立|落户|作为|打造|成为|享受|接受|加入|率先|试行|先行|带动|下沉|下山|脱贫|恢复|并|且|予以|要|应|向|为|以|在|于|由|从|给|让|使|能|可|实行|签约|投入|投产|开工|竣工|投运|上市|升级|转型|提档|创建(?!成)|挂牌|列入|覆盖|稳定|配备|配齐|安装|设立|申报|争创|入园|入驻|上云|完工|就业|返乡|外出|进行|推进|挂职|轮岗|取得|走进|进(?!出口|一步|口|站|修)|力争|确保|务必|年内|年底|今年)"
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
    name: str = ""  # of the last number, growth and all
    measure: Measure | None = None
    unit: str = ""


def indicator_of(mention: Mention, carried: Subject) -> str:
    """The indicator's name in the document's words; `carried` is what the numbers before spoke of."""
    name = _fanned(mention) or _from_parts(mention, _noun_left(mention), _noun_right(mention), carried)
    return _finish(name, mention)


def subject_of(mention: Mention, name: str, measure: Measure | None) -> Subject:
    """What the next numbers of the paragraph may carry over."""
    return Subject(_base(name), _verb_of(mention.left), name, measure, mention.token.unit)


def names_nothing(mention: Mention) -> bool:
    """Whether the number has no name of its own: 力争达到8.5%."""
    return not _noun_left(mention)


def _noun_left(mention: Mention) -> str:
    text = re.sub(r"[(\[][^)\]]*$", "", _BRACKETS.sub("", mention.left))
    return _clean_left(text)


_COMPARED = re.compile(r"(?:均|都)?(?:比|较|在)(?:20\d\d年|上年|去年|上一年)[^,]{0,8}?(?:的?基础上|盘子上|实际|同期|水平)?(?=(?:再)?(?:增|提|下降|降|减|削|压|上升|缩|翻|精|$))")
_PLACED = re.compile(r"^(?:在[^,]{1,8}|今年在[^,]{1,8}中)(?=选择|开展|建设|新建|试点|建成|实施|推广|再)")


def _clean_left(text: str) -> str:
    text = _COMPARED.sub("", text)
    before = None
    while text != before:
        before = text
        text = _trimmed(text)
    before = None
    while text != before:
        before = text
        text = _PLACED.sub("", _LEADING.sub("", text))
    return text.strip(" ,、")


def _trimmed(text: str) -> str:
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


_CAUSING = re.compile(r"(?:选择|选取|遴选|推动|促进|帮助|组织|引导|鼓励|确保|力争|争取|使|让|有|实现)$")
_RELATIVE = re.compile(r"^(?:总量|总数|总额|累计|总规模|规模|数量|总人数|面积总量|总面积|这一比重|这一比例|该比例|占比|比重|比例|总户数|总值)$")
_NEW = re.compile(r"^(?:新增|新认定|新建|新培育|新引进|申报|力争认定|认定|培育|引进|再申报)+")


_LAST_VERB = re.compile(rf"(?:(?:{DOING})+|每个?[^,]{{1,8}})$")


def _from_parts(mention: Mention, left: str, right: str, carried: Subject) -> str:
    joined_right = bool(mention.right) and mention.right[0] not in "、,和及与左"
    percent = mention.token.unit in {"%", "‰", "1", "个百分点", "百分点", "倍", "番"}
    if percent:
        return _share_name(mention, left, carried)
    acting = _predicate(mention) if joined_right and (not left or _CAUSING.search(left)) else ""
    if acting and right:
        return right + acting
    verb = _LAST_VERB.search(left) if right and joined_right else None
    if verb:
        return (verb.group() if len(left) > 6 and "每" not in left else left) + right
    if not left and right and joined_right:
        return (carried.verb if mention.before else "") + right
    if not left or _LIGHT_VERBS.match(left):
        return carried.full or _clause_before(mention) or left + right
    if _RELATIVE.match(left) and carried.full:
        thing = _NEW.sub("", carried.full)
        return thing + left if left in {"总数", "总户数", "总人数"} and not thing.endswith(("数", "量")) else thing
    if right and joined_right and len(left) <= 2:
        return left + right
    return _with_carried(left, carried)


_GROWTH_ONLY = re.compile(
    r"(?:同比|年均|比上年|较上年|比去年|较去年|均)*(?:增长|下降|提高|提升|增幅|增速|降低|减少|上升|增加|递增|降幅|涨幅|压减|削减|增|降|减)(?:率|幅度)?"
)


def _share_name(mention: Mention, left: str, carried: Subject) -> str:
    if re.fullmatch(_GROWTH_ONLY, left):
        tail = re.sub(r"^(?:同比|年均|比上年|较上年|比去年|较去年|均)+", "", left)
        return (carried.full or _clause_before(mention)) + {"增": "增长", "降": "下降", "减": "下降"}.get(tail, tail)
    behind = re.match(r"(?:以上|左右)?的(?P<noun>[\u4e00-\u9fff][^,]{1,20})$", mention.clause_right)
    if behind and (not left or _CAUSING.search(left)) and not re.match(r"增长|增速|增幅", behind["noun"]):
        return behind["noun"] + "比例"
    if not left or _RELATIVE.match(left):
        return carried.full or _clause_before(mention) or left
    return _with_carried(left, carried)


_PREDICATE = re.compile(
    r"(?:通过|开展|实施|进行|参加|达到|完成|进入|纳入|获得|获|入选|赴|搬入|搬进|恢复|下沉|下山|脱贫|享受|加入|试行|先行|上云|上市|入园|入驻|返乡|参赛|得到|实现|取得|走进|进(?!出口|一步|口|站|修)|转型|升级)[^,、。;]{0,14}"
)
_BY_WHEN = re.compile(r"(?:务必|必须|要|须|将)?(?:赶)?(?:在|于)?[^,]{0,8}(?:月底|月|季度|年底|年|日|春节|汛期|供暖)前(?:全部)?|全部|务必|必须")


def _predicate(mention: Mention) -> str:
    """What the counted things are to do: 50家企业通过第三方认证 → 通过第三方认证."""
    text = _BRACKETS.sub("", mention.right)
    found = _PREDICATE.search(text)
    return _BY_WHEN.sub("", found.group()).strip() if found and found.start() > 0 else ""


_TURN = re.compile(r"(?:迈上|再上|保持|实现|取得|继续|稳步|持续|只能|不低于|不高于|不再|达到|有(?!效)|高于|优于|进入|居|再创|稳定|较|比|同步)")


def _clause_before(mention: Mention) -> str:
    """规上工业总产值迈上新台阶,突破2300亿元: the subject stands in the clause before, which has no number."""
    clauses = mention.sentence.clauses
    place = next((at for at, clause in enumerate(clauses) if clause is mention.clause), 0)
    if not place or mention.folded is None:
        return ""
    text = mention.folded[clauses[place - 1].start : clauses[place - 1].end]
    turn = _TURN.search(text)
    text = _clean_left(text[: turn.start()] if turn else text)
    return text if 2 <= len(text) <= 18 else ""


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
    growing = re.search(r"(?:增长|下降|提高|降低|减少|增加|上升|提升)", tail)
    if growing and not re.search(r"(?:到|至|为)", tail):
        name += growing.group()
    return name


_TIME_WORDS = re.compile(r"今年|明年|去年|本年度|(?:剩余|剩下|余下)(?:的)?|务必|必须")


def _finish(name: str, mention: Mention) -> str:
    name = _WHOLE.sub("", name).strip(" 、,:的”“\"") if name else name
    name = re.sub(r"^[”)】]", "", name)
    name = _TIME_WORDS.sub("", name)
    if not name:
        name = _BRACKETS.sub("", mention.clause_left + mention.right)[-MOST:].strip(" ,、")
    return name[-MOST:] if len(name) > MOST else name


def _base(name: str) -> str:
    return _WITHOUT_TAIL.sub("", name) or name


def _verb_of(left: str) -> str:
    found = _VERB_START.match(_LEADING.sub("", left))
    return found.group() if found else ""
