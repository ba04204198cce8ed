"""Walks the sentences of a plan once and keeps what the rules say of each numeral. Pure: no Django."""

from __future__ import annotations

import re

from plans.outline import Outline, Passage
from targets.enums import Measure
from targets.extraction.clauses import Sentence
from targets.extraction.commitments import commitment_of
from targets.extraction.comparisons import baseline_of, comparison_of
from targets.extraction.due_years import year_due
from targets.extraction.findings import Comparing, FoundTarget, Judgement, Verdict
from targets.extraction.forms import Form, Token
from targets.extraction.frames import SHARES, Ruling
from targets.extraction.indicators import Subject, growth_name, indicator_of, names_nothing, subject_of
from targets.extraction.joined import DEFINING, inherited
from targets.extraction.lexicon import promises
from targets.extraction.measures import direction_of, measure_of
from targets.extraction.mentions import Mention, mentions_of, whole_left
from targets.extraction.parts import in_goals
from targets.extraction.quantities import tokens
from targets.extraction.repeats import with_repeats
from targets.extraction.sentences import sentences
from targets.extraction.tables import Cell, read_tables
from targets.extraction.verdicts import Quotations, judge, verdict_of_form

# Such numbers name what the next one speaks of, though they are no targets: 由X提高到Y
_NAMING = frozenset({Verdict.PAST, Verdict.BASELINE, Verdict.SCOPE})
_GROWTH_TAIL = re.compile(r"(?:增长|增幅|增速|下降|降幅|提高)+$")


def find_targets(
    folded: str, outline: Outline, plan_year: int
) -> tuple[tuple[FoundTarget, ...], tuple[Judgement, ...]]:
    """The targets in the order of the text, repeats among them, and the verdict of every numeral."""
    finder = _Finder(folded, outline, plan_year)
    finder.read()
    targets = with_repeats(finder.targets, finder.goals)
    repeats = {target.start for target in targets if target.repeat_of and target.year == plan_year}
    ledger = [
        Judgement(entry.start, entry.end, Verdict.REPEAT, entry.rule)
        if entry.start in repeats and entry.verdict is Verdict.TARGET
        else entry
        for entry in sorted(finder.ledger, key=lambda entry: entry.start)
    ]
    return tuple(targets), tuple(ledger)


def _shape(mention: Mention, comparing: Comparing, measure: Measure) -> str:
    """The rule of a target: in which of the four shapes the promise is written."""
    if comparing.wording:
        return "compared-value"
    if measure is Measure.GROWTH:
        return "change-of-a-year"
    counted = mention.token.unit not in SHARES and promises(mention.left)
    return "work-and-count" if counted else "named-value"


class _Finder:
    """Carries from sentence to sentence what was found and what the last number spoke of."""

    def __init__(self, folded: str, outline: Outline, plan_year: int) -> None:
        self.folded = folded
        self.outline = outline
        self.plan_year = plan_year
        self.quotations = Quotations.of(folded)
        self.targets: list[FoundTarget] = []
        self.ledger: list[Judgement] = []
        self.goals: set[str] = set()  # targets that the plan states among its goals
        self.cells: dict[int, Cell] = {}
        self.groups = 0
        self.carried = Subject()
        self.passage: Passage | None = None
        self.last: FoundTarget | None = None  # of this sentence

    def read(self) -> None:
        """Fill `targets`, `goals` and `ledger`."""
        found = list(tokens(self.folded, self.outline.labels()))
        self.cells = read_tables(self.folded, found, self.plan_year)
        at = 0
        for sentence in sentences(self.folded, self.outline, self.plan_year):
            begin = at
            while at < len(found) and found[at].start < sentence.end:
                at += 1
            if at > begin:
                self._sentence(sentence, found[begin:at])

    def _sentence(self, sentence: Sentence, inside: list[Token]) -> None:
        new_line = self.folded[sentence.start - 1 : sentence.start] in {"", "\n"}
        if new_line or sentence.passage is not self.passage:
            self.carried = Subject()
            self.passage = sentence.passage
        self.last = None
        rulings: dict[int, Ruling] = {}
        for token, mention in mentions_of(self.folded, sentence, inside):
            if mention is None:
                verdict, rule = verdict_of_form(token, sentence, self.quotations)
            else:
                verdict, rule = self._number(mention, rulings)
            self.ledger.append(Judgement(token.start, token.end, verdict, rule))

    def _number(self, mention: Mention, rulings: dict[int, Ruling]) -> Ruling:
        """The verdict of a number; a target is kept. `rulings` are those before it in its sentence."""
        cell = self.cells.get(mention.token.start)
        if cell is not None:
            return self._tabled(mention, cell)
        ruling = inherited(mention, judge(mention, self.quotations), rulings)
        rulings[mention.token.start] = ruling
        before = mention.before
        if before is not None and rulings[before.token.start][0] in DEFINING:
            mention.left = whole_left(mention)
        if ruling[0] is Verdict.TARGET:
            return self._promised(mention)
        if mention.token.form is Form.QUANTITY and ruling[0] in _NAMING:
            self.carried = self._subject(mention)
        return ruling

    def _tabled(self, mention: Mention, cell: Cell) -> Ruling:
        """A number in a table is what its column says."""
        if not cell.promised:
            return Verdict.PAST, "table-column"
        mention.left = cell.name
        return self._promised(mention)

    def _promised(self, mention: Mention) -> Ruling:
        target = self._grouped(self._target(mention), mention)
        self.last = target
        self.targets.append(target)
        return (Verdict.TARGET if target.year == self.plan_year else Verdict.OTHER_YEAR), target.rule

    def _subject(self, mention: Mention) -> Subject:
        """A number that is no target still names what the next one speaks of (从X提高到Y)."""
        name = indicator_of(mention, self.carried)
        measure = measure_of(mention, name, comparison_of(mention)) if mention.token.unit == "%" else None
        return subject_of(mention, name, measure)

    def _target(self, mention: Mention) -> FoundTarget:
        token, sentence = mention.token, mention.sentence
        comparing = comparison_of(mention)
        indicator, measure = self._named(mention, comparing)
        commitment, commitment_wording = commitment_of(mention)
        assert token.value is not None  # a number that may be promised has one
        self.carried = subject_of(mention, indicator, measure)
        return FoundTarget(
            id=self._next_id(sentence.passage),
            path=sentence.passage.path if sentence.passage else "",
            start=token.start,
            end=token.end,
            sentence_start=sentence.start,
            sentence_end=sentence.end,
            indicator=indicator,
            comparison=comparing.sign,
            wording=comparing.wording,
            commitment=commitment,
            commitment_wording=commitment_wording,
            value=token.value,
            high=token.high,
            unit=token.unit,
            measure=measure,
            year=year_due(mention, self.plan_year),
            baseline=baseline_of(mention),
            rule=_shape(mention, comparing, measure),
            approximate=comparing.approximate,
            direction=direction_of(mention, measure),
        )

    def _named(self, mention: Mention, comparing: Comparing) -> tuple[str, Measure]:
        """Indicator and measure; a number without a name of its own goes on with the growth before it."""
        carried = self.carried
        indicator = indicator_of(mention, carried)
        goes_on = carried.measure if carried.unit == mention.token.unit else None
        measure = measure_of(mention, indicator, comparing, goes_on)
        if measure == goes_on == Measure.GROWTH and names_nothing(mention):
            indicator = carried.name
        if measure is Measure.GROWTH:
            indicator = growth_name(indicator, mention)
        return indicator, measure

    def _next_id(self, passage: Passage | None) -> str:
        name = f"T{len(self.targets) + 1}"
        if passage is not None and in_goals(passage):
            self.goals.add(name)
        return name

    def _grouped(self, target: FoundTarget, mention: Mention) -> FoundTarget:
        """增幅20%以上,力争突破6725亿元: two conditions on one thing are a group."""
        last = self.last
        if last is None or not mention.left.strip():
            return target
        growth, level = (last, target) if last.measure == Measure.GROWTH else (target, last)
        if growth.measure != Measure.GROWTH or level.measure not in {Measure.FLOW, Measure.STOCK}:
            return target
        if growth.year != level.year or _GROWTH_TAIL.sub("", growth.indicator) != level.indicator:
            return target
        if last.group is None:
            self.groups += 1
        name = last.group or f"G{self.groups}"
        self.targets[-1] = last._replace(group=name)
        return target._replace(group=name)
