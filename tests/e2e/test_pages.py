"""Every page of every role: no sideways scrolling, nothing serious for axe, no request elsewhere."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.stack import Stack

pytestmark = [pytest.mark.e2e, pytest.mark.django_db]

HOME = ["wuhan_reporter", "wuhan_reviewer", "wuhan_office", "wuhan_leader", "observer", "sysadmin", "secadmin", "auditor"]  # fmt: skip  # noqa: E501


CHECKED: set[str] = set()  # axe takes a second a page: each kind of page once, home pages for each role


def kind_of(address: str) -> str:
    """The address without its numbers and its query: /targets/#/."""
    return "".join("#" if letter.isdigit() else letter for letter in address.partition("?")[0])


def links_of(page: Page) -> list[str]:
    """The pages that the navigation and the main part of this page lead to, one of each kind."""
    found: dict[str, str] = {}
    for link in page.eval_on_selector_all("a[href^='/']", "links => links.map(a => a.getAttribute('href'))"):
        kind = kind_of(link)
        if "workbook" not in link and "download" not in link and not link.startswith("/static/"):
            found.setdefault(kind, link.partition("#")[0])
    return list(found.values())


@pytest.mark.parametrize("width", [1366, 390])
@pytest.mark.parametrize("username", HOME)
def test_pages_fit_and_are_accessible(sign_in: Callable[..., Page], username: str, width: int) -> None:
    page = sign_in(username, width=width)
    addresses = ["/", *links_of(page)]
    assert len(addresses) >= 2
    wide, findings = {}, {}
    for address in addresses:
        answer = page.goto(address)
        assert answer is not None and answer.status == 200, address
        if page.evaluate("document.documentElement.scrollWidth") > width:
            wide[address] = page.evaluate("document.documentElement.scrollWidth")
        kind = username if address == "/" else kind_of(address)
        if width == 1366 and kind not in CHECKED:
            CHECKED.add(kind)
            serious = [
                f"{found['id']}: {found['nodes'][0]['html'][:120]}"
                for found in Axe().run(page).response["violations"]
                if found["impact"] in {"serious", "critical"}
            ]
            if serious:
                findings[address] = serious
    assert wide == {}
    assert findings == {}


def test_nothing_is_asked_from_elsewhere(sign_in: Callable[..., Page], stack: Stack) -> None:
    page = sign_in("wuhan_leader")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto("/")
    assert asked
    assert [url for url in asked if not url.startswith((stack.url, "data:"))] == []


def test_a_leader_reaches_the_sentence_behind_a_red_light_in_two_clicks(sign_in: Callable[..., Page]) -> None:
    page = sign_in("wuhan_leader", width=390, height=844)
    page.click("main a:has-text('高新技术产业增加值增幅')")
    assert "增幅20%以上" in page.inner_text("main")
    page.go_back()
    page.click("main a[href*='/document'] >> nth=1")
    assert "2、高新技术产业增加值增幅" in page.inner_text("main")
