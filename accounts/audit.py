"""The audit trail: one append-only event for each act, chained by hashes within a bureau.

`record` runs in the caller's transaction: if the event cannot be written, the act is rolled back (D-15).
"""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from typing import Any

from django.db import models, transaction
from django.utils import timezone

from accounts.context import current
from accounts.models import AuditChain, AuditEvent, Bureau, User


def record(
    kind: str,
    *,
    by: User | None,
    bureau: Bureau | None = None,
    about: models.Model | None = None,
    label: str = "",
    outcome: str = "done",
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    username: str = "",
    at: datetime | None = None,
) -> AuditEvent:
    """Append one event to the bureau's chain and return it.

    `before` and `after` hold plain JSON values. Locks the chain's head until the transaction ends, so
    numbers have no gaps and each row carries the hash of the one before it.
    """
    info = current.get()
    with transaction.atomic():
        chain = _locked_chain(bureau)
        event = AuditEvent(
            bureau=bureau,
            number=chain.length + 1,
            at=at or (bureau.now if bureau else timezone.now()),
            user=by,
            username=by.username if by else username[:150],
            address=info.address,
            kind=kind,
            object_type=(about._meta.model_name or "") if about is not None else "",
            object_id=about.pk if about is not None else None,
            object_label=(label or str(about or ""))[:200],
            outcome=outcome,
            request_id=info.request_id,
            before=before or {},
            after=after or {},
            previous_hash=chain.last_hash,
        )
        event.hash = fingerprint(event)
        event.save(force_insert=True)
        chain.last_hash, chain.length = event.hash, event.number
        chain.save(update_fields=["last_hash", "length"])
    return event


def fingerprint(event: AuditEvent) -> str:
    """The SHA-256 over everything the event says and the hash of the event before it."""
    content = {
        "bureau": event.bureau_id,
        "number": event.number,
        "at": event.at.timestamp(),
        "user": event.user_id,
        "username": event.username,
        "address": event.address,
        "kind": event.kind,
        "object": [event.object_type, event.object_id, event.object_label],
        "outcome": event.outcome,
        "request": event.request_id,
        "before": event.before,
        "after": event.after,
        "previous": event.previous_hash,
    }
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def first_broken_event(bureau: Bureau | None) -> AuditEvent | None:
    """The first event of the chain whose hash or link does not hold; None when the chain is whole."""
    previous = ""
    events = AuditEvent.objects.filter(bureau=bureau).order_by("number")
    for number, event in enumerate(events.iterator(), 1):
        if event.number != number or event.previous_hash != previous or fingerprint(event) != event.hash:
            return event
        previous = event.hash
    return None


def _locked_chain(bureau: Bureau | None) -> AuditChain:
    chains = AuditChain.objects.select_for_update()
    chain = chains.filter(bureau=bureau).first()
    if chain is None:
        AuditChain.objects.get_or_create(bureau=bureau)
        chain = chains.get(bureau=bureau)
    return chain
