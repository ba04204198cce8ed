"""Where a unit stands in a period, for one cell of the reporting matrix (填报进度). Pure: no Django.

A cell shows the least advanced of what the unit owes or has begun, in the order of `ORDER`. Before the unit's
deadline something missing beside a draft counts as being filled in: the unit is at work. From the day after
the deadline it is missing. Source: docs/reporting.md.
"""

from __future__ import annotations

from collections.abc import Collection

from targets.enums import State

MISSING = "MISSING"  # 未报送: owed, and nothing is filled in
NO_TASK = "NO_TASK"  # 无任务: nothing is owed and nothing reported
ORDER = (
    MISSING,
    State.RETURNED,
    State.DRAFT,
    State.SUBMITTED,
    State.PASSED,
    State.REVIEWED,
    State.APPROVED,
)


def standing(items: Collection[str], *, deadline_passed: bool) -> str:
    """The least advanced of these (states and MISSING); NO_TASK for none."""
    found = set(items)
    if State.DRAFT in found and not deadline_passed:
        found.discard(MISSING)
    return min(found, key=ORDER.index, default=NO_TASK)
