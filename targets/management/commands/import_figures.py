"""`manage.py import_figures FILE --bureau CODE --period 2014-09 [--unit NAME] [--apply --as USER] [--json]`.

What a spreadsheet or the product's own form says of a period: the same path as an upload, without a browser.
Without `--apply` nothing is written; with an error nothing is applied and the command ends with status 1. A
figure that is approved (or under review) and differs is told as changed, with a warning; applying refuses it.
"""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from targets.selectors.figure_import import Outcome
from targets.services.figure_import import import_figures


class Command(BaseCommand):
    help = (
        "Read a workbook of figures and say, or with --apply write, what it changes. A figure that differs "
        "from an approved one is told as changed with a warning: --apply refuses the file (status 1) and "
        "writes nothing until a correction is opened."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE", help=".xlsx")
        parser.add_argument("--bureau", required=True, help="the bureau's code, such as wuhan")
        parser.add_argument("--period", required=True, help="year and end month, such as 2014-09")
        parser.add_argument("--unit", default="", help="only what this unit reports")
        parser.add_argument("--apply", action="store_true", dest="apply", help="write the changes as drafts")
        parser.add_argument("--as", default="", dest="username", metavar="USER", help="who enters them")
        parser.add_argument(
            "--leave-out-unknown", action="store_true", help="rows that are no indicator of the plan"
        )
        parser.add_argument("--json", action="store_true", dest="as_json", help="one object on stdout")

    def handle(
        self,
        *args: object,
        file: str,
        bureau: str,
        period: str,
        unit: str = "",
        apply: bool = False,
        username: str = "",
        as_json: bool = False,
        leave_out_unknown: bool = False,
        **options: object,
    ) -> None:
        outcome = import_figures(
            path=Path(file),
            bureau=bureau,
            period=period,
            unit=unit,
            username=username,
            apply=apply,
            leave_out=leave_out_unknown,
        )
        if as_json:
            self.stdout.write(json.dumps(outcome.to_json(), ensure_ascii=False))
        else:
            self._print(outcome)
        if outcome.errors:
            sys.exit(1)

    def _print(self, outcome: Outcome) -> None:
        """A summary for people: sheet and columns, counts, every change, every problem."""
        columns = "、".join(f"{name} {letter}" for name, letter in outcome.columns.items())
        self.stdout.write(f"{outcome.file}  {outcome.sheet}  {columns}")
        counts = {"new": outcome.count("new"), "changed": outcome.count("changed")}
        counts["same"] = outcome.count("same")
        self.stdout.write(_("%(new)s new, %(changed)s changed, %(same)s unchanged") % counts)
        for change in outcome.changes:
            if change.kind != "same":
                old, new = change.old or "–", change.new or "–"
                place = f"{change.target} {change.unit or ''}".strip()
                self.stdout.write(f"  {change.row:>4}  {place}  {old} → {new}  {change.basis}")
        for title, notes in (
            (_("Errors"), outcome.errors),
            (_("Warnings"), outcome.warnings),
            (_("Rows left out"), outcome.skipped),
        ):
            for note in notes:
                where = f"{note.sheet} {note.column or ''}{note.row or ''}".strip()
                self.stdout.write(f"{title}  {where}  {note.value}  {note.reason}")
        if outcome.applied is not None:
            self.stdout.write(_("Applied: %(count)s changes, as drafts.") % {"count": outcome.applied})
