"""An adjustment from the office's desk to the leader's phone and back to the page of the target."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.e2e.test_main_job import light_of
from tests.stack import CopiedDatabase, wait_until

pytestmark = [pytest.mark.e2e, pytest.mark.django_db]
WIDTH = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


def target_of(database: CopiedDatabase, key: str) -> int:
    ((pk,),) = database.ask("SELECT id FROM targets_target WHERE key = %s", key)
    return int(pk)  # type: ignore[call-overload]


def serious(page: Page) -> list[str]:
    """What axe finds on the page that keeps somebody from using it."""
    found = Axe().run(page).response["violations"]
    return [one["id"] for one in found if one["impact"] in {"serious", "critical"}]


@pytest.mark.parametrize("script", [True, False])
def test_the_office_proposes_and_a_leader_agrees_on_a_phone(
    sign_in: Callable[..., Page], database: CopiedDatabase, script: bool
) -> None:
    """Raised with scripts, lowered without (every step is a link or a form), whichever comes first."""
    value, light = ("150", "YELLOW") if script else ("100", "GREEN")
    address = f"/targets/{target_of(database, 'W7')}/"
    office = sign_in("wuhan_office", script=script)
    office.goto(f"{address}?period=2014-09")
    office.get_by_role("link", name="提出调整").click()
    office.get_by_role("link", name="前三季度").click()
    if script:
        assert office.evaluate(WIDTH) <= 0
        assert serious(office) == []
    office.get_by_label("目标值").fill(value)
    office.get_by_label("批准文号").fill("武科〔2014〕88号")
    office.get_by_label("理由").fill("统计口径调整")
    office.get_by_role("button", name="提交审定").click()
    if script:
        expect(office.get_by_role("alert")).to_contain_text("请确认序时")
        office.get_by_label("已核对序时").check()
        office.get_by_role("button", name="提交审定").click()
    expect(office.locator("main")).to_contain_text("等待局领导审定")

    phone = sign_in("wuhan_leader", width=390, height=800, script=script)
    phone.goto("/")
    expect(phone.locator("main")).to_contain_text("待您审定")
    if script:
        assert phone.evaluate(WIDTH) <= 0
        assert serious(phone) == []
    phone.get_by_role("link", name="去审定").first.click()
    expect(phone.locator("main")).to_contain_text(f"{value}万平方米")
    if script:
        assert phone.evaluate(WIDTH) <= 0
        assert serious(phone) == []
    phone.get_by_label("我已核对").check()
    phone.get_by_role("button", name="同意", exact=True).click()
    expect(phone.locator("main")).to_contain_text("已保存您的决定")

    def judged() -> bool:
        ((stored,),) = database.ask(
            "SELECT p.target_value FROM targets_progress p JOIN targets_target t ON t.id = p.target_id "
            "JOIN targets_period d ON d.id = p.period_id WHERE t.key = 'W7' AND d.month = 9 "
            "AND p.allocation_id IS NULL"
        )
        return bool(stored == int(value))

    wait_until(judged, seconds=20, what="the nine months are judged by the adjusted target")
    office.goto(f"{address}?period=2014-09")
    expect(office.locator("main")).to_contain_text("武科〔2014〕88号")
    expect(office.locator("main")).to_contain_text("目标已调整")
    assert light_of(database, "W7", 9)[0] == light
