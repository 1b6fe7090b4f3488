"""The run page, as the analyst and the author use it, in a real Chromium."""

import io
import json
import re
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import expect

LONG = 60_000
AXE = Path(__file__).parents[2] / "frontend/node_modules/axe-core/axe.min.js"


def violations(page):
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
    return [(each["id"], each["nodes"][0]["html"]) for each in found]


def test_a_failure_tells_the_analyst_what_to_do_and_the_author_what_happened(context, page, sample):
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    run_id = sample.submit("QUALITY")
    run = sample.wait(run_id)
    assert run["status"] == "failed"

    page.goto(f"{sample.url}/runs/{run_id}")
    panel = page.get_by_role("region", name="What went wrong")
    expect(panel.get_by_role("heading", name="The task failed")).to_be_visible()
    expect(panel.get_by_text(run["reason"].split("\n")[0]).first).to_be_visible()
    expect(page.get_by_role("region", name="Messages").get_by_role("listitem").last).to_be_visible()

    panel.get_by_text(re.compile("The cell and the 3 before")).click()
    expect(panel.get_by_role("group", name=re.compile("code$"))).to_have_count(4)
    panel.get_by_role("button", name="Copy for the author").click()
    expect(panel.get_by_role("button", name="Copied")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    for part in ("ContradictoryData", "accepted_findings", "Versions:", f"/runs/{run_id}"):
        assert part in copied

    with page.expect_download() as download:
        panel.get_by_role("link", name="Download all to reproduce it").click()
    content = Path(download.value.path()).read_bytes()
    assert "README.md" in zipfile.ZipFile(io.BytesIO(content)).namelist()

    panel.get_by_role("link", name=re.compile("^cell 8")).click()
    expect(page.get_by_role("group", name="Cell 8, failed")).to_be_in_viewport()
    assert violations(page) == []


def test_a_notebook_is_read_as_a_report_and_on_paper_nothing_else_is(page, sample):
    run_id = sample.submit("CURVE", seconds_per_week=0, draws=3000)
    assert sample.wait(run_id)["status"] == "succeeded"
    page.goto(f"{sample.url}/runs/{run_id}?tab=notebook")
    expect(page.get_by_role("group", name="Cell 1: code", exact=True)).to_be_visible()

    page.get_by_role("switch", name="Report view").click()

    expect(page).to_have_url(re.compile("view=report"))
    expect(page.get_by_role("group", name=re.compile("code$"))).to_have_count(0)
    expect(page.locator("main img").first).to_be_visible()
    expect(page.get_by_text("Days in a mean").locator("visible=true").first).to_be_visible()
    assert violations(page) == []

    page.emulate_media(media="print")
    expect(page.get_by_role("link", name="Tasks")).to_be_hidden()
    expect(page.get_by_role("tab", name="Notebook")).to_be_hidden()
    expect(page.locator("main img").first).to_be_visible()


def test_a_run_says_how_long_it_still_takes_and_what_is_slower_once_earlier_ones_tell(page, sample):
    values = {"draws": 3000, "district": "Kampala"}
    earlier = sample.submit("CURVE", **values, seconds_per_week=0.1)
    assert sample.wait(earlier)["status"] == "succeeded"

    run_id = sample.submit("CURVE", **values, seconds_per_week=0.4)
    page.goto(f"{sample.url}/runs/{run_id}?tab=notebook")

    expect(page.get_by_text(re.compile("^(about .* left|almost done|longer than usual.*)$"))).to_be_visible(
        timeout=60_000
    )
    expect(page.get_by_role("progressbar", name="Progress by time")).to_be_visible()
    slower = page.get_by_role("group", name=re.compile("^Cell")).filter(
        has_text=re.compile(r"[2-9]× slower than usual")
    )
    expect(slower).to_have_count(1, timeout=LONG)
    assert sample.wait(run_id)["status"] == "succeeded"
    expect(page.get_by_role("progressbar", name="Progress by time")).to_have_count(0)


def test_what_a_run_published_is_seen_before_it_is_downloaded(page, sample):
    run_id = sample.submit("LOAD")
    assert sample.wait(run_id)["status"] == "succeeded"
    outputs = sample.get(f"/api/runs/{run_id}/outputs")["outputs"]
    table = next(each for each in outputs if each["kind"] == "table")

    page.goto(f"{sample.url}/runs/{run_id}?tab=outputs")

    preview = page.get_by_role("table", name=f"First rows of {table['name']}")
    expect(preview.get_by_role("columnheader")).to_have_text(table["columns"])
    expect(preview.get_by_role("row")).to_have_count(table["rows"] + 1)
    assert violations(page) == []


@pytest.mark.timeout(300)
def test_a_run_is_taken_along_in_every_form_that_is_offered(page, sample):
    run_id = sample.submit("SAMPLE", name="Ada", count=2)
    assert sample.wait(run_id)["status"] == "succeeded"
    page.goto(f"{sample.url}/runs/{run_id}")

    def choose(item):
        page.get_by_role("button", name="Download").click()
        page.get_by_role("menuitem", name=item, exact=True).click()

    def download(item):
        with page.expect_download(timeout=2 * LONG) as started:
            choose(item)
        return started.value.suggested_filename, Path(started.value.path()).read_bytes()

    name, content = download("PDF")
    assert (name.rsplit(".", 1)[1], content[:5]) == ("pdf", b"%PDF-")
    name, content = download("Notebook (.ipynb)")
    assert name.endswith(".ipynb")
    assert json.loads(content)["metadata"]["papermill"]
    _, content = download("Log")
    assert "Ada" in content.decode()
    _, content = download("All to reproduce it (.zip)")
    assert "README.md" in zipfile.ZipFile(io.BytesIO(content)).namelist()

    for item, has_code in (("Web page", False), ("Web page with code", True)):
        with page.expect_popup() as opened:
            choose(item)
        opened.value.wait_for_load_state(timeout=LONG)
        assert ("import " in opened.value.locator("body").inner_text(timeout=LONG)) is has_code
        opened.value.close()


def test_the_cells_of_a_run_are_found_by_their_state_and_their_time(page, sample):
    run_id = sample.submit("CURVE", seconds_per_week=0, draws=500)
    assert sample.wait(run_id)["status"] == "succeeded"
    page.goto(f"{sample.url}/runs/{run_id}?tab=notebook")

    cells = page.get_by_role("navigation", name="Cells")
    last = cells.get_by_role("button").last
    expect(last).to_contain_text(re.compile(r"\d"))
    last.click()
    expect(page.get_by_role("group", name=re.compile("^Cell")).last).to_be_in_viewport()

    page.get_by_role("tab", name="Details").click()
    details = page.get_by_role("tabpanel", name="Details")
    expect(details).to_contain_text("Python")
    expect(details).to_contain_text("Days in a mean")


def test_where_the_server_has_no_browser_a_report_is_printed_by_the_one_it_is_read_in(page, sample):
    page.add_init_script("window.print = () => document.body.setAttribute('data-was-printed', 'yes')")
    page.route("**/api/health", lambda route: route.fulfill(json={**route.fetch().json(), "pdf": False}))
    run_id = sample.submit("CURVE", seconds_per_week=0, draws=500)
    assert sample.wait(run_id)["status"] == "succeeded"
    page.goto(f"{sample.url}/runs/{run_id}")

    page.get_by_role("button", name="Download").click()
    expect(page.get_by_role("menuitem", name="PDF", exact=True)).to_have_count(0)
    page.get_by_role("menuitem", name="Print, or save as PDF").click()

    expect(page.locator("body")).to_have_attribute("data-was-printed", "yes")
    expect(page).to_have_url(re.compile(r"tab=notebook&view=report$"))
    # Nothing in the history asks for it again.
    assert page.evaluate("history.state?.usr ?? null") is None
