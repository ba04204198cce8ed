"""Annotated documents, and how well a reading agrees with them. See tests/corpus/README.md for the marks."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from plans.numerals import fold
from targets.extraction import Reading, read_plan
from targets.extraction.findings import FoundTarget

CORPUS = Path(__file__).resolve().parents[2] / "corpus"
ALIKE = 0.5  # share of character pairs from which an indicator's name is taken for the annotated one
ATTRIBUTES = ("indicator", "comparison", "measure", "year", "commitment")

_MARK = re.compile(r"⟦([^⟧|]*)\|([^⟧|]*)\|([^⟧|]*)\|([^⟧|]*)\|([^⟧|]*)\|([^⟧|]*)⟧")
_NOISE = re.compile(r"[、,，的“”\"()（）\s]|全市|全年|数量$")


@dataclass(frozen=True)
class Marked:
    """One annotated target at its place in the plain text."""

    start: int
    end: int
    indicator: str
    comparison: str
    measure: str
    year: int
    commitment: str


@dataclass(frozen=True)
class Document:
    name: str
    year: int
    text: str
    marks: tuple[Marked, ...]


@dataclass
class Score:
    """Counts over one or more documents."""

    found: int = 0
    marked: int = 0
    hits: int = 0
    right: Counter[str] = field(default_factory=Counter)

    @property
    def f1(self) -> float:
        return 2 * self.hits / (self.found + self.marked) if self.found + self.marked else 1.0

    def share(self, attribute: str) -> float:
        return self.right[attribute] / self.hits if self.hits else 1.0

    def __add__(self, other: Score) -> Score:
        return Score(
            self.found + other.found,
            self.marked + other.marked,
            self.hits + other.hits,
            self.right + other.right,
        )


def plain_and_marks(marked: str) -> tuple[str, tuple[Marked, ...]]:
    """The text without its marks, and what they say, by offsets into it."""
    parts, marks, length, at = [], [], 0, 0
    for hit in _MARK.finditer(marked):
        parts += [marked[at : hit.start()], hit[1]]
        start = length + hit.start() - at
        length = start + len(hit[1])
        at = hit.end()
        marks.append(Marked(start, length, hit[2], hit[3], hit[4], int(hit[5]), hit[6]))
    return "".join([*parts, marked[at:]]), tuple(marks)


def documents(folder: str) -> list[Document]:
    """The annotated plans of one folder, by name."""
    found = []
    for path in sorted((CORPUS / folder).glob("*.gold.txt")):
        text, marks = plain_and_marks(path.read_bytes().decode("utf-8"))
        found.append(Document(path.name, int(path.name[:4]), text, marks))
    return found


def sentences() -> list[tuple[str, Document]]:
    """The single sentences, each in a small plan of its own: below a plan heading (P) or a review's (R)."""
    found = []
    for line in (CORPUS / "sentences.gold.txt").read_text(encoding="utf-8").splitlines():
        parts = re.match(r"([PR]) (\d{4}) (.*)", line)
        if parts is None:
            continue
        kind, year = parts[1], int(parts[2])
        heading = f"一、{year - 1}年工作回顾" if kind == "R" else "一、重点工作"
        text, marks = plain_and_marks(f"某市{year}年工作要点\n\n{heading}\n{parts[3]}\n")
        found.append((kind, Document(parts[3][:30], year, text, marks)))
    return found


def score(document: Document, reading: Reading | None = None) -> Score:
    """How well the rules read one document."""
    reading = reading or read_plan(document.text, document.year)
    free = list(reading.targets)
    result = Score(found=len(free), marked=len(document.marks))
    for mark in document.marks:
        hit = next((t for t in free if t.start < mark.end and mark.start < t.end), None)
        if hit is not None:
            free.remove(hit)
            result.hits += 1
            result.right.update(agreeing(hit, mark))
    return result


def agreeing(target: FoundTarget, mark: Marked) -> Iterable[str]:
    """The attributes in which the target agrees with its mark."""
    if likeness(target.indicator, mark.indicator) >= ALIKE:
        yield "indicator"
    for name in ATTRIBUTES[1:]:
        if str(getattr(target, name)) == str(getattr(mark, name)):
            yield name


def likeness(one: str, other: str) -> float:
    """1 where one name holds the other, else the share of common character pairs."""
    one, other = _NOISE.sub("", fold(one)), _NOISE.sub("", fold(other))
    if one and other and (one in other or other in one):
        return 1.0
    first = {one[at : at + 2] for at in range(len(one) - 1)}
    second = {other[at : at + 2] for at in range(len(other) - 1)}
    return 2 * len(first & second) / (len(first) + len(second)) if first and second else 0.0
