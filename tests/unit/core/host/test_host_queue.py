"""A host that does not read: the oldest status goes first, events later, answers last."""

from posagent.core.host.link import HostLink
from posproto import ids
from posproto.cbor import decode
from posproto.link import FrameReader

_STATUS, _EVENT = ids.FRAME_STATUS, ids.FRAME_EVENT
_ROOM = 12


def _port(*sent):
    """(HostLink, counters) after frames of these types were queued, each with its number."""
    counters = [0] * 32
    port = HostLink(counters, None)
    for number in range(len(sent)):
        port.send(sent[number], lambda writer, value: writer.uint(value), number)
    return port, counters


def _left(port):
    """Numbers of the frames that are still to be written, in their order."""
    found = []
    while port.pending():
        for frame in FrameReader().feed(port.take()):
            found.append(decode(frame.payload))
    return found


def test_of_statuses_the_oldest_is_dropped():
    port, counters = _port(*[_STATUS] * (_ROOM + 3))
    assert _left(port) == list(range(3, _ROOM + 3))
    assert counters[ids.C_HOST_NOT_READING] == 3 and counters[ids.C_EVENTS_LOST] == 0


def test_a_status_goes_before_an_older_event():
    port, counters = _port(_EVENT, _STATUS, _STATUS, *[_EVENT] * (_ROOM - 1))
    assert _left(port) == [0] + list(range(3, _ROOM + 2))
    assert counters[ids.C_HOST_NOT_READING] == 2 and counters[ids.C_EVENTS_LOST] == 0


def test_no_status_takes_the_place_of_an_event():
    port, counters = _port(*([_EVENT] * _ROOM + [_STATUS]))
    assert _left(port) == list(range(_ROOM))
    assert counters[ids.C_HOST_NOT_READING] == 1 and counters[ids.C_EVENTS_LOST] == 0


def test_the_oldest_of_too_many_events_is_lost_and_counted():
    port, counters = _port(*[_EVENT] * (_ROOM + 2))
    assert _left(port) == list(range(2, _ROOM + 2))
    assert counters[ids.C_EVENTS_LOST] == 2 == counters[ids.C_HOST_NOT_READING]
