"""In which year a target is due. Pure: no Django.

Source of the rules: the domain description, section 3.
"""

from __future__ import annotations

import re

from targets.extraction.clauses import Sentence
from targets.extraction.mentions import Mention

_DUE = re.compile(
    r"(?:到|至|力争|截至|在)?(?:(?P<y>(?<!\d)20\d{2}) ?年(?:底|末|前|,)?"
    r"|[“\"]?(?P<p>十[一二三四五六])五[”\"]?(?:期?末|收官|时期末)"
    r"|[“\"]?(?P<during>十[一二三四五六])五[”\"]?(?:期间|时期)|(?P<n>[一二两三四五六七八九十]"
    r"|\d{1,2})年(?:之?内|时间|左右)|(?P<next>明年)|(?P<this>今年|年内|年底|本年))"
)
_PERIOD_END = {"十一": 2010, "十二": 2015, "十三": 2020, "十四": 2025, "十五": 2030, "十六": 2035}
_DIGITS = {character: value for value, character in enumerate("零一二三四五六七八九十")} | {"两": 2}
_NEEDED = ("年", "五")  # no due year is named without one of them
_NAMES_A_PLAN = re.compile(r"(?:的|度|基础|计划|规划|行动|版|工作要点|目标任务)")
_NAMES_A_PROGRAMME = re.compile(r"(?:行动|规划|\)|》)")
_MOST_YEARS = 20  # 二十年内: what is further away is no due year


def year_due(mention: Mention, plan_year: int) -> int:
    """The year named before the number in its sentence (到2016年, 五年内, 十三五末), else the plan's year.

    A year before the plan's does not count.
    """
    place = mention.token.start
    for end, year in reversed(_named_in(mention.sentence, mention.folded, plan_year)):
        if end <= place:
            return max(year, plan_year)
    return plan_year


def _named_in(sentence: Sentence, folded: str, plan_year: int) -> list[tuple[int, int]]:
    """The due years of the sentence in order, each with the place where its name ends."""
    if sentence.years is None:
        sentence.years = []
        if not any(folded.find(word, sentence.start, sentence.end) >= 0 for word in _NEEDED):
            return sentence.years
        for found in _DUE.finditer(folded, sentence.start, sentence.end):
            if not found["y"] and _NAMES_A_PLAN.match(folded, found.end(), found.end() + 4):
                continue
            year = _due_of(found, plan_year, folded)
            if year is not None:
                sentence.years.append((found.end(), year))
    return sentence.years


def _due_of(found: re.Match[str], plan_year: int, folded: str) -> int | None:
    if found["y"]:
        joined = folded[max(0, found.start("y") - 1) : found.start("y")] in {"-", "~", "至"}
        named = joined and _NAMES_A_PROGRAMME.match(folded, found.end(), found.end() + 3)
        return None if named else int(found["y"])
    if found["p"] or found["during"]:
        return _PERIOD_END.get(found["p"] or found["during"])
    if found["n"]:
        years = int(found["n"]) if found["n"].isdigit() else _DIGITS.get(found["n"], 0)
        return plan_year + years - 1 if 1 < years <= _MOST_YEARS else None
    return plan_year + 1 if found["next"] else plan_year
