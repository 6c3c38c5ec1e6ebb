"""What hangs at a cable need not be a board of ours: it offers a prompt and answers anything.

Each answer must end in an error that a technician can read, in bounded time and memory.
"""

import contextlib
import select
import socket
import sys
import threading

import pytest

from posdiag.board import entry, install
from posdiag.board.repl import ANSWER_MAX, Prompt
from posdiag.cli import main
from posdiag.errors import PosdiagError
from posdiag.keys.provisioning import Order, by_prompt
from posdiag.link import patience
from waiting import HUNG_S

BANNER = b"raw REPL; CTRL-B to exit\r\n>"
ENDLESS = object()


class Board:
    """A raw prompt on TCP that gives `answer(code)` for each piece of code: (output, error)."""

    def __init__(self, answer, banner=BANNER):
        self._answer, self._banner = answer, banner
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = "socket://127.0.0.1:%d" % self._listener.getsockname()[1]
        self._listener.settimeout(0.05)
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        self.sent = 0

    def close(self):
        self._over.set()
        self._listener.close()
        self._thread.join(HUNG_S)

    def _run(self):
        while not self._over.is_set():
            with contextlib.suppress(OSError):
                connection, _ = self._listener.accept()
                with connection:
                    self._serve(connection)

    def _say(self, connection, data):
        if data is not ENDLESS:
            connection.sendall(data)
            return
        while not self._over.is_set():
            self.sent += connection.send(b"\x1b[2J" * 1024)

    def _serve(self, connection):
        kept = b""
        while not self._over.is_set():
            if not select.select([connection], [], [], 0.05)[0]:
                continue
            data = connection.recv(4096)
            if not data:
                return
            kept += data
            if b"\x05A\x01" in kept:  # raw paste: not here
                kept = kept.replace(b"\x05A\x01", b"")
                connection.sendall(b"R\x00")
            if kept.endswith(b"\r\x01"):
                kept = b""
                self._say(connection, self._banner)
            elif kept.endswith(b"\x04") and len(kept) > 1:
                code, kept = kept[:-1], b""
                out, error = self._answer(code.decode())
                connection.sendall(b"OK")
                self._say(connection, out)
                connection.sendall(b"\x04" + error + b"\x04>")


@pytest.fixture
def hostile():
    boards = []

    def begin(*args, **more):
        boards.append(Board(*args, **more))
        return boards[-1]

    yield begin
    for board in boards:
        board.close()


ODD = (
    b"",
    b"7",
    b"-1",
    b"None",
    b"[]",
    b"{}",
    b"()",
    b"b''",
    b"''",
    b"True",
    b"[1, 2]",
    b"{1: 2}",
    b"1e999",
    b"(" * 5000,
    b"[" * 90 + b"]" * 90,
    b"-" * 9000 + b"1",
    b"b'" + b"x" * 33000 + b"'",
    b"9" * 9000,
    b"\xff\xfe",
    b"\x1b]52;c;x\x07",
    b"b'[1]'",
    b"b'[[[[[[[['",
    b"b'7'",
    b"'../../etc/passwd'",
    b"{1: [], }.pop(1)",
)


@pytest.mark.parametrize("told", ODD)
def test_whatever_a_prompt_answers_is_no_crash_of_the_tool(hostile, told):
    board = hostile(lambda code: (told, b""))
    order = Order("POS-1", {"device_id": "POS-1"}, bytes(32), b"pem", b"pem", {2: b"pem"})
    for work in (install.look, lambda prompt: by_prompt(prompt, order)):
        with Prompt(board.port) as prompt, pytest.raises(PosdiagError) as failed:
            work(prompt)
        assert len(failed.value.details) < 5000


@pytest.mark.parametrize("place", ["values", "pieces"])
def test_what_a_board_says_of_its_pieces_goes_into_no_code(hostile, place):
    """The places of modules come from the board and stand in what it is told to run."""

    def answer(code):
        if "_pieces(" in code and "def " not in code:
            return (
                b"hash 7;import_os /a.pos\n" if place == "pieces" else b"x 7 /a.pos extra\n",
                b"",
            )
        types = {"version": b"(1, 28, 0)", "_mpy": b"6", "platform": b"'rp2'", "_text": b"''"}
        types |= {"_free": b"99999999", "statvfs": b"4096", "_size": b"0", "_hash": b"''"}
        types |= {"_locked": b"False", "_keyid": b"b''", "_bytes": b"b''"}
        for word, said in types.items():
            if word in code and "def " not in code:
                return said, b""
        return b"", b""

    board = hostile(answer)
    with Prompt(board.port) as prompt, pytest.raises(PosdiagError):
        install.look(prompt)


def test_a_board_that_talks_without_end_is_left(hostile, monkeypatch):
    """mpremote read on for as long as anything came, which was for ever."""
    board = hostile(lambda code: (ENDLESS, b""))
    with pytest.raises(PosdiagError) as failed, Prompt(board.port) as prompt:
        prompt.run("1")
    assert failed.value.key == "disconnected" or failed.value.details
    assert board.sent < 256 * ANSWER_MAX
    board = hostile(lambda code: (b"", b""), banner=ENDLESS)
    with pytest.raises(PosdiagError):
        Prompt(board.port)
    monkeypatch.setattr(entry, "RESTART_S", 1.0)
    with pytest.raises(PosdiagError):
        entry.open_prompt(board.port, 115200, fresh=True, within_s=1.0)


def test_the_words_of_a_traceback_move_no_cursor(hostile, capsys, monkeypatch, tmp_path):
    monkeypatch.setenv("POSDIAG_STATE_DIR", str(tmp_path))
    monkeypatch.setattr(patience, "within", lambda seconds: min(seconds, 2.0))
    board = hostile(lambda code: (b"", b"Traceback\x1b]52;c;x\x07\x9b2J \xe2\x80\xae x"))
    argv = ["provision", board.port, "--device-id", "POS-1", "--fleet", "north", "--new-fleet"]
    assert main(["--verbose", *argv]) not in (0, 70)
    shown = "".join(capsys.readouterr())
    assert "Traceback" in shown
    assert not any(char in shown for char in "\x1b\x07\x9b\u202e")


if sys.platform == "win32":
    pytest.skip("sockets of another kind", allow_module_level=True)
