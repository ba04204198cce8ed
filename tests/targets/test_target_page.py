"""One target: its arithmetic, quarters, parts, group and trail, and who sees how much of what is reported."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal

import pytest
from django.test import Client
from django.utils.translation import override

from accounts.models import Membership, Unit, User
from accounts.permissions import Role
from targets.enums import Light, State
from targets.explaining import told, told_nodes, told_steps
from targets.inputs import FigureInput, NarrativeInput
from targets.models import Act, Allocation, Figure, FigureWarning, Narrative, Period, Progress, Target
from targets.selectors.board import board
from targets.selectors.sight import Sight, sight
from targets.selectors.target_page import TargetPage, target_page
from targets.services.entering import open_correction, save_entries, submit_entries
from targets.services.recompute import recompute, request_recompute

pytestmark = pytest.mark.django_db

ClientOf = Callable[[str], Client]


def page(key: str, username: str, month: int = 9) -> TargetPage:
    related = ("plan__bureau", "plan__document", "section", "task", "group", "lead")
    target = Target.objects.select_related(*related).prefetch_related("sources", "cooperating").get(key=key)
    period = Period.objects.get(bureau=target.plan.bureau, month=month)
    return target_page(target, period, User.objects.get(username=username))


# --- the arithmetic ---------------------------------------------------------------------------------------


def test_the_light_explains_itself_with_the_printed_numbers() -> None:
    row = Progress.objects.select_related("target", "rule").get(
        target__key="W2", period__month=6, allocation=None
    )
    with override("en"):
        text = told(row, row.target)
        assert len(told_steps(row, row.target)) == 4
    assert [part in text for part in ("2,980.0 ÷ 6,725 = 44.3%", "50.0%", "−5.7")] == [True] * 3


@pytest.mark.parametrize("code", ["wuhan", "xian"])
@pytest.mark.parametrize("month", [3, 6, 9])
def test_every_light_of_the_demonstration_can_be_explained(code: str, month: int) -> None:
    rows = Progress.objects.filter(target__plan__bureau__code=code, period__month=month)
    found = [told(row, row.target) for row in rows.select_related("target", "rule")]
    assert len(found) >= 11
    assert all("%(" not in text and "None" not in text for text in found)


def test_a_milestone_task_names_the_node_that_is_overdue(september: Period, wuhan_plan: object) -> None:
    rows = board(wuhan_plan, september).milestone_tasks  # type: ignore[arg-type]
    red = next(row for row in rows if row.light == Light.RED)
    grey = next(row for row in rows if row.light == Light.GREY)
    assert "印发实验室开放服务补贴办法" in told_nodes(red)
    assert re.findall(r"\d+", told_nodes(grey)) in (["2", "3"], ["3", "2"])


# --- quarters ---------------------------------------------------------------------------------------------


def test_the_four_quarters_with_single_values_rates_and_gaps() -> None:
    rows = page("W4", "wuhan_leader").quarters
    assert [row.key.month for row in rows] == [3, 6, 9, 12]
    assert [row.single for row in rows] == [Decimal(402), Decimal(461), Decimal(515), None]
    assert [row.last_year for row in rows][-1] == Decimal("1700.19")
    assert rows[-1].progress is None  # not started, which is not zero
    assert [row.progress.light for row in rows if row.progress] == [Light.YELLOW] * 3


def test_the_chart_draws_the_stored_values_and_ends_at_the_full_value() -> None:
    chart = page("W7", "wuhan_leader").chart
    assert chart
    assert [dot.value for dot in chart.lines["actual"].dots] == [
        Decimal("12.5"),
        Decimal("41.8"),
        Decimal("96.3"),
    ]
    assert [dot.month for dot in chart.lines["expected"].dots] == [3, 6, 9, 12]
    assert chart.lines["expected"].dots[-1].value == 120


def test_a_custom_pace_is_not_drawn_through_quarters_it_does_not_know_yet() -> None:
    Progress.objects.filter(target__key="W7", period__month__gt=3).delete()
    chart = page("W7", "wuhan_leader", month=3).chart
    assert chart
    assert [dot.month for dot in chart.lines["expected"].dots] == [3]


def test_a_target_that_was_never_reported_has_no_chart() -> None:
    assert page("W5", "wuhan_leader").chart is None


# --- parts and group --------------------------------------------------------------------------------------


def test_parts_are_ranked_with_ties_and_the_missing_has_no_rank() -> None:
    parts = page("W7", "wuhan_leader").parts
    assert parts
    ranks = {row.unit.name: row.rank for row in parts.rows}
    assert (ranks["武昌区"], ranks["东湖高新区"], ranks["蔡甸区"]) == (1, 2, 13)
    assert (ranks["青山区"], ranks["武汉经开区(汉南区)"], ranks["汉阳区"]) == (10, 10, 12)
    assert (ranks["新洲区"], ranks["东湖风景区"]) == (None, None)
    rates = {row.unit.name: row.progress.rate for row in parts.rows}
    assert round((rates["武昌区"] or 0) * 100, 1) == Decimal("93.8")


def test_the_sum_of_the_parts_stands_beside_the_whole_with_the_difference() -> None:
    parts = page("W7", "wuhan_leader").parts
    assert parts
    assert (parts.value, parts.value_difference) == (Decimal(129), Decimal(9))
    assert (parts.actual, parts.actual_difference) == (Decimal("97.8"), Decimal("1.5"))
    assert parts.missing == 1


def notices_about_parts(client: Client) -> int:
    html = client.get(Target.objects.get(key="W7").get_absolute_url()).content.decode()
    return html.partition('id="parts-title"')[2].partition("<table")[0].count("notice-warning")


def test_no_difference_no_notice(client_of: ClientOf) -> None:
    assert notices_about_parts(client_of("wuhan_leader")) == 2
    Allocation.objects.filter(target__key="W7", unit__name="东湖高新区").update(value=21)
    target = Target.objects.select_related("plan").get(key="W7")
    period = Period.objects.get(bureau=target.plan.bureau, month=9)
    request_recompute(plan=target.plan, since=period)
    recompute(plan_id=target.plan_id, period_id=period.pk)
    assert notices_about_parts(client_of("wuhan_leader")) == 1  # the figures still differ


def test_the_district_table_tells_four_kinds_of_nothing_apart(client_of: ClientOf) -> None:
    html = client_of("wuhan_leader").get(Target.objects.get(key="W7").get_absolute_url()).content.decode()
    table = html.partition('id="parts-title"')[2].partition("</table>")[0]
    cells = {
        re.sub(r"<[^>]+>", "", row).split()[0]: re.findall(r'<td class="num">(.*?)</td>', row)
        for row in table.partition("<tbody>")[2].partition("</tbody>")[0].split("<tr>")[1:]
    }
    assert cells["东湖风景区"] == ["–", "–", "–"]  # no target was set
    assert cells["新洲区"][0] == "5"
    assert cells["新洲区"][1] not in {"", "0", "0.0", "–"}  # 未报
    assert cells["江岸区"] == ["6", "5.2", "86.7% (4)"]


def test_a_group_shows_its_light_beside_both_legs() -> None:
    group = page("W1", "wuhan_leader").group
    assert group
    assert group.light == Light.GREEN  # the leg that is not 力争
    assert [(leg.target.key, leg.light) for leg in group.legs] == [("W1", Light.GREEN), ("W2", Light.YELLOW)]
    assert page("W6", "wuhan_leader").group is None


def test_sentences_state_and_repeat_the_target(client_of: ClientOf) -> None:
    found = page("W6", "wuhan_leader").sentences
    assert [sentence.is_repeat for sentence in found] == [False, True]
    assert ["".join(piece.text for piece in sentence.pieces if piece.mark) for sentence in found] == [
        "320亿元"
    ] * 2
    target = Target.objects.get(key="W6")
    html = client_of("wuhan_leader").get(target.get_absolute_url()).content.decode()
    document = client_of("wuhan_leader").get("/plans/wuhan/2014/document?period=2014-09").content.decode()
    links = re.findall(r"/plans/wuhan/2014/document\?period=2014-09#(t[\d-]+)", html)
    assert len(set(links)) == 2
    assert all(f'id="{anchor}"' in document for anchor in links)


# --- who sees what ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("username", "level"),
    [
        ("observer", Sight.APPROVED),
        ("wuhan_reporter_05", Sight.APPROVED),  # of another unit
        ("wuhan_leader", Sight.SUBMITTED),
        ("wuhan_office", Sight.SUBMITTED),
        ("wuhan_reporter", Sight.DRAFTS),
        ("wuhan_reviewer", Sight.DRAFTS),
        ("xian_office", Sight.APPROVED),
    ],
)
def test_how_far_people_see(username: str, level: Sight) -> None:
    unit = Unit.objects.select_related("bureau").get(bureau__code="wuhan", name="高新技术处")
    assert sight(User.objects.get(username=username), unit.bureau, unit) == level


def values(key: str, username: str, month: int = 9) -> list[Decimal | None]:
    return [view.version.value for view in page(key, username).versions if view.period.month == month]


def test_a_returned_version_is_seen_by_those_who_decide_and_not_by_the_city() -> None:
    assert values("W7", "observer") == [Decimal("96.3")]
    assert values("W7", "wuhan_office") == [Decimal("96.3"), Decimal("97.8")]
    assert values("W7", "wuhan_leader") == [Decimal("96.3"), Decimal("97.8")]


def test_the_reason_of_a_return_is_shown_with_its_round() -> None:
    returned = page("W7", "wuhan_office").versions[1]
    step = next(step for step in returned.steps if step.act == Act.RETURN)
    assert "在建未竣工1.5万平方米不计" in step.reason
    assert not returned.was_approved


def test_a_correction_keeps_the_replaced_version_with_its_reason() -> None:
    found = [view for view in page("W4", "observer").versions if view.period.month == 3]
    assert [(view.version.value, view.counts, view.was_approved) for view in found] == [
        (Decimal(402), True, True),
        (Decimal(398), False, True),
    ]
    assert found[0].version.reason


def test_a_unit_slip_keeps_its_warning_and_the_answer() -> None:
    slip = (
        next(
            view
            for view in page("W6", "wuhan_reporter_07").versions
            if view.version.value == Decimal(1396000)
        )
        if User.objects.filter(username="wuhan_reporter_07", memberships__unit__name="成果与市场处").exists()
        else None
    )
    reporter = Membership.objects.get(
        bureau__code="wuhan", role=Role.REPORTER, unit__name="成果与市场处", user__is_active=True
    ).user
    reporter = Membership.objects.get(
        bureau__code="wuhan", role=Role.REPORTER, unit__name="成果与市场处", user__is_active=True
    ).user
    slip = next(
        view for view in page("W6", reporter.username).versions if view.version.value == Decimal(1396000)
    )
    assert [bool(warning.answer) for warning in slip.warnings] == [True]
    assert Decimal(1396000) not in values("W6", "wuhan_office", 6)  # it was never submitted


def test_drafts_are_seen_by_the_own_unit_alone(person: Callable[[str], User], september: Period) -> None:
    figure = Figure.objects.select_related("target__lead", "period__bureau").get(
        target__key="W2", period=september, allocation=None
    )
    reporter = person("wuhan_reporter")
    open_correction(item=figure, unit=figure.target.lead, reason="核对", by=reporter)
    figure.refresh_from_db()
    entry = FigureInput(
        target=figure.target, revision=figure.revision, value=Decimal(4777), nature=figure.nature
    )
    save_entries(period=september, unit=figure.target.lead, figures=[entry], by=reporter)
    for username, sees in {
        "wuhan_reporter": True,
        "wuhan_reviewer": True,
        "wuhan_office": False,
        "wuhan_leader": False,
        "observer": False,
        "wuhan_reporter_05": False,
    }.items():
        assert (Decimal(4777) in values("W2", username)) == sees, username
        assert page("W2", username).progress.actual == Decimal(4760), username  # type: ignore[union-attr]


def test_what_waits_is_shown_with_the_symbol_of_its_state(
    client_of: ClientOf, person: Callable[[str], User], september: Period
) -> None:
    waiting = Target.objects.select_related("lead__bureau", "plan__bureau").get(key="W11")
    stored = Figure.objects.filter(target=waiting, period=september).first()
    entry = FigureInput(waiting, stored.revision if stored else 0, Decimal(1106))
    reporter = person("wuhan_reporter")
    submit_entries(period=september, unit=waiting.lead, figures=[entry], by=reporter)
    for target, title in ((Target.objects.get(key="W1"), "narratives-title"), (waiting, "trail-title")):
        html = client_of("wuhan_office").get(target.get_absolute_url()).content.decode()
        card = html.partition(f'id="{title}"')[2].partition("</section>")[0]
        assert 'class="status status-blue"' in card


def texts(key: str, username: str) -> list[tuple[str, bool]]:
    """(progress, is approved) of the period's narratives."""
    found = page(key, username).narratives
    return [(view.version.progress, not view.state) for view in found if view.period.month == 9]


def test_submitted_texts_are_seen_by_office_and_leader_with_their_state() -> None:
    assert texts("W1", "observer") == []
    assert [approved for _text, approved in texts("W1", "wuhan_leader")] == [False]
    assert [approved for _text, approved in texts("W3", "observer")] == [True]


def test_draft_and_returned_texts_are_seen_by_the_own_unit_alone() -> None:
    assert Narrative.objects.get(target__key="W10", period__month=9).state == State.DRAFT
    assert texts("W10", "wuhan_reporter")
    assert texts("W10", "wuhan_office") == []
    assert Narrative.objects.get(target__key="X4", period__month=9).state == State.RETURNED
    assert texts("X4", "xian_leader") == []


def test_the_approved_text_stays_while_a_later_one_waits(
    person: Callable[[str], User], september: Period
) -> None:
    narrative = Narrative.objects.select_related("unit", "period__bureau", "target").get(
        target__key="W3", period=september
    )
    before = texts("W3", "observer")
    reporter = person("wuhan_reporter")
    open_correction(item=narrative, unit=narrative.unit, reason="补充", by=reporter)
    narrative.refresh_from_db()
    assert narrative.target
    entry = NarrativeInput(subject=narrative.target, revision=narrative.revision, progress="新的文字")
    save_entries(period=september, unit=narrative.unit, narratives=[entry], by=reporter)
    assert texts("W3", "observer") == before
    assert texts("W3", "wuhan_office") == before
    assert [text for text, _approved in texts("W3", "wuhan_reporter")] == ["新的文字", before[0][0]]


def test_texts_of_later_periods_do_not_stand_on_an_earlier_page() -> None:
    assert {view.period.month for view in page("W4", "wuhan_leader", month=6).narratives} == {3, 6}


# --- the page ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["W1", "W2", "W5", "W7", "W9", "W11"])
def test_every_kind_of_target_has_its_page_in_every_period(client_of: ClientOf, key: str) -> None:
    client, url = client_of("wuhan_leader"), Target.objects.get(key=key).get_absolute_url()
    for period in ("2014-03", "2014-06", "2014-09"):
        assert client.get(url, {"period": period}).status_code == 200


def test_sample_figures_are_marked_and_a_real_one_names_its_source(client_of: ClientOf) -> None:
    url = Target.objects.get(key="W6").get_absolute_url()
    trail = client_of("wuhan_leader").get(url).content.decode().partition('id="trail-title"')[2]
    assert trail.count("demo-mark") == 3
    figure = Figure.objects.filter(target__key="W6", allocation=None, period__month=9)
    figure.update(is_sample=False, source="科技统计简表")
    trail = client_of("wuhan_leader").get(url).content.decode().partition('id="trail-title"')[2]
    assert trail.count("demo-mark") == 2
    assert "科技统计简表" in trail


def test_an_earlier_version_claims_no_real_source() -> None:
    figure = Figure.objects.filter(target__key="W4", allocation=None, period__month=3)
    figure.update(is_sample=False, source="科技统计简表")
    now, before = [view for view in page("W4", "observer").versions if view.period.month == 3]
    assert (now.is_sample, now.source) == (False, "科技统计简表")
    assert (before.is_sample, before.source) == (True, "")


def test_a_missing_figure_shows_neither_zero_nor_a_number(client_of: ClientOf) -> None:
    html = client_of("wuhan_leader").get(Target.objects.get(key="W9").get_absolute_url()).content.decode()
    light = html.partition('id="light-title"')[2].partition("</section>")[0]
    assert "status-grey" in light
    assert "headline-number" not in light


def test_no_page_carries_inline_style_or_script(client_of: ClientOf) -> None:
    html = client_of("wuhan_leader").get(Target.objects.get(key="W7").get_absolute_url()).content.decode()
    assert not re.search(r"\sstyle=|<style|<script(?![^>]*src=)|\son[a-z]+=", html)


def test_coordinates_and_numbers_do_not_change_with_the_language(client_of: ClientOf) -> None:
    client, url = client_of("wuhan_leader"), Target.objects.get(key="W2").get_absolute_url()
    shapes = {}
    for language in ("zh-hans", "en"):
        client.cookies["wpt_language"] = language
        html = client.get(url).content.decode()
        shapes[language] = re.findall(r'(?:points|cx|cy|x1|y1|width)="([^"]+)"', html)
        assert "4,760.0" in html and "6,725" in html
    assert shapes["zh-hans"] == shapes["en"]
    assert any("," in shape for shape in shapes["en"])  # the polylines are there


def test_a_warning_without_words_shows_its_answer_only(client_of: ClientOf) -> None:
    figure = Figure.objects.get(target__key="W2", period__month=9, allocation=None)
    FigureWarning.objects.create(figure=figure, version=figure.last_version, code="REMARK", answer="已核对")
    html = client_of("wuhan_leader").get(figure.target.get_absolute_url()).content.decode()
    warning = html.partition('class="trail-warning"')[2].partition("</p>")[0]
    assert "已核对" in warning and "<br>" not in warning
