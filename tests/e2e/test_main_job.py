"""The main job from the first page to the last, as the people of Wuhan do it, in a real browser."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.stack import CopiedDatabase, Stack, wait_until

pytestmark = [pytest.mark.e2e, pytest.mark.django_db]


def light_of(database: CopiedDatabase, key: str, month: int) -> tuple[object, ...]:
    rows = database.ask(
        "SELECT light, actual FROM targets_progress p JOIN targets_target t ON t.id = p.target_id "
        "JOIN targets_period d ON d.id = p.period_id "
        "WHERE t.key = %s AND d.month = %s AND p.allocation_id IS NULL",
        key,
        month,
    )
    return rows[0] if rows else (None, None)


def figures_of_the_year(database: CopiedDatabase, *keys: str) -> object:
    ((count,),) = database.ask(
        "SELECT count(*) FROM targets_figure f JOIN targets_period p ON p.id = f.period_id "
        "JOIN targets_target t ON t.id = f.target_id WHERE p.month = 12 AND t.key = ANY(%s)",
        list(keys),
    )
    return count


def tick(desk: Locator, *indicators: str) -> None:
    """Choose the figures of these indicators at a reviewer's desk."""
    for name in indicators:
        line = desk.locator("tr", has=desk.page.get_by_role("link", name=name, exact=True))
        line.get_by_role("checkbox").first.check()


def test_from_starting_the_period_to_the_exported_report(
    sign_in: Callable[..., Page], stack: Stack, database: CopiedDatabase, tmp_path: Path
) -> None:
    office = sign_in("wuhan_office")
    office.goto("/periods/wuhan/2014-12/start/")
    office.get_by_role("button", name="启动填报").click()
    wait_until(
        lambda: light_of(database, "W2", 12)[0] == "GREY", seconds=20, what="the year is not reported yet"
    )

    # The reporter pastes figures as they come and saves, then submits.
    reporter = sign_in("wuhan_reporter")
    reporter.goto("/entry/")
    reporter.get_by_role("link", name="全年").click()
    cells = reporter.locator("input[data-column=value]")
    expect(cells).to_have_count(6)
    cells.nth(1).fill("6,725")
    cells.nth(3).fill("１９９４.92亿元")
    cells.nth(5).fill("约1300")
    reporter.get_by_role("button", name="暂存").click()
    expect(reporter.locator("main")).to_contain_text("约1300")
    expect(reporter.locator(".field-error, .notice-error").first).to_be_visible()
    assert figures_of_the_year(database, "W2", "W4", "W11") == 0, "nothing half applied"
    cells.nth(5).fill("1321")
    reporter.get_by_role("button", name=re.compile("提交")).first.click()
    expect(reporter.locator("main")).to_contain_text("待处室审核")

    # The head of the department returns one and passes the rest.
    reviewer = sign_in("wuhan_reviewer")
    reviewer.goto("/review/")
    desk = reviewer.locator("main form", has_text="2014年全年")
    desk.locator("tr", has_text="高新技术企业总数").get_by_role("checkbox").first.check()
    desk.get_by_placeholder(re.compile("退回")).fill("请附名单")
    desk.get_by_role("button", name=re.compile("退回")).click()
    expect(reviewer.get_by_role("status").first).to_contain_text("退回")
    tick(desk, "高新技术产业产值", "高新技术产业增加值")
    desk.get_by_role("button", name=re.compile("通过")).click()
    expect(reviewer.get_by_role("status").first).to_contain_text("2项")
    reporter.goto("/entry/")
    reporter.get_by_role("link", name="全年").click()
    expect(reporter.locator("main")).to_contain_text("请附名单")

    # The office approves; the dashboard follows within seconds.
    office.goto("/review/")
    desk = office.locator("main form", has_text="2014年全年")
    tick(desk, "高新技术产业产值", "高新技术产业增加值")
    desk.get_by_role("button", name=re.compile("核定")).click()
    wait_until(
        lambda: light_of(database, "W2", 12)[0] == "BLUE", seconds=20, what="progress follows approval"
    )
    assert light_of(database, "W4", 12)[0] == "YELLOW"
    assert light_of(database, "W11", 12)[0] == "GREY"
    leader = sign_in("wuhan_leader", width=390, height=844)
    leader.goto("/dashboard/wuhan/2014-12/")
    expect(leader.locator("main")).to_contain_text("97.8%")
    expect(leader.locator("main")).to_contain_text("基本完成")

    # The office exports the report: the same numbers.
    office.goto("/exports/")
    year = office.locator("select[name=period] option", has_text="全年").get_attribute("value")
    office.locator("select[name=period]").select_option(year)
    office.get_by_role("button", name=re.compile("导出")).first.click()
    download = office.get_by_role("link", name=re.compile("下载"))
    expect(download.first).to_be_visible(timeout=30_000)
    with office.expect_download() as found:
        download.first.click()
    assert found.value.suggested_filename.endswith(".xlsx")
    assert "演示数据" in found.value.suggested_filename
    path = tmp_path / "report.xlsx"
    found.value.save_as(path)
    book = openpyxl.load_workbook(path)
    values = [cell.value for row in book["台账"].iter_rows() for cell in row]
    assert 6725 in values
    assert any("演示数据" in str(value) for value in values)


def choose_nine_months(page: Page) -> None:
    """Where more than one period is open, the page asks which one the file is for."""
    if page.locator("select[name=place]").count():
        place = page.locator("select[name=place] option", has_text="前三季度").get_attribute("value")
        page.locator("select[name=place]").select_option(place)


def test_a_workbook_is_downloaded_filled_in_uploaded_and_confirmed(
    sign_in: Callable[..., Page], database: CopiedDatabase, tmp_path: Path
) -> None:
    page = sign_in("wuhan_reporter_05")  # 条件财务处: W9 of the nine months was never reported
    page.goto("/uploads/")
    with page.expect_download() as found:
        page.get_by_role("link", name=re.compile("前三季度")).first.click()
    blank = tmp_path / "blank.xlsx"
    found.value.save_as(blank)

    book = openpyxl.load_workbook(io.BytesIO(blank.read_bytes()))
    sheet = book["指标"]
    header = next(row for row in sheet.iter_rows() if any(cell.value == "本期累计" for cell in row))
    column = next(cell.column for cell in header if str(cell.value) == "本期累计")
    line = header[0].row + 1
    sheet.cell(line, column).value = "三个"
    wrong = tmp_path / "填错.xlsx"
    book.save(wrong)
    sheet.cell(line, column).value = 3
    right = tmp_path / "填好.xlsx"
    book.save(right)

    choose_nine_months(page)
    page.locator("input[type=file]").set_input_files(wrong)
    page.get_by_role("button", name=re.compile("上传")).first.click()
    expect(page.locator("main")).to_contain_text("三个", timeout=30_000)
    expect(page.locator("main")).to_contain_text("本期累计")

    page.goto("/uploads/")
    choose_nine_months(page)
    page.locator("input[type=file]").set_input_files(right)
    page.get_by_role("button", name=re.compile("上传")).first.click()
    expect(page.get_by_role("button", name=re.compile("确认")).first).to_be_visible(timeout=30_000)
    expect(page.locator("main")).to_contain_text("新增省级以上科技创新平台")
    page.get_by_role("button", name=re.compile("确认")).first.click()
    ((value,),) = database.ask(
        "SELECT f.value FROM targets_figure f JOIN targets_target t ON t.id = f.target_id "
        "JOIN targets_period d ON d.id = f.period_id WHERE t.key = 'W9' AND d.month = 9"
    )
    assert value == 3


def test_two_windows_on_one_cell_show_both_values(sign_in: Callable[..., Page]) -> None:
    first, second = sign_in("xian_reporter_06"), sign_in("xian_reporter_06")
    for window in (first, second):
        window.goto("/entry/")
    note = "input[data-column=value]:not([readonly])"
    first.locator(note).first.fill("71")
    second.locator(note).first.fill("72")
    first.get_by_role("button", name="暂存").click()
    expect(first.locator("main")).to_contain_text("填报中")
    second.get_by_role("button", name="暂存").click()
    expect(second.locator("main")).to_contain_text("71")
    expect(second.locator(note).first).to_have_value("72")


def test_the_entry_page_works_without_script(sign_in: Callable[..., Page], database: CopiedDatabase) -> None:
    page = sign_in("xian_reporter_13", script=False)  # 监察室: one text of the nine months is missing
    page.goto("/entry/")
    page.locator("textarea").first.fill("廉政风险防控制度已印发。")
    page.get_by_role("button", name=re.compile("提交")).first.click()
    expect(page.locator("main")).to_contain_text("待处室审核")
