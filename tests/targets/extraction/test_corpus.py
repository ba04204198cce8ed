"""How well the rules read whole documents: the floors below which a change of the rules may not fall."""

from __future__ import annotations

from functools import cache

import pytest

from targets.extraction import read_plan
from tests.targets.extraction.corpus import ATTRIBUTES, Score, documents, score, sentences

# folder: pooled F1, mean F1 over the documents, indicator, comparison, measure, year, commitment
FLOORS = {
    "working": (0.93, 0.93, 0.85, 0.96, 0.93, 0.97, 0.97),
    "unseen": (0.91, 0.91, 0.85, 0.96, 0.92, 0.97, 0.97),
    "blind": (0.93, 0.93, 0.85, 0.96, 0.93, 0.97, 0.97),
}


@cache
def scores(folder: str) -> list[Score]:
    return [score(document) for document in documents(folder)]


def pooled(folder: str) -> Score:
    return sum(scores(folder), Score())


@pytest.mark.parametrize("folder", FLOORS)
def test_targets_are_told_from_other_numbers(folder: str) -> None:
    found = scores(folder)
    assert pooled(folder).f1 >= FLOORS[folder][0]
    assert sum(one.f1 for one in found) / len(found) >= FLOORS[folder][1]


@pytest.mark.parametrize("folder", FLOORS)
@pytest.mark.parametrize(("place", "attribute"), list(enumerate(ATTRIBUTES, 2)))
def test_what_is_said_of_a_target_is_right(folder: str, place: int, attribute: str) -> None:
    assert pooled(folder).share(attribute) >= FLOORS[folder][place]


def test_the_sets_are_large_enough_to_mean_something() -> None:
    assert len(documents("unseen")) >= 10
    for folder in FLOORS:
        assert pooled(folder).marked > 200


def test_the_year_is_read_from_the_document() -> None:
    for folder in FLOORS:
        for document in documents(folder):
            assert read_plan(document.text).year == document.year, document.name


@pytest.mark.parametrize("kind", ["P", "R"])
def test_single_sentences(kind: str) -> None:
    """One phenomenon each; nearly all are read to the last number."""
    found = [score(document) for own, document in sentences() if own == kind]
    perfect = sum(one.hits == one.found == one.marked for one in found)
    assert perfect / len(found) >= 0.94, [len(found), perfect]
