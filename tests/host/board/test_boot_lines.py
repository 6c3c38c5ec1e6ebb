"""firmware/boot.py with a fault at each line that it comes to, one after the other: whatever
raises on a locked board, and wherever, ends in a reset. CPython's tracing raises it, below
stand-ins for a board's modules.
"""

import ast
import builtins
import hashlib
import hmac
import sys
import threading
import types
from collections import Counter
from itertools import cycle

import cbor2
import pytest

from source_files import ROOT

SOURCE = (ROOT / "firmware/boot.py").read_text(encoding="utf-8")
LOOP = "    while True:\n        try:\n"  # a reset never comes back; this one must
CODE = compile(SOURCE.replace(LOOP, LOOP.replace("True", "not RESET")), "boot.py", "exec")
KEY = bytes(range(32))
SHA = hashlib.sha256
PROGRAM = {"a": b"POS1\0\0program a", "b": b"POS1\0\0program b"}
FAULTS = (MemoryError(), OSError(5), ValueError(), KeyboardInterrupt(), SystemExit())
FAULTS += (ImportError(), RuntimeError("maximum recursion depth exceeded"))


def manifest(slot, number):
    """By other means than ours."""
    secret = hmac.digest(hmac.digest(bytes(32), KEY, SHA), b"POSMA program 1\x01", SHA)
    payload = cbor2.dumps({0: number, 1: SHA(PROGRAM[slot]).digest()})
    protected = cbor2.dumps({1: 5})
    tag = hmac.digest(secret, cbor2.dumps(["MAC0", protected, b"", payload]), SHA)
    kid = SHA(b"\xa2\x01\x04\x20\x58\x20" + secret).digest()[:8]
    return cbor2.dumps([protected, {4: kid}, payload, tag])


LOCKED = {
    "/data/locked": b"1",
    "/data/key": KEY,
    "/data/program": manifest("a", 65537),
    "/a.pos": PROGRAM["a"],
    "/a.sig": manifest("a", 65537),
    "/slot": b"a",
}
NEW = {"/b.pos": PROGRAM["b"], "/slot": b"b2"}
BOARDS = {
    "at work": LOCKED,
    "on trial": {**LOCKED, **NEW, "/b.sig": manifest("b", 65538)},
    "older": {**LOCKED, **NEW, "/b.sig": manifest("b", 65536)},
    "unsigned": {**LOCKED, **NEW},
    "in maintenance": {**LOCKED, "/data/maintenance": b"1"},
    "before manifests": {"/data/locked": b"1", "/data/key": KEY, "/a/posagent/start.mpy": b""},
    "without a program": {"/data/locked": b"1"},
}


class File:
    def __init__(self, files, path, mode):
        if "w" not in mode and path not in files:
            raise OSError(2)
        self._files, self._path, self._at = files, path, 0

    def __enter__(self):
        return self

    def __exit__(self, *error):
        return False

    def read(self, count):
        piece = self._files[self._path][self._at : self._at + count]
        self._at += len(piece)
        return piece

    def readinto(self, buf):
        piece = self.read(len(buf))
        buf[: len(piece)] = piece
        return len(piece)

    def seek(self, offset, whence=0):
        self._at = offset + (len(self._files[self._path]) if whence else 0)
        return self._at

    def write(self, text):
        self._files[self._path] = text.encode()


class Board:
    """One start: `fault` is raised at the line that is the `at`-th to come; 0: none is."""

    def __init__(self, files, at=0, fault=None):
        self.files = dict(files)
        self.lines = []  # that came
        self.line = 0  # of the fault
        self.reset = []
        self.raised = None
        self.timer = None
        self.ran = ""
        self.path = []
        self._at, self._fault = at, fault
        modules = self._modules()
        real = builtins.__import__

        def find(name, *rest):
            return modules[name] if name in modules else real(name, *rest)

        names = {"RESET": self.reset, "__name__": "__main__"}
        names["__builtins__"] = dict(
            vars(builtins),
            __import__=find,
            open=lambda path, mode="r": File(self.files, path, mode),
            print=lambda *words: None,
        )
        # In a thread of its own: where a trace raises, CPython keeps what was being handled.
        start = threading.Thread(target=self._start, args=(names,))
        start.start()
        start.join()

    def _start(self, names):
        sys.settrace(self._trace)
        try:
            exec(CODE, names)
        except BaseException as error:
            self.raised = error

    def _trace(self, frame, event, _):
        if frame.f_code.co_filename != "boot.py":
            return None
        if event == "line":
            self.lines.append(frame.f_lineno)
            if len(self.lines) == self._at:
                self.line = frame.f_lineno
                raise self._fault
        return self._trace

    def _stat(self, path):
        if path not in self.files:
            raise OSError(2)

    def _rename(self, old, new):
        self.files[new] = self.files.pop(old)

    def _modules(self):
        board = self

        class Timer:
            ONE_SHOT = 0

            def __init__(self, number):
                pass

            def init(self, mode, period, callback):
                board.timer = period

        class Usb:
            BUILTIN_DEFAULT = None

            def active(self, on=None):
                return False

        def main():
            self.ran = self.path[0] if self.path else ""

        made = {
            "os": {"stat": self._stat, "rename": self._rename, "remove": self.files.pop},
            "micropython": {"kbd_intr": lambda char: None},
            "machine": {"reset": lambda: self.reset.append(1), "Timer": Timer, "USBDevice": Usb},
            "main": {"main": main},
            "vfs": {"mount": lambda *words: None},
            "time": {"sleep_ms": lambda ms: None},
            "sys": {"path": self.path, "print_exception": lambda error: None},
        }
        return {name: types.SimpleNamespace(**has) for name, has in made.items()}


def unguarded():
    """Numbers of the lines that only make a name, for which a fresh heap has room, before the
    guard and for it; and of those behind it, which decide nothing more.
    """
    found = set()
    tree = ast.parse(SOURCE)
    for node in tree.body:
        found.add(node.lineno)
        if isinstance(node, ast.ClassDef):
            found |= {part.lineno for part in node.body}
        if isinstance(node, ast.FunctionDef) and node.name == "_reset":
            loop = node.body[0]
            found |= {loop.lineno, loop.body[0].lineno}
        for statement in node.finalbody if isinstance(node, ast.Try) else ():
            found |= {part.lineno for part in ast.walk(statement) if hasattr(part, "lineno")}
    return found


def test_without_a_fault_each_board_does_what_it_should():
    ends = {name: Board(files) for name, files in BOARDS.items()}
    assert {name: (board.ran, board.timer) for name, board in ends.items()} == {
        "at work": ("/a", None),
        "on trial": ("/b", 300000),
        "older": ("/a", None),
        "unsigned": ("/a", None),
        "in maintenance": ("", 900000),
        "before manifests": ("/a", None),
        "without a program": ("", None),
    }
    assert all(board.reset or name == "in maintenance" for name, board in ends.items())


@pytest.mark.parametrize("name", BOARDS)
def test_a_locked_board_on_which_any_line_fails_ends_in_a_reset(name, whole, seed):
    """Each line the first two times, or each time. A clear "no such file" is no fault."""
    faults = cycle(FAULTS[seed % len(FAULTS) :] + FAULTS[: seed % len(FAULTS)])
    beside, seen = unguarded(), Counter()
    for at, line in enumerate(Board(BOARDS[name]).lines, 1):
        seen[line] += 1
        if line in beside or (seen[line] > 2 and not whole):
            continue
        for fault in FAULTS if whole else (next(faults),):
            board = Board(BOARDS[name], at, fault)
            assert board.line == line
            case = (repr(fault), line, SOURCE.splitlines()[line - 1].strip())
            prompt = board.timer == 900000 and "/data/maintenance" not in board.files
            assert board.reset or prompt, case
            assert board.ran != "/b" or name == "on trial", case
    assert len(seen) > 60
