"""A published document on its way to a plan: received, read by a job, then confirmed or discarded."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path, PurePath
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.archives import MAX_FILE, MEGABYTE, ZIP_SIGNATURE
from accounts.audit import record
from accounts.jobs import finish, run, touch
from accounts.models import Bureau, User
from accounts.permissions import Permission
from accounts.text import MAX_FILE_NAME, file_name, printable
from plans.models import Plan
from plans.readers import MESSAGES, DocumentCode, RefusedDocument, check_text, read_document
from plans.readers.signatures import PAGE_EXTENSIONS, extension_of, refuse_other_kinds, shown_ending
from targets.errors import Refused
from targets.extraction import read_plan
from targets.import_draft.merging import NO_YEAR
from targets.models import ImportStage, Period, PlanImport
from targets.selectors.import_drafts import draft_of, lacks
from targets.services.plan_creation import DocumentFields, create_plan
from targets.services.recompute import request_recompute

MAX_TITLE = 60  # a longer first line is a paragraph
LISTED = 10
STEPS = 2  # the text, then its numbers
_TITLE = re.compile(r"要点|计划|安排|意见|报告|方案|任务")


def receive(
    *,
    bureau: Bureau,
    by: User,
    text: str = "",
    file: UploadedFile | None = None,
    year: int | None = None,
    at: datetime | None = None,
) -> PlanImport:
    """Check a pasted text or a file as far as that is cheap, store it, and queue it.

    The caller sends the job. Raises Refused, with nothing stored, for what cannot be a plan's document.
    """
    _guard(bureau, by)
    name = file_name(file.name or "") if file else ""
    try:
        content = _checked_file(file, name) if file else check_text(text.replace("\r\n", "\n")).encode()
    except RefusedDocument as refusal:
        after = {"reason": refusal.code.value}
        record("import.refused", by=by, bureau=bureau, label=name, outcome="refused", after=after, at=at)
        raise Refused(_(MESSAGES[refusal.code]) % refusal.values) from refusal
    found = PlanImport(bureau=bureau, owner=by, year=year, source_name=name)
    found.sha256 = hashlib.sha256(content).hexdigest()
    if file:
        file.seek(0)
        found.file.save(name, file, save=False)
    else:
        found.text = content.decode()
        found.title = title_of(found.text)
    try:
        with transaction.atomic():
            found.save()
            size = {"sha256": found.sha256, "size": len(content)}
            record("import.received", by=by, bureau=bureau, about=found, after=size, at=at)
    except BaseException:
        found.file.delete(save=False)  # nothing happens where there is none
        raise
    return found


def read(*, import_id: int) -> None:
    """The job: the text of the document, then its outline and every number in it.

    A document that cannot be read ends as refused. See `accounts.jobs.run` for an import that is finished, in
    other hands, or fails.
    """
    run(PlanImport, import_id, _read)


@transaction.atomic
def confirm(*, import_id: int, by: User, at: datetime | None = None) -> Plan:
    """Write the plan, all or nothing. A second time does nothing and returns the same plan.

    Raises Refused, with nothing written, for an import that is not under review, and for a draft that
    still lacks something: the message lists it.
    """
    found = locked(import_id)
    _guard(found.bureau, by)
    if found.stage == ImportStage.CONFIRMED and found.plan:
        return found.plan
    if found.stage != ImportStage.REVIEW:
        raise Refused(_("This import is not ready to be confirmed."))
    draft = draft_of(found)
    if lacking := lacks(found, draft):
        shown = "；".join(lack.text for lack in lacking[:LISTED])
        raise Refused(
            _("%(count)s things are still missing: %(shown)s") % {"count": len(lacking), "shown": shown}
        )
    document = DocumentFields(found.title, found.text, found.source_name, found.published_on)
    plan = create_plan(bureau=found.bureau, document=document, draft=draft, by=by, at=at)
    found.stage, found.plan, found.year = ImportStage.CONFIRMED, plan, plan.year
    found.save(update_fields=["stage", "plan", "year"])
    after = {"plan": plan.pk, "year": plan.year, "targets": len(draft.targets)}
    record("import.confirmed", by=by, bureau=found.bureau, about=found, after=after, at=at)
    first = Period.objects.filter(bureau=found.bureau, year=plan.year).order_by("month").first()
    if first is not None:
        request_recompute(plan=plan, since=first)
    return plan


@transaction.atomic
def discard(*, import_id: int, by: User, at: datetime | None = None) -> None:
    """Put an import aside without making a plan. Raises Refused for one that is being read or confirmed."""
    found = locked(import_id)
    _guard(found.bureau, by)
    if found.stage == ImportStage.DISCARDED:
        return
    if not found.is_finished or found.stage == ImportStage.CONFIRMED:
        raise Refused(_("This import cannot be discarded now."))
    found.stage = ImportStage.DISCARDED
    found.save(update_fields=["stage"])
    record("import.discarded", by=by, bureau=found.bureau, about=found, at=at)


def title_of(text: str) -> str:
    """What looks like the document's title among its first lines; empty where nothing does."""
    lines = [line.strip() for line in text.split("\n", 200)[:200] if line.strip()][:10]
    short = [line for line in lines if len(line) <= MAX_TITLE]
    return printable(next((line for line in short if _TITLE.search(line)), short[0] if short else ""))


def locked(import_id: int) -> PlanImport:
    """The import's row, locked: decisions on one import happen one after the other."""
    return PlanImport.objects.select_for_update(of=("self",)).select_related("bureau").get(pk=import_id)


def _checked_file(file: UploadedFile, name: str) -> bytes:
    """The file's bytes when they may be a document: what can be told without reading it is told at once."""
    size = file.size or 0
    if not size:
        raise RefusedDocument(DocumentCode.EMPTY)
    if size > MAX_FILE:
        megabytes, limit = f"{size / MEGABYTE:.1f}", str(MAX_FILE // MEGABYTE)
        raise RefusedDocument(DocumentCode.TOO_BIG, megabytes=megabytes, limit=limit)
    content, extension = file.read(), extension_of(name)
    refuse_other_kinds(content, extension)
    if extension not in {".txt", ".docx", *PAGE_EXTENSIONS} and not content.startswith(ZIP_SIGNATURE):
        raise RefusedDocument(DocumentCode.WRONG_EXTENSION, extension=shown_ending(name))
    return content


def _guard(bureau: Bureau, by: User) -> None:
    if not by.may(Permission.IMPORT_PLANS, bureau):
        raise Refused(_("You may import plans only for your own bureau."))


def _read(found: PlanImport) -> None:
    touch(found, done=0, total=STEPS)
    try:
        text = found.text or read_document(_content_of(found), found.source_name).text
    except RefusedDocument as refusal:
        reason = {"code": refusal.code.value, "values": refusal.values}
        finish(found, stage=ImportStage.REFUSED, refusal=reason, file="")
        found.file.delete(save=False)  # what cannot be read is not kept
        return
    touch(found, done=1, total=STEPS)
    reading = read_plan(text, found.year).as_json()
    title = found.title or title_of(text) or PurePath(found.source_name).stem[:MAX_FILE_NAME]
    year = found.year or (None if reading["year"] == NO_YEAR else reading["year"])
    known: dict[str, Any] = {"text": text, "reading": reading, "title": title, "year": year}
    finish(found, stage=ImportStage.REVIEW, done=STEPS, **known)


def _content_of(found: PlanImport) -> bytes:
    return Path(found.file.path).read_bytes()


def refusal_text(refusal: Mapping[str, Any]) -> str:
    """Why a document could not be read, in the language of the page."""
    for code, message in MESSAGES.items():
        if code.value == refusal.get("code"):
            return _(message) % refusal.get("values", {})
    return _("The document could not be read.")
