"""Who has reported, reminding and exceptions in a real browser, with and without scripts."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from accounts.models import Unit
from targets.models import Period

pytestmark = [pytest.mark.e2e, pytest.mark.django_db]

SignIn = Callable[..., Page]


def serious(page: Page) -> list[str]:
    """What axe finds serious or critical on the page."""
    found = Axe().run(page).response["violations"]
    return [one["id"] for one in found if one["impact"] in {"serious", "critical"}]


def test_from_a_cell_of_the_matrix_to_the_sheet_and_back_to_a_reminder(sign_in: SignIn) -> None:
    page = sign_in("wuhan_office")
    page.goto("/reporting/wuhan/")
    row = page.locator("tr", has=page.locator("th", has_text="条件财务处"))
    expect(row).to_contain_text("已催报2次")
    row.locator("a").last.click()
    expect(page.locator("h1")).to_contain_text("条件财务处")
    page.goto("/periods/wuhan/2014-9/reminders/")
    assert serious(page) == []
    page.click("button[data-copy]")
    expect(page.locator("button[data-copy]")).to_have_text("已复制")
    chosen = page.locator("input[name=units]")
    for number in range(chosen.count()):
        chosen.nth(number).uncheck()
    page.locator("tr", has_text="创业服务处").locator("input[name=units]").check()
    page.fill("textarea[name=note]", "请今日报送")
    page.click("main form .button-primary")
    expect(page.locator("tr", has_text="创业服务处")).to_contain_text("已催报1次")


def test_an_exception_goes_its_way_without_scripts(sign_in: SignIn) -> None:
    unit = Unit.objects.get(bureau__code="wuhan", name="成果与市场处")
    period = Period.objects.get(bureau=unit.bureau, month=6)
    sheet = f"/entry/{period.pk}/{unit.pk}/"
    reporter = sign_in("wuhan_reporter_08", script=False)
    reporter.goto(sheet)
    expect(reporter.locator("button[value=submit]")).to_have_count(0)
    reporter.click("main a[href$='/exception']")
    reporter.fill("textarea[name=reason]", "登记机构修订了上半年成交额")
    reporter.click("main form .button-primary")
    expect(reporter.locator("main")).to_contain_text("正在等待办公室答复")
    office = sign_in("wuhan_office", script=False)
    office.goto("/periods/wuhan/exceptions/")
    office.locator("tr", has_text="成果与市场处").locator("a").click()
    office.click("button[value=grant]")
    reporter.goto(sheet)
    expect(reporter.locator("main")).to_contain_text("办公室已同意补报本期")
    expect(reporter.locator("button[value=save]").first).to_be_visible()


def test_the_pages_of_an_exception_are_accessible_and_fit_a_phone(sign_in: SignIn) -> None:
    unit = Unit.objects.get(bureau__code="wuhan", name="高新技术处")
    period = Period.objects.get(bureau=unit.bureau, month=6)
    page = sign_in("wuhan_reporter", width=390)
    page.goto(f"/entry/{period.pk}/{unit.pk}/exception")
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    assert serious(page) == []
    page.fill("textarea[name=reason]", "补报")
    page.click("main form .button-primary")
    page.click("main a[href^='/exceptions/']")
    assert serious(page) == []
    office = sign_in("wuhan_office", width=390)
    office.goto("/periods/wuhan/exceptions/")
    assert office.evaluate("document.documentElement.scrollWidth") == 390
    office.locator("tr", has_text="高新技术处").locator("a").click()
    assert serious(office) == []
