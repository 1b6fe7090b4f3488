"""The run page in a real browser: how smoothly it draws a flood, and what a very long log takes of memory."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise

import psutil
from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks import history, processes, project, race, server
from benchmarks.bench import Bench
from benchmarks.measurement import Comparison, Measurement, Target, thinned
from benchmarks.server import TOKEN, NoAnswer, Server

NAME = "screen"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
LINES = 5_000_000
FRAMES = "frames while messages come"
GAPS = "from frame to frame while messages come"
LATE = "frames that come later than 33 ms after the one before"
LATE_MILLISECONDS = 33.5
"""Two frames of 60 a second, and what a clock may be off."""
OPENED = "its log opened at the end"
READ = "its log read backwards and searched"
VIEW = {"width": 1366, "height": 768}
LOOK_SECONDS = project.RAIN_SECONDS - 4
COUNT_FRAMES = """seconds => new Promise(done => {
  const times = [];
  const look = now => {
    times.push(now);
    if (now - times[0] < seconds * 1000) requestAnimationFrame(look);
    else done(times);
  };
  requestAnimationFrame(look);
})"""


def measure(bench: Bench) -> list[Comparison]:
    with _browser() as browser:
        return [_smoothness(bench, browser), _memory(bench, browser)]


def _smoothness(bench: Bench, browser: Browser) -> Comparison:
    frames: list[float] = []
    gaps: list[float] = []
    late: list[float] = []
    error = ""
    with bench.server() as running:
        for _ in range(bench.sized(3, 1)):
            try:
                running.settle()
                times = _watched_rain(running, browser)
                between = [after - before for before, after in pairwise(times)]
                gaps += between
                late.append(100 * sum(gap > LATE_MILLISECONDS for gap in between) / len(between))
                frames.append((len(times) - 1) / ((times[-1] - times[0]) / 1000))
            except Exception as failure:  # noqa: BLE001 - it says so in its rows
                error = race.describe(failure)
            race.progress("rain")
    return Comparison(
        name=NAME,
        title="Drawing a run that has much to say",
        measurements=(
            Measurement(
                name=FRAMES,
                unit="frames/s",
                values=tuple(frames),
                more_is_better=True,
                # A browser draws 60 a second at most, and counts the first and the last one in part.
                targets=(Target(statistic="median", limit=59),),
                error=error,
            ),
            Measurement(name=GAPS, unit="ms", values=thinned(gaps), error=error),
            Measurement(name=LATE, unit="%", values=tuple(late), error=error),
        ),
        note=(
            f"Chromium without a graphics card, {VIEW['width']} by {VIEW['height']} pixels, on the messages of a task "
            f"that sends {project.RAIN_RATE:,} a second. Frames are those that the page was asked to draw "
            "(`requestAnimationFrame`). Server, task and browser share the machine."
        ),
    )


def _watched_rain(running: Server, browser: Browser) -> list[float]:
    page = _open(browser, running)
    try:
        run_id = running.submit("RAIN")
        page.goto(f"{running.url}/runs/{run_id}")
        page.get_by_role("region", name="Messages").get_by_role("listitem").first.wait_for()
        times: list[float] = page.evaluate(COUNT_FRAMES, LOOK_SECONDS)
        if running.request("GET", f"/api/runs/{run_id}")["status"] != "running":
            raise NoAnswer("the task ended before the frames were counted")
        running.wait(run_id)
        return times
    finally:
        page.context.close()


def _memory(bench: Bench, browser: Browser) -> Comparison:
    lines = bench.sized(LINES, 50_000)
    found: dict[str, float] = {}
    error = ""
    root = project.make(bench.new_directory("project"))
    run_id = history.fill_log(root, lines)
    race.progress(f"{lines:,} lines written")
    try:
        with server.serving(root) as running:
            running.settle()
            page = _open(browser, running)
            page.goto(f"{running.url}/runs/{run_id}?tab=log")
            log = page.get_by_role("region", name="Log,")
            log.get_by_role("link", include_hidden=True).first.wait_for()
            found[OPENED] = _renderer_megabytes()
            log.hover()
            for _ in range(200):
                page.mouse.wheel(0, -4000)
                page.wait_for_timeout(20)
            page.get_by_role("searchbox").fill(f"{lines // 2}")
            page.get_by_role("status").filter(has_text="of").wait_for()
            found[READ] = _renderer_megabytes()
            page.context.close()
    except Exception as failure:  # noqa: BLE001
        error = race.describe(failure)
    return Comparison(
        name="tab",
        title="Memory of a tab with a long log",
        measurements=tuple(
            Measurement(
                name=name,
                unit="MB",
                values=(found[name],) if name in found else (),
                targets=(Target(statistic="median", limit=200),),
                error="" if name in found else error,
            )
            for name in (OPENED, READ)
        ),
        note=f"Proportional memory (PSS) of the process that draws the page; the log has {lines:,} lines.",
    )


def _open(browser: Browser, running: Server) -> Page:
    """A page of its own, signed in."""
    context = browser.new_context(viewport=VIEW, locale="en-GB")
    context.set_default_timeout(120_000)
    page = context.new_page()
    page.goto(f"{running.url}/?token={TOKEN}")
    return page


def _renderer_megabytes() -> float:
    """Of the largest process that draws a page: there is one page."""
    time.sleep(2)  # until what is not needed any more has been put away
    sizes = []
    for child in psutil.Process().children(recursive=True):
        try:
            if "--type=renderer" in child.cmdline():
                sizes.append(processes.memory(child.pid).proportional)
        except psutil.Error:
            continue  # it has ended meanwhile
    if not sizes:
        raise NoAnswer("no process of the browser that draws a page")
    return max(sizes)


@contextmanager
def _browser() -> Iterator[Browser]:
    executable = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    if executable is None:
        raise NoAnswer(f"no browser: install Chromium or Chrome (looked for {', '.join(BROWSERS)})")
    # Chromium refuses its sandbox to root.
    sandbox = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=["--disable-gpu", *sandbox])
        try:
            yield browser
        finally:
            browser.close()
