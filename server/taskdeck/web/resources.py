"""All resources of the API."""

from __future__ import annotations

from collections.abc import Iterator

from taskdeck.web import (
    comparisons,
    config_changes,
    configuration,
    connections,
    environments,
    health,
    logs,
    navigation,
    openapi_document,
    results,
    runs,
    sample,
    tasks,
    webhooks,
    workers,
)
from taskdeck.web.api import Operation, Routes

ALL: tuple[Routes, ...] = (
    health.routes,
    workers.routes,
    tasks.routes,
    navigation.routes,
    configuration.routes,
    config_changes.routes,
    webhooks.routes,
    sample.routes,
    comparisons.routes,
    runs.routes,
    environments.routes,
    results.routes,
    logs.routes,
    connections.routes,
    openapi_document.routes,
)


def operations() -> Iterator[Operation]:
    for routes in ALL:
        yield from routes.operations
