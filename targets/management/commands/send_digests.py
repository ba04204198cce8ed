"""Sends the daily mails now, for scripts; what the clock does by itself every morning."""

from __future__ import annotations

import argparse
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from targets.services.digests import send_digests


class Command(BaseCommand):
    """Nobody gets two mails for one day, however often the command runs."""

    help = "Send each person the mail of the day: what to report, what was returned, what waits."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--date", type=_day, default=None, help="the day of the mails, e.g. 2014-10-27")

    def handle(self, *args: Any, **options: Any) -> None:
        done = send_digests(on=options["date"] or timezone.localdate())
        self.stdout.write(f"sent {done.sent}, nothing to tell {done.nothing}, failed {done.failed}")
        if done.failed:
            raise SystemExit(1)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text} is not a day such as 2014-10-27") from error
