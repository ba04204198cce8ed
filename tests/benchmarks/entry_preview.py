"""How long the preview of a changed cell takes in the browser, with 400 figures on the page.

    python3 run.py test -q -s tests/benchmarks/entry_preview.py

Not part of the test run. From the key's event to the frame after the light was put in place, in milliseconds:
what the person waits, the script's own waiting, the request and the painting included.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import browser, database, sign_in, stack
from tests.e2e.figures import more_figures
from tests.e2e.test_entry import open_sheet
from tests.stack import CopiedDatabase

__all__ = ["browser", "database", "open_sheet", "sign_in", "stack"]
pytestmark = [pytest.mark.e2e, pytest.mark.django_db]

FIGURES = 400
KEYS = 200
WATCH = """() => {
  window.times = [];
  document.querySelector("[data-grid]").addEventListener("input", ({ target, timeStamp, isTrusted }) => {
    if (!isTrusted) return;
    const light = target.closest("tr").querySelector("[data-light]");
    const watcher = new MutationObserver(() => {
      watcher.disconnect();
      requestAnimationFrame(() => requestAnimationFrame(() => {
        window.times.push(performance.now() - timeStamp);
      }));
    });
    watcher.observe(light, { childList: true });
  }, true);
}"""


def test_preview_of_a_changed_cell(database: CopiedDatabase, open_sheet: Callable[..., Page]) -> None:
    with more_figures(database, FIGURES - 6):
        page = open_sheet()
        cells = page.locator("[data-column=value]")
        expect(cells).to_have_count(FIGURES, timeout=60_000)
        page.evaluate(WATCH)
        for number in range(KEYS):
            cells.nth((7 * number) % FIGURES).press(str(number % 9 + 1))
            page.wait_for_function(f"() => window.times.length > {number}")
        times = sorted(page.evaluate("() => window.times"))
    share = {
        name: times[min(len(times) - 1, int(len(times) * part))]
        for name, part in (("median", 0.5), ("p95", 0.95), ("most", 1))
    }
    print("\npreview with", FIGURES, "figures, ms:", {name: round(ms, 1) for name, ms in share.items()})
