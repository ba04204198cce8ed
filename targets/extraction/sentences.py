"""Which time sentences and clauses speak of: done already, or promised. Pure: no Django.

A plan mixes what was reached with what is promised. The time of a clause comes from, in this order: a word in
the clause itself (已, 去年, 今年), a cue earlier in its sentence, the sentence before it in the same
paragraph, the heading above it. Source of the rules: the domain description, section 2.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from plans.numerals import chinese_number
from plans.outline import Kind, Outline, Passage
from targets.extraction.clauses import Clause, Sentence, Tense, clause_spans, sentence_spans
from targets.extraction.cues import (
    CUE,
    DONE,
    FRESH,
    LEAVING,
    NEW_PROMISE,
    NOT_DONE,
    OLD_HEADING,
    PLAN_HEADING,
    PLAN_THIS_YEAR,
    PLAN_TIME,
    PROMISE,
    PROMISED,
    PUNCTUATED,
    REPORT_TITLE,
    REVIEW_HEADING,
    SUMMED,
    WORK_HEADING,
    YEAR_OF_HEADING,
    is_comparison,
)

Time = tuple[Tense, str]  # and the rule that told it

MOST_HEADING = 30  # characters
_TOPIC = 8  # characters from the beginning of a clause within which a cue sets the time of what follows
_MOST_CUTS = 3  # passages that may begin inside one sentence


@dataclass(frozen=True)
class Style:
    """What kind of document it is, as far as time is concerned.

    `reports`: its title says that it tells how far the work is: a sentence without a cue tells what was done;
    `this_year_is_past`: written at the year's end, it plans for 明年.
    """

    reports: bool
    this_year_is_past: bool


def _style_of(folded: str) -> Style:
    head = [line.strip() for line in folded[:800].split("\n") if line.strip()][:6]
    next_year = folded.count("明年")
    return Style(
        reports=any(REPORT_TITLE.search(line) for line in head if len(line) <= 60),
        this_year_is_past=next_year >= 3 and next_year * 2 >= folded.count("今年"),
    )


def sentences(folded: str, outline: Outline, plan_year: int) -> list[Sentence]:
    """All sentences of the document in order, each with its passage, its clauses and their time."""
    reading = _Reading(folded, plan_year, _style_of(folded))
    return [reading.sentence(*placed) for placed in _placed(folded, outline.passages)]


def _placed(folded: str, passages: tuple[Passage, ...]) -> Iterator[tuple[int, int, Passage | None]]:
    """`[start, end)` of every sentence that is not blank, with the passage in which its first word stands."""
    starts = [passage.start for passage in passages]
    place = 0
    for start, end in sentence_spans(folded):
        word = _first_word(folded, start, end)
        if word == end:
            continue
        place = _advanced(starts, place, word)
        for left, right in _cut(start, end, starts[place + 1 : place + 1 + _MOST_CUTS]):
            place = _advanced(starts, place, _first_word(folded, left, right))
            yield left, right, passages[place] if passages else None


def _advanced(starts: list[int], place: int, word: int) -> int:
    """The last of the passages, from `place` on, that has begun where the word stands."""
    while place + 1 < len(starts) and starts[place + 1] <= word:
        place += 1
    return place


def _first_word(folded: str, start: int, end: int) -> int:
    """Where the first character stands that is no space; `end` where there is none."""
    return start if not folded[start].isspace() else end - len(folded[start:end].lstrip())


def _cut(start: int, end: int, begins: list[int]) -> list[tuple[int, int]]:
    """A sentence is cut where a passage begins inside it (一是 after a colon)."""
    inside = [begin for begin in begins if start < begin < end]
    if not inside:
        return [(start, end)]
    cuts = [start, *inside, end]
    return [(left, right) for left, right in pairwise(cuts) if right > left]


class _Reading:
    """Carries the time from sentence to sentence."""

    def __init__(self, folded: str, plan_year: int, style: Style) -> None:
        self.folded = folded
        self.plan_year = plan_year
        self.style = style
        self.default: Time = (Tense.PAST, "progress-report") if style.reports else (Tense.PLAN, "")
        self.carried: Time | None = None  # from the sentences before, in this paragraph
        self.known: dict[int, Time] = {}
        self.loose: Time | None = None  # under a heading without a number
        self.passage: Passage | None = None

    def sentence(self, start: int, end: int, passage: Passage | None) -> Sentence:
        """The sentence with its clauses; sentences are read in their order."""
        folded = self.folded
        if passage is not self.passage:
            self._enter(passage)
        if start == 0 or folded[start - 1] == "\n":
            self.carried = None
            self._loose_heading(start, passage)
        text = folded[start:end]
        found = Sentence(end - len(text.lstrip()), start + len(text.rstrip()), passage)
        begin = found.start
        if passage is not None and found.start == passage.start:
            begin = passage.body_start
        found.chrome = passage is not None and passage.kind in {Kind.FRONT, Kind.BACK}
        self._clauses(found, begin, self._base(begin, end, passage))
        return found

    def _enter(self, passage: Passage | None) -> None:
        if passage is None or self.passage is None or passage.parent is not self.passage:
            self.carried = None
        self.passage = passage
        if passage is None:
            return
        unnumbered = not passage.label and passage.kind != Kind.PREAMBLE
        if unnumbered or (passage.level == 0 and passage.label):
            self.loose = None

    def _base(self, begin: int, end: int, passage: Passage | None) -> Time:
        """The time with which a sentence begins.

        A task's sentence that begins with the work itself speaks of the plan, whatever the one before told.
        """
        if self.carried is None:
            return self._of_passage(passage)
        told = self.carried[0] == Tense.PAST and passage is not None and passage.label
        if told and FRESH.match(self.folded[begin:end].lstrip()):
            self.carried = None
            return self._of_passage(passage)
        return self.carried

    def _loose_heading(self, start: int, passage: Passage | None) -> None:
        """A short line without a full stop and without a number: 2013年工作回顾."""
        line_end = self.folded.find("\n", start)
        line = self.folded[start : line_end if line_end >= 0 else len(self.folded)].strip()
        if not line or len(line) > MOST_HEADING or (passage and passage.start >= start):
            return
        time = None if PUNCTUATED.search(line) else self._heading_time(line)
        if time:
            self.loose = time

    def _of_passage(self, passage: Passage | None) -> Time:
        if passage is None:
            return self.loose or self.default
        key = id(passage)
        if key not in self.known:
            time = self._heading_time(passage.title) if passage.label else None
            if time is None and passage.parent is not None:
                time = self._of_passage(passage.parent)
            self.known[key] = time or self.default
        known = self.known[key]
        return (self.loose or known) if known == self.default else known

    def _heading_time(self, title: str) -> Time | None:
        if len(title) > MOST_HEADING:
            return None
        years = [int(year) for year in YEAR_OF_HEADING.findall(title)]
        looks_back = not years or min(years) < self.plan_year or max(years) == self.plan_year
        if looks_back and REVIEW_HEADING.search(title) and not WORK_HEADING.search(title):
            return Tense.PAST, "review-heading"
        if years and max(years) < self.plan_year and OLD_HEADING.match(title):
            return Tense.PAST, "review-heading"
        if (years and max(years) >= self.plan_year) or PLAN_HEADING.search(title):
            return Tense.PLAN, "plan-heading"
        return None

    def _clauses(self, sentence: Sentence, begin: int, base: Time) -> None:
        """Cut the sentence into clauses, each with its time; what a cue says holds for those behind it."""
        folded = self.folded
        in_review = base[1] == "review-heading"
        now = base
        told = False
        for start, end in clause_spans(folded, begin, sentence.end):
            text = folded[start:end]
            cue, topical = self._cue(text, in_review)
            if cue and topical:
                now = cue
                self.carried = None if cue[1] == "plan-word" else cue
            done = self._done(text, cue or now)
            if now[1] == "already" and NEW_PROMISE.search(text):
                now = base
            tense, rule = done or cue or now
            sentence.clauses.append(Clause(start, end, tense, rule))
            if done and folded[start - 1 : start] != "(" and not SUMMED.search(text):
                now = done
            told = told or rule == "already"
        if told:
            self._told_together(sentence)

    def _told_together(self, sentence: Sentence) -> None:
        """煤矿关闭9座,至今尚未验收: what stands unpromised before what is told is told too."""
        told = next((at for at, clause in enumerate(sentence.clauses) if clause.rule == "already"), 0)
        for clause in sentence.clauses[:told]:
            text = self.folded[clause.start : clause.end]
            calm = clause.tense == Tense.PLAN and clause.rule in {"", "plan-heading"}
            if calm and not PROMISE.search(text):
                clause.tense, clause.rule = Tense.PAST, "told-together"

    def _cue(self, text: str, in_review: bool) -> tuple[Time | None, bool]:
        """The last time cue of a clause, and whether it also holds for what follows.

        It does at the head of the clause (去年,全市…), and everywhere if it promises. Inside a review only
        the plan's own year leads out of the past.
        """
        last: Time | None = None
        topical = False
        for found in CUE.finditer(text):
            time = self._cue_time(text, found, in_review)
            if time:
                last = time
                topical = found.start() <= _TOPIC or time[0] == Tense.PLAN
        return last, topical

    def _cue_time(self, text: str, found: re.Match[str], in_review: bool) -> Time | None:
        if is_comparison(text, found):
            return None
        kind, word = found.lastgroup, found.group()
        if kind == "past" or (word == "今年" and self.style.this_year_is_past):
            return Tense.PAST, "past-cue"
        if kind == "plan":
            leaves = word in LEAVING or PLAN_THIS_YEAR.search(text)
            rule = "plan-cue" if PLAN_TIME.match(word) else "plan-word"
            return None if in_review and not leaves else (Tense.PLAN, rule)
        year = int(word[:4]) if kind == "year" else chinese_number(word[:4].replace("○", "〇")) or 0
        if year < self.plan_year:
            return Tense.PAST, "past-year"
        return None if in_review and year > self.plan_year else (Tense.PLAN, "plan-year")

    def _done(self, text: str, now: Time) -> Time | None:
        if now[0] == Tense.PAST:
            return None
        done = DONE.search(text)
        if done is None or NOT_DONE.search(text, done.end()) or PROMISED.search(text, 0, done.start() + 1):
            return None
        weak = done.group() in {"共", "累计"} and now[1] in {"plan-cue", "plan-word", "plan-year"}
        return None if weak else (Tense.PAST, "already")
