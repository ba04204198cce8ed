"""Many rows in one statement: values arrive as they were, constraints and triggers stay in force."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext

from accounts.bulk_rows import insert_rows, update_rows
from accounts.models import AuditEvent, Bureau, Unit, UnitKind
from targets.models import Figure, FigureWarning, PastValue, Period, Target

pytestmark = pytest.mark.django_db

ODD = 'a\tb\nc "d" \\N \\. 引号“”'


def unit(bureau: Bureau, number: int) -> Unit:
    return Unit(bureau=bureau, name=f"新处{number}", kind=UnitKind.DEPARTMENT, order=900 + number)


def test_inserted_rows_get_their_ids_and_are_what_was_given(wuhan: Bureau) -> None:
    units = [unit(wuhan, number) for number in range(3)]
    units[1].name = ODD
    insert_rows(units)
    assert [Unit.objects.get(pk=made.pk).name for made in units] == ["新处0", ODD, "新处2"]
    units[0].name = "改名"
    units[0].save()  # an update now, not a second insert
    assert Unit.objects.get(pk=units[0].pk).name == "改名"


@pytest.mark.parametrize("text", ["0.000001", "123456789012345678.123456", "-5", "1E+3"])
def test_decimals_pass_without_a_float_between(wuhan: Bureau, target, text: str) -> None:
    indicator = target("W6").indicator
    row = PastValue(bureau=wuhan, indicator=indicator, year=1999, month=3, value=Decimal(text), unit="家")
    insert_rows([row])
    assert PastValue.objects.get(pk=row.pk).value == Decimal(text)


def test_json_times_and_missing_values_pass(september: Period, person) -> None:
    figure = Figure.objects.filter(period=september).first()
    assert figure is not None
    at, by = september.bureau.now, person("wuhan_reporter")
    given = {"value": "1", "words": [ODD, None, True]}
    rows = [
        FigureWarning(figure=figure, version=1, code="ONE", values=given, at=at, answered_by=by),
        FigureWarning(figure=figure, version=1, code="TWO", values={}, at=at),
    ]
    insert_rows(rows)
    one, two = (FigureWarning.objects.get(pk=row.pk) for row in rows)
    assert (one.values, one.at, one.answered_by) == (given, at, by)
    assert (two.values, two.answered_by) == ({}, None)


def test_an_update_changes_the_named_fields_of_the_given_rows_only(wuhan: Bureau) -> None:
    units = [unit(wuhan, number) for number in range(3)]
    insert_rows(units)
    for made in units:
        made.name, made.order = f"改{made.name}", 1
    update_rows(units[:2], ["name"])
    found = [Unit.objects.get(pk=made.pk) for made in units]
    assert [made.name for made in found] == ["改新处0", "改新处1", "新处2"]
    assert [made.order for made in found] == [900, 901, 902]


def test_a_foreign_key_is_updated_by_the_name_of_its_field(target, person) -> None:
    figure = Figure.objects.filter(target=target("W6")).first()
    assert figure is not None
    figure.updated_by = person("wuhan_office")
    update_rows([figure], ["updated_by"])
    assert Figure.objects.get(pk=figure.pk).updated_by == person("wuhan_office")


def test_nothing_asks_nothing() -> None:
    with CaptureQueriesContext(connection) as queries:
        insert_rows([])
        update_rows([], ["name"])
    assert len(queries) == 0


def test_constraints_hold(target) -> None:
    twice = Target.objects.get(pk=target("W6").pk)
    twice.pk = None
    with pytest.raises(IntegrityError):
        insert_rows([twice])


def test_append_only_tables_refuse_an_update(wuhan: Bureau) -> None:
    event = AuditEvent.objects.filter(bureau=wuhan).first()
    assert event is not None
    event.kind = "forged"
    with pytest.raises(IntegrityError, match="append-only"):
        update_rows([event], ["kind"])


def test_the_number_of_statements_does_not_depend_on_the_number_of_rows(wuhan: Bureau) -> None:
    counts = []
    for size in (1, 30):
        units = [unit(wuhan, 1000 * size + number) for number in range(size)]
        with CaptureQueriesContext(connection) as queries:
            insert_rows(units)
            update_rows(units, ["name"])
        counts.append(len(queries))
    assert counts == [3, 3]
