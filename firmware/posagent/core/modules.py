"""Modules that are needed for a moment: loaded, used, dropped.

Loaded code takes one and a half times its .mpy size of heap, and most of what the agent can do it
does rarely. call() is for one piece of work; a duty on the modem loads by use() what it needs from
one answer to the next, and its end drops it (begin() and end(), called for all duties in one
place). Objects made meanwhile live on, and so does the code of their classes: keep none.
"""

import gc
import sys

_HEADS = ("posagent.", "posproto.")
_kept = []  # the one name of keep()


def call(name, function, *args):
    """What `function` of the module `name` returns for `args`; the module is there for this call
    only, unless it was before. `name` is below posagent.core, or whole.
    """
    before = begin()
    try:
        return getattr(load(name), function)(*args)
    finally:
        end(before)


def use(name, function, *args):
    """The same for a duty's procedures: the module stays until the duty ends."""
    return getattr(load(name), function)(*args)


def learn(names):
    """Load each once: MicroPython keeps the names of all code that was ever loaded."""
    for name in names:
        before = begin()
        load(name)
        end(before)


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


def load(name):
    """The module `name`, for as long as the call or the duty lasts that asks."""
    if name[:9] not in _HEADS:
        name = "posagent.core." + name
    return sys.modules.get(name) or __import__(name, None, None, (name,))


def _forget(name):
    sys.modules.pop(name, None)
    at = name.rfind(".")
    package = sys.modules.get(name[:at])
    if package is not None and hasattr(package, name[at + 1 :]):
        delattr(package, name[at + 1 :])
