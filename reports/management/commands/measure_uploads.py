"""`manage.py measure_uploads`: one part of `bench`, in the empty database that `bench` makes for it."""

from __future__ import annotations

import json
import resource
import sys
from argparse import ArgumentParser
from pathlib import Path

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.test.utils import override_settings

from accounts.models import Bureau
from reports.measuring import uploads
from reports.measuring.large_plan import found

PER_MEGABYTE = 1024 if sys.platform.startswith("linux") else 1024**2  # the unit the system counts in


class Command(BaseCommand):
    help = "Measure an upload of 10,250 figures. Only for the empty database that bench makes."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("step", choices=["prepare", "memory", "times"])
        parser.add_argument("folder", type=Path)

    def handle(self, *args: object, step: str, folder: Path, **options: object) -> None:
        with override_settings(MEDIA_ROOT=str(folder / "media")):
            self.stdout.write(json.dumps(getattr(self, f"_{step}")(folder)))

    def _prepare(self, folder: Path) -> dict[str, int]:
        call_command("migrate", verbosity=0)
        if Bureau.objects.exists():
            raise CommandError("这不是空数据库。")
        _plan, path = uploads.prepare(folder)
        return {"bytes": path.stat().st_size}

    def _memory(self, folder: Path) -> dict[str, float]:
        """The most memory that this process ever had, after one job."""
        uploads.read(found(), folder / "form.xlsx")
        return {"megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / PER_MEGABYTE}

    def _times(self, folder: Path) -> dict[str, float]:
        plan, path = found(), folder / "form.xlsx"
        job, iteration = uploads.job_and_iteration(plan, path)
        applying, copy = uploads.applying_and_copy(plan, path)
        return {"job": job, "iteration": iteration, "applying": applying, "copy": copy}
