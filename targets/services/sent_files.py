"""Workbooks that people send in: checked without being opened, stored under a random name, queued."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any, BinaryIO, cast

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.audit import record
from accounts.models import Bureau
from accounts.text import file_name
from targets.errors import Refused
from targets.file_checks import MESSAGES, RefusedFile, check_workbook_file
from targets.models.uploads import SentWorkbook


def store(
    job: SentWorkbook,
    file: UploadedFile,
    *,
    bureau: Bureau,
    kind: str,
    after: dict[str, Any],
    at: datetime | None = None,
) -> None:
    """Check the file and save the job (owner and place are set) with it; the caller sends the job.

    Audited as `kind`.received or `kind`.refused. Raises Refused, with nothing stored, for a file that is no
    workbook we may open.
    """
    name = file_name(file.name or "")
    try:
        check_workbook_file(cast(BinaryIO, file.file), name, file.size or 0)
    except RefusedFile as refusal:
        why = {"reason": refusal.code.value, "size": file.size}
        record(f"{kind}.refused", by=job.owner, bureau=bureau, label=name, outcome="refused", after=why)
        raise Refused(_(MESSAGES[refusal.code]) % refusal.values) from refusal
    job.original_name, job.sha256 = name, _sha256(file)
    job.created_at = at or bureau.now
    job.touched_at = at or timezone.now()  # what tells a lost job from a slow one
    job.file.save(name, file, save=False)
    try:
        with transaction.atomic():
            job.save()
            after = {**after, "sha256": job.sha256, "size": file.size}
            record(f"{kind}.received", by=job.owner, bureau=bureau, about=job, after=after, at=at)
    except BaseException:
        job.file.delete(save=False)
        raise


def _sha256(file: UploadedFile) -> str:
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    file.seek(0)
    return digest.hexdigest()
