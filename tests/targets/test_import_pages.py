"""The pages of an import: who gets in, what they show, and that they work without a script."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import AuditEvent, Bureau, JobState, User
from plans.models import Plan
from targets import tasks
from targets.models import ImportDecision, ImportStage, PlanImport
from targets.services import import_deciding as deciding
from targets.services import imports as service
from tests.targets.import_reading import TEXT, found, number, small_reading

pytestmark = pytest.mark.django_db

PAGES = ["import", "import-progress", "import-confirm"]
POSTS = ["import-decide", "import-act", "import-take", "import-confirm", "import-discard"]


@pytest.fixture(autouse=True)
def media(settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def own(client_of: Callable[[str], Client]) -> Client:
    return client_of("wuhan_office")


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The ids of the imports whose jobs were sent."""
    ids: list[int] = []
    monkeypatch.setattr(tasks.read_import, "apply_async", lambda args, kwargs: ids.extend(args))
    return ids


@pytest.fixture
def under_review(wuhan: Bureau, person: Callable[[str], User]) -> PlanImport:
    return review_of(wuhan, person("wuhan_office"), small_reading())


def review_of(bureau: Bureau, owner: User, reading: dict[str, object], text: str = TEXT) -> PlanImport:
    return PlanImport.objects.create(
        owner=owner, bureau=bureau, text=text, title="测试局2015年工作要点", reading=reading,
        state=JobState.DONE, stage=ImportStage.REVIEW,
    )  # fmt: skip


def page(client: Client, plan_import: PlanImport, query: str = "") -> str:
    answer = client.get(reverse("import", args=[plan_import.pk]) + query)
    assert answer.status_code == 200
    return answer.content.decode()


def errors(html: str) -> list[str]:
    found = re.findall(r'<p class="(?:notice notice-error|field-error)"[^>]*>(.*?)</p>', html, re.DOTALL)
    return [unescape(text).strip() for text in found if text.strip()]


class TestHandingIn:
    def test_a_text_is_received_and_its_job_sent_after_the_commit(
        self, own: Client, wuhan: Bureau, sent: list[int], django_capture_on_commit_callbacks
    ) -> None:
        with django_capture_on_commit_callbacks(execute=True):
            answer = own.post(reverse("import-create"), {"bureau": "wuhan", "text": TEXT, "year": "2015"})
        received = PlanImport.objects.get()
        assert answer["Location"] == reverse("import", args=[received.pk])
        assert sent == [received.pk]
        assert (received.bureau, received.year, received.state) == (wuhan, 2015, JobState.QUEUED)

    @pytest.mark.parametrize(
        "data",
        [
            {},
            {"text": "  "},
            {"text": "没有数目的字"},
            {"text": TEXT, "year": "1066"},
            {"file": SimpleUploadedFile("扫描.docx", b"%PDF-1.4 1")},
            {"file": SimpleUploadedFile("空.txt", b"")},
            {"text": TEXT, "file": SimpleUploadedFile("二.txt", b"2")},
        ],
    )
    def test_what_is_refused_is_told_in_chinese_and_not_stored(
        self, own: Client, sent: list[int], data: dict[str, object]
    ) -> None:
        answer = own.post(reverse("import-create"), {"bureau": "wuhan"} | data)
        assert answer.status_code == 422
        told = errors(answer.content.decode())
        assert told
        assert all(re.search(r"[\u4e00-\u9fff]", text) for text in told)
        assert not PlanImport.objects.exists()
        assert sent == []

    def test_what_was_pasted_is_still_there_after_a_refusal(self, own: Client) -> None:
        answer = own.post(reverse("import-create"), {"bureau": "wuhan", "text": "没有数目的字"})
        assert "没有数目的字</textarea>" in answer.content.decode()

    def test_another_bureau_cannot_be_chosen(self, own: Client, sent: list[int]) -> None:
        answer = own.post(reverse("import-create"), {"bureau": "xian", "text": TEXT})
        assert answer.status_code == 422
        assert not PlanImport.objects.exists()

    def test_navigation_and_home_lead_there(self, own: Client, client_of: Callable[[str], Client]) -> None:
        assert own.get("/").content.decode().count(f'href="{reverse("imports")}"') >= 2
        assert reverse("imports") not in client_of("wuhan_reporter").get("/").content.decode()

    @pytest.mark.parametrize(
        "who", ["wuhan_reporter", "wuhan_reviewer", "wuhan_leader", "observer", "sysadmin"]
    )
    def test_nobody_else_hands_in(self, client_of: Callable[[str], Client], who: str) -> None:
        client = client_of(who)
        assert client.get(reverse("imports")).status_code == 403
        assert client.post(reverse("import-create"), {"bureau": "wuhan", "text": TEXT}).status_code == 403
        assert not PlanImport.objects.exists()


class TestWaiting:
    def test_the_page_asks_until_the_job_is_over(self, own: Client, under_review: PlanImport) -> None:
        PlanImport.objects.update(state=JobState.RUNNING, stage=ImportStage.READING, done=1, total=2)
        html = page(own, under_review)
        assert f'hx-get="{reverse("import-progress", args=[under_review.pk])}"' in html
        fragment = own.get(reverse("import-progress", args=[under_review.pk]), headers={"HX-Request": "true"})
        assert "1 / 2" in fragment.content.decode()
        PlanImport.objects.update(state=JobState.DONE, stage=ImportStage.REVIEW)
        over = own.get(reverse("import-progress", args=[under_review.pk]), headers={"HX-Request": "true"})
        assert over.headers["HX-Refresh"] == "true"

    def test_a_refused_document_says_why(self, own: Client, under_review: PlanImport) -> None:
        PlanImport.objects.update(stage=ImportStage.REFUSED, refusal={"code": "NO_NUMBER", "values": {}})
        assert "没有任何数字" in errors(page(own, under_review))[0]

    def test_a_failed_job_says_so(self, own: Client, under_review: PlanImport) -> None:
        PlanImport.objects.update(state=JobState.FAILED, stage=ImportStage.READING, failure="unexpected")
        assert "出错" in errors(page(own, under_review))[0]


class TestWhoGetsIn:
    @pytest.mark.parametrize("name", PAGES)
    def test_only_the_bureaus_office(
        self, client_of: Callable[[str], Client], under_review: PlanImport, name: str
    ) -> None:
        address = reverse(name, args=[under_review.pk])
        assert client_of("wuhan_office").get(address).status_code == 200
        assert client_of("xian_office").get(address).status_code == 404
        for who in ("wuhan_reporter", "wuhan_reviewer", "wuhan_leader", "observer", "auditor"):
            assert client_of(who).get(address).status_code == 403

    @pytest.mark.parametrize("name", POSTS)
    def test_only_the_bureaus_office_acts(
        self, client_of: Callable[[str], Client], under_review: PlanImport, name: str
    ) -> None:
        address = reverse(name, args=[under_review.pk])
        data = {"item": "target:T1", "act": "accept", "was-name": "甲", "name": "乙"}
        assert client_of("xian_office").post(address, data).status_code == 404
        for who in ("wuhan_reporter", "wuhan_reviewer", "wuhan_leader", "observer", "auditor"):
            assert client_of(who).post(address, data).status_code == 403
        assert not ImportDecision.objects.exists()
        under_review.refresh_from_db()
        assert under_review.stage == ImportStage.REVIEW
        assert client_of("wuhan_office").post(address, data).status_code == 302


class TestTheReview:
    def test_the_text_stands_there_unchanged(self, own: Client, under_review: PlanImport) -> None:
        html = page(own, under_review)
        article = html[html.index('data-pane="text"') : html.index("</article>")].partition(">")[2]
        article = re.sub(r'<span class="number-sign"[^>]*>.*?</span>', "", article)
        plain = unescape(re.sub(r"<[^>]+>", "", article))
        assert "".join(plain.split()) == "".join(TEXT.split())

    def test_every_number_is_marked_by_sign_and_word_and_leads_to_its_item(
        self, own: Client, under_review: PlanImport
    ) -> None:
        html = page(own, under_review)
        start = TEXT.index("400亿元")
        mark = re.search(rf'<a class="([^"]+)" id="n{start}"[^>]*href="([^"]+)" title="([^"]+)"', html)
        assert mark is not None
        assert mark.groups() == ("number number-target", "?item=target%3AT1#T1", "目标")
        assert 'id="T1"' in html
        assert f"?item=target%3AT1#n{start}" in unescape(html)
        assert len(re.findall("data-number", html)) == len(small_reading()["ledger"])

    def test_the_selected_item_is_edited_without_a_script(
        self, own: Client, under_review: PlanImport
    ) -> None:
        html = page(own, under_review, "?item=target:T1")
        assert 'name="name" value="技术合同成交额"' in html
        assert 'name="was-name" value="技术合同成交额"' in html
        data = {
            "item": "target:T1",
            "name": "成交额",
            "was-name": "技术合同成交额",
            "value": "1",
            "was-value": "1",
        }
        answer = own.post(reverse("import-decide", args=[under_review.pk]), data)
        assert answer["Location"].startswith(f"{under_review.get_absolute_url()}?item=target%3AT1")
        assert [(row.field, row.value) for row in under_review.decisions.all()] == [("name", "成交额")]
        html = page(own, under_review, "?item=target:T1")
        assert "规则：技术合同成交额" in html
        assert "目标管理(武汉,办公室)" in html

    def test_a_wrong_value_is_told_and_stays_in_its_field(
        self, own: Client, under_review: PlanImport
    ) -> None:
        data = {"item": "target:T1", "value": "四百", "was-value": "400"}
        answer = own.post(reverse("import-decide", args=[under_review.pk]), data)
        assert answer.status_code == 422
        html = answer.content.decode()
        assert "四百" in errors(html)[0]
        assert 'name="value" value="四百"' in html
        assert not ImportDecision.objects.exists()

    def test_a_script_gets_the_desk_alone(self, own: Client, under_review: PlanImport) -> None:
        data = {"item": "target:T2", "act": "accept"}
        answer = own.post(reverse("import-act", args=[under_review.pk]), data, headers={"HX-Request": "true"})
        html = answer.content.decode()
        assert html.strip().startswith("<div")
        assert "<html" not in html
        assert 'data-item="target:T3"' in html.partition("\n")[2].split(">")[0] or "target:T3" in html[:400]
        panel = own.get(
            under_review.get_absolute_url() + "?item=target:T1&part=panel", headers={"HX-Request": "true"}
        )
        assert panel.content.decode().strip().startswith("<section")

    def test_accepting_takes_the_lead_that_was_proposed_beside_it(
        self, own: Client, under_review: PlanImport
    ) -> None:
        html = page(own, under_review, "?item=target:T1")
        lead = re.search(r'name="proposed-lead" value="([^"]+)"', html)
        assert lead is not None
        data = {"item": "target:T1", "act": "accept", "proposed-lead": lead[1]}
        own.post(reverse("import-act", args=[under_review.pk]), data)
        rows = {row.field: row.value for row in under_review.decisions.all()}
        assert rows == {"accepted": True, "lead": lead[1]}
        assert "已确认 1 / 2 个目标" in page(own, under_review)

    @pytest.mark.parametrize(
        ("item", "act", "rows"),
        [
            ("target:T1", {"act": "verdict"}, {"verdict": "SCOPE"}),
            ("target:T1", {"act": "verdict", "verdict": "PAST"}, {"verdict": "PAST"}),
            ("target:T3", {"act": "merge"}, {"repeat_of": "T1"}),
            ("target:T3", {"act": "separate"}, {"repeat_of": ""}),
            ("target:T2", {"act": "merge", "repeat_of": "T1"}, {"repeat_of": "T1"}),
            ("target:T3", {"act": "accept"}, {"accepted": True, "repeat_of": "T1"}),
            ("target:T4", {"act": "accept"}, {"accepted": True, "verdict": "TARGET"}),
            (f"number:{TEXT.index('15条')}", {"act": "target"}, {"verdict": "TARGET"}),
            ("task:二/(一)", {"act": "leave-out"}, {"left_out": True}),
        ],
    )
    def test_one_button_one_decision(
        self, own: Client, under_review: PlanImport, item: str, act: dict[str, str], rows: dict[str, object]
    ) -> None:
        own.post(reverse("import-act", args=[under_review.pk]), {"item": item} | act)
        assert {row.field: row.value for row in under_review.decisions.filter(item=item)} == rows

    def test_undo_goes_back_to_the_item(self, own: Client, under_review: PlanImport) -> None:
        act = reverse("import-act", args=[under_review.pk])
        own.post(act, {"item": "target:T2", "act": "accept"})
        answer = own.post(act, {"item": "target:T1", "act": "undo"})
        assert "item=target%3AT2" in answer["Location"]
        assert not ImportDecision.objects.exists()

    def test_an_unknown_act_or_item_changes_nothing(self, own: Client, under_review: PlanImport) -> None:
        act = reverse("import-act", args=[under_review.pk])
        assert own.post(act, {"item": "target:T1", "act": "explode"}).status_code == 404
        assert own.post(act, {"item": "target:T99", "act": "verdict"}).status_code == 422
        assert not ImportDecision.objects.exists()
        assert "import-panel" in page(own, under_review, "?item=nonsense")

    def test_both_sentences_of_a_repeat_stand_beside_each_other(
        self, own: Client, under_review: PlanImport
    ) -> None:
        html = page(own, under_review, "?item=target:T3")
        pair = html[html.index('class="import-pair"') :]
        assert "1、技术合同成交额达到400亿元;" in pair
        assert "技术合同交易额力争达到400亿元。" in html
        assert ">力争</td>" in pair

    def test_the_ledger_lists_every_number_with_its_rule(self, own: Client, under_review: PlanImport) -> None:
        html = page(own, under_review, "?view=ledger")
        assert html.count('class="import-row"') == len(small_reading()["ledger"])
        assert "by-hand" in html

    def test_parts_of_words_are_hidden_until_asked_for(self, own: Client, under_review: PlanImport) -> None:
        reading = small_reading()
        reading["ledger"].append(number(TEXT, "二", "WORD"))
        PlanImport.objects.update(reading=reading)
        shown = [page(own, under_review, query).count("data-number") for query in ("", "?words=1")]
        assert shown == [6, 7]

    def test_only_what_is_open(self, own: Client, under_review: PlanImport, person) -> None:
        fields = {"lead": "高新技术处", "accepted": "1"}
        deciding.decide(import_id=under_review.pk, item="target:T1", fields=fields, by=person("wuhan_office"))
        html = page(own, under_review, "?open=1")
        assert 'data-row="target:T1"' not in html
        assert 'data-row="target:T2"' in html

    def test_last_year_comes_along_by_one_button(self, own: Client, under_review: PlanImport) -> None:
        own.post(reverse("import-take", args=[under_review.pk]), {"origin": "last-year"})
        assert under_review.decisions.filter(item="target:T1", field="lead", value="成果与市场处").exists()

    def test_text_in_a_document_is_shown_escaped(self, own: Client, under_review: PlanImport) -> None:
        PlanImport.objects.update(text=TEXT.replace("支持15条", "<b>支"), title="<script>alert(1)</script>")
        html = page(own, under_review)
        assert "<script>alert" not in html
        assert "<b>支" not in html


class TestConfirming:
    def test_what_is_missing_leads_to_its_item(self, own: Client, under_review: PlanImport) -> None:
        html = own.get(reverse("import-confirm", args=[under_review.pk])).content.decode()
        assert "任务缺牵头单位：服务企业" in html
        assert "?item=task%3A%E4%BA%8C%2F%28%E4%BA%8C%29#import-panel" in html
        assert "确认生成计划" not in html
        answer = own.post(reverse("import-confirm", args=[under_review.pk]), follow=True)
        assert "还缺" in errors(answer.content.decode())[0]
        assert not Plan.objects.filter(year=2015).exists()

    def test_confirmed_it_leads_to_the_plan(
        self, own: Client, under_review: PlanImport, person: Callable[[str], User]
    ) -> None:
        for item in ("target:T1", "target:T2", "task:二/(一)", "task:二/(二)"):
            deciding.decide(
                import_id=under_review.pk, item=item, fields={"lead": "高新技术处"}, by=person("wuhan_office")
            )
        own.post(reverse("import-act", args=[under_review.pk]), {"item": "target:T3", "act": "merge"})
        html = own.get(reverse("import-confirm", args=[under_review.pk])).content.decode()
        assert "确认生成计划" in html
        answer = own.post(reverse("import-confirm", args=[under_review.pk]), follow=True)
        plan = Plan.objects.get(year=2015)
        assert answer.redirect_chain[-1][0] == plan.get_absolute_url()
        assert "技术合同成交额" in answer.content.decode()
        assert plan.get_absolute_url() in page(own, under_review)
        refused = own.post(
            reverse("import-act", args=[under_review.pk]), {"item": "target:T1", "act": "accept"}
        )
        assert refused.status_code == 422

    def test_discarding(self, own: Client, under_review: PlanImport) -> None:
        answer = own.post(reverse("import-discard", args=[under_review.pk]))
        assert answer["Location"] == reverse("imports")
        assert AuditEvent.objects.filter(kind="import.discarded").count() == 1
        assert "已放弃" in own.get(reverse("imports")).content.decode()


def reading_of(size: int) -> tuple[dict[str, object], str]:
    """A document with so many tasks and targets."""
    lines = [f"({place})任务{place}。指标{place}达到{place}00家。" for place in range(1, size + 1)]
    text = "要点\n一、工作\n" + "\n".join(lines) + "\n"
    places = [text.index(line) for line in lines]
    reading = small_reading() | {
        "sections": [{"path": "一", "label": "一、", "title": "工作", "start": 3, "end": len(text)}],
        "tasks": [
            {"path": f"一/({place})", "label": f"({place})", "title": f"任务{place}", "start": start,
             "end": start + len(line)}
            for place, (start, line) in enumerate(zip(places, lines, strict=True), 1)
        ],
        "targets": [
            found(text, f"{place}00家", id=f"T{place}", path=f"一/({place})", unit="家")
            for place in range(1, size + 1)
        ],
        "ledger": [number(text, f"{place}00家", "TARGET") for place in range(1, size + 1)],
    }  # fmt: skip
    return reading, text


@pytest.mark.parametrize("query", ["?item=target:T1", "?view=ledger", "confirm"])
def test_queries_do_not_grow_with_the_plan(
    own: Client, wuhan: Bureau, person: Callable[[str], User], query: str
) -> None:
    counts = []
    for size in (1, 3):
        reading, text = reading_of(size)
        made = review_of(wuhan, person("wuhan_office"), reading, text)
        for place in range(1, size + 1):
            fields = {"name": f"别名{place}"}
            deciding.decide(import_id=made.pk, item=f"target:T{place}", fields=fields, by=made.owner)
        own.get(made.get_absolute_url())
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert own.get(made.get_absolute_url() + query).status_code == 200
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_the_list_asks_as_often_for_three_as_for_one(
    own: Client, wuhan: Bureau, person: Callable[[str], User]
) -> None:
    counts = []
    own.get(reverse("imports"))  # what is asked once a session
    for _size in (1, 3):
        review_of(wuhan, person("wuhan_office"), small_reading())
        with CaptureQueriesContext(connection) as captured:
            assert own.get(reverse("imports")).status_code == 200
        counts.append(len(captured))
        review_of(wuhan, person("wuhan_office"), small_reading())
    assert counts[0] == counts[1]


def test_the_title_is_found_among_the_first_lines() -> None:
    assert service.title_of("今天是:\n\n市科技局2014年工作要点\n正文") == "市科技局2014年工作要点"
    assert service.title_of("\n某文\n" + "长" * 100) == "某文"
    assert service.title_of("长" * 100) == ""
