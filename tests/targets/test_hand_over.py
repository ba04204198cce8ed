"""A post changes hands: nothing of the figures changes (the demonstration's story 18)."""

from __future__ import annotations

from collections.abc import Callable

from django.core import serializers
from django.test import Client

from accounts.models import Membership, Unit, User
from accounts.services import hand_over_unit
from targets.models import Decision, Figure, FigureVersion, Narrative, Period, Progress


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
