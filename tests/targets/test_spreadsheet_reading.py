"""A bureau's own spreadsheet read: the corpus, and each rule by itself."""

from __future__ import annotations

import datetime
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from targets.enums import State
from targets.figure_columns import Cell
from targets.periods import PeriodKey
from targets.spreadsheet.book import is_own_form, read_book
from targets.spreadsheet.grid import Grid
from targets.spreadsheet.headers import Role, heading
from targets.spreadsheet.reading import Choice, Reading, understand
from targets.spreadsheet.time_words import spans_in, without_spans
from targets.workbook.content import FIGURE, FigureContent
from targets.workbook.limits import WorkbookRefused
from tests.targets.spreadsheets.fifth_held_out import FIFTH_HELD_OUT
from tests.targets.spreadsheets.fourth_held_out import FOURTH_HELD_OUT
from tests.targets.spreadsheets.generated import generated
from tests.targets.spreadsheets.held_out import HELD_OUT
from tests.targets.spreadsheets.measuring import error_places, figures_of, rate, read, shortcomings
from tests.targets.spreadsheets.plans import SEPTEMBER, Sample, scope
from tests.targets.spreadsheets.samples import SAMPLES
from tests.targets.spreadsheets.second_held_out import SECOND_HELD_OUT
from tests.targets.spreadsheets.third_held_out import THIRD_HELD_OUT


def reading_of(text: str, path: Path, city: str = "wuhan", **more: object) -> Reading:
    """A sheet written as text, read for the nine months."""
    sample = Sample("表", city, {"表": text}, **more)  # type: ignore[arg-type]
    return read(sample, path / "表.xlsx")


def codes(reading: Reading) -> list[str]:
    return [problem.code for problem in reading.problems]


def hints(reading: Reading) -> list[str]:
    return [hint.code for hint in reading.hints]


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)
def test_a_sample_is_read_as_wanted(sample: Sample, tmp_path: Path) -> None:
    assert shortcomings(sample, read(sample, tmp_path / "表.xlsx")) == []


def test_most_of_what_was_held_out_is_read_and_nothing_wrongly() -> None:
    for samples in (HELD_OUT, SECOND_HELD_OUT, THIRD_HELD_OUT, FOURTH_HELD_OUT, FIFTH_HELD_OUT):
        right, wanted, wrong, whole = rate(samples)
        assert wrong == 0
        assert right >= 0.95 * wanted
        assert whole >= 0.9 * len(samples)


@pytest.mark.parametrize("seed", range(60))
def test_a_table_put_together_at_random_is_read(seed: int, tmp_path: Path) -> None:
    sample = generated(seed)
    assert shortcomings(sample, read(sample, tmp_path / "表.xlsx")) == [], sample.sheets["表"]


WORDS = (
    "指标 单位 目标 累计 本季 1-9月 合计 其中: 一、经济 注:无 - 无 不适用 同上 区 江岸区 W6 "
    "技术合同成交额 亿元 % 2013年 高新技术企业 12,3 1e400 (3) =1 #DIV/0!"
)
CELLS = st.sampled_from(
    [*WORDS.split(), "", "\x00", "1" * 200, 0, 1.5, -3, 1e30, True, None, datetime.date(2014, 9, 30)]
)


@given(st.lists(st.lists(CELLS, max_size=7), max_size=12), st.lists(st.tuples(*[st.integers(0, 8)] * 4)))
@settings(max_examples=150, deadline=None)
def test_whatever_stands_in_a_sheet_ends_in_figures_or_problems(
    rows: list[list[object]], merges: list[tuple[int, int, int, int]]
) -> None:
    cells = [[Cell(value, "s" if isinstance(value, str) else "n") for value in row] for row in rows]
    ranges = tuple((min(a, c), min(b, d), max(a, c), max(b, d)) for a, b, c, d in merges)
    reading = understand([Grid("表", cells, ranges)], scope("wuhan"), {})
    known = {report.row for report in reading.rows}
    filled = {place + 1 for place, row in enumerate(rows) if any(not Cell(value).is_blank for value in row)}
    assert reading.problems or {row for row in filled if row > reading.header_rows[1]} <= known


def test_units_in_a_header_or_title_hold_for_the_rows_they_fit(tmp_path: Path) -> None:
    table = "指标|累计(万元、家)\n技术合同成交额|2624000\n高新技术企业总数|1105"
    assert figures_of(reading_of(table, tmp_path)) == {
        "W6": ("262.4", "cumulative"),
        "W11": ("1105", "cumulative"),
    }


def test_the_figure_expected_for_the_year_is_converted_like_the_others(tmp_path: Path) -> None:
    reading = reading_of("(单位:万元)\n指标|累计|全年预计\n技术合同成交额|2624000|3400000", tmp_path)
    (content,) = [change.content for change in reading.changes if change.item == FIGURE]
    assert isinstance(content, FigureContent) and content.forecast == 340


@pytest.mark.parametrize(
    ("table", "value", "said"),
    [
        ("指标|年度目标|累计\n技术合同成交额|3200000|2624000", "262.4", ["UNIT_BY_ANNUAL"]),
        ("指标|年度目标|累计\n技术合同成交额|320|262.4", "262.4", []),
        ("指标|单位|年度目标|累计\n技术合同成交额|亿元|3200000|262.4", "262.4", ["ANNUAL_DIFFERS"]),
        ("指标|单位|目标|累计\n高新技术产业产值增幅|%|0.2|0.201", "20.1", ["UNIT_BY_ANNUAL"]),
    ],
)
def test_where_no_unit_is_named_the_annual_target_may_give_it_away(
    table: str, value: str, said: list[str], tmp_path: Path
) -> None:
    reading = reading_of(table, tmp_path)
    assert [found for found, _basis in figures_of(reading).values()] == [value]
    assert hints(reading) == said


def test_a_task_among_the_targets_is_left_out_and_an_unknown_number_is_an_error_until_chosen(
    tmp_path: Path,
) -> None:
    text = "指标|累计\n技术合同成交额|262.4\n印发补贴办法|已印发\n植树|5"
    reading = reading_of(text, tmp_path)
    assert codes(reading) == ["NO_TARGET"]
    assert [row.code for row in reading.rows] == ["W6", "NO_FIGURE", "NO_TARGET"]
    book = read_book(Sample("表", "wuhan", {"表": text}).write(tmp_path / "a.xlsx"))
    chosen = understand(book, scope("wuhan"), {}, Choice({}, leaves_out=True))
    assert codes(chosen) == [] and chosen.rows[-1].code == "NOT_OF_PLAN"


def test_the_same_value_said_twice_is_taken_once(tmp_path: Path) -> None:
    reading = reading_of("指标|累计\n技术合同成交额|262.4\n技术合同交易额|262.4", tmp_path)
    assert codes(reading) == [] and figures_of(reading) == {"W6": ("262.4", "cumulative")}
    assert [(row.code, row.values.get("row")) for row in reading.rows][1] == ("SAME_AGAIN", "2")


def test_a_header_without_known_words_is_found_above_the_names(tmp_path: Path) -> None:
    reading = reading_of("2014年9月\n甲|乙\n技术合同成交额|262.4\n高新技术企业总数|1105", tmp_path)
    assert codes(reading) == ["NO_FIGURES"] and reading.header_rows == (2, 2)
    assert [header[0] for header in reading.headers] == ["A", "B"]


@pytest.mark.parametrize(
    ("text", "periods"),
    [
        ("1-9月累计", ["前三季度"]),
        ("一至三季度", ["前三季度"]),
        ("截至9月底", ["前三季度"]),
        ("二〇一四年上半年", ["2014年上半年"]),
        ("7—9月", ["三季度"]),
        ("第三季度", ["三季度"]),
        ("9月份", ["9月"]),
        ("填报日期:2014年10月9日", []),
        ("2014-10-09", []),
        ("全年", ["全年"]),
        ("1—11月", ["1—11月"]),
    ],
)
def test_the_words_for_periods(text: str, periods: list[str]) -> None:
    assert [str(span) for span in spans_in(text)] == periods


def test_the_same_header_of_another_quarter_has_the_same_rest() -> None:
    assert without_spans("2014年1-9月累计完成") == without_spans("2015年上半年累计完成") == "累计完成"


@pytest.mark.parametrize(
    ("levels", "role"),
    [
        ("年度目标/完成数", Role.CUMULATIVE),
        ("上年同期/累计", Role.LAST_YEAR),
        ("三季度/当季", Role.SINGLE),
        ("三季度/累计", Role.CUMULATIVE),
        ("2013年/1-9月", Role.LAST_YEAR),
        ("2014年/1-9月", Role.CUMULATIVE),
        ("上半年目标", Role.OTHER),
        ("完成全年目标的%", Role.RATE),
        ("较上年同期增减(%)", Role.GROWTH),
        ("预计全年完成", Role.FORECAST),
        ("下一步工作计划", Role.NEXT_STEP),
        ("目标名称", Role.INDICATOR),
        ("任务数", Role.ANNUAL),
        ("9月", Role.OTHER),
        ("9月累计", Role.CUMULATIVE),
    ],
)
def test_what_a_header_means(levels: str, role: Role) -> None:
    assert heading(levels.split("/"), SEPTEMBER).role == role


@pytest.mark.parametrize(
    ("levels", "month", "role"),
    [
        ("当月", 10, Role.SINGLE),
        ("本月完成数(亿元)", 10, Role.SINGLE),
        ("10月", 10, Role.SINGLE),
        ("9月", 10, Role.OTHER),
        ("上年同期/当月", 10, Role.LAST_YEAR),
        ("当月累计", 10, Role.CUMULATIVE),
        ("10-11月", 11, Role.SINGLE),
        ("当月", 11, Role.OTHER),  # November alone: October is missing in it
        ("11月", 11, Role.OTHER),
        ("当月", 9, Role.OTHER),
    ],
)
def test_a_month_is_the_single_period_where_it_is_all_that_the_period_adds(
    levels: str, month: int, role: Role
) -> None:
    assert heading(levels.split("/"), PeriodKey(2014, month)).role == role


@pytest.mark.parametrize(
    ("header", "numeric", "role"),
    [
        ("完成情况", True, Role.CUMULATIVE),
        ("完成情况", False, Role.PROGRESS),
        ("目标任务", True, Role.ANNUAL),
        ("目标任务", False, Role.INDICATOR),
        ("进度", True, Role.RATE),
    ],
)
def test_where_words_fit_two_meanings_the_cells_decide(header: str, numeric: bool, role: Role) -> None:
    assert heading([header], SEPTEMBER, numeric).role == role


def test_every_row_of_a_table_is_accounted_for(tmp_path: Path) -> None:
    reading = reading_of(
        "2014年前三季度指标表\n序号|指标|单位|年度目标|累计\n甲|乙|丙|1|2\n|一、产业发展|||\n"
        "1|技术合同成交额|亿元|320|262.4\n|||| \n2|高新技术企业总数|家|1200|\n3|植树|棵|100|5\n合计||||\n"
        "序号|指标|单位|年度目标|累计\n注:含复审\n审核人:甲",
        tmp_path,
    )
    assert [(report.row, report.kind, report.code) for report in reading.rows] == [
        (3, "skipped", "COLUMN_NUMBERS"),
        (4, "skipped", "SECTION"),
        (5, "matched", "W6"),
        (6, "skipped", "BLANK_ROW"),
        (7, "skipped", "NOT_FILLED"),
        (8, "error", "NO_TARGET"),
        (9, "skipped", "TOTAL"),
        (10, "skipped", "HEADER_AGAIN"),
        (11, "skipped", "FOOTNOTE"),
        (12, "skipped", "FOOTNOTE"),
    ]


def test_an_annual_target_unlike_the_plan_is_a_warning_with_both(tmp_path: Path) -> None:
    reading = reading_of("指标|单位|年度目标|累计\n技术合同成交额|亿元|330|262.4", tmp_path)
    assert hints(reading) == ["ANNUAL_DIFFERS"]
    assert reading.hints[0].values == {"target": "技术合同成交额", "found": "330亿元", "planned": "320亿元"}
    assert hints(reading_of("指标|单位|年度目标|累计\n技术合同成交额|亿元|≥320|262.4", tmp_path)) == []


def test_the_sum_of_the_rows_is_compared_with_the_total(tmp_path: Path) -> None:
    table = "新增科技企业孵化器面积分区情况\n区|累计\n江岸区|5.2\n江汉区|4.1\n合计|{}"
    assert hints(reading_of(table.format(9.9), tmp_path)) == ["TOTAL_DIFFERS"]
    assert hints(reading_of(table.format(9.3), tmp_path)) == []


def test_a_single_quarter_that_contradicts_the_cumulative_figure_is_a_warning(tmp_path: Path) -> None:
    table = "指标|本季|累计\n技术合同成交额|{}|262.4"
    assert hints(reading_of(table.format(120), tmp_path)) == ["SINGLE_DIFFERS"]
    assert hints(reading_of(table.format(122.8), tmp_path)) == []


def test_what_is_missing_for_a_single_quarter_is_named(tmp_path: Path) -> None:
    reading = reading_of("区|指标|本季\n江岸区|新增科技企业孵化器面积|2.1", tmp_path)
    assert codes(reading) == ["EARLIER_MISSING"]
    assert reading.problems[0].values["missing"] == "上半年"


def test_periods_that_do_not_fit_are_named(tmp_path: Path) -> None:
    reading = reading_of("指标|一季度|上半年\n技术合同成交额|58.3|139.6", tmp_path)
    assert codes(reading) == ["NO_SUCH_PERIOD"]
    assert reading.problems[0].values["found"] == "一季度、上半年"


def test_the_names_that_a_row_may_mean_are_named(tmp_path: Path) -> None:
    reading = reading_of("指标|累计\n高新技术企业|1105\n技术合同成交额|262.4", tmp_path)
    assert codes(reading) == ["SEVERAL_TARGETS"]
    assert reading.problems[0].values["candidates"] == "W10 新认定高新技术企业、W11 高新技术企业总数"


def test_a_similar_name_needs_the_same_annual_target_and_says_what_it_was_taken_for(tmp_path: Path) -> None:
    table = "指标|单位|年度目标|累计\n大学生创新创业特区建设|个|{}|20\n技术合同成交额|亿元|320|262.4"
    same = reading_of(table.format(20), tmp_path)
    assert figures_of(same)["W8"] == ("20", "cumulative") and hints(same) == ["TAKEN_AS"]
    assert codes(reading_of(table.format(30), tmp_path)) == ["NO_TARGET"]


def test_hidden_rows_and_sheets_are_said(tmp_path: Path) -> None:
    sample = Sample(
        "表", "wuhan", {"表": "指标|累计\n技术合同成交额|262.4", "底稿": "指标|累计"}, hidden="底稿"
    )
    path = sample.write(tmp_path / "a.xlsx")
    book = openpyxl.load_workbook(path)
    book["表"].row_dimensions[2].hidden = True
    book.save(path)
    reading = understand(read_book(path), scope("wuhan"), {})
    assert sorted(hints(reading)) == ["HIDDEN_ROW", "HIDDEN_SHEET"]


def test_columns_chosen_by_hand_win_and_remembered_ones_give_way_to_a_named_period(tmp_path: Path) -> None:
    sample = Sample("表", "wuhan", {"表": "指标|甲数|上半年累计|1-9月累计\n技术合同成交额|1|139.6|262.4"})
    book, wanted = read_book(sample.write(tmp_path / "a.xlsx")), scope("wuhan")
    guessed = understand(book, wanted, {})
    assert figures_of(guessed) == {"W6": ("262.4", "cumulative")}
    by_hand = understand(book, wanted, {}, Choice({"indicator": "A", "cumulative": "B"}, by_hand=True))
    assert figures_of(by_hand) == {"W6": ("1", "cumulative")}
    old = {guessed.fingerprint: {"indicator": "A", "cumulative": "C"}}
    remembered = understand(book, wanted, old)
    assert remembered.is_remembered and figures_of(remembered) == {"W6": ("262.4", "cumulative")}


def test_an_approved_figure_is_an_error_where_it_differs_and_its_remarks_are_left_out(tmp_path: Path) -> None:
    path = Sample("表", "wuhan", {"表": "指标|累计|备注\n技术合同成交额|262.4|口径一致"}).write(
        tmp_path / "a.xlsx"
    )
    wanted = scope("wuhan", stored="W6 262.4")
    (known,) = [known for known in wanted.knowns if known.key == "W6"]
    object.__setattr__(known.stored, "state", State.APPROVED)
    same = understand(read_book(path), wanted, {})
    assert codes(same) == [] and hints(same) == ["NOT_TAKEN"]
    object.__setattr__(known.stored, "content", FigureContent(Decimal(1)))
    differs = understand(read_book(path), wanted, {})
    assert codes(differs) == ["ALREADY_APPROVED"]
    (change,) = [change for change in differs.changes if change.item == FIGURE]
    assert change.fields[0].old == "1" and change.fields[0].new == "262.4"


def test_a_stray_cell_far_out_is_refused_before_the_sheet_is_filled(tmp_path: Path) -> None:
    sample = Sample("表", "wuhan", {"表": "指标|累计\n技术合同成交额|262.4"})
    path = sample.write(tmp_path / "a.xlsx")
    book = openpyxl.load_workbook(path)
    book["表"]["XFD1048576"] = 1
    book.save(path)
    with pytest.raises(WorkbookRefused):
        read_book(path)
    assert not is_own_form(path)


def test_a_file_without_any_table_is_an_error_of_the_file(tmp_path: Path) -> None:
    reading = reading_of("说明\n请于周五前报送", tmp_path)
    assert codes(reading) == ["NO_TABLE"] and error_places(reading) == {"FILE"}


def test_periods_of_the_monthly_push(tmp_path: Path) -> None:
    sample = Sample("表", "wuhan", {"表": "指标|1-10月累计|1-9月累计\n技术合同成交额|290|262.4"}, month=10)
    assert figures_of(read(sample, tmp_path / "a.xlsx")) == {"W6": ("290", "cumulative")}
    assert PeriodKey(2014, 10).quarter == 4
