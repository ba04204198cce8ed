"""Tags mark the channels something is reported through too; every list and export is narrowed by them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEvent, Bureau, User
from plans.models import Plan, Tag, Task
from reports.models import ExportJob
from reports.selectors.exports import report_of
from reports.services.exports import request_export
from targets.errors import Refused
from targets.models import EntryDraft, Figure, Period, Target
from targets.selectors.board import board
from targets.selectors.tags import tagged
from targets.services.drafts import keep_draft
from targets.services.tagging import add_tag, delete_tag, rename_tag
from tests.targets.acts import proposed
from tests.targets.opened_page import OpenedPage


@pytest.fixture
def office(person: Callable[[str], User]) -> User:
    return person("wuhan_office")


@pytest.fixture
def tag(wuhan: Bureau, wuhan_plan: Plan) -> Tag:
    """On W6 and on one milestone task."""
    tag = Tag.objects.create(bureau=wuhan, name="省厅")
    Target.objects.get(key="W6").tags.add(tag)
    Task.objects.get(plan=wuhan_plan, path="三/(七)/三是").tags.add(tag)
    return tag


def titles(rows: object) -> list[str]:
    return [row.title for row in rows]  # type: ignore[attr-defined]


def test_the_office_adds_renames_and_deletes(wuhan: Bureau, office: User) -> None:
    tag = add_tag(bureau=wuhan, name=" 绩效目标 ", by=office)
    assert tag.name == "绩效目标"
    assert rename_tag(tag=tag, name="绩效", by=office)
    assert not rename_tag(tag=tag, name="绩效", by=office)
    delete_tag(tag=tag, by=office)
    assert not wuhan.tags.exists()
    kinds = AuditEvent.objects.filter(kind__startswith="tag.").order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["tag.added", "tag.renamed", "tag.deleted"]


def test_what_cannot_be_a_tag_is_refused(
    wuhan: Bureau, office: User, tag: Tag, person: Callable[[str], User]
) -> None:
    for name in ("", "  ", "省厅", "长" * 21):
        with pytest.raises(Refused):
            add_tag(bureau=wuhan, name=name, by=office)
    with pytest.raises(Refused, match="2项"):
        delete_tag(tag=tag, by=office)
    for username in ("wuhan_reporter", "xian_office"):
        with pytest.raises(Refused, match="办公室"):
            add_tag(bureau=wuhan, name="新", by=person(username))


def test_the_board_holds_only_what_carries_the_tag(wuhan_plan: Plan, september: Period, tag: Tag) -> None:
    whole, only = board(wuhan_plan, september), board(wuhan_plan, september, tagged(tag))
    assert titles(only.rows) == ["技术合同成交额", "三是提升区域科技竞争力"] or len(only.rows) == 2
    assert {row.number for row in only.rows} <= {row.number for row in whole.rows}
    paths = [line.task.path for line in only.tasks]
    assert "三/(七)/三是" in paths
    assert len(paths) <= 2


def test_the_plan_page_and_the_dashboard_are_narrowed(client_of: Callable[[str], Client], tag: Tag) -> None:
    client = client_of("wuhan_leader")
    page = client.get(f"/plans/wuhan/2014/?tag={tag.pk}").context["page"]
    assert (page.found, page.total) == (2, 31)
    assert client.get("/plans/wuhan/2014/?tag=999").context["page"].found == 31
    shown = client.get(f"/dashboard/wuhan/2014-09/?tag={tag.pk}")
    assert shown.context["page"].total.total == 2
    assert f"?tag={tag.pk}" in shown.content.decode()
    assert client.get("/dashboard/wuhan/2014-09/").context["page"].total.total == 31


def test_the_tag_of_another_bureau_narrows_nothing(client_of: Callable[[str], Client], xian: Bureau) -> None:
    foreign = Tag.objects.create(bureau=xian, name="省厅")
    page = client_of("wuhan_leader").get(f"/dashboard/wuhan/2014-09/?tag={foreign.pk}").context["page"]
    assert page.total.total == 31


def test_the_review_queue_is_narrowed(
    client_of: Callable[[str], Client], september: Period, tag: Tag
) -> None:
    Figure.objects.filter(target__key__in=["W2", "W6"], period=september).update(state="REVIEWED")
    client = client_of("wuhan_office")
    whole, only = client.get("/review/").context["waiting"], client.get(f"/review/?tag={tag.pk}").context
    assert whole > only["waiting"] == 1
    assert [desk.count for desk in only["desks"]] == [1]


def test_the_matrix_of_reporting_is_narrowed(
    client_of: Callable[[str], Client], wuhan: Bureau, tag: Tag
) -> None:
    client, address = client_of("wuhan_office"), reverse("reporting-matrix", args=["wuhan"])
    whole = client.get(address).context["matrix"]
    only = client.get(f"{address}?tag={tag.pk}").context["matrix"]
    assert [row.unit for row in only.rows] == [row.unit for row in whole.rows]
    owed = {row.unit.name: row.cells[-1].owed for row in only.rows if row.cells[-1].owed}
    assert owed == {"成果与市场处": 1}  # the node of the task is due in December
    assert sum(row.cells[-1].owed for row in whole.rows) > 2


def test_the_lights_of_the_plan_page_are_counted_within_the_other_filters(
    client_of: Callable[[str], Client], tag: Tag
) -> None:
    client = client_of("wuhan_leader")

    def counted(query: str) -> int:
        return sum(chip.count for chip in client.get(f"/plans/wuhan/2014/{query}").context["chips"])

    light = client.get(f"/plans/wuhan/2014/?tag={tag.pk}").context["chips"][0].light
    assert counted("") == 31
    assert counted(f"?tag={tag.pk}") == counted(f"?tag={tag.pk}&light={light}") == 2
    assert counted(f"?light={light}") == 31


def test_units_are_assigned_within_a_tag_and_the_rest_is_left_as_it_is(
    client_of: Callable[[str], Client], wuhan_plan: Plan, tag: Tag
) -> None:
    address = reverse("assignment", args=["wuhan", 2014]) + f"?tag={tag.pk}"
    page = OpenedPage(client_of("wuhan_office"), address, marker="data-assignment")
    rows = page.answer.context["page"].rows
    assert [getattr(row.item, "key", None) or row.item.path for row in rows] == ["W6", "三/(七)/三是"]
    assert all(row.starts_section for row in rows)
    task = rows[1].item
    answer = page.client.post(address, {**page.fields, f"k{task.pk}-others": "各区科技局"}, follow=True)
    assert answer.redirect_chain[-1][0] == address and "已修改1项" in answer.content.decode()
    assert Task.objects.get(pk=task.pk).cooperating_text == "各区科技局"


def test_a_tagged_target_stands_in_its_section_without_its_task(
    client_of: Callable[[str], Client], tag: Tag
) -> None:
    inside = Target.objects.get(key="W10", plan__bureau__code="wuhan")
    inside.tags.add(tag)
    address = reverse("assignment", args=["wuhan", 2014]) + f"?tag={tag.pk}"
    rows = client_of("wuhan_office").get(address).context["page"].rows
    assert inside.task_id and [row.item for row in rows if row.starts_section].count(inside) == 1


def test_the_allocations_are_narrowed(client_of: Callable[[str], Client], tag: Tag) -> None:
    client, address = client_of("wuhan_office"), reverse("allocation-matrix", args=["wuhan", 2014])
    whole = {target.key for target in client.get(address).context["page"].targets}
    assert whole == {"W7"} and not client.get(f"{address}?tag={tag.pk}").context["page"].targets
    Target.objects.get(key="W7").tags.add(tag)
    only = client.get(f"{address}?tag={tag.pk}").context["page"]
    assert [target.key for target in only.targets] == ["W7"] and only.rows


def test_the_tags_of_a_refused_upload_lead_back_to_the_list(
    client_of: Callable[[str], Client], tag: Tag
) -> None:
    answer = client_of("wuhan_office").post(reverse("allocation-upload", args=["wuhan", 2014]))
    address = reverse("allocation-matrix", args=["wuhan", 2014])
    assert answer.status_code == 422 and f'href="{address}?tag={tag.pk}"' in answer.content.decode()


def test_whom_to_remind_is_narrowed_to_what_is_owed_there(
    client_of: Callable[[str], Client], september: Period, tag: Tag
) -> None:
    Target.objects.get(key="W9").tags.add(tag)
    client, address = client_of("wuhan_office"), "/periods/wuhan/2014-9/reminders/"
    whole, only = client.get(address).context, client.get(f"{address}?tag={tag.pk}").context
    assert len(whole["owing"]) > 1
    assert [(str(line.unit), [str(item.subject) for item in line.work.owing]) for line in only["owing"]] == [
        ("条件财务处", [str(Target.objects.get(key="W9"))])
    ]
    unit = only["owing"][0].unit
    answer = client.post(f"{address}?tag={tag.pk}", {"units": [unit.pk]})
    assert (answer.status_code, answer.headers["Location"]) == (302, f"{address}?tag={tag.pk}")


def test_adjustments_and_postponements_are_narrowed(client_of: Callable[[str], Client], tag: Tag) -> None:
    for key in ("W6", "W2"):
        proposed(Target.objects.get(key=key), 12, value=100)
    client = client_of("wuhan_leader")
    whole, only = (client.get(f"/adjustments/{query}").context["page"] for query in ("", f"?tag={tag.pk}"))
    assert {str(row.item) for row in whole.mine} > {str(row.item) for row in only.mine}
    assert [row.item for row in only.mine] == [Target.objects.get(key="W6")]
    assert not only.waiting and not only.decided and whole.decided


class TestFiguresOfAllUnits:
    @pytest.fixture
    def tagged_w9(self, tag: Tag) -> Target:
        target = Target.objects.get(key="W9")
        target.tags.add(tag)
        return target

    def test_they_are_narrowed_saved_and_not_submitted(
        self, client_of: Callable[[str], Client], september: Period, tag: Tag, tagged_w9: Target
    ) -> None:
        address = f"/entry/{september.pk}/?tag={tag.pk}"
        page = OpenedPage(client_of("wuhan_office"), address, marker="data-entry")
        assert [row.duty.target.key for row in page.answer.context["sheet"].figures] == ["W6", "W9"]
        assert 'value="submit' not in page.answer.content.decode()
        data = {**page.fields, f"f{tagged_w9.pk}-value": "2", "action": "submit-part"}
        answer = page.client.post(address, data)
        assert (answer.status_code, answer.headers["Location"]) == (302, address)
        figure = Figure.objects.get(target=tagged_w9, period=september)
        assert (figure.value, figure.state) == (2, "DRAFT")
        assert 'value="submit' in page.client.get(f"/entry/{september.pk}/").content.decode()

    def test_what_was_typed_in_other_rows_is_neither_shown_nor_thrown_away(
        self,
        client_of: Callable[[str], Client],
        september: Period,
        tag: Tag,
        tagged_w9: Target,
        office: User,
    ) -> None:
        for key in ("W9", "W11"):
            target = Target.objects.select_related("lead__bureau").get(key=key)
            row = f"f{target.pk}"
            keep_draft(
                period=september, unit=target.lead, row=row, fields={f"{row}-value": "7"}, known=0, by=office
            )
        client, address = client_of("wuhan_office"), f"/entry/{september.pk}/?tag={tag.pk}"
        assert [draft.row for draft in client.get(address).context["drafts"]] == [f"f{tagged_w9.pk}"]
        client.post(address, {"action": "discard"})
        left = EntryDraft.objects.get()
        assert left.row == f"f{Target.objects.get(key='W11').pk}"


def test_an_export_holds_only_what_carries_the_tag(
    wuhan_plan: Plan, september: Period, office: User, tag: Tag, xian: Bureau
) -> None:
    job, is_new = request_export(plan=wuhan_plan, period=september, by=office, tag=tag)
    assert is_new
    assert "省厅" in job.file_name
    report = report_of(job)
    assert (len(report.rows), report.tag) == (2, "省厅")
    assert request_export(plan=wuhan_plan, period=september, by=office, tag=tag) == (job, False)
    whole, is_new = request_export(plan=wuhan_plan, period=september, by=office)
    assert is_new
    assert len(report_of(whole).rows) == 31
    with pytest.raises(ValueError, match="no tag of"):
        foreign = Tag.objects.create(bureau=xian, name="省厅")
        request_export(plan=wuhan_plan, period=september, by=office, tag=foreign)


def test_the_export_page_offers_the_tags_and_takes_no_foreign_one(
    client_of: Callable[[str], Client], september: Period, tag: Tag, xian: Bureau
) -> None:
    foreign = Tag.objects.create(bureau=xian, name="省厅")
    client = client_of("wuhan_office")
    assert "省厅" in client.get("/exports/").content.decode()
    assert client.post("/exports/new/", {"period": september.pk, "tag": foreign.pk}).status_code == 404
    assert client.post("/exports/new/", {"period": september.pk, "tag": tag.pk}).status_code == 302
    assert ExportJob.objects.get().tag == tag


class TestPage:
    def test_one_act_at_a_time(self, client_of: Callable[[str], Client], wuhan: Bureau, tag: Tag) -> None:
        client = client_of("wuhan_office")
        client.post("/tags/wuhan/", {"action": "add", "name": "政府工作报告"})
        new = wuhan.tags.get(name="政府工作报告")
        client.post("/tags/wuhan/", {"action": "rename", "tag": new.pk, "name": "政府报告"})
        html = client.get("/tags/wuhan/").content.decode()
        assert 'href="/plans/wuhan/2014/assignment"' in html  # the way back
        assert "政府报告" in html
        refused = client.post("/tags/wuhan/", {"action": "delete", "tag": tag.pk}, follow=True)
        assert "仍用于2项" in refused.content.decode()
        client.post("/tags/wuhan/", {"action": "delete", "tag": new.pk})
        assert list(wuhan.tags.all()) == [tag]

    def test_another_bureaus_tag_does_not_exist(
        self, client_of: Callable[[str], Client], xian: Bureau
    ) -> None:
        foreign = Tag.objects.create(bureau=xian, name="省厅")
        client = client_of("wuhan_office")
        answer = client.post("/tags/wuhan/", {"action": "rename", "tag": foreign.pk, "name": "x"})
        assert answer.status_code == 404
        assert Tag.objects.get(pk=foreign.pk).name == "省厅"
