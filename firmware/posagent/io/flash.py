"""Storage on littlefs: a few named files in one directory, each call durable when it returns.

littlefs keeps a file's old content until its close, so a power cut leaves the old or the new
content, never a mixture; a file that was just being created may be left empty, and an empty file
counts as absent here. So does one that cannot be read: its name is noted, to be told. What writes
raises OSError where the flash is full or broken.
"""

import os

_ENOENT = 2
_NOTED = 8


class Storage:
    """Used by the outbox, the log and the config. Allocates what it reads, keeps nothing."""

    wrote = False  # since someone cleared it

    def __init__(self, directory: str):
        self._base = directory.rstrip("/") + "/"
        self.unreadable = []  # names, a few; whoever told them empties it

    def _note(self, name, error):
        noted = self.unreadable
        if error.errno != _ENOENT and name not in noted and len(noted) < _NOTED:
            noted.append(name)

    def read(self, name: str):
        """The whole content, or None where the file is absent or empty."""
        try:
            with open(self._base + name, "rb") as file:
                return file.read() or None
        except OSError as error:
            self._note(name, error)
            return None

    def write(self, name: str, data: bytes) -> None:
        """Replaces the content: after a power cut the file is the old one or the new one."""
        self.wrote = True
        with open(self._base + name, "wb") as file:
            file.write(data)

    def append(self, name: str, data: bytes) -> None:
        """Adds at the end: after a power cut all of `data` is there or nothing."""
        self.wrote = True
        with open(self._base + name, "ab") as file:
            file.write(data)

    def size(self, name: str) -> int:
        """Bytes in the file; 0 where it is absent."""
        try:
            return os.stat(self._base + name)[6]
        except OSError as error:
            self._note(name, error)
            return 0

    def read_at(self, name: str, offset: int, count: int) -> bytes:
        """Up to `count` bytes from `offset`; fewer at the end of the file, b"" where absent."""
        try:
            with open(self._base + name, "rb") as file:
                file.seek(offset)
                return file.read(count)
        except OSError as error:
            self._note(name, error)
            return b""

    def remove(self, name: str) -> None:
        """Removes the file; nothing happens where it is absent."""
        self.wrote = True
        try:
            os.remove(self._base + name)
        except OSError as error:
            if error.errno != _ENOENT:
                raise

    def may_have(self, name: str) -> bool:
        """False only where the flash says clearly that there is no such file, not even an empty
        one.
        """
        try:
            os.stat(self._base + name)
        except OSError as error:
            return error.errno != _ENOENT
        return True

    def names(self, prefix: str = "") -> list:
        """Names that begin with `prefix`, sorted."""
        try:
            return sorted(name for name in os.listdir(self._base) if name.startswith(prefix))
        except OSError as error:
            self._note("/", error)
            return []

    def free(self) -> int:
        """Free bytes, in whole blocks. Walks the file system: not for every turn of the loop.

        littlefs may count a block twice, and then more in use than there are: none is free.
        """
        stat = os.statvfs(self._base)
        return stat[1] * stat[3] if stat[3] <= stat[2] else 0
