"""The board's own console as the host's port: frames, prompt and tracebacks share it.

Reading waits for every byte that it was asked for, so bytes are taken one at a time while poll
says that there are some; Ctrl-C stays the interpreter's.
"""

import select
import sys

from posproto import const

from .port import Port

_TURN = const(128)  # bytes in one turn of the loop


class ConsolePort(Port):
    """The console as a Port. Its input is polled for both directions: a board has one device."""

    def __init__(self):
        super().__init__(sys.stdin.buffer, _TURN)
        self._byte = bytearray(1)
        self._poll = select.poll()
        self._poll.register(self.stream, select.POLLIN)

    def read(self):
        """Bytes received into `buf`: their number."""
        n = 0
        while n < _TURN:
            for _, flags in self._poll.ipoll(0):
                if flags & select.POLLIN:
                    break
            else:
                return n
            if not self.stream.readinto(self._byte):
                return n
            self.buf[n] = self._byte[0]
            n += 1
        return n

    def _write(self, data):
        return sys.stdout.buffer.write(data)
