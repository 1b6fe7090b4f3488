"""Many who look at a task cost one look at its file."""

import os
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from factories import make_project

from taskdeck.catalog import layout, loader
from taskdeck.execution import lint_cache
from taskdeck.execution.lint_cache import LintCache
from taskdeck.lint.finding import Finding
from taskdeck.lint.rules import Rule


class Linter:
    """Counts how often it is asked; ``gate``: what it waits for."""

    def __init__(self):
        self.asked = []
        self.now = 0.0
        self.gate = threading.Event()
        self.gate.set()

    def __call__(self, catalog, task):
        self.asked.append(task.id)
        assert self.gate.wait(60)
        return [Finding(file=task.file, rule=Rule.SYNTAX, message=f"{len(self.asked)}")]

    def clock(self):
        return self.now


@pytest.fixture
def catalog(tmp_path):
    root = make_project(tmp_path, files={"a.py": "1\n", "b.py": "2\n", "c.py": "3\n", "d.py": "4\n"})
    return loader.load(layout.find_project(root))


@pytest.fixture
def linter():
    return Linter()


@pytest.fixture
def cache(linter):
    return LintCache(lint=linter, clock=linter.clock)


def test_what_was_found_is_told_again_until_it_is_old(catalog, linter, cache):
    first = cache.findings(catalog, catalog.tasks["A"])
    linter.now = lint_cache.MAX_AGE_SECONDS - 1
    assert cache.findings(catalog, catalog.tasks["A"]) == first

    linter.now = lint_cache.MAX_AGE_SECONDS

    assert cache.findings(catalog, catalog.tasks["A"]) != first
    assert linter.asked == ["A", "A"]


def test_a_change_of_the_file_or_of_a_module_beside_it_is_looked_at(catalog, linter, cache):
    folder = catalog.project.root / "data_tasks"
    cache.findings(catalog, catalog.tasks["A"])

    saved_at = (folder / "a.py").stat().st_mtime_ns
    (folder / "a.py").write_text("5\n")
    os.utime(folder / "a.py", ns=(saved_at, saved_at))
    cache.findings(catalog, catalog.tasks["A"])
    (folder / "helper.py").write_text("x = 1\n")
    cache.findings(catalog, catalog.tasks["A"])

    assert linter.asked == ["A", "A", "A"]


def test_those_who_ask_at_the_same_time_share_one_look(catalog, linter, cache):
    linter.gate.clear()
    with ThreadPoolExecutor(8) as pool:
        asking = [pool.submit(cache.findings, catalog, catalog.tasks["A"]) for _ in range(8)]
        linter.gate.set()
        answers = [each.result(60) for each in asking]

    assert linter.asked == ["A"]
    assert all(answer == answers[0] for answer in answers)


def test_only_a_few_processes_are_at_work_at_once(catalog, linter, cache):
    linter.gate.clear()
    at_work = threading.Semaphore(0)
    most = []

    def look(catalog, task):
        most.append(task.id)
        at_work.release()
        return linter(catalog, task)

    cache = LintCache(lint=look)
    with ThreadPoolExecutor(4) as pool:
        asking = [pool.submit(cache.findings, catalog, task) for task in catalog.tasks.values()]
        for _ in range(lint_cache.MAX_PROCESSES):
            assert at_work.acquire(timeout=60)
        assert len(most) == lint_cache.MAX_PROCESSES
        linter.gate.set()
        assert all(each.result(60) for each in asking)


def test_the_cache_is_bounded(catalog, linter, cache, monkeypatch):
    monkeypatch.setattr(lint_cache, "MAX_ENTRIES", 2)
    for task in catalog.tasks.values():
        cache.findings(catalog, task)

    cache.findings(catalog, catalog.tasks["D"])
    cache.findings(catalog, catalog.tasks["A"])

    assert linter.asked == ["A", "B", "C", "D", "A"]
