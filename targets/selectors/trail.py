"""The trail of a target's figures: every version with who, when and why, its warnings and its rounds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from targets.models import Act, Decision, FigureVersion, FigureWarning, Target
from targets.periods import PeriodKey
from targets.plausibility import MESSAGES, WarningCode
from targets.selectors.sight import Sight
from targets.selectors.terms import units_over_time

APPROVED_STEPS = frozenset({Act.SUBMIT, Act.PASS, Act.SIGN, Act.APPROVE})
Place = tuple[int, int]  # (figure, version number)


@dataclass(frozen=True)
class WarningView:
    """What looked odd about a version, and the answer."""

    text: str
    answer: str
    answered_by: str


@dataclass(frozen=True)
class VersionView:
    """One version of a figure as this person may see it."""

    period: PeriodKey
    version: FigureVersion
    counts: bool  # this version is the one that counts in progress
    was_approved: bool
    is_sample: bool
    source: str
    warnings: tuple[WarningView, ...]
    steps: tuple[Decision, ...]
    unit: str = ""  # the unit of measure in which the value was written

    @property
    def state(self) -> str:
        """The figure's state where this is its latest version; "" for one that was replaced."""
        figure = self.version.figure
        return figure.state if self.version.number == figure.last_version else ""

    @property
    def last_step(self) -> str:
        """How far a version came that was replaced without having been approved: its own last round."""
        return self.steps[-1].get_act_display() if self.steps else _("Replaced")


def versions_of(target: Target) -> list[FigureVersion]:
    """Every version of the whole target's figures, latest period and version first."""
    versions = FigureVersion.objects.filter(figure__target=target, figure__allocation=None)
    return list(
        versions.select_related("figure__period", "by").order_by(
            "-figure__period__year", "-figure__period__month", "-number"
        )
    )


def trail(target: Target, versions: Iterable[FigureVersion], level: Sight) -> list[VersionView]:
    """The versions that this level sees, in the given order; three queries.

    Everyone sees what was approved; office and leaders also what was submitted; the unit's own people all.
    """
    steps: dict[Place, list[Decision]] = defaultdict(list)
    decisions = Decision.objects.filter(figure__target=target, figure__allocation=None)
    for step in decisions.select_related("by").order_by("at", "pk"):
        steps[step.figure_id or 0, step.version].append(step)
    warnings: dict[Place, list[FigureWarning]] = defaultdict(list)
    found = FigureWarning.objects.filter(figure__target=target, figure__allocation=None)
    for warning in found.select_related("answered_by").order_by("pk"):
        warnings[warning.figure_id, warning.version].append(warning)
    units = units_over_time(target)
    views = []
    for version in versions:
        place = (version.figure_id, version.number)
        if is_visible(steps[place], level):
            view = _view(version, steps[place], warnings[place], level, target.plan.bureau.is_demo)
            views.append(replace(view, unit=units(version.figure.period.key, version.at)))
    return views


def is_visible(steps: Iterable[Decision], level: Sight) -> bool:
    """Whether a version with these rounds may be seen at this level."""
    if level == Sight.DRAFTS:
        return True
    acts = {Act.APPROVE} if level == Sight.APPROVED else {Act.APPROVE, Act.SUBMIT}
    return any(step.act in acts for step in steps)


def _view(
    version: FigureVersion, steps: list[Decision], warnings: list[FigureWarning], level: Sight, in_demo: bool
) -> VersionView:
    """Source and sample mark are kept for the figure as it stands; an earlier version claims no source."""
    figure = version.figure
    is_last = version.number == figure.last_version
    return VersionView(
        period=figure.period.key,
        version=version,
        counts=version.number == figure.approved_version,
        was_approved=any(step.act == Act.APPROVE for step in steps),
        is_sample=figure.is_sample or (in_demo and not is_last),
        source=figure.source if is_last else "",
        warnings=tuple(
            WarningView(warning_text(warning), warning.answer, str(warning.answered_by or ""))
            for warning in warnings
        ),
        steps=tuple(step for step in steps if level > Sight.APPROVED or step.act in APPROVED_STEPS),
    )


def warning_text(warning: FigureWarning) -> str:
    """The message of the warning's code with the values of that time; a remark has its own words, or none."""
    if warning.code not in MESSAGES:
        return warning.text
    return _(MESSAGES[WarningCode(warning.code)]) % warning.values
