"""The event log on flash: bounded, survives restarts, never stops for a damaged record.

Two segment files take turns; the older one is replaced as a whole when the newer one is full. A
record is u16 length | event CBOR | CRC-32 over both, all big-endian. Records wait in RAM for a
moment and go to flash together, within a budget of writes: no storm of events wears it out.
"""

from binascii import crc32
from struct import pack, unpack_from

from posproto import const, ids
from posproto.cbor import CborError, Writer, decode

_EVENT_MAX = const(240)  # CBOR bytes of one event
_WINDOW = const(512)  # read at a time; holds any record
_BUFFER_MAX = const(512)  # RAM that waits for flash
_RAM = const(2)  # that buffer as a segment behind the two on flash
_GAP = const(64)  # sequence numbers that a lost RAM buffer may have used
_WRITES_MAX = const(30)  # burst of writes
_WRITE_EVERY_S = const(30)  # and the lasting rate
_START = (1 << 29, 0, 0)
_WAIT_S = (600, 300, 10, 2, 0)  # by severity: how long a record may wait in RAM


def next_boot(storage) -> int:
    """Counts this start, on flash; 1 where nothing readable is kept."""
    kept = storage.read("boot")
    boot = 1
    if kept and len(kept) == 8:
        boot, crc = unpack_from(">II", kept)
        boot = boot + 1 if crc == crc32(kept[:4]) else 1
    data = pack(">I", boot)
    try:
        storage.write("boot", data + pack(">I", crc32(data)))
    except OSError:
        pass  # a number used twice is better than no start
    return boot


class EventLog:
    """Made once at start, reads both segments then.

    Sequence numbers only grow, through restarts too: a start leaves a gap for what the buffer may
    have held when the power went.
    """

    def __init__(self, storage, clock, boot: int, counters, segment_bytes: int = 16384):
        self.boot = boot
        self.damaged = 0  # damaged stretches found at start; the agent counts and reports them
        self._storage = storage
        self._clock = clock
        self._counters = counters
        self._segment_bytes = segment_bytes
        self._event = bytearray(_EVENT_MAX)
        self._writer = Writer(self._event)
        self._buffer = bytearray()
        self._count = 0  # records in the buffer
        self._flush_s = -1  # uptime at which the buffer wants to be written
        self._tokens = _WRITES_MAX
        self._token_s = clock.s
        self._cursor = _START  # sequence, segment, offset: all before it are older
        self._open()

    def _open(self):
        newest = [-1, -1]
        for segment in (0, 1):
            last = None
            for _, event in self._walk(segment):
                if event:
                    last = event
                else:
                    self.damaged += 1
            if last:
                newest[segment] = decode(last)[ids.EV_SEQUENCE]
        self._current = int(newest[1] > newest[0])
        self.sequence = max(newest) + _GAP if max(newest) >= 0 else 0  # of the next record

    def _walk(self, segment, offset=0):
        """Yields (end offset, CBOR) of each whole record, (offset, None) for a damaged stretch."""
        good = True
        while True:
            if segment == _RAM:
                window = memoryview(self._buffer)[offset:]
            else:
                window = memoryview(self._storage.read_at("log%d" % segment, offset, _WINDOW))
            at = 0
            while at < len(window):
                end = at + 2
                if end < len(window):
                    end += window[at] << 8 | window[at + 1]
                if at and len(window) == _WINDOW and len(window) < end + 4 <= at + _EVENT_MAX + 6:
                    break  # it goes on behind the window
                if at + 2 < end <= len(window) - 4 and (
                    crc32(window[at:end]) == unpack_from(">I", window, end)[0]
                ):
                    yield offset + end + 4, bytes(window[at + 2 : end])
                    at = end + 4
                    good = True
                    continue
                if good:
                    good = False
                    yield offset + at, None
                at += 1
            offset += at
            if not at:
                return

    def add(self, event_id: int, severity: int, args=None) -> dict:
        """Records an event; returns it with EV_* keys. What flash cannot take is counted."""
        record = {
            ids.EV_BOOT: self.boot,
            ids.EV_UPTIME_S: self._clock.s,
            ids.EV_ID: event_id,
            ids.EV_SEVERITY: severity,
            ids.EV_SEQUENCE: self.sequence,
        }
        if self._clock.unix_s:
            record[ids.EV_UNIX_S] = self._clock.unix_s
        if args:
            record[ids.EV_ARGS] = args
        self.sequence += 1
        writer = self._writer
        writer.at = 0
        try:
            writer.value(record)
        except CborError:  # too long: the fact is worth more than its details
            record[ids.EV_ARGS] = {ids.A_REASON: ids.R_TOO_LONG}
            writer.at = 0
            writer.value(record)
        data = pack(">H", writer.at) + self._event[: writer.at]
        if len(self._buffer) + len(data) + 4 > _BUFFER_MAX and not self.poll(True):
            self._counters[ids.C_LOG_LOST] += 1
            return record
        self._buffer += data
        self._buffer += pack(">I", crc32(data))
        self._count += 1
        wait_s = self._clock.s + _WAIT_S[severity]
        if self._flush_s < 0 or wait_s < self._flush_s:
            self._flush_s = wait_s
        self.poll()
        return record

    def due(self) -> int:
        """Milliseconds until poll() has something to write, or -1."""
        if not self._count:
            return -1
        wait_s = self._flush_s - self._clock.s
        if self._tokens == 0:
            wait_s = max(wait_s, self._token_s + _WRITE_EVERY_S - self._clock.s)
        return max(wait_s, 0) * 1000

    def poll(self, full: bool = False) -> bool:
        """Writes what is due, within the budget; with `full` what there is. Has it written?"""
        earned = (self._clock.s - self._token_s) // _WRITE_EVERY_S
        if earned:
            self._tokens = min(_WRITES_MAX, self._tokens + earned)
            self._token_s += earned * _WRITE_EVERY_S
        if not self._count or not self._tokens or (not full and self._clock.s < self._flush_s):
            return False
        self._tokens -= 1
        self.flush()
        return True

    def flush(self) -> None:
        """Writes at once: before a reset. Counts what the flash refuses."""
        if not self._count:
            return
        name = "log%d" % self._current
        try:
            if self._storage.size(name) + len(self._buffer) > self._segment_bytes:
                name = "log%d" % (1 - self._current)
                self._storage.write(name, self._buffer)
                self._current = 1 - self._current
                self._cursor = _START
            else:
                self._storage.append(name, self._buffer)
        except OSError:
            self._counters[ids.C_FLASH_ERRORS] += 1
            self._counters[ids.C_LOG_LOST] += self._count
        self._buffer = bytearray()
        self._count = 0
        self._flush_s = -1

    def read(self, sequence: int, count: int, bytes_max: int = 600):
        """OP_LOG's answer: ([event CBOR, ...] from `sequence` on, next sequence, oldest kept one).

        Asking on with the returned number reads each record once; an empty list is the end.
        """
        found = []
        at, segment, offset = self._cursor
        if sequence < at:
            segment, offset = 1 - self._current, 0
        while True:
            for end, event in self._walk(segment, offset):
                at = decode(event)[ids.EV_SEQUENCE] if event else -1
                if at < sequence:
                    continue
                bytes_max -= len(event) + 3
                if len(found) >= count or bytes_max < 0:
                    return found, sequence, self.oldest()
                found.append(event)
                sequence = at + 1
                if segment != _RAM:
                    self._cursor = (sequence, segment, end)
            if segment == _RAM:
                return found, sequence, self.oldest()
            segment, offset = (_RAM if segment == self._current else self._current), 0

    def oldest(self) -> int:
        """Sequence number of the oldest record kept; the next one's where the log is empty."""
        for segment in (1 - self._current, self._current, _RAM):
            for _, event in self._walk(segment):
                if event:
                    return decode(event)[ids.EV_SEQUENCE]
        return self.sequence
