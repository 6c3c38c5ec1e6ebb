"""What the emulated board did, out of the lines that passed its ports: times in its own clock."""

from __future__ import annotations

import re

from posproto import frames, ids
from posproto.link import FrameReader

# A code of its own, or a cell behind it in quotes: an answer has the mode in between.
_URC = re.compile(rb'\+(C[EG]?REG): (\d)(,"|\r)')
_DOMAINS = (b"CREG", b"CGREG", b"CEREG")
_SAME_MS = 5000  # an event belongs to a line so long before it

Lines = list[tuple[float, str, bytes]]


def _frames(lines: Lines, port: str) -> list[tuple[float, int, int, dict]]:
    """(ms, type, request id, record) of each frame on a port."""
    found, reader = [], FrameReader()
    for at_ms, name, line in lines:
        if name == port:
            for frame in reader.feed(line):
                found.append((at_ms, frame.type, frame.request_id, frames.parse(frame)[0]))
    return found


def events_after_urcs(lines: Lines) -> list[float]:
    """Milliseconds from the end of a registration's URC to the end of its event's frame: the one
    of its domain with its state. What an answer tells has no URC.
    """
    urcs = [
        (at_ms, _DOMAINS.index(said[1]), int(said[2]))
        for at_ms, port, line in lines
        if port == "uart>" and (said := _URC.match(line))
    ]
    found = []
    for at_ms, kind, _, record in _frames(lines, "usb<"):
        if kind == ids.FRAME_EVENT and record.get(ids.EV_ID) == ids.E_REGISTRATION:
            told = record[ids.EV_ARGS]
            domain, stat = told[ids.A_DOMAIN], told[ids.A_STAT]
            before = [
                urc for urc in urcs if 0 < at_ms - urc[0] < _SAME_MS and urc[1:] == (domain, stat)
            ]
            if before:
                found.append(at_ms - before[-1][0])
                urcs.remove(before[-1])
    return found


def messages_accepted(lines: Lines) -> list[float]:
    """Milliseconds that the board took for each message, all its requests together."""
    answered = {
        number: at_ms
        for at_ms, kind, number, _ in reversed(_frames(lines, "usb<"))
        if kind == ids.FRAME_RESPONSE
    }
    found, spent, seen = [], 0.0, set()
    for at_ms, kind, number, record in _frames(lines, "usb>"):
        operation = record.get(ids.RQ_OP)
        if kind != ids.FRAME_REQUEST or number in seen or number not in answered:
            continue
        if operation in (ids.OP_SUBMIT_PART, ids.OP_SUBMIT_COMMIT):
            seen.add(number)
            spent += answered[number] - at_ms
        if operation == ids.OP_SUBMIT_COMMIT:
            found.append(spent)
            spent = 0.0
    return found
