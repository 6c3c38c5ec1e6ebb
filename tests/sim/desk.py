"""Those who speak with a terminal in one process: the technician's cable, the application's port,
and the acquirer behind the modem's connections.

It knows a program's language only, and no version of it: version 0.1 is asked with it, too.
"""

from posproto import cbor, frames, ids, link

_PATIENCE_MS = 20000


class Wire:
    """The acquirer of settle_world behind Net: cuts the stream at its length prefixes. `arrived`
    holds (frame, what the acquirer did with it) from the first on.
    """

    def __init__(self, host, arrived=()):
        self.host = host
        self.arrived = []
        self.script = []
        for frame, step in arrived:
            self.script = [step]
            self.take(frame)
        self.script = []

    def take(self, frame):
        step = self.script.pop(0) if self.script else {}
        self.host.script = [step]
        self.arrived.append((frame, step))
        return self.host.take(frame)

    def session(self):
        return _Session(self)


class _Session:
    def __init__(self, wire):
        self._wire = wire
        self._data = b""

    def feed(self, data, now_ms):
        self._data += data
        out = []
        while len(self._data) >= 2:
            end = 2 + int.from_bytes(self._data[:2], "big")
            if len(self._data) < end:
                break
            frame, self._data = self._data[2:end], self._data[end:]
            for delay_ms, answer in self._wire.take(frame):
                out.append((delay_ms, answer or b"", answer is None))
        return out


class Desk:
    """Asks the agent of `together`, whichever life it is in."""

    def __init__(self, together):
        self.together = together
        together.on_line = together.on_app_line = self._hear
        self._reader = link.FrameReader()
        self._writer = link.FrameWriter()
        self._id = 0
        self._answer = None
        self.events = []  # (E_*, its arguments) as they were told on the cable
        self.status = {}

    def _hear(self, line):
        for frame in self._reader.feed(line):
            record = cbor.decode(frame.payload)
            if frame.type == ids.FRAME_EVENT:
                self.events.append((record[ids.EV_ID], record.get(ids.EV_ARGS, {})))
            elif frame.type == ids.FRAME_STATUS:
                self.status = record
            elif frame.type == ids.FRAME_RESPONSE and frame.request_id == self._id:
                self._answer = record

    def ask(self, op, args=None, port="host"):
        """(R_*, value)."""
        return self.say(lambda writer, _: frames.put_request(writer, op, args), port)

    def say(self, put, port="host"):
        """put(writer, request id) writes the request. None where no answer came in time."""
        self._id = self._id % 65535 + 1
        self._answer = None
        put(self._writer.begin(ids.FRAME_REQUEST, self._id), self._id)
        line = self._writer.end()
        end_ms = self.together.now_ms + _PATIENCE_MS
        getattr(self.together.agent, port).feed(line)
        while self._answer is None and self.together.now_ms < end_ms:
            self.together.run_ms(100)
        if self._answer is None:
            return None, None
        return self._answer[ids.RS_RESULT], self._answer.get(ids.RS_VALUE)

    def records(self):
        """(the bytes of each record of the log, number of the oldest)."""
        found, at = [], 0
        while True:
            _, page = self.ask(ids.OP_LOG, {0: at})
            if not page[0]:
                return found, page[2]
            found += page[0]
            at = page[1]

    def log(self):
        """[(sequence, E_*, arguments), ...] of the whole log."""
        found = []
        for data in self.records()[0]:
            event = cbor.decode(data)
            args = event.get(ids.EV_ARGS, {})
            found.append((event[ids.EV_SEQUENCE], event[ids.EV_ID], args))
        return found
