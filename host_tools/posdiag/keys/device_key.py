"""The device's key, for requests that change something: from a file of the user's own, or derived
from the key of the fleet that the device was provisioned for (key_store.py).
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path

from ..errors import BadFile, KeyNeeded
from ..link.practice import all_served
from . import key_store
from .key_derivation import KEY_LENGTH

Key = bytes | Callable[[str], bytes]  # the key, or what gives it for a device id


def _known_key(device_id: str) -> bytes:
    """The key of a practice terminal of this user's, or of a device provisioned from here."""
    for served in all_served():
        if served.device_id == device_id:
            key = read_key(served.key_file)
            assert isinstance(key, bytes)
            return key
    return key_store.key_of(device_id)


def key_at_hand(path: str | None) -> Key | None:
    """As read_key, for what is worth more with the key; None without one. Raises BadFile."""
    try:
        return read_key(path)
    except KeyNeeded:
        return None


def read_key(path: str | None) -> Key:
    """The 32 bytes (64 hex digits) in the file; POSDIAG_KEY_FILE names it where `path` does not.
    Without a file: what derives the key of a device that was provisioned on this computer.

    Raises KeyNeeded where there is neither, BadFile for a file that other users may read or that
    holds no key.
    """
    path = path or os.environ.get("POSDIAG_KEY_FILE")
    if not path and (key_store.fleets() or all_served()):
        return _known_key
    if not path:
        raise KeyNeeded()
    file = Path(path)
    try:
        text = file.read_text(encoding="ascii").strip()
        mode = file.stat().st_mode
    except (OSError, UnicodeDecodeError) as error:
        raise BadFile(repr(error), key="key_unreadable", file=path) from error
    if os.name == "posix" and mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise BadFile(oct(mode), key="key_open_to_others", file=path)
    try:
        key = bytes.fromhex(text)
    except ValueError:
        key = b""
    if len(key) != KEY_LENGTH:
        raise BadFile("not 64 hex digits", key="key_unreadable", file=path)
    return key
