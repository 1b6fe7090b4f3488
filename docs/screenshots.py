"""Takes the pictures of the documentation: ``make screenshots``.

A real server on a copy of the sample project, a real browser in front of it; everything that is seen has happened.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Literal
from urllib.parse import quote

from PIL import Image
from playwright.sync_api import Browser, Page, Playwright, ViewportSize, expect, sync_playwright
from servers import TOKEN, RunningServer, copy_of_sample, serving

IMAGES = Path(__file__).parent / "images"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
LAPTOP = ViewportSize(width=1280, height=800)
PHONE = ViewportSize(width=390, height=844)
BROKEN = """{
  "dataTasks": [
    {"id": "LOAD", "name": "Load the register", "pythonFile": "load_register.py"},
    {"id": "MAP", "name": "Map of cases", "pythonFile": "map.py",
     "supportedParameters": {"year": {"title": "Year", "type": "integr"}}}
  ]
}
"""


def main() -> None:
    IMAGES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as directory, sync_playwright() as playwright:
        browser = launch(playwright)
        with serving(copy_of_sample(Path(directory) / "sample")) as server:
            runs = make_history(server)
            page = open_dashboard(browser, server)
            take_tasks(page, server)
            take_runs(page, server, runs)
            take_the_frame(page, server)
            dark = open_dashboard(browser, server, scheme="dark")
            dark.goto(f"{server.url}/runs")
            expect(dark.get_by_role("row").nth(5)).to_be_visible()
            take(dark, "runs-dark")
            take_phone(open_dashboard(browser, server, size=PHONE), server, runs)
            # The last one: where versions are served, some screens say so.
            take_configuration(page, server)
        take_projects_without_tasks(browser, Path(directory))
        browser.close()


def make_history(server: RunningServer) -> dict[str, int]:
    """What somebody who has tried the sample project for an hour would have."""
    ended = {}
    for name, task, values in (
        ("load", "LOAD", {}),
        ("ada", "SAMPLE", {"name": "Ada", "with_error": True}),
        ("districts", "FATALITY", {"district_b": "Kassanda", "permutations": 300_000}),
        ("kampala", "CURVE", {"seconds_per_week": 0.3, "draws": 12_000}),
        ("mubende", "CURVE", {"seconds_per_week": 0.3, "draws": 12_000, "district": "Mubende"}),
        ("report", "REPORT", {"prepared_by": "Ada Okello"}),
        ("grace", "SAMPLE", {"name": "Grace"}),
    ):
        ended[name] = server.submit(task, **values)
        server.wait(ended[name])
    simulation = server.submit("SIMULATE")
    quality = server.submit("QUALITY")
    server.wait(quality)
    server.request("POST", f"/api/runs/{simulation}/cancel")
    server.wait(simulation)
    fatality = server.submit("FATALITY", permutations=1_000_000)
    server.wait(fatality)
    return {**ended, "quality": quality, "simulation": simulation, "fatality": fatality}


def take_tasks(page: Page, server: RunningServer) -> None:
    page.goto(f"{server.url}/tasks")
    expect(page.get_by_role("link", name="The epidemic curve", exact=True)).to_be_visible()
    take(page, "tasks")

    page.goto(f"{server.url}/tasks/CURVE")
    expect(page.get_by_role("tabpanel").get_by_role("link").first).to_be_visible()
    take(page, "task")

    page.goto(f"{server.url}/tasks/CURVE/source")
    expect(page.get_by_role("tabpanel").get_by_text("import").first).to_be_visible()
    take(page, "source")

    page.goto(f"{server.url}/tasks/CURVE/run?district=Mubende")
    expect(page.get_by_role("dialog").get_by_role("button", name="Run", exact=True)).to_be_visible()
    take(page, "run-drawer")


def take_runs(page: Page, server: RunningServer, runs: dict[str, int]) -> None:
    live = server.submit("CURVE", seconds_per_week=0.7, draws=12_000)
    show_run(page, server, live)
    expect(page.get_by_text(re.compile("Week until")).nth(8)).to_be_visible(timeout=60_000)
    take(page, "run-live")
    page.goto(f"{server.url}/runs/{live}?tab=notebook")
    server.wait(live)
    chart = page.locator("main img").first
    expect(chart).to_be_visible(timeout=60_000)
    page.get_by_role("button", name=re.compile("The curve")).first.click()
    chart.scroll_into_view_if_needed()
    page.wait_for_timeout(1500)
    take(page, "notebook")

    show_run(page, server, runs["fatality"], tab="log")
    expect(page.get_by_text(re.compile("as extreme")).first).to_be_visible()
    take(page, "log")

    show_run(page, server, runs["load"], tab="outputs")
    expect(page.get_by_role("table").first).to_be_visible()
    take(page, "outputs")

    show_run(page, server, runs["mubende"], tab="details")
    expect(page.get_by_role("tabpanel").get_by_text("Python").first).to_be_visible()
    take(page, "details")

    show_run(page, server, runs["quality"])
    expect(page.get_by_role("region", name="What went wrong")).to_be_visible()
    take(page, "failure")

    page.goto(f"{server.url}/runs/compare?a={runs['kampala']}&b={runs['mubende']}")
    expect(page.get_by_role("region", name="Cells").get_by_role("img").first).to_be_visible()
    take(page, "compare")


def take_the_frame(page: Page, server: RunningServer) -> None:
    page.goto(f"{server.url}/connections/ANA")
    page.get_by_role("dialog").get_by_role("button", name="Test connection").click()
    expect(page.get_by_text(re.compile("Connected to sqlite"))).to_be_visible(timeout=30_000)
    take(page, "connections")

    page.goto(f"{server.url}/tasks")
    page.keyboard.press("Control+k")
    expect(page.get_by_role("option").first).to_be_visible()
    page.keyboard.type("cur")
    take(page, "palette")

    page.goto(f"{server.url}/tasks")
    expect(page.get_by_role("link", name="The epidemic curve", exact=True)).to_be_visible()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    take(page, "keyboard")

    page.goto(f"{server.url}/settings")
    expect(page.get_by_role("heading", name="Settings")).to_be_visible()
    take(page, "settings")


def take_phone(page: Page, server: RunningServer, runs: dict[str, int]) -> None:
    page.goto(f"{server.url}/tasks")
    expect(page.get_by_role("link", name="The epidemic curve", exact=True)).to_be_visible()
    take(page, "phone-tasks")
    page.goto(f"{server.url}/tasks/CURVE/run?district=Mubende")
    expect(page.get_by_role("dialog").get_by_role("button", name="Run", exact=True)).to_be_visible()
    take(page, "phone-run-drawer")
    show_run(page, server, runs["mubende"], tab="notebook")
    page.locator("main img").first.scroll_into_view_if_needed()
    take(page, "phone-notebook")


def take_configuration(page: Page, server: RunningServer) -> None:
    for path, change, message in (
        ("tasks/CURVE", {"name": "Epidemic curve by week"}, "Name as in the bulletin"),
        ("tasks/REPORT", {"tags": ["report", "monthly"]}, "Tagged for the monthly round"),
        ("tasks/CURVE/parameters/draws", {"title": "Bootstrap draws"}, "Words of the statistician"),
    ):
        served = server.get("/api/config")["version"]
        headers = {"If-Match": '"0"' if served is None else f'"{served["number"]}"'}
        answer = server.request("PATCH", f"/api/config/{path}?message={quote(message)}", change, headers)
        assert answer[0] in (200, 201), answer

    page.goto(f"{server.url}/configuration")
    history = page.get_by_role("list", name="History")
    expect(history.get_by_role("link", name="Configuration 2", exact=True)).to_be_visible()
    take(page, "configuration")

    history.get_by_role("link", name="Configuration 2", exact=True).click()
    version = page.get_by_role("dialog", name="Configuration 2")
    version.get_by_role("button", name="config/data_tasks.json").click()
    expect(version.get_by_text("Epidemic curve by week").last).to_be_visible()
    take(page, "version")


def take_projects_without_tasks(browser: Browser, directory: Path) -> None:
    (directory / "empty").mkdir()
    with serving(directory / "empty") as server:
        page = open_dashboard(browser, server)
        expect(page.get_by_role("button", name="Write a sample")).to_be_visible()
        take(page, "empty")

    project = copy_of_sample(directory / "broken")
    (project / "config" / "data_tasks.json").write_text(BROKEN, encoding="utf-8")
    with serving(project) as server:
        page = open_dashboard(browser, server)
        expect(page.get_by_text("data_tasks.json").first).to_be_visible()
        take(page, "broken")


def launch(playwright: Playwright) -> Browser:
    executable = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    if executable is None:
        sys.exit(f"no browser: install Chromium or Chrome (looked for {', '.join(BROWSERS)})")
    # Chromium refuses its sandbox to root.
    sandbox = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    return playwright.chromium.launch(executable_path=executable, args=["--disable-gpu", "--no-first-run", *sandbox])


def open_dashboard(
    browser: Browser,
    server: RunningServer,
    *,
    scheme: Literal["light", "dark"] = "light",
    size: ViewportSize = LAPTOP,
) -> Page:
    context = browser.new_context(viewport=size, color_scheme=scheme, reduced_motion="reduce", locale="en-GB")
    context.set_default_timeout(30_000)
    context.add_init_script("localStorage.setItem('taskdeck-tour-taken', 'true')")
    page = context.new_page()
    page.goto(f"{server.url}/?token={TOKEN}")
    return page


def show_run(page: Page, server: RunningServer, run_id: int, *, tab: str = "messages") -> None:
    page.goto(f"{server.url}/runs/{run_id}?tab={tab}")
    expect(page.get_by_role("tab", name=re.compile(tab, re.IGNORECASE))).to_be_visible()


def take(page: Page, name: str) -> None:
    page.wait_for_timeout(600)  # fonts, skeletons, the ring around what has the focus
    path = IMAGES / f"{name}.png"
    page.screenshot(path=path)
    with Image.open(path) as picture:
        # A palette makes the files a third as large. This way of choosing it keeps the rare colours: those of icons.
        small = picture.convert("RGB").quantize(256, Image.Quantize.MAXCOVERAGE, kmeans=3, dither=Image.Dither.NONE)
    small.save(path, optimize=True)
    sys.stdout.write(f"{path.name}: {path.stat().st_size // 1024} KB\n")


if __name__ == "__main__":
    main()
