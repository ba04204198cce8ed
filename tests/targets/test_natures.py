"""A later nature of an approved figure: a new version that is no error; everything else needs a reason."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEvent
from targets.enums import Nature, State
from targets.errors import Refused
from targets.inputs import FigureInput
from targets.models import Act, Figure, Period, Target
from targets.policies import is_later_nature
from targets.services.entering import submit_entries
from targets.services.natures import update_nature
from targets.services.reviewing import ItemRef, pass_items
from tests.targets.opened_page import OpenedPage

pytestmark = pytest.mark.django_db


@pytest.fixture
def figure(september: Period, target: Callable[[str], Target]) -> Figure:
    """产值 of nine months: 4,760, 快报, approved."""
    found = Figure.objects.get(target=target("W2"), period=september, allocation=None)
    assert (found.state, found.nature) == (State.APPROVED, Nature.FLASH)
    return found


def test_one_replaces_another_in_one_direction() -> None:
    order = [Nature.ESTIMATE, Nature.FLASH, Nature.VERIFIED]
    for old in order:
        for new in order:
            assert is_later_nature(new, old) is (order.index(new) > order.index(old))


def test_it_is_a_version_without_a_reason_and_the_approved_one_counts_on(figure, unit, reporter) -> None:
    number = figure.last_version
    update_nature(figure=figure, unit=unit, nature=Nature.VERIFIED, by=reporter)
    figure.refresh_from_db()
    assert (figure.state, figure.nature, figure.value) == (State.DRAFT, Nature.VERIFIED, Decimal(4760))
    assert figure.approved_value == Decimal(4760) and figure.approved_version == number
    assert figure.versions.get(number=number + 1).nature == Nature.VERIFIED
    decision = figure.decisions.latest("pk")
    assert (decision.act, decision.reason, decision.by) == (Act.UPDATE, "", reporter)
    event = AuditEvent.objects.filter(kind="nature.updated").latest("number")
    assert (event.before, event.after["nature"]) == ({"nature": "FLASH"}, "VERIFIED")


def test_the_later_number_goes_its_way_to_approval(figure, unit, reporter, person, september, wuhan) -> None:
    update_nature(figure=figure, unit=unit, nature=Nature.VERIFIED, by=reporter)
    figure.refresh_from_db()
    entry = FigureInput(figure.target, figure.revision, Decimal("4758.5"), nature=Nature.VERIFIED)
    submit_entries(period=september, unit=unit, figures=[entry], by=reporter)
    figure.refresh_from_db()
    assert figure.state == State.SUBMITTED
    pass_items(items=[ItemRef("figure", figure.pk, figure.revision)], unit=unit, by=person("wuhan_reviewer"))
    figure.refresh_from_db()
    assert figure.approved_value == Decimal(4760)


@pytest.mark.parametrize("nature", [Nature.FLASH, Nature.ESTIMATE, "", "OTHER"])
def test_a_nature_that_is_not_later_is_refused(figure, unit, reporter, nature: str) -> None:
    with pytest.raises(Refused):
        update_nature(figure=figure, unit=unit, nature=nature, by=reporter)
    figure.refresh_from_db()
    assert figure.state == State.APPROVED


def test_under_its_cover_nothing_else_is_changed_without_a_reason(figure, unit, reporter, september) -> None:
    update_nature(figure=figure, unit=unit, nature=Nature.VERIFIED, by=reporter)
    figure.refresh_from_db()
    hidden = FigureInput(figure.target, figure.revision, Decimal(5000), nature=Nature.FLASH)
    with pytest.raises(Refused):
        submit_entries(period=september, unit=unit, figures=[hidden], by=reporter)
    open_one = FigureInput(figure.target, figure.revision, Decimal(5000), nature=Nature.VERIFIED)
    submit_entries(period=september, unit=unit, figures=[open_one], by=reporter)
    figure.refresh_from_db()
    assert figure.state == State.SUBMITTED


@pytest.mark.parametrize("username", ["wuhan_reviewer", "wuhan_leader", "wuhan_reporter_08", "xian_reporter"])
def test_only_who_enters_for_the_unit(figure, unit, person, username: str) -> None:
    with pytest.raises(Refused):
        update_nature(figure=figure, unit=unit, nature=Nature.VERIFIED, by=person(username))


def test_the_page_offers_later_natures_alone(client_of: Callable[[str], Client], figure, unit) -> None:
    client = client_of("wuhan_reporter")
    address = reverse("entry-correction", args=["figure", figure.pk])
    answer = client.get(address)
    assert [nature for nature, _label in answer.context["natures"]] == [Nature.VERIFIED]
    assert "更新为核定" in answer.content.decode()
    sheet = reverse("entry-sheet", args=[figure.period_id, unit.pk])
    assert client.post(address, {"nature": "VERIFIED"})["Location"] == f"{sheet}#{figure.duty_key}"
    page = OpenedPage(client, sheet)
    assert page.fields[f"f{figure.target_id}-nature"] == ["VERIFIED"]
    assert "更新性质中" in page.answer.content.decode()
