"""A real browser without network, and what it said of a page."""

from dataclasses import dataclass, field

import psutil
import pytest
from playwright.sync_api import sync_playwright
from sample_results import page as made
from skips import browser as find_browser
from waiting import eventually


@dataclass
class Opened:
    """A page in a browser, what it asked for, and what it complained about."""

    page: object
    requests: list = field(default_factory=list)
    errors: list = field(default_factory=list)


@pytest.fixture(autouse=True)
def nothing_is_left():
    """The browser outlives a test, and starts processes when it likes; all of them end with it."""


@pytest.fixture(scope="module")
def chromium():
    """Ends with the module: its event loop would be in the way of other tests."""
    path = find_browser()
    before = set(psutil.Process().children(recursive=True))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()
    assert eventually(lambda: not set(psutil.Process().children(recursive=True)) - before)


@pytest.fixture
def opened(chromium, tmp_path):
    """Open a page of some results from a file, and wait until its charts are drawn."""
    contexts = []

    def open_page(*results, width=1000, scheme="light", text=None, changes=()):
        path = tmp_path / f"{len(contexts)}.html"
        path.write_text(text or made(results, changes), encoding="utf-8")
        context = chromium.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
        contexts.append(context)
        page = context.new_page()
        found = Opened(page)
        page.on("request", lambda request: found.requests.append(request.url))
        page.on("console", lambda said: found.errors.append(said.text) if said.type in {"error", "warning"} else None)
        page.on("pageerror", lambda error: found.errors.append(str(error)))
        page.goto(path.as_uri())
        charts = page.locator("[data-spec]").count()
        drawn = f"document.querySelectorAll('[data-drawn]').length == {charts}"
        page.wait_for_function(drawn, timeout=60_000)
        return found

    yield open_page
    for context in contexts:
        context.close()
