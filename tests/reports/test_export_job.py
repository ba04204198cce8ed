"""The job behind an export: all or nothing, once, retried when its worker dies, its file removed in time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, OperationalError
from django.utils import timezone

from accounts.jobs import DEAD_AFTER, LOST_AFTER, MOST_ATTEMPTS
from accounts.models import AuditEvent, JobState, User
from plans.models import Plan
from reports import tasks
from reports.exporters.workbook import Book, write_workbook
from reports.models import ExportJob
from reports.selectors.exports import Report, exportable_periods
from reports.services import exports
from targets.models import Period
from tests.reports.exporting import asked, exported, period_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def storage(settings: Any, tmp_path: Path) -> Path:
    """Files of a test lie in its own folder."""
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def test_a_finished_job_has_its_file_counts_and_name(storage: Path) -> None:
    job = exported()
    assert job.file_name == "武汉_2014年前三季度工作要点进展台账(演示数据).xlsx"
    assert (job.rows, job.attempts) == (31, 1)
    assert job.done == job.total > 100
    assert job.finished_at and job.expires_at == job.finished_at + exports.KEPT
    assert Path(job.file.path).parent == storage / "exports"
    assert len(Path(job.file.name).stem) == 32  # random: the name tells nothing
    assert [path.name for path in storage.rglob("*") if path.is_file()] == [Path(job.file.name).name]


def test_two_clicks_make_one_job(wuhan_plan: Plan, september: Period, person: Callable[[str], User]) -> None:
    office, leader = person("wuhan_office"), person("wuhan_leader")
    first, is_new = exports.request_export(plan=wuhan_plan, period=september, by=office)
    again, is_new_again = exports.request_export(plan=wuhan_plan, period=september, by=office)
    assert (is_new, is_new_again, again) == (True, False, first)
    exports.write_export(job_id=first.pk)
    late, is_new = exports.request_export(plan=wuhan_plan, period=september, by=office)
    assert (late, is_new) == (first, False)
    ExportJob.objects.update(created_at=timezone.now() - timedelta(minutes=1))
    assert exports.request_export(plan=wuhan_plan, period=september, by=office)[1]
    assert exports.request_export(plan=wuhan_plan, period=september, by=leader)[1]


def test_the_database_refuses_a_second_job_under_way() -> None:
    job = asked()
    copy = {"owner": job.owner, "plan": job.plan, "period": job.period, "bureau": job.bureau}
    with pytest.raises(IntegrityError):
        ExportJob.objects.create(**copy)


def test_only_those_who_may_export_can_ask(
    wuhan_plan: Plan, september: Period, person: Callable[[str], User]
) -> None:
    for username in ("wuhan_reporter", "wuhan_reviewer", "xian_office", "observer", "sysadmin"):
        with pytest.raises(PermissionDenied):
            exports.request_export(plan=wuhan_plan, period=september, by=person(username))
    assert not ExportJob.objects.exists()
    for username in ("wuhan_office", "wuhan_leader"):
        assert exports.request_export(plan=wuhan_plan, period=september, by=person(username))[1]


def test_a_period_of_another_bureau_or_not_started_is_refused(
    wuhan_plan: Plan, person: Callable[[str], User]
) -> None:
    office = person("wuhan_office")
    for period in (period_of("xian", 9), period_of("wuhan", 12)):
        with pytest.raises(ValueError, match="can be exported"):
            exports.request_export(plan=wuhan_plan, period=period, by=office)
    assert [period.month for period in exportable_periods(office)] == [9, 6, 3]
    assert {period.bureau.code for period in exportable_periods(office)} == {"wuhan"}
    assert not exportable_periods(person("wuhan_reporter")).exists()


def test_asking_and_taking_are_audited() -> None:
    job = exported()
    exports.open_export(job=job, by=job.owner).close()
    kinds = AuditEvent.objects.filter(object_type="exportjob", object_id=job.pk).order_by("number")
    assert [(event.kind, event.user) for event in kinds] == [
        ("export.requested", job.owner),
        ("export.downloaded", job.owner),
    ]
    assert kinds[0].after == {"kind": "PROGRESS_REPORT", "period": "2014-09"}


def test_a_task_that_runs_twice_writes_once(storage: Path) -> None:
    job = exported()
    tasks.write_export_file(job.pk)
    job.refresh_from_db()
    assert job.attempts == 1
    assert len(list(storage.glob("exports/*.xlsx"))) == 1


@pytest.mark.parametrize(
    ("error", "reason"),
    [(OSError("disk full"), "storage"), (RuntimeError("surprise"), "unexpected")],
)
def test_a_failure_leaves_a_reason_and_no_file(
    storage: Path, monkeypatch: pytest.MonkeyPatch, error: Exception, reason: str
) -> None:
    def half_written(path: Path, book: Book, **kwargs: object) -> None:
        path.write_bytes(b"half")
        raise error

    job = asked()
    with monkeypatch.context() as patched:
        patched.setattr(exports, "write_workbook", half_written)
        exports.write_export(job_id=job.pk)
    job.refresh_from_db()
    assert (job.state, job.failure, job.file.name) == (JobState.FAILED, reason, "")
    assert not [path for path in storage.rglob("*") if path.is_file()]
    assert exported().is_ready  # asked again, it works


def test_a_database_that_is_away_leaves_the_job_to_the_sweep(monkeypatch: pytest.MonkeyPatch) -> None:
    def away(job: ExportJob) -> Report:
        raise OperationalError("server closed the connection")

    job = asked()
    monkeypatch.setattr(exports, "report_of", away)
    with pytest.raises(OperationalError):
        exports.write_export(job_id=job.pk)
    job.refresh_from_db()
    assert job.state == JobState.RUNNING


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The ids that the sweep sends to the workers."""
    ids: list[int] = []
    monkeypatch.setattr(tasks.write_export_file, "delay_if_possible", ids.append)
    return ids


def test_the_sweep_sends_what_the_broker_lost(sent: list[int]) -> None:
    lost, fresh = asked(), asked(month=6)
    ExportJob.objects.filter(pk=lost.pk).update(touched_at=timezone.now() - 2 * LOST_AFTER)
    tasks.sweep_exports()
    assert sent == [lost.pk]
    assert fresh.pk not in sent


def test_a_killed_workers_job_is_written_again(sent: list[int]) -> None:
    job = asked()
    long_ago = timezone.now() - 2 * DEAD_AFTER
    ExportJob.objects.filter(pk=job.pk).update(
        state=JobState.RUNNING, attempts=1, created_at=long_ago, touched_at=long_ago
    )
    tasks.sweep_exports()
    assert sent == [job.pk]
    tasks.write_export_file(job.pk)
    job.refresh_from_db()
    assert (job.state, job.attempts, job.is_ready) == (JobState.DONE, 2, True)


def test_a_job_that_kills_every_worker_is_given_up(sent: list[int]) -> None:
    job = asked()
    ExportJob.objects.filter(pk=job.pk).update(
        state=JobState.RUNNING, attempts=MOST_ATTEMPTS, touched_at=timezone.now() - 2 * DEAD_AFTER
    )
    tasks.sweep_exports()
    job.refresh_from_db()
    assert (job.state, job.failure, sent) == (JobState.FAILED, "worker-lost", [])


def test_a_worker_that_was_given_up_does_not_write_over_the_next(
    storage: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def taken_over(path: Path, book: Book, **kwargs: object) -> None:
        ExportJob.objects.update(attempts=2)  # meanwhile another worker has claimed the job
        write_workbook(path, book)

    job = asked()
    monkeypatch.setattr(exports, "write_workbook", taken_over)
    exports.write_export(job_id=job.pk)
    job.refresh_from_db()
    assert (job.state, job.file.name) == (JobState.RUNNING, "")
    assert not list(storage.glob("exports/*.xlsx"))


def test_the_rows_counts_are_stored_while_writing(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[int, int]] = []
    monkeypatch.setattr(exports, "SIGN_SECONDS", 0)
    monkeypatch.setattr(exports, "touch", lambda job, *, done, total: seen.append((done, total)))
    job = exported()
    assert seen[0] == (0, job.total)
    assert seen[-1] == (job.total, job.total)
    assert [done for done, _total in seen] == sorted(done for done, _total in seen)


def test_expired_files_are_removed_and_others_kept(storage: Path) -> None:
    old, young = exported(), exported(month=6)
    ExportJob.objects.filter(pk=old.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    assert exports.has_expired(timezone.now())
    tasks.delete_expired_exports()
    assert not exports.has_expired(timezone.now())
    path, kept = Path(old.file.path), Path(young.file.path)
    old.refresh_from_db()
    assert (old.is_gone, old.is_ready, path.exists()) == (True, False, False)
    assert kept.exists()
    with pytest.raises(FileNotFoundError):
        exports.open_export(job=old, by=old.owner)
    exports.open_export(job=young, by=young.owner).close()


def test_what_dead_workers_left_behind_is_removed_in_time(storage: Path) -> None:
    kept = Path(exported().file.path)
    orphan = storage / "exports" / "orphan.xlsx"
    half = storage / "exports" / "unfinished" / "abc" / "export.xlsx"
    for path in (orphan, half):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"half")
    exports.remove_expired(timezone.now())
    assert orphan.exists() and half.exists()  # may still be under way
    exports.remove_expired(timezone.now() + timedelta(days=2))
    assert (orphan.exists(), half.exists(), half.parent.exists(), kept.exists()) == (False,) * 3 + (True,)


def test_the_sweep_has_expired_files_removed(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[str] = []
    monkeypatch.setattr(tasks.delete_expired_exports, "delay_if_possible", lambda: sent.append("delete"))
    job = exported()
    tasks.sweep_exports()
    assert sent == []
    ExportJob.objects.filter(pk=job.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    tasks.sweep_exports()
    assert sent == ["delete"]
