"""The directories of a project, as DUFT's tasks ask for them: absolute, as texts."""

from __future__ import annotations

TYPE_CHECKING = False  # see environment.py
if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any


class Directories:
    """Those of the project around this process; where there is none, as if the working directory were one."""

    @property
    def root_directory(self) -> str:
        from taskdeck.sdk import projects

        return str(projects.find_or_assume().root)

    @property
    def config_directory(self) -> str:
        from taskdeck.sdk import projects

        return str(projects.find_or_assume().config_directory)

    @property
    def system_config_directory(self) -> str:
        return self._part("system")

    @property
    def user_config_directory(self) -> str:
        return self._part("user")

    @property
    def data_directory(self) -> str:
        from taskdeck.sdk import projects

        return str(projects.data_directory())

    @property
    def data_tasks_temp_directory(self) -> str:
        from taskdeck.sdk import projects

        return str(projects.temporary_directory())

    @property
    def uploads_directory(self) -> str:
        from taskdeck.sdk import projects

        return str(projects.find_or_assume().uploads_directory)

    def _part(self, name: str) -> str:
        """``duft-config/system`` or ``duft-config/user``; a native project has one ``config`` for both."""
        from taskdeck.sdk import projects

        project = projects.find_or_assume()
        directory = project.operator_directory if name == "user" else project.config_directory
        return str(directory if project.layout == "native" else directory / name)

    def __getattr__(self, name: str) -> Any:
        known = ", ".join(each for each in dir(type(self)) if each.endswith("_directory"))
        raise AttributeError(f"There is no directory {name!r} here. There are: {known}.")


directories = Directories()


def get_directories() -> Directories:
    return directories


class _OfTheClassToo(type):
    """Lets ``Environment.data_directory`` work without an instance."""

    def __getattribute__(cls, name: str) -> Any:
        return getattr(directories, name) if name.endswith("_directory") else super().__getattribute__(name)


class Environment(Directories, metaclass=_OfTheClassToo):
    """The directories again, by the name older tasks import: ``from core.environment import Environment``."""


def get_data_dir() -> str:
    """The project's directory of data; it is made if there is none."""
    from taskdeck.sdk import projects

    return _made(projects.data_directory())


def get_temp_dir() -> str:
    """The project's directory of temporary files; it is made if there is none."""
    from taskdeck.sdk import projects

    return _made(projects.temporary_directory())


def purge_temp_dir() -> None:
    """Empties the directory of temporary files. What cannot be deleted stays, with a warning."""
    import shutil
    from pathlib import Path

    from taskdeck.sdk import messages

    for entry in Path(get_temp_dir()).iterdir():
        try:
            if entry.is_dir() and not entry.is_symlink():
                shutil.rmtree(entry)
            else:
                entry.unlink(missing_ok=True)
        except OSError as error:
            messages.say("warning", f"{entry} could not be deleted: {error}")


def _made(directory: Path) -> str:
    directory.mkdir(parents=True, exist_ok=True)
    return str(directory)
