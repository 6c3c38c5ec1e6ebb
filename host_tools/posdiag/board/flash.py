"""Puts a program into the slot that does not run, so that a cut at any point spoils nothing.

The running slot is never touched; the mark that chooses changes last, when every file was read
back and its hash was right. The new program starts on trial (firmware/boot.py).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from posbuild.program import FIRST, Program, digest

from ..errors import FlashRefused
from .repl import CHUNK, Prompt, coded

MICROPYTHON_MIN = (1, 22)
MPY_VERSION = 6
SPARE_BYTES = 16384  # stays free for records and the file system's own needs
TRIAL = "2"  # starts in which the new program must prove itself

# Functions of the board's side. Paths are absolute; "" is a file that is not there.
_HELPER = """
import os, sys
from hashlib import sha256
from binascii import hexlify, a2b_base64 as _d
def _hash(path):
    h = sha256()
    try:
        with open(path, 'rb') as f:
            b = f.read(512)
            while b:
                h.update(b)
                b = f.read(512)
    except OSError:
        return ''
    return hexlify(h.digest()).decode()
def _walk(path):
    try:
        found = list(os.ilistdir(path))
    except OSError:
        return
    for entry in found:
        name = path + '/' + entry[0]
        if entry[1] & 0x4000:
            yield from _walk(name)
        else:
            yield name
def _text(path):
    try:
        with open(path) as f:
            return f.read()
    except OSError:
        return ''
def _dirs(path):
    at = path.find('/', 1)
    while at > 0:
        try:
            os.mkdir(path[:at])
        except OSError:
            pass
        at = path.find('/', at + 1)
def _put(path, data):
    _dirs(path)
    with open(path, 'wb') as f:
        f.write(data)
def _copy(source, target):
    _dirs(target)
    with open(source, 'rb') as s, open(target, 'wb') as t:
        b = s.read(512)
        while b:
            t.write(b)
            b = s.read(512)
"""


@dataclass(frozen=True)
class Board:
    """What the prompt tells of a board."""

    version: tuple[int, ...]
    mpy: int  # sys.implementation._mpy
    platform: str
    free: int  # bytes of its file system
    block: int  # bytes of flash that even the smallest file takes
    mark: str
    slots: dict[str, dict[str, str]]  # slot -> path in it -> hash
    loader: dict[str, str]

    def runnable(self, slot: str) -> bool:
        return FIRST in self.slots[slot]

    @property
    def trusted(self) -> str:
        """The slot that must not be touched: the one that runs, or ran before the trial; or ""."""
        named = self.mark[:1] if self.mark[:1] in ("a", "b") else "a"
        other = "b" if named == "a" else "a"
        if self.mark[1:2].isdigit() and self.runnable(other):
            return other
        if self.runnable(named):
            return named
        return other if self.runnable(other) else ""

    @property
    def target(self) -> str:
        return "b" if self.trusted == "a" else "a"


Progress = Callable[[str, int, int], None]  # what, bytes done, bytes in all


def look(prompt: Prompt) -> Board:
    """Ask the board what it is and holds; its files are hashed there."""
    prompt.run(_HELPER)
    about: dict[str, Any] = prompt.value(
        "{'version': sys.implementation.version, 'mpy': getattr(sys.implementation, '_mpy', 0),"
        " 'platform': sys.platform, 'mark': _text('/slot'),"
        " 'block': os.statvfs('/')[0], 'free': os.statvfs('/')[0] * os.statvfs('/')[3]}"
    )
    version = tuple(part for part in about.pop("version") if isinstance(part, int))
    slots = {slot: _hashes(prompt, f"/{slot}") for slot in ("a", "b")}
    loader = {name: prompt.value(f"_hash('/{name}')") for name in ("boot.py", "main.py")}
    return Board(version, slots=slots, loader=loader, **about)


def _hashes(prompt: Prompt, folder: str) -> dict[str, str]:
    text = prompt.run(f"for _p in _walk({folder!r}): print(_hash(_p), _p[{len(folder) + 1}:])")
    pairs = (line.strip().split(" ", 1) for line in text.splitlines() if line.strip())
    return {path: hashed for hashed, path in pairs}


def check(board: Board, program: Program) -> None:
    """Raises FlashRefused where this board cannot take this program."""
    if board.version[:2] < MICROPYTHON_MIN:
        raise FlashRefused(
            key="old_micropython",
            version=".".join(map(str, board.version)),
            wanted=".".join(map(str, MICROPYTHON_MIN)),
        )
    if board.mpy & 0xFF != MPY_VERSION:
        raise FlashRefused(key="other_mpy", version=str(board.mpy & 0xFF), wanted=str(MPY_VERSION))
    needed = _room(board, program) + SPARE_BYTES
    if needed > board.free:
        raise FlashRefused(key="no_room", free=str(board.free // 1024), needed=str(needed // 1024))


def _room(board: Board, program: Program) -> int:
    """Bytes of flash that writing takes, in whole blocks; a folder takes two (littlefs)."""
    there, block = board.slots[board.target], board.block
    sizes = [len(data) for path, data in program.files.items() if there.get(path) != digest(data)]
    folders = {path.rpartition("/")[0] for path in program.files} if not there else set()
    return sum(-(-size // block) * block for size in sizes) + 2 * block * len(folders)


def is_current(board: Board, program: Program) -> bool:
    """Does exactly this program run already, no longer on trial?"""
    if board.mark[1:2].isdigit() or not board.trusted:
        return False
    return board.slots[board.trusted] == _wanted(program.files) and board.loader == _wanted(
        program.loader
    )


def _wanted(files: dict[str, bytes]) -> dict[str, str]:
    return {name: digest(data) for name, data in files.items()}


def install(prompt: Prompt, board: Board, program: Program, progress: Progress) -> str:
    """Everything but the restart; returns the slot. Raises FlashRefused, Disconnected."""
    slot, trusted = board.target, board.trusted
    if trusted and board.mark[1:2].isdigit():
        _set_mark(prompt, trusted)  # the trial ends here: its slot is written over
    there = board.slots[slot]
    if FIRST in there:
        prompt.run(f"os.remove('/{slot}/{FIRST}')")
        there = {path: hashed for path, hashed in there.items() if path != FIRST}
    _fill(prompt, slot, there, board.slots.get(trusted, {}), program, progress)
    progress("verify", program.size, program.size)
    if _hashes(prompt, f"/{slot}") != _wanted(program.files):
        raise FlashRefused(key="not_as_written", slot=slot)
    for name, data in program.loader.items():
        if board.loader[name] != digest(data):
            _replace(prompt, f"/{name}", data)
    _set_mark(prompt, slot + TRIAL if trusted else slot)
    return slot


class _Batch:
    """Small statements travel together: each trip to the prompt costs more than they do."""

    def __init__(self, prompt: Prompt) -> None:
        self._prompt = prompt
        self._lines: list[str] = []
        self._size = 0

    def add(self, line: str) -> None:
        if self._size + len(line) > CHUNK:
            self.flush()
        self._lines.append(line)
        self._size += len(line)

    def flush(self) -> None:
        if self._lines:
            self._prompt.run("\n".join(self._lines))
        self._lines, self._size = [], 0


def _fill(
    prompt: Prompt,
    slot: str,
    there: dict[str, str],
    beside: dict[str, str],
    program: Program,
    progress: Progress,
) -> None:
    """Write what differs; what the other slot holds is copied on the board itself."""
    done = 0
    other = "b" if slot == "a" else "a"
    batch = _Batch(prompt)
    for path in there.keys() - program.files.keys():
        batch.add(f"os.remove('/{slot}/{path}')")
    for path, data in program.files.items():
        hashed, target = digest(data), f"/{slot}/{path}"
        progress(path, done, program.size)
        if there.get(path) == hashed:
            pass
        elif beside.get(path) == hashed:
            batch.add(f"_copy('/{other}/{path}', {target!r})")
        elif len(data) < CHUNK // 2:
            batch.add(f"_put({target!r}, {coded(data)})")
        else:
            batch.add(f"_dirs({target!r})")
            batch.flush()
            prompt.put(target, data, _at(progress, path, done, program.size))
        done += len(data)
    batch.flush()
    progress("", done, program.size)


def _at(progress: Progress, path: str, start: int, total: int) -> Callable[[int], None]:
    """The whole's progress out of one file's."""
    return lambda count: progress(path, start + count, total)


def _replace(prompt: Prompt, path: str, data: bytes) -> None:
    """The old file or the new one, never a part of it."""
    prompt.put(path + ".new", data)
    if prompt.value(f"_hash({path + '.new'!r})") != digest(data):
        raise FlashRefused(key="not_as_written", slot=path)
    prompt.run(f"os.rename({path + '.new'!r}, {path!r})")


def _set_mark(prompt: Prompt, mark: str) -> None:
    prompt.run(f"with open('/slot', 'w') as _f: _f.write({mark!r})")
    if prompt.value("_text('/slot')") != mark:
        raise FlashRefused(key="not_as_written", slot="/slot")
