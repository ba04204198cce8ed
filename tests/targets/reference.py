"""The progress rule once more, slowly and in plain Python, to hold the SQL of `targets/progress.py` against.

Written from the domain description, sections 4 and 5, table row by table row, in exact fractions; it shares
no thought with the SQL beyond the names of the columns.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, astuple, dataclass, replace
from decimal import Decimal
from fractions import Fraction
from random import Random
from typing import Any

from django.db import connection

from targets.enums import Commitment, Comparison, Due, Light, Measure, Pace, Word
from targets.progress import JUDGED_INPUT, JUDGED_OUTPUT, MILESTONE_INPUT, judged, milestone_lights

UPWARD = (Comparison.AT_LEAST, Comparison.MORE_THAN)
PACED = (Pace.LINEAR, Pace.CUSTOM, Pace.SEASONAL)


@dataclass(frozen=True)
class Case:
    """One row to judge; the fields are the input columns of `judged`, in their order."""

    target_id: int = 1
    allocation_id: int | None = None
    month: int = 6
    measure: str = Measure.FLOW
    comparison: str = Comparison.AT_LEAST
    commitment: str = Commitment.PLAIN
    target_value: Decimal | None = None
    baseline: Decimal | None = None
    pace: str = Pace.LINEAR
    pace_shares: list[Decimal] | None = None
    season_part: Decimal | None = None
    season_whole: Decimal | None = None
    due: str = Due.EVERY
    strict: bool = False
    yellow_floor: Decimal = Decimal("-0.10")
    actual: Decimal | None = None
    not_applicable: bool = False
    incomplete: bool = False


@dataclass(frozen=True)
class Node:
    """One node of a milestone task; the fields are the input columns of `milestone_lights`."""

    task_id: int
    month: int
    node_order: int
    planned_month: int
    done_month: int | None
    has_narrative: bool
    now_month: int
    is_last: bool


def case(text: str) -> Case:
    """A case from one line: measure, comparison, V ("–": none), then in any order

    m6 (end month), A2980 (actual), b1113 (baseline), CONSTANT or another pace, CUSTOM:10/30/60/100,
    SEASONAL:part/whole, STRIVE, HALF, LAST, strict, incomplete, n/a, floor-0.30.
    """
    measure, comparison, value, *tokens = text.split()
    fields: dict[str, Any] = {"target_value": None if value == "–" else Decimal(value)}
    for token in tokens:
        word, _, numbers = token.partition(":")
        if word in Pace.__members__:
            fields["pace"] = Pace(word)
        if word == Pace.CUSTOM:
            fields["pace_shares"] = [Decimal(share) for share in numbers.split("/")]
        elif word == Pace.SEASONAL and numbers:
            fields["season_part"], fields["season_whole"] = map(Decimal, numbers.split("/"))
        elif word in Due.__members__:
            fields["due"] = Due(word)
        elif word in Commitment.__members__:
            fields["commitment"] = Commitment(word)
        elif word in ("strict", "incomplete"):
            fields[word] = True
        elif word == "n/a":
            fields["not_applicable"] = True
        elif word.startswith("floor"):
            fields["yellow_floor"] = Decimal(word.removeprefix("floor"))
        elif word not in Pace.__members__:
            name = {"m": "month", "A": "actual", "b": "baseline"}[word[0]]
            fields[name] = int(word[1:]) if name == "month" else Decimal(word[1:])
    return Case(measure=Measure(measure), comparison=Comparison(comparison), **fields)


def _run(columns: dict[str, str], rows: Sequence[Any], query: Any, order: str) -> list[dict[str, Any]]:
    """Run `query` over the rows as a VALUES list with parameters; the result rows as dictionaries."""
    names = ["position", *columns]
    typed = ", ".join(f"v.{name}::{kind} AS {name}" for name, kind in {"position": "int", **columns}.items())
    line = "(" + ", ".join(["%s"] * len(names)) + ")"
    inputs = f"SELECT {typed} FROM (VALUES {', '.join([line] * len(rows))}) v({', '.join(names)})"
    parameters = [value for number, row in enumerate(rows) for value in (number, *astuple(row))]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM ({query(inputs)}) answer ORDER BY {order}", parameters)
        return [dict(zip([column.name for column in cursor.description], row, strict=True)) for row in cursor]


def judge(cases: Sequence[Case]) -> list[dict[str, Any]]:
    """What the SQL says: its output columns, one dictionary per case, in the order of the cases."""
    assert [*asdict(Case())] == [*JUDGED_INPUT]
    rows = _run(JUDGED_INPUT, cases, judged, "position")
    return [{name: row[name] for name in JUDGED_OUTPUT} for row in rows]


def light_tasks(nodes: Sequence[Node]) -> dict[tuple[int, int], dict[str, Any]]:
    """What the SQL says of milestone tasks, by (task_id, month)."""
    rows = _run(MILESTONE_INPUT, nodes, milestone_lights, "task_id, month")
    return {(row.pop("task_id"), row.pop("month")): row for row in rows}


def half_up(value: Fraction | None) -> Decimal | None:
    """Rounded to ten decimals, halves away from zero."""
    if value is None:
        return None
    whole = int(abs(value) * 10**10 + Fraction(1, 2))
    return Decimal(whole if value >= 0 else -whole).scaleb(-10)


def expected_share(case: Case) -> Fraction | None:
    """s, or None where the pace has none yet."""
    if case.month == 12 or case.pace == Pace.CONSTANT:
        return Fraction(1)
    if case.pace == Pace.YEAR_END:
        return None
    if case.pace == Pace.CUSTOM and case.pace_shares is not None:
        corners = {0: Fraction(0)} | {
            3 * quarter: Fraction(share) / 100 for quarter, share in enumerate(case.pace_shares, start=1)
        }
        before = max(month for month in corners if month < case.month)
        after = before + 3
        return corners[before] + (corners[after] - corners[before]) * Fraction(case.month - before, 3)
    if case.pace == Pace.SEASONAL and case.season_part is not None and (case.season_whole or 0) > 0:
        return min(max(Fraction(case.season_part) / Fraction(case.season_whole), Fraction(0)), Fraction(1))
    return Fraction(case.month, 12)


def first_table(case: Case) -> int | None:
    """The number of the first row of the first table that fits; None without a target value."""
    value, base = case.target_value, case.baseline
    if value is None:
        return None
    upward = case.comparison in UPWARD
    if case.measure == Measure.FLOW and value > 0:
        return 1 if upward else 2
    promised = base is not None and (value > base if upward else value < base)
    if case.measure in (Measure.STOCK, Measure.RATIO) and case.pace in PACED and promised:
        return 3
    return 4 if value == 0 else 5


def is_met(case: Case, actual: Decimal | None) -> bool:
    """Whether the comparison with V holds."""
    value = case.target_value
    if value is None or actual is None:
        return False
    if actual == value:
        return not (case.strict and case.comparison in (Comparison.MORE_THAN, Comparison.LESS_THAN))
    return actual > value if case.comparison in UPWARD else actual < value


def rate_of(case: Case, row: int | None, actual: Decimal | None) -> Fraction | None:
    """The completion rate."""
    if row is None or actual is None:
        return None
    value = Fraction(case.target_value)
    if value > 0:
        return Fraction(actual) / value
    base = Fraction(case.baseline or 0)
    return (Fraction(actual) - base) / (value - base) if row == 3 else None


def distance_of(
    case: Case, row: int | None, share: Fraction | None, actual: Decimal | None
) -> Fraction | None:
    """d; None where the table gives none (in row 4: beyond red)."""
    if row is None or actual is None or (row <= 3 and share is None):
        return None
    figure, value = Fraction(actual), Fraction(case.target_value)
    if row == 1:
        return figure / value - share
    if row == 2:
        return share - figure / value
    if row == 3:
        base = Fraction(case.baseline)
        return (figure - base) / (value - base) - share
    if row == 4:
        return Fraction(0) if is_met(case, actual) else None
    return (figure - value if case.comparison in UPWARD else value - figure) / abs(value)


def expected_of(case: Case, row: int | None, share: Fraction | None) -> Fraction | None:
    """The value expected by now."""
    if row is None or (row <= 3 and share is None):
        return None
    value = Fraction(case.target_value)
    if row <= 2:
        return value * share
    if row == 3:
        return Fraction(case.baseline) + (value - Fraction(case.baseline)) * share
    return value


def second_table(case: Case, row: int | None, actual: Decimal | None, d: Fraction | None) -> tuple[str, str]:
    """The light and its word: the first match."""
    last = case.month == 12
    met, value, share = is_met(case, actual), case.target_value, expected_share(case)
    growing = case.measure in (Measure.FLOW, Measure.STOCK) and case.comparison in UPWARD
    if met and (last or (growing and value > 0)):
        return Light.BLUE, Word.DONE
    not_begun = share == 0 and (case.actual is None or case.actual <= 0)
    waits = case.pace == Pace.YEAR_END and not last
    if not is_due(case) or waits or case.not_applicable or value is None or not_begun:
        return Light.NONE, Word.NOT_JUDGED
    if actual is None:
        return Light.GREY, Word.NOT_REPORTED
    if row == 2 and actual > value:
        return Light.RED, Word.EXCEEDED
    strictly_short = case.strict and case.comparison in (">", "<") and actual == value
    if not last and d is not None and d >= 0 and not strictly_short:
        return Light.GREEN, Word.ON_PACE
    lenient = case.measure == Measure.STOCK and case.baseline is None and not last
    if lenient or (d is not None and d >= Fraction(case.yellow_floor)):
        return Light.YELLOW, Word.MOSTLY_DONE if last else Word.BEHIND
    if not last:
        return Light.RED, Word.FAR_BEHIND
    return Light.RED, Word.STRIVE_MISSED if case.commitment == Commitment.STRIVE else Word.NOT_DONE


def is_due(case: Case) -> bool:
    """Whether a figure is due in this period."""
    if case.due == Due.HALF:
        return case.month in (6, 12)
    return case.due == Due.EVERY or case.month == 12


def expect(case: Case) -> dict[str, Any]:
    """What the rule says of one case, in the output columns of `judged` (the share as one fraction)."""
    actual = None if case.not_applicable or case.incomplete else case.actual
    row, share = first_table(case), expected_share(case)
    d = distance_of(case, row, share, actual)
    light, word = second_table(case, row, actual, d)
    if light == Light.NONE:
        d = None
    in_points = row is not None and row <= 3
    if in_points:
        shown = None if d is None else half_up(d) * 100
    else:
        judged_at_all = light != Light.NONE and actual is not None
        shown = actual - case.target_value if judged_at_all else None
    lacks_baseline = row is not None and case.measure == Measure.STOCK and case.baseline is None
    return {
        "is_last": case.month == 12,
        "is_due": is_due(case),
        "exact_share": share,
        "share": half_up(share),
        "rule_case": row,
        "rate": half_up(rate_of(case, row, actual)),
        "gap": half_up(d),
        "gap_shown": shown,
        "gap_is_points": in_points,
        "expected": half_up(expected_of(case, row, share)),
        "met": is_met(case, actual),
        "missing_baseline": lacks_baseline
        and (case.pace in PACED or (case.pace == Pace.CONSTANT and case.month != 12)),
        "light": light,
        "word": word,
    }


def with_exact_share(row: dict[str, Any]) -> dict[str, Any]:
    """A row of `judge` with its two share columns folded into one fraction, to compare with `expect`."""
    folded = {name: value for name, value in row.items() if not name.startswith("share_")}
    top, bottom = row["share_numerator"], row["share_denominator"]
    return folded | {"exact_share": None if top is None else Fraction(top) / Fraction(bottom)}


def expect_task(nodes: Iterable[Node]) -> dict[str, Any]:
    """What the rule says of one milestone task in one period."""
    ordered = sorted(nodes, key=lambda node: node.node_order)
    first = ordered[0]
    now, narrative = first.now_month, first.has_narrative
    done = [node for node in ordered if node.done_month is not None and node.done_month <= now]
    undone = [node for node in ordered if node not in done]
    due = [node for node in ordered if node.planned_month <= now]
    late = [node for node in undone if node in due]
    if ordered[-1] in done:
        answer = Light.BLUE, Word.DONE
    elif any(node.planned_month <= now - 3 for node in undone) or (first.is_last and undone):
        answer = Light.RED, Word.FAR_BEHIND
    elif late:
        answer = Light.YELLOW, Word.NODE_LATE
    elif due and not narrative:
        answer = Light.GREY, Word.NOT_REPORTED
    elif not narrative:
        answer = Light.NONE, Word.NOT_BEGUN
    else:
        answer = Light.GREEN, Word.ADVANCING
    return {
        "light": answer[0],
        "word": answer[1],
        "overdue_nodes": len(late),
        "due_nodes": len(due),
        "done_nodes": len(done),
        "total_nodes": len(ordered),
    }


NUMBERS = [None, *map(Decimal, ("-3", "0", "0.1", "2.9", "7", "15", "120", "1200", "6725", "20000"))]
HAIRS = [*map(Decimal, ("0", "0", "0", "0.0001", "-0.0001", "0.0000000001", "-3", "3.7"))]
PERCENTS = [*map(Decimal, ("0", "10", "33.3", "40", "50", "100"))]


def random_case(random: Random) -> Case:
    """A case whose figure sits, more often than not, on or a hair beside a boundary of the rule."""
    blank = Case(
        month=random.choice([3, 6, 9, 10, 11, 12, 12, 1]),
        measure=random.choice([*Measure]),
        comparison=random.choice([*Comparison]),
        commitment=random.choice([*Commitment]),
        target_value=random.choice(NUMBERS),
        baseline=random.choice(NUMBERS),
        pace=random.choice([*Pace]),
        pace_shares=random.choice([None, [*sorted(random.choices(PERCENTS, k=3)), Decimal(100)]]),
        season_part=random.choice(NUMBERS),
        season_whole=random.choice(NUMBERS),
        due=random.choice([Due.EVERY, Due.EVERY, Due.HALF, Due.LAST]),
        strict=random.choice([False, True]),
        yellow_floor=random.choice([Decimal("-0.10"), Decimal("-0.30")]),
        not_applicable=random.random() < 0.1,
        incomplete=random.random() < 0.1,
    )
    zero = Decimal(0)
    value, base = blank.target_value or zero, blank.baseline or zero
    expected = expect(blank)["expected"] or zero
    floors = [expected + way * blank.yellow_floor for way in (value, -value, value - base, base - value)]
    corner = random.choice([None, value, value, base, zero, expected, expected, *floors])
    return blank if corner is None else replace(blank, actual=corner + random.choice(HAIRS))
