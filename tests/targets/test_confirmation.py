"""The confirmation sheet: what a unit signs is what it submitted, and the audit trail knows the versions."""

from __future__ import annotations

from decimal import Decimal

import pytest

from accounts.models import AuditEvent, Bureau, Unit
from targets.inputs import FigureInput
from targets.models import Figure, Period
from targets.selectors.confirmation import confirmation
from targets.services.entering import save_entries, submit_entries

pytestmark = pytest.mark.django_db


@pytest.fixture
def unit(wuhan: Bureau) -> Unit:
    return Unit.objects.select_related("bureau").get(bureau=wuhan, name="条件财务处")


@pytest.fixture
def address(september: Period, unit: Unit) -> str:
    return f"/entry/{september.pk}/{unit.pk}/confirmation"


def test_a_draft_is_not_signed_for_and_a_submission_is(september, unit, person, target) -> None:
    entry = FigureInput(target("W9"), 0, Decimal(3))
    save_entries(period=september, unit=unit, figures=[entry], by=person("wuhan_reporter_05"))
    (drafted,) = confirmation(september, unit).figures
    assert (drafted.version, drafted.row.value, confirmation(september, unit).missing) == (0, None, 1)
    submit_entries(period=september, unit=unit, by=person("wuhan_reporter_05"))
    paper = confirmation(september, unit)
    (submitted,) = paper.figures
    assert (submitted.version, submitted.row.value, paper.missing) == (1, Decimal(3), 0)
    assert submitted.filled_in_by == str(person("wuhan_reporter_05")) and submitted.reviewed_by == ""


def test_the_page_says_not_reported_in_the_table_and_shows_what_is_expected(
    client_of, address, september, unit, person, target
) -> None:
    reporter = client_of("wuhan_reporter_05")
    html = reporter.get(address).content.decode()
    assert "表中注明“未报送”" in html and "<strong>未报送</strong>" in html
    entry = FigureInput(target("W9"), 0, Decimal(3), forecast=Decimal("4711"))
    save_entries(period=september, unit=unit, figures=[entry], by=person("wuhan_reporter_05"))
    assert "4,711" not in reporter.get(address).content.decode()  # a draft is not on the paper
    submit_entries(period=september, unit=unit, by=person("wuhan_reporter_05"))
    html = reporter.get(address).content.decode()
    assert "全年预计" in html and "4,711" in html and "表中注明" not in html


def test_it_names_who_filled_in_and_who_reviewed(september, wuhan, person) -> None:
    unit = Unit.objects.select_related("bureau").get(bureau=wuhan, name="高新技术处")
    approved = next(one for one in confirmation(september, unit).figures if one.row.value == Decimal(4760))
    names = (str(person("wuhan_reporter")), str(person("wuhan_reviewer")))
    assert (approved.filled_in_by, approved.reviewed_by) == names


def test_the_page_has_the_lines_to_sign_and_every_print_is_audited(
    client_of, wuhan, september, target
) -> None:
    unit = Unit.objects.get(bureau=wuhan, name="高新技术处")
    html = client_of("wuhan_reporter").get(f"/entry/{september.pk}/{unit.pk}/confirmation").content.decode()
    for words in ("报送确认单", "4,760.0", "处室负责人", "分管领导", "单位盖章", "打印人", "数据截至"):
        assert words in html
    event = AuditEvent.objects.filter(kind="confirmation.printed").latest("pk")
    figure = Figure.objects.get(target=target("W2"), period=september)
    assert event.after["figures"][str(figure.pk)] == figure.last_version
    assert (event.after["period"], event.object_label) == ("2014-09", "高新技术处")


@pytest.mark.parametrize(
    ("username", "status"),
    [
        *(("wuhan_reporter_05", 200), ("wuhan_reviewer_05", 200), ("wuhan_office", 200)),
        *(("wuhan_leader", 200), ("wuhan_reporter", 403), ("observer", 403), ("xian_office", 404)),
    ],
)
def test_who_may_print_it(client_of, address, username: str, status: int) -> None:
    before = AuditEvent.objects.filter(kind="confirmation.printed").count()
    assert client_of(username).get(address).status_code == status
    printed = AuditEvent.objects.filter(kind="confirmation.printed").count() - before
    assert printed == (1 if status == 200 else 0)
