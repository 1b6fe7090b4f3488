"""``taskdeck config``: versions of the configuration from the command line, in this process."""

from __future__ import annotations

import getpass
import json
import shlex
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import click

from taskdeck import app
from taskdeck.configuration import lock, versions
from taskdeck.configuration import request as requests
from taskdeck.configuration import update as updates
from taskdeck.configuration.failure import Kind, UpdateFailed
from taskdeck.configuration.request import Action, Outcome, Request, Result
from taskdeck.configuration.versions import Versions
from taskdeck.model.config_version import ConfigSource, ConfigTrigger, ConfigVersion, Origin
from taskdeck.settings import Settings

EXIT_FAILED = 1
EXIT_WRONG_REQUEST = 2
EXIT_CANCELLED = 130

_WRONG_REQUESTS = (Kind.NO_SUCH_VERSION, Kind.NO_SUCH_ITEM, Kind.STALE, Kind.MOVED, Kind.KEY_REUSED)
_SIGNS = {"added": "+", "changed": "~", "removed": "-"}
_COMMIT_CHARACTERS = 12


@dataclass(frozen=True, kw_only=True)
class Source:
    """The options of ``update`` and ``plan``, as they were given."""

    repository: str | None
    ref: str
    directory: str
    archive: Path | None
    from_directory: bool
    message: str
    expect: str = ""
    """The revision that a plan told of."""


def update(settings: Settings, source: Source, *, as_json: bool, dry_run: bool) -> int:
    """Returns the exit code. Raises `click.UsageError` and `app.StateUnwritable`."""
    given = [source.repository is not None, source.archive is not None, source.from_directory]
    repository = source.repository or settings.configuration.repository
    if sum(given) > 1 or not (any(given) or repository):
        raise click.UsageError("Give one of --repository, --archive and --from-directory.")
    directory = source.directory or ("" if any(given) else settings.configuration.directory)
    if source.archive is not None:
        request = _request(Action.ARCHIVE, source.message, file=source.archive.name, directory=directory)
    elif source.from_directory:
        request = _request(Action.DIRECTORY, source.message)
    else:
        request = _request(Action.UPDATE, source.message, repository=repository, ref=source.ref, directory=directory)
    request = replace(request, expected_revision=source.expect)
    return _tell(settings, request, source.archive, as_json=as_json, dry_run=dry_run)


def rollback(settings: Settings, version: int, *, message: str, ask: bool, as_json: bool) -> int:
    """Returns the exit code. Raises `app.StateUnwritable`."""
    request = _request(Action.ROLLBACK, message, version=version)
    question = f"Roll back to version {version}?" if ask else ""
    return _tell(settings, request, as_json=as_json, question=question)


def live(settings: Settings, *, message: str, ask: bool, as_json: bool) -> int:
    """Returns the exit code. Raises `app.StateUnwritable`."""
    question = "Serve the project's directory itself?" if ask else ""
    return _tell(settings, _request(Action.LIVE, message), as_json=as_json, question=question)


def status(settings: Settings, *, as_json: bool) -> None:
    active = Versions.of(settings).active()
    holder = lock.holder(settings.configuration_directory / "lock")
    if as_json:
        shown = None if active is None else _version_json(active)
        update_in_progress = None if holder is None else asdict(holder)
        _print_json({"version": shown, "directory": str(settings.project), "update_in_progress": update_in_progress})
        return
    if active is None:
        click.echo(f"No versions: the directory {settings.project} is served, and edits of it are seen at once.")
    elif active.tree is None:
        click.echo(
            f"{_described(active)}\nThe directory {settings.project} is served, and edits of it are seen at once."
        )
    else:
        click.echo(_described(active))
        click.echo(f"Served from {Versions.of(settings).tree(active)}; edits of {settings.project} are not seen.")
    if holder is not None:
        click.echo(f"An update by {holder.by or 'somebody'} is in progress since {holder.since} (pid {holder.pid}).")


def unserved(settings: Settings) -> str:
    """Why edits of the project's directory are not seen, and how they would be; empty: they are."""
    active = Versions.of(settings).active()
    if active is None or active.tree is None:
        return ""
    source, root = active.source, settings.project
    commit = f"commit it to {source.repository} and update from there, or " if source.origin is Origin.GIT else ""
    command = f"taskdeck config update --from-directory --project {shlex.quote(str(root))}"
    return (
        f"Version {active.number} of the configuration is served ({_source(source)}), not the files of {root}. "
        f"To have it served, {commit}publish the whole directory: {command}"
    )


def history(settings: Settings, *, limit: int, as_json: bool) -> None:
    found = Versions.of(settings)
    listed = found.page(limit=limit)
    if as_json:
        _print_json({"versions": [_version_json(version) for version in listed]})
        return
    if not listed:
        click.echo("No versions: the project's directory is served.")
    for version in listed:
        gone = "" if found.has_files(version) else " (its files were removed to make room)"
        click.echo(f"{_described(version)}{gone}")
        if counts := _counted(version.summary):
            click.echo(f"    {counts}")


def _request(action: Action, message: str, **values: Any) -> Request:
    return Request(action=action, message=message, by=_user(), trigger=ConfigTrigger.CLI, **values)


def _tell(
    settings: Settings,
    request: Request,
    archive: Path | None = None,
    *,
    as_json: bool,
    dry_run: bool = False,
    question: str = "",
) -> int:
    app.prepare_state_directory(settings)
    try:
        if question:
            # What is confirmed is this plan, and not what others may have made of it meanwhile.
            active = Versions.of(settings).active()
            request = replace(request, expected=active.number if active else 0)
            planned = _apply(settings, request, archive, dry_run=True)
            if planned.outcome is Outcome.PLANNED:
                _print_plan(planned.plan or {}, to_errors=True)
                click.confirm(question, abort=True, err=True)
                request = replace(request, expected_revision=planned.version.revision if planned.version else "")
        result = _apply(settings, request, archive, dry_run=dry_run)
    except UpdateFailed as failure:
        _print_failure(failure, as_json=as_json)
        return EXIT_WRONG_REQUEST if failure.kind in _WRONG_REQUESTS else EXIT_FAILED
    except KeyboardInterrupt:
        click.echo("Cancelled; the configuration is as it was.", err=True)
        return EXIT_CANCELLED
    if as_json:
        version = None if result.version is None else _version_json(result.version)
        _print_json({**result.to_json(), "version": version})
    else:
        _print_result(result)
    return 0


def _apply(settings: Settings, request: Request, archive: Path | None, *, dry_run: bool) -> Result:
    with ExitStack() as stack:
        content = stack.enter_context(archive.open("rb")) if archive is not None else None
        return updates.apply(settings, replace(request, dry_run=dry_run), content)


def _print_result(result: Result) -> None:
    if result.outcome is Outcome.NOTHING_CHANGED:
        click.echo(f"Nothing has changed: {_described(result.version) if result.version else 'no version is needed'}")
        return
    _print_plan(result.plan or {})
    if result.outcome is Outcome.PLANNED:
        click.echo("A plan only: nothing was changed.")
        if result.version is not None:
            click.echo(f"It is of {_source(result.version.source)}. To take exactly that, and nothing that came later:")
            click.echo(f"taskdeck config update … --expect {result.version.revision}")
    elif result.version is not None:
        click.echo(_described(result.version))


def _print_plan(plan: Mapping[str, Any], *, to_errors: bool = False) -> None:
    for line in plan_lines(plan):
        click.echo(line, err=to_errors)


def plan_lines(plan: Mapping[str, Any]) -> list[str]:
    """A plan as text: what is added, changed and removed, and what that breaks."""
    lines = []
    for title in ("tasks", "connections"):
        if items := plan.get(title):
            lines.append(title.capitalize())
            width = max(len(item["id"]) for item in items)
            lines += [f"  {_SIGNS[item['change']]} {item['id']:{width}}  {_item(item)}".rstrip() for item in items]
    breaks = [f"{each['task']}: {each['text']}" for each in plan.get("parameters", ())]
    breaks += [
        f"{each['where']} {each['name']!r} in {each['file']} names the task {each['task']}, which is removed."
        for each in plan.get("dangling", ())
    ]
    lines += _section("Breaks callers", breaks)
    runs = [f"run {each['run']} of {each['task']} ({each['status']})" for each in plan.get("active_runs", ())]
    lines += _section("Go on, although their task is removed", runs)
    counts = plan.get("file_counts", {})
    if any(counts.values()):
        lines.append("Files: " + ", ".join(f"{count} {change}" for change, count in counts.items() if count))
        lines += [f"  {_SIGNS[file['change']]} {file['path']}" for file in plan["files"]]
    if plan.get("requirements_changed"):
        lines.append("The requirements change.")
    return lines


def _item(item: Mapping[str, Any]) -> str:
    if item["change"] != "changed":
        return str(item["name"]) if item["name"] != item["id"] else ""
    return ", ".join(change["key"] for change in item["changes"])


def _section(title: str, lines: Sequence[str]) -> Iterable[str]:
    return [title, *(f"  {line}" for line in lines)] if lines else []


def _print_failure(failure: UpdateFailed, *, as_json: bool) -> None:
    if as_json:
        _print_json(requests.failure_to_json(failure))
        return
    for problem in failure.problems:
        click.echo(str(problem), err=True)
    click.echo(f"taskdeck: {failure.message}", err=True)


def _described(version: ConfigVersion) -> str:
    """``Version 41, by CI, 2026-11-21 10:02: main (3f2a…) of https://…``"""
    by = f", by {version.by}" if version.by else ""
    message = f" — {version.message}" if version.message else ""
    at = version.at.astimezone()
    return f"Version {version.number}{by}, {at:%Y-%m-%d %H:%M}: {_source(version.source)}{message}"


def _source(source: ConfigSource) -> str:
    match source.origin:
        case Origin.GIT:
            ref = f"{source.ref} ({source.commit[:_COMMIT_CHARACTERS]})" if source.ref else source.commit
            return f"{ref} of {source.repository}{f', {source.directory}' if source.directory else ''}"
        case Origin.ARCHIVE:
            return f"archive {source.file} ({source.sha256[:_COMMIT_CHARACTERS]})"
        case Origin.EDIT:
            return f"edit of {', '.join(source.edited)}"
        case Origin.ROLLBACK:
            return f"roll-back to version {source.version}"
        case Origin.DIRECTORY:
            return "the project's directory as it was then"
        case Origin.LIVE:
            return "the project's directory itself"


def _counted(summary: Mapping[str, int]) -> str:
    """``2 tasks added, 1 file changed, 1 breaks callers``"""
    named = ((name.partition("_"), count) for name, count in summary.items() if count)
    shown = (
        f"{count} {things.removesuffix('s') if count == 1 else things} {change}"
        if change
        else f"{count} {'breaks' if count == 1 else 'break'} callers"
        for (things, _, change), count in named
    )
    return ", ".join(shown)


def _version_json(version: ConfigVersion) -> dict[str, Any]:
    return {**json.loads(versions.to_json(version)), "revision": version.revision}


def _print_json(content: Any) -> None:
    click.echo(json.dumps(content, indent=2, ensure_ascii=False))


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return ""
