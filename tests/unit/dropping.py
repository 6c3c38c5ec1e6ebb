"""Whether modules are dropped after use, as on a board.

CPython need not spare its memory, and to load the rare modules again and again would be most of a
simulated month: keep_modules(). What is about dropping asks for the board's own way, whoever
called that before: `with Dropping():`. The agent's processes in tests/world drop as boards do.
"""

import sys

from posagent.core import modules

_NAMES = ("begin", "end", "drop", "ahead", "loaded", "stages")
_BOARDS = {name: getattr(modules, name) for name in _NAMES}


def _nothing(names):
    """Nothing is dropped."""


def _there(names):
    """Loading takes no turns: else how many would depend on what this process did before."""
    return True


def _stages(name, function, *args):
    return (yield from modules.use(name, function, *args))


_KEEPING = {
    "begin": list,
    "end": _nothing,
    "drop": _nothing,
    "ahead": _there,
    "loaded": bool,  # never: else it would depend on what this process did before
    "stages": _stages,
}


def _put(ways):
    for name in _NAMES:
        setattr(modules, name, ways[name])


def keep_modules(always=False):
    """From now on nothing is dropped in this process; on MicroPython only if `always`."""
    if always or sys.implementation.name == "cpython":
        _put(_KEEPING)


def drop_modules():
    """As on a board again."""
    _put(_BOARDS)


class Dropping:
    """With it, modules are dropped as on a board."""

    def __enter__(self):
        self._kept = {name: getattr(modules, name) for name in _NAMES}
        drop_modules()

    def __exit__(self, *error):
        _put(self._kept)
