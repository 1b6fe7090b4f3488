"""What an operator can set. Read from the environment once, here; everything else takes arguments."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote


class InvalidSetting(ValueError):
    """An environment variable has a value that cannot be used; the message names it and what it takes."""


@dataclass(frozen=True, kw_only=True)
class ConfigurationRules:
    """Where the configuration may come from, which is the operator's decision, and how much of it there may be."""

    repositories: tuple[str, ...] = ()
    """URLs of git repositories; one that ends with ``/*`` allows all below it. None allowed if empty."""
    commit: str = ""
    """The only commit that is taken; empty: any."""
    signed_tags: bool = False
    """Only tags are taken, signed by one of ``signers``."""
    signers: str = ""
    """A file of the SSH keys that may sign, as ``ssh-keygen`` reads it (ALLOWED SIGNERS)."""
    archives: bool = False
    """Whether archives may be uploaded."""
    repository: str = ""
    """What polling and webhooks pull."""
    branch: str = ""
    directory: str = ""
    poll_seconds: int = 0
    """0: no polling."""
    webhook_secret: str = ""
    """Empty: no webhooks."""
    max_bytes: int = 200 * 1024 * 1024
    """Of a version's files together, and of an archive."""
    max_files: int = 20_000
    versions_kept: int = 50
    """So many of the last versions keep their files."""
    timeout_seconds: int = 600
    """Of an update, requirements included."""
    package_index: str = ""
    """Where requirements are installed from; empty: as uv and pip are configured."""

    @property
    def pulled_ref(self) -> str:
        """Of ``repository``; empty: the commit that is pinned, or else the default branch."""
        return "" if self.commit else self.branch


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The server's settings; ``docs/operator.md`` describes each with its environment variable."""

    project: Path
    state_directory: Path
    database_url: str
    host: str = "127.0.0.1"
    port: int = 8000
    token: str | None = None
    """``None``: a new one is made at each start."""
    allowed_hosts: tuple[str, ...] = ()
    """Names under which browsers may reach the server, besides the loopback ones and ``host``."""
    max_body_bytes: int = 10 * 1024 * 1024
    max_run_log_bytes: int = 2 * 1024**3
    """Of all that one run says, as its journal holds it; more ends the run."""
    max_parallel_runs: int = 1
    cancel_timeout_seconds: float = 10.0
    connection_test_timeout_seconds: float = 10.0
    pool_size: int = 2
    """How many notebooks, and how many scripts, find a runner that is already warm; 0: none."""
    pool_idle_seconds: float = 900.0
    """After this time without a run, only one of each is kept warm."""
    preload: tuple[str, ...] = ("ipykernel", "nbclient", "papermill", "pandas", "sqlalchemy")
    """Modules that a task finds loaded when it starts."""
    cgroup: str = ""
    """The control group (version 2) in which those of tasks are made; empty: that of the server; ``none``: none."""
    capacity_cpu: int = 0
    """Thousandths of a core that runs may take together; 0: all of the machine's."""
    capacity_memory_mb: int = 0
    """MB; 0: all of the machine's."""
    capacity_disk_gb: int = 0
    """GB; 0: what is free where the state directory is."""
    chromium: str = ""
    """The browser that prints PDFs, by path or name; empty: the one that is found; ``none``: none."""
    duft: str = "auto"
    """Whether DUFT's server interface is served: ``on``, ``off``, or ``auto`` for projects of its layout."""
    duft_users: tuple[str, ...] = ()
    """``name:hash`` of those who may log in there; see `web.duft_users`."""
    duft_users_path: Path | None = None
    """``None``: in the state directory."""
    max_upload_bytes: int = 100 * 1024 * 1024
    """Of a file that is uploaded through DUFT's interface; 0: none are taken."""
    query_max_rows: int = 10_000
    query_timeout_seconds: float = 30.0
    log_level: str = "info"
    trace: bool = False
    configuration: ConfigurationRules = field(default_factory=ConfigurationRules)

    @property
    def runs_directory(self) -> Path:
        return self.state_directory / "runs"

    @property
    def workers_wakeup_directory(self) -> Path:
        """Port files of the workers, which want to know of new runs and cancel requests."""
        return self.state_directory / "wakeup" / "workers"

    @property
    def observers_wakeup_directory(self) -> Path:
        """Port files of those who show runs to people: the web process, the command line."""
        return self.state_directory / "wakeup" / "observers"

    @property
    def traces_directory(self) -> Path | None:
        """Where the times of each run's stages are written; ``None`` unless they are asked for."""
        return self.state_directory / "traces" if self.trace else None

    @property
    def package_directory(self) -> Path:
        """Holds the package `taskdeck` alone, for tasks whose Python is not the server's."""
        return self.state_directory / "package"

    @property
    def key_file(self) -> Path:
        return self.state_directory / "key"

    @property
    def configuration_directory(self) -> Path:
        """The numbered versions of the configuration, and updates in progress."""
        return self.state_directory / "config"

    @property
    def environments_directory(self) -> Path:
        """Virtual environments of the versions' requirements."""
        return self.state_directory / "environments"

    @property
    def duft_users_file(self) -> Path:
        return self.duft_users_path or self.state_directory / "duft_users"

    @property
    def duft_settings_file(self) -> Path:
        return self.state_directory / "duft_settings.json"

    @property
    def schemas_directory(self) -> Path:
        return self.state_directory / "schemas"


def from_environment(project: Path, environment: Mapping[str, str] | None = None) -> Settings:
    """The settings of one project.

    ``project`` is its root directory. Raises `InvalidSetting`.
    """
    variables = os.environ if environment is None else environment
    state_directory = Path(variables.get("TASKDECK_STATE_DIR") or project / ".taskdeck").absolute()
    return Settings(
        project=project,
        state_directory=state_directory,
        database_url=variables.get("TASKDECK_DATABASE_URL")
        or f"sqlite:///{quote(str(state_directory / 'taskdeck.db'))}",
        host=variables.get("TASKDECK_HOST") or "127.0.0.1",
        port=_number(variables, "TASKDECK_PORT", 8000, minimum=0, maximum=65535),
        token=variables.get("TASKDECK_TOKEN") or None,
        allowed_hosts=_names(variables.get("TASKDECK_ALLOWED_HOSTS", "")),
        max_body_bytes=_number(variables, "TASKDECK_MAX_BODY_BYTES", 10 * 1024 * 1024, minimum=1024),
        max_run_log_bytes=_number(variables, "TASKDECK_MAX_RUN_LOG_BYTES", 2 * 1024**3, minimum=1024 * 1024),
        max_parallel_runs=_number(variables, "TASKDECK_MAX_PARALLEL_RUNS", os.cpu_count() or 1, minimum=1),
        cancel_timeout_seconds=_number(variables, "TASKDECK_CANCEL_TIMEOUT", 10, minimum=0, maximum=600),
        connection_test_timeout_seconds=_number(
            variables, "TASKDECK_CONNECTION_TEST_TIMEOUT", 10, minimum=1, maximum=300
        ),
        pool_size=_number(variables, "TASKDECK_POOL_SIZE", 2, minimum=0, maximum=64),
        pool_idle_seconds=_number(variables, "TASKDECK_POOL_IDLE_SECONDS", 900, minimum=1),
        preload=_names(variables.get("TASKDECK_PRELOAD", ",".join(Settings.preload))),
        cgroup=variables.get("TASKDECK_CGROUP", "").removeprefix("/sys/fs/cgroup"),
        capacity_cpu=_number(variables, "TASKDECK_CAPACITY_CPU", 0),
        capacity_memory_mb=_number(variables, "TASKDECK_CAPACITY_MEMORY", 0),
        capacity_disk_gb=_number(variables, "TASKDECK_CAPACITY_DISK", 0),
        chromium=variables.get("TASKDECK_CHROMIUM", ""),
        max_upload_bytes=_number(variables, "TASKDECK_MAX_UPLOAD_BYTES", 100 * 1024 * 1024),
        query_max_rows=_number(variables, "TASKDECK_QUERY_MAX_ROWS", 10_000, minimum=1, maximum=1_000_000),
        query_timeout_seconds=_number(variables, "TASKDECK_QUERY_TIMEOUT", 30, minimum=1, maximum=300),
        duft=_choice(variables, "TASKDECK_DUFT", "auto", ("auto", "on", "off")),
        duft_users=tuple(variables.get("TASKDECK_DUFT_USERS", "").split()),
        duft_users_path=_path(variables, "TASKDECK_DUFT_USERS_FILE"),
        log_level=_choice(variables, "TASKDECK_LOG_LEVEL", "info", ("debug", "info", "warning", "error")),
        trace=_flag(variables, "TASKDECK_TRACE"),
        configuration=_configuration(variables),
    )


def to_json(settings: Settings) -> dict[str, Any]:
    """What an update of the configuration has to know, for the process that makes it."""
    return {
        "project": str(settings.project),
        "state_directory": str(settings.state_directory),
        "database_url": settings.database_url,
        "configuration": asdict(settings.configuration) | {"webhook_secret": ""},
    }


def from_json(values: Mapping[str, Any]) -> Settings:
    """Raises KeyError, TypeError and ValueError."""
    rules = dict(values["configuration"])
    return Settings(
        project=Path(values["project"]),
        state_directory=Path(values["state_directory"]),
        database_url=values["database_url"],
        configuration=ConfigurationRules(**{**rules, "repositories": tuple(rules["repositories"])}),
    )


def _configuration(variables: Mapping[str, str]) -> ConfigurationRules:
    default = ConfigurationRules()
    return ConfigurationRules(
        repositories=_names(variables.get("TASKDECK_CONFIG_REPOSITORIES", "")),
        commit=variables.get("TASKDECK_CONFIG_COMMIT", "").strip().lower(),
        signed_tags=_flag(variables, "TASKDECK_CONFIG_SIGNED_TAGS"),
        signers=variables.get("TASKDECK_CONFIG_SIGNERS", ""),
        archives=_flag(variables, "TASKDECK_CONFIG_ARCHIVES"),
        repository=variables.get("TASKDECK_CONFIG_REPOSITORY", ""),
        branch=variables.get("TASKDECK_CONFIG_BRANCH", ""),
        directory=variables.get("TASKDECK_CONFIG_DIRECTORY", ""),
        poll_seconds=_number(variables, "TASKDECK_CONFIG_POLL_SECONDS", 0),
        webhook_secret=variables.get("TASKDECK_CONFIG_WEBHOOK_SECRET", ""),
        max_bytes=_number(variables, "TASKDECK_CONFIG_MAX_BYTES", default.max_bytes, minimum=1024),
        max_files=_number(variables, "TASKDECK_CONFIG_MAX_FILES", default.max_files, minimum=1),
        versions_kept=_number(variables, "TASKDECK_CONFIG_VERSIONS_KEPT", default.versions_kept, minimum=2),
        timeout_seconds=_number(variables, "TASKDECK_CONFIG_TIMEOUT", default.timeout_seconds, minimum=1),
        package_index=variables.get("TASKDECK_PACKAGE_INDEX", ""),
    )


def _sqlite_url(file: Path) -> str:
    return f"sqlite:///{quote(str(file))}"


def _path(variables: Mapping[str, str], name: str) -> Path | None:
    text = variables.get(name)
    return Path(text).absolute() if text else None


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())


def _number(
    variables: Mapping[str, str], name: str, default: int, *, minimum: int = 0, maximum: int | None = None
) -> int:
    text = variables.get(name)
    if not text:
        return default
    allowed = f"a whole number from {minimum}" + (f" to {maximum}" if maximum is not None else " up")
    try:
        value = int(text)
    except ValueError:
        raise InvalidSetting(f"{name} must be {allowed}, found {text!r}") from None
    if value < minimum or (maximum is not None and value > maximum):
        raise InvalidSetting(f"{name} must be {allowed}, found {text!r}")
    return value


def _flag(variables: Mapping[str, str], name: str) -> bool:
    return _choice(variables, name, "false", ("true", "false")) == "true"


def _choice(variables: Mapping[str, str], name: str, default: str, allowed: tuple[str, ...]) -> str:
    value = (variables.get(name) or default).lower()
    if value not in allowed:
        raise InvalidSetting(f"{name} must be one of {', '.join(allowed)}, found {value!r}")
    return value
