"""Many figures in one act: the same few statements as for one, and the same promises."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import AuditEvent, Membership, User
from accounts.permissions import Role
from reports.measuring.large_plan import LargePlan, build
from targets.enums import State
from targets.errors import StaleForm
from targets.inputs import FigureInput, NarrativeInput
from targets.models import Allocation, Figure, FigureVersion, FigureWarning, Narrative, Target
from targets.selectors.unit_form import unit_form
from targets.selectors.warnings import warnings_for_many
from targets.services.entering import save_entries, submit_entries
from targets.services.reviewing import ItemRef, approve_items, pass_items, return_items

pytestmark = pytest.mark.django_db
CONTENT = (*FigureInput.CONTENT, "entered")


def entries(plan: LargePlan, add: int = 0, revision: int = 0) -> list[FigureInput]:
    """A figure for every target and part; the first part of each target fell below its half-year."""
    found = [
        FigureInput(target, revision, Decimal(3000 + add), entered="3,000")
        for target in Target.objects.filter(plan=plan.plan)
    ]
    for part in Allocation.objects.filter(target__plan=plan.plan).select_related("target", "unit"):
        value = Decimal(40 if part.order == 1 else 70) + add
        found.append(FigureInput(part.target, revision, value, allocation=part, note="累计"))
    return found


def texts(plan: LargePlan, words: str = "按计划推进", revision: int = 0) -> list[NarrativeInput]:
    return [NarrativeInput(target, revision, words) for target in Target.objects.filter(plan=plan.plan)]


def others(plan: LargePlan) -> tuple[User, User]:
    """Somebody who reviews the unit and somebody of the office."""
    bureau = plan.plan.bureau
    reviewer, office = (
        User.objects.create(username=f"{bureau.code}_{role}", display_name="某人")
        for role in ("reviewer", "office")
    )
    Membership.objects.create(user=reviewer, bureau=bureau, unit=plan.unit, role=Role.REVIEWER)
    Membership.objects.create(user=office, bureau=bureau, role=Role.OFFICE)
    return reviewer, office


def refs(plan: LargePlan) -> list[ItemRef]:
    figures = Figure.objects.filter(period=plan.period).values_list("pk", "revision")
    narratives = Narrative.objects.filter(period=plan.period).values_list("pk", "revision")
    return [
        *(ItemRef("figure", pk, revision) for pk, revision in figures),
        *(ItemRef("narrative", pk, revision) for pk, revision in narratives),
    ]


def whole_way(plan: LargePlan) -> list[Callable[[], object]]:
    """Saved, changed, submitted, returned, submitted, passed and approved."""
    (reviewer, office), bureau = others(plan), plan.plan.bureau
    own = {"period": plan.period, "unit": plan.unit, "by": plan.reporter}
    return [
        lambda: save_entries(figures=entries(plan), narratives=texts(plan), **own),
        lambda: save_entries(figures=entries(plan, 1, 1), narratives=texts(plan, "已调整", 1), **own),
        lambda: submit_entries(**own),
        lambda: return_items(items=refs(plan), bureau=bureau, reason="请核对", by=reviewer),
        lambda: submit_entries(again={(ref.kind, ref.pk) for ref in refs(plan)}, **own),
        lambda: pass_items(items=refs(plan), unit=plan.unit, by=reviewer),
        lambda: approve_items(items=refs(plan), bureau=bureau, by=office),
    ]


def test_every_step_asks_the_same_number_of_statements_for_few_and_many() -> None:
    counts = []
    for size in (1, 4):
        plan = build(size, size, code=f"size{size}")
        asked = []
        for act in whole_way(plan):
            with CaptureQueriesContext(connection) as queries:
                act()
            asked.append(len(queries))
        counts.append(asked)
        assert Figure.objects.filter(period=plan.period).count() == size * (size + 1)
        assert set(Figure.objects.filter(period=plan.period).values_list("state", flat=True)) == {"APPROVED"}
    assert counts[0] == counts[1]


def test_every_version_is_what_was_stored_and_says_who_and_how() -> None:
    plan = build(3, 3)
    for act in whole_way(plan):
        act()
    for figure in Figure.objects.filter(period=plan.period):
        first, second = FigureVersion.objects.filter(figure=figure)
        assert (first.number, second.number, figure.last_version) == (1, 2, 2)
        assert [getattr(second, name) for name in CONTENT] == [getattr(figure, name) for name in CONTENT]
        assert second.value == first.value + 1
        assert (first.by, first.origin, first.reason) == (plan.reporter, "PAGE", "")
        assert first.at <= second.at == figure.updated_at
    assert AuditEvent.objects.filter(bureau=plan.plan.bureau, kind="entry.saved").count() == 2


def test_what_looks_odd_is_noted_for_each_figure_as_if_it_came_alone() -> None:
    plan = build(3, 3)
    save_entries(figures=entries(plan), period=plan.period, unit=plan.unit, by=plan.reporter)
    figures = list(Figure.objects.filter(period=plan.period).select_related("period", "allocation"))
    together = warnings_for_many(figures)
    assert together == {figure.pk: warnings_for_many([figure])[figure.pk] for figure in figures}
    stored = set(FigureWarning.objects.values_list("figure", "code"))
    assert stored >= {(pk, warning.code) for pk, found in together.items() for warning in found}
    fell = {figure.pk for figure in figures if figure.allocation and figure.allocation.order == 1}
    assert {pk for pk, code in stored if code == "CUMULATIVE_FELL"} == fell and len(fell) == 3


def test_one_stale_figure_among_many_stops_all_of_them() -> None:
    plan = build(3, 3)
    own = {"period": plan.period, "unit": plan.unit, "by": plan.reporter}
    save_entries(figures=entries(plan), **own)
    save_entries(figures=entries(plan, 5, 1)[-1:], **own)
    with pytest.raises(StaleForm) as stale:
        save_entries(figures=entries(plan, 9, 1), **own)
    (conflict,) = stale.value.conflicts
    assert conflict.item.value == 75 and conflict.item.target == conflict.mine.target
    assert not FigureVersion.objects.filter(number__gt=2).exists()
    saved = save_entries(figures=entries(plan, 9, 1)[:-1], **own)  # the others alone are fine
    assert (len(saved.figures), saved.unchanged) == (11, 0)
    assert {figure.state for figure in saved.figures} == {State.DRAFT}


def test_the_form_asks_the_same_number_of_statements_for_few_and_many_rows() -> None:
    counts = []
    for size in (1, 4):
        plan = build(size, size, code=f"form{size}")
        with CaptureQueriesContext(connection) as queries:
            form = unit_form(plan.unit, plan.period)
        counts.append(len(queries))
        assert len(form.figures) == size * (size + 1)
    assert counts[0] == counts[1]
