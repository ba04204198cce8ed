"""From the document's text to its reading: outline, targets, and a verdict for every numeral. Pure: no Django."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from typing import Any

from plans.numerals import chinese_number, fold
from plans.outline import Kind, Outline, Passage, read_outline
from targets.enums import Measure
from targets.extraction.attributes import (
    baseline_of,
    commitment_of,
    comparison_of,
    direction_of,
    measure_of,
    year_due,
)
from targets.extraction.findings import FoundTarget, Judgement, Part, Verdict
from targets.extraction.indicators import Subject, indicator_of, names_nothing, subject_of
from targets.extraction.mentions import Mention, mentions_of, whole_left
from targets.extraction.quantities import Form, Token, in_base_unit, tokens
from targets.extraction.repeats import with_repeats
from targets.extraction.sentences import REVIEW_HEADING, Sentence, sentences
from targets.extraction.frames import compares
from targets.extraction.lexicon import promises
from targets.extraction.verdicts import Quotations, judge

DEFAULT_YEAR = 2000  # of a text that names no year at all

_PLAN_TITLE = re.compile(r"要点|计划|安排|思路|打算|任务|目标|部署|工作|清单|实事|项目|意见|报告")
_CHINESE_YEAR = re.compile(r"(二[〇○零一][〇○零一二三四五六七八九]{2})年")
_ANY_YEAR = re.compile(r"(?<!\d)((?:19|20)\d{2}) ?年")
_GOAL_HEADING = re.compile(r"目标|指标|预期|思路|总体要求|指导思想|基本思路")


@dataclass(frozen=True)
class Reading:
    """Everything the rules found in one document."""

    text: str
    year: int
    outline: Outline
    sections: tuple[Part, ...]
    tasks: tuple[Part, ...]
    targets: tuple[FoundTarget, ...]
    ledger: tuple[Judgement, ...]

    def as_json(self) -> dict[str, Any]:
        """The machine-readable form that `extract_plan` prints and an import stores; numbers are strings."""
        return {
            "year": self.year,
            "sections": [part.as_json() for part in self.sections],
            "tasks": [part.as_json() for part in self.tasks],
            "targets": [_target_json(target, self.text) for target in self.targets],
            "ledger": [
                {
                    "start": entry.start,
                    "end": entry.end,
                    "text": self.text[entry.start : entry.end],
                    "verdict": entry.verdict.value,
                    "rule": entry.rule,
                }
                for entry in self.ledger
            ],
        }


def _target_json(target: FoundTarget, text: str) -> dict[str, Any]:
    base, base_unit = in_base_unit(target.value, target.unit)
    return {
        "id": target.id,
        "path": target.path,
        "sentence": text[target.sentence_start : target.sentence_end].strip(),
        "sentence_start": target.sentence_start,
        "sentence_end": target.sentence_end,
        "start": target.start,
        "end": target.end,
        "quote": text[target.start : target.end],
        "indicator": target.indicator,
        "comparison": target.comparison,
        "wording": target.wording,
        "commitment": target.commitment.value,
        "commitment_wording": target.commitment_wording,
        "value": f"{target.value:f}",
        "value_high": None if target.high is None else f"{target.high:f}",
        "unit": "" if target.unit == "1" else target.unit,
        "value_base": f"{base:f}",
        "base_unit": base_unit,
        "measure": target.measure.value,
        "year": target.year,
        "baseline": None if target.baseline is None else f"{target.baseline:f}",
        "repeat_of": target.repeat_of,
        "rule": target.rule,
        "approximate": target.approximate,
        "direction": target.direction.value,
        "group": target.group,
    }


def read_plan(text: str, year: int | None = None) -> Reading:
    """Read a published work plan. `year` is the plan's; without it the title and the text tell.

    Deterministic and linear in the length of the text; never raises for a text.
    """
    folded = fold(text)
    outline = read_outline(text)
    plan_year = year or year_of(folded, outline)
    found = _Finder(folded, outline, plan_year)
    found.read()
    sections, tasks = parts_of(outline, text)
    return Reading(text, plan_year, outline, sections, tasks, tuple(found.targets), tuple(found.ledger))


def year_of(folded: str, outline: Outline) -> int:
    """The plan's year: from the title, else from a heading of goals or tasks, the date above the text, or the
    year named most.

    A heading that looks back (2013年工作回顾) is of the year before; where the title speaks of 明年, the plan
    is of the year after the date.
    """
    head = [line.strip() for line in folded[:1500].split("\n") if line.strip()][:9]
    short = [line for line in head if len(line) <= 80]
    titled = [year for line in short if _names_plan(line) for year in _years_in(line)]
    if titled:
        return max(titled)
    headed = [year for part in outline.numbered if _names_plan(part.title) for year in _years_in(fold(part.title))]
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
    strong = re.search(r"要点|计划|安排|思路|打算|任务|目标|部署", line)
    return bool(strong or _PLAN_TITLE.search(line) and not REVIEW_HEADING.search(line))


def _years_in(line: str) -> list[int]:
    named = [int(hit) for hit in _ANY_YEAR.findall(line)]
    named += [chinese_number(hit.replace("○", "〇")) or 0 for hit in _CHINESE_YEAR.findall(line)]
    return [year for year in named if 1990 <= year <= 2100]


_DEFINING = frozenset({Verdict.THRESHOLD, Verdict.NAME, Verdict.WORD})
_SHARED = frozenset({Verdict.SCOPE, Verdict.PAST})


class _Finder:
    """Walks the sentences once and keeps what the rules say."""

    def __init__(self, folded: str, outline: Outline, plan_year: int) -> None:
        self.folded = folded
        self.outline = outline
        self.plan_year = plan_year
        self.quotations = Quotations.of(folded)
        self.targets: list[FoundTarget] = []
        self.ledger: list[Judgement] = []
        self.goals: set[str] = set()
        self.groups = 0
        self.carried = Subject()
        self.passage: Passage | None = None

    def read(self) -> None:
        found = list(tokens(self.folded, self.outline.labels()))
        at = 0
        for sentence in sentences(self.folded, self.outline, self.plan_year):
            inside = []
            while at < len(found) and found[at].start < sentence.end:
                inside.append(found[at])
                at += 1
            if inside:
                self._sentence(sentence, inside)
        self.ledger.sort(key=lambda entry: entry.start)
        self._mark_repeats()

    def _sentence(self, sentence: Sentence, inside: list[Token]) -> None:
        if self.folded[sentence.start - 1 : sentence.start] in {"", "\n"} or sentence.passage is not self.passage:
            self.carried = Subject()
            self.passage = sentence.passage
        carried = self.carried
        last: FoundTarget | None = None
        rulings: dict[int, tuple[Verdict, str]] = {}
        for mention in mentions_of(self.folded, sentence, inside):
            verdict, rule = self._inherited(mention, judge(mention, self.quotations), rulings)
            if mention.token.form in {Form.QUANTITY, Form.BARE}:
                rulings[mention.token.start] = (verdict, rule)
            if mention.before is not None and rulings.get(mention.before.token.start, ("", ""))[0] in _DEFINING:
                mention.left = whole_left(mention)
            if verdict == Verdict.TARGET:
                target, carried = self._target(mention, rule, carried)
                if target.year < self.plan_year:
                    verdict, rule = Verdict.PAST, "past-year"
                else:
                    target = self._grouped(target, last, mention)
                    last = target
                    self.targets.append(target)
                    if target.year != self.plan_year:
                        verdict = Verdict.OTHER_YEAR
            elif mention.token.form == Form.QUANTITY:
                carried = self._subject(mention, carried)
            self.carried = carried
            token = mention.token
            self.ledger.append(Judgement(token.start, token.end, verdict, rule))

    def _inherited(
        self, mention: Mention, ruling: tuple[Verdict, str], rulings: dict[int, tuple[Verdict, str]]
    ) -> tuple[Verdict, str]:
        """100户企业、60个项目, 其中国家级2家: what is joined to a number without a verb of its own shares its lot."""
        if ruling[0] != Verdict.TARGET or not rulings:
            return ruling
        before = mention.before
        if before is None:
            earlier = next((ruled for ruled in reversed(rulings.values()) if ruled[0] not in _DEFINING), ruling)
            if promises(mention.left) or compares(mention):
                return ruling
            if earlier[1] == "rate-paid" and "元" in mention.token.unit:
                return earlier
            bracket = self.folded[mention.clause.start - 1 : mention.clause.start] == "("
            if earlier[1] == "standing-fact":
                return earlier
            if earlier[0] == Verdict.PAST and (bracket or mention.clause_left.startswith("其中")):
                return Verdict.PAST, "part-of"
            return ruling
        earlier = rulings.get(before.token.start, ruling)
        shared = earlier[0] in _SHARED or earlier[1] == "rate-paid"
        if shared and not promises(mention.left) and not compares(mention):
            return earlier if earlier[1] == "rate-paid" else (earlier[0], "joined-to")
        return ruling

    def _subject(self, mention: Mention, carried: Subject) -> Subject:
        """A number that is no target still names what the next one speaks of (从X提高到Y)."""
        name = indicator_of(mention, carried)
        measure = measure_of(mention, name, comparison_of(mention)) if mention.token.unit == "%" else None
        return subject_of(mention, name, measure)

    def _target(self, mention: Mention, rule: str, carried: Subject) -> tuple[FoundTarget, Subject]:
        token = mention.token
        comparing = comparison_of(mention)
        indicator = indicator_of(mention, carried)
        goes_on = carried.measure if carried.unit == token.unit else None
        measure = measure_of(mention, indicator, comparing, goes_on)
        if measure == goes_on == Measure.GROWTH and names_nothing(mention):
            indicator = carried.name
        commitment, commitment_wording = commitment_of(mention, self.folded)
        assert token.value is not None
        passage = mention.sentence.passage
        target = FoundTarget(
            id=f"T{len(self.targets) + 1}",
            path=passage.path if passage else "",
            start=token.start,
            end=token.end,
            sentence_start=mention.sentence.start,
            sentence_end=mention.sentence.end,
            indicator=indicator,
            comparison=comparing.sign,
            wording=comparing.wording,
            commitment=commitment,
            commitment_wording=commitment_wording,
            value=token.value,
            high=token.high,
            unit=token.unit,
            measure=measure,
            year=year_due(mention.sentence, mention, self.folded, self.plan_year),
            baseline=baseline_of(mention),
            rule=rule,
            approximate=comparing.approximate,
            direction=direction_of(mention, measure),
        )
        if passage is not None and _in_goals(passage):
            self.goals.add(target.id)
        return target, subject_of(mention, indicator, measure)

    def _grouped(self, target: FoundTarget, last: FoundTarget | None, mention: Mention) -> FoundTarget:
        """增幅20%以上,力争突破6725亿元: two conditions on one thing are a group."""
        if last is None or last.sentence_start != target.sentence_start or mention.left.strip() == "":
            return target
        growth, level = (last, target) if last.measure == Measure.GROWTH else (target, last)
        if growth.measure != Measure.GROWTH or level.measure not in {Measure.FLOW, Measure.STOCK}:
            return target
        bare = re.sub(r"(?:增长|增幅|增速|下降|降幅|提高)+$", "", growth.indicator)
        if bare != level.indicator or growth.year != level.year:
            return target
        if last.group is None:
            self.groups += 1
        name = last.group or f"G{self.groups}"
        self.targets[-1] = replace(last, group=name)
        return replace(target, group=name)

    def _mark_repeats(self) -> None:
        self.targets = with_repeats(self.targets, self.goals)
        repeats = {target.start for target in self.targets if target.repeat_of and target.year == self.plan_year}
        self.ledger = [
            replace(entry, verdict=Verdict.REPEAT) if entry.start in repeats and entry.verdict == Verdict.TARGET else entry
            for entry in self.ledger
        ]


def _in_goals(passage: Passage) -> bool:
    here: Passage | None = passage
    while here is not None:
        if here.kind == Kind.PREAMBLE or _GOAL_HEADING.search(here.title) and here.children:
            return True
        here = here.parent
    return False


def parts_of(outline: Outline, text: str) -> tuple[tuple[Part, ...], tuple[Part, ...]]:
    """Sections and tasks of the plan. A task is the lowest numbered passage that stands on lines of its own.

    Under a heading of goals or of a review, and for points inside a paragraph, there are no tasks.
    """
    sections: list[Part] = []
    tasks: list[Part] = []
    for passage in outline.passages:
        if passage.kind == Kind.PREAMBLE:
            sections.append(Part(passage.path, "", passage.title, passage.start, passage.end))
        if passage.kind != Kind.PASSAGE:
            continue
        role = _role(passage)
        if role in {"section", "both"}:
            sections.append(Part(passage.path, passage.label, passage.title, passage.start, passage.end))
        if role in {"task", "both"}:
            end = passage.start + len(text[passage.start : passage.end].rstrip())
            tasks.append(Part(passage.path, passage.label, passage.title, passage.start, end))
    return tuple(sections), tuple(tasks)


def _role(passage: Passage) -> str:
    below = [child for child in passage.children if child.kind == Kind.PASSAGE]
    without_tasks = _without_tasks(passage)
    if passage.level == 0:
        return "section" if below or without_tasks else "both"
    if without_tasks:
        return "section" if below else "goal"
    if _is_detail(passage):
        return "detail"
    if below and not all(_is_detail(child) for child in below):
        return "section"
    return "task"


def _is_detail(passage: Passage) -> bool:
    """(1), ① and dashes below a numbered task are its details."""
    parent = passage.parent
    deep = re.match(r"\(\d|\d+\)|[①-⑳]|-|[•●◆■▪·]|首先|其次|再次|最后|\d+\.\d+\.\d", fold(passage.label))
    return bool(deep and parent is not None and parent.level >= 1)


def _without_tasks(passage: Passage) -> bool:
    here: Passage | None = passage
    while here is not None:
        if REVIEW_HEADING.search(here.title) and here.level <= 1:
            return True
        if _GOAL_HEADING.search(here.title) and here.level <= 1 and len(here.title) <= 16:
            return True
        here = here.parent
    return False



