"""As many figures on one sheet as a test wants, in the browser tests' database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from tests.stack import CopiedDatabase

OTHERS = ("id", "key", "order", "name", "group_id", "task_id")


@contextmanager
def more_figures(database: CopiedDatabase, count: int) -> Iterator[None]:
    """Copies of 高新技术产业产值 (W2) that 高新技术处 reports too; gone afterwards, so save none of them."""
    columns = [
        f'"{name}"'
        for (name,) in database.ask(
            "SELECT column_name FROM information_schema.columns WHERE table_name = 'targets_target'"
        )
        if name not in OTHERS
    ]
    listed = ", ".join(columns)
    database.ask(
        f'INSERT INTO targets_target ({listed}, key, "order", name) '
        f"SELECT {listed}, 'N' || n, 1000 + n, name || n FROM targets_target, generate_series(1, %s) n "
        "WHERE key = 'W2'",
        count,
    )
    try:
        yield
    finally:
        database.ask("DELETE FROM targets_target WHERE key ~ '^N[0-9]+$'")
