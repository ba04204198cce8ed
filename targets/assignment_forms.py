"""The assignment page's form, row by row: `k12-lead`, `k12-with`, `k12-others`, `k12-tag`, `k12-was`."""

from __future__ import annotations

from django.http import QueryDict

from accounts.text import whole_number
from targets.figure_columns import tidy_text
from targets.selectors.assignment import Assigned
from targets.services.assigning import AssignmentInput

MOST_ROWS = 1000


def assignment_inputs(data: QueryDict) -> list[AssignmentInput]:
    """What was posted; ids are only read here, the service asks whether they may be chosen."""
    keys = [name.removesuffix("-was") for name in data if name.endswith("-was")]
    return [
        AssignmentInput(
            key,
            Assigned(
                whole_number(data.get(f"{key}-lead")),
                frozenset(whole_number(pk) for pk in data.getlist(f"{key}-with")),
                tidy_text(data.get(f"{key}-others", "")),
                frozenset(whole_number(pk) for pk in data.getlist(f"{key}-tag")),
            ),
            data.get(f"{key}-was", ""),
        )
        for key in keys[:MOST_ROWS]
    ]
