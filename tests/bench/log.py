"""What a record of the log costs in time and flash, without a key and with one.

Run by MicroPython; prints JSON: {name: [microseconds, bytes] of a record}.
"""

import json
import sys
import time

_FILE = __file__.replace("\\", "/")
_ROOT = (_FILE.rsplit("/", 1)[0] if "/" in _FILE else ".") + "/../.."
for _folder in ("/protocol", "/firmware", "/host_tools", "/tests/unit"):
    sys.path.insert(0, _ROOT + _folder)

from memory_storage import MemoryStorage  # noqa: E402
from posagent.core.life.clock import Clock  # noqa: E402
from posagent.core.life.eventlog import EventLog  # noqa: E402
from posproto import ids  # noqa: E402

_COUNT = 200


def one(key):
    storage = MemoryStorage()
    log = EventLog(storage, Clock(), 7, [0] * 64, 65536, key)
    start = time.ticks_us()
    for n in range(_COUNT):
        log.add(ids.E_ACKNOWLEDGED, ids.SEV_INFO, {ids.A_RECORD: 70000 + n, ids.A_STAN: n})
        log.flush()
    spent = time.ticks_diff(time.ticks_us(), start)
    return spent // _COUNT, storage.size("log0") // _COUNT


print(json.dumps({"plain": one(b""), "proven": one(bytes(range(32)))}))
