"""The event log on flash: bounded, survives restarts, never stops for a damaged record.

Two segment files take turns; the older one is replaced as a whole when the newer one is full. A
record is u16 length | event CBOR | CRC-32 over both, all big-endian. Records wait in RAM for a
moment and go to flash together, within a budget of writes: no storm of events wears it out.

With a key each record ends with a MAC over itself and the number of the one before it.
"""

from binascii import crc32
from struct import pack

from posproto import const, ids
from posproto.auth import hmac_sha256
from posproto.cbor import CborError, Writer

from .. import modules
from .log_read import AHEAD

_EVENT_MAX = const(240)  # CBOR bytes of one event
_BUFFER_MAX = const(512)  # RAM that waits for flash; twice that while the modem speaks
_WRITES_MAX = const(30)  # burst of writes
_WRITE_EVERY_S = const(30)  # and the lasting rate
_FRESH_MAX = const(24)
_SPARE = const(64)  # so many are left when the next ones are
NO_CURSOR = (1 << 29, 0, 0)
_MAC = const(8)
_WAIT_S = (600, 300, 10, 2, 0)  # by severity: how long a record may wait in RAM


def _count(storage, boot, free) -> None:
    data = pack(">II", boot, free)
    storage.write("boot", data + pack(">I", crc32(data)))


def next_boot(storage) -> int:
    """Counts this start, on flash, and sets sequence numbers aside for it; 1 where nothing
    readable is kept."""
    boot, free = modules.call("life.log_read", "counted", storage)
    try:
        _count(storage, boot + 1, free + AHEAD)
    except OSError:
        pass  # a number used twice is better than no start
    return boot + 1


class EventLog:
    """Made once at start, reads both segments then.

    Sequence numbers only grow and are never used twice, through restarts too, though many are
    never on flash: they are set aside there before they are used, AHEAD at a time.
    """

    seen_boot = 0  # the latest start that a record on flash tells of
    damaged = 0  # damaged stretches found at start; the agent counts and reports them
    current = 0  # segment that is written
    sequence = 0  # of the next record
    free = 0  # the first number that is not set aside
    kept = flashed = -1  # number of the newest record, and of the newest one on flash
    cursor = NO_CURSOR  # sequence, segment, offset: all before it are older
    waits = None  # asked before a write: must it wait?
    level = 0  # SEV_* below which an event goes to the host only
    _count = 0  # records in the buffer
    _flush_s = -1  # uptime at which the buffer wants to be written
    _tokens = _WRITES_MAX

    def __init__(
        self, storage, clock, boot: int, counters, segment_bytes: int = 16384, key: bytes = b""
    ) -> None:
        self.boot = boot
        self.storage = storage
        self._clock = clock
        self._counters = counters
        self._segment_bytes = segment_bytes
        self._event = bytearray(_EVENT_MAX)
        self._writer = Writer(self._event)
        self.buffer = bytearray()
        self._fresh = []  # events that settle() has not encoded yet
        self._token_s = clock.s
        self.key = modules.call("life.log_read", "start", self, key)

    def add(self, event_id: int, severity: int, args: dict | None = None) -> dict:
        """Records an event; returns it with EV_* keys. It is encoded by settle(): whoever tells of
        something may stand where no further call fits the stack.
        """
        assert ids.SEV_OK <= severity <= ids.SEV_CRITICAL
        if self.sequence >= self.free:
            self._set_aside()
        assert self.sequence < self.free  # set aside before it is used
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
        self._fresh.append(record)
        if len(self._fresh) > _FRESH_MAX:
            self.settle()
        return record

    def settle(self) -> None:
        """Encodes all that came. What flash cannot take is counted."""
        while self._fresh:
            self._settle_one()

    def _settle_one(self):
        if self.free - self.sequence < _SPARE:
            self._set_aside()
        else:
            self._encode(self._fresh.pop(0))

    def _encode(self, record):
        event_id, severity = record[ids.EV_ID], record[ids.EV_SEVERITY]
        if severity < self.level and event_id not in (ids.E_BOOT, ids.E_VERDICT):
            return  # starts and verdicts are what a log alone is read for
        writer = self._writer
        writer.at = 0
        sequence = record[ids.EV_SEQUENCE]
        assert self.kept < sequence < self.sequence  # numbers only grow
        if self.key:
            record[ids.EV_STEP] = sequence - self.kept
            record[ids.EV_MAC] = bytes(_MAC)
        try:
            writer.value(record)
        except CborError:  # too long: the fact is worth more than its details
            record[ids.EV_ARGS] = {ids.A_REASON: ids.R_TOO_LONG}
            writer.at = 0
            writer.value(record)
        if self.key:
            del record[ids.EV_STEP]
            del record[ids.EV_MAC]
            at = writer.at - _MAC
            mac = hmac_sha256(self.key, memoryview(self._event)[:at])
            self._event[at : writer.at] = mac[:_MAC]
        data = pack(">H", writer.at) + self._event[: writer.at]
        wait_s = _WAIT_S[severity]
        room = _BUFFER_MAX - len(self.buffer) - len(data) - 4
        if -_BUFFER_MAX <= room < 0 and self.waits and self.waits():
            wait_s = 0
        elif room < 0 and not self._write(True):
            if event_id != ids.E_VERDICT:  # worth a write above the budget: a log ends with it
                self._counters[ids.C_LOG_LOST] += 1
                return
            self._flush()
        self.buffer += data
        self.buffer += pack(">I", crc32(data))
        self._count += 1
        assert len(self.buffer) <= 2 * _BUFFER_MAX
        self.kept = sequence
        flush_s = self._clock.s + wait_s
        if self._flush_s < 0 or flush_s < self._flush_s:
            self._flush_s = flush_s

    def _set_aside(self) -> None:
        self.free = max(self.free, self.sequence) + AHEAD
        try:
            _count(self.storage, self.boot, self.free)
        except OSError:
            self._counters[ids.C_FLASH_ERRORS] += 1

    def due(self) -> int:
        """Milliseconds until poll() has something to write, or -1."""
        if self._fresh:
            self._settle_one()
        if self._fresh:
            return 1
        if not self._count:
            return -1
        wait_s = self._flush_s - self._clock.s
        if self._tokens == 0:
            wait_s = max(wait_s, self._token_s + _WRITE_EVERY_S - self._clock.s)
        return max(wait_s, 0) * 1000

    def poll(self) -> int:
        """Encodes one record that came, or writes what is due, within the budget: a turn's work,
        which another thing of that kind need not make longer. 0: there was none; 1: no more of it
        waits; 2: the turn is over, since more waits or flash was written.
        """
        if self._fresh:
            self._settle_one()
            return 2 if self._fresh else 1
        return 2 if self._count and self._write(False) else 0

    def _write(self, full):
        # With `full` what there is. Has it written?
        earned = (self._clock.s - self._token_s) // _WRITE_EVERY_S
        if earned:
            self._tokens = min(_WRITES_MAX, self._tokens + earned)
            self._token_s += earned * _WRITE_EVERY_S
        assert 0 <= self._tokens <= _WRITES_MAX and self._token_s <= self._clock.s
        if not self._count or not self._tokens:
            return False
        if not full and (self._clock.s < self._flush_s or (self.waits and self.waits())):
            return False
        self._tokens -= 1
        self._flush()
        return True

    def flush(self) -> None:
        """Writes at once: before a reset. Counts what the flash refuses."""
        self.settle()
        self._flush()

    def _flush(self):
        if not self._count:
            return
        assert self.buffer and self.flashed < self.kept < self.sequence
        name = "log%d" % self.current
        try:
            if self.storage.size(name) + len(self.buffer) > self._segment_bytes:
                name = "log%d" % (1 - self.current)
                modules.call("life.log_read", "carry", self, 1 - self.current)
                self.storage.write(name, self.buffer)
                self.current = 1 - self.current
                self.cursor = NO_CURSOR
            else:
                self.storage.append(name, self.buffer)
            self.flashed = self.kept
        except OSError:
            self._counters[ids.C_FLASH_ERRORS] += 1
            self._counters[ids.C_LOG_LOST] += self._count
        self.buffer = bytearray()
        self._count = 0
        self._flush_s = -1

    def read(self, sequence: int, count: int, bytes_max: int = 600):
        """OP_LOG's answer: ([event CBOR, ...] from `sequence` on, next sequence, oldest kept one).

        Asking on with the returned number reads each record once; an empty list is the end.
        """
        self.settle()
        return modules.call("life.log_read", "read", self, sequence, count, bytes_max)
