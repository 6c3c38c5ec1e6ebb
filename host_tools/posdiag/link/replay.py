"""A capture in place of a terminal: the same client, its answers looked up, not asked for."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

from posproto import cbor, frames, ids
from posproto.link import Frame, FrameReader

from ..errors import NotRecorded, OtherSpeech, Silent
from ..facts import names
from ..facts.model import Event, Hello, Status, as_map
from .capture import DEVICE, HOST, Capture, Chunk
from .client import Client, Message, Response
from .fastlink import FastReader, fast_parse
from .longfile import Looked, silent

_LOG_KEPT = 200_000


class ReplayTransport:
    """Gives the device's bytes of a capture, one chunk a read; takes writes and forgets them."""

    def __init__(self, capture: Capture, pace: float | None = None) -> None:
        self.name = str(capture.path)
        self.capture = capture
        self.ended = False
        self._pace = pace  # capture seconds per wall second; None: as fast as it reads
        self._chunks: Iterator[Chunk] = iter(capture.chunks())
        self._start: float | None = None

    def read(self, timeout_s: float) -> bytes:
        for chunk in self._chunks:
            if chunk.direction != DEVICE:
                continue
            if self._pace:
                self._wait(chunk.time_s / self._pace)
            return chunk.data
        self.ended = True
        return b""

    def _wait(self, at_s: float) -> None:
        now = time.monotonic()
        if self._start is None:
            self._start = now - at_s
        time.sleep(max(0.0, self._start + at_s - now))

    def write(self, data: bytes) -> None:
        pass

    def close(self) -> None:
        self.ended = True


class ReplayClient(Client):
    """Answers from what the capture holds; `messages()` ends with it."""

    is_live = False

    def __init__(
        self, capture: Capture, pace: float | None = None, looked: Looked = silent
    ) -> None:
        self.capture = capture
        self._looked = looked  # told while the file is looked through
        self._replay = ReplayTransport(capture, pace)
        super().__init__(self._replay)
        self.read_with(FastReader())
        self._scanned = False
        self._answers: dict[tuple[int, bytes], dict[int, Any]] = {}
        self._by_op: dict[int, dict[int, Any]] = {}
        self._log: dict[int, Event] = {}
        self._first_live: int | None = None

    def _parse(self, frame: Frame) -> tuple[dict[Any, Any], int]:
        return fast_parse(frame)

    def messages(self, duration_s: float | None = None) -> Iterator[Message | None]:
        while not self._replay.ended:
            self._keep(self.pump(0))
            while self.unsolicited:
                yield self.unsolicited.popleft()

    # Looking the whole file through, once, before the first answer

    def _scan(self) -> None:
        if self._scanned:
            return
        self._scanned = True
        host = FrameReader()
        asked: dict[int, tuple[int, bytes]] = {}
        seen = Client(ReplayTransport(self.capture))
        seen.read_with(FastReader())
        done, size = 0, self.capture.path.stat().st_size
        for chunk in self.capture.chunks():
            done += len(chunk.data)
            self._looked(done, size)
            if chunk.direction == HOST:
                for frame in host.feed(chunk.data):
                    _note_request(asked, frame.request_id, frame.payload)
                continue
            seen.bytes_received += len(chunk.data)
            for frame in seen.reader.feed(chunk.data):
                message = seen._understand(frame)
                if message:
                    self._note(message, asked)
        self._looked(size, size)
        self.hello = seen.hello or self.hello
        self.status = seen.status or self.status
        self.peer_version = seen.peer_version
        self.not_understood = seen.not_understood
        self.bytes_received = seen.bytes_received
        self.console = seen.console
        self.scanned_dropped = seen.dropped

    def _note(self, message: Message, asked: dict[int, tuple[int, bytes]]) -> None:
        if isinstance(message.value, Event):
            if self._first_live is None and message.value.sequence is not None:
                self._first_live = message.value.sequence
            return
        question = asked.get(message.frame.request_id)
        if message.kind != ids.FRAME_RESPONSE or question is None:
            return
        record = message.value
        if record.get(ids.RS_RESULT) != ids.R_OK:
            return
        if question[0] == ids.OP_LOG:
            self._note_log(record.get(ids.RS_VALUE))
        else:
            self._answers[question] = self._by_op[question[0]] = record

    def _note_log(self, value: Any) -> None:
        records = as_map(value).get(0)
        for raw in records if isinstance(records, list) else ():
            try:
                event = Event.decoded(raw)
            except cbor.CborError:
                continue
            if event.sequence is not None and len(self._log) < _LOG_KEPT:
                self._log[event.sequence] = event

    # The client's questions

    def greet(self, timeout_s: float = 3.0) -> Hello:
        self._scan()
        self.peer_version_known()
        value = self._by_op.get(ids.OP_HELLO, {}).get(ids.RS_VALUE)
        if value:
            self.hello = Hello.from_map(as_map(value))
        return self.hello or Hello()

    def peer_version_known(self) -> None:
        """Raise what a live port with the same bytes would raise."""
        if self.peer_version is not None:
            return
        if not self.bytes_received:
            raise Silent(key="capture_empty", port=self.transport.name)
        raise OtherSpeech(
            repr(bytes(self.console[-400:])), key="capture_other", port=self.transport.name
        )

    def ask_status(self, timeout_s: float = 3.0) -> Status:
        self._scan()
        if self.status is None:
            value = self.request(ids.OP_STATUS).value
            self.status = Status.from_map(as_map(value))
        return self.status

    def request(self, op: int, args: Any = None, *, timeout_s: float = 5.0) -> Response:
        self._scan()
        question = (op, cbor.encode(args) if args is not None else b"")
        record = self._answers.get(question) or self._by_op.get(op)
        if record is None:
            operation = names.name_of(names.OPERATIONS, op)
            raise NotRecorded(operation, operation=operation, port=self.transport.name)
        return Response(record.get(ids.RS_VALUE), record.get(ids.RS_DETAIL))

    def recorded_log(self) -> list[Event]:
        """Records of log answers that are older than the first live event."""
        self._scan()
        older = [
            event
            for sequence, event in sorted(self._log.items())
            if self._first_live is None or sequence < self._first_live
        ]
        return older


def _note_request(asked: dict[int, tuple[int, bytes]], request_id: int, payload: bytes) -> None:
    try:
        request = frames.parse_request(payload)
    except cbor.CborError:
        return
    args = request.get(ids.RQ_ARGS, b"")
    body = args if isinstance(args, bytes) else cbor.encode(args)
    asked[request_id] = (request[ids.RQ_OP], body)
