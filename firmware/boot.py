"""Chooses the program at each start of a board; /boot.py there, as it stands here.

A board holds two programs, /a.pos and /b.pos, and /slot says which one runs: "a" or "b". "b2" puts
b on trial with two starts left; a program that proves itself makes that "b". One that does not is
given up: "a!", and a runs again. An update cannot take back this file itself, so it stays small.

A locked board never leaves this file for the prompt: whatever fails here, it runs its program or
resets. Which of the two is meant by each fault says tests/world/test_boot_faults.py.
"""

import micropython

micropython.kbd_intr(-1)  # first of all: the console of a locked board is never a prompt

import os  # noqa: E402
import sys  # noqa: E402
from binascii import crc32  # noqa: E402
from struct import unpack_from  # noqa: E402

_TRIAL_MS = 300000  # a program proves itself within a minute, or it hangs
_MAINTENANCE_MS = 900000
_PAUSE_MS = 1000  # before a reset, for whoever reads the console
_ENOENT = 2


class Pack:
    """A program, mounted for `import`: many files in one (host_tools/posbuild/pack.py).

    What is opened is the real file, at the place where the module begins.
    """

    def __init__(self, path):
        self._path = path
        with open(path, "rb") as file:
            if file.read(4) != b"POS1":
                raise ValueError(path)
            self._index = file.read(8 * unpack_from(">H", file.read(2))[0])

    def mount(self, readonly, mkfs):
        pass

    def umount(self):
        pass

    def _find(self, path):
        key = crc32(path.strip("/").encode()).to_bytes(4, "big")
        at = self._index.find(key)
        while at > 0 and at % 8:
            at = self._index.find(key, at + 1)
        if at < 0:
            raise OSError(_ENOENT)
        return unpack_from(">I", self._index, at + 4)[0]

    def stat(self, path):
        return (0x8000 if self._find(path) else 0x4000, 0, 0, 0, 0, 0, 0, 0, 0, 0)

    def open(self, path, mode):
        place = self._find(path)
        file = open(self._path, mode)
        file.seek(place)
        return file


def _read(path):
    """The first characters, whatever bytes they are; "" for a file that cannot be read."""
    try:
        with open(path, "rb") as file:
            return "".join([chr(byte) for byte in file.read(4)])
    except OSError:
        return ""


def _write(path, text):
    try:
        with open(path, "w") as file:
            file.write(text)
    except OSError:
        return False
    return True


def _has(path):
    try:
        os.stat(path)
    except OSError:
        return False
    return True


def _is_locked():
    """Only a flash that clearly says "no such file" means that the board is not locked."""
    try:
        os.stat("/data/locked")
    except OSError as error:
        return error.errno != _ENOENT
    return True


def _runs(slot):
    return _has("/%s.pos" % slot) or _has("/%s/posagent/start.mpy" % slot)


def _open(slot):
    """Let `import` find the program: one file, or a folder as version 0.1 wrote it."""
    place = "/" + slot
    if _has(place + ".pos"):
        try:
            from vfs import mount
        except ImportError:  # MicroPython 1.22
            from os import mount
        mount(Pack(place + ".pos"), place)
    sys.path.insert(0, place)


def choose():
    """(slot, is it on trial): the mark is on flash before the program runs. ("", False) where no
    slot has a program; without a mark the one that has.
    """
    mark = _read("/slot")
    slot, left = mark[:1], mark[1:2]
    if slot not in ("a", "b"):
        slot = "a"
    other = "b" if slot == "a" else "a"
    if left.isdigit():
        if left != "0" and _write("/slot", slot + str(int(left) - 1)):
            return slot, True
        if _runs(other):
            _write("/slot", other + "!")
            return other, False
    if _runs(slot):
        return slot, False
    return (other if _runs(other) else ""), False


def _reset_after(ms, unless):
    """A reset from a timer in the background, unless unless() holds by then."""
    from machine import Timer, reset

    try:
        timer = Timer(-1)
    except ValueError:
        timer = Timer(0)  # a port without virtual timers
    timer.init(mode=Timer.ONE_SHOT, period=ms, callback=lambda _: unless() or reset())


def _try_out():
    """A program on trial that hangs is reset. It starts without that where no timer is to be had:
    the trial counts its starts in any case.
    """
    try:
        _reset_after(_TRIAL_MS, lambda: not _read("/slot")[1:2].isdigit())
    except Exception as error:
        sys.print_exception(error)


def _maintained():
    """Is there the prompt instead of the program, once, by a keyed restart? Only when that order
    is used up and the end of it is sure.
    """
    if not _has("/data/maintenance"):
        return False
    try:
        try:
            os.rename("/data/maintenance", "/data/down")  # its end by a reset is meant
        except OSError:
            os.remove("/data/maintenance")
        if locked:
            _reset_after(_MAINTENANCE_MS, lambda: False)
        return True
    except Exception as error:
        sys.print_exception(error)
    return False


def _connect():
    """USB, where a port brings it up only behind this file (rp2 since MicroPython 1.23)."""
    try:
        usb = __import__("machine").USBDevice()
        if not usb.active():
            usb.builtin_driver = usb.BUILTIN_DEFAULT
            usb.active(True)
    except Exception:
        pass  # a port without it has its console already


def _reset():
    while True:
        try:
            import time

            time.sleep_ms(_PAUSE_MS)
            import machine

            machine.reset()
        except BaseException:
            pass  # nothing else may happen here


locked, maintenance = True, False  # until it is known
try:
    locked = _is_locked()
    slot, on_trial = choose()
    if slot:
        _open(slot)
    if on_trial:
        _try_out()
    maintenance = _maintained()
    if locked and not maintenance:
        _connect()
        import main

        main.main()
except BaseException as error:
    if locked:
        _connect()
    sys.print_exception(error)
finally:
    if locked and not maintenance:
        _reset()
micropython.kbd_intr(3)
