"""Where this computer keeps fleet keys: the system's keyring, else a file of the user's own.

Keys never stand in a command line, an environment variable or a log. Which device belongs to which
fleet is no secret and stands in a file beside.
"""

from __future__ import annotations

import json
import os
import secrets
import stat
from pathlib import Path
from typing import Any, Protocol

from ..errors import BadFile, KeyNeeded
from ..show.crash_file import folder
from .key_derivation import KEY_LENGTH, device_key

SERVICE = "posdiag"
_FILE = "secrets.json"
_INDEX = "devices.json"
_MOVES = "moves.json"


class Safe(Protocol):
    """Named secrets; `place` tells people where they are."""

    place: str

    def get(self, name: str) -> bytes | None: ...

    def put(self, name: str, secret: bytes) -> None: ...


class KeyringSafe:
    """The keyring of the system: Windows' credential store, macOS' keychain, Secret Service."""

    def __init__(self, keyring: Any) -> None:
        self._keyring = keyring
        self.place = str(keyring.get_keyring().name)

    def get(self, name: str) -> bytes | None:
        text = self._keyring.get_password(SERVICE, name)
        return bytes.fromhex(text) if text else None

    def put(self, name: str, secret: bytes) -> None:
        self._keyring.set_password(SERVICE, name, secret.hex())


class FileSafe:
    """A file that only its owner may read. Raises BadFile where others may."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.place = str(path)

    def _read(self) -> dict[str, str]:
        try:
            mode = self._path.stat().st_mode
            if os.name == "posix" and mode & (stat.S_IRWXG | stat.S_IRWXO):
                raise BadFile(oct(mode), key="key_open_to_others", file=str(self._path))
            kept = json.loads(self._path.read_text(encoding="ascii"))
        except FileNotFoundError:
            return {}
        except (OSError, ValueError) as error:
            raise BadFile(repr(error), key="key_unreadable", file=str(self._path)) from error
        return kept if isinstance(kept, dict) else {}

    def get(self, name: str) -> bytes | None:
        text = self._read().get(name)
        return bytes.fromhex(text) if text else None

    def put(self, name: str, secret: bytes) -> None:
        text = json.dumps({**self._read(), name: secret.hex()}, indent=1)
        part = self._path.with_suffix(f".{os.getpid()}")
        part.unlink(missing_ok=True)
        # Made with its mode, so that it is never open to others, not even for a moment.
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(text)
        part.replace(self._path)


def open_safe() -> Safe:
    """The keyring where this system has one that works, else the file in posdiag's folder."""
    path = folder() / _FILE
    if not path.exists():
        try:
            import keyring

            if getattr(keyring.get_keyring(), "priority", 0) >= 1:
                return KeyringSafe(keyring)
        except (ImportError, RuntimeError):
            pass
    return FileSafe(path)


def fleet_key(safe: Safe, fleet: str, create: bool = False) -> bytes:
    """The key of a fleet; with `create` a new one. Raises KeyNeeded, or BadFile for a name that is
    taken.
    """
    kept = safe.get(f"fleet:{fleet}")
    if create:
        if kept is not None:
            raise BadFile(fleet, key="fleet_exists", fleet=fleet, place=safe.place)
        kept = secrets.token_bytes(KEY_LENGTH)
        safe.put(f"fleet:{fleet}", kept)
    if kept is None:
        raise KeyNeeded(key="fleet_unknown", fleet=fleet, place=safe.place)
    return kept


def fleets() -> dict[str, str]:
    """Device id -> fleet, of every device that was provisioned from here."""
    return _index(_INDEX)


def _index(name: str) -> dict[str, str]:
    try:
        kept = json.loads((folder() / name).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    texts = isinstance(kept, dict) and all(isinstance(value, str) for value in kept.values())
    return kept if texts else {}


def _keep(name: str, kept: dict[str, str]) -> None:
    path = folder() / name
    part = path.with_suffix(f".{os.getpid()}")
    part.write_text(json.dumps(kept, indent=1), encoding="utf-8")
    part.replace(path)


def remember(device_id: str, fleet: str) -> None:
    """This device belongs to that fleet from now on."""
    _keep(_INDEX, {**fleets(), device_id: fleet})
    moving = _index(_MOVES)
    if moving.pop(device_id, None) is not None:
        _keep(_MOVES, moving)


def moves(device_id: str, before: str) -> None:
    """A terminal with the id `before` is about to get this one. Where that is cut it has the new
    id and still the key of the old one.
    """
    if before and before != device_id:
        _keep(_MOVES, {**_index(_MOVES), device_id: before})


def keys_of(device_id: str) -> list[bytes]:
    """Keys that a terminal of this id may have, as far as they follow from what is kept here."""
    known = fleets()
    names = [device_id, _index(_MOVES).get(device_id, "")]
    return [key_of(name) for name in names if name in known]


def key_of(device_id: str) -> bytes:
    """The key of a device that was provisioned from here. Raises KeyNeeded."""
    fleet = fleets().get(device_id)
    if fleet is None:
        raise KeyNeeded(key="device_unknown", device=device_id)
    return device_key(fleet_key(open_safe(), fleet), device_id)
