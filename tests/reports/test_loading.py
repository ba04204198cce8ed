"""`manage.py prepare` on an empty database, as run.py calls it, and again with everything there."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest

from tests.stack import ROOT, CopiedDatabase

pytestmark = pytest.mark.django_db


@pytest.fixture
def empty(django_db_setup: None) -> Iterator[CopiedDatabase]:
    with CopiedDatabase("empty", template="template1") as database:
        yield database


def prepare(database: CopiedDatabase, *arguments: str, demo: str = "1") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", "prepare", *arguments],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": database.url, "DEMO": demo},
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )


def lights(database: CopiedDatabase, month: int) -> dict[object, tuple[object, object, object]]:
    rows = database.ask(
        "SELECT t.key, p.light, p.word, p.actual FROM targets_progress p "
        "JOIN targets_target t ON t.id = p.target_id JOIN targets_period d ON d.id = p.period_id "
        "WHERE d.month = %s AND p.allocation_id IS NULL",
        month,
    )
    return {key: (light, word, actual) for key, light, word, actual in rows}


def test_through_the_year_loads_the_real_results_and_a_second_start_changes_nothing(
    empty: CopiedDatabase,
) -> None:
    first = prepare(empty, "--through", "year")
    assert "wuhan_reporter" in first.stdout
    year = lights(empty, 12)
    assert year["W2"][:2] == ("BLUE", "DONE")  # exactly 6725: done, unless the strict switch is on
    assert year["W4"][:2] == ("YELLOW", "MOSTLY_DONE")
    assert [year[key][0] for key in ("W1", "W5", "W6", "W11", "X6")] == ["BLUE"] * 5
    assert year["W10"][:2] == ("RED", "STRIVE_MISSED")  # 163 of 200, 力争
    assert {
        key for key, (light, _word, actual) in year.items() if actual is None and light != "GREY"
    } == set()
    real = empty.ask(
        "SELECT count(*) FROM targets_figure f JOIN targets_period p ON p.id = f.period_id "
        "WHERE p.month = 12 AND (f.is_sample OR f.source = '')"
    )
    assert real == [(0,)]
    ((before,),) = empty.ask("SELECT count(*) FROM accounts_auditevent")
    assert "wuhan_reporter" in prepare(empty).stdout
    assert empty.ask("SELECT count(*) FROM accounts_auditevent") == [(before,)]


def test_outside_the_demonstration_there_is_nothing_but_tables(empty: CopiedDatabase) -> None:
    prepare(empty, demo="0")
    assert empty.ask("SELECT count(*) FROM accounts_user") == [(0,)]
    assert empty.ask("SELECT count(*) FROM accounts_bureau") == [(0,)]
