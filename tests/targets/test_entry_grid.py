"""The grid's two numbers of a flow, and the preview of what is typed."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Unit
from targets.enums import Basis, Light, Word
from targets.inputs import FigureInput
from targets.models import Figure, FigureVersion, Period, Progress, Target
from targets.selectors.entry import entry_sheet
from targets.selectors.preview import TypedFigure, previewed
from targets.services.entering import save_entries
from tests.targets.opened_page import OpenedPage
from tests.targets.small_plan import small_plan

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(client_of: Callable[[str], Client]) -> Client:
    return client_of("wuhan_reporter")


@pytest.fixture
def page(client: Client, december: Period, unit: Unit) -> OpenedPage:
    return OpenedPage(client, reverse("entry-sheet", args=[december.pk, unit.pk]))


@pytest.fixture
def name(target: Callable[[str], Target]) -> Callable[[str, str], str]:
    return lambda key, column: f"f{target(key).pk}_{column}"


def stored(key: str, period: Period) -> Figure | None:
    return Figure.objects.filter(target__key=key, allocation=None, period=period).first()


class TestEitherNumberOfAFlow:
    def test_a_single_quarter_is_added_to_the_quarters_before(self, page, name, december) -> None:
        answer = page.post(**{name("W2", "single"): "1,965.0"})
        assert answer.status_code == 302
        figure = stored("W2", december)
        assert figure is not None
        assert (figure.value, figure.basis, figure.entered) == (Decimal(6725), Basis.SINGLE, "1,965.0")

    def test_a_cumulative_number_stays_as_it_was_typed(self, page, name, december) -> None:
        page.post(**{name("W2", "value"): "6725"})
        figure = stored("W2", december)
        assert figure is not None
        assert (figure.value, figure.basis) == (Decimal(6725), Basis.CUMULATIVE)

    def test_the_one_that_was_changed_counts_and_the_other_follows(
        self, page, name, december, client
    ) -> None:
        page.post(**{name("W2", "value"): "6725"})
        again = OpenedPage(client, page.path)
        assert again.fields[name("W2", "single").replace("_", "-")] == ["1965.0"]
        again.post(**{name("W2", "single"): "2000"})
        figure = stored("W2", december)
        assert figure is not None and (figure.value, figure.basis) == (Decimal(6760), Basis.SINGLE)
        again = OpenedPage(client, page.path)
        again.post(**{name("W2", "value"): "6800"})
        figure.refresh_from_db()
        assert (figure.value, figure.basis) == (Decimal(6800), Basis.CUMULATIVE)

    def test_two_that_contradict_each_other_are_refused_and_two_that_agree_are_not(
        self, page, name, december
    ) -> None:
        answer = page.post(**{name("W2", "value"): "6725", name("W2", "single"): "1000"})
        assert answer.status_code == 200 and len(answer.context["form"].wrong) == 1
        assert stored("W2", december) is None
        page.post(**{name("W2", "value"): "6725", name("W2", "single"): "1965"})
        figure = stored("W2", december)
        assert figure is not None and figure.value == Decimal(6725)

    @pytest.mark.parametrize(
        ("typed", "value", "not_applicable"), [("不适用", None, True), ("90", 90, False), ("0", 0, False)]
    )
    def test_a_cleared_single_quarter_leaves_what_was_typed_as_cumulative(
        self, page, name, december, client, typed, value, not_applicable
    ) -> None:
        page.post(**{name("W2", "value"): "6725"})
        again = OpenedPage(client, page.path)
        assert again.post(**{name("W2", "single"): "", name("W2", "value"): typed}).status_code == 302
        figure = stored("W2", december)
        assert figure is not None
        assert (figure.value, figure.not_applicable) == (value, not_applicable)
        assert (figure.basis, figure.entered) == (Basis.CUMULATIVE, typed)

    def test_a_single_quarter_and_not_applicable_contradict_each_other(self, page, name, december) -> None:
        answer = page.post(**{name("W2", "value"): "不适用", name("W2", "single"): "1000"})
        assert answer.status_code == 200 and len(answer.context["form"].wrong) == 1
        assert stored("W2", december) is None

    def test_the_script_tells_which_was_typed_last(self, page, name, december) -> None:
        page.post(
            **{name("W2", "value"): "6725", name("W2", "single"): "1000", name("W2", "typed"): "single"}
        )
        figure = stored("W2", december)
        assert figure is not None and figure.value == Decimal(5760)

    def test_a_missing_earlier_quarter_is_named(self, page, name, december, target) -> None:
        Figure.objects.filter(target=target("W2"), period__month=6).update(approved_value=None)
        answer = page.post(**{name("W2", "single"): "1965"})
        (wrong,) = answer.context["form"].wrong
        assert "二季度" in wrong.message and "一季度" not in wrong.message
        assert stored("W2", december) is None
        page.post(**{name("W2", "value"): "6725"})
        assert stored("W2", december) is not None

    def test_a_unit_is_understood_in_the_single_quarter_too(self, page, name, december, client) -> None:
        page.post(**{name("W2", "single"): "19650000万元"})
        figure = stored("W2", december)
        assert figure is not None and figure.value == Decimal(6725)
        assert "1,965亿元" in client.get(page.path).content.decode()

    def test_zero_is_a_number_and_blank_is_none(self, page, name, december, client) -> None:
        page.post(**{name("W2", "single"): "0"})
        figure = stored("W2", december)
        assert figure is not None and figure.value == Decimal(4760)
        OpenedPage(client, page.path).post(**{name("W2", "value"): "", name("W2", "single"): ""})
        figure.refresh_from_db()
        assert figure.value is None and not figure.not_applicable

    def test_a_corrected_quarter_changes_later_single_quarters_only(
        self, wuhan, unit, december, target, person
    ) -> None:
        entry = FigureInput(target("W2"), 0, Decimal(6725), basis=Basis.SINGLE)
        save_entries(period=december, unit=unit, figures=[entry], by=person("wuhan_reporter"))
        nine = Figure.objects.get(target=target("W2"), period__month=9)
        Figure.objects.filter(pk=nine.pk).update(value=4700, approved_value=4700)
        row = next(row for row in entry_sheet(december, unit).figures if row.duty.target.key == "W2")
        assert (row.value, row.single) == (Decimal(6725), Decimal(2025))

    def test_rates_and_totals_have_no_single_quarter(self, page, name) -> None:
        for key in ("W1", "W11"):
            assert name(key, "single").replace("_", "-") not in page.fields
        assert name("W2", "single").replace("_", "-") in page.fields


def preview(client: Client, period: Period, target: Target, **typed: str) -> Any:
    key = f"f{target.pk}"
    data = {"row": key, f"{key}-at": "0.0", **{f"{key}-{column}": text for column, text in typed.items()}}
    answer = client.post(reverse("entry-preview", args=[period.pk]), data)
    assert answer.status_code == 200
    (row,) = answer.json()["rows"]
    return row


class TestThePreview:
    def test_it_is_the_formula_and_stores_nothing(self, client, december, target) -> None:
        versions = FigureVersion.objects.count()
        row = preview(client, december, target("W2"), value="６７２５", single="", typed="value")
        assert "已完成" in row["light"] and "100.0%" in row["light"]
        assert (row["column"], row["number"]) == ("single", "1965.0")
        assert stored("W2", december) is None and FigureVersion.objects.count() == versions

    def test_the_same_light_as_progress_stores_once_approved(self, wuhan, september) -> None:
        rows = Progress.objects.filter(period=september, allocation=None, actual__isnull=False)
        kept = {row.target_id: row for row in rows.select_related("target")}
        typed = [TypedFigure(row.target, None, row.actual, row.not_applicable) for row in kept.values()]
        found = previewed(september, typed)
        assert len(found) == len(kept) > 5
        for (pk, _part), row in found.items():
            stood = kept[pk]
            assert (row.light, row.word, row.rate, row.gap_shown) == (
                stood.light,
                stood.word,
                stood.rate,
                stood.gap_shown,
            )

    def test_nothing_typed_is_not_reported_and_not_applicable_is_not_judged(self, december, target) -> None:
        typed = [
            TypedFigure(target("W2"), None, None),
            TypedFigure(target("W4"), None, None, not_applicable=True),
            TypedFigure(target("W10"), None, Decimal(0)),
        ]
        found = previewed(december, typed)
        words = [found[one.key].word for one in typed]
        assert words == [Word.NOT_REPORTED, Word.NOT_JUDGED, Word.STRIVE_MISSED]
        assert found[typed[1].key].light == Light.NONE

    def test_what_cannot_be_read_is_said_and_has_no_light(self, client, december, target) -> None:
        row = preview(client, december, target("W2"), value="约六千", single="", typed="value")
        assert "约六千" in row["said"] and "完成" not in row["light"]

    def test_what_was_understood_and_what_looks_odd(self, client, december, target) -> None:
        row = preview(client, december, target("W2"), value="67,250,000万元", single="", typed="value")
        assert "6,725亿元" in row["said"] and "▲" not in row["said"]
        row = preview(client, december, target("W2"), value="4000", single="", typed="value")
        assert "▲" in row["said"] and "4,760" in row["said"]  # less than in September

    def test_scripts_in_what_was_typed_are_shown_and_not_run(self, client, december, target) -> None:
        row = preview(client, december, target("W2"), value="<img src=x>", single="", typed="value")
        assert "<img" not in row["said"] and "&lt;img" in row["said"]

    def test_districts_are_previewed_against_their_own_value(self, client_of, december, target) -> None:
        part = target("W7").allocations.get(unit__name="江岸区")
        key = f"f{target('W7').pk}p{part.pk}"
        answer = client_of("wuhan_reporter_10").post(
            reverse("entry-preview", args=[december.pk]), {"row": key, f"{key}-value": "3"}
        )
        assert "50.0%" in answer.json()["rows"][0]["light"]  # of 6

    @pytest.mark.parametrize(
        ("username", "status"),
        [
            ("wuhan_reporter", 200),
            ("wuhan_office", 200),
            ("wuhan_reviewer", 403),
            ("wuhan_leader", 403),
            ("wuhan_reporter_08", 403),
            ("observer", 403),
            ("sysadmin", 404),
            ("xian_reporter", 404),
            ("xian_office", 404),
        ],
    )
    def test_only_for_who_enters_the_row(self, client_of, december, target, username, status) -> None:
        key = f"f{target('W2').pk}"
        address = reverse("entry-preview", args=[december.pk])
        answer = client_of(username).post(address, {"row": key, f"{key}-value": "1"})
        assert answer.status_code in ({403, 404} if username == "sysadmin" else {status})

    def test_rows_of_another_bureau_are_not_there(self, client, december, target) -> None:
        key = f"f{target('X5').pk}"
        answer = client.post(reverse("entry-preview", args=[december.pk]), {"row": [key, "f", "x1"]})
        assert answer.json() == {"rows": []}

    def test_the_number_of_queries_does_not_grow(self, client_of) -> None:
        counts = []
        for size in (1, 3):
            plan = small_plan(size, code=f"preview{size}")
            client = Client()
            client.force_login(plan.user)
            data: dict[str, Any] = {"row": [f"f{target.pk}" for target in plan.targets]}
            data |= {f"f{target.pk}-value": "50" for target in plan.targets}
            with CaptureQueriesContext(
                connection,
            ) as queries:
                answer = client.post(reverse("entry-preview", args=[plan.period.pk]), data)
            assert len(answer.json()["rows"]) == size
            counts.append(len(queries))
        assert counts[0] == counts[1]


class TestStatesOfTheirOwn:
    def test_an_annual_indicator_is_marked(self, client, september, unit) -> None:
        sheet = entry_sheet(september, unit)
        assert {row.duty.target.key for row in sheet.figures if row.is_annual} == {"W10", "W11"}
        text = client.get(reverse("entry-sheet", args=[september.pk, unit.pk])).content.decode()
        assert text.count("年度指标") == 2

    def test_not_applicable_has_a_word_of_its_own(self, page, name, client) -> None:
        page.post(**{name("W2", "value"): "不适用"})
        (line,) = [one for one in client.get(page.path).context["form"].figures if one.light.not_applicable]
        assert line.row.duty.target.key == "W2" and line.light.light == Light.NONE


def test_a_sheet_with_many_fields_is_taken(page, name, december) -> None:
    many = {f"f{number}_note": "" for number in range(10_000_000, 10_008_000)}
    assert page.post(**{name("W2", "value"): "6725"}, **many).status_code == 302
    assert stored("W2", december) is not None
