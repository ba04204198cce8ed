"""The entry sheet in a real browser: keys, pasting, last period's words, leaving unsaved."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.stack import CopiedDatabase

pytestmark = [pytest.mark.e2e, pytest.mark.django_db]

BLOCK = '20.0\t21\t\t"one\nnote"\tbeyond\r\n６７２５\r\n17.3\r\n1,994.92\r\n163\r\n1321\r\nbelow\r\n'
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
    database.ask(
        """
        INSERT INTO targets_period (bureau_id, year, month, started_on, report_due)
        SELECT id, 2014, 12, '2014-12-25', '2015-01-09' FROM accounts_bureau WHERE code = 'wuhan'
        ON CONFLICT (bureau_id, year, month) DO UPDATE SET started_on = '2014-12-25'
        """
    )

    def opened(*, script: bool = True) -> Page:
        page = sign_in("wuhan_reporter", script=script)
        page.goto("/entry/")
        page.get_by_role("link", name="全年").click()
        return page

    yield opened
    database.ask("UPDATE targets_period SET started_on = NULL WHERE year = 2014 AND month = 12")


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


def test_a_block_is_pasted_and_what_fell_outside_is_counted(open_sheet: Callable[..., Page]) -> None:
    page = open_sheet()
    values = page.locator("[data-column=value]")
    values.nth(0).focus()
    page.evaluate(PASTE, BLOCK)
    typed = [values.nth(index).input_value() for index in range(6)]
    assert typed == ["20.0", "６７２５", "17.3", "1,994.92", "163", "1321"]
    assert page.locator("[data-column=forecast]").nth(0).input_value() == "21"
    assert page.locator("[data-column=note]").nth(0).input_value() == "one note"
    assert "2" in page.locator("[data-told]").inner_text()


def test_last_periods_words_are_copied_where_blank_and_leaving_warns(
    open_sheet: Callable[..., Page],
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


def test_without_a_script_enter_saves_a_draft(open_sheet: Callable[..., Page]) -> None:
    page = open_sheet(script=False)
    cell = page.locator("[data-column=value]").first
    cell.fill("20.0")
    cell.press("Enter")
    expect(page.locator(".notice-success")).to_be_visible()
    assert page.locator("[data-column=value]").first.input_value() == "20.0"
