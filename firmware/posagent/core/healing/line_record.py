"""What befell the line in all lives of the agent, by LN_*: kept on flash, loaded to be written.

Counted in RAM between: a power cut costs the counts of an hour at most.
"""

import struct

from posproto import const, ids

_FILE = "line"
_VERSION = const(1)
_FORMAT = "<B%dI" % ids.LN_COUNT
_MOST = const(0x3FFFFFFF)  # a small int of a 32-bit board


def totals(storage, since):
    """What is on flash, and what was counted since."""
    raw = storage.read(_FILE)
    assert len(since) == ids.LN_COUNT and min(since) >= 0
    kept = [0] * ids.LN_COUNT
    if raw and len(raw) % 4 == 1 and raw[0] == _VERSION:
        count = min(len(raw) // 4, ids.LN_COUNT)  # an older program kept fewer
        kept[:count] = struct.unpack_from("<%dI" % count, raw, 1)
    return [min(kept[i] + since[i], _MOST) for i in range(ids.LN_COUNT)]


def save(storage, since) -> None:
    """Add to flash what was counted since, which begins anew with it."""
    if any(since):
        storage.write(_FILE, struct.pack(_FORMAT, _VERSION, *totals(storage, since)))
        for i in range(ids.LN_COUNT):
            since[i] = 0
