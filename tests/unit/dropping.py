"""Whether modules are dropped after use, as on a board.

CPython need not spare its memory, and to load the rare modules again and again would be most of a
simulated month: keep_modules(). What is about dropping asks for the board's own way, whoever
called that before: `with Dropping():`. The agent's processes in tests/world drop as boards do.
"""

import sys

from posagent.core import modules

_BOARDS = modules.begin, modules.end


def _nothing(before):
    return []


def keep_modules(always=False):
    """From now on nothing is dropped in this process; on MicroPython only if `always`."""
    if always or sys.implementation.name == "cpython":
        modules.begin, modules.end = list, _nothing


def drop_modules():
    """As on a board again."""
    modules.begin, modules.end = _BOARDS


class Dropping:
    """With it, modules are dropped as on a board."""

    def __enter__(self):
        self._kept = modules.begin, modules.end
        drop_modules()

    def __exit__(self, *error):
        modules.begin, modules.end = self._kept
