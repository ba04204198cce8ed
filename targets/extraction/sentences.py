"""Sentences and clauses, and which time they speak of: done already, or promised. Pure: no Django.

A plan mixes what was reached with what is promised. The time of a clause comes from, in this order: a word in
the clause itself (已, 去年, 今年), a cue earlier in its sentence, the sentence before it in the same paragraph,
the heading above it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum

from plans.numerals import chinese_number
from plans.outline import Kind, Outline, Passage


class Tense(StrEnum):
    """The time a clause speaks of."""

    PLAN = "PLAN"
    PAST = "PAST"


@dataclass(slots=True)
class Clause:
    """`[start, end)` without the separator; `year` is a year named in it or before it in the sentence."""

    start: int
    end: int
    tense: Tense = Tense.PLAN
    rule: str = ""
    year: int | None = None


@dataclass(slots=True)
class Sentence:
    """From one full stop (or semicolon, or line end) to the next, which belongs to it."""

    start: int
    end: int
    passage: Passage | None
    clauses: list[Clause] = field(default_factory=list)
    chrome: bool = False


_STOPS = re.compile(r"(?:[。;!?\n]|…+)+")
_SEPARATORS = re.compile(r"(?<!\d)[,:]|[,:](?!\d)|[()\t]")
_BRACKETS = re.compile(r"\([^()\n]{0,40}\)")
_COUNTED = re.compile(r"\d|[一二两三四五六七八九十百千万][个家项件名人所处座亿]")
_YEARS = re.compile(r"(?<!\d)((?:19|20)\d{2})(?= ?年|[-~至到]{1,2}(?:19|20)\d{2})")

REVIEW_HEADING = re.compile(
    r"回顾|总结|(?:完成|进展|开展|工作|执行|落实|推进|基本)情况|取得的?(?:主要)?(?:成效|成绩|进展)|主要成效|主要成绩|工作成效|工作成绩"
    r"|过去(?:的)?一年|一年来|形势(?:分析)?$|现状$"
    r"|^(?:当前|目前|工作中)?(?:还)?(?:面临的?|存在的?)?(?:主要)?(?:问题|短板|不足|困难|差距)(?:和(?:问题|短板|不足|困难))?"
)
PLAN_HEADING = re.compile(r"目标|任务|安排|计划|打算|要点|部署|思路")

MOST_HEADING = 30
_WORK_HEADING = re.compile(r"(?:强化|加强|抓好|做好|健全|完善|推进|深化|开展).{0,10}(?:总结|落实|情况)|督查|检查|调研|统计")
_OLD_HEADING = re.compile(r"(?:(?:19|20)\d{2}年(?:度|全年)?(?:以来)?(?:的)?(?:主要|重点|各项|全市)?(?:工作|任务|情况|目标|成|发展|基本|经济|.{0,8}(?:工作|情况|成)))")

_PAST_CUES = (
    r"去年|去冬|上年(?!度?同期水平)|上一年|前年|年末实有|过去(?:的)?[一二三四五几两]年|[一二三四五几两近]年来|一年来|年初以来|今年以来|近年来|近几年|20\d\d年以来"
    r"|截至|截止|(?<!项)目前(?!期|尚未)|迄今|到目前|前[一二三四五六七八九十\d]+个月|历年|此前|最初|(?<!学)前[两几三]年|十[一二三四]五”?(?:以来|时期以来)"
)
_PLAN_CUES = (
    r"今年(?!以来|[一二三四1-4上](?:季度|半年)(?:基数|完成))|本年度|明年|下一步|新的一年|来年|力争|力求|确保|努力(?!的|工作)|据此|争取(?!了|到|中央|国家|省|上级|部|各级|资金|项目|预算)|计划(?=[一二三四]季度|上半年|\d+月|完成|新增|新建|投资|安排|实施|开展|引进|在|于|全年|建设|今年|再|用|年|投入|\d)|预期|拟(?!定|合)|预计(?!全年)|下半年|年内|全年要|年底前|年底达|年底要|年中|月底前|当务之急|(?:降|减|压|压减|控制)(?:到|至|在)[^,]{1,12}(?:以内|以下)"
    r"|(?<![主重需紧首])要(?!点|求|素|件|闻|么|不是|害|约|是|职|看到|清醒|认识)|必须|务必|不低于|不少于|不超过|不得(?:低|少|超|高)|至少"
)
_CUE = re.compile(
    rf"(?P<past>{_PAST_CUES})|(?P<plan>{_PLAN_CUES})"
    r"|(?P<year>(?<!\d)(?:19|20)\d{2} ?年)|(?P<cyear>二[〇○零一][〇○零一二三四五六七八九]{2}年)"
)
# Words with which a single clause says that it is done, whatever the sentence is about.
_DONE = re.compile(
    r"(?<![早而])已|(?<![实体表发呈展再出兑变])现(?=有|存|租|已|登记|共|辖|拥)|既成|不足|不到(?=\d|[一二三四五六七八九十百])|一度|(?:排查|摸排|检测|筛查|统计|评选)出|(?<![为除])了(?:约|近)?\d|预计全年|仅剩|缺口|先后|在建(?=\d)|居全[省国]|全省第|同比(?:多|少)收?"
    r"|(?:完成|实现|新增|达到|增长|增加|建成|下降|减少|提高|提升|获得|取得|荣获|引进|签约|查处|争取|兑现|发放|培训|投入|办理|获评|多|少|降|升|跌|涨)了(?!解)"
    r"|超额完成|荣获|被评为|名列|位列|位居|排名第|排在|列全[省国]|居全[省国]|成功创建|成功举办|圆满完成|创历史|跌到|跌至"
    r"|累计(?!达到?|突破|超过|.{0,12}(?:以上|力争))"
    r"|(?<![达公])共(?![同享建青产和创赢商治管、生服设计用保交担])"
    r"|(?:仅|只)(?=有|占|为|完成|达到|\d)|尚有|仍有|还有|(?:同比|比上年|较上年)(?:多|少|净增|实际)|分别为"
)
_PROMISED = re.compile(r"力争|确保|争取(?!了)|务必|必须|计划|再(?=投|建|新|增)")
_PLAN_TIME = re.compile(r"今年|本年度|明年|下一步|新的一年|来年|下半年")
_LEAVING = frozenset({"明年", "下一步", "力争", "确保", "务必", "必须", "下半年"})
_NOT_DONE = re.compile(r"再(?=扩|增|新|建|添)|力争|确保|争取|要(?!求|点|素)|计划|目标|不低于|不少于|不超过|今年|达到|控制在")
# What a clause after 已… says anew, so that it is promised again
_NEW_PROMISE = re.compile(r"全年|达到|以上|以内|以下|超过|突破|(?:从|由).*(?:到|至|为)|(?:提高|提升|增加|降|压|缩短)(?:到|至)|再")
_PROMISE = re.compile(r"力争|确保|争取|以上|以内|以下|不低于|不少于|不超过|要|再|全年|新")
_SUMMED = re.compile(r"共(?=培训|完成|组织|开展|举办)")
_TOPIC = 8  # characters from the beginning of a clause within which a cue sets the time of what follows


# A task's sentence that begins with the work itself speaks of the plan, whatever the one before told.
_FRESH = re.compile(
    r"(?:(?:通过|对|围绕|按照|针对|依托|结合)[^,]{2,30},)?(?:全年)?(?:增加|安装|增设|新增|新建|改造|建设|开展|组织|完成|实施|推进|推动|引进|培育|举办|安排|投入|支持|加快|加强|抓好|力争|继续|认定|创建|制定|出台|建立|健全|完善|推广|落实|启动|开工|深化|强化|做好|争取|打造|优化|第.{1,8}头一年)"
)


@dataclass(frozen=True)
class Style:
    """What kind of document it is, as far as time is concerned.

    `reports`: its title says that it tells how far the work is, so a sentence without a cue tells what was done;
    `this_year_is_past`: written at the year's end, it plans for 明年.
    """

    reports: bool
    this_year_is_past: bool


_REPORT_TITLE = re.compile(r"推进情况|进展情况|完成情况|落实情况|工作情况|汇报|讲话|总结")


def _style_of(folded: str) -> Style:
    head = [line.strip() for line in folded[:800].split("\n") if line.strip()][:6]
    next_year = folded.count("明年")
    return Style(
        reports=any(_REPORT_TITLE.search(line) for line in head if len(line) <= 60),
        this_year_is_past=next_year >= 3 and next_year * 2 >= folded.count("今年"),
    )


def sentences(folded: str, outline: Outline, plan_year: int) -> list[Sentence]:
    """All sentences of the document in order, each with its passage, its clauses and their time."""
    found: list[Sentence] = []
    reading = _Reading(folded, plan_year, _style_of(folded))
    passages = list(outline.passages)
    place = 0
    for start, end in _spans(folded):
        if not folded[start:end].strip():
            continue
        while place + 1 < len(passages) and passages[place + 1].start <= start + _indent(folded, start, end):
            place += 1
        for left, right in _cut(start, end, [p.start for p in passages[place + 1 : place + 4]]):
            while place + 1 < len(passages) and passages[place + 1].start <= left + _indent(folded, left, right):
                place += 1
            found.append(reading.sentence(left, right, passages[place] if passages else None))
    return found


def _indent(folded: str, start: int, end: int) -> int:
    return end - start - len(folded[start:end].lstrip())


def _cut(start: int, end: int, begins: list[int]) -> list[tuple[int, int]]:
    """A sentence is cut where a passage begins inside it (一是 after a colon)."""
    cuts = [start, *(begin for begin in begins if start < begin < end), end]
    return [(left, right) for left, right in zip(cuts, cuts[1:], strict=False) if right > left]


# Longer ones do not occur; what runs on is cut, so that the time taken stays linear in the text.
MOST_SENTENCE = 600
MOST_CLAUSE = 160


def _spans(folded: str) -> list[tuple[int, int]]:
    spans, at = [], 0
    for stop in _STOPS.finditer(folded):
        spans.extend(_pieces(at, stop.end(), MOST_SENTENCE))
        at = stop.end()
    spans.extend(_pieces(at, len(folded), MOST_SENTENCE))
    return spans


def _pieces(start: int, end: int, most: int) -> list[tuple[int, int]]:
    return [(at, min(at + most, end)) for at in range(start, end, most)]


class _Reading:
    """Carries the time from sentence to sentence."""

    def __init__(self, folded: str, plan_year: int, style: Style) -> None:
        self.folded = folded
        self.plan_year = plan_year
        self.style = style
        self.carried: tuple[Tense, str] | None = None  # from the sentences before, in this paragraph
        self.heading: tuple[Tense, str] = (Tense.PLAN, "")
        self.known: dict[int, tuple[Tense, str]] = {}
        self.loose: tuple[Tense, str] | None = None  # under a heading without a number
        self.passage: Passage | None = None

    def sentence(self, start: int, end: int, passage: Passage | None) -> Sentence:
        folded = self.folded
        if passage is not self.passage:
            if passage is None or self.passage is None or passage.parent is not self.passage:
                self.carried = None
            self.passage = passage
            if passage is not None and not passage.label and passage.kind != Kind.PREAMBLE:
                self.loose = None
            if passage is not None and passage.level == 0 and passage.label:
                self.loose = None
        new_line = start == 0 or folded[start - 1] == "\n"
        if new_line:
            self.carried = None
            self._loose_heading(start, end, passage)
        body = end - len(folded[start:end]) + len(folded[start:end].rstrip())
        found = Sentence(start + _indent(folded, start, end), body, passage)
        if passage is not None and found.start == passage.start:
            start = passage.body_start
        else:
            start = found.start
        if passage is not None and passage.kind in {Kind.FRONT, Kind.BACK}:
            found.chrome = True
        base = self.carried or self._of_passage(passage)
        if self.carried and self.carried[0] == Tense.PAST and passage is not None and passage.label:
            if _FRESH.match(folded[start:end].lstrip()):
                base = self._of_passage(passage)
                self.carried = None
        self._clauses(found, start, base)
        return found

    def _loose_heading(self, start: int, end: int, passage: Passage | None) -> None:
        """A short line without a full stop and without a number: 2013年工作回顾."""
        line_end = self.folded.find("\n", start)
        line = self.folded[start : line_end if line_end >= 0 else len(self.folded)].strip()
        if not line or len(line) > 30 or re.search(r"[。;,]", line) or (passage and passage.start >= start):
            return
        time = self._heading_time(line)
        if time:
            self.loose = time

    def _of_passage(self, passage: Passage | None) -> tuple[Tense, str]:
        default = (Tense.PAST, "progress-report") if self.style.reports else (Tense.PLAN, "")
        if passage is None:
            return self.loose or default
        key = id(passage)
        if key not in self.known:
            time = self._heading_time(passage.title) if passage.label else None
            if time is None:
                above = passage.parent
                time = self._of_passage(above) if above is not None else None
            self.known[key] = time or default
        known = self.known[key]
        return (self.loose or known) if known == default else known

    def _heading_time(self, title: str) -> tuple[Tense, str] | None:
        if len(title) > MOST_HEADING:
            return None
        years = [int(year) for year in re.findall(r"(?<!\d)((?:19|20)\d{2})(?=年)", title)]
        if REVIEW_HEADING.search(title) and not _WORK_HEADING.search(title):
            if not years or min(years) < self.plan_year or max(years) == self.plan_year:
                return Tense.PAST, "review-heading"
        if years and max(years) < self.plan_year and _OLD_HEADING.match(title):
            return Tense.PAST, "review-heading"
        if years and max(years) >= self.plan_year or PLAN_HEADING.search(title):
            return Tense.PLAN, "plan-heading"
        return None

    def _clauses(self, sentence: Sentence, begin: int, base: tuple[Tense, str]) -> None:
        folded = self.folded
        in_review = base[1] == "review-heading"
        now = base
        year: int | None = None
        for start, end in _clause_spans(folded, begin, sentence.end):
            text = folded[start:end]
            clause = Clause(start, end)
            cue, topical = self._cue(text, in_review)
            if cue and topical:
                now = cue
                self.carried = None if cue[1] == "plan-word" else cue
            year = self._year(text) or year
            done = self._done(text, cue or now)
            if now[1] == "already" and _NEW_PROMISE.search(text):
                now = base
            clause.tense, clause.rule = done or cue or now
            if done and folded[start - 1 : start] != "(" and not _SUMMED.search(text):
                now = done
            clause.year = year
            sentence.clauses.append(clause)
        self._told_together(sentence)

    def _told_together(self, sentence: Sentence) -> None:
        """煤矿关闭9座,至今尚未验收: what stands before a clause that tells, without a promise, is told with it."""
        told = next((at for at, clause in enumerate(sentence.clauses) if clause.rule == "already"), 0)
        for clause in sentence.clauses[:told]:
            text = self.folded[clause.start : clause.end]
            if clause.tense == Tense.PLAN and clause.rule in {"", "plan-heading"} and not _PROMISE.search(text):
                clause.tense, clause.rule = Tense.PAST, "told-together"

    def _cue(self, text: str, in_review: bool) -> tuple[tuple[Tense, str] | None, bool]:
        """The last time cue of a clause, and whether it also holds for what follows.

        It does at the head of the clause (去年,全市…), and everywhere if it promises. Inside a review only
        the plan's own year leads out of the past.
        """
        last: tuple[Tense, str] | None = None
        topical = False
        for found in _CUE.finditer(text):
            time = self._cue_time(text, found, in_review)
            if time:
                last = time
                topical = found.start() <= _TOPIC or time[0] == Tense.PLAN
        return last, topical

    def _cue_time(self, text: str, found: re.Match[str], in_review: bool) -> tuple[Tense, str] | None:
        if _is_comparison(text, found):
            return None
        kind, word = found.lastgroup, found.group()
        if kind == "past" or word == "今年" and self.style.this_year_is_past:
            return Tense.PAST, "past-cue"
        if kind == "plan":
            leaves = word in _LEAVING or re.search(r"今年(?:要|力争|计划|争取|将|拟|目标|务必|必须|再|[^,]{0,8}力争)", text)
            rule = "plan-cue" if _PLAN_TIME.match(word) else "plan-word"
            return None if in_review and not leaves else (Tense.PLAN, rule)
        year = int(word[:4]) if kind == "year" else chinese_number(word[:4].replace("○", "〇")) or 0
        if year < self.plan_year:
            return Tense.PAST, "past-year"
        return None if in_review and year > self.plan_year else (Tense.PLAN, "plan-year")

    def _done(self, text: str, now: tuple[Tense, str]) -> tuple[Tense, str] | None:
        if now[0] == Tense.PAST:
            return None
        done = _DONE.search(text)
        if done is None or _NOT_DONE.search(text, done.end()) or _PROMISED.search(text, 0, done.start() + 1):
            return None
        weak = done.group() in {"共", "累计"} and now[1] in {"plan-cue", "plan-word", "plan-year"}
        return None if weak else (Tense.PAST, "already")

    def _year(self, text: str) -> int | None:
        years = [int(year) for year in _YEARS.findall(text)]
        return max(years) if years else None


def _is_comparison(text: str, found: re.Match[str]) -> bool:
    """比去年, 在去年…的基础上, 由去年的, 2012年开工的9100套: measures or describes, is not the time spoken of."""
    before = text[max(0, found.start() - 3) : found.start()]
    after = text[found.end() :]
    return bool(
        re.search(r"(?:比|较|与|和|同|于|由|从|超过|高于|低于|以|按照?|在)$", before)
        or re.match(r"(?:水平|同期|持平|的?基础上|确定的|结转|欠下|任务)", after)
        or re.match(r"(?:底|末|度|冬季|春季|以来)?[^,\d]{0,8}(?<!实现)(?<!完成)的(?=\d|[^,]{0,8}\d)", after)
        or (re.search(r"(?:在|比|较)[^,]*$", text[: found.start()]) and re.search(r"基础上", after))
    )


def _clause_spans(folded: str, start: int, end: int) -> list[tuple[int, int]]:
    """Commas, colons and brackets with a number in them part clauses; other brackets belong to a name."""
    spans, at = [], start
    quiet = _quiet_brackets(folded, start, end)
    for separator in _SEPARATORS.finditer(folded, start, end):
        if any(left <= separator.start() <= right for left, right in quiet):
            continue
        spans.extend(_pieces(at, separator.start(), MOST_CLAUSE))
        at = separator.end()
    stop = end
    while stop > at and folded[stop - 1] in "。;!?\n\r ":
        stop -= 1
    spans.extend(_pieces(at, stop, MOST_CLAUSE))
    return spans


def _quiet_brackets(folded: str, start: int, end: int) -> list[tuple[int, int]]:
    if folded.find("(", start, end) < 0:
        return []
    return [
        (found.start(), found.end() - 1)
        for found in _BRACKETS.finditer(folded, start, end)
        if not _COUNTED.search(found.group())
    ]
