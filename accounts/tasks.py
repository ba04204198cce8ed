"""Housekeeping of what people leave behind."""

from __future__ import annotations

from celery import shared_task
from django.core.management import call_command


@shared_task
def clear_sessions() -> None:
    """Delete the rows of sessions that have ended."""
    call_command("clearsessions")
