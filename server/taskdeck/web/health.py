"""Whether the server is up, and whether runs can start."""

from __future__ import annotations

from taskdeck.web import auth, chromium, context, pages
from taskdeck.web.api import Routes
from taskdeck.web.schemas.health import Health, Worker
from taskdeck.web.schemas.tasks import Project
from taskdeck.web.version import version

routes = Routes("Server")


@routes.get("/api/health", "getHealth", returns=Health)
@auth.public
def get_health() -> Health:
    """The server's version, its worker and its project.

    Who only watches whether the server is up needs no credentials, and is told no more than that.
    """
    if not auth.may():
        return Health(status="ok")
    service = context.service()
    worker = service.worker_status()
    return Health(
        status="ok",
        version=version(),
        worker=Worker(alive=worker.alive, running=worker.running, queued=worker.queued, limit=worker.limit),
        pdf=chromium.find(context.current().settings.chromium) is not None,
        dashboard=pages.build(),
        project=Project.from_catalog(service.catalog()),
    )
