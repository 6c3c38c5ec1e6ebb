"""Runs the agent's main on MicroPython and notes how much heap it holds.

    MICROPYTHON -X heapsize=N heap_probe.py FOLDER ARGUMENTS_OF_MAIN...

FOLDER/peak gets "bytes turns heap": held at most after a collection, looked at in each turn of
the loop and whenever modules on demand are about to be dropped; turns; size of the heap. The first
and the last are without what the probe itself holds: heap.py makes up for that by N.
FOLDER/calls gets every call that the loop made, for heap_replay.py to repeat elsewhere.
"""

import gc
import sys

gc.collect()
empty = gc.mem_alloc()

import json  # noqa: E402
from binascii import hexlify  # noqa: E402

OWN_BYTES = const(16384)  # noqa: F821  as in heap.py
folder = sys.argv.pop(1)
calls = open(folder + "/calls", "w")  # noqa: SIM115  open until the kill
links = []
peak = turns = 0


def note():
    """The file is written whenever there is more than ever: the agent's end is a kill."""
    global peak
    gc.collect()
    if gc.mem_alloc() > peak:
        peak = gc.mem_alloc()
        with open(folder + "/peak", "w") as file:
            file.write("%d %d %d" % (peak - own, turns, total))


def noted_start(self, config, refused, storage, the_clock, rng, boot, *rest):
    given = {"config": config, "boot": boot, "ms": the_clock.ms, "rng": rng._x}
    calls.write("i %s\n" % json.dumps(given))
    start(self, config, refused, storage, the_clock, rng, boot, *rest)
    links.extend((self.host, self.app))


def noted_step(self):
    global turns
    turns += 1
    note()
    calls.write("s\n")
    return step(self)


def noted_feed(self, buf, n):
    calls.write("m %s\n" % hexlify(buf[:n]).decode())
    feed(self, buf, n)


def noted_advance(self, now_ms):
    calls.write("a %d\n" % now_ms)
    advance(self, now_ms)


def noted_take_in(self, data):
    name = "h" if self is links[0] else "p"
    calls.write("%s %s\n" % (name, hexlify(data).decode()))
    take_in(self, data)


def noted_end(before):
    """The moment before modules on demand are dropped is when most are loaded."""
    note()
    return end(before)


gc.collect()
own = gc.mem_alloc() - empty
total = gc.mem_free() + gc.mem_alloc() - OWN_BYTES

from posagent.core import modules  # noqa: E402
from posagent.core.agent import Agent  # noqa: E402
from posagent.core.host.link import HostLink  # noqa: E402
from posagent.core.life.clock import Clock  # noqa: E402

end = modules.end
modules.end = noted_end
start, step, feed = Agent.__init__, Agent.step, Agent.feed_modem
advance, take_in = Clock.advance, HostLink.feed
Agent.__init__, Agent.step, Agent.feed_modem = noted_start, noted_step, noted_feed
Clock.advance, HostLink.feed = noted_advance, noted_take_in

import main  # noqa: E402

main.main()
