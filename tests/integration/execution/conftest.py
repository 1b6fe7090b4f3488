"""A project with a worker of its own."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
from factories import make_project

from taskdeck import app
from taskdeck.app import Application
from taskdeck.model.event import WireEvent
from taskdeck.model.run import Run, RunStatus, Trigger
from taskdeck.settings import from_environment

ENDS_WITHIN_SECONDS = 60.0


class Server:
    """What a project does without web and browser: the application, and a worker on a thread."""

    def __init__(self, application: Application) -> None:
        self.application = application
        self.service = application.service

    def submit(self, task_id: str, **parameters: Any) -> Run:
        return self.service.submit(task_id, parameters, trigger=Trigger.API)[0]

    def run(self, task_id: str, **parameters: Any) -> Run:
        """Submits and waits for the end."""
        return self.wait(self.submit(task_id, **parameters).id)

    def wait(self, run_id: int, until: Callable[[Run], bool] = lambda run: run.status.is_final) -> Run:
        deadline = time.monotonic() + ENDS_WITHIN_SECONDS
        while not until(run := self.service.run(run_id)):
            assert time.monotonic() < deadline, f"still waiting: {run}"
            time.sleep(0.01)
        return run

    def wait_for_event(self, run_id: int, matches: Callable[[WireEvent], bool]) -> WireEvent:
        deadline = time.monotonic() + ENDS_WITHIN_SECONDS
        while True:
            for event in self.events(run_id):
                if matches(event):
                    return event
            assert time.monotonic() < deadline, "the event did not come"
            time.sleep(0.01)

    def events(self, run_id: int) -> list[WireEvent]:
        return list(self.service.all_events(run_id))

    def messages(self, run_id: int) -> list[str]:
        return [event["text"] for event in self.events(run_id) if event["type"] == "message"]

    @contextmanager
    def worker(self) -> Iterator[None]:
        stop = threading.Event()
        thread = threading.Thread(target=self.application.worker().run_until, args=(stop,))
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join()

    def end_all(self) -> None:
        """No test leaves a process behind."""
        for run in self.service.runs(status=RunStatus.RUNNING):
            self.service.cancel(run.id, by="the end of the test")
            self.wait(run.id)


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[..., Server]]:
    """Opens a project made of the given files, with a worker; see `make_project`."""
    with ExitStack() as stack:

        def open_server(*, worker: bool = True, environment: dict[str, str] | None = None, **project: Any) -> Server:
            root = make_project(tmp_path / "project", **project)
            settings = from_environment(
                root, {"TASKDECK_MAX_PARALLEL_RUNS": "4", "TASKDECK_POOL_SIZE": "0", **(environment or {})}
            )
            server = Server(stack.enter_context(app.open_application(settings)))
            if worker:
                stack.enter_context(server.worker())
                stack.callback(server.end_all)
            return server

        yield open_server
