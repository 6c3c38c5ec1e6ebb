"""The agent's own Storage on a file system in memory that fails as flash does.

Beside power that goes at a change (`lose_at`): a change that is refused, or refused although it
was done; a disk that is full, for good or for one operation; a read or a listing that fails and
succeeds at a later try; and a bit that turns while the power is off. As on littlefs a change is
whole or did not happen, but for a new file, which may be left empty.
"""

from __future__ import annotations

from typing import Any

from memory_storage import PowerCutError
from posagent.io import flash

_ENOENT, _EIO, _ENOSPC = 2, 5, 28
_WHOLE = 262144


class _File:
    def __init__(self, disk: FailingFlash, name: str, mode: str) -> None:
        self.disk, self.name, self.mode = disk, name, mode
        self.at = 0
        self.new = b""

    def __enter__(self) -> _File:
        return self

    def __exit__(self, kind: Any, *_: Any) -> None:
        if self.mode != "rb" and kind is None:
            old = self.disk.files.get(self.name, b"") if self.mode == "ab" else b""
            self.disk.change(self.name, old + self.new)

    def seek(self, at: int) -> None:
        self.at = at

    def read(self, count: int = -1) -> bytes:
        self.disk.may_fail("read")
        data = self.disk.files[self.name][self.at :]
        return data if count < 0 else data[:count]

    def write(self, data: bytes) -> None:
        self.new += bytes(data)


class FailingFlash:
    """Files by name, and what flash.Storage calls: open, and of os what it needs. Calm at first:
    trouble() draws what fails next, calm() ends it; what rotted stays so.
    """

    def __init__(self, rng: Any) -> None:
        self.rng = rng
        self.files: dict[str, bytes] = {}
        self.capacity = _WHOLE
        self.failed: dict[str, int] = {}  # by kind, how often
        self.changes = 0
        self.full = range(0)  # numbers of the changes that find the disk full
        self.calm()

    def storage(self) -> Any:
        """A Storage on it; only one FailingFlash is in use at a time."""
        flash.open = self.open  # type: ignore[attr-defined]
        flash.os = self  # type: ignore[assignment]
        return flash.Storage("/")

    # What goes wrong

    def trouble(self) -> None:
        rng = self.rng
        self.lose_at = 1 + rng.below(10) if rng.below(5) == 0 else 0
        self.refuse_at = 1 + rng.below(8) if rng.below(6) == 0 else 0
        self.error = (_EIO, _ENOSPC)[rng.below(2)]
        self.although_done = rng.below(3) == 0
        self.reads_permille = (0, 0, 0, 20, 200)[rng.below(5)]
        self.capacity = 15000 if rng.below(12) == 0 else _WHOLE

    def calm(self) -> None:
        self.lose_at = self.refuse_at = self.error = self.reads_permille = 0
        self.although_done = False
        self.capacity = _WHOLE

    def rot(self) -> None:
        """Turns one bit of one file."""
        names = sorted(name for name, data in self.files.items() if data)
        if names:
            name = names[self.rng.below(len(names))]
            data = bytearray(self.files[name])
            data[self.rng.below(len(data))] ^= 1 << self.rng.below(8)
            self.files[name] = bytes(data)
            self._count("rotten bit")

    def _count(self, kind: str) -> None:
        self.failed[kind] = self.failed.get(kind, 0) + 1

    def may_fail(self, kind: str) -> None:
        if self.reads_permille and self.rng.below(1000) < self.reads_permille:
            self._count(kind)
            raise OSError(_EIO)

    def change(self, name: str, data: bytes | None) -> None:
        """A file gets new content, or goes."""
        if self.lose_at:
            self.lose_at -= 1
            if not self.lose_at:
                self.lose_at = 1  # the power stays away
                if data is not None and self.rng.below(2):
                    self.files.setdefault(name, b"")
                self._count("cut")
                raise PowerCutError
        self.changes += 1
        refused = self.refuse_at == 1
        self.refuse_at = max(self.refuse_at - 1, 0)
        more = len(data or b"") - len(self.files.get(name, b""))
        full = data is not None and (more > self._left() or self.changes in self.full)
        if (refused and not self.although_done) or full:
            self._count("refused")
            raise OSError(self.error if refused else _ENOSPC)
        if data is None:
            del self.files[name]
        else:
            self.files[name] = data
        if refused:
            self._count("refused although done")
            raise OSError(self.error)

    def _left(self) -> int:
        return self.capacity - sum(len(data) for data in self.files.values())

    # As the system's

    def open(self, path: str, mode: str) -> _File:
        name = path[1:]
        if mode == "rb" and name not in self.files:
            raise OSError(_ENOENT)
        return _File(self, name, mode)

    def stat(self, path: str) -> Any:
        self.may_fail("stat")
        if path[1:] not in self.files:
            raise OSError(_ENOENT)
        return (0,) * 6 + (len(self.files[path[1:]]),)

    def listdir(self, path: str) -> list[str]:
        self.may_fail("list")
        return list(self.files)

    def remove(self, path: str) -> None:
        if path[1:] not in self.files:
            raise OSError(_ENOENT)
        self.change(path[1:], None)

    def statvfs(self, path: str) -> Any:
        return (1, 1, _WHOLE, max(self._left(), 0))
