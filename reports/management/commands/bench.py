"""`manage.py bench`: how long the product's own work takes, as ratios against references of the same run."""

from __future__ import annotations

import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from argparse import ArgumentParser
from collections.abc import Callable
from dataclasses import asdict, dataclass

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from plans.models import Plan, PlanDocument
from reports.measuring.own_database import own_database
from targets.extraction import read_plan
from targets.models import Period
from targets.services.recompute import recompute, request_recompute

MEGABYTE, READINGS = 1_000_000, 5
MOST_MEMORY = 300  # megabytes

AGGREGATE = """
SELECT target_id, count(*), sum(approved_value)
FROM targets_figure f JOIN targets_target t ON t.id = f.target_id
WHERE t.plan_id = %s AND f.period_id = %s GROUP BY target_id
"""


@dataclass(frozen=True)
class Row:
    """One measurement: medians in milliseconds, and what they are compared with."""

    name: str
    reference: str
    milliseconds: float
    reference_milliseconds: float
    queries: int | None = None

    @property
    def ratio(self) -> float:
        return self.milliseconds / self.reference_milliseconds


class Command(BaseCommand):
    help = "Measure recomputing and the pages on the loaded demonstration; medians after a warm-up."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--runs", type=int, default=15)
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: object, runs: int, **options: object) -> None:
        plan = Plan.objects.filter(bureau__code="wuhan").first()
        if plan is None:
            raise CommandError("没有演示数据:请先运行 python3 run.py。")
        period = Period.objects.get(bureau=plan.bureau_id, year=plan.year, month=9)
        rows = [*self._reading(), self._recompute(plan, period, runs), *self._pages(plan, period, runs)]
        upload = measure_upload()
        rows += self._upload(upload)
        for row in rows:
            queries = f"  {row.queries} queries" if row.queries is not None else ""
            self.stdout.write(
                f"{row.name:<44}{row.milliseconds:>9.2f} ms  = {row.ratio:>6.1f} × {row.reference}"
                f" ({row.reference_milliseconds:.2f} ms){queries}"
            )
        self.stdout.write(
            f"{'upload job, memory of its whole process':<44}{upload['megabytes']:>9.0f} MB  of {MOST_MEMORY}"
        )
        if options["json"]:
            self._json(rows, upload["megabytes"])

    def _json(self, rows: list[Row], megabytes: float) -> None:
        memory = {"name": "upload job", "megabytes": megabytes, "limit": MOST_MEMORY}
        measured = [{**asdict(row), "ratio": row.ratio} for row in rows]
        self.stdout.write(json.dumps({"rows": measured, "memory": [memory]}))

    def _upload(self, took: dict[str, float]) -> list[Row]:
        """A form of 10,250 figures: its job against a bare iteration, confirming it against a bare COPY."""
        over = max(took["applying"] - 1000, 0)
        return [
            Row("upload job, 10,250 rows", "openpyxl iterates the file", took["job"], took["iteration"]),
            Row("confirm 10,250 figures", "COPY of the same rows", took["applying"], took["copy"]),
            Row("the same beyond one second", "COPY of the same rows", over, took["copy"]),
        ]

    def _reading(self) -> list[Row]:
        """A megabyte of published plans, and twice as much: reading is linear in the text."""
        plans = "".join(PlanDocument.objects.order_by("pk").values_list("text", flat=True))
        once = (plans * (MEGABYTE // len(plans.encode()) + 1)).encode()[:MEGABYTE].decode(errors="ignore")
        digits = median(lambda: re.findall(r"[0-9]+", once), READINGS)
        single = median(lambda: read_plan(once), READINGS)
        double = median(lambda: read_plan(once + once), READINGS)
        return [
            Row("read 1 MB of published plans", "findall of its digits", single, digits),
            Row("read 2 MB of published plans", "1 MB", double, single),
        ]

    def _recompute(self, plan: Plan, period: Period, runs: int) -> Row:
        def once() -> None:
            with transaction.atomic():
                request_recompute(plan=plan, since=period)
                recompute(plan_id=plan.pk, period_id=period.pk)

        def bare() -> None:
            with connection.cursor() as cursor:
                cursor.execute(AGGREGATE, [plan.pk, period.pk])
                cursor.fetchall()

        return Row("recompute one plan and period", "bare aggregate", median(once, runs), median(bare, runs))

    def _pages(self, plan: Plan, period: Period, runs: int) -> list[Row]:
        client = Client(headers={"host": "localhost"})
        client.force_login(User.objects.get(username="wuhan_leader"))
        empty = median(lambda: client.get(reverse("healthz")), runs)
        addresses = {
            "leader's dashboard": reverse("dashboard", args=[plan.bureau.code, str(period.key)]),
            "plan page": plan.get_absolute_url(),
            "published document, lit": reverse("document", args=[plan.bureau.code, plan.year]),
            "target page": plan.targets.all()[0].get_absolute_url(),
        }
        rows = []
        for name, address in addresses.items():
            with CaptureQueriesContext(connection) as queries:
                if client.get(address).status_code != 200:
                    raise CommandError(f"{address} does not answer 200")
            asked = len(queries)  # now: the next request empties the list
            took = median(lambda address=address: client.get(address), runs)  # type: ignore[misc]
            rows.append(Row(name, "empty view, same middleware", took, empty, asked))
        return rows


def measure_upload() -> dict[str, float]:
    """Times in milliseconds and memory in megabytes, by processes of their own on a database of their own."""
    with own_database("bench") as url, tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "DATABASE_URL": url}
        took: dict[str, float] = {}
        for step in ("prepare", "memory", "times"):
            command = [sys.executable, "manage.py", "measure_uploads", step, folder]
            done = subprocess.run(
                command, env=environment, cwd=settings.BASE_DIR, stdout=subprocess.PIPE, text=True, check=True
            )
            took |= json.loads(done.stdout)
    return took


def median(act: Callable[[], object], runs: int) -> float:
    """The median of `runs` runs after one warm-up, in milliseconds."""
    act()
    times = []
    for _ in range(runs):
        begun = time.perf_counter()
        act()
        times.append((time.perf_counter() - begun) * 1000)
    return statistics.median(times)
