"""The broker is down while a figure is approved: the approval succeeds and progress catches up by itself."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.stack import Broker, CopiedDatabase, Stack, wait_until
from tests.visitor import Visitor

pytestmark = [pytest.mark.faults, pytest.mark.django_db]


def approve_everything_that_waits(office: Visitor) -> int:
    """What the office does on its review page; returns how many items it approved."""
    page = office.get("/review/")
    assert page.status == 200
    items = re.findall(r'name="item"[^>]*value="([^"]+)"|value="([^"]+)"[^>]*name="item"', page.text)
    chosen = [first or second for first, second in items]
    period = re.search(r'name="period"[^>]*value="(\d+)"', page.text)
    assert period is not None
    answer = office.post("/review/decide/", item=chosen, period=period[1], decision="approve", reason="")
    assert answer.status == 200
    return len(chosen)


def behind(database: CopiedDatabase) -> int:
    ((count,),) = database.ask("SELECT count(*) FROM targets_recompute WHERE computed < requested")
    assert isinstance(count, int)
    return count


def counted_version(database: CopiedDatabase, key: str) -> object:
    """The figure version that the stored light of September was computed from."""
    ((version,),) = database.ask(
        "SELECT figure_version FROM targets_progress p JOIN targets_target t ON t.id = p.target_id "
        "JOIN targets_period d ON d.id = p.period_id "
        "WHERE t.key = %s AND d.month = 9 AND allocation_id IS NULL",
        key,
    )
    return version


def approved_version(database: CopiedDatabase, key: str) -> object:
    ((version,),) = database.ask(
        "SELECT approved_version FROM targets_figure f JOIN targets_target t ON t.id = f.target_id "
        "JOIN targets_period d ON d.id = f.period_id WHERE t.key = %s AND d.month = 9",
        key,
    )
    return version


def test_what_is_approved_while_the_broker_is_down_is_computed_once_it_is_back(
    django_db_setup: None, broker: Broker, tmp_path: Path
) -> None:
    with (
        CopiedDatabase("broker") as database,
        Stack(database, redis_url=broker.url, folder=tmp_path) as stack,
    ):
        stack.worker()
        stack.beat()
        stack.web()
        office = Visitor(stack.url)
        office.sign_in("wuhan_office")
        assert counted_version(database, "W10") is None

        broker.stop()
        assert approve_everything_that_waits(office) >= 2
        assert approved_version(database, "W10") == 1
        assert behind(database) >= 1
        assert counted_version(database, "W10") is None

        broker.start()
        wait_until(lambda: behind(database) == 0, seconds=60, what="the sweep catches up")
        assert counted_version(database, "W10") == 1


def test_a_killed_worker_leaves_the_old_rows_or_the_new_ones(
    django_db_setup: None, broker: Broker, tmp_path: Path
) -> None:
    with (
        CopiedDatabase("killed") as database,
        Stack(database, redis_url=broker.url, folder=tmp_path) as stack,
    ):
        stack.worker()
        stack.web()
        ((rows,),) = database.ask("SELECT count(*) FROM targets_progress")
        office = Visitor(stack.url)
        office.sign_in("xian_office")
        assert approve_everything_that_waits(office) >= 1
        stack.kill("worker")
        assert database.ask("SELECT count(*) FROM targets_progress") == [(rows,)]
        stack.worker()
        stack.beat()
        wait_until(lambda: behind(database) == 0, seconds=60, what="another worker finishes it")
        assert database.ask("SELECT count(*) FROM targets_progress") == [(rows,)]


def test_progress_follows_an_approval_within_seconds(
    django_db_setup: None, broker: Broker, tmp_path: Path
) -> None:
    with CopiedDatabase("quick") as database, Stack(database, redis_url=broker.url, folder=tmp_path) as stack:
        stack.worker()
        stack.web()  # no beat: the approval's own message has to do it
        office = Visitor(stack.url)
        office.sign_in("wuhan_office")
        assert approve_everything_that_waits(office) >= 1
        wait_until(lambda: behind(database) == 0, seconds=15, what="the worker computes it")
        assert counted_version(database, "W10") == 1
