"""The device's key, for requests that change something: read from a file of the user's own."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from .errors import BadFile, KeyNeeded

KEY_LENGTH = 32


def read_key(path: str | None) -> bytes:
    """The 32 bytes (64 hex digits) in the file; POSDIAG_KEY_FILE names it where `path` does not.

    Raises KeyNeeded without a file, BadFile for one that other users may read or holds no key.
    """
    path = path or os.environ.get("POSDIAG_KEY_FILE")
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
