"""`manage.py extract_plan FILE… [--year Y] [--json]`: what the rules find in published work plans.

Needs no database. With `--json` one object per file and line; else a table for people. A file that cannot be
read is named with the reason, and the command ends with status 1 after the others.
"""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from collections import Counter
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from plans.readers import MESSAGES, ReadDocument, RefusedDocument, SourceFormat, check_text, read_document
from targets.extraction import Reading, read_plan
from targets.units import figure_text


class Command(BaseCommand):
    help = "Read published work plans: outline, quantitative targets, and a verdict for every number."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", metavar="FILE", help=".txt, .docx or .html")
        parser.add_argument("--year", type=int, help="the plan's year, where the document does not tell")
        parser.add_argument(
            "--json", action="store_true", dest="as_json", help="one object per file and line"
        )

    def handle(
        self,
        *args: object,
        files: list[str],
        year: int | None = None,
        as_json: bool = False,
        **options: object,
    ) -> None:
        refused = False
        for name in files:
            try:
                document = _document(Path(name))
            except (RefusedDocument, OSError) as problem:
                refused = True
                self._refuse(name, problem, as_json)
                continue
            reading = read_plan(document.text, year)
            if as_json:
                self.stdout.write(json.dumps(_object(name, document, reading), ensure_ascii=False))
            else:
                self._table(name, reading)
        if refused:
            sys.exit(1)

    def _refuse(self, name: str, problem: RefusedDocument | OSError, as_json: bool) -> None:
        if isinstance(problem, RefusedDocument):
            code, sentence = problem.code.value, _(MESSAGES[problem.code]) % problem.values
        else:
            code, sentence = "NOT_READABLE", _("There is no such file, or it may not be read.")
        if as_json:
            error = {"code": code, "message": sentence}
            self.stdout.write(json.dumps({"file": name, "error": error}, ensure_ascii=False))
        self.stderr.write(f"{name}: {sentence}")

    def _table(self, name: str, reading: Reading) -> None:
        """Targets one by one, then how many numbers each rule decided."""
        self.stdout.write(f"{name}  {reading.year}")
        for target in reading.targets:
            repeat = f"  = {target.repeat_of}" if target.repeat_of else ""
            amount = figure_text(target.value) + (f"~{figure_text(target.high)}" if target.high else "")
            self.stdout.write(
                f"{target.id:<4} {target.path:<12} {target.indicator}"
                f"  {target.comparison} {amount}{target.unit}"
                f"  {target.measure} {target.commitment} {target.year}{repeat}"
            )
        counts = Counter((entry.verdict.value, entry.rule) for entry in reading.ledger)
        for (verdict, rule), count in sorted(counts.items()):
            self.stdout.write(f"{count:>5}  {verdict:<10} {rule}")


def _document(path: Path) -> ReadDocument:
    """The file's text. Raises RefusedDocument."""
    document = read_document(path.read_bytes(), path.name)
    check_text(document.text)
    return document


def _object(name: str, document: ReadDocument, reading: Reading) -> dict[str, Any]:
    """`.docx` and web pages carry their text, since the offsets refer to it."""
    found: dict[str, Any] = {"file": name, **reading.as_json()}
    if document.format != SourceFormat.TEXT:
        found["text"] = document.text
    return found
