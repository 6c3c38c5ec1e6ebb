"""Lives a recorded life of the agent (tests/sim/recording.py) where nothing but the agent is in
memory, and says how much that is.

    MICROPYTHON -X heapsize=N heap_board.py FOLDER HEAP LOOK

FOLDER has `mpy`, the program as a board's slot has it (`a.pos`), a copy of the flash that it lies
in (`flash`), `boot.py` and the `calls`. The heap that the agent finds has HEAP bytes, 0: any. Code
runs from the flash, as on a Pico (posagent/io/in_place.py). LOOK: each so many turns the heap is
looked at. The 32-bit build (wasm.mjs) has all this in its root and calls turn().

Prints `held TURN BYTES` for each look between two turns, `most TURN BYTES` where modules are about
to be dropped, `free TURN BYTES` the longest free piece at the moment in which most was held, `mark
TURN NAME`, and at the end `turns N short N`: times that memory ran out.
"""

import gc
import json
import os
import sys
from binascii import crc32, unhexlify
from struct import pack_into, unpack_from

from uctypes import addressof, bytearray_at

BASE = sys.argv[1] + "/" if len(sys.argv) > 1 else "/"
HEAP = int(sys.argv[2]) if len(sys.argv) > 2 else 0
LOOK = int(sys.argv[3]) if len(sys.argv) > 3 else 1
COLLECTS = len(sys.argv) > 1  # the 32-bit build does so between two turns only
_BLOCK = 4096
PICO_BYTES = 239 * 1024
_RING = 2048 + 512  # of the UART, in the heap
_PIECE = 64  # the longest free piece is found to within so many bytes


class Nothing:
    """Stands for hardware."""

    def __getattr__(self, name):
        return self

    def __call__(self, *given, **more):
        return self

    def __getitem__(self, at):
        """mem32: addresses are memory here, too."""
        return unpack_from("<I", bytearray_at(at, 4))[0]

    def __setitem__(self, at, value):
        pack_into("<I", bytearray_at(at, 4), 0, value)


for missing in ("machine", "rp2"):
    sys.modules[missing] = Nothing()
try:
    import cryptolib  # noqa: F401
except ImportError:

    class aes:  # noqa: N801 - cryptolib's name; what is sealed here nobody else opens
        def __init__(self, key, mode, iv):
            pass

        def encrypt(self, data):
            return bytes(data)

        decrypt = encrypt

    class Cryptolib:
        pass

    Cryptolib.aes = aes
    sys.modules["cryptolib"] = Cryptolib


class Numbered:
    """os and open() of the 32-bit build, whose number for an absent file is another one."""

    def __init__(self, name):
        self._name = name

    def __getattr__(self, name):
        return Numbered(name)

    def __call__(self, *given):
        try:
            return (open if self._name == "open" else getattr(os, self._name))(*given)
        except OSError as error:
            raise OSError(2 if error.errno == 44 else error.errno) from None


def boot_file():
    """What of boot.py stays in memory beside the agent."""
    global pack
    scope = {}
    with open(BASE + "boot.py") as file:
        text = file.read()
    exec(text[text.index("\n_lacks") : text.index("\nlocked")], scope)
    at = text.index('done = "')
    for part in text[at : text.index(".split", at)].split('"')[1::2]:
        for name in part.split():
            del scope[name]  # as boot.py does
    pack = scope["Pack"](BASE + "a.pos")
    return scope


# A board's is /a: MicroPython keeps the path of each file that it loads, 140 of them.
os.chdir(BASE)
sys.path[:] = ["mpy"]
try:
    os.mkdir(BASE + "pos")
except OSError:
    pass
with open(BASE + "flash", "rb") as file:
    in_flash = bytearray(file.read())
calls = open(BASE + "calls")  # noqa: SIM115 - read turn by turn
peak = peak_turn = turns = since = short = given = 0
agent = clock = None
empty = 0
kept = []  # what boot.py and start.py made, and what fills the heap up
gc.threshold(16384)
gc.collect()


def longest():
    """The longest free piece of the heap."""
    low, high = 0, gc.mem_free()
    while high - low > _PIECE:
        size = (low + high) // 2
        try:
            bytearray(size)
            low = size
        except MemoryError:
            high = size
        gc.collect()
    return low


def note(kind):
    global peak, peak_turn
    if COLLECTS:
        gc.collect()
    held = gc.mem_alloc() - empty
    print(kind, turns, held)
    if held > peak:
        peak = held
        if COLLECTS and since:
            print("free", turns, longest())


def noted_drop(names):
    """The moment before modules are dropped is when most are loaded."""
    if agent is not None and LOOK == 1 and COLLECTS:
        note("most")
    drop(names)


def at_once(ahead):
    """modules.ahead() in one turn: how many it takes depends on what is loaded, and the record was
    made where that is something else.
    """

    def loaded(names):
        while not ahead(names):
            pass
        return True

    return loaded


def stages(name, function, *args):
    """modules.stages() without a stage for each module, for the same reason."""
    before = modules.begin()
    try:
        return (yield from modules.use(name, function, *args))
    finally:
        modules.end(before)


def start_board():
    """As boot.py and start.py leave the board: what they made stays."""
    from posagent.core import modules
    from posagent.io import board, clocks, console, in_place, loop, pins, port, uart, watchdog  # noqa: F401

    count = len(in_flash) // _BLOCK
    at = addressof(in_flash)
    found = in_place.InPlace(BASE + "a.pos", at, count, 1, 1 << (62 if sys.maxsize >> 32 else 30))
    if not found.blocks:
        raise SystemExit("the program was not found in its flash")
    modules.settler = found
    return bytearray(_RING), port.Port(None), port.Port(None, 128)


def begin():
    """In a heap of the wanted size, and from then on all counts."""
    global empty, modules, start, drop
    while HEAP and gc.mem_free() > HEAP + _BLOCK:
        kept.append(bytearray(min(gc.mem_free() - HEAP, 1 << 16)))
        gc.collect()
    empty = gc.mem_alloc()
    kept.append(boot_file())
    kept.append(start_board())
    from posagent import start
    from posagent.core import modules

    drop = modules.drop
    modules.drop = noted_drop
    modules.ahead, modules.stages = at_once(modules.ahead), stages
    modules.loaded = lambda: False  # for the same reason
    if not COLLECTS:  # its heap is larger than a board's, for the garbage of a whole turn
        modules._free = lambda: PICO_BYTES - gc.mem_alloc() + empty


def make(given):
    """The agent as start.py makes it, with its code in flash."""
    global agent, clock
    from posagent import modems
    from posagent.core.agent import Agent
    from posagent.core.life.clock import Clock
    from posagent.core.life.prng import Prng
    from posagent.io import flash

    if not COLLECTS:
        flash.os, flash.open = Numbered("os"), Numbered("open")
    clock = Clock(given["ms"])
    rng = Prng(1)
    rng._x = given["rng"]
    secret = Prng(given["seed"] + 77)

    def random_bytes(n):
        return bytes([secret.below(256) for _ in range(n)])

    modules.settle()
    agent = Agent(
        given["config"],
        [],
        flash.Storage(BASE + "pos"),
        clock,
        rng,
        given["boot"],
        modems,
        random_bytes,
        "pc",
        unhexlify(given["key"]),
    )
    modules.settled()
    modules.based()
    modules.at_hand(start._AT_HAND.split())
    while not modules.ready():
        pass


def told():
    """What the loop would write out."""
    global given
    for data in agent.modem_out:
        given = crc32(data, given)
    del agent.modem_out[:]
    del agent.pins[:]


def drained(name):
    global given
    link = agent.host if name == "h" else agent.app
    while True:
        line = link.take()
        if line is None:
            return
        if link is agent.app:
            given = crc32(line, given)


def repeat(call):
    """One call of the record; true behind a turn."""
    global turns, short
    kind, rest = call[0], call[2:-1]
    if kind == "a":
        clock.advance(int(rest))
    elif kind == "s":
        agent.step()
        short += agent.short == 2
        told()
        turns += 1
        if given != int(rest):
            raise SystemExit("turn %d: the agent does not what it did: %d" % (turns, given))
        return True
    elif kind == "x":
        drained(rest)
    elif kind == "m":
        data = unhexlify(rest)
        agent.feed_modem(data, len(data))
    elif kind == "t":
        print("mark", turns, rest)
    elif kind == "i":
        make(json.loads(rest))
    elif kind == "f":
        name, data = rest.split(" ")
        with open(BASE + "pos/" + name, "wb") as file:
            file.write(unhexlify(data))
    else:
        (agent.host if kind == "h" else agent.app).feed(unhexlify(rest))
    return False


def turn():
    """All calls up to the end of one turn; false after the last."""
    global since
    if not kept:
        begin()
        return True
    if agent is not None and turns % LOOK == 0:
        note("held")
    since = turns
    for call in calls:
        if repeat(call):
            if not COLLECTS:
                gc.collect()
            return True
    print("turns", turns, "short", short)
    return False


if COLLECTS:
    while turn():
        pass
