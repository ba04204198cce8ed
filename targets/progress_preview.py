"""The formula of `targets/progress.py` over numbers that are not approved yet: what a light would be.

Pure text: SQL with the parameters `plan` and `period` (ids) and, of one length, the arrays `targets`,
`parts`, `numbers` and `exempt` (not applicable). It reads the rows that the recompute service reads, and
stores nothing.
"""

from __future__ import annotations

from targets.progress import JUDGED_INPUT, judged
from targets.progress_rows import COLUMNS, INPUTS

_TYPED = {
    "actual": "typed.number",
    "not_applicable": "typed.exempt",
    "incomplete": "false",
    "figure_version": "NULL::smallint",
}
_NAMES = (*JUDGED_INPUT, "figure_version", "period_id", "rule_id")
_COLUMNS = ", ".join(f"{_TYPED.get(name, 'i.' + name)} AS {name}" for name in _NAMES)

TYPED_INPUTS = f"""
SELECT {_COLUMNS}
FROM ({INPUTS}) i
JOIN unnest(%(targets)s::bigint[], %(parts)s::bigint[], %(numbers)s::numeric[], %(exempt)s::boolean[])
    AS typed(target_id, part_id, number, exempt)
    ON typed.target_id = i.target_id AND typed.part_id IS NOT DISTINCT FROM i.allocation_id
WHERE i.target_id = ANY(%(targets)s::bigint[])
"""  # noqa: S608 - composed of this package's own text; values travel as parameters

PREVIEW = f"SELECT {COLUMNS} FROM ({judged(TYPED_INPUTS)}) judged"  # noqa: S608
