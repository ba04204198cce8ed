"""The real worker sends the daily mails, and the command beside it: one mail for each person."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.stack import ROOT, Broker, CopiedDatabase, Stack, wait_until

pytestmark = [pytest.mark.faults, pytest.mark.django_db]


def receivers(folder: Path) -> list[str]:
    """The address of each mail that was written."""
    texts = (path.read_text(encoding="utf-8") for path in folder.glob("*.log"))
    return sorted(found for text in texts for found in re.findall(r"^To: (.+)$", text, re.M))


def is_through(log: str) -> bool:
    """Both rounds have sent their jobs, and every job that came in has ended well."""
    counted = {
        (name, end): len(re.findall(rf"Task targets\.tasks\.{name}\[[^]]+\] {end}", log))
        for name in ("send_digests", "send_digest")
        for end in ("received", "succeeded")
    }
    rounds, jobs = counted["send_digests", "succeeded"], counted["send_digest", "succeeded"]
    return rounds == 2 and jobs == counted["send_digest", "received"]


def test_each_person_gets_one_mail_from_the_worker_and_the_command_together(
    django_db_setup: None, broker: Broker, tmp_path: Path
) -> None:
    mails = tmp_path / "mails"
    with (
        CopiedDatabase("digests") as database,
        Stack(database, redis_url=broker.url, folder=tmp_path, EMAIL_URL=f"filemail:///{mails}") as stack,
    ):
        stack.worker()
        today = database.ask("SELECT (now() AT TIME ZONE 'Asia/Shanghai')::date")[0][0]
        python = [sys.executable, "-m"]
        calls = [
            [*python, "celery", "-A", "config", "call", "targets.tasks.send_digests"],
            [*python, "celery", "-A", "config", "call", "targets.tasks.send_digests"],
            [sys.executable, "manage.py", "send_digests", "--date", str(today)],
        ]
        running = [subprocess.Popen(call, cwd=ROOT, env=stack.environment) for call in calls]
        assert [process.wait(60) for process in running] == [0, 0, 0]
        wait_until(lambda: is_through(stack.log("worker")), seconds=60, what="both rounds are through")
        sent = [
            row[0]
            for row in database.ask(
                "SELECT email FROM targets_digest d JOIN accounts_user u ON u.id = d.user_id"
            )
        ]
        assert receivers(mails) == sorted(sent)
        assert len(sent) == len(set(sent)) >= 4
