"""What somebody sees who has a page open while the server restarts, or the network goes: it recovers by itself."""

import re
import time
from contextlib import ExitStack
from pathlib import Path

import pytest
from factories import make_project
from playwright.sync_api import expect
from servers import TOKEN, serving

LONG = 60_000
COUNTS = (
    "import pathlib, time\n"
    "from taskdeck import sdk\n"
    "number = 0\n"
    "while not pathlib.Path('enough').exists():\n"
    "    number += 1\n"
    "    sdk.log(f'message {number}')\n"
    "    time.sleep(0.2)\n"
)
PARAMETERS = {
    "supportedParameters": {"title": {"title": "Title", "type": "string", "defaultValue": "", "allowOverride": True}}
}


class Restarted:
    """A server that can be stopped and started again at the same address."""

    def __init__(self, project: Path, stack: ExitStack) -> None:
        self.project = project
        self._stack = stack
        self._port = 0
        self.start()

    def start(self, **environment: str) -> None:
        self._running = ExitStack()
        self.server = self._running.enter_context(serving(self.project, port=self._port, **environment))
        self._stack.push(self._running)
        self._port = int(self.server.url.rsplit(":", 1)[1])

    def stop(self) -> None:
        self._running.close()


@pytest.fixture
def restarted(tmp_path):
    files = {"counts.py": COUNTS, "quick.py": "print('fine')"}
    project = make_project(tmp_path / "project", files=files, tasks={"QUICK": PARAMETERS})
    with ExitStack() as stack:
        yield Restarted(project, stack)


@pytest.fixture
def page(context, restarted):
    """Logged in, and without the check of the console: a browser notes there whatever does not answer."""
    page = context.new_page()
    page.goto(f"{restarted.server.url}/?token={TOKEN}")
    return page


def said(page, text):
    """A message in the list; the newest one is told to screen readers besides."""
    return page.get_by_role("region", name="Messages").get_by_text(text, exact=True)


def told(project, run_id):
    """How many messages the task has sent, whoever listens."""
    journal = project / ".taskdeck" / "runs" / str(run_id) / "journal.jsonl"
    return journal.read_text(encoding="utf-8").count('"message ')


def wait_for_more(project, run_id, count):
    deadline = time.monotonic() + 60
    while told(project, run_id) < count:
        assert time.monotonic() < deadline, "the task says nothing more"
        time.sleep(0.05)


def finish(restarted, page, run_id):
    """Lets the task end; the page must show all that it has said, once."""
    (restarted.project / "data_tasks" / "enough").touch()
    expect(page.get_by_text("Succeeded").first).to_be_visible(timeout=LONG)
    texts = [event["text"] for event in restarted.server.events(run_id) if event["type"] == "message"]
    assert texts == [f"message {number}" for number in range(1, len(texts) + 1)]
    expect(page.get_by_role("tab", name="Messages")).to_have_text(re.compile(rf"\D{len(texts)}$"))
    expect(said(page, texts[-1])).to_be_visible()


def test_a_run_page_says_that_the_server_is_away_and_goes_on_with_all_that_was_said_meanwhile(page, restarted):
    run_id = restarted.server.submit("COUNTS")
    page.goto(f"{restarted.server.url}/runs/{run_id}")
    expect(said(page, "message 2")).to_be_visible(timeout=LONG)

    restarted.stop()
    away = page.get_by_role("status").filter(has_text="The server does not answer")
    expect(away).to_be_visible(timeout=LONG)
    wait_for_more(restarted.project, run_id, told(restarted.project, run_id) + 5)
    expect(said(page, "message 2")).to_be_visible()

    restarted.start()
    expect(page.get_by_text("The server does not answer")).to_have_count(0, timeout=LONG)
    finish(restarted, page, run_id)


def test_a_run_page_says_that_the_network_is_gone_and_goes_on_once_it_is_back(page, context, restarted):
    run_id = restarted.server.submit("COUNTS")
    page.goto(f"{restarted.server.url}/runs/{run_id}")
    expect(said(page, "message 2")).to_be_visible(timeout=LONG)

    context.set_offline(True)
    expect(page.get_by_role("status").filter(has_text="You are offline")).to_be_visible(timeout=LONG)
    wait_for_more(restarted.project, run_id, told(restarted.project, run_id) + 5)

    context.set_offline(False)
    expect(page.get_by_text("You are offline")).to_have_count(0, timeout=LONG)
    finish(restarted, page, run_id)


def sign_everybody_out(restarted):
    """As the operator's guide says: another token, and no secret that the old cookies were signed with."""
    restarted.stop()
    (restarted.project / ".taskdeck" / "cookie_secret").unlink()
    restarted.start(TASKDECK_TOKEN="another one")


def log_in(page):
    page.get_by_label("Token").fill("another one")
    page.get_by_role("button", name="Log in").click()


def test_who_was_signed_out_signs_in_and_is_where_she_was(page, restarted):
    page.goto(f"{restarted.server.url}/runs?status=failed&task=QUICK")
    expect(page.get_by_role("heading", name="No run matches")).to_be_visible()
    sign_everybody_out(restarted)

    expect(page.get_by_text("You are signed out").first).to_be_visible(timeout=LONG)
    page.get_by_role("link", name="Sign in").first.click()
    log_in(page)

    expect(page).to_have_url(re.compile(r"/runs\?status=failed&task=QUICK$"))
    expect(page.get_by_role("heading", name="No run matches")).to_be_visible()
    expect(page.get_by_text("You are signed out")).to_have_count(0)


def test_who_is_signed_out_over_a_form_signs_in_beside_it_and_loses_nothing(page, restarted):
    page.goto(f"{restarted.server.url}/tasks/QUICK/run")
    drawer = page.get_by_role("dialog")
    drawer.get_by_role("textbox", name="Title").fill("June")
    sign_everybody_out(restarted)

    drawer.get_by_role("button", name="Run", exact=True).click()
    expect(drawer.get_by_role("link", name="Sign in")).to_be_visible(timeout=LONG)
    with page.expect_popup() as beside:
        drawer.get_by_role("link", name="Sign in").click()
    log_in(beside.value)
    expect(beside.value.get_by_role("dialog")).to_be_visible()
    beside.value.close()
    # The browser says so to whom comes back to a tab; one that is driven by a program has the focus all the time.
    page.evaluate("window.dispatchEvent(new Event('focus'))")

    expect(page.get_by_text("You are signed out. What you see may be old.")).to_have_count(0, timeout=LONG)
    expect(drawer.get_by_role("textbox", name="Title")).to_have_value("June")
    drawer.get_by_role("button", name="Run", exact=True).click()
    page.wait_for_url(re.compile(r"/runs/\d+$"))
    expect(page.get_by_text("Succeeded").first).to_be_visible(timeout=LONG)
