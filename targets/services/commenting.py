"""Saying something about a figure or text; nothing said is ever changed or taken away."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.audit import record
from accounts.models import Unit, User
from targets.errors import Refused
from targets.inputs import MAX_COMMENT
from targets.models import Comment, Figure, Narrative
from targets.selectors.comments import may_read_comments
from targets.selectors.rights import may_comment
from targets.selectors.sight import sight


@transaction.atomic
def write_comment(
    *, item: Figure | Narrative, unit: Unit, text: str, by: User, at: datetime | None = None
) -> Comment:
    """Keep one remark about the item at its present version.

    `unit` is the item's own, with its bureau. Raises Refused for somebody who takes no part in the item's way
    or cannot see it yet, without words, and for more than MAX_COMMENT characters.
    """
    if not may_comment(by, unit) or not may_read_comments(sight(by, unit.bureau, unit), item):
        raise Refused(_("You may comment only on what you enter or decide about."))
    text = text.strip()
    if not text or len(text) > MAX_COMMENT:
        raise Refused(_("A comment needs words, at most %(limit)s characters.") % {"limit": MAX_COMMENT})
    about = {"figure": item} if isinstance(item, Figure) else {"narrative": item}
    at = at or unit.bureau.now
    comment = Comment.objects.create(version=item.last_version, text=text, by=by, at=at, **about)
    after = {"version": item.last_version, "text": text}
    record("comment.written", by=by, bureau=unit.bureau, about=item, after=after, at=at)
    return comment
