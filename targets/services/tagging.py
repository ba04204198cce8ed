"""A bureau's tags: added, renamed and deleted by its office."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.audit import record
from accounts.models import Bureau, User
from accounts.permissions import Permission
from plans.models import Tag
from targets.errors import Refused

MAX_NAME = 20


@transaction.atomic
def add_tag(*, bureau: Bureau, name: str, by: User, at: datetime | None = None) -> Tag:
    """Add a tag. Raises Refused for an empty, too long or known name."""
    name = _usable_name(bureau, name, by)
    tag = Tag.objects.create(bureau=bureau, name=name)
    record("tag.added", by=by, bureau=bureau, about=tag, after={"name": name}, at=at)
    return tag


@transaction.atomic
def rename_tag(*, tag: Tag, name: str, by: User, at: datetime | None = None) -> bool:
    """Give a tag another name; returns whether it changed. Raises Refused as `add_tag` does."""
    old = tag.name
    if name.strip() == old:
        return False
    tag.name = _usable_name(tag.bureau, name, by)
    tag.save(update_fields=["name"])
    record(
        "tag.renamed",
        by=by,
        bureau=tag.bureau,
        about=tag,
        before={"name": old},
        after={"name": tag.name},
        at=at,
    )
    return True


@transaction.atomic
def delete_tag(*, tag: Tag, by: User, at: datetime | None = None) -> None:
    """Delete a tag that nothing carries. Raises Refused for one that is in use."""
    _guard(by, tag.bureau)
    used = tag.tasks.count() + tag.targets.count()
    if used:
        raise Refused(
            _("“%(name)s” is still on %(count)s tasks and targets: take it off them first.")
            % {"name": tag.name, "count": used}
        )
    record("tag.deleted", by=by, bureau=tag.bureau, about=tag, before={"name": tag.name}, at=at)
    tag.delete()


def _usable_name(bureau: Bureau, name: str, by: User) -> str:
    _guard(by, bureau)
    name = name.strip()
    if not name or len(name) > MAX_NAME:
        raise Refused(_("Give the tag a name of at most %(limit)s characters.") % {"limit": MAX_NAME})
    if bureau.tags.filter(name=name).exists():
        raise Refused(_("There is a tag “%(name)s” already.") % {"name": name})
    return name


def _guard(by: User, bureau: Bureau) -> None:
    if not by.may(Permission.ORGANISE_PLAN, bureau):
        raise Refused(_("Only the office manages tags."))
