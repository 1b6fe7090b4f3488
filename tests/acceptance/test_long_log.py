"""A log that no page can hold, in a real Chromium."""

import re
from pathlib import Path

import pytest
from factories import make_project
from playwright.sync_api import expect
from servers import TOKEN, serving

LINES = 45_000
TALKS = f"""
from taskdeck import sdk
for number in range(1, {LINES} + 1):
    sdk.log(f"needle {{number}}" if number % 20_000 == 0 else f"row {{number}}")
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    project: Path = make_project(tmp_path_factory.mktemp("long"), files={"talks.py": TALKS})
    with serving(project) as running:
        yield running


def test_a_long_log_opens_at_its_end_is_read_backwards_and_searched(context, server):
    run_id = server.submit("TALKS")
    assert server.wait(run_id)["status"] == "succeeded"
    page = context.new_page()
    page.goto(f"{server.url}/?token={TOKEN}")
    page.goto(f"{server.url}/runs/{run_id}")
    expect(page.get_by_text(re.compile("earlier messages and pieces of printed text are left out"))).to_be_visible()

    page.get_by_role("tab", name=re.compile("Log")).click()
    log = page.get_by_role("region", name=re.compile("^Log"))
    expect(log.get_by_text(f"row {LINES}", exact=True)).to_be_visible()
    expect(log.get_by_text("succeeded", exact=True)).to_be_visible()

    # Each page that comes lets the reader scroll further up.
    log.hover()
    for _ in range(200):
        page.mouse.wheel(0, -4000)
        if log.get_by_text(re.compile(r"^row 43\d\d\d$")).count():
            break
        page.wait_for_timeout(20)
    expect(log.get_by_text(re.compile(r"^row 43\d\d\d$")).first).to_be_visible()

    page.get_by_role("searchbox", name="Find in the log").fill("NEEDLE")
    expect(page.get_by_text("1 of 2", exact=True)).to_be_visible()
    expect(log.get_by_text("needle 20000", exact=True)).to_be_visible()
    page.get_by_role("button", name="Next hit").click()
    expect(log.get_by_text("needle 40000", exact=True)).to_be_visible()

    page.get_by_role("button", name="First lines").click()
    expect(log.get_by_text("row 1", exact=True)).to_be_visible()
    page.goto(f"{server.url}/runs/{run_id}?tab=log&line=12345")
    expect(log.get_by_text("row 12345", exact=True)).to_be_visible()
    page.close()
