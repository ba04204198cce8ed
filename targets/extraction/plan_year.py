"""The year for which a plan is written. Pure: no Django.

Source of the rules: the domain description, section 2.
"""

from __future__ import annotations

import re
from collections import Counter

from plans.numerals import chinese_number, fold
from plans.outline import Outline
from targets.extraction.cues import REVIEW_HEADING

DEFAULT_YEAR = 2000  # of a text that names no year at all

_FIRM_TITLE = re.compile(r"要点|计划|安排|思路|打算|任务|目标|部署")
_PLAN_TITLE = re.compile(r"要点|计划|安排|思路|打算|任务|目标|部署|工作|清单|实事|项目|意见|报告")
_CHINESE_YEAR = re.compile(r"(二[〇○零一][〇○零一二三四五六七八九]{2})年")
_ANY_YEAR = re.compile(r"(?<!\d)((?:19|20)\d{2}) ?年")
_MOST_HEAD = 1500  # characters above the text in which title and date stand
_MOST_LINES = 9
_MOST_TITLE = 80  # characters
_FIRST_YEAR, _LAST_YEAR = 1990, 2100


def year_of(folded: str, outline: Outline) -> int:
    """The plan's year, or DEFAULT_YEAR: from the title, a heading of goals or tasks, the date, or the text.

    In the text it is the year named most. A heading that looks back (2013年工作回顾) is of the year before;
    where the title speaks of 明年, the plan is of the year after the date.
    """
    head = [line.strip() for line in folded[:_MOST_HEAD].split("\n") if line.strip()][:_MOST_LINES]
    short = [line for line in head if len(line) <= _MOST_TITLE]
    titled = [year for line in short if _names_plan(line) for year in _years_in(line)]
    if titled:
        return max(titled)
    headings = [part.title for part in outline.numbered if _names_plan(part.title)]
    headed = [year for title in headings for year in _years_in(fold(title))]
    if headed:
        return max(headed)
    dated = [year for line in short if not REVIEW_HEADING.search(line) for year in _years_in(line)]
    if dated:
        return max(dated) + (1 if any("明年" in line for line in short) else 0)
    looked_back = [year for line in short for year in _years_in(line)]
    if looked_back:
        return max(looked_back) + 1
    counted = Counter(_years_in(folded))
    return max(counted, key=lambda number: (counted[number], number)) if counted else DEFAULT_YEAR


def _names_plan(line: str) -> bool:
    strong = _FIRM_TITLE.search(line)
    return bool(strong or (_PLAN_TITLE.search(line) and not REVIEW_HEADING.search(line)))


def _years_in(line: str) -> list[int]:
    named = [int(hit) for hit in _ANY_YEAR.findall(line)]
    named += [chinese_number(hit.replace("○", "〇")) or 0 for hit in _CHINESE_YEAR.findall(line)]
    return [year for year in named if _FIRST_YEAR <= year <= _LAST_YEAR]
