"""In which environments runs were executed."""

from __future__ import annotations

from taskdeck.web import context
from taskdeck.web.api import Routes
from taskdeck.web.results import NotThere
from taskdeck.web.schemas.environments import Environment

routes = Routes("Runs")


@routes.get("/api/runs/<int:run_id>/environment", "getEnvironment", returns=Environment, problems=(404,))
def get_environment(run_id: int) -> Environment:
    """The Python of a run and what was installed in it; of its last attempt."""
    service = context.service()
    service.run(run_id)
    found = service.environment(run_id)
    if found is None:
        raise NotThere(
            f"The environment of run {run_id} is not known: it is noted about a second after the start, and not at "
            "all for kernels that are no Python."
        )
    return Environment.from_model(found)
