"""Papers that leave the system; what stood on them is kept in the audit trail."""

from __future__ import annotations

from django.db import transaction

from accounts.audit import record
from accounts.models import Unit, User
from targets.models import Period
from targets.selectors.confirmation import Confirmation, confirmation


@transaction.atomic
def print_confirmation(*, period: Period, unit: Unit, by: User) -> Confirmation:
    """The unit's confirmation sheet for the period, with an audit event that names the versions on it.

    Who may see the unit's sheet is asked by the view.
    """
    paper = confirmation(period, unit)
    after = {"period": str(period.key), **paper.versions()}
    record("confirmation.printed", by=by, bureau=unit.bureau, about=unit, after=after)
    return paper
