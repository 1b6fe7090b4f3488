"""What an update is given: good, broken and malicious, with what a version made of it has to hold."""

from __future__ import annotations

import io
import json
import os
import random
import stat
import subprocess
import tarfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from taskdeck.configuration.edits import Edit, Item, Operation
from taskdeck.configuration.request import Action, Request
from taskdeck.model.config_version import ConfigTrigger

Content = dict[str, bytes]

TASK = """
import pathlib, time
from taskdeck import sdk

before = pathlib.Path("stamp.txt").read_text()
for _ in range({turns}):
    time.sleep(0.02)
import helper
after = pathlib.Path("stamp.txt").read_text()
if not before == helper.STAMP == after:
    raise SystemExit(f"disturbed: {{before}} {{helper.STAMP}} {{after}}")
sdk.log(after)
"""
ENDURING, FLEETING = "KEPT", "GONE"
"""Tasks that every good version has, and that some have."""

GIT = {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_NAME": "Ada",
    "GIT_AUTHOR_EMAIL": "ada@example.org",
    "GIT_COMMITTER_NAME": "Ada",
    "GIT_COMMITTER_EMAIL": "ada@example.org",
}


@dataclass(frozen=True, kw_only=True)
class Input:
    """``content``: what a version made of it holds; ``None``: it must never become one."""

    name: str
    request: Request
    archive: bytes | None = None
    content: Content | None = None


def project(stamp: str, *, fleeting: bool) -> Content:
    tasks = [ENDURING, FLEETING] if fleeting else [ENDURING]
    entries = [
        {"id": task, "name": task, "pythonFile": f"{task.lower()}.py", "concurrency": {"policy": "allow"}}
        for task in tasks
    ]
    files = {f"data_tasks/{task.lower()}.py": TASK.format(turns=20).encode() for task in tasks}
    return {
        "config/data_tasks.json": as_json({"dataTasks": entries}),
        "data_tasks/helper.py": f"STAMP = {stamp!r}\n".encode(),
        "data_tasks/stamp.txt": stamp.encode(),
        **files,
    }


def as_json(content: object) -> bytes:
    return (json.dumps(content, indent=2) + "\n").encode()


@dataclass(kw_only=True)
class Inputs:
    """Makes them by a plan that the seed decides. ``sandbox``: where the malicious ones try to write."""

    rng: random.Random
    sandbox: Path
    made: int = 0
    _last: str = field(default="")

    @property
    def repository(self) -> Path:
        return self.sandbox / "git" / "project"

    def prepare(self) -> None:
        self.repository.mkdir(parents=True)
        self._git("init", "--quiet", "--initial-branch=main")

    def next(self, served: Content, rollbacks: dict[int, Content], directory: Content) -> Input:
        """``served``: what is served now. ``rollbacks``: by number, what one can go back to."""
        self.made += 1
        good: list[Callable[[], Input]] = [
            self._zip,
            self._tar,
            self._commit,
            lambda: self._edit(served),
            lambda: self._rollback(rollbacks),
            lambda: Input(name="directory", request=self._request(Action.DIRECTORY), content=directory),
        ]
        kinds = [good, good, [self._broken], [self._malicious]]
        return self.rng.choice(self.rng.choice(kinds))()

    def _project(self) -> Content:
        return project(f"update {self.made}", fleeting=self.rng.random() < 0.5)

    def _zip(self) -> Input:
        content = self._project()
        archive = zipped({f"top/{name}": data for name, data in content.items()})
        return self._upload("zip", archive, content)

    def _tar(self) -> Input:
        content = self._project()
        return self._upload("tar.gz", tarred(content), content)

    def _commit(self) -> Input:
        content = self._project()
        self._write_commit(content)
        return Input(name="git", request=self._pull(), content=content)

    def _edit(self, served: Content) -> Input:
        declared = json.loads(served["config/data_tasks.json"])
        entry = next(entry for entry in declared["dataTasks"] if entry["id"] == ENDURING)
        entry["description"] = f"update {self.made}"
        value = {"description": entry["description"]}
        edit = Edit(item=Item.TASK, operation=Operation.PATCH, id=ENDURING, value=value)
        content = served | {"config/data_tasks.json": as_json(declared)}
        return Input(name="edit", request=self._request(Action.EDIT, edits=(edit,)), content=content)

    def _rollback(self, rollbacks: dict[int, Content]) -> Input:
        if not rollbacks:
            return self._zip()
        number = self.rng.choice(sorted(rollbacks))
        request = self._request(Action.ROLLBACK, version=number)
        return Input(name="rollback", request=request, content=rollbacks[number])

    def _broken(self) -> Input:
        content = self._project()
        changes: dict[str, Content] = {
            "bad JSON": {"config/data_tasks.json": b'{"dataTasks": [{"id": "A",]}'},
            "no JSON": {"config/data_tasks.json": b"\x00\xff\xfe"},
            "a missing file": {"config/data_tasks.json": as_json({"dataTasks": [{"id": "A", "pythonFile": "no.py"}]})},
            "a cycle": {"requirements.txt": b"-r requirements.txt\n"},
            "an action of no task": {"config/navigation.json": as_json({"dataTasks": [{"title": "A", "task": "A"}]})},
            "half an archive": {},
        }
        name = self.rng.choice(sorted(changes))
        archive = zipped(content | changes[name])
        return self._upload(name, archive[: len(archive) // 2] if not changes[name] else archive)

    def _malicious(self) -> Input:
        content, evil = self._project(), self.sandbox / "evil"
        up = "../" * 12 + str(evil).lstrip("/")
        through_link = {"data_tasks/link/evil": b"evil"}
        link = tarfile.TarInfo("data_tasks/link")
        link.type = tarfile.SYMTYPE
        zipped_link = zipfile.ZipInfo("data_tasks/link.py")
        zipped_link.external_attr, zipped_link.create_system = (stat.S_IFLNK | 0o777) << 16, 3
        choices: dict[str, Callable[[], Input]] = {
            "traversal (zip)": lambda: self._upload("", zipped(content | {up: b"evil"})),
            "traversal (tar)": lambda: self._upload("", tarred(content | {f"data_tasks/{up}": b"evil"})),
            "absolute": lambda: self._upload("", tarred(content | {str(evil): b"evil"})),
            "link out": lambda: self._upload("", tarred(content, (link, str(self.sandbox)), then=through_link)),
            "link to itself": lambda: self._upload("", tarred(content, (link, "link"))),
            "link (zip)": lambda: self._upload("", zipped(content, (zipped_link, str(evil)))),
            "bomb (zip)": lambda: self._upload("", zipped(content | {"data_tasks/bomb": bytes(30_000_000)})),
            "bomb (tar.gz)": lambda: self._upload("", tarred(content | {"data_tasks/bomb": bytes(30_000_000)})),
            "huge": lambda: self._upload("", os.urandom(6_000_000)),
            "too many": lambda: self._upload("", zipped(content | {f"f{n}": b"" for n in range(600)})),
            "not on the list": lambda: Input(name="", request=self._pull(repository=f"file://{self.sandbox}/other")),
            "an option as ref": lambda: Input(name="", request=self._pull(ref=f"--output={evil}")),
            "a directory outside": lambda: Input(name="", request=self._pull(directory="../../..")),
            "a link in git": self._commit_link,
        }
        name = self.rng.choice(sorted(choices))
        made = choices[name]()
        return Input(name=name, request=made.request, archive=made.archive)

    def _commit_link(self) -> Input:
        self._write_commit(self._project(), link=self.sandbox / "evil")
        return Input(name="", request=self._pull())

    def _write_commit(self, content: Content, link: Path | None = None) -> None:
        self._git("rm", "-r", "--quiet", "--force", "--ignore-unmatch", ".")
        for name, data in content.items():
            path = self.repository / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        if link is not None:
            (self.repository / "data_tasks" / "link.py").symlink_to(link)
        self._git("add", "--all")
        self._git("commit", "--quiet", "--allow-empty", "--message", f"update {self.made}")

    def _git(self, *arguments: str) -> None:
        environment = {**os.environ, **GIT}
        subprocess.run(["git", *arguments], cwd=self.repository, env=environment, check=True, capture_output=True)

    def _pull(self, **values: str) -> Request:
        return self._request(Action.UPDATE, **{"repository": f"file://{self.repository}", **values})

    def _upload(self, name: str, archive: bytes, content: Content | None = None) -> Input:
        return Input(name=name, request=self._request(Action.ARCHIVE), archive=archive, content=content)

    def _request(self, action: Action, **values: object) -> Request:
        return Request(action=action, by="chaos", trigger=ConfigTrigger.CLI, **values)  # type: ignore[arg-type]


def zipped(content: Content, *links: tuple[zipfile.ZipInfo, str]) -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in content.items():
            made.writestr(name, data)
        for link, target in links:
            made.writestr(link, target)
    return archive.getvalue()


def tarred(content: Content, *links: tuple[tarfile.TarInfo, str], then: Content | None = None) -> bytes:
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w:gz", compresslevel=1) as made:
        for name, data in content.items():
            _add(made, name, data)
        for link, target in links:
            link.linkname = target
            made.addfile(link)
        for name, data in (then or {}).items():
            _add(made, name, data)
    return archive.getvalue()


def _add(archive: tarfile.TarFile, name: str, data: bytes) -> None:
    entry = tarfile.TarInfo(name)
    entry.size = len(data)
    archive.addfile(entry, io.BytesIO(data))
