"""A post changes hands: nothing of the figures changes (the demonstration's story 18)."""

from __future__ import annotations

from collections.abc import Callable

from django.core import serializers
from django.test import Client

from accounts.models import Membership, Unit, User
from accounts.services import hand_over_unit
from targets.models import (
    Decision,
    EntryDraft,
    Figure,
    FigureVersion,
    Narrative,
    Period,
    Progress,
    Target,
)
from targets.selectors.drafts import own_drafts
from targets.services.drafts import drop_drafts, keep_draft


def everything_of(unit: Unit) -> str:
    """All that the unit reported and what was computed of it, byte for byte."""
    kept = [
        Figure.objects.filter(target__lead=unit),
        FigureVersion.objects.filter(figure__target__lead=unit),
        Narrative.objects.filter(unit=unit),
        Decision.objects.filter(figure__target__lead=unit),
        Progress.objects.filter(target__lead=unit),
    ]
    return "".join(serializers.serialize("json", rows.order_by("pk")) for rows in kept)


def test_a_hand_over_changes_no_figure_and_the_draft_is_the_successors(
    september: Period, person: Callable[[str], User], client_of: Callable[[str], Client]
) -> None:
    unit = Unit.objects.get(bureau__code="wuhan", name="条件财务处")  # W9 is still owed
    sheet = f"/entry/{september.pk}/{unit.pk}/"
    former, newcomer = client_of("wuhan_reporter_05"), person("wuhan_reporter_01")
    assert former.get(sheet).status_code == 200
    before = everything_of(unit)
    hand_over_unit(
        unit=unit, leaving=person("wuhan_reporter_05"), taking_over=newcomer, by=person("secadmin")
    )
    assert everything_of(unit) == before
    assert former.get(sheet).status_code in {403, 404}  # the session lives on, the right does not
    assert client_of("wuhan_reporter_01").get(sheet).status_code == 200
    assert not Membership.objects.filter(user__username="wuhan_reporter_05").exists()


def test_what_was_typed_and_not_saved_passes_to_the_successor(
    september: Period, person: Callable[[str], User], client_of: Callable[[str], Client]
) -> None:
    unit = Unit.objects.get(bureau__code="wuhan", name="条件财务处")
    former, newcomer, office = (person(f"wuhan_{name}") for name in ("reporter_05", "reporter_01", "office"))
    row = f"f{Target.objects.get(key='W9').pk}"
    for by, text in ((former, "3"), (office, "4")):
        keep_draft(period=september, unit=unit, row=row, fields={f"{row}-value": text}, known=0, by=by)
    assert own_drafts(september, [unit.pk], newcomer) == []
    hand_over_unit(unit=unit, leaving=former, taking_over=newcomer, by=person("secadmin"))
    assert [draft.fields for draft in own_drafts(september, [unit.pk], newcomer)] == [{f"{row}-value": "3"}]
    assert drop_drafts(period=september, units=[unit.pk], rows=[row], by=newcomer) == 1
    assert [draft.by for draft in EntryDraft.objects.filter(unit=unit)] == [office], "who stays keeps theirs"
