"""Updates a project again and again, with everything that can go wrong, while tasks of it run."""

from __future__ import annotations

import json
import multiprocessing
import os
import random
import re
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import psutil
from integration.config_chaos import inputs, victim
from integration.config_chaos.inputs import ENDURING, FLEETING, Content, Input, Inputs
from integration.config_chaos.victim import Kill, Phase

from taskdeck import app
from taskdeck.app import Application
from taskdeck.configuration import lock
from taskdeck.configuration.versions import Versions
from taskdeck.execution.checking import UnknownTask
from taskdeck.model.run import RunStatus, Trigger
from taskdeck.settings import from_environment
from taskdeck.store import runs

RUNS_AT_A_TIME = 3
KEPT = 15
ENDS_WITHIN_SECONDS = 60.0
FOLLOWS_WITHIN_SECONDS = 20.0
STAMP = "data_tasks/stamp.txt"

Listing = dict[str, tuple[Any, ...]]


@dataclass(kw_only=True)
class Chaos:
    seed: int
    updates: int
    directory: Path
    tell: Callable[[str], None] = lambda text: None
    done: Counter[str] = field(default_factory=Counter)
    """How each update came out, for those who watch."""
    problems: list[str] = field(default_factory=list)
    _known: dict[int, Content] = field(default_factory=dict)
    """What each version has to hold."""
    _runs: list[int] = field(default_factory=list)
    _calls: dict[str, int] = field(default_factory=lambda: {Phase.ALL: 2000, Phase.END: 1000, Phase.SWAP: 200})
    """How many there were in the last update that was not killed, or about so many."""

    def wreak(self) -> None:
        self._rng = random.Random(self.seed)  # noqa: S311 - a plan, no secret
        self._sandbox = self.directory / "sandbox"
        root = self._sandbox / "project"
        self._inputs = Inputs(rng=self._rng, sandbox=self._sandbox)
        self._inputs.prepare()
        self._directory = inputs.project("directory", fleeting=True)
        for name, data in (self._directory | {"config/config.json": b"{}", "data/input.csv": b"1"}).items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_bytes(data)
        settings = from_environment(root, {"TASKDECK_POOL_SIZE": "0", "TASKDECK_MAX_PARALLEL_RUNS": "4"})
        rules = replace(
            settings.configuration,
            repositories=(f"file://{self._inputs.repository}",),
            max_bytes=5_000_000,
            max_files=500,
            versions_kept=KEPT,
        )
        self._settings = replace(settings, configuration=rules)
        self._versions = Versions.of(settings)
        self._processes = multiprocessing.get_context("forkserver")
        # Loaded once: importing takes longer than updating.
        self._processes.set_forkserver_preload(["taskdeck.configuration.update"])
        with ExitStack() as stack:
            application = stack.enter_context(app.open_application(self._settings))
            stop = threading.Event()
            worker = threading.Thread(target=application.worker().run_until, args=(stop,))
            worker.start()
            stack.callback(worker.join)
            stack.callback(stop.set)
            for _ in range(self.updates):
                self._keep_running(application)
                self._update(application)
            self._await_runs(application)
        self._check_nobody_is_left()

    def _update(self, application: Application) -> None:
        active = self._versions.active()
        before = active.number if active else 0
        served = self._known[before] if before else self._directory
        old_enough = [number for number in sorted(self._known) if number > before - KEPT]
        given = self._inputs.next(served, {number: self._known[number] for number in old_enough}, self._directory)
        everything = self._listing()
        came_out = self._strike(given)
        self.done[f"{'good' if given.content else given.name}: {came_out}"] += 1
        after = self._check(given, before, came_out)
        self.tell(
            f"{given.name:25} {came_out:20} {before} → {after}" if after != before else f"{given.name:25} {came_out}"
        )
        self._check_nothing_else(everything, given)
        self._check_followed(application)

    def _strike(self, given: Input) -> str:
        """Lets the update happen, or be killed; says in a word what became of it."""
        answer = self.directory / "answer.json"
        answer.unlink(missing_ok=True)
        way = self._rng.choice(["let", "let", "let", *Phase, "outside"])
        kill = Kill(phase=Phase(way), calls=self._rng.randint(1, self._calls[way])) if way in self._calls else None
        process = self._processes.Process(
            target=victim.suffer, args=(self._settings, given.request, given.archive, kill, answer)
        )
        process.start()
        if way == "outside":
            process.join(self._rng.uniform(0, 0.3))
            process.kill()
        process.join()
        if not answer.exists():
            return f"killed ({way})"
        told = json.loads(answer.read_text())
        for phase, calls in told["calls"].items():
            self._calls[phase] = calls or self._calls[phase]
        result = told["result"]
        return str(result["error"]["kind"] if "error" in result else result["outcome"])

    def _check(self, given: Input, before: int, came_out: str) -> int:
        """The configuration is the version that it was, or the new one, whole; returns its number."""
        active = self._versions.active()
        number = active.number if active else 0
        what = f"{given.name} on version {before} ({came_out})"
        for new in range(before + 1, number + 1):
            is_first = before == 0 and new == 1 and (number > 1 or given.content is None or came_out != "made")
            intended = self._directory if is_first else given.content
            if intended is None:
                self.problems.append(f"{what} became version {new}")
                intended = {}
            self._known[new] = intended
        if number < before or number > before + (2 if before == 0 else 1):
            self.problems.append(f"{what} led to version {number}")
        if came_out == "made" and number == before:
            self.problems.append(f"{what} made nothing")
        if given.content is None and came_out in ("made", "planned", "nothing_changed", "repeated"):
            self.problems.append(f"{what} was taken")
        if active is not None:
            tree = self._versions.tree(active)
            assert tree is not None
            if _content(tree) != self._known[number]:
                self.problems.append(f"{what}: version {number} is not whole")
        if lock.holder(self._settings.configuration_directory / "lock") is not None:
            self.problems.append(f"{what} left the lock behind")
        return number

    def _check_nothing_else(self, before: Listing, given: Input) -> None:
        after = self._listing()
        gone = [path for path in before.keys() - after.keys() if not self._made_room(path)]
        changed = [path for path in before.keys() & after.keys() if before[path] != after[path]]
        new = [path for path in after.keys() - before.keys() if not path.startswith(str(self._versions.directory))]
        # The repository's own objects are what this harness commits.
        found = [path for path in (*gone, *changed, *new) if "/git/project/" not in path]
        if found:
            self.problems.append(f"{given.name} changed {sorted(found)[:5]}")

    def _made_room(self, path: str) -> bool:
        """Whether it was a file of a version that is old enough to have lost them."""
        found = re.match(rf"{re.escape(str(self._versions.directory))}/(\d+)/tree(/|$)", path)
        return found is not None and int(found[1]) <= self._versions.numbers()[0] - KEPT

    def _listing(self) -> Listing:
        """Everything that is not an update's business: all but staging, the store, and what runs write."""
        state = self._settings.state_directory
        own = [state / name for name in ("runs", "wakeup", "taskdeck.db", "taskdeck.db-wal", "taskdeck.db-shm")]
        own += [self._settings.configuration_directory / name for name in ("staging", "lock")]
        found: Listing = {}
        for directory, directories, files in os.walk(self._sandbox):
            directories[:] = [
                name for name in directories if name != "__pycache__" and Path(directory, name) not in own
            ]
            for name in (*directories, *files):
                path = Path(directory, name)
                if path in own:
                    continue
                status = path.lstat()
                is_file = not path.is_dir() or path.is_symlink()
                found[str(path)] = (status.st_mode, status.st_size, status.st_mtime_ns) if is_file else ()
        return found

    def _check_followed(self, application: Application) -> None:
        active = self._versions.active()
        deadline = time.monotonic() + FOLLOWS_WITHIN_SECONDS
        while application.live_catalog.current().config_version != (active.number if active else None):
            if time.monotonic() > deadline:
                self.problems.append(f"version {active and active.number} is not served")
                return
            time.sleep(0.005)

    def _keep_running(self, application: Application) -> None:
        """There is always something that runs, of tasks that updates remove, too."""
        service = application.service
        active = [run for run in self._runs[-10:] if not service.run(run).status.is_final]
        for _ in range(RUNS_AT_A_TIME - len(active)):
            try:
                task = self._rng.choice([ENDURING, FLEETING])
                run, _ = service.submit(task, {}, trigger=Trigger.API)
            except UnknownTask:
                run, _ = service.submit(ENDURING, {}, trigger=Trigger.API)
            self._runs.append(run.id)

    def _await_runs(self, application: Application) -> None:
        """Each has ended well, with the files of its version from its beginning to its end."""
        service = application.service
        deadline = time.monotonic() + ENDS_WITHIN_SECONDS
        for run_id in self._runs:
            while not (run := service.run(run_id)).status.is_final and time.monotonic() < deadline:
                time.sleep(0.02)
            with application.database.read() as connection:
                version = runs.definition(connection, run_id)["config_version"]
            said = [event["text"] for event in service.all_events(run_id) if event["type"] == "message"]
            content = self._known[version] if version else self._directory
            if run.status is not RunStatus.SUCCEEDED or said != [content[STAMP].decode()]:
                self.problems.append(f"run {run_id} of version {version}: {run.status} {run.reason} {said}")
        self.done["runs that nothing disturbed"] = len(self._runs)

    def _check_nobody_is_left(self) -> None:
        """What the killed ones had started has ended with them."""
        staging = str(self._settings.configuration_directory / "staging")
        deadline = time.monotonic() + ENDS_WITHIN_SECONDS
        while left := [each.info for each in psutil.process_iter(["pid", "cwd", "cmdline"]) if _is_in(each, staging)]:
            if time.monotonic() > deadline:
                self.problems.append(f"These go on: {left}")
                return
            time.sleep(0.05)


def _is_in(process: psutil.Process, directory: str) -> bool:
    return (process.info["cwd"] or "").startswith(directory)


def _content(tree: Path) -> Content:
    """What is in a version's tree, without its links and what runs have left there."""
    return {
        path.relative_to(tree).as_posix(): path.read_bytes()
        for directory, directories, files in os.walk(tree)
        for path in (Path(directory, name) for name in files)
        if not path.is_symlink() and "__pycache__" not in path.parts
    }
