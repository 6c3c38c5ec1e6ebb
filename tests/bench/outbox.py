"""Run by MicroPython: messages through the outbox on a littlefs in RAM; prints JSON.

For each kind: messages per second of the machine's CPU, and what one costs the flash from hand-in
to "done", with its events in the log: erases, programs, bytes programmed.
"""

import gc
import json
import os
import sys
import time

_FILE = __file__.replace("\\", "/")
_ROOT = (_FILE.rsplit("/", 1)[0] if "/" in _FILE else ".") + "/../.."
for _folder in ("/protocol", "/firmware", "/host_tools", "/tests/unit"):
    sys.path.insert(0, _ROOT + _folder)

import cup_frames as cup  # noqa: E402
from posagent.core.life.eventlog import EventLog, next_boot  # noqa: E402
from posagent.io.flash import Storage  # noqa: E402
from posproto import ids, submit  # noqa: E402
from settle_world import World  # noqa: E402

_BLOCK = 4096
_BLOCKS = 64
_MESSAGES = 240


class Flash:
    """A block device in RAM that counts."""

    def __init__(self):
        self.image = bytearray(_BLOCK * _BLOCKS)
        self.erases = self.programs = self.bytes = 0

    def readblocks(self, block, buf, offset=0):
        at = block * _BLOCK + offset
        buf[:] = self.image[at : at + len(buf)]

    def writeblocks(self, block, buf, offset=0):
        at = block * _BLOCK + offset
        self.image[at : at + len(buf)] = buf
        self.programs += 1
        self.bytes += len(buf)

    def ioctl(self, op, arg):
        if op == 4:
            return _BLOCKS
        if op == 5:
            return _BLOCK
        if op == 6:
            self.erases += 1
        return 0


class Logged(World):
    """With the event log on the same flash, as in the agent."""

    def make_log(self):
        return EventLog(self.storage, self.clock, next_boot(self.storage), self.counters)

    def _event(self, event_id, severity, args=None):
        self.log.add(event_id, severity, args)


def measure(make, step):
    """[messages per second, erases, programs and bytes programmed for one message]. `step`: what
    the acquirer does with it.
    """
    flash = Flash()
    os.VfsLfs2.mkfs(flash)
    os.mount(os.VfsLfs2(flash), "/bench")
    world = Logged(Storage("/bench"), None)
    spent_ms = 0
    flash.erases = flash.programs = flash.bytes = 0
    for stan in range(1, _MESSAGES + 1):
        gc.collect()
        message = make(stan)
        world.host.script = [step]
        start = _cpu_ms()
        one = world.give(message)
        world.run_until(lambda one=one: world.settlement.waiting is None and _over(world, one))
        world.answer(one)
        while world.log.poll():
            pass
        world.ask(*submit.done(one))
        spent_ms += _cpu_ms() - start
        assert world.state(one) == ids.MS_DONE
    os.umount("/bench")
    per = _MESSAGES
    return [
        per * 1000 // max(spent_ms, 1),
        flash.erases * 100 // per,
        flash.programs * 100 // per,
        flash.bytes // per,
    ]


def _cpu_ms():
    """Of this process: what else runs on the machine does not count."""
    return int(time.clock() * 1000)


def _over(world, one):
    for record in world.settlement.outbox.records:
        if record[ids.MSG_ID] == one:
            return not record.live()
    return False


if __name__ == "__main__":
    kinds = (
        ("sale", cup.sale, {}),
        ("declined", cup.sale, {"f39": "51"}),
        ("advice", cup.advice, {}),
        ("settlement", cup.settlement, {}),
    )
    print(json.dumps({name: measure(make, step) for name, make, step in kinds}))
