"""The way to a board's prompt where the board is busy, or the cable loses bytes."""

import socket
import threading

import pytest

from posdiag.board import repl
from posdiag.errors import Disconnected, PosdiagError
from waiting import HUNG_S

BANNER = b"raw REPL; CTRL-B to exit\r\n>"


class Board(threading.Thread):
    """A prompt behind a socket that begins to read when `may_read` is set."""

    def __init__(self, may_read, short=False):
        threading.Thread.__init__(self, daemon=True)
        self._may_read, self._short = may_read, short
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = "socket://127.0.0.1:%d" % self._listener.getsockname()[1]

    def run(self):
        self._listener.accept()[0].close()  # is the port there?
        with self._listener.accept()[0] as self._cable:
            first = self._cable.recv(1)
            self._may_read.wait(HUNG_S)
            self._serve(first)

    def _serve(self, data):
        line = b""
        while data:
            if data == b"\x01" and line.endswith(b"\x05A"):
                self._cable.sendall(b"R\x01\x80" if self._short else b"R\x01\x80\x00\x01")
                line = b""
                while not line.endswith(b"\x04"):
                    line += self._cable.recv(1)
                said = line[:-1].decode().replace("print('", "").replace("')", "")
                self._cable.sendall(b"\x04" + said.encode() + b"\r\n\x04\x04>")
                line = b""
            elif data == b"\x01":
                self._cable.sendall(BANNER)
                line = b""
            else:
                line += data
            data = self._cable.recv(1)


def test_a_greeting_that_comes_late_is_not_taken_for_the_next_answer(monkeypatch):
    """It said "could not exec command ..." where the board had been erasing its flash."""
    gave_up = threading.Event()
    asks_in = repl.Prompt._ask_in

    def first_in_vain(prompt):
        if gave_up.is_set():
            return asks_in(prompt)
        with monkeypatch.context() as hasty:
            hasty.setattr(repl, "ENTER_S", 0.4)
            try:
                return asks_in(prompt)
            finally:
                gave_up.set()

    monkeypatch.setattr(repl.Prompt, "_ask_in", first_in_vain)
    board = Board(gave_up)
    board.start()
    with repl.Prompt(board.port) as prompt:
        for word in ("one", "two"):
            assert prompt.run(f"print('{word}')") == word


def test_a_board_whose_bytes_are_lost_amid_an_answer_is_an_error_with_a_sentence(monkeypatch):
    """struct.error, with mpremote's lines instead of a sentence."""
    monkeypatch.setattr(repl, "READ_S", 0.4)
    at_once = threading.Event()
    at_once.set()
    board = Board(at_once, short=True)
    board.start()
    with repl.Prompt(board.port) as prompt:
        with pytest.raises(PosdiagError) as lost:
            prompt.run("print('one')")
        assert isinstance(lost.value, Disconnected)
