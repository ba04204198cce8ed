"""The words of such documents that the rules turn on. Pure: no Django."""

from __future__ import annotations

import re
from functools import lru_cache

# Right before a number: it is compared with, arrived at, kept
COMPARING = (
    "达到|达|超过|超|突破|不低于|不少于|不得低于|不得少于|不小于|至少|高于|大于|低于|少于|小于|不超过"
    "|不得超过|不高于|不得高于|不大于|不多于|控制在|控制到|稳定在|保持在|维持在|保持|提高到|提升到|提升至"
    "|提高至|增加到|增加至|增至|增长到|扩大到|扩大至|发展到|上升到|上升至|升至|升到|提至|提到|翻到|降到"
    "|降至|降低到|降低至|下降到|下降至|减少到|减少至|减至|压缩到|压缩至|压减到|压减至|压到|缩短到|缩短至"
    "|缩短为|缩减至|跨过|冲刺|冲击|迈上|逼近|完成率|为"
)
# A verb that promises work: the number behind it, or the one behind its noun, is what will be done.
DOING = (
    "新增|新建|新认定|新培育|新引进|新开工|新发展|新签约|新开|新办|新设|新创|新改扩建|新扩建|再增|增设"
    "|增加|增建|净增|补充|补齐|扩建|改建|改扩建|改造|建成|建好|建设|建立|建造|修建|修复|修缮|翻建|完成"
    "|实现|培育|培养|孵化|引进|引入|招引|引育|签约|落户|落地|举办|承办|协办|组织|开展|实施|推进|推动|推广"
    "|推介|支持|扶持|资助|奖励|奖补|发放|安排|投入|投资|再投|筹集|筹措|争取|募集|设立|创建|创成|打造|认定"
    "|评选|评定|评估|选树|选拔|选派|选聘|选送|选择|遴选|选育|选取|培训|轮训|轮岗|交流|解决|帮扶|救助|帮助"
    "|搬迁|安置|整治|整改|治理|淘汰|关停|关闭|取缔|拆除|退出|压减|压缩|削减|减少|消减|降低|下降|提高|提升"
    "|增长|扩大|扩面|缩短|铺设|敷设|铺油|植树|造林|绿化|完工|竣工|开工|启动|投用|投产|投运|投放|交付|供应"
    "|供给|出让|收储|征收|征缴|征集|回收|处置|化解|发行|上市|挂牌|登记|受理|办理|办结|查处|查办|检查|抽检"
    "|抽查|检验|检测|监测(?=点|站)|巡查|排查|走访|慰问|服务|惠及|接入|联网|连通|归集|编目|共享|开放|上线"
    "|发布|公布|出台|制定|制修订|修订|编制|印发|申报|申请|授权|转化|转让|交易|成交|销售|出口|进口|接待"
    "|吸引|吸纳|聚集|集聚|汇聚|转移|就业|参保|清欠|追回|建档|签订|签署|配备|配置|购置|更新|安装|设置|布设"
    "|布局|种植|栽植|补植|养殖|出栏|存栏|收购|存储|储备|播种|复垦|开垦|疏浚|清淤|加固|除险|消除|创作|演出"
    "|放映|送|采购|补贴|减免|减轻|落实|兑现|促成|对接|参加|争创|夺取|获得|新上|上马|招聘|招募|招收|招生"
    "|招录|录用|输送|输出|培植|壮大|发展|扩种|推出|推荐|覆盖|拍卖|盘活|挖掘|收集|整合|采集|检定|发稿|刊发"
    "|形成|腾出|省下|节约|组建|成立|开设|开办|开通|开行|开辟|主办|创办|资助|补助|减负|签发|通过|恢复|抢救"
    "|保护|转办|录入|普查|调查|修编|开发|攻克|突破|研发|推行|试行|派驻|入驻|入规|入库|入统|上规|纳统|铺排"
    "|谋划|储备|联系|结对|认领|撰写|报送|出版|拓宽|打通|整理|清理|清退|清运|处理|收治|筛查|体检|签|诊疗"
    "|接种|免疫|随访|诊|发掘|征集|展示|展演|展出|评审|验收|销号|挂销|督办|调处|调解|审理|执行|追缴|罚"
    "|立案|结案|侦破|破获|消纳|生产|种|养|产|供|售|贷|融资|投保|承保|理赔|增资|增产|增收|减排|节能|减|建"
    "|修|植|投"
)
# The firmest of them: directly before even a small Chinese number they make it a count.
FIRM_DOING = (
    "新增|新建|建成|建设|创建|创成|完成|举办|承办|开展|引进|培育|申报|制定|制修订|出台|编制|评选|打造"
    "|组织|争取|新认定|认定|开工|竣工|实施|增加|再增|设立|组建|发行|开行|至少|不少于|不低于|达到|推出"
    "|获得|夺取|实现|放映|演出|下达|新开工|争创|开通|培训|签约|落地|选择|选取|推进|命名|授予|改造|布设"
    r"|力争|分别|每个?\w{1,6}"
)
SENDING = (
    "组织|选派|选送|培训|培养|引进|招募|搬迁|选聘|帮扶|救助|动员|安排|招聘|选拔|资助|轮训|发动|新增|达到"
    "|超过|突破|走访|选树"
)
SCOPE_WORDS = (
    "围绕|针对|聚焦|依托|面向|涉及|涵盖|包括|包含|按照|根据|属于|上述|其他|其它|现有|原有|已有|共有|所辖"
    "|下辖|全部|整个|即|所谓"
)
SCOPE_VERBS = (
    "监测|监控|监管|跟踪|调度|围绕|聚焦|统筹|对标|用好|依托|盯住|盯紧|辐射|毗邻|管好|运行|所属|位于|适用"
    "|对照|贯彻|坚持|遵守|执行|牢记|联动|纳入|分解|印制|全长|境内|深化|健全|完善|坚决|全面加强|统筹推进"
    "|发挥|做强|紧扣|紧盯|把握|树牢|增强|学习|弘扬|严守|规范"
)
# Nouns behind 2000万元以上 that are defined by it
DEFINED_NOUN = (
    "(?:的)?(?:群体性|事故|事件|企业|项目|工程|产业|集群|园区|开发区|单位|用人单位|小区|楼宇|锅炉|桥梁"
    "|水库|河流|湖泊|变电站|自然村|行政村|村|乡镇|城镇|用户|大户|家庭|老人|老年人|人员|居民|街道|道路"
    "|公路|广场|中心|企业家|基地|品牌|龙头|合作社|市场|商场|超市|酒店|住宅|产品|品种|耕地|机组|电站|产值"
    "|医院|学校|幼儿园|装置|设备|电梯|老旧|大企业|大项目|重大|工业|服务业|民营|外资|内资|招商|产业链|新"
    "|投资|技改|建设|住房|建筑|场馆|路段|支流)"
)
# Behind a small Chinese number: it belongs to a name (三项制度, 八项规定)
ABSTRACT = re.compile(
    "(?:重大|重点|主要|关键|基础性?|专项|核心|突出)?(?:工作|任务|机制|制度|体系|关系|方面|能力|意识|确保"
    "|维护|原则|理念|要求|意见|规定|禁令|纪律|清单|建设年|短板|优势|特色|方向|领域|环节|层面|维度|阶段"
    "|问题|环境|攻坚战|战略|行动|工程|计划|活动|专题|抓手|转变|提升|支撑|保障|文件|讲话|精神|系列|抓好"
    "|坚持)"
)

_KEPT = 256  # answers for words asked again right away, by another rule

_PROMISING = re.compile("|".join(word for word in DOING.split("|") if len(word) > 1))
_GOVERNOR = re.compile(rf"(?P<compare>{COMPARING})|(?P<scope>{SCOPE_WORDS}|{SCOPE_VERBS})|(?P<doing>{DOING})")
_ENDS_COMPARING = (*COMPARING.split("|"), *["力争", "确保", "争取", "务必", "必须", "约", "近", "不突破"])
_LAST_CHARACTERS = frozenset(word[-1] for word in _ENDS_COMPARING)


@lru_cache(maxsize=_KEPT)
def promises(words: str) -> bool:
    """Whether the words hold a verb that promises work."""
    return _PROMISING.search(words) is not None


def ends_comparing(words: str) -> bool:
    """Whether the words end with one that compares or promises the number behind them."""
    return words[-1:] in _LAST_CHARACTERS and words.endswith(_ENDS_COMPARING)


@lru_cache(maxsize=_KEPT)
def scope_governor(words: str) -> re.Match[str] | None:
    """The last verb or preposition of the words, where it says what the work is about; else None."""
    last = None
    for found in _GOVERNOR.finditer(words):
        last = found
    return last if last is not None and last.lastgroup == "scope" else None
