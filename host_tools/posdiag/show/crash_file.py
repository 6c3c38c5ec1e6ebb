"""The file about an error that nobody expected, for the developers; the user gets its path.

It must hold nothing that may not leave a shop: long digit runs (cards, phones, SIM numbers) and
long tokens (keys, frames) in it are masked, and local variables are not written at all.
"""

from __future__ import annotations

import os
import platform
import re
import sys
import tempfile
import time
import traceback
from pathlib import Path

from posproto import VERSION

_DIGITS = re.compile(r"\d{7,}")
_TOKEN = re.compile(r"[0-9A-Za-z+/=_-]{32,}")
_ESCAPES = re.compile(r"(?:\\x[0-9a-fA-F]{2}){4,}")


def mask(text: str) -> str:
    """`text` without long digit runs, tokens and escaped bytes; their length stays."""
    text = _ESCAPES.sub(lambda match: f"<{len(match.group()) // 4} bytes>", text)
    text = _TOKEN.sub(lambda match: f"<{len(match.group())} characters>", text)
    return _DIGITS.sub(lambda match: f"<{len(match.group())} digits>", text)


def folder() -> Path:
    """Where such files go: the user's own state folder, or the temporary one."""
    base = os.environ.get("POSDIAG_STATE_DIR") or os.environ.get("LOCALAPPDATA")
    if not base:
        base = os.environ.get("XDG_STATE_HOME") or str(Path.home() / ".local" / "state")
    path = Path(base) / "posdiag"
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError:
        return Path(tempfile.gettempdir())
    return path


def write_crash(error: BaseException, argv: list[str]) -> Path:
    """Write the file and return its path; the traceback's own lines name code, not data."""
    lines = [
        f"posdiag {VERSION}, Python {platform.python_version()}, {platform.platform()}",
        f"command: {mask(' '.join(argv))}",
        f"encoding: {getattr(sys.stdout, 'encoding', '?')}",
        "",
        mask("".join(traceback.format_exception(type(error), error, error.__traceback__))),
    ]
    path = folder() / time.strftime("crash-%Y%m%d-%H%M%S.txt")
    try:
        path.write_text("\n".join(lines), encoding="utf-8")
    except OSError:
        path = Path(tempfile.gettempdir()) / path.name
        path.write_text("\n".join(lines), encoding="utf-8")
    return path
