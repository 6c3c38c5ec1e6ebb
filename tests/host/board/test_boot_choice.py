"""Which program a locked board starts, whatever lies in its slots: files that were swapped, cut,
turned, replayed or left out. Judged by cbor2 and hmac, not by the readers of our own.
"""

import hashlib
import hmac
import io
import random
import sys
from types import ModuleType, SimpleNamespace

import cbor2
import pytest

from posproto import manifest
from source_files import ROOT

KEY, OTHER = bytes(range(32)), b"o" * 32
SHA = hashlib.sha256
NUMBERS = (0x10000, 0x10001, 0x10100, 0x2000000)
MARKS = (b"a", b"b", b"a2", b"b2", b"b1", b"b0", b"a9", b"", b"\xff\xfe", b"../", b"c2", b"a!")
MARKS += (b"b!2", b"aa", b"2b", b"\0\0\0\0", 5)


def signed(program, number, key=KEY, digest=None):
    secret = hmac.digest(hmac.digest(bytes(32), key, SHA), b"POSMA program 1\x01", SHA)
    payload = cbor2.dumps({0: number, 1: digest or SHA(program).digest()})
    protected = cbor2.dumps({1: 5})
    tag = hmac.digest(secret, cbor2.dumps(["MAC0", protected, b"", payload]), SHA)
    kid = SHA(b"\xa2\x01\x04\x20\x58\x20" + secret).digest()[:8]
    return cbor2.dumps([protected, {4: kid}, payload, tag])


class Flash:
    """Files by path; a number in place of content is the error that reading it gives."""

    def __init__(self):
        self.files = {}

    def open(self, path, mode="r"):
        assert mode in ("r", "rb")
        self.stat(path)
        if isinstance(self.files[path], int):
            raise OSError(self.files[path], path)
        return io.BytesIO(self.files[path])

    def stat(self, path):
        if path not in self.files:
            raise OSError(2, path)


@pytest.fixture(scope="module")
def boot():
    """boot.py's functions, on such a flash."""
    source = (ROOT / "firmware" / "boot.py").read_text(encoding="utf-8")
    named = {}
    sys.modules["micropython"] = ModuleType("micropython")
    sys.modules["micropython"].kbd_intr = lambda char: None
    try:
        exec(source[: source.index("locked, maintenance, slot = ")], named)  # noqa: S102
    finally:
        del sys.modules["micropython"]
    flash = Flash()

    def write(path, text):
        flash.files[path] = text.encode()
        return True

    named.update(open=flash.open, os=flash, locked=True, _write=write)
    return SimpleNamespace(flash=flash, **named)


def test_what_boot_takes_for_a_manifest_the_agent_does_too(boot):
    """With a turned key id boot.py started a program whose number the agent did not keep: an older
    one would have counted afterwards."""
    good = signed(b"POS1", 0x10000)
    boot.flash.files.update({"/data/key": KEY, "/a.sig": good})
    assert boot._manifest("/a.sig") and manifest.read(good, KEY)
    odd = [good[:n] for n in range(94)] + [good + b"x", good + good, b"\xd1" + good[1:]]
    for at in range(94 * 8):
        turned = bytearray(good)
        turned[at // 8] ^= 1 << at % 8
        odd.append(bytes(turned))
    for data in odd:
        boot.flash.files["/a.sig"] = data
        assert boot._manifest("/a.sig") is None and manifest.read(data, KEY) is None, data.hex()


def _manifest(chance, programs, program):
    number = chance.choice(NUMBERS)
    good = signed(program, number)
    turned = bytearray(good)
    turned[chance.randrange(94)] ^= 1 << chance.randrange(8)
    others = (good[: chance.randrange(94)], bytes(turned), signed(program, number, OTHER), None, 5)
    others += (signed(chance.choice(programs), number), good + b"x", b"", bytes(94))
    return good if chance.random() < 0.4 else chance.choice(others)


def _marked(chance, program):
    mark = b"HERE" + chance.randbytes(12)
    changed = (program + mark + mark, program[:-1] + b"!", program + chance.randbytes(16))
    return chance.choice((program, program, program + mark, program + mark, *changed))


def _state(chance, programs, files):
    files["/data/key"] = KEY if chance.random() < 0.95 else chance.choice((OTHER, 5))
    for slot in "ab":
        if chance.random() < 0.92:
            program = chance.choice(programs)
            files[f"/{slot}.pos"] = _marked(chance, program)
            found = _manifest(chance, programs, program)
            if found is not None:
                files[f"/{slot}.sig"] = found
    if chance.random() < 0.2 and "/a.sig" in files:
        files["/b.sig"] = files["/a.sig"]
    if chance.random() < 0.7:
        kept = signed(programs[0], chance.choice(NUMBERS))
        odd = (b"", 5, signed(programs[0], NUMBERS[3], OTHER), kept[:50])
        files["/data/program"] = kept if chance.random() < 0.7 else chance.choice(odd)
    files["/slot"] = chance.choice(MARKS)


def _number(files, path, program=None):
    """The number in a manifest under this board's key, of this program where one is given."""
    data, key = files.get(path), files["/data/key"]
    if not isinstance(data, bytes) or not isinstance(key, bytes):
        return None
    try:
        said = cbor2.loads(cbor2.loads(data)[2])
        number, digest = said[0], said[1]
        right = data == signed(b"", number, key, digest)
    except Exception:  # whatever was left of it
        return None
    if program is not None:
        own = program[:-16] if program[-16:-12] == b"HERE" else program
        right = right and digest == SHA(own).digest()
    return number if right else None


def test_a_locked_board_starts_no_program_that_its_manifest_does_not_name(boot):
    chance = random.Random(14)
    programs = [b"POS1" + bytes([n]) * chance.randrange(50, 900) for n in range(4)]
    files = boot.flash.files
    ends = {"trial": 0, "settled": 0, "none": 0}
    for _ in range(3000):
        files.clear()
        _state(chance, programs, files)
        before = dict(files)
        slot, on_trial = boot.choose()
        if not slot:
            ends["none"] += 1
            continue
        number = _number(before, f"/{slot}.sig", before[f"/{slot}.pos"])
        kept = _number(before, "/data/program")
        if on_trial:
            ends["trial"] += 1
            assert number is not None and before.get("/data/program") != 5
            assert kept is None or number >= kept
        else:
            ends["settled"] += 1
            unread = 5 in (before.get(f"/{slot}.sig"), before["/data/key"])
            assert kept is None or number is not None or unread
    assert min(ends.values()) > 50, ends
