"""From a pasted document to the plan, in a real browser: mostly by keyboard, with a night in between."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from reports.demonstration.structure import PASSWORD
from tests.stack import CopiedDatabase, wait_until

pytestmark = [pytest.mark.e2e, pytest.mark.django_db]

TEXT = """武汉市科技局2016年工作要点
一、主要目标
1、技术合同成交额达到500亿元;
2、新认定高新技术企业300家。
二、重点工作
(一)发展技术市场。技术合同交易额力争达到500亿元。围绕15条产业链开展对接。
(二)培育高新技术企业。牵头单位:高新技术处。做好认定服务工作。
"""
NUMBERS = ".import-text [data-number]"


def paste(page: Page, text: str) -> None:
    page.goto("/imports/")
    page.get_by_label("粘贴全文").fill(text)
    page.get_by_role("button", name="读取文件").click()


def decisions(database: CopiedDatabase, title: str) -> dict[tuple[str, str], object]:
    rows = database.ask(
        "SELECT d.item, d.field, d.value FROM targets_importdecision d "
        "JOIN targets_planimport i ON i.id = d.plan_import_id WHERE i.title = %s",
        title,
    )
    return {(item, field): value for item, field, value in rows}


def choose(page: Page, quote: str, *, nth: int = 0) -> None:
    page.locator(NUMBERS, has_text=quote).nth(nth).click()
    expect(page.locator("#import-panel .import-quote").first).to_contain_text(quote)


def press(page: Page, key: str, then: Callable[[], bool], what: str) -> None:
    page.locator("h1").click()  # the keys are the page's while no field has the focus
    page.keyboard.press(key)
    wait_until(then, seconds=10, what=what)


def serious(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [
        f"{one['id']}: {one['nodes'][0]['html'][:160]}"
        for one in found
        if one["impact"] in {"serious", "critical"}
    ]


def test_from_the_pasted_document_to_the_plan(sign_in: Callable[..., Page], database: CopiedDatabase) -> None:
    title = "武汉市科技局2016年工作要点"
    page = sign_in("wuhan_office")
    paste(page, TEXT)
    expect(page.locator("#import-desk")).to_be_visible(timeout=30_000)
    address = page.url.partition("?")[0]
    assert serious(page) == []

    # A click on a number of the text shows its row and its fields, and the other way round.
    choose(page, "500亿元")
    expect(page.locator("[data-row][aria-current]")).to_contain_text("技术合同成交额")
    page.locator("[data-row] a", has_text="高新技术企业").first.click()
    expect(page.locator(f"{NUMBERS}[aria-current]")).to_contain_text("300家")
    assert serious(page) == []

    # One key accepts, with the lead unit that is proposed; another takes it back.
    press(page, "a", lambda: ("target:T2", "accepted") in decisions(database, title), "accepted by key")
    assert decisions(database, title)["target:T2", "lead"]
    expect(page.locator(".import-progress")).to_contain_text("已确认 1 /")
    press(page, "u", lambda: not decisions(database, title), "taken back by key")
    expect(page.locator(f"{NUMBERS}[aria-current]")).to_contain_text("300家")
    press(page, "a", lambda: ("target:T2", "accepted") in decisions(database, title), "accepted again")

    # The repeat is merged and the first target edited; keys typed into a field stay there.
    choose(page, "500亿元", nth=1)
    press(page, "m", lambda: ("target:T3", "repeat_of") in decisions(database, title), "merged by key")
    choose(page, "500亿元")
    page.keyboard.press("e")
    expect(page.locator("#import-name")).to_be_focused()
    page.keyboard.type("全年技术合同成交额 jaxmu")
    page.locator("#import-lead").select_option("成果与市场处")
    page.locator("[data-edit] button", has_text="保存").click()
    wait_until(
        lambda: decisions(database, title).get(("target:T1", "name")) == "全年技术合同成交额 jaxmu",
        seconds=10,
        what="edited",
    )
    assert decisions(database, title)["target:T1", "lead"] == "成果与市场处"
    assert ("target:T1", "accepted") not in decisions(database, title)

    # The draft is there after a night.
    page.context.clear_cookies()
    page.goto("/login/")
    page.fill("input[name=username]", "wuhan_office")
    page.fill("input[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    page.goto(address)
    expect(page.locator("[data-row]", has_text="jaxmu")).to_be_visible()

    # What is missing leads to its item; then the plan stands.
    page.get_by_role("link", name="去确认").click()
    expect(page.get_by_role("button", name="确认生成计划")).to_have_count(0)
    assert serious(page) == []
    for task in ("发展技术市场", "培育高新技术企业"):
        page.locator(".import-lacks a", has_text=task).click()
        page.locator("#import-lead").select_option("高新技术处")
        page.locator("[data-edit] button", has_text="保存").click()
        expect(page.locator("[data-row][aria-current]")).to_contain_text("高新技术处")
        page.get_by_role("link", name="去确认").click()
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="确认生成计划").click()
    expect(page).to_have_url(re.compile(r"/plans/wuhan/2016/$"))
    expect(page.locator("main")).to_contain_text("全年技术合同成交额 jaxmu")
    expect(page.locator("main")).to_contain_text("培育高新技术企业")


def test_it_works_without_a_script_and_on_a_phone(
    sign_in: Callable[..., Page], database: CopiedDatabase, tmp_path: Path
) -> None:
    title = "武汉市科技局2017年工作要点"
    document = tmp_path / "要点.txt"
    document.write_text(TEXT.replace("2016", "2017"), encoding="gb18030")
    page = sign_in("wuhan_office", width=390, height=844, script=False)
    page.goto("/imports/")
    page.set_input_files("input[type=file]", document)
    page.get_by_role("button", name="读取文件").click()
    wait_until(
        lambda: (
            database.ask("SELECT 1 FROM targets_planimport WHERE title = %s AND stage = 'REVIEW'", title)
            != []
        ),
        seconds=30,
        what="read by the worker",
    )
    page.reload()
    page.locator(NUMBERS, has_text="300家").click()
    page.locator("#import-panel form[data-key=a] button").click()
    expect(page.locator(".import-progress")).to_contain_text("已确认 1 /")
    assert ("target:T2", "accepted") in decisions(database, title)
    page.get_by_role("link", name="数字台账").click()
    expect(page.locator(".import-list")).to_contain_text("15条")
