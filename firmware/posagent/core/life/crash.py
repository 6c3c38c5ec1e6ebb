"""What ended a life unasked, kept for the next ones: exception, place, version, free heap.

One file, CBOR: [crashes in a row, version of the program, is the last one told, records.., newest
last]. A record is the CBOR of an E_CRASH event, as the log has them; messages of exceptions that
may quote data are left out. Loaded when needed.
"""

from posproto import VERSION, const, ids, mask
from posproto.cbor import CborError, decode, encode

FILE = "crash"
ROW_MAX = const(3)  # so many in a row, and the next start is in safe mode
_KEPT = const(4)
_HEAD = const(3)
_PLACES = const(3)
_TEXT_MAX = const(80)
# Exceptions whose message never quotes what was being worked on.
_TELLING = "MemoryError OSError ImportError AttributeError NameError TypeError Stuck"


def read(storage):
    """The file as a list; one that cannot be read is nothing, and so is a record of it in which
    bits turned.
    """
    try:
        kept = decode(storage.read(FILE) or b"")
        if isinstance(kept, list) and len(kept) >= _HEAD and isinstance(kept[0], int):
            return kept[:_HEAD] + [record for record in kept[_HEAD:] if _args(record)]
    except (CborError, OSError):
        pass
    return [0, VERSION, True]


def _args(record):
    """Arguments of a record's event; None where it is none."""
    try:
        args = decode(record)[ids.EV_ARGS]
    except (CborError, TypeError, LookupError):
        return None
    return args if isinstance(args, dict) else None


def row(storage):
    """Crashes in a row of this version: another one starts anew."""
    kept = read(storage)
    return kept[0] if kept[1] == VERSION else 0


def forget(storage) -> None:
    """The row is over; its records stay."""
    kept = read(storage)
    if kept[0]:
        kept[0] = 0
        storage.write(FILE, encode(kept))


def records(storage):
    """Encoded events, newest last."""
    return read(storage)[_HEAD:]


def tell(storage):
    """Arguments of the last crash's event, once; None where it was told, or there is none."""
    kept = read(storage)
    if kept[2] or len(kept) == _HEAD:
        return None
    kept[2] = True
    storage.write(FILE, encode(kept))
    return _args(kept[-1])


def add(storage, boot: int, uptime_s: int, unix_s: int, what, place, free: int) -> None:
    """Note a crash. `what`: the exception; `free`: bytes of heap, -1 where nobody could look.
    Raises OSError where flash refuses.
    """
    kept = read(storage)
    count = (kept[0] if kept[1] == VERSION else 0) + 1
    args = {
        ids.A_REASON: mask.text(what[:_TEXT_MAX]),
        ids.A_TEXT: place[:_TEXT_MAX],
        ids.A_COUNT: count,
        ids.A_VERSION: VERSION,
    }
    if free >= 0:
        args[ids.A_FREE_BYTES] = free
    event = {
        ids.EV_BOOT: boot,
        ids.EV_UPTIME_S: uptime_s,
        ids.EV_ID: ids.E_CRASH,
        ids.EV_SEVERITY: ids.SEV_CRITICAL,
        ids.EV_SEQUENCE: 0,
        ids.EV_ARGS: args,
    }
    if unix_s:
        event[ids.EV_UNIX_S] = unix_s
    older = kept[_HEAD:][1 - _KEPT :]
    assert len(older) < _KEPT  # with this one they are _KEPT
    storage.write(FILE, encode([count, VERSION, False] + older + [encode(event)]))


def describe(trace):
    """(exception, place) of a printed traceback; the place is the innermost functions."""
    lines = [line.strip() for line in trace.strip().split("\n")]
    name, _, message = lines[-1].partition(": ")
    places = []
    for line in lines:
        if line.startswith('File "'):
            file, _, rest = line[6:].partition('", line ')
            number, _, function = rest.partition(", in ")
            # The program's modules are named as they are imported, main.py by its path.
            at = file[:-3] if file.endswith(".py") else file.replace(".", "/")
            if number not in ("", "1"):  # boards are compiled without line numbers
                at += ":" + number
            places.insert(0, "%s %s" % (at, function))
    what = name if name not in _TELLING.split() or not message else name + ": " + message
    return what, " < ".join(places[:_PLACES])
