"""The MicroPython prompt of a board, through mpremote: run code, put files, reset.

Takes whatever mpremote takes as a port: a device, COMx, socket://host:port, rfc2217://host:port.
"""

from __future__ import annotations

import ast
import binascii
import contextlib
import io
import socket
import struct
import time
from collections.abc import Callable
from types import TracebackType
from typing import Any

from ..errors import Disconnected, PartMissing, PosdiagError, PromptFailed
from ..link import patience
from ..link.transports import open_transport

CHUNK = 1536  # bytes of a file in one command: 2 KB of source on the board
READ_S = 10.0
RUN_S = 20.0  # for a piece of code without a word: a program of 300 KB is hashed in one
ENTER_S = 3  # for one attempt to get the prompt
QUIET_S = 0.5  # nothing more comes of an earlier attempt
ANSWER_MAX = 1 << 16  # bytes; who talks on behind that is no prompt
_LITERAL_MAX = 1 << 15
_TOLD_MAX = 2000  # of an answer, as evidence
_NEVER = b"\0\0\0"  # no board says so


def coded(data: bytes) -> str:
    """The expression that gives `data` on the board, where `_d` is a2b_base64."""
    return f"_d('{binascii.b2a_base64(data, newline=False).decode('ascii')}')"


def _at_once(serial: Any) -> None:
    """Let a port over TCP send each piece at once: the prompt's small ones would each wait for the
    acknowledgement of the one before, 40 ms."""
    connection = getattr(serial, "_socket", None)
    if isinstance(connection, socket.socket):
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


class _Bounded:
    """A port that may answer so much to what was asked: mpremote reads for as long as there is
    something to read, and from a board that prints without end for ever.
    """

    def __init__(self, serial: Any) -> None:
        self._serial = serial
        self._left = ANSWER_MAX

    def asks(self) -> None:
        """A new question."""
        self._left = ANSWER_MAX

    def read(self, size: int = 1) -> bytes:
        data: bytes = self._serial.read(size)
        self._left -= len(data)
        if self._left < 0:
            raise OSError("it talks without end")
        return data

    def __getattr__(self, name: str) -> Any:
        return getattr(self._serial, name)


def require_mpremote(command: str) -> Any:
    """mpremote's transports. Raises PartMissing where it is not installed."""
    try:
        from mpremote import transport, transport_serial
    except ImportError as error:
        raise PartMissing(repr(error), command=command, part="mpremote") from error
    return transport, transport_serial


class Prompt:
    """The raw prompt, entered; what runs on the board was interrupted. A context manager."""

    def __init__(self, port: str, baud: int = 115200) -> None:
        transport, transport_serial = require_mpremote("flash, provision")
        open_transport(port, baud).close()  # says what is wrong with the port better than mpremote
        self.port = port
        self._error = transport.TransportError
        self._exec_error = transport.TransportExecError
        with self._translated():
            self._link: Any = transport_serial.SerialTransport(
                port, baud, timeout=patience.within(READ_S)
            )
            self._port = self._link.serial = _Bounded(self._link.serial)
            try:
                _at_once(self._link.serial)
                self._enter()
            except BaseException:
                self._link.serial.close()
                raise

    def _enter(self) -> None:
        """An interrupt that met the start of a program may be lost, and one that met a busy board
        is acted on late: then a second greeting comes, and would be taken for the next answer.
        """
        try:
            self._ask_in()
        except self._error:
            self._port.asks()
            self._ask_in()
            self._link.read_until(1, _NEVER, timeout=patience.within(QUIET_S))
            self._ask_in()
            out, wrong = self._link.exec_raw("print('here')", timeout=patience.within(ENTER_S))
            if wrong or out.strip() != b"here":
                raise self._error("answers do not pair") from None

    def _ask_in(self) -> None:
        self._link.enter_raw_repl(soft_reset=False, timeout_overall=patience.within(ENTER_S))

    def __enter__(self) -> Prompt:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @contextlib.contextmanager
    def _translated(self) -> Any:
        """mpremote's errors as ours; what it prints about them becomes evidence."""
        printed = io.StringIO()
        try:
            with contextlib.redirect_stdout(printed):
                yield
        except self._exec_error as error:
            raise self.failed(error.error_output) from error
        except self._error as error:
            details = f"{error} {printed.getvalue()}".strip()[:_TOLD_MAX]
            raise PromptFailed(details, key="no_prompt", port=self.port) from error
        except (OSError, ValueError, IndexError, TypeError, struct.error) as error:
            # pyserial's errors are OSErrors; a read that times out gives mpremote too few bytes
            raise Disconnected(repr(error), port=self.port) from error

    def clean(self) -> None:
        """A soft reset: the heap is free again. boot.py runs, main.py does not."""
        self._port.asks()
        with self._translated():
            self._link.enter_raw_repl(soft_reset=True)

    def run(self, code: str) -> str:
        """Execute statements; what they printed. Raises PromptFailed with the traceback."""
        self._port.asks()
        with self._translated():
            out: bytes
            out, wrong = self._link.exec_raw(code, timeout=patience.within(RUN_S))
            if wrong:
                raise self._exec_error(out, wrong.decode("utf-8", "replace"))
        return out.decode("utf-8", "replace").strip()

    def value(self, expression: str, kind: type = object) -> Any:
        """The value of an expression: a literal of this type, of int from 0 on. Raises
        PromptFailed for all else: whatever hangs at a cable need not be a board of ours.
        """
        text = self.run(f"print(repr({expression}))")
        try:
            if len(text) > _LITERAL_MAX:
                raise ValueError(len(text))
            found = ast.literal_eval(text)
        except (SyntaxError, ValueError, TypeError, MemoryError, RecursionError) as error:
            raise self.failed(text) from error
        below = isinstance(found, int) and found < 0
        if not isinstance(found, kind) or (kind is int and below):
            raise self.failed(text)
        return found

    def failed(self, text: str) -> PromptFailed:
        """The error for an answer that is none."""
        return PromptFailed(text[:_TOLD_MAX], port=self.port)

    def put(self, path: str, data: bytes, on_bytes: Callable[[int], None] | None = None) -> None:
        """Write a file whole. littlefs keeps the old content until the close at the end.

        on_bytes(n) hears how many bytes are there.
        """
        self.run(f"from binascii import a2b_base64 as _d\n_f = open({path!r}, 'wb')")
        for start in range(0, len(data), CHUNK):
            piece = data[start : start + CHUNK]
            self.run(f"_f.write({coded(piece)})")
            if on_bytes:
                on_bytes(start + len(piece))
        self.run("_f.close()")

    def reset(self) -> None:
        """Reset the board; the prompt is gone then."""
        with self._translated():
            self._link.exec_raw_no_follow("import machine\nmachine.reset()")
            time.sleep(0.1)  # the last byte must be out before the port closes
        self.close()

    def close(self) -> None:
        with contextlib.suppress(PosdiagError), self._translated():
            if self._link.in_raw_repl:
                self._link.exit_raw_repl()
            self._link.close()
