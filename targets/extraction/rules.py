"""Every rule of the ledger in a sentence, by the code that is stored. Pure: no Django."""

from __future__ import annotations


def gettext_noop(message: str) -> str:
    """Mark an English message for the catalogues; whoever shows it translates it."""
    return message


RULES: dict[str, str] = {
    # targets
    "compared-value": gettext_noop("a value with a comparing word: 达到, 超过, 不低于 …, 以上"),
    "work-and-count": gettext_noop("work that is promised, with its count: 新增…100家, 支持100家…"),
    "change-of-a-year": gettext_noop("a rise or fall in percent or percentage points"),
    "named-value": gettext_noop("a name with its value, in a part that plans"),
    # dates, numbers of things, page chrome
    "date": gettext_noop("a date"),
    "year": gettext_noop("a year"),
    "years": gettext_noop("a span of years"),
    "plan-period": gettext_noop("a five-year plan by its number"),
    "duration": gettext_noop("a period of time, not promised as such"),
    "document-number": gettext_noop("the number of a document"),
    "outline-label": gettext_noop("the number of a section or task"),
    "circled-number": gettext_noop("a number in a circle or a Roman numeral"),
    "ordinal": gettext_noop("an ordinal: 第…"),
    "meeting": gettext_noop("the number of a meeting or congress"),
    "rank": gettext_noop("a place in a ranking"),
    "phase": gettext_noop("a phase of a project: 二期"),
    "page-chrome": gettext_noop("outside the plan: title, page header or footer"),
    # names
    "numeral-in-word": gettext_noop("part of a word: 进一步"),
    "indefinite-one": gettext_noop("“one” without counting: 一批, 一个"),
    "letters-and-digits": gettext_noop("a name of letters and digits: PM2.5, 5G"),
    "joined-by-signs": gettext_noop("a name of joined digits: 1+6+N"),
    "proportion": gettext_noop("a proportion: 3:2"),
    "quoted": gettext_noop("part of a name or title in quotation marks"),
    "numbered-name": gettext_noop("a small number that belongs to a name: 三大攻坚战, 八项规定"),
    "place-name": gettext_noop("part of a name of a place"),
    "name-of-programme": gettext_noop("the name of a programme"),
    "grade-or-name": gettext_noop("a grade, a line or a number that serves as a name: 4级, 12345热线"),
    "round-name": gettext_noop("a round number as a figure of speech: 万家"),
    "per-unit": gettext_noop("the “per how many” of a measure: 每100人"),
    "per-unit-name": gettext_noop("the “per how many” of a measure by name: 万元GDP"),
    "bare-number": gettext_noop("a number without a unit and without a comparing word"),
    # definitions, descriptions, rates
    "age": gettext_noop("an age that defines people"),
    "size-class": gettext_noop("a size that defines what is counted: 亿元企业"),
    "above-and-noun": gettext_noop("a size that defines what is counted: 2000万元以上项目"),
    "above-in-brackets": gettext_noop("a size in brackets that defines what is counted"),
    "relative-clause": gettext_noop("a condition on what is counted: 低于16平方米的家庭"),
    "describes-noun": gettext_noop("describes a project: 总投资50亿元的…"),
    "describes-one-thing": gettext_noop("describes one thing: 全长37.6公里"),
    "time-within-definition": gettext_noop("a time within the definition of a share"),
    "rate-paid": gettext_noop("the rate of a benefit: 每人每月100元, 最高500万元"),
    "appraisal-points": gettext_noop("points of an appraisal"),
    # what the work is about
    "in-brackets": gettext_noop("an explanation in brackets"),
    "scope-word": gettext_noop("behind a word of scope: 围绕, 涉及, 现有"),
    "scope-verb": gettext_noop("what the work is about: 聚焦…5个领域"),
    "of-the-whole-city": gettext_noop("all there are: 全市13个区"),
    "after-preposition": gettext_noop("where or for whom: 在10个领域, 对43家企业"),
    "definite": gettext_noop("things already known: …的5项"),
    "the-rest": gettext_noop("the rest of known things: 其余3个"),
    "counts-the-list": gettext_noop("counts what was just listed: A、B、C等10类"),
    "among": gettext_noop("among known things: 22项指标中"),
    "whole-of-a-share": gettext_noop("the whole of which a share is promised"),
    "whose": gettext_noop("whose thing it is: 2.9万人的抚恤金"),
    "stated": gettext_noop("a statement about things, nothing is promised"),
    "holds-the-quantity": gettext_noop("the things whose quantity is promised"),
    "joined-to": gettext_noop("joined to a number of this kind"),
    # what was reached, and where the year begins
    "past-cue": gettext_noop("tells what was: 去年, 截至, 目前"),
    "past-year": gettext_noop("tells of an earlier year"),
    "already": gettext_noop("tells what is done already: 已, 共, 累计, …了"),
    "told-together": gettext_noop("told together with what is done already"),
    "review-heading": gettext_noop("under a heading that looks back"),
    "progress-report": gettext_noop("in a document that reports progress"),
    "standing-fact": gettext_noop("says what there is, nothing is promised"),
    "share-of-the-whole": gettext_noop("the share that something has"),
    "table-column": gettext_noop("in a column of results"),
    "compared-with": gettext_noop("last year's number, for comparison"),
    "part-of": gettext_noop("part of a number of this kind"),
    "from-to": gettext_noop("where the year begins: 从X提高到Y"),
    "on-the-basis-of": gettext_noop("where the year begins: 在X的基础上"),
}
