"""The office's one text beside the units' originals: begun, edited, kept; changed originals are told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import AuditEvent, Unit
from plans.models import Plan
from targets.consolidation import Words, first_draft
from targets.errors import Refused, StaleForm
from targets.inputs import NarrativeInput
from targets.models import ConsolidatedText, ConsolidatedVersion, Narrative, Period
from targets.selectors.consolidated import ConsolidatedRow, consolidated_rows
from targets.services.consolidating import save_texts, start_texts
from targets.services.entering import open_correction, submit_entries
from targets.services.reviewing import ItemRef, approve_items, pass_items

pytestmark = pytest.mark.django_db

PAGE = "/plans/wuhan/2014/texts/"
WANTED = {"period": "2014-09"}


@pytest.fixture
def row_of(wuhan_plan: Plan, september: Period, target) -> Callable[[str], ConsolidatedRow]:
    def row(key: str) -> ConsolidatedRow:
        name = f"t{target(key).pk}"
        return next(one for one in consolidated_rows(wuhan_plan, september) if one.key == name)

    return row


@pytest.fixture
def begun(wuhan_plan: Plan, september: Period, person) -> int:
    return start_texts(plan=wuhan_plan, period=september, by=person("wuhan_office"))


class TestTheFirstDraft:
    """Pure: what the office begins with."""

    def test_the_lead_first_and_nothing_left_out(self) -> None:
        lead = Words("甲处", True, "完成。", "缺人。", "招人。")
        other = Words("乙处", False, "配合。", "", " 继续。 ")
        assert first_draft([lead, other]).splitlines() == [
            *("完成。", "存在的问题:缺人。", "下一步措施:招人。", "乙处:配合。", "下一步措施:继续。")
        ]

    def test_blank_words_make_no_line(self) -> None:
        assert first_draft([Words("甲处", True, " ", "", ""), Words("乙处", False, "", "", "好")]) == (
            "乙处:下一步措施:好"
        )


class TestBeginning:
    def test_every_item_with_an_approved_text_in_plan_order(
        self, wuhan_plan, september, begun, row_of
    ) -> None:
        rows = consolidated_rows(wuhan_plan, september)
        assert begun == len(rows) > 10 and all(row.stored for row in rows)
        assert row_of("W2").text == (
            "产值4760.0亿元,同比增长20.1%,完成率70.8%。\n存在的问题:四季度为产出高峰,序时偏低属季节因素。"
            "\n下一步措施:抓新投产项目达产。"
        )
        targets = [row.subject.key for row in rows if row.key.startswith("t")]  # type: ignore[union-attr]
        assert targets.index("W2") < targets.index("W4")

    def test_what_is_not_approved_stays_out(self, wuhan_plan, september, begun, target) -> None:
        keys = {row.key for row in consolidated_rows(wuhan_plan, september)}
        assert f"t{target('W1').pk}" not in keys  # submitted only

    def test_beginning_again_changes_nothing(self, wuhan_plan, september, begun, person) -> None:
        assert start_texts(plan=wuhan_plan, period=september, by=person("wuhan_office")) == 0
        assert ConsolidatedVersion.objects.count() == begun

    @pytest.mark.parametrize("username", ["wuhan_reporter", "wuhan_reviewer", "wuhan_leader", "xian_office"])
    def test_nobody_but_the_office(self, wuhan_plan, september, person, username: str) -> None:
        for act in (
            lambda by: start_texts(plan=wuhan_plan, period=september, by=by),
            lambda by: save_texts(plan=wuhan_plan, period=september, typed={}, by=by),
        ):
            with pytest.raises(Refused):
                act(person(username))
        assert not ConsolidatedText.objects.exists()


class TestEditing:
    def save(self, row: ConsolidatedRow, text: str, by: Any, revision: int | None = None) -> int:
        period = Period.objects.select_related("bureau").get(bureau__code="wuhan", month=9)
        plan = Plan.objects.select_related("bureau").get(bureau__code="wuhan")
        seen = row.revision if revision is None else revision
        return save_texts(plan=plan, period=period, typed={row.key: (seen, text)}, by=by)

    def test_a_long_text_is_kept_whole_with_every_version(self, begun, row_of, person) -> None:
        text = "长" * 60_000
        assert self.save(row_of("W2"), text, person("wuhan_office")) == 1
        row = row_of("W2")
        assert (row.text, row.revision) == (text, 2)
        assert [one.number for one in row.stored.versions.all()] == [1, 2]  # type: ignore[union-attr]
        assert self.save(row, text, person("wuhan_office")) == 0
        event = AuditEvent.objects.filter(kind="texts.saved").latest("pk")
        assert event.after == {"period": "2014-09", "texts": {row.key: 2}}

    def test_the_second_of_two_people_is_told_and_nothing_is_overwritten(self, begun, row_of, person) -> None:
        row = row_of("W2")
        self.save(row, "第一人", person("wuhan_office"))
        with pytest.raises(StaleForm):
            self.save(row, "第二人", person("wuhan_office"), revision=1)
        assert row_of("W2").text == "第一人"
        assert self.save(row_of("W2"), "第二人", person("wuhan_office")) == 1

    def test_the_originals_stay_as_they_are(self, begun, row_of, person, september, target) -> None:
        self.save(row_of("W2"), "改写", person("wuhan_office"))
        narrative = Narrative.objects.get(target=target("W2"), period=september)
        assert (narrative.progress[:9], narrative.last_version) == ("产值4760.0亿", 1)

    def test_a_corrected_original_is_told_until_the_text_is_edited_again(
        self, wuhan, begun, row_of, person, september, target
    ) -> None:
        assert not row_of("W2").has_changed
        unit = Unit.objects.select_related("bureau").get(bureau=wuhan, name="高新技术处")
        text = Narrative.objects.select_related("period__bureau", "target").get(
            target=target("W2"), period=september
        )
        open_correction(item=text, unit=unit, reason="补充", by=person("wuhan_reporter"))
        text.refresh_from_db()
        entry = NarrativeInput(target("W2"), text.revision, progress="产值4760.0亿元。")
        submit_entries(period=september, unit=unit, narratives=[entry], by=person("wuhan_reporter"))
        for act, who, where in (
            (pass_items, "wuhan_reviewer", {"unit": unit}),
            (approve_items, "wuhan_office", {"bureau": wuhan}),
        ):
            assert not row_of("W2").has_changed
            text.refresh_from_db()
            items = [ItemRef("narrative", text.pk, text.revision)]
            act(items=items, by=person(who), **where)  # type: ignore[operator]
        row = row_of("W2")
        assert row.has_changed
        (original,) = row.originals
        assert original.before is not None and original.before.progress.endswith("70.8%。")
        assert original.version.progress == "产值4760.0亿元。"
        self.save(row, "已改写", person("wuhan_office"))
        assert not row_of("W2").has_changed

    def test_what_is_not_in_the_plan_is_refused(self, wuhan_plan, september, begun, person) -> None:
        for key in ("t999999", "x", "k0"):
            with pytest.raises(Refused):
                save_texts(
                    plan=wuhan_plan, period=september, typed={key: (0, "字")}, by=person("wuhan_office")
                )

    def test_no_version_is_changed_or_taken_away(self, begun) -> None:
        with pytest.raises(DatabaseError), transaction.atomic():
            ConsolidatedVersion.objects.update(text="别的")
        with pytest.raises(DatabaseError), transaction.atomic():
            ConsolidatedVersion.objects.all().delete()
        assert ConsolidatedVersion.objects.count() == begun


class TestThePages:
    def test_begin_edit_and_save_in_the_browser(self, client_of, row_of) -> None:
        client = client_of("wuhan_office")
        assert client.post(f"{PAGE}start?period=2014-09").status_code == 302
        row = row_of("W2")
        data = {f"text-{row.key}": "一行\r\n二行<script>", f"revision-{row.key}": "1"}
        answer = client.post(f"{PAGE}save?period=2014-09", data)
        assert (answer.status_code, answer["Location"]) == (302, f"{PAGE}?period=2014-09")
        assert row_of("W2").text == "一行\n二行<script>"
        for page in (PAGE, f"{PAGE}print"):
            html = client.get(page, WANTED).content.decode()
            assert "二行&lt;script&gt;" in html and "二行<script>" not in html
        file = client.get(f"{PAGE}download", WANTED)
        assert "一行\n二行<script>" in file.content.decode() and "attachment" in file["Content-Disposition"]
        assert AuditEvent.objects.filter(kind="texts.printed").count() == 2

    def test_a_stale_form_shows_both_texts(self, client_of, begun, row_of) -> None:
        client, row = client_of("wuhan_office"), row_of("W2")
        data = {f"text-{row.key}": "先存的", f"revision-{row.key}": "1"}
        client.post(f"{PAGE}save?period=2014-09", data)
        answer = client.post(f"{PAGE}save?period=2014-09", {**data, f"text-{row.key}": "后到的"})
        html = answer.content.decode()
        assert answer.status_code == 200 and "先存的" in html and ">后到的</textarea>" in html
        assert row_of("W2").text == "先存的"

    def test_the_leader_reads_and_cannot_write(self, client_of, begun, row_of) -> None:
        client, row = client_of("wuhan_leader"), row_of("W2")
        html = client.get(PAGE, WANTED).content.decode()
        assert "产值4760.0亿元" in html and "<textarea" not in html
        data = {f"text-{row.key}": "改", f"revision-{row.key}": "1"}
        assert client.post(f"{PAGE}save?period=2014-09", data).status_code == 403
        assert client.post(f"{PAGE}start?period=2014-09").status_code == 403
        assert row_of("W2").revision == 1

    @pytest.mark.parametrize(("username", "status"), [("xian_office", 404), ("wuhan_reporter", 403)])
    def test_others_are_refused(self, client_of, username: str, status: int) -> None:
        for page in ("start", "save"):
            assert client_of(username).post(f"{PAGE}{page}?period=2014-09").status_code == status

    def test_without_the_token_nothing_is_saved(self, person, begun, row_of) -> None:
        strict = Client(enforce_csrf_checks=True)
        strict.force_login(person("wuhan_office"))
        row = row_of("W2")
        data = {f"text-{row.key}": "改", f"revision-{row.key}": "1"}
        assert strict.post(f"{PAGE}save?period=2014-09", data).status_code == 403
        assert row_of("W2").revision == 1

    def test_the_number_of_queries_does_not_grow(self, wuhan_plan, xian, september, begun, person) -> None:
        plan = Plan.objects.select_related("bureau").get(bureau=xian)
        period = Period.objects.get(bureau=xian, month=3)
        start_texts(plan=plan, period=period, by=person("xian_office"))
        with CaptureQueriesContext(connection) as one:
            few = consolidated_rows(plan, period)
        with CaptureQueriesContext(connection) as other:
            many = consolidated_rows(wuhan_plan, september)
        assert len(few) != len(many) == begun and len(one) == len(other)
