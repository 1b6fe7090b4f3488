"""The sample for a project without tasks."""

from __future__ import annotations

from taskdeck.web import context
from taskdeck.web.api import Reply, Routes
from taskdeck.web.schemas.sample import Sample

routes = Routes("Project")


@routes.post("/api/sample", "writeSample", returns=Sample, status=201, problems=(409,))
def write_sample() -> Reply:
    """Give a project without tasks its first ones: a notebook, a script and their configuration.

    No file is overwritten.
    """
    return Reply(model=Sample(files=context.service().write_sample()), status=201)
