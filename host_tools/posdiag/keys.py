"""The device's key, for requests that change something: read from a file of the user's own."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from .errors import BadFile

KEY_LENGTH = 32


def read_key(path: str) -> bytes:
    """The 32 bytes (64 hex digits) in the file. Refuses a file that other users may read."""
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
