"""The steps of a bureau's review, and who signs off for which unit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.audit import record
from accounts.models import Bureau, Unit, User
from accounts.permissions import Permission, Role
from targets.enums import State
from targets.errors import Refused
from targets.models import Figure, Narrative, Period
from targets.selectors.owners import unit_of


@transaction.atomic
def set_review_steps(
    *,
    bureau: Bureau,
    skip_unit_review: bool,
    leader_sign_off: bool,
    leaders: Mapping[int, User | None],
    by: User,
) -> bool:
    """Store which steps the review has and each unit's leader in charge (unit id → account, None for nobody).

    Holds from the next submission or decision on. Returns whether anything changed. Raises Refused without
    the right, for an account that is no leader of this bureau, and while an item waits for a sign-off that
    nobody could give any more.
    """
    if not by.may(Permission.MANAGE_STEPS, bureau):
        raise Refused(_("Only the office sets the steps of the review."))
    # Every decision takes its period's lock first: none slips in between this check and the new setting.
    list(Period.objects.select_for_update(of=("self",), no_key=True).filter(bureau=bureau).order_by("pk"))
    bureau = Bureau.objects.select_for_update(no_key=True).get(pk=bureau.pk)
    units = list(Unit.objects.filter(bureau=bureau, pk__in=leaders).select_related("leader_account"))
    before = _content(bureau, units)
    bureau.skip_unit_review, bureau.leader_sign_off = skip_unit_review, leader_sign_off
    bureau.save(update_fields=["skip_unit_review", "leader_sign_off"])
    for unit in units:
        unit.leader_account = leaders[unit.pk]
    _refuse_strangers(bureau, units)
    Unit.objects.bulk_update(units, ["leader_account"])
    _refuse_unsigned(bureau)
    after = _content(bureau, units)
    changed = {name for name in after if after[name] != before[name]}
    if changed:
        record(
            "settings.changed",
            by=by,
            bureau=bureau,
            about=bureau,
            before={name: before[name] for name in sorted(changed)},
            after={name: after[name] for name in sorted(changed)},
        )
    return bool(changed)


def _content(bureau: Bureau, units: list[Unit]) -> dict[str, Any]:
    """What the setting says, as plain values: the switches, and each unit's leader by user name."""
    found: dict[str, Any] = {
        "skip_unit_review": bureau.skip_unit_review,
        "leader_sign_off": bureau.leader_sign_off,
    }
    return found | {unit.name: unit.leader_account.username if unit.leader_account else "" for unit in units}


def _refuse_strangers(bureau: Bureau, units: list[Unit]) -> None:
    """Raise Refused where somebody is named who does not lead this bureau."""
    for unit in units:
        account = unit.leader_account
        if account and not account.memberships.filter(role=Role.LEADER, bureau=bureau).exists():
            raise Refused(
                _("%(person)s is no leader of this bureau and cannot sign off for %(unit)s.")
                % {"person": account, "unit": unit}
            )


def _refuse_unsigned(bureau: Bureau) -> None:
    """Raise Refused where something waits for a sign-off that the new setting has no more."""
    signed = Unit.objects.filter(bureau=bureau, leader_account__isnull=False, bureau__leader_sign_off=True)
    signed_for = set(signed.values_list("pk", flat=True))
    waiting: list[Figure | Narrative] = [
        *Figure.objects.filter(period__bureau=bureau, state=State.PASSED).select_related(
            "target", "allocation__unit"
        ),
        *Narrative.objects.filter(period__bureau=bureau, state=State.PASSED),
    ]
    stuck = sum(unit_of(item) not in signed_for for item in waiting)
    if stuck:
        raise Refused(
            ngettext(
                "%(count)s item still waits for the leader's sign-off. Have it signed or returned first.",
                "%(count)s items still wait for the leader's sign-off. Have them signed or returned first.",
                stuck,
            )
            % {"count": stuck}
        )
