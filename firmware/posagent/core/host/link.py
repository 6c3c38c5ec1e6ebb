"""One port that speaks the link: bytes in, requests dispatched, frames queued out.

The host's USB port and the payment application's port are two of these. The queue is bounded: a
host that does not read costs its oldest status frames first, and what is dropped is counted.
"""

from posproto import const, frames, ids
from posproto.cbor import CborError
from posproto.link import FrameReader, FrameWriter
from posproto.repeats import Repeats

_QUEUE_MAX = const(12)
_HELD_MAX = const(8)  # requests that came and are not answered yet
_PATIENT_MAX = const(3)  # more than these do not wait for the modem


class HostLink:
    """Made once at start. `dispatch(request, frame)` returns (R_*, value or None, detail or None).
    While `waits()` requests are held.
    """

    waits = None
    sign = None  # of cose.Signer, where somebody wants to have signed what is said

    def __init__(self, counters, dispatch, bad_counters=None) -> None:
        self.reader = FrameReader()
        self.writer = FrameWriter()
        self._repeats = Repeats()
        self._counters = counters
        self._dispatch = dispatch
        self._queue = []  # [priority, line]; priority 0 may be dropped first
        self.held = []  # requests
        self.lost_events = 0
        self._opened = None, None  # a frame of these, and its request
        self.heard = False  # a valid request came in since start

    def feed(self, data: bytes) -> None:
        """Take received bytes; serve() answers what they ask."""
        for frame in self.reader.feed(data):
            if frame.type == ids.FRAME_REQUEST:
                self.heard = True
                if len(self.held) < _HELD_MAX:
                    self.held.append(frame)
                else:
                    self._counters[ids.C_HOST_NOT_READING] += 1

    def due(self) -> bool:
        """Is there a request that need not wait?"""
        held = self.held
        if not held:
            return False
        return self.waits is None or len(held) > _PATIENT_MAX or not self.waits()

    def wanted(self) -> int:
        """The operation that the next request asks for, -1 for what is none."""
        try:
            op = self._open(self.held[0])[ids.RQ_OP]
        except (CborError, KeyError):
            return -1
        return op if type(op) is int else -1

    def keyed(self) -> bool:
        """Does it prove the key, or tries to?"""
        request = self._open(self.held[0])
        return ids.RQ_COSE in request or ids.RQ_MAC in request

    def _open(self, frame):
        if self._opened[0] is not frame:
            self._opened = frame, frames.parse_request(frame.payload)
        return self._opened[1]

    def serve(self) -> bool:
        """Answer one request, once per turn: the answer is queued. Was there one?"""
        if not self.due():
            return False
        assert len(self.held) <= _HELD_MAX and self._opened[0] in (None, self.held[0])
        self._request(self.held.pop(0))
        self._opened = None, None
        return True

    def _request(self, frame):
        known = self._repeats.find(frame)
        if known is not None:
            self._counters[ids.C_HOST_REPLAYED] += 1
            self._push(2, known)
            return
        detail = value = None
        try:
            request = self._open(frame)
            result, value, detail = self._dispatch(request, frame)
        except CborError as error:
            self._counters[ids.C_HOST_BAD_CBOR] += 1
            result, detail = ids.R_BAD_REQUEST, error.reason
        except (MemoryError, AssertionError):
            raise  # what was half done is whole again after a restart; no board asserts
        except Exception as error:  # the last resort: the door lets nothing in that comes here
            self._counters[ids.C_LAST_RESORT] += 1
            result, detail = ids.R_BAD_REQUEST, type(error).__name__
        line = self._response(frame.request_id, result, value, detail)
        self._repeats.keep(frame, line)
        self._push(2, line)

    def _response(self, request_id, result, value, detail):
        try:
            writer = self.writer.begin(ids.FRAME_RESPONSE, request_id)
            frames.put_response(writer, result, value, detail)
            return self._line(request_id)
        except CborError:
            writer = self.writer.begin(ids.FRAME_RESPONSE, request_id)
            frames.put_response(writer, ids.R_TOO_LONG, None, None)
            return self._line(request_id)

    def send(self, frame_type: int, put, value) -> None:
        """Queue an unsolicited frame: `put(writer, value)` writes its CBOR. Events outlive
        statuses.
        """
        put(self.writer.begin(frame_type, 0), value)
        self._push(0 if frame_type == ids.FRAME_STATUS else 1, self._line(0))

    def _line(self, request_id):
        if self.sign is None:
            return self.writer.end()
        return self.writer.signed(self.sign, request_id)

    def _push(self, priority, line):
        if len(self._queue) >= _QUEUE_MAX:
            victim = min(range(len(self._queue)), key=lambda i: (self._queue[i][0], i))
            if self._queue[victim][0] > priority:
                self._counters[ids.C_HOST_NOT_READING] += 1
                return
            if self._queue[victim][0] == 1:
                self._counters[ids.C_EVENTS_LOST] += 1
            self._counters[ids.C_HOST_NOT_READING] += 1
            self._queue.pop(victim)
        assert len(self._queue) < _QUEUE_MAX and line[-1] == 10  # whole lines only
        self._queue.append((priority, line))

    def take(self):
        """The next whole line to write, or None. The shell asks the port for room first."""
        return self._queue.pop(0)[1] if self._queue else None

    def pending(self) -> bool:
        """Is there something to write?"""
        return bool(self._queue)
