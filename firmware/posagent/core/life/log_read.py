"""Reading the event log: at start, and for a host that asks. `log` is the EventLog."""

from binascii import crc32
from struct import pack, unpack, unpack_from

from posproto import auth, const, ids
from posproto.cbor import peek

AHEAD = const(1024)  # sequence numbers set aside at a time
_EVENT_MAX = const(240)
_WINDOW = const(512)  # read at a time; holds any record
_EVIDENCE = const(3)  # what must not be pushed out, from segments that were replaced
_EVIDENCE_MAX = const(4096)
_RAM = const(2)  # the buffer in RAM as a segment behind the two on flash
_GAP = const(64)  # numbers that a lost RAM buffer may have used, where none are known set aside


def counted(storage):
    """(number of the last start, first sequence number that nobody has used), as kept on flash;
    zeros where nothing readable is kept."""
    kept = storage.read("boot")
    if kept and len(kept) in (8, 12):  # 8: before the sequence numbers were kept, too
        *numbers, crc = unpack(">%dI" % (len(kept) // 4), kept)
        if crc == crc32(kept[:-4]):
            return numbers[0], numbers[-1] if len(numbers) > 1 else 0
    return 0, 0


def start(log, key: bytes):
    """Finds the newest record, and what is damaged. Returns the key of the records' MACs."""
    newest = [-1, -1]
    for segment in (0, 1):
        last = None
        for _, event in _walk(log, segment):
            if event:
                last = event
            else:
                log.damaged += 1
        if last:
            newest[segment] = peek(last, ids.EV_SEQUENCE)
            log.seen_boot = max(log.seen_boot, peek(last, ids.EV_BOOT))
    log.current = int(newest[1] > newest[0])
    log.kept = log.flashed = max(newest)
    boot, log.free = counted(log.storage)
    # Where this start could not be counted, the numbers belong to an earlier one.
    log.sequence = max(log.free - AHEAD, 0) if boot == log.boot else log.free
    if max(newest) >= log.sequence:
        log.sequence = max(newest) + _GAP
    assert log.sequence > log.kept and log.current in (0, 1)
    return auth.derive(key, auth.LOG) if key else b""


def _walk(log, segment, offset=0):
    """Yields (end offset, CBOR) of each whole record, (offset, None) for a damaged stretch."""
    good = True
    while True:
        if segment == _RAM:
            window = memoryview(log.buffer)[offset:]
        else:
            window = memoryview(log.storage.read_at("log%d" % segment, offset, _WINDOW))
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


def read(log, sequence: int, count: int, bytes_max: int):
    """The events of EventLog.read(), looked for from its cursor on."""
    found = []
    at, segment, offset = log.cursor
    if sequence < at:
        segment, offset = _EVIDENCE, 0
    oldest = _oldest(log)
    while True:
        for end, event in _walk(log, segment, offset):
            at = peek(event, ids.EV_SEQUENCE) if event else -1
            if at < sequence or (segment == _EVIDENCE and at >= oldest):
                continue  # the latter: the power went before its segment was replaced
            bytes_max -= len(event) + 3
            if len(found) >= count or bytes_max < 0:
                return found, sequence, oldest
            found.append(event)
            sequence = at + 1
            if segment != _RAM:
                log.cursor = (sequence, segment, end)
        if segment == _RAM:
            return found, sequence, oldest
        offset = 0
        if segment == _EVIDENCE:
            segment = 1 - log.current
        else:
            segment = _RAM if segment == log.current else log.current


def carry(log, segment: int) -> None:
    """The segment is about to be replaced: what is evidence of it goes where nothing else fills.

    Wrong keys, locks and keys set go before messages' bad ends, of which an application can make
    many. Raises OSError.
    """
    found = [event for _, event in _walk(log, segment) if event and _is_evidence(event)]
    if not found:
        return
    kept = [event for _, event in _walk(log, _EVIDENCE) if event]
    last = peek(kept[-1], ids.EV_SEQUENCE) if kept else -1
    kept += [event for event in found if peek(event, ids.EV_SEQUENCE) > last]
    size = sum([len(event) + 6 for event in kept])
    for is_end in (True, False):
        at = 0
        while size > _EVIDENCE_MAX and at < len(kept):
            if not is_end or peek(kept[at], ids.EV_ID) >= ids.E_SUBMITTED:
                size -= len(kept.pop(at)) + 6
            else:
                at += 1
    data = bytearray()
    for event in kept:
        record = pack(">H", len(event)) + event
        data += record + pack(">I", crc32(record))
    assert len(data) == size <= _EVIDENCE_MAX
    log.storage.write("log%d" % _EVIDENCE, data)


def _is_evidence(event):
    return peek(event, ids.EV_ID) in (
        ids.E_KEY_REFUSED,
        ids.E_LOCKED,
        ids.E_UNLOCKED,
        ids.E_KEY_SET,
        ids.E_PROGRAM_REFUSED,
        ids.E_FLASH_OLD,
        ids.E_REFUSED,
        ids.E_OUTCOME_UNKNOWN,
        ids.E_EXPIRED,
        ids.E_NOT_SENT,
    )


def _oldest(log):
    """Sequence number of the oldest record kept; the next one's where the log is empty."""
    for segment in (1 - log.current, log.current, _RAM):
        for _, event in _walk(log, segment):
            if event:
                return peek(event, ids.EV_SEQUENCE)
    return log.sequence
