"""Makes a board of a MicroPython process: flash at /, its machine, boot.py, main.py, prompt.

    micropython -i prelude.py IMAGE LINE MODEM CAUSE [TROUBLE]

TROUBLE, as hang=PART.METHOD or raise=PART.METHOD of the agent, comes up after a moment; fast=N
lets time pass so many times faster; fault=NAME breaks what boot.py needs (faults.py).
"""

import os
import sys
import termios
import time

import vfs

_ISIG = 1
_VINTR, _VQUIT, _VSUSP = 0, 1, 10


def raw(fd, isig):
    """Ctrl-C may have no character: an interpreter that died of one leaves its terminal so."""
    termios.setraw(fd)
    mode = termios.tcgetattr(fd)
    mode[3] = mode[3] | _ISIG if isig else mode[3] & ~_ISIG
    mode[6][_VINTR] = b"\x03"
    mode[6][_VQUIT] = mode[6][_VSUSP] = b"\0"
    termios.tcsetattr(fd, termios.TCSANOW, mode)


def tty(path):
    stream = open(path, "r+b")  # noqa: SIM115  open as long as the board lives
    raw(stream.fileno(), False)
    mode = termios.tcgetattr(stream.fileno())
    mode[6][5] = mode[6][6] = 0
    termios.tcsetattr(stream.fileno(), termios.TCSANOW, mode)
    return stream


class Terminal:
    """In place of `micropython` in boot.py: Ctrl-C is the terminal's. On this port kbd_intr(-1)
    would let the signal kill the process, where a board passes the byte on.
    """

    @staticmethod
    def kbd_intr(char):
        raw(0, char == 3)


image_path, line, modem, cause = sys.argv[1:5]
trouble = sys.argv[5] if len(sys.argv) > 5 else ""
sys.path[:] = [sys.argv[0].rsplit("/", 1)[0], os.getenv("BOARD_CODE")]
import faults  # noqa: E402
import machine  # noqa: E402

from posagent.io import image  # noqa: E402

machine.wire(tty(line), tty(modem), int(cause))


class Flash(image.ImageDevice):
    """Every write may be the last: see machine.cut_after()."""

    def writeblocks(self, block, buf, offset=0):
        machine.wrote()
        super().writeblocks(block, buf, offset)


device = Flash(image_path, int(os.getenv("BOARD_BLOCKS") or 352))  # as large as a Pico's
if device.fresh:
    vfs.VfsLfs2.mkfs(device)
vfs.umount("/")
vfs.mount(vfs.VfsLfs2(device), "/")
os.chdir("/")
for name in list(sys.modules):
    if name.startswith("pos"):
        del sys.modules[name]
sys.modules["machine"] = machine
sys.path[:] = ["", ".frozen", "/lib"]
sys.argv[:] = []
raw(0, True)


def run(name):
    try:
        with open(name) as file:
            text = file.read()
    except OSError:
        return
    exec(text.replace("import micropython\n", "micropython = Terminal\n"), globals())


def early(slot):
    """Where the program of a slot can be imported from before boot.py mounts it."""
    try:
        os.stat(slot + ".pos")
    except OSError:
        return slot  # a folder
    with open("boot.py") as file:
        head = file.read().split("def _read")[0]
    scope = {"Terminal": Terminal}
    exec(head.replace("import micropython\n", "micropython = Terminal\n"), scope)
    vfs.mount(scope["Pack"](slot + ".pos"), "/early")
    return "/early"


def inject(kind, target):
    """A hang sleeps, to spare the machine that runs the tests."""
    if kind == "fault":
        faults.put(target, globals())
        return
    with open("/slot") as file:
        slot = "/" + file.read()[0]
    sys.path.insert(0, early(slot))
    if kind == "fast":
        from posagent.io import clocks

        start = time.ticks_ms()
        clocks.WallClock.now_ms = lambda self: (
            time.ticks_diff(time.ticks_ms(), start) * int(target) & 0x3FFFFFFF
        )
        sys.path.pop(0)
        return
    from posagent.io import loop

    sys.path.pop(0)
    runs = loop.run

    def run(agent, *args):
        start = time.ticks_ms()
        owner, method = target.split(".")
        owner = agent if owner == "agent" else getattr(agent, owner, None)  # safe mode has less
        if owner is not None:
            setattr(owner, method, failing(kind, target, getattr(owner, method), start))
        return runs(agent, *args)

    loop.run = run


def failing(kind, target, works, start):
    def fails(*args):
        if time.ticks_diff(time.ticks_ms(), start) > 400:
            if kind == "raise":
                raise ValueError("4111 1111 1111 1111")
            machine.hangs(target)
            while True:
                time.sleep_ms(20)
        return works(*args)

    return fails


def start(name):
    """As a board does: what one file raises does not keep the next from running."""
    try:
        run(name)
    except BaseException as error:
        sys.print_exception(error)


try:
    if trouble:
        inject(*trouble.split("="))
except Exception as error:
    sys.print_exception(error)
start("boot.py")
machine.connect()
start("main.py")
