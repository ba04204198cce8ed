"""The words of the daily mail, from plain content; in the language that is active."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from targets.enums import Step
from targets.selectors.digests import DigestContent
from targets.selectors.review import Desk
from targets.selectors.work import UnitWork
from targets.words import day_text, period_name

MOST_NAMED = 20  # items named of one unit; the rest is counted


def digest_subject(content: DigestContent) -> str:
    """What is to be done, counted: the line that is read on a telephone."""
    missing = sum(len(work.missing) for work in content.owing)
    returned = sum(len(work.returned) for work in content.owing)
    waiting = sum(desk.count for desk in content.waiting) + content.acts
    parts = [
        _("%(count)s not reported") % {"count": missing} if missing else "",
        _("%(count)s returned") % {"count": returned} if returned else "",
        _("%(count)s to review") % {"count": waiting} if waiting else "",
    ]
    told = _(", ").join(part for part in parts if part) or _("what is new")
    return _("Work plan: %(what)s") % {"what": told}


def digest_body(content: DigestContent, address: str = "") -> str:
    """The whole mail as plain text; `address` is where the product is reached, "" for no links."""
    lines = [_("Dear %(name)s,") % {"name": content.user}, ""]
    for work in content.owing:
        lines += [*_owing(work, address), ""]
    for reminder in content.reminders:
        lines += [
            _("The office reminded %(unit)s of %(period)s: %(note)s")
            % {
                "unit": reminder.unit,
                "period": period_name(reminder.period.key),
                "note": reminder.note or _("please report what is missing"),
            },
            "",
        ]
    for desk in content.waiting:
        lines += [_waiting(desk), ""]
    for bureau, count in content.requests:
        said = ngettext(
            "%(bureau)s: %(count)s request for an exception waits for your answer.",
            "%(bureau)s: %(count)s requests for exceptions wait for your answer.",
            count,
        )
        lines += [said % {"bureau": bureau.short_name, "count": count}, ""]
    if content.acts:
        said = ngettext(
            "%(count)s adjustment or postponement waits for your decision.",
            "%(count)s adjustments or postponements wait for your decision.",
            content.acts,
        )
        lines += [said % {"count": content.acts}, ""]
    return "\n".join([*lines, *_ending(content, address)])


def _owing(work: UnitWork, address: str) -> Iterator[str]:
    due = work.period.report_due
    head = {"unit": work.unit, "period": period_name(work.period.key), "count": len(work.to_do)}
    yield _("%(unit)s, %(period)s: %(count)s to report") % head
    if due and work.is_overdue:
        said = ngettext(
            "Deadline %(day)s, %(days)s day ago", "Deadline %(day)s, %(days)s days ago", work.days_late
        )
        yield said % {"day": day_text(due), "days": work.days_late}
    elif due:
        yield _("Deadline %(day)s") % {"day": day_text(due)}
    for item in work.to_do[:MOST_NAMED]:
        reason = item.returned.reason if item.returned else ""
        why = _(" (returned: %(reason)s)") % {"reason": reason} if reason else ""
        yield f"- {item.label}{why}"
    if len(work.to_do) > MOST_NAMED:
        yield _("- and %(count)s more") % {"count": len(work.to_do) - MOST_NAMED}
    if address:
        yield f"{address}/entry/{work.period.pk}/{work.unit.pk}/"


def _waiting(desk: Desk) -> str:
    where = {"bureau": desk.bureau.short_name, "period": period_name(desk.period.key), "count": desk.count}
    if desk.step == Step.PASS:
        return _("%(unit)s, %(period)s: %(count)s to review") % {**where, "unit": desk.unit}
    if desk.step == Step.SIGN:
        return _("%(bureau)s, %(period)s: %(count)s to sign off") % where
    return _("%(bureau)s, %(period)s: %(count)s to approve") % where


def _ending(content: DigestContent, address: str) -> Iterator[str]:
    bureaus = [right.bureau for right in content.user.rights if right.bureau]
    if address:
        yield _("The system: %(address)s") % {"address": address}
    yield _("You get at most one mail a day. To stop it, open “My contact details” in the system.")
    if any(bureau.is_demo for bureau in bureaus):
        yield _("Demonstration data")
