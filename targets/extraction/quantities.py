"""Every numeral of a text, with its unit: the tokens that verdicts are given for. Pure: no Django.

A token is a number with its unit (6725亿元, 3—5项, 三分之二), a date, or a run of numeral characters that
turns out to be part of a word (进一步). All work on the folded text, whose offsets are the document's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from plans.numerals import arabic_number
from targets.extraction.chinese_numbers import chinese_token
from targets.extraction.date_patterns import (
    ARABIC_DATE,
    BARE_YEAR,
    DOCUMENT_NUMBER,
)
from targets.extraction.forms import Form, Token, counted_place
from targets.extraction.number_patterns import (
    CIRCLED,
    DASH_AHEAD,
    DASHED,
    FRACTION,
    JOINED,
    JOINED_NUMBERS,
    LETTER,
    LETTER_OR_SIGN,
    LETTERED,
    PER_POPULATION,
    PROPORTION,
    QUANTITY,
    RANGE,
    SLASH_OR_COLON,
    START,
)
from targets.units import MULTIPLIERS, plain

_CHINESE_START = frozenset("零〇○一二三四五六七八九十百千万亿两")


def tokens(folded: str, labels: dict[int, int]) -> Iterator[Token]:
    """Every numeral of the text in order, each character of a numeral in exactly one token.

    `labels` are the outline's printed numbers, start → end: they are ordinals whatever follows. Offsets count
    characters.
    """
    arabic = _Arabic(folded)
    at = 0
    while (found := START.search(folded, at)) is not None:
        start = found.start()
        character = found.group()
        if start in labels:
            token = Token(start, labels[start], Form.ORDINAL, "outline-label")
        elif "0" <= character <= "9":
            token = arabic.token(start)
        elif character in _CHINESE_START:
            token = chinese_token(folded, start)
        else:
            token = _circled(folded, start)
        yield token
        at = token.end


def _circled(folded: str, start: int) -> Token:
    found = CIRCLED.match(folded, start)
    return Token(start, found.end() if found else start + 1, Form.ORDINAL, "circled-number")


class _Arabic:
    """Reads Arabic numerals; remembers how far it has looked ahead, so that nothing is searched twice."""

    def __init__(self, folded: str) -> None:
        self.folded = folded
        self.run_end = 0  # of the run of digits, letters and signs
        self.letter_or_sign = -1  # the next one
        self.letter = -1
        self.unnumbered_until = 0  # so far no 号 ends the run of digits and dashes

    def token(self, start: int) -> Token:
        """The token that begins with the digit at `start`."""
        folded = self.folded
        if start and folded[start - 1] == "第":
            return counted_place(folded, start)
        named = self._date(start) or self._with_letters(start) or _proportion(folded, start)
        return named or self._number(start)

    def _date(self, start: int) -> Token | None:
        if start >= self.unnumbered_until:
            found = DOCUMENT_NUMBER.match(self.folded, start)
            if found:
                return Token(start, found.end(), Form.DATE, "document-number")
            run = DASHED.match(self.folded, start)
            self.unnumbered_until = run.end() if run else start
        found = ARABIC_DATE.match(self.folded, start)
        return Token(start, found.end(), Form.DATE, "date") if found else None

    def _with_letters(self, start: int) -> Token | None:
        """PM2.5, 5G, 4A, 1+6+N, 3·15: digits that abut letters or are joined by signs."""
        folded = self.folded
        before = folded[start - 1] if start else ""
        joined_before = before in "+·×" and start > 1 and folded[start - 2].isalnum()
        if joined_before or (before.isascii() and before.isalpha()):
            return self._lettered(start)
        end = self._run_end(start)
        self.letter_or_sign = self._next(LETTER_OR_SIGN, self.letter_or_sign, start)
        if self.letter_or_sign >= end:
            return None
        self.letter = self._next(LETTER, self.letter, start)
        if self.letter < end:
            quantity = QUANTITY.match(folded, start)
            if not (quantity and quantity["u1"]):
                return self._lettered(start)
        if JOINED_NUMBERS.match(folded, start):
            joined = JOINED.match(folded, start)
            return Token(start, joined.end() if joined else start + 1, Form.NAME, "joined-by-signs")
        return None

    def _run_end(self, start: int) -> int:
        if start >= self.run_end:
            run = LETTERED.match(self.folded, start)
            self.run_end = run.end() if run else start
        return self.run_end

    def _next(self, pattern: re.Pattern[str], known: int, start: int) -> int:
        """Where the pattern is found next; `known` is where it was found the last time."""
        if known >= start:
            return known
        found = pattern.search(self.folded, start)
        return found.start() if found else len(self.folded)

    def _lettered(self, start: int) -> Token:
        name = self.folded[start : self._run_end(start)].rstrip(".-")
        return Token(start, start + len(name), Form.NAME, "letters-and-digits")

    def _number(self, start: int) -> Token:
        dashed = DASH_AHEAD.match(self.folded, start)
        return (dashed and _range(self.folded, start)) or _single(self.folded, start)


def _proportion(folded: str, start: int) -> Token | None:
    """15/10万, 1:2, 2/3."""
    if SLASH_OR_COLON.match(folded, start) is None:
        return None
    rate = PER_POPULATION.match(folded, start)
    if rate:
        value, unit = arabic_number(rate[1]), f"/{rate[2]}"
        return Token(start, rate.end(), Form.QUANTITY, "rate", value=value, unit=unit)
    proportion = PROPORTION.match(folded, start)
    if proportion:
        return Token(start, proportion.end(), Form.NAME, "proportion")
    fraction = FRACTION.match(folded, start)
    if fraction and int(fraction[1]) < int(fraction[2]) <= 100:
        value = plain(Decimal(fraction[1]) / Decimal(fraction[2]))
        return Token(start, fraction.end(), Form.QUANTITY, "fraction", value=value, unit="1")
    return None


def _range(folded: str, start: int) -> Token | None:
    """3—5项, 1000万—2亿元: the second number bounds the first; its unit holds for both."""
    found = RANGE.match(folded, start)
    if not found or (found["u1"] and not found["u2"]):
        return None
    unit = _unit_of(found["u2"], found["m2"])
    low, high = arabic_number(found["n1"]), arabic_number(found["n2"])
    if found["u1"] and _unit_of(found["u1"], found["m1"]) != unit:
        if found["u1"] != found["u2"]:
            return None
        low = low * MULTIPLIERS.get(found["m1"], 1) / MULTIPLIERS.get(found["m2"], 1)
    elif found["m1"] and found["m1"] != found["m2"]:
        low = low * MULTIPLIERS[found["m1"]] / MULTIPLIERS.get(found["m2"], 1)
    if not found["u2"] and not found["m2"]:
        years = BARE_YEAR.match(folded, start)
        form, rule = (Form.DATE, "years") if years else (Form.BARE, "bare-range")
        return Token(start, found.end("n2"), form, rule, value=low, high=high)
    if high <= low:
        return None
    return Token(start, _end(found, "2"), Form.QUANTITY, "range", value=plain(low), high=high, unit=unit)


def _end(found: re.Match[str], which: str) -> int:
    """The end of number and unit, without the space that would lead to nothing."""
    for group in ("u", "w", "m", "v", "n"):
        if found[group + which]:
            return found.end(group + which)
    return found.end()


def _single(folded: str, start: int) -> Token:
    found = QUANTITY.match(folded, start)
    assert found is not None  # a digit stands here
    value = arabic_number(found["n1"])
    vague = bool(found["v1"] or found["w1"])
    if found["u1"] is None and not found["m1"]:
        if BARE_YEAR.match(folded, start):
            return Token(start, found.end("n1"), Form.DATE, "year")
        return Token(start, found.end("n1"), Form.BARE, "bare-number", value=value)
    unit = _unit_of(found["u1"], found["m1"])
    return Token(
        start, _end(found, "1"), Form.QUANTITY, "number-and-unit", value=value, unit=unit, vague=vague
    )


def _unit_of(unit: str | None, multiplier: str | None) -> str:
    return (multiplier or "") + (unit or "")
