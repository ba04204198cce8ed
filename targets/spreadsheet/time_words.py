"""The words for periods in titles and headers: 1-9月, 前三季度, 截至9月底, 去年. Pure: no Django.

A span runs from the first to the last month of a year; a year that is not named is None. Dates on which
something was filled in (10月9日) are no periods.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from targets.periods import PeriodKey

_DIGITS = str.maketrans("〇○零一二三四五六七八九", "000123456789")
_MONTH_NAMES = {"十": 10, "十一": 11, "十二": 12}
_M = r"(?P<{0}>1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九])"
_Q = r"(?P<{0}>[1-4一二三四])"
_YEAR = r"(?:(?P<year>20[0-9]{2})年?(?:度)?[.\-/]?)?"
_TO = r"(?:-|—|–|~|至|到|─|―)+"
END_OF_MONTH = 25
_UNTIL = r"(?:截至|截止|截止到|截至到|至|到)"


@dataclass(frozen=True)
class Span:
    """Months `first` to `last`. `as_of`: said of a moment (9月底), not of what was done in between."""

    first: int
    last: int
    year: int | None = None
    as_of: bool = False

    @property
    def is_quarter(self) -> bool:
        """A quarter by itself; the first is both, single and cumulative."""
        return self.first in {1, 4, 7, 10} and self.last == self.first + 2

    def __str__(self) -> str:
        year = f"{self.year}年" if self.year else ""
        if self.first == self.last and not self.as_of:
            return f"{year}{self.last}月"
        if self.first == 1:
            return year + (_CUMULATIVE_NAMES.get(self.last) or f"1—{self.last}月")
        if self.is_quarter:
            return f"{year}{'一二三四'[self.last // 3 - 1]}季度"
        return f"{year}{self.first}—{self.last}月"


_CUMULATIVE_NAMES = {3: "一季度", 6: "上半年", 9: "前三季度", 12: "全年"}


@lru_cache(maxsize=100_000)
def normal(text: str) -> str:
    """Half width, without blanks, Chinese years in digits (二〇一四年 → 2014年), in lower case."""
    half = "".join(unicodedata.normalize("NFKC", text).split()).lower()
    return re.sub("[〇○零一二三四五六七八九]{4}(?=年)", lambda found: found[0].translate(_DIGITS), half)


def number_of(text: str) -> int:
    """9, 09, 九 and 十一 as a number."""
    return _MONTH_NAMES.get(text) or int(text.translate(_DIGITS))


Make = Callable[[re.Match[str]], Span | None]


def _whole(found: re.Match[str]) -> Span:
    return Span(1, 12, _year(found))


def _months(found: re.Match[str]) -> Span | None:
    first, last = number_of(found["m1"]), number_of(found["m2"])
    return Span(first, last, _year(found)) if first <= last else None


def _quarters(found: re.Match[str]) -> Span | None:
    first, last = number_of(found["q1"]), number_of(found["q2"])
    return Span(3 * first - 2, 3 * last, _year(found)) if first <= last else None


def _year(found: re.Match[str]) -> int | None:
    year = found.groupdict().get("year")
    return int(year) if year else None


_PATTERNS: list[tuple[re.Pattern[str], Make]] = [
    (
        re.compile(_YEAR + _M.format("m1") + "月?份?" + _TO + r"(?:20[0-9]{2}年)?" + _M.format("m2") + "月"),
        _months,
    ),
    (
        re.compile(_UNTIL + _YEAR + _M.format("m1") + r"月(?:(?P<day>[0-3]?[0-9])[日号]|份?(?:底|末)?)"),
        lambda found: _until(found),
    ),
    # a date on which something happened says nothing of the figures
    (re.compile(_YEAR + _M.format("m1") + "月[0-3]?[0-9](?:日|号)"), lambda found: None),
    (re.compile(r"20[0-9]{2}([-./])[01]?[0-9]\1[0-3]?[0-9]"), lambda found: None),
    (
        re.compile(_YEAR + "第?" + _Q.format("q1") + "(?:季度?)?" + _TO + "第?" + _Q.format("q2") + "季度?"),
        _quarters,
    ),
    (
        re.compile(_YEAR + "前(?P<q1>[二两三23])个?季度?"),
        lambda found: Span(1, 3 * number_of(found["q1"].replace("两", "二")), _year(found)),
    ),
    (
        re.compile(_YEAR + "前" + _M.format("m1") + "个?月"),
        lambda found: Span(1, number_of(found["m1"]), _year(found)),
    ),
    (re.compile(_YEAR + "(?:上半年|半年度?)"), lambda found: Span(1, 6, _year(found))),
    (re.compile(_YEAR + "下半年"), lambda found: Span(7, 12, _year(found))),
    (
        re.compile(r"(?:" + _UNTIL + r")" + _YEAR + "第?" + _Q.format("q1") + "季度?(?:底|末)?"),
        lambda found: Span(1, 3 * number_of(found["q1"]), _year(found), as_of=True),
    ),
    (
        re.compile(_YEAR + "第?" + _Q.format("q1") + "季度?(?:底|末)"),
        lambda found: Span(1, 3 * number_of(found["q1"]), _year(found), as_of=True),
    ),
    (
        re.compile(_YEAR + "第?" + _Q.format("q1") + "季度?|" + r"(?<![a-z0-9])q(?P<q2>[1-4])(?![0-9])"),
        lambda found: _quarter(found),
    ),
    (
        re.compile(_YEAR + _M.format("m1") + "月份?(?:底|末)"),
        lambda found: Span(1, number_of(found["m1"]), _year(found), as_of=True),
    ),
    (
        re.compile(_YEAR + _M.format("m1") + "月份?"),
        lambda found: Span(number_of(found["m1"]), number_of(found["m1"]), _year(found)),
    ),
    (re.compile(r"(?:(?P<year>20[0-9]{2})年?)?(?:全年|年末|年底)"), _whole),
]
_BARE_YEAR = re.compile(r"(?<![0-9])(20[0-9]{2})(?:年|$|(?![0-9]))")
_LAST_YEAR = re.compile("去年|上年|上一年|上年度")
_THIS_YEAR = re.compile("本年|今年|当年")


def _until(found: re.Match[str]) -> Span | None:
    """截至9月底, 截至9月30日; a day in the midst of a month says when something was collected."""
    if found["day"] and int(found["day"]) < END_OF_MONTH:
        return None
    return Span(1, number_of(found["m1"]), _year(found), as_of=True)


def _quarter(found: re.Match[str]) -> Span:
    number = number_of(found["q1"] or found["q2"])
    return Span(3 * number - 2, 3 * number, _year(found))


def spans_in(text: str) -> list[Span]:
    """Every period named in a text, in no particular order."""
    return _spans_and_rest(text)[0]


def without_spans(text: str) -> str:
    """The normal text without its periods and years: what stays the same in the next quarter's file."""
    return _BARE_YEAR.sub("", _spans_and_rest(text)[1])


def year_in(text: str, wanted: PeriodKey) -> int | None:
    """The year a text is about, 去年 and 本年 included; None where it names none."""
    spans, rest = _spans_and_rest(text)
    named = next((span.year for span in spans if span.year), None)
    if named:
        return named
    if _LAST_YEAR.search(rest):
        return wanted.year - 1
    if _THIS_YEAR.search(rest):
        return wanted.year
    bare = _BARE_YEAR.search(rest)
    return int(bare[1]) if bare else None


def _spans_and_rest(text: str) -> tuple[list[Span], str]:
    rest, found = normal(text), []
    for pattern, make in _PATTERNS:
        while match := pattern.search(rest):
            span = make(match)
            if span is not None:
                found.append(span)
            rest = rest[: match.start()] + "\x00" + rest[match.end() :]
    return found, rest.replace("\x00", "")
