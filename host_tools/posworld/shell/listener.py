"""The host tool in the same process: time does not jump before it has dealt with what it heard."""

from __future__ import annotations

from typing import Protocol

from .shell import Shell, never


class Transport(Protocol):
    """A tool's way to the terminal, as posdiag has them."""

    name: str

    def read(self, timeout_s: float) -> bytes: ...

    def write(self, data: bytes) -> None: ...

    def close(self) -> None: ...


class Listener:
    """A transport around the one at the tool's port; caught_up() says that all that read() gave
    has been dealt with.
    """

    def __init__(self, inner: Transport, shell: Shell) -> None:
        self.name = inner.name
        self.write = inner.write
        self._inner = inner
        self._shell = shell
        self._taken = self._dealt = self._before = 0
        shell.act(self._begin)

    def _begin(self) -> None:
        port = self._shell.tool_port
        self._before = port.carried() - port.unread()
        self._shell.is_behind = self._is_behind

    def _is_behind(self) -> bool:
        port = self._shell.tool_port
        return port.unsent() or port.carried() - self._before > self._dealt

    def read(self, timeout_s: float) -> bytes:
        data = self._inner.read(timeout_s)
        self._taken += len(data)
        return data

    def caught_up(self) -> None:
        self._dealt = self._taken

    def close(self) -> None:
        self._shell.is_behind = never
        self._inner.close()
