"""The flash of a practice terminal, in memory: what posagent.io.flash gives, without a disk."""

from __future__ import annotations


class MemoryFlash:
    """Named files up to `capacity` bytes in all. Raises OSError where a change does not fit."""

    def __init__(self, capacity: int = 262144) -> None:
        self._files: dict[str, bytes] = {}
        self._capacity = capacity
        self.wrote = False
        self.unreadable: list[str] = []

    def _change(self, count: int) -> None:
        self.wrote = True
        if count > self.free():
            raise OSError(28)

    def read(self, name: str) -> bytes | None:
        return self._files.get(name) or None

    def write(self, name: str, data: bytes) -> None:
        self._change(len(data) - self.size(name))
        self._files[name] = bytes(data)

    def append(self, name: str, data: bytes) -> None:
        self._change(len(data))
        self._files[name] = self._files.get(name, b"") + bytes(data)

    def size(self, name: str) -> int:
        return len(self._files.get(name, b""))

    def read_at(self, name: str, offset: int, count: int) -> bytes:
        return self._files.get(name, b"")[offset : offset + count]

    def remove(self, name: str) -> None:
        if name in self._files:
            self._change(0)
            del self._files[name]

    def names(self, prefix: str = "") -> list[str]:
        return sorted(name for name in self._files if name.startswith(prefix))

    def free(self) -> int:
        return self._capacity - sum(len(data) for data in self._files.values())
