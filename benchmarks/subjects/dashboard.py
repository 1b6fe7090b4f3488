"""The dashboard's first page in a browser that has never seen it, and what Lighthouse says of it."""

from __future__ import annotations

import gzip
import json
import os
import shutil
import subprocess
from pathlib import Path

from playwright.sync_api import Browser, Response, sync_playwright

from benchmarks import race
from benchmarks.bench import Bench
from benchmarks.measurement import Comparison, Measurement, Target
from benchmarks.server import TOKEN, NoAnswer, Server

NAME = "dashboard"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
LIGHTHOUSE = "lighthouse@13.5.0"
LIGHTHOUSE_SECONDS = 180.0
MOST_KILOBYTES = 250
LEAST_SCORE = Target(statistic="median", limit=95)
DESKTOP: dict[str, tuple[str, tuple[Target, ...]]] = {
    "performance": ("Lighthouse: performance", (LEAST_SCORE,)),
    "accessibility": ("Lighthouse: accessibility", (LEAST_SCORE,)),
}
PHONE: dict[str, tuple[str, tuple[Target, ...]]] = {
    "performance": ("Lighthouse: performance on a slow phone", ()),
}

# The list is there, with the link that opens a form.
WATCH = """
window.usableAt = null;
const look = () => {
  if (window.usableAt === null && document.querySelector('main [data-task] a')) window.usableAt = performance.now();
};
new MutationObserver(look).observe(document, { childList: true, subtree: true });
"""
# Also what was asked for and had not come yet.
REQUESTED = """() => performance.getEntriesByType('resource')
  .filter((entry) => entry.startTime < window.usableAt).map((entry) => entry.name)"""
# The browser may tell of its first paint after the page is usable.
PAINTED = """() => new Promise((resolve) => new PerformanceObserver((list) => {
  for (const entry of list.getEntriesByName('first-contentful-paint')) resolve(entry.startTime);
}).observe({ type: 'paint', buffered: true }))"""


def measure(bench: Bench) -> list[Comparison]:
    executable = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    if executable is None:
        return [Comparison(name=NAME, title="The first page", error="no Chromium or Chrome here")]
    with bench.server() as server:
        server.settle()
        visits = _visits(server, executable, min(bench.rounds, 8))
        scores = _scores(server, executable, bench.new_directory("lighthouse"))
    return [
        Comparison(
            name=NAME,
            title="The dashboard's first page",
            measurements=(
                Measurement(name="first contentful paint", unit="ms", values=tuple(each[0] for each in visits)),
                Measurement(
                    name="usable",
                    unit="ms",
                    values=tuple(each[1] for each in visits),
                    targets=(Target(statistic="median", limit=1000),),
                ),
                Measurement(
                    name="JavaScript before it is usable",
                    unit="KB",
                    values=tuple(each[2] for each in visits),
                    targets=(Target(statistic="worst", limit=MOST_KILOBYTES),),
                ),
                *scores,
            ),
            note=(
                "The list of tasks on loopback, in a new profile of Chromium each time. Usable: the list is on the "
                "screen, and its forms can be opened. JavaScript: each file asked for until then, "
                "gzipped. Lighthouse: its desktop preset; the slow phone is its default, on simulated slow 4G."
            ),
        )
    ]


def _visits(server: Server, executable: str, rounds: int) -> list[tuple[float, float, float]]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=["--disable-gpu", *_sandbox()])
        try:
            # The first visit starts the browser's own processes.
            return [_visit(browser, server) for _ in range(rounds + 1)][1:]
        finally:
            browser.close()


def _visit(browser: Browser, server: Server) -> tuple[float, float, float]:
    """Milliseconds to the first paint and until it is usable, and kilobytes of scripts by then."""
    context = browser.new_context()
    scripts: list[Response] = []
    try:
        page = context.new_page()
        # Signs in without loading anything of the dashboard.
        context.request.get(f"{server.url}/?token={TOKEN}")
        page.add_init_script(WATCH)
        page.on("response", lambda each: scripts.append(each) if each.url.endswith(".js") else None)
        page.goto(f"{server.url}/tasks")
        usable = page.wait_for_function("() => window.usableAt").json_value()
        painted = page.evaluate(PAINTED)
        requested = page.evaluate(REQUESTED)
        page.wait_for_load_state("networkidle")
        size = sum(len(gzip.compress(each.body())) for each in scripts if each.url in requested)
        return float(painted), float(usable), size / 1000
    finally:
        context.close()


def _scores(server: Server, executable: str, directory: Path) -> list[Measurement]:
    return [
        *_measured(server, executable, directory / "desktop.json", ["--preset=desktop"], DESKTOP),
        # No target: a phone on a slow network is not what an analyst sits at.
        *_measured(server, executable, directory / "phone.json", [], PHONE),
    ]


def _measured(
    server: Server,
    executable: str,
    report: Path,
    options: list[str],
    measures: dict[str, tuple[str, tuple[Target, ...]]],
) -> list[Measurement]:
    try:
        found = _lighthouse(server, executable, report, options)
    except (NoAnswer, OSError, ValueError, subprocess.SubprocessError) as error:
        why = race.describe(error)
        return [Measurement(name=name, unit="points", more_is_better=True, error=why) for name, _ in measures.values()]
    return [
        Measurement(name=name, unit="points", more_is_better=True, values=(found[key],), targets=targets)
        for key, (name, targets) in measures.items()
    ]


def _lighthouse(server: Server, executable: str, report: Path, options: list[str]) -> dict[str, float]:
    """Scores up to 100. Raises `NoAnswer` where it cannot be had: it is fetched at the first use."""
    npx = shutil.which("npx")
    if npx is None:
        raise NoAnswer("no npx here")
    flags = " ".join(["--headless=new", "--disable-gpu", *_sandbox()])
    command = [npx, "--yes", LIGHTHOUSE, f"{server.url}/tasks?token={TOKEN}", "--quiet", *options]
    output = ["--only-categories=performance,accessibility", "--output=json", f"--output-path={report}"]
    ended = subprocess.run(
        [*command, *output, f"--chrome-flags={flags}"],
        capture_output=True,
        text=True,
        timeout=LIGHTHOUSE_SECONDS,
        env={**os.environ, "CHROME_PATH": executable},
        check=False,
    )
    if not report.is_file():
        raise NoAnswer(f"Lighthouse ended with {ended.returncode}: {ended.stderr.strip()[-300:]}")
    found = json.loads(report.read_text(encoding="utf-8"))
    if error := found.get("runtimeError"):
        raise NoAnswer(f"Lighthouse: {error.get('message', error)}")
    scores = {name: category["score"] for name, category in found["categories"].items()}
    if missing := [name for name, score in scores.items() if score is None]:
        raise NoAnswer(f"Lighthouse could not tell: {', '.join(missing)}")
    return {name: 100.0 * score for name, score in scores.items()}


def _sandbox() -> list[str]:
    """Chromium refuses its sandbox to root."""
    return ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
