"""Comments on figures and texts: who writes, who reads, and that nothing said is ever lost."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import AuditEvent, Bureau, Unit, User
from targets.enums import State
from targets.errors import Refused
from targets.models import Comment, Figure, Narrative, Period
from targets.selectors.comments import comments_about
from targets.selectors.review import desks_of
from targets.services.commenting import write_comment

pytestmark = pytest.mark.django_db

ALERT = "<script>alert(1)</script>"


@pytest.fixture
def unit(wuhan: Bureau) -> Unit:
    return Unit.objects.select_related("bureau").get(bureau=wuhan, name="高新技术处")


@pytest.fixture
def figure(september: Period, target) -> Figure:
    """W10, which waits for the office."""
    return Figure.objects.select_related("target", "period__bureau").get(
        target=target("W10"), period=september
    )


def url(item: Figure | Narrative) -> str:
    return f"/comments/{item._meta.model_name}/{item.pk}/"


class TestWriting:
    @pytest.mark.parametrize("username", ["wuhan_reporter", "wuhan_reviewer", "wuhan_office"])
    def test_the_units_people_and_the_office(self, unit, figure, person, username: str) -> None:
        comment = write_comment(item=figure, unit=unit, text=" 省公示何时? ", by=person(username))
        assert (comment.text, comment.version) == ("省公示何时?", figure.last_version)
        event = AuditEvent.objects.filter(kind="comment.written").latest("pk")
        assert event.after == {"version": figure.last_version, "text": "省公示何时?"}

    @pytest.mark.parametrize(
        "username",
        ["wuhan_reporter_08", "wuhan_reviewer_05", "wuhan_leader_2", "xian_office", "observer", "sysadmin"],
    )
    def test_nobody_else(self, unit, figure, person, username: str) -> None:
        with pytest.raises(Refused):
            write_comment(item=figure, unit=unit, text="问题", by=person(username))
        assert not figure.comments.exists()

    def test_the_leader_in_charge_where_the_bureau_wants_the_sign_off(
        self, wuhan, unit, figure, person
    ) -> None:
        Bureau.objects.filter(pk=wuhan.pk).update(leader_sign_off=True)
        unit = Unit.objects.select_related("bureau").get(pk=unit.pk)
        write_comment(item=figure, unit=unit, text="请核对", by=person("wuhan_leader_2"))
        with pytest.raises(Refused):
            write_comment(item=figure, unit=unit, text="请核对", by=person("wuhan_leader_1"))

    @pytest.mark.parametrize("text", ["", " \n ", "长" * 1001])
    def test_without_fitting_words_it_is_refused(self, unit, figure, person, text: str) -> None:
        with pytest.raises(Refused):
            write_comment(item=figure, unit=unit, text=text, by=person("wuhan_office"))
        write_comment(item=figure, unit=unit, text="长" * 1000, by=person("wuhan_office"))

    def test_the_office_says_nothing_about_a_draft_it_has_not_been_sent(self, unit, figure, person) -> None:
        Figure.objects.filter(pk=figure.pk).update(state=State.DRAFT, submitted_at=None, submitted_by=None)
        figure.refresh_from_db()
        with pytest.raises(Refused):
            write_comment(item=figure, unit=unit, text="问题", by=person("wuhan_office"))
        write_comment(item=figure, unit=unit, text="待核", by=person("wuhan_reporter"))

    def test_nothing_said_is_changed_or_taken_away(self, unit, figure, person) -> None:
        comment = write_comment(item=figure, unit=unit, text="原话", by=person("wuhan_office"))
        for change in (
            lambda: Comment.objects.filter(pk=comment.pk).update(text="别的"),
            lambda: Comment.objects.filter(pk=comment.pk).delete(),
        ):
            with pytest.raises(DatabaseError), transaction.atomic():
                change()
        assert Comment.objects.get(pk=comment.pk).text == "原话"


class TestReading:
    """Both sides see it wherever the item stands: review, entry, target page, and its own page."""

    @pytest.fixture
    def said(self, unit: Unit, figure: Figure, person: Callable[[str], User]) -> Comment:
        return write_comment(item=figure, unit=unit, text=f"公示后补附件{ALERT}", by=person("wuhan_office"))

    @pytest.mark.parametrize(
        ("username", "page"),
        [
            ("wuhan_office", "/review/"),
            ("wuhan_reporter", "sheet"),
            ("wuhan_reviewer", "sheet"),
            ("wuhan_reporter", "target"),
            ("wuhan_leader", "target"),
            ("wuhan_office", "item"),
            ("wuhan_reviewer", "item"),
        ],
    )
    def test_shown_and_escaped(
        self, client_of, unit, figure, september, said, username: str, page: str
    ) -> None:
        pages = {
            "sheet": f"/entry/{september.pk}/{unit.pk}/",
            "target": figure.target.get_absolute_url(),
            "item": url(figure),
        }
        html = client_of(username).get(pages.get(page, page)).content.decode()
        assert "公示后补附件&lt;script&gt;" in html and ALERT not in html

    @pytest.mark.parametrize("username", ["wuhan_reporter_08", "wuhan_reviewer_05", "observer"])
    def test_hidden_from_others_who_may_read_the_target(self, client_of, figure, said, username: str) -> None:
        client = client_of(username)
        assert "公示后补附件" not in client.get(figure.target.get_absolute_url()).content.decode()
        assert client.get(url(figure)).status_code == 403

    def test_many_comments_cost_no_more_queries_than_one(self, unit, figure, september, person, said) -> None:
        texts = list(Narrative.objects.filter(period=september, unit=unit))
        with CaptureQueriesContext(connection) as one:
            comments_about([figure])
        for text in texts:
            write_comment(item=text, unit=unit, text="好", by=person("wuhan_reporter"))
        with CaptureQueriesContext(connection) as many:
            assert len(comments_about([figure, *texts])) == len(texts) + 1
        assert len(many) == len(one) == 1

    def test_the_desk_shows_it_beside_the_item(self, person, figure, said) -> None:
        (desk,) = desks_of(person("wuhan_office"))
        row = next(row for queue in desk.units for row in queue.figures if row.item == figure)
        assert row.comments == (said,)


class TestThePage:
    def test_a_comment_written_in_the_review_leads_back_there(self, client_of, figure) -> None:
        client = client_of("wuhan_office")
        assert f'form="comment-figure-{figure.pk}"' in client.get("/review/").content.decode()
        answer = client.post(url(figure), {"text": "请附公示件", "next": "/review/"})
        assert (answer.status_code, answer["Location"]) == (302, "/review/")
        assert figure.comments.get().text == "请附公示件"

    def test_another_address_is_not_followed(self, client_of, figure) -> None:
        data = {"text": "好", "next": "https://elsewhere.example/"}
        assert client_of("wuhan_office").post(url(figure), data)["Location"] == "/"

    def test_too_long_a_text_stays_in_the_field(self, client_of, figure) -> None:
        answer = client_of("wuhan_office").post(url(figure), {"text": "长" * 1001})
        assert answer.status_code == 200 and "长" * 1001 in answer.content.decode()
        assert not figure.comments.exists()

    @pytest.mark.parametrize(
        ("username", "status"),
        [
            *(("wuhan_reporter", 302), ("wuhan_office", 302), ("wuhan_leader_2", 403)),
            *(("wuhan_reporter_08", 403), ("xian_office", 404), ("sysadmin", 403)),
        ],
    )
    def test_who_may_post(self, client_of, figure, username: str, status: int) -> None:
        assert client_of(username).post(url(figure), {"text": "好"}).status_code == status
        assert figure.comments.exists() is (status == 302)

    @pytest.mark.parametrize("address", ["/comments/thing/1/", "/comments/figure/999999/"])
    def test_what_is_not_there(self, client_of, address: str) -> None:
        assert client_of("wuhan_office").get(address).status_code == 404

    def test_without_the_token_nothing_is_kept(self, person, figure) -> None:
        strict = Client(enforce_csrf_checks=True)
        strict.force_login(person("wuhan_office"))
        assert strict.post(url(figure), {"text": "好"}).status_code == 403
        assert not figure.comments.exists()
