"""The cables of a bridge: those that it was told, else the boards that come and go by themselves.

A till has a printer, a scanner and a modem on ports of its own. A port that nobody named is opened
only where its USB ids are a board's: to all others what a bridge asks is noise on paper.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from posdiag.link.ports import Port, list_ports

LOOK_S = 5.0


class Cables:
    """run() until stop(). `new(port)` makes what reads one; `named` ports are read from the start
    to the end, whether they are there or not."""

    def __init__(
        self,
        new: Callable[[str], Any],
        named: tuple[str, ...] = (),
        ports: Callable[[], list[Port]] = list_ports,
        look_s: float = LOOK_S,
    ) -> None:
        self._new, self._named, self._ports = new, named, ports
        self._look_s = look_s
        self._stopping = threading.Event()
        self.running: dict[str, tuple[Any, threading.Thread]] = {}

    def stop(self) -> None:
        self._stopping.set()

    def run(self) -> None:
        while not self._stopping.is_set():
            self._look()
            self._stopping.wait(self._look_s)
        for name in list(self.running):
            self.running[name][0].stop()
        for name in list(self.running):
            self._end(name)

    def _look(self) -> None:
        """A board that was plugged in elsewhere has another port, and one connection all the same:
        the cable that is gone ends before the new one begins."""
        there = self._named or tuple(port.device for port in self._ports() if port.is_board)
        for name in set(self.running) - set(there):
            self._end(name)
        for name in there:
            if name not in self.running:
                cable = self._new(name)
                thread = threading.Thread(target=cable.run, daemon=True)
                thread.start()
                self.running[name] = cable, thread

    def _end(self, name: str) -> None:
        cable, thread = self.running.pop(name)
        cable.stop()
        thread.join(5)
