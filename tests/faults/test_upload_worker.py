"""Uploads with the whole product running: read by a real worker, applied once, nothing lost."""

from __future__ import annotations

import io
import re
import urllib.parse
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import openpyxl
import pytest

from tests.stack import Broker, CopiedDatabase, Stack, wait_until
from tests.visitor import Answer, Visitor

pytestmark = [pytest.mark.faults, pytest.mark.django_db]


class Reporter(Visitor):
    """The reporter of 高新技术处, who works with the workbook."""

    def form(self) -> bytes:
        """The form as it is downloaded."""
        page = self.get("/uploads/")
        link = re.search(r'href="(/entry/\d+/\d+/workbook)"', page.text)
        assert link is not None
        with self.opener.open(urllib.parse.urljoin(self.base, link[1]), timeout=20) as response:
            return bytes(response.read())

    def upload(self, content: bytes) -> str:
        """Hand a file in; returns the address of the upload's page."""
        page = self.get("/uploads/")
        place = re.search(r'name="place" value="([^"]+)"', page.text)
        assert place is not None
        answer = self.post_file("/uploads/new", "form.xlsx", content, place=place[1])
        assert answer.status == 200 and not answer.url.endswith("/uploads/new"), answer.text[-2000:]
        return urllib.parse.urlsplit(answer.url).path


def with_w11(form: bytes, value: object, rows: int = 0) -> bytes:
    """The form with another value for the returned figure, and so many rows more that do not belong to it."""
    book = openpyxl.load_workbook(io.BytesIO(form))
    sheet = book["指标"]
    place = next(cells[0].row for cells in sheet.iter_rows(min_row=5) if cells[0].value == "W11")
    sheet[f"G{place}"] = value
    for number in range(rows):
        sheet.append([f"Q{number}", *range(45)])
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def only(database: CopiedDatabase, query: str) -> object:
    ((value,),) = database.ask(query)
    return value


def outcome(database: CopiedDatabase) -> object:
    return database.ask("SELECT state, stage FROM targets_upload ORDER BY id DESC LIMIT 1")[0]


W11 = (
    "FROM targets_figure f JOIN targets_target t ON t.id = f.target_id "
    "JOIN targets_period p ON p.id = f.period_id WHERE t.key = 'W11' AND p.month = 9"
)


def previewed(stack: Stack, database: CopiedDatabase) -> tuple[Reporter, str]:
    """A reporter whose workbook (W11: 1121) was read by the worker, and the page that shows its preview."""
    stack.worker()
    stack.web()
    reporter = Reporter(stack.url)
    reporter.sign_in("wuhan_reporter")
    page = reporter.upload(with_w11(reporter.form(), 1121))
    wait_until(lambda: outcome(database) == ("DONE", "PREVIEW"), seconds=20, what="the worker reads it")
    return reporter, page


def test_a_workbook_is_read_by_the_worker_and_two_clicks_apply_it_once(
    django_db_setup: None, broker: Broker, tmp_path: Path
) -> None:
    with (
        CopiedDatabase("upload") as database,
        Stack(database, redis_url=broker.url, folder=tmp_path) as stack,
    ):
        reporter, page = previewed(stack, database)
        assert only(database, f"SELECT f.value {W11}") == 1105
        assert "1,121" in reporter.get(page).text

        versions = only(database, "SELECT count(*) FROM targets_figureversion")

        def click(_number: int) -> Answer:
            return reporter.post(f"{page}apply")

        with ThreadPoolExecutor(4) as people:
            answers = list(people.map(click, range(4)))
        assert [answer.status for answer in answers] == [200] * 4
        assert only(database, f"SELECT f.value {W11}") == 1121
        assert only(database, "SELECT count(*) FROM targets_figureversion") == versions + 1  # type: ignore[operator]
        assert only(database, "SELECT count(*) FROM accounts_auditevent WHERE kind = 'upload.applied'") == 1


def test_a_worker_that_is_killed_while_it_reads_does_not_leave_the_job_running_for_ever(
    django_db_setup: None, broker: Broker, tmp_path: Path
) -> None:
    with (
        CopiedDatabase("killed_upload") as database,
        Stack(database, redis_url=broker.url, folder=tmp_path) as stack,
    ):
        stack.worker()
        stack.web()
        reporter = Reporter(stack.url)
        reporter.sign_in("wuhan_reporter")
        slow = with_w11(reporter.form(), 1121, rows=8000)
        page = reporter.upload(slow)
        wait_until(lambda: outcome(database) == ("RUNNING", "READING"), seconds=20, what="the worker begins")
        stack.kill("worker")
        assert outcome(database) == ("RUNNING", "READING")  # killed in the middle
        assert only(database, f"SELECT f.value {W11}") == 1105
        assert 'hx-trigger="every 2s"' in reporter.get(page).text

        # Six minutes later the sweep finds it.
        database.ask("UPDATE targets_upload SET touched_at = now() - interval '7 minutes' RETURNING id")
        stack.worker()
        stack.beat()
        wait_until(
            lambda: outcome(database) == ("DONE", "REFUSED"), seconds=40, what="another worker reads it"
        )
        assert only(database, "SELECT attempts FROM targets_upload") == 2
        assert "Q0" in reporter.get(page).text


def test_a_file_that_was_accepted_while_the_broker_was_down_is_read_once_it_is_back(
    django_db_setup: None, broker: Broker, tmp_path: Path
) -> None:
    with (
        CopiedDatabase("lost_upload") as database,
        Stack(database, redis_url=broker.url, folder=tmp_path) as stack,
    ):
        stack.worker()
        stack.beat()
        stack.web()
        reporter = Reporter(stack.url)
        reporter.sign_in("wuhan_reporter")
        form = reporter.form()
        broker.stop()
        page = reporter.upload(form)
        assert outcome(database) == ("QUEUED", "READING")
        assert reporter.get(page).status == 200
        broker.start()
        wait_until(lambda: outcome(database) == ("DONE", "PREVIEW"), seconds=60, what="the sweep catches up")


def waits_for_a_lock(database: CopiedDatabase) -> bool:
    """Whether a session of the product has begun to write the audit event and cannot go on."""
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = %s"
    return database.ask(waiting, database.name) != [(0,)]


def test_a_web_server_that_is_killed_while_it_applies_writes_nothing_and_the_preview_is_still_there(
    django_db_setup: None, broker: Broker, tmp_path: Path
) -> None:
    with (
        CopiedDatabase("killed_apply") as database,
        Stack(database, redis_url=broker.url, folder=tmp_path) as stack,
    ):
        reporter, page = previewed(stack, database)
        versions = only(database, "SELECT count(*) FROM targets_figureversion")

        # Everything is written but the audit event, the last of it, when the server dies.
        with database.held("SELECT 1 FROM accounts_auditchain FOR UPDATE"), ThreadPoolExecutor(1) as people:
            click = people.submit(reporter.post, f"{page}apply")
            wait_until(lambda: waits_for_a_lock(database), seconds=20, what="it is in the middle")
            stack.kill("web")
            assert click.exception(20) is not None
        assert only(database, f"SELECT f.value {W11}") == 1105
        assert only(database, "SELECT count(*) FROM targets_figureversion") == versions
        assert outcome(database) == ("DONE", "PREVIEW")

        stack.web()
        assert reporter.post(f"{page}apply").status == 200
        assert only(database, f"SELECT f.value {W11}") == 1121
        assert only(database, "SELECT count(*) FROM targets_figureversion") == versions + 1  # type: ignore[operator]
        assert only(database, "SELECT count(*) FROM accounts_auditevent WHERE kind = 'upload.applied'") == 1
