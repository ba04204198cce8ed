"""The two real plans: what the rules read in the document, with the reviewed decisions, is the expected plan.

`tests/expected` holds each plan as people read it; the fixtures hold decisions only.
"""

from __future__ import annotations

import json
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Any

import pytest

from reports.demonstration.structure import FIXTURES, decided_draft, read
from targets.import_draft import Draft, DraftTarget, missing

EXPECTED = Path(__file__).resolve().parents[1] / "expected"
CODES = ["wuhan", "xian"]
NOT_COMPARED = {"sources", "indicator", "order"}  # compared by themselves


def expected(code: str) -> dict[str, Any]:
    return json.loads((EXPECTED / f"{code}-2014.json").read_text(encoding="utf-8"))


@pytest.fixture(params=CODES)
def code(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def made(code: str) -> Draft:
    data = read(f"{code}-2014.json")
    return decided_draft(data, (FIXTURES / data["document"]).read_bytes().decode("utf-8"))


def plain(value: Any) -> Any:
    """As the expected plan writes it: numbers as text, nothing as null."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, tuple):
        return [plain(item) for item in value]
    return value


def row_of(target: DraftTarget, wanted: dict[str, Any]) -> dict[str, Any]:
    return {name: plain(getattr(target, name)) for name in wanted if name not in NOT_COMPARED}


def as_drafted(wanted: dict[str, Any], groups: dict[str, str]) -> dict[str, Any]:
    """The expected row in the draft's words: an absent task is empty, a group is called by its name."""
    row = {name: value for name, value in wanted.items() if name not in NOT_COMPARED}
    return {**row, "task": row["task"] or "", "group": groups.get(row["group"], "")}


def test_the_outline_is_the_documents(code: str, made: Draft) -> None:
    plan = expected(code)
    own = ("path", "parent", "label", "title", "start", "end")
    assert [[getattr(part, name) for name in own] for part in made.sections] == [
        [part[name] for name in own] for part in plan["sections"]
    ]
    own = ("path", "section", "label", "title", "start", "end")
    assert [[getattr(part, name) for name in own] for part in made.tasks] == [
        [part[name] for name in own] for part in plan["tasks"]
    ]


def test_every_target_has_its_fields(code: str, made: Draft) -> None:
    plan = expected(code)
    groups = {group["key"]: group["name"] for group in plan["groups"]}
    assert [row_of(target, wanted) for target, wanted in zip(made.targets, plan["targets"], strict=True)] == [
        as_drafted(wanted, groups) for wanted in plan["targets"]
    ]


def test_every_sentence_stays_with_its_target(code: str, made: Draft) -> None:
    for target, wanted in zip(made.targets, expected(code)["targets"], strict=True):
        found = [
            {name: plain(getattr(source, name)) for name in first if name not in {"kind", "task"}}
            for source, first in zip(target.sources, wanted["sources"], strict=True)
        ]
        assert found == [
            {name: value for name, value in source.items() if name not in {"kind", "task"}}
            for source in wanted["sources"]
        ], target.key


def test_nothing_is_missing(made: Draft) -> None:
    assert missing(made) == []
