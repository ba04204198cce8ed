"""What an agreed adjustment does to what is reported already: another unit of measure, another lead unit."""

from __future__ import annotations

import re
from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from accounts.models import User
from targets.errors import Refused
from targets.inputs import MAX_ENTERED, FigureInput
from targets.models import Adjustment, Decision, EntryDraft, Figure, Narrative, Origin, Terms
from targets.openings import figure_key
from targets.policies import EDITABLE
from targets.services.versions import Hand, write_warnings
from targets.units import MESSAGES, UnitProblem, convert, parse_unit

SMALLEST = Decimal("0.000001")
LARGEST = Decimal(10) ** 18
TYPED = ("value", "single", "forecast")  # columns of the entry page
BARE_NUMBER = re.compile(r"\s*[-+−－＋]?[\d.,，．\s]*\d[\d.,，．]*\s*")  # full-width digits are digits, too
AMOUNTS = ("value", "forecast")  # numerator and denominator have a unit of their own


def units_in_one(source: str, unit: str) -> Decimal:
    """How many `unit` make one `source`, exactly: 10,000 for 亿元 and 万元. Raises Refused.

    Another dimension is refused, and so is a factor without a last decimal (亩 in 公顷).
    """
    if source == unit:
        return Decimal(1)
    try:
        return convert(Decimal(1), parse_unit(source), parse_unit(unit))
    except UnitProblem as problem:
        raise Refused(_(MESSAGES[problem.code]) % problem.values) from problem


def fits(value: Decimal) -> bool:
    """Whether the database keeps the value digit by digit."""
    return abs(value) < LARGEST and value == value.quantize(SMALLEST)


def convert_figures(*, adjustment: Adjustment, by: User, at: datetime) -> int:
    """Express the figures of the periods in which the new unit is in force in it; returns how many.

    Each gets a new version with the reason, in the state in which it was; a form that is open meanwhile is
    stale. Figures of earlier periods stay as they are. Raises Refused where a number has no exact form.
    """
    old = units_in_one(adjustment.target.plan_unit, adjustment.old_unit)
    assert adjustment.unit_factor is not None  # a database constraint
    ratio = adjustment.unit_factor / old
    figures = Figure.objects.filter(
        target=adjustment.target,
        period__year=adjustment.effective.year,
        period__month__gte=adjustment.effective.month,
    )
    found = list(figures.select_for_update(of=("self",)).select_related("period__bureau").order_by("pk"))
    why = _("Unit of measure changed from %(old)s to %(new)s, document %(number)s") % {
        "old": adjustment.old_unit,
        "new": adjustment.new_unit,
        "number": adjustment.document_number,
    }
    for figure in found:
        _Converted(figure, ratio, adjustment.old_unit, Hand(by, at, Origin.PAGE, why)).write()
    by_period: dict[int, list[Figure]] = {}
    for figure in found:
        by_period.setdefault(figure.period_id, []).append(figure)
    for same in by_period.values():
        write_warnings(same, at)
    _name_unit_in_typing(adjustment)
    return len(found)


def _name_unit_in_typing(adjustment: Adjustment) -> None:
    """Write the former unit beside bare numbers that people have typed and not saved, so that they stay true.

    “342.89” becomes “342.89亿元”, which the entry page understands in whatever unit it asks for.
    """
    since, key = adjustment.effective, figure_key(adjustment.target_id, None)
    typed = EntryDraft.objects.filter(period__year=since.year, period__month__gte=since.month)
    own = typed.filter(row__regex=f"^{key}(p[0-9]+)?$", period__bureau=since.bureau_id)
    for draft in own.select_for_update():
        for column in TYPED:
            name = f"{draft.row}-{column}"
            if BARE_NUMBER.fullmatch(draft.fields.get(name, "")):
                draft.fields[name] += adjustment.old_unit
        draft.revision += 1
        draft.save(update_fields=["fields", "revision"])


class _Converted:
    """One figure on its way to another unit of measure."""

    def __init__(self, figure: Figure, ratio: Decimal, old_unit: str, hand: Hand) -> None:
        self.figure, self.ratio, self.old_unit, self.hand = figure, ratio, old_unit, hand

    def write(self) -> None:
        """New versions of what counts and of what is under way; state and rounds go on."""
        figure = self.figure
        last, counting = figure.last_version, figure.approved_version
        if counting is not None:
            figure.approved_version = self._version(counting)
            figure.approved_value = self._amount(figure.approved_value)
        if counting != last:
            self._version(last)
        for name in AMOUNTS:
            setattr(figure, name, self._amount(getattr(figure, name)))
        figure.entered = self._entered(figure.entered)
        figure.revision += 1
        figure.save()

    def _version(self, number: int) -> int:
        """A copy of that version in the new unit, with the rounds that were about it; returns its number."""
        figure = self.figure
        stored = figure.versions.get(number=number)
        figure.last_version += 1
        content = {name: getattr(stored, name) for name in FigureInput.CONTENT}
        content |= {name: self._amount(content[name]) for name in AMOUNTS}
        figure.versions.create(
            number=figure.last_version,
            entered=self._entered(stored.entered),
            **content,
            **self.hand.fields(),
        )
        rounds = Decision.objects.filter(figure=figure, version=number).order_by("at", "pk")
        Decision.objects.bulk_create(
            Decision(
                figure=figure,
                version=figure.last_version,
                act=step.act,
                by_id=step.by_id,
                at=step.at,
                reason=step.reason,
            )
            for step in rounds
        )
        return figure.last_version

    def _amount(self, amount: Decimal | None) -> Decimal | None:
        if amount is None:
            return None
        converted = amount * self.ratio
        if not fits(converted):
            raise Refused(
                _("%(value)s %(unit)s of %(item)s cannot be written exactly in the new unit of measure.")
                % {"value": f"{amount.normalize():f}", "unit": self.old_unit, "item": self.figure}
            )
        return converted

    def _entered(self, entered: str) -> str:
        """What was typed, with its unit; "" where that would be too long."""
        named = f"{entered}{self.old_unit}" if entered and self.old_unit not in entered else entered
        return named if len(named) <= MAX_ENTERED else ""


def move_drafts(*, adjustment: Adjustment) -> int:
    """Give the old lead's texts about the target that were never submitted to the new one; returns how many.

    Only of the periods in which the new lead is in force, and where it has no text of its own. Figures carry
    no unit: from now on the new lead reports them.
    """
    target, since = adjustment.target, adjustment.effective
    places = Terms.objects.filter(
        target=target,
        lead=adjustment.new_lead_id,
        period__year=since.year,
        period__month__gte=since.month,
    )
    periods = places.values("period")
    texts = Narrative.objects.filter(target=target, period__in=periods)
    taken = texts.filter(unit=adjustment.new_lead_id).values("period")
    drafts = texts.filter(unit=adjustment.old_lead_id, state__in=EDITABLE, approved_version=None)
    moved = list(drafts.exclude(period__in=list(taken.values_list("period", flat=True))).select_for_update())
    for text in moved:
        text.unit_id = adjustment.new_lead_id or 0
        text.revision += 1
    Narrative.objects.bulk_update(moved, ["unit", "revision"])
    return len(moved)
