"""Cuts captures to the minutes around a fault, and makes them fit for a ticket.

Redacted: device id, digit runs in texts and console output (phone numbers and what else may stand
in a message), bytes of the payment application's messages and of keys. Kept: everything that the
verdict stands on, so that doctor says the same of the redacted capture.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from posproto import cbor, cose, frames, ids
from posproto.link import Frame, FrameReader, FrameWriter

from ..facts.identity import LAST, masked
from .capture import DEVICE, HOST, Capture, CaptureWriter, Chunk

# Runs of digits, and what may be a card's number however its digits are grouped.
_DIGITS = re.compile(r"\d(?:[ -]?\d){12,}|\d{5,}")
_DIGITS_BYTES = re.compile(rb"\d(?:[ -]?\d){12,}|\d{5,}")
_DEVICE_ID = "redacted"
# Operations whose bytes are a message's or a key's: they are blanked, the rest is read.
_SECRET_OPS = {
    *(ids.OP_KEY_SET, ids.OP_SUBMIT_PART, ids.OP_SUBMIT_COMMIT),
    *(ids.OP_ANSWER, ids.OP_CONFIG_SET),
}


def stars(text: str) -> str:
    """`text` with every run of five or more digits starred out; its length stays."""
    return _DIGITS.sub(lambda match: "*" * len(match.group()), text)


def _stars_bytes(data: bytes) -> bytes:
    return _DIGITS_BYTES.sub(lambda match: b"*" * len(match.group()), data)


def _walk(value: Any, blank: bool) -> Any:
    """The value with its texts starred; `blank`: byte strings become zeros."""
    if isinstance(value, str):
        return stars(value)
    if isinstance(value, bytes):
        return bytes(len(value)) if blank else _bytes(value)
    if isinstance(value, list):
        return [_walk(item, blank) for item in value]
    if isinstance(value, dict):
        return {key: _walk(item, blank) for key, item in value.items()}
    return value


def _identity(value: dict[Any, Any]) -> dict[Any, Any]:
    """The last digits, which tell a help desk which card it is; never a whole number."""
    known = {name: text for name, text in value.items() if isinstance(text, str)}
    return masked({**known, **{name: stars(known[name]) for name in known if name not in LAST}})


def _bytes(data: bytes) -> bytes:
    """A byte string that is not secret: an encoded record of the log, or a line of the trace."""
    try:
        record = cbor.decode(data)
    except cbor.CborError:
        return _stars_bytes(data)
    return cbor.encode(_event(record)) if isinstance(record, dict) else _stars_bytes(data)


def _event(record: dict[Any, Any]) -> dict[Any, Any]:
    """An event's texts starred; the reference number that the acquirer asks for stays."""
    args = record.get(ids.EV_ARGS)
    shown: dict[Any, Any] = _walk(record, False)
    if isinstance(args, dict) and ids.A_RRN in args:
        shown[ids.EV_ARGS][ids.A_RRN] = args[ids.A_RRN]
    return shown


class Redactor:
    """Passes a conversation through; keeps frames whole and in their places."""

    def __init__(self, device_id: str | None = _DEVICE_ID) -> None:
        """`device_id` stands for the terminal's name; None leaves it."""
        self._device = {} if device_id is None else {ids.HELLO_DEVICE_ID: device_id}
        self._asked: dict[int, int] = {}  # operation by request id
        self._out = bytearray()
        self._readers = {DEVICE: self._reader(), HOST: self._reader()}

    def _reader(self) -> Any:
        reader: Any = FrameReader()
        reader.text = lambda data: self._out.extend(_stars_bytes(data))
        return reader

    def chunks(self, chunks: Iterable[Chunk]) -> Iterator[Chunk]:
        for chunk in chunks:
            for frame in self._readers[chunk.direction].feed(chunk.data):
                self._out += self._frame(frame)
            if self._out:
                yield Chunk(chunk.time_s, chunk.direction, bytes(self._out))
                self._out.clear()

    def _frame(self, frame: Frame) -> bytes:
        try:
            if frame.type == ids.FRAME_SIGNED:  # no signature outlives what is done here
                frame = cose.inside(frame)
            record = cbor.decode(frame.payload)
        except cbor.CborError:
            return b""
        writer = FrameWriter()
        writer.sequence = frame.sequence
        line = writer.begin(frame.type, frame.request_id)
        line.value(self._record(frame, record))
        return writer.end()

    def _record(self, frame: Frame, record: Any) -> Any:
        if not isinstance(record, dict):
            return _walk(record, True)
        if frame.type == ids.FRAME_REQUEST:
            return self._request(frame, record)
        if frame.type in (ids.FRAME_EVENT, ids.FRAME_LOG):
            return _event(record)
        if frame.type == ids.FRAME_HELLO:
            return self._hello(record)
        if frame.type == ids.FRAME_RESPONSE:
            return self._response(frame, record)
        return _walk(record, False)

    def _request(self, frame: Frame, record: dict[Any, Any]) -> Any:
        try:
            op = frames.parse_request(frame.payload)[ids.RQ_OP]
        except cbor.CborError:
            return _walk(record, True)
        self._asked[frame.request_id] = op
        shown = _walk(record, op in _SECRET_OPS)
        for key in (ids.RQ_NONCE, ids.RQ_MAC):
            if isinstance(record.get(key), bytes):
                shown[key] = bytes(len(record[key]))
        if ids.RQ_COSE in record:  # parsed above: an array of four whose third holds the request
            protected, headers, inner, tag = record[ids.RQ_COSE]
            request = cbor.encode(_walk(cbor.decode(inner), op in _SECRET_OPS))
            zeros = bytes(len(tag)) if isinstance(tag, bytes) else b""
            shown[ids.RQ_COSE] = [protected, _walk(headers, True), request, zeros]
        return shown

    def _response(self, frame: Frame, record: dict[Any, Any]) -> Any:
        op = self._asked.get(frame.request_id, ids.OP_KEY_SET)
        if op == ids.OP_SETTLEMENT:
            return record  # numbers, codes and reference numbers: what the ticket is about
        if op == ids.OP_IDENTITY and isinstance(record.get(ids.RS_VALUE), dict):
            return {**_walk(record, True), ids.RS_VALUE: _identity(record[ids.RS_VALUE])}
        shown = _walk(record, op in _SECRET_OPS or op == ids.OP_CHALLENGE)
        value = shown.get(ids.RS_VALUE)
        if op == ids.OP_HELLO and isinstance(value, dict):
            shown[ids.RS_VALUE] = self._hello(record[ids.RS_VALUE])
        return shown

    def _hello(self, record: dict[Any, Any]) -> dict[Any, Any]:
        name = {key: record[key] for key in (ids.HELLO_DEVICE_ID,) if key in record}
        return {**_walk(record, False), **name, **self._device}


def cut(chunks: Iterable[Chunk], from_s: float, to_s: float | None) -> Iterator[Chunk]:
    """The chunks between two times of the capture, in seconds from its start."""
    for chunk in chunks:
        if chunk.time_s >= from_s and (to_s is None or chunk.time_s <= to_s):
            yield chunk


def redact_file(raw: Path, out: Path, named: bool = False) -> None:
    """A copy of a capture that is fit to be sent; `named`: to those who have to know which
    terminal it is."""
    capture = Capture(raw)
    writer = CaptureWriter(out, capture.start_ms)
    try:
        for chunk in (Redactor(None) if named else Redactor()).chunks(capture.chunks()):
            writer.add(chunk.direction, chunk.data, chunk.time_s)
    finally:
        writer.close()
