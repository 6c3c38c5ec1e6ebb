"""Storage on littlefs: a few named files in one directory, each call durable when it returns.

littlefs keeps a file's old content until its close, so a power cut leaves the old or the new
content, never a mixture; a file that was just being created may be left empty, and an empty file
counts as absent here. So does one that cannot be read, in several tries: its name is noted, to be
told. What writes raises OSError where the flash is full or broken.
"""

import os

from posproto import const

_ENOENT = const(2)
_NOTED = const(8)
_TRIES = const(12)  # of a read: most that fail once do well at once


class Storage:
    """The files of one directory: outbox, log, settings. Allocates what it reads, keeps none."""

    wrote = False  # since someone cleared it

    def __init__(self, directory: str):
        self._base = directory.rstrip("/") + "/"
        self.unreadable = []  # names, a few; whoever told them empties it

    def _tried(self, name, read, *args):
        """What `read` says of a file; None where it is absent or none of the tries succeeded."""
        for left in range(_TRIES - 1, -1, -1):
            try:
                return read(self._base + name, *args)
            except OSError as error:
                noted = self.unreadable
                if error.errno == _ENOENT:
                    break
                if not left and (name or "/") not in noted and len(noted) < _NOTED:
                    noted.append(name or "/")
        return None

    def read(self, name: str):
        """The whole content, or None where the file is absent or empty."""
        return self._tried(name, _content) or None

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
        stat = self._tried(name, os.stat)
        return stat[6] if stat else 0

    def read_at(self, name: str, offset: int, count: int) -> bytes:
        """Up to `count` bytes from `offset`; fewer at the end of the file, b"" where absent."""
        return self._tried(name, _content, offset, count) or b""

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
        names = self._tried("", os.listdir) or ()
        return sorted(name for name in names if name.startswith(prefix))

    def free(self) -> int:
        """Free bytes, in whole blocks. Walks the file system: not for every turn of the loop.

        littlefs may count a block twice, and then more in use than there are: none is free.
        """
        stat = os.statvfs(self._base)
        return stat[1] * stat[3] if stat[3] <= stat[2] else 0


def _content(path, offset=0, count=-1):
    with open(path, "rb") as file:
        if offset:
            file.seek(offset)
        return file.read(count)
