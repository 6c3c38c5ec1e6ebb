"""Chooses the program at each start of a board; /boot.py there, as it stands here.

A board holds two programs, /a.pos and /b.pos, and /slot says which one runs: "a" or "b". "b2" puts
b on trial with two starts left; a program that proves itself makes that "b". One that does not is
given up: "a!", and a runs again. An update cannot take back this file itself, so it stays small.

A locked board never leaves this file for the prompt: whatever fails here, it runs its program or
resets. Which of the two is meant by each fault says tests/world/test_boot_faults.py.

On a locked board a program on trial counts only with its manifest, /a.sig or /b.sig, under this
device's key (protocol/posproto/manifest.py): other bytes, none, or a number below that of
/data/program, and the other program runs; "a!2" then says why. Once /data/program is there, no
other program counts either, where flash tells clearly that its manifest is not right.
"""

import micropython

micropython.kbd_intr(-1)  # first of all: the console of a locked board is never a prompt

_lacks = None  # what kept one of these from being there: nothing may end before the guard below
try:
    import os
    import sys
    from binascii import crc32
    from hashlib import sha256
    from struct import unpack_from
except BaseException as error:
    _lacks = error

_TRIAL_MS = 300000  # a program proves itself within a minute, or it hangs
_MAINTENANCE_MS = 900000
_PAUSE_MS = 1000  # before a reset, for whoever reads the console
_ENOENT = 2
_UNSIGNED, _CHANGED, _OLDER, _UNKNOWN = "1", "2", "3", "?"  # why a program does not count


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
        # Asked three times for each import: a new string costs half a millisecond, bytes nothing.
        if path.endswith(".py"):
            raise OSError(_ENOENT)
        key = crc32(path.encode().strip(b"/")).to_bytes(4, "big")
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


def _content(path):
    with open(path, "rb") as file:
        return file.read(128)


def _hmac(key, data):
    key += bytes(64 - len(key))
    inner = sha256(bytes([byte ^ 0x36 for byte in key]))
    inner.update(data)
    outer = sha256(bytes([byte ^ 0x5C for byte in key]))
    outer.update(inner.digest())
    return outer.digest()


def _manifest(path):
    """(number, hash) as 4 and 32 bytes; None for what the holder of the key did not write. Raises
    OSError where it, or the key, cannot be read.
    """
    data = _content(path)
    key = _hmac(_hmac(b"", _content("/data/key")[:64]), b"POSMA program 1\1")
    said = data[18:60]
    # Of this form to the byte: manifest.py, which keeps its number, reads no other either.
    form = b"\x84\x43\xa1\x01\x05\xa1\x04\x48" + sha256(b"\xa2\1\4\x20\x58\x20" + key).digest()[:8]
    if len(data) != 94 or data[:18] != form + b"\x58\x2a" or data[60:62] != b"\x58\x20":
        return None
    if data[62:] != _hmac(key, b"\x84\x64MAC0\x43\xa1\x01\x05\x40\x58\x2a" + said):
        return None
    return said[3:7], said[10:]


def _hash(path):
    """Of a program's file, the trailer behind it left out."""
    found = sha256()
    piece = memoryview(bytearray(1024))
    with open(path, "rb") as file:
        left = file.seek(0, 2)
        file.seek(max(left - 16, 0))
        if file.read(4) == b"HERE":
            left -= 16
        file.seek(0)
        while left > 0:
            count = min(file.readinto(piece), left)
            if not count:
                break
            found.update(piece[:count])
            left -= count
    return found.digest()


def _kept():
    """The number of the last program that counted here; None: no program was kept to yet. One that
    no program reaches where it cannot be read: what is on trial could be older.
    """
    try:
        manifest = _manifest("/data/program")
    except OSError as error:
        return None if error.errno == _ENOENT else b"\xff\xff\xff\xff"
    return manifest and manifest[0]


def _wrong(slot, least):
    """Why this slot's program does not count on a locked board; "" if it does."""
    try:
        manifest = _manifest("/%s.sig" % slot)
        if manifest is None:
            return _UNSIGNED
        if _hash("/%s.pos" % slot) != manifest[1]:
            return _CHANGED
        return _OLDER if manifest[0] < least else ""
    except OSError as error:
        return _UNSIGNED if error.errno == _ENOENT else _UNKNOWN


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


def _counts(slot, kept):
    """May it run, on trial no longer? Where flash does not say clearly that it is not right, too:
    a terminal in which a file cannot be read goes on.
    """
    return _runs(slot) and (not kept or _wrong(slot, b"") in ("", _UNKNOWN))


def _open(slot):
    """Let `import` find the program: one file, or a folder as version 0.1 wrote it."""
    place = "/" + slot
    if _has(place + ".pos"):
        try:
            from vfs import mount
        except ImportError:  # MicroPython 1.22
            from os import mount
        global pack
        pack = Pack(place + ".pos")
        mount(pack, place)
    sys.path.insert(0, place)


def choose():
    """(slot, is it on trial): the mark is on flash before the program runs. ("", False) where no
    slot has a program that counts; without a mark the one that has.
    """
    mark = _read("/slot")
    slot, left = mark[:1], mark[1:2]
    if slot not in ("a", "b"):
        slot = "a"
    other = "b" if slot == "a" else "a"
    kept = _kept() if locked else None
    if left.isdigit():
        why = _wrong(slot, kept or b"") if locked else ""
        if not why and left != "0" and _write("/slot", slot + str(int(left) - 1)):
            return slot, True
        if _counts(other, kept):
            _write("/slot", other + "!" + (why if why.isdigit() else ""))
            return other, False
    if _counts(slot, kept):
        return slot, False
    if not _counts(other, kept):
        return "", False
    if _runs(slot):
        _write("/slot", other + "!" + _wrong(slot, b""))
    return other, False


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


locked, maintenance, slot = True, False, None  # until it is known
pack = None  # io/in_place.py lets its index lie in flash, too
try:
    locked = _is_locked()
    if _lacks:
        raise _lacks
    slot, on_trial = choose()
    if slot:
        _open(slot)
    if on_trial:
        _try_out()
    maintenance = _maintained()
    done = "choose _counts _wrong _kept _hash _manifest _hmac _content _write _is_locked _runs"
    for name in (done + " _has _open _try_out _maintained").split():
        del globals()[name]  # room for the program
    if locked and not maintenance:
        _connect()
        import main

        main.main()
except BaseException as error:
    if locked:
        _connect()
        if slot == "":
            print("no slot has a program that counts: see its manifest")
    sys.print_exception(error)
finally:
    if locked and not maintenance:
        _reset()
micropython.kbd_intr(3)
