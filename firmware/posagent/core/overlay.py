"""Modules that are needed for a moment: loaded, used, dropped.

Loaded code takes about twice its .mpy size of heap, and most of what the agent can do it does
rarely. What is imported inside a function between begin() and end() is forgotten at the end,
unless it was there before. Objects made meanwhile live on; their classes come back as new ones
with the next load, so nothing that stays may be compared by class.
"""

import gc
import sys

_HEADS = ("posagent.", "posproto.")
_kept = []  # the one name of keep()


def keep(name):
    """The one module that is loaded on demand and stays: the modem family; the last one goes."""
    if name not in _kept:
        for last in _kept:
            _forget(last)
        _kept[:] = [name]


def begin():
    """Our own modules that are loaded now: hand them to end()."""
    # Compared by slices: startswith() takes a tuple from MicroPython 1.25 on.
    return [name for name in sys.modules if name[:9] in _HEADS]


def end(before):
    """Forget our own modules that came since `before`; returns their names."""
    before += _kept
    dropped = [name for name in begin() if name not in before]
    for name in dropped:
        _forget(name)
    if dropped:
        gc.collect()
    return dropped


def _forget(name):
    sys.modules.pop(name, None)
    at = name.rfind(".")
    package = sys.modules.get(name[:at])
    if package is not None and hasattr(package, name[at + 1 :]):
        delattr(package, name[at + 1 :])
