"""Writes down every call that an agent gets, so that the same life can be lived again where
nothing else is in memory: tests/tools/heap_board.py, on MicroPython.

A line is a call: `f name hex` a file of the flash before the start, `i json` the start, `a ms` the
time, `m hex` bytes from the modem, `h hex` and `p hex` from the host's and the application's port,
`x` what was waiting for the loop is taken, `s checksum` a turn and what it gave the modem and the
application, `t name` a mark of the story.
"""

from __future__ import annotations

import json
from binascii import crc32, hexlify
from collections.abc import Callable
from typing import IO, Any

import soft_cryptolib  # noqa: F401 - before the agent
from posagent.core import modules
from posagent.core.agent import Agent
from posagent.core.host.link import HostLink
from posagent.core.life.clock import Clock


class Recording:
    """While it is entered. One life of one agent; `turns` of it so far."""

    def __init__(self, file: IO[str], seed: int) -> None:
        self.turns = 0
        self._file = file
        self._seed = seed
        self._agent: Agent | None = None
        self._given = 0
        self._plain: list[tuple[Any, str, Callable[..., Any]]] = []

    def mark(self, name: str) -> None:
        """What follows is called so."""
        self._line("t", name)

    def _line(self, kind: str, text: str = "") -> None:
        self._file.write(f"{kind} {text}\n")

    def __enter__(self) -> Recording:
        for kind, name, noted in (
            (Agent, "__init__", self._start),
            (Agent, "step", self._step),
            (Agent, "feed_modem", self._modem),
            (Clock, "advance", self._advance),
            (HostLink, "feed", self._port),
            (HostLink, "take", self._take),
            (modules, "ahead", self._ahead),
            (modules, "loaded", self._loaded),
            (modules, "stages", self._stages),
        ):
            plain = getattr(kind, name)
            self._plain.append((kind, name, plain))
            setattr(kind, name, _calls(noted, plain))
        return self

    def __exit__(self, *error: object) -> None:
        for kind, name, plain in self._plain:
            setattr(kind, name, plain)

    def _ahead(self, plain: Any, names: str) -> bool:
        """In one turn, as heap_board.py: what is loaded there is not what is loaded here."""
        while not plain(names):
            pass
        return True

    def _loaded(self, plain: Any) -> bool:
        return False

    def _stages(self, plain: Any, name: str, function: str, *args: Any) -> Any:
        before = modules.begin()
        try:
            return (yield from modules.use(name, function, *args))
        finally:
            modules.end(before)

    def _start(self, plain: Any, agent: Agent, *given: Any) -> None:
        config, refused, storage, clock, rng, boot, _, _, _, key = given
        assert self._agent is None and not refused, "one life"
        self._agent = agent
        for name, data in storage.files.items():
            self._line("f", f"{name} {hexlify(data).decode()}")
        start = {"config": config, "boot": boot, "ms": clock.ms, "rng": rng._x}
        start.update(seed=self._seed, key=hexlify(key).decode())
        self._line("i", json.dumps(start))
        plain(agent, *given)

    def _step(self, plain: Any, agent: Agent) -> int:
        self.turns += 1
        wait_ms = plain(agent)
        for data in agent.modem_out:
            self._given = crc32(data, self._given)
        self._line("s", str(self._given))
        return int(wait_ms)

    def _modem(self, plain: Any, agent: Agent, buf: bytes, n: int) -> None:
        self._line("m", hexlify(buf[:n]).decode())
        plain(agent, buf, n)

    def _advance(self, plain: Any, clock: Clock, now_ms: int) -> None:
        if now_ms != clock.ms:
            self._line("a", str(now_ms))
        plain(clock, now_ms)

    def _port(self, plain: Any, port: HostLink, data: bytes) -> None:
        assert self._agent is not None
        self._line("h" if port is self._agent.host else "p", hexlify(data).decode())
        plain(port, data)

    def _take(self, plain: Any, port: HostLink) -> bytes | None:
        line: bytes | None = plain(port)
        if self._agent is not None and line is None:
            self._line("x", "h" if port is self._agent.host else "p")
        elif self._agent is not None and port is self._agent.app:
            self._given = crc32(line or b"", self._given)
        return line


def _calls(noted: Callable[..., Any], plain: Callable[..., Any]) -> Callable[..., Any]:
    def call(*given: Any) -> Any:
        return noted(plain, *given)

    return call
