"""How deep the agent's calls go: the C stack of a small board holds 27 to 30 of them.

    python tests/sim/depth.py [NAME...]        the deepest chain of each scenario

Counted are the calls below the agent's doors, feed_modem(), step() and the links' feed(), as
CPython's profiler sees them: functions, procedures that are resumed, bodies of modules. Modules
are dropped as on a board, so that each is imported where a board imports it. The machinery of
CPython's imports is left out; in its place an import counts as many calls as MicroPython's takes.
"""

from __future__ import annotations

import functools
import re
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

if __name__ == "__main__":
    _ROOT = Path(__file__).resolve().parents[2]
    for _folder in ("protocol", "firmware", "host_tools", "tests", "tests/unit", "tests/sim"):
        sys.path.insert(0, str(_ROOT / _folder))

import soft_cryptolib  # noqa: F401 - before the agent
from posagent.core.agent import Agent
from posagent.core.host.link import HostLink

CALLS_MAX = 18
# The C stack that one level of `from . import m` takes on an RP2040, in calls: 640 bytes of 240.
IMPORT_CALLS = 3
ON_BOARD = re.compile(r"/(firmware|protocol)/|/memory_storage\.py$").search
DOORS = ((Agent, "feed_modem"), (Agent, "step"), (HostLink, "feed"))


class Meter:
    """While it is entered, counts the calls below the doors. `deepest`: by door; `chain`: the
    deepest of all, outermost first.
    """

    def __init__(self) -> None:
        self.deepest = {name: 0 for _, name in DOORS}
        self.chain: list[str] = []
        self._door = ""
        self._now = 0
        self._beside: FrameType | None = None  # what CPython alone calls
        self._plain: list[tuple[type, str, Callable[..., Any]]] = []

    def __enter__(self) -> Meter:
        for kind, name in DOORS:
            plain = getattr(kind, name)
            self._plain.append((kind, name, plain))
            setattr(kind, name, self._watched(name, plain))
        return self

    def __exit__(self, *error: object) -> None:
        for kind, name, plain in self._plain:
            setattr(kind, name, plain)

    def _watched(self, name: str, plain: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(plain)
        def door(*arguments: Any) -> Any:
            if self._door:
                return plain(*arguments)
            self._door, self._now = name, -1  # the door itself is a call of the loop
            before = sys.getprofile()
            sys.setprofile(self._note)
            try:
                return plain(*arguments)
            finally:
                sys.setprofile(before)
                self._door = ""

        return door

    def _note(self, frame: FrameType, event: str, argument: object) -> None:
        if event not in ("call", "return"):
            return
        if self._beside is None and event == "call" and _asks_for_path(frame):
            self._beside = frame
        if self._beside is not None:
            if event == "return" and frame is self._beside:
                self._beside = None
            return
        cost = _cost(frame)
        if event == "return":
            self._now -= cost
            return
        self._now += cost
        if self._now > self.deepest[self._door]:
            if self._now > max(self.deepest.values()):
                self.chain = _chain(frame)
            self.deepest[self._door] = self._now

    def depth(self) -> int:
        return max(self.deepest.values())


def _cost(frame: FrameType) -> int:
    code = frame.f_code
    if not ON_BOARD(code.co_filename) or code.co_name == "const":
        return 0  # const() is gone when a board's code is compiled
    return 1 + IMPORT_CALLS if code.co_name == "<module>" else 1


def _asks_for_path(frame: FrameType) -> bool:
    """Only CPython calls m.__getattr__("__path__") for `from m import x`."""
    code = frame.f_code
    return code.co_argcount == 1 and frame.f_locals.get(code.co_varnames[0]) == "__path__"


def _chain(frame: FrameType | None) -> list[str]:
    names = []
    while frame is not None and frame.f_code.co_name != "door":
        if _cost(frame):
            names.append(f"{Path(frame.f_code.co_filename).stem}.{frame.f_code.co_name}")
        frame = frame.f_back
    return names[::-1]


def main(arguments: list[str]) -> int:
    import incidents

    worst = 0
    for name in arguments or ["demo", *incidents.names()]:
        with Meter() as meter:
            incidents.play(name)
        told = " ".join(f"{door} {depth}" for door, depth in meter.deepest.items())
        print(f"{name:38} {told}")
        if meter.depth() > max(worst, CALLS_MAX):
            print("   ", " > ".join(meter.chain))
        worst = max(worst, meter.depth())
    print(f"{worst} calls at most, {CALLS_MAX} may be")
    return int(worst > CALLS_MAX)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
