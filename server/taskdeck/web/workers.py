"""The processes that run the queued runs, and what they keep warm."""

from __future__ import annotations

from taskdeck.web import context
from taskdeck.web.api import Routes
from taskdeck.web.schemas.workers import WorkerList

routes = Routes("Server")


@routes.get("/api/workers", "listWorkers", returns=WorkerList)
def list_workers() -> WorkerList:
    """The workers that have been heard of lately, with the state and memory of each runner that waits for a job.

    Told by the workers every few seconds.
    """
    return WorkerList.of(context.service().workers())
