"""A real server on a copy of the sample project, and a real Chromium in front of it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Error, Page, expect, sync_playwright
from servers import TOKEN, RunningServer, copy_of_sample, serving

# As long as a page waits for what it clicks on: on a busy machine nothing else is slower than a browser.
PATIENCE_MS = 20_000
expect.set_options(timeout=PATIENCE_MS)

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
BROWSER_FLAGS = [
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """The sample project, served, with its data loaded."""
    with serving(copy_of_sample(tmp_path_factory.mktemp("sample"))) as server:
        assert server.wait(server.submit("LOAD"))["status"] == "succeeded"
        yield server


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Closed with its module: while Playwright runs, no other test of the process can have an event loop."""
    executable = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    if executable is None:
        problem = f"no browser: install Chromium or Chrome (looked for {', '.join(BROWSERS)})"
        if os.environ.get("TASKDECK_TEST_SKIPS") == "forbidden":
            pytest.fail(problem)
        pytest.skip(problem)
    # Chromium refuses its sandbox to root, and CI machines are root.
    sandbox = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=[*BROWSER_FLAGS, *sandbox])
        yield browser
        browser.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport={"width": 1280, "height": 800}, reduced_motion="reduce")
    context.set_default_timeout(PATIENCE_MS)
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext, sample: RunningServer) -> Iterator[Page]:
    """Logged in on the sample project. What the page complains of in the console fails the test."""
    page = context.new_page()
    with without_complaints(page):
        page.goto(f"{sample.url}/?token={TOKEN}")
        yield page


@contextmanager
def without_complaints(page: Page) -> Iterator[None]:
    """Raises `AssertionError` in the end if the page has written errors into the console meanwhile."""
    complaints: list[str] = []

    def listen(message: ConsoleMessage) -> None:
        # The browser itself notes each answer 4xx, whatever the page makes of it.
        if message.type == "error" and "the server responded with a status of 4" not in message.text:
            complaints.append(message.text)

    def listen_to_errors(error: Error) -> None:
        complaints.append(str(error))

    page.on("console", listen)
    page.on("pageerror", listen_to_errors)
    yield
    page.remove_listener("console", listen)
    page.remove_listener("pageerror", listen_to_errors)
    assert complaints == []
