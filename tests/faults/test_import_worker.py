"""A published document read by a real worker of the running product, and again after it was killed."""

from __future__ import annotations

import re
import urllib.parse
from pathlib import Path

import pytest

from tests.stack import Broker, CopiedDatabase, Stack, wait_until
from tests.visitor import Visitor

pytestmark = [pytest.mark.faults, pytest.mark.django_db]

PARAGRAPH = "1.培育科技企业。力争新增高新技术企业100家,技术合同成交额达到320亿元,增长15%以上。\n"
LONG = "测试局2016年工作要点\n一、重点工作\n" + PARAGRAPH * 20_000


def outcome(database: CopiedDatabase) -> object:
    return database.ask("SELECT state, stage FROM targets_planimport ORDER BY id DESC LIMIT 1")[0]


def import_file(office: Visitor, content: str) -> str:
    """Hand a document in; returns the address of its page."""
    page = office.get("/imports/")
    bureau = re.search(r'name="bureau" value="([^"]+)"', page.text)
    assert bureau is not None
    answer = office.post_file(
        "/imports/new", "plan.txt", content.encode(), bureau=bureau[1], text="", year=""
    )
    assert answer.status == 200 and not answer.url.endswith("/imports/new"), answer.text[-2000:]
    return urllib.parse.urlsplit(answer.url).path


def test_a_worker_that_is_killed_while_it_reads_leaves_nothing_half_and_another_reads_it(
    django_db_setup: None, broker: Broker, tmp_path: Path
) -> None:
    with (
        CopiedDatabase("killed_import") as database,
        Stack(database, redis_url=broker.url, folder=tmp_path) as stack,
    ):
        stack.worker()
        stack.web()
        office = Visitor(stack.url)
        office.sign_in("wuhan_office")
        page = import_file(office, LONG)
        wait_until(lambda: outcome(database) == ("RUNNING", "READING"), seconds=20, what="the worker begins")
        stack.kill("worker")
        assert outcome(database) == ("RUNNING", "READING")  # killed in the middle
        assert database.ask("SELECT reading::text FROM targets_planimport")[0][0] in {"{}", "null"}
        assert 'hx-trigger="every 2s"' in office.get(page).text

        # Six minutes later the sweep finds it.
        database.ask("UPDATE targets_planimport SET touched_at = now() - interval '7 minutes' RETURNING id")
        stack.worker()
        stack.beat()
        wait_until(
            lambda: outcome(database) == ("DONE", "REVIEW"), seconds=60, what="another worker reads it"
        )
        assert database.ask("SELECT attempts FROM targets_planimport")[0][0] == 2
        assert database.ask("SELECT count(*) FROM plans_plan WHERE year = 2016")[0][0] == 0
