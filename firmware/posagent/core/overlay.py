"""Modules that are needed for a moment: loaded, used, dropped.

Loaded code takes about twice its .mpy size of heap, and most of what the agent can do it does
rarely. What is imported inside a function between begin() and end() is forgotten at the end,
unless it was there before. Objects made meanwhile live on; their classes come back as new ones
with the next load, so nothing that stays may be compared by class.
"""

import gc
import sys

_kept = []  # the one name of keep()


def keep(name):
    """The one module that is loaded on demand and stays: the modem family; the last one goes."""
    if name not in _kept:
        for last in _kept:
            _forget(last)
        _kept[:] = [name]


def begin():
    """What is loaded now: hand it to end()."""
    return list(sys.modules)


def end(before):
    """Forget our own modules that came since `before`; returns their names."""
    before += _kept
    dropped = [name for name in sys.modules if _own(name) and name not in before]
    for name in dropped:
        _forget(name)
    if dropped:
        gc.collect()
    return dropped


def _own(name):
    # No tuple of heads: MicroPython before 1.25 takes none.
    return name.startswith("posagent.") or name.startswith("posproto.")  # noqa: PIE810


def _forget(name):
    sys.modules.pop(name, None)
    at = name.rfind(".")
    package = sys.modules.get(name[:at])
    if package is not None and hasattr(package, name[at + 1 :]):
        delattr(package, name[at + 1 :])
