"""Attaching files to what a unit reports, and taking back one that was never submitted."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import BinaryIO, cast

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.audit import record
from accounts.models import Unit, User
from accounts.text import file_name
from plans.models import Task
from targets.enums import Nature
from targets.errors import Refused
from targets.evidence_checks import MESSAGES, EvidenceCode, RefusedEvidence, check_evidence, count_names
from targets.models import Evidence, Figure, FigureWarning, Narrative, Period
from targets.plausibility import WarningCode
from targets.policies import may_edit
from targets.selectors.duties import FigureDuty, TextDuty
from targets.selectors.evidence import may_take_back
from targets.selectors.owners import unit_of
from targets.selectors.warnings import warnings_for_many
from targets.services.guards import guard_entering
from targets.services.periods import lock_open_period

MOST_FILES = 20  # of one item


def attach_evidence(
    *,
    period: Period,
    unit: Unit,
    duty: FigureDuty | TextDuty,
    file: UploadedFile,
    is_list: bool = False,
    milestone: int | None = None,
    by: User,
    at: datetime | None = None,
) -> Evidence:
    """Check the file, store it under a random name and put it behind the item, blank or not.

    `is_list`: the file lists the names behind a count; they are counted, and a difference from the figure is
    a warning. Raises Refused, with nothing stored, for a file that may not be kept, an item that is under
    review or not the unit's, and a period that is closed.
    """
    guard_entering(period=period, unit=unit, by=by)
    at, name = at or period.bureau.now, file_name(file.name or "")
    if milestone is not None and not _has_node(duty, milestone):
        raise Refused(_("This node belongs to another task."))
    kind, names = _checked(file, name, is_list and isinstance(duty, FigureDuty), unit, by)
    evidence = Evidence(original_name=name, kind=kind, names=names, milestone_id=milestone, by=by, at=at)
    evidence.size, evidence.sha256 = file.size or 0, _sha256(file)
    evidence.file.save(name, file, save=False)
    try:
        _store(evidence, period, unit, duty, by, at)
    except BaseException:
        evidence.file.delete(save=False)
        raise
    return evidence


@transaction.atomic
def remove_evidence(*, evidence: Evidence, unit: Unit, by: User, at: datetime | None = None) -> None:
    """Take back a file with which its item was never submitted. Raises Refused for every other."""
    item = evidence.item
    period = lock_open_period(item.period, unit)
    guard_entering(period=period, unit=unit, by=by)
    locked = type(item)._default_manager.select_for_update(of=("self",)).get(pk=item.pk)
    if not may_take_back(locked, [evidence]):
        raise Refused(_("This file was submitted with the item and stays. Attach the right one beside it."))
    before = {"name": evidence.original_name, "sha256": evidence.sha256, "size": evidence.size}
    record("evidence.removed", by=by, bureau=unit.bureau, about=locked, before=before, at=at)
    storage, stored = evidence.file.storage, str(evidence.file.name)
    evidence.delete()
    if isinstance(locked, Figure):
        _warn(locked, at or period.bureau.now)
    transaction.on_commit(lambda: storage.delete(stored))


def _checked(file: UploadedFile, name: str, is_list: bool, unit: Unit, by: User) -> tuple[str, int | None]:
    """Kind, and how many names a list holds; an audited refusal for a file that may not be kept."""
    content = cast(BinaryIO, file.file)
    try:
        kind = check_evidence(content, name, file.size or 0)
        if is_list and kind != "xlsx":
            raise RefusedEvidence(EvidenceCode.NOT_A_LIST)
        return kind, count_names(content) if is_list else None
    except RefusedEvidence as refusal:
        after = {"reason": refusal.code.value, "size": file.size}
        record("evidence.refused", by=by, bureau=unit.bureau, label=name, outcome="refused", after=after)
        raise Refused(_(MESSAGES[refusal.code]) % refusal.values) from refusal


@transaction.atomic
def _store(
    evidence: Evidence, period: Period, unit: Unit, duty: FigureDuty | TextDuty, by: User, at: datetime
) -> None:
    period = lock_open_period(period, unit)
    if not guard_entering(period=period, unit=unit, by=by).covers(duty.key):
        raise Refused(_("This period is closed. Please ask the office for an exception."))
    item = _item(period, unit, duty, by, at)
    if not may_edit(item.state, period_open=True):
        raise Refused(
            _("“%(item)s” has been submitted already and cannot be changed now.") % {"item": duty.label}
        )
    if item.evidence.filter(sha256=evidence.sha256).exists():
        raise Refused(_("This very file is attached already."))
    if item.evidence.count() >= MOST_FILES:
        raise Refused(_("At most %(limit)s files can be attached to one item.") % {"limit": MOST_FILES})
    if isinstance(item, Figure):
        evidence.figure = item
    else:
        evidence.narrative = item
    evidence.save()
    after = {"name": evidence.original_name, "sha256": evidence.sha256, "size": evidence.size}
    record("evidence.attached", by=by, bureau=unit.bureau, about=item, after=after, at=at)
    if isinstance(item, Figure):
        _warn(item, at)


def _item(
    period: Period, unit: Unit, duty: FigureDuty | TextDuty, by: User, at: datetime
) -> Figure | Narrative:
    """The stored item, locked; a blank one without any version where nothing was saved yet.

    The period is locked, so nobody makes the same item at once.
    """
    made = {"updated_by": by, "updated_at": at, "is_sample": period.bureau.is_demo}
    if isinstance(duty, FigureDuty):
        figure, _new = Figure.objects.select_for_update(of=("self",)).get_or_create(
            target=duty.target,
            allocation=duty.allocation,
            period=period,
            defaults={**made, "nature": Nature.FLASH},
        )
        if unit_of(figure) != unit.pk:
            raise Refused(_("You may enter figures only for your own unit."))
        return figure
    subject = duty.subject
    about = {"task": subject} if isinstance(subject, Task) else {"target": subject}
    text, _new = Narrative.objects.select_for_update(of=("self",)).get_or_create(
        period=period, unit=unit, **about, defaults=made
    )
    return text


def _warn(figure: Figure, at: datetime) -> None:
    """Keep a warning where list and figure differ now; an unanswered one that no longer holds goes."""
    kept = figure.warnings.filter(version=figure.last_version, code=WarningCode.LIST_DIFFERS)
    found = [
        warning
        for warning in warnings_for_many([figure])[figure.pk]
        if warning.code == WarningCode.LIST_DIFFERS
    ]
    values = [warning.values for warning in found]
    kept.filter(answer="").exclude(values__in=values).delete()
    FigureWarning.objects.bulk_create(
        FigureWarning(
            figure=figure, version=figure.last_version, code=warning.code, values=warning.values, at=at
        )
        for warning in found
        if not kept.filter(values=warning.values).exists()
    )


def _has_node(duty: FigureDuty | TextDuty, milestone: int) -> bool:
    return isinstance(duty, TextDuty) and milestone in {node.pk for node in duty.nodes}


def _sha256(file: UploadedFile) -> str:
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    file.seek(0)
    return digest.hexdigest()
