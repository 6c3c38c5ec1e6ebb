"""What a locked board has come to trust: the manifest of its program in /data/program, to which
boot.py holds other programs. Loaded at the start of a life, and when a program has proved itself.

A board that was just locked signs what it runs. One that is unlocked forgets it, so that an older
program may come in before it is locked again.
"""

import sys
from hashlib import sha256

from posproto import VERSION, const, manifest

FILE = "program"
_PIECE = const(1024)
_TRAILER = const(16)


def keep(shell):
    """At the start of a life. Raises OSError."""
    storage, key = shell.storage, shell.storage.read("key")
    if not shell.locked:
        if storage.may_have(FILE):
            storage.remove(FILE)
    elif key and manifest.read(storage.read(FILE), key) is None:
        _keep(storage, _signed(key))


def proved(storage):
    """The program on trial stays: its number must not go back any more. Raises OSError."""
    key = storage.read("key")
    data = _read(_slot() + ".sig")
    if key and manifest.read(data, key) is not None:
        _keep(storage, data)


def _keep(storage, data):
    if storage.read(FILE) != data:
        storage.write(FILE, data)


def _signed(key):
    """The manifest of what runs now; a slot's is there afterwards, too."""
    slot = _slot()
    if not slot:
        return manifest.make(key, manifest.number_of(VERSION), bytes(32))
    digest = _hash(slot + ".pos")
    data = _read(slot + ".sig")
    said = manifest.read(data, key)
    if said is None or said[1] != digest:
        data = manifest.make(key, manifest.number_of(VERSION), digest)
        with open(slot + ".sig", "wb") as file:
            file.write(data)
    return data


def _slot():
    """The slot where the program is its one file, as "/a"; "": a folder, or the firmware."""
    slot = sys.path[0] if sys.path else ""
    return slot if slot in ("/a", "/b") and _read(slot + ".pos") else ""


def _read(path):
    try:
        with open(path, "rb") as file:
            return file.read(manifest.SIZE)
    except OSError:
        return b""


def _hash(path):
    found = sha256()
    piece = memoryview(bytearray(_PIECE))
    with open(path, "rb") as file:
        left = file.seek(0, 2)
        file.seek(max(left - _TRAILER, 0))
        if file.read(4) == b"HERE":  # io/in_place.py's
            left -= _TRAILER
        file.seek(0)
        while left > 0:
            count = min(file.readinto(piece), left)
            if not count:
                raise OSError(5)
            found.update(piece[:count])
            left -= count
    return found.digest()
