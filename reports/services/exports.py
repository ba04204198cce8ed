"""Exports: asking for one, writing it in the worker, handing it out, removing it when its time is over."""

from __future__ import annotations

import logging
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from celery.exceptions import SoftTimeLimitExceeded
from django.core.exceptions import PermissionDenied
from django.core.files import File
from django.core.files.storage import Storage
from django.db import InterfaceError, OperationalError, connection, transaction
from django.utils import timezone, translation

from accounts.audit import record
from accounts.jobs import UNEXPECTED, claim, fail, finish, touch
from accounts.models import JobState, User
from accounts.permissions import Permission
from plans.models import Plan, Tag
from reports.exporters.progress_report import file_name, progress_report
from reports.exporters.workbook import write_workbook
from reports.models import ExportJob, ExportKind, ReportedValue
from reports.selectors.exports import Report, report_of
from targets.figure_columns import period_name
from targets.models import Period

logger = logging.getLogger(__name__)

KEPT = timedelta(days=7)
DOUBLE_CLICK = timedelta(seconds=3)  # a small export may be done before the second click arrives
UNFINISHED_KEPT = timedelta(days=1)  # files that no row names: a worker died over them
SIGN_SECONDS = 1.0
LANGUAGE = "zh-hans"
FOLDER, WORKSHOP = "exports", "exports/unfinished"


class WholeFile(File):
    """A finished file that the storage takes over by renaming: there is never half of it."""

    def temporary_file_path(self) -> str:
        return str(self.name)


@transaction.atomic
def request_export(
    *,
    plan: Plan,
    period: Period,
    by: User,
    kind: ExportKind = ExportKind.PROGRESS_REPORT,
    tag: Tag | None = None,
) -> tuple[ExportJob, bool]:
    """The person's job for this plan and period, and whether it is new: a second click finds the first one's.

    With a tag only what carries it is exported. Raises PermissionDenied without the right to export this
    bureau, ValueError for a period or tag that is not the plan's, or a period that was not started.
    """
    if not by.may(Permission.EXPORT_REPORTS, plan.bureau):
        raise PermissionDenied
    if (period.bureau_id, period.year) != (plan.bureau_id, plan.year) or period.started_on is None:
        raise ValueError(f"{period} is no period of {plan} that can be exported")
    if tag is not None and tag.bureau_id != plan.bureau_id:
        raise ValueError(f"{tag} is no tag of {plan.bureau}")
    same = {"owner": by, "plan": plan, "period": period, "kind": kind, "tag": tag}
    just_done = {"state": JobState.DONE, "created_at__gte": timezone.now() - DOUBLE_CLICK}
    if job := ExportJob.objects.filter(**same, **just_done).exclude(file="").first():
        return job, False
    job, is_new = ExportJob.objects.get_or_create(
        **same,
        state__in=[JobState.QUEUED, JobState.RUNNING],
        defaults={
            "bureau": plan.bureau,
            "file_name": file_name(
                plan.bureau.short_name,
                period_name(period.key) + (f"_{tag.name}" if tag else ""),
                is_sample=plan.bureau.is_demo,
            ),
        },
    )
    if is_new:
        after = {"kind": kind, "period": str(period.key)} | ({"tag": tag.name} if tag else {})
        record("export.requested", by=by, bureau=plan.bureau, about=job, after=after)
    return job, is_new


def write_export(*, job_id: int) -> None:
    """Write a queued job's file; whatever goes wrong stands in the row afterwards.

    When the database is away the job stays as it is, and the sweep brings it back.
    """
    job = claim(ExportJob, job_id)
    if job is None:
        return
    try:
        _write(job)
    except (OperationalError, InterfaceError):
        raise
    except SoftTimeLimitExceeded:
        fail(job, "time-limit")
    except OSError:
        logger.exception("export %s: the file cannot be stored", job_id)
        fail(job, "storage")
    except Exception:
        logger.exception("export %s failed", job_id)
        fail(job, UNEXPECTED)


@transaction.atomic
def open_export(*, job: ExportJob, by: User) -> File:
    """The file of a finished export, opened for reading; the download is audited.

    Raises PermissionDenied without the right, FileNotFoundError when there is no file (any more).
    """
    if not by.may(Permission.EXPORT_REPORTS, job.bureau):
        raise PermissionDenied
    if not job.is_ready:
        raise FileNotFoundError(job.pk)
    opened = job.file.open("rb")
    record("export.downloaded", by=by, bureau=job.bureau, about=job, after={"period": str(job.period.key)})
    return opened


def remove_expired(now: datetime) -> int:
    """Remove files whose time is over, and what dead workers left behind; returns how many were expired.

    The row forgets its file first: a file without a row is found again, a row without its file would lie.
    """
    expired = ExportJob.objects.filter(expires_at__lt=now).exclude(file="")
    names = list(expired.values_list("file", flat=True))
    expired.filter(file__in=names).update(file="")
    storage = _storage()
    for name in names:
        storage.delete(name)
    _remove_unfinished(storage, now - UNFINISHED_KEPT)
    return len(names)


def has_expired(now: datetime) -> bool:
    """Whether `remove_expired` has anything to do."""
    return ExportJob.objects.filter(expires_at__lt=now).exclude(file="").exists()


def _write(job: ExportJob) -> None:
    with _consistent_read(), translation.override(LANGUAGE):
        report = report_of(job)
        book = progress_report(report)
    folder = Path(_storage().path(WORKSHOP))
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as workshop:
        path = Path(workshop) / "export.xlsx"
        write_workbook(path, book, on_row=_signs_of_life(job, book.row_count))
        _hand_over(job, path, report, done=book.row_count)


def _hand_over(job: ExportJob, path: Path, report: Report, *, done: int) -> None:
    """Store the whole file, then name it in the row and keep its figures, unless another worker has it."""
    field, now = ExportJob._meta.get_field("file"), timezone.now()
    with path.open("rb") as written:
        name = _storage().save(field.generate_filename(job, job.file_name), WholeFile(written, str(path)))
    rows = len(report.rows)
    outcome = {"file": name, "done": done, "total": done, "rows": rows, "expires_at": now + KEPT}
    with transaction.atomic():
        is_mine = finish(job, at=now, **outcome)
        if is_mine:
            ReportedValue.objects.bulk_create(_reported_values(job, report))
    if not is_mine:
        _storage().delete(name)


def _reported_values(job: ExportJob, report: Report) -> Iterator[ReportedValue]:
    """The figures that the report shows, and for a single quarter the one before it."""
    months = Period.objects.filter(bureau=job.bureau_id, year=report.period.year)
    periods = {period.month: period for period in months}
    before = report.period.key.earlier_quarters[-1:]
    for row in report.rows:
        actual = row.progress.actual if row.progress else None
        if row.target is None or actual is None:
            continue
        yield ReportedValue(job=job, target=row.target, period=report.period, value=actual)
        if row.single is not None and before:
            earlier = periods[before[0].month]
            yield ReportedValue(job=job, target=row.target, period=earlier, value=actual - row.single)


def _signs_of_life(job: ExportJob, total: int) -> Callable[[int], None]:
    """What the writer calls after each row: stores the counts, at most once a second."""
    touch(job, done=0, total=total)
    last = time.monotonic()

    def on_row(done: int) -> None:
        nonlocal last
        if time.monotonic() - last >= SIGN_SECONDS:
            touch(job, done=done, total=total)
            last = time.monotonic()

    return on_row


@contextmanager
def _consistent_read() -> Iterator[None]:
    """All reads inside see the database as it was at the first of them."""
    is_outermost = not connection.in_atomic_block
    with transaction.atomic():
        if is_outermost:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def _remove_unfinished(storage: Storage, before: datetime) -> None:
    """Files in our folder that no row names, and half-written ones, once they are old enough."""
    folder = Path(storage.path(FOLDER))
    if not folder.is_dir():
        return
    kept = set(ExportJob.objects.exclude(file="").values_list("file", flat=True))
    for path in [*folder.glob("*.xlsx"), *Path(storage.path(WORKSHOP)).glob("*/*")]:
        name = path.relative_to(folder.parent).as_posix()
        if name not in kept and path.stat().st_mtime < before.timestamp():
            path.unlink(missing_ok=True)
    for workshop in Path(storage.path(WORKSHOP)).glob("*"):
        if workshop.stat().st_mtime < before.timestamp() and not any(workshop.iterdir()):
            workshop.rmdir()


def _storage() -> Storage:
    return ExportJob._meta.get_field("file").storage
