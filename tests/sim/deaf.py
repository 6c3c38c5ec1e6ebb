"""Plays scenarios on a board that hears nothing from the modem while its flash is written.

    python tests/sim/deaf.py [NAME...]

Each write to flash stalls the UART for 45 ms, as on an RP2040 without RTS/CTS: what the modem
says meanwhile is lost but for the FIFO's 32 bytes. One line for each scenario: bytes lost, writes,
those among them while a command was in flight. Status 1 if a story failed.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

if __name__ == "__main__":
    _ROOT = Path(__file__).resolve().parents[2]
    for _folder in ("protocol", "firmware", "host_tools", "tests/unit", "tests/sim"):
        sys.path.insert(0, str(_ROOT / _folder))

from memory_storage import MemoryStorage
from play import Play
from posagent.core.agent import Agent
from posworld.story import scenario as scenarios

STALL_MS = 45
FIFO = 32


class StallingStorage(MemoryStorage):
    def __init__(self, together: Any) -> None:
        super().__init__()
        self.together = together
        self.end_ms = -1
        self.amid = 0  # writes while a command was in flight

    def _change(self, count: int) -> None:
        super()._change(count)
        self.end_ms = max(self.end_ms, self.together.now_ms) + STALL_MS
        self.amid += self.together.agent.engine.pairing.busy is not None


class DeafPort:
    """The modem as heard through a UART that stalls; commands wait with the processor."""

    def __init__(self, modem: Any, storage: StallingStorage) -> None:
        self._modem = modem
        self._storage = storage
        self._end_ms = -1
        self._room = FIFO
        self._waiting = b""
        self.lost = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._modem, name)

    def feed(self, data: bytes, now_ms: int) -> None:
        self._waiting += data
        self._send(now_ms)

    def _send(self, now_ms: int) -> None:
        if self._waiting and now_ms >= self._storage.end_ms:
            self._modem.feed(self._waiting, now_ms)
            self._waiting = b""

    def deadline(self, now_ms: int) -> int:
        wait_ms = self._modem.deadline(now_ms)
        if not self._waiting:
            return wait_ms
        left_ms = self._storage.end_ms - now_ms
        return left_ms if wait_ms < 0 else min(wait_ms, left_ms)

    def output(self, now_ms: int) -> bytes:
        self._send(now_ms)
        data = self._modem.output(now_ms)
        end_ms = self._storage.end_ms
        if now_ms >= end_ms:
            return data
        if end_ms != self._end_ms:
            self._end_ms, self._room = end_ms, FIFO
        heard = data[: self._room]
        self._room -= len(heard)
        self.lost += len(data) - len(heard)
        return heard


def play(name: str, seed: int = 1) -> tuple[Play, bool, StallingStorage, DeafPort]:
    """The scenario played to its end: (the run, whether every step happened, flash, port)."""
    scenario = scenarios.load(name)
    run = Play(scenario, seed)
    together = run.together
    storage = together.storage = StallingStorage(together)
    port = together.modem = DeafPort(together.modem, storage)
    Agent.uart_stalls = True
    try:
        together.start()
        told = run.run(scenario.get("limit_s", 7 * 86400))
    finally:
        Agent.uart_stalls = False
    return run, told, storage, port


def main(names: list[str]) -> int:
    failed = 0
    for name in names or scenarios.names():
        run, told, storage, port = play(name)
        counts = f"{port.lost:7} lost {storage.changes:5} writes {storage.amid:4} amid a command"
        print(f"{name:34} {counts}  {'ok' if told else [s.reason for s in run.story.steps]}")
        failed += not told
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
