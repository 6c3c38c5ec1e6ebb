"""A program's installation into the slot that does not run: a cut at any point spoils nothing.

The running slot is never touched; the mark that chooses changes last, when every file was read
back and its hash was right. The new program starts on trial (firmware/boot.py), on a locked board
only with the manifest that is put beside it.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass

from posbuild.pack import index_size
from posbuild.program import FIRST, Program, digest
from posproto import VERSION, cose, manifest

from ..errors import BoardRefused, KeyNeeded
from ..keys.key_derivation import KEY_LENGTH
from .reads import READS
from .repl import CHUNK, Prompt, coded

MICROPYTHON_MIN = (1, 22)
MPY_VERSION = 6
DURABLE_BYTES = 16384  # a cut costs so much of what was written
SPARE_BYTES = 16384  # stays free for records and the file system's own needs
TRIAL = "2"  # starts in which the new program must prove itself

# Functions of the board's side. Paths are absolute; "" is a file that is not there. A program's
# size and hash are without its trailer, random bytes by which a board finds the program's place in
# its flash (firmware/posagent/io/in_place.py).
_HELPER = (
    READS
    + """
import sys
from hashlib import sha256
from binascii import hexlify, a2b_base64 as _d
from struct import unpack
def _sum(f, size):
    h = sha256()
    while size > 0:
        b = f.read(min(512, size))
        if not b:
            break
        h.update(b)
        size -= len(b)
    return hexlify(h.digest()).decode()
def _hash(path):
    try:
        with open(path, 'rb') as f:
            return _sum(f, _size(path))
    except OSError:
        return ''
def _size(path):
    try:
        n = os.stat(path)[6]
    except OSError:
        return 0
    with open(path, 'rb') as f:
        f.seek(max(0, n - 16))
        return n - 16 if n > 16 and f.read(4) == b'HERE' else n
def _keyid(thumb):
    key = _bytes('/data/key')
    return sha256(thumb + key).digest()[:8] if key else b''
def _trailer(path):
    if _size(path) == os.stat(path)[6]:
        with open(path, 'ab') as f:
            f.write(b'HERE' + os.urandom(12))
def _free():
    s = os.statvfs('/')
    return s[1] * s[3] if s[3] <= s[2] else 0
def _bare(path):
    for entry in list(os.ilistdir(path)):
        name = path + '/' + entry[0]
        if entry[1] & 0x4000:
            _bare(name)
        else:
            os.remove(name)
    os.rmdir(path)
def _text(path):
    try:
        with open(path) as f:
            return f.read()
    except Exception:
        return ''
def _pieces(path):
    if not _size(path):
        return
    with open(path, 'rb') as f:
        if f.read(4) != b'POS1':
            return
        n = unpack('>H', f.read(2))[0]
        at = [unpack('>II', f.read(8))[1] for _ in range(n)]
        at = [o for o in at if o] + [_size(path)]
        for i in range(len(at) - 1):
            f.seek(at[i])
            print(_sum(f, at[i + 1] - at[i]), at[i], path)
def _take(path, place, size):
    with open(path, 'rb') as s:
        s.seek(place)
        while size > 0:
            b = s.read(min(512, size))
            if not b:
                raise OSError(5)
            _f.write(b)
            size -= len(b)
"""
)

FOLDER = "folder"  # what version 0.1 of this tool wrote: each file by itself


@dataclass(frozen=True)
class Board:
    """A board as its prompt tells of it, before anything is written."""

    version: tuple[int, ...]
    mpy: int  # sys.implementation._mpy
    platform: str
    free: int  # bytes of its file system
    block: int  # bytes of flash that even the smallest file takes
    mark: str
    slots: dict[str, str]  # slot -> hash of its program, FOLDER, or "" for none
    loader: dict[str, str]
    begun: dict[str, tuple[int, str]]  # slot -> bytes of an interrupted installation, their hash
    pieces: dict[str, tuple[str, int]]  # hash of a module -> where its bytes are on the board
    locked: bool = False
    key_id: bytes = (
        b""  # of the device's key, by which a wrong one is told before anything is sent
    )
    kept: bytes = b""  # the manifest of the program that a locked board trusts
    device_id: str = ""

    def runnable(self, slot: str) -> bool:
        return bool(self.slots[slot])

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
    said = prompt.value("sys.implementation.version", tuple)
    return Board(
        tuple(part for part in said if isinstance(part, int)),
        mpy=prompt.value("getattr(sys.implementation, '_mpy', 0)", int),
        platform=prompt.value("sys.platform", str),
        mark=prompt.value("_text('/slot')", str),
        block=prompt.value("os.statvfs('/')[0]", int) or 1,
        free=prompt.value("_free()", int),
        loader={name: prompt.value(f"_hash('/{name}')", str) for name in ("boot.py", "main.py")},
        slots={slot: _slot(prompt, slot) for slot in "ab"},
        begun={
            slot: (
                prompt.value(f"_size('/{slot}.new')", int),
                prompt.value(f"_hash('/{slot}.new')", str),
            )
            for slot in "ab"
        },
        pieces=_pieces(prompt),
        locked=prompt.value("_locked()", bool),
        key_id=prompt.value(f"_keyid({cose.THUMB!r})", bytes),
        kept=prompt.value("_bytes('/data/program')", bytes),
        device_id=_device_id(prompt.value("_bytes('/data/config.json')", bytes)),
    )


def _pieces(prompt: Prompt) -> dict[str, tuple[str, int]]:
    text = prompt.run("_pieces('/a.pos')\n_pieces('/b.pos')")
    found = {}
    for line in text.splitlines():
        words = line.split()
        if len(words) != 3 or not (words[1].isdecimal() and words[1].isascii()):
            raise prompt.failed(text)
        found[words[0]] = (words[2], int(words[1][:9]))
    return found


def _device_id(config: bytes) -> str:
    try:
        return str(json.loads(config or b"{}").get("device_id", ""))
    except (ValueError, AttributeError, RecursionError):
        return ""


def _slot(prompt: Prompt, slot: str) -> str:
    hashed: str = prompt.value(f"_hash('/{slot}.pos')", str)
    if hashed:
        return hashed
    return FOLDER if prompt.value(f"_size('/{slot}/{FIRST}')", int) else ""


def check(board: Board, program: Program, key: bytes | None = None) -> None:
    """Raises BoardRefused where this board cannot take this program, KeyNeeded for a locked one
    without its `key`: it would not start what it is given.
    """
    if board.version[:2] < MICROPYTHON_MIN:
        raise BoardRefused(
            key="old_micropython",
            version=".".join(map(str, board.version)),
            wanted=".".join(map(str, MICROPYTHON_MIN)),
        )
    if board.mpy & 0xFF != MPY_VERSION:
        raise BoardRefused(key="other_mpy", version=str(board.mpy & 0xFF), wanted=str(MPY_VERSION))
    if board.locked:
        _check_key(board, program, key)
    if board.slots.get(board.target) != FOLDER:  # that one goes first, see write()
        _check_room(board, program, board.free)


def _check_key(board: Board, program: Program, key: bytes | None) -> None:
    if key is None:
        raise KeyNeeded()
    if len(key) != KEY_LENGTH or cose.key_id(key) != board.key_id:
        raise BoardRefused(key="flash_other_key")
    kept = manifest.read(board.kept, key)
    version = program.version or VERSION
    if kept is not None and kept[0] > manifest.number_of(version):
        raise BoardRefused(key="flash_older", version=version, kept=_dotted(kept[0]))


def manifest_of(program: Program, key: bytes) -> bytes:
    """The signed statement of version and hash, without which a board that is locked by this key
    does not start the program (posproto/manifest.py).
    """
    number = manifest.number_of(program.version or VERSION)
    return manifest.make(key, number, bytes.fromhex(digest(program.packed)))


def _dotted(number: int) -> str:
    return f"{number >> 24}.{number >> 16 & 255}.{number & 0xFFFF}"


def _check_room(board: Board, program: Program, free: int) -> None:
    needed = _room(board, program) + SPARE_BYTES
    if needed > free:
        raise BoardRefused(key="no_room", free=str(free // 1024), needed=str(needed // 1024))


def _room(board: Board, program: Program) -> int:
    """Bytes of flash that writing takes, in whole blocks."""
    size = len(program.packed) - _there(board, program)
    return -(-size // board.block) * board.block


def _there(board: Board, program: Program) -> int:
    """How much of the program an interrupted installation has left in the target."""
    size, hashed = board.begun[board.target]
    return size if size and hashed == digest(program.packed[:size]) else 0


def is_current(board: Board, program: Program) -> bool:
    """Does exactly this program run already, no longer on trial?"""
    if board.mark[1:2].isdigit() or not board.trusted:
        return False
    same = board.slots[board.trusted] == digest(program.packed)
    return same and board.loader == _wanted(program.loader)


def _wanted(files: dict[str, bytes]) -> dict[str, str]:
    return {name: digest(data) for name, data in files.items()}


def write(
    prompt: Prompt,
    board: Board,
    program: Program,
    progress: Progress,
    key: bytes | None = None,
) -> str:
    """Install the program, all but the restart; returns the slot, "a" or "b". `key`: the device's,
    for the manifest without which a locked board does not start the program.

    While "a" runs, its files stay; "b.new" is filled, read back and renamed, then the manifest and
    what is new of the loader, and at last the mark "b2": "b" starts, and has two starts to prove
    itself. A cut before the mark leaves "a" as it was. Raises BoardRefused, Disconnected.
    """
    slot, trusted = board.target, board.trusted
    if trusted and board.mark[1:2].isdigit():
        _set_mark(prompt, trusted)  # the trial ends here: its slot is written over
    if board.slots[slot] == FOLDER:  # takes twice the room of a file; nobody goes back to it
        prompt.run(f"_bare('/{slot}')")
        _check_room(board, program, prompt.value("_free()", int))
    total = len(program.packed)
    _fill(prompt, f"/{slot}.new", _there(board, program), board.pieces, program, progress)
    progress("verify", total, total)
    if prompt.value(f"_hash('/{slot}.new')") != digest(program.packed):
        raise BoardRefused(key="not_as_written", slot=slot)
    prompt.run(f"_trailer('/{slot}.new')\nos.rename('/{slot}.new', '/{slot}.pos')")
    if key is not None:
        _replace(prompt, f"/{slot}.sig", manifest_of(program, key))
    for name, data in program.loader.items():
        if board.loader[name] != digest(data):
            _replace(prompt, f"/{name}", data)
    _set_mark(prompt, slot + TRIAL if trusted else slot)
    return slot


class _Batch:
    """Statements that write to the open file `_f`. Small ones travel together: each trip to the
    prompt costs more than they do. Every FLUSH bytes the file is made durable.
    """

    def __init__(self, prompt: Prompt) -> None:
        self._prompt = prompt
        self._lines: list[str] = []
        self._size = 0
        self._open = 0  # bytes that a cut would lose

    def send(self, data: bytes) -> None:
        for start in range(0, len(data), CHUNK // 2):
            piece = data[start : start + CHUNK // 2]
            self._add(f"_f.write({coded(piece)})", len(piece))

    def take(self, path: str, place: int, size: int) -> None:
        """Copy what the board has already, at `place` of the file `path`, on the board itself."""
        self._add(f"_take({path!r}, {place}, {size})", size)

    def _add(self, line: str, count: int) -> None:
        if self._size + len(line) > 2 * CHUNK:
            self.flush()
        self._lines.append(line)
        self._size += len(line)
        self._open += count
        if self._open >= DURABLE_BYTES:
            self._lines.append("_f.flush()")
            self._open = 0

    def flush(self) -> None:
        if self._lines:
            self._prompt.run("\n".join(self._lines))
        self._lines, self._size = [], 0


def _fill(
    prompt: Prompt,
    path: str,
    there: int,
    pieces: dict[str, tuple[str, int]],
    program: Program,
    progress: Progress,
) -> None:
    """Write the program's one file from `there` on; what another program of the board has in it is
    copied on the board itself.
    """
    packed, total = program.packed, len(program.packed)
    at = index_size(packed)
    batch = _Batch(prompt)
    prompt.run(f"_f = open({path!r}, {'ab' if there else 'wb'!r})")
    batch.send(packed[there:at])
    for name, data in program.in_slot.items():
        progress(name, at, total)
        skip = min(max(0, there - at), len(data))
        if digest(data) in pieces and skip < len(data):
            source, place = pieces[digest(data)]
            batch.take(source, place + skip, len(data) - skip)
        else:
            batch.send(data[skip:])
        at += len(data)
    batch.send(packed[max(at, there) :])
    batch.flush()
    prompt.run("_f.close()")
    progress("", total, total)


def _replace(prompt: Prompt, path: str, data: bytes) -> None:
    """Write a file so that a cut leaves the old one or the new one. Raises BoardRefused."""
    prompt.put(path + ".new", data)
    if prompt.value(f"_hash({path + '.new'!r})") != digest(data):
        raise BoardRefused(key="not_as_written", slot=path)
    prompt.run(f"os.rename({path + '.new'!r}, {path!r})")


def _set_mark(prompt: Prompt, mark: str) -> None:
    prompt.run(f"with open('/slot', 'w') as _f: _f.write({mark!r})")
    if prompt.value("_text('/slot')") != mark:
        raise BoardRefused(key="not_as_written", slot="/slot")
