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

from PIL import Image
from playwright.sync_api import Browser, Page, Playwright, expect, sync_playwright
from servers import TOKEN, RunningServer, copy_of_sample, serving

IMAGES = Path(__file__).parent / "images"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
SIZE = {"width": 1280, "height": 800}


def main() -> None:
    IMAGES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as directory, serving(copy_of_sample(Path(directory) / "sample")) as server:
        runs = make_history(server)
        with sync_playwright() as playwright:
            browser = launch(playwright)
            take_all(open_dashboard(browser, server, scheme="light"), server, runs)
            dark = open_dashboard(browser, server, scheme="dark")
            dark.goto(f"{server.url}/runs")
            expect(dark.get_by_role("row").nth(5)).to_be_visible()
            take(dark, "runs-dark")
            browser.close()


def make_history(server: RunningServer) -> dict[str, int]:
    """What somebody who has tried the sample project for an hour would have."""
    for task, values in (
        ("LOAD", {}),
        ("SAMPLE", {"name": "Ada", "with_error": True}),
        ("FATALITY", {"district_b": "Kassanda", "permutations": 300_000}),
        ("CURVE", {"seconds_per_week": 0, "draws": 5000}),
        ("CURVE", {"seconds_per_week": 0, "draws": 5000, "district": "Mubende"}),
        ("REPORT", {"prepared_by": "Ada Okello"}),
        ("SAMPLE", {"name": "Grace"}),
    ):
        server.wait(server.submit(task, **values))
    simulation = server.submit("SIMULATE")
    quality = server.submit("QUALITY")
    server.wait(quality)
    server.request("POST", f"/api/runs/{simulation}/cancel")
    server.wait(simulation)
    fatality = server.submit("FATALITY", permutations=1_000_000)
    server.wait(fatality)
    return {"quality": quality, "simulation": simulation, "fatality": fatality}


def take_all(page: Page, server: RunningServer, runs: dict[str, int]) -> None:
    page.goto(f"{server.url}/tasks")
    expect(page.get_by_role("link", name="The epidemic curve", exact=True)).to_be_visible()
    take(page, "tasks")

    page.goto(f"{server.url}/tasks/CURVE/run?district=Mubende")
    expect(page.get_by_role("dialog").get_by_role("button", name="Run", exact=True)).to_be_visible()
    take(page, "run-drawer")

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

    show_run(page, server, runs["quality"])
    expect(page.get_by_role("region", name="What went wrong")).to_be_visible()
    take(page, "failure")

    page.goto(f"{server.url}/connections/ANA")
    page.get_by_role("dialog").get_by_role("button", name="Test connection").click()
    expect(page.get_by_text(re.compile("Connected to sqlite"))).to_be_visible(timeout=30_000)
    take(page, "connections")

    page.goto(f"{server.url}/tasks")
    page.keyboard.press("Control+k")
    expect(page.get_by_role("option").first).to_be_visible()
    page.keyboard.type("cur")
    take(page, "palette")

    page.goto(f"{server.url}/settings")
    expect(page.get_by_role("heading", name="Settings")).to_be_visible()
    take(page, "settings")


def launch(playwright: Playwright) -> Browser:
    executable = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    if executable is None:
        sys.exit(f"no browser: install Chromium or Chrome (looked for {', '.join(BROWSERS)})")
    # Chromium refuses its sandbox to root.
    sandbox = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    return playwright.chromium.launch(executable_path=executable, args=["--disable-gpu", "--no-first-run", *sandbox])


def open_dashboard(browser: Browser, server: RunningServer, *, scheme: str) -> Page:
    context = browser.new_context(viewport=SIZE, color_scheme=scheme, reduced_motion="reduce", locale="en-GB")
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
