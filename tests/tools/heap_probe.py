"""Runs the agent's main on MicroPython and notes how much heap it holds in each turn.

    MICROPYTHON -X heapsize=N heap_probe.py FOLDER ARGUMENTS_OF_MAIN...

FOLDER/peak gets "bytes turns heap": held at most after a collection, turns of the loop, size of
the heap. FOLDER/loaded gets the names of our modules that were loaded at once, a line for each
set. FOLDER/calls gets every call that the loop made, for heap_replay.py to repeat elsewhere.
"""

import gc
import json
import sys
from binascii import hexlify

folder = sys.argv.pop(1)
gc.collect()
total = gc.mem_free() + gc.mem_alloc()
seen = [0, 0]
calls = open(folder + "/calls", "w")  # noqa: SIM115  open until the kill

import pos  # noqa: E402  the heap was measured empty first

Agent, Clock, HostLink = pos.Agent, pos.Clock, pos.HostLink
start, step, feed = Agent.__init__, Agent.step, Agent.feed_modem
advance, take_in = Clock.advance, HostLink.feed
links = []


def note():
    """The file is written whenever there is more than ever: the agent's end is a kill."""
    gc.collect()
    seen[1] += 1
    if gc.mem_alloc() > seen[0]:
        seen[0] = gc.mem_alloc()
        with open(folder + "/peak", "w") as file:
            file.write("%d %d %d" % (seen[0], seen[1], total))


def noted_start(self, config, refused, storage, the_clock, rng, boot, *rest):
    given = {"config": config, "boot": boot, "ms": the_clock.ms, "rng": rng._x}
    calls.write("i %s\n" % json.dumps(given))
    start(self, config, refused, storage, the_clock, rng, boot, *rest)
    links.extend((self.host, self.app))


def noted_step(self):
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
    names = sorted(n for n in sys.modules if n[:3] in ("pos", "mai", "boa"))
    line = " ".join(names) + "\n"
    if line not in loaded:
        loaded.append(line)
        with open(folder + "/loaded", "w") as file:
            for known in loaded:
                file.write(known)
    return end(before)


loaded = []
name_of_end = next(n for n in dir(pos) if n[:3] == "end" and n[3:].strip("_0123456789") == "")
end = getattr(pos, name_of_end)
setattr(pos, name_of_end, noted_end)
Agent.__init__, Agent.step, Agent.feed_modem = noted_start, noted_step, noted_feed
Clock.advance, HostLink.feed = noted_advance, noted_take_in

import main  # noqa: E402

main.main()
