"""What a turn of the loop costs a small board, counted: no clock, so the same on every machine.

A board of 125 MHz takes some 0.15 ms for a call of ours or of what is built in, and 40 ms to load
a module of usual size, most of it names (measured on an RP2040: firmware/README.md). Counted as
CPython's profiler sees them, with modules dropped as on a board.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

from depth import ON_BOARD

CALL_US, MODULE_US = 150, 40000


class Turn:
    """One call of something of the agent's: `calls` made, and the `modules` that were loaded."""

    def __init__(self, work: Callable[[], Any]) -> None:
        self.calls = 0
        self.modules: list[str] = []
        before = sys.getprofile()
        sys.setprofile(self._note)
        try:
            self.result = work()
        finally:
            sys.setprofile(before)

    def _note(self, frame: FrameType, event: str, argument: object) -> None:
        if event not in ("call", "c_call") or not ON_BOARD(frame.f_code.co_filename):
            return
        if event == "c_call" and frame.f_code.co_filename.endswith("core/modules.py"):
            return  # what is looked at in sys.modules: CPython's own are hundreds
        if event == "call" and frame.f_code.co_name == "<module>":
            self.modules.append(str(frame.f_globals["__name__"]))
        elif frame.f_code.co_name not in ("<module>", "const"):
            self.calls += 1

    def about_ms(self) -> int:
        """What that comes to on a board."""
        return (self.calls * CALL_US + len(self.modules) * MODULE_US) // 1000
