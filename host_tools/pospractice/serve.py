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
_HELD = 3  # looks
_HELD_BESIDE = 120  # what is right beside the trouble may be its first sign: ten minutes for it
_OVER_MS = 3_600_000  # what did not come so long after the story's end comes no more
_LONG_MS = 14_400_000
_CLEAR = ("all_clear",)
_TURN_S = 0.02
_CATCH_UP_MS = 2000  # a computer that slept does not make up for the hours
_OUT_MAX = 262144
_NO_TROUBLE = ("all_clear", "starting", "connecting")


class NotReached(Exception):
    """The scenario did not come to the wanted verdict within a day of its time."""


def troubles_of(scenario: dict[str, Any]) -> tuple[str, ...]:
    """The verdict that the scenario is about, and what else is right: what is expected first after
    its fault."""
    expected = scenario.get("expect", [])
    for item in [item for item in expected if item.get("mark")] + expected:
        if item["verdict"] not in _NO_TROUBLE:
            also = [str(name) for name in item.get("or", ()) if name not in _NO_TROUBLE]
            return (str(item["verdict"]), *also)
    return ("all_clear",)


class Practice:
    """One practice terminal and its socket: `port` is what a tool opens. reach(), then run()."""

    def __init__(self, scenario: dict[str, Any], seed: int, key: bytes, port: int = 0) -> None:
        self._listener = socket.create_server(("127.0.0.1", port))
        self._listener.setblocking(False)
        number = self._listener.getsockname()[1]
        self.port = f"socket://127.0.0.1:{number}"
        self.device_id = f"PRACTICE-{number}"
        self.terminal = PracticeTerminal(scenario, seed, key, self.device_id)
        self._clients: dict[socket.socket, bytearray] = {}
        self.terminal.on_line = self._tell

    def reach(self, *verdicts: str, progress: Callable[[int], None] = lambda s: None) -> None:
        """Let the story run until the terminal gives one of these verdicts, and keeps to it while
        the story stands still: the first one, or, where that does not come, another. "All clear"
        counts once the story is over.

        Raises NotReached.
        """
        terminal, held, first, over_ms = self.terminal, 0, 0, None
        terminal.hold_at = () if verdicts == _CLEAR else verdicts
        for turn in range(_REACHED_WITHIN_S * 1000 // _STEP_MS):
            terminal.run_ms(_STEP_MS)
            if over_ms is None and self._is_over(verdicts):
                over_ms = terminal.now_ms
                terminal.hold_at = verdicts
            if terminal.is_held:
                held = held + 1 if terminal.verdict in verdicts else 0
                first = first + 1 if terminal.verdict == verdicts[0] else 0
                if first >= _HELD or held >= _HELD_BESIDE:
                    terminal.hold_at = ()
                    return
                if not held:
                    terminal.release()
            elif over_ms is not None and terminal.now_ms - over_ms > _OVER_MS:
                break
            if turn % 60 == 0:
                progress(terminal.now_ms // 1000)
        raise NotReached(verdicts[0])

    def _is_over(self, verdicts: tuple[str, ...]) -> bool:
        """Is the story told? Where nothing is wrong, also one that cannot go on here, or that goes
        on for days."""
        story, now_ms = self.terminal.story, self.terminal.now_ms
        if story.done():
            return True
        return verdicts == _CLEAR and (story.failed() or now_ms > _LONG_MS)

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
        """Send a line to all tools; who does not read loses whole lines, never parts of one."""
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
