"""One connection of the host: prefixes off, frames in, answers with prefixes out."""

from __future__ import annotations

from typing import NamedTuple, Protocol

FORMS = {
    # name: (bytes of the prefix, does it count itself)
    "bin2": (2, False),
    "bin2-self": (2, True),
    "bcd2": (2, False),
    "ascii4": (4, False),
    "ascii4-self": (4, True),
    "hex4": (4, False),
    "bin2-zero2": (4, False),
}
LENGTH_MAX = 8192


class Reply(NamedTuple):
    """What leaves `delay_ms` after the request; then the connection may end.

    `close`: "" stay, "close", "half" (own side only), "reset".
    """

    delay_ms: int
    data: bytes = b""
    close: str = ""


class WireReply(Reply):
    """As Reply, with bytes that need no prefix any more."""


def add_prefix(form: str, frame: bytes, extra: int = 0) -> bytes:
    """A frame as it goes over the wire; `extra` makes the prefix wrong by so much."""
    width, counts_itself = FORMS[form]
    length = len(frame) + (width if counts_itself and frame else 0) + extra
    if form == "bcd2":
        return bytes.fromhex(f"{length:04d}") + frame
    if form.startswith("ascii4"):
        return b"%04d" % length + frame
    if form == "hex4":
        return b"%04X" % length + frame
    return length.to_bytes(2, "big") + bytes(width - 2) + frame


def read_prefix(form: str, data: bytes) -> int | None:
    """Length of the frame behind a prefix, None while it is not complete; ValueError."""
    width, counts_itself = FORMS[form]
    if len(data) < width:
        return None
    head = data[:width]
    if form == "bcd2":
        length = int(head.hex())
    elif form.startswith("ascii4"):
        length = int(head.decode("ascii"))
    elif form == "hex4":
        length = int(head.decode("ascii"), 16)
    else:
        length = int.from_bytes(head[:2], "big")
    if length and counts_itself:
        length -= width
    if not 0 <= length <= LENGTH_MAX:
        raise ValueError(f"a frame of {length} bytes")
    return length


class Answering(Protocol):
    """What a Session asks of its host."""

    unreadable: int

    def handle(self, frame: bytes, now_ms: int) -> list[Reply]: ...


class Session:
    """Sans-I/O: feed(bytes, now_ms) returns the replies, wire bytes ready to send."""

    def __init__(self, acquirer: Answering, form: str) -> None:
        self._acquirer = acquirer
        self._form = form
        self._data = bytearray()
        self.lost = False

    def feed(self, data: bytes, now_ms: int) -> list[Reply]:
        """Replies to all frames that are complete now; a wrong prefix closes."""
        out: list[Reply] = []
        self._data += data
        while not self.lost:
            try:
                length = read_prefix(self._form, bytes(self._data[:4]))
            except ValueError:
                self.lost = True
                self._acquirer.unreadable += 1
                out.append(Reply(0, close="close"))
                break
            width = FORMS[self._form][0]
            if length is None or len(self._data) < width + length:
                break
            frame = bytes(self._data[width : width + length])
            del self._data[: width + length]
            if frame:
                out += [self._ready(reply) for reply in self._acquirer.handle(frame, now_ms)]
            else:
                out.append(WireReply(0, add_prefix(self._form, b"")))
        return out

    def _ready(self, reply: Reply) -> Reply:
        if isinstance(reply, WireReply) or not reply.data:
            return reply
        return WireReply(reply.delay_ms, add_prefix(self._form, reply.data), reply.close)
