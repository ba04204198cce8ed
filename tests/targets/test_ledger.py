"""The rows that every screen and workbook shows: worked numbers, order, histories, people, query counts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext

from accounts.models import Bureau, User
from plans.models import Plan, Task
from targets.counts import Change, Counts
from targets.enums import Light, State, Word
from targets.inputs import FigureInput
from targets.models import Figure, Milestone, Narrative, Period, Progress, Target, TaskProgress
from targets.progress import milestone_lights
from targets.selectors.board import NODE_LIGHTS, Board, StatusRow, board, counts_of
from targets.selectors.ledger import LedgerRow, ledger
from targets.services.entering import open_correction, save_entries, submit_entries
from targets.services.recompute import recompute, request_recompute
from tests.targets.small_plan import small_plan

pytestmark = pytest.mark.django_db


def state(code: str, month: int) -> Board:
    plan = Plan.objects.select_related("bureau", "document").get(bureau__code=code)
    return board(plan, Period.objects.get(bureau=plan.bureau, month=month))


def row_of(rows: list[LedgerRow] | tuple[StatusRow, ...], key: str) -> StatusRow:
    return next(row for row in rows if row.target and row.target.key == key)


def task_row(found: Board, path: str) -> StatusRow:
    return next(row for row in found.milestone_tasks if row.task and row.task.path == path)


def test_wuhans_nine_months_as_worked_in_the_rule() -> None:
    found = state("wuhan", 9)
    assert counts_of(found.targets) == Counts(red=1, yellow=2, grey=1, green=3, blue=1, none=3)
    tasks = counts_of(found.milestone_tasks)
    assert (tasks.total, tasks.grey, tasks.red, tasks.yellow) == (20, 1, 1, 1)


def test_xians_nine_months_as_worked_in_the_rule() -> None:
    found = state("xian", 9)
    assert counts_of(found.targets) == Counts(red=2, yellow=4, grey=1, green=9, blue=3, none=1)
    assert counts_of(found.milestone_tasks).total == 12


def test_every_target_and_milestone_task_has_one_row_in_document_order() -> None:
    found = state("wuhan", 9)
    assert [row.number for row in found.rows] == list(range(1, 32))
    keys = [row.target.key for row in found.targets if row.target]
    assert keys == [f"W{number}" for number in range(1, 12)]
    # W10 stands in the text of its task, between the milestone tasks around it.
    names = [row.target.key if row.target else row.task.path for row in found.rows if row.task or row.target]
    assert names.index("三/(一)/三是") < names.index("W10") < names.index("三/(二)/二是")


def test_laggards_are_far_behind_then_behind_then_not_reported() -> None:
    found = state("wuhan", 9)
    assert [row.light for row in found.laggards] == [Light.RED] * 2 + [Light.YELLOW] * 3 + [Light.GREY] * 2
    assert [row.target.key for row in found.laggards if row.target] == ["W3", "W2", "W4", "W9"]


def test_what_changed_since_the_quarter_before() -> None:
    found = state("wuhan", 9)
    assert {row.target.key for row in found.changed(Change.WORSE) if row.target} == {"W3", "W9"}
    assert {row.target.key for row in found.changed(Change.BETTER) if row.target} == {"W6", "W7", "W8"}
    assert row_of(found.rows, "W9").previous_light == Light.GREEN
    assert [row.task.path for row in found.changed(Change.NEW) if row.task] == ["三/(五)/三是"]


def test_the_first_quarter_has_nothing_to_compare_with() -> None:
    found = state("wuhan", 3)
    assert {row.previous_light for row in found.rows} == {None}
    assert not any(row.change for row in found.rows)


def test_a_task_shows_the_worst_of_its_targets() -> None:
    lines = {line.task.path: line for line in state("xian", 9).tasks}
    assert lines["一/4"].now.light == Light.RED  # X12 and X13
    assert lines["二/5"].now.light == Light.GREY  # X16 is missing, the others are on pace
    assert [lines["一/2"].history[month].light for month in (3, 6, 9)] == [Light.YELLOW] * 3


def test_a_milestone_task_is_counted_by_its_nodes_even_where_its_target_is_worse() -> None:
    found = state("xian", 9)
    red = row_of(found.rows, "X12")
    assert red.task is not None
    Milestone.objects.create(task=red.task, order=1, text="甲", planned_year=2014, planned_month=12)
    request_recompute(plan=found.plan, since=found.period)
    recompute(plan_id=found.plan.pk, period_id=found.period.pk)
    again = state("xian", 9)
    mixed = task_row(again, "一/4")
    stored = TaskProgress.objects.get(task=red.task, period=found.period)
    assert stored.light == Light.RED
    assert mixed.light == Light.NONE  # nothing of its own is due, and no text of the task is approved
    assert counts_of(again.targets) == counts_of(found.targets)


def test_the_nodes_words_are_those_of_the_rule() -> None:
    """The light of the nodes alone is read back from the stored word: the pairs must be the rule's."""
    columns = "task_id, month, node_order, planned_month, done_month, has_narrative, now_month, is_last"
    june, september, december = 24174, 24177, 24180
    nodes = [
        (1, 9, 1, june, june, True, september, False),  # done
        (2, 9, 1, june, None, True, september, False),  # a quarter late
        (3, 9, 1, september, None, True, september, False),  # late
        (4, 9, 1, december, None, True, september, False),  # advancing
        (5, 9, 1, december, None, False, september, False),  # not begun
        (6, 9, 1, june, june, False, september, False),  # one of two done, and no text
        (6, 9, 2, december, None, False, september, False),
    ]
    places = ", ".join(["(%s, %s, %s, %s, %s::int, %s, %s, %s)"] * len(nodes))
    rows = f"SELECT * FROM (VALUES {places}) AS v ({columns})"
    with connection.cursor() as cursor:
        values = [value for node in nodes for value in node]
        cursor.execute(f"SELECT word, light FROM ({milestone_lights(rows)}) judged", values)
        told = dict(cursor.fetchall())
    assert {Word(word): Light(light) for word, light in told.items()} == NODE_LIGHTS


def test_a_postponed_node_moves_from_its_act_on() -> None:
    before, after = task_row(state("wuhan", 6), "三/(五)/一是"), task_row(state("wuhan", 9), "三/(五)/一是")
    assert [node.planned.month for node in before.nodes] == [6, 12]
    assert [node.planned.month for node in after.nodes] == [12, 12]
    assert after.nodes[0].is_postponed and not before.nodes[0].is_postponed
    assert before.overdue and not after.overdue


def test_a_node_done_later_is_not_done_yet_in_an_earlier_period() -> None:
    june, september = task_row(state("wuhan", 6), "三/(三)/一是"), task_row(state("wuhan", 9), "三/(三)/一是")
    assert june.nodes[0].done_in is None and june.nodes[0].is_overdue
    assert september.nodes[0].done_in is not None


def test_single_quarter_follows_the_corrected_first_quarter(wuhan_plan: Plan) -> None:
    half = ledger(wuhan_plan, Period.objects.get(bureau=wuhan_plan.bureau, month=6))
    assert row_of(half, "W4").single == Decimal("461")  # 863.0 − 402.0, after the correction from 398.0
    assert row_of(half, "W1").single is None  # a growth rate has no single quarter


def test_single_quarter_needs_the_quarter_before(wuhan_plan: Plan, september: Period) -> None:
    assert row_of(ledger(wuhan_plan, september), "W6").single == Decimal("122.8")
    june = Progress.objects.get(target__key="W6", period__month=6, allocation=None)
    Progress.objects.filter(pk=june.pk).update(actual=None)
    assert row_of(ledger(wuhan_plan, september), "W6").single is None


def test_growth_against_last_year(wuhan_plan: Plan, september: Period) -> None:
    rows = ledger(wuhan_plan, september)
    grown = row_of(rows, "W2").growth
    assert grown is not None and round(grown * 100, 1) == Decimal("20.1")
    assert row_of(rows, "W8").growth is None  # no value of last year is known
    assert row_of(rows, "W1").growth is None


def test_people_and_day_are_those_of_the_approved_version(
    wuhan_plan: Plan, september: Period, person: Callable[[str], User]
) -> None:
    before = row_of(ledger(wuhan_plan, september), "W2")
    assert before.reported_on == date(2014, 10, 10)
    assert (before.submitted_by, before.approved_by) == (
        str(person("wuhan_reporter")),
        str(person("wuhan_office")),
    )
    _correct("W2", september, person("wuhan_reporter"), Decimal("4770.0"))
    after = row_of(ledger(wuhan_plan, september), "W2")
    assert after.actual == Decimal("4760")
    assert after.figure is not None and after.figure.value == Decimal("4760")
    assert (after.submitted_by, after.reported_on) == (before.submitted_by, before.reported_on)


def _correct(key: str, period: Period, by: User, value: Decimal) -> None:
    """Open a correction of an approved figure and submit another value; it is not approved yet."""
    figure = Figure.objects.select_related("target__lead", "period__bureau").get(
        target__key=key, period=period, allocation=None
    )
    unit = figure.target.lead
    open_correction(item=figure, unit=unit, reason="核对", by=by)
    figure.refresh_from_db()
    entry = FigureInput(target=figure.target, revision=figure.revision, value=value, nature=figure.nature)
    save_entries(period=figure.period, unit=unit, figures=[entry], by=by)
    submit_entries(period=figure.period, unit=unit, by=by)


def test_only_approved_texts_stand_in_the_rows(wuhan_plan: Plan, september: Period) -> None:
    rows = ledger(wuhan_plan, september)
    assert row_of(rows, "W3").texts.problem.startswith("部分骨干企业订单下滑")
    assert row_of(rows, "W1").texts.progress == ""  # submitted, not approved
    assert row_of(rows, "W8").texts.progress == ""  # a draft


def test_missing_is_not_zero(wuhan_plan: Plan, september: Period) -> None:
    rows = ledger(wuhan_plan, september)
    assert row_of(rows, "W9").actual is None
    march = ledger(wuhan_plan, Period.objects.get(bureau=wuhan_plan.bureau, month=3))
    assert row_of(march, "W9").actual == 0


def test_a_bureau_never_shows_the_rows_of_another(xian: Bureau, september: Period) -> None:
    plan = Plan.objects.get(bureau=xian)
    rows = ledger(plan, Period.objects.get(bureau=xian, month=9))
    assert {row.item.plan_id for row in rows} == {plan.pk}
    assert Target.objects.exclude(plan=plan).exists()


def test_a_target_without_a_stored_row_shows_as_not_judged(wuhan_plan: Plan, september: Period) -> None:
    Progress.objects.filter(target__key="W2", period=september).delete()
    row = row_of(board(wuhan_plan, september).rows, "W2")
    assert (row.light, row.progress) == (Light.NONE, None)
    assert row.value == Decimal("6725")


def queries(size: int) -> tuple[int, int]:
    made = small_plan(size, code=f"small{size}")
    plan = Plan.objects.select_related("bureau", "document").get(pk=made.plan.pk)
    with CaptureQueriesContext(connection) as short:
        assert len(board(plan, made.period).rows) == 2 * size
    with CaptureQueriesContext(connection) as long:
        assert len([row.cooperating for row in ledger(plan, made.period)]) == 2 * size
    return len(short), len(long)


def test_the_number_of_queries_does_not_grow_with_the_plan() -> None:
    one, three = queries(1), queries(3)
    assert one == three
    assert one[0] <= 12
    assert one[1] <= 19


def test_a_task_without_nodes_and_numbers_stands_among_the_tasks_and_is_not_counted() -> None:
    made = small_plan(1)
    Task.objects.create(
        plan=made.plan,
        section=made.tasks[0].section,
        order=9,
        path="9/9",
        label="9",
        title="无数字",
        start=0,
        end=5,
        lead=made.unit,
    )
    found = board(Plan.objects.select_related("document").get(pk=made.plan.pk), made.period)
    assert len(found.tasks) == 2
    assert len(found.rows) == 2


def test_a_cooperating_units_text_is_not_taken_for_the_leads(wuhan_plan: Plan, september: Period) -> None:
    texts = Narrative.objects.filter(task__path="三/(五)/一是", period=september)
    assert texts.count() == 2
    assert task_row(board(wuhan_plan, september), "三/(五)/一是").texts.progress.startswith("募资节点")
    lead = wuhan_plan.tasks.get(path="三/(五)/一是").lead
    texts.filter(unit=lead).update(state=State.SUBMITTED, approved_version=None)
    texts.exclude(unit=lead).update(state=State.APPROVED, approved_version=F("last_version"))
    assert task_row(board(wuhan_plan, september), "三/(五)/一是").texts.progress == ""
