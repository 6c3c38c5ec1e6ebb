"""What may be broken below boot.py, by name: put() makes it so on the unix port."""

import os
import sys

import machine

_EIO = 5
LOCKED = "/data/locked"


class _Os:
    """In place of `os`: one call on one path fails, all else is passed on."""

    def __init__(self, call, path, error):
        self._call, self._path, self._error = call, path, error

    def __getattr__(self, name):
        works = getattr(os, name)
        if name != self._call:
            return works

        def fails(path, *more):
            if path == self._path:
                raise self._error
            return works(path, *more)

        return fails


def _flash(call, path, error):
    sys.modules["os"] = _Os(call, path, error)


def _opening(path, error, scope):
    def fails(name, *more):
        if name == path:
            raise error
        return open(name, *more)

    scope["open"] = fails


def _raising(error):
    def fails(*args, **more):
        raise error

    return fails


def _main(function):
    """A module `main` that is found before the file."""

    class Module:
        main = staticmethod(function)

    sys.modules["main"] = Module


class _NoTimer:
    ONE_SHOT = 0

    def __init__(self, id=-1):
        raise OSError(12)


class _MuteTimer(_NoTimer):
    def __init__(self, id=-1):
        pass

    def init(self, **more):
        raise MemoryError("memory allocation failed")


class _DeafUsb:
    BUILTIN_DEFAULT = None

    def active(self, on=None):
        raise RuntimeError("no endpoint left")


def _resets_once_not():
    works, fails = machine.reset, [OSError(_EIO)]

    def reset():
        if fails:
            raise fails.pop()
        works()

    machine.reset = reset
    _main(_raising(ValueError()))


def put(name, scope):
    """`scope`: the names that boot.py finds."""
    if name == "lock-unreadable":
        _flash("stat", LOCKED, OSError(_EIO))
    elif name == "lock-out-of-memory":
        _flash("stat", LOCKED, MemoryError())
    elif name == "slot-unreadable":
        _opening("/slot", OSError(_EIO), scope)
    elif name == "slot-out-of-memory":
        _opening("/slot", MemoryError(), scope)
    elif name.startswith("unreadable-"):
        _opening(name[11:], OSError(_EIO), scope)
    elif name == "rename-fails":
        _flash("rename", "/data/maintenance", OSError(_EIO))
    elif name == "order-stays":
        _flash("rename", "/data/maintenance", OSError(_EIO))
        sys.modules["os"].remove = _raising(OSError(_EIO))
    elif name == "no-timer":
        machine.Timer = _NoTimer
    elif name == "timer-out-of-memory":
        machine.Timer = _MuteTimer
    elif name == "no-usb-class":
        del machine.USBDevice
        machine.connect()
    elif name == "usb-fails":
        machine.USBDevice = _DeafUsb
        machine.connect()
    elif name == "main-returns":
        _main(lambda: None)
    elif name == "main-raises":
        _main(_raising(ValueError()))
    elif name == "main-exits":
        _main(_raising(SystemExit()))
    elif name == "main-interrupted":
        _main(_raising(KeyboardInterrupt()))
    elif name == "main-out-of-memory":
        _main(_raising(MemoryError()))
    elif name == "reset-fails-once":
        _resets_once_not()
    else:
        raise ValueError(name)
