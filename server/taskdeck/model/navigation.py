"""The actions of the sidebar, as a project declares them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class NavigationItem:
    """An action, or a group of them. Empty texts were not given."""

    title: str
    icon: str = ""
    task: str | None = None
    """Id of the task that is run: one that the project declares."""
    dashboard: str | None = None
    """Id of a dashboard of DUFT's."""
    prompt: str = ""
    """What a person is asked before the task is run."""
    execute_button_text: str = ""
    cancel_button_text: str = ""
    items: tuple[NavigationItem, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Navigation:
    header: str = ""
    items: tuple[NavigationItem, ...] = ()
