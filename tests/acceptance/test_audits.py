"""Every screen, in both colours, on a laptop and on a phone: for everybody to use, whole, and still while data come.

A new screen gets a line in one of the tables.
"""

import re
from pathlib import Path

import pytest
from factories import make_project
from playwright.sync_api import expect
from servers import TOKEN, serving

from .conftest import PATIENCE_MS, without_complaints

AXE = Path(__file__).parents[2] / "frontend/node_modules/axe-core/axe.min.js"
WIDTHS = (1366, 390)
RULES_OF_COLOUR = ["color-contrast", "link-in-text-block"]
MOST_SHIFT = 0.02
"""Of the page's layout while its data arrive, as browsers count it."""

SAMPLE_SCREENS = {
    "tasks": "/tasks",
    "task": "/tasks/CURVE",
    "parameters": "/tasks/CURVE/parameters",
    "documentation": "/tasks/CURVE/documentation",
    "source": "/tasks/CURVE/source",
    "check": "/tasks/CURVE/check",
    "run form": "/tasks/CURVE/run",
    "required values": "/tasks/REPORT/run",
    "runs": "/runs",
    "filtered runs": "/runs?status=failed",
    "runs with columns": "/runs?task=CURVE&column=district",
    "comparison": "/runs/compare?a={run}&b={failed}&all=1",
    "messages": "/runs/{run}",
    "notebook": "/runs/{run}?tab=notebook",
    "log": "/runs/{run}?tab=log",
    "outputs": "/runs/{run}?tab=outputs",
    "details": "/runs/{run}?tab=details",
    "failed": "/runs/{failed}",
    "connections": "/connections",
    "connection": "/connections/ANA",
    "configuration": "/configuration",
    "a change of the configuration": "/configuration/upload",
    "settings": "/settings",
    "no such run": "/runs/99999",
    "nothing": "/nowhere",
}
VERSION_SCREENS = {
    "history": "/configuration",
    "version": "/configuration/{changed}",
    "version that removes": "/configuration/{removed}",
    "roll-back": "/configuration/1/rollback",
    "back to the directory": "/configuration/live",
    "no such version": "/configuration/99999",
}
OTHER_PROJECTS = {"empty": {}, "broken": {"broken.py": "print(1)\n"}}

COUNT_SHIFTS = """
window.shifted = 0;
window.movers = [];
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) {
    window.shifted += entry.value;
    for (const each of entry.sources) window.movers.push(each.node?.outerHTML?.slice(0, 200));
  }
}).observe({ type: 'layout-shift', buffered: true });
"""
# A frame without an origin has no storage.
NO_TOUR = "try { localStorage.setItem('taskdeck-tour-taken', 'true') } catch {}"


@pytest.fixture(scope="module")
def runs(sample):
    ended = {"run": sample.submit("CURVE", seconds_per_week=0, draws=500), "failed": sample.submit("QUALITY")}
    for run_id in ended.values():
        sample.wait(run_id)
    return ended


@pytest.fixture(scope="module")
def regular(browser, sample):
    """The page of somebody who has been here before: the browser has its scripts, and the tour is over."""
    context = browser.new_context()
    context.set_default_timeout(PATIENCE_MS)
    context.add_init_script(NO_TOUR)
    context.add_init_script(COUNT_SHIFTS)
    page = context.new_page()
    page.goto(f"{sample.url}/?token={TOKEN}")
    yield page
    context.close()


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("screen", SAMPLE_SCREENS)
def test_a_screen_is_for_everybody_and_whole(regular, sample, runs, screen, width):
    with without_complaints(regular):
        look(regular, sample.url + SAMPLE_SCREENS[screen].format(**runs), "light", width)

        assert findings_on(regular) == []
        assert findings_in_the_dark(regular) == []


@pytest.fixture(scope="module")
def versions(sample):
    """Those of the configuration, made by edits."""

    def made(method, path, body=None):
        status, answer = sample.request(method, f"/api/config/{path}", body)
        assert status == 201, answer
        return answer["version"]["number"]

    query = "by=CI&message=Quarterly+figures,+with+more+to+say+than+a+telephone+has+room+for+in+one+line"
    curve = {"name": "The curve, drawn anew", "supportedParameters": {"draws": None}}
    changed = made("PATCH", f"tasks/CURVE?{query}", curve)
    made("PUT", "tasks/QUALITY/parameters/least", {"title": "Least", "type": "float", "required": True})
    removed = made("DELETE", "tasks/REPORT")
    made("PUT", "connections/LAB", {"name": "The laboratory", "params": [{"name": "server"}]})
    made("POST", "rollback", {"version": removed})
    return {"changed": changed, "removed": removed}


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("screen", VERSION_SCREENS)
def test_versions_of_the_configuration_are_for_everybody_and_whole(page, sample, versions, screen, width):
    page.context.add_init_script(NO_TOUR)
    page.context.add_init_script(COUNT_SHIFTS)
    look(page, sample.url + VERSION_SCREENS[screen].format(**versions), "light", width)
    if screen.startswith("version"):
        page.get_by_role("button", name="config/data_tasks.json").click()
        expect(page.locator(".cm-content").first).to_be_visible()
    elif screen in ("roll-back", "back to the directory"):
        # A process of its own makes the plan.
        expect(page.get_by_role("list", name="Tasks", exact=True)).to_be_visible(timeout=60_000)

    assert findings_on(page) == []
    page.emulate_media(color_scheme="dark")
    expect(page.locator("html")).to_have_attribute("data-mantine-color-scheme", "dark")
    assert findings_on(page) == []


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("opened", ["tour", "palette", "help"])
def test_what_lies_over_the_pages_is_for_everybody(page, sample, opened, width):
    page.context.add_init_script(COUNT_SHIFTS)
    look(page, f"{sample.url}/tasks", "light", width)
    if opened == "palette":
        page.keyboard.press("Control+k")
        expect(page.get_by_role("option").first).to_be_visible()
    elif opened == "help":
        page.keyboard.press("?")
        expect(page.get_by_role("dialog")).to_be_visible()
    else:
        expect(page.get_by_role("region", name="A short tour")).to_be_visible()

    assert findings_on(page) == []


@pytest.mark.parametrize("kind", OTHER_PROJECTS)
def test_a_project_without_tasks_that_run_is_explained_to_everybody(context, tmp_path, kind):
    project = make_project(tmp_path / kind, files=OTHER_PROJECTS[kind])
    for path in (project / "data_tasks").iterdir():
        path.unlink()
    context.add_init_script(NO_TOUR)
    context.add_init_script(COUNT_SHIFTS)
    page = context.new_page()
    with serving(project) as server:
        page.goto(f"{server.url}/?token={TOKEN}")
        for width in WIDTHS:
            look(page, f"{server.url}/tasks", "light", width)
            assert (width, findings_on(page)) == (width, [])
            assert (width, findings_in_the_dark(page)) == (width, [])


@pytest.mark.parametrize("width", WIDTHS)
def test_the_login_page_is_for_everybody(context, sample, width):
    context.add_init_script(COUNT_SHIFTS)
    page = context.new_page()
    look(page, f"{sample.url}/runs", "light", width)
    expect(page.get_by_label(re.compile("token", re.IGNORECASE))).to_be_visible()

    assert findings_on(page) == []
    assert findings_in_the_dark(page) == []


def look(page, address, scheme, width):
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(address)
    page.wait_for_load_state("networkidle")
    expect(page.locator("[aria-busy='true']")).to_have_count(0)


def findings_in_the_dark(page):
    """What is wrong once the colours are dark; all else on the page is as it was."""
    page.emulate_media(color_scheme="dark")
    # The login page follows the browser by itself.
    expect(page.locator("html")).not_to_have_attribute("data-mantine-color-scheme", "light")
    return findings_on(page, {"runOnly": RULES_OF_COLOUR})


def findings_on(page, options=None):
    """What is wrong with what is shown: nothing, as an empty list."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    violations = page.evaluate("async (options) => (await axe.run(document, options)).violations", options or {})
    found = [(each["id"], [node["html"] for node in each["nodes"]][:3]) for each in violations]
    wider = page.evaluate(
        "() => [document.documentElement, document.querySelector('main')]"
        ".filter((each) => each && each.scrollWidth > each.clientWidth + 1)"
        ".map((each) => [each.tagName, each.scrollWidth, each.clientWidth])"
    )
    shifted, movers = page.evaluate("() => [window.shifted, window.movers]")
    if wider:
        found.append(("wider than the screen", wider))
    if shifted >= MOST_SHIFT:
        found.append(("moved while data came", shifted, movers[:5]))
    return found
