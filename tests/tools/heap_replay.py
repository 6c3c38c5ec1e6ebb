"""Repeats a recorded run of the agent (heap_probe.py) and prints how much heap it holds.

Runs on a MicroPython that has the device code below /mpy and the record as /calls: the 32-bit
build. The agent gets the same calls in the same order; where its answers go does not matter.
"""

import gc
import json
import os
import sys
from binascii import unhexlify

sys.path[:] = ["/mpy"]
os.mkdir("/pos")
gc.collect()
empty = gc.mem_alloc()

from posagent import modems  # noqa: E402
from posagent.core.agent import Agent  # noqa: E402
from posagent.core.life.clock import Clock  # noqa: E402
from posagent.core.life.prng import Prng  # noqa: E402
from posagent.io import flash  # noqa: E402

flash._ENOENT = 44  # the browser's file system numbers its errors differently
peak = turns = 0
the_agent = the_clock = None
calls = open("/calls")  # noqa: SIM115  read turn by turn


def make(given):
    """The agent as main.py makes it."""
    global the_agent, the_clock
    the_clock = Clock(given["ms"])
    rng = Prng(1)
    rng._x = given["rng"]
    the_agent = Agent(
        given["config"],
        [],
        flash.Storage("/pos"),
        the_clock,
        rng,
        given["boot"],
        modems,
        bytes,
        "pc",
    )


def drain():
    """The loop writes out what the agent gives."""
    del the_agent.modem_out[:]
    for link in (the_agent.host, the_agent.app):
        while link.take() is not None:
            pass
    del the_agent.pins[:]


def repeat(call):
    kind = call[0]
    if kind == "i":
        make(json.loads(call[2:]))
    elif kind == "a":
        the_clock.advance(int(call[2:]))
    elif kind == "s":
        the_agent.step()
        drain()
    else:
        data = unhexlify(call[2:].strip())
        if kind == "m":
            the_agent.feed_modem(data, len(data))
        else:
            (the_agent.host if kind == "h" else the_agent.app).feed(data)


def turn():
    """All calls up to the end of one turn of the loop; false after the last."""
    global peak, turns
    peak = max(peak, gc.mem_alloc() - empty)
    for call in calls:
        repeat(call)
        if call[0] == "s":
            turns += 1
            gc.collect()  # before the next turn
            return True
    print(peak, turns)
    return False


gc.collect()
