"""A practice terminal behind a loopback socket: brought into its trouble in virtual time, kept
there in real time, for as many tools at once as connect."""

from __future__ import annotations

import select
import socket
import time
from collections.abc import Callable
from typing import Any

from .terminal import PracticeTerminal

_STEP_MS = 5000  # of virtual time, between looks at the verdict
_REACHED_WITHIN_S = 86400
_TURN_S = 0.02
_CATCH_UP_MS = 2000  # a computer that slept does not make up for the hours
_OUT_MAX = 262144
_NO_TROUBLE = ("all_clear", "starting", "connecting")


class NotReached(Exception):
    """The scenario did not come to the wanted verdict within a day of its time."""


def trouble_of(scenario: dict[str, Any]) -> str:
    """The verdict that the scenario is about: the first one expected after its fault."""
    expected = scenario.get("expect", [])
    after = [item for item in expected if item.get("mark")] + expected
    troubles = [str(item["verdict"]) for item in after if item["verdict"] not in _NO_TROUBLE]
    return troubles[0] if troubles else "all_clear"


class Practice:
    """`port` is what a tool opens. run() until the caller's `goes_on` says no."""

    def __init__(self, scenario: dict[str, Any], seed: int, key: bytes, port: int = 0) -> None:
        self._listener = socket.create_server(("127.0.0.1", port))
        self._listener.setblocking(False)
        number = self._listener.getsockname()[1]
        self.port = f"socket://127.0.0.1:{number}"
        self.device_id = f"PRACTICE-{number}"
        self.terminal = PracticeTerminal(scenario, seed, key, self.device_id)
        self._clients: dict[socket.socket, bytearray] = {}
        self.terminal.on_line = self._tell

    def reach(self, verdict: str, progress: Callable[[int], None] = lambda s: None) -> None:
        """Let the story run until the terminal says so, and has said it for some moments.

        Raises NotReached.
        """
        held = 0
        for turn in range(_REACHED_WITHIN_S * 1000 // _STEP_MS):
            self.terminal.run_ms(_STEP_MS)
            held = held + 1 if self.terminal.verdict == verdict else 0
            if held >= 3:
                self.terminal.hold()
                return
            if turn % 60 == 0:
                progress(self.terminal.now_ms // 1000)
        raise NotReached(verdict)

    def run(self, goes_on: Callable[[], bool] = lambda: True) -> None:
        """Real time from now on: a second of the terminal is a second of the user's."""
        last = time.monotonic()
        while goes_on():
            self._serve()
            now = time.monotonic()
            ms = int((now - last) * 1000)
            if ms > 0:
                last += ms / 1000
                self.terminal.run_ms(min(ms, _CATCH_UP_MS))

    def _serve(self) -> None:
        wanting = [sock for sock, out in self._clients.items() if out]
        readers = [self._listener, *self._clients]
        ready, writable, _ = select.select(readers, wanting, [], _TURN_S)
        for sock in ready:
            if sock is self._listener:
                client, _ = self._listener.accept()
                client.setblocking(False)
                self._clients[client] = bytearray()
            else:
                self._read(sock)
        for sock in writable:
            self._write(sock)

    def _read(self, sock: socket.socket) -> None:
        try:
            data = sock.recv(4096)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if data:
            self.terminal.say(data)
            self.terminal.run_ms(1)
        else:
            self._drop(sock)

    def _write(self, sock: socket.socket) -> None:
        out = self._clients.get(sock)
        if not out:
            return
        try:
            del out[: sock.send(out)]
        except BlockingIOError:
            return
        except OSError:
            self._drop(sock)

    def _tell(self, line: bytes) -> None:
        """Whoever does not read loses whole lines, never parts of one."""
        for sock, out in list(self._clients.items()):
            if len(out) + len(line) <= _OUT_MAX:
                out += line
            self._write(sock)

    def _drop(self, sock: socket.socket) -> None:
        self._clients.pop(sock, None)
        sock.close()

    def close(self) -> None:
        for sock in [*self._clients, self._listener]:
            sock.close()
        self._clients.clear()
