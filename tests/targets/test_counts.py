"""Counting lights, ranking, and what became of a light."""

from __future__ import annotations

from decimal import Decimal

import pytest

from targets.counts import Change, Counts, change, count_lights, ranks
from targets.enums import Light

B, G, Y, R, O, N = Light.BLUE, Light.GREEN, Light.YELLOW, Light.RED, Light.GREY, Light.NONE  # noqa: E741


def test_what_is_not_judged_leaves_the_denominator_and_is_counted_openly() -> None:
    counts = count_lights([G, G, G, B, Y, Y, R, O, N, N, N])
    assert (counts.judged, counts.total, counts.none) == (8, 11, 3)
    assert (counts.on_pace, counts.behind) == (4, 3)
    assert (counts.on_pace_share, counts.behind_share, counts.missing_share) == (
        Decimal("0.5"),
        Decimal("0.375"),
        Decimal("0.125"),
    )


def test_shares_are_not_forced_to_one() -> None:
    counts = Counts(red=2, yellow=4, grey=1, green=9, blue=3, none=1)
    shares = [counts.on_pace_share, counts.behind_share, counts.missing_share]
    assert [round(share * 100, 1) for share in shares if share] == [
        Decimal("63.2"),
        Decimal("31.6"),
        Decimal("5.3"),
    ]


def test_nothing_judged_has_no_share() -> None:
    assert Counts(none=4).on_pace_share is None
    assert Counts().total == 0


def test_counts_add_up_light_by_light() -> None:
    assert Counts(red=1, none=2) + Counts(red=2, blue=1) == Counts(red=3, blue=1, none=2)


def test_ranks_give_ties_the_same_place_and_leave_out_who_has_no_value() -> None:
    values = {"a": Decimal("0.9"), "b": Decimal("0.7"), "c": Decimal("0.7"), "d": Decimal(0), "e": None}
    assert ranks(values) == {"a": 1, "b": 2, "c": 2, "d": 4}


def test_ranks_of_nothing() -> None:
    assert ranks({"a": None}) == {}


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        (None, R, None),  # the first period of a year
        (G, G, None),
        (G, B, Change.BETTER),
        (Y, G, Change.BETTER),
        (R, Y, Change.BETTER),
        (B, G, Change.WORSE),
        (G, Y, Change.WORSE),
        (Y, R, Change.WORSE),
        (R, O, Change.WORSE),  # to stop reporting is never an improvement
        (B, O, Change.WORSE),
        (O, G, Change.BETTER),
        (O, B, Change.BETTER),
        (O, R, Change.NEW),  # nothing to compare with
        (O, Y, Change.NEW),
        (N, R, Change.NEW),
        (N, B, Change.NEW),
        (N, O, Change.NEW),
        (R, N, None),  # not judged now
        (N, N, None),
    ],
)
def test_what_became_of_a_light(before: Light | None, now: Light, expected: Change | None) -> None:
    assert change(before, now) == expected
