"""The `pc` board at the start: ports are opened by their paths, flash is an image file.

--watchdog PATH names what Linux calls a watchdog: a file that must be written to all the time
(/dev/watchdog, or a pipe to whoever started the agent).
"""

import os
import sys

from . import clocks, flash, image, paced
from .port import Port

_VTIME = 5  # c_cc indices of termios(3) on Linux
_VMIN = 6
_FILES = (("config", "config.json"), ("key", "key"))  # for a flash that has none


def fill(shell):
    """Fills `shell` from the command line. Raises OSError, SystemExit."""
    options = _parse(sys.argv)
    image.mount(options.get("data", ".") + "/flash.img")
    storage = shell.storage = flash.Storage("/pos")
    for option, name in _FILES:
        if option in options and storage.read(name) is None:
            with open(options[option], "rb") as file:
                storage.write(name, file.read())
    shell.name = "pc"
    shell.uart_stalls = shell.rts_cts = False
    shell.line_max = 1024
    shell.woken = False
    shell.locked = storage.read("locked") is not None
    shell.random_bytes = os.urandom
    shell.seed = int(options.get("seed") or int.from_bytes(os.urandom(4), "big"))
    shell.options = options


def open_ports(shell):
    """Opens what the command line names."""
    options = shell.options
    shell.ports = {}
    for name in ("modem", "host", "app"):
        kind = paced.HostPort if name == "host" else Port
        shell.ports[name] = kind(_open_tty(options[name])) if name in options else None
    shell.source, shell.pins, shell.wait_max = clocks.WallClock(), None, 1000
    if "clock" in options:
        shell.source = shell.pins = paced.PacedClock(_open_tty(options["clock"]))
        shell.wait_max = 60000
    shell.dog = paced.FileDog(options["watchdog"]) if "watchdog" in options else None


def _parse(argv):
    options = {}
    for i in range(1, len(argv), 2):
        if not argv[i].startswith("--") or i + 1 == len(argv):
            raise SystemExit("unknown argument: " + argv[i])
        options[argv[i][2:]] = argv[i + 1]
    return options


def _open_tty(name):
    """A tty, raw and non-waiting."""
    import termios

    stream = open(name, "r+b")
    fd = stream.fileno()
    termios.setraw(fd)
    mode = termios.tcgetattr(fd)
    mode[6][_VMIN] = 0
    mode[6][_VTIME] = 0
    termios.tcsetattr(fd, termios.TCSANOW, mode)
    return stream
