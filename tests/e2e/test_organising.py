"""Organising a plan in the browser: pages that fit and are accessible, and the acts without any script."""

from __future__ import annotations

import io
import re
from collections.abc import Callable

import openpyxl
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.e2e, pytest.mark.django_db]

PAGES = {
    "wuhan_office": [
        "/plans/wuhan/2014/assignment",
        "/plans/wuhan/2014/allocations",
        "/plans/wuhan/2014/tasks/new",
        "/tags/wuhan/",
    ],
    "secadmin": ["/roles/hand-over/?unit=3"],
}
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.mark.parametrize("width", [1366, 390])
@pytest.mark.parametrize("username", PAGES)
def test_pages_fit_and_are_accessible(sign_in: Callable[..., Page], username: str, width: int) -> None:
    page = sign_in(username, width=width)
    addresses = list(PAGES[username])
    if username == "wuhan_office":
        page.goto("/plans/wuhan/2014/allocations")
        addresses.append(str(page.get_attribute("thead a[href*='/allocations']", "href")))
    for address in addresses:
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address
        found = Axe().run(page).response["violations"]
        assert [one["id"] for one in found if one["impact"] in {"serious", "critical"}] == [], address


def test_units_and_tags_are_assigned_without_any_script(sign_in: Callable[..., Page]) -> None:
    page = sign_in("xian_office", script=False)
    page.goto("/tags/xian/")
    page.fill("#new-tag", "省厅")
    page.click("button[value=add]")
    page.goto("/plans/xian/2014/assignment")
    row = page.locator("tr", has_text="科技管理改革").first
    row.locator("summary").first.click()
    row.get_by_label("科技金融处").check()
    row.locator("summary").last.click()
    row.get_by_label("省厅").check()
    page.click("main form[data-assignment] button")
    expect(page.locator(".messages")).to_contain_text("已修改1项")
    page.goto("/plans/xian/2014/")
    page.select_option("#id_tag", label="省厅")
    page.click("main form button[type=submit]")
    expect(page.locator(".found")).to_contain_text("1")
    expect(page.locator(".entry")).to_have_count(1)


def test_a_matrix_is_uploaded_previewed_and_confirmed_without_any_script(
    sign_in: Callable[..., Page],
) -> None:
    book = openpyxl.Workbook()
    for row in (["区县", "引进高端人才、创新团队"], ["新城区", 6], ["碑林区", "–"], ["合计", 6]):
        book.active.append(row)  # type: ignore[union-attr]
    buffer = io.BytesIO()
    book.save(buffer)
    page = sign_in("xian_office", script=False)
    page.goto("/plans/xian/2014/allocations")
    file = {"name": "分解.xlsx", "mimeType": XLSX, "buffer": buffer.getvalue()}
    page.set_input_files("input[type=file]", files=[file])  # type: ignore[list-item]
    page.click("main form[enctype] button")
    expect(page).to_have_url(re.compile(r"/allocations/\d+/"))
    for _attempt in range(60):
        if page.locator("text=待确认的改动").count() or page.locator("button:has-text('确认')").count():
            break
        page.wait_for_timeout(500)
        page.reload()
    expect(page.locator("main")).to_contain_text("新城区")
    page.click("main form button.button-primary")
    expect(page.locator(".messages")).to_contain_text("已修改2项分解")
    expect(page.locator("main table").first).to_contain_text("新城区")
