"""A unit's whole period on one page: six numbers, four texts taken over and edited, then submitted."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.test_entry import open_sheet
from tests.e2e.test_import import serious
from tests.stack import CopiedDatabase

__all__ = ["open_sheet"]
pytestmark = [pytest.mark.e2e, pytest.mark.django_db]

NUMBERS = ["20.0", "6725", "17.3", "1994.92", "163", "1321"]


def test_six_numbers_and_four_texts_without_leaving_the_page(
    open_sheet: Callable[..., Page], database: CopiedDatabase
) -> None:
    page = open_sheet()
    addresses: list[str] = []
    page.on("framenavigated", lambda frame: addresses.append(frame.url))
    page.locator("[data-column=value]").first.focus()
    for number in NUMBERS:
        page.keyboard.type(number)
        page.keyboard.press("Enter")

    # Last period's words beside each field come over in one act, and are then edited.
    texts = page.locator(".entry-text", has=page.get_by_label("沿用上期"))
    assert texts.count() >= 4
    for index in range(4):
        text = texts.nth(index)
        if text.evaluate("one => one.tagName === 'DETAILS' && !one.open"):
            text.locator("summary").click()
        text.get_by_label("沿用上期").click()
        first = text.locator("textarea").first
        taken = first.input_value()
        assert taken.strip()
        first.press("Control+End")
        first.type("四季度继续推进。")
        assert first.input_value() == taken + "四季度继续推进。"
    assert serious(page) == []
    assert addresses == []
    page.get_by_role("button", name="提交已填内容").click()
    expect(page.locator("main")).to_contain_text("待处室审核")
    assert {address.partition("?")[0] for address in addresses} == {page.url.partition("?")[0]}
    rows = database.ask(
        "SELECT count(*) FROM targets_narrative n JOIN targets_period p ON p.id = n.period_id "
        "WHERE p.month = 12 AND n.state = 'SUBMITTED' AND n.progress LIKE %s",
        "%四季度继续推进。",
    )
    assert rows == [(4,)]
