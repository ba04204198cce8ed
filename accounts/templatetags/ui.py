"""What templates need beyond Django's own tags: the navigation, numbers with separators, table frames."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from django import template
from django.http import HttpRequest
from django.template.context import RequestContext
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from accounts.labels import KIND_LABELS, OUTCOME_LABELS
from accounts.models import Bureau, User
from accounts.permissions import Permission

register = template.Library()


@dataclass(frozen=True)
class Place:
    """A page of the navigation: the name of its address, the permissions of which one opens it, what its
    address tells (the bureau's code, the year), and whether it is opened now and then only."""

    name: str
    label: Promise
    permissions: frozenset[Permission] = frozenset()
    tells: tuple[str, ...] = ()
    is_rare: bool = False


@dataclass(frozen=True)
class Item:
    """A link of the navigation as this person sees it; one that is folded stands under “more”."""

    label: Promise
    url: str
    is_current: bool
    is_folded: bool


MOST_IN_ONE_LINE = 8  # links that fit beside the product's name at 1366 pixels

PLACES = [
    Place("home", _("Home")),
    Place("plan", _("Plan"), frozenset({Permission.VIEW_PLAN}), ("bureau", "year")),
    Place("entry", _("Entry"), frozenset({Permission.ENTER_FIGURES, Permission.ENTER_FOR_UNITS})),
    Place("uploads", _("Uploads"), frozenset({Permission.ENTER_FIGURES, Permission.ENTER_FOR_UNITS})),
    Place(
        "review", _("Review"), frozenset({Permission.REVIEW_UNIT, Permission.SIGN_OFF, Permission.APPROVE})
    ),
    Place(
        "adjustments",
        _("Adjustments"),
        frozenset({Permission.PROPOSE_ADJUSTMENT, Permission.APPROVE_ADJUSTMENT}),
        is_rare=True,
    ),
    Place(
        "reporting-matrix",
        _("Reporting progress"),
        frozenset({Permission.VIEW_SUBMITTED, Permission.REVIEW_UNIT}),
        ("bureau",),
    ),
    Place("dashboard", _("Dashboard"), frozenset({Permission.VIEW_PLAN})),
    Place("exports", _("Exports"), frozenset({Permission.EXPORT_REPORTS}), is_rare=True),
    Place("periods", _("Periods"), frozenset({Permission.MANAGE_PERIODS}), ("bureau",), is_rare=True),
    Place("imports", _("Plan import"), frozenset({Permission.IMPORT_PLANS}), is_rare=True),
    Place(
        "settings",
        _("Settings"),
        frozenset({Permission.MANAGE_STEPS, Permission.MANAGE_ROLES}),
        is_rare=True,
    ),
    Place("overview", _("Bureaus compared"), frozenset({Permission.OVERSEE_BUREAUS})),
    Place("people", _("People"), frozenset({Permission.MANAGE_ACCOUNTS})),
    Place("roles", _("Roles and permissions"), frozenset({Permission.MANAGE_ROLES})),
    Place("audit-log", _("Audit log"), frozenset({Permission.READ_AUDIT})),
]


@register.simple_tag(takes_context=True)
def navigation(context: RequestContext) -> list[Item]:
    """The pages this person may open, in fixed order; addresses that do not exist are left out.

    Where they do not fit into one line, those opened now and then are folded, and come last.

    Plan and periods are those of `nav_bureau` and `nav_year` where the page sets them, else the own bureau's
    of this year. The longest address that the page's own begins with is the current one.
    """
    request: HttpRequest | None = context.get("request")
    user = getattr(request, "user", None)
    if request is None or not isinstance(user, User):
        return []
    found = [(place, _address(place, user, context)) for place in PLACES if _open_to(place, user)]
    links = [(place, url) for place, url in found if url]
    inside = [url for _place, url in links if _is_inside(request.path, url)]
    current = max(inside, key=len, default="")
    folds = len(links) > MOST_IN_ONE_LINE
    items = [Item(place.label, url, url == current, folds and place.is_rare) for place, url in links]
    return sorted(items, key=lambda item: item.is_folded)


def _open_to(place: Place, user: User, bureau: Bureau | None = None) -> bool:
    return not place.permissions or any(user.may(permission, bureau) for permission in place.permissions)


def _address(place: Place, user: User, context: RequestContext) -> str:
    """The link's address, "" when there is none."""
    args: list[str | int] = []
    if place.tells:
        bureaus: list[Bureau | None] = [context.get("nav_bureau"), context.get("own_bureau")]
        bureau = next((one for one in bureaus if one is not None and _open_to(place, user, one)), None)
        if bureau is None:
            return ""
        told = {"bureau": bureau.code, "year": context.get("nav_year") or bureau.today.year}
        args = [told[part] for part in place.tells]
    try:
        return reverse(place.name, args=args)
    except NoReverseMatch:
        return ""


def _is_inside(path: str, url: str) -> bool:
    return path == url or (url != "/" and path.startswith(url.rstrip("/") + "/"))


@register.filter
def thousands(value: int | None) -> str:
    """The whole number with separators in groups of three (3,200), whatever the language; "" for None."""
    return "" if value is None or value == "" else f"{int(value):,}"


@register.simple_block_tag(end_name="end_table_frame")
def table_frame(content: str, label: str = "", css: str = "") -> SafeString:
    """A frame in which a wide or long table scrolls by itself, by keyboard too; `css` adds classes.

    `{% table_frame label=title %}<table class="data">…</table>{% end_table_frame %}`
    """
    return format_html(
        '<div class="{}" role="region" aria-label="{}" tabindex="0">{}</div>',
        f"table-frame {css}".strip(),
        label,
        content,
    )


@register.filter
def event_kind(kind: str) -> str | Promise:
    """What a kind of audit event is called; the code itself where nobody has named it."""
    return KIND_LABELS.get(kind, kind)


@register.filter
def event_outcome(outcome: str) -> str | Promise:
    """What an audit event's outcome is called."""
    return OUTCOME_LABELS.get(outcome, outcome)


@register.filter
def as_json(value: dict[str, Any]) -> str:
    """The audit event's content as one readable line; "–" when empty."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True) if value else "–"
