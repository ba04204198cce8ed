"""Tags and what carries them: the one place that narrows a plan's items to a channel."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Count, QuerySet

from accounts.models import Bureau
from accounts.text import whole_number
from plans.models import Tag, Task
from targets.models import Target


@dataclass(frozen=True)
class Tagged:
    """The tasks and targets (ids) that are reported through one channel too."""

    tag: Tag
    tasks: frozenset[int]
    targets: frozenset[int]

    def holds(self, item: Task | Target | None) -> bool:
        """Whether this task or target carries the tag."""
        if item is None:
            return False
        return item.pk in (self.tasks if isinstance(item, Task) else self.targets)


def tags_of(bureau: Bureau) -> QuerySet[Tag]:
    """The bureau's tags, each with how many tasks and targets carry it."""
    return bureau.tags.annotate(
        used_by=Count("tasks", distinct=True) + Count("targets", distinct=True)
    ).order_by("pk")


@dataclass(frozen=True)
class TagChoice:
    """The tags that a page can be narrowed by, and the one that was asked for."""

    tags: tuple[Tag, ...] = ()
    chosen: Tag | None = None

    @property
    def query(self) -> str:
        """The query string that keeps a page narrowed; "" where no tag is chosen."""
        return f"?tag={self.chosen.pk}" if self.chosen else ""

    @property
    def tagged(self) -> Tagged | None:
        """What carries the chosen tag; None where none was asked for. Two queries."""
        return tagged(self.chosen)


def tag_choice(query: Mapping[str, str], *bureaus: Bureau) -> TagChoice:
    """The bureaus' tags and the one that `?tag=` names; a tag of another bureau counts as none. One query."""
    tags = tuple(Tag.objects.filter(bureau__in=bureaus).order_by("bureau", "pk"))
    wanted = whole_number(query.get("tag"))
    return TagChoice(tags, next((tag for tag in tags if tag.pk == wanted), None))


def tagged(tag: Tag | None) -> Tagged | None:
    """What carries the tag; None without one. Two queries."""
    if tag is None:
        return None
    tasks = frozenset(tag.tasks.values_list("pk", flat=True))
    return Tagged(tag, tasks, frozenset(tag.targets.values_list("pk", flat=True)))
