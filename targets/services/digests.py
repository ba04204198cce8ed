"""The daily mail: one for each person and day, however often and by however many workers it is asked for."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import date
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import send_mail
from django.db import IntegrityError, transaction
from django.utils import timezone, translation

from accounts.models import User
from targets.digest_text import digest_body, digest_subject
from targets.models import Digest
from targets.selectors.digests import DigestContent, digest_content, digest_recipients

logger = logging.getLogger(__name__)

MAIL_ERRORS = (SMTPException, OSError)  # the mail server refuses, or cannot be reached


@dataclass
class Round:
    """What one round of sending did, in people."""

    sent: int = 0
    nothing: int = 0  # nothing to tell
    failed: int = 0


def send_digests(*, on: date) -> Round:
    """Send that day's mails to everybody who did not get one yet; a failure is logged, the rest goes on."""
    done = Round()
    for user in digest_recipients(on):
        try:
            if send_digest(user=user, on=on):
                done.sent += 1
            else:
                done.nothing += 1
        except MAIL_ERRORS as error:
            logger.warning("digest of %s for %s not sent: %s", on, user.pk, error)
            done.failed += 1
    return done


def send_digest(*, user: User, on: date) -> bool:
    """Send one person's mail of that day; False where it was sent, is not wanted, or has nothing to tell.

    The row and the mail stand or fall together: a second worker waits for the row and then finds it. Raises
    what the mail server raises; then there is no row, and the next try sends.
    """
    if not digest_recipients(on).filter(pk=user.pk).exists():
        return False
    content = digest_content(user)
    if content.is_empty:
        return False
    with transaction.atomic():
        try:
            with transaction.atomic():
                digest = Digest.objects.create(user=user, on=on, sent_at=timezone.now())
        except IntegrityError:
            return False
        digest.reminders.set(content.reminders)
        _send(content)
    return True


def _send(content: DigestContent) -> None:
    with translation.override(settings.LANGUAGE_CODE):
        subject, body = digest_subject(content), digest_body(content, settings.SITE_URL)
    send_mail(subject, body, settings.DEFAULT_FROM_EMAIL, [content.user.email])
