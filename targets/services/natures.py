"""A later nature of an approved figure (预计 → 快报 → 核定): a new version that is no error."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.audit import record
from accounts.models import Unit, User
from targets.enums import Nature
from targets.errors import Refused
from targets.inputs import FigureInput
from targets.models import Act, Figure, Origin
from targets.policies import is_later_nature, may_correct
from targets.services.entering import locked_own
from targets.services.versions import Hand, decision_about, write_figures, write_warnings


@transaction.atomic
def update_nature(*, figure: Figure, unit: Unit, nature: str, by: User, at: datetime | None = None) -> None:
    """Reopen an approved figure with a later nature; its number may then be typed anew.

    No reason is asked: an estimate that is replaced was not wrong. What was approved goes on counting until
    the new version is. Raises Refused for a nature that is not later, an item of another unit or one that is
    not approved, and when the period is closed.
    """
    at = at or unit.bureau.now
    locked = locked_own(figure, unit, by)
    assert isinstance(locked, Figure)
    if not may_correct(locked.state, period_open=True):
        raise Refused(_("Only an approved figure or text can be corrected; this one is under way already."))
    if nature not in set(Nature) or not is_later_nature(nature, locked.nature):
        raise Refused(_("This nature is not later than the present one. A way back is a correction."))
    before = locked.nature
    content = {name: getattr(locked, name) for name in FigureInput.CONTENT}
    entry = FigureInput(
        target=locked.target,
        allocation=locked.allocation,
        revision=locked.revision,
        entered=locked.entered,
        **{**content, "nature": nature},
    )
    (written,) = write_figures([(locked, entry)], locked.period, Hand(by, at, Origin.PAGE))
    write_warnings([written], at)
    decision_about(written, Act.UPDATE, by=by, at=at).save()
    after = {"nature": nature, "version": written.last_version}
    record(
        "nature.updated",
        by=by,
        bureau=unit.bureau,
        about=written,
        before={"nature": before},
        after=after,
        at=at,
    )
