"""A real browser against the whole running product, on a copy of the test database."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Playwright, expect

from reports.demonstration.structure import PASSWORD
from tests.stack import Broker, CopiedDatabase, Stack

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
ON_PATH = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge"]


def find_browser(playwright: Playwright) -> str | None:
    """E2E_CHROMIUM, else Playwright's own, else the first one on PATH."""
    candidates = [os.environ.get("E2E_CHROMIUM"), playwright.chromium.executable_path]
    candidates += [shutil.which(name) for name in ON_PATH]
    return next((found for found in candidates if found and Path(found).exists()), None)


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """Chromium; without one the browser tests are skipped, or fail where E2E_REQUIRED=1."""
    path = find_browser(playwright)
    if path is None:
        reason = "no Chromium found: install chromium, or name one in E2E_CHROMIUM"
        if os.environ.get("E2E_REQUIRED") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def database(django_db_setup: None) -> Iterator[CopiedDatabase]:
    with CopiedDatabase("e2e") as copy:
        yield copy


@pytest.fixture(scope="session")
def stack(database: CopiedDatabase, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Web server, worker and beat, on a broker that no test beside them writes to."""
    folder = tmp_path_factory.mktemp("stack")
    broker = Broker(folder)
    broker.start()
    with Stack(database, redis_url=broker.url, folder=folder) as running:
        running.worker()
        running.beat()
        running.web()
        yield running
    broker.stop()


@pytest.fixture
def sign_in(browser: Browser, stack: Stack) -> Iterator[Callable[..., Page]]:
    """A new browser window signed in as a demonstration account; fails on any error in the console."""
    contexts, problems = [], []

    def open_window(username: str, *, width: int = 1366, height: int = 768, script: bool = True) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": height}, base_url=stack.url, java_script_enabled=script
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("console", lambda line: problems.append(line.text) if line.type == "error" else None)
        page.goto("/login/")
        page.fill("input[name=username]", username)
        page.fill("input[name=password]", PASSWORD)
        page.click("main button[type=submit]")
        expect(page).not_to_have_url("/login/")
        return page

    yield open_window
    for context in contexts:
        context.close()
    assert [line for line in problems if "status of 40" not in line] == []
