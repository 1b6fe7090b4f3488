"""Who may log in through DUFT's interface: names with the argon2 hashes of their passwords.

Written as in a password file of a web server, ``name:hash``: one a line in the file, between spaces in the setting.
"""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import stat
import tempfile
import threading
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

from cryptography.exceptions import InvalidKey
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from taskdeck.web import native_thread

MAX_NAME_CHARACTERS = 150
MAX_PASSWORD_CHARACTERS = 1024
_NAME = re.compile(r"[^\s:#][^\s:]*")
_HASH_PREFIX = "$argon2id$"
_DJANGO_PREFIX = "argon2"
"""Before the hashes that Django stores."""


class InvalidUser(ValueError):
    """A name or a hash cannot be used; the message says which one and why."""


class UnusableUsersFile(Exception):
    """The file of users cannot be read, or others may read or write it; the message says what to do."""


def parse(entries: Iterable[str], origin: str) -> dict[str, str]:
    """Hashes by name. Raises `InvalidUser`, which quotes no hash; ``origin`` says where the entries are from."""
    found: dict[str, str] = {}
    for entry in entries:
        name, _, encoded = entry.strip().partition(":")
        if not name or name.startswith("#"):
            continue
        check_name(name)
        encoded = encoded.removeprefix(_DJANGO_PREFIX)
        if not encoded.startswith(_HASH_PREFIX):
            raise InvalidUser(
                f"{origin}: the password of {name!r} is not an argon2id hash ({_HASH_PREFIX}…). "
                f"`taskdeck duft-user {name} --print` makes one."
            )
        found[name] = encoded
    return found


def check_name(name: str) -> None:
    """Raises `InvalidUser`."""
    if len(name) > MAX_NAME_CHARACTERS or not _NAME.fullmatch(name):
        raise InvalidUser(
            f"{name[:MAX_NAME_CHARACTERS]!r} cannot be the name of a user: it must be one word without a colon, "
            f"not begin with #, and have at most {MAX_NAME_CHARACTERS} characters."
        )


def hashed(password: str) -> str:
    """By the parameters that OWASP recommends for argon2id."""
    argon = Argon2id(salt=secrets.token_bytes(16), length=32, iterations=2, lanes=1, memory_cost=19 * 1024)
    return argon.derive_phc_encoded(password.encode("utf-8", "replace"))


def write(file: Path, name: str, password: str) -> None:
    """Adds the user to the file, or gives an old one the new password.

    Raises `InvalidUser`, `UnusableUsersFile` and `OSError`.
    """
    check_name(name)
    users = {**_read(file), name: hashed(password)}
    text = "".join(f"{each}:{encoded}\n" for each, encoded in sorted(users.items()))
    # Made with mode 0600, and whole before it takes the place of the old one.
    descriptor, draft = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as made:
            made.write(text)
            made.flush()
            os.fsync(made.fileno())
        Path(draft).replace(file)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            Path(draft).unlink()
        raise


class Users:
    """Those of the setting and those of the file, which is read again when it has changed."""

    def __init__(self, entries: Iterable[str], file: Path) -> None:
        """Raises `InvalidUser` and `UnusableUsersFile`."""
        self._of_setting = parse(entries, "TASKDECK_DUFT_USERS")
        self._file = file
        self._of_file: Mapping[str, str] = {}
        self._mark: object = None
        self._lock = threading.Lock()
        self.hash_of("")

    def hash_of(self, name: str) -> str | None:
        """Raises `InvalidUser` and `UnusableUsersFile`, when the file was changed for the worse."""
        with self._lock:
            mark = _mark(self._file)
            if mark != self._mark:
                self._of_file = _read(self._file)
                self._mark = mark
            return self._of_file.get(name) or self._of_setting.get(name)

    def knows(self, name: str, password: str) -> bool:
        """Takes as long for a name that nobody has. Raises what `hash_of` raises."""
        encoded = self.hash_of(name)
        # It takes a while on purpose.
        fits = native_thread.run(_fits, password[: MAX_PASSWORD_CHARACTERS + 1], encoded or _of_nobody())
        return fits and encoded is not None and len(password) <= MAX_PASSWORD_CHARACTERS


def _fits(password: str, encoded: str) -> bool:
    try:
        Argon2id.verify_phc_encoded(password.encode("utf-8", "replace"), encoded)
    except (InvalidKey, ValueError):
        return False
    return True


@cache
def _of_nobody() -> str:
    return hashed(secrets.token_urlsafe(16))


def _mark(file: Path) -> object:
    try:
        status = file.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino, status.st_mode


def _read(file: Path) -> dict[str, str]:
    """Empty if there is none. Raises `InvalidUser` and `UnusableUsersFile`."""
    try:
        with file.open(encoding="utf-8") as opened:
            status = os.fstat(opened.fileno())
            if os.name == "posix" and stat.S_IMODE(status.st_mode) & 0o077:
                raise UnusableUsersFile(
                    f"The passwords in {file} are not the server's alone: others may read or write the file. "
                    f"Change that with `chmod 600 {file}`."
                )
            return parse(opened, str(file))
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise UnusableUsersFile(f"The file of users {file} cannot be read: {error}.") from error
