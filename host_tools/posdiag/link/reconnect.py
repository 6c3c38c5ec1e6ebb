"""A transport that outlives its cable: for what follows a terminal until the user has seen enough.

A board restarts, a plug is pulled and put back: USB gives the port again, sometimes under another
name. It is opened anew as soon as it is there; a board with a serial number is found by that.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from ..errors import Disconnected, PosdiagError
from .ports import list_ports
from .transports import Transport

RETRY_S = 0.5


class Watchman:
    """Hears of a cable that goes and comes back: says so, and remembers that it came back."""

    def __init__(self, say: Callable[[bool], None]) -> None:
        self.say = say
        self.is_lost = False
        self._came_back = False

    def __call__(self, is_back: bool) -> None:
        self.is_lost = not is_back
        self._came_back = is_back
        self.say(is_back)

    def came_back(self) -> bool:
        """True once after each return."""
        came_back, self._came_back = self._came_back, False
        return came_back


class Reconnecting:
    """Reads nothing while the port is gone. on_change(True) says that it is back, False that it is
    lost. `lost` holds the error while it is, `last_loss` the last one.
    """

    def __init__(
        self,
        inner: Transport,
        reopen: Callable[[str], Transport],
        on_change: Callable[[bool], None],
    ) -> None:
        self.name = inner.name
        self.lost: Disconnected | None = None
        self.last_loss: Disconnected | None = None
        self._inner: Transport | None = inner
        self._reopen = reopen
        self._on_change = on_change
        self._retry_at = 0.0
        self._serial_number = self._number_of(inner.name)

    @staticmethod
    def _number_of(name: str) -> str:
        return next((port.serial_number for port in list_ports() if port.device == name), "")

    def read(self, timeout_s: float) -> bytes:
        if self._inner is None and not self._back():
            time.sleep(min(timeout_s, RETRY_S))
            return b""
        assert self._inner is not None
        try:
            return self._inner.read(timeout_s)
        except Disconnected as error:
            self._gone(error)
            return b""

    def write(self, data: bytes) -> None:
        if self._inner is None:
            return
        try:
            self._inner.write(data)
        except Disconnected as error:
            self._gone(error)

    def close(self) -> None:
        if self._inner is not None:
            self._inner.close()

    def _gone(self, error: Disconnected) -> None:
        self.close()
        self._inner = None
        self.lost = self.last_loss = error
        self._on_change(False)

    def _back(self) -> bool:
        now = time.monotonic()
        if now < self._retry_at:
            return False
        self._retry_at = now + RETRY_S
        for name in self._names():
            try:
                self._inner = self._reopen(name)
            except PosdiagError:
                continue  # not there yet, or its rights are still being set
            self.name = name
            self.lost = None
            self._on_change(True)
            return True
        return False

    def _names(self) -> list[str]:
        """Where it may be: under its name, or where its serial number shows up."""
        names = [self.name]
        if self._serial_number:
            found = [p.device for p in list_ports() if p.serial_number == self._serial_number]
            names = found or names
        return names
