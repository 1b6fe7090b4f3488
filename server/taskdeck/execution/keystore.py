"""Encrypts secrets at rest with a key that lives beside the store, readable by the server's user alone."""

from __future__ import annotations

import hashlib
import hmac
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken

from taskdeck.execution import secret_file
from taskdeck.store import keystore_canary
from taskdeck.store.database import Database

_CANARY = b"taskdeck keystore"


class UnusableKey(Exception):
    """The key file cannot be read or is no key; the message says which file and what to do."""


class WrongKey(Exception):
    """The key is not the one that the store's secrets were encrypted with."""


class Keystore:
    """Fernet (AES-128-CBC with HMAC-SHA256) over UTF-8 text and bytes."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._fernet = Fernet(key)

    def encrypt(self, text: str) -> str:
        return self._fernet.encrypt(text.encode()).decode()

    def decrypt(self, token: str) -> str:
        """Raises `WrongKey`."""
        return self.decrypt_bytes(token.encode()).decode()

    def encrypt_bytes(self, data: bytes) -> bytes:
        return self._fernet.encrypt(data)

    def decrypt_bytes(self, token: bytes) -> bytes:
        try:
            return self._fernet.decrypt(token)
        except InvalidToken as error:
            raise WrongKey("A stored secret cannot be decrypted with this server's key.") from error

    def fingerprint(self, text: str) -> str:
        """The same 64 characters for the same text; without the key, nobody can try out which text it was."""
        return hmac.new(self._key, b"taskdeck fingerprint\0" + text.encode(), hashlib.sha256).hexdigest()


def open_keystore(key_file: Path, database: Database) -> Keystore:
    """The keystore of a state directory; its key is made at the first start.

    Raises `UnusableKey`, and `WrongKey` when the store was written with another key.
    """
    keystore = Keystore(_read_or_create(key_file))
    with database.read() as connection:
        canary = keystore_canary.get(connection)
    if canary is None:
        with database.write() as connection:
            # Another process may have been quicker, with the same key file.
            if (canary := keystore_canary.get(connection)) is None:
                canary = keystore.encrypt(_CANARY.decode())
                keystore_canary.set_once(connection, canary)
    try:
        keystore.decrypt(canary)
    except WrongKey:
        raise WrongKey(
            f"The key in {key_file} is not the one that this store's secrets were encrypted with. "
            "Put the original key file back; without it the saved secrets of connections cannot be read."
        ) from None
    return keystore


def _read_or_create(key_file: Path) -> bytes:
    try:
        key = secret_file.read_or_create(key_file, Fernet.generate_key).strip()
        Fernet(key)
    except OSError as error:
        raise UnusableKey(f"The key file {key_file} cannot be read: {error.strerror}.") from error
    except ValueError as error:
        raise UnusableKey(
            f"{key_file} does not hold a key (32 bytes, URL-safe base64). Put the original key file back."
        ) from error
    return key
