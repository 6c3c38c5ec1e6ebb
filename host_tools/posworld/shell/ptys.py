"""Pseudo terminals as serial cables (POSIX): raw, without echo, never blocking the world."""

from __future__ import annotations

import os
import termios
import tty


class Pty:
    """One end of a cable here, the other at `path` for whoever opens it.

    The far end is kept open here too: a reader that comes and goes is no hang-up.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self._near, self._far = os.openpty()
        tty.setraw(self._far, termios.TCSANOW)
        tty.setraw(self._near, termios.TCSANOW)
        os.set_blocking(self._near, False)
        self.path = os.ttyname(self._far)
        self._out = bytearray()
        self._given = 0  # bytes that were to be written
        self.lost = 0  # of these nobody read, beyond what the cable holds

    def fileno(self) -> int:
        return self._near

    def read(self) -> bytes:
        """What came in; b"" for nothing."""
        try:
            return os.read(self._near, 65536)
        except (BlockingIOError, OSError):
            return b""

    def write(self, data: bytes, keep_max: int = 65536) -> None:
        """Hold and write as far as the cable takes it; the oldest beyond keep_max is lost."""
        self._out += data
        self._given += len(data)
        self.push()
        if len(self._out) > keep_max:
            self.lost += len(self._out) - keep_max
            del self._out[: len(self._out) - keep_max]

    def push(self) -> None:
        if self._out:
            try:
                written = os.write(self._near, self._out)
            except (BlockingIOError, OSError):
                return
            del self._out[:written]

    def unsent(self) -> bool:
        return bool(self._out)

    def carried(self) -> int:
        """Bytes that the cable took, in all."""
        return self._given - self.lost - len(self._out)

    def unread(self) -> int:
        """Bytes that the far end has not read yet."""
        import fcntl
        import struct

        buffer = fcntl.ioctl(self._far, termios.FIONREAD, b"\0\0\0\0")
        return int(struct.unpack("i", buffer)[0])

    def forget(self) -> None:
        """Drop what the far end has not read."""
        self._out.clear()
        termios.tcflush(self._far, termios.TCIFLUSH)

    def close(self) -> None:
        for fd in (self._near, self._far):
            try:
                os.close(fd)
            except OSError:
                pass
