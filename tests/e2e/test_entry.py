"""The entry sheet in a real browser: keys, pasting, last period's words, leaving unsaved."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Page, expect

from tests.e2e.figures import more_figures
from tests.e2e.test_import import serious
from tests.stack import CopiedDatabase, wait_until

pytestmark = [pytest.mark.e2e, pytest.mark.django_db]

COUNT_KEYS = """() => {
  window.keys = 0;
  document.addEventListener("keydown", () => { window.keys += 1; }, true);
}"""
BLOCK = '20.0\t21\t核定\t"one\nnote"\tbeyond\r\n６７２５\r\n17.3\r\n\r\n163\r\n1321\r\nbelow\r\n'
PASTE = """text => {
  const data = new DataTransfer();
  data.setData("text/plain", text);
  const event = new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true });
  document.activeElement.dispatchEvent(event);
}"""
PLACE = "() => `${document.activeElement.closest('tr').id} ${document.activeElement.dataset.column}`"


@pytest.fixture
def open_sheet(database: CopiedDatabase, sign_in: Callable[..., Page]) -> Iterator[Callable[..., Page]]:
    """The blank sheet of 高新技术处 in a period of its own, which is gone for the other tests."""
    clear_year(database)
    database.ask(
        """
        INSERT INTO targets_period (bureau_id, year, month, started_on, report_due)
        SELECT id, 2014, 12, '2014-12-25', '2015-01-09' FROM accounts_bureau WHERE code = 'wuhan'
        ON CONFLICT (bureau_id, year, month) DO UPDATE SET started_on = '2014-12-25'
        """
    )

    def opened(*, username: str = "wuhan_reporter", unit: str | None = None, script: bool = True) -> Page:
        page = sign_in(username, script=script)
        page.goto("/entry/")
        if unit is not None:
            page.locator("main").get_by_role("link", name=unit or "全局指标填报").first.click()
        page.get_by_role("link", name="全年").click()
        return page

    yield opened
    database.ask("UPDATE targets_period SET started_on = NULL WHERE year = 2014 AND month = 12")


def clear_year(database: CopiedDatabase) -> None:
    """Forget what another test reported of the year; only the tests' database owner can do that."""
    period = "(SELECT id FROM targets_period WHERE year = 2014 AND month = 12)"
    figures = f"(SELECT id FROM targets_figure WHERE period_id IN {period})"
    texts = f"(SELECT id FROM targets_narrative WHERE period_id IN {period})"
    database.ask(
        f"""
        SET session_replication_role = replica;
        DELETE FROM targets_entrydraft;
        DELETE FROM targets_figurewarning WHERE figure_id IN {figures};
        DELETE FROM targets_figureversion WHERE figure_id IN {figures};
        DELETE FROM targets_nodereport WHERE narrative_id IN {texts};
        DELETE FROM targets_narrativeversion WHERE narrative_id IN {texts};
        DELETE FROM targets_decision WHERE figure_id IN {figures} OR narrative_id IN {texts};
        UPDATE targets_milestone SET done_in_id = NULL WHERE done_in_id IN {texts};
        DELETE FROM targets_evidence WHERE figure_id IN {figures} OR narrative_id IN {texts};
        DELETE FROM targets_figure WHERE period_id IN {period};
        DELETE FROM targets_narrative WHERE period_id IN {period};
        """
    )


def drafts(database: CopiedDatabase) -> list[tuple[object, ...]]:
    return database.ask("SELECT row FROM targets_entrydraft")


def values(database: CopiedDatabase, key: str) -> list[object]:
    """What is stored of a figure of the year."""
    rows = database.ask(
        "SELECT f.value FROM targets_figure f JOIN targets_target t ON t.id = f.target_id "
        "JOIN targets_period p ON p.id = f.period_id "
        "WHERE t.key = %s AND p.month = 12 AND f.allocation_id IS NULL",
        key,
    )
    return [value for (value,) in rows]


def test_keys_move_as_in_a_spreadsheet(open_sheet: Callable[..., Page]) -> None:
    page = open_sheet()
    cells = page.locator("[data-column=value]")
    rows = [cells.nth(index).evaluate("cell => cell.closest('tr').id") for index in range(3)]
    cells.nth(0).focus()
    moves = [
        ("Enter", rows[1], "value"),
        ("ArrowDown", rows[2], "value"),
        ("Shift+Enter", rows[1], "value"),
        ("ArrowUp", rows[0], "value"),
        ("ArrowRight", rows[0], "forecast"),
        ("ArrowRight", rows[0], "nature"),
        ("ArrowRight", rows[0], "note"),
        ("ArrowLeft", rows[0], "nature"),
        ("ArrowLeft", rows[0], "forecast"),
    ]
    for key, row, column in moves:
        page.keyboard.press(key)
        assert page.evaluate(PLACE) == f"{row} {column}", key
    cells.nth(0).fill("12")
    cells.nth(0).press("ArrowLeft")
    assert page.evaluate(PLACE) == f"{rows[0]} value"  # inside the number, not at its edge
    page.evaluate(
        "() => document.activeElement.dispatchEvent(new KeyboardEvent("
        "'keydown', {key: 'Enter', isComposing: true, bubbles: true}))"
    )
    assert page.evaluate(PLACE) == f"{rows[0]} value"  # an input method is composing
    page.keyboard.press("Enter")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("99")
    page.keyboard.press("Escape")
    assert cells.nth(0).input_value() == "12"  # what stood there when the cell was entered


def test_forty_figures_by_keyboard_take_one_key_more_than_their_digits(
    database: CopiedDatabase, open_sheet: Callable[..., Page]
) -> None:
    with more_figures(database, 40 - 6):
        page = open_sheet()
        cells = page.locator("[data-column=value]")
        expect(cells).to_have_count(40)
        cells.nth(0).focus()
        page.evaluate(COUNT_KEYS)
        numbers = [str(1000 + 7 * index) for index in range(40)]
        for number in numbers:
            page.keyboard.type(number)
            page.keyboard.press("Enter")
        assert page.evaluate("() => window.keys") <= 40 * (4 + 1)
        assert [cells.nth(index).input_value() for index in range(40)] == numbers


def test_the_other_number_and_the_light_follow_as_one_types(open_sheet: Callable[..., Page]) -> None:
    page = open_sheet()
    single = page.locator("[data-column=single]").first
    row = page.locator("tr[id]", has=single).first
    single.press_sequentially("1965")
    expect(row.locator("[data-column=value]")).to_have_value("6725.0")
    expect(row.locator("[data-light]")).to_contain_text("已完成")
    row.locator("[data-column=value]").fill("67000000万元")
    expect(row.locator("[data-light]")).to_contain_text("基本完成")
    expect(single).to_have_value("1940.0")
    expect(page.locator("[data-live]", has_text="6,700亿元")).to_be_visible()


def test_a_block_is_pasted_counted_and_taken_back(open_sheet: Callable[..., Page]) -> None:
    page = open_sheet()
    values = page.locator("[data-column=value]")
    values.nth(3).fill("5")
    values.nth(0).focus()
    page.evaluate(PASTE, BLOCK)
    typed = [values.nth(index).input_value() for index in range(6)]
    assert typed == ["20.0", "６７２５", "17.3", "5", "163", "1321"]  # a blank cell erases nothing
    assert page.locator("[data-column=forecast]").nth(0).input_value() == "21"
    assert page.locator("[data-column=nature]").nth(0).evaluate("one => one.value") == "VERIFIED"
    assert page.locator("[data-column=note]").nth(0).input_value() == "one note"
    told = page.locator("[data-told]")
    assert told.get_attribute("role") == "status"
    expect(told).to_contain_text("已粘贴8格。未改动：空白1格，只读0格，超出表格2格")
    expect(page.locator("[data-live]", has_text="6,725")).to_have_count(0)
    page.get_by_role("button", name="撤销粘贴").click()
    assert [values.nth(index).input_value() for index in range(6)] == ["", "", "", "5", "", ""]
    values.nth(0).focus()
    page.evaluate(PASTE, BLOCK)
    page.keyboard.press("Control+z")
    assert values.nth(0).input_value() == ""


def test_an_unknown_nature_is_counted_as_not_understood(open_sheet: Callable[..., Page]) -> None:
    page = open_sheet()
    page.locator("[data-column=value]").nth(0).focus()
    page.evaluate(PASTE, "20\t21\t临时\t注")
    expect(page.locator("[data-told]")).to_contain_text(
        "已粘贴3格。未改动：空白0格，只读0格，超出表格0格，无法识别1格"
    )


def test_both_numbers_of_a_flow_are_pasted_and_a_contradiction_is_said(
    open_sheet: Callable[..., Page],
) -> None:
    page = open_sheet()
    single = page.locator("[data-column=single]").first
    row = page.locator("tr[id]", has=single).first
    single.focus()
    page.evaluate(PASTE, "1,965\t6,725\r\n")
    expect(row.locator("[data-light]")).to_contain_text("已完成")
    page.evaluate(PASTE, "1,000\t6,725\r\n")
    expect(page.locator("[data-live]", has_text="相互矛盾")).to_be_visible()


def test_last_periods_words_are_copied_where_blank_and_leaving_warns(
    database: CopiedDatabase, open_sheet: Callable[..., Page]
) -> None:
    page = open_sheet()
    task = page.locator(".entry-text").first
    parts = task.locator("textarea")
    parts.nth(0).fill("自己的进展")
    task.locator("[name$=-take]").click()
    assert parts.nth(0).input_value() == "自己的进展"
    assert parts.nth(2).input_value() == task.locator("[data-last$=next_step]").inner_text()
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.goto("/")
    assert asked == ["beforeunload"]
    wait_until(lambda: drafts(database) != [], seconds=10, what="kept while leaving")


def test_what_is_typed_is_there_in_another_browser_and_leaving_is_free_then(
    database: CopiedDatabase, open_sheet: Callable[..., Page]
) -> None:
    page = open_sheet()
    page.locator("[data-column=value]").nth(2).press_sequentially("17.3")
    page.locator(".entry-text textarea").first.press_sequentially("写到一半")
    expect(page.locator("[data-saved]")).to_contain_text("已自动保留草稿")
    wait_until(lambda: len(drafts(database)) == 2, seconds=10, what="both rows are kept")
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.goto("/")
    assert asked == []
    again = open_sheet()
    assert again.locator("[data-column=value]").nth(2).input_value() == "17.3"
    assert again.locator(".entry-text textarea").first.input_value() == "写到一半"
    assert serious(again) == []
    again.on("dialog", lambda dialog: dialog.accept())
    again.get_by_role("button", name="放弃这些内容").click()
    expect(again.locator("[data-column=value]").nth(2)).to_have_value("")
    assert drafts(database) == []


def test_without_a_connection_nothing_is_lost_and_leaving_warns(open_sheet: Callable[..., Page]) -> None:
    page = open_sheet()
    page.route("**/draft", lambda route: route.fulfill(status=404))
    page.locator("[data-column=value]").nth(2).fill("17.3")
    expect(page.locator("[data-saved]")).to_contain_text("网络不通")
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.goto("/")
    assert asked == ["beforeunload"]


def test_a_second_browser_sees_both_values_and_chooses(
    database: CopiedDatabase, open_sheet: Callable[..., Page]
) -> None:
    first, second = open_sheet(), open_sheet(username="wuhan_office", unit="高新技术处")
    first.locator("[data-column=value]").nth(4).fill("163")
    expect(first.locator("[data-saved]")).to_contain_text("已自动保留草稿")
    second.locator("[data-column=value]").nth(4).fill("164")
    box = second.locator("[data-conflict]", has_text="填报人(高新技术处)")
    expect(box).to_contain_text("163")
    expect(box).to_contain_text("164")
    first.get_by_role("button", name="暂存").click()
    expect(first.locator(".notice-success")).to_be_visible()
    second.get_by_role("button", name="暂存").click()
    expect(box).to_contain_text("163")
    assert values(database, "W10") == [163]
    second.get_by_label("保留已存的内容").check()
    second.get_by_role("button", name="暂存").click()
    expect(second.locator(".said-conflict")).to_have_count(0)
    assert values(database, "W10") == [163]
    assert second.locator("[data-column=value]").nth(4).input_value() == "163"


def test_the_office_enters_for_all_units_on_one_page(
    database: CopiedDatabase, open_sheet: Callable[..., Page]
) -> None:
    page = open_sheet(username="wuhan_office", unit="")
    assert serious(page) == []
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    row = page.locator("tr[id]", has_text="技术合同成交额").first
    row.locator("[data-column=value]").fill("342.89")
    expect(row.locator("[data-light]")).to_contain_text("已完成")
    page.get_by_role("button", name="暂存").click()
    expect(page.locator(".notice-success")).to_be_visible()
    assert [str(value) for value in values(database, "W6")] == ["342.890000"]


def test_without_a_script_enter_saves_a_draft(open_sheet: Callable[..., Page]) -> None:
    page = open_sheet(script=False)
    cell = page.locator("[data-column=value]").first
    cell.fill("20.0")
    cell.press("Enter")
    expect(page.locator(".notice-success")).to_be_visible()
    assert page.locator("[data-column=value]").first.input_value() == "20.0"


def test_without_a_script_enter_never_submits_or_throws_away(
    database: CopiedDatabase, open_sheet: Callable[..., Page]
) -> None:
    typing = open_sheet()
    typing.locator("[data-column=value]").nth(2).fill("17.3")
    expect(typing.locator("[data-saved]")).to_contain_text("已自动保留草稿")
    page = open_sheet(script=False)
    page.goto(page.url + "?missing")
    expect(page.get_by_role("button", name="放弃这些内容")).to_be_visible()
    cell = page.locator("[data-column=value]").nth(0)
    cell.fill("20.0")
    cell.press("Enter")
    expect(page.locator(".notice-success")).to_contain_text("已暂存2项")
    assert [str(value) for value in values(database, "W3")] == ["17.300000"]


def test_the_list_behind_a_count_is_attached_and_compared(
    open_sheet: Callable[..., Page], tmp_path: Path
) -> None:
    book = openpyxl.Workbook()
    for row in (["序号", "企业名称"], [1, "示例企业甲"], [2, "示例企业乙"]):
        book.active.append(row)
    book.save(tmp_path / "新认定企业名单.xlsx")
    page = open_sheet()
    row = page.locator("tr[id]", has_text="新认定高新技术企业")
    row.locator("[data-column=value]").fill("3")
    page.get_by_role("button", name="暂存").click()
    row.get_by_role("link", name="佐证材料").click()
    page.set_input_files("input[type=file]", tmp_path / "新认定企业名单.xlsx")
    page.get_by_label("这是该数据的名单").check()
    page.get_by_role("button", name="上传材料").click()
    expect(page.locator(".evidence-list")).to_contain_text("名单2行")
    assert serious(page) == []
    page.get_by_role("link", name="返回填报表").click()
    warning = page.locator(".said-warning", has_text="新认定企业名单.xlsx")
    expect(warning).to_contain_text("共2行，填报数为3家")
    warning.get_by_role("textbox").fill("1家待公示")
    page.get_by_role("button", name="暂存").click()
    expect(warning.get_by_role("textbox")).to_have_value("1家待公示")
