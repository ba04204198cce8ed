"""The words that tell whether a clause speaks of what was done or of what is promised. Pure: no Django.

Source of the rules: the domain description, section 2.
"""

from __future__ import annotations

import re

from targets.extraction.openings import quick

REVIEW_HEADING = re.compile(
    "回顾|总结|(?:完成|进展|开展|工作|执行|落实|推进|基本)情况|取得的?(?:主要)?(?:成效|成绩|进展)"
    "|主要成效|主要成绩|工作成效|工作成绩|过去(?:的)?一年|一年来|形势(?:分析)?$|现状$|^(?:当前|目前"
    "|工作中)?(?:还)?(?:面临的?|存在的?)?(?:主要)?(?:问题|短板|不足|困难|差距)(?:和(?:问题|短板|不足"
    "|困难))?"
)
PLAN_HEADING = re.compile(r"目标|任务|安排|计划|打算|要点|部署|思路")
WORK_HEADING = re.compile(
    r"(?:强化|加强|抓好|做好|健全|完善|推进|深化|开展).{0,10}(?:总结|落实|情况)|督查|检查|调研|统计"
)
OLD_HEADING = re.compile(
    r"(?:(?:19|20)\d{2}年(?:度|全年)?(?:以来)?(?:的)?(?:主要|重点|各项|全市)?(?:工作|任务|情况|目标|成"
    "|发展|基本|经济|.{0,8}(?:工作|情况|成)))"
)
REPORT_TITLE = re.compile(r"推进情况|进展情况|完成情况|落实情况|工作情况|汇报|讲话|总结")

_PAST_CUES = (
    "去年|去冬|上年(?!度?同期水平)|上一年|前年|年末实有|过去(?:的)?[一二三四五几两]年"
    r"|[一二三四五几两近]年来|一年来|年初以来|今年以来|近年来|近几年|20\d\d年以来|截至|截止"
    r"|(?<!项)目前(?!期|尚未)|迄今|到目前|前[一二三四五六七八九十\d]+个月|历年|此前|最初"
    "|(?<!学)前[两几三]年|十[一二三四]五”?(?:以来|时期以来)"
)
_PLAN_CUES = (
    "今年(?!以来|[一二三四1-4上](?:季度|半年)(?:基数|完成))|本年度|明年|下一步|新的一年|来年|力争|力求"
    "|确保|努力(?!的|工作)|据此|争取(?!了|到|中央|国家|省|上级|部|各级|资金|项目|预算)"
    r"|计划(?=[一二三四]季度|上半年|\d+月|完成|新增|新建|投资|安排|实施|开展|引进|在|于|全年|建设|今年|再"
    r"|用|年|投入|\d)|预期|拟(?!定|合)|预计(?!全年)|下半年|年内|全年要|年底前|年底达|年底要|年中|月底前"
    "|当务之急|(?:降|减|压|压减|控制)(?:到|至|在)[^,]{1,12}(?:以内|以下)|(?<![主重需紧首])要(?!点|求|素"
    "|件|闻|么|不是|害|约|是|职|看到|清醒|认识)|必须|务必|不低于|不少于|不超过|不得(?:低|少|超|高)|至少"
)
CUE = quick(
    rf"(?P<past>{_PAST_CUES})|(?P<plan>{_PLAN_CUES})"
    r"|(?P<year>(?<!\d)(?:19|20)\d{2} ?年)|(?P<cyear>二[〇○零一][〇○零一二三四五六七八九]{2}年)"
)
# Words with which a single clause says that it is done, whatever the sentence is about.
DONE = quick(
    r"(?<![早而])已|(?<![实体表发呈展再出兑变])现(?=有|存|租|已|登记|共|辖|拥)|既成|不足|不到(?=\d"
    r"|[一二三四五六七八九十百])|一度|(?:排查|摸排|检测|筛查|统计|评选)出|(?<![为除])了(?:约|近)?\d"
    r"|预计全年|仅剩|缺口|先后|在建(?=\d)|居全[省国]|全省第|同比(?:多|少)收?|(?:完成|实现|新增|达到|增长"
    "|增加|建成|下降|减少|提高|提升|获得|取得|荣获|引进|签约|查处|争取|兑现|发放|培训|投入|办理|获评|多"
    "|少|降|升|跌|涨)了(?!解)|超额完成|荣获|被评为|名列|位列|位居|排名第|排在|列全[省国]|居全[省国]"
    "|成功创建|成功举办|圆满完成|创历史|跌到|跌至|累计(?!达到?|突破|超过|.{0,12}(?:以上|力争))"
    r"|(?<![达公])共(?![同享建青产和创赢商治管、生服设计用保交担])|(?:仅|只)(?=有|占|为|完成|达到|\d)|尚有"
    "|仍有|还有|(?:同比|比上年|较上年)(?:多|少|净增|实际)|分别为"
)
PROMISED = re.compile(r"力争|确保|争取(?!了)|务必|必须|计划|再(?=投|建|新|增)")
PLAN_TIME = re.compile(r"今年|本年度|明年|下一步|新的一年|来年|下半年")
LEAVING = frozenset({"明年", "下一步", "力争", "确保", "务必", "必须", "下半年"})
NOT_DONE = re.compile(
    r"再(?=扩|增|新|建|添)|力争|确保|争取|要(?!求|点|素)|计划|目标|不低于|不少于|不超过|今年|达到|控制在"
)
# What a clause after 已… says anew, so that it is promised again
NEW_PROMISE = quick(
    r"全年|达到|以上|以内|以下|超过|突破|(?:从|由).*(?:到|至|为)|(?:提高|提升|增加|降|压|缩短)(?:到|至)|再"
)
PROMISE = re.compile(r"力争|确保|争取|以上|以内|以下|不低于|不少于|不超过|要|再|全年|新")
SUMMED = re.compile(r"共(?=培训|完成|组织|开展|举办)")
# A task's sentence that begins with the work itself speaks of the plan, whatever the one before told.
FRESH = re.compile(
    "(?:(?:通过|对|围绕|按照|针对|依托|结合)[^,]{2,30},)?(?:全年)?(?:增加|安装|增设|新增|新建|改造|建设"
    "|开展|组织|完成|实施|推进|推动|引进|培育|举办|安排|投入|支持|加快|加强|抓好|力争|继续|认定|创建|制定"
    "|出台|建立|健全|完善|推广|落实|启动|开工|深化|强化|做好|争取|打造|优化|第.{1,8}头一年)"
)
PLAN_THIS_YEAR = re.compile(r"今年(?:要|力争|计划|争取|将|拟|目标|务必|必须|再|[^,]{0,8}力争)")
YEAR_OF_HEADING = re.compile(r"(?<!\d)((?:19|20)\d{2})(?=年)")
PUNCTUATED = re.compile(r"[。;,]")

_MEASURED_BEFORE = re.compile(r"(?:比|较|与|和|同|于|由|从|超过|高于|低于|以|按照?|在)$")
_MEASURED_BEHIND = re.compile(r"(?:水平|同期|持平|的?基础上|确定的|结转|欠下|任务)")
_DESCRIBES = re.compile(r"(?:底|末|度|冬季|春季|以来)?[^,\d]{0,8}(?<!实现)(?<!完成)的(?=\d|[^,]{0,8}\d)")
_BASIS_OPENS = re.compile(r"(?:在|比|较)[^,]*$")


def is_comparison(text: str, found: re.Match[str]) -> bool:
    """Whether the cue only measures or describes and is not the time spoken of.

    比去年, 在去年…的基础上, 由去年的, 2012年开工的9100套.
    """
    after = text[found.end() :]
    return bool(
        _MEASURED_BEFORE.search(text[max(0, found.start() - 3) : found.start()])
        or _MEASURED_BEHIND.match(after)
        or _DESCRIBES.match(after)
        or ("基础上" in after and _BASIS_OPENS.search(text[: found.start()]))
    )
