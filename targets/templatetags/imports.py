"""What the pages of an import need: addresses of the same page, names of rules and vocabularies."""

from __future__ import annotations

from urllib.parse import urlencode

from django import template
from django.utils.translation import gettext

from targets.enums import Commitment
from targets.extraction import RULES
from targets.labels import LABELS
from targets.selectors.import_text import Choice

register = template.Library()


@register.filter
def import_query(choice: Choice, change: str) -> str:
    """The same page's query string with another view, filter or item."""
    changes: dict[str, object] = {
        "structure": {"view": "structure"},
        "ledger": {"view": "ledger"},
        "open": {"open": not choice.only_open},
        "words": {"words": not choice.with_words},
    }.get(change, {"item": change})  # type: ignore[assignment]
    return choice.query(**changes)


@register.filter
def import_item(item: str) -> str:
    """The query string that selects an item."""
    return "?" + urlencode({"item": item})


@register.filter
def import_rule(code: str) -> str:
    """What a rule of the reading says; its code where it has no sentence."""
    return gettext(RULES[code]) if code in RULES else code


@register.filter
def import_label(commitment: str) -> str:
    """How firmly a sentence promises."""
    return str(LABELS[Commitment(commitment)])
