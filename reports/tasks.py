"""Jobs: ids in, one service call. The sweep finds what a broken broker or a killed worker lost."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from accounts.jobs import lost_jobs
from reports.models import ExportJob
from reports.services import exports


@shared_task
def write_export_file(job_id: int) -> None:
    """Write the workbook of one export job."""
    exports.write_export(job_id=job_id)


@shared_task
def delete_expired_exports() -> None:
    """Remove the files whose time is over."""
    exports.remove_expired(timezone.now())


@shared_task
def sweep_exports() -> None:
    """Send again exports that nobody writes; have expired files removed."""
    now = timezone.now()
    for job_id in lost_jobs(ExportJob, now):
        write_export_file.delay_if_possible(job_id)
    if exports.has_expired(now):
        delete_expired_exports.delay_if_possible()
