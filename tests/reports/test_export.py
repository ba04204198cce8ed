"""The progress report as a workbook: its numbers are the stored ones, and its job is all or nothing."""

from __future__ import annotations

import dataclasses
import functools
import shutil
import subprocess
import zipfile
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import defusedxml.ElementTree
import openpyxl
import pytest
from django.utils import translation
from openpyxl.cell import Cell
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from reports.exporters import cover, progress_report, workbook
from reports.exporters.workbook import Book, Column, Kind, Row, Sheet, write_workbook
from reports.ledger_columns import BY_KEY, LEDGER_COLUMNS, gap_format, light_text
from reports.selectors.exports import Report, report_of
from targets.counts import Counts
from targets.enums import Light
from targets.models import FigureVersion, NarrativeVersion, Progress, ProgressRule, Target, TaskProgress
from targets.selectors.ledger import LedgerRow
from tests.reports.exporting import asked, exported, period_of, reported
from tests.targets.acts import agreed

pytestmark = pytest.mark.django_db

HEADERS = [
    *(
        "序号",
        "工作任务",
        "指标名称",
        "单位",
        "年度目标",
        "上年同期",
        "本季完成",
        "累计完成",
        "同比",
        "完成率",
    ),
    *("序时进度", "较序时(百分点)", "亮灯", "全年预计", "进展情况", "存在的问题", "下一步措施", "完成时限"),
    *("分管领导", "牵头处室", "配合单位", "联系人", "数据来源", "数据性质", "佐证材料", "填报人", "审核人"),
    "填报日期",
]
SHEETS = ["汇总", "台账", "主要指标", "节点任务", "滞后与未报"]


@pytest.fixture(autouse=True)
def storage(settings: Any, tmp_path: Path) -> Path:
    """Files of a test lie in its own folder."""
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@functools.cache
def book_of(bureau: str = "wuhan", month: int = 9) -> openpyxl.Workbook:
    """The workbook of the demonstration as it was loaded, written once for all tests that only read it."""
    return openpyxl.load_workbook(exported(bureau, month).file.path)


def rows_of(sheet: Worksheet) -> list[dict[str, Cell]]:
    """The data rows by header: those below the header row with a number in the first column."""
    lines = list(sheet.iter_rows())
    place = next(index for index, line in enumerate(lines) if line[0].value == "序号")
    headers = [str(cell.value).replace("\n", "") for cell in lines[place]]
    return [
        dict(zip(headers, line, strict=True)) for line in lines[place + 1 :] if isinstance(line[0].value, int)
    ]


def texts_of(sheet: Worksheet) -> str:
    return "\n".join(str(cell.value) for line in sheet.iter_rows() for cell in line if cell.value is not None)


def as_float(value: Decimal | None) -> float | None:
    return None if value is None else float(value)


def written(tmp_path: Path, *rows: LedgerRow) -> list[dict[str, Cell]]:
    """These rows in a ledger of their own, read back."""
    path = tmp_path / "rows.xlsx"
    columns = tuple(Column(column.header, column.width) for column in LEDGER_COLUMNS)
    cells = (Row(tuple(progress_report.cell_of(row, column) for column in LEDGER_COLUMNS)) for row in rows)
    sheet = Sheet("台账", columns, (workbook.header_row(columns), *cells))
    write_workbook(path, Book("", "", datetime(2014, 10, 27), (sheet,)))
    return rows_of(openpyxl.load_workbook(path)["台账"])


def row_named(report: Report, name: str) -> LedgerRow:
    return next(row for row in report.rows if row.target and row.target.key == name)


# --- the numbers -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("month", [3, 6, 9])
@pytest.mark.parametrize("bureau", ["wuhan", "xian"])
def test_every_number_of_the_ledger_is_the_stored_one(bureau: str, month: int) -> None:
    book = book_of(bureau, month)
    stored = {
        row.target.name: row
        for row in Progress.objects.filter(period=period_of(bureau, month), allocation=None).select_related(
            "target"
        )
    }
    found = [row for row in rows_of(book["台账"]) if row["指标名称"].value in stored]
    assert len(found) == len(stored)
    for row in found:
        progress = stored[row["指标名称"].value]
        shown = {
            "年度目标": progress.target_value,
            "累计完成": progress.actual,
            "完成率": progress.rate,
            "序时进度": progress.share,
            "较序时(百分点)": progress.gap_shown,
        }
        for header, value in shown.items():
            cell = row[header]
            assert (cell.value if cell.data_type == "n" else None) == as_float(value), (header, row)
            assert value is None or cell.data_type == "n", (header, row)
        with translation.override("zh-hans"):
            word = progress.get_word_display()
        assert row["亮灯"].value == f"{Light(progress.light).symbol} {word}"
        assert row["单位"].value == progress.target.unit


@pytest.mark.parametrize("bureau", ["wuhan", "xian"])
def test_figures_texts_and_milestone_lights_are_the_approved_ones(bureau: str) -> None:
    book = book_of(bureau)
    period = period_of(bureau, 9)
    by_name = {row["指标名称"].value: row for row in rows_of(book["台账"])}
    for version in FigureVersion.objects.filter(figure__period=period, figure__allocation=None):
        row = by_name[version.figure.target.name]
        if version.number == version.figure.approved_version:
            assert row["全年预计"].value == as_float(version.forecast)
            assert row["累计完成"].value == as_float(version.value)
    texts = {
        version.progress
        for version in NarrativeVersion.objects.filter(narrative__period=period)
        if version.number == version.narrative.approved_version
        and (version.narrative.task or version.narrative.target).lead_id == version.narrative.unit_id
    }
    assert {row["进展情况"].value for row in rows_of(book["台账"])} - {None} == texts - {""}
    lights = [row["亮灯"].value for row in rows_of(book["台账"]) if "节点任务" in row["指标名称"].value]
    stored = TaskProgress.objects.filter(period=period, is_milestone_task=True).order_by("task__order")
    with translation.override("zh-hans"):
        words = [row.get_node_word_display() for row in stored]
    assert [text.partition(" ")[2] for text in lights] == words


def test_what_is_derived_is_a_subtraction_or_division_of_stored_figures() -> None:
    rows = {row["指标名称"].value: row for row in rows_of(book_of()["台账"])}
    turnover, output = rows["技术合同成交额"], rows["高新技术产业产值"]
    assert turnover["本季完成"].value == pytest.approx(262.4 - 139.6)
    assert turnover["上年同期"].value == 214.2
    assert turnover["同比"].value == pytest.approx(262.4 / 214.2 - 1)
    assert output["本季完成"].value == 1780.0
    assert output["同比"].value == pytest.approx(4760 / 3963.4 - 1)


def test_the_columns_are_those_of_the_ledger_in_their_order() -> None:
    assert [column.header for column in LEDGER_COLUMNS] == HEADERS
    header = next(line for line in book_of()["台账"].iter_rows() if line[0].value == "序号")
    assert [str(cell.value).replace("\n", "") for cell in header] == HEADERS


def test_rows_stand_in_document_order_under_their_sections() -> None:
    lines = [line[0].value for line in book_of()["台账"].iter_rows(min_row=4)]
    assert [value for value in lines if isinstance(value, int)] == list(range(1, 32))
    headings = [value for value in lines if isinstance(value, str)]
    assert headings[:3] == [
        "二、主要工作目标",
        "三、重点工作",
        "(一)着力深化科技体制改革,发挥市场配置资源导向作用",
    ]
    assert len(headings) == len(set(headings)) == 10


# --- missing is not zero -----------------------------------------------------------------------------------


def test_missing_zero_and_not_judged_are_three_different_cells() -> None:
    september = {row["指标名称"].value: row for row in rows_of(book_of()["台账"])}
    missing, not_judged = september["新增省级以上科技创新平台"], september["新认定高新技术企业"]
    march = {row["指标名称"].value: row for row in rows_of(book_of(month=3)["台账"])}
    zero = march["新增省级以上科技创新平台"]
    assert (missing["累计完成"].value, missing["亮灯"].value[0]) == (None, "○")
    assert missing["较序时(百分点)"].value is None
    assert (not_judged["累计完成"].value, not_judged["亮灯"].value[0]) == ("–", "–")
    assert (zero["累计完成"].value, zero["累计完成"].data_type) == (0, "n")


def test_a_milestone_task_has_no_target_value() -> None:
    rows = [row for row in rows_of(book_of()["台账"]) if "节点任务" in row["指标名称"].value]
    assert len(rows) == 20
    assert {row[name].value for row in rows for name in ("年度目标", "累计完成", "完成率")} == {"–"}


def test_not_applicable_and_a_part_of_a_sum_say_so(tmp_path: Path) -> None:
    row = row_named(reported(), "W6")
    assert row.progress
    changed = Progress.objects.get(pk=row.progress.pk)
    changed.actual, changed.not_applicable = None, True
    partial = Progress.objects.get(pk=row.progress.pk)
    partial.incomplete, partial.light = True, Light.GREY
    found = written(
        tmp_path,
        dataclasses.replace(row, progress=changed, light=Light.NONE),
        dataclasses.replace(row, progress=partial, light=Light.GREY),
        row,
    )
    assert found[0]["累计完成"].value == "不适用"
    assert (found[1]["累计完成"].value, found[1]["累计完成"].number_format) == (262.4, '#,##0.00"(部分)"')
    assert (found[2]["累计完成"].value, found[2]["累计完成"].number_format) == (262.4, "#,##0.00")


# --- how numbers look --------------------------------------------------------------------------------------


def test_numbers_carry_their_formats() -> None:
    rows = {row["指标名称"].value: row for row in rows_of(book_of()["台账"])}
    output = rows["高新技术产业产值"]
    assert output["完成率"].number_format == output["同比"].number_format == "0.0%"
    assert output["年度目标"].number_format == '">"#,##0;">-"#,##0'
    assert output["累计完成"].number_format == "#,##0.0"
    assert rows["新增大学生创新创业特区"]["累计完成"].number_format == "#,##0"
    assert output["填报日期"].is_date
    assert output["填报日期"].number_format == 'yyyy"年"m"月"d"日"'


def test_a_difference_that_would_print_as_zero_gets_more_decimals() -> None:
    rows = {row["指标名称"].value: row for row in rows_of(book_of("xian", 6)["台账"])}
    applications, alliances = rows["发明专利申请量"], rows["产业技术创新联盟总数"]
    assert applications["较序时(百分点)"].value == -0.02
    assert applications["较序时(百分点)"].number_format == "+#,##0.00;-#,##0.00;#,##0.00"
    assert alliances["较序时(百分点)"].value == 0
    assert alliances["较序时(百分点)"].number_format == "+#,##0.0;-#,##0.0;#,##0.0"


def test_a_difference_in_the_targets_own_unit_shows_it() -> None:
    report = reported()
    points, own = row_named(report, "W3"), row_named(report, "W11")
    assert points.progress and own.progress
    assert not points.progress.gap_is_points
    assert "%" not in gap_format(points)  # percentage points need no unit under this header
    own.progress.gap_shown, own.progress.gap_is_points = Decimal(-95), False
    assert gap_format(own) == '+#,##0"家";-#,##0"家";#,##0"家"'


def test_an_adjusted_target_shows_the_old_and_the_new_value() -> None:
    row = row_named(reported(), "W6")
    assert row.progress
    plain = progress_report.cell_of(row, LEDGER_COLUMNS[4]).number_format
    row.progress.target_value = Decimal(300)
    adjusted = progress_report.cell_of(row, LEDGER_COLUMNS[4])
    assert plain == '"≥"#,##0;"≥-"#,##0'
    assert (adjusted.value, adjusted.number_format) == (300, '"320 → ≥"#,##0;"320 → ≥-"#,##0')


def test_another_unit_of_measure_stands_beside_the_plans() -> None:
    agreed(Target.objects.select_related("plan__bureau").get(key="W6"), 9, value=3_000_000, unit="万元")
    row = row_named(reported(), "W6")
    annual = progress_report.cell_of(row, BY_KEY["annual"])
    assert (annual.value, annual.number_format) == (3_000_000, '"320亿元 → ≥"#,##0;"320亿元 → ≥-"#,##0')
    assert (progress_report.cell_of(row, BY_KEY["unit"]).value, row.actual) == ("万元", 2_624_000)


def test_a_missing_baseline_is_marked_beside_the_light() -> None:
    row = row_named(reported(), "W6")
    assert row.progress
    assert "缺基数" not in light_text(row)
    row.progress.missing_baseline = True
    assert light_text(row).endswith("(缺基数)")


def test_a_light_is_symbol_word_and_colour() -> None:
    for row in rows_of(book_of()["台账"]):
        cell = row["亮灯"]
        is_filled = cell.fill.fill_type == "solid"
        assert is_filled == (cell.value[0] != "–")
        assert cell.value[0] in "■▲○●◆–"
        assert len(cell.value) > 2


# --- what people typed -------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1+1", '=HYPERLINK("x")'])
def test_text_never_becomes_a_formula(tmp_path: Path, text: str) -> None:
    row = row_named(reported(), "W6")
    harmless = dataclasses.replace(row.texts, progress="进展 = 正常", problem=text)
    (found,) = written(tmp_path, dataclasses.replace(row, texts=harmless, contacts=text))
    assert (found["存在的问题"].value, found["存在的问题"].data_type) == (text, "s")
    assert found["存在的问题"].quotePrefix and found["联系人"].quotePrefix
    assert (found["进展情况"].value, found["进展情况"].quotePrefix) == ("进展 = 正常", False)
    with zipfile.ZipFile(tmp_path / "rows.xlsx") as archive:
        assert b"<f>" not in b"".join(archive.read(name) for name in archive.namelist())


def test_control_characters_are_stripped_and_line_breaks_kept(tmp_path: Path) -> None:
    row = row_named(reported(), "W6")
    dirty = "一\x00二\x0b\r\n三\x1b[31m\ud800\uffff _x000D_ http://a.example <b>&amp;"
    (found,) = written(tmp_path, dataclasses.replace(row, contacts=dirty))
    assert found["联系人"].value.replace("_x005F_x000D_", "_x000D_") == (
        "一二\n三[31m _x000D_ http://a.example <b>&amp;"
    )
    assert found["联系人"].hyperlink is None


def test_a_text_longer_than_a_cell_is_cut(tmp_path: Path) -> None:
    row = row_named(reported(), "W6")
    (found,) = written(tmp_path, dataclasses.replace(row, contacts="𠀀" * 20_000))
    assert found["联系人"].value == "𠀀" * (32_767 // 2)


# --- the other sheets --------------------------------------------------------------------------------------


def test_the_cover_counts_and_words_as_worked_in_the_rule() -> None:
    wuhan, xian = texts_of(book_of()["汇总"]), texts_of(book_of("xian")["汇总"])
    assert (
        "主要指标共11项:本期不考核3项,参加考核8项;达到序时进度4项(其中已完成1项),占50.0%;"
        "未达到序时进度3项(其中严重滞后1项),占37.5%;未报送1项,占12.5%。" in wuhan
    )
    assert (
        "主要指标共20项:本期不考核1项,参加考核19项;达到序时进度12项(其中已完成3项),占63.2%;"
        "未达到序时进度6项(其中严重滞后2项),占31.6%;未报送1项,占5.3%。" in xian
    )
    for text in (
        "武汉市科学技术局(演示)",
        "2014年工作要点 前三季度进展情况",
        "数据截至 2014年9月30日",
        "演示数据",
    ):
        assert text in wuhan
    assert "亮灯规则第1版" in wuhan
    assert "▲ 落后不超过10%" in wuhan


def test_the_covers_table_adds_up_by_unit_and_section() -> None:
    report = reported()
    sheet = book_of()["汇总"]
    table = {line[0].value: [cell.value for cell in line[1:]] for line in sheet.iter_rows() if line[1].value}
    assert table["合计"][0] == len(report.rows) == 31
    units = [name for name in table if str(name).endswith(("处", "党委"))]
    order = dict(report.plan.bureau.units.values_list("name", "order"))
    assert units == sorted(units, key=lambda name: order[name])
    assert sum(table[name][0] for name in units) == 31
    sections = [name for name in table if str(name).startswith(("(", "二、"))]
    assert sum(table[name][0] for name in sections) == 31


def test_at_the_years_end_the_words_are_done_and_not_done() -> None:
    counts = Counts(red=2, yellow=1, grey=1, blue=8)
    text = cover.sentence("主要指标", counts, at_year_end=True)
    assert text == (
        "主要指标共12项:完成目标8项,占66.7%;未完成目标3项(其中基本完成1项),占25.0%;未报送1项,占8.3%。"
    )
    assert "达到序时进度8项" in cover.sentence("主要指标", counts, at_year_end=False)


def test_shares_of_nothing_are_no_numbers() -> None:
    assert "占–" in cover.sentence("主要指标", Counts(none=3), at_year_end=False)


def test_indicators_and_nodes_have_sheets_of_their_own() -> None:
    book = book_of()
    indicators, nodes = rows_of(book["主要指标"]), rows_of(book["节点任务"])
    assert len(indicators) == 11
    assert all(row["亮灯依据"].value for row in indicators)
    postponed = [row for row in nodes if "→" in row["计划时间"].value]
    assert [row["计划时间"].value for row in postponed] == ["2014年6月\n→ 2014年12月"]
    assert postponed[0]["延期次数"].value == 1
    policy = [row for row in nodes if row["节点"].value == "印发实验室开放服务补贴办法"]
    assert policy[0]["完成情况"].value == "逾期未完成"
    assert {row["完成情况"].value for row in nodes} >= {"已完成(2014年6月)", "未到期", "到期未完成"}


def test_laggards_stand_before_the_missing_each_with_its_reason() -> None:
    rows = rows_of(book_of()["滞后与未报"])
    assert "".join(row["亮灯"].value[0] for row in rows) == "■■▲▲▲○○"
    reasons = {row["指标或任务"].value: row["存在的问题(未报情况)"].value for row in rows}
    assert all(reasons.values())
    assert reasons["高新技术产业产值"] == "四季度为产出高峰,序时偏低属季节因素。"
    assert reasons["新增省级以上科技创新平台"] == "尚未报送"


def test_what_is_sent_in_and_not_approved_is_told_but_not_shown() -> None:
    report = reported("xian")
    texts = {row.title: progress_report._reason(report, row) for row in report.behind}
    waiting = NarrativeVersion.objects.filter(
        narrative__period=report.period, narrative__approved_version=None
    )
    everything = "".join(texts_of(sheet) for sheet in book_of("xian").worksheets)
    assert waiting.exists()
    assert not [version for version in waiting if version.problem and version.problem in everything]
    assert "已报送,待办公室核定" in texts["高新技术产业增加值"]


# --- print and filter --------------------------------------------------------------------------------------


def test_every_sheet_is_ready_to_print() -> None:
    book = book_of()
    assert book.sheetnames == SHEETS
    for sheet in book.worksheets:
        assert sheet.page_setup.orientation == "landscape"
        assert (sheet.page_setup.fitToWidth or 1, sheet.page_setup.fitToHeight) == (1, 0)
        assert sheet.page_setup.paperSize == (8 if sheet.title == "台账" else 9)
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert sheet.oddFooter.center.text == "第 &P 页 共 &N 页"
        assert sheet.oddFooter.left.text == "数据截至 2014年9月30日"
        assert sheet.oddFooter.right.text == "演示数据"


@pytest.mark.parametrize("name", SHEETS[1:])
def test_tables_keep_their_header_in_sight_and_can_be_filtered(name: str) -> None:
    sheet = book_of()[name]
    header = next(line[0].row for line in sheet.iter_rows() if line[0].value == "序号")
    assert sheet.print_title_rows == f"$1:${header}"
    assert sheet.freeze_panes in {f"C{header + 1}", f"D{header + 1}"}
    last = get_column_letter(sheet.max_column)
    assert sheet.auto_filter.ref == f"A{header}:{last}{sheet.max_row}"
    assert not [merged for merged in sheet.merged_cells.ranges if merged.max_row >= header]


def test_fonts_are_those_of_official_tables() -> None:
    sheet = book_of()["台账"]
    header = next(line for line in sheet.iter_rows() if line[0].value == "序号")
    assert {cell.font.name for cell in header} == {"黑体"}
    assert {cell.font.name for row in rows_of(sheet) for cell in row.values()} == {"仿宋"}


@pytest.mark.parametrize("name", ["a" * 32, "一/二", "一[1]", "一?"])
def test_a_name_that_excel_refuses_is_refused_here(tmp_path: Path, name: str) -> None:
    columns = (Column("序号", 5),)
    sheet = Sheet(name, columns, (workbook.header_row(columns),))
    at = datetime(2014, 10, 27)
    with pytest.raises(ValueError, match="name of a sheet"):
        write_workbook(tmp_path / "a.xlsx", Book("", "", at, (sheet,)))
    write_workbook(tmp_path / "b.xlsx", Book("", "", at, (dataclasses.replace(sheet, name="台" * 31),)))


def test_a_footer_with_an_ampersand_stays_text(tmp_path: Path) -> None:
    columns = (Column("序号", 5),)
    sheet = Sheet("表", columns, (workbook.header_row(columns), workbook.full_width(Kind.HEADING, "一")))
    at = datetime(2014, 10, 27)
    write_workbook(tmp_path / "a.xlsx", Book("", "", at, (sheet,), foot_left="R&D"))
    with zipfile.ZipFile(tmp_path / "a.xlsx") as archive:
        assert "&amp;LR&amp;&amp;D&amp;C" in archive.read("xl/worksheets/sheet1.xml").decode()


def test_the_file_is_whole_and_every_part_is_well_formed() -> None:
    path = exported().file.path
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        for name in archive.namelist():
            defusedxml.ElementTree.fromstring(archive.read(name))
            assert b"NaN" not in archive.read(name)


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_libreoffice_opens_it_and_prints_every_sheet(tmp_path: Path) -> None:
    path = exported().file.path
    home = f"-env:UserInstallation={(tmp_path / 'office').as_uri()}"
    subprocess.run(
        ["soffice", home, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path), path],
        check=True,
        capture_output=True,
        timeout=120,
    )
    assert (tmp_path / f"{Path(path).stem}.pdf").stat().st_size > 20_000


# --- reading and remarks ----------------------------------------------------------------------------------


def test_rows_are_yielded_without_a_query_of_their_own(django_assert_num_queries: Any) -> None:
    report = reported()
    with django_assert_num_queries(0), translation.override("zh-hans"):
        assert progress_report.progress_report(report).row_count > 100


def test_the_number_of_queries_does_not_grow_with_the_plan(django_assert_max_num_queries: Any) -> None:
    job = asked("xian")
    with django_assert_max_num_queries(29):
        assert len(report_of(job).rows) == 32


def test_the_report_says_when_the_newest_figures_are_not_computed_yet() -> None:
    report = reported()
    assert "正在计算" not in "".join(cover._remarks(report))
    assert "正在计算" in "".join(cover._remarks(dataclasses.replace(report, is_behind=True)))


def test_the_strict_rule_is_named() -> None:
    report = reported()
    assert report.rule
    rule = ProgressRule(number=2, yellow_floor=Decimal("-0.3"), strict=True)
    text = "".join(cover._remarks(dataclasses.replace(report, rule=rule)))
    assert "第2版" in text and "30%" in text and "按严格大于" in text


def test_without_demonstration_data_nothing_is_marked_as_such() -> None:
    report = reported()
    real = dataclasses.replace(
        report, rows=tuple(dataclasses.replace(r, is_sample=False) for r in report.rows)
    )
    real.plan.bureau.is_demo = False
    assert progress_report.progress_report(real).foot_right == ""
    assert progress_report.file_name("武/汉", "2014年上半年", is_sample=False) == (
        "武_汉_2014年上半年工作要点进展台账.xlsx"
    )
