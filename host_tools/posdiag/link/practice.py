"""Practice terminals that run on this computer: where they are, and which key file is theirs.

`posdiag simulate --serve` notes itself in the user's state folder: `posdiag ports` finds it like a
terminal at a cable, and keyed commands find its key.
"""

from __future__ import annotations

import json
import os
import secrets
import socket
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import urlsplit

from ..show.crash_file import folder

_PREFIX = "practice-"


@dataclass(frozen=True)
class Served:
    """One practice terminal: the port that a tool opens, its story, its key file."""

    port: str
    scenario: str
    device_id: str
    key_file: str

    @property
    def answers(self) -> bool:
        """Does anybody listen there? A program that was killed leaves its note behind."""
        parts = urlsplit(self.port)
        try:
            socket.create_connection((parts.hostname or "", parts.port or 0), 0.5).close()
        except OSError:
            return False
        return True


def new_key_file() -> tuple[Path, bytes]:
    """A file that only the user may read, with a key of 32 bytes."""
    path = folder() / f"{_PREFIX}{os.getpid()}.key"
    key = secrets.token_bytes(32)
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(key.hex())
    return path, key


def note(served: Served) -> Path:
    """Let the other commands of this user find it; remove() the file at the end."""
    path = folder() / f"{_PREFIX}{os.getpid()}.json"
    path.write_text(json.dumps(asdict(served)), encoding="utf-8")
    return path


def all_served() -> list[Served]:
    """The ones that answer; what nobody serves any more is cleared away."""
    found = []
    for path in sorted(folder().glob(f"{_PREFIX}*.json")):
        try:
            served = Served(**json.loads(path.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            continue
        if served.answers:
            found.append(served)
        else:
            with suppress(OSError):
                path.unlink()
                Path(served.key_file).unlink(missing_ok=True)
    return found
