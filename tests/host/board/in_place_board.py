"""A board whose flash can be read like memory: littlefs in a bytearray. Run on MicroPython by
test_in_place.py, which reads what is printed.

    micropython in_place_board.py IMAGE BOOT WHERE      WHERE: of the program's mark, see there
"""

import gc
import sys

import uctypes
import vfs

image, boot, kind = sys.argv[1:4]
_BLOCK = 4096


class Flash:
    def __init__(self, path):
        with open(path, "rb") as file:
            self.data = bytearray(file.read())
        self.at = uctypes.addressof(self.data)

    def readblocks(self, block, buf, offset=0):
        at = block * _BLOCK + offset
        buf[:] = memoryview(self.data)[at : at + len(buf)]

    def writeblocks(self, block, buf, offset=0):
        at = block * _BLOCK + offset
        self.data[at : at + len(buf)] = buf

    def ioctl(self, op, arg):
        return {4: len(self.data) // _BLOCK, 5: _BLOCK}.get(op, 0)


flash = Flash(image)
vfs.mount(vfs.VfsLfs2(flash), "/flash")
with open(boot) as file:
    text = file.read()
scope = {}  # without its last part, which starts the program
exec(text[text.index("_lacks = None") : text.index("def _write")], scope)
pack = scope["Pack"]("/flash/a.pos")
vfs.mount(pack, "/a")
sys.path[:] = ["/a"]

MARK = b"HERE" + bytes(range(12))
if kind != "unmarked":
    with open("/flash/a.pos", "ab") as file:
        file.write(MARK)
if kind == "twice":
    at = flash.data.find(MARK)
    other = len(flash.data) - _BLOCK
    flash.data[other + at % _BLOCK : other + at % _BLOCK + 16] = MARK

from posagent.core import modules  # noqa: E402
from posagent.io import in_place  # noqa: E402

HIGH = 1 << 62  # of addresses
with_heap = (1, HIGH)
found = in_place.InPlace("/flash/a.pos", flash.at, len(flash.data) // _BLOCK, *with_heap)
print("blocks", len(found.blocks))

from posagent.core.agent import Agent  # noqa: E402
from posagent.core.host import door  # noqa: E402
from posagent.core.settlement import submit  # noqa: E402, F401

if kind == "altered":
    # Another byte in each block than was loaded.
    for n in found.blocks:
        for at in range(100, _BLOCK, 64):
            flash.data[n * _BLOCK + at] ^= 1


def code_of(function):
    return in_place._words[id(function) + 3 * in_place._WORD]


def lies_in_flash(function):
    return flash.at <= code_of(function) < flash.at + len(flash.data)


def functions(names):
    for name in names:
        for value in sys.modules[name].__dict__.values():
            inner = value.__dict__.values() if isinstance(value, type) else (value,)
            for one in inner:
                if type(one) in in_place._KINDS:
                    yield one


names = [name for name in modules.begin() if name not in in_place._RUNNING]
gc.collect()
before = gc.mem_alloc()
for name in names:
    found.settle(name, sys.modules[name])
gc.collect()
print("freed", before - gc.mem_alloc())
every = list(functions(names))
print("functions", len(every), sum(1 for one in every if lies_in_flash(one)))

# What runs while it is settled: its copies stay until it has returned.
running = [name for name in modules.begin() if name in in_place._RUNNING]
before = {one: code_of(one) for one in functions(running)}
for name in running:
    found.settle(name, sys.modules[name])
gc.collect()
turned = [one for one in before if lies_in_flash(one)]
kept = list(found._copies)
print("running", len(before), len(turned), all(before[one] in kept for one in turned))
held = gc.mem_alloc()
found.settled()
gc.collect()
print("returned", held - gc.mem_alloc(), len(found._copies))

# Texts, and the index by which the file is mounted.
texts = [text for text in list(modules._NEEDS) + list(door.ROWS.values()) if len(text) >= 32]
print("texts", len(texts), sum(1 for text in texts if lies_in_flash(text)))
print("row", door.ROWS[1] == "", modules.needs("posagent.io.trust"))
print("index", lies_in_flash(pack._index), pack.stat("posproto/cbor.mpy")[0] == 0x8000)

# They do what they did.
from posagent.core.life import clock  # noqa: E402
from posproto import cbor  # noqa: E402

record = {1: "a terminal", 2: [1, -7, None, True], 3: b"\x00\xff", 4: {5: 1 << 33}}
print("same", cbor.decode(cbor.encode(record)) == record)
the_clock = clock.Clock(0)
the_clock.advance(61000)
print("clock", the_clock.s)
try:
    cbor.decode(b"\x5f")
except cbor.CborError as error:
    sys.print_exception(error, sys.stdout)
print("agent", Agent.__name__)
