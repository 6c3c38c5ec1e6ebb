"""The list of what was handed in from this computer, so that nobody is charged twice: a second
`posdiag submit` draws a new record, and to the acquirer that is a second sale.

Kept for a day: the message's SHA-256, its record and terminal; never the message.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from ..show.crash_file import folder

KEPT_S = 86400
_KEPT_MAX = 500


@dataclass(frozen=True)
class Handed:
    """One handing in: which message, under which record, to which terminal, when."""

    digest: str
    record: int
    device: str
    unix_s: int


def digest_of(message: bytes) -> str:
    return hashlib.sha256(message).hexdigest()


class Ledger:
    """The list in the user's state folder. What cannot be read or written there stops nothing."""

    def __init__(self, path: Path | None = None) -> None:
        self._path = path or folder() / "handed-in.json"

    def lately(self, message: bytes, now_s: float | None = None) -> list[Handed]:
        """Who got these very bytes within a day, oldest first."""
        digest, now = digest_of(message), time.time() if now_s is None else now_s
        return [item for item in self._read() if item.digest == digest and _is_fresh(item, now)]

    def note(self, message: bytes, record: int, device: str, now_s: float | None = None) -> None:
        """Remember that this message is about to be handed in."""
        now = int(time.time() if now_s is None else now_s)
        item = Handed(digest_of(message), record, device, now)
        kept = [old for old in self._read() if _is_fresh(old, now) and not _same(old, item)]
        text = json.dumps([asdict(one) for one in [*kept, item][-_KEPT_MAX:]])
        new = self._path.with_suffix(".new")
        try:
            new.write_text(text, encoding="ascii")
            os.replace(new, self._path)
        except OSError:
            pass

    def _read(self) -> list[Handed]:
        try:
            found = json.loads(self._path.read_text(encoding="ascii"))
            return [Handed(**item) for item in found]
        except (OSError, ValueError, TypeError):
            return []


def _is_fresh(item: Handed, now_s: float) -> bool:
    return 0 <= now_s - item.unix_s < KEPT_S


def _same(one: Handed, other: Handed) -> bool:
    return (one.digest, one.record, one.device) == (other.digest, other.record, other.device)
