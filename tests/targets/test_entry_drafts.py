"""What is typed and not saved yet, conflicts, the office's sheet of all units, and completeness."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import AuditEvent, Bureau, Membership, Unit, User
from accounts.permissions import Role
from plans.models import Task
from targets.enums import State
from targets.errors import Refused
from targets.models import EntryDraft, Figure, FigureVersion, Narrative, Period, Target
from targets.services.drafts import MOST_CHARACTERS, keep_draft
from targets.services.periods import lock_period
from tests.targets.opened_page import OpenedPage
from tests.targets.small_plan import small_plan

pytestmark = pytest.mark.django_db

PLAIN_TASK = "三/(二)/二是"


@pytest.fixture
def path(december: Period, unit: Unit) -> str:
    return reverse("entry-sheet", args=[december.pk, unit.pk])


@pytest.fixture
def client(client_of: Callable[[str], Client]) -> Client:
    return client_of("wuhan_reporter")


@pytest.fixture
def second(wuhan: Bureau, unit: Unit) -> Client:
    """A colleague who reports for the same unit."""
    colleague = User.objects.create(username="second", display_name="第二人")
    Membership.objects.create(user=colleague, role=Role.REPORTER, bureau=wuhan, unit=unit)
    client = Client()
    client.force_login(colleague)
    return client


@pytest.fixture
def name(target: Callable[[str], Target]) -> Callable[[str, str], str]:
    return lambda key, column: f"f{target(key).pk}_{column}"


def stored(key: str, period: Period) -> Figure | None:
    return Figure.objects.filter(target__key=key, allocation=None, period=period).first()


def keep(client: Client, period: Period, row: str, *, at: str = "0.0", draft: int = 0, **typed: str) -> Any:
    """What the page's script sends a moment after one typed."""
    data = {"row": row, "draft": draft, f"{row}-at": at}
    data |= {f"{row}-{column}": text for column, text in typed.items()}
    return client.post(reverse("entry-draft", args=[period.pk]), data)


class TestKeepingWhatIsTyped:
    def test_it_is_back_on_the_page_and_nothing_was_saved(self, client, december, path, target) -> None:
        key = f"f{target('W2').pk}"
        versions, events = FigureVersion.objects.count(), AuditEvent.objects.count()
        answer = keep(client, december, key, value="6725.5", note="半句", nature="FLASH")
        assert answer.json()["draft"] == 1 and answer.json()["conflict"] == ""
        assert stored("W2", december) is None
        assert (FigureVersion.objects.count(), AuditEvent.objects.count()) == (versions, events)
        page = OpenedPage(client, path)
        assert page.fields[f"{key}-value"] == ["6725.5"] and page.fields[f"{key}-note"] == ["半句"]
        assert "尚未暂存" in page.answer.content.decode()

    def test_saving_makes_one_version_and_forgets_the_draft(self, client, december, path, target) -> None:
        key = f"f{target('W2').pk}"
        for step in ("6", "67", "672", "6725"):
            keep(client, december, key, value=step, draft=len(step) - 1, nature="FLASH")
        assert EntryDraft.objects.get().revision == 4
        OpenedPage(client, path).post()
        figure = stored("W2", december)
        assert figure is not None and figure.value == Decimal(6725) and figure.versions.count() == 1
        assert not EntryDraft.objects.exists()

    def test_what_cannot_be_read_is_kept_word_for_word(self, client, december, path, target) -> None:
        key = f"f{target('W2').pk}"
        keep(client, december, key, value="约六千七")
        page = OpenedPage(client, path)
        assert page.fields[f"{key}-value"] == ["约六千七"] and page.answer.context["form"].wrong

    def test_a_text_and_its_ticked_node(self, client, december, unit, path) -> None:
        task = Task.objects.get(plan__bureau=unit.bureau, path=PLAIN_TASK)
        node = task.milestones.get(text="中期检查")
        key = f"nk{task.pk}"
        data = {
            "row": key,
            "unit": unit.pk,
            f"{key}-at": "0.0",
            f"{key}-progress": "写到一半",
            f"{key}-done{node.pk}": "on",
        }
        client.post(reverse("entry-draft", args=[december.pk]), data)
        page = OpenedPage(client, path)
        assert page.fields[f"{key}-progress"] == ["写到一半"] and f"{key}-done{node.pk}" in page.fields
        page.post()
        text = Narrative.objects.get(task=task, period=december)
        assert text.progress == "写到一半" and text.node_reports.get().milestone == node

    def test_typed_back_to_what_stands_there_nothing_is_left_after_saving(
        self, client, december, path, target
    ) -> None:
        keep(client, december, f"f{target('W2').pk}", value="1")
        page = OpenedPage(client, path)
        page.post(**{f"f{target('W2').pk}_value": ""})
        assert stored("W2", december) is None and not EntryDraft.objects.exists()

    def test_it_can_be_thrown_away(self, client, second, december, path, target) -> None:
        for who in (client, second):
            keep(who, december, f"f{target('W2').pk}", value="1")
        OpenedPage(client, path).post("discard")
        assert [draft.by.username for draft in EntryDraft.objects.all()] == ["second"]
        assert OpenedPage(client, path).fields[f"f{target('W2').pk}-value"] == [""]

    def test_nobody_else_sees_it(self, client, client_of, second, december, path, target) -> None:
        keep(client, december, f"f{target('W2').pk}", value="6543.21")
        assert "6543.21" in client.get(path).content.decode()
        for other in (second, *map(client_of, ("wuhan_reviewer", "wuhan_office", "wuhan_leader"))):
            assert "6543.21" not in other.get(path).content.decode()

    def test_what_was_submitted_meanwhile_shows_as_it_is_stored(
        self, client, december, unit, path, target, person
    ) -> None:
        key = f"f{target('W2').pk}"
        keep(client, december, key, value="1")
        OpenedPage(client, path).post("submit-part", **{f"f{target('W2').pk}_value": "6725"})
        EntryDraft.objects.create(
            period=december,
            unit=unit,
            row=key,
            by=person("wuhan_reporter"),
            fields={f"{key}-at": "1.1", f"{key}-value": "1"},
            at=december.bureau.now,
        )
        page = OpenedPage(client, path)
        assert f"{key}-value" not in page.fields and "6,725" in page.answer.content.decode()

    def test_a_closed_period_and_too_much_text_are_refused(
        self, client, december, unit, person, target
    ) -> None:
        with pytest.raises(Refused):
            keep_draft(
                period=december,
                unit=unit,
                row="nk1",
                fields={"nk1-progress": "字" * MOST_CHARACTERS},
                known=0,
                by=person("wuhan_reporter"),
            )
        assert keep(client, december, f"f{target('W2').pk}", value="1").status_code == 200
        lock_period(period=december, by=person("wuhan_office"))
        answer = keep(client, december, f"f{target('W2').pk}", value="2")
        assert answer.status_code == 409 and answer.json()["refused"]
        assert EntryDraft.objects.get().fields[f"f{target('W2').pk}-value"] == "1"

    @pytest.mark.parametrize(
        ("username", "status"),
        [
            ("wuhan_reporter", 200),
            ("wuhan_office", 200),
            ("wuhan_reviewer", 403),
            ("wuhan_leader", 403),
            ("wuhan_reporter_08", 403),
            ("observer", 403),
            ("xian_reporter", 404),
            ("xian_office", 404),
        ],
    )
    def test_only_for_who_enters_the_row(self, client_of, december, target, username, status) -> None:
        answer = keep(client_of(username), december, f"f{target('W2').pk}", value="1")
        assert answer.status_code == status
        assert EntryDraft.objects.exists() is (status == 200)

    def test_rows_that_are_not_there(self, client, december, target, xian) -> None:
        foreign = Unit.objects.filter(bureau=xian).first()
        for row, unit in (("f", ""), ("x1", ""), (f"f{target('X5').pk}", ""), ("nk1", foreign.pk)):
            answer = client.post(reverse("entry-draft", args=[december.pk]), {"row": row, "unit": unit})
            assert answer.status_code == 404


class TestAnEndedSession:
    def test_what_was_kept_and_what_was_sent_too_late_are_both_back(
        self, client, december, path, target, person
    ) -> None:
        first, second = (f"f{target(key).pk}" for key in ("W2", "W4"))
        keep(client, december, first, value="6725")
        session = client.session
        session["seen"] = 1
        session.save()
        answer = client.post(
            reverse("entry-draft", args=[december.pk]),
            urlencode({"row": second, f"{second}-at": "0.0", f"{second}-value": "1994.92"}),
            content_type="application/x-www-form-urlencoded",
            headers={"referer": f"http://testserver{path}"},
        )
        assert answer.status_code == 302
        client.force_login(person("wuhan_reporter"))
        page = OpenedPage(client, path)
        assert page.fields[f"{first}-value"] == ["6725"] and page.fields[f"{second}-value"] == ["1994.92"]


class TestTwoAtOneCell:
    def test_the_second_sees_both_values_while_typing(self, client, second, december, target) -> None:
        key = f"f{target('W2').pk}"
        keep(client, december, key, value="6700", nature="FLASH")
        told = keep(second, december, key, value="6800", nature="FLASH").json()["conflict"]
        assert "填报人(高新技术处)" in told and "6,700" in told and "6,800" in told
        assert keep(second, december, key, value="6700", nature="FLASH", draft=1).json()["conflict"] == ""

    def test_and_what_was_saved_meanwhile(self, client, second, december, path, target) -> None:
        key = f"f{target('W2').pk}"
        OpenedPage(client, path).post(**{f"f{target('W2').pk}_value": "6700"})
        told = keep(second, december, key, value="6800", nature="FLASH").json()["conflict"]
        assert "6,700" in told and f'name="{key}-choice"' in told

    def test_two_windows_of_one_person(self, client, december, target) -> None:
        key = f"f{target('W2').pk}"
        keep(client, december, key, value="6700", nature="FLASH")
        told = keep(client, december, key, value="6800", nature="FLASH").json()["conflict"]
        assert "6,700" in told and "6,800" in told
        assert EntryDraft.objects.get().fields[f"{key}-value"] == "6800"

    def test_a_reloaded_page_goes_on_with_its_own_draft(self, client, december, path, target) -> None:
        key = f"f{target('W2').pk}"
        for typed, known in (("6700", 0), ("6710", 1)):
            keep(client, december, key, value=typed, nature="FLASH", draft=known)
        page = OpenedPage(client, path)
        refused = page.post(**{f"f{target('W2').pk}_value": "约六千七"})
        for answer in (page.answer, refused):
            text = answer.content.decode()
            assert f'data-row="{key}" data-draft="2"' in text
            assert f'data-row="f{target("W4").pk}" data-draft="0"' in text
        told = keep(client, december, key, value="6800", nature="FLASH", draft=2).json()
        assert (told["conflict"], told["draft"]) == ("", 3)

    @pytest.mark.parametrize(("choice", "value"), [("theirs", 6700), ("mine", 6800)])
    def test_one_chooses_and_nothing_is_overwritten_before(
        self, client, second, december, path, target, choice, value
    ) -> None:
        key = f"f{target('W2').pk}"
        mine = OpenedPage(second, path)
        OpenedPage(client, path).post(**{f"f{target('W2').pk}_value": "6700"})
        answer = mine.post(**{f"f{target('W2').pk}_value": "6800"})
        figure = stored("W2", december)
        assert answer.status_code == 200 and figure is not None and figure.value == 6700
        text = answer.content.decode()
        assert "6,700" in text and "6,800" in text and "填报人(高新技术处)" in text
        sent = "theirs" if choice == "theirs" else f"{figure.revision}.{figure.last_version}"
        mine.post(**{f"f{target('W2').pk}_value": "6800", f"{key}_choice": sent})
        figure.refresh_from_db()
        assert figure.value == value and figure.versions.count() == (1 if choice == "theirs" else 2)

    def test_a_draft_from_before_somebody_saved_opens_as_a_conflict(
        self, client, second, december, path, target
    ) -> None:
        key = f"f{target('W2').pk}"
        keep(second, december, key, value="6800", nature="FLASH")
        OpenedPage(client, path).post(**{f"f{target('W2').pk}_value": "6700"})
        page = OpenedPage(second, path)
        (line,) = [line for line in page.answer.context["form"].lines if line.conflict]
        assert line.row.key == key and "6,700" in page.answer.content.decode()


class TestTheSheetOfAllUnits:
    @pytest.fixture
    def office(self, client_of) -> Client:
        return client_of("wuhan_office")

    @pytest.fixture
    def whole(self, december) -> str:
        return reverse("entry-bureau", args=[december.pk])

    def test_every_figure_in_document_order_with_its_unit(self, office, whole) -> None:
        answer = office.get(whole)
        rows = answer.context["sheet"].figures
        orders = [row.duty.target.order for row in rows]
        assert orders == sorted(orders) and len(rows) == 11 + 14
        assert {row.duty.owner.name for row in rows} >= {"高新技术处", "创业服务处", "成果与市场处"}
        text = answer.content.decode()
        assert "全局指标填报" in text and 'name="nk' not in text

    def test_figures_of_several_units_are_saved_together_or_not_at_all(
        self, office, whole, december, target
    ) -> None:
        page = OpenedPage(office, whole)
        typed = {f"f{target('W2').pk}_value": "6725", f"f{target('W6').pk}_value": "342.89"}
        bad = page.post(**typed, **{f"f{target('W8').pk}_value": "二十几"})
        assert bad.status_code == 200 and not Figure.objects.filter(period=december).exists()
        assert page.post(**typed).status_code == 302
        assert {figure.target.key for figure in Figure.objects.filter(period=december)} == {"W2", "W6"}
        events = AuditEvent.objects.filter(kind="entry.saved").order_by("-number")[:2]
        assert {event.user.username for event in events} == {"wuhan_office"}
        assert len({event.object_id for event in events}) == 2

    def test_submitting_leaves_the_units_texts_alone(
        self, office, client, whole, path, december, unit, target
    ) -> None:
        task = Task.objects.get(plan__bureau=unit.bureau, path=PLAIN_TASK)
        OpenedPage(client, path).post(**{f"nk{task.pk}_progress": "草稿"})
        page = OpenedPage(office, whole)
        answer = page.post("submit", **{f"f{target('W2').pk}_value": "6725"})
        assert answer["Location"].endswith("?missing")
        page = OpenedPage(office, whole)
        page.post("submit-part")
        assert stored("W2", december).state == State.SUBMITTED
        assert Narrative.objects.get(task=task, period=december).state == State.DRAFT

    def test_a_conflict_in_one_unit_keeps_all_back(
        self, office, client, whole, path, december, target
    ) -> None:
        page = OpenedPage(office, whole)
        OpenedPage(client, path).post(**{f"f{target('W2').pk}_value": "6700"})
        typed = {f"f{target('W2').pk}_value": "6725", f"f{target('W6').pk}_value": "342.89"}
        answer = page.post(**typed)
        assert answer.status_code == 200 and stored("W6", december) is None
        assert [line.row.duty.target.key for line in answer.context["form"].lines if line.conflict] == ["W2"]

    def test_the_number_of_queries_does_not_grow(self) -> None:
        counts = []
        for size in (1, 3):
            plan = small_plan(size, code=f"whole{size}")
            client = Client()
            client.force_login(plan.user)
            with CaptureQueriesContext(connection) as queries:
                answer = client.get(reverse("entry-bureau", args=[plan.period.pk]))
            assert len(answer.context["sheet"].figures) == 2 * size
            counts.append(len(queries))
        assert counts[0] == counts[1]


class TestCompleteness:
    def test_nothing_is_submitted_while_something_is_missing_and_it_is_listed(
        self, client, december, path, target, name
    ) -> None:
        answer = OpenedPage(client, path).post("submit", **{name("W2", "value"): "6725"})
        assert answer["Location"] == f"{path}?missing"
        assert stored("W2", december).state == State.DRAFT
        text = client.get(answer["Location"]).content.decode()
        assert "尚未提交" in text and f'<li><a href="#f{target("W4").pk}">' in text
        assert f'<li><a href="#f{target("W2").pk}">' not in text and "提交已填内容" in text

    def test_one_more_act_submits_what_is_filled_in(self, client, december, path, name) -> None:
        OpenedPage(client, path).post("submit", **{name("W2", "value"): "6725"})
        OpenedPage(client, path).post("submit-part")
        assert stored("W2", december).state == State.SUBMITTED

    def test_a_complete_sheet_is_submitted_at_once(self, client, december, path, unit) -> None:
        page = OpenedPage(client, path)
        sheet = page.answer.context["sheet"]
        typed = {f"{row.key}_value": "1" for row in sheet.figures}
        typed |= {f"n{row.key}_progress": "完成" for row in sheet.tasks if row.duty.is_due}
        answer = page.post("submit", **typed)
        assert answer["Location"] == path
        items = [*Figure.objects.filter(period=december), *Narrative.objects.filter(period=december)]
        assert len(items) == len(sheet.work.missing) and {item.state for item in items} == {State.SUBMITTED}

    def test_not_applicable_is_no_gap_and_blank_is(self, client, december, path, name) -> None:
        OpenedPage(client, path).post("submit", **{name("W2", "value"): "不适用"})
        labels = [item.label for item in client.get(path).context["work"].missing]
        assert "高新技术产业产值" not in labels and "高新技术产业增加值" in labels
