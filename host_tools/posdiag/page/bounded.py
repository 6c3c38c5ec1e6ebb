"""The limits of HTTP on the shared page: who does not send a whole request is let go of after ten
seconds; an address has a handful of connections, all together a few dozen.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

ASK_S = 10.0
EACH_MAX = 16
ALL_MAX = 64


class Bounded(H11Protocol):
    """One connection; the counts are of the whole process, which shares one page."""

    open_by: Counter[str] = Counter()
    _peer: str | None = None
    _late: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        peer = str((transport.get_extra_info("peername") or ("",))[0])
        if self.open_by[peer] >= EACH_MAX or self.open_by.total() >= ALL_MAX:
            transport.abort()
            return
        self._peer = peer
        self.open_by[peer] += 1
        super().connection_made(transport)
        self._wait()

    def data_received(self, data: bytes) -> None:
        if self._peer is not None:
            super().data_received(data)
            self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        if self._peer is None:
            return
        self.open_by[self._peer] -= 1
        if not self.open_by[self._peer]:
            del self.open_by[self._peer]
        self._peer = None
        self._wait()
        super().connection_lost(exc)

    def _wait(self) -> None:
        """The time runs while a request is not there whole; a byte now and then renews nothing."""
        asks = self._peer is not None and self.conn.their_state in (h11.IDLE, h11.SEND_BODY)
        if asks and self._late is None:
            self._late = self.loop.call_later(ASK_S, self.transport.abort)
        elif not asks and self._late is not None:
            self._late.cancel()
            self._late = None

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._wait()
