"""The modem's TCP connections as real ones on the loopback."""

from __future__ import annotations

import errno
import selectors
import socket
import time
from collections.abc import Callable


class Bridge:
    """The `net` of a Modem. resolve(host, port) gives the real address, or None for nobody there,
    and whether a program of its own answers there.

    busy() and waiting() hold the clock; waiting() ends by itself, so that such a program that
    never answers does not stop time for good.
    """

    def __init__(
        self,
        selector: selectors.BaseSelector,
        resolve: Callable[[str, int], tuple[tuple[str, int] | None, bool]],
        patience_s: float = 1.0,
    ) -> None:
        self._selector = selector
        self._resolve = resolve
        self._patience_s = patience_s
        self._sockets: dict[int, socket.socket] = {}
        self._out: dict[int, bytearray] = {}
        self._connecting: set[int] = set()
        self._foreign: set[int] = set()
        self._waiting: dict[int, float] = {}  # handle -> wall time of the last byte sent
        self.events: list[tuple[str, int, bytes]] = []  # "opened", "refused", "data", "closed"

    # -- called by the modem --------------------------------------------------------------

    def open(self, handle: int, host: str, port: int) -> None:
        address, is_foreign = self._resolve(host, port)
        if address is None:
            self.events.append(("refused", handle, b""))
            return
        sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        sock.setblocking(False)
        error = sock.connect_ex(address)
        if error not in (0, errno.EINPROGRESS):
            sock.close()
            self.events.append(("refused", handle, b""))
            return
        self._sockets[handle] = sock
        self._out[handle] = bytearray()
        self._connecting.add(handle)
        if is_foreign:
            self._foreign.add(handle)
        self._selector.register(sock, selectors.EVENT_WRITE, self._watcher(handle))

    def send(self, handle: int, data: bytes) -> None:
        if handle in self._sockets:
            self._out[handle] += data
            if handle in self._foreign:
                self._waiting[handle] = time.monotonic()
            self._flush(handle)

    def close(self, handle: int) -> None:
        sock = self._sockets.pop(handle, None)
        if sock is not None:
            self._selector.unregister(sock)
            sock.close()
        self._out.pop(handle, None)
        self._connecting.discard(handle)
        self._foreign.discard(handle)
        self._waiting.pop(handle, None)

    # -- called by the shell's loop ---------------------------------------------------------

    def _watcher(self, handle: int) -> Callable[[int], None]:
        return lambda mask: self._ready(handle, mask)

    def _ready(self, handle: int, mask: int) -> None:
        sock = self._sockets.get(handle)
        if sock is None:
            return
        if handle in self._connecting:
            self._connecting.discard(handle)
            if sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
                self.close(handle)
                self.events.append(("refused", handle, b""))
                return
            self._selector.modify(sock, selectors.EVENT_READ, self._watcher(handle))
            self.events.append(("opened", handle, b""))
            return
        if mask & selectors.EVENT_WRITE:
            self._flush(handle)
        if mask & selectors.EVENT_READ:
            self._read(handle, sock)

    def _read(self, handle: int, sock: socket.socket) -> None:
        try:
            data = sock.recv(65536)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        self._waiting.pop(handle, None)
        if data:
            self.events.append(("data", handle, data))
        else:
            self.close(handle)
            self.events.append(("closed", handle, b""))

    def _flush(self, handle: int) -> None:
        sock, out = self._sockets[handle], self._out[handle]
        if handle in self._connecting:
            return
        try:
            while out:
                del out[: sock.send(out)]
        except BlockingIOError:
            pass
        except OSError:
            out.clear()
        mask = selectors.EVENT_READ | (selectors.EVENT_WRITE if out else 0)
        self._selector.modify(sock, mask, self._watcher(handle))

    def busy(self) -> bool:
        """Is anything under way on this side of the loopback?"""
        return bool(self._connecting or self.events or any(self._out.values()))

    def waiting(self) -> bool:
        """Is an answer out, and not for too long?"""
        now = time.monotonic()
        return any(now - since < self._patience_s for since in self._waiting.values())

    def shut(self) -> None:
        for handle in list(self._sockets):
            self.close(handle)
