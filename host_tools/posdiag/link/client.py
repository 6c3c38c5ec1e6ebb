"""A conversation with one agent: requests with a deadline, everything unsolicited on the side.

A request that stays unanswered is sent again as the same bytes: the agent repeats its answer, not
the action. Text between frames (a traceback, a boot banner) is passed on, never mistaken for data.
"""

from __future__ import annotations

import secrets
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from posproto import cbor, cose, frames, ids, keyed
from posproto.link import Frame, FrameReader, FrameWriter

from ..errors import NoAnswer, NotRecorded, OtherSpeech, RequestFailed, Silent, UnknownName
from ..facts import names
from ..facts.model import Event, Hello, Status, as_map
from ..keys import oldkeyed
from ..keys.device_key import Key
from ..printable import printable_bytes
from . import patience
from .transports import Transport

REPEAT_S = 1.0  # an unanswered request is sent again after this
_QUESTIONS = (
    ids.OP_COUNTERS,
    ids.OP_IDENTITY,
    ids.OP_CREDIT,
    ids.OP_SETTLEMENT,
    ids.OP_LADDER,
    ids.OP_TRACE,
    ids.OP_CRASHES,
)
_TEXT_KEPT = 4096
_RECORDS_MAX = 1 << 18  # of a log; a terminal's flash holds some thousands
_LEAVE_RAW_PROMPT = b"\r\x02"
_LEAVE_S = 0.6


@dataclass(frozen=True)
class Response:
    """An answer with R_OK; `value` is what the operation gives (protocol/SPEC.md)."""

    value: Any
    detail: str | None = None
    signed: bytes = b""  # the COSE_Mac0 that it came in, where the agent signs


@dataclass(frozen=True)
class Message:
    """One understood frame: `value` is a Status, Event, Hello or the bare map of a response.
    `kind` is the frame's type, of a signed one the type of what is inside."""

    frame: Frame
    value: Any
    kind: int


def must_have(client: Client, acquirer: int) -> None:
    """Raises UnknownName where the agent would take this message for the first acquirer's."""
    bits = (client.hello and client.hello.capabilities) or 0
    if acquirer > 1 and not bits & ids.CAP_ACQUIRERS:
        raise UnknownName(key="one_acquirer", n=str(acquirer))


class Client:
    """One user at a time; not thread-safe. `clock` gives seconds; `show_text`, if set, is called
    with each line of console text."""

    is_live = True

    def __init__(
        self,
        transport: Transport,
        *,
        clock: Callable[[], float] = patience.now,
    ) -> None:
        self.transport = transport
        self.hello: Hello | None = None
        self.status: Status | None = None
        self.peer_version: int | None = None  # protocol version in the agent's frame headers
        self.not_understood = 0  # posproto.frames flags of everything received
        self.bad_cbor = 0
        self.damaged_records = 0  # of the agent's log, as it sent them
        self.bytes_received = 0
        self.unsolicited: deque[Message] = deque(maxlen=10_000)
        self.console = bytearray()  # the last console text, as evidence
        self.show_text: Callable[[str], None] | None = None
        self._line = b""
        self._clock = clock
        self._writer = FrameWriter()
        self.read_with(FrameReader())
        self._request_id = secrets.randbelow(0xFFFF)

    # Reading

    def read_with(self, reader: Any) -> None:
        """Use this reader of the link: a FrameReader or what reads as it does."""
        self.reader = reader
        reader.text = self._take_text

    def _take_text(self, data: bytes) -> None:
        self.console += data
        del self.console[:-_TEXT_KEPT]
        if self.show_text:
            *lines, rest = (self._line + data).split(b"\n")
            self._line = rest[-_TEXT_KEPT:]
            for line in lines:
                if shown := printable_bytes(line):
                    self.show_text(shown)

    def _parse(self, frame: Frame) -> tuple[dict[Any, Any], int]:
        return frames.parse(frame)

    def _understand(self, frame: Frame) -> Message | None:
        if frame.type == ids.FRAME_REQUEST:
            return None  # our own, echoed by a console
        kind = frame.type
        try:
            # Nobody here holds the report key: what is signed is shown like what is not.
            inner = cose.inside(frame) if kind == ids.FRAME_SIGNED else frame
            kind = inner.type
            record, flags = self._parse(inner)
        except cbor.CborError:
            self.bad_cbor += 1
            return None
        self.not_understood |= flags
        self.peer_version = frame.version
        value: Any = record
        if kind == ids.FRAME_STATUS:
            value = self.status = Status.from_map(record)
        elif kind in (ids.FRAME_EVENT, ids.FRAME_LOG):
            value = Event.from_map(record)
        elif kind == ids.FRAME_HELLO:
            value = self.hello = Hello.from_map(record)
        return Message(frame, value, kind)

    def pump(self, timeout_s: float) -> list[Message]:
        """Read once, wait at most `timeout_s`; the messages that arrived. Raises Disconnected."""
        data = self.transport.read(timeout_s)
        self.bytes_received += len(data)
        found = (self._understand(frame) for frame in self.reader.feed(data))
        return [message for message in found if message]

    def messages(self, duration_s: float | None = None) -> Iterator[Message | None]:
        """Unsolicited messages as they come; None about five times a second when none come.
        Ends after `duration_s`."""
        end = None if duration_s is None else self._clock() + duration_s
        while True:
            while self.unsolicited:
                yield self.unsolicited.popleft()
            if end is not None and self._clock() >= end:
                return
            self._keep(self.pump(0.2))
            if not self.unsolicited:
                yield None

    def listen(self, duration_s: float) -> None:
        """Keep what comes by itself for so long; messages() gives it later."""
        end = self._clock() + duration_s
        while (left := end - self._clock()) > 0:
            self._keep(self.pump(min(0.2, left)))

    def now(self) -> float:
        """Seconds on the clock that the deadlines go by."""
        return self._clock()

    def _keep(self, messages: list[Message]) -> None:
        self.unsolicited.extend(m for m in messages if m.kind != ids.FRAME_RESPONSE)

    # Asking

    def _next_id(self) -> int:
        self._request_id = self._request_id % 0xFFFF + 1  # 1..65535: 0 is unsolicited
        return self._request_id

    def _exchange(self, request_id: int, line: bytes, timeout_s: float) -> Message | None:
        """Send `line`, again each REPEAT_S, until its response comes; None after `timeout_s`."""
        end = self._clock() + timeout_s
        repeat_at = 0.0
        while (now := self._clock()) < end:
            if now >= repeat_at:
                self.transport.write(line)
                repeat_at = now + REPEAT_S
            answer = None
            messages = self.pump(min(0.2, end - now))
            for message in messages:
                if message.kind == ids.FRAME_RESPONSE and message.frame.request_id == request_id:
                    answer = message
            self._keep(messages)
            if answer is not None:
                return answer
        return None

    def request(self, op: int, args: Any = None, *, timeout_s: float = 5.0) -> Response:
        """Ask `op` (OP_*) with `args` (a map) and return the answer.

        Raises NoAnswer, RequestFailed (a result other than R_OK), Disconnected.
        """
        request_id = self._next_id()
        frames.put_request(self._writer.begin(ids.FRAME_REQUEST, request_id), op, args)
        return self._answer(op, self._exchange(request_id, self._writer.end(), timeout_s))

    def request_keyed(self, op: int, args: Any, key: Key, *, timeout_s: float = 5.0) -> Response:
        """As `request`, for an operation that changes something: answers a fresh challenge."""
        hello = self.hello or self.greet(timeout_s)
        if not isinstance(key, bytes):
            key = key(hello.device_id or "")
        challenge = self._challenge(timeout_s)
        nonce = challenge if isinstance(challenge, bytes) else challenge[0]
        request_id = self._next_id()
        writer = self._writer.begin(ids.FRAME_REQUEST, request_id)
        put = oldkeyed.put_request if self.peer_version == oldkeyed.VERSION else keyed.put_request
        put(writer, key, hello.device_id or "", request_id, nonce, op, args)
        return self._answer(op, self._exchange(request_id, self._writer.end(), timeout_s))

    def _challenge(self, timeout_s: float) -> Any:
        """Raises RequestFailed, with the time to wait where wrong keys came before."""
        try:
            return self.request(ids.OP_CHALLENGE, timeout_s=timeout_s).value
        except RequestFailed as error:
            if error.result != ids.R_BUSY or not isinstance(error.value, int):
                raise
            seconds = str(error.value)
            raise RequestFailed(
                error.result, error.details, error.value, key="wrong_keys", seconds=seconds
            ) from error

    def _answer(self, op: int, message: Message | None) -> Response:
        operation = names.name_of(names.OPERATIONS, op)
        if message is None:
            raise NoAnswer(operation, operation=operation, port=self.transport.name)
        record = message.value
        result = record.get(ids.RS_RESULT, -1)
        detail = record.get(ids.RS_DETAIL)
        if result != ids.R_OK:
            name = names.name_of(names.RESULTS, result)
            value = record.get(ids.RS_VALUE)
            raise RequestFailed(result, detail or "", value, operation=operation, result_name=name)
        signed = message.frame.payload if message.frame.type == ids.FRAME_SIGNED else b""
        return Response(record.get(ids.RS_VALUE), detail, bytes(signed))

    # Getting acquainted

    def greet(self, timeout_s: float = 3.0) -> Hello:
        """Say hello and learn who answers.

        Raises Silent when nothing came at all, OtherSpeech when bytes came but no frame of ours.
        An agent that sends frames but no hello (an older one, say) is accepted.
        """
        request_id = self._next_id()
        writer = self._writer.begin(ids.FRAME_REQUEST, request_id)
        frames.put_request(writer, ids.OP_HELLO)
        answer = self._exchange(request_id, self._writer.end(), timeout_s)
        if answer is not None and answer.value.get(ids.RS_VALUE):
            self.hello = Hello.from_map(as_map(answer.value[ids.RS_VALUE]))
        if self.hello is None and self.peer_version is None:
            self._raise_unheard()
        return self.hello or Hello()

    def _raise_unheard(self) -> None:
        port = self.transport.name
        if self._left_raw_prompt():
            raise OtherSpeech(repr(bytes(self.console[-400:])), key="prompt_left", port=port)
        if not self.bytes_received:
            raise Silent(port=port)
        shown = bytes(self.console[-400:])
        details = repr(shown.decode("utf-8", "replace"))
        if b">>>" in shown or b"MicroPython" in shown:
            raise OtherSpeech(details, key="prompt_instead", port=port)
        raise OtherSpeech(details, port=port)

    def _left_raw_prompt(self) -> bool:
        """A killed `posdiag flash` leaves the raw prompt, which echoes nothing and runs nothing:
        Ctrl-B leaves it, and MicroPython says who it is. True if it did."""
        before = bytes(self.console)
        if b">>>" in before[-400:]:
            return False  # the friendly prompt, which says so itself
        self.transport.write(_LEAVE_RAW_PROMPT)
        end = self._clock() + _LEAVE_S
        while self._clock() < end:
            self._keep(self.pump(0.1))
            if b">>> " in bytes(self.console[-400:]):
                return b"MicroPython" in bytes(self.console[-400:])
        return False

    def ask_status(self, timeout_s: float = 3.0) -> Status:
        """The status now; the last one that came by itself where the agent does not answer."""
        try:
            value = self.request(ids.OP_STATUS, timeout_s=timeout_s).value
        except NoAnswer:
            if self.status is None:
                raise
            return self.status
        if value:
            self.status = Status.from_map(as_map(value))
        return self.status or Status()

    def ask_counters(self, timeout_s: float = 3.0) -> dict[str, int]:
        """What the agent dropped or refused, by name; empty where it does not tell."""
        try:
            value = as_map(self.request(ids.OP_COUNTERS, timeout_s=timeout_s).value)
        except (NoAnswer, RequestFailed, NotRecorded):
            return {}
        return {
            names.name_of(names.COUNTERS, key): count
            for key, count in value.items()
            if isinstance(count, int)
        }

    def ask_crashes(self, timeout_s: float = 3.0) -> tuple[Event, ...]:
        """What the agent keeps of its last crashes, newest last; empty where it does not tell."""
        try:
            value = self.request(ids.OP_CRASHES, timeout_s=timeout_s).value
        except (NoAnswer, RequestFailed, NotRecorded):
            return ()
        return self._events(value if isinstance(value, list) else ())

    def _events(self, records: Iterable[Any]) -> tuple[Event, ...]:
        """Encoded events; a damaged one is counted and left out."""
        events = []
        for raw in records:
            try:
                events.append(Event.decoded(raw))
            except cbor.CborError:
                self.damaged_records += 1
        return tuple(events)

    def log_page(self, first: int, count: int = 16, timeout_s: float = 5.0) -> LogPage:
        """Up to `count` records of the log from sequence `first` on."""
        value = as_map(self.request(ids.OP_LOG, {0: first, 1: count}, timeout_s=timeout_s).value)
        records, following, oldest = (value.get(key) for key in range(3))
        raw = records if isinstance(records, list) else []
        return LogPage(
            self._events(raw),
            following if isinstance(following, int) else 0,
            oldest if isinstance(oldest, int) else 0,
            tuple(record for record in raw if isinstance(record, bytes)),
        )

    def log_pages(self, first: int = 0, count: int = 16) -> Iterator[LogPage]:
        """The log from sequence `first` on to its end. Raises OtherSpeech where it has none."""
        records = 0
        while records < _RECORDS_MAX:
            page = self.log_page(first, count)
            yield page
            if not page.raw or page.next_sequence <= first:
                return
            records += len(page.raw)
            first = page.next_sequence
        raise OtherSpeech(f"{records} records", key="log_endless", port=self.transport.name)

    def ask_everything(self, timeout_s: float = 3.0) -> None:
        """Ask what can be asked without a key, so that a capture of it is complete."""
        self.greet(timeout_s)
        self.ask_status(timeout_s)
        for _ in self.log_pages():
            pass
        for op in _QUESTIONS:
            try:
                self.request(op, timeout_s=timeout_s)
            except (NoAnswer, RequestFailed):
                continue

    @property
    def dropped(self) -> dict[str, int]:
        """What this side could not read, by reason."""
        reader = self.reader
        return {
            "bad_crc": reader.bad_crc,
            "bad_base64": reader.bad_base64,
            "overlong": reader.overlong,
            "cut": reader.cut,
            "bad_cbor": self.bad_cbor,
        }

    def close(self) -> None:
        self.transport.close()


@dataclass(frozen=True)
class LogPage:
    """Records of the agent's log; ask on from `next_sequence`. None: that was the end."""

    events: tuple[Event, ...]
    next_sequence: int
    oldest: int
    raw: tuple[bytes, ...] = ()
