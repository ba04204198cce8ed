"""Importing a document: what is stored, decided, taken back and confirmed, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from accounts.jobs import UNEXPECTED, lost_jobs
from accounts.models import AuditEvent, Bureau, JobState, Unit, User
from plans.models import Plan, PlanDocument, Section, Task
from targets import tasks
from targets.enums import Pace
from targets.errors import Refused
from targets.extraction import read_plan
from targets.import_draft import draft
from targets.models import (
    ImportDecision,
    ImportStage,
    Indicator,
    PlanImport,
    Target,
    TargetSource,
)
from targets.services import import_deciding as deciding
from targets.services import imports as service
from targets.services.plan_creation import DocumentFields, create_plan
from tests.targets.acts import agreed
from tests.targets.import_reading import SOURCE_FIELDS, TEXT, expected_plan, small_reading

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media(settings, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path / "media"
    return settings.MEDIA_ROOT


@pytest.fixture
def office(person: Callable[[str], User]) -> User:
    return person("wuhan_office")


@pytest.fixture
def under_review(wuhan: Bureau, office: User) -> PlanImport:
    return PlanImport.objects.create(
        owner=office, bureau=wuhan, text=TEXT, title="测试局2015年工作要点", reading=small_reading(),
        state=JobState.DONE, stage=ImportStage.REVIEW,
    )  # fmt: skip


def complete(found: PlanImport, by: User) -> None:
    for item in ("target:T1", "target:T2", "task:二/(一)", "task:二/(二)"):
        deciding.decide(import_id=found.pk, item=item, fields={"lead": "高新技术处"}, by=by)
    deciding.decide(import_id=found.pk, item="target:T3", fields={"repeat_of": "T1"}, by=by)


def stored_files(media: Path) -> list[Path]:
    return [path for path in media.rglob("*") if path.is_file()] if media.exists() else []


class TestReceiving:
    def test_a_pasted_text_is_read_to_its_review(self, wuhan: Bureau, office: User) -> None:
        text = "武汉2015年工作要点\r\n一、目标\r\n技术合同成交额达到400亿元。\r\n"
        found = service.receive(bureau=wuhan, by=office, text=text)
        assert found.state == JobState.QUEUED
        service.read(import_id=found.pk)
        found.refresh_from_db()
        assert (found.state, found.stage) == (JobState.DONE, ImportStage.REVIEW)
        assert found.text == text.replace("\r\n", "\n")
        assert found.title == "武汉2015年工作要点"
        assert found.reading["year"] == 2015
        assert [target["value"] for target in found.reading["targets"]] == ["400"]

    def test_a_file_is_stored_under_a_random_name_and_read(
        self, wuhan: Bureau, office: User, media: Path
    ) -> None:
        file = SimpleUploadedFile("要点.txt", TEXT.encode("gb18030"))
        found = service.receive(bureau=wuhan, by=office, file=file)
        assert "要点" not in found.file.name
        service.read(import_id=found.pk)
        found.refresh_from_db()
        assert (found.stage, found.text, found.source_name) == (ImportStage.REVIEW, TEXT, "要点.txt")

    @pytest.mark.parametrize(
        ("name", "content"),
        [
            ("空.txt", b""),
            ("扫描.docx", b"%PDF-1.7 ..."),
            ("旧.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600),
            ("图.txt", b"\x89PNG\r\n"),
            ("表.csv", b"a,b,1"),
        ],
    )
    def test_what_is_no_document_is_refused_at_once(
        self, wuhan: Bureau, office: User, media: Path, name: str, content: bytes
    ) -> None:
        with pytest.raises(Refused):
            service.receive(bureau=wuhan, by=office, file=SimpleUploadedFile(name, content))
        assert not PlanImport.objects.exists()
        assert stored_files(media) == []
        assert AuditEvent.objects.filter(kind="import.refused", user=office).count() == 1

    @pytest.mark.parametrize("text", ["", " \n ", "没有数目的字", "1\x00", "1" * 2_000_001])
    def test_a_text_that_can_be_no_plan_is_refused_at_once(
        self, wuhan: Bureau, office: User, text: str
    ) -> None:
        with pytest.raises(Refused):
            service.receive(bureau=wuhan, by=office, text=text)
        assert not PlanImport.objects.exists()

    def test_what_only_reading_shows_ends_as_refused_and_keeps_no_file(
        self, wuhan: Bureau, office: User, media: Path
    ) -> None:
        broken = SimpleUploadedFile("坏.docx", b"PK\x03\x04" + b"\0" * 400)
        found = service.receive(bureau=wuhan, by=office, file=broken)
        service.read(import_id=found.pk)
        found.refresh_from_db()
        assert (found.state, found.stage) == (JobState.DONE, ImportStage.REFUSED)
        assert service.refusal_text(found.refusal)
        assert stored_files(media) == []
        assert found.text == ""

    def test_a_fault_leaves_a_failed_job(
        self, wuhan: Bureau, office: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fault(*_given: object) -> None:
            raise RuntimeError

        monkeypatch.setattr(service, "read_plan", fault)
        found = service.receive(bureau=wuhan, by=office, text=TEXT)
        service.read(import_id=found.pk)
        found.refresh_from_db()
        assert (found.state, found.failure) == (JobState.FAILED, UNEXPECTED)

    def test_what_another_worker_has_meanwhile_taken_is_left_to_it(
        self, wuhan: Bureau, office: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def slow(text: str, year: int | None) -> object:
            PlanImport.objects.update(attempts=2)
            return read_plan(text, year)

        monkeypatch.setattr(service, "read_plan", slow)
        found = service.receive(bureau=wuhan, by=office, text=TEXT)
        service.read(import_id=found.pk)
        found.refresh_from_db()
        assert (found.state, found.stage, found.reading) == (JobState.RUNNING, ImportStage.READING, {})

    def test_reading_twice_does_nothing(self, under_review: PlanImport) -> None:
        service.read(import_id=under_review.pk)
        under_review.refresh_from_db()
        assert under_review.reading == small_reading()

    def test_only_the_bureaus_office_may(self, wuhan: Bureau, person: Callable[[str], User]) -> None:
        for username in ("wuhan_reporter", "wuhan_leader", "xian_office", "sysadmin"):
            with pytest.raises(Refused):
                service.receive(bureau=wuhan, by=person(username), text=TEXT)
        assert not PlanImport.objects.exists()

    def test_the_sweep_sends_again_what_nobody_reads(
        self, wuhan: Bureau, office: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        sent: list[int] = []
        monkeypatch.setattr(tasks.read_import, "apply_async", lambda args, kwargs: sent.extend(args))
        found = service.receive(bureau=wuhan, by=office, text=TEXT)
        tasks.sweep_imports()
        assert sent == []
        PlanImport.objects.update(touched_at=timezone.now() - timedelta(minutes=1))
        tasks.sweep_imports()
        assert sent == [found.pk]
        tasks.read_import(found.pk)
        found.refresh_from_db()
        assert found.stage == ImportStage.REVIEW

    def test_a_dead_workers_import_is_taken_up_again(self, wuhan: Bureau, office: User) -> None:
        found = service.receive(bureau=wuhan, by=office, text=TEXT)
        long_ago = timezone.now() - timedelta(minutes=10)
        PlanImport.objects.update(
            state=JobState.RUNNING, attempts=1, touched_at=long_ago, created_at=long_ago
        )
        service.read(import_id=found.pk)
        found.refresh_from_db()
        assert found.state == JobState.RUNNING
        assert lost_jobs(PlanImport, timezone.now()) == [found.pk]
        service.read(import_id=found.pk)
        found.refresh_from_db()
        assert (found.state, found.attempts) == (JobState.DONE, 2)


class TestDeciding:
    def test_a_decision_is_kept_apart_from_the_reading(self, under_review: PlanImport, office: User) -> None:
        fields = {"name": "成交额", "value": "410"}
        assert deciding.decide(import_id=under_review.pk, item="target:T1", fields=fields, by=office) == 2
        under_review.refresh_from_db()
        assert under_review.reading == small_reading()
        rows = {row.field: (row.value, row.by) for row in under_review.decisions.all()}
        assert rows == {"name": ("成交额", office), "value": ("410", office)}
        event = AuditEvent.objects.filter(kind="import.decided").latest("number")
        assert event.before == {"name": "技术合同成交额", "value": "400"}
        assert event.after == {"item": "target:T1", **fields}

    def test_saying_what_the_rules_say_takes_the_decision_back(
        self, under_review: PlanImport, office: User
    ) -> None:
        for value in ("410", "400"):
            deciding.decide(import_id=under_review.pk, item="target:T1", fields={"value": value}, by=office)
        assert not under_review.decisions.exists()

    def test_of_two_people_the_later_one_holds_field_by_field(
        self, under_review: PlanImport, office: User, person: Callable[[str], User]
    ) -> None:
        other = person("wuhan_leader")
        other.memberships.create(role="office", bureau=under_review.bureau)
        deciding.decide(
            import_id=under_review.pk, item="target:T1", fields={"value": "1", "name": "甲"}, by=office
        )
        deciding.decide(import_id=under_review.pk, item="target:T1", fields={"value": "2"}, by=other)
        rows = {row.field: (row.value, row.by) for row in under_review.decisions.all()}
        assert rows == {"name": ("甲", office), "value": ("2", other)}

    @pytest.mark.parametrize(
        ("item", "fields"),
        [
            ("target:T9", {"name": "甲"}),
            ("nonsense", {"name": "甲"}),
            ("target:T1", {"lead": "没有的处"}),
            ("target:T1", {"cooperating": ["没有的处"]}),
            ("target:T1", {"path": "九"}),
            ("target:T1", {"repeat_of": "T1"}),
            ("target:T1", {"repeat_of": "T77"}),
            ("target:T1", {"name": "甲", "value": "四百"}),
            ("task:二/(一)", {"section": "九"}),
            ("section:一", {"lead": "高新技术处"}),
            ("plan", {"year": "1066"}),
        ],
    )
    def test_what_cannot_be_is_refused_and_nothing_is_written(
        self, under_review: PlanImport, office: User, item: str, fields: dict[str, object]
    ) -> None:
        with pytest.raises(Refused):
            deciding.decide(import_id=under_review.pk, item=item, fields=fields, by=office)
        assert not ImportDecision.objects.exists()

    def test_undo_takes_back_the_latest_act_or_one_field(
        self, under_review: PlanImport, office: User
    ) -> None:
        deciding.decide(
            import_id=under_review.pk, item="target:T1", fields={"name": "甲", "value": "1"}, by=office
        )
        deciding.decide(import_id=under_review.pk, item="target:T2", fields={"accepted": "1"}, by=office)
        assert deciding.undo(import_id=under_review.pk, by=office) == "target:T2"
        assert (
            deciding.undo(import_id=under_review.pk, by=office, item="target:T1", field="name") == "target:T1"
        )
        assert [row.field for row in under_review.decisions.all()] == ["value"]
        assert AuditEvent.objects.filter(kind="import.undone").count() == 2
        assert deciding.undo(import_id=under_review.pk, by=office) == "target:T1"
        assert deciding.undo(import_id=under_review.pk, by=office) == ""

    def test_last_year_comes_along_by_names_and_changes_nothing_decided(
        self, under_review: PlanImport, office: User
    ) -> None:
        deciding.decide(import_id=under_review.pk, item="target:T1", fields={"lead": "人事处"}, by=office)
        taken = deciding.take_last_year(import_id=under_review.pk, by=office)
        assert taken >= 1
        rows = {row.field: row.value for row in under_review.decisions.filter(item="target:T1")}
        assert rows["lead"] == "人事处"
        assert rows["indicator"] == "技术合同成交额"
        assert rows["data_source"] == Target.objects.get(key="W6").data_source
        assert deciding.take_last_year(import_id=under_review.pk, by=office) == 0

    def test_last_year_comes_along_as_it_stood_at_its_end(
        self, under_review: PlanImport, office: User
    ) -> None:
        w6 = Target.objects.select_related("plan__bureau").get(key="W6")
        new = Unit.objects.get(bureau=under_review.bureau, name="科技金融处")
        agreed(w6, 12, lead=new, pace=Pace.SEASONAL)
        deciding.take_last_year(import_id=under_review.pk, by=office)
        rows = {row.field: row.value for row in under_review.decisions.filter(item="target:T1")}
        assert (rows["lead"], rows["pace"]) == (new.name, Pace.SEASONAL)

    def test_somebody_elses_import_is_refused(
        self, under_review: PlanImport, person: Callable[[str], User]
    ) -> None:
        for act in (
            lambda by: deciding.decide(
                import_id=under_review.pk, item="target:T1", fields={"name": "甲"}, by=by
            ),
            lambda by: deciding.undo(import_id=under_review.pk, by=by),
            lambda by: deciding.take_last_year(import_id=under_review.pk, by=by),
            lambda by: service.confirm(import_id=under_review.pk, by=by),
            lambda by: service.discard(import_id=under_review.pk, by=by),
        ):
            with pytest.raises(Refused):
                act(person("xian_office"))
        assert not ImportDecision.objects.exists()


class TestConfirming:
    def test_it_lists_what_is_missing_and_writes_nothing(
        self, under_review: PlanImport, office: User
    ) -> None:
        with pytest.raises(Refused, match="服务企业"):
            service.confirm(import_id=under_review.pk, by=office)
        assert not Plan.objects.filter(year=2015).exists()

    def test_it_makes_the_plan(self, under_review: PlanImport, office: User) -> None:
        complete(under_review, office)
        plan = service.confirm(import_id=under_review.pk, by=office)
        assert (plan.year, plan.title, plan.document.text) == (2015, "测试局2015年工作要点", TEXT)
        assert [section.path for section in plan.sections.all()] == ["一", "二"]
        assert [task.lead.name for task in plan.tasks.all()] == ["高新技术处"] * 2
        first, second = plan.targets.all()
        assert (first.name, first.value, first.section.path, first.task.path) == (
            "技术合同成交额",
            400,
            "一",
            "二/(一)",
        )
        assert [source.kind for source in first.sources.all()] == ["PRIMARY", "REPEAT"]
        assert (second.value, second.comparison) == (-3, "<=")
        assert first.indicator == Target.objects.get(key="W6").indicator
        under_review.refresh_from_db()
        assert (under_review.stage, under_review.plan) == (ImportStage.CONFIRMED, plan)
        assert AuditEvent.objects.filter(kind="import.confirmed", user=office).count() == 1

    def test_an_indicators_other_name_is_understood(self, under_review: PlanImport, office: User) -> None:
        complete(under_review, office)
        fields = {"name": "技术合同交易额"}
        deciding.decide(import_id=under_review.pk, item="target:T1", fields=fields, by=office)
        plan = service.confirm(import_id=under_review.pk, by=office)
        assert plan.targets.get(name="技术合同交易额").indicator.name == "技术合同成交额"
        assert not Indicator.objects.filter(name="技术合同交易额").exists()

    def test_a_second_time_does_nothing(self, under_review: PlanImport, office: User) -> None:
        complete(under_review, office)
        plan = service.confirm(import_id=under_review.pk, by=office)
        assert service.confirm(import_id=under_review.pk, by=office) == plan
        assert Plan.objects.filter(bureau=under_review.bureau).count() == 2
        assert AuditEvent.objects.filter(kind="import.confirmed").count() == 1

    def test_confirmed_it_is_locked(self, under_review: PlanImport, office: User) -> None:
        complete(under_review, office)
        service.confirm(import_id=under_review.pk, by=office)
        with pytest.raises(Refused):
            deciding.decide(import_id=under_review.pk, item="target:T1", fields={"name": "甲"}, by=office)
        with pytest.raises(Refused):
            service.discard(import_id=under_review.pk, by=office)

    def test_a_year_that_has_a_plan_is_refused(self, under_review: PlanImport, office: User) -> None:
        complete(under_review, office)
        deciding.decide(import_id=under_review.pk, item="plan", fields={"year": "2014"}, by=office)
        with pytest.raises(Refused, match="2014"):
            service.confirm(import_id=under_review.pk, by=office)

    def test_all_or_nothing(
        self, under_review: PlanImport, office: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fault(*_given: object, **_more: object) -> None:
            raise RuntimeError

        complete(under_review, office)
        monkeypatch.setattr(TargetSource.objects, "bulk_create", fault)
        with pytest.raises(RuntimeError):
            service.confirm(import_id=under_review.pk, by=office)
        assert not PlanDocument.objects.filter(text=TEXT).exists()
        assert not Plan.objects.filter(year=2015).exists()

    def test_discarding_makes_no_plan_and_ends_it(self, under_review: PlanImport, office: User) -> None:
        service.discard(import_id=under_review.pk, by=office)
        service.discard(import_id=under_review.pk, by=office)
        with pytest.raises(Refused):
            service.confirm(import_id=under_review.pk, by=office)
        assert AuditEvent.objects.filter(kind="import.discarded").count() == 1


class TestWritingAPlan:
    """A real plan is written as its draft says, row by row."""

    @pytest.fixture(params=["wuhan", "xian"])
    def written(self, request: pytest.FixtureRequest) -> tuple[Plan, dict[str, Any]]:
        reading, decisions, text, data = expected_plan(str(request.param))
        copy = Bureau.objects.create(code="copy", name="copy", short_name="copy")
        for unit in Unit.objects.filter(bureau__code=request.param):
            Unit.objects.create(bureau=copy, name=unit.name, kind=unit.kind, order=unit.order)
        found = draft(reading, decisions, text, "工作要点")
        document = DocumentFields("工作要点", text, "x.txt")
        return create_plan(bureau=copy, document=document, draft=found, by=None), data

    def test_sections_and_tasks(self, written: tuple[Plan, dict[str, Any]]) -> None:
        plan, data = written
        own = ("path", "label", "title", "start", "end")
        sections = Section.objects.filter(plan=plan).select_related("parent")
        assert [
            {key: getattr(row, key) for key in own} | {"parent": row.parent.path if row.parent else ""}
            for row in sections
        ] == data["sections"]
        tasks_made = Task.objects.filter(plan=plan).select_related("section", "lead")
        assert [
            {key: getattr(row, key) for key in own} | {"section": row.section.path} for row in tasks_made
        ] == data["tasks"]
        assert {row.lead.name for row in tasks_made} == {"办公室"}
        assert {unit.name for row in tasks_made for unit in row.cooperating.all()} == {"政策法规处"}

    def test_targets(self, written: tuple[Plan, dict[str, Any]]) -> None:
        plan, data = written
        groups = {row["key"]: row["name"] for row in data["groups"]}
        found = list(Target.objects.filter(plan=plan).prefetch_related("cooperating"))
        assert len(found) == len(data["targets"]) >= 11
        for row, wanted in zip(found, data["targets"], strict=True):
            numbers = ("value", "baseline")
            other = {"indicator", "section", "task", "group", "lead", "cooperating", "sources", "pace_shares"}
            for name in wanted.keys() - other - {*numbers}:
                assert getattr(row, name) == wanted[name], (row.key, name)
            for name in numbers:
                assert getattr(row, name) == (Decimal(wanted[name]) if wanted[name] else None), row.key
            shares = [Decimal(share) for share in wanted["pace_shares"] or []]
            assert (row.pace_shares or []) == shares
            assert (row.indicator.name, row.lead.name) == (wanted["indicator"], wanted["lead"])
            assert (row.section.path, row.task.path if row.task else None) == (
                wanted["section"],
                wanted["task"],
            )
            assert {unit.name for unit in row.cooperating.all()} == set(wanted["cooperating"])
            assert (row.group.name if row.group else None) == groups.get(wanted["group"])

    def test_sources(self, written: tuple[Plan, dict[str, Any]]) -> None:
        plan, data = written
        rows = [
            {
                "kind": row.kind,
                "section": row.section.path,
                "task": row.task.path if row.task else None,
                **{name: getattr(row, name) for name in (*SOURCE_FIELDS, "commitment", "name_in_text")},
            }
            for row in TargetSource.objects.filter(target__plan=plan).order_by("target__order", "start")
        ]
        wanted = [source for target in data["targets"] for source in target["sources"]]
        assert rows == wanted
