"""What may happen between the preview of an upload and its confirmation: each has a defined, told outcome."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections

from accounts.models import Bureau, Membership, Unit, User
from accounts.permissions import Role
from reports.measuring.large_plan import LargePlan, build
from targets.errors import Refused
from targets.models import Allocation, Figure, FigureVersion, Period, Target, Upload, UploadStage
from targets.selectors.unit_form import unit_form
from targets.selectors.uploads import error_lines
from targets.services import uploads as service
from targets.workbook.form import write_form
from tests.stack import CopiedDatabase
from tests.targets.acts import agreed
from tests.targets.test_at_once import at_once
from tests.targets.upload_lines import change_lines

pytestmark = pytest.mark.django_db
VALUE = "G"


@pytest.fixture(autouse=True)
def media(settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def plan() -> LargePlan:
    """Three targets with two districts each, reported by one unit."""
    return build(3, 2)


def filled(unit: Unit, period: Period, **values: object) -> bytes:
    """The unit's form with these values, by code."""
    book = openpyxl.load_workbook(io.BytesIO(write_form(unit_form(unit, period))))
    sheet = book["指标"]
    for row in sheet.iter_rows(min_row=5):
        if row[0].value in values:
            sheet[f"{VALUE}{row[0].row}"] = values[str(row[0].value)]
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def sent(content: bytes, unit: Unit, period: Period, by: User) -> Upload:
    """Received, and read by the job."""
    file = SimpleUploadedFile("填报表.xlsx", content)
    upload = service.receive(unit=unit, period=period, file=file, by=by)
    service.read(upload_id=upload.pk)
    upload.refresh_from_db()
    return upload


def preview(plan: LargePlan, **values: object) -> Upload:
    upload = sent(filled(plan.unit, plan.period, **values), plan.unit, plan.period, plan.reporter)
    assert upload.stage == UploadStage.PREVIEW
    return upload


def refused(upload: Upload, by: User) -> str:
    """Why confirming is refused; nothing was written, and the preview stays."""
    before = (list(Figure.objects.order_by("pk").values()), FigureVersion.objects.count())
    with pytest.raises(Refused) as refusal:
        service.apply(upload_id=upload.pk, by=by)
    assert (list(Figure.objects.order_by("pk").values()), FigureVersion.objects.count()) == before
    upload.refresh_from_db()
    assert upload.stage == UploadStage.PREVIEW
    return str(refusal.value)


def values_of(plan: LargePlan) -> dict[str, Decimal | None]:
    figures = Figure.objects.filter(period=plan.period).select_related("target", "allocation__unit")
    return {
        figure.target.key + (f"/{figure.allocation.unit.name}" if figure.allocation else ""): figure.value
        for figure in figures
    }


class TestTheSameFigures:
    def test_the_same_file_again_says_nothing_new(self, plan: LargePlan) -> None:
        content = filled(plan.unit, plan.period, L1=2100, **{"L2/第1区": 70})
        first = sent(content, plan.unit, plan.period, plan.reporter)
        assert service.apply(upload_id=first.pk, by=plan.reporter) == 2
        again = sent(content, plan.unit, plan.period, plan.reporter)
        assert (again.stage, service.changed_items(again)) == (UploadStage.PREVIEW, 0)
        versions = FigureVersion.objects.count()
        assert service.apply(upload_id=again.pk, by=plan.reporter) == 0
        assert FigureVersion.objects.count() == versions

    def test_of_two_previews_the_second_to_confirm_is_told_and_sees_both_values(
        self, plan: LargePlan
    ) -> None:
        colleague = User.objects.create(username="colleague", display_name="填报人乙")
        Membership.objects.create(user=colleague, bureau=plan.plan.bureau, unit=plan.unit, role=Role.REPORTER)
        form = filled(plan.unit, plan.period, L1=2100)
        mine = sent(form, plan.unit, plan.period, plan.reporter)
        theirs = sent(filled(plan.unit, plan.period, L1=2200, L2=5), plan.unit, plan.period, colleague)
        service.apply(upload_id=theirs.pk, by=colleague)
        assert "指标1" in refused(mine, plan.reporter)
        again = sent(form, plan.unit, plan.period, plan.reporter)
        (line,) = change_lines(again)
        assert (line.others_by, line.fields[0].old, line.fields[0].new) == ("填报人乙", "2,200", "2,100")
        assert service.apply(upload_id=again.pk, by=plan.reporter) == 1  # seen, and meant so
        assert values_of(plan) == {"L1": 2100, "L2": 5}
        history = FigureVersion.objects.filter(figure__period=plan.period, figure__target__key="L1")
        assert [int(version.value or 0) for version in history] == [2200, 2100]

    def test_of_two_previews_of_different_figures_both_are_written(self, plan: LargePlan) -> None:
        one, other = preview(plan, L1=2100), preview(plan, **{"L3/第2区": 55})
        for upload in (one, other):
            assert service.apply(upload_id=upload.pk, by=plan.reporter) == 1
        assert values_of(plan) == {"L1": 2100, "L3/第2区": 55}


class TestThePlanMeanwhile:
    def test_an_adjusted_unit_of_measure_is_refused_before_and_named_after(
        self, wuhan: Bureau, september: Period, person: Callable[[str], User], target
    ) -> None:
        unit = Unit.objects.select_related("bureau").get(bureau=wuhan, name="成果与市场处")
        reporter = Membership.objects.get(unit=unit, role=Role.REPORTER).user
        Figure.objects.filter(target=target("W6"), period=september).update(
            state="DRAFT", approved_version=None, approved_value=None
        )
        content = filled(unit, september, W6=270)
        upload = sent(content, unit, september, reporter)
        assert service.changed_items(upload) == 1
        agreed(target("W6"), 9, value="3200000", unit="万元")
        assert "万元" in refused(upload, reporter)
        late = sent(content, unit, september, reporter)  # the old form, handed in again
        assert late.stage == UploadStage.REFUSED
        assert any("万元" in error.message for error in error_lines(late))
        fresh = sent(filled(unit, september, W6=2700000), unit, september, reporter)
        assert service.apply(upload_id=fresh.pk, by=reporter) == 1

    def test_an_adjusted_value_alone_stops_nothing(
        self, wuhan: Bureau, september: Period, target, person: Callable[[str], User]
    ) -> None:
        unit = Unit.objects.select_related("bureau").get(bureau=wuhan, name="高新技术处")
        upload = sent(filled(unit, september, W11=1121), unit, september, person("wuhan_reporter"))
        agreed(target("W11"), 9, value="1180")
        assert service.apply(upload_id=upload.pk, by=person("wuhan_reporter")) == 1

    def test_a_part_that_is_gone(self, plan: LargePlan) -> None:
        district = Unit.objects.create(bureau=plan.plan.bureau, name="新区", kind="DISTRICT", order=90)
        target = Target.objects.get(plan=plan.plan, key="L2")
        part = Allocation.objects.create(target=target, unit=district, order=9, value=Decimal(10))
        upload = preview(plan, **{"L2/新区": 70, "L3/第1区": 70})
        part.delete()
        assert refused(upload, plan.reporter)

    def test_another_unit_leads_it_now(self, plan: LargePlan) -> None:
        upload = preview(plan, L1=2100)
        other = Unit.objects.create(bureau=plan.plan.bureau, name="别的处", kind="DEPARTMENT", order=99)
        Target.objects.filter(plan=plan.plan, key="L1").update(lead=other)
        reason = refused(upload, plan.reporter)
        assert "指标1" in reason


class TestTheRightMeanwhile:
    def test_who_lost_the_right_confirms_and_discards_nothing_and_a_colleague_may(
        self, plan: LargePlan
    ) -> None:
        upload = preview(plan, L1=2100)
        Membership.objects.filter(user=plan.reporter).delete()
        former = User.objects.get(pk=plan.reporter.pk)
        assert refused(upload, former)
        with pytest.raises(Refused):
            service.discard(upload_id=upload.pk, by=former)
        upload.refresh_from_db()
        assert upload.stage == UploadStage.PREVIEW
        successor = User.objects.create(username="successor", display_name="填报人丙")
        Membership.objects.create(user=successor, bureau=plan.plan.bureau, unit=plan.unit, role=Role.REPORTER)
        assert service.apply(upload_id=upload.pk, by=successor) == 1
        version = FigureVersion.objects.get(figure__period=plan.period)
        assert version.by == successor  # whoever confirms answers for it

    def test_only_people_of_the_unit_put_an_upload_aside_and_in_a_closed_period_too(
        self, plan: LargePlan, person: Callable[[str], User]
    ) -> None:
        upload = preview(plan, L1=2100)
        for name in ("wuhan_reporter", "wuhan_office", "observer"):
            with pytest.raises(Refused):
                service.discard(upload_id=upload.pk, by=person(name))
        Period.objects.filter(pk=plan.period.pk).update(locked_on=plan.period.bureau.today)
        assert refused(upload, plan.reporter)  # closed: it cannot be confirmed any more
        service.discard(upload_id=upload.pk, by=plan.reporter)
        upload.refresh_from_db()
        assert upload.stage == UploadStage.DISCARDED


@pytest.fixture
def copied_plan() -> Iterator[Any]:
    """Two previews of the same figure in a copy of the database, where threads really commit."""
    place = connections.settings["default"]
    name = place["NAME"]
    with CopiedDatabase("two_uploads") as copy:
        place["NAME"] = copy.name
        yield
        place["NAME"] = name


def test_two_confirm_at_the_same_moment_and_one_of_them_is_told(copied_plan: None) -> None:
    def prepare() -> tuple[LargePlan, list[Upload]]:
        plan = build(2, 2)
        return plan, [preview(plan, L1=2100, L2=7), preview(plan, L1=2200)]

    [(plan, both)] = at_once(prepare)

    def confirm(upload: Upload) -> Callable[[], Any]:
        return lambda: service.apply(upload_id=upload.pk, by=plan.reporter)

    outcomes = at_once(*map(confirm, both))
    assert sorted(isinstance(outcome, Refused) for outcome in outcomes) == [False, True]

    def look() -> tuple[dict[str, Decimal | None], int]:
        return values_of(plan), FigureVersion.objects.filter(figure__period=plan.period).count()

    [(values, versions)] = at_once(look)
    assert (values, versions) in [({"L1": 2100, "L2": 7}, 2), ({"L1": 2200}, 1)]
