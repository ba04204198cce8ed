"""Is a number a target, and if not, what is it? Rules in their order; the first that fits decides. Pure.

Each rule looks at one numeral in its clause (see `mentions.py`) and has a name, which the ledger prints. The
rules come from how such documents are written: what stands directly before and behind a number.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from targets.extraction.findings import Verdict
from targets.extraction.mentions import Mention
from targets.extraction.quantities import Form
from targets.extraction.sentences import Tense

Ruling = tuple[Verdict, str]

# --- vocabulary -------------------------------------------------------------------------------------------
COMPARING = (
    "达到|达|超过|超|突破|不低于|不少于|不得低于|不得少于|不小于|至少|高于|大于|低于|少于|小于|不超过|不得超过|不高于|不得高于|不大于|不多于"
    "|控制在|控制到|稳定在|保持在|维持在|保持|提高到|提升到|提升至|提高至|增加到|增加至|增至|增长到|扩大到|扩大至|发展到|上升到|升至|升到|提至|提到|翻到"
    "|降到|降至|降低到|降低至|下降到|下降至|减少到|减少至|减至|压缩到|压缩至|压减到|压减至|压到|缩短到|缩短至|缩短为|缩减至|跨过|冲刺|冲击|迈上|逼近|完成率|为"
)
# A verb that promises work: the number behind it, or the one behind its noun, is what will be done.
DOING = (
    "新增|新建|新认定|新培育|新引进|新开工|新发展|新签约|新开|新办|新设|新创|新改扩建|新扩建|再增|增设|增加|增建|净增|补充|补齐|扩建|改建|改扩建|改造|建成|建好|建设|建立|建造|修建|修复|修缮|翻建"
    "|完成|实现|培育|培养|孵化|引进|引入|招引|引育|签约|落户|落地|举办|承办|协办|组织|开展|实施|推进|推动|推广|推介|支持|扶持|资助|奖励|奖补|发放|安排|投入|投资|再投|筹集|筹措|争取|募集|设立|创建|创成|打造|认定|评选|评定|评估|选树|选拔|选派|选聘|选送|选择|遴选|选育|选取"
    "|培训|轮训|轮岗|交流|解决|帮扶|救助|帮助|搬迁|安置|整治|整改|治理|淘汰|关停|关闭|取缔|拆除|退出|压减|压缩|削减|减少|消减|降低|下降|提高|提升|增长|扩大|扩面|缩短"
    "|铺设|敷设|铺油|植树|造林|绿化|完工|竣工|开工|启动|投用|投产|投运|投放|交付|供应|供给|出让|收储|征收|征缴|征集|回收|处置|化解|发行|上市|挂牌|登记|受理|办理|办结|查处|查办|检查|抽检|抽查|检验|检测|监测(?=点|站)|巡查|排查|走访|慰问|服务|惠及|接入|联网|连通|归集|编目|共享|开放|上线|发布|公布|出台|制定|制修订|修订|编制|印发|申报|申请|授权|转化|转让|交易|成交|销售|出口|进口|接待|吸引|吸纳|聚集|集聚|汇聚|转移|就业|参保|清欠|追回|建档|签订|签署|配备|配置|购置|更新|安装|设置|布设|布局|种植|栽植|补植|养殖|出栏|存栏|收购|存储|储备|播种|复垦|开垦|疏浚|清淤|加固|除险|消除|创作|演出|放映|送|采购|补贴|减免|减轻|落实|兑现|促成|对接|参加|争创|夺取|获得|新上|上马|招聘|招募|招收|招生|招录|录用|输送|输出|培植|壮大|发展|扩种|推出|推荐|覆盖|拍卖|盘活|挖掘|收集|整合|采集|检定|发稿|刊发|形成|腾出|省下|节约|组建|成立|开设|开办|开通|开行|开辟|主办|创办|资助|补助|减负|签发|通过|恢复|抢救|保护|转办|录入|普查|调查|修编|开发|攻克|突破|研发|推行|试行|派驻|入驻|入规|入库|入统|上规|纳统|铺排|谋划|储备|联系|结对|认领|撰写|报送|出版|拓宽|打通|整理|清理|清退|清运|处理|收治|筛查|体检|签|诊疗|接种|免疫|随访|诊|发掘|征集|展示|展演|展出|评审|验收|销号|挂销|督办|调处|调解|审理|执行|追缴|罚|立案|结案|侦破|破获|消纳|生产|种|养|产|供|售|贷|融资|投保|承保|理赔|增资|增产|增收|减排|节能|减|建|修|植|投"
)
LABEL_VERBS = re.compile(DOING)
_PREPOSITION = "围绕|针对|聚焦|依托|面向|涉及|涵盖|包括|包含|按照|根据|属于|上述|其他|其它|现有|原有|已有|共有|所辖|下辖|全部|整个|即|所谓"
_SCOPE_VERBS = "监测|监控|监管|跟踪|调度|围绕|聚焦|统筹|对标|用好|依托|盯住|盯紧|辐射|毗邻|管好|运行|所属|位于|适用|对照|贯彻|坚持|遵守|执行|牢记|联动|纳入|分解|印制|全长|境内|深化|健全|完善|坚决|全面加强|统筹推进|发挥|做强|紧扣|紧盯|把握|树牢|增强|学习|弘扬|严守|规范"
_GROWTH_NOUN = r"(?:的)?(?:增长|增速|增幅|速度|水平|目标|比例|幅度|左右)"
_QUALITY_NOUN = r"(?:的)?(?:群体性|事故|事件|企业|项目|工程|产业|集群|园区|开发区|单位|用人单位|小区|楼宇|锅炉|桥梁|水库|河流|湖泊|变电站|自然村|行政村|村|乡镇|城镇|用户|大户|家庭|老人|老年人|人员|居民|街道|道路|公路|广场|中心|企业家|基地|品牌|龙头|合作社|市场|商场|超市|酒店|住宅|产品|品种|耕地|机组|电站|产值|医院|学校|幼儿园|装置|设备|电梯|老旧|大企业|大项目|重大|工业|服务业|民营|外资|内资|招商|产业链|新|投资|技改|建设|住房|建筑|场馆|路段|支流)"

_QUOTES = {"“": "”", "‘": "’", "「": "」", "『": "』", "《": "》", "〈": "〉", '"': '"'}
_ABSTRACT = re.compile(
    r"^(?:重大|重点|主要|关键|基础性?|专项|核心|突出)?(?:工作|任务|机制|制度|体系|关系|方面|能力|意识|确保|维护|原则|理念|要求|意见|规定|禁令|纪律|清单|建设年|短板|优势|特色|方向|领域|环节|层面|维度|阶段|问题|环境|攻坚战|战略|行动|工程|计划|活动|专题|抓手|转变|提升|支撑|保障|文件|讲话|精神|系列|抓好|坚持)"
)
_UNDEFINED_ONE = frozenset("个批次系点些定样起方面律切致般直路套只种类心件项场股线带流步份条张组届轮期名位级时刻部块度季年月日周天成")

_GOVERNOR = re.compile(rf"(?P<compare>{COMPARING})|(?P<scope>{_PREPOSITION}|{_SCOPE_VERBS})|(?P<doing>{DOING})")


@dataclass(frozen=True)
class Context:
    """What a rule may know beside the mention itself."""

    folded: str
    quoted: list[tuple[int, int]]
    plan_year: int


def judge(mention: Mention, context: Context) -> Ruling:
    """The verdict of one numeral, by the first rule that fits. TARGET is what no rule excludes."""
    for rule in _RULES:
        ruling = rule(mention, context)
        if ruling is not None:
            return ruling
    return Verdict.TARGET, "promise"


def quoted_spans(folded: str) -> list[tuple[int, int]]:
    """Where titles and names stand in quotation marks: `(start, end)` inside the marks; short ones only."""
    spans: list[tuple[int, int]] = []
    for found in _QUOTED.finditer(folded):
        spans.append((found.start() + 1, found.end() - 1))
    return spans


_QUOTED = re.compile(r"“[^”“\n]{1,40}”|《[^》\n]{1,60}》|「[^」\n]{1,40}」|『[^』\n]{1,40}』|‘[^’\n]{1,40}’|\"[^\"\n]{1,30}\"")


def _form(mention: Mention, context: Context) -> Ruling | None:
    token = mention.token
    if mention.sentence.chrome and token.form not in {Form.WORD}:
        return Verdict.ORDINAL, "page-chrome"
    by_form = {
        Form.DATE: Verdict.DATE,
        Form.ORDINAL: Verdict.ORDINAL,
        Form.NAME: Verdict.NAME,
        Form.WORD: Verdict.WORD,
    }
    if token.form in by_form:
        return by_form[token.form], token.rule
    return None


def _quoted(mention: Mention, context: Context) -> Ruling | None:
    token = mention.token
    spans = context.quoted
    low, high = 0, len(spans)
    while low < high:
        middle = (low + high) // 2
        if spans[middle][1] < token.end:
            low = middle + 1
        else:
            high = middle
    if low < len(spans) and spans[low][0] <= token.start:
        return Verdict.NAME, "quoted"
    return None


def _indefinite(mention: Mention, context: Context) -> Ruling | None:
    """一批, 一个, 一项: one of a kind, no count; 新建一所学校 is one."""
    token = mention.token
    if not (token.chinese and token.value == 1 and mention.text[0] == "一"):
        return None
    if token.unit in {"%", "‰"} or len(token.unit) > 1 and token.unit[0] in "万亿千百十":
        return None
    if token.unit in {"所", "座", "家", "条", "处"} and re.search(
        r"(?:新建|建成|建好|改扩建|扩建|开工建设|创建|新增|引进|培育|各建|至少\w{0,4})$", mention.left
    ):
        return None
    return Verdict.WORD, "indefinite-one"


def _numbered_name(mention: Mention, context: Context) -> Ruling | None:
    """三大攻坚战, 八项规定, 两个维护: a small Chinese number that belongs to a name."""
    token = mention.token
    right = mention.clause_right
    if right[:1] == "大" and token.form == Form.BARE:
        return Verdict.NAME, "numbered-name"
    if not token.chinese or token.implied or token.value is None or token.value > 20 or token.high:
        return None
    if token.unit == "期" and not re.search(r"(?:举办|开展|开设|培训班|刊发|编发|出版)\w{0,6}$", mention.left):
        return Verdict.ORDINAL, "phase"
    if token.unit in {"个", "项", "条", "种", "类", "件", "批", "轮", "部", "本", "门", "级", "年", "支", "块", "张", "次", "轮"}:
        governed = re.search(rf"(?:{_FIRM_DOING})(?:好|了)?$", mention.left)
        closing = not right and token.unit in _COUNTED_LAST and promises(mention.left)
        if not (governed or closing) or _ABSTRACT.match(right) or token.unit in {"年", "类"}:
            return Verdict.NAME, "numbered-name"
    return None


_FIRM_DOING = "新增|新建|建成|建设|创建|创成|完成|举办|承办|开展|引进|培育|申报|制定|制修订|出台|编制|评选|打造|组织|争取|新认定|认定|开工|竣工|实施|增加|再增|设立|组建|发行|开行|至少|不少于|不低于|达到|推出|获得|夺取|实现|放映|演出|下达|新开工|争创|开通|培训|签约|落地|选择|选取|推进|命名|授予|改造|布设|力争|分别|每个?\\w{1,6}"


_COUNTED_LAST = frozenset("次轮场期批家所座条篇部件个项名支")


def _implied(mention: Mention, context: Context) -> Ruling | None:
    """万元GDP, 百亿企业, 万家: a multiplier without a digit is a name, unless people are sent or trained."""
    token = mention.token
    if not token.implied:
        return None
    right, left = mention.clause_right, mention.left
    closing = re.fullmatch(r"(?:以上|左右|大关)?", right) is not None
    if closing and left and (promises(left) or compares(mention) or re.search(r"提高|增加|突破|超过|达到", left)):
        return None
    if "元" in token.unit:
        return (Verdict.NAME, "per-unit-name") if token.unit == "万元" or right[:1] not in "级以元" else (Verdict.THRESHOLD, "size-class")
    if re.search(r"(?:组织|选派|选送|培训|培养|引进|招募|搬迁|选聘|帮扶|救助|动员|安排|招聘|选拔|资助|轮训|发动|新增|达到|超过|突破|走访|选树)$", left) and not re.match(r"(?:拥有|以上的)", right):
        return None
    return Verdict.NAME, "round-name"


def _per_unit(mention: Mention, context: Context) -> Ruling | None:
    """每100人, 每2年, 百名老人拥有, 万台设备死亡率: the number belongs to the measure's name."""
    token = mention.token
    if re.search(r"(?:每|每隔|平均每|按每)$", mention.left):
        return Verdict.NAME, "per-unit"
    if re.match(r"(?:拥有|人均|常住人口|人口(?=拥有|发|专利)|GDP)", mention.clause_right) and mention.token.value in {100, 1000, 10000, 100000} :
        return Verdict.NAME, "per-unit"
    if re.search(r"(?:人次?|天|小时|日)?/$", mention.left):
        return Verdict.NAME, "per-unit"
    return None


def _age_and_grade(mention: Mention, context: Context) -> Ruling | None:
    """60岁, 4级, 12345热线, 24小时值班, 1米线: what is no count by its noun."""
    token, right = mention.token, mention.clause_right
    if token.form == Form.BARE and re.match(r"(?:周?岁)", right) and not re.search(r"寿命", mention.left):
        return Verdict.THRESHOLD, "age"
    if token.form == Form.BARE and re.match(r"(?:级|型|号|线|系列|路|热线|平台|版|频道|栋|楼|室|中队|模式|体系|产业|条|世纪)", right) and not re.search(COMPARING + "$", mention.left):
        return Verdict.NAME, "grade-or-name"
    if token.unit in {"小时", "天", "分钟", "公里", "米"} and re.match(r"(?:值班|值守|待命|在线|服务圈|生活圈|阅读圈|健身圈|便民|养老|应急|不间断|热线|自助|制|线|长跑|范围|半径|圈|经济圈)", right):
        return Verdict.NAME, "grade-or-name"
    if token.unit in {"人", "个", "家", "件", "号", "项", "条", "千", "百", "户", "名"} and re.match(r"(?:才计划|计划|工程|行动|平台|模式|体系|战略|新政|方针|活动)", right) and not re.search(r"(?:项|件|个|完成|实施|开展|组织|举办)$", mention.left + token.unit):
        return Verdict.NAME, "name-of-programme"
    return None


def _duration(mention: Mention, context: Context) -> Ruling | None:
    """Years, months, days: a period, unless a time is promised (办理时限压缩到3个工作日)."""
    token = mention.token
    if token.unit not in {"年", "个月", "周", "天", "日", "小时", "分钟", "个工作日", "个小时", "工作日"}:
        return None
    left, right = mention.clause_left, mention.clause_right
    promised = re.search(
        r"时限|时间|天数|时长|期限|寿命|年限|缩短|压缩|压减|压到|压至|控制|不少于|不低于|不超过|不得超过|达到|优良|提速|降到|降至|减少|平均|确保|力争|提前|延长",
        left,
    )
    if token.unit == "年":
        return None if re.search(r"年限|寿命|学制", left) and promised else (Verdict.DATE, "duration")
    if token.unit in {"个月", "周"}:
        return None if promised and re.search(r"缩短|压缩|压减|时限|工期|周期|不超过", left) else (Verdict.DATE, "duration")
    if mention.before is not None and mention.before.token.unit == "%" and re.match(r"(?:以内|之内|内)", right):
        return Verdict.THRESHOLD, "time-within-definition"
    if promised or re.match(r"(?:以内|之内|内)\w|以上", right):
        return None
    return Verdict.DATE, "duration"


def _past(mention: Mention, context: Context) -> Ruling | None:
    if mention.tense == Tense.PAST:
        return Verdict.PAST, mention.clause.rule or "past"
    if re.search(r"(?:比|较)(?:上年|去年|20\d\d年)(?:的|底|末|实际|同期|完成|底的)*$", mention.left):
        return Verdict.PAST, "compared-with"
    if re.search(r"(?<!恢复到)(?<!相当于)(?:去年|上年|20\d\d年)(?:底|末)?(?:的|完成|实际|实绩)+$", mention.left) and not re.search(r"今年", mention.left):
        return Verdict.PAST, "compared-with"
    return None


_FROM = re.compile(r"(?:从|由)(?:[^,]{0,16}?的?)(?:约|近)?$")
_TO = re.compile(r"^(?:左右|以上)?(?:[^,]{0,6}?)?(?:提高|提升|增加|增长|扩大|上升|升|提|降|下降|降低|减少|压缩|压减|压|缩短|缩减|增|扩|减|控制|拓展|发展|调整|调减|上调|下调|调|提|扩)(?:到|至|为)?")


def _baseline(mention: Mention, context: Context) -> Ruling | None:
    """从X提高到Y, 在X的基础上: where the year begins, not what it promises."""
    if _FROM.search(mention.left) and (_TO.match(mention.clause_right) or re.match(r"^(?:[-~至到])", mention.clause_right)):
        return Verdict.BASELINE, "from-to"
    if re.search(r"(?:在|以)[^,]*$", mention.clause_left) and re.match(r"^[^,]{0,12}(?:的)?(?:基础上|基数上|盘子上|为基数)", mention.clause_right):
        return Verdict.BASELINE, "on-the-basis-of"
    return None


_RELATIVE = re.compile(r"(?:低于|少于|超过|高于|大于|不足|未达到?|不少于|不低于|不满|超)$")


def _threshold(mention: Mention, context: Context) -> Ruling | None:
    """年销售收入过百亿元的企业, 2000万元以上项目, 总投资50亿元的X: defines the thing, does not promise it."""
    token, right = mention.token, mention.clause_right
    money = "元" in token.unit
    sized = money or token.unit[-2:] in {"平米", "方米", "公里", "千瓦", "兆瓦", "千伏", "蒸吨"} or token.unit[-1:] in {"亩", "吨", "煤", "米", "床", "人", "户", "年", "倍", "头", "只", "羽", "张"} or token.unit.endswith(("公顷", "小时"))
    if _RELATIVE.search(mention.left) and re.match(r"的(?!目标|要求|增长|增速|增幅|水平|任务|标准|速度|比例|底线|红线)[\u4e00-\u9fff]", right):
        if sized or token.unit in {"%", "‰"} or not re.search(r"不[少低]于$", mention.left):
            return Verdict.THRESHOLD, "relative-clause"
    if sized and re.match(r"(?:及)?以[上下]$", right) and context.folded[mention.clause.end : mention.clause.end + 1] == ")":
        return Verdict.THRESHOLD, "above-in-brackets"
    above = re.match(r"(?:\(含\))?(?:及|及其|或)?(?:以上|以下|以内|左右)(?:\(含[^)]*\))?", right)
    if above and sized:
        rest = right[above.end() :]
        if money and re.match(r"(?:的)?[^,]{0,6}?(?:资金|贷款|补贴|补助|授信|融资额|债券)", rest):
            return None
        if rest and not mention.left and not money and rest[0] not in ",、和及":
            return Verdict.THRESHOLD, "above-and-noun"
        if rest and not re.match(_GROWTH_NOUN, rest) and (re.match(_QUALITY_NOUN, rest) or rest[0] in "的0123456789"):
            if token.unit[-1:] in {"人", "户", "亩", "里"} and not mention.after and re.search(rf"(?:{_FIRM_DOING}|转移|发展|帮扶|救助|改造|种植)$", mention.left):
                return None
            return Verdict.THRESHOLD, "above-and-noun"
    if re.match(r"[^,以]{1,4}以上的[\u4e00-\u9fff]", right) and not mention.after:
        return Verdict.THRESHOLD, "above-and-noun"
    if re.search(r"(?:总投资|投资额?|年产|产能|产值|销售收入|营业收入|主营业务收入|建筑面积|占地|全长|总长|库容|装机|注册资本|估值|市值|年收入|规模)(?:额|量)?(?:约|近|达|超|过|超过|不低于|在)*$", mention.left) and re.match(r"(?:以上|以下|左右)?的", right):
        return Verdict.THRESHOLD, "describes-noun"
    if re.search(r"(?:总投资|计划总投资|概算(?:总)?投资|估算(?:总)?投资|占地|建筑面积|全长|总长|库容)(?:约|近|达|为)*$", mention.left) and (re.match(r"(?:的|,|以上的)", right) and not mention.left.startswith(("完成", "新增"))):
        return Verdict.THRESHOLD, "describes-noun"
    if money and re.search(r"(?:过|超|超过|突破|[值入]上|[值入]达)$", mention.left) and re.match(r"(?:、[^,、]{1,6}元)?(?:的)?(?:高新技术|大型|骨干|重点|工业|民营|\w{0,4}龙头)?(?:企业|集群|产业|项目|园区|工业|龙头|县|乡镇|村|强|大企业|单位|家|户)", right):
        return Verdict.THRESHOLD, "size-class"
    if re.search(r"(?:^|每个?|[为以])(?:人|户|家|次|名|亩|例|套)?(?:每月|每人|每户|每亩|每年)?(?:给予|奖励|补助|补贴|处以|罚款)$", mention.left) and not mention.after:
        return Verdict.THRESHOLD, "rate-paid"
    return None


def _points(mention: Mention, context: Context) -> Ruling | None:
    """分值25分, 加2分, 低于80分的: points of an appraisal, not a score to be reached."""
    if mention.token.unit != "分":
        return None
    if re.search(r"(?:得分|评分|满意度|成绩|指数|测评|综合)[^,]{0,8}$", mention.left) and not mention.clause_right.startswith("的"):
        return None
    return Verdict.SCOPE, "appraisal-points"


def _bracketed_scope(mention: Mention, context: Context) -> Ruling | None:
    """(含补齐的64户), (境内61公里): an explanation in brackets."""
    before = context.folded[mention.sentence.start : mention.token.start]
    if before.count("(") <= before.count(")"):
        return None
    inside = before[before.rfind("(") + 1 :]
    if re.match(r"其中|力争|确保|新增|新建|争取|不低于|不少于", inside):
        return None
    return Verdict.SCOPE, "in-brackets"


def governor(mention: Mention) -> re.Match[str] | None:
    """The last verb or preposition before the number in its own segment."""
    last = None
    for found in _GOVERNOR.finditer(mention.left):
        last = found
    return last


_ENDS_COMPARING = re.compile(rf"(?:{COMPARING}|力争|确保|争取|务必|必须|约|近|不突破)$")


def compares(mention: Mention) -> bool:
    """Whether a comparing or promising word stands right before or behind the number."""
    return bool(_ENDS_COMPARING.search(mention.left) or re.match(r"(?:以上|以下|以内|左右|之内)(?![^,、]{0,8}(?:企业|项目))", mention.clause_right))


_PROMISING = re.compile("|".join(word for word in DOING.split("|") if len(word) > 1))


def promises(left: str) -> bool:
    """Whether the words before a number hold a verb that promises work."""
    return bool(_PROMISING.search(left))


_PEOPLE = frozenset({"人", "名", "户", "万人", "万户", "家", "万名"})
_TIMES = frozenset({"小时", "分钟", "天", "日", "个工作日"})


def _counts_the_list(mention: Mention) -> bool:
    """钢铁、焦化、水泥、玻璃4个行业: the number counts what was just listed."""
    value = mention.token.value
    if value is None or value > 12 or "、" not in mention.left or not mention.clause_right:
        return False
    return value == mention.left.count("、") + len(re.findall(r"[和及与]", mention.left.rpartition("、")[2])) + 1


_PROMISED_RIGHT = re.compile(
    r"务必|必须|确保|力争|要?(?:全部|在)[^,]{0,12}(?:完成|开工|建成|交付|竣工|投用|投入使用|改完|达标|清零|办结|补齐|发放)"
)


def _scope(mention: Mention, context: Context) -> Ruling | None:
    """围绕15条产业链, 全市13个区, 在10个重点领域: what the work is about, not what it reaches."""
    token, left, right = mention.token, mention.left, mention.clause_right
    if _ENDS_COMPARING.search(left):
        return None
    if left.endswith("在") and (token.unit in {"%", "‰", "1"} or token.unit in _TIMES or re.match(r"(?:以上|以下|以内|左右)", right)):
        return None
    listed = _counts_the_list(mention) or left.endswith("等") and not promises(left.partition("、")[0])
    if listed and not _PROMISED_RIGHT.search(right):
        return Verdict.SCOPE, "counts-the-list"
    if re.match(r"[^,]{0,10}中$", right) and mention.after is None:
        return Verdict.SCOPE, "among"
    if re.match(r"的(?:\d|[一二三四五六七八九]分之|[一二三四五六七八九]成|一半)", right):
        return Verdict.SCOPE, "whole-of-a-share"
    if re.search(r"占(?:全[市省国部]?[^,]{0,10}的?)?$", left) and not compares(mention) and not left.startswith("其中"):
        return Verdict.PAST, "share-of-the-whole"
    if re.search(r"(?:围绕|针对|聚焦|依托|面向|涉及|涵盖|包括|包含|按照|根据|上述|其他|其它|现有|原有|已有|共有|拥有|所辖|下辖|这|该|以上|全部|前|后|首批|第|即|所谓“?)$", left) and token.unit not in _TIMES:
        return Verdict.SCOPE, "scope-word"
    if re.search(r"(?:全市|全省|全国|我市|市区|城区|全县|全区|各|全系统|局属|辖区|全局|市属|机关)(?:的)?$", left) and token.unit not in {"%"} and right:
        return Verdict.SCOPE, "of-the-whole-city"
    if re.search(r"(?<!目)的$", mention.clause_left) and token.unit not in {"%", "‰", "1"} and token.unit not in _TIMES and not re.search(r"(?:剩余|剩下|余下|欠下?|结转|其余|遗留|不少于|任务)的$", left) and not _FINISHING.search(mention.clause_left) and not _PROMISED_RIGHT.search(right):
        return Verdict.SCOPE, "definite"
    if left == "为" or re.match(r"(?:工种|行业|品种|县区|部门|领域|类别|地块|乡镇|村)的", right) and not compares(mention):
        return Verdict.SCOPE, "whose"
    if token.unit in _PEOPLE and re.match(r"的(?!增长|增速|目标|以上)", right) and not promises(left):
        return Verdict.SCOPE, "whose"
    last = governor(mention)
    if last is not None and last.lastgroup == "scope" and last.end() == len(left) and right:
        return Verdict.SCOPE, "scope-word"
    if left.endswith("从") and re.match(r"[^,]{0,10}[中里]", right):
        return Verdict.SCOPE, "after-preposition"
    if re.search(r"(?:在|对|以|(?<!供)给|(?<!方)向|(?<!参)与|围绕)(?:全市|我市|市区|城区|全省|辖区内?|现有|确定的|列入[^,]{0,6}|首批|其余|剩余|\w{0,4}等)?(?:的)?$", left):
        return Verdict.SCOPE, "after-preposition"
    if last is not None and last.lastgroup == "scope" and "的" not in left[last.end() :] and last.group() in {"围绕", "聚焦", "依托", "统筹", "涉及", "即", "所谓", "辐射"}:
        return Verdict.SCOPE, "scope-verb"
    return None


_FINISHING = re.compile(r"新开工|新增|引进|实施|新建|签约|完成|办结|补齐|完工|竣工|建成")
_WHOLE_CITY = re.compile(r"^(?:全市|我市|全省|市区|全县|全区|目前)(?:在[用运册建校岗职孵]|登记|现|民办|公办|规上|城市|农村)?")
_NAMED_QUANTITY = re.compile(r"额|值|量|收入|率|比|投资|利润|增|面积|浓度|指数|人均|税|资金|成本|里程")


def _standing_fact(mention: Mention, context: Context) -> Ruling | None:
    """全市民办学校642所, 村级防疫员1286名: says what is there, no verb promises anything."""
    left = mention.left
    if mention.before is not None or compares(mention) or promises(left):
        return None
    if _WHOLE_CITY.match(left) and not _NAMED_QUANTITY.search(left) and mention.token.unit not in {"%", "‰", "1"}:
        return Verdict.PAST, "standing-fact"
    return None


_DESCRIBED = re.compile(r"^(?:[^,]{0,16})?(?:日处理(?:规模|能力)?|设计(?:规模|能力)|日供水能力|日转运能力|总投资|建筑面积|占地|占地面积|全长|总长|总长度|境内长?|库容|总库容|估算投资|概算投资|概算)(?:约|近|达|为)*$")


def _description(mention: Mention, context: Context) -> Ruling | None:
    """全长37.6公里, 建筑面积1200平方米: describes one thing."""
    if mention.before is None and _DESCRIBED.match(mention.left) and not re.search(r"新增|完成|达到|超过|突破", mention.left):
        return Verdict.SCOPE, "describes-one-thing"
    return None


_RATE = re.compile(
    r"(?:户均|人均|亩均|每户|每人)[^,]{0,6}(?:补助|补贴|奖励|投资)[^,]{0,6}$|(?:补贴|补助|奖励|奖补|资助)[^,]{0,4}不(?:超过|高于)$|每(?:人|户|头|家|亩|月|年|次|名|例|篇|件|项|个|套|平方米|吨|只|位|村)[^,]{0,8}$|按[^,]{0,10}$|最高(?:可)?(?:到|达|给予|补助|奖励|支持)?$|给予(?:一次性)?(?:奖励|补助|补贴)?$|一次性(?:奖励|补助|补贴)$|标准[为是按]?$|保[额费]$|封顶$"
)


def _rate_paid(mention: Mention, context: Context) -> Ruling | None:
    """每人每月补助100元, 最高可到500万元: the rate of a benefit, not an amount to be reached."""
    if re.match(r"的比例(?:补贴|补助|奖励|配套)", mention.clause_right):
        return Verdict.THRESHOLD, "rate-paid"
    if "元" not in mention.token.unit:
        return None
    if re.search(r"(?:户均|人均|亩均|每户|每人)[^,]{0,6}(?:补助|补贴|投资)", mention.left) and not re.search(r"(?:提高|增加|升|降|扩大)到|达到", mention.left):
        return Verdict.THRESHOLD, "rate-paid"
    if _ARRIVES.search(mention.left):
        return None
    if _RATE.search(mention.left) or re.match(r"(?:/|的)?(?:的)?(?:标准|奖励|补助|补贴)(?!资金)", mention.clause_right):
        return Verdict.THRESHOLD, "rate-paid"
    return None


_ARRIVES = re.compile(r"(?:提高|提升|增加|增|升|提|降|减|调整|扩大|达)(?:到|至)$|不低于$|不少于$|达到$|超过$|突破$|以上$|安排|投入|争取|筹集|发放|兑现|落实")


def _bare(mention: Mention, context: Context) -> Ruling | None:
    """A number without a unit: a target only where a comparing word stands right before it."""
    token = mention.token
    if token.form != Form.BARE:
        return None
    if re.search(rf"(?:{COMPARING}|控制在|降至|约为|力争)(?:约)?$", mention.left) and not re.match(r"[\w·+]", mention.clause_right[:1] or " ") :
        return None
    if re.search(rf"(?:{COMPARING})$", mention.left) and re.match(r"(?:以上|以下|以内|左右|之内)", mention.clause_right):
        return None
    return Verdict.NAME, "bare-number"


def _rank(mention: Mention, context: Context) -> Ruling | None:
    """前10名, 第3位, 居全省前5: a place, not a count."""
    if re.search(r"(?:(?<![月年底日末])(?<!季度)前|第|排名|位居|居|倒数|连续)$", mention.left) or re.match(r"(?:强|优)(?=企业|县|区|市|,|$)", mention.clause_right):
        return Verdict.ORDINAL, "rank"
    return None


_RULES: tuple[Callable[[Mention, Context], Ruling | None], ...] = (
    _form,
    _quoted,
    _indefinite,
    _numbered_name,
    _per_unit,
    _age_and_grade,
    _rank,
    _past,
    _baseline,
    _implied,
    _duration,
    _points,
    _threshold,
    _bracketed_scope,
    _rate_paid,
    _scope,
    _standing_fact,
    _description,
    _bare,
)
