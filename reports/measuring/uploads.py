"""How long ten thousand rows take, from the uploaded file to the stored figures; on a database of its own."""

from __future__ import annotations

import io
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import openpyxl
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, models, transaction
from psycopg2.sql import SQL, Identifier, Literal

from reports.measuring.large_plan import LargePlan, build
from targets.enums import Nature
from targets.models import Figure, FigureVersion, FigureWarning, Upload, UploadStage
from targets.selectors.unit_form import unit_form
from targets.services import uploads
from targets.workbook.content import FigureItem
from targets.workbook.form import write_form

TABLES = (Figure, FigureVersion, FigureWarning)
ROWS = SQL(
    "COPY (SELECT * FROM {table} WHERE {key} IN (SELECT id FROM targets_figure WHERE period_id = {period})) "
    "TO STDOUT"
)
RUNS = 5


class NotAsExpected(Exception):
    """What was measured did not do its work."""


def prepare(folder: Path) -> tuple[LargePlan, Path]:
    """The plan of 10,250 figures, and its form with a number of its own in every row."""
    plan = build()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    form = unit_form(plan.unit, plan.period)
    path = folder / "form.xlsx"
    path.write_bytes(write_form(replace(form, figures=tuple(map(_filled, range(10**6), form.figures)))))
    return plan, path


def _filled(number: int, item: FigureItem) -> FigureItem:
    value = Decimal(60 if item.allocation_id else 2100) + Decimal(number) / 100
    content = replace(item.figure.content, value=value, nature=Nature.FLASH, note="累计数")
    return replace(item, figure=replace(item.figure, content=content))


def read(plan: LargePlan, path: Path) -> Upload:
    """The whole job: the checks of the file, reading, validation and preview; raises NotAsExpected."""
    file = SimpleUploadedFile(path.name, path.read_bytes())
    upload = uploads.receive(unit=plan.unit, period=plan.period, file=file, by=plan.reporter)
    uploads.read(upload_id=upload.pk)
    if not Upload.objects.filter(pk=upload.pk, stage=UploadStage.PREVIEW).exists():
        raise NotAsExpected("there is no preview")
    return upload


def iterate(path: Path) -> int:
    """The reference: openpyxl, read only, merely passes over every cell of the file."""
    book = openpyxl.load_workbook(path, read_only=True)
    count = sum(len(row) for sheet in book for row in sheet.iter_rows())
    book.close()
    return count


def job_and_iteration(plan: LargePlan, path: Path) -> tuple[float, float]:
    """Milliseconds of the job and of the iteration: medians, the two in turn, after one of each."""
    return _in_turn(lambda: read(plan, path), lambda: iterate(path))


def applying_and_copy(plan: LargePlan, path: Path) -> tuple[float, float]:
    """Milliseconds of confirming the upload, and of a bare COPY of the rows that it writes, in turn.

    Each in a transaction that is taken back, with every foreign key checked.
    """
    upload = read(plan, path)
    rows = {}
    with taken_back():
        if uploads.apply(upload_id=upload.pk, by=plan.reporter) < 10_000:
            raise NotAsExpected("too little was applied")
        rows = {model: _copied(model, plan) for model in TABLES}

    def apply() -> None:
        with taken_back():
            uploads.apply(upload_id=upload.pk, by=plan.reporter)

    def copy() -> None:
        with taken_back(), connection.cursor() as cursor:
            for model, text in rows.items():
                cursor.copy_expert(f"COPY {model._meta.db_table} FROM STDIN", io.StringIO(text))

    return _in_turn(apply, copy)


@contextmanager
def taken_back() -> Iterator[None]:
    """A transaction whose constraints are checked as for a commit, and that is rolled back."""
    with transaction.atomic():
        yield
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        transaction.set_rollback(True)


def _copied(model: type[models.Model], plan: LargePlan) -> str:
    """The new rows of a table as COPY writes them."""
    key = Identifier("id" if model is Figure else "figure_id")
    statement = ROWS.format(table=Identifier(model._meta.db_table), key=key, period=Literal(plan.period.pk))
    buffer = io.StringIO()
    with connection.cursor() as cursor:
        cursor.copy_expert(statement, buffer)
    return buffer.getvalue()


def _in_turn(act: Callable[[], object], reference: Callable[[], object]) -> tuple[float, float]:
    """Medians in milliseconds of `RUNS` runs of each, after a warm-up."""
    times: tuple[list[float], list[float]] = ([], [])
    for run in range(RUNS + 1):
        for took, one in zip(times, (act, reference), strict=True):
            begun = time.perf_counter()
            one()
            if run:
                took.append((time.perf_counter() - begun) * 1000)
    return statistics.median(times[0]), statistics.median(times[1])
