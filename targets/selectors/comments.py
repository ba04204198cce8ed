"""What was said about figures and texts, as far as a person may read it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from django.db.models import Q

from accounts.models import User
from targets.models import Comment, Figure, Narrative, Target
from targets.selectors.neighbours import ItemKey
from targets.selectors.owners import unit_of
from targets.selectors.sight import Sight, sight

Item = Figure | Narrative


def comments_about(items: Iterable[Item]) -> dict[ItemKey, tuple[Comment, ...]]:
    """(Figure or Narrative, id) → what was said about it, oldest first, with who said it; one query."""
    items = list(items)
    figures = [item.pk for item in items if isinstance(item, Figure)]
    narratives = [item.pk for item in items if isinstance(item, Narrative)]
    found: dict[ItemKey, list[Comment]] = defaultdict(list)
    rows = Comment.objects.filter(Q(figure__in=figures) | Q(narrative__in=narratives))
    for comment in rows.select_related("by"):
        about = (Figure, comment.figure_id) if comment.figure_id else (Narrative, comment.narrative_id or 0)
        found[about].append(comment)
    return {about: tuple(comments) for about, comments in found.items()}


def may_read_comments(level: Sight, item: Item) -> bool:
    """The unit's people always; office and leaders once the item was submitted; nobody else."""
    return level == Sight.DRAFTS or (level == Sight.SUBMITTED and item.submitted_at is not None)


def comments_on_target(target: Target, user: User) -> list[Comment]:
    """What this person may read of the talk about a target's figures and texts, newest first; two queries."""
    about = Q(figure__target=target) | Q(narrative__target=target)
    rows = Comment.objects.filter(about).select_related(
        "by",
        *("figure__period", "figure__target", "figure__allocation__unit"),
        *("narrative__period", "narrative__unit"),
    )
    comments = list(rows.order_by("-at", "-pk"))
    units = {unit.pk: unit for unit in target.plan.bureau.units.all()} if comments else {}
    found = []
    for comment in comments:
        item = comment.figure or comment.narrative
        assert item is not None  # a database constraint
        level = sight(user, target.plan.bureau, units[unit_of(item)])
        if may_read_comments(level, item):
            found.append(comment)
    return found
