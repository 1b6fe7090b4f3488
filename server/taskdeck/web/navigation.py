"""The sidebar's actions."""

from __future__ import annotations

from taskdeck.web import context
from taskdeck.web.api import Routes
from taskdeck.web.schemas.navigation import Navigation

routes = Routes("Navigation")


@routes.get("/api/navigation", "getNavigation", returns=Navigation)
def get_navigation() -> Navigation:
    """The actions that the project wants in the sidebar."""
    catalog = context.service().catalog()
    return Navigation.from_model(catalog.navigation, catalog_version=catalog.version)
