"""Where a unit stands: the least advanced of its items, and what a draft means before the deadline."""

from __future__ import annotations

import pytest

from targets.enums import State
from targets.standing import MISSING, NO_TASK, ORDER, standing


def test_every_state_has_its_place_in_the_order() -> None:
    assert set(ORDER) == {MISSING, *State}


@pytest.mark.parametrize(
    ("items", "before", "after"),
    [
        ([], NO_TASK, NO_TASK),
        ([MISSING, MISSING], MISSING, MISSING),
        ([MISSING, State.APPROVED], MISSING, MISSING),
        ([MISSING, State.DRAFT], State.DRAFT, MISSING),
        ([State.RETURNED, State.DRAFT], State.RETURNED, State.RETURNED),
        ([State.SUBMITTED, State.REVIEWED], State.SUBMITTED, State.SUBMITTED),
        ([State.PASSED, State.REVIEWED], State.PASSED, State.PASSED),
        ([State.APPROVED, State.REVIEWED], State.REVIEWED, State.REVIEWED),
        ([State.APPROVED], State.APPROVED, State.APPROVED),
    ],
)
def test_the_least_advanced_decides(items: list[str], before: str, after: str) -> None:
    assert standing(items, deadline_passed=False) == before
    assert standing(items, deadline_passed=True) == after
