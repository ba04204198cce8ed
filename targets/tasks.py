"""Jobs: ids in, one service call. The sweeps find what a broken broker or a killed worker lost."""

from __future__ import annotations

from datetime import date, timedelta

from celery import shared_task
from django.db.models import F
from django.utils import timezone

from accounts.jobs import lost_jobs
from accounts.models import User
from targets.models import AllocationImport, PlanImport, Recompute, Upload
from targets.selectors.digests import digest_recipients
from targets.services import allocation_imports, digests, imports, recompute, uploads
from targets.services.digests import MAIL_ERRORS

OVERDUE = timedelta(seconds=5)


@shared_task
def compute_progress(plan_id: int) -> None:
    """Bring the progress of one plan up to date."""
    recompute.catch_up(plan_id=plan_id)


@shared_task
def read_upload(upload_id: int) -> None:
    """Read, check and preview an uploaded workbook."""
    uploads.read(upload_id=upload_id)


@shared_task
def read_allocations(import_id: int) -> None:
    """Read, check and preview a matrix of allocations."""
    allocation_imports.read(import_id=import_id)


@shared_task
def read_import(import_id: int) -> None:
    """Read a published document: its text, its outline and every number in it."""
    imports.read(import_id=import_id)


@shared_task
def sweep_progress() -> None:
    """Send again what has been behind for a while."""
    late = Recompute.objects.filter(computed__lt=F("requested"), requested_at__lt=timezone.now() - OVERDUE)
    for plan_id in late.values_list("plan_id", flat=True).distinct().order_by("plan_id"):
        compute_progress.delay_if_possible(plan_id)


@shared_task
def sweep_uploads() -> None:
    """Send again uploads and allocation workbooks that nobody reads."""
    for upload_id in lost_jobs(Upload, timezone.now()):
        read_upload.delay_if_possible(upload_id)
    for import_id in lost_jobs(AllocationImport, timezone.now()):
        read_allocations.delay_if_possible(import_id)


@shared_task
def sweep_imports() -> None:
    """Send again imports that nobody reads."""
    for import_id in lost_jobs(PlanImport, timezone.now()):
        read_import.delay_if_possible(import_id)


@shared_task
def send_digests() -> None:
    """The morning's round: one job for each person who may get a mail today."""
    today = timezone.localdate()
    for user_id in digest_recipients(today).values_list("pk", flat=True):
        send_digest.delay_if_possible(user_id, today.isoformat())


@shared_task(autoretry_for=MAIL_ERRORS, retry_backoff=60, retry_backoff_max=600, max_retries=5)
def send_digest(user_id: int, on: str) -> None:
    """One person's mail of one day; tried again while the mail server is away."""
    digests.send_digest(user=User.objects.get(pk=user_id), on=date.fromisoformat(on))
