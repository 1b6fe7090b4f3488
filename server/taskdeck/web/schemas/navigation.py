"""The sidebar's actions on the wire."""

from __future__ import annotations

from taskdeck.model import navigation
from taskdeck.web.schemas.shape import Answer


class NavigationItem(Answer):
    """An action of the sidebar, or a group of them. Texts that the project does not give are empty."""

    title: str
    icon: str
    """The name of an icon, as DUFT calls it."""
    task: str | None
    """The task to run; it exists, but may have problems."""
    dashboard: str | None
    """A dashboard of DUFT's."""
    prompt: str
    """What to ask before the task is run."""
    execute_button_text: str
    cancel_button_text: str
    items: list[NavigationItem]

    @classmethod
    def from_model(cls, found: navigation.NavigationItem) -> NavigationItem:
        return cls(
            title=found.title,
            icon=found.icon,
            task=found.task,
            dashboard=found.dashboard,
            prompt=found.prompt,
            execute_button_text=found.execute_button_text,
            cancel_button_text=found.cancel_button_text,
            items=[cls.from_model(each) for each in found.items],
        )


class Navigation(Answer):
    header: str
    items: list[NavigationItem]
    catalog_version: str
    """Changes with every change of the configuration, as the event `catalog` tells it."""

    @classmethod
    def from_model(cls, found: navigation.Navigation, *, catalog_version: str) -> Navigation:
        items = [NavigationItem.from_model(each) for each in found.items]
        return cls(header=found.header, items=items, catalog_version=catalog_version)
